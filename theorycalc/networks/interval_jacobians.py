"""Slopes of ReLU networks of any depth on boxes: interval Jacobians, branch and bound.

All numbers are rational, so that a bound is one without a rounding error.
"""

import heapq
import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from theorycalc.networks.slope_bounds import Matrix, Vector, gradient, over_patterns

Interval = tuple[Fraction, Fraction]
Box = tuple[Interval, ...]

# So many undecided neurons of one hidden layer are tried out in all patterns.
_MOST_UNDECIDED = 10


class Network(NamedTuple):
    """x ↦ a · relu(W_L(… relu(W_1 x + b_1) …) + b_L)."""

    weights: tuple[Matrix, ...]
    biases: tuple[Vector, ...]
    readout: Vector


class Bounded(NamedTuple):
    """What branch and bound found: every slope is at most ``upper``, and ``lower`` is reached."""

    lower: Fraction
    upper: Fraction
    boxes: int


def on_box(network: Network, box: Box, size: Callable) -> Fraction:
    """The size of the interval Jacobian, whose entries are as large as they may be."""
    return size(_largest(_jacobian(network, _slopes(network, box))))


def branch_and_bound(network: Network, box: Box, size: Callable, budget: int) -> Bounded:
    """The largest size(gradient) on a box: the worst box is halved along its longest side."""
    ticket = itertools.count()

    def entry(box: Box) -> tuple:
        bound, reached = _bounds(network, box, size)
        return -bound, next(ticket), reached, box

    queue = [entry(box)]
    lower, boxes = queue[0][2], 1
    while boxes < budget and -queue[0][0] > lower:
        worst = heapq.heappop(queue)[3]
        for half in _halves(worst):
            found = entry(half)
            lower = max(lower, found[2])
            heapq.heappush(queue, found)
            boxes += 1
    return Bounded(lower, max(-queue[0][0], lower), boxes)


def _halves(box: Box) -> list[Box]:
    side = max(range(len(box)), key=lambda i: box[i][1] - box[i][0])
    low, high = box[side]
    middle = (low + high) / 2
    return [(*box[:side], part, *box[side + 1 :]) for part in ((low, middle), (middle, high))]


def _bounds(network: Network, box: Box, size: Callable) -> tuple[Fraction, Fraction]:
    """(bound, a size that is reached): the slopes of neurons are 0, 1 or between."""
    slopes = _slopes(network, box)
    centre = tuple((middle, middle) for middle in ((low + high) / 2 for low, high in box))
    at_centre = _slopes(network, centre)
    # on a kink all neurons there may be off: a gradient that a neighbour has needs decided ones
    decided = all(low == high for layer in at_centre for low, high in layer)
    reached = size([x for x, _ in _jacobian(network, at_centre)]) if decided else Fraction(0)
    undecided = [i for i, (low, high) in enumerate(slopes[0]) if low != high]
    if len(slopes) == 1 and len(undecided) <= _MOST_UNDECIDED:
        return _over_undecided(network, slopes[0], undecided, size), reached
    return size(_largest(_jacobian(network, slopes))), reached


def _largest(intervals: list[Interval]) -> list[Fraction]:
    return [max(abs(low), abs(high)) for low, high in intervals]


def _over_undecided(network: Network, slopes: list, undecided: list[int], size) -> Fraction:
    """The maximum over the patterns of the neurons that a box does not decide."""
    rows, shares = network.weights[0], network.readout
    fixed = gradient(rows, shares, [low == 1 for low, _ in slopes])
    if not undecided:
        return Fraction(size(fixed))
    open_rows, open_shares = [rows[i] for i in undecided], [shares[i] for i in undecided]
    return over_patterns(open_rows, open_shares, size, fixed)


def _slopes(network: Network, box: Box) -> list[list[Interval]]:
    """Between which numbers the slopes of the neurons of each layer are."""
    found, here = [], list(box)
    zero, one = Fraction(0), Fraction(1)
    for rows, biases in zip(network.weights, network.biases, strict=True):
        outputs = [_affine(row, here, offset) for row, offset in zip(rows, biases, strict=True)]
        found.append([(one if low > 0 else zero, zero if high < 0 else one)
                      for low, high in outputs])  # fmt: skip
        here = [(max(low, zero), max(high, zero)) for low, high in outputs]
    return found


def _affine(row: Sequence[Fraction], box: Sequence[Interval], offset: Fraction) -> Interval:
    ends = [(w * low, w * high) if w >= 0 else (w * high, w * low)
            for w, (low, high) in zip(row, box, strict=True)]  # fmt: skip
    return offset + sum(low for low, _ in ends), offset + sum(high for _, high in ends)


def _jacobian(network: Network, slopes: list[list[Interval]]) -> list[Interval]:
    """The entries of the gradient, backwards in products of intervals."""
    now = [(x, x) for x in network.readout]
    for rows, layer in zip(reversed(network.weights), reversed(slopes), strict=True):
        passed = [_product(x, s) for x, s in zip(now, layer, strict=True)]
        columns = zip(*rows, strict=True)
        now = [_affine(column, passed, Fraction(0)) for column in columns]
    return now


def _product(x: Interval, y: Interval) -> Interval:
    products = [u * v for u in x for v in y]
    return min(products), max(products)
