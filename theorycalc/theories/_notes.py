"""What an experiment notes: comparisons and points, of which verdicts and pictures are made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle

import numpy as np

from theorycalc.core.errors import DomainError, explain
from theorycalc.validation.compared import (
    SMALLEST,
    SMALLEST_EXPONENT,
    SMALLEST_JOINT,
    compare,
    compare_exponent,
    compare_means,
)
from theorycalc.validation.comparison import Comparison
from theorycalc.validation.experiment import Figure, Report, judge
from theorycalc.validation.measurement import Measurement
from theorycalc.validation.scaling_laws import PowerLaw


@dataclass
class _Series:
    """Points of one kind on a picture, and the lines that theory draws through them."""

    x: list = field(default_factory=list)
    measured: list[Measurement] = field(default_factory=list)
    theory: list[tuple] = field(default_factory=list)
    line: tuple | None = None

    @property
    def curve(self) -> tuple | None:
        """What theory draws: the line that was given, or one through its numbers."""
        if self.line is None:
            return tuple(zip(*self.theory, strict=True)) if self.theory else None
        x, y = self.line
        return x, y(x) if callable(y) else np.asarray(y)


class Run:
    """The notes of one run of an experiment.

    Attributes
    ----------
    size : object
        How much is asked for: what the experiment gave as ``quick`` or ``full``.
    quick : bool
        Whether it is the short form.
    """

    def __init__(self, size, *, quick: bool):
        self.size, self.quick = size, quick
        self._comparisons: list[Comparison] = []
        self._figures: list[Figure] = []
        self._series: dict[str, _Series] = {}
        self._again: Callable | None = None

    def at(
        self,
        x,
        theory,
        samples,
        *,
        name: str = "",
        series: str = "",
        error: float | None = None,
        bias: float = 0.0,
        smallest: float = SMALLEST,
        at_most: bool = False,
        width: int | None = None,
    ) -> Measurement:
        """A number at x beside its replicas: a comparison, and a point on the picture.

        Parameters
        ----------
        x : float or None
            Where it stands on the picture; None leaves it out.
        theory : Value, Formula without arguments, or float
        samples : array_like, Measurement or float
            Independent replicas; or one number that is known to ``error``.
        name : str
            By default the series and x.
        series : str
            The label of its points and its line.
        error : float, optional
            The standard error of a single number.
        bias, smallest, at_most, width
            As for `tc.validation.compare`.
        """
        measured = _measurement(samples, error)
        name = name or f"{series} at {_short(x)}".strip()
        options = {"bias": bias, "smallest": smallest, "at_most": at_most, "width": width}
        self._note(partial(compare, measurement=measured, **options), name, theory)
        if x is not None:
            self._point(series, x, measured, theory)
        return measured

    def joint(
        self,
        name: str,
        samples,
        theory=0.0,
        covariance=None,
        *,
        x=None,
        series: str = "",
        smallest: float = SMALLEST_JOINT,
    ) -> None:
        """Several means beside replicas of shape (replicas, k), by one test.

        ``x`` has k places on the picture; the others are as for `tc.validation.compare_means`.
        """

        def compared(name, prediction, mutant=False):
            return compare_means(
                name, samples, prediction, covariance, smallest=smallest, mutant=mutant
            )

        self._note(compared, name, theory)
        if x is not None:
            means = np.broadcast_to(theory, np.shape(x))
            for place, mean, column in zip(x, means, np.asarray(samples).T, strict=True):
                self._point(series, place, Measurement.of(column), mean)

    def exponent(
        self,
        name: str,
        theory: float,
        estimate: float | PowerLaw,
        error: float | None = None,
        *,
        at_most: bool = False,
        smallest: float = SMALLEST_EXPONENT,
    ) -> None:
        """A fitted exponent, or a `PowerLaw` that was fitted, beside its prediction."""

        def compared(name, prediction, mutant=False):
            return compare_exponent(
                name,
                prediction,
                estimate,
                error,
                at_most=at_most,
                smallest=smallest,
                mutant=mutant,
            )

        self._note(compared, name, theory)

    def rejects(self, name: str, theory, samples=None, error: float | None = None) -> None:
        """A theory that is wrong on purpose: what was noted last has to deviate from it.

        With ``samples``, as for `at` or in rows as for `joint`, it is these that have to deviate.
        """
        if samples is not None:
            if np.ndim(samples) == 2:
                wrong = compare_means(name, samples, theory, mutant=True)
            else:
                wrong = compare(name, theory, _measurement(samples, error), mutant=True)
            self._comparisons.append(wrong)
            return
        if self._again is None:
            hint = "run.at(…), run.joint(…) or run.exponent(…) before it"
            raise DomainError(explain("nothing to reject with", got=name, hint=hint))
        self._comparisons.append(self._again(name, theory, mutant=True))

    def requires(self, name: str, condition: bool) -> bool:
        """A condition of the theory, to be asked before work: whether it is fulfilled.

        If not it is noted as NOT_APPLICABLE, and the experiment should end.
        """
        if not condition:
            outside = {"predicted": "a condition", "measured": "not fulfilled", "z": 0.0}
            self._comparisons.append(Comparison(name=name, applies=False, **outside))
        return bool(condition)

    def points(self, x, samples, *, series: str = "") -> None:
        """Measurements that are only shown, one at each x: replicas of each, or exact numbers.

        Replicas that are all equal are a point without an error bar.
        """
        for place, one in zip(x, samples, strict=True):
            shown = (np.mean(one), 0.0) if np.ptp(one) == 0 else (one, None)
            self._point(series, place, _measurement(*shown))

    def line(self, x, y, series: str = "") -> None:
        """A curve of theory: through the points of its series, or beside them.

        A function is called when the picture is drawn, and not where none is.
        """
        self._series.setdefault(series, _Series()).line = np.asarray(x), y

    def axes(self, x: str, y: str, *, log: str = "", title: str = "", **options) -> None:
        """Finish the picture of what was noted so far.

        Parameters
        ----------
        x, y : str
            Labels of the axes.
        log : str
            Which of them are logarithmic: "", "x", "y" or "xy".
        title : str
            By default the description of the experiment.
        **options
            For `matplotlib.axes.Axes.set`, limits for instance. ``xticks`` are all there are.
        """
        if log not in ("", "x", "y", "xy"):
            raise DomainError(explain("no axes", got=log, allowed='"", "x", "y" or "xy"'))
        if not self._series:
            hint = "run.at(x, …) or run.line(…) before run.axes(…)"
            raise DomainError(explain("nothing is on the picture", got=y, hint=hint))
        scales = {f"{axis}scale": "log" for axis in log}
        settings = {"xlabel": x, "ylabel": y, **scales, **options}
        draw = partial(_draw, series=self._series, settings=settings)
        self.picture(title, draw)
        self._series = {}

    def picture(self, title: str, draw: Callable) -> None:
        """A picture of one's own: ``draw(axes)`` fills matplotlib axes."""
        self._figures.append(Figure(title, draw))

    def include(self, report: Report) -> None:
        """Comparisons and pictures of a report that was made elsewhere."""
        self._comparisons += [validation.comparison for validation in report.validations]
        self._figures += report.figures

    def report(self, description: str) -> Report:
        """Verdicts on all that was noted, at one level, and the pictures.

        Raises
        ------
        DomainError
            If nothing was compared, or points have no axes.
        """
        if not self._comparisons:
            hint = "run.at(x, theory, samples)"
            raise DomainError(explain("the experiment compared nothing", hint=hint))
        if self._series:
            hint = 'run.axes("x", "y") at the end'
            raise DomainError(explain("a picture without labels", hint=hint))
        figures = (Figure(f.title or description, f.draw) for f in self._figures)
        return Report(judge(self._comparisons), tuple(figures))

    def _note(self, compared: Callable, name: str, theory) -> None:
        self._comparisons.append(compared(name, theory))
        self._again = compared

    def _point(self, series: str, x, measured: Measurement, theory=None) -> None:
        points = self._series.setdefault(series, _Series())
        points.x.append(float(x))
        points.measured.append(measured)
        if theory is not None:
            place = float(x), float(theory.at() if hasattr(theory, "at") else theory)
            points.theory.append(place)


def _short(x) -> str:
    """A place as a name has it: six digits of a double."""
    return f"{x:.6g}" if isinstance(x, float) else str(x)


def _measurement(samples, error: float | None) -> Measurement:
    if isinstance(samples, Measurement):
        return samples
    return Measurement.of(samples) if error is None else Measurement(float(samples), error, None)


def _draw(axes, series: dict[str, _Series], settings: dict) -> None:
    """Theory as lines, measurements as points with ±2 standard errors."""
    styles = cycle(("--", ":", "-."))
    for i, (label, points) in enumerate(series.items()):
        alone, curve = not points.x, points.curve
        if curve:
            style = {"color": "0.5", "linestyle": next(styles)} if alone else {"color": f"C{i}"}
            # a line through one point is not seen
            style["marker"] = "_" if len(curve[0]) == 1 else ""
            axes.plot(*curve, label=label or "theory", **style)
        if not alone:
            unnamed = None if curve else label  # a curve has the name already
            axes.errorbar(
                points.x,
                [m.mean for m in points.measured],
                yerr=[2 * m.standard_error for m in points.measured],
                fmt="o",
                color=f"C{i}" if label else "C1",
                markersize=4,
                capsize=3,
                label=unnamed if label else "measured ± 2 s.e.",
            )
    axes.set(**settings)
    if "xticks" in settings:
        axes.set_xticks(settings["xticks"], settings["xticks"])
        axes.set_xticks([], minor=True)
    axes.legend(frameon=False, fontsize="small")
