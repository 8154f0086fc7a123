"""Small pictures for looks: SVG in the colour of the text around it."""

import html
import math
from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT, _MARGIN = 260, 90, 14
# Read on a dark page and on a light one.
_FILLS = ("#4c78a8", "#f58518", "#54a24b", "#b279a2", "#9d755d", "#72b7b2")
# Of more boxes the largest are drawn.
_BOXES = 300


def decay(places: Sequence[float], sizes: Sequence[float]) -> str:
    """Sizes as points over their places, on a logarithmic scale; what is 0 is left out."""
    logs = [(x, math.log10(size)) for x, size in zip(places, sizes, strict=True) if size > 0]
    if len(logs) < 2:
        return ""
    low, high = min(y for _, y in logs), max(y for _, y in logs)
    points = zip(
        _scaled([x for x, _ in logs], _WIDTH), _scaled([-y for _, y in logs], _HEIGHT), strict=True
    )
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2"/>' for x, y in points)
    ends = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="9">{10**end:.0e}</text>'
        for end, x, y, anchor in ((high, _WIDTH - 4, 11, "end"), (low, 4, _HEIGHT - 4, "start"))
    )
    words = "sizes on a logarithmic scale"
    return _framed(f'<g fill="currentColor">{dots}{ends}</g>', words)


def band(middle: Sequence[float], width: Sequence[float]) -> str:
    """A line and a band of that width on both sides of it."""
    upper = [m + w for m, w in zip(middle, width, strict=True)]
    lower = [m - w for m, w in zip(middle, width, strict=True)]
    count = len(middle)
    xs = _scaled(range(count), _WIDTH) if count > 1 else [_WIDTH / 2]
    heights = _scaled([-y for y in (*middle, *upper, *lower)], _HEIGHT)
    line, top, bottom = (
        [f"{x:.1f},{y:.1f}" for x, y in zip(xs, heights[i * count :], strict=False)]
        for i in range(3)
    )
    area = f'<polygon points="{" ".join(top + bottom[::-1])}" fill="currentColor" opacity=".25"/>'
    path = f'<polyline points="{" ".join(line)}" fill="none" stroke="currentColor"/>'
    return _framed(area + path, "mean and band, sorted")


def boxes(kinds: Mapping[str, Sequence[tuple]], logarithmic: Sequence[bool]) -> str:
    """Intervals ((low, high),) or rectangles of several kinds, each in its colour."""
    fills = {kind: _FILLS[i % len(_FILLS)] for i, kind in enumerate(kinds)}
    found = [(box, fills[kind]) for kind, several in kinds.items() for box in several]
    lengths = (_WIDTH, _HEIGHT)[: len(logarithmic)]
    sides = []
    for i, (log, length) in enumerate(zip(logarithmic, lengths, strict=True)):
        ends = [math.log(x) if log else x for box, _ in found for x in box[i]]
        places = _scaled(ends if i == 0 else [-y for y in ends], length)
        sides.append([sorted(pair) for pair in zip(places[::2], places[1::2], strict=True)])
    if len(sides) == 1:
        sides.append([[_MARGIN, _HEIGHT - _MARGIN]] * len(found))
    drawn = zip(*sides, (fill for _, fill in found), strict=True)
    largest = sorted(drawn, key=lambda x: -(x[0][1] - x[0][0]) * (x[1][1] - x[1][0]))[:_BOXES]
    content = "".join(
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{right - x:.1f}" height="{low - y:.1f}" '
        f'fill="{fill}" stroke="#888" stroke-width=".4"/>'
        for (x, right), (y, low), fill in largest
    )
    return _framed(content, f"boxes closed by: {', '.join(kinds)}")


def _scaled(values: Sequence[float], length: int) -> list[float]:
    """Values between the margins, the least one first."""
    low, high = min(values), max(values)
    span = (high - low) or 1
    return [_MARGIN + (length - 2 * _MARGIN) * ((x - low) / span) for x in values]


def _framed(content: str, words: str) -> str:
    frame = (
        f'<rect x=".5" y=".5" width="{_WIDTH - 1}" height="{_HEIGHT - 1}" fill="none" '
        'stroke="currentColor" opacity=".4"/>'
    )
    words = html.escape(words)
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{words}">'
        f"<title>{words}</title>{frame}{content}</svg>"
    )
