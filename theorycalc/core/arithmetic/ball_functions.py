"""Enclosures of functions by Arb, on real balls."""

import functools

from flint import acb, arb, ctx

from theorycalc.core.arithmetic.any_ball import LONGEST, NAN, beta, polygamma, whole, zeta
from theorycalc.core.arithmetic.ball_bessel import (
    besseli,
    besseli_scaled,
    besselk,
    besselk_scaled,
)
from theorycalc.core.arithmetic.ball_error_functions import erfcx, log_erfc, log_ndtr


def _binomial(n, k):
    """Γ(n+1)/(Γ(k+1)Γ(n−k+1)); a product when k is a small integer, so that n may be a pole."""
    count = whole(k)
    if count is not None and count < 0:
        return arb(0)  # SymPy's convention, also where Γ(n+1) is a pole
    if count is not None and 0 <= count <= LONGEST:
        return (n - k + 1).rising(count) / k.fac()
    return (n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma()


def _rising(x, n):
    return x.rising(n) if whole(n) is not None else (x + n).gamma() * x.rgamma()


def _lambertw(x, branch=None):
    number = 0 if branch is None else whole(branch)
    return x.lambertw(int(number)) if number in (0, -1) else NAN  # no other branch is real


def _beta_lower(a, b, x):
    """∫_0^x, where it is real; where Arb's alternating series cancels, by one that does not."""
    outside = (x < 0 and whole(a) is None) or (x > 1 and whole(b) is None)
    if outside:
        return NAN
    value = x.beta_lower(a, b)
    inside = a > 0 and b > 0 and x > 0 and x < 1
    if not inside or value.rel_accuracy_bits() >= ctx.prec / 2:
        return value
    return _part_of_beta(a, b, x) if x < 0.5 else beta(a, b) - _part_of_beta(b, a, 1 - x)


def _part_of_beta(a, b, x):
    """∫_0^x t^(a−1) (1 − t)^(b−1) dt as x^a (1 − x)^b/a · 2F1(a + b, 1; a + 1; x) (DLMF 8.17.8).

    The terms of the series are positive. Beyond x the integrand falls like e^(−st) at least, with
    s = (b − 1)/(1 − x) − max(a − 1, 0)/x: where that leaves nothing no series is needed.
    """
    negligible = arb(2) ** -ctx.prec
    size = (a * x.log() + b * (-x).log1p()).exp()
    steep = (b - 1) * x - (a - 1).max(arb(0)) * (1 - x)
    if steep > 0:
        complete, rest = beta(a, b), arb((size / steep).abs_upper())
        if rest < complete * negligible:
            return complete - arb(0).union(rest)
    if not x * ((a + b + LONGEST) / (a + 1 + LONGEST)) < 1:
        return NAN  # the terms still grow
    total = term = arb(1)
    for k in range(LONGEST):
        ratio = x * ((a + b + k) / (a + 1 + k))
        term *= ratio
        total += term
        # later ratios lie between this one and x
        largest = ratio.max(x)
        if largest < 1:
            rest = term * largest / (1 - largest)
            if rest < total * negligible:
                return (total + arb(0).union(rest)) * size / a
    return NAN


def _derivative_of_gamma(order, x):
    value = polygamma(acb(order), acb(x))
    return value if whole(order) is None else value.real


def _heaviside(x, at_zero):
    if x.is_exact() and x.is_zero():
        return at_zero
    if x > 0 or x < 0:
        return arb(1 if x > 0 else 0)
    return arb(0).union(arb(1)).union(at_zero)


# Argument orders follow SymPy.
REAL = {
    "sqrt": arb.sqrt,
    "exp": arb.exp,
    "log": arb.log,
    "expm1": arb.expm1,
    "log1p": arb.log1p,
    "softplus": lambda x: x.exp().log1p(),
    "sin": arb.sin,
    "cos": arb.cos,
    "tan": arb.tan,
    "sinc": arb.sinc,
    "asin": arb.asin,
    "acos": arb.acos,
    "atan": arb.atan,
    "atan2": arb.atan2,
    "sinh": arb.sinh,
    "cosh": arb.cosh,
    "tanh": arb.tanh,
    "asinh": arb.asinh,
    "acosh": arb.acosh,
    "atanh": arb.atanh,
    "abs": abs,
    "sign": arb.sgn,
    "heaviside": _heaviside,
    "max": lambda *xs: functools.reduce(arb.max, xs),
    "min": lambda *xs: functools.reduce(arb.min, xs),
    "floor": arb.floor,
    "ceiling": arb.ceil,
    "gamma": arb.gamma,
    "rgamma": arb.rgamma,
    "loggamma": arb.lgamma,
    "digamma": arb.digamma,
    "polygamma": _derivative_of_gamma,
    "beta": beta,
    "betainc": lambda a, b, x, y: _beta_lower(a, b, y) - _beta_lower(a, b, x),
    "binomial": _binomial,
    "rising": _rising,
    "lowergamma": lambda s, x: x.gamma_lower(s),
    "uppergamma": lambda s, x: x.gamma_upper(s),
    "lowergamma_regularized": lambda s, x: x.gamma_lower(s, regularized=1),
    "uppergamma_regularized": lambda s, x: x.gamma_upper(s, regularized=1),
    "erf": arb.erf,
    "erfc": arb.erfc,
    "erfi": arb.erfi,
    "erfinv": arb.erfinv,
    "erfcinv": arb.erfcinv,
    "erfcx": erfcx,
    "log_erfc": log_erfc,
    "log_ndtr": log_ndtr,
    "besselj": lambda v, x: x.bessel_j(v),
    "bessely": lambda v, x: x.bessel_y(v),
    "besseli": besseli,
    "besselk": besselk,
    "besseli_scaled": besseli_scaled,
    "besselk_scaled": besselk_scaled,
    "hyperu": lambda a, b, x: x.hypgeom_u(a, b),
    "legendre": lambda n, x: x.legendre_p(n),
    "gegenbauer": lambda n, a, x: x.gegenbauer_c(n, a),
    "jacobi": lambda n, a, b, x: x.jacobi_p(n, a, b),
    "hermite": lambda n, x: x.hermite_h(n),
    "laguerre": lambda n, a, x: x.laguerre_l(n, a),
    "chebyshevt": lambda n, x: x.chebyshev_t(n),
    "chebyshevu": lambda n, x: x.chebyshev_u(n),
    "polylog": lambda s, x: x.polylog(s),
    "zeta": zeta,
    "lambertw": _lambertw,
    "expint": lambda s, x: x.expint(s),
    "ei": arb.ei,
}
