"""Sources and numbers of points as arguments of SymPy functions."""

import math
from functools import lru_cache

import sympy
from sympy import Expr, S

from theorycalc.core.arithmetic.ball import rounded
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import real_expression
from theorycalc.core.gammas import read_power
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact
from theorycalc.distributions import Gaussian, UniformBall, UniformSphere
from theorycalc.distributions._base import SphericalLaw

R = sympy.Symbol("R", positive=True)
# Larger numbers of points are kept apart from doubles.
_LARGEST = sympy.Integer(10) ** 300
_LARGEST_LOGARITHM = 100_000
_SCALES = {Gaussian: "sigma", UniformSphere: "radius", UniformBall: "radius"}


def read_points(n=None, log_n=None) -> Expr:
    """The number n ≥ 1 of points from n or its logarithm, exact or symbolic.

    Raises
    ------
    DomainError
        For n < 1, for no number, or if not exactly one of the two is given.
    """
    if (n is None) == (log_n is None):
        raise DomainError(explain("the number of points", allowed="either n or log_n"))
    if log_n is not None:
        log_n = exact(log_n, "log_n")
        if not 0 <= log_n <= _LARGEST_LOGARITHM:
            allowed = f"0 ≤ log_n ≤ {_LARGEST_LOGARITHM}"
            raise DomainError(explain("log_n is out of range", got=log_n, allowed=allowed))
        return sympy.exp(log_n)
    if isinstance(n, Expr) and n.free_symbols:
        return real_expression(n, "n", 1)
    n = exact(n, "n")
    if n < 1:
        raise DomainError(explain("n is too small", got=n, allowed="a real number ≥ 1"))
    return n


class Points(sympy.Lambda):
    """A number n of points, exact: what every implementation gets.

    In an expression it is an argument that no arithmetic rounds, as a function without variables.
    """

    def __new__(cls, *args):
        """From n, or from the signature and n, as SymPy rebuilds a Lambda."""
        return super().__new__(cls, (), sympy.sympify(args[-1]))

    @classmethod
    def argument(cls, n) -> sympy.Basic:
        """n in an expression: symbols and short rational numbers stay what they are."""
        return n if isinstance(n, cls) or n.free_symbols or _is_short(n) else cls(n)

    @classmethod
    def of(cls, n, context=None) -> "Points":
        """From the argument that an implementation gets: a number of the context, or a double."""
        if isinstance(n, cls):
            return n
        return cls(sympy.Rational(n) if context is None else context.rational(n))

    @property
    def log(self) -> float:
        """log n as a double."""
        return _log(self)

    def count(self, context):
        """n in the numbers of a context."""
        return lower(self.expr).run(context, [])

    @property
    def less_one(self) -> "Points":
        """n − 1 points: all but the nearest."""
        return Points(self.expr - 1)


def _is_short(n: Expr) -> bool:
    return bool(n.is_Rational and n <= _LARGEST)


@lru_cache(maxsize=1024)
def _log(points: Points) -> float:
    n = points.expr
    if _is_short(n):
        return math.log(n)
    program = lower(sympy.log(n))
    return rounded(lambda context: program.run(context, []))


def number_of(n) -> Expr:
    """The number in an argument of an expression."""
    return n.expr if isinstance(n, Points) else n


def read_exponent(s) -> sympy.Expr:
    """The power s > 0 of the distance.

    Raises
    ------
    DomainError
        For s ≤ 0 or no number.
    """
    s = read_power(s, "s")
    if s <= 0:
        raise DomainError(explain("s is not positive", got=s, allowed="s > 0"))
    return s


def read_source(source, s, *, symbolic: bool = False) -> tuple[SphericalLaw, Expr]:
    """(the source in units of its scale, the scale); ``symbolic``: d may be a Symbol.

    Raises
    ------
    DomainError
        For what is no spherically symmetric law with numbers, or an infinite E R^s.
    """
    if not isinstance(source, SphericalLaw):
        allowed = "a law of theorycalc.distributions, Gaussian(3) for instance"
        raise DomainError(explain("not a spherically symmetric law", got=source, allowed=allowed))
    d = source.dimension
    if not (d.is_Integer or (symbolic and d.is_Symbol)):
        allowed = "an integer" + " or a Symbol" * symbolic
        raise DomainError(explain("the dimension is no number", got=d, allowed=allowed))
    if source.mean_power(s) == sympy.oo:
        raise DomainError(
            explain("the distortion is infinite: E R^s is", got=f"s = {s} for {source}")
        )
    name = _SCALES.get(type(source))
    if name is None:
        return source, S.One
    return type(source)(source.dimension), getattr(source, name)
