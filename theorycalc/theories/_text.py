"""A theory as plain text: statements, their formulas, and the evidence beside them."""

from collections.abc import Iterator

from theorycalc.core import display
from theorycalc.theories._theory import Theory


def lines(theory: Theory) -> Iterator[str]:
    """The lines that ``theorycalc show`` prints."""
    yield theory.title
    yield f"{theory.reference}\n{theory.reference.url}\n"
    yield f"{theory.statement.strip()}\n"
    for statement in theory.statements:
        where = f" ({statement.reference.where})" if statement.reference.where else ""
        yield f"{statement.number}. {statement.kind.capitalize()}{where}. {statement.text}\n"
        for formula in statement.formulas:
            yield f"{display.formula_unicode(formula)}\n\n{formula.latex()}\n"
        for case in statement.cases:
            expected = case.expected if isinstance(case.expected, str) else "…"
            yield f"   case: {case.label} = {expected}   ({case.source})"
        for claim, points in statement.claims:
            yield f"   claim: {claim.name}, at {len(points)} points"
        for experiment in statement.experiments:
            yield f"   experiment: {experiment.name}: {experiment.description}"
        yield ""
