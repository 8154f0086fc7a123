"""Integrals over the line in many digits, by rules whose error is seen by refining them."""

import itertools
import math
from functools import lru_cache
from typing import NamedTuple

from sympy import Rational, S

from theorycalc.core.arithmetic.ball import mid_and_rad, real_ball
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.binary import fraction
from theorycalc.core.errors import PrecisionError, explain
from theorycalc.core.integration.cut_off import cut_off

_MOST_HALVINGS = 12
# Nodes of a panel for each bit, and bits beyond half of them that two rules have to agree on.
_NODES_PER_BIT = 0.25
_SPARE_BITS = 8
_FARTHEST = 4096
# An integral that is smaller than this has tails that are looked at beside its own size.
_SMALL_BITS = 20
# Half units up to which the size of an integrand is looked at.
_FIRST_LOOK = 100


class NodeContext(BallContext):
    """Balls without a claim: of functions that have a rule of nodes it is taken for their value.

    ``inside`` another integral, absolute digits are enough.
    """

    def __init__(self, inside: bool = False):
        super().__init__()
        self.inside = inside

    def special(self, call, *args):
        rule = getattr(call.function, "in_nodes", None)
        if rule is None:
            return super().special(call, *args)
        return rule(self, *call._all(self, args))


def from_mp(context, balls, x):
    """A number of an mpmath context as a ball."""
    return balls.number(Rational(fraction(context.mp.mpf(x))))


def to_mp(context, x):
    """The midpoint of a ball as a number of an mpmath context; nan where nothing is known."""
    x = real_ball(x)
    if not BallContext().is_finite(x):
        return context.mp.nan
    return context.mp.make_mpf(mid_and_rad(x, 2 * context.bits)[0]._mpf_)


def integral(nodes: NodeContext, body, bound, kinks: tuple, parameters):
    """∫ f(x, *parameters) dx for a program of f and one of a bound of its tails."""
    centres = [nodes.midpoint(x) for x in parameters]
    at = function_of_nodes(NodeContext(inside=True), body, centres)
    points = [nodes.midpoint(kink.run(nodes, centres)) for kink in kinks]
    reach = _reach(nodes, bound, centres, -_SMALL_BITS)
    coarse = abs(_sum(nodes, at, reach, 1))
    if not nodes.inside and not nodes.compare(">", coarse, nodes.number(S(2)) ** -_SMALL_BITS):
        reach = _reach(nodes, bound, centres, _size(nodes, at))
    return _panels(nodes, at, points, reach) if points else _trapezoid(nodes, at, reach)


class _Parts(NamedTuple):
    """The steps of a program, each with its place, by what they depend on."""

    of_parameters: tuple
    of_x: tuple
    of_both: tuple


@lru_cache(maxsize=1024)
def _parts(body, inputs: int) -> _Parts:
    needs = [{"x"}, *({"parameters"} for _ in range(inputs - 1))]
    parts: dict = {(): [], ("x",): [], ("parameters",): [], ("parameters", "x"): []}
    for place, step in enumerate(body.steps, inputs):
        needs.append(set().union(*(needs[slot] for slot in step[2])))
        parts[tuple(sorted(needs[-1]))].append((place, *step))
    return _Parts(
        (*parts[()], *parts["parameters",]), tuple(parts["x",]), tuple(parts["parameters", "x"])
    )


# What depends on a node alone, for many parameters.
_MOST_PROGRAMS = 64


@lru_cache(maxsize=_MOST_PROGRAMS)
def _kept(body, bits: int) -> dict:
    """For every node its number, and the results that depend on nothing else."""
    return {}


def function_of_nodes(context, body, centres: list):
    """x ↦ f; what does not depend on x is computed once, what depends on a node alone is kept.

    A node is a number of the context, or a pair (k, level) that stands for k 2^−level.
    """
    parts, kept = _parts(body, 1 + len(centres)), _kept(body, context.bits)
    results = [None, *centres, *([None] * len(body.steps))]

    def run(steps):
        for place, method, payload, slots in steps:
            results[place] = method(context, payload, *[results[slot] for slot in slots])

    def at(node):
        spend(1, context.bits)
        if not isinstance(node, tuple):
            results[0] = node
            run(parts.of_x)
        elif (known := kept.get(node)) is not None:
            results[0], values = known
            for (place, *_), value in zip(parts.of_x, values, strict=True):
                results[place] = value
        else:
            k, level = node
            results[0] = context.number(Rational(k, 2**level))
            run(parts.of_x)
            kept[node] = results[0], [results[place] for place, *_ in parts.of_x]
        run(parts.of_both)
        return context.midpoint(results[-1])

    run(parts.of_parameters)
    return at


def _size(context, at) -> float:
    """How large the integrand is, as a logarithm of 2: a small integral has smaller tails."""
    places = ((k, 1) for k in range(-_FIRST_LOOK, _FIRST_LOOK + 1))
    largest = max((abs(at(x)) for x in places), key=context.as_float)
    if context.vanishes(largest):
        return 0.0
    return context.as_float(context.apply("log", largest)) / math.log(2)


def _reach(context, bound, parameters, size: float):
    """Where the tails are negligible beside an integrand of this size."""
    most = context.number(S(2)) ** (int(size) - context.bits - _SPARE_BITS)
    places = (1 + Rational(k, 2) for k in range(2 * _FARTHEST))

    def at(place):
        return bound.run(context, [context.number(place), *parameters])

    found = cut_off(context, at, places, most)
    if found is None:
        raise PrecisionError(explain("the tails of an integral do not become small"))
    return found[0]


def _trapezoid(context, at, reach):
    """The trapezoidal rule: halving the step squares the error of an analytic function."""
    total = _sum(context, at, reach, 1)
    value = total * context.number(S.Half)
    for level in range(2, _MOST_HALVINGS):
        total = context.midpoint(total + _sum(context, at, reach, level, odd=True))
        before, value = value, total * context.number(Rational(1, 2**level))
        if _agree(context, before, value):
            return value
    raise PrecisionError(explain("the trapezoidal rule does not converge", got=f"level {level}"))


def _sum(context, at, reach: Rational, level: int, odd: bool = False):
    """Σ f(k 2^−level) up to the reach on both sides of 0, over all k or the odd ones."""
    last = int(reach * 2**level)
    total = context.number(S.Zero) if odd else at((0, level))
    for k in range(1, last + 1, 2 if odd else 1):
        total = context.midpoint(total + at((k, level)) + at((-k, level)))
    return total


def _panels(context, at, points: list, reach):
    """Gauss–Legendre rules between the kinks, on panels that are halved until two agree."""
    end = context.number(reach)
    inside = [x for x in points if context.compare("<", abs(x), end)]
    ends = sorted([-end, *inside, end], key=context.as_float)
    rule = context.gauss_rule(int(context.bits * _NODES_PER_BIT) + 8)
    before, parts = None, 2
    for _ in range(_MOST_HALVINGS):
        value = _on_panels(context, at, rule, ends, parts)
        if before is not None and _agree(context, before, value):
            return value
        before, parts = value, 2 * parts
    raise PrecisionError(explain("a rule on panels does not converge", got=f"{parts} panels"))


def _on_panels(context, at, rule, ends: list, parts: int):
    total = context.number(S.Zero)
    for a, b in itertools.pairwise(ends):
        count = max(1, int(parts * context.as_float(b - a) / 4) + 1)
        half = (b - a) / (2 * count)
        for k in range(count):
            centre = a + (2 * k + 1) * half
            terms = (w * at(context.midpoint(centre + half * x)) for x, w in rule)
            total = context.midpoint(total + half * sum(terms, context.number(S.Zero)))
    return total


def _agree(nodes: NodeContext, before, value) -> bool:
    """Whether two rules agree on more than half of the bits: the finer one has all of them.

    The finer error is about the square of the coarser one, divided by the value.
    """
    most = nodes.number(S(2)) ** -(nodes.bits + 2 * _SPARE_BITS)
    one = nodes.number(S.One)
    goal = one if nodes.inside and nodes.prefer("<", abs(value), one) else abs(value)
    gap = value - before
    return bool(nodes.compare("<=", gap * gap, abs(value) * goal * most))
