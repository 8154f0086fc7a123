"""I_ν and K_ν on real balls: tight on wide ones, and where Arb's difference for K_ν cancels."""

import math
from collections.abc import Callable

from flint import arb, ctx

_GUARD_BITS = 10
# Bits per unit of x by which I_{−ν} and I_ν are larger than their difference, 2/log 2.
_LOST = 3
# Orders nearer to an integer are not told from it.
_LEAST = 1e-300


def besseli(order: arb, x: arb) -> arb:
    """I_ν(x), which rises on x > 0 for ν ≥ 0."""
    if x.is_exact() or not (x > 0 and order >= 0):
        return x.bessel_i(order)
    return x.lower().bessel_i(order).union(x.upper().bessel_i(order))


def besseli_scaled(order: arb, x: arb) -> arb:
    """exp(−x) I_ν(x).

    It falls for ν = 0, and √x times it rises for ν ≥ 1/2: with h = √x e^{−x} I_ν(x),
    (e^{2x} h')' = (ν² − 1/4) e^{2x} h/x².
    """
    if x.is_exact() or not (x > 0 and (order.is_zero() or order >= 0.5)):
        return x.bessel_i(order, scaled=True)
    low, high = (end.bessel_i(order, scaled=True) for end in (x.lower(), x.upper()))
    growth = arb(1) if order.is_zero() else (x.upper() / x.lower()).sqrt()
    return (low / growth).union(high * growth)


def besselk(order: arb, x: arb) -> arb:
    """K_ν(x), which falls."""
    return _between_ends(_besselk, order, x)


def besselk_scaled(order: arb, x: arb) -> arb:
    """exp(x) K_ν(x), which falls."""
    return _between_ends(_besselk_scaled, order, x)


def _between_ends(function: Callable, order: arb, x: arb) -> arb:
    if x.is_exact() or not x > 0:
        return function(order, x)
    return function(order, x.lower()).union(function(order, x.upper()))


def _besselk(order: arb, x: arb) -> arb:
    if not _cancels(x):
        return x.bessel_k(order)
    with ctx.workprec(ctx.prec + int(_LOST * float(x)) + _GUARD_BITS):
        value = _at_order(order.mid(), x)
        if not order.is_exact():
            # ∫ e^{−x cosh t} t sinh(νt) dt, with 2t sinh(νt) ≤ cosh((ν + 1)t)
            steepest = _at_order(abs(order).upper() + 1, x) / 2
            value += arb(0, (arb(order.rad()) * steepest).abs_upper())
    return +value


def _besselk_scaled(order: arb, x: arb) -> arb:
    return x.exp() * _besselk(order, x) if _cancels(x) else x.bessel_k(order, scaled=True)


def _cancels(x: arb) -> bool:
    """Whether x is too small for the expansion at infinity."""
    return bool(x > 0 and x < ctx.prec / 2)


def _at_order(order: arb, x: arb) -> arb:
    if order.is_integer():
        return _of_integer_order(abs(int(order.unique_fmpz())), x)
    # I_{−ν} and I_ν are close where ν is close to an integer (DLMF 10.27.4)
    gap = max(float(abs(order - (order + 0.5).floor())), _LEAST)
    with ctx.workprec(ctx.prec - int(math.log2(gap))):
        difference = x.bessel_i(-order) - x.bessel_i(order)
        return arb.pi() / 2 * difference / order.sin_pi()


def _of_integer_order(degree: int, x: arb) -> arb:
    """Upwards from K_0, and from K_1 by I_0 K_1 + I_1 K_0 = 1/x (DLMF 10.28.2)."""
    below = x.bessel_k(arb(0))
    if degree == 0:
        return below
    value = (1 / x - x.bessel_i(arb(1)) * below) / x.bessel_i(arb(0))
    for k in range(1, degree):
        below, value = value, below + 2 * k / x * value
    return value
