"""What laws are made of: atoms, and moves that make a law of another one or of two.

A law is given by functions of unknowns s: where it is asked, z(s), and its Cauchy transform there,
g(s) = G(z(s)). For atoms s is z itself. Every move states z and g in terms of those of what it
moves; two laws in one are two sets of unknowns and an equation between them. At z in the upper half
plane, or on the axis where there is a density, the solution is the one at which every z inside lies
in the upper half plane: it is unique, as a fixed point of an analytic map of the half plane into
itself inside of it (Denjoy and Wolff). Everything else follows: atoms, moments, potentials.

The same lines run in doubles, in mpmath's numbers, in balls and in rational functions. The file is
a table: every move is a class that states the same few things.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy
from sympy import Expr, Max, S

from theorycalc.core.looks import Shown


@dataclass(frozen=True)
class Point:
    """A law at its unknowns.

    Attributes
    ----------
    node : Node
    z, g, t
        Where it is asked, its Cauchy transform there, and ∫ x/(z − x) dμ, which is zg − 1 without
        its cancellation.
    parts : tuple of Point
        The laws that it is made of.
    gap
        What vanishes at a solution, where two laws have to meet.
    """

    node: "Node"
    z: Any
    g: Any
    t: Any
    parts: tuple = ()
    gap: Any = None

    def levels(self, orientation: int = 1) -> Iterator[tuple[Any, int]]:
        """Every z inside, with 1 where it lies in the upper half plane and −1 in the lower.

        A law that is only scaled and shifted is left out: it is where the result is.
        """
        orientation = orientation * self.node.orientation
        for x in self.node.also_above(self):
            yield x, orientation
        for part in self.parts:
            if not isinstance(self.node, Affine):
                yield part.z, orientation
            yield from part.levels(orientation)

    def gaps(self) -> Iterator:
        """All that has to vanish."""
        if self.gap is not None:
            yield self.gap
        for part in self.parts:
            yield from part.gaps()


class Node(Shown, sympy.Basic):
    """An atom of the calculus: a law by what it is made of."""

    # whether upper half planes go to upper ones
    orientation = 1

    @property
    def bases(self) -> tuple["Node", ...]:
        """The laws that it is made of."""
        return tuple(x for x in self.args if isinstance(x, Node))

    @cached_property
    def unknowns(self) -> int:
        """How many unknowns a point has."""
        return sum(base.unknowns for base in self.bases)

    @cached_property
    def size(self) -> int:
        """How many atoms it is made of."""
        return sum(base.size for base in self.bases)

    def at(self, numbers, unknowns: Iterator) -> Point:
        """The law at the next unknowns, in the numbers of an arithmetic."""
        base = self.bases[0].at(numbers, unknowns)
        return Point(self, *self.moved(numbers, base), (base,))

    def moved(self, numbers, base: Point) -> tuple:
        """(z, g, t) of those of the base."""
        raise NotImplementedError

    def also_above(self, point: Point) -> tuple:
        """What else has to lie in the upper half plane, where z does."""
        return ()

    def potential(self, numbers, point: Point, side: int = 1):
        """∫ log(z − x) μ(dx) at a solution.

        It is continuous in the upper half plane (``side`` 1) or in the lower one (−1), the axis
        included: a logarithm of a negative number is told on which side of the axis it lies.
        """
        (base,) = point.parts
        before = base.node.potential(numbers, base, side * self.orientation)
        return self.gained(numbers, point, base, before, side)

    def gained(self, numbers, point: Point, base: Point, before, side: int):
        """The potential of a move, from that of its base."""
        raise NotImplementedError

    def start(self, z, mean) -> list:
        """Unknowns near those of a large z; ``mean`` gives the first moment of a node."""
        return self.bases[0].start(z, mean)

    def masses(self) -> dict[Expr, Expr]:
        """The atoms and their masses."""
        return {}

    def support_bound(self) -> Expr:
        """A number that no |x| in the support exceeds."""
        raise NotImplementedError


class Atoms(Node):
    """Point masses: places, and their weights."""

    @property
    def places(self) -> tuple:
        """Where the atoms are, ascending."""
        return self.args[0].args

    @property
    def weights(self) -> tuple:
        """Their masses."""
        return self.args[1].args

    @cached_property
    def unknowns(self) -> int:
        """One: z itself."""
        return 1

    @cached_property
    def size(self) -> int:
        """Of the atoms themselves."""
        return len(self.places)

    def at(self, numbers, unknowns):
        s = next(unknowns)
        return Point(self, s, *numbers.cauchy(self, s))

    def potential(self, numbers, point, side=1):
        return numbers.logarithms(self, point.z, side)

    def start(self, z, mean):
        return [z]

    def masses(self):
        return dict(zip(self.places, self.weights, strict=True))

    def support_bound(self):
        return Max(*(abs(x) for x in self.places))


class PlusSemicircle(Node):
    """The free sum with a semicircle law of variance v."""

    @property
    def v(self) -> Expr:
        """The variance."""
        return self.args[1]

    def moved(self, numbers, base):
        added = numbers.number(self.v) * base.g
        return base.z + added, base.g, base.t + added * base.g

    def gained(self, numbers, point, base, before, side):
        return before + numbers.number(self.v) * point.g * point.g / 2

    def support_bound(self):
        return self.bases[0].support_bound() + 2 * sympy.sqrt(self.v)


class PlusPoisson(Node):
    """The free sum with a times a Marchenko–Pastur law of ratio c: R(g) = a/(1 − cag)."""

    @property
    def c(self) -> Expr:
        """The ratio."""
        return self.args[1]

    @property
    def a(self) -> Expr:
        """The scale, which may be negative."""
        return self.args[2]

    def moved(self, numbers, base):
        a, ca = numbers.number(self.a), numbers.number(self.c * self.a)
        added = a / (1 - ca * base.g)
        return base.z + added, base.g, base.t + added * base.g

    def gained(self, numbers, point, base, before, side):
        # g R(g) − ∫_0^g R
        c, ca = numbers.number(self.c), numbers.number(self.c * self.a)
        rest = 1 - ca * point.g
        above = side if is_above(self.a) else -side
        return before + (numbers.log(rest, above) + ca * point.g / rest) / c

    def masses(self):
        poisson = {S.Zero: 1 - 1 / self.c}
        return _summed(self.bases[0].masses(), poisson)

    def support_bound(self):
        return self.bases[0].support_bound() + abs(self.a) * (1 + sympy.sqrt(self.c)) ** 2


class TimesPoisson(Node):
    """The free product with a Marchenko–Pastur law of ratio c: T^{1/2} X X' T^{1/2}/n."""

    @property
    def c(self) -> Expr:
        """The ratio."""
        return self.args[1]

    def moved(self, numbers, base):
        stretch = numbers.stretch(numbers.number(self.c), base.t, base.z * base.g)
        return base.z * stretch, base.g / stretch, base.t

    def gained(self, numbers, point, base, before, side):
        c, t = numbers.number(self.c), base.t
        # z/w, whose angle is the difference of two of the half plane
        ratio = numbers.stretch(c, t, base.z * base.g)
        stretch = numbers.log(ratio, numbers.opposite(point.z, side))
        return before + t + stretch * ((c - 1) / c)

    def masses(self):
        kept = self.bases[0].masses().get(S.Zero, S.Zero)
        return _positive([(S.Zero, 1 - 1 / self.c), (S.Zero, kept)])

    def support_bound(self):
        return self.bases[0].support_bound() * (1 + sympy.sqrt(self.c)) ** 2


class Affine(Node):
    """The law of a·x + b."""

    @property
    def a(self) -> Expr:
        """The scale, not 0."""
        return self.args[1]

    @property
    def b(self) -> Expr:
        """The shift."""
        return self.args[2]

    @property
    def orientation(self) -> int:
        return 1 if is_above(self.a) else -1

    def moved(self, numbers, base):
        a, b = numbers.number(self.a), numbers.number(self.b)
        return base.z * a + b, base.g / a, base.t + base.g * numbers.number(self.b / self.a)

    def gained(self, numbers, point, base, before, side):
        size = before + numbers.log(numbers.number(abs(self.a)), side)
        return size if is_above(self.a) else size + numbers.half_turn(side)

    def start(self, z, mean):
        return self.bases[0].start((z - float(self.b)) / float(self.a), mean)

    def masses(self):
        return {self.a * x + self.b: w for x, w in self.bases[0].masses().items()}

    def support_bound(self):
        return abs(self.a) * self.bases[0].support_bound() + abs(self.b)


class Compressed(Node):
    """The law of a corner of a share t of the rows and columns, in random directions."""

    @property
    def t(self) -> Expr:
        """The share, in (0, 1]; above 1 a free power, scaled."""
        return self.args[1]

    def moved(self, numbers, base):
        t = numbers.number(self.t)
        return base.z + (t - 1) / base.g, base.g / t, base.t / t

    def gained(self, numbers, point, base, before, side):
        t = numbers.number(self.t)
        return (before + numbers.log(base.g, -side) * (1 - t)) / t

    def start(self, z, mean):
        return self.bases[0].start(z / float(self.t), mean)

    def masses(self):
        atoms = self.bases[0].masses().items()
        return _positive([(x, (w - 1 + self.t) / self.t) for x, w in atoms])

    def support_bound(self):
        return self.bases[0].support_bound()


class InformationPlusNoise(Node):
    """(A + √v X)(A + √v X)'/n where AA'/n has the law of the base, and X is p × n, p/n = c."""

    @property
    def c(self) -> Expr:
        """The ratio."""
        return self.args[1]

    @property
    def v(self) -> Expr:
        """The variance of the noise."""
        return self.args[2]

    def moved(self, numbers, base):
        g, noise = base.g, numbers.number(self.v * self.c)
        rest = numbers.number(self.v * (1 - self.c))
        stretch = 1 + noise * g
        z = (base.z * stretch + rest) * stretch
        return z, g / stretch, base.t + (noise * base.z * g + rest) * g

    def also_above(self, point):
        # a law on [0, ∞): without it there are other solutions
        return (-point.z * point.g,)

    def gained(self, numbers, point, base, before, side):
        c, v = numbers.number(self.c), numbers.number(self.v)
        g, vc = base.g, numbers.number(self.v * self.c)
        logarithm = numbers.log(1 + vc * g, -side)
        return before + vc * g * g * base.z + v * (1 - c) * g - logarithm * ((1 - c) / c)

    def masses(self):
        return _positive([(S.Zero, 1 - 1 / self.c)])

    def support_bound(self):
        root = sympy.sqrt(self.bases[0].support_bound())
        return (root + sympy.sqrt(self.v) * (1 + sympy.sqrt(self.c))) ** 2


class FreeSum(Node):
    """The law of A + UBU' with a random rotation U."""

    def at(self, numbers, unknowns):
        one, two = (base.at(numbers, unknowns) for base in self.bases)
        z, t = one.z + two.z - 1 / one.g, one.t + two.t
        return Point(self, z, one.g, t, (one, two), one.g - two.g)

    def potential(self, numbers, point, side=1):
        one, two = (part.node.potential(numbers, part, side) for part in point.parts)
        return one + two + numbers.log(point.g, -side)

    def start(self, z, mean):
        one, two = self.bases
        return [*one.start(z - mean(two), mean), *two.start(z - mean(one), mean)]

    def masses(self):
        one, two = self.bases
        return _summed(one.masses(), two.masses())

    def support_bound(self):
        one, two = self.bases
        return one.support_bound() + two.support_bound()


class FreeProduct(Node):
    """The law of A^{1/2} UBU' A^{1/2} with a random rotation U; A and B are not negative."""

    def at(self, numbers, unknowns):
        one, two = (base.at(numbers, unknowns) for base in self.bases)
        z = one.z * two.z * one.t / (1 + one.t)
        return Point(self, z, (1 + one.t) / z, one.t, (one, two), one.t - two.t)

    def potential(self, numbers, point, side=1):
        one, two = (part.node.potential(numbers, part, side) for part in point.parts)
        return one + two + numbers.log(point.t, -side)

    def start(self, z, mean):
        one, two = self.bases
        return [*one.start(z / mean(two), mean), *two.start(z / mean(one), mean)]

    def masses(self):
        one, two = (base.masses() for base in self.bases)
        pairs = itertools.product(one.items(), two.items())
        met = [(x * y, v + w - 1) for (x, v), (y, w) in pairs if x != 0 and y != 0]
        return _positive([*met, *((S.Zero, law.get(S.Zero, S.Zero)) for law in (one, two))])

    def support_bound(self):
        one, two = self.bases
        return one.support_bound() * two.support_bound()


def is_above(x: Expr, least=S.Zero) -> bool:
    """Whether a number is larger than another one: in doubles where SymPy does not see it."""
    truth = x > least
    return bool(truth) if truth in (sympy.true, sympy.false) else float(x) > float(least)


def _positive(masses: list[tuple[Expr, Expr]]) -> dict[Expr, Expr]:
    """The atoms that there are, ascending; of several at one place the heaviest."""
    found: dict[Expr, Expr] = {}
    for x, w in masses:
        found[x] = Max(w, found.get(x, S.Zero))
    return {x: found[x] for x in sorted(found, key=float) if is_above(found[x])}


def _summed(one: dict, two: dict) -> dict[Expr, Expr]:
    """Atoms of a free sum: those of both that cannot avoid each other."""
    pairs = itertools.product(one.items(), two.items())
    return _positive([(x + y, v + w - 1) for (x, v), (y, w) in pairs])
