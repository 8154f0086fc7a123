"""Enclosures of functions by Arb on complex balls, for integration.

A complex integrand must be holomorphic on the ball when ``analytic`` is set, otherwise the
quadrature's error bound is void. Arb checks that itself for some functions; for the others the
branch cut is declared here, and a ball that touches it gives a non-finite result.
"""

import functools

from flint import acb, arb

from theorycalc.core.arithmetic.any_ball import NAN, beta, polygamma, whole, whole_real, zeta
from theorycalc.core.arithmetic.ball_error_functions import (
    complex_erfcx,
    complex_log_erfc,
    complex_log_ndtr,
)


def _touches(z: acb, left=None, right=None) -> bool:
    """Whether z may meet the real axis left of ``left`` or right of ``right``."""
    if not z.imag.contains(0):
        return False
    return (left is not None and not z.real > left) or (right is not None and not z.real < right)


def _cut(function, left=None, right=None, argument=-1, entire_order=None):
    """A function of complex balls that is refused on its branch cut when it must be analytic.

    ``argument`` is the position of the variable; with ``entire_order`` the cut is absent when the
    argument at that position (a degree or order) is an integer.
    """

    def guarded(*args, analytic):
        entire = entire_order is not None and _is_integer(args[entire_order])
        if analytic and not entire and _touches(args[argument], left, right):
            return NAN
        return function(*args)

    return guarded


def _is_integer(z: acb) -> bool:
    return whole_real(z) is not None


def _entire(function):
    """A function without branch cuts; at poles Arb returns a non-finite ball by itself."""
    return lambda *args, analytic: function(*args)


def _flagged(function):
    """A function of Arb's that takes the flag itself."""
    return lambda *args, analytic: function(*args, analytic=analytic)


def _pairwise(function):
    """A flagged function of two arguments, for any number of them."""
    return lambda *args: functools.reduce(lambda x, y: function(x, y, analytic=True), args)


def _sqrt(z: acb, analytic):
    """√z, also tight on wide balls, where Arb's imaginary part is as wide as √radius."""
    result = z.sqrt(analytic=True)
    if not result.is_finite():
        return z.sqrt(analytic=analytic)
    centre = z.mid()
    radius = arb(abs((z - centre) / centre).abs_upper())
    if not radius < 0.5:
        return result
    # z is off the cut: √z = √c √(1 + u), and |√(1 + u) − 1| ≤ 1 − √(1 − |u|)
    change = arb(0, (1 - (1 - radius).sqrt()).abs_upper())
    return centre.sqrt() * (1 + acb(change, change))


def _acos(z: acb):
    """Arccos, also on balls around the branch points ±1, where Arb's own gives nothing."""
    result = z.acos()
    if result.is_finite():
        return result
    if z.real > -1:
        return 2 * ((1 - z) / 2).sqrt().asin()
    return arb.pi() - 2 * ((1 + z) / 2).sqrt().asin()


def _asin(z: acb):
    result = z.asin()
    return result if result.is_finite() else arb.pi() / 2 - _acos(z)


def _atan(z: acb, analytic):
    # The cuts run up from i and down from −i: those of atanh, turned by a quarter.
    if analytic and _touches(z * acb(0, 1), left=-1, right=1):
        return NAN
    return z.atan()


def _asinh(z: acb, analytic):
    if analytic and _touches(z * acb(0, 1), left=-1, right=1):
        return NAN
    return z.asinh()


def _complex_lambertw(z: acb, branch: acb | None = None):
    number = 0 if branch is None else whole(branch.real)
    return NAN if number is None else z.lambertw(int(number))


def _wave(function, slope, z: acb) -> acb:
    """sin or cos, by the mean value inequality: Arb's narrow balls do not see a slope near 0."""
    centre = z.mid()
    radius = (slope(z) * (z - centre)).abs_upper()
    return function(centre) + acb(arb(0, radius), arb(0, radius))


# Up to here the mean value inequality is narrower for sinc than Arb's balls.
_NEAR = 4


def _sinc(z: acb) -> acb:
    """Near 0 by the mean value inequality: sinc' is a mean of −u sin(uz) over 0 ≤ u ≤ 1."""
    if not z.abs_upper() < _NEAR:
        return z.sinc()
    return _wave(acb.sinc, lambda z: acb(z.real.union(0), z.imag.union(0)).sin() / 2, z)


COMPLEX = {
    "sqrt": _sqrt,
    "exp": _entire(acb.exp),
    "log": _flagged(acb.log),
    "expm1": _entire(acb.expm1),
    "log1p": _cut(acb.log1p, left=-1),
    "softplus": lambda z, analytic: (1 + z.exp()).log(analytic=analytic),
    "sin": _entire(functools.partial(_wave, acb.sin, acb.cos)),
    "cos": _entire(functools.partial(_wave, acb.cos, acb.sin)),
    "tan": _entire(acb.tan),
    "sinc": _entire(_sinc),
    "asin": _cut(_asin, left=-1, right=1),
    "acos": _cut(_acos, left=-1, right=1),
    "atan": _atan,
    "sinh": _entire(acb.sinh),
    "cosh": _entire(acb.cosh),
    "tanh": _entire(acb.tanh),
    "asinh": _asinh,
    "acosh": _cut(acb.acosh, left=1),
    "atanh": _cut(acb.atanh, left=-1, right=1),
    "gamma": _entire(acb.gamma),
    "rgamma": _entire(acb.rgamma),
    "loggamma": _cut(acb.lgamma, left=0),
    "digamma": _entire(acb.digamma),
    "polygamma": _entire(polygamma),
    "beta": _entire(beta),
    "rising": _entire(lambda z, n: (z + n).gamma() * z.rgamma()),
    "erf": _entire(acb.erf),
    "erfc": _entire(acb.erfc),
    "erfi": _entire(acb.erfi),
    "erfcx": _entire(complex_erfcx),
    "log_erfc": complex_log_erfc,
    "log_ndtr": complex_log_ndtr,
    "lowergamma": _cut(lambda s, z: z.gamma_lower(s), left=0),
    "uppergamma": _cut(lambda s, z: z.gamma_upper(s), left=0),
    "lowergamma_regularized": _cut(lambda s, z: z.gamma_lower(s, regularized=1), left=0),
    "uppergamma_regularized": _cut(lambda s, z: z.gamma_upper(s, regularized=1), left=0),
    "besselj": _cut(lambda v, z: z.bessel_j(v), left=0, entire_order=0),
    "bessely": _cut(lambda v, z: z.bessel_y(v), left=0),
    "besseli": _cut(lambda v, z: z.bessel_i(v), left=0, entire_order=0),
    "besselk": _cut(lambda v, z: z.bessel_k(v), left=0),
    "besseli_scaled": _cut(lambda v, z: z.bessel_i(v, scaled=True), left=0, entire_order=0),
    "besselk_scaled": _cut(lambda v, z: z.bessel_k(v, scaled=True), left=0),
    "hyperu": _cut(lambda a, b, z: z.hypgeom_u(a, b), left=0),
    "legendre": _cut(lambda n, z: z.legendre_p(n), left=-1, entire_order=0),
    "gegenbauer": _cut(lambda n, a, z: z.gegenbauer_c(n, a), left=-1, entire_order=0),
    "jacobi": _cut(lambda n, a, b, z: z.jacobi_p(n, a, b), left=-1, entire_order=0),
    "hermite": _entire(lambda n, z: z.hermite_h(n)),
    "laguerre": _entire(lambda n, a, z: z.laguerre_l(n, a)),
    "chebyshevt": _cut(lambda n, z: z.chebyshev_t(n), left=-1, entire_order=0),
    "chebyshevu": _cut(lambda n, z: z.chebyshev_u(n), left=-1, entire_order=0),
    "polylog": _cut(lambda s, z: z.polylog(s), right=1),
    "zeta": _entire(zeta),
    "lambertw": _cut(_complex_lambertw, left=0, argument=0),
    "expint": _cut(lambda s, z: z.expint(s), left=0),
    "ei": _cut(acb.ei, left=0),
}

# Functions of real numbers, continued from the real line into a ball that one branch covers: right
# for the bounds of a quadrature, and not what the name means for a number that is not real.
CONTINUED = {
    "abs": lambda z: z.real_abs(analytic=True),
    "sign": lambda z: z.real_sgn(analytic=True),
    "heaviside": lambda z, at_zero: z.real_heaviside(analytic=True),
    "max": _pairwise(acb.real_max),
    "min": _pairwise(acb.real_min),
    "floor": lambda z: z.real_floor(analytic=True),
    "ceiling": lambda z: z.real_ceil(analytic=True),
}
