"""Bracketed roots and minimisers, returned with an enclosure."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import sympy

from theorycalc.core.arithmetic import MP, Ball, Float
from theorycalc.core.arithmetic.continuity import is_continuous
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
from theorycalc.core.value import Rigor, Value, binary_mpf, fraction

# Function values steer the search and decide signs; ten digits gain ten digits of the root a step.
_STEERING_DIGITS = 10
# Without an enclosure, a function whose values at the ends do not shrink by this is no root's.
_SHRINKS = Fraction(1, 1000)
# So many probes in a row may miss the root, which lies farther away where a function is steep.
_PROBES = 32
# Steps towards the points where the parameters no longer decide the sign.
_CLOSING_STEPS = 16


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
    signs = list(map(_sign, at_ends))
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
    a, b = _shrink(function, ends[0], ends[1], using.digits)
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


def _shrink(function: Callable, a: Fraction, b: Fraction, digits: int) -> tuple[Fraction, Fraction]:
    """Ends of an enclosure whose width is below 10^-digits, relative to the root."""
    smallest = (b - a) / 10 ** (2 * digits)
    while True:
        near, far = sorted((abs(a), abs(b)))
        # once zero is outside and the ends are of one size, that size is the root's
        scaled = a * b > 0 and far <= 2 * near
        width = max(near / 10**digits / 2 if scaled else (b - a) / 64, smallest)
        a, b = _narrow(function, a, b, width)
        if scaled or width == smallest or b - a > width or a == b:
            return a, b


def _narrow(function: Callable, a: Fraction, b: Fraction, width: Fraction) -> tuple:
    """Regula falsi with halved weights (Illinois) until b − a ≤ width, on one binary grid.

    When the secant says that the root is within the width, a probe on its other side closes the
    bracket; when three steps do not halve the bracket, the fourth bisects it.
    """
    grid = Fraction(2) ** math.floor(_log2(width) - 4)
    ends = {"a": (a, function(a)), "b": (b, function(b))}
    weights = {"a": Fraction(1), "b": Fraction(1)}
    widths, moved, probes = [], None, 0
    while True:
        (a, y_a), (b, y_b) = ends["a"], ends["b"]
        if y_a == 0 or y_b == 0:
            return (a, a) if y_a == 0 else (b, b)
        widths.append(b - a)
        if b - a <= width:
            return a, b
        slope = (y_b - y_a) / (b - a)
        left, right = weights["a"] * y_a, weights["b"] * y_b
        x = (a * right - b * left) / (right - left)
        close = moved and abs(ends[moved][1]) < abs(slope) * width / 4
        probes = probes + 1 if close and probes < _PROBES else 0
        if moved and probes:
            x = ends[moved][0] + (width / 2 if moved == "a" else -width / 2)
        elif len(widths) > 3 and b - a > widths[-4] / 2:
            x, widths = (a + b) / 2, []
        x = min(max(round(x / grid) * grid, a + grid), b - grid)
        try:
            x, y = _decided(function, x, grid)
        except PrecisionError:
            if not function.blurred:
                raise
            return _close_in(function, a, x), _close_in(function, b, x)
        side = "a" if _sign(y) in (0, _sign(y_a)) else "b"
        other = "b" if side == "a" else "a"
        weights[other] = weights[other] / 2 if side == moved else Fraction(1)
        weights[side], ends[side], moved = Fraction(1), (x, y), side


def _decided(function: Callable, x: Fraction, grid: Fraction) -> tuple[Fraction, Fraction]:
    """(x, value), or a neighbour of x on the grid if x is a zero that does not show itself."""
    try:
        return x, function(x)
    except PrecisionError:
        return x + grid, function(x + grid)


def _close_in(function: Callable, decided: Fraction, undecided: Fraction) -> Fraction:
    """A point with the sign of the first, near to where the parameters decide no sign."""
    sign = _sign(function(decided))
    for _ in range(_CLOSING_STEPS):
        middle = (decided + undecided) / 2
        try:
            same = _sign(function(middle)) == sign
        except PrecisionError:
            same = False
        decided, undecided = (middle, undecided) if same else (decided, middle)
    return decided


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


def _sign(x: Fraction) -> int:
    return (x > 0) - (x < 0)


def _log2(x: Fraction) -> float:
    return math.log2(x.numerator) - math.log2(x.denominator)
