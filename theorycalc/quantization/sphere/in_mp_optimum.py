"""The optimal radius to many digits."""

import math
from functools import lru_cache

from sympy import Rational

from theorycalc.core.arithmetic.ball import mid_and_rad
from theorycalc.core.arithmetic.ball_context import GUARD_BITS, working_precision
from theorycalc.core.binary import fraction
from theorycalc.quantization.arguments import Points
from theorycalc.quantization.sphere import in_doubles
from theorycalc.quantization.sphere.in_balls_survival import none_on_one_side
from theorycalc.quantization.sphere.in_mp import slope
from theorycalc.quantization.sphere.in_mp_grid import CONTEXT
from theorycalc.quantization.sphere.norm_law import RadialLaw

# What the root in doubles is good for, how many of the known bits are not relied on, and secants.
_DOUBLE_BITS = 40
_OVERLAP = 12
_MOST_STEPS = 8


def optimal_radius(law: RadialLaw, d: int, n: Points, s: Rational, bits: int) -> Rational:
    """The zero of D', by secants from the best root that is known, at first a double."""
    known, bits = _roots(law, d, n, s), max(bits, _DOUBLE_BITS + 1)
    if not known[_DOUBLE_BITS]:
        return Rational(0)  # one point
    if d == 1 and law.point is not None:
        return _on_line(n, s, bits)
    if bits not in known:
        before = max(b for b in known if b < bits)
        known[bits] = _refined(law, d, n, s, bits, known[before], min(before, bits - _OVERLAP))
    return known[bits]


def _on_line(n: Points, s: Rational, bits: int) -> Rational:
    """The root for X = ±1: (1 − r)/(1 + r) is (2^n − 1)^{−1/(s−1)}, or 0 for s ≤ 1."""
    if s <= 1 or math.exp(min(n.log, 700.0)) > (bits + GUARD_BITS) * s:
        return Rational(1)
    with working_precision(bits + GUARD_BITS):
        missing = none_on_one_side(CONTEXT, n)
        odds = missing / (1 - missing)
        ratio = CONTEXT.power(odds, CONTEXT.number(1 / (s - 1)))
        return exact((1 - ratio) / (1 + ratio))


@lru_cache(maxsize=64)
def _roots(law: RadialLaw, d: int, n: Points, s: Rational) -> dict[int, Rational]:
    """Roots by the bits to which they are known."""
    root = in_doubles.optimal_radius(law, float(d), n, float(s))[0]
    return {_DOUBLE_BITS: Rational(root)}


def _refined(law, d, n, s, bits: int, here: Rational, known: int) -> Rational:
    moved, step = here, here / 2**known
    height = _height(law, d, n, s, here, bits)
    for _ in range(_MOST_STEPS):
        before, old, here = here, height, here + step
        height = _height(law, d, n, s, here, bits)
        if height == old:
            return here
        moved, step = step, _short(height * (here - before) / (old - height), bits)
        if abs(moved * step) <= here**2 / 2 ** (bits + _OVERLAP):
            return here + step
    return here


def _height(law, d, n, s, r, bits) -> Rational:
    return exact(slope(law, d, n, s, r, bits))


def exact(x) -> Rational:
    """The midpoint of a ball as an exact number."""
    return Rational(fraction(mid_and_rad(x, CONTEXT.bits)[0]))


def _short(x: Rational, bits: int) -> Rational:
    """Rounded, so that numerators do not grow."""
    with working_precision(bits):
        return exact(CONTEXT.number(x))
