"""Duals of activations without a closed form, for arrays of pairs in double precision."""

from functools import cached_property

import numpy as np

from theorycalc.activations import Activation, as_activation
from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.kernels.duals import series_errors
from theorycalc.kernels.duals import series_tables as series
from theorycalc.kernels.duals.families import no_tangent_kernel
from theorycalc.kernels.duals.plane_rule import Function
from theorycalc.kernels.duals.series_quadrature import by_quadrature
from theorycalc.kernels.duals.series_sums import fill

# Lengths of the series that are tried in turn.
_ORDERS = (64, 256, 1024, 4096)
# A row of coefficients of this length costs as much as one pair by quadrature.
_ORDER_OF_A_PAIR = 1024


class SeriesDual:
    """K = E φ(u)φ(v) and K' = E φ'(u)φ'(v) for centred Gaussian pairs, of any activation.

    Parameters
    ----------
    activation : str, Activation or sympy.Expr

    Notes
    -----
    K = Σ c_k(q₁₁) c_k(q₂₂) ρ^k with c_k(q) = E φ(√q Z) h_k(Z), cut for every pair where Parseval's
    identity bounds the rest. Pairs that need thousands of terms (ρ close to ±1 at large variances,
    or with kinks) are integrated over the plane, which takes about a millisecond a pair. Errors
    relative to √(K(q₁₁) K(q₂₂)) are about 1e-14, with kinks up to 1e-12; `dual_with_errors` and
    `mean_with_errors` estimate them for every element.

    Examples
    --------
    >>> import numpy as np
    >>> from theorycalc.kernels.duals.series import SeriesDual
    >>> q = np.array([1.0, 2.0])
    >>> k, slope = SeriesDual("tanh").duals(q, q, [[1.0, 0.3], [0.3, 2.0]])
    >>> print(k.round(8))
    [[0.39429449 0.08751834]
     [0.08751834 0.51997575]]
    >>> print(slope.round(7))
    [[0.4644029 0.2936957]
     [0.2936957 0.3495083]]
    """

    def __init__(self, activation):
        self.activation = as_activation(activation)
        self._function = _function(self.activation)

    @cached_property
    def _slope(self) -> Function:
        if not self.activation.is_continuous:
            raise no_tangent_kernel()
        return _function(self.activation.derivative)

    def mean(self, q) -> np.ndarray:
        """E φ(√q Z) for every variance in an array."""
        return self.mean_with_errors(q)[0]

    def mean_with_errors(self, q) -> tuple[np.ndarray, np.ndarray]:
        """E φ(√q Z) and what it may be off, for every variance in an array."""

        def compute(q):
            moment, errors, coefficients = series.moments(self._function, q, 0)
            return np.stack([coefficients[:, 0], errors * np.sqrt(moment)])

        return tuple(_on_unique(q, compute))

    def second_moment(self, q) -> np.ndarray:
        """E φ(√q Z)² for every variance in an array."""
        return _on_unique(q, lambda x: series.moments(self._function, x, 0)[0])

    def slope_second_moment(self, q) -> np.ndarray:
        """E φ'(√q Z)² for every variance in an array; `NotSupportedError` if φ has a jump."""
        return _on_unique(q, lambda x: series.moments(self._slope, x, 0)[0])

    def dual(self, q1, q2, q12) -> np.ndarray:
        """K alone, with the arguments of `duals`; a jump is allowed."""
        return _expectations(self._function, *_pairs(q1, q2, q12))

    def dual_with_errors(self, q1, q2, q12) -> tuple[np.ndarray, np.ndarray]:
        """K and what it may be off, with the arguments of `dual`."""
        pairs = _pairs(q1, q2, q12)
        errors = np.empty(pairs[-1].shape)
        return _expectations(self._function, *pairs, errors), errors

    def duals(self, q1, q2, q12) -> tuple[np.ndarray, np.ndarray]:
        """(K, K') of every pair.

        Parameters
        ----------
        q1, q2 : array_like
            Variances. Either of shape (n1,) and (n2,) with q12 of shape (n1, n2), or such that they
            broadcast to the shape of q12.
        q12 : array_like
            Covariances; |q12| ≤ √(q1 q2) up to rounding, which is cut off.

        Returns
        -------
        tuple of ndarray
            K and K' with the shape of q12.

        Raises
        ------
        DomainError
            For arrays that are not real and finite, negative variances, shapes that do not match.
        NotSupportedError
            If the activation has a jump, or kinks that cannot be read off.
        PrecisionError
            If the activation grows too fast, or oscillates too fast, at such variances.
        """
        pairs = _pairs(q1, q2, q12)
        slope = _expectations(self._slope, *pairs)
        return _expectations(self._function, *pairs), slope

    def covariances(self, state, tangent: bool) -> tuple:
        """(K, K') of the pairs of a state of the recursion, None for K' where it is not wanted."""
        pairs = state.q11, state.q22, state.q12
        return self.duals(*pairs) if tangent else (self.dual(*pairs), None)

    def gap(self, state) -> None:
        """No sum for √(K₁₁K₂₂) ∓ K₁₂: smooth activations do not magnify what subtraction loses."""


def _function(activation: Activation) -> Function:
    return Function(activation, tuple(float(kink) for kink in activation.kinks))


def _variances(q) -> np.ndarray:
    q = real_array(q, "q")
    if (q < 0).any():
        raise DomainError(explain("a variance is negative", got=q.min()))
    return q


def _on_unique(q, compute) -> np.ndarray:
    """Computed once for every variance that occurs, along the last axis."""
    q = _variances(q)
    distinct, inverse = np.unique(q, return_inverse=True)
    values = compute(distinct)
    return values[..., inverse].reshape((*values.shape[:-1], *q.shape))


def _pairs(q1, q2, q12) -> tuple[np.ndarray, ...]:
    """(distinct variances, index of q1, index of q2, q12), the last three of the shape of q12."""
    q1, q2, q12 = _variances(q1), _variances(q2), real_array(q12, "q12")
    distinct, inverse = np.unique(np.concatenate([q1.ravel(), q2.ravel()]), return_inverse=True)
    inverse = inverse.astype(np.int32)
    index1 = inverse[: q1.size].reshape(q1.shape)
    index2 = inverse[q1.size :].reshape(q2.shape)
    if q1.ndim == q2.ndim == 1 and q12.shape == (q1.size, q2.size):
        index1 = index1[:, None]
    try:
        indices = (np.broadcast_to(index, q12.shape) for index in (index1, index2))
        return distinct, *indices, q12
    except ValueError:
        raise DomainError(
            explain(
                "variances and covariances do not fit",
                got=f"{q1.shape}, {q2.shape}, {q12.shape}",
                allowed="(n1,), (n2,), (n1, n2), or q1 and q2 that broadcast to the shape of q12",
            )
        ) from None


def _expectations(function: Function, q, index1, index2, q12, errors=None) -> np.ndarray:
    """E f(u)f(v) of all pairs: by series as long as they pay, the rest by quadrature.

    What they may be off is filled into ``errors`` where that is an array.
    """
    shape = q12.shape
    rows = (-1, shape[-1]) if len(shape) > 1 else (-1, 1)
    index1, index2, q12 = (x.reshape(rows) for x in (index1, index2, q12))
    errors = None if errors is None else errors.reshape(rows)
    result, todo = np.empty(q12.shape), np.ones(q12.shape, dtype=bool)
    for order in _ORDERS:
        waiting = np.count_nonzero(todo)
        if not waiting:
            return result.reshape(shape)
        needed = _variances_of(todo, index1, index2, len(q))
        if waiting * _ORDER_OF_A_PAIR < len(needed) * order and order > _ORDERS[0]:
            break
        rows_of = np.zeros(len(q), dtype=np.int32)
        rows_of[needed] = np.arange(len(needed), dtype=np.int32)
        table = series.tabulate(function, q[needed], order)
        before = None if errors is None else todo.copy()
        fill(table, rows_of, q, index1, index2, q12, todo, result)
        if errors is not None:
            done = before & ~todo
            one, two = index1[done], index2[done]
            rho = series_errors.correlations(q[one], q[two], q12[done])
            errors[done] = series_errors.of_sums(table, rows_of[one], rows_of[two], rho)
    if todo.any():
        pairs = q[index1[todo]], q[index2[todo]], q12[todo]
        result[todo], doubts = by_quadrature(function, *pairs)
        if errors is not None:
            errors[todo] = doubts + _left_out(function, q, index1[todo], index2[todo])
    return result.reshape(shape)


def _variances_of(todo, index1, index2, count: int) -> np.ndarray:
    """Indices of the variances of the pairs that are to do."""
    if todo.all():
        return np.arange(count)
    used = np.zeros(count, dtype=bool)
    used[index1[todo]] = used[index2[todo]] = True
    return np.flatnonzero(used)


def _left_out(function: Function, q, index1, index2) -> np.ndarray:
    """What cut-offs leave out of integrals over the plane."""
    roots = np.sqrt(series.moments(function, q, 0)[0])
    return series.SMALL * roots[index1] * roots[index2]
