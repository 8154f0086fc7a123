"""Where an expression is a real number: what has to hold for each of its parts.

A table: a function that is not real everywhere says what its arguments have to satisfy. SymPy's
facts and exact decisions take for granted that all parts of an expression are real, and parts may
cancel in a difference; so it is shown by itself.
"""

from collections.abc import Callable, Iterator

import sympy
from sympy.codegen.cfunctions import expm1, log1p

from theorycalc.bounds.goals import Goal
from theorycalc.core import program as ops
from theorycalc.core.arithmetic.ball import enclose
from theorycalc.core.contractions import softplus
from theorycalc.core.error_functions import erfcx, log_erfc, log_ndtr
from theorycalc.core.errors import DomainError, NotSupportedError
from theorycalc.core.graph import postorder
from theorycalc.core.lowering import handles, lower

_BITS = 128
# How far from the middle to the end it is looked a second time.
_ASIDE = sympy.Rational(2, 7)
# What has limits or branches of its own is looked at as one.
_WHOLE = (sympy.Piecewise, sympy.Integral, sympy.Sum, sympy.Product)
# What is real wherever its arguments are.
_EVERYWHERE = (
    *(sympy.Add, sympy.Mul, sympy.exp, expm1, softplus, sympy.Abs, sympy.sign, sympy.Heaviside),
    *(sympy.Max, sympy.Min, sympy.floor, sympy.ceiling, sympy.frac),
    *(sympy.sin, sympy.cos, sympy.sinc, sympy.atan, sympy.acot, sympy.sinh, sympy.cosh),
    *(sympy.tanh, sympy.sech, sympy.asinh, sympy.erf, sympy.erfc, sympy.erfi, sympy.erf2),
    *(erfcx, log_erfc, log_ndtr),
)


class Magnitude(sympy.Function):
    """|u|, of which nothing is known before it is computed."""

    nargs = 1


@handles(Magnitude)
def _magnitude(node):
    return ops.function, "abs", node.args


def definedness(expr: sympy.Expr, variables) -> Iterator[Goal]:
    """What together implies that an expression and all its parts are real numbers."""
    for node in postorder(expr, leaves=_WHOLE):
        if node.is_Atom or isinstance(node, _EVERYWHERE) or node.is_number:
            continue
        if isinstance(node, _WHOLE):
            yield Goal(1 + Magnitude(node), sympy.S.Zero, strict=True)
            continue
        rule = next((_NEEDED[c] for c in type(node).__mro__ if c in _NEEDED), _computed)
        yield from (goal for goal in rule(node, variables) if not _is_known(goal))


def _is_known(goal: Goal) -> bool:
    x = goal.margin
    return bool(x.is_positive if goal.strict else x.is_nonnegative)


def _computed(node, variables):
    yield Goal(1 + Magnitude(node), sympy.S.Zero, strict=True)


def _positive(x):
    return Goal(x, sympy.S.Zero, strict=True)


def _nonnegative(x):
    return Goal(x, sympy.S.Zero, strict=False)


def _nonzero(x, variables):
    """u > 0 or u < 0, as it is in the middle of real ranges; u² > 0 for integers."""
    if x.is_nonzero:
        return
    whole = any(v.integer for v in variables)
    sign = 0 if whole else sign_in_the_middle(x, variables)
    yield _positive(sign * x if sign else x**2)


def _power(node, variables):
    base, exponent = node.args
    if exponent.is_integer:
        if not exponent.is_nonnegative:
            yield from _nonzero(base, variables)
    elif exponent.is_positive and (exponent.is_Rational or base.is_nonnegative):
        yield _nonnegative(base)
    else:
        yield _positive(base)


def _of_positive(node, variables):
    """Functions with poles at the integers up to 0."""
    argument = node.args[-1]
    if argument.is_positive or sign_in_the_middle(argument, variables) > 0:
        yield _positive(argument)
    else:
        yield from _computed(node, variables)


def _off_poles(node, variables):
    """Γ and its like between their poles as well."""
    argument = node.args[-1]
    if argument.is_positive or sign_in_the_middle(argument, variables) >= 0:
        yield from _of_positive(node, variables)
    else:
        yield from _nonzero(sympy.sin(sympy.pi * argument), variables)


def _strictly_between(node, variables):
    yield _positive(1 - node.args[0] ** 2)


def _between(node, variables):
    yield _nonnegative(1 - node.args[0] ** 2)


def _with_order(node, variables):
    """Bessel functions and their like: entire for whole orders, else real on positive numbers."""
    if not node.args[0].is_integer:
        yield from _of_positive(node, variables)


def _binomial(node, variables):
    n, k = node.args
    if not (n.is_nonnegative or (k.is_integer and k.is_nonnegative)):
        yield _positive(n + 1)


def _both_positive(node, _):
    yield from map(_positive, node.args)


def _zeta(node, variables):
    yield from _nonzero(node.args[0] - 1, variables)
    yield from map(_positive, node.args[1:])


_NEEDED: dict[type, Callable] = {
    sympy.Pow: _power,
    sympy.log: lambda node, _: [_positive(node.args[0])],
    log1p: lambda node, _: [_positive(1 + node.args[0])],
    sympy.asin: _between,
    sympy.acos: _between,
    sympy.acosh: lambda node, _: [_nonnegative(node.args[0] - 1)],
    sympy.atanh: _strictly_between,
    sympy.erfinv: _strictly_between,
    sympy.erfcinv: lambda node, _: [_positive(node.args[0] * (2 - node.args[0]))],
    sympy.tan: lambda node, variables: _nonzero(sympy.cos(*node.args), variables),
    sympy.sec: lambda node, variables: _nonzero(sympy.cos(*node.args), variables),
    sympy.cot: lambda node, variables: _nonzero(sympy.sin(*node.args), variables),
    sympy.csc: lambda node, variables: _nonzero(sympy.sin(*node.args), variables),
    sympy.gamma: _off_poles,
    sympy.digamma: _off_poles,
    sympy.polygamma: _off_poles,
    sympy.loggamma: _of_positive,
    sympy.uppergamma: _of_positive,
    sympy.lowergamma: _both_positive,
    sympy.beta: _both_positive,
    sympy.besselj: _with_order,
    sympy.besseli: _with_order,
    sympy.besselk: _of_positive,
    sympy.bessely: _of_positive,
    sympy.expint: _of_positive,
    sympy.binomial: _binomial,
    sympy.zeta: _zeta,
    sympy.factorial: lambda node, _: [_positive(node.args[0] + 1)],
}


def sign_in_the_middle(x: sympy.Expr, variables) -> int:
    """The sign of a quantity in the middle of the ranges; 0 where it is not found."""
    return _sign_at(x, {v.symbol: v.middle_point for v in variables})


def is_known_to_differ(x: sympy.Expr, variables) -> bool:
    """Whether a quantity is not zero in the middle of the ranges, or beside it."""
    beside = {v.symbol: v.middle_point if v.integer else _beside(v) for v in variables}
    return sign_in_the_middle(x, variables) != 0 or _sign_at(x, beside) != 0


def _beside(v) -> sympy.Expr:
    """A number between the middle of a range and its end."""
    end = v.high if v.high.is_finite else v.middle + 1
    return v.middle + (end - v.middle) * _ASIDE


def _sign_at(x: sympy.Expr, point: dict) -> int:
    try:
        value = enclose(lower(x, [*point]), [lower(place) for place in point.values()], _BITS)
    except (DomainError, NotSupportedError):
        return 0
    return 1 if value > 0 else -1 if value < 0 else 0
