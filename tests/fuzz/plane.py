"""Iterated integrals of polynomials and switches on lines, in rational numbers.

Between the kinks the integrand is a polynomial, and so is what the inner integral leaves for the
outer one: a rule on enough nodes inside every piece is exact. Where lines meet, pieces end.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property

import sympy
from case import FLOAT, arithmetic
from expressions import Remembered
from hypothesis import strategies as st
from mpmath import mp
from oracle import Truth, UndecidedError, rational
from trees import SYMBOLS, evaluate, expression

import theorycalc as tc

X, Y, Z = (SYMBOLS[name] for name in "xyz")
# More than the degree in x of any integrand here, and in y of its integral over x.
_INNER, _OUTER = 5, 9


def line(slope, constant, x="x", y="y") -> tuple:
    """x − slope·y − constant as a tree."""
    return ("sub", x, ("add", ("mul", slope, y), constant))


@dataclass(frozen=True)
class Line:
    """The places x = slope·y + constant."""

    slope: Fraction
    constant: Fraction

    def __call__(self, y: Fraction) -> Fraction:
        return self.slope * y + self.constant

    def meets(self, other: "Line") -> list[Fraction]:
        """The y where two lines cross."""
        turn = self.slope - other.slope
        return [(other.constant - self.constant) / turn] if turn else []


def lines(pairs) -> list[Line]:
    """Lines from (slope, constant) as strings."""
    return [Line(*map(Fraction, pair)) for pair in pairs]


@cache
def _rule(count: int) -> list[tuple[Fraction, Fraction]]:
    """(node, weight) on [0, 1], inside: exact for polynomials of a degree below ``count``."""
    nodes = [Fraction(2 * i + 1, 2 * count) for i in range(count)]
    t = sympy.Symbol("t")
    found = []
    for node in nodes:
        rest = [other for other in nodes if other != node]
        basis = sympy.prod((t - sympy.Rational(r)) / sympy.Rational(node - r) for r in rest)
        weight = sympy.integrate(sympy.expand(basis), (t, 0, 1))
        found.append((node, Fraction(int(weight.p), int(weight.q))))
    return found


def integrate(f: Callable, first, last, kinks: list, count: int) -> Fraction:
    """∫ f from first to last, exactly where f is a polynomial between the kinks."""
    low, high = min(first, last), max(first, last)
    places = [low, *sorted({kink for kink in kinks if low < kink < high}), high]
    total = sum(
        (b - a) * weight * f(a + (b - a) * node)
        for a, b in itertools.pairwise(places)
        for node, weight in _rule(count)
    )
    return Fraction(total if last >= first else -total)


@dataclass(frozen=True)
class Plane:
    """∫∫ tree dx dy: ``kinks`` and ``limits`` are lines x = slope·y + constant."""

    tree: tuple
    kinks: tuple
    limits: tuple
    outer: tuple
    outer_kinks: tuple
    third: tuple | None
    digits: int

    def evaluations(self):
        truth = Remembered(self._truth)
        for name in (FLOAT, ("ball", 3), ("ball", self.digits)):
            yield (
                f"in {name}",
                lambda name=name: tc.Formula("f", self._integral).at(using=arithmetic(name)),
                truth,
            )

    @cached_property
    def _integral(self):
        ends = [sympy.Rational(m) * Y + sympy.Rational(c) for m, c in self.limits]
        limits = [(X, *ends), (Y, *map(sympy.Rational, self.outer))]
        body = expression(self.tree)
        if self.third:
            tree, _, ends = self.third
            body, limits = body * expression(tree), [*limits, (Z, *map(sympy.Rational, ends))]
        return sympy.Integral(body, *limits)

    def _truth(self):
        bends, ends = lines(self.kinks), lines(self.limits)
        crossings = [y for a, b in itertools.combinations([*bends, *ends], 2) for y in a.meets(b)]

        def inner(y):
            point = {"y": y}
            return integrate(
                lambda x: evaluate(self.tree, {**point, "x": x}),
                *(end(y) for end in ends),
                kinks=[bend(y) for bend in bends],
                count=_INNER,
            )

        kinks = [*crossings, *map(Fraction, self.outer_kinks)]
        total = integrate(inner, *map(Fraction, self.outer), kinks=kinks, count=_OUTER)
        if self.third:
            tree, kink, ends = self.third
            rest = lambda z: evaluate(tree, {"z": z})  # noqa: E731
            total *= integrate(rest, *map(Fraction, ends), kinks=[Fraction(kink)], count=_INNER)
        return rational(total)


@dataclass(frozen=True)
class Moving:
    """∫ tree dx with limits and kinks that move with y, and its slope in y."""

    tree: tuple
    kinks: tuple
    limits: tuple
    points: tuple
    slope: bool
    digits: int

    def evaluations(self):
        names = (FLOAT, ("ball", 3), ("ball", self.digits))
        for point in self.points:
            truth = Remembered(lambda p=point: self._truth(Fraction(p)))
            for name in names:
                yield (
                    f"at {point} in {name}",
                    lambda p=point, name=name: self._formula.at(y=p, using=arithmetic(name)),
                    truth,
                )

    @cached_property
    def _formula(self):
        ends = [sympy.Rational(m) * Y + sympy.Rational(c) for m, c in self.limits]
        formula = tc.Formula("f", sympy.Integral(expression(self.tree), (X, *ends)), args=(Y,))
        return formula.diff("y") if self.slope else formula

    def _truth(self, y):
        if not self.slope:
            return rational(self._value(y))
        step = Fraction(1, 10**16)
        # the slope of a polynomial from three points on one side, where the other gives the same
        right, left = (2 * self._rise(y, s) - self._rise(y, 2 * s) for s in (step, -step))
        if abs(right - left) > Fraction(1, 10**20):
            raise UndecidedError
        return Truth(rational(right).mid, mp.mpf(10) ** -18)

    def _rise(self, y, step):
        return (self._value(y + step) - self._value(y)) / step

    def _value(self, y):
        return integrate(
            lambda x: evaluate(self.tree, {"x": x, "y": y}),
            *(end(y) for end in lines(self.limits)),
            kinks=[bend(y) for bend in lines(self.kinks)],
            count=_INNER,
        )


_numbers = st.fractions(-2, 2, max_denominator=6).map(str)
_slopes = st.one_of(st.just("0"), st.fractions(-3, 3, max_denominator=4).map(str))
_lines = st.tuples(_slopes, _numbers)
_two = st.tuples(_numbers, _numbers)
_powers = st.tuples(st.integers(0, 2), st.integers(0, 2))


def _bent(kind: str, tree, low, high):
    """A function that switches where the tree is zero."""
    if kind == "piecewise":
        return ("piecewise", tree, "0", low, high)
    if kind in ("max", "min"):
        return (kind, tree, "0")
    return (kind, tree)


_kinds = st.sampled_from(["abs", "sign", "heaviside", "max", "min", "piecewise"])


@st.composite
def _bends(draw, moving=True):
    """(tree, line): a switch on x − slope·y − constant, or the other way round."""
    slope, constant = draw(_lines) if moving else ("0", draw(_numbers))
    tree = line(slope, constant) if moving else ("sub", "x", constant)
    tree = tree if draw(st.booleans()) else ("mul", "-2", tree)
    return _bent(draw(_kinds), tree, draw(st.sampled_from(["x", "1/3"])), "y"), (slope, constant)


@st.composite
def _polynomials(draw):
    """A sum of one to three monomials in x and y."""
    terms = [
        ("mul", draw(_numbers), ("mul", ("pow", "x", str(i)), ("pow", "y", str(j))))
        for i, j in draw(st.lists(_powers, min_size=1, max_size=3))
    ]
    return ("add", *terms)


@st.composite
def _inner(draw):
    """(tree, lines) of one or two switches, times a polynomial or added to it."""
    bends = draw(st.lists(_bends(), min_size=1, max_size=2))
    switch = bends[0][0] if len(bends) == 1 else (draw(st.sampled_from(["add", "mul"])),)
    if len(bends) == 2:
        switch = (*switch, bends[0][0], bends[1][0])
    joined = draw(st.sampled_from(["add", "mul", "mul"]))
    return (joined, draw(_polynomials()), switch), tuple(bend[1] for bend in bends)


@st.composite
def planes(draw):
    """Random polynomials and switches, limits that move or do not."""
    tree, kinks = draw(_inner())
    outer_kinks = ()
    if draw(st.booleans()):
        kink = draw(_numbers)
        tree = ("mul", tree, _bent(draw(_kinds), ("sub", "y", kink), "y", "1/4"))
        outer_kinks = (kink,)
    limits = draw(
        st.one_of(st.tuples(_lines, _lines), _two.map(lambda p: (("0", p[0]), ("0", p[1]))))
    )
    third = None
    if draw(st.integers(0, 4)) == 0:
        kink = draw(_numbers)
        third = (_bent(draw(_kinds), ("sub", "z", kink), "z", "1"), kink, draw(_two))
    digits = draw(st.sampled_from([3, 8, 15, 25]))
    return Plane(tree, kinks, limits, draw(_two), outer_kinks, third, digits)


@st.composite
def moving(draw):
    """The inner integrals alone, as functions of the outer variable."""
    tree, kinks = draw(_inner())
    limits = draw(st.tuples(_lines, _lines))
    points = draw(st.lists(_numbers, min_size=3, max_size=3, unique=True))
    digits = draw(st.sampled_from([3, 8, 15, 25]))
    return Moving(tree, kinks, limits, tuple(points), draw(st.booleans()), digits)
