"""Tests of predictions against independent replicas, and what they are able to see."""

from collections.abc import Callable

import numpy as np
import scipy

from theorycalc.core.arrays import real_array, within_doubles
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact_integer, real_double
from theorycalc.validation.samples import read_samples, refuse_equal

# Deviations in standard errors, and numbers of replicas, that are looked at.
_FARTHEST = 2.0**24


def threshold(level: float, comparisons: int = 1, replicas: int | None = None) -> float:
    """The absolute z that ``comparisons`` true predictions exceed with probability ``level``.

    Two-sided, by Šidák's correction, from Student's t with ``replicas`` − 1 degrees of freedom, or
    the normal distribution if ``replicas`` is None.

    Examples
    --------
    >>> round(threshold(0.01), 2), round(threshold(0.01, comparisons=10, replicas=20), 2)
    (2.58, 3.88)
    """
    level = real_double(level, "the error level", above=0, below=1)
    comparisons = exact_integer(comparisons, "comparisons", 1, 10**15)
    if replicas is not None:
        replicas = exact_integer(replicas, "replicas", 2, 10**15)
    single = -np.expm1(np.log1p(-level) / comparisons)
    if replicas is None:
        return -float(scipy.special.ndtri(single / 2))
    return -float(scipy.special.stdtrit(replicas - 1, single / 2))


def power(limit: float, shift: float, replicas: int | None = None) -> float:
    """The probability that z exceeds ``limit`` where the prediction is off by ``shift``.

    Parameters
    ----------
    limit : float
        The `threshold`.
    shift : float
        A deviation in standard errors. Only z on its side of 0 count as seen.
    replicas : int or None
        As for `threshold`: z has a noncentral t distribution, or a normal one.

    Examples
    --------
    >>> round(power(2.58, 2.58), 2), round(power(threshold(0.01, replicas=10), 6.2, 10), 2)
    (0.5, 0.99)
    """
    if replicas is None or np.isinf(shift):
        return float(scipy.stats.norm.sf(limit - shift))
    seen = float(scipy.stats.nct.sf(limit, replicas - 1, shift))
    # SciPy has no number for large shifts, where what is seen does not depend on the law
    return float(scipy.stats.norm.sf(limit - shift)) if np.isnan(seen) else seen


def joint_power(level: float, shift: float, k: int, freedom: float = np.inf) -> float:
    """The probability that `mean_test` has a p-value below ``level`` where means are off.

    Parameters
    ----------
    level : float
    shift : float
        Length of the deviation of the k means in standard errors, √(R δᵀ C⁻¹ δ) with the
        covariance C of one replica.
    k : int
    freedom : float
        Replicas − k if the covariance is estimated, infinite if it is known.

    Examples
    --------
    Eight replicas do not see that six means are off by a standard deviation each.

    >>> round(joint_power(0.01, (8 * 6) ** 0.5, 6, 8 - 6), 2)
    0.09
    """
    if shift == 0:  # where SciPy's noncentral F is wrong
        return level
    if np.isinf(freedom):
        return float(scipy.stats.ncx2.sf(scipy.stats.chi2.isf(level, k), k, shift**2))
    return float(scipy.stats.ncf.sf(scipy.stats.f.isf(level, k, freedom), k, freedom, shift**2))


def least(seen: Callable[[float], float], wanted: float) -> float:
    """The least x ≥ 0 at which a growing function reaches a value; infinite if none is found.

    Examples
    --------
    >>> round(least(lambda shift: power(2.58, shift), 0.99), 2)
    4.91
    """
    high = 1.0
    while not seen(high) >= wanted:  # where SciPy has no number, neither
        high *= 2
        if high > _FARTHEST:
            return np.inf
    low = 0.0 if high == 1 else high / 2
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if seen(middle) >= wanted else (middle, high)
    return high


@within_doubles("samples")
def mean_test(samples, mean=0.0, covariance=None) -> tuple[float, int, float]:
    """Whether vectors have a given mean: (statistic, degrees of freedom, p-value).

    Parameters
    ----------
    samples : array_like of shape (replicas, k)
    mean : float or array_like of shape (k,)
    covariance : array_like of shape (k, k), optional
        Of one replica. If it is known the statistic is χ²; otherwise it is estimated and
        Hotelling's T² takes its place, with the p-value of its F distribution.

    Raises
    ------
    DomainError
        For samples or means that are not finite, replicas that are all equal, a covariance that is
        not positive definite, or fewer replicas than an estimated covariance needs.

    Examples
    --------
    >>> samples = np.random.default_rng(0).standard_normal((100, 3))
    >>> statistic, freedom, p = mean_test(samples, 0.0, np.eye(3))
    >>> freedom, p > 0.01
    (3, True)
    >>> mean_test(samples, 1.0)[2] < 1e-6
    True
    """
    samples = read_samples(samples, dimensions=2)
    refuse_equal(samples)
    replicas, k = samples.shape
    deviation = samples.mean(axis=0) - _means(mean, k)
    if covariance is not None:
        covariance = real_array(covariance, "covariance")
        if covariance.shape != (k, k):
            got, allowed = covariance.shape, (k, k)
            raise DomainError(explain("not a covariance", got=got, allowed=f"shape {allowed}"))
        statistic = replicas * _squared_length(deviation, covariance)
        return statistic, k, float(scipy.stats.chi2.sf(statistic, k))
    if replicas <= k:
        raise DomainError(
            explain("too few replicas for their covariance", got=replicas, allowed=f"> {k}")
        )
    estimated = np.atleast_2d(np.cov(samples, rowvar=False))
    statistic = replicas * _squared_length(deviation, estimated)
    scaled = statistic * (replicas - k) / (k * (replicas - 1))
    return statistic, k, float(scipy.stats.f.sf(scaled, k, replicas - k))


def _means(mean, k: int) -> np.ndarray:
    array = real_array(mean, "mean")
    if array.shape not in ((), (k,)):
        raise DomainError(
            explain("not a predicted mean", got=array, allowed=f"a finite number, or {k} of them")
        )
    return array


def _squared_length(deviation: np.ndarray, covariance: np.ndarray) -> float:
    """δᵀ C⁻¹ δ."""
    try:
        root = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError as error:
        raise DomainError(
            explain(
                "means whose covariance has no inverse",
                got=f"rank {np.linalg.matrix_rank(covariance)}",
                allowed=f"rank {len(deviation)}",
                hint="leave out components that the others determine",
            )
        ) from error
    with np.errstate(over="ignore"):  # ∞ is as good as any number of standard deviations
        return float(np.sum(np.linalg.solve(root, deviation) ** 2))
