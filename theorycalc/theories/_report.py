"""What a check found, as one page: pure functions from a table of results to HTML."""

import html
from datetime import UTC, datetime

import theorycalc
from theorycalc.theories import _page

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1b1b; background: #fff; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 3rem; border-bottom: 1px solid #ccc; }
"""


def page(title: str, checked) -> str:
    """A file of its own: contents, what failed, then one section for each theory."""
    found = _by_theory(checked)
    sections = "".join(
        _page.title(theory, anchor=name)
        + _page.body(theory, _page.mathml, outcomes, anchor=name)
        + '<p><a href="#contents">contents</a></p>\n'
        for name, theory, outcomes in found
        if theory
    )
    made = f"theorycalc {theorycalc.__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC."
    heading = f"<h1>{html.escape(title)}</h1>\n<p>{checked.summary}; {made}</p>\n"
    failures = _failures(checked.failed, _page.mathml)
    content = _page.fragment(heading, failures, _contents(found), sections)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{content}\n</body>\n</html>\n"
    )


def notebook(checked) -> str:
    """For a notebook: the page of a single theory, or what was found of each of several."""
    found = _by_theory(checked)
    heading = f"<p>{html.escape(checked.summary)}</p>\n"
    failures = _failures(checked.failed, _page.mathjax, links=False)
    if len(found) == 1 and found[0][1]:
        _, theory, outcomes = found[0]
        heading = _page.title(theory) + heading
        content = _page.body(theory, _page.mathjax, outcomes)
    else:
        content = _contents(found, links=False)
    return _page.fragment(heading, failures, content)


def _by_theory(checked) -> list[tuple]:
    """(name, theory, its outcomes), those with failures first; None for what cannot be read."""
    found = []
    for source in checked.sources:
        own = [outcome for outcome in checked.outcomes if outcome.rows[0].theory == source.name]
        readable = own and all(outcome.kind for outcome in own)
        found.append((source.name, source.theory if readable else None, own))
    return sorted(found, key=lambda one: not any(row.failed for row in _rows(one[2])))


def _rows(outcomes) -> list:
    return [row for outcome in outcomes for row in outcome.rows]


def _contents(found, links: bool = True) -> str:
    """Each theory with how it came out."""
    lines = []
    for name, theory, outcomes in found:
        text = html.escape(theory.title if theory else name)
        if links and theory:
            text = f'<a href="#{html.escape(name)}">{text}</a>'
        lines.append(f"<tr><td>{text}</td><td>{_page.tally(_rows(outcomes))}</td></tr>\n")
    return f'<table id="contents">\n{"".join(lines)}</table>\n'


def _failures(rows, typeset: _page.Typeset, links: bool = True) -> str:
    """The lines that fail, at the top, with the theory and the number of the statement."""
    lines = (
        f"<tr><td>{_place(row, links)}</td>{_page.row_cells(row, row.item, typeset)}</tr>\n"
        for row in rows
    )
    return f'<div class="failures">{_page.table(lines)}</div>\n' if rows else ""


def _place(row, links: bool) -> str:
    theory, number = html.escape(row.theory), row.statement
    if not number:
        return theory
    place = f"{theory}, statement {number}"
    return f'<a href="#{theory}-{number}">{place}</a>' if links else place
