"""Expansions at infinity that enclose: what is left out is a part of the first term left out.

A table: a function with such an expansion is a line, with the reason in its docstring.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S, bernoulli, exp, factorial, log, pi, rf, sqrt

from theorycalc.core.error_functions import erfcx, log_erfc, log_ndtr
from theorycalc.core.errors import NotSupportedError, explain

_HALF = Rational(1, 2)


@dataclass(frozen=True)
class EnclosingExpansion:
    """f(x) for all x > ``start``, with a θ in [0, 1] that depends on x.

    Parameters
    ----------
    expr : SymPy expression
        In ``x`` and ``theta``: elementary, with the remainder in the term that has ``theta``.
    x, theta : Symbol
    start : SymPy number
    """

    expr: Expr
    x: sympy.Symbol
    theta: sympy.Symbol
    start: Expr


def enclosing_expansion(
    function: type, parameters: tuple = (), terms: int = 3, *, x=None, theta=None
) -> EnclosingExpansion:
    """The expansion at infinity of f(*parameters, x) with so many terms before the remainder.

    Parameters
    ----------
    function : type
        A SymPy function, or one of ours: erf, erfc, `erfcx`, `log_erfc`, `log_ndtr`, gamma,
        loggamma, digamma, polygamma, zeta of two arguments, besseli, besselk, uppergamma, expint.
    parameters : tuple of numbers
        Its other arguments, which come before x.
    terms : int
        How many terms of the series are kept; more, where the remainder of fewer is not a part of
        the next term.
    x, theta : Symbol, optional
        The symbols of the result, new positive ones by default.

    Raises
    ------
    NotSupportedError
        For a function without such an expansion.

    Examples
    --------
    >>> import sympy
    >>> from theorycalc.core.enveloping import enclosing_expansion
    >>> x, theta = sympy.symbols("x theta", positive=True)
    >>> enclosing_expansion(sympy.digamma, (), 1, x=x, theta=theta).expr
    theta/(120*x**4) + log(x) - 1/(2*x) - 1/(12*x**2)
    """
    x = sympy.Dummy("x", positive=True) if x is None else x
    theta = sympy.Dummy("theta", nonnegative=True) if theta is None else theta
    numbers = tuple(map(sympy.sympify, parameters))
    if function not in _TABLE or not all(p.is_real and p.is_number for p in numbers):
        got = f"{function.__name__}{numbers or ''}"
        names = ", ".join(sorted(f.__name__ for f in _TABLE))
        raise NotSupportedError(explain("no expansion at infinity", got=got, allowed=names))
    expr, start = _TABLE[function](x, theta, terms, *numbers)
    return EnclosingExpansion(expr, x, theta, start)


def _sum(term: Callable[[int], Expr], terms: int, theta: Expr, first: int = 0) -> Expr:
    """Σ of so many terms, and a part of the next one."""
    kept = (term(k) for k in range(first, first + terms))
    return sympy.Add(*kept, theta * term(first + terms))


def _erfcx(x, theta, terms):
    """DLMF 7.12(i): for x > 0 the remainder has the sign of the next term, and is less."""
    bracket = _sum(lambda k: (-1) ** k * rf(_HALF, k) / x ** (2 * k), terms, theta)
    return bracket / (x * sqrt(pi)), S.Zero


def _erfc(x, theta, terms):
    scaled, start = _erfcx(x, theta, terms)
    return exp(-(x**2)) * scaled, start


def _erf(x, theta, terms):
    complement, start = _erfc(x, theta, terms)
    return 1 - complement, start


def _log_erfc(x, theta, terms):
    """Right of √(terms) the terms fall, so that no partial sum is below 1 − 1/(2x²) > 0."""
    terms = max(terms, 1)
    scaled, _ = _erfcx(x, theta, terms)
    return -(x**2) - log(x) - log(pi) / 2 + log(scaled * x * sqrt(pi)), sqrt(terms + 1)


def _log_ndtr(x, theta, terms):
    """log(1 − erfc(x/√2)/2); where the terms of erfc fall it is between 0 and 1."""
    terms = max(terms, 1)
    complement, _ = _erfc(x / sqrt(2), theta, terms)
    return log(1 - complement / 2), sqrt(2 * terms + 2)


def _bernoulli_sum(x, theta, terms, s: Expr) -> Expr:
    """Σ_{k ≥ 1} B_{2k}/(2k)! (s)_{2k−1} x^{1−s−2k}.

    In ∫ t^{s−1} e^{−xt}/(1 − e^{−t}) dt, t/(1 − e^{−t}) − 1 − t/2 = Σ_m 2t²/(t² + 4π²m²), and each
    of these fractions is enclosed by the partial sums of its geometric series.
    """

    def term(k):
        return bernoulli(2 * k) / factorial(2 * k) * rf(s, 2 * k - 1) * x ** (1 - s - 2 * k)

    return _sum(term, terms, theta, first=1)


def _loggamma(x, theta, terms):
    """DLMF 5.11(ii): for x > 0 the remainder has the sign of the next term, and is less."""

    def term(k):
        return bernoulli(2 * k) / (2 * k * (2 * k - 1)) / x ** (2 * k - 1)

    series = _sum(term, terms, theta, first=1)
    return (x - _HALF) * log(x) - x + log(2 * pi) / 2 + series, S.Zero


def _gamma(x, theta, terms):
    logarithm, start = _loggamma(x, theta, terms)
    return exp(logarithm), start


def _digamma(x, theta, terms):
    """∫ (e^{−t}/t − e^{−xt}/(1 − e^{−t})) dt: the limit of that for ζ."""
    series = _sum(lambda k: bernoulli(2 * k) / (2 * k) / x ** (2 * k), terms, theta, first=1)
    return log(x) - 1 / (2 * x) - sympy.expand(series), S.Zero


def _hurwitz(x, theta, terms, s):
    """ζ(s, x) for s > 1."""
    if not s > 1:
        raise NotSupportedError(explain("an expansion of ζ(s, x)", got=f"s = {s}", allowed="s > 1"))
    return x ** (1 - s) / (s - 1) + x**-s / 2 + _bernoulli_sum(x, theta, terms, s), S.Zero


def _polygamma(x, theta, terms, order):
    """(−1)^{n+1} n! ζ(n + 1, x)."""
    if order.is_zero:
        return _digamma(x, theta, terms)
    if not (order.is_integer and order > 0):
        raise NotSupportedError(
            explain("an expansion of polygamma", got=f"order {order}", allowed="0, 1, 2, …")
        )
    zeta, start = _hurwitz(x, theta, terms, order + 1)
    return (-1) ** (order + 1) * factorial(order) * zeta, start


def _hankel(order: Expr, k: int) -> Expr:
    """a_k(ν) of DLMF 10.17.1."""
    factors = [4 * order**2 - (2 * j - 1) ** 2 for j in range(1, k + 1)]
    return sympy.Mul(*factors) / (factorial(k) * 8**k)


def _least(exponent: Expr, terms: int) -> int:
    """(1 + u)^a has a remainder that is a part of the next term, by Lagrange, if that is ≥ a."""
    return max(terms, int(sympy.ceiling(exponent)))


def _besselk(x, theta, terms, order):
    """DLMF 10.40(ii): ∫ e^{−t} t^{ν−1/2} (1 + t/(2x))^{ν−1/2} dt."""
    terms = _least(abs(order) - _HALF, terms)
    series = _sum(lambda k: _hankel(order, k) / x**k, terms, theta)
    return sqrt(pi / (2 * x)) * exp(-x) * series, S.Zero


def _besseli(x, theta, terms, order):
    """DLMF 10.40(iii) for K_ν(x e^{πi}); I_ν is that, but for K_ν(x) sin(νπ)/π.

    The remainder may have both signs: 2θ − 1 times a bound. |K_ν| is below the sum of the moduli of
    its terms.
    """
    count = max(terms, 1)
    turned = sqrt(pi) * sympy.gamma(Rational(count, 2) + 1) / sympy.gamma(Rational(count + 1, 2))
    growth = exp(pi * abs(order**2 - Rational(1, 4)) / (2 * x))
    bound = 2 * turned * abs(_hankel(order, count)) / x**count * growth
    recessive = (abs(_hankel(order, k)) / x**k for k in range(_least(abs(order) - _HALF, 0) + 1))
    bound += abs(sympy.sin(pi * order)) * exp(-2 * x) * sympy.Add(*recessive)
    series = sympy.Add(*((-1) ** k * _hankel(order, k) / x**k for k in range(count)))
    return exp(x) / sqrt(2 * pi * x) * (series + (2 * theta - 1) * bound), S.Zero


def _uppergamma(x, theta, terms, s):
    """DLMF 8.11(i): ∫ e^{−u} (1 + u/x)^{s−1} du."""
    terms = _least(s - 1, terms)
    series = _sum(lambda k: sympy.ff(s - 1, k) / x**k, terms, theta)
    return x ** (s - 1) * exp(-x) * series, S.Zero


def _expint(x, theta, terms, s):
    """E_s(x) = x^{s−1} Γ(1 − s, x) (DLMF 8.19.1)."""
    gamma, start = _uppergamma(x, theta, terms, 1 - s)
    return x ** (s - 1) * gamma, start


# Function → (x, θ, terms, *parameters) → (expression, start).
_TABLE: dict[type, Callable[..., tuple[Expr, Expr]]] = {
    sympy.erf: _erf,
    sympy.erfc: _erfc,
    erfcx: _erfcx,
    log_erfc: _log_erfc,
    log_ndtr: _log_ndtr,
    sympy.gamma: _gamma,
    sympy.loggamma: _loggamma,
    sympy.digamma: _digamma,
    sympy.polygamma: _polygamma,
    sympy.zeta: _hurwitz,
    sympy.besseli: _besseli,
    sympy.besselk: _besselk,
    sympy.uppergamma: _uppergamma,
    sympy.expint: _expint,
}
# The functions that have such an expansion.
FUNCTIONS = tuple(_TABLE)
