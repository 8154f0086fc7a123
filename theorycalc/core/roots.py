"""Bracketed roots and minimisers, returned with an enclosure."""

import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import sympy

from theorycalc.core.arithmetic import MP, Ball, Float
from theorycalc.core.arithmetic.continuity import is_continuous
from theorycalc.core.binary import binary_mpf, fraction
from theorycalc.core.brackets import shrink, sign
from theorycalc.core.errors import DomainError, NotSupportedError, PrecisionError, explain
from theorycalc.core.evaluation import (
    Arithmetic,
    check_arithmetic,
    check_domain,
    check_supported,
    constants,
    evaluate,
    read_parameters,
)
from theorycalc.core.formula import Formula
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact
from theorycalc.core.value import Rigor, Value

# Function values steer the search and decide signs; ten digits gain ten digits of the root a step.
_STEERING_DIGITS = 10
# Without an enclosure, a function whose values at the ends do not shrink by this is no root's.
_SHRINKS = Fraction(1, 1000)


def find_root(
    formula: Formula,
    name: str,
    bracket,
    using: Arithmetic = Float(),
    **params,
) -> Value:
    """A root of a formula in one argument, between two points where its signs differ.

    Parameters
    ----------
    formula : Formula
    name : str
        The argument that is solved for.
    bracket : pair of numbers
        Points where the formula has opposite signs.
    using : Float, MP or Ball
        The root is enclosed to the digits of this arithmetic. With `Ball` the signs at both ends of
        the enclosure are proved, and the result is CERTIFIED. In every arithmetic the formula is
        shown to be continuous in between, by an enclosure; a formula without one (ESTIMATED) has
        to become small there.
    **params
        Numbers for the other arguments; with enclosures among them the roots are enclosed.

    Returns
    -------
    Value
        The root; ``stats["steps"]`` counts function values. If the bracket holds several roots, one
        of them.

    Raises
    ------
    DomainError
        If the signs at the ends of the bracket do not differ, or for bad parameters.
    PrecisionError
        If the sign of the formula cannot be decided at a point that is needed, or if it changes
        where the formula is not shown to be continuous: at a jump or a pole.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x")
    >>> f = tc.Formula("f", sympy.cos(x) - x)
    >>> print(tc.find_root(f, "x", (0, 1), using=tc.Ball(30)))
    0.739085133215160641655312087674 ± 4e-31
    """
    _check_formula(formula)
    return _sign_change(formula, formula.expr, name, bracket, using, params)


def minimize(
    formula: Formula,
    name: str,
    bracket,
    using: Arithmetic = Float(),
    **params,
) -> Value:
    """A local minimiser of a continuous formula in one argument, inside a bracket.

    The derivative must be negative at the left end and positive at the right end, not zero; a point
    where it changes from one to the other is enclosed, which may be a kink. Its parameters, result
    and errors are those of `find_root`.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", positive=True)
    >>> print(tc.minimize(tc.Formula("f", x**x), "x", ("0.1", 2), using=tc.Ball(20)))
    0.36787944117144232160 ± 6e-21
    """
    _check_formula(formula)
    slope = formula.diff(name).expr
    return _sign_change(formula, slope, name, bracket, using, params, rising=True)


def _check_formula(formula) -> None:
    if not isinstance(formula, Formula):
        raise DomainError(
            explain("not a Formula", got=repr(formula), allowed="Formula(name, expr)")
        )


def _sign_change(formula, expr, name, bracket, using, params, rising=False) -> Value:
    """The Value of a point in the bracket where ``expr`` changes its sign."""
    begun = time.perf_counter()
    check_arithmetic(using)
    symbol, values, ends = _read(formula, name, bracket, using, params)
    check_supported(expr, using, values)
    function = _Function(expr, symbol, values, using, zeros=not rising)
    at_ends = [function(end) for end in ends]
    signs = list(map(sign, at_ends))
    if 0 not in signs and (signs[0] == signs[1] or (rising and signs[0] > 0)):
        raise DomainError(
            explain(
                f"{formula.name}: no change of sign in the bracket"
                if not rising
                else f"{formula.name}: the slope does not rise from negative to positive",
                got=f"({', '.join(map(str, bracket))})",
                hint="another bracket",
            )
        )
    a, b = shrink(function, ends[0], ends[1], using.digits)
    shown = a == b or _continuous(formula.expr, symbol, values, a, b)
    if shown is None:
        # a slope may jump at a minimum
        shown = rising or max(map(abs, map(function, (a, b)))) <= _SHRINKS * max(map(abs, at_ends))
    value = Value(
        mid=binary_mpf((a + b) / 2),
        rad=binary_mpf((b - a) / 2),
        rigor=_rigor(using, values, shown),
        using=using,
        reference=formula.reference,
        inputs={s.name: x for s, x in values.items()},
        stats={"steps": function.calls, "seconds": time.perf_counter() - begun},
    )
    if not shown:
        what = f"{formula.name}: the sign changes where the formula is not shown to be continuous"
        hint = "a bracket without jumps and poles"
        raise PrecisionError(explain(what, got=f"{symbol} = {value}", hint=hint), value)
    return value


def _rigor(using, values, shown: bool) -> Rigor:
    known = [x.rigor for x in values.values() if isinstance(x, Value)]
    proved = isinstance(using, Ball) and shown
    return min([Rigor.CERTIFIED if proved else Rigor.ESTIMATED, *known])


def _read(formula, name, bracket, using, params) -> tuple:
    """The symbol solved for, the other parameters, and the ends as binary fractions."""
    symbols = {symbol.name: symbol for symbol in formula.args}
    name = str(name)
    if name not in symbols:
        raise DomainError(explain("not an argument", got=name, allowed=", ".join(symbols)))
    symbol = symbols.pop(name)
    values = read_parameters(symbols.values(), params)
    pair = bracket if isinstance(bracket, Sequence) else ()
    ends = tuple(exact(end, "bracket") for end in pair)
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise DomainError(explain("not a bracket", got=bracket, allowed="a pair (a, b), a < b"))
    for end in ends:
        check_domain(formula.domain, {**values, symbol: end}, formula.name)
    return (
        symbol,
        values,
        tuple(fraction(MP(2 * using.digits).evaluate(lower(e), []).mid) for e in ends),
    )


class _Function:
    """The expression at binary fractions: a rational whose sign is that of the value."""

    def __init__(self, expr, symbol, values, using, *, zeros: bool = True):
        # whether a zero is an answer: one of a slope does not say which way it changes
        self.zeros = zeros
        # where the values are known up to a radius only, the signs near a root are not decided
        self.blurred = isinstance(using, Float) or any(
            isinstance(x, Value) for x in values.values()
        )
        self.values = {symbol: None, **values}
        self.symbol = symbol
        self.program = lower(expr, tuple(self.values))
        # balls take the points exactly; mpmath rounds them, and must not move them
        digits = _STEERING_DIGITS + (using.digits if isinstance(using, MP) else 0)
        self.using = using if isinstance(using, Float) else replace(using, digits=digits)
        self.calls = 0

    def __call__(self, x: Fraction) -> Fraction:
        self.calls += 1
        values = self.values | {self.symbol: sympy.Rational(x)}
        value = evaluate(self.program, values, self.using)
        zero = value.mid == 0 and (value.rad == 0 or isinstance(self.using, MP))
        if value.contains(0) and not (zero and self.zeros):
            message = explain("the sign is not decided", got=value, hint="another bracket")
            raise PrecisionError(message, value)
        return fraction(value.mid)


def _continuous(expr, symbol, values, a: Fraction, b: Fraction) -> bool | None:
    """Whether the expression is shown to be continuous on [a, b]; None if it has no enclosure."""
    try:
        check_supported(expr, Ball())
        program = lower(expr, (symbol, *values))
    except NotSupportedError:
        return None
    mid, rad = binary_mpf((a + b) / 2), binary_mpf((b - a) / 2)
    interval = Value(mid=mid, rad=rad, rigor=Rigor.CERTIFIED)
    return is_continuous(program, constants({symbol: interval, **values}))
