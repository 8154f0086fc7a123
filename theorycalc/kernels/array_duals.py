"""Duals of activations on arrays of pairs."""

from functools import lru_cache
from typing import Protocol

import numpy as np
import sympy

from theorycalc.activations import Activation
from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.lowering import lower
from theorycalc.kernels import expectations, symbolic
from theorycalc.kernels.formula import Q11, Q12, Q22
from theorycalc.kernels.general import GaussianPair
from theorycalc.kernels.hermite_series import SeriesDual
from theorycalc.kernels.recursion import Gap, State

_THETA = sympy.Symbol("theta", nonnegative=True)


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
    expr = expectations.covariance(activation, Q11, Q12, Q22, _THETA)
    return Series(activation) if expr.has(GaussianPair) else Closed(activation, expr)


class Closed:
    """Closed forms, compiled for arrays."""

    def __init__(self, activation: Activation, expr: sympy.Expr):
        self.activation, self.covariance = activation, lower(expr, (Q11, Q12, Q22, _THETA))
        self.family = symbolic.family(activation)

    def second_moment(self, q):
        """E φ(√q Z)²."""
        return _run(lower(expectations.second_moment(self.activation, Q11), (Q11,)), q)

    def mean(self, q):
        """E φ(√q Z)."""
        return _run(lower(expectations.mean(self.activation, Q11), (Q11,)), q)

    def covariances(self, state: State, tangent: bool) -> tuple:
        """(K, K'), None for K' where it is not wanted."""
        pair = state.q11, state.q12, state.q22, state.theta
        covariance = _run(self.covariance, *pair)
        if not tangent:
            return covariance, None
        slope = expectations.slope_covariance(self.activation, Q11, Q12, Q22, _THETA)
        return covariance, _run(lower(slope, (Q11, Q12, Q22, _THETA)), *pair)

    def gap(self, state: State) -> Gap | None:
        """That of homogeneous activations."""
        if not isinstance(self.family, symbolic.Homogeneous) or self.family.is_monomial:
            return None
        unit = (np.sqrt(state.q11) * np.sqrt(state.q22)) ** self.family.degree
        parts = (lower(f(_THETA), (_THETA,)) for f in (self.family.loss, self.family.gain))
        return Gap(1.0, *(unit * _run(part, state.theta) for part in parts))


class Series:
    """Hermite series in the correlation."""

    def __init__(self, activation: Activation):
        self.series = SeriesDual(activation)

    def second_moment(self, q):
        """E φ(√q Z)²."""
        return self.series.second_moment(q)

    def mean(self, q):
        """E φ(√q Z)."""
        return self.series.mean(q)

    def covariances(self, state: State, tangent: bool) -> tuple:
        """(K, K'), None for K' where it is not wanted."""
        pair = state.q11, state.q22, state.q12
        return self.series.duals(*pair) if tangent else (self.series.dual(*pair), None)

    def gap(self, state: State) -> Gap | None:
        """Smooth activations do not magnify what is lost by subtraction."""
        return None


def _run(program, *arrays):
    with np.errstate(all="ignore"):
        result = program.run(ArrayContext(), list(arrays))
    shape = np.broadcast_shapes(*(np.shape(x) for x in arrays if x is not None))
    return np.broadcast_to(result, shape)
