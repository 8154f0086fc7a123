"""The recursions of the NNGP and the NTK through the layers of a dense network, in SymPy."""

from typing import NamedTuple

import sympy
from sympy import acos, sqrt

from theorycalc.core.graph import free_symbols
from theorycalc.kernels import symbolic
from theorycalc.kernels.angular import CorrelationAngle
from theorycalc.kernels.duals import Q11, Q12, Q22, RHO

DIMENSION = sympy.Symbol("d", integer=True, positive=True)


class Pair(NamedTuple):
    """The covariance of a pre-activation at two inputs, and the angle if the family uses it."""

    q11: sympy.Expr
    q12: sympy.Expr
    q22: sympy.Expr
    theta: sympy.Expr | None


class Recursion:
    """The pair of covariances and the tangent kernel, layer by layer, as short expressions.

    What a layer hands to the next is named and kept in ``where``; only numbers and the inputs are
    passed on as they are.
    """

    def __init__(self, network, tangent: bool):
        self.network = network
        self.family = network.family
        self.tangent = tangent
        self.where: list[tuple[sympy.Symbol, sympy.Expr]] = []

    def run(self, first) -> sympy.Expr:
        """Σ or Θ of the readout, from the covariance of the first layer."""
        network = self.network
        weights, biases = ([s**2 for s in sigma] for sigma in (network.sigma_w, network.sigma_b))
        pair = first(self, weights[0], biases[0])
        theta = self._own(0, pair.q12, weights[0], biases[0])
        for layer in range(1, network.depth + 1):
            last = layer == network.depth
            weight, bias = weights[layer], biases[layer]
            after = self._next(layer, pair, weight, bias, last)
            if self.tangent:
                slope = symbolic.slope_covariance(self.family, *pair)
                theta = self._own(layer, after.q12, weight, bias) + weight * slope * theta
                theta = theta if last else self.name(f"Theta_{layer + 1}", theta)
            pair = after
        return theta if self.tangent else pair.q12

    def parameters(self, body: sympy.Expr, inputs: tuple) -> list[sympy.Symbol]:
        """The symbolic parameters of the network that the result depends on."""
        used = free_symbols(body).union(*(free_symbols(part) for _, part in self.where))
        return sorted(used - {*inputs, *(symbol for symbol, _ in self.where)}, key=str)

    def name(self, name: str, expr: sympy.Expr, **assumptions) -> sympy.Expr:
        """A symbol for an intermediate quantity, unless it is a rational number."""
        if expr.is_Rational:
            return expr
        symbol = sympy.Symbol(name, real=True, **assumptions)
        self.where.append((symbol, expr))
        return symbol

    def _own(self, layer: int, q12, weight, bias) -> sympy.Expr:
        """The tangent kernel of one layer's own parameters."""
        if self.network.parameterization == "ntk":
            return q12
        fan_in = self.network.width if layer else DIMENSION
        return fan_in * (q12 - bias) / weight + (0 if bias == 0 else 1)

    def _next(self, layer: int, pair: Pair, weight, bias, last: bool) -> Pair:
        family, index = self.family, layer + 1
        q12 = weight * family.covariance(*pair) + bias
        if last:
            return pair._replace(q12=q12)
        q11 = self.name(f"q_{index}", weight * family.second_moment(pair.q11) + bias, positive=True)
        q22 = q11
        if pair.q22 != pair.q11:
            moment = weight * family.second_moment(pair.q22) + bias
            q22 = self.name(f"r_{index}", moment, positive=True)
        if isinstance(family, symbolic.Erf) or family.is_monomial:
            return Pair(q11, self.name(f"Sigma_{index}", q12), q22, None)
        minus, plus = self._differences(pair, q11, q22, weight, bias)
        theta = self.name(f"theta_{index}", CorrelationAngle(minus, plus), nonnegative=True)
        return Pair(q11, q12, q22, theta)

    def _differences(self, pair: Pair, q11, q22, weight, bias) -> tuple:
        """√(q₁₁q₂₂) ∓ q₁₂ after a layer, up to a common factor, as sums that do not cancel."""
        loss, gain = self.family.loss(pair.theta), self.family.gain(pair.theta)
        if bias == 0:
            return loss, gain
        p = self.family.degree
        scale = weight * (sqrt(pair.q11) * sqrt(pair.q22)) ** p
        # √(q₁₁q₂₂) exceeds its part along the layer's inputs where their norms differ
        excess = sympy.S.Zero
        if pair.q11 != pair.q22:
            excess = bias * weight * self.family.variance
            excess *= (sqrt(pair.q11) ** p - sqrt(pair.q22) ** p) ** 2
            excess /= sqrt(q11) * sqrt(q22) + scale * self.family.variance + bias
        return scale * loss + excess, scale * gain + excess + 2 * bias


def equal_norms(recursion: Recursion, weight, bias) -> Pair:
    """Layer 1 for inputs with x·x/d = 1."""
    q = recursion.name("q_1", weight + bias, positive=True)
    if bias == 0:
        return Pair(q, weight * RHO, q, acos(RHO))
    # in units of the weight variance, so that 1 − ρ stays a difference of its own
    angle = CorrelationAngle(1 - RHO, 1 + RHO + 2 * bias / weight)
    return Pair(q, weight * RHO + bias, q, recursion.name("theta_1", angle, nonnegative=True))


def any_norms(recursion: Recursion, weight, bias) -> Pair:
    """Layer 1 for inputs of any norms."""
    q11, q12, q22 = (weight * q + bias for q in (Q11, Q12, Q22))
    distance = Q11 + Q22 - 2 * Q12
    determinant = weight**2 * (Q11 * Q22 - Q12**2) + weight * bias * distance
    angle = sympy.atan2(sqrt(determinant), q12)
    return Pair(
        recursion.name("q_1", q11, nonnegative=True),
        q12,
        recursion.name("r_1", q22, nonnegative=True),
        recursion.name("theta_1", angle, nonnegative=True),
    )
