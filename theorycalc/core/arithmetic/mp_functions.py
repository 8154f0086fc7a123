"""The functions of the vocabulary in mpmath numbers, where mpmath has another one or none."""

import math
from fractions import Fraction

from theorycalc.core.arithmetic import mp_polynomials
from theorycalc.core.arithmetic.mp_error_functions import erfcx, log_erfc, log_ndtr
from theorycalc.core.arithmetic.mp_exact import Exact, is_integer
from theorycalc.core.errors import DomainError, NotSupportedError, explain

# Names of mpmath where they differ, with the same arguments.
NAMES = {"ceiling": "ceil", "chebyshevt": "chebyt", "chebyshevu": "chebyu"}

# A product of so many factors is a binomial coefficient.
_LONGEST_PRODUCT = 10_000
# Functions with f(0) = 0 and with f(0) = 1, and so for exact numbers.
_ZERO_AT_ZERO = {
    *("sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "erf", "erfi", "expm1"),
    *("log1p", "erfinv", "lambertw", "log_erfc"),
}
_ONE_AT_ZERO = {"exp", "cos", "cosh", "sinc", "erfc", "erfcx"}


def known_exactly(context, name: str, x, *others):
    """The exact number that a function of an exact number is, or None."""
    if others or not isinstance(x, Exact):
        return None
    if name == "sqrt":
        return _exact_root(context, x)
    if not x.value and name in _ZERO_AT_ZERO | _ONE_AT_ZERO:
        return context.exact(Fraction(int(name in _ONE_AT_ZERO)))
    return context.exact(Fraction(0)) if name == "log" and x.value == 1 else None


def _exact_root(context, x):
    parts = x.value.numerator, x.value.denominator
    if parts[0] < 0:
        return None
    roots = [math.isqrt(part) for part in parts]
    if any(root * root != part for root, part in zip(roots, parts, strict=True)):
        return None
    return context.exact(Fraction(*roots))


def _erfcinv(context, x):
    """erfinv(1 − x), with as many guard digits as the difference loses."""
    mp = context.mp
    with mp.workprec(mp.prec + max(0, -mp.mag(x))):
        return +mp.erfinv(1 - x)


def _with_sum(mp, function, x, y):
    """A quotient of Γ functions of x, y and x + y, which must not be rounded to x or y."""
    with mp.workprec(mp.prec + max(0, mp.mag(x), mp.mag(y))):
        return +function(x, y)


def _beta(context, a, b):
    return _with_sum(context.mp, context.mp.beta, a, b)


def _rising(context, x, n):
    return _with_sum(context.mp, context.mp.rf, x, n)


def _binomial(context, n, k):
    """Γ(n+1)/(Γ(k+1)Γ(n−k+1)), and like SymPy 0 for k = −1, −2, … also where Γ(n+1) is a pole."""
    if not is_integer(k):
        mp = context.mp
        if is_integer(n) and n < 0:
            raise ZeroDivisionError("a pole of a binomial coefficient")
        return _with_sum(mp, mp.binomial, n, k)
    if is_integer(n) and n >= 0:
        k = k if 2 * k <= n else n - k
    if k < 0:
        return context.exact(Fraction(0))
    if k > _LONGEST_PRODUCT:
        if is_integer(n) and n < 0:
            raise NotSupportedError(explain("a binomial coefficient is too long", got=f"k = {k}"))
        return _with_sum(context.mp, context.mp.binomial, n, k)
    product = context.exact(Fraction(1))
    for i in range(int(k)):
        product = context.mul(product, n - i, context.exact(Fraction(1, i + 1)))
    return product


def _polygamma(context, order, x):
    if not context.mp.isint(order) or order < 0:
        raise NotSupportedError(
            explain(
                "polygamma of an order that is no integer ≥ 0",
                got=order,
                allowed="0, 1, 2, …",
                hint="using=Ball()",
            )
        )
    return context.mp.psi(int(order), x)


def _lowergamma(context, s, x):
    """∫_0^x t^(s−1) e^(−t) dt, continued to x < 0 by a series of positive terms."""
    mp = context.mp
    if x == 0:
        if not s > 0:
            raise ZeroDivisionError("a pole of the incomplete gamma function")
        return context.exact(Fraction(0))
    if isinstance(x, mp.mpc) or x > 0:
        return mp.gammainc(s, 0, x)
    return mp.power(x, s) / s * mp.hyp1f1(s, s + 1, -x)


def _uppergamma(context, s, x):
    if x == 0 and not s > 0:
        raise ZeroDivisionError("a pole of the incomplete gamma function")
    return context.mp.gammainc(s, x)


def _regularized(part):
    """An incomplete gamma function over the complete one."""
    return lambda context, s, x: part(context, s, x) * context.mp.rgamma(s)


def _polylog(context, s, x):
    if x == 1 and not s > 1:
        raise ZeroDivisionError("a pole of the polylogarithm")  # mpmath has ζ(s)
    return context.mp.polylog(s, x)


def _lambertw(context, x, branch=None):
    return context.mp.lambertw(x, 0 if branch is None else context.integer(branch))


def _betainc(context, a, b, x, y):
    return context.mp.betainc(a, b, x, y)


def _bessel(name: str, alternates: bool, always: bool):
    """A Bessel function, of order −n by that of order n: mpmath would take a limit.

    It ``alternates`` if the sign is (−1)^n; K is even in ``always`` every order.
    """

    def evaluate(context, order, x):
        function = getattr(context.mp, name)
        if not isinstance(order, Exact) or order >= 0 or not (always or is_integer(order)):
            return function(order, x)
        sign = -1 if alternates and int(order) % 2 else 1
        return sign * function(-order, x)

    return evaluate


def _scaled(name: str, sign: int, **kind):
    """A Bessel function times exp(±x)."""
    plain = _bessel(name, **kind)
    return lambda context, order, x: plain(context, order, x) * context.mp.exp(sign * x)


def _polynomial(name: str, fallback: str | None = None):
    """A polynomial by its sum, and for other degrees mpmath's function."""

    def evaluate(context, *args):
        sign, degree = _mirrored(context, name, args[0])
        if mp_polynomials.applies(degree):
            return sign * getattr(mp_polynomials, name)(context, degree, *args[1:])
        return getattr(context.mp, fallback or name)(*args)

    return evaluate


# (sign, shift) of the polynomials of negative degree: p_n is sign · p_m with m = −n − shift.
_MIRRORS = {"legendre": (1, 1), "chebyshevt": (1, 0), "chebyshevu": (-1, 2)}


def _mirrored(context, name: str, degree) -> tuple:
    """(sign, degree ≥ 0) of the same polynomial, where one is known."""
    if name not in _MIRRORS or not is_integer(degree) or degree >= 0:
        return 1, degree
    sign, shift = _MIRRORS[name]
    if degree == -1 and shift == 2:
        return 0, context.exact(Fraction(0))  # U_{−1} vanishes
    return sign, -degree - shift


# Switches: their value at a tie is a decision, which the context notes.


def _floor(context, x):
    x = context.real(x)
    if isinstance(x, Exact):
        return context.exact(Fraction(math.floor(x.value)))
    near = context.mp.nint(x)
    return context.exact(Fraction(int(near) - (not context.decide(x - near, x >= near))))


def _ceiling(context, x):
    return -_floor(context, -x)


def _sign(context, x):
    x = context.real(x)
    if isinstance(x, Exact):
        return context.exact(Fraction((x.value > 0) - (x.value < 0)))
    return context.exact(Fraction(1 if context.decide(x, x > 0) else -1))


def _heaviside(context, x, at_zero):
    x = context.real(x)
    if isinstance(x, Exact) and not x.value:
        return at_zero
    return context.exact(Fraction(int(_sign(context, x).value > 0)))


def _extreme(choose):
    """max or min: right whichever is taken at a tie, but not exact because one of them is."""

    def evaluate(context, *xs):
        chosen = choose(map(context.real, xs))
        return chosen if all(isinstance(x, Exact) for x in xs) else +chosen

    return evaluate


def _laguerre(context, n, a, x):
    if is_integer(n) and n < 0:
        raise DomainError(explain("Laguerre's function of this degree", got=n, allowed="n ≥ 0"))
    return _polynomial("laguerre")(context, n, a, x)


FUNCTIONS = {
    "abs": lambda context, x: abs(x),
    "floor": _floor,
    "ceiling": _ceiling,
    "sign": _sign,
    "heaviside": _heaviside,
    "max": _extreme(max),
    "min": _extreme(min),
    "softplus": lambda context, x: context.mp.log1p(context.mp.exp(x)),
    "lowergamma": _lowergamma,
    "uppergamma": _uppergamma,
    "lowergamma_regularized": _regularized(_lowergamma),
    "uppergamma_regularized": _regularized(_uppergamma),
    "polylog": _polylog,
    "erfcinv": _erfcinv,
    "erfcx": erfcx,
    "log_erfc": log_erfc,
    "log_ndtr": log_ndtr,
    "beta": _beta,
    "rising": _rising,
    "binomial": _binomial,
    "polygamma": _polygamma,
    "besselj": _bessel("besselj", alternates=True, always=False),
    "bessely": _bessel("bessely", alternates=True, always=False),
    "besseli": _bessel("besseli", alternates=False, always=False),
    "besselk": _bessel("besselk", alternates=False, always=True),
    "besseli_scaled": _scaled("besseli", -1, alternates=False, always=False),
    "besselk_scaled": _scaled("besselk", 1, alternates=False, always=True),
    "betainc": _betainc,
    "lambertw": _lambertw,
    "legendre": _polynomial("legendre"),
    "jacobi": _polynomial("jacobi"),
    "gegenbauer": _polynomial("gegenbauer"),
    "laguerre": _laguerre,
    "hermite": _polynomial("hermite"),
    "chebyshevt": _polynomial("chebyshevt", "chebyt"),
    "chebyshevu": _polynomial("chebyshevu", "chebyu"),
}
