"""Taylor coefficients of the functions of the vocabulary at a point."""

import math
from collections.abc import Callable
from contextlib import contextmanager

from flint import arb, arb_series, ctx

from theorycalc.core.arithmetic.any_ball import whole
from theorycalc.core.arithmetic.ball_error_functions import erfcx
from theorycalc.core.arithmetic.ball_functions import REAL

# Bits that a recurrence of a differential equation may lose at each step.
_STEP_BITS = 4


@contextmanager
def truncated(length: int):
    """Power series have so many coefficients inside."""
    before = ctx.cap
    ctx.cap = length
    try:
        yield
    finally:
        ctx.cap = before


def at_point(name: str, x: arb, length: int, *parameters: arb) -> list[arb]:
    """f(x), f'(x), f''(x)/2, … of a function with fixed parameters; not finite where there is none.

    A ball may be given; the coefficients are tight where it is narrow.
    """
    with truncated(length):
        found = POINTS[name](x, length, *parameters)
    return (list(found) + [arb(0)] * length)[:length]


def _method(name: str) -> Callable:
    """What Arb composes with power series itself."""
    return lambda x, n: getattr(arb_series([x, 1]), name)()


def _with_value(name: str, coefficients: Callable) -> Callable:
    """The function itself as Arb has it, and coefficients of it up to a constant."""

    def compute(x, n, *parameters):
        value = REAL[name](*parameters, x)
        if not value.is_finite():
            return [arb.nan()] * n  # its slope may be defined beyond it
        return [value, *list(coefficients(arb_series([x, 1]), *parameters))[1:]]

    return compute


def _slope(name: str, slope: Callable) -> Callable:
    """A function by its derivative."""
    return _with_value(name, lambda s, *parameters: slope(s, *parameters).integral())


def power(x: arb, n: int, exponent) -> list[arb]:
    """The binomial series of x^a."""
    found, term = [], x**exponent
    for k in range(n):
        found.append(term)
        term = term * (exponent - k) / ((k + 1) * x)
    return found


def _hyperbolic(x: arb, n: int, first: arb, second: arb) -> list[arb]:
    factorial, found = arb(1), []
    for k in range(n):
        found.append((second if k % 2 else first) / factorial)
        factorial *= k + 1
    return found


def _tanh_slope(s: arb_series) -> arb_series:
    """4E/(1 + E)² for E = exp(∓2x), which is small far out."""
    small = (-2 * s if s[0] > 0 else 2 * s).exp()
    return 4 * small / ((1 + small) * (1 + small))


def _erfcx(x: arb, n: int) -> list[arb]:
    """By (k + 1) a_{k+1} = 2x a_k + 2 a_{k−1}.

    For x > 0 the a_k shrink beside another solution: upwards that costs 2x² at every step, and
    downwards nothing, from a_k = (−1)^k U((k + 1)/2, 1/2, x²)/√π (DLMF 7.18.10).
    """
    size = float((2 + 2 * x * x).abs_upper()) if abs(x) < ctx.prec else math.inf
    if not x > 1:
        size = 2.0
    if size < 2 * ctx.prec:
        with ctx.workprec(ctx.prec + int(n * math.log2(size)) + _STEP_BITS):
            found = [erfcx(x)]
            found.append(2 * x * found[0] - 2 / arb.pi().sqrt())
            for k in range(1, n - 1):
                found.append((2 * x * found[k] + 2 * found[k - 1]) / (k + 1))
        return [+a for a in found]
    last = [(x * x).hypgeom_u(arb(k + 1) / 2, arb(0.5)) / arb.pi().sqrt() for k in (n, n - 1)]
    for k in range(n - 1, 0, -1):
        last.append(x * last[-1] + (k + 1) * last[-2] / 2)
    return [(-1) ** k * a for k, a in enumerate(reversed(last[1:]))]


def _log_erfc(x: arb, n: int) -> list[arb]:
    slope = -2 / arb.pi().sqrt() * arb_series(_erfcx(x, n)).inv()
    return [REAL["log_erfc"](x), *list(slope.integral())[1:]]


def _log_ndtr(x: arb, n: int) -> list[arb]:
    """log erfc(−x/√2) − log 2."""
    rate = -1 / arb(2).sqrt()
    found = _log_erfc(rate * x, n)
    return [REAL["log_ndtr"](x), *(a * rate**k for k, a in enumerate(found[1:], 1))]


def _polygamma(x: arb, n: int, order: arb) -> list[arb]:
    """From the Taylor coefficients of log Γ."""
    if not order.is_integer() or order < 0:
        return [arb.nan()] * n
    shift = int(order.unique_fmpz()) + 1
    with truncated(n + shift):
        found = list(arb_series([x, 1]).lgamma())
    return [math.perm(k + shift, shift) * a for k, a in enumerate(found[shift:])]


def _hurwitz(x: arb, n: int, s: arb | None = None) -> list[arb]:
    """ζ(x), or ζ(s, x)."""
    if s is None:
        return list(arb_series([x, 1]).zeta())
    found, factor = [], arb(1)
    for k in range(n):
        found.append(factor * REAL["zeta"](s + k, x))
        factor *= -(s + k) / (k + 1)
    return found


def _inverse(name: str, function: str) -> Callable:
    """The inverse of a function."""

    def compute(x, n):
        value = REAL[name](x)
        _, *slopes = list(_method(function)(value, n))
        return [value, *list(arb_series([0, *slopes]).reversion())[1:]]

    return compute


def _expint(x: arb, n: int, s: arb) -> list[arb]:
    """E_s' = −E_{s−1}."""
    return [(-1) ** k * REAL["expint"](s - k, x) / math.factorial(k) for k in range(n)]


def _sinc(x: arb, n: int) -> list[arb]:
    """sin(x)/x, in which the quotient loses 1/x at every step."""
    if x.is_zero():
        return [arb(0 if k % 2 else (-1) ** (k // 2)) / math.factorial(k + 1) for k in range(n)]
    with ctx.workprec(ctx.prec + int(n * _nearness(x))):
        s = arb_series([x, 1])
        found = list(s.sin() / s)
    return [+a for a in found]


def _bessel(name: str, sign: int) -> Callable:
    """Bessel functions by x² y'' + x y' ± (x² ∓ ν²) y = 0, and y' = ν/x y ∓ y_{ν+1}."""
    next_sign = 1 if name == "besseli" else -1

    def compute(x, n, order):
        if x.is_zero():
            return _bessel_at_zero(name, sign, n, order)
        with ctx.workprec(ctx.prec + int(n * (_STEP_BITS + _nearness(x)))):
            value, following = (REAL[name](order + k, x) for k in (0, 1))
            found = [arb(0), arb(0), value, order / x * value + next_sign * following]
            for k in range(n - 2):
                before, last, a, b = found[-4:]
                total = x * (k + 1) * (2 * k + 1) * b + (k * k - order**2 + sign * x * x) * a
                total += sign * (2 * x * last + before)
                found.append(-total / (x * x * (k + 2) * (k + 1)))
        return [+a for a in found[2:]]

    return compute


def _bessel_at_zero(name: str, sign: int, n: int, order: arb) -> list[arb]:
    """The power series of J and I of integer order."""
    degree = whole(order)
    if degree is None or name == "besselk":
        return [arb.nan()] * n
    degree, found = int(degree), [arb(0)] * n
    factor = -1 if degree < 0 and degree % 2 and name == "besselj" else 1
    for j, k in enumerate(range(abs(degree), n, 2)):
        below = math.factorial(j) * math.factorial(j + abs(degree))
        found[k] = factor * arb((-sign) ** j) / (below * 2**k)
    return found


def _incomplete(name: str, sign: int, weight: Callable = lambda s: 1) -> Callable:
    """∫ t^(s−1) e^(−t) dt from 0 to x, or from x on, times a weight."""
    return _slope(name, lambda t, s: (t.log() * (s - 1) - t).exp() * (sign * weight(s)))


def _scaled_bessel(name: str, sign: int) -> Callable:
    """f = e^{∓x} y by x² f'' + (±2x² + x) f' + (±x − ν²) f = 0; the other solution is e^{∓2x}."""

    def compute(x, n, order):
        if x.is_zero():
            plain = arb_series(_bessel_at_zero(name.removesuffix("_scaled"), -1, n, order))
            return arb_series([0, -sign]).exp() * plain
        with ctx.workprec(ctx.prec + int(n * (_STEP_BITS + _nearness(x) + _largeness(x)))):
            value, following = (REAL[name](order + k, x) for k in (0, 1))
            found = [arb(0), value, (order / x - sign) * value + sign * following]
            for k in range(n - 2):
                last, a, b = found[-3:]
                total = x * (k + 1) * (2 * k + 1 + 2 * sign * x) * b + sign * (2 * k - 1) * last
                total += (k * k + sign * x * (4 * k + 1) - order**2) * a
                found.append(-total / (x * x * (k + 2) * (k + 1)))
        return [+a for a in found[1:]]

    return compute


def _nearness(x: arb) -> float:
    """log₂ 1/|x| where that is positive."""
    return max(0.0, -math.log2(max(float(abs(x)), 1e-300)))


def _largeness(x: arb) -> float:
    """log₂ 2x where that is positive."""
    return max(0.0, math.log2(max(2 * float(abs(x)), 1.0)))


# Name → (point, how many, *parameters) → coefficients.
POINTS: dict[str, Callable] = {
    **{
        name: _method(name)
        for name in "exp log sqrt sin cos tan asin acos atan erf erfc erfi gamma rgamma".split()
    },
    "loggamma": _method("lgamma"),
    "lambertw": _method("lambertw"),
    "ei": _method("ei"),
    "expint": _expint,
    "sinc": _sinc,
    "erfinv": _inverse("erfinv", "erf"),
    "erfcinv": _inverse("erfcinv", "erfc"),
    "power": power,
    "expm1": _with_value("expm1", arb_series.exp),
    "log1p": _with_value("log1p", lambda s: (1 + s).log()),
    "softplus": _slope("softplus", lambda s: (1 + (-s).exp()).inv()),
    "sinh": lambda x, n: _hyperbolic(x, n, x.sinh(), x.cosh()),
    "cosh": lambda x, n: _hyperbolic(x, n, x.cosh(), x.sinh()),
    "tanh": _slope("tanh", _tanh_slope),
    "asinh": _slope("asinh", lambda s: (1 + s * s).rsqrt()),
    "acosh": _slope("acosh", lambda s: ((s - 1) * (s + 1)).rsqrt()),
    "atanh": _slope("atanh", lambda s: ((1 - s) * (1 + s)).inv()),
    "erfcx": _erfcx,
    "log_erfc": _log_erfc,
    "log_ndtr": _log_ndtr,
    "digamma": lambda x, n: _polygamma(x, n, arb(0)),
    "polygamma": _polygamma,
    "zeta": _hurwitz,
    "besselj": _bessel("besselj", 1),
    "besseli": _bessel("besseli", -1),
    "besselk": _bessel("besselk", -1),
    "besseli_scaled": _scaled_bessel("besseli_scaled", 1),
    "besselk_scaled": _scaled_bessel("besselk_scaled", -1),
    "lowergamma": _incomplete("lowergamma", 1),
    "uppergamma": _incomplete("uppergamma", -1),
    "lowergamma_regularized": _incomplete("lowergamma_regularized", 1, arb.rgamma),
    "uppergamma_regularized": _incomplete("uppergamma_regularized", -1, arb.rgamma),
}
