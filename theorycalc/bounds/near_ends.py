"""Expressions as sums of germs: by a rule for each kind of node.

Tables: what a function is where its argument goes to 0 or to ∞, in terms of others.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import count

import sympy
from flint import arb, fmpq, fmpq_series
from sympy import S

from theorycalc.bounds.coefficients import ball, exactly, in_sympy, sign
from theorycalc.bounds.domain import fmpq_of_end
from theorycalc.bounds.germ_sums import LOG, ONE, Germs, GermSum, UnclearError, constant, is_small
from theorycalc.core.arithmetic.series_context import taylor_on
from theorycalc.core.at_zero import expansion_at_zero, has_expansion_at_zero
from theorycalc.core.enveloping import enclosing_expansion
from theorycalc.core.errors import DomainError, NotSupportedError
from theorycalc.core.graph import free_symbols, postorder
from theorycalc.core.lowering import lower

_WHOLE = (sympy.Piecewise, sympy.Integral, sympy.Sum, sympy.Product)
# Any number from 0 to 1.
_PART = arb(0).union(arb(1))
PART: GermSum = {ONE: _PART}
_Z, _POSITIVE = sympy.Dummy("z", real=True), sympy.Dummy("z", positive=True)
_THETA = sympy.Dummy("theta", nonnegative=True)
# Longer derivatives are not written out.
_LONGEST = 200

# Functions that are written with others wherever they are.
_WRITTEN: dict[type, Callable] = {
    sympy.cot: lambda z: sympy.cos(z) / sympy.sin(z),
    sympy.sec: lambda z: 1 / sympy.cos(z),
    sympy.csc: lambda z: 1 / sympy.sin(z),
    sympy.coth: lambda z: 1 / sympy.tanh(z),
    sympy.sech: lambda z: 1 / sympy.cosh(z),
    sympy.csch: lambda z: 1 / sympy.sinh(z),
    sympy.binomial: lambda n, k: sympy.binomial(n, k).rewrite(sympy.gamma),
    sympy.factorial: lambda n: sympy.gamma(n + 1),
    sympy.beta: lambda a, b: sympy.gamma(a) * sympy.gamma(b) / sympy.gamma(a + b),
    sympy.harmonic: lambda n: sympy.digamma(n + 1) + sympy.EulerGamma,
}
# Where the argument goes to 0 from above: what is left has a Taylor series there.
_AT_ZERO: dict[type, Callable] = {
    sympy.gamma: lambda z: sympy.gamma(z + 1) / z,
    sympy.loggamma: lambda z: sympy.loggamma(z + 1) - sympy.log(z),
    sympy.digamma: lambda z: sympy.digamma(z + 1) - 1 / z,
    sympy.polygamma: lambda m, z: (
        sympy.polygamma(m, z + 1) + (-1) ** (m + 1) * sympy.factorial(m) / z ** (m + 1)
    ),
}
# Where the argument goes to ∞.
_AT_INFINITY: dict[type, Callable] = {
    sympy.tanh: lambda z: (1 - sympy.exp(-2 * z)) / (1 + sympy.exp(-2 * z)),
    sympy.atan: lambda z: sympy.pi / 2 - sympy.atan(1 / z),
    sympy.asinh: lambda z: sympy.log(z + sympy.sqrt(z**2 + 1)),
    sympy.acosh: lambda z: sympy.log(z + sympy.sqrt(z**2 - 1)),
    sympy.lowergamma: lambda s, z: sympy.gamma(s) - sympy.uppergamma(s, z),
}
_ODD = (sympy.tanh, sympy.atan, sympy.asinh, sympy.erf)
# Where the argument comes to an end at which the function has a root.
_AT_ONE: dict[type, Callable] = {
    sympy.acos: lambda z: 2 * sympy.asin(sympy.sqrt((1 - z) / 2)),
    sympy.asin: lambda z: sympy.pi / 2 - 2 * sympy.asin(sympy.sqrt((1 - z) / 2)),
}
# Where the argument comes to a pole c, as what has none there.
_AT_POLES: dict[type, Callable] = {
    sympy.tan: lambda z, c: sympy.sin(z) / sympy.cos(z),
    sympy.gamma: lambda z, c: sympy.gamma(z - c + 1) / sympy.rf(z, 1 - c),
    sympy.digamma: lambda z, c: (
        sympy.digamma(z - c + 1) - sympy.Add(*(1 / (z + k) for k in range(1 - c)))
    ),
}
_AT_MINUS_ONE: dict[type, Callable] = {
    sympy.acos: lambda z: sympy.pi - 2 * sympy.asin(sympy.sqrt((1 + z) / 2)),
    sympy.asin: lambda z: 2 * sympy.asin(sympy.sqrt((1 + z) / 2)) - sympy.pi / 2,
}
# Rational Taylor coefficients at 0.
_RATIONAL: dict[type, Callable] = {
    getattr(sympy, name): getattr(fmpq_series, name)
    for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "atan", "asinh", "atanh")
}


def expanded(expr: sympy.Expr, known: dict[sympy.Symbol, GermSum], germs: Germs) -> GermSum:
    """An expression as a sum of germs, given those of its symbols.

    Raises
    ------
    UnclearError
        If what it does is not seen.
    """
    found: dict = dict(known)
    for node in postorder(expr, leaves=_WHOLE):
        if node not in found:
            fixed = free_symbols(node).isdisjoint(known)
            found[node] = _number(node) if fixed else _node(node, found, germs)
    return found[expr]


def _number(node: sympy.Expr) -> GermSum:
    if not isinstance(node, sympy.Expr) or not ball(c := exactly(node)).is_finite():
        raise UnclearError
    return constant(c)


def _node(node: sympy.Basic, found: dict, germs: Germs) -> GermSum:
    parts = [found[arg] for arg in node.args] if not isinstance(node, _WHOLE) else []
    if node.is_Add:
        return germs.add(*parts)
    if node.is_Mul:
        total = parts[0]
        for part in parts[1:]:
            total = germs.mul(total, part)
        return total
    if node.is_Pow:
        return _power(*parts, germs)
    rule = _RULES.get(type(node))
    if rule is not None:
        return rule(*parts, germs)
    return _function(node, parts, found, germs)


def _power(base: GermSum, exponent: GermSum, germs: Germs) -> GermSum:
    c = exponent.get(ONE, fmpq(0))
    if type(c) is fmpq and set(exponent) <= {ONE}:
        return germs.power(base, c)
    return _exp(germs.mul(exponent, _log(base, germs)), germs)


def _log(x: GermSum, germs: Germs) -> GermSum:
    """log c − p L + m log L + log(1 + u), in which log L is a part of L."""
    (p, m), c, u = germs.leading(x)
    around = germs.range_of(u)
    if sign(c) < 0 or not 1 + around > 0:
        raise UnclearError
    start = c.log() if isinstance(c, arb) else _of_exact(sympy.log, c)
    total = germs.add(constant(start), {LOG: -p})
    if m != 0:
        most = germs.near.least_log.log() / germs.near.least_log
        total = germs.add(total, {LOG: arb(m) * arb(0).union(most)})
    logarithms = (fmpq(-((-1) ** k), k) if k else fmpq(0) for k in count())

    def rest(n):
        ends = [(1 + end) ** -n for end in (around.lower(), around.upper())]
        return ends[0].union(ends[1]) * (-1) ** (n + 1) / n

    return germs.add(total, germs.series(logarithms, u, rest))


def _exp(x: GermSum, germs: Germs) -> GermSum:
    """e^c t^{−a} times the exponential of what goes to 0, for c + a L + …."""
    if x and not is_small(first := next(iter(x))) and first not in (ONE, LOG):
        return _vanishing(x, germs)
    logs, c = x.get(LOG, fmpq(0)), x.get(ONE, fmpq(0))
    if type(logs) is not fmpq:
        return _bounded_exp(x, logs, germs)
    u = {key: v for key, v in x.items() if key not in (ONE, LOG)}
    around = germs.range_of(u)
    series = germs.series(
        (fmpq(1, math.factorial(k)) for k in count()),
        u,
        lambda n: around.exp() / math.factorial(n),
    )
    factor = c.exp() if isinstance(c, arb) else _of_exact(sympy.exp, c)
    return germs.scaled(series, factor, (-logs, fmpq(0)))


def _bounded_exp(x: GermSum, logs, germs: Germs) -> GermSum:
    """An exponential that is t to a power that is not rational: a part of one that is."""
    rest = germs.range_of({key: c for key, c in x.items() if key != LOG}).exp()
    power = -ball(logs).upper()
    if not (power.is_finite() and rest.is_finite()):
        raise UnclearError
    return {(fmpq_of_end(power), fmpq(0)): _PART * rest}


def _vanishing(x: GermSum, germs: Germs) -> GermSum:
    """exp(−b s) with s = t^−q is t^K times s^{K/q} exp(−b s), which is largest at s = K/(q b)."""
    (p, m), c, u = germs.leading(x)
    around = 1 + germs.range_of(u)
    if sign(c) > 0 or not around > 0 or not p < 0 or m < 0:
        raise UnclearError
    rate = (-ball(c) * around * germs.near.least_log ** arb(m)).lower()
    order = fmpq(2 * germs.count)
    share = arb(order) / -arb(p)
    place = (share / rate).max(germs.near.least_of(p, fmpq(0)))
    return {(order, fmpq(0)): _PART * (place**share * (-rate * place).exp())}


def _abs(x: GermSum, germs: Germs) -> GermSum:
    return germs.scaled(x, fmpq(_sign(x, germs))) if x else x


def _sign(x: GermSum, germs: Germs) -> int:
    """The sign for all t."""
    if not x:
        return 0
    _, c, u = germs.leading(x)
    if not 1 + germs.range_of(u) > 0:
        raise UnclearError
    return sign(c)


def is_positive(x: GermSum, germs: Germs) -> bool:
    """Whether the quantity is positive for all t."""
    try:
        return _sign(x, germs) > 0
    except UnclearError:
        return False


_RULES: dict[type, Callable] = {
    sympy.exp: _exp,
    sympy.log: _log,
    sympy.Abs: _abs,
}


def _extreme(node, parts: list[GermSum], germs: Germs) -> GermSum:
    """The largest or the smallest."""
    best, direction = parts[0], 1 if isinstance(node, sympy.Max) else -1
    for part in parts[1:]:
        difference = germs.add(part, germs.scaled(best, fmpq(-1)))
        best = part if direction * _sign(difference, germs) > 0 else best
    return best


def _function(node: sympy.Basic, parts: list, found: dict, germs: Germs) -> GermSum:
    if isinstance(node, sympy.Max | sympy.Min):
        return _extreme(node, parts, germs)
    if not isinstance(node, sympy.Function):
        raise UnclearError
    if type(node) in _WRITTEN:
        return _other(_WRITTEN[type(node)](*node.args), found, germs)
    moving = [arg for arg in node.args if not free_symbols(arg).isdisjoint(found)]
    if len(moving) != 1 or node.args[-1] != moving[0]:
        definition = getattr(type(node), "definition", None)
        if definition is None:
            raise UnclearError
        return _other(definition(*node.args), found, germs)
    *parameters, inside = node.args
    return _of_one(node.func, tuple(parameters), inside, found, germs)


def _other(expr: sympy.Expr, found: dict, germs: Germs) -> GermSum:
    """What is written in another way."""
    return expanded(expr, found, germs)


def _of_one(function, parameters: tuple, inside: sympy.Expr, found: dict, germs: Germs) -> GermSum:
    """f(parameters, u) by where u goes."""
    u = found[inside]
    first = next(iter(u), ONE)
    if is_small(first) or not u:
        return _near_zero(function, parameters, u, germs)
    if first != ONE:
        if sign(u[first]) > 0:
            return _near_infinity(function, parameters, u, germs)
        if function not in _ODD:
            raise UnclearError
        return germs.scaled(
            _near_infinity(function, parameters, germs.scaled(u, fmpq(-1)), germs), fmpq(-1)
        )
    for end, table in ((1, _AT_ONE), (-1, _AT_MINUS_ONE)):
        if u[ONE] == end and function in table:
            return expanded(table[function](_Z), {_Z: u}, germs)
    if function in _AT_POLES and not isinstance(u[ONE], arb):
        c = in_sympy(u[ONE])
        if function(c) is S.ComplexInfinity:
            return expanded(_AT_POLES[function](_Z, c), {_Z: u}, germs)
    return _by_taylor(function, parameters, u, germs)


def _near_zero(function, parameters: tuple, u: GermSum, germs: Germs) -> GermSum:
    if function not in _AT_ZERO and not has_expansion_at_zero(function):
        return _by_taylor(function, parameters, u, germs)
    if function in _AT_POLES and not is_positive(u, germs):
        return expanded(_AT_POLES[function](_Z, S.Zero), {_Z: u}, germs)
    if not is_positive(u, germs):
        raise UnclearError
    if function in _AT_ZERO:
        return expanded(_AT_ZERO[function](*parameters, _POSITIVE), {_POSITIVE: u}, germs)
    found = _table(expansion_at_zero, function, parameters, germs.count)
    if not germs.range_of(u) < ball(exactly(found.start)):
        raise UnclearError
    return _with_parts(found.expr, u, germs)


def _near_infinity(function, parameters: tuple, u: GermSum, germs: Germs) -> GermSum:
    if function in _AT_INFINITY:
        return expanded(_AT_INFINITY[function](*parameters, _POSITIVE), {_POSITIVE: u}, germs)
    found = _table(enclosing_expansion, function, parameters, germs.count)
    (p, m), c, rest = germs.leading(u)
    least = ball(c) * germs.near.least_of(p, m) * (1 + germs.range_of(rest))
    if p > 0 or m < 0 or not least > ball(exactly(found.start)):
        raise UnclearError
    return _with_parts(found.expr, u, germs)


@lru_cache(maxsize=1024)
def _table(expansion: Callable, function: type, parameters: tuple, terms: int):
    """An expansion of a table, if the function is in it."""
    try:
        return expansion(function, parameters, terms, x=_POSITIVE, theta=_THETA)
    except NotSupportedError as error:
        raise UnclearError from error


def _with_parts(expr: sympy.Expr, u: GermSum, germs: Germs) -> GermSum:
    """An expression of u and of parts of remainders."""
    parts = expr.free_symbols - {_POSITIVE}
    return expanded(expr, {_POSITIVE: u, **dict.fromkeys(parts, PART)}, germs)


def _by_taylor(function, parameters: tuple, x: GermSum, germs: Germs) -> GermSum:
    """f at a number plus what goes to 0."""
    c = x.get(ONE, fmpq(0))
    u = {key: v for key, v in x.items() if key != ONE}
    outer = function(*parameters, _Z)
    try:
        program = lower(outer, (_Z,))
        around = ball(c) + germs.range_of(u)
        coefficients = _taylor(outer, c, program, germs.count)
        return germs.series(coefficients, u, lambda n: taylor_on(program, around, n + 1)[n])
    except (DomainError, NotSupportedError, ZeroDivisionError) as error:
        raise UnclearError from error


def _taylor(outer: sympy.Expr, c, program, length: int):
    """The coefficients at a number, exact if that is."""
    if isinstance(c, arb):
        return taylor_on(program, c, length)
    if type(c) is fmpq and c == 0 and type(outer) in _RATIONAL:
        series = _RATIONAL[type(outer)](fmpq_series([0, 1], prec=length))
        return [series[k] for k in range(length)]
    return (_coefficient(outer, in_sympy(c), program, k) for k in range(length))


def _coefficient(outer: sympy.Expr, c: sympy.Expr, program, k: int):
    value = _exact_coefficient(outer, c, k)
    return taylor_on(program, ball(exactly(c)), k + 1)[k] if value is None else exactly(value)


@lru_cache(maxsize=4096)
def _exact_coefficient(outer: sympy.Expr, c: sympy.Expr, k: int) -> sympy.Expr | None:
    slope = _slope(outer, k)
    if sympy.count_ops(slope) > _LONGEST:
        return None
    value = slope.subs(_Z, c) / sympy.factorial(k)
    if value.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
        raise UnclearError
    return sympy.expand(value)


@lru_cache(maxsize=4096)
def _slope(outer: sympy.Expr, k: int) -> sympy.Expr:
    if k == 0:
        return outer
    before = _slope(outer, k - 1)
    return before if sympy.count_ops(before) > _LONGEST else before.diff(_Z)


def _of_exact(function, c):
    """A function of an exact number."""
    return exactly(function(in_sympy(c)))
