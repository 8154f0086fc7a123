"""Ends of the support of laws of several unknowns in balls, each proved to be one.

An end is where two solutions meet and stop being real: the determinant of the equations vanishes
there. It is found by Newton's method, and proved by a point beside it that is outside of the
support and one that is inside. That no other end is missing is not proved.
"""

import numpy as np
from flint import acb, acb_mat, arb

from theorycalc.core.arithmetic.ball_context import working_bits, working_precision
from theorycalc.spectra import in_doubles_edges, in_doubles_roots
from theorycalc.spectra.in_balls import Balls, jets_at, polished, proved_at, system_at
from theorycalc.spectra.nodes import Node

_NEWTON = 60


def edge(node: Node, i: int) -> arb | None:
    """The end that doubles have as number i; None where it is not proved.

    Where the density is infinite two solutions do not meet, and nothing is said.
    """
    bits = working_bits()
    with working_precision(2 * bits + 64):
        x, _ = in_doubles_edges.edges(node)[i]
        return _proved(node, x, arb(2) ** -bits)


def _proved(node: Node, x: float, share: arb) -> arb | None:
    """The end next to x, up to a share of itself."""
    numbers = Balls()
    start = in_doubles_roots.solve(node, np.array([x])).unknowns[:, 0].real
    s = _meeting(node, numbers, [acb(float(t)) for t in start])
    along = None if s is None else _direction(node, numbers, s)
    step = None if along is None else _step(node, numbers, s, along, share)
    if step is None:
        return None
    at = node.at(numbers, iter(s)).z.real.mid()
    outside = _outside(node, numbers, s, along, step)
    if outside is None:
        return None
    inside = (2 * at - outside).mid()
    for sign in (1, -1):
        start = [t + acb(0, sign * step) * v for t, v in zip(s, along, strict=True)]
        middle = polished(node, numbers, start, acb(inside))
        if middle is not None and proved_at(node, numbers, middle, acb(inside)) is not None:
            return arb(outside).union(inside)
    return None


def _step(node: Node, numbers: Balls, s: list, along: list, share: arb) -> arb | None:
    """How far to go along for a point that is so far from the end: z moves with the square."""
    at, step = node.at(numbers, iter(s)).z.real.mid(), arb(2) ** (-working_bits() // 8)
    beside = _beside(node, numbers, s, along, step)
    if beside is None:
        return None
    away = abs(node.at(numbers, iter(beside)).z.real - at).mid()
    wanted = share * abs(at) if abs(at) > share else share
    return (step * (wanted / away).sqrt()).mid() if away > 0 else None


def _outside(node: Node, numbers: Balls, s: list, along: list, step: arb) -> arb | None:
    """A point beside the end that is proved to be outside of the support."""
    for sign in (1, -1):
        real = _beside(node, numbers, s, along, sign * step)
        if real is None:
            continue
        point = node.at(numbers, iter(real)).z.real.mid()
        if proved_at(node, numbers, real, acb(point)) is not None:
            return point
    return None


def _meeting(node: Node, numbers: Balls, s: list[acb]) -> list[acb] | None:
    """Where the gaps and the determinant vanish: Newton's method, the slope by a difference."""
    small = arb(2) ** (-working_bits() // 3)
    for _ in range(_NEWTON):
        values, slopes = system_at(jets_at(node, numbers, s), acb(0))
        n, determinant = len(s), slopes.mid().det()
        rows = [[slopes[i, j] for j in range(n)] for i in range(1, n)]
        moved = []
        for j in range(n):
            near = [t + (small * (1 + abs(t)) if i == j else 0) for i, t in enumerate(s)]
            _, there = system_at(jets_at(node, numbers, [acb(t.mid()) for t in near]), acb(0))
            moved.append((there.mid().det() - determinant) / (near[j] - s[j]))
        equations = [*(values[i, 0] for i in range(1, n)), determinant]
        try:
            steps = acb_mat([*rows, moved]).mid().solve(acb_mat([[x] for x in equations]).mid())
        except ZeroDivisionError:
            return None
        s = [acb((t - steps[i, 0]).real.mid()) for i, t in enumerate(s)]
        if not all(t.is_finite() for t in s):
            return None
        if _is_small(steps, s):
            return s
    return None


def _direction(node: Node, numbers: Balls, s: list[acb]) -> list[acb] | None:
    """The direction in which the gaps stay closed."""
    _, slopes = system_at(jets_at(node, numbers, s), acb(0))
    n = len(s)
    for k in range(n):
        first = [int(k == j) for j in range(n)]
        rows = [first, *([slopes[i, j] for j in range(n)] for i in range(1, n))]
        try:
            found = acb_mat(rows).mid().solve(acb_mat([[int(i == 0)] for i in range(n)]))
        except ZeroDivisionError:
            continue
        return [acb(found[i, 0].real.mid()) for i in range(n)]
    return None


def _beside(node: Node, numbers: Balls, s: list, along: list, step: arb) -> list[acb] | None:
    """A real point of closed gaps, so far along the direction."""
    found = [t + step * v for t, v in zip(s, along, strict=True)]
    for _ in range(_NEWTON):
        values, slopes = system_at(jets_at(node, numbers, found), acb(0))
        n = len(s)
        off = sum(((f - t) * v for f, t, v in zip(found, s, along, strict=True)), acb(0))
        off -= step * sum((v * v for v in along), acb(0))
        rows = [along, *([slopes[i, j] for j in range(n)] for i in range(1, n))]
        gaps = [[off], *([values[i, 0]] for i in range(1, n))]
        try:
            steps = acb_mat(rows).mid().solve(acb_mat(gaps).mid())
        except ZeroDivisionError:
            return None
        found = [acb((t - steps[i, 0]).real.mid()) for i, t in enumerate(found)]
        if _is_small(steps, found):
            return found
    return None


def _is_small(steps: acb_mat, s: list[acb]) -> bool:
    """Whether a step of Newton's method is one of rounding."""
    unit = arb(2) ** (12 - working_bits())
    return all(abs(steps[i, 0]) <= unit * (1 + abs(t)) for i, t in enumerate(s))
