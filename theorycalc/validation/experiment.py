"""Experiments, and the verdict on a prediction that is held against one."""

import enum
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from theorycalc.core import display
from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.looks import Look, Mark, Record, Shown
from theorycalc.core.numbers import exact_integer, real_double
from theorycalc.core.records import check_fields, check_range, instance, one_of, sequence
from theorycalc.validation.compared import SMALLEST, compare
from theorycalc.validation.comparison import Comparison
from theorycalc.validation.measurement import Measurement
from theorycalc.validation.statistics import threshold

# Replicas before the first look at them.
_FIRST = 16


class Agreement(Shown, enum.Enum):
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


@dataclass(frozen=True, kw_only=True, repr=False)
class Validation(Shown):
    """A comparison with its verdict.

    Attributes
    ----------
    comparison : Comparison
    threshold : float
        The largest |z| that still agrees.
    agreement : Agreement
    power : float
        The probability that the smallest deviation that matters would have been seen.
    wanted : float
        The power that a verdict takes.
    comparisons : int
        Those that were judged together.
    """

    comparison: Comparison
    threshold: float
    agreement: Agreement
    power: float
    wanted: float = 0.99
    comparisons: int = 1

    def __post_init__(self):
        check_fields(self)
        check_range(self, 0, math.inf, "threshold")
        check_range(self, 0, 1, "power", "wanted")

    @cached_property
    def detectable(self) -> float:
        """The smallest deviation that would have been seen, in units of the one that matters."""
        return self.comparison.detectable(self.threshold, self.wanted)

    @cached_property
    def replicas_wanted(self) -> float:
        """How many times as many replicas would decide; 1 or less where these did."""
        if self.power >= self.wanted:
            return 1.0
        return self.comparison.replicas_wanted(1 - self.wanted, self.comparisons, self.wanted)

    @cached_property
    def width_wanted(self) -> float:
        """The width that would decide with these replicas; infinite if none is known to."""
        return self.comparison.width_wanted(self.threshold, self.wanted)

    def __repr__(self):
        return f"Validation({display.validation_text(self)})"

    def _look(self) -> Look:
        return Look(("Validation",), *table([self]))

    @property
    def passed(self) -> bool | None:
        """Whether it came out as it must; None if that is not decided."""
        if self.comparison.mutant:
            return self.agreement is Agreement.DEVIATES
        if self.agreement in (Agreement.INCONCLUSIVE, Agreement.NOT_APPLICABLE):
            return None
        return self.agreement is Agreement.AGREES


def table(validations: Iterable[Validation]) -> tuple[tuple, list]:
    """The columns and a row for each: verdict, prediction, measurement, size and z."""
    moods = {True: "good", False: "bad", None: "open"}
    rows = []
    for v in validations:
        verdict, c = Mark(v.agreement.name, moods[v.passed]), v.comparison
        rows.append((verdict, c.name, c.predicted, c.measured, display.z_text(v)))
    return ("", "name", "predicted", "measured", "deviation"), rows


def judge(comparisons: Iterable[Comparison], level: float = 0.01) -> tuple[Validation, ...]:
    """Verdicts on the comparisons of one experiment, at one error level for all of them together.

    Parameters
    ----------
    comparisons : iterable of Comparison
    level : float
        Probability that at least one true prediction is said to deviate, and, of each that is off
        by the smallest deviation that matters, the probability that it is said to agree.

    Returns
    -------
    tuple of Validation
        INCONCLUSIVE where the smallest deviation that matters would not have been seen with
        probability 1 − ``level``, where tails or sizes let no verdict be trusted, and where a
        prediction that is wrong on purpose does not deviate.

    Examples
    --------
    >>> measurement = Measurement(2.0, 0.01, replicas=50)
    >>> good, wrong = judge([compare("2", 2, measurement), compare("3", 3, measurement)])
    >>> good.agreement.name, wrong.agreement.name
    ('AGREES', 'DEVIATES')
    """
    comparisons = sequence(comparisons, "comparisons")
    for comparison in comparisons:
        instance(comparison, Comparison, "a Comparison", allowed="compare(…)")
    return tuple(_judge(comparison, level, len(comparisons)) for comparison in comparisons)


def _judge(comparison: Comparison, level: float, comparisons: int) -> Validation:
    limit, wanted = threshold(level, comparisons, comparison.replicas), 1 - level
    z = comparison.z if comparison.one_sided else abs(comparison.z)
    seen = comparison.power(limit)
    if not comparison.applies:
        agreement = Agreement.NOT_APPLICABLE
    elif comparison.doubt:
        agreement = Agreement.INCONCLUSIVE
    elif z > limit:
        agreement = Agreement.DEVIATES
    elif comparison.mutant or seen < wanted:
        # that a prediction known to be wrong is not rejected says nothing for it
        agreement = Agreement.INCONCLUSIVE
    else:
        agreement = Agreement.AGREES
    return Validation(
        comparison=comparison,
        threshold=limit,
        agreement=agreement,
        power=seen,
        wanted=wanted,
        comparisons=comparisons,
    )


def validate(
    prediction,
    measurement: Measurement | Callable,
    *,
    level: float = 0.01,
    bias: float = 0.0,
    smallest: float = SMALLEST,
    width: int | None = None,
    until: str | None = None,
    most: int = 10_000,
) -> Validation:
    """Hold one prediction against one measurement, or against replicas until they decide.

    Parameters
    ----------
    prediction : Value, Formula without arguments, or float
    measurement : Measurement or callable
        A callable, for ``until``, takes a range of replicas and gives their values.
    level : float
        Probability that a true prediction is said to deviate, and that one that is off by
        ``smallest`` is said to agree.
    bias : float
        A finite-size deviation that theory allows, written down beforehand.
    smallest : float
        The smallest relative deviation that matters.
    width : int, optional
        As for `compare`: of networks whose bias falls like 1/width.
    until : {"decided"}, optional
        Look after 16, 32, 64, … replicas, and stop at the first verdict. The number of looks is
        fixed beforehand, and each has its share of the level (Bonferroni), so that ``level`` is
        that of all of them together.
    most : int
        Replicas after which it stays INCONCLUSIVE.

    Raises
    ------
    DomainError
        For a measurement of another kind, an unknown ``until``, or fewer than 16 replicas.

    Examples
    --------
    >>> import numpy as np
    >>> sample = np.random.default_rng(0).normal(3.0, 0.1, size=1000)
    >>> validate(3, Measurement.of(sample))
    Validation(AGREES, 3 against 2.99... ± 0.003..., off by 0.1... %, |z| = ... ≤ 2.58)
    >>> validate(3.1, Measurement.of(sample)).agreement
    <Agreement.DEVIATES: 'DEVIATES'>

    Replicas are drawn until they decide; here five hundred and twelve are enough:

    >>> def draw(replicas):
    ...     return [np.random.default_rng(r).normal(3.0, 0.5) for r in replicas]
    >>> found = validate(3, draw, until="decided")
    >>> found.agreement.name, found.comparison.replicas
    ('AGREES', 512)
    """
    measured: Any = measurement
    most = exact_integer(most, "most", _FIRST, 10**9)
    options: Any = {"bias": bias, "smallest": smallest, "width": width}
    if until is None:
        return judge([compare("", prediction, measured, **options)], level)[0]
    one_of(until, ("decided",), "until")
    if not isinstance(measured, Callable):
        what, allowed = "not a function of a range of replicas", "draw(range(16)) → 16 values"
        raise DomainError(explain(what, got=shown(measured), allowed=allowed))
    level = real_double(level, "the error level", above=0, below=1)
    looks = [_FIRST << look for look in range((most // _FIRST).bit_length())]
    values: list[float] = []
    for count in looks:
        values += [float(x) for x in measured(range(len(values), count))]
        found = compare("", prediction, Measurement.of(values), **options)
        (validation,) = judge([found], level / len(looks))
        if validation.agreement is not Agreement.INCONCLUSIVE:
            break
    return validation


@dataclass(frozen=True, repr=False)
class Figure(Record):
    """A picture of an experiment: ``draw(axes)`` fills matplotlib axes."""

    title: str
    draw: Callable

    def __post_init__(self):
        check_fields(self)


@dataclass(frozen=True, repr=False)
class Report(Record):
    """What an experiment returns."""

    validations: tuple[Validation, ...]
    figures: tuple[Figure, ...] = ()
    data: dict[str, object] = field(default_factory=dict)

    def __post_init__(self):
        check_fields(self)

    def _look(self) -> Look:
        pictures = ", ".join(figure.title for figure in self.figures)
        title = f"Report with pictures: {pictures}" if pictures else "Report"
        return Look((title,), *table(self.validations))


@dataclass(frozen=True, repr=False)
class Experiment(Record):
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

    def __post_init__(self):
        check_fields(self)
