"""Pictures of comparisons: theory as lines, experiments as points with error bars."""

from collections.abc import Sequence

import numpy as np

from theorycalc.core.arrays import check_array, real_array, within_doubles
from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.records import instance, sequence
from theorycalc.validation.measurement import Measurement
from theorycalc.validation.scaling_laws import FiniteSizeLaw

__all__ = ["predictions", "profile", "width_scaling"]


def width_scaling(axes, widths, series: Sequence[tuple], ylabel: str) -> None:
    """Measurements against width on log axes.

    ``series`` has (label, measurements, law): the law is a `FiniteSizeLaw` or a constant, drawn as
    a line in the colour of its points.
    """
    _check_axes(axes)
    instance(ylabel, str, "a label")
    widths = _row(widths, "widths")
    if not (widths > 0).all():
        raise DomainError(explain("widths are not positive", got=widths.min()))
    series = [sequence(part, "(label, measurements, law)") for part in sequence(series, "series")]
    if not series or any(len(part) != 3 for part in series):
        allowed = "[(label, measurements, law), …]"
        raise DomainError(explain("no series", got=shown(series), allowed=allowed))
    grid = np.geomspace(min(widths), max(widths), 200)
    for i, (label, measurements, law) in enumerate(series):
        points = _points(axes, widths, measurements, label, f"C{i}")
        if law is not None:
            curve = law(grid) if isinstance(law, FiniteSizeLaw) else np.full_like(grid, law)
            axes.plot(grid, curve, color=points, linewidth=1)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xlabel("width $m$")
    axes.set_ylabel(ylabel)
    axes.legend(frameon=False)


def profile(axes, x, predicted, measurements: Sequence[Measurement], xlabel, ylabel) -> None:
    """A predicted curve at the points x, and measurements with ±2 standard errors there."""
    _check_axes(axes)
    instance(xlabel, str, "a label")
    instance(ylabel, str, "a label")
    x, predicted = _row(x, "x"), _row(predicted, "predicted")
    measurements = _measurements(measurements, len(x))
    check_array(predicted, "predicted", x.shape)
    axes.plot(x, predicted, label="theory")
    axes.errorbar(
        x,
        [m.mean for m in measurements],
        yerr=[2 * m.standard_error for m in measurements],
        fmt="o",
        markersize=4,
        capsize=3,
        label="measured ± 2 s.e.",
    )
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.legend(frameon=False)


def predictions(axes, mean, deviation, samples, targets=None) -> None:
    """Outputs at the test inputs: predicted mean and ±2 standard deviations, and an ensemble.

    Inputs are sorted by their predicted mean; ``samples`` has shape (replicas, n).
    """
    _check_axes(axes)
    mean, deviation = _row(mean, "mean"), _row(deviation, "deviation")
    check_array(deviation, "deviation", mean.shape)
    samples = check_array(real_array(samples, "samples"), "samples", (None, len(mean)))
    if targets is not None:
        targets = check_array(real_array(targets, "targets"), "targets", mean.shape)
    order = np.argsort(mean)
    x = np.arange(len(mean))
    mean, deviation, samples = mean[order], deviation[order], samples[:, order]
    with within_doubles("predictions and samples"):
        band = (mean - 2 * deviation, mean + 2 * deviation)
        centre, spread = samples.mean(axis=0), 2 * samples.std(axis=0, ddof=1)
    axes.fill_between(x, *band, alpha=0.2, color="C0", label="theory ± 2 sd")
    axes.plot(x, mean, color="C0", label="theory")
    axes.errorbar(
        x,
        centre,
        yerr=spread,
        fmt="o",
        color="C1",
        markersize=4,
        capsize=2,
        label="trained networks ± 2 sd",
    )
    if targets is not None:
        axes.plot(x, targets[order], "x", color="0.4", label="target")
    axes.set_xlabel("test input, sorted")
    axes.set_ylabel("output $f(x)$")
    axes.legend(frameon=False, fontsize="small")


def _check_axes(axes) -> None:
    if isinstance(axes, type) or not callable(getattr(axes, "errorbar", None)):
        raise DomainError(explain("not axes", got=shown(axes), hint="plt.subplots()"))


def _row(x, what: str) -> np.ndarray:
    """A one-dimensional array."""
    return check_array(real_array(x, what), what, (None,))


def _measurements(measurements, count: int) -> tuple[Measurement, ...]:
    """So many measurements."""
    found = sequence(measurements, "measurements")
    for m in found:
        instance(m, Measurement, "a Measurement", allowed="Measurement.of(replicas)")
    if len(found) != count:
        raise DomainError(explain("not one for each point", got=len(found), allowed=count))
    return found


def _points(axes, widths, measurements: Sequence[Measurement], label: str, colour: str) -> str:
    measurements = _measurements(measurements, len(widths))
    axes.errorbar(
        widths,
        [m.mean for m in measurements],
        yerr=[m.standard_error for m in measurements],
        fmt="o",
        color=colour,
        markersize=4,
        capsize=3,
        label=label,
    )
    return colour


def __dir__():
    return sorted(__all__)
