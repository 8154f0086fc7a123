"""Functions of numbers with errors: the enclosure of all that they may be."""

import operator
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import sympy

from theorycalc.core.arithmetic import Ball
from theorycalc.core.arithmetic.enclosures import number_or_enclosure
from theorycalc.core.checks import Verdict
from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.evaluation import evaluate
from theorycalc.core.expressions import expression
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.value import Value

_DIGITS = 30


def apply(f: Callable, *values) -> Value:
    """A function of numbers, each with its error.

    Parameters
    ----------
    f : callable
        A function of SymPy expressions: ``sympy.exp``, or ``lambda x, y: x * sympy.log(y)``.
    *values : Value or number
        Values, exact numbers, and whatever else a formula takes as a parameter.

    Returns
    -------
    Value
        An enclosure of all that f may be, by ball arithmetic, rounded outwards. Its rigor is the
        weakest of the ingredients', and its arithmetic theirs with the fewest digits. One Value
        that is given twice is one number.

    Raises
    ------
    DomainError
        For what is no number, an f that gives no real expression, and where an enclosure meets a
        pole or the end of a domain.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> v = tc.certify(sympy.pi, digits=20)
    >>> print(tc.apply(sympy.sin, v / 6))
    0.50000000000000000000 ± 2e-30
    >>> print(tc.apply(lambda x, y: x * sympy.log(y), v, 2), v - v)
    2.1775860903036021305 ± 7e-22 0
    """
    if not callable(f):
        allowed = "a function of SymPy expressions, sympy.exp"
        raise DomainError(explain("not a function", got=shown(f), allowed=allowed))
    distinct = list({id(x): x for x in values}.values())
    pattern = tuple(next(i for i, y in enumerate(distinct) if y is x) for x in values)
    symbols, program = _program(f, pattern)
    numbers = {s: number_or_enclosure(x) for s, x in zip(symbols, distinct, strict=True)}
    using = min(
        (x.using for x in distinct if isinstance(x, Value) and x.using is not None),
        key=lambda using: using.digits,
        default=Ball(_DIGITS),
    )
    found = evaluate(program, numbers, Ball(using.digits))
    return replace(found, using=using, inputs={}, stats={})


@lru_cache(maxsize=1024)
def _program(f: Callable, pattern: tuple[int, ...]) -> tuple[tuple, Program]:
    """(symbols, the program of f at them), where equal numbers are equal symbols."""
    symbols = tuple(sympy.Dummy(f"x{i}", real=True) for i in range(max(pattern, default=-1) + 1))
    expr = expression(f(*(symbols[i] for i in pattern)), "the function's value")
    return symbols, lower(expr, symbols)


def compare(relation: str, x, y) -> Verdict:
    """Whether a relation of two numbers holds at all, or at no, places in their enclosures."""
    difference = apply(operator.sub, x, y)
    low, high = difference.lower, difference.upper
    holds, fails = {"<": (high < 0, low >= 0), "<=": (high <= 0, low > 0)}[relation]
    return Verdict.HOLDS if holds else Verdict.FAILS if fails else Verdict.UNDECIDED
