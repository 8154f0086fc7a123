"""Where double descent has its peak, and how high it is."""

from dataclasses import dataclass
from typing import cast

import sympy
from sympy import Expr, oo

from theorycalc.core.arithmetic import Float
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.evaluation import Arithmetic, check_arithmetic
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Record
from theorycalc.core.numbers import exact
from theorycalc.core.records import check_fields, instance, sequence
from theorycalc.core.roots import find_root
from theorycalc.core.value import Value
from theorycalc.learning_curves import in_doubles

_RANGE = ("1/100", 100)


@dataclass(frozen=True, repr=False)
class Peak(Record):
    """A local maximum of a curve.

    Attributes
    ----------
    at, height : Value
        Where it is, and the value there.
    """

    at: Value
    height: Value

    def __post_init__(self):
        check_fields(self)


def peak(curve, between=_RANGE, using: Arithmetic = Float()) -> Peak:
    """The largest local maximum of a curve in one symbol: the peak of double descent.

    Parameters
    ----------
    curve : Formula
        Of one argument, such as the ``test`` of `ridge`, `kernel` or `random_features` with one
        symbol.
    between : pair of positive numbers
        Where it is looked for.
    using : Float, MP or Ball

    Returns
    -------
    Peak
        The place is a root of the derivative, enclosed as by `theorycalc.find_root`; the height is
        the value of the curve on that enclosure. A curve that is infinite at a point, as without a
        ridge, has its peak there.

    Raises
    ------
    DomainError
        If the curve has several symbols, or no maximum in between.

    Notes
    -----
    Which of several maxima is the largest is decided by 400 points in doubles, equally spaced in
    the logarithm; a peak that is narrower is not seen.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> gamma = sympy.Symbol("gamma", positive=True)
    >>> curve = tc.learning_curves.ridge(gamma, "1/100", noise="1/4").test
    >>> found = tc.learning_curves.peak(curve, using=tc.Ball(15))
    >>> print(found.at.digits(12), found.height.digits(12))
    1.02809152468 1.44030729194
    >>> without = tc.learning_curves.ridge(gamma, 0, noise="1/4").test
    >>> print(tc.learning_curves.peak(without).at, tc.learning_curves.peak(without).height)
    1 ∞
    """
    curve = instance(curve, Formula, "a curve", hint="tc.learning_curves.ridge(…).test")
    check_arithmetic(using)
    if len(curve.args) != 1:
        got = ", ".join(map(str, curve.args)) or "none"
        raise DomainError(explain("a curve of one argument is needed", got=got))
    low, high = _ends(between)
    (x,) = curve.args
    found = in_doubles.highest(curve.lambdify(), float(low), float(high))
    if found is None:
        got, hint = f"{curve.name} on [{low}, {high}]", "between=…"
        raise DomainError(explain("no maximum in between", got=got, hint=hint))
    bracket = [sympy.Rational(end) for end in found]
    for pole in _left_out(curve, x):
        if bracket[0] <= pole <= bracket[1]:
            return Peak(Formula("", pole).at(using), Formula("", oo).at(using))
    at = find_root(curve.diff(x.name), x.name, bracket, using)
    return Peak(at, curve.at(using, **{x.name: at}))


def _ends(between) -> tuple[Expr, Expr]:
    ends = [exact(end, "an end") for end in sequence(between, "between")]
    if len(ends) != 2 or not 0 < ends[0] < ends[1]:
        allowed = "two positive numbers, ascending"
        raise DomainError(explain("no range", got=between, allowed=allowed))
    return ends[0], ends[1]


def _left_out(curve: Formula, x: sympy.Symbol) -> list[Expr]:
    """The points at which the domain of a curve says that it has no value."""
    found = curve.domain.atoms(sympy.Ne) | sympy.Not(curve.domain).atoms(sympy.Eq)
    roots = (sympy.solve(sympy.Eq(*cast(sympy.Basic, equation).args), x) for equation in found)
    return [root for some in roots for root in some]
