"""Laws of one unknown as rational functions, and their edges: where the density begins and ends.

Outside of the support z(s) is real and rises, with every z inside; an edge is where it stops. So
the real line is cut at the zeros and poles of the derivatives of all of them, by polynomials over
the rationals (parameters that are not rational are variables of their coefficients).
"""

from dataclasses import dataclass
from functools import lru_cache

import sympy
from sympy import QQ, Expr
from sympy.polys.fields import FracElement, field

from theorycalc.spectra.nodes import Atoms, Node


class _Rational:
    """What nodes ask of an arithmetic, in rational functions of s and of irrational parameters."""

    def __init__(self, node: Node):
        self.parameters = sorted(_irrationals(node), key=str)
        names = [f"p{i}" for i in range(len(self.parameters))]
        self.field, self.s, *rest = field(["s", *names], QQ)
        self.known = dict(zip(self.parameters, rest, strict=True))

    def number(self, x: Expr):
        """A parameter: a rational function of those that are no numbers of QQ."""
        if x.is_Rational:
            return self.field(QQ(int(x.p), int(x.q)))
        if x in self.known:
            return self.known[x]
        if x.is_Add:
            return sum(map(self.number, x.args), self.field(0))
        if x.is_Mul:
            out = self.field(1)
            for factor in x.args:
                out = out * self.number(factor)
            return out
        return self.number(x.base) ** int(x.exp)

    def cauchy(self, atoms: Atoms, s):
        """Σ w/(s − t) and Σ wt/(s − t)."""
        g = t = self.field(0)
        for place, weight in zip(atoms.places, atoms.weights, strict=True):
            part = self.number(weight) / (s - self.number(place))
            g, t = g + part, t + part * self.number(place)
        return g, t

    def stretch(self, c, t, whole):
        """1 + ct, where ``whole`` is 1 + t."""
        return 1 + c * t


def _irrationals(x) -> set[Expr]:
    """The numbers that are made of no others by rational operations."""
    if isinstance(x, Expr) and not x.is_Rational and not _is_made(x):
        return {x}
    return set().union(*map(_irrationals, x.args)) if not x.is_Atom else set()


def _is_made(x: Expr) -> bool:
    return x.is_Add or x.is_Mul or (x.is_Pow and x.exp.is_Integer)


@dataclass(frozen=True)
class Curve:
    """A law of one unknown: z(s), and the polynomials whose real zeros cut the line.

    Attributes
    ----------
    z : tuple
        Numerator and denominator of z as lists of coefficients, the constant first; a coefficient
        is an expression in the parameters.
    slopes : tuple
        The same for the derivatives of z and of every z inside.
    cuts : tuple
        Polynomials without multiple or common zeros, at which these derivatives may change their
        signs.
    is_rational : bool
        Whether there are no parameters, between which relations might be unknown.
    """

    z: tuple
    slopes: tuple
    cuts: tuple
    is_rational: bool


@lru_cache(maxsize=256)
def curve(node: Node) -> Curve:
    """z(s) and its derivatives, those inside included."""
    numbers = _Rational(node)
    point = node.at(numbers, iter([numbers.s]))
    signs = [(point.z, 1), *point.levels()]
    slopes = [orientation * z.diff(numbers.s) for z, orientation in signs]
    return Curve(
        _parts(numbers, point.z),
        tuple(_parts(numbers, x) for x in slopes),
        tuple(_coefficients(numbers, p) for p in _apart(slopes)),
        not numbers.parameters,
    )


def _apart(slopes: list[FracElement]) -> list:
    """Polynomials with all zeros of numerators and denominators, each in one of them, once."""
    found: list = []
    for polynomial in (p.sqf_part() for x in slopes for p in (x.numer, x.denom)):
        for other in found:
            polynomial = polynomial.quo(polynomial.gcd(other))
        if not polynomial.is_ground:
            found.append(polynomial)
    return found


def _parts(numbers: _Rational, z: FracElement) -> tuple:
    return _coefficients(numbers, z.numer), _coefficients(numbers, z.denom)


def _coefficients(numbers: _Rational, polynomial) -> tuple[Expr, ...]:
    """Coefficients in s, the constant first."""
    found: dict[int, Expr] = {}
    for powers, coefficient in polynomial.terms():
        rest = sympy.Mul(
            *(x**k for x, k in zip(numbers.parameters, powers[1:], strict=True)),
        )
        value = sympy.Rational(int(coefficient.numerator), int(coefficient.denominator)) * rest
        found[powers[0]] = found.get(powers[0], sympy.S.Zero) + value
    return tuple(found.get(k, sympy.S.Zero) for k in range(max(found, default=0) + 1))
