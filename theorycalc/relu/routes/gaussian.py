"""Gaussian weights and biases, and a power of √(‖x‖² + τ²) in front: method "gaussian"."""

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy
from sympy import Expr, Poly, S, factorial2, oo, pi, sqrt

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.distributions import Moments
from theorycalc.relu.means.modulus import modulus_mean
from theorycalc.relu.means.rules import Doubles, evaluate, normal_average
from theorycalc.relu.routes._request import Request
from theorycalc.relu.routes._route import BIAS, Infinite, Neurons, Route, no_norm
from theorycalc.relu.target import fischer_square, wick_polynomial
from theorycalc.sphere.coordinates import R2
from theorycalc.sphere.fischer import fischer_sum

_T = sympy.Symbol("t", real=True)


@dataclass(frozen=True)
class GaussianRoute(Route):
    """f(x) = ‖X‖^{k−1}/C_k · E :P:(W, B) σ(⟨W, x⟩ + τB) with X = (x, τ) and Gaussian (W, B).

    P(x, t) = Σ_j f_j(x) (t/τ)^{k−j} is homogeneous of the smallest even degree k ≥ deg f, or of
    degree 1 for an affine f, and C_k = E σ(Z) He_k(Z). One law serves all degrees, so nothing is
    carried exactly: the affine part A is 0.

    Attributes
    ----------
    scale : Expr
        τ > 0, a number or a positive symbol.
    """

    scale: Expr = S.One

    method = "gaussian"

    @classmethod
    def of(cls, request: Request) -> "GaussianRoute":
        return cls(request.target, request.positive("scale"))

    @property
    def affine(self) -> Poly:
        """Zero: the neurons carry all of f."""
        return self.target.polynomial.zero

    @property
    def degree(self) -> int:
        """The degree k of the homogenised polynomial."""
        degree = self.target.degree
        return 1 if degree <= 1 else degree + degree % 2

    @property
    def relu_constant(self) -> Expr:
        """C_k = E σ(Z) He_k(Z): 1/2 for k = 1, He_{k−2}(0)/√(2π) for even k."""
        k = self.degree
        if k == 1:
            return S.Half
        return (-1) ** (k // 2 - 1) * factorial2(k - 3) / sqrt(2 * pi)

    @cached_property
    def homogenised(self) -> Poly:
        """P in w1, …, wd and t."""
        terms = {}
        for alpha, c in self.target.polynomial.as_dict().items():
            missing = self.degree - sum(alpha)
            terms[*alpha, missing] = c / self.scale**missing
        return Poly.from_dict(terms, *self.target.weights, _T)

    @cached_property
    def wick(self) -> Poly:
        """:P:, in w1, …, wd and t."""
        return wick_polynomial(self.homogenised)

    @property
    def _square(self) -> Expr:
        return self.target.square + self.scale**2

    @property
    def multiplier(self) -> Expr:
        return sqrt(self._square) ** (self.degree - 1)

    @property
    def measure(self) -> str:
        variance = sympy.latex(self.scale**2)
        return (
            rf"w \sim \mathcal{{N}}(0, I_{{{self.target.dimension}}}),"
            rf"\ b \sim \mathcal{{N}}(0, {variance})"
        )

    @property
    def density(self) -> Expr:
        return self.wick.as_expr(*self.target.weights, -BIAS / self.scale) / self.relu_constant

    @cached_property
    def fischer(self) -> Expr:
        """‖P‖_F²."""
        return fischer_square(self.homogenised)

    @cached_property
    def _form(self) -> Poly:
        """‖X‖² ‖P‖_F² + 2 ‖∂_X P‖_F² in x and r2 = ‖x‖², ∂_X the derivative along X = (x, τ)."""
        slopes = [self.homogenised.diff(x).as_dict() for x in self.homogenised.gens]
        point = (*self.target.active, self.scale)
        along = sympy.Add(
            *(
                (1 if i == j else 2) * fischer_sum(slopes[i], slopes[j]) * point[i] * point[j]
                for i, j in itertools.combinations_with_replacement(range(len(point)), 2)
            )
        )
        return Poly((R2 + self.scale**2) * self.fischer + 2 * along, *self.target.active, R2)

    def second_moment(self) -> Expr:
        """‖X‖^{2k−2} (‖X‖² ‖P‖_F² + 2 ‖∂_X P‖_F²)/(2 C_k²)."""
        size = 2 * self.relu_constant**2
        form = self._form.as_expr().subs(R2, self.target.square)
        return self._square ** (self.degree - 1) * form / size

    def mean_second_moment(self, source) -> Expr | Infinite:
        """E S²(x), from the moments of degree 2k and less."""
        if not self.target.polynomial:
            return S.Zero
        if reason := self._divergence(source):
            return reason
        square = Poly(R2 + self.scale**2, *self._form.gens)
        total = self.target.mean_with_norm(square ** (self.degree - 1) * self._form, source)
        return sympy.expand(total / (2 * self.relu_constant**2))

    def _divergence(self, source) -> Infinite | None:
        """Why S², of the size ‖x‖^{2k}, has an infinite mean."""
        d, power = self.target.dimension, 2 * self.degree
        if isinstance(source, Moments):
            moments = [source.moment((0,) * i + (power,)) for i in range(d)]
        else:
            moments = [source.mean_power(power)]
        return Infinite(f"E ‖x‖^{power} of the source is infinite") if oo in moments else None

    def constant(self, source) -> Expr | Infinite:
        """Infinite with the moment of degree 2k, otherwise not known in closed form."""
        if not self.target.polynomial:
            return S.Zero
        if reason := self._divergence(source):
            return reason
        raise NotSupportedError(
            explain(
                "the norm of a neuron with Gaussian weight and bias has no closed mean",
                got='method="gaussian", optimal sampling',
                hint='sampling="default", or method="space" or "atomic"',
            )
        )

    def norm(self, kind: str) -> Expr | Infinite:
        if kind in ("L1", "TV"):
            size = modulus_mean(self.wick, self.wick.zero, S.Zero, len(self.wick.gens))
            return size / abs(self.relu_constant)
        if kind == "L2":
            return sqrt(self.fischer) / abs(self.relu_constant)
        raise no_norm(kind)

    def draw(self, rng: np.random.Generator, width: int) -> Neurons:
        points = rng.standard_normal((width, self.target.dimension + 1))
        mine = points[:, [*self.target.places, -1]]
        amplitudes = evaluate(self.wick, Doubles(), mine) / float(self.relu_constant)
        return Neurons(points[:, :-1], -float(self.scale) * points[:, -1], amplitudes)

    def quadrature(self, numbers, x: np.ndarray, size: int):
        point = np.append(x, numbers.number(self.scale))

        def profile(t: np.ndarray) -> np.ndarray:
            return np.where((t > 0).astype(bool), t, 0 * t)

        kink = [numbers.number(S.Zero)]
        average = normal_average(numbers, self.target.lift(self.wick), profile, point, size, kink)
        radius = numbers.apply("sqrt", (point * point).sum())
        multiplier = math.prod([radius] * (self.degree - 1))
        return multiplier * average / numbers.number(self.relu_constant)
