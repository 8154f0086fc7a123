"""Roots of increasing functions, enclosed: Newton's method, and signs on both sides of its end."""

from collections.abc import Callable
from fractions import Fraction

import sympy
from sympy import Rational

_MOST_STEPS = 400


def increasing_root(context, function: Callable, target, start):
    """A ball that holds the x with f(x) = target, for an increasing f.

    Newton's method is run on midpoints from ``start``, from where it must converge; then signs on
    both sides of its result are proved.

    Parameters
    ----------
    function : callable
        x ↦ (f(x), f'(x)) in the numbers of the context.
    target : number of the context
        May be a ball; so may be what the function returns.
    start : number of the context
    """
    x = context.midpoint(start)
    step = None
    for _ in range(_MOST_STEPS):
        value, slope = function(x)
        step = context.midpoint((context.midpoint(target) - value) / slope)
        x = context.midpoint(x + step)
        if context.compare(">", abs(step), _scaled(x, -context.bits // 2, context)) is not True:
            break
    # a step whose square is small was the last but one; a ball of that width holds what is left
    value, slope = function(x)
    step = context.midpoint((context.midpoint(target) - value) / slope)
    x = context.midpoint(x + step)
    unit = _scaled(x, 4 - context.bits, context)
    return _certified(context, function, target, x, context.midpoint(abs(step)) + unit)


def left_of(context, function, target, start):
    """A point at or left of ``start`` where the function is surely below its target."""
    for _ in range(_MOST_STEPS):
        if context.compare(">", function(start)[0], target) is False:
            break
        start = start - abs(start) / 2 - 1
    return start


def _certified(context, function, target, x, radius):
    """x ± radius, doubled until the signs of f − target are proved on both sides."""
    for _ in range(2 * context.bits):
        below = context.compare("<", function(x - radius)[0], target)
        if below and context.compare(">", function(x + radius)[0], target):
            return context.widen(x, radius)
        radius = 2 * radius
    return context.widen(x, context.number(sympy.oo))


def _scaled(x, exponent: int, context):
    """2^exponent (|x| + a little), for x that may be zero."""
    little = context.number(Rational(Fraction(2) ** (-context.bits // 2)))
    return (abs(x) + little) * context.number(Rational(Fraction(2) ** exponent))
