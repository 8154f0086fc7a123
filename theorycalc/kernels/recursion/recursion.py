"""The recursion of the NNGP and the NTK through layers, in expressions or in arrays.

What a layer does to a pair of inputs is written once; an *algebra* says what numbers are: SymPy
expressions (`theorycalc.kernels.recursion.in_expressions`) or arrays
(`theorycalc.kernels.recursion.in_arrays`).
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from theorycalc.layers import (
    AveragePool,
    Conv,
    Dense,
    Flatten,
    GlobalAveragePool,
    Layer,
    LayerNorm,
    Nonlinearity,
    Sum,
)


class Gap(NamedTuple):
    """√(q₁₁q₂₂) ∓ q₁₂ as sums that do not cancel, in units of a common factor."""

    unit: Any
    minus: Any
    plus: Any


@dataclass(frozen=True)
class State:
    """Covariances of two inputs after some layers, and their tangent kernel.

    ``gap`` is None where it is not known, ``theta`` is the angle where it has been found already,
    ``means()`` are those of both inputs' coordinates, None for 0.
    """

    q11: Any
    q12: Any
    q22: Any
    tangent: Any = 0
    gap: Gap | None = None
    theta: Any = None
    means: Callable | None = None


class Recursion:
    """One pass through an architecture.

    Parameters
    ----------
    algebra
        Numbers and Gaussian expectations.
    tangent : bool
        Whether the tangent kernel is wanted.
    layer : int, optional
        The only affine layer whose parameters count in the tangent kernel, from 1.
    """

    def __init__(self, algebra, tangent: bool, layer: int | None = None):
        self.algebra, self.tangent, self.layer = algebra, tangent, layer
        self.affine = 0

    def run(self, layers: tuple, state: State) -> State:
        """The state after a sequence of layers."""
        for layer in layers:
            state = self._after(layer, state)
        return state

    def _after(self, layer: Layer, state: State) -> State:
        match layer:
            case Dense():
                return self._dense(layer, state)
            case Conv():
                return self._dense(layer, self.algebra.convolved(state, layer.window))
            case Nonlinearity():
                return self._activation(layer, state)
            case Sum():
                return self._sum(layer, state)
            case LayerNorm():
                return self._layer_norm(state)
            case AveragePool():
                return self.algebra.pooled(state, layer.window)
            case Flatten():
                return self.algebra.flattened(state)
            case GlobalAveragePool():
                return self.algebra.globally_pooled(state)

    def _dense(self, layer: Dense | Conv, state: State) -> State:
        """Weights and biases: q ← σ_w² q + σ_b²."""
        algebra = self.algebra
        weight, bias = algebra.number(layer.sigma_w) ** 2, algebra.number(layer.sigma_b) ** 2
        self.affine += 1
        q12 = weight * state.q12 + bias
        tangent = weight * state.tangent if self.tangent else 0
        if self.tangent and self.layer in (None, self.affine):
            tangent = tangent + self._own(state.q12, weight, bias)
        q11, q22 = algebra.variances(self.affine, state, weight, bias)
        after = State(q11, q12, q22, algebra.name("Theta", self.affine, tangent))
        if bias == 0:
            gap = state.gap and state.gap._replace(unit=weight * state.gap.unit)
            return replace(after, gap=gap, theta=state.theta)
        if state.gap is None:
            return replace(after, theta=algebra.angle_with_bias(state, q12, weight, bias))
        excess = _excess_of_bias(algebra, state, after, weight, bias)
        unit, minus, plus = state.gap
        unit = weight * unit
        return replace(
            after, gap=Gap(unit, minus + excess / unit, plus + (excess + 2 * bias) / unit)
        )

    def _own(self, q12, weight, bias):
        """The tangent kernel of the parameters of the present affine layer alone."""
        if self.algebra.parameterization == "ntk":
            return weight * q12 + bias
        return self.algebra.fan_in(self.affine) * q12 + (0 if bias == 0 else 1)

    def _activation(self, layer: Nonlinearity, state: State) -> State:
        """q ← K(q), Θ ← K' Θ."""
        state = self.algebra.with_angle(layer.activation, state, self.affine)
        after, slope = self.algebra.activated(layer.activation, state, self.tangent)
        return replace(after, tangent=slope * state.tangent) if self.tangent else after

    def _sum(self, layer: Sum, state: State) -> State:
        """Branches with independent weights."""
        algebra = self.algebra
        if state.gap is not None:
            # names keep differences such as 1 − ρ apart from the sums that they enter
            unit, *parts = state.gap
            names = zip(("delta", "gamma"), parts, strict=True)
            gap = Gap(unit, *(algebra.name(name, self.affine, part) for name, part in names))
            state = replace(state, gap=gap)
        total, *others = (self.run(branch, state) for branch in layer.branches)
        for other in others:
            total = self._added(total, other, algebra.number(layer.scale))
        return total

    def _added(self, one: State, two: State, scale) -> State:
        """One branch and a multiple of another."""
        algebra, square = self.algebra, scale**2
        q11, q22 = (
            algebra.name(name, self.affine, x + square * y)
            for name, x, y in (("q", one.q11, two.q11), ("r", one.q22, two.q22))
        )
        if one.q11 is one.q22 and two.q11 is two.q22:
            q22 = q11
        tangent = algebra.name("Theta", self.affine, one.tangent + square * two.tangent)
        # at most one of the branches ends with an activation
        means = one.means
        if two.means is not None:
            means = functools.partial(_multiples, scale, two.means)
        after = State(q11, one.q12 + square * two.q12, q22, tangent, means=means)
        if one.gap is None or two.gap is None:
            return after
        return replace(after, gap=_sum_of_gaps(algebra, one, two, after, square))

    def _layer_norm(self, state: State) -> State:
        """Means off, then divided by the standard deviations."""
        algebra, (m1, m2) = self.algebra, state.means() if state.means else (0, 0)
        v1, v2 = state.q11 - m1 * m1, state.q22 - m2 * m2
        size = algebra.sqrt(v1) * algebra.sqrt(v2)
        gap = state.gap
        if gap is not None:
            # √(q₁q₂) − m₁m₂ exceeds √(v₁v₂) by Lagrange's identity, not where means are ∝ √q
            a, b = algebra.sqrt(state.q11), algebra.sqrt(state.q22)
            excess = algebra.quotient((a * m2 - b * m1) ** 2, a * b - m1 * m2 + size)
            minus = gap.unit * gap.minus - excess
            plus = gap.unit * gap.plus - excess - 2 * m1 * m2
            unit = algebra.quotient(1 if state.means else gap.unit, size)
            gap = Gap(unit, minus, plus) if state.means else gap._replace(unit=unit)
        tangent = algebra.quotient(state.tangent, size) if self.tangent else 0
        q12 = algebra.quotient(state.q12 - m1 * m2, size)
        q11, q22 = (algebra.quotient(v, v) for v in (v1, v2))
        return State(q11, q12, q22, tangent, gap, None if state.means else state.theta)


def _multiples(scale, means: Callable) -> tuple:
    return tuple(scale * mean for mean in means())


def _sum_of_gaps(algebra, one: State, two: State, total: State, square) -> Gap:
    """The gap of a sum of independent parts: √(q₁₁q₂₂) exceeds the sum of theirs."""
    a1, a2, b1, b2 = (
        algebra.sqrt(q) for q in (one.q11, one.q22, square * two.q11, square * two.q22)
    )
    cross = a1 * b2 - a2 * b1
    mean = algebra.sqrt(total.q11) * algebra.sqrt(total.q22)
    excess = algebra.quotient(cross**2, mean + a1 * a2 + b1 * b2)
    (u, minus, plus), (v, other_minus, other_plus) = one.gap, two.gap
    v = square * v
    return Gap(
        algebra.number(1),
        u * minus + v * other_minus + excess,
        u * plus + v * other_plus + excess,
    )


def _excess_of_bias(algebra, state: State, after: State, weight, bias):
    """√(q₁₁q₂₂) after weights and a bias, less σ_w² √(q₁₁q₂₂) before and σ_b²; not negative."""
    a, b = algebra.sqrt(state.q11), algebra.sqrt(state.q22)
    mean = algebra.sqrt(after.q11) * algebra.sqrt(after.q22)
    return bias * weight * (a - b) ** 2 / (mean + weight * a * b + bias)
