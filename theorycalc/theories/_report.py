"""The report of a check as one self-contained HTML page: pure functions from data to text."""

import html
from collections.abc import Sequence
from datetime import UTC, datetime

import theorycalc
from theorycalc.core import display
from theorycalc.core.errors import missing_extra
from theorycalc.core.formula import Formula
from theorycalc.theories._runner import FAILED, Outcome
from theorycalc.theories._theory import Theory

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1b1b; background: #fff; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 3rem; border-bottom: 1px solid #ccc; }
table { border-collapse: collapse; width: 100%; font-size: 13px; margin: 1rem 0; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #e4e4e4;
         vertical-align: top; overflow-wrap: anywhere; }
td.number { font-variant-numeric: tabular-nums; }
td.verdict { font-weight: 600; white-space: nowrap; overflow-wrap: normal; }
td.seconds { text-align: right; white-space: nowrap; overflow-wrap: normal; }
.bad { color: #b00020; } .good { color: #0a6b2d; } .open { color: #8a6100; }
pre { white-space: pre-wrap; background: #f6f6f6; padding: 1rem; border-radius: 4px; }
math { font-size: 1.15em; margin: .6rem 0; }
.formula { overflow-x: auto; overflow-y: hidden; margin: 1.5rem 0; }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; }
.pictures figure { margin: 0; flex: 1 1 26rem; } .pictures svg { width: 100%; height: auto; }
"""
_GOOD = ("HOLDS", "AGREES", "REJECTED")


def page(title: str, loaded: dict[str, Theory], outcomes: Sequence[Outcome]) -> str:
    """The whole page: a summary, then one section for each theory."""
    rows = [row for outcome in outcomes for row in outcome.rows]
    failed = sum(row.failed for row in rows)
    summary = (
        f"{len(rows)} items checked, {failed} failed, "
        f"{sum(row.seconds for row in rows):.0f} seconds of computing; theorycalc "
        f"{theorycalc.__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC."
    )
    sections = "\n".join(_section(name, theory, outcomes) for name, theory in loaded.items())
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{html.escape(title)}</h1>\n<p>{summary}</p>\n{sections}\n</body>\n</html>\n"
    )


def table_page(summary: str, rows) -> str:
    """A summary and a table, failures first, for a notebook."""
    rows = sorted(rows, key=lambda row: not row.failed)
    return f"<style>{_STYLE}</style><p>{html.escape(summary)}</p>{_table(rows)}"


def _section(name: str, theory: Theory, outcomes: Sequence[Outcome]) -> str:
    own = [outcome for outcome in outcomes if any(row.theory == name for row in outcome.rows)]
    rows = [row for outcome in own for row in outcome.rows]
    pictures = [picture for outcome in own for picture in outcome.pictures]
    source = html.escape(str(theory.reference))
    if theory.reference.url:
        source = f'<a href="{html.escape(theory.reference.url)}">{source}</a>'
    formulas = "\n".join(map(_formula, theory.formulas))
    return (
        f"<h2>{html.escape(theory.title)}</h2>\n<p>{source}</p>\n"
        f"<pre>{html.escape(theory.statement.strip())}</pre>\n"
        f"<h3>Formulas</h3>\n{formulas}\n<h3>Results</h3>\n{_table(rows)}\n"
        f'<div class="pictures">{"".join(_picture(*p) for p in pictures)}</div>'
    )


def _formula(formula: Formula) -> str:
    try:
        from latex2mathml.converter import convert
    except ImportError as error:
        raise missing_extra("latex2mathml", "experiments", "a report with formulas") from error
    lines = "".join(convert(line, display="block") for line in display.formula_equations(formula))
    return f'<div class="formula">{lines}</div>'


def _table(rows) -> str:
    head = "".join(
        f"<th>{name}</th>" for name in ("item", "computed ± error", "expected", "verdict", "s")
    )
    body = "\n".join(
        f"<tr><td>{html.escape(row.item)}</td>"
        f'<td class="number">{html.escape(row.computed)}</td>'
        f'<td class="number">{html.escape(row.expected)}</td>'
        f'<td class="verdict {_colour(row.verdict)}">{row.verdict}</td>'
        f'<td class="seconds">{row.seconds:.2f}</td></tr>'
        for row in rows
    )
    return f"<table>\n<tr>{head}</tr>\n{body}\n</table>"


def _picture(title: str, svg: str) -> str:
    # the XML prolog of the file has no place inside a page
    return f'<figure aria-label="{html.escape(title)}">{svg[svg.index("<svg") :]}</figure>'


def _colour(verdict: str) -> str:
    if verdict in FAILED:
        return "bad"
    return "good" if verdict in _GOOD else "open"
