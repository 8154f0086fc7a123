"""Closed forms: Marchenko–Pastur and semicircle laws, scaled and shifted, symbols allowed."""

from dataclasses import dataclass

import sympy
from sympy import Expr, Max, Piecewise, S, acos, atan, log, pi, sin, sqrt, tan

from theorycalc.spectra import nodes

X = sympy.Symbol("x", real=True)


@dataclass(frozen=True)
class Closed:
    """The law of a·Y + b for a law of Y in closed form.

    Attributes
    ----------
    kind : MarchenkoPastur or Semicircle
    a, b : Expr
    """

    kind: "MarchenkoPastur | Semicircle"
    a: Expr = S.One
    b: Expr = S.Zero

    @property
    def _y(self) -> Expr:
        return (X - self.b) / self.a

    @property
    def density(self) -> Expr:
        """The density at X."""
        return self.kind.density(self._y) / abs(self.a)

    @property
    def mass_below(self) -> Expr:
        """μ((−∞, X]), where X is no atom if a < 0."""
        below = self.kind.mass_below(self._y)
        return below if nodes.is_above(self.a) else 1 - below

    @property
    def edges(self) -> list[Expr]:
        """The ends of the support, ascending."""
        ends = [self.a * y + self.b for y in self.kind.edges]
        return ends if nodes.is_above(self.a) else ends[::-1]

    def log_moment(self, nonzero: bool) -> Expr | None:
        """∫ log x, or over x ≠ 0; None where it is not known."""
        if self.b != 0 or not nodes.is_above(self.a):
            return None
        return self.kind.log_moment(self.a, nonzero)

    def mean(self, function: sympy.Lambda) -> Expr:
        """∫ f dμ, as an integral in the angle."""
        shifted = sympy.Lambda(X, function(self.a * X + self.b))
        return self.kind.mean(shifted)


@dataclass(frozen=True)
class MarchenkoPastur:
    """The law of XX'/n, X of p × n independent entries of variance 1, p/n = c."""

    c: Expr

    @property
    def edges(self) -> tuple[Expr, Expr]:
        """(1 ∓ √c)²."""
        return (1 - sqrt(self.c)) ** 2, (1 + sqrt(self.c)) ** 2

    @property
    def atom(self) -> Expr:
        """The mass at 0."""
        return Max(0, 1 - 1 / self.c)

    def density(self, y: Expr) -> Expr:
        """√((y − y_−)(y_+ − y))/(2πcy)."""
        low, high = self.edges
        return sqrt(Max((y - low) * (high - y), 0)) / (2 * pi * self.c * y)

    def mass_below(self, y: Expr) -> Expr:
        """1 − (2/π)(P(θ) − P(0)) at y = 1 + c + 2√c cos θ."""
        c, (low, high) = self.c, self.edges
        angle = acos((y - 1 - c) / (2 * sqrt(c)))
        ratio = abs((1 - sqrt(c)) / (1 + sqrt(c)))
        turned = abs(1 - c) / (2 * c) * atan(ratio * tan(angle / 2))
        above = (1 + c) * angle / (4 * c) - sin(angle) / (2 * sqrt(c)) - turned
        at_most = Piecewise((self.atom, y <= low), (1 - 2 * above / pi, True))
        return Piecewise((0, y < 0), (1, y >= high), (at_most, True))

    def log_moment(self, a: Expr, nonzero: bool) -> Expr:
        """∫ log(ay) over y > 0, or −∞ with the mass at 0."""
        c = self.c
        below = log(a) + (c - 1) / c * log(1 - c) - 1
        share = (log(a * c) + (1 - c) * log(1 - 1 / c) - 1) / c
        above = share if nonzero else -sympy.oo
        if c.is_number:
            return log(a) - 1 if c == 1 else below if c < 1 else above
        return Piecewise((below, c < 1), (log(a) - 1, sympy.Eq(c, 1)), (above, True))

    def mean(self, function: sympy.Lambda) -> Expr:
        """∫ f, the atom included."""
        t = sympy.Dummy("theta", real=True)
        y = 1 + self.c + 2 * sqrt(self.c) * sympy.cos(t)
        # sin²θ/y has a removable 0/0 at c = 1
        weight = (1 - sympy.cos(t)) / 2 if self.c == 1 else sin(t) ** 2 / y
        inside = sympy.Integral(function(y) * weight, (t, 0, pi)) * 2 / pi
        at_zero = S.Zero if self.atom == 0 else self.atom * function(S.Zero)
        return inside + at_zero


@dataclass(frozen=True)
class Semicircle:
    """The law of symmetric matrices with independent entries of variance v/p."""

    v: Expr

    @property
    def edges(self) -> tuple[Expr, Expr]:
        """∓2√v."""
        return -2 * sqrt(self.v), 2 * sqrt(self.v)

    def density(self, y: Expr) -> Expr:
        """√(4v − y²)/(2πv)."""
        return sqrt(Max(4 * self.v - y**2, 0)) / (2 * pi * self.v)

    def mass_below(self, y: Expr) -> Expr:
        """1/2 + y√(4v − y²)/(4πv) + arcsin(y/(2√v))/π."""
        low, high = self.edges
        inside = y * sqrt(4 * self.v - y**2) / (4 * pi * self.v)
        # from the end, where 1/2 and the arcsine cancel
        inside = 1 - acos(y / high) / pi + inside
        return Piecewise((0, y <= low), (1, y >= high), (inside, True))

    def log_moment(self, a: Expr, nonzero: bool) -> None:
        """There is none: the law is on both sides of 0."""

    def mean(self, function: sympy.Lambda) -> Expr:
        """∫ f."""
        t = sympy.Dummy("theta", real=True)
        y = 2 * sqrt(self.v) * sympy.cos(t)
        return sympy.Integral(function(y) * sin(t) ** 2, (t, 0, pi)) * 2 / pi


def closed_form(node: nodes.Node) -> Closed | None:
    """The closed form of a law, where it has one."""
    if isinstance(node, nodes.Affine):
        base = closed_form(node.bases[0])
        if base is None:
            return None
        return Closed(base.kind, node.a * base.a, node.a * base.b + node.b)
    if not node.bases or not isinstance(base := node.bases[0], nodes.Atoms):
        return None
    if len(base.places) > 1:
        return None
    (place,) = base.places
    if isinstance(node, nodes.PlusSemicircle):
        return Closed(Semicircle(node.v), b=place)
    if isinstance(node, nodes.PlusPoisson):
        return Closed(MarchenkoPastur(node.c), node.a, place)
    if isinstance(node, nodes.TimesPoisson) and place != 0:
        return Closed(MarchenkoPastur(node.c), place)
    return None
