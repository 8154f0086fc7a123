"""Hypergeometric series in any numbers: their terms, and where those end."""

import itertools
import math
from collections.abc import Iterator


def terms(upper: list, lower: list, z, one) -> Iterator:
    """1, a…/b…·z, …: the terms of pFq, without end."""
    term = one
    for k in itertools.count():
        yield term
        for x in upper:
            term = term * (x + k)
        for x in lower:
            term = term / (x + k)
        term = term * z / (k + 1)


def surviving(upper: list, lower: list) -> tuple[list[int], list[int]] | None:
    """Positions of the parameters that do not cancel; None where the series has no value.

    Upper parameters −m end a series, lower ones −k are poles. The lists have m ≥ 0 for a parameter
    −m, and None for any other. Equal ones of both lists cancel
    where another parameter ends the series in time: the quotient, which is 1 as far as m, and the
    limits by which others continue it, are then the same.
    """
    above, below = list(range(len(upper))), []
    cancelled = []
    for j, pole in enumerate(lower):
        pair = next((i for i in above if pole is not None and upper[i] == pole), None)
        if pair is None:
            below.append(j)
        else:
            above.remove(pair)
            cancelled.append(pole)
    last = min((upper[i] for i in above if upper[i] is not None), default=math.inf)
    poles = [lower[j] for j in below if lower[j] is not None]
    in_time = last < min(poles, default=math.inf) and last <= min(cancelled, default=math.inf)
    return (above, below) if in_time or not (poles or cancelled) else None
