"""Power laws in the size of a network or a data set, fitted to replicas."""

import math
from dataclasses import dataclass

import numpy as np
import scipy

from theorycalc.core.arrays import real_array, within_doubles
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import real_double
from theorycalc.core.records import LARGEST, check_fields, check_range, instance
from theorycalc.validation.measurement import Measurement
from theorycalc.validation.samples import read_replicas, standard_error
from theorycalc.validation.statistics import threshold

# The mean of replicas of which some are negative has a logarithm if it is so many standard errors.
_POSITIVE = 3
# Sizes to larger powers leave the range of doubles.
_LARGEST_POWER = 100
# The level of a χ² from which a fit is in doubt.
_DOUBTFUL = 0.01


@dataclass(frozen=True)
class PowerLaw(Shown):
    """A weighted fit of log(mean) on log(size); made by `theorycalc.validation.fit_exponent`.

    Attributes
    ----------
    slope, standard_error : float
    interval : (float, float)
        By Student's t, at the level that was asked for.
    windows : tuple of float
        The slopes after dropping the smallest sizes one by one.
    window_errors : tuple of float
        Standard errors of their differences from ``slope``.
    freedom, window_freedoms : float, tuple of float
        The degrees of freedom of these standard errors.
    """

    slope: float
    standard_error: float
    interval: tuple[float, float]
    windows: tuple[float, ...]
    window_errors: tuple[float, ...] = ()
    freedom: float = math.inf
    window_freedoms: tuple[float, ...] = ()

    def __post_init__(self):
        check_fields(self)
        check_range(self, -LARGEST, LARGEST, "slope")
        check_range(self, 0, LARGEST, "standard_error")
        check_range(self, 1, math.inf, "freedom")

    @property
    def drift(self) -> float:
        """The largest change of the slope in the windows, in standard errors of that change."""
        pairs = zip(self.windows, self.window_errors, strict=False)
        return max(
            (abs(slope - self.slope) / error for slope, error in pairs if error), default=0.0
        )

    @property
    def settled(self) -> bool:
        """Whether the slope stays where it is when small sizes are dropped, at the level 1 %.

        If not the sizes are not yet asymptotic, whatever the interval says: `FiniteSizeLaw` fits
        the first correction, or larger sizes decide.
        """
        least = min(self.window_freedoms, default=math.inf)
        replicas = None if math.isinf(least) else 1 + int(least)
        return self.drift <= threshold(0.01, max(len(self.windows), 1), replicas)

    @classmethod
    def fit(cls, sizes, samples, *, level: float = 0.05) -> "PowerLaw":
        """`theorycalc.validation.fit_exponent`, as a method."""
        return fit_exponent(sizes, samples, level=level)


@within_doubles("samples")
def fit_exponent(sizes, samples, *, level: float = 0.05) -> PowerLaw:
    """The exponent of a power law in the size, and how it depends on the window of sizes.

    Parameters
    ----------
    sizes : sequence of different positive numbers
    samples : sequence of sequences
        ``samples[i]`` are independent replicas of a positive quantity at ``sizes[i]``.
    level : float
        Of the interval.

    Returns
    -------
    PowerLaw
        With three sizes or more, ``drift`` and ``settled`` say whether smaller sizes than the
        largest two have another slope.

    Raises
    ------
    DomainError
        For fewer than two sizes, means that are not positive, or replicas that are all equal.

    Notes
    -----
    Sizes are weighted by how many replicas they have: weights by their own variances would learn
    from the noise that they weigh, and few replicas have intervals that are too short. The slope is
    a sum of independent terms a_i log(mean_i); the error of each is estimated by its replicas, and
    that of the sum has Welch's and Satterthwaite's degrees of freedom. At the level 5 % intervals
    miss 4 to 5 % of pure laws with normal replicas, of 5 as of 60; with exponential ones 7 to 8 %
    of 5 replicas, 6 to 7 % of 12.

    References
    ----------
    B. Welch, "The generalization of 'Student's' problem when several different population
    variances are involved", 1947.

    Examples
    --------
    A correction of first order, which two hundred replicas do not hide:

    >>> generator = np.random.default_rng(0)
    >>> widths = [8, 16, 32, 64, 128]
    >>> samples = [(1 + 8 / m) / m * generator.gamma(4, 0.25, 200) for m in widths]
    >>> law = fit_exponent(widths, samples)
    >>> law.slope < -1.1, law.windows[-1] > law.slope, law.settled
    (True, True, False)
    """
    sizes = _sizes(sizes)
    samples = [read_replicas(values) for values in _one_for_each(samples, sizes)]
    order = np.argsort(sizes)
    sizes, samples = sizes[order], [samples[i] for i in order]
    level = real_double(level, "level", above=0, below=1)
    if len(sizes) < 2 or any(values.mean() <= 0 for values in samples):
        allowed = "two sizes, means that are positive"
        raise DomainError(explain("no power law", allowed=allowed))
    means = np.array([values.mean() for values in samples])
    errors = np.array([standard_error(values) for values in samples])
    for values, mean, error in zip(samples, means, errors, strict=True):
        if values.min() < 0 and mean < _POSITIVE * error:
            what, hint = "replicas whose mean may be negative have no power law", "more replicas"
            raise DomainError(explain(what, got=f"{mean:.3g} ± {error:.2g}", hint=hint))
    counts = np.array([values.size for values in samples])
    slopes = _slopes(sizes, counts)
    slope, *windows = (slopes @ np.log(means)).tolist()
    # of log(mean), to first order
    shares = (errors / means) ** 2
    error, freedom = _summed(slopes[0], shares, counts)
    changes = [_summed(row - slopes[0], shares, counts) for row in slopes[1:]]
    reach = error * float(scipy.stats.t.isf(level / 2, freedom))
    return PowerLaw(
        slope,
        error,
        (slope - reach, slope + reach),
        tuple(windows),
        tuple(error for error, _ in changes),
        freedom,
        tuple(freedom for _, freedom in changes),
    )


@dataclass(frozen=True)
class FiniteSizeLaw(Shown):
    """The fit mean = c·size^(−power)·(1 + b/size): a power law with its first correction.

    ``p_value`` is that of the fit's χ², 1 if there are as many parameters as sizes; the errors are
    standard errors, and ``replicas`` the fewest of a size, or None where all errors are known.
    """

    power: float
    power_error: float
    constant: float
    correction: float
    p_value: float
    constant_error: float = 0.0
    correction_error: float = 0.0
    replicas: int | None = None

    def __post_init__(self):
        check_fields(self)
        check_range(self, -LARGEST, LARGEST, "power", "correction")
        errors = "power_error", "constant_error", "correction_error"
        check_range(self, 0, LARGEST, "constant", *errors)
        check_range(self, 0, 1, "p_value")

    @property
    def limit(self) -> Measurement:
        """c, the limit of size^power times the mean: for power 0 that of the mean itself.

        It is in doubt where 1/size alone does not describe the means, at the level 1 %.

        Examples
        --------
        >>> sizes, generator = [100, 200, 400], np.random.default_rng(0)
        >>> samples = [generator.normal(0.5 - 3 / n, 0.1, 4000) for n in sizes]
        >>> law = FiniteSizeLaw.fit(sizes, [Measurement.of(x) for x in samples], power=0)
        >>> law.limit
        Measurement(mean=0.5..., standard_error=0.00192..., replicas=4000)
        """
        doubt = ""
        if self.p_value < _DOUBTFUL:
            doubt = f"1/size does not describe the means, p = {self.p_value:.2g}"
        return Measurement(self.constant, self.constant_error, self.replicas, doubt=doubt)

    @classmethod
    @within_doubles("measurements")
    def fit(cls, sizes, measurements, power: float, *, free: bool = False) -> "FiniteSizeLaw":
        """Weighted fit of the logarithms with the given power, or with a free one close to it."""
        instance(free, bool, "free", allowed="True or False")
        sizes = _sizes(sizes)
        power = real_double(power, "power", least=-_LARGEST_POWER, below=_LARGEST_POWER)
        measurements = _one_for_each(measurements, sizes)
        for m in measurements:
            instance(m, Measurement, "a Measurement", allowed="Measurement.of(replicas)")
        if len(sizes) < 2 + free or any(m.mean <= 0 or m.standard_error == 0 for m in measurements):
            allowed = f"{2 + free} sizes, means and standard errors that are positive"
            raise DomainError(explain("no power law with a correction", allowed=allowed))
        means = np.array([m.mean for m in measurements])
        errors = np.array([m.standard_error for m in measurements]) / means

        def residuals(parameters):
            logarithm, correction, *exponent = parameters
            # the argument stays positive while the fit is on its way
            factor = np.log(np.maximum(1 + correction / sizes, 1e-12))
            model = logarithm - (exponent or [power])[0] * np.log(sizes) + factor
            return (model - np.log(means)) / errors

        # the largest size gives the constant
        start = np.array([np.log(means[-1]) + power * np.log(sizes[-1]), 0.0])
        solution = scipy.optimize.least_squares(residuals, start, x_scale=[1.0, sizes[0]])
        if free:
            start = np.append(solution.x, power)
            solution = scipy.optimize.least_squares(residuals, start, x_scale=[1.0, sizes[0], 0.1])
        covariance = _inverse(solution.jac.T @ solution.jac)
        freedom = len(sizes) - len(start)
        known = [m.replicas for m in measurements if m.replicas is not None]
        constant = float(np.exp(solution.x[0]))
        return cls(
            power=float(solution.x[2]) if free else power,
            power_error=float(covariance[2, 2] ** 0.5) if free else 0.0,
            constant=constant,
            correction=float(solution.x[1]),
            p_value=float(scipy.stats.chi2.sf(2 * solution.cost, freedom)) if freedom > 0 else 1.0,
            constant_error=constant * float(covariance[0, 0] ** 0.5),
            correction_error=float(covariance[1, 1] ** 0.5),
            replicas=min(known, default=None),
        )

    @within_doubles("fitted means")
    def __call__(self, sizes):
        """The fitted mean at other sizes."""
        sizes = real_array(sizes, "sizes")
        if not (sizes > 0).all():
            raise DomainError(explain("sizes are not positive", got=sizes.min()))
        return self.constant * sizes**-self.power * (1 + self.correction / sizes)


def _inverse(information: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.inv(information)
    except np.linalg.LinAlgError as error:
        what = "the sizes and means do not determine the parameters"
        raise DomainError(explain(what, hint="a power close to that of the means")) from error


def _sizes(sizes) -> np.ndarray:
    """Different positive sizes."""
    array = real_array(sizes, "sizes")
    if array.ndim != 1 or not (array > 0).all() or len(np.unique(array)) < len(array):
        allowed = "different positive numbers, 1-dimensional"
        raise DomainError(explain("not sizes", got=array, allowed=allowed))
    return array


def _one_for_each(x, sizes: np.ndarray) -> tuple:
    """The members of a sequence, as many as sizes."""
    instance(x, tuple | list | np.ndarray, "a sequence with a member for each size")
    found = tuple(np.atleast_1d(x) if isinstance(x, np.ndarray) else x)
    if len(found) != len(sizes):
        raise DomainError(explain("not one for each size", got=len(found), allowed=len(sizes)))
    return found


def _summed(row: np.ndarray, variances: np.ndarray, counts: np.ndarray) -> tuple[float, float]:
    """Standard error of a sum of independent terms with these variances, and its freedom."""
    parts = row**2 * variances
    total = parts.sum()
    return float(total**0.5), float(1 / np.sum((parts / total) ** 2 / (counts - 1)))


def _slopes(sizes, weights: np.ndarray) -> np.ndarray:
    """Rows whose products with log(means) are weighted slopes on log(size).

    The first is of all sizes, the others of those that are left when the smallest are dropped.
    """
    x, rows = np.log(sizes), []
    for first in range(max(len(sizes) - 1, 1)):
        w = np.where(np.arange(len(sizes)) < first, 0.0, weights)
        centred = x - np.average(x, weights=w)
        rows.append(w * centred / np.sum(w * centred**2))
    return np.array(rows)
