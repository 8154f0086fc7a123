"""Pictures of the boxes of a proof, in one and two variables."""

from collections.abc import Iterator, Sequence

import sympy

from theorycalc.bounds.domain import Variable
from theorycalc.bounds.sampling import Axis
from theorycalc.bounds.steps import Leaves, Step
from theorycalc.core import sketches
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.pictures import as_axes

_LEFT = "left open"
# Pieces of a line, and how high the bars of boxes are, as a share of the picture.
_PIECES, _BAR = 400, 0.06
# Beyond this ratio of its ends a range is drawn on a logarithmic scale.
_GEOMETRIC = 100


def plotted(steps: Sequence[Step], ax=None):
    """The boxes on axes.

    Raises
    ------
    DomainError
        Where there are none in one or two variables.
    """
    chosen = _chosen(steps)
    if not chosen:
        hint = "str(proof) says what was shown"
        raise DomainError(explain("no boxes in one or two variables to draw", hint=hint))
    ax = as_axes(ax)
    variables = chosen[0].problem.variables
    if len(variables) == 1:
        _bars(ax, chosen)
    else:
        _rectangles(ax, chosen)
    for v, letter in zip(variables, "xy", strict=False):
        ax.set(**{f"{letter}label": f"${sympy.latex(sympy.Symbol(v.name))}$"})
        if _is_geometric(v):
            ax.set(**{f"{letter}scale": "log"})
    ax.legend()
    return ax


def sketched(steps: Sequence[Step]) -> str:
    """The boxes as a small SVG; nothing where there are none in one or two variables."""
    chosen = _chosen(steps)
    if not chosen:
        return ""
    variables = chosen[0].problem.variables
    logs = [_is_geometric(v) for v in variables]
    return sketches.boxes({rule: _corners(cells) for rule, cells in _by_rule(chosen)}, logs)


def _chosen(steps: Sequence[Step]) -> list[Step]:
    """The steps with boxes in the one or two variables of the first of them that has such."""
    covers = [
        part
        for step in steps
        for part in step.walk()
        if isinstance(part.detail, Leaves)
        and len(part.problem.variables) <= 2
        and (part.detail.closed or part.detail.left)
    ]
    names = [[v.name for v in cover.problem.variables] for cover in covers]
    return [cover for cover, own in zip(covers, names, strict=True) if own == names[0]]


def _by_rule(chosen: list[Step]) -> Iterator[tuple[str, list]]:
    """The cells that each rule has closed, and those left."""
    found: dict[str, list] = {}
    for step in chosen:
        for cell, rule in step.detail.closed:
            found.setdefault(rule, []).append(cell)
    yield from found.items()
    if left := [cell for step in chosen for cell in step.detail.left]:
        yield _LEFT, left


def _corners(cells: list) -> list[tuple]:
    return [tuple((float(low), float(high)) for low, high in cell) for cell in cells]


def _bars(ax, chosen: list[Step]) -> None:
    for step in chosen:
        (v,) = step.problem.variables
        low, high = map(float, v.hull)
        places = Axis(low, high, v.low_open, v.high_open, v.integer).line(_PIECES, 1)
        margin = Formula("margin", step.problem.goal.margin, (v.symbol,)).lambdify()
        ax.plot(places, margin(places), color="0.3")
    ax.axhline(0, color="0.5", linewidth=0.5)
    ax.set(ylabel="margin")
    for i, (rule, cells) in enumerate(_by_rule(chosen)):
        spans = [(low, high - low) for ((low, high),) in _corners(cells)]
        transform = ax.get_xaxis_transform()
        style = {"facecolors": _colour(i, rule), "edgecolors": "white", "linewidth": 0.5}
        ax.broken_barh(spans, (0, _BAR), transform=transform, label=rule, **style)


def _rectangles(ax, chosen: list[Step]) -> None:
    from matplotlib.collections import PolyCollection

    for i, (rule, cells) in enumerate(_by_rule(chosen)):
        outlines = [
            [(left, low), (right, low), (right, high), (left, high)]
            for (left, right), (low, high) in _corners(cells)
        ]
        style = {"facecolors": _colour(i, rule), "edgecolors": "white", "linewidths": 0.5}
        ax.add_collection(PolyCollection(outlines, label=rule, **style))
    ax.autoscale_view()


def _colour(i: int, rule: str) -> str:
    return "0.8" if rule == _LEFT else f"C{i}"


def _is_geometric(v: Variable) -> bool:
    low, high = v.hull
    return bool(low > 0 and high > _GEOMETRIC * low)
