"""How results look: each says once what is seen of it, for notebooks (HTML) and in plain text.

Pure functions from a `Look` to strings, and the two classes that objects take their look from.
"""

import enum
import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass

# The theme gives all other colours; these are read on a dark page and on a light one.
_COLOURS = {"good": "#2e7d32", "bad": "#c62828", "open": "#8a5a00"}
_BADGE = "color:#fff;background:{};padding:0 .4em;border-radius:.3em;font-weight:600"
_STYLE = (
    "<style>.theorycalc-look td, .theorycalc-look th { text-align: left !important; }"
    " .theorycalc-look td { font-variant-numeric: tabular-nums; vertical-align: top; }"
    " .theorycalc-look td + td { overflow-wrap: anywhere; }</style>"
)
_MOODS = {
    **dict.fromkeys(("HOLDS", "AGREES"), "good"),
    **dict.fromkeys(("FAILS", "DEVIATES"), "bad"),
    **dict.fromkeys(("UNDECIDED", "INCONCLUSIVE", "NOT_APPLICABLE"), "open"),
}
# Rows of a table that are shown at its beginning and at its end.
_FIRST, _LAST = 9, 3
# Members of a tuple or a mapping that are shown, and characters of what has no look of its own.
_FEW = 4
_LONGEST = 300


def badge(mood: str) -> str:
    """The style of a verdict, which is read on a dark page and on a light one."""
    return _BADGE.format(_COLOURS[mood])


@dataclass(frozen=True)
class Math:
    """A formula, as TeX and as plain text."""

    tex: str
    text: str

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class Mark:
    """A verdict: "good", "bad" or "open" is its colour."""

    text: str
    mood: str

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class Look:
    """What is seen of an object.

    Attributes
    ----------
    title : tuple
        Strings, formulas and verdicts, in one line.
    columns : tuple of str
        The heads of a table, or none.
    rows : sequence of tuple
    picture : str
        An SVG, in HTML alone: it shows what the rows say.
    """

    title: tuple
    columns: tuple[str, ...] = ()
    rows: Sequence[tuple] = ()
    picture: str = ""


class Shown:
    """What has a look in notebooks: its formula, its fields, or else its plain text."""

    __slots__ = ()

    def _look(self) -> Look:
        return record(self)

    def _repr_html_(self):
        return as_html(self._look())


class Line(Shown):
    """What is one line of plain text."""

    __slots__ = ()

    def _look(self) -> Look:
        return Look((repr(self),))


class Record(Shown):
    """What has the same look in plain text."""

    __slots__ = ()

    def __repr__(self):
        return as_text(self._look())


def mark(member: enum.Enum) -> str | Mark:
    """A verdict in its colour; the name of what is no verdict."""
    text = member.value if isinstance(member.value, str) else member.name
    mood = _MOODS.get(member.name)
    return Mark(text, mood) if mood else text


def record(x) -> Look:
    """A verdict, a formula, or an object by its fields; its plain text, if it has none."""
    if isinstance(x, enum.Enum):
        return Look((mark(x),))
    if hasattr(x, "_repr_latex_"):
        tex = x._repr_latex_().strip("$ \n")
        return Look((Math(tex, repr(x)),))
    names = (
        [f.name for f in fields(x) if f.repr]
        if is_dataclass(x)
        else list(getattr(x, "_fields", ()))
    )
    if not names:
        return Look((repr(x),))
    return Look((type(x).__name__,), (), [(name, getattr(x, name)) for name in names])


def record_html(x) -> str:
    """The look of a named tuple, which has no base of ours."""
    return as_html(record(x))


def record_text(x) -> str:
    """The same in plain text."""
    return as_text(record(x))


def as_html(look: Look) -> str:
    """HTML of less than 40 lines that leaves colours to the theme."""
    title = " ".join(_html(part) for part in look.title)
    lines = [f"<div><b>{title}</b></div>" if look.rows else f"<div>{title}</div>"]
    if look.rows:
        head = "".join(f"<th>{_html(name)}</th>" for name in look.columns)
        lines += ["<table>", f"<thead><tr>{head}</tr></thead>"] if head else ["<table>"]
        lines += [
            f"<tr>{''.join(f'<td>{_html(cell)}</td>' for cell in row)}</tr>"
            for row in shortened(look.rows)
        ]
        lines.append("</table>")
    if look.picture:
        lines.append(look.picture.replace("\n", " "))
    return "\n".join([f'{_STYLE}<div class="theorycalc-look">', *lines, "</div>"])


def as_text(look: Look) -> str:
    """``Name(field=value, …)``, or a line above a table of aligned columns."""
    title = " ".join(map(_text, look.title))
    if not look.rows:
        return title
    if not look.columns:
        parts = (f"{name}={_literal(x)}" for name, x in shortened(look.rows))
        return f"{title}({', '.join(parts)})"
    rows = [look.columns, *([_text(cell) for cell in row] for row in shortened(look.rows))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join((title, *lines))


def shortened(rows: Sequence[tuple]) -> list[tuple]:
    """The rows, or the first and the last of many."""
    if len(rows) <= _FIRST + _LAST + 1:
        return list(rows)
    between = ("…",) * len(rows[0])
    return [*rows[:_FIRST], between, *rows[-_LAST:]]


def _html(x) -> str:
    if isinstance(x, Math):
        tex = " ".join(x.tex.split())
        return f"${html.escape(tex)}$"
    if isinstance(x, Mark):
        return f'<span style="{badge(x.mood)}">{html.escape(x.text)}</span>'
    return html.escape(_text(x))


def _literal(x) -> str:
    return repr(x) if type(x) is str else _text(x)


def _text(x) -> str:
    """One line for anything, in which arrays are their shapes and functions their names."""
    if isinstance(x, str | Math | Mark):
        return str(x)
    if isinstance(x, enum.Enum):
        return x.name
    if isinstance(shape := getattr(x, "shape", None), tuple) and not hasattr(x, "free_symbols"):
        return f"array of shape {' × '.join(map(str, shape)) or '()'}"
    if type(x) in (tuple, list, range):
        return f"({_several(map(_text, x), len(x))})"
    if isinstance(x, Mapping):
        return f"{{{_several((f'{_text(k)}: {_text(v)}' for k, v in x.items()), len(x))}}}"
    if type(x).__repr__ is object.__repr__ or hasattr(x, "__name__"):  # functions, modules
        return getattr(x, "__name__", type(x).__name__)
    text = str(x) if hasattr(x, "_mpf_") or hasattr(x, "rigor") else repr(x)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _several(parts: Iterable[str], count: int) -> str:
    shown = [part for part, _ in zip(parts, range(_FEW), strict=False)]
    return ", ".join(shown) + (f", … {count} in all" if count > _FEW else "")
