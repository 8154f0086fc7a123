"""Kernels together with their derivatives in the covariance of the inputs."""

import math
from collections.abc import Sequence
from dataclasses import replace

import sympy

from theorycalc.activations import Activation
from theorycalc.kernels.duals.covariance_derivatives import is_finite, slope_of_order
from theorycalc.kernels.recursion.in_expressions import Expressions
from theorycalc.kernels.recursion.recursion import State


class Jet:
    """A quantity and its first derivatives: sums, and products by Leibniz' rule."""

    def __init__(self, parts: Sequence):
        self.parts = tuple(parts)

    def _like(self, other) -> "Jet":
        if isinstance(other, Jet):
            return other
        return Jet([other, *[sympy.S.Zero] * (len(self.parts) - 1)])

    def __add__(self, other):
        return Jet(a + b for a, b in zip(self.parts, self._like(other).parts, strict=True))

    __radd__ = __add__

    def __sub__(self, other):
        return self + -1 * other

    def __mul__(self, other):
        if not isinstance(other, Jet):
            return Jet(a * other for a in self.parts)
        return Jet(
            sympy.Add(*(math.comb(n, k) * self.parts[k] * other.parts[n - k] for k in range(n + 1)))
            for n in range(len(self.parts))
        )

    __rmul__ = __mul__

    def __truediv__(self, scale):
        return Jet(a / scale for a in self.parts)

    def through(self, slopes: Sequence) -> "Jet":
        """f of the quantity, from the derivatives of f at its value (Faà di Bruno)."""
        step = Jet([sympy.S.Zero, *self.parts[1:]])
        total = power = self._like(sympy.S.One)
        total = total * slopes[0]
        for n in range(1, len(self.parts)):
            power = power * step / n
            total = total + power * slopes[n]
        return total


class Jets(Expressions):
    """Expressions for kernels and their derivatives up to some order.

    Parameters
    ----------
    parameterization, width
        As for `Expressions`.
    order : int
        Of the highest derivative.
    variable : Symbol
        ρ or q₁₂, the covariance of the inputs; their variances stay as they are.

    Attributes
    ----------
    infinite : dict
        From names of the factors that are infinite for equal inputs to (activation, order of the
        derivative, whether opposite inputs are still opposite there).
    """

    def __init__(self, parameterization: str, width: int | None, order: int, variable):
        super().__init__(parameterization, width)
        self.order, self.variable = order, variable
        self.infinite: dict[sympy.Symbol, tuple[Activation, int, bool]] = {}

    def started(self, state: State) -> State:
        """The inputs' covariance as the variable of differentiation."""
        one = [sympy.S.One, *[sympy.S.Zero] * (self.order - 1)]
        return replace(state, q12=Jet([state.q12, *one]))

    def name(self, name: str, index: int, expr, order: int = 0, **assumptions):
        """Symbols for a quantity and its derivatives."""
        if isinstance(expr, Jet):
            return Jet(self.name(name, index, part, n) for n, part in enumerate(expr.parts))
        return super().name(name, index, expr, f"_{self.variable}" * order, **assumptions)

    def angle_with_bias(self, state: State, q12, weight, bias) -> sympy.Expr:
        """The angle after a layer with biases."""
        return super().angle_with_bias(_values(state), q12.parts[0], weight, bias)

    def with_angle(self, activation: Activation, state: State, index: int) -> State:
        """The state with names for what is used more than once."""
        named = super().with_angle(activation, _values(state), index)
        slopes = (self.name("Sigma", index, p, n) for n, p in enumerate(state.q12.parts) if n)
        return replace(named, q12=Jet([named.q12, *slopes]), tangent=state.tangent)

    def activated(self, activation: Activation, state: State, tangent: bool) -> tuple:
        """(the state with K of the pair and without its tangent kernel, K' if that is wanted)."""
        after, _ = super().activated(activation, _values(state), tangent=False)
        orders = range(self.order + 1 + tangent)
        slopes = [self._slope(activation, n, _values(state)) for n in orders]
        slope = state.q12.through(slopes[1:]) if tangent else None
        return replace(after, q12=state.q12.through(slopes)), slope

    def _slope(self, activation: Activation, order: int, state: State) -> sympy.Expr:
        """The derivative of K in its covariance, under a name if it is infinite somewhere."""
        slope = slope_of_order(activation, order, state.q11, state.q12, state.q22, state.theta)
        if slope == 0 or is_finite(activation, order):
            return slope
        symbol = self.name("kappa", len(self.infinite) + 1, slope)
        opposite = state.theta == sympy.acos(self.variable)
        self.infinite[symbol] = activation, order, opposite
        return symbol


def _values(state: State) -> State:
    return replace(state, q12=state.q12.parts[0], tangent=sympy.S.Zero)
