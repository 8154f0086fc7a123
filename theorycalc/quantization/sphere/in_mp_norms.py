"""Nodes of the norm R around a radius r, to many digits."""

import math
from collections.abc import Iterator

import numpy as np
import sympy
from sympy import Rational, S

from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.quantization.sphere.norm_law import (
    LEVEL,
    RadialLaw,
    Window,
    log_expm1,
    segments,
    step_near,
    window,
)

_SPARE_BITS = 8
_CONTEXT = BallContext()


def panels(law: RadialLaw, s: Rational, r: Rational, bits: int) -> Iterator[tuple]:
    """(bits, X, sides) of every node: how exactly its mean over the angles must be known, and

    for R < r and R > r, where they count: the sign of r − R, R/r, and the weight of d log R.
    """
    level = (bits + _SPARE_BITS) * math.log(2)
    frame, log_r = window(law, float(s), level), float(sympy.log(r))
    for piece in segments(frame, log_r, law.log_breaks):
        yield from _piece(law, frame, r, log_r, level, s, *piece)


def _piece(law, frame: Window, r, log_r, level, s, a, b, start, stop) -> Iterator[tuple]:
    middle = max(a, start) + 1 if math.isinf(b) else (a + b) / 2
    step = step_near(frame, log_r, a, max(level / LEVEL, 1.0))
    begin, end = _ends(a, b, start, stop, level)
    count = math.ceil((end - begin) / step) + 1
    near = [_jump(law, r, log_r, x) for x in (a, b)]
    v = begin + step * np.arange(count)
    y = np.exp(v) if math.isinf(b) else math.expm1(b - a) / (1 + np.exp(-v))
    w = a + np.log1p(y)
    # near a kink rounding must not choose the branch
    slack = 1e-9 * min(b - a, 1.0)
    inside = np.clip(w, a + slack, b - slack)
    heights = [
        _heights(law, frame, float(s), log_r + sign * inside, log_r + sign * middle)
        for sign in (-1, 1)
    ]
    growth = max(0.0, 1.0 - float(s)) * np.minimum(np.log(np.tanh(w / 2)), 0.0)
    weight = np.logaddexp(*heights) + np.log(y / (1 + y)) - np.logaddexp(0, v) * (b < math.inf)
    if weight.max() == -np.inf:
        return  # a gap of the law
    needed = (level + weight - growth - weight.max()) / math.log(2) + _SPARE_BITS
    exact = _CONTEXT.apply("exp", _CONTEXT.number(Rational(begin)))
    ratio = _CONTEXT.apply("exp", _CONTEXT.number(Rational(step)))
    most = round(level / math.log(2)) - _SPARE_BITS
    for j in range(count):
        place, dw = _place(exact, near, step)
        exact = _CONTEXT.midpoint(exact * ratio)
        sides = [
            (-sign, place + 1 if sign > 0 else 1 / (place + 1), dw)
            for sign, height in zip((-1, 1), heights, strict=True)
            if height[j] > -level
        ]
        if sides and needed[j] > 0:
            yield min(max(int(needed[j]), 1), most), place / (place + 2), sides


def _ends(a, b, start, stop, level) -> tuple[float, float]:
    """The range of v on a piece."""
    begin = -level if start <= a else log_expm1(start - a)
    if math.isinf(b):
        return begin, log_expm1(stop - a)
    return begin - log_expm1(b - a) if start > a else -level, level


def _place(exact, near: list, step: float) -> tuple:
    """(e^w − 1, dw) at e^v = ``exact``."""
    first, last = near
    if last is None:
        y, slope = exact, 1
    else:
        y, slope = (last / first - 1) * exact / (1 + exact), 1 / (1 + exact)
    dw = _CONTEXT.number(Rational(step)) * y / (1 + y) * slope
    return _CONTEXT.midpoint((first - 1) + first * y), _CONTEXT.midpoint(dw)


def _jump(law, r: Rational, log_r: float, w: float):
    """e^w exactly, where w = 0 or the distance of log r to an end of the support; None for ∞."""
    if math.isinf(w):
        return None
    if w == 0:
        return _CONTEXT.number(S.One)
    ends = [x for x in (law.lower, *law.breaks, law.upper) if x.is_finite and x > 0]
    end = min(ends, key=lambda x: abs(abs(float(sympy.log(x)) - log_r) - w))
    return _CONTEXT.number(max(end / r, r / end))


def _heights(law, frame: Window, order: float, x: np.ndarray, middle: float):
    """Logarithms of R^order times the density of x = log R, relative to its mode."""
    low, high = law.log_support
    if not low < middle < high:
        return np.full(x.size, -np.inf)
    growth = order * np.maximum(x - frame.mode, 0.0)
    return law.log_mass(np.clip(x, low, high)) - frame.height + growth
