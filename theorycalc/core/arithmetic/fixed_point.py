"""Convolutions of long lists of enclosures in integers."""

from collections.abc import Iterable
from functools import reduce

from flint import arb, ctx, fmpz, fmpz_poly


def convolve(xs: list, ys: list, places: Iterable[int] | None = None) -> list:
    """Σ_i x_i y_{k−i} for every k, to the working precision of the largest numbers of both lists.

    Only for some k if ``places`` are given.

    Small numbers next to large ones keep fewer digits than in `BallContext.convolve`, which for
    numbers that decay like a Gaussian takes much longer.

    Notes
    -----
    With x = X + ξ, |ξ| ≤ a and y = Y + η, |η| ≤ b every sum is off by at most
    a Σ|Y| + b Σ|X| + a b·(length of the shorter list).
    """
    (first, a, one), (second, b, two) = map(_rounded, (xs, ys))
    product = fmpz_poly(first) * fmpz_poly(second)
    off = a * sum(map(abs, second)) + b * sum(map(abs, first)) + a * b * min(len(xs), len(ys))
    unit = arb(2) ** (one + two)
    off = off.abs_upper()
    places = range(len(xs) + len(ys) - 1) if places is None else places
    return [arb(product[k], off) * unit for k in places]


def _rounded(xs: list) -> tuple:
    """(integers, by how much they may be off, e) for the numbers over 2^e."""
    largest = max((x.abs_upper() for x in xs), key=float)
    if not largest > 0:
        return [fmpz(0)] * len(xs), arb(0), 0
    mantissa, exponent = largest.man_exp()
    shift = ctx.prec - int(exponent) - mantissa.bit_length()
    widest = reduce(arb.max, (x.rad() for x in xs))
    integers = [_floor(*x.mid().man_exp(), shift) for x in xs]
    return integers, arb((1, 0)) + widest * arb(2) ** shift, -shift


def _floor(mantissa: fmpz, exponent: fmpz, shift: int) -> fmpz:
    exponent = int(exponent) + shift
    return mantissa << exponent if exponent >= 0 else mantissa >> -exponent
