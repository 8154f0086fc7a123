"""Experiments, and the verdict on a prediction that is held against one."""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from theorycalc.core import display
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.value import Value
from theorycalc.validation.statistics import Measurement, mean_test, threshold

# A pass is worth something only if a deviation of this relative size would have been seen.
SMALLEST = 0.05


class Agreement(enum.Enum):
    """How a prediction came out of an experiment. It is not a truth value."""

    AGREES = "AGREES"
    DEVIATES = "DEVIATES"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_APPLICABLE = "NOT_APPLICABLE"

    def __bool__(self):
        raise DomainError(
            explain(
                "an agreement is not a truth value",
                got=self.name,
                hint="agreement is Agreement.AGREES",
            )
        )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A prediction beside its measurement, before a verdict.

    Attributes
    ----------
    name : str
    predicted, measured : str
        As printed, with their errors.
    z : float
        Deviation in standard errors, beyond an allowed bias; of a joint test, that of a normal
        variable with its p-value.
    replicas : int or None
        Independent replicas behind the standard error; None if it is as good as exact.
    resolution : float
        The standard error in units of the smallest deviation that matters.
    mutant : bool
        Whether the prediction is wrong on purpose: then it has to deviate.
    one_sided : bool
        Whether the prediction is an upper bound.
    """

    name: str
    predicted: str
    measured: str
    z: float
    replicas: int | None = None
    resolution: float = 0.0
    mutant: bool = False
    one_sided: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class Validation:
    """A comparison with its verdict: ``threshold`` is the largest |z| that still agrees."""

    comparison: Comparison
    threshold: float
    agreement: Agreement

    def __repr__(self):
        return f"Validation({display.validation_text(self)})"

    @property
    def passed(self) -> bool | None:
        """Whether it came out as it must; None if that is not decided."""
        if self.agreement in (Agreement.INCONCLUSIVE, Agreement.NOT_APPLICABLE):
            return None
        wanted = Agreement.DEVIATES if self.comparison.mutant else Agreement.AGREES
        return self.agreement is wanted


def compare(
    name: str,
    prediction,
    measurement: Measurement,
    *,
    bias: float = 0.0,
    smallest: float = SMALLEST,
    mutant: bool = False,
) -> Comparison:
    """A number beside the mean of independent replicas.

    Parameters
    ----------
    name : str
    prediction : Value, Formula without arguments, or float
    measurement : Measurement
    bias : float
        A finite-size deviation that theory allows, written down beforehand.
    smallest : float
        The smallest relative deviation that matters: agreement is only claimed where it would have
        been seen.
    mutant : bool
        Whether the prediction is wrong on purpose.

    Examples
    --------
    >>> compare("width", 2, Measurement(2.1, 0.05, replicas=50)).z
    2.0...
    """
    predicted, error = _number(prediction), measurement.standard_error
    deviation = measurement.mean - predicted
    beyond = np.sign(deviation) * max(abs(deviation) - bias, 0.0)
    return Comparison(
        name=name,
        predicted=f"{predicted:.6g}",
        measured=f"{measurement.mean:.6g} ± {error:.2g}",
        z=float(beyond / error),
        replicas=measurement.replicas,
        resolution=error / (smallest * abs(predicted)) if predicted else np.inf,
        mutant=mutant,
    )


def compare_means(
    name: str, samples, mean=0.0, covariance=None, *, mutant: bool = False
) -> Comparison:
    """A vector of means beside replicas of shape (replicas, k), by one joint test.

    Parameters
    ----------
    name : str
    samples, mean, covariance
        As for `mean_test`: χ² if the covariance of one replica is known, Hotelling's T² otherwise.
    mutant : bool
        Whether the prediction is wrong on purpose.

    Examples
    --------
    >>> samples = np.random.default_rng(0).standard_normal((100, 3))
    >>> abs(compare_means("three outputs", samples).z) < 3
    True
    """
    statistic, k, p = mean_test(samples, mean, covariance)
    law = "T²" if covariance is None else "χ²"
    return Comparison(
        name=name,
        predicted=f"{law} ≈ {k}",
        measured=f"{law} = {statistic:.4g}, p = {p:.2g}",
        z=float(stats.norm.isf(p / 2)),
        mutant=mutant,
    )


def compare_exponent(
    name: str, prediction: float, estimate: float, error: float, *, at_most: bool = False
) -> Comparison:
    """A fitted exponent beside its prediction.

    A quarter of the exponent is the smallest deviation that matters.

    Parameters
    ----------
    name : str
    prediction : float
    estimate, error : float
        The fit and its standard error.
    at_most : bool
        Whether the prediction is an upper bound.

    Examples
    --------
    >>> compare_exponent("deviation", -0.5, -0.49, 0.01).z
    1.0...
    """
    return Comparison(
        name=name,
        predicted=f"{'≤ ' if at_most else ''}{prediction:.4g}",
        measured=f"{estimate:.4f} ± {error:.2g}",
        z=(estimate - prediction) / error,
        resolution=error / (0.25 * abs(prediction)),
        one_sided=at_most,
    )


def judge(comparisons: Iterable[Comparison], level: float = 0.01) -> tuple[Validation, ...]:
    """Verdicts on the comparisons of one experiment, at one error level for all of them together.

    Parameters
    ----------
    comparisons : iterable of Comparison
    level : float
        Probability that at least one true prediction is said to deviate.

    Returns
    -------
    tuple of Validation
        INCONCLUSIVE where the smallest deviation that matters could not have been seen.

    Examples
    --------
    >>> measurement = Measurement(2.0, 0.01, replicas=50)
    >>> good, wrong = judge([compare("2", 2, measurement), compare("3", 3, measurement)])
    >>> good.agreement.name, wrong.agreement.name
    ('AGREES', 'DEVIATES')
    """
    comparisons = list(comparisons)
    return tuple(_judge(c, threshold(level, len(comparisons), c.replicas)) for c in comparisons)


def _judge(comparison: Comparison, limit: float) -> Validation:
    z = comparison.z if comparison.one_sided else abs(comparison.z)
    agreement = Agreement.DEVIATES if z > limit else Agreement.AGREES
    if agreement is Agreement.AGREES and limit * comparison.resolution > 1:
        agreement = Agreement.INCONCLUSIVE
    return Validation(comparison=comparison, threshold=limit, agreement=agreement)


def validate(
    prediction, measurement: Measurement, *, level: float = 0.01, bias: float = 0.0
) -> Validation:
    """Hold one prediction against one measurement.

    Parameters
    ----------
    prediction : Value, Formula without arguments, or float
    measurement : Measurement
    level : float
        Probability that a true prediction is said to deviate.
    bias : float
        A finite-size deviation that theory allows, written down beforehand.

    Examples
    --------
    >>> import numpy as np
    >>> sample = np.random.default_rng(0).normal(3.0, 0.1, size=1000)
    >>> validate(3, Measurement.of(sample))
    Validation(AGREES, 3 against 2.99... ± 0.003..., |z| = ... ≤ 2.58)
    >>> validate(3.1, Measurement.of(sample)).agreement
    <Agreement.DEVIATES: 'DEVIATES'>
    """
    return judge([compare("", prediction, measurement, bias=bias)], level)[0]


@dataclass(frozen=True)
class Figure:
    """A picture of an experiment: ``draw(axes)`` fills matplotlib axes."""

    title: str
    draw: Callable


@dataclass(frozen=True)
class Report:
    """What an experiment returns."""

    validations: tuple[Validation, ...]
    figures: tuple[Figure, ...] = ()
    data: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """A comparison of a theory with simulated or trained networks.

    Parameters
    ----------
    name : str
    description : str
        What is trained, on what, and what is compared.
    run : callable
        ``run(quick) -> Report``; ``quick`` asks for the short form, which asserts less but still
        something true.
    """

    name: str
    description: str
    run: Callable[[bool], Report]


def _number(prediction) -> float:
    if isinstance(prediction, Formula):
        prediction = prediction.at()
    if isinstance(prediction, Value):
        return float(prediction)
    return float(prediction)
