"""The picture of a panel: curves over one argument, and the cursor."""

import io
from collections.abc import Sequence

import numpy as np

from theorycalc.core.errors import missing_extra
from theorycalc.explorer.subjects import Curve

_SIZE, _DPI = (6.4, 3.4), 96


def drawn(
    places: np.ndarray, curves: Sequence[Curve], cursor: float, heights: Sequence, **words: str
) -> bytes:
    """A PNG of curves over places, with a line at the cursor and a dot where it meets them.

    Parameters
    ----------
    places : (n,) array
        Increasing.
    curves : sequence of Curve
    cursor : float
    heights : sequence of float
        Of the curves at the cursor.
    **words
        ``xlabel`` and ``ylabel``.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise missing_extra("matplotlib", "notebook", "a picture") from error
    figure = Figure(figsize=_SIZE, dpi=_DPI)  # not one of pyplot, which a notebook shows twice
    axes = figure.add_axes((0.12, 0.16, 0.85, 0.8))
    for curve, height in zip(curves, heights, strict=True):
        [line] = axes.plot(places, curve.values, label=curve.label)
        if curve.band is not None:
            axes.fill_between(*curve.band, alpha=0.25, linewidth=0, color=line.get_color())
        axes.plot([cursor], [height], "o", color=line.get_color())
    axes.axvline(cursor, color="0.6", linewidth=0.8)
    axes.set(xlim=(places[0], places[-1]), **words)
    if any(curve.label for curve in curves):
        axes.axhline(0, color="0.5", linewidth=1)
        axes.legend()
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
