"""Fischer norms of the translates of a polynomial: what neurons with Gaussian weights cost."""

import functools
import math
import operator
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy import Expr, Poly, Rational, S, oo

from theorycalc.relu.routes._route import Infinite
from theorycalc.relu.target import (
    Target,
    homogeneous_parts,
    spherical_mean,
)


@dataclass(frozen=True)
class Translates:
    """‖f_s(· + l s x)‖_F² = Σ_n s^{−2n} q_n(l x) for all s and l, f_s(y) = f(y/s).

    q_n(y) = Σ_{|α|=n} (∂^α f(y))²/α! has no negative values.

    Attributes
    ----------
    target : Target
    """

    target: Target

    @cached_property
    def _parts(self) -> list[Poly]:
        """q_0, q_1, …."""
        return [_squares(level) for level in _derivatives(self.target.polynomial)]

    def norm(self, step: Expr, scale: Expr, sign: int = 1) -> Expr:
        """The polynomial in x for l = ``step``; Σ_n (sign)^n s^{−2n} q_n(l x) in general."""
        terms: dict = defaultdict(list)
        for n, part in enumerate(self._parts):
            size = Rational(sign) ** n / scale ** (2 * n)
            for alpha, c in part.as_dict().items():
                terms[alpha].append(c * size * step ** sum(alpha))
        return sympy.Add(
            *(
                sympy.Add(*cs) * sympy.Mul(*map(sympy.Pow, self.target.active, alpha))
                for alpha, cs in terms.items()
            )
        )

    def mean_norm(
        self, step: Expr, scale: Expr, rate: Expr, source, sign: int = 1
    ) -> Expr | Infinite:
        """E e^{rate ‖x‖²} Σ_n (sign)^n s^{−2n} q_n(l x) for x of a law that ‖x‖ decides."""
        sizes: dict[int, list] = defaultdict(list)
        for n, means in enumerate(self._directional):
            for m, c in means.items():
                sizes[m].append(c * Rational(sign) ** n * step**m / scale ** (2 * n))
        total = S.Zero
        for m, cs in sizes.items():
            if (size := sympy.Add(*cs)) == 0:
                continue
            radial = source.exponential_moment(rate, m)
            if radial == oo:
                power = f" ‖x‖^{m}" if m else ""
                factor = "" if rate == 1 else f"{rate} "
                return Infinite(f"E e^({factor}‖x‖²){power} of the source is infinite")
            total += size * radial
        return total

    @cached_property
    def _directional(self) -> list[dict[int, Expr]]:
        """Means of q_n over the unit sphere, by degree."""
        d = self.target.dimension
        return [
            {m: spherical_mean(part, d) for m, part in homogeneous_parts(q).items() if m % 2 == 0}
            for q in self._parts
        ]


@functools.lru_cache(maxsize=16)
def translates(target: Target) -> Translates:
    """Those of one polynomial, shared by all scales that are tried for it."""
    return Translates(target)


def _derivatives(polynomial: Poly) -> Iterator[dict[tuple, Poly]]:
    """{α: ∂^α f} for |α| = 0, 1, …, as long as there are any."""
    level = {(0,) * len(polynomial.gens): polynomial}
    while level := {alpha: part for alpha, part in level.items() if part}:
        yield level
        higher = {}
        for alpha, part in level.items():
            last = max((i for i, a in enumerate(alpha) if a), default=0)
            # every α is reached once: from the one with less of its last variable
            for i in range(last, len(alpha)):
                higher[*alpha[:i], alpha[i] + 1, *alpha[i + 1 :]] = part.diff(polynomial.gens[i])
        level = higher


def _squares(level: dict[tuple, Poly]) -> Poly:
    """Σ_α p_α²/α!."""
    squares = (
        part.sqr() * Rational(1, math.prod(map(math.factorial, alpha)))
        for alpha, part in level.items()
    )
    return functools.reduce(operator.add, squares)
