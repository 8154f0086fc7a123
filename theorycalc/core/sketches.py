"""Small pictures for looks: SVG in the colour of the text around it."""

import math
from collections.abc import Sequence

_WIDTH, _HEIGHT, _MARGIN = 260, 90, 14


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
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{words}">'
        f"<title>{words}</title>{frame}{content}</svg>"
    )
