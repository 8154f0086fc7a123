"""The layer that a deep network repeats, as maps of variances and correlations."""

from typing import NamedTuple

import sympy

from theorycalc.activations import Activation, z
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.integration.kinks import branch_at
from theorycalc.core.reference import Reference
from theorycalc.kernels.duals import by_activation, families
from theorycalc.kernels.duals.mean import GaussianMean, gaussian_mean
from theorycalc.kernels.fixed_points import variance_map
from theorycalc.layers import Dense, Nonlinearity

SCHOENHOLZ = Reference(
    "arXiv:1611.01232",
    title="S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein, Deep information propagation",
)
Q = sympy.Symbol("q", positive=True)
C = sympy.Symbol("c", real=True)


class HiddenLayer(NamedTuple):
    """The layer that a deep network repeats: φ, then weights and biases of these variances."""

    activation: Activation
    weight: sympy.Expr
    bias: sympy.Expr

    @property
    def variance_map(self) -> Formula:
        """V(q) = σ_w² E φ(√q Z)² + σ_b²."""
        moment = by_activation.second_moment(self.activation, Q)
        return self._formula("V", self.weight * moment + self.bias, Q)

    @property
    def chi(self) -> Formula:
        """χ₁(q) = σ_w² E φ'(√q Z)²."""
        moment = by_activation.slope_second_moment(self.activation, Q)
        return self._formula("chi_1", self.weight * moment, Q)

    @property
    def correlation_map(self) -> Formula:
        """C(c; q) = (σ_w² K(q, cq, q) + σ_b²)/V(q)."""
        pair = Q, C * Q, Q, sympy.acos(C)
        covariance = by_activation.covariance(self.activation, *pair)
        ratio = (self.weight * covariance + self.bias) / self.variance_map.expr
        return self._formula("C", ratio, C, Q)

    @property
    def correlation_slope(self) -> Formula:
        """dC/dc = σ_w² K'(q, cq, q) q/V(q)."""
        pair = Q, C * Q, Q, sympy.acos(C)
        if not self.activation.is_continuous:
            return self.correlation_map.diff("c")
        slope = by_activation.slope_covariance(self.activation, *pair)
        return self._formula("dC", self.weight * slope * Q / self.variance_map.expr, C, Q)

    @property
    def variance_slope(self) -> Formula:
        """V'(q) = σ_w² E[φ(√q Z)² (Z² − 1)]/(2q), which needs no derivative of φ."""
        moment = by_activation.second_moment(self.activation, Q)
        if moment.has(GaussianMean):
            square = Activation(z**2 * self.activation.expr**2, symbol=z)
            slope = (gaussian_mean(square, Q) / Q - moment) / (2 * Q)
        else:
            slope = moment.diff(Q)
        return self._formula("dV", self.weight * slope, Q)

    @property
    def slopes_at_zero(self) -> tuple:
        """φ'(0−), φ'(0+)."""
        return tuple(_beside_zero(self.activation.derivative, side) for side in (-1, 1))

    @property
    def keeps_zero(self) -> bool:
        """Whether V(q) → 0 as q → 0."""
        values = (_beside_zero(self.activation, side) for side in (-1, 1))
        return self.bias == 0 and all(variance_map.is_zero(value) for value in values)

    @property
    def is_scale_free(self) -> bool:
        """Whether variances are multiplied by a constant and correlations do not feel them."""
        family = families.family(self.activation)
        homogeneous = isinstance(family, families.Homogeneous) and family.degree == 1
        return homogeneous and self.bias == 0

    def _formula(self, name: str, expr, *args) -> Formula:
        return Formula(name, sympy.simplify(expr) if self.is_scale_free else expr, args=args,
                       reference=SCHOENHOLZ)  # fmt: skip


def _beside_zero(activation: Activation, side: int) -> sympy.Expr:
    """The limit at 0 from one side."""
    sizes = [abs(kink) for kink in activation.kinks if kink != 0]
    near = side * min([sympy.S.One, *sizes]) / 2
    return branch_at(activation.expr, z, near).subs(z, 0)


def hidden_layer(layers: tuple) -> HiddenLayer:
    """The layer that a dense network repeats.

    Raises
    ------
    NotSupportedError
        If it is no dense network with equal hidden layers, or has symbolic parameters.
    """
    first, *rest = layers
    pairs = list(zip(rest[::2], rest[1::2], strict=False))
    regular = isinstance(first, Dense) and len(rest) == 2 * len(pairs) and len(set(pairs)) == 1
    if not regular or not isinstance(rest[0], Nonlinearity) or not isinstance(rest[1], Dense):
        raise NotSupportedError(
            explain("fixed points are those of dense networks whose hidden layers are equal")
        )
    activation, dense = rest[0].activation, rest[1]
    if dense.sigma_w.free_symbols | dense.sigma_b.free_symbols:
        raise NotSupportedError(explain("fixed points need numbers for sigma_w and sigma_b"))
    return HiddenLayer(activation, dense.sigma_w**2, dense.sigma_b**2)
