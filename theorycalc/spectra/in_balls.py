"""Laws in balls: a solution is proved to be one, and to be the one, by Krawczyk's operator.

What is asked of a law takes a few lines each: all of it rests on this one proof.
"""

import math
from collections.abc import Callable

from flint import acb, acb_mat, acb_series, arb

from theorycalc.core.arithmetic.ball_context import BallContext, working_bits, working_precision
from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.errors import CertificationError
from theorycalc.core.lowering import lower
from theorycalc.spectra import in_balls_edges, in_doubles_roots
from theorycalc.spectra.jets import Jet, value_of
from theorycalc.spectra.nodes import Atoms, Node, Point

_NEWTON, _STEPS = 200, 30
# What a solution costs for every atom: Newton's method, and the proof.
_WORK = 4000
_START, _DOUBLE = 96, 55
_INFLATIONS = (2, 16, 256, 65536)
_CONTEXT = BallContext()


class Balls:
    """What nodes ask of an arithmetic, in complex balls at the working precision."""

    def __init__(self):
        self.known: dict = {}

    def number(self, x) -> acb:
        """A parameter."""
        if x not in self.known:
            self.known[x] = acb(arb(lower(x).run(_CONTEXT, [])))
        return self.known[x]

    def cauchy(self, atoms: Atoms, s):
        """Σ w/(s − t) and Σ wt/(s − t)."""
        at, inner = value_of(s), isinstance(s, Jet)
        sums, slopes = [acb(0), acb(0)], [acb(0), acb(0)]
        for place, weight in zip(atoms.places, atoms.weights, strict=True):
            place, weight = self.number(place), self.number(weight)
            inverse = 1 / (at - place)
            for i, share in enumerate((weight, weight * place)):
                part = share * inverse
                sums[i] = part + sums[i]
                slopes[i] = slopes[i] - part * inverse if inner else slopes[i]
        if not inner:
            return tuple(sums)
        return tuple(Jet(x, [y * u for u in s.slopes]) for x, y in zip(sums, slopes, strict=True))

    def stretch(self, c: acb, t, whole):
        """1 + ct, where ``whole`` is 1 + t."""
        return 1 + c * t

    def logarithms(self, atoms: Atoms, s, side: int):
        """Σ w log(s − t)."""
        pairs = zip(atoms.places, atoms.weights, strict=True)
        return sum((self.number(w) * self.log(s - self.number(t), side) for t, w in pairs), acb(0))

    def log(self, x, side: int) -> acb:
        """The logarithm, on a side of the negative axis."""
        x = acb(x)
        if x.imag.is_zero() and x.real < 0:
            return (-x).log() + self.half_turn(side)
        return x.log()

    def opposite(self, z, side: int) -> int:
        """The side of z/w on the axis, for z and w of opposite signs."""
        return side if z.real < 0 else -side

    def half_turn(self, side: int) -> acb:
        """The logarithm of −1."""
        return acb(0, arb.pi() * side)


# All of these are None where no box is proved to hold the solution.


def density(node: Node, x: arb) -> arb | None:
    """The density at x."""
    at = solve(node, x, arb(0))
    return None if at is None else not_negative(-at.g.imag / arb.pi())


def mass_below(node: Node, x: arb) -> arb | None:
    """μ((−∞, x]), x no atom."""
    potential = _potential(node, x)
    return None if potential is None else not_negative(1 - potential.imag / arb.pi())


def log_potential(node: Node, x: arb) -> arb | None:
    """∫ log|x − t| μ(dt)."""
    potential = _potential(node, x)
    return None if potential is None else potential.real


def stieltjes_real(node: Node, x: arb, y: arb) -> arb | None:
    """Re ∫ μ(dt)/(t − x − iy), from above on the axis."""
    at = solve(node, x, y)
    return None if at is None else -at.g.real


def stieltjes_imaginary(node: Node, x: arb, y: arb) -> arb | None:
    """Im ∫ μ(dt)/(t − x − iy), from above on the axis."""
    at = solve(node, x, y)
    return None if at is None else not_negative(-at.g.imag)


def quantile(node: Node, u: arb, start: float) -> arb | None:
    """The x with μ((−∞, x]) = u, where there is a density: the mass rises, and is above and below.

    ``start`` is near it.
    """
    u, x = arb(u), arb(start)
    for _ in range(_STEPS):
        below, slope = mass_below(node, x), density(node, x)
        if below is None or slope is None or not slope > 0:
            return None
        step = ((below - u) / slope).mid()
        x = (x - step).mid()
        if abs(step) <= abs(x) * arb(2) ** (-working_bits() // 2):
            break
    below, slope = mass_below(node, x), density(node, x)
    if below is None or slope is None or not slope > 0:
        return None
    radius = 8 * (abs(below - u) / slope).upper() + abs(x) * arb(2) ** (4 - working_bits())
    left, right = mass_below(node, (x - radius).mid()), mass_below(node, (x + radius).mid())
    proved = left is not None and right is not None and left < u < right
    return x + arb(0, radius) if proved else None


def in_double(enclosure: Callable, node: Node, *x: float) -> tuple[float, float]:
    """(value, error) at doubles: the double next to the value, or the best that was proved."""
    value, error = math.nan, math.inf
    for bits in (_START, 2 * _START, 4 * _START):
        with working_precision(bits):
            found = enclosure(node, *map(arb, x))
            if found is None or not found.is_finite():
                continue
            value = float(found.mid())
            error = float(found.rad()) + abs(value) * 2.0**-53
            if found.rad() <= abs(found) * arb(2) ** -_DOUBLE:
                break
    return value, error


def _potential(node: Node, x: arb) -> acb | None:
    at = solve(node, x, arb(0))
    return None if at is None else node.potential(Balls(), at)


def not_negative(x: arb) -> arb:
    """The enclosure of a number that is known not to be negative."""
    return x if x.lower() >= 0 else arb(0).union(x.upper()) if x.upper() > 0 else arb(0)


def solve(node: Node, x: arb, y: arb) -> Point | None:
    """The law at x + iy, y ≥ 0: enclosures of what it is made of.

    None where no box is proved to hold the solution: on an edge of another kind than a square root,
    or at too low a precision.
    """
    box = unknowns(node, x, y)
    return None if box is None else node.at(Balls(), iter(box))


def unknowns(node: Node, x: arb, y: arb) -> list[acb] | None:
    """Enclosures of the unknowns at x + iy."""
    spend(_WORK * node.size, working_bits())
    numbers, x, y = Balls(), arb(x), arb(y)
    z = acb(x, y)
    start = in_doubles_roots.solve(node, [complex(float(x.mid()), float(y.mid()))])
    middle = polished(node, numbers, [acb(complex(s)) for s in start.unknowns[:, 0]], z.mid())
    box = None if middle is None else proved_at(node, numbers, middle, z)
    if box is None and y.is_zero() and node.unknowns == 1:
        box = _near_an_edge(node, numbers, x)
    return box


def slope(node: Node, unknowns: list[acb], quantity: Callable) -> acb | None:
    """The derivative in z of a quantity of a point."""
    point = jets_at(node, Balls(), unknowns)
    _, slopes = system_at(point, acb(0))
    try:
        rate = slopes.solve(acb_mat([[int(i == 0)] for i in range(len(unknowns))]))
    except ZeroDivisionError:
        return None
    return sum((x * rate[i, 0] for i, x in enumerate(quantity(point).slopes)), acb(0))


def proved_at(node: Node, numbers: Balls, middle: list[acb], z: acb) -> list[acb] | None:
    """The solution around a middle, proved to be the one."""
    if z.imag.is_zero() and _is_nearly_real(middle):
        box = _proved(node, numbers, [acb(s.real) for s in middle], z)
        return box if box is not None and is_outside(node, numbers, box) else None
    box = _proved(node, numbers, middle, z)
    return box if box is not None and _is_above(node, numbers, box) else None


def _near_an_edge(node: Node, numbers: Balls, x: arb) -> list[acb] | None:
    """The solution next to an edge: from its square root there, or in a disc around the edge."""
    try:
        edges = in_balls_edges.edges(node)
    except CertificationError:
        return None
    if not edges:
        return None
    s, z = min(edges, key=lambda edge: abs(float((edge[1] - x).mid())))
    bend = _second(node, numbers, acb(s))
    if bend.contains(0):
        return None
    root = (2 * (acb(x) - z) / bend).mid().sqrt()
    for start in (acb(s) + root, acb(s) - root):
        middle = polished(node, numbers, [start.mid()], acb(x).mid())
        if middle is not None and (box := proved_at(node, numbers, middle, acb(x))) is not None:
            return box
    return _disc(node, numbers, x, s, z)


def _disc(node: Node, numbers: Balls, x: arb, s: arb, z: arb) -> list[acb] | None:
    """A disc around the unknown of an edge that the solution does not leave on its way to x.

    At the edge z'(s) = 0, so that |z(s) − z(edge)| ≥ |s − s(edge)|² min|z''|/2 on a convex set; on
    a circle where this is more than |x − z(edge)| no solution is met between the edge and x.
    """
    away = abs(x - z).upper()
    bend = abs(_second(node, numbers, acb(s))).lower()
    radius = (3 * away / bend).sqrt().upper() + _size(acb(s)) * arb(2) ** (-2 * working_bits())
    disc = acb(s) + acb(arb(0, radius), arb(0, radius))
    least = abs(_second(node, numbers, disc)).lower()
    return [disc] if least * radius * radius / 2 > away else None


def _second(node: Node, numbers: Balls, s: acb) -> acb:
    """z''(s), of which nothing is known where s may be an atom."""
    try:
        return 2 * node.at(numbers, iter([acb_series([s, 1], 3)])).z[2]
    except ValueError:
        return acb("nan")


def jets_at(node: Node, numbers: Balls, unknowns: list[acb]) -> Point:
    """The law with derivatives along the unknowns."""
    n = len(unknowns)
    variables = [Jet(x, [acb(int(i == j)) for j in range(n)]) for i, x in enumerate(unknowns)]
    return node.at(numbers, iter(variables))


def system_at(point: Point, z: acb) -> tuple[acb_mat, acb_mat]:
    """What vanishes at a solution, and its derivatives."""
    equations = [point.z - z, *point.gaps()]
    return acb_mat([[x.value] for x in equations]), acb_mat([x.slopes for x in equations])


def polished(node: Node, numbers: Balls, unknowns: list[acb], z: acb) -> list[acb] | None:
    """Newton's method at the working precision; None where it leads nowhere."""
    before = None
    for _ in range(_NEWTON):
        values, slopes = system_at(jets_at(node, numbers, unknowns), z)
        try:
            steps = slopes.mid().solve(values.mid())
        except ZeroDivisionError:
            return None
        unknowns = [(s - steps[i, 0]).mid() for i, s in enumerate(unknowns)]
        if not all(s.is_finite() for s in unknowns):
            return None
        sizes = [abs(steps[i, 0]) / _size(s) for i, s in enumerate(unknowns)]
        size = max(float(x.mid()) for x in sizes)
        if size == 0 or (
            before is not None and size >= before and size < 2.0 ** (-working_bits() // 2)
        ):
            return unknowns
        before = size
    return unknowns


def _size(s: acb) -> arb:
    size = abs(s)
    return size if size > 0 else arb(1)


def _is_nearly_real(unknowns: list[acb]) -> bool:
    small = arb(2) ** (-working_bits() // 3)
    return all(abs(s.imag) <= small * _size(s) for s in unknowns)


def _proved(node: Node, numbers: Balls, middle: list[acb], z: acb) -> list[acb] | None:
    """A box around it that holds exactly one solution: K(box) inside of the box."""
    n = len(middle)
    values, slopes = system_at(jets_at(node, numbers, middle), z)
    try:
        inverse = slopes.mid().inv().mid()
    except ZeroDivisionError:
        return None
    steps = inverse * values
    real = all(s.imag.is_zero() for s in middle)
    for factor in _INFLATIONS:
        radii = [
            abs(steps[i, 0]).upper() * factor + _size(s) * arb(2) ** (4 - working_bits())
            for i, s in enumerate(middle)
        ]
        spread = [acb(arb(0, r), 0 if real else arb(0, r)) for r in radii]
        box = [s + d for s, d in zip(middle, spread, strict=True)]
        _, over = system_at(jets_at(node, numbers, box), z)
        off = inverse * over
        rest = acb_mat([[(1 if i == j else 0) - off[i, j] for j in range(n)] for i in range(n)])
        image = rest * acb_mat([[d] for d in spread]) - steps
        if all(
            spread[i].contains_interior(image[i, 0])
            if not real
            else arb(0, radii[i]).contains_interior(image[i, 0].real)
            for i in range(n)
        ):
            found = [s + image[i, 0] for i, s in enumerate(middle)]
            return [acb(s.real) for s in found] if real else found
    return None


def _is_above(node: Node, numbers: Balls, box: list[acb]) -> bool:
    """Whether all points inside are proved to lie in the half planes where they have to."""
    point = node.at(numbers, iter(box))
    return all(orientation * z.imag > 0 for z, orientation in point.levels())


def is_outside(node: Node, numbers: Balls, box: list[acb]) -> bool:
    """Whether real points inside are proved to move to the right with z."""
    point = jets_at(node, numbers, box)
    _, slopes = system_at(point, acb(0))
    unit = acb_mat([[int(i == 0)] for i in range(len(box))])
    try:
        rate = slopes.solve(unit)
    except ZeroDivisionError:
        return False
    for level, orientation in point.levels():
        moves = sum((s * rate[i, 0] for i, s in enumerate(level.slopes)), acb(0)).real
        if not orientation * moves > 0:
            return False
    return True
