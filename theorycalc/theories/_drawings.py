"""The figures of experiments as small SVG elements of a page."""

import io
import re
from textwrap import wrap

from theorycalc.core.errors import missing_extra
from theorycalc.validation.experiment import Figure

# What pictures are written in, and what they say of their making without need.
_FONT = "DejaVu Sans"
# Letters of a title in a line, which is as wide as the picture.
_LINE = 72
_METADATA = ("Creator", "Date", "Format", "Type")
# Two decimals of a point are enough for an eye; a factor below 1 keeps all of its digits.
_COORDINATE = re.compile(r"\b([1-9]\d*\.\d\d)\d+")


def svg(figure: Figure) -> str:
    """The picture as a small SVG element, the same at every run."""
    text = _drawn(figure, "none")
    if set(re.findall(r"font-family: '([^']+)'", text)) - {_FONT}:
        text = _drawn(figure, "path")  # large roots and sums: no browser has these fonts
    return _part_of_a_page(text)


def _drawn(figure: Figure, letters: str) -> str:
    """A file of SVG, drawn without a display; letters as text, "none", or as paths, "path"."""
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure as Canvas
    except ImportError as error:
        raise missing_extra("matplotlib", "experiments", "a report with plots") from error
    text = io.StringIO()
    look = {"svg.fonttype": letters, "svg.hashsalt": "theorycalc", "font.sans-serif": [_FONT]}
    with rc_context(look):
        canvas = Canvas(figsize=(6, 4), layout="constrained")
        axes = canvas.subplots()
        figure.draw(axes)
        axes.set_title("\n".join(wrap(figure.title, _LINE)), fontsize="medium")
        canvas.savefig(text, format="svg", metadata=dict.fromkeys(_METADATA))
    return text.getvalue()


def _part_of_a_page(svg: str) -> str:
    """Without what a page has no use for: a prolog, unused names, a font for every letter."""
    used = set(re.findall(r"#(\w+)", svg))
    text = re.sub(r' id="([\w.]+)"', lambda m: m[0] if m[1] in used else "", svg)
    text = re.sub(rf"; font-family: '{_FONT}'(, sans-serif)?", "", text[text.index("<svg") :])
    text = text.replace("<svg", f'<svg font-family="{_FONT}, sans-serif"', 1)
    text = re.sub(r"<[^>]+>", lambda tag: re.sub(_COORDINATE, r"\1", tag[0]), text)
    return re.sub(r"\n\s*", "\n", text).strip()
