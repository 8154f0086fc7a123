"""One variable: the method "interval".

f(x) = f(0) + f'(0) x + ∫_0^∞ [f''(s) σ(x − s) + f''(−s) σ(−x − s)] ds.
"""

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy
from sympy import Expr, Integral, Max, Min, Poly, S, sqrt

from theorycalc.core.errors import DomainError, explain
from theorycalc.relu.means.rules import panel
from theorycalc.relu.routes._request import Request
from theorycalc.relu.routes._route import BIAS, Infinite, Neurons, Route, no_norm
from theorycalc.relu.target import real_roots

_X = sympy.Symbol("x", real=True)
_S = sympy.Symbol("s", positive=True)


@dataclass(frozen=True)
class IntervalRoute(Route):
    """Densities f''(±s) on an interval around 0, drawn in proportion to |f''|.

    Attributes
    ----------
    lower, upper : Expr
        The interval, lower ≤ 0 ≤ upper.
    """

    lower: Expr
    upper: Expr

    method = "interval"

    @classmethod
    def of(cls, request: Request) -> "IntervalRoute":
        if request.target.dimension > 1:
            d = request.target.dimension
            raise DomainError(
                explain(
                    "intervals are for one variable",
                    got=f"{d} variables",
                    hint='method="atomic" or "ball"',
                )
            )
        return cls(request.target, *request.bounded_interval)

    @property
    def measure(self) -> str:
        a, b = map(sympy.latex, (-self.lower, self.upper))
        return rf"w = 1,\ 0 < b < {b}\ \text{{and}}\ w = -1,\ 0 < b < {a}"

    @property
    def density(self) -> Expr:
        (w,) = self.target.weights
        return self._curvature.as_expr(w * BIAS)

    @property
    def density_domain(self) -> sympy.Basic:
        (w,) = self.target.weights
        return (BIAS >= 0) & (w * BIAS <= self.upper) & (w * BIAS >= self.lower)

    @property
    def _curvature(self) -> Poly:
        (x,) = self.target.variables
        return self.target.polynomial.diff((x, 2))

    @cached_property
    def pieces(self) -> list[tuple[Expr, Expr, int]]:
        """(a, b, sign of f'' on (a, b)), on either side of 0."""
        cuts = (r for r in real_roots(self._curvature) if self.lower < r < self.upper)
        ends = sorted({self.lower, S.Zero, self.upper, *cuts}, key=float)
        return [
            (a, b, int(sympy.sign(self._curvature.eval((a + b).evalf(30) / 2))))
            for a, b in itertools.pairwise(ends)
        ]

    def _mass(self, a: Expr, b: Expr) -> Expr:
        slope = self.target.polynomial.diff().as_expr()
        (x,) = self.target.variables
        return slope.subs(x, b) - slope.subs(x, a)

    @cached_property
    def variation(self) -> Expr:
        """∫ |f''|."""
        return sympy.Add(*(sign * self._mass(a, b) for a, b, sign in self.pieces))

    def second_moment(self) -> Expr:
        (x,) = self.target.variables
        total = S.Zero
        for a, b, sign in self.pieces:
            near, far = (a, b) if a >= 0 else (b, a)
            reached = Min(Max(x, near), far) if a >= 0 else Max(Min(x, near), far)
            total += sign * (1 if a >= 0 else -1) * self._second(x, near, reached)
        return self.variation * total

    def _second(self, x: Expr, start: Expr, end: Expr) -> Expr:
        """∫_start^end f''(s) (x − s)² ds."""
        s = sympy.Dummy("s")
        body = sympy.expand(self._curvature.as_expr(s) * (x - s) ** 2)
        primitive = Poly(body, s).integrate(s).as_expr()
        return primitive.subs(s, end) - primitive.subs(s, start)

    def mean_second_moment(self, source) -> Expr | Infinite:
        self.check_source(source)
        return self.variation * sympy.Add(
            *(sign * self._mean_second(a, b, source) for a, b, sign in self.pieces)
        )

    def _mean_second(self, a: Expr, b: Expr, source) -> Expr:
        """∫_a^b f''(s) ν(|s|)² ds, ν(s)² = E σ(x − s)², for a and b of one sign."""
        side = 1 if a >= 0 else -1
        near, far = (a, b) if side > 0 else (-b, -a)
        far = Min(far, source.support[1])
        if not near < far:
            return S.Zero
        tail = sympy.expand_func(source.coordinate_tail_square(_S))
        # inside the support the tail is its first branch
        tail = tail.replace(sympy.Piecewise, lambda *branches: branches[0][0])
        tail = tail.replace(Max, sympy.Add)
        body = sympy.expand(self._curvature.as_expr(side * _S) * tail)
        if not body.is_polynomial(_S):
            return Integral(body, (_S, near, far))
        primitive = Poly(body, _S).integrate()
        return primitive.eval(far) - primitive.eval(near)

    def constant(self, source) -> Expr | Infinite:
        """∫ |f''(s)| ν(|s|) ds."""
        self.check_source(source)
        root = sqrt(source.coordinate_tail_square(abs(_X)))
        return sympy.Add(
            *(
                Integral(sign * self._curvature.as_expr(_X) * root, (_X, a, b))
                for a, b, sign in self.pieces
            )
        )

    def norm(self, kind: str) -> Expr | Infinite:
        if kind in ("L1", "TV"):
            return self.variation
        if kind == "L2":
            square = (self._curvature**2).integrate()
            (x,) = self.target.variables
            return sqrt(square.as_expr().subs(x, self.upper) - square.as_expr().subs(x, self.lower))
        raise no_norm(kind)

    def draw(self, rng: np.random.Generator, width: int) -> Neurons:
        masses = np.array([float(sign * self._mass(a, b)) for a, b, sign in self.pieces])
        chosen = rng.choice(len(masses), size=width, p=masses / masses.sum())
        slope = np.poly1d([float(c) for c in self.target.polynomial.diff().all_coeffs()])
        position, amplitude = np.empty(width), np.empty(width)
        for i, (a, b, sign) in enumerate(self.pieces):
            mine = np.nonzero(chosen == i)[0]
            wanted = slope(float(a)) + sign * masses[i] * rng.random(len(mine))
            position[mine] = _invert(lambda s, sign=sign: sign * slope(s), sign * wanted, a, b)
            amplitude[mine] = sign * masses.sum()
        weights = np.where(position < 0, -1.0, 1.0)
        return Neurons(weights[:, None], np.abs(position), amplitude)

    def quadrature(self, numbers, x: np.ndarray, size: int):
        # the kink lies at the end of the integral: f'' times a linear function is a polynomial
        zero = numbers.number(S.Zero)
        s, weights = panel(numbers, zero, x[0], self.target.degree // 2 + 1)
        curvature = sum(
            numbers.number(c) * s ** int(n) for (n,), c in self._curvature.as_dict().items()
        )
        return (weights * curvature * (x[0] - s)).sum()

    def check_source(self, source) -> None:
        most = min(-self.lower, self.upper)
        if not source.support[1] <= most:
            raise DomainError(
                explain(
                    "the source reaches out of the interval, where the network is wrong",
                    got=f"|x| up to {source.support[1]}",
                    allowed=f"|x| ≤ {most}",
                    hint='domain=(a, b), or method="atomic"',
                )
            )

    def move_inside(self, point: tuple) -> tuple:
        return tuple(x * (self.upper if x > 0 else -self.lower) for x in point)

    def check_point(self, point: dict) -> None:
        (value,) = point.values()
        if not self.lower <= value <= self.upper:
            raise DomainError(
                explain(
                    "the point is out of the interval, where the network is wrong",
                    got=value,
                    allowed=f"[{self.lower}, {self.upper}]",
                    hint="domain=(a, b)",
                )
            )


def _invert(increasing, wanted: np.ndarray, lower: Expr, upper: Expr) -> np.ndarray:
    """Where an increasing function has these values, by bisection to the last bit."""
    a, b = np.full(len(wanted), float(lower)), np.full(len(wanted), float(upper))
    for _ in range(64):
        middle = (a + b) / 2
        below = increasing(middle) < wanted
        a, b = np.where(below, middle, a), np.where(below, b, middle)
    return (a + b) / 2
