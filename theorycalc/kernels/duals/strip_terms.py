"""Terms of trapezoidal rules for functions analytic in strips, and of their errors.

Their formulas are in `theorycalc.kernels.duals.strip_pairs`.
"""

import math

import sympy

# Of the ends of a strip.
_SLICES = 8


def bells(context, unit, count: int) -> list:
    """e^{−unit·j²} for j = −count, …, count, by products."""
    one = context.real(context.number(sympy.S.One))
    value, ratio = one, context.apply("exp", -unit)
    shrink, right = ratio * ratio, []
    for _ in range(count):
        value, ratio = value * ratio, ratio * shrink
        right.append(value)
    return [*right[::-1], one, *right]


def at_ends(context, heights: list, start: float, end: float, b, rest, h):
    """S of the product of functions in strips of these heights, whose ends lie in an interval."""
    total, slices = 0 * h, number(context, _SLICES)
    for k in range(_SLICES):
        bounds = [
            known(context, f.bound(end, height * (k + 1) / _SLICES, start)) for f, height in heights
        ]
        y = b * k / slices
        falling = context.apply("exp", y * y / (2 * rest) - 2 * context.number(sympy.pi) * y / h)
        total = total + math.prod(bounds) * falling * b / slices
    return total


def alias(context, width, rest, h) -> tuple:
    """(τ, b) for the best b ≤ width."""
    pi = context.number(sympy.pi)
    b = context.apply("min", width, 2 * pi * rest / h)
    tau = 2 * context.apply("exp", b * b / (2 * rest)) / context.apply("expm1", 2 * pi * b / h)
    return tau, b


def known(context, bound):
    """A bound, infinite if there is none."""
    return context.real(context.number(sympy.oo)) if bound is None else bound


def density(context, x):
    """n(x)."""
    x = context.real(x)
    return context.apply("exp", -x * x / 2) / context.apply("sqrt", 2 * context.number(sympy.pi))


def tail(context, x):
    """A bound of Q(x), infinite if x is not known to be positive."""
    if not context.compare(">", x, context.number(sympy.S.Zero)):
        return context.real(context.number(sympy.oo))
    return density(context, x) / x


def lattice_bits(step: float) -> int:
    """What products of a Gaussian along a lattice lose."""
    return 4 - 2 * math.frexp(step)[1]


def number(context, x: float):
    """A double, exactly."""
    return context.real(context.number(sympy.Rational(x)))
