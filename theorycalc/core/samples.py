"""Points of a domain at which formulas are held against each other."""

import sympy

from theorycalc.core.errors import DomainError
from theorycalc.core.evaluation import check_domain, read_parameters

# What arguments are; one after the other where the same number does not fit all.
_ANYWHERE = tuple(map(sympy.Rational, ("3/2", "1/2", "3", "7", "1/3", "-1/4")))


def points_with(formula, name: str, values: list) -> list[dict]:
    """Parameters with these values of one argument, the others anywhere in the domain.

    None where no choice of the others fits all of the values.
    """
    others = [symbol.name for symbol in formula.args if symbol.name != name]
    for fixed in _choices(others):
        points = [{name: value, **fixed} for value in values]
        if all(fits(formula, point) for point in points):
            return points
    return []


def points_in(formula) -> list[dict]:
    """A few parameters anywhere in the domain."""
    names = [symbol.name for symbol in formula.args]
    return [point for point in _choices(names) if fits(formula, point)]


def fits(formula, params: dict) -> bool:
    """Whether parameters are in the domain."""
    try:
        check_domain(formula.domain, read_parameters(formula.args, params), formula.name)
    except DomainError:
        return False
    return True


def _choices(names: list[str]) -> list[dict]:
    """Numbers for names: the same for all, and then different ones."""
    if not names:
        return [{}]
    count = len(_ANYWHERE)
    steps = (0, 1) if len(names) > 1 else (0,)
    return [
        {name: _ANYWHERE[(start + step * i) % count] for i, name in enumerate(names)}
        for step in steps
        for start in range(count)
    ]
