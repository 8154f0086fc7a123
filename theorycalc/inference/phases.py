"""Phase diagrams of Bayes-optimal learning in doubles: a table, and a picture of it."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Line
from theorycalc.core.pictures import as_axes
from theorycalc.core.records import instance
from theorycalc.inference.curve_in_doubles import Curve, roots
from theorycalc.inference.solving.arrays import on_arrays
from theorycalc.inference.solving.line_in_doubles import with_doubts

_ENDS = ("uninformative", "informative", "optimal")
_PHASES = ("easy", "hard", "metastable")
_COLOURS = ("#dbe9f6", "#f4a582", "#f7f0c8")
# Lines of the picture: style, width and label.
_LINES = {
    "transition": ("-", 2.0, "first order: best"),
    "algorithmic": ("--", 1.2, "algorithmic: reached"),
    "informative": (":", 1.2, "informative: appears"),
}
# Points of a search for a transition between two ends, and how often it goes on between two.
_BETWEEN, _ROUNDS = 9, 3
# How far inside of the ends it begins, as a part of what is between.
_INSIDE = 1e-6
_EPS = np.finfo(float).eps
# Part of q̂ over which slopes are taken.
_APART = 1e-5


@dataclass(frozen=True)
class PhaseDiagram(Line):
    """Where message passing is optimal, and where it is not.

    Attributes
    ----------
    data : xarray.Dataset
        ``mid``, ``rad`` and ``rigor`` of the mean-square error, over the grids and three ``end``
        points: reached from nothing, from the truth, and the best; ``phase`` over the grids; and
        over the second grid ``algorithmic`` and ``informative``, the α at which branches end, and
        ``transition``, the α at which another branch becomes the best, of first order. A phase is
        ``"easy"``: the best is reached from nothing; ``"hard"``: it is not; ``"metastable"``: it
        is, and what is reached from the truth is worse.
    """

    data: Any

    def __post_init__(self):
        import xarray as xr

        needed = ("mid", "rad", "phase", *_LINES)
        if missing := [x for x in needed if x not in instance(self.data, xr.Dataset, "a dataset")]:
            hint = "Bayes.phase_diagram"
            raise DomainError(explain("no phase diagram", got=f"no {missing[0]}", hint=hint))

    def __repr__(self):
        return f"PhaseDiagram({dict(self.data.phase.sizes)})"

    def plot(self, ax=None):
        """The phases as colours; the transition and the ends of the branches as lines.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default new axes.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        MissingExtraError
            Without matplotlib.
        """
        from matplotlib.colors import ListedColormap
        from matplotlib.patches import Patch

        ax, data = as_axes(ax), self.data
        name = data.phase.dims[0]
        codes = np.vectorize(_PHASES.index)(data.phase.values)
        ax.pcolormesh(
            data.alpha,
            data[name],
            codes,
            cmap=ListedColormap(_COLOURS),
            vmin=0,
            vmax=2,
            rasterized=True,
        )
        lines = [
            ax.plot(data[kind], data[name], style, color="black", linewidth=width, label=label)[0]
            for kind, (style, width, label) in _LINES.items()
            if np.isfinite(data[kind]).any()
        ]
        ax.set_xlim(float(data.alpha.min()), float(data.alpha.max()))
        ax.set_xlabel(r"samples for each unknown $\alpha$")
        ax.set_ylabel({"noise": r"variance of the noise", "rho": r"fraction $\rho$"}[name])
        seen = [i for i in range(len(_PHASES)) if (codes == i).any()]
        patches = [Patch(color=_COLOURS[i], label=_PHASES[i]) for i in seen]
        ax.legend(handles=[*patches, *lines], loc="best", framealpha=1)
        return ax


class Landscape(NamedTuple):
    """Programs of mmse(q̂), of F(V) and of the potential in (q̂, α), and the curve."""

    mmse: Any
    channel: Any
    potential: Any
    curve: Curve


class Row(NamedTuple):
    """Errors and their radii at three end points (α, 3), phases, and the α of the lines."""

    mid: np.ndarray
    rad: np.ndarray
    phase: np.ndarray
    lines: dict


def row(landscape: Landscape, alphas: list, perfect: list, nothing: list, transition: float) -> Row:
    """At many α, with the potentials of perfect recovery, and (ρ, 0, potential) of q = 0.

    Both are None where they are not stable. The transition is nan where it is not known.
    """
    columns = _branches(landscape, np.array(alphas))
    cells = [
        _cell([tuple(point) for point in points if np.isfinite(point).all()], *ends)
        for points, *ends in zip(columns.transpose(1, 2, 0), perfect, nothing, strict=True)
    ]
    mid, rad, phase = (np.array(column) for column in zip(*cells, strict=True))
    turns = {turn.sign: turn.level for turn in landscape.curve.turns}
    ends = {"algorithmic": turns.get(1, np.nan), "informative": turns.get(-1, np.nan)}
    if np.isnan(transition) and len(turns) == 2:
        transition = _transition(landscape, turns[-1], turns[1])
    return Row(mid, rad, phase, {"transition": transition, **ends})


def _branches(landscape: Landscape, alphas: np.ndarray) -> np.ndarray:
    """Errors, their radii and potentials (3, α, branches) of the stable ones, padded with nan."""
    snr = roots(landscape.mmse, landscape.channel, landscape.curve, alphas)
    there = np.isfinite(snr)
    level = np.broadcast_to(alphas[:, None], snr.shape)[there]
    columns = np.full((3, *snr.shape), np.nan)
    columns[:2, there] = _errors(landscape, level, snr[there])
    columns[2, there] = on_arrays(landscape.potential, snr[there], level)
    return columns


def _transition(landscape: Landscape, low: float, high: float) -> float:
    """α between the ends of two branches at which their potentials are equal."""
    low, high = low + _INSIDE * (high - low), high - _INSIDE * (high - low)
    for _ in range(_ROUNDS):
        alphas = np.linspace(low, high, _BETWEEN)
        poor, rich = _branches(landscape, alphas)[2, :, :2].T
        gap = rich - poor
        last = int(np.argmax(gap > 0))
        if not (gap[last] > 0 and last):
            return np.nan
        low, high = alphas[last - 1], alphas[last]
    return float(low - gap[last - 1] * (high - low) / (gap[last] - gap[last - 1]))


def _cell(points: list, perfect, nothing) -> tuple:
    """Errors, radii and the phase at one α, of branches that are sorted by their overlap."""
    if nothing is not None:
        points.insert(0, nothing)
    if perfect is not None or not points:
        points.append((0.0, 0.0, np.inf if perfect is None else perfect))
    best = int(np.argmax([height for *_, height in points]))
    ends = [points[i] for i in (0, -1, best)]
    phase = "hard" if best else "metastable" if len(points) > 1 else "easy"
    return [p[0] for p in ends], [p[1] for p in ends], phase


def _errors(landscape: Landscape, alpha: np.ndarray, snr: np.ndarray) -> tuple:
    """The mean-square errors at roots q̂, and what they may be off."""
    if not snr.size:
        return snr, snr
    values, level, doubts = [], [], []
    for place in (snr, snr * (1 + _APART)):
        mmse, doubt = (np.broadcast_to(x, snr.shape) for x in with_doubts(landscape.mmse, [place]))
        channel, other = with_doubts(landscape.channel, [mmse])
        values.append(mmse)
        level.append(place / channel)
        doubts.append((doubt, other / channel))
    # how far the level is off, and how far that moves the error
    steep = abs(level[1] - level[0]) / _APART
    off = abs(level[0] - alpha) + alpha * (doubts[0][1] + 8 * _EPS)
    return values[0], abs(values[1] - values[0]) / _APART * off / steep + doubts[0][0]


def dataset(rows: list[Row], grids: dict):
    """A labelled table of rows, one for each value of the first grid."""
    import xarray as xr

    first = next(iter(grids))
    cells = (first, "alpha", "end")
    mid, rad = (np.stack([getattr(r, part) for r in rows]) for part in ("mid", "rad"))
    kinds = {kind: (first, [r.lines[kind] for r in rows]) for kind in rows[0].lines}
    columns = {
        "mid": (cells, mid),
        "rad": (cells, rad),
        "rigor": (cells, np.full(mid.shape, "ESTIMATED", dtype=object)),
        "phase": (cells[:2], np.stack([r.phase for r in rows])),
    }
    return xr.Dataset(columns | kinds, coords=grids | {"end": list(_ENDS)})
