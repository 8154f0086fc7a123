"""One-dimensional integrals as data: integrand, limits, declared kinks and declared tails."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy

from theorycalc.core.errors import DomainError, NotSupportedError, explain, shown
from theorycalc.core.expressions import expression, real_expression
from theorycalc.core.integration.cut_off import cut_off
from theorycalc.core.looks import Shown
from theorycalc.core.records import instance, sequence
from theorycalc.core.signature import as_variable

# Cut-offs of an infinite integral grow by this factor until the tail bound is small enough.
_CUTOFF_GROWTH = "5/4"
_MOST_CUTOFFS = 1_000


@dataclass(frozen=True)
class Tail(Shown):
    """A proved bound on what an integral loses beyond a cut-off.

    Parameters
    ----------
    bound : Expr
        B(R), at least the modulus of the integral beyond the cut-off R, for every R ≥ start. For a
        lower limit −∞ the cut-off is −R.
    symbol : Symbol
        The R in ``bound``.
    start : Expr
        The smallest positive R for which the bound is claimed.
    """

    bound: sympy.Expr
    symbol: sympy.Symbol
    start: sympy.Expr = sympy.S.One

    def __post_init__(self):
        as_variable(self.symbol, "symbol")
        object.__setattr__(self, "bound", real_expression(self.bound, "bound", 0))
        object.__setattr__(self, "start", real_expression(self.start, "start"))
        if self.start.is_extended_positive is False:
            raise DomainError(explain("start is not positive", got=self.start, allowed="> 0"))


@dataclass(frozen=True)
class Integral(Shown):
    """∫ integrand d(variable) from lower to upper, with what a quadrature must be told.

    Parameters
    ----------
    integrand : Expr
    variable : Symbol
    lower, upper : Expr
        May be infinite.
    kinks : tuple of Expr
        Every point inside where the integrand or a derivative of it jumps. Nothing detects a kink
        numerically: one that is missing makes `MP` and `Float` results wrong.
    tails : mapping
        ``{oo: Tail(...), -oo: Tail(...)}``; an infinite limit needs one for `Ball`.

    Raises
    ------
    DomainError
        If ``variable`` is not a Symbol or occurs in a limit or a kink.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, R = sympy.symbols("x R", positive=True)
    >>> tail = tc.Tail(bound=sympy.exp(-R**2 / 2), symbol=R)     # Mills' ratio, R ≥ 1
    >>> gauss = tc.Integral(sympy.exp(-x**2 / 2), x, -sympy.oo, sympy.oo,
    ...                     tails={sympy.oo: tail, -sympy.oo: tail})
    >>> print(tc.integrate(gauss, using=tc.Ball(20)))
    2.5066282746310005024 ± 2e-20
    """

    integrand: sympy.Expr
    variable: sympy.Symbol
    lower: sympy.Expr
    upper: sympy.Expr
    kinks: tuple = ()
    tails: Mapping = field(default_factory=dict, hash=False)

    def __post_init__(self):
        object.__setattr__(self, "integrand", real_expression(self.integrand, "integrand"))
        for name in ("lower", "upper"):
            object.__setattr__(self, name, real_expression(getattr(self, name), "limit"))
        kinks = sequence(self.kinks, "kinks")
        object.__setattr__(self, "kinks", tuple(expression(x, "kink") for x in kinks))
        instance(self.tails, Mapping, "tails", allowed="{oo: Tail(…), -oo: Tail(…)}")
        for end, tail in self.tails.items():
            instance(tail, Tail, "a Tail", allowed="Tail(…)")
            if end not in (sympy.oo, -sympy.oo):
                raise DomainError(explain("no end of a tail", got=shown(end), allowed="oo, -oo"))
        as_variable(self.variable)
        if any(self.variable in point.free_symbols for point in (*self.points, *self.kinks)):
            raise DomainError(
                explain("the variable occurs in a limit or a kink", got=self.variable)
            )

    @property
    def points(self) -> tuple:
        """The two limits."""
        return self.lower, self.upper

    @property
    def free_symbols(self) -> set:
        """The parameters of the integral."""
        inside = self.integrand.free_symbols - {self.variable}
        outside = (point.free_symbols for point in (*self.points, *self.kinks))
        bounds = (tail.bound.free_symbols - {tail.symbol} for tail in self.tails.values())
        return inside.union(*outside, *bounds)

    def to_sympy(self) -> sympy.Integral:
        """The integral as SymPy writes it."""
        return sympy.Integral(self.integrand, (self.variable, *self.points))


def integral(context, payload, *args):
    """The operation of a `Program` that evaluates a compiled integral."""
    body, limits, kinks, tails = payload

    def evaluate(*args):
        points = [_limit(context, end, tails, args) for end in limits]
        if any(cut is not None for _, cut in points):
            error = context.add(*(cut for _, cut in points if cut is not None))
        else:
            error = None
        lower, upper = (point for point, _ in points)
        inside = [kink.run(context, args) for kink in kinks]
        if inside and context.compare("<", upper, lower):
            inside = [*reversed(_between(context, upper, lower, inside))]
        else:
            inside = _between(context, lower, upper, inside)
        total = context.integral(body, list(args), [lower, *inside, upper])
        return total if error is None else context.widen(total, error)

    return context.scalarwise(evaluate, *args)


def _between(context, lower, upper, kinks: list) -> list:
    """The kinks that surely lie inside, in order (by insertion: there are few)."""
    ordered: list = []
    for kink in kinks:
        if context.compare("<", lower, kink) and context.compare("<", kink, upper):
            place = sum(bool(context.compare("<", other, kink)) for other in ordered)
            ordered.insert(place, kink)
    return ordered


def _limit(context, end, tails, args):
    """(limit, tail bound): an infinite limit with a declared tail becomes a cut-off."""
    if end not in tails:
        return (
            context.number(end) if end in (sympy.oo, -sympy.oo) else end.run(context, args)
        ), None
    bound, start = tails[end]
    args = [context.fixed(x) for x in args]  # the bound is claimed for real numbers
    growth = itertools.repeat(context.number(sympy.Rational(_CUTOFF_GROWTH)), _MOST_CUTOFFS)
    places = itertools.accumulate(growth, context.mul, initial=start.run(context, args))
    if (found := cut_off(context, lambda x: bound.run(context, [x, *args]), places)) is None:
        raise NotSupportedError(
            explain(
                "the bound of a tail hardly falls",
                allowed="a bound that is small where R is not astronomical",
            )
        )
    cut, tail = found
    return cut if end == sympy.oo else context.mul(context.number(sympy.S.NegativeOne), cut), tail
