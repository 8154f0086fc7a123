"""Bracketed roots and minimisers, returned with an enclosure."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import sympy

from theorycalc.core import program as ops
from theorycalc.core.arithmetic import MP, Ball, Float
from theorycalc.core.arithmetic.ball import enclose
from theorycalc.core.errors import DomainError, PrecisionError, explain
from theorycalc.core.evaluation import (
    Arithmetic,
    check_arithmetic,
    check_domain,
    check_supported,
    evaluate,
    read_parameters,
)
from theorycalc.core.formula import Formula
from theorycalc.core.graph import postorder
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact
from theorycalc.core.program import Program
from theorycalc.core.value import Rigor, Value, binary_mpf, fraction

# Function values steer the search and decide signs; ten digits gain ten digits of the root a step.
_STEERING_DIGITS = 10
_JUMPS = (sympy.sign, sympy.Heaviside, sympy.floor, sympy.ceiling, sympy.Piecewise)


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
        the enclosure are proved; the result is CERTIFIED if the formula is also shown to be
        continuous in between, and ESTIMATED otherwise.
    **params
        Exact numbers for the other arguments.

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
        If the sign of the formula cannot be decided at a point that is needed.

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

    The derivative must be negative at the left end and positive at the right end; the point where
    it changes sign is enclosed, which may be a kink. Its parameters, result and errors are those of
    `find_root`.

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
    check_supported(expr, using)
    symbol, values, ends = _read(formula, name, bracket, using, params)
    function = _Function(expr, symbol, values, using)
    signs = [_sign(function(end)) for end in ends]
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
    lower_end, upper_end = _shrink(function, *ends, using.digits)
    mid, rad = (lower_end + upper_end) / 2, (upper_end - lower_end) / 2
    proved = isinstance(using, Ball) and _continuous(formula.expr, symbol, values, mid, rad)
    return Value(
        mid=binary_mpf(mid),
        rad=binary_mpf(rad),
        rigor=Rigor.CERTIFIED if proved else Rigor.ESTIMATED,
        using=using,
        reference=formula.reference,
        inputs={s.name: x for s, x in values.items()},
        stats={"steps": function.calls, "seconds": time.perf_counter() - begun},
    )


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

    def __init__(self, expr, symbol, values, using):
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
        if value.contains(0) and value.mid != 0:
            raise PrecisionError(explain("the sign is not decided", got=value), value)
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
        if scaled or width == smallest or a == b:
            return a, b


def _narrow(function: Callable, a: Fraction, b: Fraction, width: Fraction) -> tuple:
    """Regula falsi with halved weights (Illinois) until b − a ≤ width, on one binary grid.

    When the secant says that the root is within the width, a probe on its other side closes the
    bracket; when three steps do not halve the bracket, the fourth bisects it.
    """
    grid = Fraction(2) ** math.floor(_log2(width) - 4)
    ends = {"a": (a, function(a)), "b": (b, function(b))}
    weights = {"a": Fraction(1), "b": Fraction(1)}
    widths, moved = [], None
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
        if moved and abs(ends[moved][1]) < abs(slope) * width / 4:
            x = ends[moved][0] + (width / 2 if moved == "a" else -width / 2)
        elif len(widths) > 3 and b - a > widths[-4] / 2:
            x, widths = (a + b) / 2, []
        x = min(max(round(x / grid) * grid, a + grid), b - grid)
        x, y = _decided(function, x, grid)
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


def _continuous(expr, symbol, values, mid: Fraction, rad: Fraction) -> bool:
    """Whether the expression is shown to be continuous on mid ± rad."""
    jumps = (n for n in postorder(expr) if isinstance(n, _JUMPS) and symbol in n.free_symbols)
    if any(jumps):
        return False
    interval = Program(
        steps=(
            (ops.number, sympy.Rational(mid), ()),
            (ops.number, sympy.Rational(rad), ()),
            (ops.operation, "widen", (0, 1)),
        )
    )
    program = lower(expr, (symbol, *values))
    inputs = [interval, *map(lower, values.values())]
    # a finite enclosure of a composition of continuous functions
    return bool(enclose(program, inputs, 128).is_finite())


def _sign(x: Fraction) -> int:
    return (x > 0) - (x < 0)


def _log2(x: Fraction) -> float:
    return math.log2(x.numerator) - math.log2(x.denominator)
