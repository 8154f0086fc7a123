"""The best polynomials of a degree on an interval, and how good they are."""

from dataclasses import dataclass, replace
from typing import Any

import sympy
from sympy import Expr, Rational

from theorycalc.core.apply import apply
from theorycalc.core.arithmetic import Ball
from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.binary import between
from theorycalc.core.errors import (
    CertificationError,
    DomainError,
    NotSupportedError,
    PrecisionError,
    explain,
    shown,
)
from theorycalc.core.expressions import function_expression
from theorycalc.core.formula import Formula
from theorycalc.core.integration.kinks import branch_at, kinks
from theorycalc.core.looks import Record
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.records import check_fields, sequence
from theorycalc.core.value import Rigor, Value
from theorycalc.core.verbs import certify
from theorycalc.optimal.certificate import has_few_turns, lower_bound, upper_bound
from theorycalc.optimal.remez import Problem, exchange, rounded

_MOST_DEGREE = 80
_MOST_DIGITS = 200
_GUARD_BITS = 64
_ATTEMPTS = 3


@dataclass(frozen=True, repr=False)
class BestPolynomial(Record):
    """A polynomial near the best one, and the best error, enclosed.

    Attributes
    ----------
    error : Value
        E_k, the least largest deviation of all polynomials of the degree; CERTIFIED.
    degree : int
    interval : tuple
        Its two ends.
    points : tuple
        Where the deviation is largest, with signs in turn.
    """

    error: Value
    degree: int
    interval: tuple[Expr | int, Expr | int]
    points: tuple[Expr | int, ...]
    polynomial: Expr

    def __post_init__(self):
        check_fields(self)


def polynomial(function, degree: int, on=(-1, 1), digits: int = 20) -> BestPolynomial:
    """The best approximation of a function on an interval by polynomials of a degree.

    Parameters
    ----------
    function : Expr or Formula
        In one symbol, smooth inside of the interval and beside it.
    degree : int
        ≤ 80.
    on : pair of rational numbers
        The interval.
    digits : int
        Relative accuracy of the error, ≤ 200.

    Returns
    -------
    BestPolynomial
        Its ``error`` encloses E_k; ``polynomial`` is a polynomial with rational coefficients whose
        largest deviation is below the upper end. Of a polynomial of the degree the error is 0.

    Raises
    ------
    DomainError
        For a function of several symbols or with kinks inside of the interval, an empty interval,
        or a degree out of range.
    PrecisionError
        If the exchange of Remez finds no alternating error, and CertificationError if the upper
        bound is not proved.

    Notes
    -----
    Remez' algorithm proposes. E_k is at least the least deviation at k + 2 points with signs in
    turn, and at most the largest deviation of what was proposed. That is attained at the ends, or
    in tiny windows around the inner points: between them the deviation is monotone, because
    f^{(k+1)} has one sign, or by mean-value forms.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", real=True)
    >>> best = tc.optimal.polynomial(sympy.exp(x), 5, on=(-2, 2))
    >>> print(best.error)
    0.0032642328275806654056 ± 3e-23
    """
    expr, x = _read_function(function)
    degree = exact_integer(degree, "degree", 0, _MOST_DEGREE)
    digits = exact_integer(digits, "digits", 1, _MOST_DIGITS)
    low, high = _read_interval(on)
    expr = _smooth(expr, x, low, high)
    if expr.is_polynomial(x) and sympy.degree(expr, x) <= degree:
        return BestPolynomial(apply(sympy.Add, 0), degree, (low, high), (), expr)
    best = _raised(expr, x, low, high, degree)
    reached = None
    for attempt in range(_ATTEMPTS):
        bits = (int(4 * digits) + 6 * best + _GUARD_BITS) << attempt
        with working_precision(bits):
            found = _solved(expr, x, low, high, best, digits)
        if found is not None:
            error, coefficients, points = found
            unit = (2 * x - low - high) / (high - low)
            proposed = sympy.expand(sum(c * unit**j for j, c in enumerate(coefficients)))
            reached = BestPolynomial(error, degree, (low, high), tuple(points), proposed)
            if error.accuracy is None or error.accuracy >= digits:
                return reached
    if reached is None:
        raise CertificationError(explain("the best error is not enclosed", got=expr))
    what = f"{digits} digits asked for, {reached.error.accuracy} reached"
    raise PrecisionError(explain(what, hint="fewer digits"), reached.error)


def minimal_degree(function, accuracy, on=(-1, 1)) -> int:
    """The least degree of a polynomial that is within an accuracy of a function on an interval.

    Parameters
    ----------
    function, on
        As for `polynomial`.
    accuracy : number
        > 0, absolute.

    Returns
    -------
    int
        k with E_k ≤ accuracy < E_{k−1}, both certified.

    Raises
    ------
    DomainError
        For an accuracy that is not positive, or as for `polynomial`.
    PrecisionError
        If an E_k is not told from the accuracy, being the same number perhaps, or as for
        `polynomial`.
    NotSupportedError
        If it is larger than 80.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", real=True)
    >>> tc.optimal.minimal_degree(sympy.exp(x), "1e-4", on=(-4, 4))
    11
    """
    accuracy = exact(accuracy, "accuracy")
    if not accuracy > 0:
        raise DomainError(explain("accuracy is not positive", got=accuracy, allowed="> 0"))
    low, high = -1, _MOST_DEGREE  # E_low > accuracy ≥ E_high
    trial = 4
    while low + 1 < high:
        error = polynomial(function, trial, on, digits=6).error
        if error.contains(accuracy):
            error = polynomial(function, trial, on, digits=40).error
        if error.contains(accuracy) and error.rad:
            what = f"the best error of degree {trial} is not told from the accuracy"
            raise PrecisionError(explain(what, got=error, hint="another accuracy"), error)
        if error.upper <= accuracy:
            high = trial
        else:
            low = trial
        trial = (low + high) // 2 if high < _MOST_DEGREE else min(trial * 3 // 2 + 1, high - 1)
    if high == _MOST_DEGREE and polynomial(function, high, on, digits=6).error.upper > accuracy:
        raise NotSupportedError(explain("no degree reaches it", got=f"up to {_MOST_DEGREE}"))
    return high


def _solved(expr, x, low, high, degree: int, digits: int) -> tuple | None:
    """(error, coefficients, points), or None if it is not proved at this precision."""
    problem = Problem.of(expr, x, low, high, degree)
    coefficients, places = exchange(problem, digits)
    below = lower_bound(problem, coefficients, places)
    if below is None:
        return None
    # in a window the error moves by its bend times the square of the width
    width = rounded((high - low) / Rational(2) ** (int(1.8 * digits) + degree + 8))
    few = has_few_turns(expr, x, problem)
    above = upper_bound(problem, coefficients, places, few, width)
    ends = [certify(end, digits=digits + 10) for end in (below, above)]
    mid, rad = between(ends[0].lower, ends[1].upper)
    error = Value(mid=mid, rad=rad, rigor=Rigor.CERTIFIED, using=Ball(digits))
    return replace(error, stats={"degree": degree}), coefficients, places


def _raised(expr, x, low, high, degree: int) -> int:
    """The degree, or one more where that has the same best polynomial: by parity."""
    if low != -high:
        return degree
    mirrored = expr.subs(x, -x)
    is_even = sympy.simplify(mirrored - expr) == 0
    is_odd = sympy.simplify(mirrored + expr) == 0
    return degree + 1 if (is_even and degree % 2 == 0) or (is_odd and degree % 2) else degree


def _read_function(function) -> tuple[Any, sympy.Symbol]:
    expr = function.expr if isinstance(function, Formula) else function
    expr = function_expression(expr, "function")
    if len(expr.free_symbols) != 1:
        got = ", ".join(sorted(map(str, expr.free_symbols))) or "none"
        raise DomainError(explain("not a function of one symbol", got=got))
    [symbol] = expr.free_symbols
    x = sympy.Symbol(str(symbol), real=True)
    return expr.subs(symbol, x), x


def _smooth(expr: Expr, x: sympy.Symbol, low: Rational, high: Rational) -> Expr:
    """The branch that a function is on an interval, without a kink in it."""
    for kink in kinks(expr, x):
        if low < kink < high:
            got, hint = f"{expr} on ({low}, {high})", f"on=({low}, {kink})"
            raise DomainError(explain(f"a kink at {kink}", got=got, allowed="smooth", hint=hint))
    return branch_at(expr, x, (low + high) / 2)


def _read_interval(on) -> tuple:
    ends = [exact(end, "an end of the interval") for end in sequence(on, "an interval")]
    if len(ends) != 2 or not all(isinstance(end, Rational) for end in ends):
        raise DomainError(
            explain("not an interval", got=shown(on), allowed="(low, high), rational")
        )
    if not ends[0] < ends[1]:
        raise DomainError(explain("an empty interval", got=shown(on), allowed="low < high"))
    return ends[0], ends[1]
