"""Neurons with one bias on the sphere: methods "sphere" (no bias) and "sphere_bias"."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import sympy
from sympy import Expr, Poly, S, sqrt

from theorycalc.core.errors import DomainError, explain
from theorycalc.relu.constants import admissible_bias_near, funk_hecke
from theorycalc.relu.means import directions
from theorycalc.relu.means.rules import sphere_average
from theorycalc.relu.routes._request import Request
from theorycalc.relu.routes._route import Infinite, Neurons, Route, no_norm
from theorycalc.relu.target import rescaled, spherical_mean
from theorycalc.sphere import funk_hecke as zonal_eigenvalue

_T = sympy.Symbol("t", real=True)


_USUAL_BIAS = sympy.Rational(1, 3)


@dataclass(frozen=True)
class AngularRoute(Route):
    """f = A + E_w h(w) σ(⟨w, x⟩ − b) on ‖x‖ = R, with h = Σ_k f_k/λ_k for harmonic parts f_k.

    The parts of degree 0 and 1 on the sphere are carried exactly, ‖x‖² included.

    Attributes
    ----------
    radius : Expr
        R.
    bias : Expr
        b/R, in (−1, 1); 0 for the method "sphere".
    """

    radius: Expr
    bias: Expr = S.Zero

    has_biases = False

    @classmethod
    def of(cls, request: Request) -> "AngularRoute":
        route = cls._with(request, S.Zero)
        route.check()
        return route

    @classmethod
    def with_bias(cls, request: Request) -> "AngularRoute":
        """The method "sphere_bias"."""
        bias = request.option("bias", _USUAL_BIAS)
        if not -1 < bias < 1 or bias == 0:
            allowed = "−1 < bias < 1, ≠ 0, in units of the radius"
            raise DomainError(explain("bias out of range", got=bias, allowed=allowed))
        route = cls._with(request, bias)
        if "bias" not in request.options and route.blind:
            return replace(route, bias=route.better_bias)
        route.check()
        return route

    @classmethod
    def _with(cls, request: Request, bias: Expr) -> "AngularRoute":
        if request.target.dimension == 1:
            hint = 'method="interval"'
            raise DomainError(
                explain("the sphere of R^1 is two points", got="one variable", hint=hint)
            )
        return cls(request.target, request.bounded_radius, bias)

    @property
    def method(self) -> str:
        return "sphere_bias" if self.bias != 0 else "sphere"

    @property
    def measure(self) -> str:
        bias = sympy.latex(self.bias * self.radius)
        return rf"w \sim \mathrm{{Unif}}(S^{{{self.target.dimension - 1}}}),\ b = {bias}"

    @cached_property
    def harmonics(self) -> dict[int, Poly]:
        """The harmonic parts f_k of y ↦ f(R y) on the unit sphere, by degree."""
        return self.target.on_sphere(rescaled(self.target.polynomial, self.radius))

    @property
    def affine(self) -> Poly:
        parts = (rescaled(h, 1 / self.radius) for k, h in self.harmonics.items() if k <= 1)
        return sum(parts, start=self.target.polynomial.zero)

    @cached_property
    def angular(self) -> Poly:
        """h, so that neurons σ(⟨w, y⟩ − b/R) of y = x/R give f."""
        d, total = self.target.dimension, self.target.polynomial.zero
        for k, part in self.harmonics.items():
            if k >= 2:
                total = total + part * (1 / funk_hecke(d, k, self.bias).expr)
        return total

    @property
    def blind(self) -> list[int]:
        """Degrees ≥ 2 of the target that neurons with this bias do not see: λ_k = 0."""
        d = self.target.dimension
        degrees = (k for k in self.harmonics if k >= 2)
        return [k for k in degrees if sympy.simplify(funk_hecke(d, k, self.bias).expr) == 0]

    @property
    def better_bias(self) -> Expr:
        """A bias near by that sees all degrees of the target."""
        degrees = [k for k in self.harmonics if k >= 2]
        return admissible_bias_near(self.target.dimension, degrees, self.bias)

    def check(self) -> None:
        """Refuse parts that neurons with this bias cannot see.

        Raises
        ------
        DomainError
            Naming what works instead.
        """
        blind = self.blind
        if not blind:
            return
        if self.bias == 0:
            raise DomainError(
                explain(
                    "a ReLU network without biases is blind to odd harmonics of degree ≥ 3 on the "
                    "sphere: σ(t) = t/2 + |t|/2",
                    got=f"parts of degree {', '.join(map(str, blind))}",
                    allowed="even polynomials, and linear parts",
                    hint='method="sphere_bias", "ball" or "atomic"',
                )
            )
        d = self.target.dimension
        raise DomainError(
            explain(
                f"the bias is a zero of P_{{{d + 4},{blind[0] - 2}}}: neurons with it are blind to "
                f"harmonics of degree {blind[0]}",
                got=f"bias = {self.bias}",
                hint=f"bias={self.better_bias}",
            )
        )

    @property
    def neuron_latex(self) -> str:
        shift = f" - {sympy.latex(self.bias * self.radius)}" if self.bias != 0 else ""
        return rf"\sigma\left(\langle w, x\rangle{shift}\right)"

    @property
    def density(self) -> Expr:
        # σ(⟨w, x⟩ − b) = R σ(⟨w, y⟩ − b/R)
        return self.angular.as_expr(*self.target.weights) / self.radius

    def second_moment(self) -> Expr:
        square = sympy.Max(_T - self.bias, 0) ** 2
        return sympy.Add(
            *(
                zonal_eigenvalue(square, self.target.dimension, k).expr
                * rescaled(harmonic, 1 / self.radius).as_expr()
                for k, harmonic in self.target.on_sphere(self.angular * self.angular).items()
            )
        )

    def mean_second_moment(self, source) -> Expr | Infinite:
        self.check_source(source)
        d = self.target.dimension
        size = spherical_mean(self.angular * self.angular, d)
        return size * self._neuron_square

    @property
    def _neuron_square(self) -> Expr:
        """E σ(t − b)² for one coordinate t of a uniform point."""
        if self.bias == 0:
            return S.One / (2 * self.target.dimension)
        square = sympy.Max(_T - self.bias, 0) ** 2
        return zonal_eigenvalue(square, self.target.dimension, 0).expr

    def constant(self, source) -> Expr | Infinite:
        """‖h‖_{L¹} times the norm of a neuron, which is the same for all directions."""
        self.check_source(source)
        size = directions.absolute_mean(self.angular, self.target.dimension)
        return size * sqrt(self._neuron_square)

    def norm(self, kind: str) -> Expr | Infinite:
        if kind in ("L1", "TV"):
            return directions.absolute_mean(self.angular, self.target.dimension) / self.radius
        if kind == "L2":
            square = spherical_mean(self.angular * self.angular, self.target.dimension)
            return sqrt(square) / self.radius
        raise no_norm(kind)

    def draw(self, rng: np.random.Generator, width: int) -> Neurons:
        weights = directions.uniform(rng, width, self.target.dimension)
        radius = float(self.radius)
        amplitudes = directions.values(self.angular, weights[:, self.target.places]) / radius
        return Neurons(weights, np.full(width, radius * float(self.bias)), amplitudes)

    def quadrature(self, numbers, x: np.ndarray, size: int):
        bias = numbers.number(self.bias * self.radius)

        def profile(t: np.ndarray) -> np.ndarray:
            return np.where((t > bias).astype(bool), t - bias, 0 * t)

        kink = [numbers.number(self.bias)]
        angular = self.target.lift(self.angular)
        average = sphere_average(numbers, angular, profile, x, kink, size)
        return average / numbers.number(self.radius)

    def check_source(self, source) -> None:
        if source.support != (self.radius, self.radius):
            raise DomainError(
                explain(
                    "the representation holds on one sphere only",
                    got=source,
                    allowed=f"UniformSphere({self.target.dimension}, {self.radius})",
                    hint='method="ball"',
                )
            )

    def move_inside(self, point: tuple) -> tuple:
        *others, _ = point
        square = sympy.Add(*(x**2 for x in others))  # stereographic projection
        unit = (*(2 * x for x in others), square - 1)
        return tuple(self.radius * x / (square + 1) for x in unit)

    def check_point(self, point: dict) -> None:
        square = sympy.Add(*(x**2 for x in point.values()))
        if square != self.radius**2:
            raise DomainError(
                explain(
                    "the point is not on the sphere, where the network is right",
                    got=f"‖x‖² = {square}",
                    allowed=self.radius**2,
                    hint='method="ball"',
                )
            )
