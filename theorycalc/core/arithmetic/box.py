"""Intervals by their exact ends."""

from typing import NamedTuple

from flint import arb


class Box(NamedTuple):
    """The real numbers from ``low`` to ``high``: exact balls, infinite ones among them."""

    low: arb
    high: arb


NOT_A_NUMBER = Box(arb.nan(), arb.nan())


def is_undefined(x: Box) -> bool:
    """Whether an interval is not a number; one that is half of one is none either."""
    return x.low.is_nan() or x.high.is_nan()


def box_of_ball(x: arb) -> Box:
    """An interval around a ball."""
    return Box(x.lower(), x.upper()) if x.is_finite() or x.is_exact() else NOT_A_NUMBER


def ball_of_box(x: Box) -> arb:
    """A ball around an interval."""
    return x.low if x.low == x.high else x.low.union(x.high)
