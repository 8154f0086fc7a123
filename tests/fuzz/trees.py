"""Expressions as nested tuples, read twice: by SymPy for the library, by mpmath for the oracle.

A leaf is the name of a symbol or a rational as a string; a node is (name, *arguments).
"""

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

import sympy
from mpmath import mp
from oracle import UndecidedError, number
from sympy.codegen.cfunctions import expm1, log1p

import theorycalc as tc

SYMBOLS = {name: sympy.Symbol(name, real=True) for name in "xyz"} | {
    "i": sympy.Symbol("i", integer=True)
}
# Rounded numbers closer to a tie than this have no floor, and no sign.
_TIE = Fraction(1, 10**25)
# mpmath does not return for some functions of more than this.
_HUGE = 10**40
# exp of more than this has too many digits before the point.
_MOST = 10**4


class Node(NamedTuple):
    """One function: for SymPy and for mpmath."""

    symbolic: Callable
    numeric: Callable


def is_rational(*values) -> bool:
    """Whether arguments are exact."""
    return all(isinstance(x, Fraction) for x in values)


def _real(x):
    """A number that may be ordered."""
    if isinstance(x, Fraction):
        return x
    if mp.im(x):
        raise UndecidedError
    return mp.re(x)


def _sign(x) -> int:
    x = _real(x)
    if not is_rational(x) and abs(x) < number(_TIE):
        raise UndecidedError
    return (x > 0) - (x < 0)


def _floor(x):
    x = _real(x)
    if not is_rational(x) and abs(x - mp.nint(x)) < number(_TIE):
        raise UndecidedError
    return Fraction(x // 1) if is_rational(x) else Fraction(int(mp.floor(x)))


def _pick(better):
    def choose(*args):
        best = args[0]
        for other in args[1:]:
            if _sign(_difference(other, best)) * better > 0:
                best = other
        return best

    return choose


def _sum(*terms):
    """A sum; a rounded one that vanishes may be any small number, which a quotient makes large."""
    total = _arithmetic(operator.add)(*terms)
    if not total and not is_rational(*terms) and any(terms):
        raise UndecidedError
    return total


def _difference(x, y):
    return _sum(x, -y)


def _arithmetic(operation):
    def apply(*args):
        exact = is_rational(*args)
        return reduce(operation, args if exact else map(number, args))

    return apply


def _divide(x, y):
    if not y:
        raise UndecidedError
    return _arithmetic(operator.truediv)(x, y)


def _power(x, y):
    if is_rational(y) and y.denominator == 1:
        if not x and y < 0:
            raise UndecidedError
        return x ** int(y)
    if not x:
        raise UndecidedError
    x, y = number(x), number(y)
    if abs(y * mp.log(abs(x))) > _MOST:
        raise UndecidedError
    return mp.power(x, y)


def _exp(x):
    if abs(x) > _MOST:
        raise UndecidedError
    return mp.exp(x)


def _modulo(x, y):
    return _difference(x, _arithmetic(operator.mul)(y, Fraction(_floor(_divide(x, y)))))


def _binomial(n, k):
    if is_rational(k) and k.denominator == 1:
        if k < 0:
            return Fraction(0)
        parts = [_divide(_difference(n, Fraction(j)), Fraction(j + 1)) for j in range(int(k))]
        return _arithmetic(operator.mul)(Fraction(1), *parts)
    n, k = number(n), number(k)
    return mp.gammaprod([n + 1], [k + 1, n - k + 1])


def _branches(x, *parts):
    """The first part whose threshold is above x, else the last."""
    *pairs, last = parts
    for threshold, part in zip(pairs[::2], pairs[1::2], strict=True):
        if _sign(_difference(x, threshold)) < 0:
            return part
    return last


def _piecewise(x, *parts):
    *pairs, last = parts
    found = [(part, x < threshold) for threshold, part in zip(pairs[::2], pairs[1::2], strict=True)]
    return sympy.Piecewise(*found, (last, True))


def _unevaluated(function):
    # SymPy's Min and Max take a number for one only where it is written out
    return lambda *args: function(*args, evaluate=not args[-1].free_symbols)


def _erf2(x, y):
    """The function erf(y) − erf(x), by tails where both are far out on one side."""
    if mp.re(x) > 0 and mp.re(y) > 0:
        return mp.erfc(x) - mp.erfc(y)
    if mp.re(x) < 0 and mp.re(y) < 0:
        return mp.erfc(-y) - mp.erfc(-x)
    return mp.erf(y) - mp.erf(x)


def _of_numbers(function):
    """A function of mpmath, of rationals in the precision of the moment."""

    def apply(*args):
        args = list(map(number, args))
        if any(abs(x) > _HUGE for x in args):
            raise UndecidedError
        return function(*args)

    return apply


def _series(p: int):
    """pFq with p upper parameters."""

    def symbolic(*args):
        return sympy.hyper(args[:p], args[p:-1], args[-1])

    def numeric(*args):
        args = list(map(number, args))
        return mp.hyper(args[:p], args[p:-1], args[-1])

    return Node(symbolic, numeric)


NODES: dict[str, Node] = {
    "add": Node(sympy.Add, _sum),
    "mul": Node(sympy.Mul, _arithmetic(operator.mul)),
    "sub": Node(operator.sub, _difference),
    "div": Node(operator.truediv, _divide),
    "pow": Node(sympy.Pow, _power),
    "unit": Node(lambda e: 1 / (1 + e**2), lambda e: _divide(Fraction(1), 1 + e**2)),
    "above": Node(lambda e: 1 + e**2, lambda e: 1 + e**2),
    "small": Node(lambda e: e / (1 + e**2), lambda e: _divide(e, 1 + e**2)),
    "abs": Node(sympy.Abs, abs),
    "sign": Node(sympy.sign, lambda e: Fraction(_sign(e))),
    "heaviside": Node(sympy.Heaviside, lambda e: Fraction(1 + _sign(e), 2)),
    "floor": Node(sympy.floor, _floor),
    "ceiling": Node(sympy.ceiling, lambda e: -_floor(-e)),
    "mod": Node(sympy.Mod, _modulo),
    "max": Node(sympy.Max, _pick(1)),
    "min": Node(sympy.Min, _pick(-1)),
    "piecewise": Node(_piecewise, _branches),
    "exp": Node(sympy.exp, _of_numbers(_exp)),
    "expm1": Node(expm1, _of_numbers(lambda x: _exp(x) * 0 + mp.expm1(x))),
    "log1p": Node(log1p, _of_numbers(mp.log1p)),
    "atan2": Node(sympy.atan2, lambda y, x: mp.atan2(*map(number, map(_real, (y, x))))),
    "sinc": Node(sympy.sinc, _of_numbers(mp.sinc)),
    "factorial": Node(sympy.factorial, _of_numbers(mp.factorial)),
    "binomial": Node(sympy.binomial, _binomial),
    "rising": Node(sympy.RisingFactorial, _of_numbers(mp.rf)),
    "falling": Node(sympy.FallingFactorial, _of_numbers(mp.ff)),
    "lowergamma": Node(sympy.lowergamma, _of_numbers(lambda s, x: mp.gammainc(s, 0, x))),
    "uppergamma": Node(sympy.uppergamma, _of_numbers(mp.gammainc)),
    "besseli_scaled": Node(
        tc.besseli_scaled, _of_numbers(lambda v, x: mp.exp(-x) * mp.besseli(v, x))
    ),
    "besselk_scaled": Node(
        tc.besselk_scaled, _of_numbers(lambda v, x: mp.exp(x) * mp.besselk(v, x))
    ),
    "lowergamma_regularized": Node(
        tc.lowergamma_regularized, _of_numbers(lambda s, x: mp.gammainc(s, 0, x) / mp.gamma(s))
    ),
    "uppergamma_regularized": Node(
        tc.uppergamma_regularized, _of_numbers(lambda s, x: mp.gammainc(s, x) / mp.gamma(s))
    ),
    "erf2": Node(sympy.erf2, _of_numbers(_erf2)),
    "erfcx": Node(tc.erfcx, _of_numbers(lambda x: mp.exp(x * x) * mp.erfc(x))),
    "log_erfc": Node(tc.log_erfc, _of_numbers(lambda x: mp.log(mp.erfc(x)))),
    "log_ndtr": Node(tc.log_ndtr, _of_numbers(lambda x: mp.log1p(-mp.erfc(x / mp.sqrt(2)) / 2))),
    "erfcinv": Node(sympy.erfcinv, _of_numbers(lambda x: mp.erfinv(1 - x))),
    "polygamma": Node(sympy.polygamma, _of_numbers(lambda n, x: mp.psi(int(n), x))),
    "hyperu": Node(tc.hyperu, _of_numbers(mp.hyperu)),
    "hyp0f1": _series(0),
    "hyp1f1": _series(1),
    "hyp2f1": _series(2),
    "hermite_prob": Node(
        _unevaluated(sympy.hermite_prob),
        _of_numbers(lambda n, x: mp.hermite(n, x / mp.sqrt(2)) / mp.sqrt(2) ** n),
    ),
    "lambertw_minus": Node(
        lambda e: sympy.LambertW(e, -1), _of_numbers(lambda x: mp.lambertw(x, -1))
    ),
}
# Those that have the same arguments in SymPy and in mpmath, by their names in both.
_ALIKE = """
    log sqrt cbrt sin cos tan cot sec csc asin acos atan asinh acosh atanh sinh cosh tanh coth
    sech csch asec acsc acoth asech acsch gamma loggamma digamma beta betainc erf erfc erfi erfinv
    besselj bessely besseli besselk polylog zeta lambertw:LambertW expint ei:Ei
    altzeta:dirichlet_eta
"""
_POLYNOMIALS = """
    legendre gegenbauer jacobi hermite laguerre:assoc_laguerre chebyt:chebyshevt chebyu:chebyshevu
"""
for _names, _made in ((_ALIKE, lambda function: function), (_POLYNOMIALS, _unevaluated)):
    for _name in _names.split():
        _short, _, _long = _name.partition(":")
        NODES[_short] = Node(
            _made(getattr(sympy, _long or _short)), _of_numbers(getattr(mp, _short))
        )


def expression(tree) -> sympy.Expr:
    """The tree for SymPy."""
    if isinstance(tree, str):
        return SYMBOLS[tree] if tree in SYMBOLS else sympy.Rational(tree)
    name, *args = tree
    if name in ("sum", "product"):
        body, first, last = args
        kind = {"sum": sympy.Sum, "product": sympy.Product}[name]
        return kind(expression(body), (SYMBOLS["i"], first, last))
    return NODES[name].symbolic(*map(expression, args))


def evaluate(tree, point: Mapping):
    """The number of the tree in mpmath, in the precision of the moment; rationals stay exact."""
    if isinstance(tree, str):
        return point[tree] if tree in point else Fraction(tree)
    name, *args = tree
    if name in ("sum", "product"):
        return _repeated(name, *args, point)
    return NODES[name].numeric(*(evaluate(arg, point) for arg in args))


def _repeated(name, body, first, last, point):
    """Over first … last; a range turned round takes its terms back."""
    turned = last < first - 1
    indices = range(last + 1, first) if turned else range(first, last + 1)
    terms = [evaluate(body, {**point, "i": Fraction(i)}) for i in indices]
    if name == "sum":
        total = _sum(Fraction(0), *terms)
        return -total if turned else total
    total = _arithmetic(operator.mul)(Fraction(1), *terms)
    return _divide(Fraction(1), total) if turned else total
