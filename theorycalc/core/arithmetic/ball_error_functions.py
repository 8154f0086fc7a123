"""Scaled error functions on real and complex balls, tight on wide ones and far out.

erfcx(z) = exp(z²) erfc(z) = 2/√π ∫_0^∞ exp(−t² − 2zt) dt. By the integral every derivative is
monotone on the real line, and none is larger at z than at the real part of z.
"""

from collections.abc import Callable

from flint import acb, arb, ctx

_NAN = acb(arb.nan(), arb.nan())


def erfcx(x: arb) -> arb:
    """exp(x²) erfc(x)."""
    return _between_ends(_erfcx_at, x)


def log_erfc(x: arb) -> arb:
    """log erfc(x)."""
    return _between_ends(_log_erfc_at, x)


def log_ndtr(x: arb) -> arb:
    """log Φ(x), of the distribution function of the standard normal law."""
    return _between_ends(_log_ndtr_at, x)


def complex_erfcx(z: acb) -> acb:
    """exp(z²) erfc(z), an entire function, by its mean value or its largest modulus."""
    centre = z.mid()
    left = z.real.lower()
    change = (_steepest(left) * (z - centre).abs_upper()).abs_upper()
    largest = _erfcx_at(left).abs_upper()
    if largest < change:
        return acb(arb(0, largest), arb(0, largest))
    return _complex_erfcx_at(centre) + acb(arb(0, change), arb(0, change))


def complex_log_erfc(z: acb, analytic: bool) -> acb:
    """log erfc(z), continued from the real line into the right half-plane."""
    return _logarithm(z, -z.erf(), arb(1), analytic)


def complex_log_ndtr(z: acb, analytic: bool) -> acb:
    """log Φ(z), continued from the real line into the left half-plane."""
    u = z / arb(2).sqrt()
    return _logarithm(-u, -u.erfc() / 2, arb(1) / 2, analytic)


def _between_ends(function: Callable, x: arb) -> arb:
    """A monotone function on a ball."""
    if x.is_exact():
        return function(x)
    return function(x.lower()).union(function(x.upper()))


def _erfcx_at(x: arb) -> arb:
    square = x * x
    if x < 0 or square < ctx.prec:
        return square.exp() * x.erfc()
    return square.hypgeom_u(arb(0.5), arb(0.5)) / arb.pi().sqrt()


def _log_erfc_at(x: arb) -> arb:
    return (-x.erf()).log1p() if x < 0.5 else erfcx(x).log() - x * x


def _log_ndtr_at(x: arb) -> arb:
    u = x / arb(2).sqrt()
    return (-u.erfc() / 2).log1p() if x > 0 else (erfcx(-u) / 2).log() - x * x / 2


def _steepest(x: arb) -> arb:
    """A bound on |erfcx'| right of x; by parts −x erfcx'(x) ≤ erfcx(x)."""
    value = _erfcx_at(x)
    return value / x if x > 1 else 2 / arb.pi().sqrt() - 2 * x * value


def _complex_erfcx_at(z: acb) -> acb:
    square = z * z
    if square.abs_lower() < ctx.prec:
        return square.exp() * z.erfc()
    if z.real < 0:
        return 2 * square.exp() - _complex_erfcx_at(-z)
    if z.imag < 0:  # the other side of the cut of U
        return _complex_erfcx_at(z.conjugate()).conjugate()
    return square.hypgeom_u(acb(0.5), acb(0.5)) / arb.pi().sqrt()


def _logarithm(z: acb, below: acb, factor: arb, analytic: bool) -> acb:
    """log(factor · erfc(z)), where ``below`` is factor · erfc(z) − 1.

    Right of the imaginary axis erfcx has a positive real part. Elsewhere the principal logarithm
    continues it, as erfc has a positive real part on the axis.
    """
    if z.real >= 0 and not z.abs_upper() < 1:
        return (factor * complex_erfcx(z)).log(analytic=analytic) - z * z
    if not (z.real < 0 or below.real > -1):
        return _NAN
    if analytic and not (1 + below).log(analytic=True).is_finite():
        return _NAN
    return below.log1p()
