"""Sources and numbers of points as arguments of SymPy functions."""

from functools import lru_cache

import sympy
from sympy import Expr, S

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.gammas import read_power
from theorycalc.core.numbers import exact, real_expression
from theorycalc.distributions import Gaussian, UniformBall, UniformSphere
from theorycalc.distributions._base import SphericalLaw

R = sympy.Symbol("R", positive=True)
_POWER = sympy.Symbol("p", positive=True)
_D = sympy.Symbol("d", positive=True, integer=True)
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
        return real_expression(n, "n")
    n = exact(n, "n")
    if n < 1:
        raise DomainError(explain("n is too small", got=n, allowed="a real number ≥ 1"))
    return n


def counted(n):
    """n as a function takes it: a number that is no short rational is wrapped in a Lambda."""
    if isinstance(n, sympy.Lambda) or n.free_symbols or (n.is_Rational and n <= _LARGEST):
        return n
    return sympy.Lambda((), n)


def number_of(n) -> Expr:
    """The number itself."""
    return n.expr if isinstance(n, sympy.Lambda) else n


def exact_number(context, n) -> Expr:
    """The number itself, from an argument that an implementation gets."""
    return n.expr if isinstance(n, sympy.Lambda) else context.rational(n)


def read_order(s) -> sympy.Expr:
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


def as_lambda(source: SphericalLaw) -> sympy.Lambda:
    """The law of R and d as an argument: density, ends of the support, kinks between, and E R^p.

    A moment without a closed form is written as infinite: it bounds nothing.

    Raises
    ------
    DomainError
        For a law with other symbols than its dimension.
    """
    low, high = source.support
    if low == high:
        return sympy.Lambda((R, _D), sympy.Tuple(sympy.DiracDelta(R - low), low, high))
    density = source.radial_density
    variable = next(x for x in density.args if x.name == "R")
    moment = source.mean_power(_POWER)
    moment = sympy.Lambda(_POWER, sympy.oo if moment.has(sympy.Integral) else moment)
    parts = density.expr.xreplace({variable: R}), low, high, sympy.Tuple(*source.breaks), moment
    parts = sympy.Tuple(*parts).xreplace({source.dimension: _D} if source.d.is_Symbol else {})
    others = parts.free_symbols - {R, _D}
    if others:
        got = ", ".join(sorted(map(str, others)))
        raise DomainError(explain("the law needs numbers for its parameters", got=got))
    return sympy.Lambda((R, _D), parts)


@lru_cache(maxsize=256)
def at_dimension(law: sympy.Lambda, d: int) -> sympy.Lambda:
    """The law of R in d dimensions, of R alone."""
    symbol, dimension = law.variables
    return sympy.Lambda(symbol, law.expr.xreplace({dimension: sympy.Integer(d)}))
