"""`explore`: sliders for a formula, a claim, or all that a theory states."""

import sys
from collections.abc import Iterator

from theorycalc.core.arithmetic import Ball
from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.evaluation import Arithmetic, check_arithmetic
from theorycalc.core.formula import Formula
from theorycalc.core.regions import read_region
from theorycalc.explorer.panel import Explorer
from theorycalc.explorer.subjects import OfClaim, OfFormula, Subject
from theorycalc.theories import Paper, Theory

_ALLOWED = "a Formula, a Claim, a Theory or a Paper"


def explore(what, /, using: Arithmetic = Ball(20, seconds=2), **ranges) -> Explorer:
    """A panel for a notebook: sliders, a live picture, and the certified value under the cursor.

    Every argument has a slider. One of them, the axis, is drawn from end to end and its slider is
    the cursor; the others are numbers. Below the picture are the value at the cursor, the formula
    at the numbers of the other sliders, and the line of code that gives the value.

    Parameters
    ----------
    what : Formula, Claim, Theory or Paper
        Of a formula the values are drawn, with a band where it leaves something out or has numbers
        that are not known exactly; of a claim the margins, above 0 where a relation holds. Of a
        theory one of its formulas and claims is chosen.
    using : Float, MP or Ball
        The arithmetic of the value under the cursor; the picture is drawn in doubles.
    **ranges
        Where sliders go, as for `Claim.holds_on`: a pair (low, high), `integers`, SymPy's
        `Interval` or `Range`. By default it is where the claim or the domain says, or a window of
        what the symbols' assumptions allow.

    Returns
    -------
    Explorer

    Raises
    ------
    DomainError
        For anything else, without an argument to move, or for ranges of unknown names.
    MissingExtraError
        Without ipywidgets and matplotlib.

    Examples
    --------
    >>> import theorycalc as tc
    >>> panel = tc.explore(tc.kernels.mlp(3, "relu").ntk)
    >>> panel.sliders["rho"].value = 0.3
    >>> panel.point, panel.code
    ({'rho': '0.3'}, 'formula.at(using=tc.Ball(digits=20), rho="0.3")')
    """
    check_arithmetic(using)
    subjects = [subject for subject in _subjects(what) if subject.can_move]
    if not subjects:
        raise DomainError(explain("nothing that a slider could move", got=shown(what)))
    symbols = {symbol.name: symbol for x in subjects for symbol in x.args}
    return Explorer(subjects, using, read_region(ranges, symbols))


def _subjects(what) -> Iterator[Subject]:
    """What can be looked at."""
    if isinstance(what, Formula):
        yield OfFormula(what, _called(what, "formula"))
    elif isinstance(what, Claim):
        yield OfClaim(what, _called(what, "claim"))
    elif isinstance(what, Paper):
        yield from _of_theory(what.theory, f"{_called(what, 'paper')}.theory")
    elif isinstance(what, Theory):
        yield from _of_theory(what, _called(what, "theory"))
    else:
        raise DomainError(explain("nothing to explore", got=shown(what), allowed=_ALLOWED))


def _of_theory(theory: Theory, called: str) -> Iterator[Subject]:
    for i, formula in enumerate(theory.formulas):
        points = [case.params for case in theory.cases if case.formula is formula]
        yield OfFormula(formula, f"{called}.formulas[{i}]", points)
    for i, (claim, points) in enumerate(theory.claims):
        yield OfClaim(claim, f"{called}.claims[{i}][0]", points)
    for i, proposition in enumerate(theory.propositions):
        yield OfClaim(proposition.claim, f"{called}.propositions[{i}].claim")


def _called(x, otherwise: str) -> str:
    """The name of an object in the notebook, so that code can be run there."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    names = (n for n, y in [*shell.user_ns.items()] if y is x and n[0] != "_") if shell else ()
    return next(iter(names), otherwise)
