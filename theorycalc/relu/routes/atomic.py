"""Powers of linear forms: the method "atomic".

(v·x)^k = k(k−1) ∫_0^∞ s^{k−2} [σ(v·x − s) + (−1)^k σ(−v·x − s)] ds, and every polynomial is a sum
of such powers.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import sympy
from sympy import Expr, S, oo, sqrt

from theorycalc.relu.means import directions
from theorycalc.relu.means.rules import panel
from theorycalc.relu.routes import _bias_law
from theorycalc.relu.routes._homogeneous import HomogeneousRoute
from theorycalc.relu.routes._request import Request
from theorycalc.relu.routes._route import BIAS, UNBOUNDED, Infinite, Neurons, no_norm
from theorycalc.relu.target import Target


class Atom(NamedTuple):
    """c (v·x)^k, v and x in the active coordinates."""

    direction: tuple[int, ...]
    degree: int
    coefficient: Expr

    @property
    def length(self) -> Expr:
        """‖v‖."""
        return sqrt(sum(v * v for v in self.direction))

    @property
    def size(self) -> Expr:
        """2 |c| ‖v‖^k, for both signs of the direction."""
        return 2 * abs(self.coefficient) * self.length**self.degree

    @property
    def curvature(self) -> Expr:
        """The factor of s^{k−2} in |ρ|, for both signs together."""
        return self.size * self.degree * (self.degree - 1)

    def at(self, x: tuple) -> Expr:
        """v·x."""
        return sympy.Add(*(v * t for v, t in zip(self.direction, x, strict=True)))

    def ridge(self, x: tuple) -> Expr:
        """2 |c| ‖v‖^k |⟨u, x⟩|^{k+1}."""
        return self.size * (abs(self.at(x)) / self.length) ** (self.degree + 1)


def waring(target: Target) -> list[Atom]:
    """The curved part as powers of linear forms with integer coefficients, by polarisation.

    x^α = 1/(2^k k!) Σ_p (−1)^{|p|} Π C(α_i, p_i) ((α − 2p)·x)^k, parallel forms put together
    (R. Kan, "From moments of sum to moments of product", J. Multivariate Anal. 99 (2008)).
    """
    found: dict = defaultdict(lambda: S.Zero)
    for k, part in target.curved.items():
        for alpha, c in part.as_dict().items():
            for p in itertools.product(*(range(a + 1) for a in alpha)):
                form = tuple(a - 2 * q for a, q in zip(alpha, p, strict=True))
                common = math.gcd(*form)
                if common == 0:
                    continue
                lead = next(v for v in form if v)
                common = math.copysign(common, lead)
                primitive = tuple(int(v / common) for v in form)
                count = math.prod(map(math.comb, alpha, p)) * (-1) ** sum(p) * int(common) ** k
                found[primitive, k] += c * sympy.Rational(count, 2**k * math.factorial(k))
    return [Atom(v, k, c) for (v, k), c in sorted(found.items(), key=str) if c != 0]


@dataclass(frozen=True)
class AtomicRoute(HomogeneousRoute):
    """Powers of linear forms, each along its own direction.

    Attributes
    ----------
    radius : Expr
        ‖x‖ ≤ R; oo for the whole space.
    tuned : law or None
        The law for which the neurons are best; None for neurons in proportion to the density.
    """

    radius: Expr
    tuned: object = None

    method = "atomic"
    elsewhere = "represent(…, source=…) without a radius, or a larger one"

    @classmethod
    def of(cls, request: Request) -> "AtomicRoute":
        return cls(request.target, request.radius, None if request.names_domain else request.source)

    @property
    def reach(self) -> Expr:
        return self.radius

    @cached_property
    def atoms(self) -> list[Atom]:
        """f − A = Σ c (v·x)^k."""
        return waring(self.target)

    @property
    def measure(self) -> str:
        end = r"\infty" if self.radius is oo else rf"\|v\| {sympy.latex(self.radius)}"
        return rf"w \in \{{\pm v\}},\ 0 < b < {end}"

    @cached_property
    def branches(self) -> dict[tuple[int, ...], Expr]:
        """ρ along every direction ±v, rational in the b of neurons σ(⟨v, x⟩ − b)."""
        found: dict = defaultdict(lambda: S.Zero)
        for v, k, c in self.atoms:
            for sign in (1, -1):
                found[tuple(sign * n for n in v)] += sign**k * c * k * (k - 1) * BIAS ** (k - 2)
        return dict(found)

    @property
    def density(self) -> Expr:
        weights = self.target.weights
        cases = (
            (value, sympy.And(*(sympy.Eq(w, n) for w, n in zip(weights, v, strict=True))))
            for v, value in self.branches.items()
        )
        return sympy.Piecewise(*cases, (0, True), evaluate=False)

    @property
    def density_latex(self) -> str:
        rows = (
            f"{sympy.latex(value)} & w = {sympy.latex(v)}" for v, value in self.branches.items()
        )
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    @property
    def density_domain(self) -> sympy.Basic:
        return BIAS >= 0

    def _power(self, q: int, source) -> Expr:
        """E |⟨u, x⟩|^q for a unit vector u."""
        return directions.coordinate_moment(self.target.dimension, q) * source.mean_power(q)

    def _sum(self, term: Callable[[Atom], Expr]) -> Expr:
        return sympy.Add(*map(term, self.atoms))

    @cached_property
    def variation(self) -> Expr:
        """The total variation."""
        return self._sum(lambda a: a.size * a.degree * self.radius ** (a.degree - 1))

    def second_moment(self) -> Expr:
        x = self.target.active
        if self.tuned is None:
            return self.variation * self._sum(lambda a: a.ridge(x) / (a.degree + 1))
        return self.constant(self.tuned) * self._sum(
            lambda a: (
                a.curvature / 2 * _bias_law.pointwise(a.degree, abs(a.at(x)) / a.length, self.tuned)
            )
        )

    def mean_second_moment(self, source) -> Expr | Infinite:
        self.check_source(source)
        if self.tuned is None:
            return self.variation * self._sum(
                lambda a: a.size / (a.degree + 1) * self._power(a.degree + 1, source)
            )
        return self.moved_second_moment(source, self.tuned)

    def mass(self, k: int) -> Expr:
        """Σ 2|c| ‖v‖^k k(k − 1)."""
        return sympy.Add(*(a.curvature for a in self.atoms if a.degree == k))

    def norm(self, kind: str) -> Expr | Infinite:
        if self.radius is oo:
            return UNBOUNDED
        if kind in ("L1", "TV"):
            return self.variation
        raise no_norm(kind)

    def draw(self, rng: np.random.Generator, width: int) -> Neurons:
        d = self.target.dimension
        weights, bias, amplitude = np.zeros((width, d)), np.empty(width), np.empty(width)
        laws = {a.degree: self._law(a.degree) for a in self.atoms}
        costs = np.array([*self._costs()])
        chosen = rng.choice(len(costs), size=width, p=costs / costs.sum())
        sign = rng.choice([-1.0, 1.0], size=width)
        for i, atom in enumerate(self.atoms):
            mine = np.nonzero(chosen == i)[0]
            unit = np.array(atom.direction) / float(atom.length)
            law = laws[atom.degree]
            weights[np.ix_(mine, self.target.places)] = sign[mine, None] * unit
            bias[mine] = law.draw(rng, len(mine))
            direction = sign[mine] ** atom.degree * float(sympy.sign(atom.coefficient))
            scale = 1.0 if self.tuned is None else 1 / law.root(bias[mine])
            amplitude[mine] = direction * costs.sum() * scale
        return Neurons(weights, bias, amplitude)

    def _law(self, k: int) -> _bias_law.BiasLaw:
        if self.tuned is None:
            return _bias_law.BiasLaw(k, float(self.radius))
        return _bias_law.BiasLaw(k, tuned=self.tuned)

    def _costs(self) -> Iterator[float]:
        """What every atom contributes to the total variation, or to the constant."""
        for a in self.atoms:
            if self.tuned is None:
                yield float(a.size * a.degree * self.radius ** (a.degree - 1))
            else:
                yield float(a.curvature) * _bias_law.tail_number(self.tuned, a.degree)

    def quadrature(self, numbers, x: np.ndarray, size: int):
        total = numbers.number(S.Zero)
        for v, k, c in self.atoms:
            t = sum(w * entry for w, entry in zip(v, x[self.target.places], strict=True))
            s, weights = panel(numbers, numbers.number(S.Zero), t, k // 2 + 1)
            integral = (weights * s ** (k - 2) * (t - s)).sum()
            total = total + numbers.number(c * k * (k - 1)) * integral
        return total
