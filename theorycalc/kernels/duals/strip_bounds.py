"""Functions φ(s·) that are analytic around the real line: how large they are, and their values."""

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache

import sympy

from theorycalc.activations import Activation
from theorycalc.core.arithmetic.ball_context import BallContext, ball_of, parts_of
from theorycalc.core.arithmetic.effort import remembered, spend
from theorycalc.core.integration.strips import strip_bound
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.hermite.growth import growth

# Heights of strips are powers of the fourth root of 2, so that they are shared.
_HEIGHTS_PER_OCTAVE = 4
_OCTAVES = 24
# The height of a strip is chosen by how large the function is within this reach.
_NEAR = 32.0
# Inwards and outwards, by more than what doubles are rounded.
_ROUNDINGS = (1 - 1e-12, 1 + 1e-12)
# Values at so many nodes are kept together.
_BLOCK = 256
# Stands for the logarithm of 0 in a plan.
_SMALLEST_LOG = -1e6
# Where the mass of φ(s·) may be, in standard deviations, to see its size.
_SAMPLES = (0.0, 0.25, -0.25, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0)


@dataclass(frozen=True)
class Scaled:
    """The function U ↦ φ(sU), with an enclosure of s > 0, or its mirror image."""

    activation: Activation
    scale: object
    mirrored: bool = False

    def at(self, context, points: list) -> list:
        """The values at real numbers U."""
        spend(len(points), context.bits)
        scale, program = -self.scale if self.mirrored else self.scale, _program(self.activation)
        return [context.real(program.run(context, [scale * x])) for x in points]

    def log_bound(self, reach: float, height: float) -> float | None:
        """A double near the logarithm of `bound`, for a plan."""
        found = self.bound(reach, height)
        return None if found is None else max(log_of(found), _SMALLEST_LOG)

    def bound(self, reach: float, height: float, start: float = 0.0):
        """An upper bound of |φ(sU)| where start ≤ |Re U| ≤ reach and |s Im U| ≤ height, or None.

        ``height`` is in units of the argument of φ.
        """
        ends = (float(abs(self.scale).lower()) * start, float(abs(self.scale).upper()) * reach)
        inner, outer = (x * rounding for x, rounding in zip(ends, _ROUNDINGS, strict=True))
        return _strip_bound(self.activation, outer, height, inner)

    def envelope(self, context, radius) -> tuple | None:
        """(B, κ) with |φ(sU)| ≤ B e^{κ|U|} for all real U, or None if φ is not analytic near 0.

        From |φ(z)| ≤ sup_{[−1, 1]} |φ| + C|z|^p e^{α|z|}, with |U|^p ≤ (R/e)^p e^{p|U|/R}: the
        logarithm is concave.
        """
        found = (_strip_bound(self.activation, 1.0, 2.0**-i) for i in range(2, _OCTAVES))
        if (bound := next((x for x in found if x is not None), None)) is None:
            return None
        constant, power, rate = (x.run(context, []) for x in _growth(self.activation))
        at_radius = self.scale * radius / context.apply("exp", context.number(sympy.S.One))
        return (
            bound + constant * context.power(context.real(at_radius), power),
            rate * self.scale + power / radius,
        )

    def log_size(self, context) -> float:
        """A double near the logarithm of the size of the function where the Gaussian has mass."""
        return _log_size(self.activation, parts_of(self.scale), context.bits)

    def heights(self, widest: float):
        """Heights of strips in which the function is analytic, with their bounds, from the widest.

        Yields
        ------
        height : float
            In units of the argument of φ, at most ``widest``.
        size : float
            The logarithm of the bound.
        """
        reach = _NEAR / max(1.0, float(self.scale.mid()))
        for height in heights(widest):
            size = self.log_bound(reach, height)
            if size is not None:
                yield height, size

    def values(self, step: float, count: int) -> tuple:
        """The values at the nodes j·step, j = −count, …, count."""
        side = (self.activation, parts_of(self.scale), step)
        first, last = -count // _BLOCK, count // _BLOCK
        blocks = [_values(*side, i, BallContext().bits) for i in range(first, last + 1)]
        start = -count - first * _BLOCK
        numbers = tuple(itertools.chain(*blocks))[start : start + 2 * count + 1]
        return numbers[::-1] if self.mirrored else numbers


def heights(widest: float):
    """Heights of strips that are tried, from the widest."""
    top = math.floor(_HEIGHTS_PER_OCTAVE * math.log2(widest))
    for i in range(_HEIGHTS_PER_OCTAVE * _OCTAVES):
        yield 2.0 ** ((top - i) / _HEIGHTS_PER_OCTAVE)


def log_of(x) -> float:
    """A double near the logarithm of |x|, for a plan."""
    context = BallContext()
    size = context.apply("log", abs(x))
    return context.as_float(size) if context.is_finite(size) else -math.inf


@lru_cache(maxsize=256)
def _program(activation: Activation) -> Program:
    return lower(activation.expr, (activation.symbol,))


@lru_cache(maxsize=256)
def _growth(activation: Activation) -> tuple[Program, ...]:
    bound = growth(activation.expr, activation.symbol)
    return tuple(map(lower, (bound.constant, bound.power, bound.rate)))


@remembered(maxsize=256)
def _log_size(activation: Activation, scale: tuple, bits: int) -> float:
    context = BallContext()
    numbers = [context.number(sympy.Rational(x)) for x in _SAMPLES]
    size = max(map(log_of, Scaled(activation, ball_of(scale)).at(context, numbers)))
    return size if size > -math.inf else 0.0


@remembered(maxsize=1024)
def _strip_bound(activation: Activation, reach: float, height: float, start: float = 0.0):
    program = _program(activation)
    return strip_bound(lambda context, x: program.run(context, [x]), reach, height, start)


@remembered(maxsize=1024)
def _values(activation: Activation, scale: tuple, step: float, block: int, bits: int) -> tuple:
    """Values at nodes of one block: all correlations share them, and lattices of other lengths.

    As many blocks are kept as the longest lattices of a few functions have.
    """
    context = BallContext()
    function, unit = Scaled(activation, ball_of(scale)), context.number(sympy.Rational(step))
    nodes = range(block * _BLOCK, (block + 1) * _BLOCK)
    return tuple(function.at(context, [j * unit for j in nodes]))
