"""Duals of activations on arrays of pairs."""

from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
import sympy

from theorycalc.activations import Activation
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.vectorised import accurately
from theorycalc.kernels.duals import by_activation, families
from theorycalc.kernels.duals.pair import GaussianPair
from theorycalc.kernels.duals.series import SeriesDual
from theorycalc.kernels.recursion.recursion import Gap, State
from theorycalc.kernels.symbols import Q11, Q12, Q22

_THETA = sympy.Symbol("theta", nonnegative=True)
_PAIR = (Q11, Q12, Q22, _THETA)


class ArrayDuals(Protocol):
    """Gaussian expectations of an activation and its derivative."""

    def second_moment(self, q) -> np.ndarray:
        """E φ(√q Z)²."""

    def mean(self, q) -> np.ndarray:
        """E φ(√q Z)."""

    def covariances(self, state: State, tangent: bool) -> tuple:
        """(K, K'), None for K' where it is not wanted."""

    def gap(self, state: State) -> Gap | None:
        """√(K₁₁K₂₂) ∓ K₁₂ without cancellation, where that is known."""


@lru_cache(maxsize=256)
def array_duals(activation: Activation) -> ArrayDuals:
    """By closed forms where there are any, otherwise by Hermite series."""
    expr = by_activation.covariance(activation, *_PAIR)
    return SeriesDual(activation) if expr.has(GaussianPair) else Closed(activation, expr)


class Closed:
    """Closed forms, compiled for arrays."""

    def __init__(self, activation: Activation, expr: sympy.Expr):
        self.activation, self.needs_angle = activation, families.needs_angle(activation)
        self._arguments = _PAIR if self.needs_angle else _PAIR[:3]
        self.covariance = lower(expr, self._arguments)

    def second_moment(self, q):
        """E φ(√q Z)²."""
        return _run(self._second_moment, q)

    def mean(self, q):
        """E φ(√q Z)."""
        return _run(self._mean, q)

    def covariances(self, state: State, tangent: bool) -> tuple:
        """(K, K'), None for K' where it is not wanted."""
        pair = (state.q11, state.q12, state.q22, state.theta)[: len(self._arguments)]
        return _run(self.covariance, *pair), _run(self._slope, *pair) if tangent else None

    def gap(self, state: State) -> Gap | None:
        """That of homogeneous activations."""
        if not families.has_gap(self.activation):
            return None
        degree = families.family(self.activation).degree
        unit = (np.sqrt(state.q11) * np.sqrt(state.q22)) ** degree
        return Gap(1.0, *(unit * _run(part, state.theta) for part in self._gap))

    @cached_property
    def _second_moment(self) -> Program:
        return lower(by_activation.second_moment(self.activation, Q11), (Q11,))

    @cached_property
    def _mean(self) -> Program:
        return lower(by_activation.mean(self.activation, Q11), (Q11,))

    @cached_property
    def _slope(self) -> Program:
        return lower(by_activation.slope_covariance(self.activation, *_PAIR), self._arguments)

    @cached_property
    def _gap(self) -> tuple[Program, Program]:
        family = families.family(self.activation)
        return tuple(lower(f(_THETA), (_THETA,)) for f in (family.loss, family.gain))


def _run(program, *arrays):
    arrays = [np.asarray(x, dtype=np.float64) for x in arrays]
    return accurately(program, arrays, np.broadcast_shapes(*(x.shape for x in arrays)))
