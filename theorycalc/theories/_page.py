"""A theory as a page: its statements, their formulas, and the evidence beside each.

Pure functions from data to HTML, for notebooks, reports and the documentation; they differ in who
sets the TeX: MathJax in a notebook, the browser itself (MathML) everywhere else.
"""

import html
import re
from collections.abc import Callable, Iterable

from theorycalc.core import display
from theorycalc.core.errors import missing_extra
from theorycalc.core.looks import badge

# typeset(TeX, with large fractions and sums)
Typeset = Callable[[str, bool], str]

_STYLE = """
.theorycalc { line-height: 1.5; overflow-wrap: break-word; }
.theorycalc p, .theorycalc details { margin: .25rem 0; }
.theorycalc section { margin: .7rem 0; }
.theorycalc sub, .theorycalc sup { line-height: 0; }
.theorycalc summary { cursor: pointer; opacity: .75; font-size: .9em; }
.theorycalc .quiet { opacity: .75; font-size: .9em; }
.theorycalc .formulas { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 2.5rem;
  margin: .5rem 1.5rem; }
.theorycalc .formulas > div { overflow-x: auto; overflow-y: hidden; padding: .4rem 0; }
.theorycalc math { font-family: "Latin Modern Math", "STIX Two Math", "Cambria Math", math;
  font-size: 1.1em; }
.theorycalc .formulas math { display: inline math; }
.theorycalc table { border-collapse: collapse; width: 100%; font-size: .85em; margin: .4rem 0; }
.theorycalc th, .theorycalc td { text-align: left; vertical-align: top; white-space: normal;
  padding: .2rem .6rem; border-bottom: 1px solid #8884; }
.theorycalc th:nth-child(1) { width: 24%; } .theorycalc th:nth-child(2) { width: 13%; }
.theorycalc th:nth-child(3) { width: 29%; } .theorycalc th:nth-child(4) { width: 25%; }
.theorycalc .number { font-variant-numeric: tabular-nums; overflow-wrap: normal; }
.theorycalc .rows { overflow-x: auto; }
.theorycalc .error { white-space: nowrap; }
.theorycalc .verdict { white-space: nowrap; }
.theorycalc .pictures { display: flex; flex-wrap: wrap; gap: 1rem; }
.theorycalc figure { margin: .4rem 0; flex: 0 1 32rem; }
.theorycalc figure svg { width: 100%; height: auto; }
"""
# An equation of more TeX than this is no picture of a formula: nobody reads a page of it.
_LONGEST = 2400
_GOOD = ("HOLDS", "AGREES", "REJECTED")
_KINDS = {
    "cases": "number",
    "claims": "claim",
    "propositions": "proposition",
    "experiments": "experiment",
}
_HEAD = "<tr>{}</tr>".format(
    "".join(f"<th>{x}</th>" for x in ("evidence", "", "computed ± error", "expected", "verdict"))
)
# a subscript or a superscript as one writes it in plain text: x_i, x_{i+1}, e^{−x²}, d^2
_SCRIPT = re.compile(r"([_^])(?:\{([^{}]*)\}|([−-]?\d+|[A-Za-zΑ-ω]+|[∞*]))")
_TAGS = {"_": "sub", "^": "sup"}
# What opens and closes groups of TeX, and commas between members of a list.
_GROUPS = re.compile(
    r"(?P<open>\\left\b|\\begin\b|(?<!\\)\{)|(?P<close>\\right\b|\\end\b|(?<!\\)\})|,(?:\\?\s)+"
)
# What browsers take for granted: a tenth of a report.
_USUAL = re.compile(
    r' xmlns="http://www.w3.org/1998/Math/MathML"'
    r'| stretchy="true" fence="true" form="p(?:re|ost)fix"(?=>&#x0002[89];)'
)


def mathjax(tex: str, display: bool) -> str:
    """TeX between the marks by which JupyterLab knows it."""
    style = "\\displaystyle " if display else ""
    return f"${style}{html.escape(tex)}$"


def mathml(tex: str, display: bool) -> str:
    """TeX as MathML, which browsers set without a script."""
    try:
        from latex2mathml.converter import convert
    except ImportError as error:
        raise missing_extra("latex2mathml", "experiments", "a page with formulas") from error
    return _USUAL.sub("", convert(tex, display="block" if display else "inline"))


def fragment(*parts: str) -> str:
    """A piece of a page of others, which keeps its style to itself."""
    moods = "".join(f".theorycalc .{mood} {{ {badge(mood)} }}" for mood in ("good", "bad", "open"))
    style = " ".join((_STYLE + moods).split())
    content = "".join(parts).replace(">\n<", "><")
    return f'<style>{style}</style>\n<div class="theorycalc">\n{content}</div>'


def title(theory, anchor: str = "") -> str:
    """The heading of a theory."""
    return f"<h2{_named(anchor)}>{html.escape(theory.title)}</h2>\n"


def body(theory, typeset: Typeset, outcomes: Iterable = (), anchor: str = "") -> str:
    """All of a theory below its heading.

    Parameters
    ----------
    theory : Theory
    typeset : callable
        `mathjax` or `mathml`.
    outcomes : iterable of Outcome
        What is known of its evidence.
    anchor : str
        The sections of the statements are called so, with their numbers.
    """
    known = {(outcome.kind, outcome.index): outcome for outcome in outcomes}
    sections = (
        _statement(part, [(k, item, known.get((k, i))) for k, i, item in found], typeset, anchor)
        for part, found in theory.parts()
    )
    return _source(theory.reference) + _setting(theory.statement, typeset) + "".join(sections)


def prose(text: str, typeset: Typeset) -> str:
    """Plain text: TeX between dollars, code between backquotes, scripts behind _ and ^."""
    pieces = re.split(r"(\$[^$]+\$|`[^`]+`)", text)
    return "".join(_piece(piece, typeset) for piece in pieces)


def table(rows: Iterable[str]) -> str:
    """Rows below the names of the columns."""
    return f'<div class="rows"><table>\n{_HEAD}\n{"".join(rows)}</table></div>\n'


def row_cells(row, detail: str, typeset: Typeset) -> str:
    """What is known of one line: where, computed, expected, and the verdict in its colour."""
    return (
        f"<td>{prose(detail, typeset)}</td>{_number(row.computed)}{_number(row.expected)}"
        f'<td><span class="verdict {_colour([row])}">{row.verdict}</span></td>'
    )


def _number(text: str) -> str:
    """A cell whose error stays on one line."""
    text = re.sub(r"± \S+", r'<span class="error">\g<0></span>', html.escape(text))
    return f'<td class="number">{text}</td>'


def tally(rows) -> str:
    """How many lines there are, and how many fail."""
    failed = sum(row.failed for row in rows)
    text = f"{len(rows)} checked, {failed} failed" if failed else f"{len(rows)} checked"
    return f'<span class="verdict {_colour(rows)}">{text}</span>'


def _named(anchor: str) -> str:
    return f' id="{html.escape(anchor)}"' if anchor else ""


def _piece(piece: str, typeset: Typeset) -> str:
    if len(piece) > 2 and piece[0] == piece[-1] == "$":
        return _breakable(piece[1:-1], typeset)
    if len(piece) > 2 and piece[0] == piece[-1] == "`":
        return f"<code>{html.escape(piece[1:-1])}</code>"
    text, before = html.escape(piece), ""
    while text != before:  # braces stand inside braces
        before, text = text, _SCRIPT.sub(_script, text)
    return text


def _breakable(tex: str, typeset: Typeset) -> str:
    """TeX in a line of text, in pieces: browsers break no formula, but lists between members."""
    pieces, start, depth = [], 0, 0
    for found in _GROUPS.finditer(tex):
        if found["open"] or found["close"]:
            depth += 1 if found["open"] else -1
        elif not depth:
            pieces.append(f"{tex[start : found.start()]},")
            start = found.end()
    return " ".join(typeset(piece, False) for piece in [*pieces, tex[start:]])


def _script(match: re.Match) -> str:
    tag = _TAGS[match[1]]
    return f"<{tag}>{match[2] if match[3] is None else match[3]}</{tag}>"


def _source(reference) -> str:
    key = html.escape(reference.key)
    if reference.url:
        key = f'<a href="{html.escape(reference.url)}">{key}</a>'
    name = f"{html.escape(reference.title)}, " if reference.title else ""
    return f"<p>{name}{key}</p>\n"


def _setting(text: str, typeset: Typeset) -> str:
    """The first paragraph, and the rest behind a mark that opens it."""
    first, *rest = re.split(r"\n\s*\n", text.strip())
    rest = [_paragraph(part, typeset) for part in rest]
    more = f"<details><summary>setting and references</summary>{''.join(rest)}</details>\n"
    return f"<p>{prose(first, typeset)}</p>\n{more if rest else ''}"


def _paragraph(text: str, typeset: Typeset) -> str:
    """A paragraph of a docstring, below its heading if it has one."""
    lines = text.splitlines()
    heading = ""
    if len(lines) > 1 and set(lines[1].strip()) == {"-"}:
        heading, lines = f"<strong>{html.escape(lines[0])}.</strong> ", lines[2:]
    return f"<p>{heading}{prose(' '.join(map(str.strip, lines)), typeset)}</p>"


def _statement(part, evidence: list, typeset: Typeset, anchor: str) -> str:
    """A statement, its formulas, its evidence as (kind, what, outcome or None), its pictures."""
    number = getattr(part, "number", 0)
    name = _named(f"{anchor}-{number}" if anchor else "")
    outcomes = [outcome for *_, outcome in evidence if outcome]
    parts = (
        _head(part, typeset) if number else "",
        _formulas(part.formulas, typeset),
        _found(evidence, [row for outcome in outcomes for row in outcome.rows], typeset),
        _pictures([picture for outcome in outcomes for picture in outcome.pictures]),
    )
    return f"<section{name}>\n{''.join(parts)}</section>\n"


def _found(evidence: list, rows: list, typeset: Typeset) -> str:
    """A table of what came out; where nothing did, what there is, behind a mark that opens it."""
    lines = [_evidence(*piece, typeset) for piece in evidence]
    if rows:
        return f"<p>{tally(rows)}</p>\n{table(lines)}"
    unchecked = f"<table>\n{''.join(lines)}</table>"
    return (
        f"<details><summary>{_counts(evidence)}</summary>{unchecked}</details>\n" if lines else ""
    )


def _head(statement, typeset: Typeset) -> str:
    where = f" ({html.escape(statement.reference.where)})" if statement.reference.where else ""
    quoted = ' <span class="quiet">quoted</span>' if statement.quoted else ""
    kind = f"<strong>{statement.number}. {statement.kind.capitalize()}</strong>{where}."
    return f"<p>{kind} {prose(statement.text, typeset)}{quoted}</p>\n"


def _formulas(formulas, typeset: Typeset) -> str:
    """Equations side by side; a quantity that several formulas need stands there once."""
    equations = dict.fromkeys(line for f in formulas for line in display.formula_equations(f))
    shown = (_legible(line) for line in equations)
    lines = "".join(f"<div>{typeset(line, True)}</div>\n" for line in shown if line)
    return f'<div class="formulas">\n{lines}</div>\n' if lines else ""


def _legible(equation: str) -> str:
    """An equation, or its left side where the right one would fill pages, or "" for x = x."""
    left, equals, right = equation.partition(" = ")
    if left == right:
        return ""
    return f"{left}{equals}\\cdots" if equals and len(equation) > _LONGEST else equation


def _counts(evidence: list) -> str:
    kinds = [kind for kind, *_ in evidence]
    counts = ((kinds.count(kind), name) for kind, name in _KINDS.items())
    return ", ".join(f"{n} {name}{'s' if n > 1 else ''}" for n, name in counts if n)


def _evidence(kind: str, item, outcome, typeset: Typeset) -> str:
    """What supports a statement: its name and what is expected, or what came out."""
    name, expected = _NAMES[kind](item, typeset)
    if outcome is None:
        return f'<tr><td>{name}</td><td colspan="4">{expected}</td></tr>\n'
    first, *others = (row_cells(row, row.detail, typeset) for row in outcome.rows)
    rest = "".join(f"<tr>{cells}</tr>\n" for cells in others)
    return f'<tr><td rowspan="{len(outcome.rows)}">{name}</td>{first}</tr>\n{rest}'


def _case(case, typeset: Typeset) -> tuple[str, str]:
    name = _breakable(display.formula_call(case.formula, case.params), typeset)
    expected = html.escape(case.expected) if isinstance(case.expected, str) else ""
    return f'{name}<br><span class="quiet">{prose(case.source, typeset)}</span>', expected


def _claim(found, typeset: Typeset) -> tuple[str, str]:
    claim, points = found
    number = f"at {len(points)} points" if len(points) > 1 else ""
    return prose(claim.name, typeset), number


def _proposition(found, typeset: Typeset) -> tuple[str, str]:
    return prose(found.claim.name, typeset), f"for all {_ranges(found, typeset)}"


def _ranges(found, typeset: Typeset) -> str:
    return _breakable(display.region_latex(found.claim.on), typeset)


def _experiment(experiment, typeset: Typeset) -> tuple[str, str]:
    name, what = (prose(text, typeset) for text in (experiment.name, experiment.description))
    return f'{name}<br><span class="quiet">{what}</span>', ""


_NAMES = {
    "cases": _case,
    "claims": _claim,
    "propositions": _proposition,
    "experiments": _experiment,
}


def _pictures(pictures: list) -> str:
    figures = (
        f'<figure aria-label="{html.escape(name)}">{svg}</figure>\n' for name, svg in pictures
    )
    return f'<div class="pictures">\n{"".join(figures)}</div>\n' if pictures else ""


def _colour(rows) -> str:
    if any(row.failed for row in rows):
        return "bad"
    return "good" if all(row.verdict in _GOOD for row in rows) else "open"
