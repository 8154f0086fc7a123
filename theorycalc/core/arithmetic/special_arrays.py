"""Special functions on arrays of doubles, with bounds on their errors.

They are SciPy's where those are good to the last digits. Where SciPy has none, may have lost digits
by what is known of its method, or overflows, every element is computed by ball arithmetic and
rounded, which is slower and right.

A table: each function with its bound.
"""

import functools
import math
import threading
from collections.abc import Callable

import numpy as np

from theorycalc.core.arithmetic.slopes import sensitivity

_UNIT = np.finfo(float).eps / 2
# A function of a library is within so many roundings of the truth.
FUNCTION = 4 * _UNIT
# Elements with larger errors, relative to them, are computed again.
ACCURACY = 1e-12
# Exponentials of more under- or overflow.
_EXPONENTS = 750.0
# The precision of balls is shared by the threads of a process.
_ONE_THREAD = threading.RLock()
_SMALLEST = np.finfo(float).smallest_subnormal


def special_with_errors(name: str, *args: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values, bounds on the errors) of a function of the vocabulary on NumPy arrays."""

    def in_balls(context, *xs):
        return context.apply(name, *xs)

    if name in ROUTINES:
        return repaired(ROUTINES[name], in_balls, *args)
    values = np.asarray(by_balls(in_balls, *args))
    return values, FUNCTION * np.abs(values) + _SMALLEST


@np.errstate(all="ignore")
def repaired(routine: Callable, in_balls: Callable, *args) -> tuple[np.ndarray, np.ndarray]:
    """(values, error bounds) of a routine of arrays, computed again in balls where it fails.

    An error that rounded arguments would cause as well is left.
    """
    values, errors = routine(*args)
    sound = np.isfinite(values) & (errors <= ACCURACY * np.abs(values))
    if np.all(sound):
        return values, errors
    values, errors = map(np.array, np.broadcast_arrays(values, errors))
    broken = np.broadcast_to(~sound, values.shape)
    for x in args:
        broken = broken & np.isfinite(x)
    if np.any(broken):
        lost = np.flatnonzero(broken)
        points = [np.broadcast_to(x, values.shape).ravel()[lost] for x in args]
        felt = sensitivity(lambda *xs: routine(*xs)[0], points)
        again = ~(errors.ravel()[lost] <= ACCURACY * felt)
        lost, points = lost[again], [x[again] for x in points]
        exact = np.asarray(by_balls(in_balls, *points))
        values.reshape(-1)[lost] = exact
        errors.reshape(-1)[lost] = FUNCTION * np.abs(exact) + _SMALLEST
    return values, errors


def by_balls(operation, *args) -> np.ndarray:
    """The operation on every element in ball arithmetic, rounded to double."""
    from theorycalc.core.arithmetic.ball import rounded

    with _ONE_THREAD:
        compute = np.vectorize(lambda *xs: rounded(operation, *xs), otypes=[float])
        values = compute(*args) if args else rounded(operation)
    return values if np.ndim(values) else float(values)


def _routine(name: str, size: Callable = lambda *args: 1.0) -> Callable:
    """A function of scipy.special, whose relative error is a few roundings times a size."""

    def routine(*args):
        from scipy import special

        values = getattr(special, name)(*args)
        return values, FUNCTION * np.abs(values) * size(*args)

    return routine


def _logarithms(*gammas: Callable) -> Callable:
    """What a quotient of gammas may be off: by each of them, or by the terms of Σ ± log Γ."""

    def size(*args):
        from scipy.special import gammaln

        return len(gammas) + sum(np.abs(gammaln(argument(*args))) for argument in gammas)

    return size


def _factors(x):
    """What a product of |x| factors may be off, in `FUNCTION`: Γ moves its argument to (2, 3).

    Below 0 it divides by sin(πx).
    """
    reflected = np.where(x < 0, np.pi * np.abs(x) / np.abs(np.sin(np.pi * x)), 0.0)
    return 1 + np.abs(x) / 4 + reflected


def _turns(x):
    """π|x|/sin(πx)², where a function is reflected at a rounded πx."""
    return np.where(x < 0, np.pi * np.abs(x) / np.sin(np.pi * x) ** 2, 0.0)


_BETA = _logarithms(lambda a, b: a, lambda a, b: b, lambda a, b: a + b)


def _binomial_size(n, k):
    logarithms = _logarithms(lambda n, k: n + 1, lambda n, k: k + 1, lambda n, k: n - k + 1)
    whole = k == np.rint(k)
    return logarithms(n, k) + np.where(whole, 0.0, _turns(n - k))


def _binomial(n, k):
    """Exactly 0 where more are chosen than there are."""
    values, errors = _routine("binom", _binomial_size)(n, k)
    whole = (n == np.rint(n)) & (k == np.rint(k))
    return values, np.where(whole & (n >= 0) & ((k < 0) | (k > n)), 0.0, errors)


def _loggamma(x):
    from scipy.special import gammaln

    values = np.where(x > 0, gammaln(x), np.nan)
    return values, FUNCTION * (np.abs(values) + 1)  # relative to 1 beside its zeros


def _digamma(x):
    from scipy.special import digamma

    values = digamma(x)
    return values, FUNCTION * (np.abs(values) + np.pi * _turns(x))


def _erfc(x):
    """Below 1 it is 1 − erf x, above e^{−x²} times a fraction of polynomials."""
    from scipy.special import erf, erfc

    values = erfc(x)
    whole = np.where(x < 1, np.abs(values) + np.abs(erf(x)), np.abs(values) * (1 + x * x))
    return values, FUNCTION * whole


def _erfcx(x):
    """Left of 0 it is 2 e^{x²} less what is smaller; SciPy has been seen to lose ten roundings."""
    from scipy.special import erfcx

    values = erfcx(x)
    return values, 4 * FUNCTION * np.abs(values) * (1 + np.where(x < 0, x * x, 0.0))


def _log_erfc(x):
    from scipy.special import erf, erfcx

    far = x > 0.5
    values = np.where(far, np.log(erfcx(np.abs(x))) - x * x, np.log1p(-erf(np.minimum(x, 0.5))))
    return values, 4 * FUNCTION * np.abs(values)


def _log_ndtr(x):
    """Above −1 it is log1p of −erfc(x/√2)/2, which a rounded argument moves."""
    from scipy.special import log_ndtr

    values = log_ndtr(x)
    return values, 4 * FUNCTION * np.abs(values) * (1 + np.where(x > 0, x * x, 0.0))


def _betainc(a, b, x, y):
    """The difference of two integrals, from 0 or to 1, whichever are smaller."""
    from scipy import special

    factor, values, whole = special.beta(a, b), 0.0, 0.0
    upper = special.betainc(a, b, x) > 0.5
    for end, sign in ((x, -1), (y, 1)):
        part = np.where(upper, -special.betaincc(a, b, end), special.betainc(a, b, end))
        values, whole = values + sign * factor * part, whole + np.abs(factor * part)
        lost = (end > 0) & (end < np.finfo(float).tiny)  # by SciPy
        whole = np.where(lost, np.inf, whole)
    return values, 4 * FUNCTION * whole * _BETA(a, b)


def _incomplete_gamma(regularised: str) -> Callable:
    """Γ(s) times a part of 1, which may underflow and whose logarithm is of the size of s and x."""

    def routine(s, x):
        from scipy import special

        factor = special.gamma(s)
        part, error = _part_of_gamma(regularised, s, x)
        return factor * part, np.abs(factor) * (error + _SMALLEST)

    return routine


def _part_of_gamma(name: str, s, x):
    from scipy import special

    values = getattr(special, name)(s, x)
    size = 1 + np.abs(s) + np.minimum(np.abs(x), _EXPONENTS)
    return values, 4 * FUNCTION * size * np.abs(values)


def _bessel(name: str) -> Callable:
    """Bessel functions; errors of those that oscillate are relative to their amplitude.

    AMOS, which SciPy calls, loses three digits of J, Y and K of fractional order where their series
    cancels: these are left to balls.
    """

    def routine(order, x):
        from scipy import special

        values = getattr(special, name)(order, x)
        amplitude = np.where(x > np.abs(order), np.sqrt(2 / (np.pi * x)), 0.0)
        whole = np.abs(values) + (amplitude if name in ("jv", "yv") else 0.0)
        size = 1 + np.abs(x) + np.abs(order) + np.abs(special.xlogy(order, x))
        good = (name == "iv") | (order == np.round(order))
        return values, np.where(good, 4 * FUNCTION * size * whole, np.inf)

    return routine


def _scaled_bessel(name: str) -> Callable:
    """e^{−x} I and e^x K for x > 0, whose errors do not grow with x."""

    def routine(order, x):
        from scipy import special

        values = np.where(x > 0, getattr(special, name)(order, x), np.nan)
        size = 1 + np.abs(order) + np.abs(special.xlogy(order, x)) + np.minimum(x, 32)
        good = (name == "ive") | (order == np.round(order))
        return values, np.where(good, 4 * FUNCTION * size * np.abs(values), np.inf)

    return routine


def _lambertw(x, branch=0):
    from scipy.special import lambertw

    found = lambertw(x, np.asarray(branch, int))
    values = np.where(found.imag == 0, found.real, np.nan)
    return values, FUNCTION * np.abs(values) * (1 + 1 / np.abs(1 + values))


def _ei(x):
    from scipy.special import expi

    values = expi(x)
    # beyond 40 SciPy ends the series Σ k!/x^k at k = 20: what follows is 21/x + 21·22/x² + … < 2
    # times that term
    ended = np.where(x > 40, 2 * math.factorial(20) / x**20, 0.0)
    return values, FUNCTION * (np.abs(values) + np.exp(x)) + ended * np.abs(values)  # has a zero


def _sinc(x):
    safe = np.where(x == 0, 1.0, x)
    values = np.where(x == 0, 1.0, np.sin(safe) / safe)
    return values, FUNCTION * np.abs(values)


def _polynomial(name: str, *args):
    from theorycalc.core.arithmetic.polynomials import polynomial

    return polynomial(name, *args)


_FAMILIES = "legendre gegenbauer jacobi hermite laguerre chebyshevt chebyshevu".split()

# Functions of (*arguments) in SymPy's order that return (values, error bounds).
ROUTINES: dict[str, Callable] = {
    "gamma": _routine("gamma", _factors),
    "rgamma": _routine("rgamma", _factors),
    "erf": _routine("erf"),
    "erfinv": _routine("erfinv"),
    "erfcinv": _routine("erfcinv", lambda x: 3.0),  # Cephes tells 7.2e-16 of its ndtri
    **{name: functools.partial(_polynomial, name) for name in _FAMILIES},
    "sinc": _sinc,
    "loggamma": _loggamma,
    "digamma": _digamma,
    "beta": _routine("beta", _BETA),
    "betainc": _betainc,
    "binomial": _binomial,
    "rising": _routine("poch", _logarithms(lambda x, n: x, lambda x, n: x + n)),
    "lowergamma": _incomplete_gamma("gammainc"),
    "uppergamma": _incomplete_gamma("gammaincc"),
    "erfc": _erfc,
    "erfi": _routine("erfi", lambda x: 16 + x * x),
    "erfcx": _erfcx,
    "log_erfc": _log_erfc,
    "log_ndtr": _log_ndtr,
    "besselj": _bessel("jv"),
    "bessely": _bessel("yv"),
    "besseli": _bessel("iv"),
    "besselk": _bessel("kv"),
    "besseli_scaled": _scaled_bessel("ive"),
    "besselk_scaled": _scaled_bessel("kve"),
    "lowergamma_regularized": functools.partial(_part_of_gamma, "gammainc"),
    "uppergamma_regularized": functools.partial(_part_of_gamma, "gammaincc"),
    "lambertw": _lambertw,
    "ei": _ei,
}
