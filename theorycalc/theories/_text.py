"""A theory as plain text: statements, their formulas, and the evidence beside them."""

import textwrap
from collections.abc import Iterator

from theorycalc.core import display
from theorycalc.core.checks import Verdict
from theorycalc.theories._theory import Theory

_WIDTH = 100


def lines(theory: Theory) -> Iterator[str]:
    """The lines that ``theorycalc show`` prints."""
    yield theory.title
    yield f"{theory.reference}\n{theory.reference.url}\n"
    yield f"{theory.statement.strip()}\n"
    for part, evidence in theory.parts():
        if part is not theory:
            where = f" ({part.reference.where})" if part.reference.where else ""
            quoted = " (quoted)" if part.quoted else ""
            text = f"{part.number}. {part.kind.capitalize()}{where}. {part.text}{quoted}"
            yield textwrap.fill(text, _WIDTH, subsequent_indent="   ") + "\n"
        for formula in part.formulas:
            yield f"{display.formula_unicode(formula)}\n\n{formula.latex()}\n"
        for kind, _, item in evidence:
            text = f"{kind.removesuffix('s')}: {_EVIDENCE[kind](item)}"
            yield textwrap.fill(text, _WIDTH, initial_indent="   ", subsequent_indent="      ")
        yield ""


def _case(case) -> str:
    expected = f" = {case.expected}" if isinstance(case.expected, str) else ""
    return f"{case.label}{expected}: {case.source}"


def _claim(found) -> str:
    claim, points = found
    at = [", ".join(f"{name}={x}" for name, x in point.items()) for point in points if point]
    return claim.name + (f", at {'; '.join(at)}" if at else "")


def _proposition(found) -> str:
    decided = "proved" if found.verdict is Verdict.HOLDS else "refuted"
    return f"{found.claim.name}, {decided} for all {display.region_text(found.claim.on)}"


def _experiment(experiment) -> str:
    return f"{experiment.name}: {experiment.description}"


_EVIDENCE = {
    "cases": _case,
    "claims": _claim,
    "propositions": _proposition,
    "experiments": _experiment,
}
