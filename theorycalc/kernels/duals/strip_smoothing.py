r"""Smoothed functions: what all correlations that are far from parallel share.

Let W be a standard normal, w = 1 − r² and Φ(x) = E f(rx + √w W). For a correlation ρ of U, V

.. math:: E f(U) g(V) = E Φ(U') Γ(V'), \qquad \mathrm{corr}(U', V') = ρ/r²,

where Γ is g smoothed. Φ is entire however close to the line f has poles, and a lattice for it is so
much coarser: f is met once, for all ρ.

**Values.** Φ(x) is the trapezoidal sum over the nodes of f within l = (n + ½)h of rx. By the first
rule of `theorycalc.kernels.duals.strip_pairs` on a rectangle around rx, with the density of
N(rx, w), where S ≤ Fh/π because y²/(2w) ≤ πy/h for y ≤ b, and with |f(U)| ≤ B e^{κ|U|} for what is
cut off, it errs for |x| ≤ R at most by

.. math:: Fτ + \frac{4 F h}{π\sqrt w} n\Bigl(\frac{l}{\sqrt w}\Bigr)
    + 2 B e^{κ rR + κ² w/2} Q\Bigl(\frac{l}{\sqrt w} - κ\sqrt w\Bigr).

**Bounds.** |Φ(x + iy)| ≤ e^{r²y²/(2w)} E|f(rx + √w W)| ≤ 2 B e^{κ r|x| + κ² w/2 + r²y²/(2w)}.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import sympy

from theorycalc.activations import Activation
from theorycalc.core.arithmetic.ball_context import (
    BallContext,
    ball_of,
    parts_of,
    working_precision,
)
from theorycalc.core.arithmetic.effort import remembered, work
from theorycalc.core.arithmetic.fixed_point import convolve
from theorycalc.hermite.trapezoid import rounded_step
from theorycalc.kernels.duals import strip_bounds, strip_rules
from theorycalc.kernels.duals.strip_bounds import Scaled, log_of
from theorycalc.kernels.duals.strip_rules import Law
from theorycalc.kernels.duals.strip_terms import (
    alias,
    bells,
    density,
    known,
    lattice_bits,
    number,
    tail,
)

# 1/r is 1 + 2^−k, so that nodes of both lattices are exact. More of them cost a table each.
_DEPTHS = (5, 9, 11, 13)
# So many times w is 1 − ρ at least: ρ/r² is not so near 1 that the coarse lattice is fine.
_APART = 1.5
# A lattice that is not coarser by this factor is not worth a table.
_COARSER = 2
# In exponents of errors, beside what is counted.
_SPARE = 8.0
_LOG_2 = math.log(2)


class _Fine(NamedTuple):
    """The height of a strip of f, the step h, and n."""

    height: float
    step: float
    count: int


@dataclass(frozen=True)
class Smoothed:
    """Φ for a function f, in the place of a `Scaled`. ``fine`` is for its values."""

    side: Scaled
    depth: int
    fine: _Fine | None = None

    scale = 1.0

    def log_size(self, context) -> float:
        """A double near the logarithm of the size of f."""
        return self.side.log_size(context)

    def log_bound(self, reach: float, height: float) -> float:
        """A double near the logarithm of `bound`, for a plan."""
        return log_of(self.bound(reach, height))

    def bound(self, reach: float, height: float, start: float = 0.0):
        """An upper bound of |Φ| where start ≤ |Re U| ≤ reach and |Im U| ≤ height."""
        context = BallContext()
        y, (r, w) = number(context, height), _law(context, self.depth)
        size, rate = self.envelope(context, number(context, reach))
        return size * context.apply("exp", rate * reach + (r * y) ** 2 / (2 * w))

    def envelope(self, context, radius) -> tuple:
        """(B, κ) with |Φ(U)| ≤ B e^{κ|U|} for all real U."""
        r, w = _law(context, self.depth)
        bound, rate = self.side.envelope(context, radius)
        return 2 * bound * context.apply("exp", rate * rate * w / 2), rate * r

    def heights(self, widest: float):
        """Heights of strips with the logarithms of their bounds, from the widest."""
        yield from ((h, self.log_bound(1.0, h)) for h in strip_bounds.heights(widest))

    def values(self, step: float, count: int) -> tuple:
        """The values at the nodes j·step, j = −count, …, count."""
        side, context = self.side, BallContext()
        key = (side.activation, parts_of(side.scale), self.depth, self.fine)
        numbers = _values(*key, step, count, context.bits)
        return numbers[::-1] if side.mirrored else numbers


def smoothed(sides: tuple, law: Law, need: float) -> tuple | None:
    """(functions, law, rule) that have the same expectation, or None if no table is worth it."""
    context = BallContext()
    depth = next((k for k in _DEPTHS if law.gap > _APART * _law(context, k)[1]), None)
    if depth is None:
        return None
    key = ((side.activation, parts_of(side.scale)) for side in sides)
    if (level := _level(*key, depth, need, context.bits)) is None:
        return None
    fines, rule = level
    square = _law(context, depth)[0] ** 2
    law = Law(law.rho / square, (law.rest - (1 - square * square)) / (square * square))
    sides = tuple(Smoothed(f, depth, fine) for f, fine in zip(sides, fines, strict=True))
    return sides, law, strip_rules.with_band(sides, rule, law, need)


def _law(context, depth: int) -> tuple:
    """(r, w)."""
    r = 1 / number(context, 1 + 2.0**-depth)
    return r, 1 - r * r


@remembered(maxsize=64)
def _level(one: tuple, two: tuple, depth: int, need: float, bits: int) -> tuple | None:
    """(rules for the values of both functions, the rule for both on one lattice), or None.

    It serves all correlations that are as far from parallel as it asks.
    """
    context = BallContext()
    sides = [Scaled(f, ball_of(scale)) for f, scale in (one, two)]
    if any(side.envelope(context, number(context, 1.0)) is None for side in sides):
        return None
    r, w = map(float, _law(context, depth))
    rest = ((1 - w) ** 2 - (1 - _APART * w) ** 2) / (1 - w) ** 2
    worst = Law(number(context, math.sqrt(1 - rest)), number(context, rest))
    if (rule := strip_rules.on_lattice([Smoothed(f, depth) for f in sides], worst, need)) is None:
        return None
    reach = rule.radius + math.sqrt(2 * w * (need + _SPARE))
    lines = [strip_rules.best_line(side, w, need, reach) for side in sides]
    if None in lines:
        return None
    step = rounded_step(min(line.step for line in lines))
    multiple = math.floor(r * rule.step / step)
    if multiple < _COARSER:
        return None
    radius, coarse = rule.radius, multiple * step * (1 + 2.0**-depth)
    rule = rule._replace(step=coarse, count=math.ceil(radius / coarse))
    fines = [
        _Fine(
            line.height,
            step,
            math.ceil(_window(context, side, w, need + line.excess, reach) / step),
        )
        for side, line in zip(sides, lines, strict=True)
    ]
    return fines, rule


def _window(context, side: Scaled, w: float, need: float, radius: float) -> float:
    """l."""
    bound, rate = side.envelope(context, number(context, radius))
    size, rate = max(0.0, log_of(bound) - side.log_size(context)), float(rate)
    return rate * w + math.sqrt(2 * w * (need + size + rate * radius + rate**2 * w / 2))


@remembered(maxsize=64)
def _values(
    activation: Activation,
    scale: tuple,
    depth: int,
    fine: _Fine,
    step: float,
    count: int,
    bits: int,
) -> tuple:
    """Values of Φ at the nodes: all correlations share them."""
    context, side = BallContext(), Scaled(activation, ball_of(scale))
    multiple = round(step / (fine.step * (1 + 2.0**-depth)))
    last = multiple * count
    error, lost = _error(context, side, depth, fine, last * fine.step)
    with working_precision(bits + lattice_bits(fine.step)):
        values = side.values(fine.step, last + fine.count)
    with working_precision(bits + lost + 2 * fine.count.bit_length() + 4):
        _, w = _law(context, depth)
        h = number(context, fine.step)
        weights = bells(context, h * h / (2 * w), fine.count)
        first = 2 * fine.count
        sums = convolve(weights, values, range(first, first + 2 * last + 1, multiple))
        work(10 * len(values), 0, 0, context.bits)
        unit = h / context.apply("sqrt", 2 * context.number(sympy.pi) * w)
        return tuple(context.widen(x * unit, error) for x in sums)


def _error(context, side: Scaled, depth: int, fine: _Fine, furthest: float) -> tuple:
    """(error of values for |rx| up to the furthest, bits that values so far out have more)."""
    _, w = _law(context, depth)
    root, h = context.apply("sqrt", w), number(context, fine.step)
    window, centre = h * fine.count + h / 2, number(context, furthest)
    reach = furthest + (fine.count + 1) * fine.step
    strip = known(context, side.bound(reach, fine.height))
    tau, _ = alias(context, number(context, fine.height) / side.scale, w, h)
    bound, rate = side.envelope(context, number(context, reach))
    ends = 4 * h / (context.number(sympy.pi) * root)
    moved = context.apply("exp", rate * centre + rate * rate * w / 2)
    beyond = tail(context, window / root - rate * root)
    error = strip * (tau + ends * density(context, window / root)) + 2 * bound * moved * beyond
    return error, max(0, math.ceil((log_of(strip) - side.log_size(context)) / _LOG_2))
