"""Comparisons of a number, of several means and of an exponent with what was measured."""

import math

import numpy as np
import scipy

from theorycalc.core.decimals import two_digits
from theorycalc.core.errors import shown
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_integer, real_double
from theorycalc.core.records import instance
from theorycalc.core.value import Value
from theorycalc.validation.comparison import Comparison
from theorycalc.validation.measurement import Measurement
from theorycalc.validation.scaling_laws import PowerLaw
from theorycalc.validation.statistics import mean_test

# The smallest deviations that matter, unless an experiment says otherwise: of a number and of an
# exponent relative to the prediction, of several means in standard deviations of one replica.
SMALLEST = 0.05
SMALLEST_EXPONENT = 0.25
SMALLEST_JOINT = 0.5


def compare(
    name: str,
    prediction,
    measurement: Measurement,
    *,
    bias: float = 0.0,
    smallest: float = SMALLEST,
    at_most: bool = False,
    mutant: bool = False,
    width: int | None = None,
) -> Comparison:
    """A number beside the mean of independent replicas.

    Parameters
    ----------
    name : str
    prediction : Value, Formula without arguments, or float
        The radius of a value is added to the bias.
    measurement : Measurement
    bias : float
        A finite-size deviation that theory allows, written down beforehand.
    smallest : float
        The smallest relative deviation that matters: agreement is only claimed where it would have
        been seen beyond the bias. No relative deviation is known to matter where 0 is predicted.
    at_most : bool
        Whether the prediction is an upper bound.
    mutant : bool
        Whether the prediction is wrong on purpose.
    width : int, optional
        The width of the networks, where the bias falls like 1/width: what is inconclusive says
        what width would decide.

    Examples
    --------
    >>> compare("width", 2, Measurement(2.1, 0.05, replicas=50)).z
    2.0...

    A bias of 8/m takes more than what matters; a larger width has room for it:

    >>> from theorycalc.validation import judge
    >>> judge([compare("at m = 64", 2, Measurement(2.1, 0.01, 50), bias=8 / 64, width=64)])[0]
    Validation(INCONCLUSIVE, ... power = 0.00 for 5 %: width 163 would decide)
    """
    value, radius = _number(prediction)
    allowed = "tc.validation.Measurement.of(replicas)"
    is_listed = isinstance(measurement, list | tuple | np.ndarray)
    hint = allowed.replace("replicas", shown(measurement)) if is_listed else ""
    instance(measurement, Measurement, "a Measurement", allowed=allowed, hint=hint)
    bias, smallest = real_double(bias, "bias", least=0), _checked(smallest)
    instance(at_most, bool, "at_most", allowed="True or False")
    deviation, error = measurement.mean - value, measurement.standard_error
    matters = smallest * abs(value) - measurement.bias - radius
    finite_size = None
    if width is not None and matters > 0:
        width = exact_integer(width, "width", 1)
        finite_size = (width, bias / matters, error / matters)
    bias += radius + measurement.bias
    return Comparison(
        name=name,
        predicted=f"{'≤ ' if at_most else ''}{_with_error(value, radius)}",
        measured=f"{measurement.mean:.6g} ± {error:.2g}",
        z=_z_of(measurement, np.sign(deviation) * max(abs(deviation) - bias, 0.0)),
        replicas=measurement.replicas,
        resolution=_resolution_of(measurement, value, smallest * abs(value) - bias),
        mutant=mutant,
        one_sided=at_most,
        size=_relative(deviation, value),
        smallest=f"{100 * smallest:.3g} %",
        finite_size=finite_size,
        doubt=measurement.doubt,
    )


def compare_means(
    name: str,
    samples,
    mean=0.0,
    covariance=None,
    *,
    smallest: float = SMALLEST_JOINT,
    mutant: bool = False,
) -> Comparison:
    """A vector of means beside replicas of shape (replicas, k), by one joint test.

    Parameters
    ----------
    name : str
    samples, mean, covariance
        As for `mean_test`: χ² if the covariance of one replica is known, Hotelling's T² otherwise.
    smallest : float
        The smallest deviation that matters, in standard deviations of one replica: that of the
        combination of means that is off most, √(δᵀ C⁻¹ δ).
    mutant : bool
        Whether the prediction is wrong on purpose.

    Examples
    --------
    >>> from theorycalc.validation import judge
    >>> samples = np.random.default_rng(0).standard_normal((200, 3))
    >>> judge([compare_means("three outputs", samples)])[0]
    Validation(AGREES, three outputs: T² ≈ 3 against T² = ..., off by 0.0... sd, |z| = ... ≤ 2.58)
    >>> judge([compare_means("too few", samples[:8])])[0]
    Validation(INCONCLUSIVE, ... power = 0.03 for 0.5 sd: about 16 times the replicas would decide)
    """
    smallest = _checked(smallest)
    statistic, k, p = mean_test(samples, mean, covariance)
    replicas, law = len(samples), "T²" if covariance is None else "χ²"
    return Comparison(
        name=name,
        predicted=f"{law} ≈ {k}",
        measured=f"{law} = {statistic:.4g}, p = {p:.2g}",
        z=float(scipy.stats.norm.isf(p / 2)),
        resolution=1 / (smallest * replicas**0.5),
        mutant=mutant,
        joint=(k, replicas - k if covariance is None else np.inf),
        size=f"{two_digits((statistic / replicas) ** 0.5)} sd",
        smallest=f"{smallest:.3g} sd",
    )


def compare_exponent(
    name: str,
    prediction: float,
    estimate: float | PowerLaw,
    error: float | None = None,
    *,
    at_most: bool = False,
    smallest: float = SMALLEST_EXPONENT,
    mutant: bool = False,
) -> Comparison:
    """A fitted exponent beside its prediction.

    Parameters
    ----------
    name : str
    prediction : float
    estimate, error : float
        The fit and its standard error; or a `PowerLaw` alone, which has degrees of freedom, and is
        inconclusive where its slope depends on the window of sizes.
    at_most : bool
        Whether the prediction is an upper bound.
    smallest : float
        The smallest relative deviation that matters.
    mutant : bool
        Whether the prediction is wrong on purpose.

    Examples
    --------
    >>> compare_exponent("deviation", -0.5, -0.49, 0.01).z
    1.0...
    """
    doubt, replicas = "", None
    if isinstance(estimate, PowerLaw) and error is None:
        if not estimate.settled:
            last = estimate.windows[-1]
            doubt = f"slope {last:.3g} of the largest sizes alone, not yet asymptotic"
        if math.isfinite(estimate.freedom):
            replicas = 1 + int(estimate.freedom)
        estimate, error = estimate.slope, estimate.standard_error
    prediction, estimate = (
        real_double(x, what) for x, what in ((prediction, "prediction"), (estimate, "estimate"))
    )
    error, smallest = real_double(error, "error", least=0), _checked(smallest)
    instance(at_most, bool, "at_most", allowed="True or False")
    deviation = estimate - prediction
    return Comparison(
        name=name,
        predicted=f"{'≤ ' if at_most else ''}{prediction:.4g}",
        measured=f"{estimate:.4f} ± {error:.2g}",
        z=_z(deviation, error),
        replicas=replicas,
        resolution=_resolution(error, smallest * abs(prediction)),
        mutant=mutant,
        one_sided=at_most,
        size=_relative(deviation, prediction),
        smallest=f"{100 * smallest:.3g} %",
        doubt=doubt,
    )


def _number(prediction) -> tuple[float, float]:
    """A prediction and its radius."""
    if isinstance(prediction, Formula):
        prediction = prediction.at()
    if isinstance(prediction, Value):
        return float(prediction), float(prediction.rad)
    return real_double(prediction, "prediction"), 0.0


def _checked(smallest: float) -> float:
    return real_double(smallest, "the smallest deviation that matters", above=0)


def _z_of(measurement: Measurement, deviation: float) -> float:
    """How many standard errors a measurement is off by so much: of squares, of their cube root.

    Of what is measured as positive and predicted as 0 or negative, infinitely many.
    """
    mean, error = measurement.mean, measurement.standard_error
    if not measurement.squares or error == 0:
        return _z(deviation, error)
    if deviation >= mean:
        return np.inf
    relative = error / mean
    return float(3 * (np.cbrt(mean / (mean - deviation)) - 1 + relative**2 / 9) / relative)


def _resolution_of(measurement: Measurement, value: float, matters: float) -> float:
    """The standard error in units of what matters.

    Of squares that are larger by f³ the cube roots are f − 1 off, and spread by f.
    """
    if not measurement.squares or not matters > 0:
        return _resolution(measurement.standard_error, matters)
    relative = measurement.standard_error / measurement.mean
    return _resolution(relative, 3 * (1 - (1 + matters / abs(value)) ** (-1 / 3)))


def _z(deviation: float, error: float) -> float:
    """Deviation in standard errors; without an error, any deviation is infinitely many."""
    if error == 0:
        return float(np.copysign(np.inf, deviation)) if deviation else 0.0
    return float(deviation) / float(error)


def _resolution(error: float, matters: float) -> float:
    return error / matters if matters > 0 else np.inf


def _relative(deviation: float, predicted: float) -> str:
    if not predicted:
        return two_digits(abs(deviation))
    return f"{two_digits(100 * abs(deviation / predicted))} %"


def _with_error(value: float, radius: float) -> str:
    """Six digits, with the radius where it reaches them."""
    text = f"{value:.6g}"
    return f"{text} ± {radius:.2g}" if radius > 5e-7 * abs(value) else text
