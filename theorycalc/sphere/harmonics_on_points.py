"""Orthonormal spherical harmonics and zonal sums on arrays of points."""

from fractions import Fraction

import numpy as np

from theorycalc.core.arrays import check_memory, real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import instance
from theorycalc.sphere.harmonics_loops import digits_of_factor, evaluate, scratch_bytes, zonal
from theorycalc.sphere.measure import num_harmonics

# Points that were written down with eight decimals still count as points of the sphere.
_TOLERANCE = 1e-8
# Doubles end at 1e308; what is left out of the bound is a small power of the degree.
_LARGEST_EXPONENT = 300


def harmonics(X, degree, *, normalize: bool = False) -> np.ndarray:  # noqa: N803
    """All orthonormal real spherical harmonics of one degree at points of the sphere.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Points on the unit sphere in R^d, d ≥ 2.
    degree : int
        The degree k ≥ 0.
    normalize : bool
        Whether to divide the points by their norms first. If not, all points must lie within 1e-8
        of the sphere, and the polynomials are evaluated at the points as they are.

    Returns
    -------
    ndarray of shape (n, N(d, k)), float64
        One column for each harmonic, for float32 points too; see Notes for their order.

    Raises
    ------
    DomainError
        For points that are not an (n, d) array of finite numbers, d < 2, or off the sphere; for a
        degree that is no integer ≥ 0; if the result would take more than 8 GiB; and for degrees,
        about 1400 for d = 3, whose recursion leaves the range of doubles.

    Notes
    -----
    Orthonormal under the uniform probability measure: E Y_i(x) Y_j(x) = δ_ij, so the constant
    harmonic is 1 and Σ_i Y_i(x) Y_i(y) = N(d, k) P_{d,k}(⟨x, y⟩), the addition theorem.

    The order follows the recursion over the last coordinate,

        Y(x) = a r^{k−j} P_{d+2j,k−j}(x_d/r) Y'(x_1, …, x_{d−1}),    r = ‖x‖:

    first the degree j = 0, …, k of the harmonic Y' in d − 1 dimensions, inside it the order of
    these. For d = 2 the order is √2 Re(x_1 + ix_2)^k, √2 Im(x_1 + ix_2)^k. All are polynomials,
    those that `basis` returns; Y(−x) = (−1)^k Y(x) holds exactly, and the poles are points like
    all others.

    References
    ----------
    K. Atkinson, W. Han, "Spherical Harmonics and Approximations on the Unit Sphere", section 2.11.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> x = np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    >>> tc.sphere.harmonics(x, 1).round(4)
    array([[0.    , 1.0392, 1.3856],
           [1.7321, 0.    , 0.    ]])
    >>> values = tc.sphere.harmonics(np.ones((1, 10)), 4, normalize=True)
    >>> values.shape, round(float((values**2).sum()), 8)
    ((1, 660), 660.0)
    """
    degree = exact_integer(degree, "degree", minimum=0)
    return _evaluate(_on_sphere(X, "X", normalize), degree, degree)


def all_harmonics(X, max_degree, *, normalize: bool = False) -> np.ndarray:  # noqa: N803
    """All orthonormal real spherical harmonics up to a degree at points of the sphere.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Points on the unit sphere in R^d, d ≥ 2.
    max_degree : int
        The highest degree K ≥ 0.
    normalize : bool
        As in `harmonics`.

    Returns
    -------
    ndarray of shape (n, N(d, 0) + … + N(d, K)), float64
        Columns by degree; those of one degree are the result of `harmonics`.

    Raises
    ------
    DomainError
        As in `harmonics`.

    Notes
    -----
    The normalisation and the order inside a degree are those of `harmonics`. All degrees together
    cost little more than the highest one alone.

    References
    ----------
    K. Atkinson, W. Han, "Spherical Harmonics and Approximations on the Unit Sphere", section 2.11.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> tc.sphere.all_harmonics(np.array([[0.6, 0.8]]), 2).round(4)
    array([[ 1.    ,  0.8485,  1.1314, -0.396 ,  1.3576]])
    """
    max_degree = exact_integer(max_degree, "max_degree", minimum=0)
    return _evaluate(_on_sphere(X, "X", normalize), 0, max_degree)


def zonal_sum(X, Y, coefficients, *, normalize: bool = False) -> np.ndarray:  # noqa: N803
    """Σ_k c_k N(d, k) P_{d,k}(⟨x, y⟩), by the addition theorem, for all pairs of points.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Points on the unit sphere in R^d, d ≥ 2.
    Y : array_like of shape (m, d) or None
        More of them; None means X.
    coefficients : array_like of shape (K + 1,)
        c_0, …, c_K: the eigenvalues, if the sum is a kernel.
    normalize : bool
        Whether to divide the points by their norms first. If not, all points must lie within 1e-8
        of the sphere.

    Returns
    -------
    ndarray of shape (n, m), float64
        Σ_k c_k Σ_i Y_{k,i}(x) Y_{k,i}(y), without any harmonic being evaluated: the cost is K n m
        and does not depend on N(d, k).

    Raises
    ------
    DomainError
        For points as in `harmonics`, X and Y of different dimensions, coefficients that are not a
        list of finite numbers, c_k N(d, k) beyond doubles, and results of more than 8 GiB.

    Notes
    -----
    Inner products are clipped to [−1, 1]. The three-term recurrence keeps parity exactly: with
    c_k = 0 for odd k the sum is the same double for x and −x.
    The absolute error is that of the inner products times the slope of the sum, at most
    Σ abs(c_k) N(d, k) k(k+d−2)/(d−1), which is reached for y = ±x.

    References
    ----------
    K. Atkinson, W. Han, "Spherical Harmonics and Approximations on the Unit Sphere", theorem 2.9.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> x = np.array([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0]])
    >>> tc.sphere.zonal_sum(x, None, [1, 0, 1]).round(4)
    array([[6. , 1.2],
           [1.2, 6. ]])
    """
    coefficients = _coefficients(coefficients)
    X = _on_sphere(X, "X", normalize)  # noqa: N806
    Y = X if Y is None else _on_sphere(Y, "Y", normalize)  # noqa: N806
    d = X.shape[1]
    if Y.shape[1] != d:
        raise DomainError(explain("X and Y have different dimensions", got=f"{d}, {Y.shape[1]}"))
    check_memory(f"the {len(X)} × {len(Y)} matrix", 8 * len(X) * len(Y), "fewer points at a time")
    weights = np.array([_weight(c, d, k) for k, c in enumerate(coefficients)])
    t = X @ Y.T
    np.clip(t, -1, 1, out=t)
    zonal(t, d, weights)
    return t


def _evaluate(points: np.ndarray, lowest: int, highest: int) -> np.ndarray:
    n, d = points.shape
    # Σ_{k ≤ K} N(d, k) = N(d + 1, K)
    columns = int(num_harmonics(d, highest) if lowest else num_harmonics(d + 1, highest))
    below = int(num_harmonics(d, highest))
    check_memory(
        f"{columns} harmonics at {n} points",
        8 * n * columns + scratch_bytes(d, below),
        "zonal_sum, which needs no basis, or fewer points at a time",
    )
    if d > 2 and digits_of_factor(d, highest) > _LARGEST_EXPONENT:
        raise DomainError(
            explain(
                "the recursion leaves the range of doubles",
                got=f"degree {highest} in dimension {d}",
                hint="zonal_sum, which has no such limit",
            )
        )
    return evaluate(points, lowest, highest)


def _on_sphere(points, what: str, normalize: bool) -> np.ndarray:
    """The points as an (n, d) array of doubles on the unit sphere."""
    instance(normalize, bool, "normalize", allowed="True or False")
    array = real_array(points, what)
    if array.ndim != 2 or array.shape[1] < 2:
        raise DomainError(
            explain(f"{what} is no list of points", got=f"shape {array.shape}",
                    allowed="shape (n, d) with d ≥ 2")
        )  # fmt: skip
    if normalize:
        return _normalized(array, what)
    with np.errstate(over="ignore"):
        norms = np.linalg.norm(array, axis=1)
    deviation = np.abs(norms - 1).max(initial=0.0)
    if deviation > _TOLERANCE:
        raise DomainError(
            explain(
                f"{what} has points off the unit sphere",
                got=f"| |x| − 1 | up to {deviation:.2g}",
                allowed=f"at most {_TOLERANCE:g}",
                hint="normalize=True",
            )
        )
    return np.ascontiguousarray(array)


def _normalized(array: np.ndarray, what: str) -> np.ndarray:
    largest = np.abs(array).max(axis=1, keepdims=True)
    if not largest.all():
        zero = int(np.argmin(largest))
        raise DomainError(explain(f"{what} has a zero vector, which has no direction", got=zero))
    # the largest entry first: the squares of the others cannot overflow then
    scaled = array / largest
    return scaled / np.linalg.norm(scaled, axis=1, keepdims=True)


def _coefficients(values) -> np.ndarray:
    array = real_array(values, "coefficients")
    if array.ndim != 1 or not array.size:
        raise DomainError(
            explain("coefficients is no list of numbers", got=f"shape {array.shape}",
                    allowed="shape (K + 1,)")
        )  # fmt: skip
    return array


def _weight(c: float, d: int, k: int) -> float:
    """c·N(d, k), rounded once: N may be beyond doubles where the product is not."""
    try:
        return float(Fraction(float(c)) * int(num_harmonics(d, k)))
    except OverflowError as error:
        raise DomainError(
            explain("coefficient times N(d, k) is beyond doubles", got=f"{c} for degree {k}")
        ) from error
