"""Duals of activations without a closed form, for arrays of pairs in double precision."""

from functools import cached_property

import numpy as np

from theorycalc.activations import Activation, as_activation
from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.kernels import numeric_series as series
from theorycalc.kernels.plane import Function, determinant, expectation
from theorycalc.kernels.symbolic import no_tangent_kernel

# Lengths of the series that are tried in turn.
_ORDERS = (64, 256, 1024, 4096)
# A row of coefficients of this length costs as much as one pair by quadrature.
_ORDER_OF_A_PAIR = 1024
# The rule with every other node has the square root of the error.
_COARSE_AGREEMENT = 1e-7
_NODES = (12, 16)
_NODES_AGREEMENT = 1e-12
# Around a kink of f the conditional mean of f(v) bends within some standard deviations.
_BEND = np.array([-9.0, -4.5, -2.0, 0.0, 2.0, 4.5, 9.0])
# The density is 1e-18 there; f may decay earlier, but not E[f(v) | u].
_GAUSSIAN_RADIUS = 9.0
_CHUNK = 500_000


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
    relative to √(K(q₁₁) K(q₂₂)) are about 1e-14, with kinks up to 1e-12.

    Examples
    --------
    >>> import numpy as np
    >>> from theorycalc.kernels.hermite_series import SeriesDual
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
        return _on_unique(q, lambda x: series.moments(self._function, x, 0)[1][:, 0])

    def second_moment(self, q) -> np.ndarray:
        """E φ(√q Z)² for every variance in an array."""
        return _on_unique(q, lambda x: series.moments(self._function, x, 0)[0])

    def slope_second_moment(self, q) -> np.ndarray:
        """E φ'(√q Z)² for every variance in an array; `NotSupportedError` if φ has a jump."""
        return _on_unique(q, lambda x: series.moments(self._slope, x, 0)[0])

    def dual(self, q1, q2, q12) -> np.ndarray:
        """K alone, with the arguments of `duals`; a jump is allowed."""
        return _expectations(self._function, *_pairs(q1, q2, q12))

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


def _function(activation: Activation) -> Function:
    return Function(activation, tuple(float(kink) for kink in activation.kinks))


def _variances(q) -> np.ndarray:
    q = real_array(q, "q")
    if (q < 0).any():
        raise DomainError(explain("a variance is negative", got=q.min()))
    return q


def _on_unique(q, compute) -> np.ndarray:
    """Computed once for every variance that occurs."""
    q = _variances(q)
    distinct, inverse = np.unique(q, return_inverse=True)
    return compute(distinct)[inverse].reshape(q.shape)


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


def _expectations(function: Function, q, index1, index2, q12) -> np.ndarray:
    """E f(u)f(v) of all pairs: by series as long as they pay, the rest by quadrature."""
    shape = q12.shape
    rows = (-1, shape[-1]) if len(shape) > 1 else (-1, 1)
    index1, index2, q12 = (x.reshape(rows) for x in (index1, index2, q12))
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
        series.fill(table, rows_of, q, index1, index2, q12, todo, result)
    if todo.any():
        result[todo] = _by_quadrature(function, q[index1[todo]], q[index2[todo]], q12[todo])
    return result.reshape(shape)


def _variances_of(todo, index1, index2, count: int) -> np.ndarray:
    """Indices of the variances of the pairs that are to do."""
    if todo.all():
        return np.arange(count)
    used = np.zeros(count, dtype=bool)
    used[index1[todo]] = used[index2[todo]] = True
    return np.flatnonzero(used)


def _by_quadrature(function: Function, q1, q2, q12) -> np.ndarray:
    """E f(u)f(v) over the plane; where two rules disagree, by the slow and adaptive one."""
    sigma = np.where(q12 < 0, -1.0, 1.0)
    root = np.sqrt(np.maximum(determinant(q1, q2, q12), 0.0))
    rule = _conditional if function.kinks else _rotated
    values, trusted = rule(function, np.sqrt(q1), np.sqrt(q2), np.abs(q12), root, sigma)
    for i in np.flatnonzero(~trusted):
        values[i] = expectation(function, function, q1[i], q12[i], q2[i])[0]
    return values


def _rotated(function: Function, s1, s2, q12, root, sigma):
    """(values, trusted) for smooth f: trapezoidal rules in (u/s₁ ± v/s₂) up to scale.

    One of the two directions is short, because the pairs that come here are nearly parallel.
    """
    half = np.arctan2(root, q12) / 2
    largest = np.maximum(s1, s2)
    levels = [series.scale_level(largest * part) for part in (np.cos(half), np.sin(half))]
    values, trusted = np.empty(len(s1)), np.empty(len(s1), dtype=bool)
    for pair in np.unique(levels, axis=1).T:
        rules = [_gaussian_rule(function, float(level)) for level in pair]
        (found,) = np.nonzero((levels[0] == pair[0]) & (levels[1] == pair[1]))
        size = max(1, _CHUNK // (rules[0][0].size * rules[1][0].size))

        def fill(start: int, found=found, size=size, rules=rules) -> None:
            part = found[start : start + size]
            arguments = (x[part] for x in (s1, s2, half, sigma))
            values[part], trusted[part] = _on_plane(function, *rules, *arguments)

        series.in_threads(fill, range(0, len(found), size))
    return values, trusted


def _gaussian_rule(function: Function, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights for E f(√q Z)², one row."""
    grid = series.find_grid(function, level, 0)
    z, weights = series.nodes(function, np.array([level]), grid)
    return z[0], weights[0] * np.exp(-(z[0] ** 2) / 2) / np.sqrt(2 * np.pi)


def _on_plane(function: Function, along, across, s1, s2, half, sigma):
    """(sum, whether the sum over every other node agrees), one number for every pair."""
    (x, wx), (y, wy) = along, across
    long, short = (np.multiply.outer(part, z) for part, z in ((np.cos(half), x), (np.sin(half), y)))
    u = s1[:, None, None] * (long[:, :, None] + short[:, None, :])
    v = (sigma * s2)[:, None, None] * (long[:, :, None] - short[:, None, :])
    product = function.values(u) * function.values(v)
    fine = np.einsum("pxy,x,y->p", product, wx, wy, optimize=True)
    # every other node, the middle one included
    i, j = (z.size // 2 % 2 for z in (x, y))
    coarse = 4 * np.einsum("pxy,x,y->p", product[:, i::2, j::2], wx[i::2], wy[j::2], optimize=True)
    size = np.einsum("pxy,x,y->p", np.abs(product), wx, wy, optimize=True)
    return fine, np.abs(fine - coarse) <= _COARSE_AGREEMENT * size


def _conditional(function: Function, s1, s2, q12, root, sigma):
    """(values, trusted) with kinks: E f(u) E[f(v) | u], panels between kinks in both integrals."""
    slope, spread = sigma * q12 / s1, root / s1
    level = float(series.scale_level(max(s1.max(), s2.max())))
    grid = series.find_grid(function, level, 0)
    radius = max(grid.radius, _GAUSSIAN_RADIUS)
    count = int(np.ceil(2 * radius * grid.density))
    regular = np.linspace(-radius, radius, count + 1)
    outer, inner = len(function.kinks) * (1 + len(_BEND)) + count, len(function.kinks) + count
    size = max(1, _CHUNK // (outer * inner * _NODES[-1] ** 2))
    values, trusted = np.empty(len(s1)), np.empty(len(s1), dtype=bool)

    def fill(start: int) -> None:
        part = slice(start, start + size)
        arguments = s1[part], slope[part], spread[part]
        coarse, fine = (_on_panels(function, regular, n, *arguments) for n in _NODES)
        values[part] = fine[0]
        trusted[part] = np.abs(fine[0] - coarse[0]) <= _NODES_AGREEMENT * fine[1]

    series.in_threads(fill, range(0, len(s1), size))
    return values, trusted


def _on_panels(function: Function, regular, count: int, s1, slope, spread):
    """(∬ f(u)f(v), ∬ |f(u)| |E[f(v)|u]|) with the density, one number for every pair."""
    kinks = np.array(function.kinks)
    bends = np.add.outer(kinks, np.multiply.outer(_BEND, spread)) / slope
    ends = np.concatenate([kinks[:, None] / s1, bends.reshape(-1, len(s1))]).T
    x, weights = _with_density(np.broadcast_to(regular, (len(s1), len(regular))), ends, count)
    centre = slope[:, None] * x
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.nan_to_num((kinks - centre[:, :, None]) / spread[:, None, None])
    y, inner = _with_density(np.broadcast_to(regular, (*x.shape, len(regular))), ends, count)
    mean = (function.values(centre[:, :, None] + spread[:, None, None] * y) * inner).sum(axis=2)
    product = function.values(s1[:, None] * x) * mean * weights
    return product.sum(axis=1), np.abs(product).sum(axis=1)


def _with_density(regular, kinks, count: int) -> tuple[np.ndarray, np.ndarray]:
    z, weights = series.panels(regular, kinks, count)
    return z, weights * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
