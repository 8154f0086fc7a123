"""Which strips, steps and cut-offs `theorycalc.kernels.duals.strip_pairs` uses.

All of this is in doubles and only chooses: errors are bounded for what was chosen.
"""

import math
from typing import NamedTuple

import sympy

from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.hermite.trapezoid import rounded_step
from theorycalc.kernels.duals.strip_bounds import Scaled, log_of
from theorycalc.kernels.duals.strip_differences import log_error

_MOST_NODES = 1_000_000
# For such 1 − ρ² a lattice is not finer than another rule.
_FAR_FROM_PARALLEL = 0.25
# A strip that is not analytic far out is tried so often at the next lower height.
_LOWER = 2.0**-0.25
_LOWERINGS = 8
# |cX + dY| ≤ √2 L, and a disc around it.
_ROTATED = 2.6
# How much finer nodes across may be, exactly, and what a value costs beside a product.
_FINER = (1, 2, 4, 8)
# So many finer steps d may be: how fast polynomials grow costs digits.
_FURTHEST = 0.75
_VALUE = 10


class Law(NamedTuple):
    """ρ ≥ 0 and 1 − ρ², in enclosures."""

    rho: object
    rest: object

    @property
    def gap(self):
        """1 − ρ."""
        return self.rest / (1 + self.rho)


class Rule(NamedTuple):
    """Strips of f and g, the step, the nodes on either side and those across.

    Strips have heights in the arguments of the activations, and reach so far in U and V. Without
    nodes across it is the rule on one lattice, whose convolution has a band. Nodes across are
    multiples of a finer step.
    """

    heights: tuple
    reach: float
    step: float
    count: int
    across: int = 0
    finer: int = 1
    band: int = 0

    @property
    def lower(self) -> tuple:
        """Heights of strips for numbers that are nearly real."""
        return tuple(map(_lower, self.heights))

    @property
    def radius(self) -> float:
        """L, exactly."""
        return (self.count + 0.5) * self.step

    @property
    def cost(self) -> int:
        """How many nodes it has along the lattice."""
        return 2 * self.count + 1


def _lower(height: float) -> float:
    return min(height / 4, 0.5)


def best_rule(sides: tuple, law: Law, need: float) -> Rule | None:
    """The cheapest rule with errors of about e^−need relative to the sizes of the functions."""
    sizes = [side.log_size(BallContext()) for side in sides]
    lattice = on_lattice(sides, law, need)
    if lattice is not None and law.rest > _FAR_FROM_PARALLEL:
        return lattice if lattice.cost < _MOST_NODES else None
    rules = [lattice, _parallel(sides, law, need, sizes)]
    rules = [rule for rule in rules if rule is not None and rule.cost < _MOST_NODES]
    return min(rules, key=lambda rule: rule.cost, default=None)


def on_lattice(sides: tuple, law: Law, need: float) -> Rule | None:
    """Both variables on one lattice."""
    rest = float(law.rest.mid())
    sizes = [side.log_size(BallContext()) for side in sides]
    if rest == 0 or not law.rest > 0 or (rule := _rule(sides, rest, need, sizes, 1.0)) is None:
        return None
    return with_band(sides, rule, law, need)


def with_band(sides: tuple, rule: Rule, law: Law, need: float) -> Rule:
    """A rule on one lattice, whose convolution is as wide as this correlation needs."""
    unit = max(float(law.rho.mid()), 0.0) * rule.step**2 / (2 * float(law.rest.mid()))
    sizes = [side.log_size(BallContext()) for side in sides]
    reach = need + _excess(sides, rule, sizes)
    whole = 2 * rule.count
    wide = unit * whole**2 < reach or not law.rho > 0
    band = whole if wide else math.ceil(math.sqrt(reach / unit))
    return rule._replace(band=band)


def _parallel(sides: tuple, law: Law, need: float, sizes: list) -> Rule | None:
    """A lattice along the diagonal, and a few nodes across, the same for all correlations."""
    if (rule := _rule(sides, 1.0, need, sizes, _ROTATED)) is None:
        return None
    heights = zip(sides, rule.heights, strict=True)
    width = min(height / float(side.scale) for side, height in heights)
    across = math.sqrt(float((law.gap / 2).upper()))
    reach = need + _excess(sides, rule, sizes) + 2
    found = []
    for finer in _FINER:
        step = rule.step / finer
        # as far from parallel as the rule may be used
        furthest = min(width / (2**1.5 * (rule.radius + 1)), _FURTHEST * step)
        if across > furthest:
            break
        for m in range(1, math.ceil(width / step)):
            if log_error(furthest / step, m, width / step) < -reach:
                found.append(rule._replace(across=m, finer=finer))
                break
    return min(found, key=lambda r: _VALUE * r.finer + r.across, default=None)


def _rule(sides: tuple, rest: float, need: float, sizes: list, turn: float) -> Rule | None:
    """The widest step that the strips allow where the density has exponents over ``rest``.

    U and V are at most ``turn`` times as large as the coordinates of the lattice.
    """
    if (radius := _radius(sides, need, sizes, turn)) is None:
        return None
    reach = turn * (radius + 1)
    strips = [_strip(*side, rest, need, reach) for side in zip(sides, sizes, strict=True)]
    if None in strips:
        return None
    excess = [bound - size for (_, bound), size in zip(strips, sizes, strict=True)]
    if turn == 1.0:
        for i, j in ((0, 1), (1, 0)):
            bound = sides[j].log_bound(reach, _lower(strips[j][0]))
            excess[i] += math.inf if bound is None else max(0.0, bound - sizes[j])
    else:  # both are complex at once
        excess = [sum(excess)] * 2
    heights = tuple(height for height, _ in strips)
    widths = [height / float(f.scale) for f, height in zip(sides, heights, strict=True)]
    most = min(map(_widest_step, widths, excess, [rest] * 2, [need] * 2))
    if not most > 0:
        return None  # a function is not told from 0
    step = rounded_step(most)
    return Rule(heights, reach, step, math.ceil(radius / step))


class Line(NamedTuple):
    """For one variable: the height of a strip, its bound over the size, as a logarithm, a step."""

    height: float
    excess: float
    step: float


def best_line(side: Scaled, rest: float, need: float, reach: float) -> Line | None:
    """What allows the widest step."""
    size = side.log_size(BallContext())
    if (strip := _strip(side, size, rest, need, reach)) is None:
        return None
    height, excess = strip[0], max(0.0, strip[1] - size)
    step = _widest_step(height / float(side.scale), excess, rest, need)
    return Line(height, excess, step)


def _widest_step(width: float, excess: float, rest: float, need: float) -> float:
    return 2 * math.pi * width / (need + excess + width**2 / (2 * rest) + 4)


def _strip(side: Scaled, size: float, rest: float, need: float, reach: float) -> tuple | None:
    """(height, logarithm of the bound) of the strip with the widest step."""
    scale, best = float(side.scale), None
    for height, bound in side.heights(scale * math.sqrt(2 * need * rest)):
        width = height / scale
        step = width / (need + max(bound - size, 0.0) + width**2 / (2 * rest))
        if best is not None and step < best[0]:
            break
        best = step, height
    if best is None:
        return None
    height = best[1]
    for _ in range(_LOWERINGS):
        if (bound := side.log_bound(reach, height)) is not None:
            return height, bound
        height *= _LOWER
    return None


def _excess(sides: tuple, rule: Rule, sizes: list) -> float:
    """How much larger bounds are than functions, as a logarithm."""
    functions = zip(sides, rule.heights, sizes, strict=True)
    return sum(f.log_bound(rule.reach, height) - size for f, height, size in functions)


def _radius(sides: tuple, need: float, sizes: list, turn: float) -> float | None:
    """Where what is cut off is negligible; None for functions that are not analytic near 0."""
    context, radius = BallContext(), math.sqrt(2 * need)
    for _ in range(3):
        r = context.number(sympy.Rational(radius))
        envelopes = [side.envelope(context, r) for side in sides]
        if None in envelopes:
            return None
        logs = [log_of(b) - size for (b, _), size in zip(envelopes, sizes, strict=True)]
        kappa = turn * sum(float(k) for _, k in envelopes)
        radius = kappa + math.sqrt(2 * max(1.0, need + sum(logs) + kappa**2 / 2 + 5))
    return radius
