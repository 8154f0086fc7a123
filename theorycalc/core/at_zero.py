"""Expansions at zero of functions with a logarithm or a root there, with enclosing remainders.

A table: a function with such an expansion is a line, with the reason in its docstring.
"""

from collections.abc import Callable

import sympy
from sympy import Expr, S, digamma, factorial, harmonic, log, rf

from theorycalc.core.enveloping import EnclosingExpansion
from theorycalc.core.errors import NotSupportedError, explain


def expansion_at_zero(
    function: type, parameters: tuple = (), terms: int = 4, *, x=None, theta=None
) -> EnclosingExpansion:
    """The expansion at zero of f(*parameters, x) with so many terms before the remainder.

    It holds for 0 < x < ``start``, with a θ in [0, 1] that depends on x; where two series come in,
    there is another such symbol for the remainder of the second.

    Parameters
    ----------
    function : type
        besseli, besselj, besselk, expint, lowergamma or uppergamma.
    parameters : tuple of numbers
        Its other arguments, which come before x.
    terms : int
        How many terms of a series are kept, or more where the next are not known to shrink.
    x, theta : Symbol, optional
        The symbols of the result, new ones by default.

    Raises
    ------
    NotSupportedError
        For a function without such an expansion.

    Examples
    --------
    >>> import sympy
    >>> from theorycalc.core.at_zero import expansion_at_zero
    >>> x, theta = sympy.symbols("x theta", positive=True)
    >>> expansion_at_zero(sympy.expint, (1,), 1, x=x, theta=theta).expr
    -theta*x**2/4 + x - log(x) - EulerGamma
    """
    x = sympy.Dummy("x", positive=True) if x is None else x
    theta = sympy.Dummy("theta", nonnegative=True) if theta is None else theta
    numbers = tuple(map(sympy.sympify, parameters))
    if function not in _TABLE or not all(p.is_Rational for p in numbers):
        got = f"{function.__name__}{numbers or ''}"
        names = ", ".join(sorted(f.__name__ for f in _TABLE))
        raise NotSupportedError(explain("no expansion at zero", got=got, allowed=names))
    expr, start = _TABLE[function](x, theta, max(terms, 1), *numbers)
    return EnclosingExpansion(expr, x, theta, start)


def has_expansion_at_zero(function: type) -> bool:
    """Whether a function is in the table."""
    return function in _TABLE


def _sum(term: Callable[[int], Expr], terms: int, rest: Expr) -> Expr:
    """Σ of so many terms, and ``rest`` times the next one."""
    return sympy.Add(*(term(k) for k in range(terms)), rest * term(terms))


def _bessel(x, theta, terms, order: Expr, sign: int) -> Expr:
    """(x/2)^ν Σ (±x²/4)^k/(k! Γ(ν + k + 1)) (DLMF 10.2.2 and 10.25.2).

    Beyond k = −ν, for x ≤ 2, each term is at most 1/4 of the one before, as (k + 1)(ν + k + 1) ≥ 4
    with a k that is at least 1 and at least 1 − ν.
    """
    terms = max(terms, int(sympy.ceiling(1 - order)))
    start = sympy.gamma(order + 1)

    def term(k):
        return (sign * x**2 / 4) ** k / (factorial(k) * start * rf(order + 1, k))

    rest = theta * sympy.Rational(4, 3) if sign > 0 else theta
    return (x / 2) ** order * _sum(term, terms, rest)


def _besseli(x, theta, terms, order):
    order = abs(order) if order.is_integer else order
    return _bessel(x, theta, terms, order, 1), S(2)


def _besselj(x, theta, terms, order):
    if order.is_integer and order < 0:
        return (-1) ** order * _bessel(x, theta, terms, -order, -1), S(2)
    return _bessel(x, theta, terms, order, -1), S(2)


def _besselk(x, theta, terms, order):
    """DLMF 10.31.1 and 10.27.4.

    In Σ (ψ(k + 1) + ψ(n + k + 1)) (x²/4)^k/(k! (n + k)!) the terms beyond the first are positive,
    and for x ≤ 2 each is at most 9/16 of the one before: the bracket is at least 2ψ(2) > 4/5 and
    grows by at most 1, so by less than 9/4, and (k + 1)(n + k + 1) ≥ 4.
    """
    order = abs(order)
    if not order.is_integer:
        above, below = (_bessel(x, theta, terms, s * order, 1) for s in (-1, 1))
        if above.has(theta) and below.has(theta):  # two remainders, of which each has its own part
            above = above.subs(theta, _part())
        return sympy.pi / 2 * (above - below) / sympy.sin(order * sympy.pi), S(2)
    n = order

    def term(k):
        bracket = harmonic(k) + harmonic(n + k) - 2 * sympy.EulerGamma
        return bracket * (x**2 / 4) ** k / (factorial(k) * factorial(n + k))

    finite = sympy.Add(
        *(factorial(n - k - 1) / factorial(k) * (-(x**2) / 4) ** k for k in range(n))
    )
    regular = _sum(term, terms, theta * sympy.Rational(16, 7))
    growing = _bessel(x, _part(), terms, n, 1)
    total = (x / 2) ** -n * finite / 2 + (-1) ** (n + 1) * log(x / 2) * growing
    return total + (-1) ** n * (x / 2) ** n * regular / 2, S(2)


def _part() -> sympy.Symbol:
    """The part that another remainder takes."""
    return sympy.Dummy("theta", nonnegative=True)


def _lowergamma(x, theta, terms, s):
    """Σ (−1)^k x^{s+k}/(k! (s + k)), which alternates and falls for x ≤ 1 (DLMF 8.7.1)."""
    if not s > 0:
        raise NotSupportedError(explain("an expansion of γ(s, x)", got=f"s = {s}", allowed="s > 0"))
    return x**s * _sum(lambda k: (-x) ** k / (factorial(k) * (s + k)), terms, theta), S.One


def _uppergamma(x, theta, terms, s):
    """Γ(s) − γ(s, x), and E_{1−s} x^s for the integers up to 0."""
    if s > 0:
        lower, start = _lowergamma(x, theta, terms, s)
        return sympy.gamma(s) - lower, start
    found, start = _expint(x, theta, terms, 1 - s)
    return x**s * found, start


def _expint(x, theta, terms, order):
    """DLMF 8.19.8; beyond k = n the terms alternate and fall for x ≤ 1."""
    if not (order.is_integer and order > 0):
        raise NotSupportedError(
            explain("an expansion of E_n(x)", got=f"n = {order}", allowed="1, 2, …")
        )
    n = int(order)

    def term(k):
        k = k if k < n - 1 else k + 1  # without k = n − 1
        return -((-x) ** k) / (factorial(k) * (1 - n + k))

    logarithm = (-x) ** (n - 1) / factorial(n - 1) * (digamma(n) - log(x))
    return sympy.expand(logarithm) + _sum(term, max(terms, n), theta), S.One


# Function → (x, θ, terms, *parameters) → (expression, up to where it holds).
_TABLE: dict[type, Callable[..., tuple[Expr, Expr]]] = {
    sympy.besseli: _besseli,
    sympy.besselj: _besselj,
    sympy.besselk: _besselk,
    sympy.expint: _expint,
    sympy.lowergamma: _lowergamma,
    sympy.uppergamma: _uppergamma,
}
