"""Outliers in balls: the top eigenvalue of a law of one unknown with a spike, proved."""

from flint import acb, arb

from theorycalc.core.arithmetic.ball_context import working_bits
from theorycalc.core.errors import CertificationError
from theorycalc.spectra import in_balls, in_balls_edges, in_doubles_spikes
from theorycalc.spectra.jets import Jet
from theorycalc.spectra.nodes import Node

_NEWTON = 100
_INFLATIONS = (2, 16, 256)


def threshold(node: Node) -> arb | None:
    """The least θ whose eigenvalue leaves the top of the support: 1/G there, 0 at an atom."""
    if _tops_out(node):
        return arb(0)
    try:
        s, _ = in_balls_edges.edges(node)[-1]
    except CertificationError:
        return None
    at = node.at(in_balls.Balls(), iter([acb(s)]))
    return _threshold(at.g)


def _threshold(g: acb) -> arb:
    inverse = (1 / g).real
    return inverse if inverse.is_finite() else arb(0)


def eigenvalue(node: Node, theta: arb) -> arb | None:
    """G^{−1}(1/θ) above the support, or its top."""
    at = _solution(node, arb(theta))
    return at if at is None or isinstance(at, arb) else at.z.value.real


def overlap(node: Node, theta: arb) -> arb | None:
    """−1/(θ² G') there, or 0."""
    theta = arb(theta)
    at = _solution(node, theta)
    if at is None or isinstance(at, arb):
        return None if at is None else arb(0)
    rate = (at.z.slopes[0] / at.g.slopes[0]).real
    return in_balls.not_negative(-rate / theta**2)


def _tops_out(node: Node) -> bool:
    """Whether an atom lies above the density."""
    atoms, ends = node.masses(), in_balls_edges.in_doubles(node)
    return bool(atoms) and (not ends or float(list(atoms)[-1]) >= ends[-1])


def _solution(node: Node, theta: arb):
    """The law, with derivatives, where G = 1/θ; the edge where there is no such place."""
    numbers = in_balls.Balls()
    if not _tops_out(node):
        try:
            s, z = in_balls_edges.edges(node)[-1]
        except CertificationError:
            return None
        least = _threshold(node.at(numbers, iter([acb(s)])).g)
        if theta < least:
            return z
        if not theta > least:
            return _next_to(node, numbers, s, theta)
    start = acb(in_doubles_spikes.unknowns(node, float(theta.mid()))[0])
    goal = 1 / theta
    for _ in range(_NEWTON):
        at = _jet(node, numbers, start)
        step = ((at.g.value - goal) / at.g.slopes[0]).mid()
        start = acb((start - step).real.mid())
        if abs(step) <= abs(start) * arb(2) ** (-working_bits() + 8):
            break
    return _proved(node, numbers, start, goal)


def _jet(node: Node, numbers, s: acb):
    return node.at(numbers, iter([Jet(s, [acb(1)])]))


def _proved(node: Node, numbers, middle: acb, goal: arb):
    """The law on a ball that holds the only solution, and where it lies outside of the support."""
    step = abs(_jet(node, numbers, middle).g.value - goal).upper()
    for factor in _INFLATIONS:
        slope = abs(_jet(node, numbers, middle).g.slopes[0]).lower()
        if not slope > 0:
            return None
        radius = factor * step / slope + abs(middle).upper() * arb(2) ** (4 - working_bits())
        box = middle + acb(arb(0, radius))
        at = _jet(node, numbers, box)
        value = _jet(node, numbers, middle).g.value.real - goal
        moved = middle.real - value / at.g.slopes[0].real
        if box.real.contains_interior(moved):
            at = _jet(node, numbers, acb(moved))
            return at if in_balls.is_outside(node, numbers, [acb(moved)]) else None
    return None


def _next_to(node: Node, numbers, s: arb, theta: arb):
    """The law on a ball around an edge that is not told from the place where G = 1/θ."""
    at = _jet(node, numbers, acb(s))
    away = abs(at.g.value - 1 / theta).upper()
    slope = abs(at.g.slopes[0]).lower()
    if not slope > 0:
        return None
    ball = acb(s + arb(0, 2 * away / slope))
    found = _jet(node, numbers, ball)
    return found if 2 * abs(found.g.slopes[0]).lower() > slope else None
