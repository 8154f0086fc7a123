"""Truncated series in a small positive h, with rational powers and exact coefficients."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import sympy

from theorycalc.core.arithmetic import Ball
from theorycalc.core.errors import NotSupportedError, PrecisionError, explain
from theorycalc.core.evaluation import evaluate
from theorycalc.core.graph import free_symbols, postorder, substitute
from theorycalc.core.lowering import lower

_EXACT = sympy.oo
# Functions that are written in terms of |x|.
_OF_MODULUS: dict[type, Callable] = {
    sympy.Max: lambda a, b: (a + b + sympy.Abs(a - b)) / 2,
    sympy.Min: lambda a, b: (a + b - sympy.Abs(a - b)) / 2,
}
_SIGN_RULES: dict[type, Callable] = {
    sympy.Abs: lambda x, sign: x.scaled(sympy.Integer(sign)),
    sympy.sign: lambda x, sign: PowerSeries.constant(sympy.Integer(sign)),
    sympy.Heaviside: lambda x, sign: PowerSeries.constant(sympy.Rational(1 + sign, 2)),
}
# A number with more operations gets a name.
_LONG = 100


class LostTermsError(Exception):
    """The terms that were kept have cancelled: more are needed."""


class PowerSeries:
    """Σ c_e h^e + O(h^cut): ``terms`` are the c_e ≠ 0 by their exponents, all below ``cut``."""

    def __init__(self, terms: Mapping, cut):
        self.terms = {e: c for e, c in sorted(terms.items()) if e < cut and c != 0}
        self.cut = cut

    @classmethod
    def constant(cls, c: sympy.Expr) -> "PowerSeries":
        return cls({sympy.S.Zero: tidy(c)}, _EXACT)

    @property
    def is_zero(self) -> bool:
        """Whether it is zero, and not only up to what was left out."""
        return not self.terms and self.cut is _EXACT

    @property
    def leading(self) -> tuple[sympy.Expr, sympy.Expr]:
        """(exponent, coefficient) of the largest term."""
        if not self.terms:
            raise LostTermsError
        return next(iter(self.terms.items()))

    @property
    def least(self):
        """No term has a smaller exponent."""
        return next(iter(self.terms), self.cut)

    def __add__(self, other: "PowerSeries") -> "PowerSeries":
        terms = dict(self.terms)
        for e, c in other.terms.items():
            terms[e] = tidy(terms[e] + c) if e in terms else c
        return PowerSeries(terms, min(self.cut, other.cut))

    def __mul__(self, other: "PowerSeries") -> "PowerSeries":
        if self.is_zero or other.is_zero:
            return PowerSeries({}, _EXACT)
        cut = min(self.cut + other.least, other.cut + self.least)
        sums: dict = {}
        for e, c in self.terms.items():
            for f, d in other.terms.items():
                if e + f < cut:
                    sums.setdefault(e + f, []).append(c * d)
        return PowerSeries({e: tidy(sympy.Add(*parts)) for e, parts in sums.items()}, cut)

    def scaled(self, factor: sympy.Expr, power=sympy.S.Zero) -> "PowerSeries":
        """This times ``factor`` h^power."""
        terms = {e + power: tidy(factor * c) for e, c in self.terms.items()}
        return PowerSeries(terms, self.cut + power)

    def truncated(self, cut) -> "PowerSeries":
        return PowerSeries(self.terms, min(cut, self.cut))

    def slope(self) -> "PowerSeries":
        terms = {e - 1: e * c for e, c in self.terms.items()}
        return PowerSeries(terms, self.cut - 1)

    def antiderivative(self) -> "PowerSeries":
        if -1 in self.terms:
            raise NotSupportedError("the expansion has logarithms")
        terms = {e + 1: c / (e + 1) for e, c in self.terms.items()}
        return PowerSeries(terms, self.cut + 1)

    def power(self, p: sympy.Expr, cut) -> "PowerSeries":
        """The p-th power, by the binomial series of what is left beside the leading term."""
        if p.is_Integer and p >= 0 and len(self.terms) <= 1 and self.cut is _EXACT:
            return PowerSeries({e * p: tidy(c**p) for e, c in self.terms.items()}, _EXACT)
        if self.is_zero and p.is_positive:
            return self
        e, c = self.leading
        if not (e * p).is_Rational:
            raise NotSupportedError(explain("the expansion of a power", got=f"exponent {p}"))
        rest = PowerSeries(self.terms, self.cut).scaled(1 / c, -e)
        rest = rest + PowerSeries.constant(sympy.Integer(-1))
        binomials = (sympy.ff(p, k) / sympy.factorial(k) for k in range(10**6))
        whole = _sum_of_powers(binomials, rest, cut - e * p)
        return whole.scaled(tidy(c**p), e * p)


def _sum_of_powers(coefficients, u: PowerSeries, cut) -> PowerSeries:
    """Σ_k c_k u^k up to h^cut, for u without a constant term."""
    total, power, u = PowerSeries({}, _EXACT), PowerSeries.constant(sympy.S.One), u.truncated(cut)
    for c in coefficients:
        if c != 0:
            total = total + power.scaled(c)
        power = (power * u).truncated(cut)
        if not power.terms:
            return total + PowerSeries({}, power.cut)
    return total


def expand(expr: sympy.Expr, known: dict, cut) -> PowerSeries:
    """The series of an expression; ``known`` has those of its symbols, and gets those of its parts.

    Raises
    ------
    NotSupportedError
        For what has no power series there, or none that is known.
    LostTermsError
        If more terms of the symbols are needed.
    """
    for node in postorder(expr, leaves=(sympy.Piecewise, sympy.Integral, sympy.Sum)):
        if node not in known:
            fixed = free_symbols(node).isdisjoint(known)
            series = PowerSeries.constant(node) if fixed else _node(node, known, cut)
            known[node] = series.truncated(cut)
    return known[expr]


def _node(node: sympy.Expr, known: dict, cut) -> PowerSeries:
    if isinstance(node, sympy.Piecewise):
        return expand(_branch(node, known, cut), known, cut)
    if node.is_Relational or isinstance(node, sympy.logic.boolalg.Boolean):
        return PowerSeries({}, _EXACT)  # read by `_branch` only
    if isinstance(node, sympy.Integral | sympy.Sum):
        raise NotSupportedError(explain("no expansion is known", got=node))
    parts = [known[arg] for arg in node.args]
    if node.is_Add or node.is_Mul:
        total = parts[0]
        for part in parts[1:]:
            total = total + part if node.is_Add else (total * part).truncated(cut)
        return total
    if node.is_Pow and free_symbols(node.exp).isdisjoint(known):
        return parts[0].power(node.exp, cut)
    if type(node) in _SIGN_RULES:
        return _by_sign(node, parts[0])
    if type(node) in _OF_MODULUS and len(parts) == 2:
        return expand(_OF_MODULUS[type(node)](*node.args), known, cut)
    if isinstance(node, sympy.atan2):
        return expand(_single_arctangent(node, *parts), known, cut)
    return _of_functions(node, parts, known, cut)


def _of_functions(node: sympy.Expr, parts: list, known: dict, cut) -> PowerSeries:
    moving = [i for i, arg in enumerate(node.args) if not free_symbols(arg).isdisjoint(known)]
    definition = getattr(type(node), "definition", None)
    if definition is not None and len(moving) > 1:
        return expand(definition(*node.args), known, cut)
    if isinstance(node, sympy.Function | sympy.Pow) and len(moving) == 1:
        x, (i,) = sympy.Dummy("x", real=True), moving
        outer = (definition or node.func)(*node.args[:i], x, *node.args[i + 1 :])
        return _function(outer, x, parts[i], cut)
    raise NotSupportedError(explain("no expansion is known", got=node))


def _function(outer: sympy.Expr, x: sympy.Symbol, inside: PowerSeries, cut) -> PowerSeries:
    """The series of a function at one: by Taylor, or by integrating its slope where it has none."""
    if inside.least < 0:
        raise NotSupportedError(explain("an expansion at infinity", got=outer))
    centre = inside.terms.get(sympy.S.Zero, sympy.S.Zero)
    start = outer.subs(x, centre)
    if not _is_finite(start):
        raise NotSupportedError(explain("no power series at a pole", got=f"{outer} at {centre}"))
    u = inside + PowerSeries.constant(-centre)
    if u.is_zero:
        return PowerSeries.constant(start)
    try:
        return _sum_of_powers(_taylor(outer, x, centre), u, cut)
    except _SingularError:
        pass
    rate = expand(outer.diff(x), {x: inside}, cut)
    moving = (rate * inside.slope()).truncated(cut).antiderivative()
    return PowerSeries.constant(start) + moving


class _SingularError(Exception):
    """A derivative is infinite."""


def _taylor(outer: sympy.Expr, x: sympy.Symbol, centre: sympy.Expr):
    """f^{(k)}(centre) / k!, one after the other."""
    slope, factorial, k = outer, sympy.S.One, 0
    while True:
        c = slope.subs(x, centre)
        if not _is_finite(c) or c.has(sympy.DiracDelta):
            raise _SingularError
        yield tidy(c / factorial)
        slope, k = slope.diff(x), k + 1
        factorial *= k


def _is_finite(c: sympy.Expr) -> bool:
    return not c.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo)


def _by_sign(node: sympy.Expr, inside: PowerSeries) -> PowerSeries:
    if inside.is_zero:
        return PowerSeries.constant(node.func(0))
    return _SIGN_RULES[type(node)](inside, sign_of(inside.leading[1]))


def _single_arctangent(node: sympy.atan2, y: PowerSeries, x: PowerSeries) -> sympy.Expr:
    """atan2 near its limit in terms of the arctangent of what is bounded."""
    above, right = node.args
    if y.is_zero or (not x.is_zero and x.leading[0] <= y.leading[0]):
        if sign_of(x.leading[1]) > 0:
            return sympy.atan(above / right)
        turn = sympy.S.One if y.is_zero else sympy.Integer(sign_of(y.leading[1]))
        return sympy.atan(above / right) + turn * sympy.pi
    return sign_of(y.leading[1]) * sympy.pi / 2 - sympy.atan(right / above)


def _branch(node: sympy.Piecewise, known: dict, cut) -> sympy.Expr:
    """The branch that is taken for small h."""
    for part, condition in node.args:
        if _holds(condition, known, cut):
            return part
    raise NotSupportedError(explain("no branch is taken near the point", got=node))


def _holds(condition, known: dict, cut) -> bool:
    if condition in (sympy.true, sympy.false):
        return condition == sympy.true
    if isinstance(condition, sympy.And | sympy.Or):
        every = all if isinstance(condition, sympy.And) else any
        return every(_holds(part, known, cut) for part in condition.args)
    if isinstance(condition, sympy.Not):
        return not _holds(condition.args[0], known, cut)
    if not condition.is_Relational:
        raise NotSupportedError(explain("a condition near a point", got=condition))
    gap = expand(condition.lhs - condition.rhs, known, cut)
    sign = sympy.Integer(0 if gap.is_zero else sign_of(gap.leading[1]))
    return condition.func(sign, sympy.S.Zero) == sympy.true


def sign_of(c: sympy.Expr) -> int:
    """The sign of a coefficient that is not zero."""
    if c.is_positive or c.is_negative:
        return 1 if c.is_positive else -1
    if value := _value(c):
        return 1 if value.mid > 0 else -1
    raise NotSupportedError(explain("the sign of a coefficient is not known", got=c))


def _value(c: sympy.Expr):
    """The number, certified; None where it is none, or not told from zero."""
    where = constants(c)
    if free_symbols(c) - {symbol for symbol, _ in where}:
        return None
    try:
        value = evaluate(lower(c, (), where), {}, Ball(5))
    except (PrecisionError, NotSupportedError):
        return None
    return None if value.is_absolute or value.lower <= 0 <= value.upper else value


class Constant(sympy.Dummy):
    """The name of a number, so that coefficients stay polynomials in a few such numbers."""

    __slots__ = ("definition",)

    def __new__(cls, definition: sympy.Expr, **facts):
        self = super().__new__(cls, "c", real=True, **facts)
        self.definition = definition
        return self


def constants(*exprs: sympy.Expr) -> list[tuple[Constant, sympy.Expr]]:
    """The numbers with a name in expressions and in the definitions of others, in order."""
    found: set = set()
    todo = list(exprs)
    while todo:
        new = {x for x in free_symbols(todo.pop()) if isinstance(x, Constant)} - found
        found |= new
        todo += [symbol.definition for symbol in new]
    # a definition uses numbers that were named before
    return [(x, x.definition) for x in sorted(found, key=lambda x: x.dummy_index)]


@lru_cache(maxsize=4096)
def tidy(c: sympy.Expr) -> sympy.Expr:
    """A coefficient as a short sum, and 0 where it is zero."""
    if c.is_Rational:
        return c
    c = substitute(c, {node: _named(node) for node in postorder(c) if not _is_generated(node)})
    if any(node.is_Pow and node.base.is_Add for node in postorder(c)):
        if c.count_ops() > 4 * _LONG and (short := _named(c)) != c:
            return short
        c = sympy.radsimp(sympy.cancel(sympy.together(c)))
    c = sympy.expand(c)
    return _named(c) if c.count_ops() > _LONG else c


@lru_cache(maxsize=4096)
def _named(node: sympy.Expr) -> sympy.Expr:
    """A name for a number that no polynomial gives; anything else as it is."""
    if any(not isinstance(s, Constant) for s in free_symbols(node)):
        return node
    value = _value(node)
    return node if value is None else Constant(node, positive=bool(value.mid > 0), zero=False)


def _is_generated(node: sympy.Basic) -> bool:
    """Whether it belongs to the quotients of polynomials in π, symbols and roots of numbers."""
    if node.is_Pow:
        return bool(node.exp.is_Integer or (node.base.is_Rational and node.exp.is_Rational))
    return node.is_Atom or node.is_Add or node.is_Mul
