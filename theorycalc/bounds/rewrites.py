"""Equivalent forms of a goal, in which branch and bound may go faster.

A table: a rewrite is a function from a goal and its variables to `Form`s, or to none.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import sympy
from sympy import Rational, S

from theorycalc.bounds.domain import Variable
from theorycalc.bounds.goals import Goal
from theorycalc.core.error_functions import erfcx, log_erfc


@dataclass(frozen=True)
class Form:
    """A quantity whose sign decides a goal, in variables of its own.

    ``conditions`` are what else has to hold for the form to imply the goal, as pairs of a quantity
    that is to be positive, or not negative, and whether 0 is too little; ``back`` are the old
    variables in terms of the new ones.
    """

    margin: sympy.Expr
    variables: tuple[Variable, ...]
    conditions: tuple[tuple[sympy.Expr, bool], ...] = ()
    back: tuple[tuple[sympy.Symbol, sympy.Expr], ...] = ()


def _written(goal: Goal, variables):
    yield Form(goal.margin, variables)


def _scaled(goal: Goal, variables):
    """exp(u)·erfc(v) as exp(u − v²)·erfcx(v)."""
    margin = goal.margin.replace(lambda e: e.is_Mul and e.has(sympy.erfc), _scaled_product)
    if margin != goal.margin:
        yield Form(margin, variables)


def _scaled_product(product: sympy.Mul) -> sympy.Expr:
    """A product with its exponentials and complementary error functions put together."""
    exponent, rest = S.Zero, []
    for factor in product.args:
        base, power = factor.as_base_exp()
        if isinstance(factor, sympy.exp):
            exponent += factor.args[0]
        elif isinstance(base, sympy.erfc) and power.is_Integer:
            exponent -= power * base.args[0] ** 2
            rest.append(erfcx(*base.args) ** power)
        else:
            rest.append(factor)
    return sympy.Mul(sympy.exp(sympy.expand(exponent)), *rest)


def _gamma_quotients(goal: Goal, variables):
    """Quotients of Γ at distances that are integers as polynomials, where none has a pole."""
    margin = _simplified_gammas(goal.margin)
    if len(margin.atoms(sympy.gamma)) < len(goal.margin.atoms(sympy.gamma)):
        yield Form(margin, variables)


def _simplified_gammas(expr: sympy.Expr) -> sympy.Expr:
    places = [g.args[0] for g in expr.atoms(sympy.gamma)]
    simple = len(places) > 1 and all(place.is_positive for place in places)
    return sympy.gammasimp(expr) if simple else expr


def _logarithms(goal: Goal, variables):
    """log big − log small, where both are positive."""
    if _is_quotient(goal.big) or _is_quotient(goal.small):
        big, small = (_log(side) for side in (goal.big, goal.small))
        conditions = tuple((x, True) for x in (goal.big, goal.small) if not x.is_positive)
        yield Form(big - small, variables, conditions)


def _is_quotient(side: sympy.Expr) -> bool:
    return side.has(sympy.exp, sympy.gamma, sympy.binomial, sympy.factorial, sympy.erfc) or any(
        not p.exp.is_Rational for p in side.atoms(sympy.Pow)
    )


def _log(side: sympy.Expr) -> sympy.Expr:
    """The logarithm of a positive product as a sum."""
    side = side.rewrite(sympy.gamma) if side.has(sympy.binomial, sympy.factorial) else side
    return sympy.Add(*(_log_factor(f) for f in sympy.Mul.make_args(sympy.factor_terms(side))))


def _log_factor(factor: sympy.Expr) -> sympy.Expr:
    base, exponent = factor.as_base_exp()
    if base is S.Exp1:
        return exponent
    if isinstance(factor, sympy.exp):
        return factor.args[0]
    if isinstance(base, sympy.gamma):
        return exponent * sympy.loggamma(*base.args)
    if isinstance(base, sympy.erfc):
        return exponent * log_erfc(*base.args)
    if base.is_Mul:
        return exponent * sympy.Add(*(_log_factor(f) for f in base.args))
    if exponent == 1 and base.is_Add:
        return sympy.log(base)
    return exponent * (sympy.log(base) if not isinstance(base, sympy.exp) else base.args[0])


def _squares(goal: Goal, variables):
    """big² − small², where one is a root: big is not to be negative, and roots are to exist."""
    for side, other in ((goal.big, goal.small), (goal.small, goal.big)):
        if _is_root(side) and not _is_root(other):
            needed = [_without_roots(goal.big)]
            needed += [p.base for p in side.atoms(sympy.Pow) if abs(p.exp) == S.Half]
            conditions = tuple((x, False) for x in needed if not x.is_nonnegative)
            difference = sympy.expand(goal.big**2 - goal.small**2)
            yield Form(_simplified_gammas(difference), variables, conditions)


def _without_roots(side: sympy.Expr) -> sympy.Expr:
    """What has the sign of a side, whose roots are not negative."""
    factors = sympy.Mul.make_args(side)
    return sympy.Mul(*(f for f in factors if not (f.is_Pow and abs(f.exp) == S.Half)))


def _is_root(side: sympy.Expr) -> bool:
    factors = (f for f in sympy.Mul.make_args(side) if f.is_Pow and f.free_symbols)
    return any(abs(f.exp) == S.Half for f in factors)


def _divided(goal: Goal, variables):
    """Both sides over the factors that the terms of the difference share."""
    gathered = sympy.factor_terms(goal.margin)
    factors = [f for f in sympy.Mul.make_args(gathered) if f.free_symbols]
    rest = [f for f in factors if not f.is_positive]
    if gathered.is_Mul and len(rest) < len(factors):
        number = sympy.Mul(*(f for f in sympy.Mul.make_args(gathered) if not f.free_symbols))
        yield Form(number * sympy.Mul(*rest), variables)


def _angle(goal: Goal, variables):
    """ρ = cos t for a variable whose arc cosine or arc sine occurs."""
    for i, variable in enumerate(variables):
        x = variable.symbol
        if variable.integer or not goal.margin.has(sympy.acos(x), sympy.asin(x)):
            continue
        if not (variable.low >= -1 and variable.high <= 1):
            continue
        low, high = sympy.acos(variable.high), sympy.acos(variable.low)
        facts = {"positive": True} if low > 0 or variable.high_open else {"nonnegative": True}
        t = sympy.Symbol(f"angle_{x.name}", **facts)
        angle = Variable(t, low, high, variable.high_open, variable.low_open)
        margin = _in_angle(goal.margin, x, t)
        yield Form(margin, (*variables[:i], angle, *variables[i + 1 :]), (), ((x, sympy.cos(t)),))


def _in_angle(expr: sympy.Expr, x: sympy.Symbol, t: sympy.Symbol) -> sympy.Expr:
    """x = cos t with 0 ≤ t ≤ π, in which roots of 1 ± x and of 1 − x² are sines and cosines."""

    def root(power: sympy.Pow):
        known = {
            1 - x**2: sympy.sin(t) ** 2,
            1 - x: 2 * sympy.sin(t / 2) ** 2,
            1 + x: 2 * sympy.cos(t / 2) ** 2,
        }
        square = known.get(power.base)
        if square is None or power.exp.q != 2:
            return power
        return sympy.Mul(*(_half_power(f, power.exp) for f in sympy.Mul.make_args(square)))

    expr = expr.replace(lambda e: e.is_Pow and e.exp.is_Rational, root)
    expr = expr.subs({sympy.acos(x): t, sympy.asin(x): sympy.pi / 2 - t})
    return expr.subs(x, sympy.cos(t))


def _half_power(factor: sympy.Expr, exponent: sympy.Rational) -> sympy.Expr:
    base, power = factor.as_base_exp()
    return base ** (power * exponent)


def _roots_as_variables(goal: Goal, variables):
    """x = y^q for a variable of which roots are taken."""
    for i, variable in enumerate(variables):
        x = variable.symbol
        powers = {p.exp for p in goal.margin.atoms(sympy.Pow) if p.base == x and p.exp.is_Rational}
        degree = math.lcm(*(p.q for p in powers))
        if degree == 1 or variable.integer or not variable.low >= 0:
            continue
        facts = {"positive": True} if x.is_positive else {"nonnegative": True}
        y = sympy.Symbol(f"root_{x.name}", **facts)
        low, high = (end ** Rational(1, degree) for end in (variable.low, variable.high))
        changed = Variable(y, low, high, variable.low_open, variable.high_open)
        margin = goal.margin.subs(x, y**degree)
        yield Form(margin, (*variables[:i], changed, *variables[i + 1 :]), (), ((x, y**degree),))


FORMS: dict[str, Callable] = {
    "as written": _written,
    "scaled error functions": _scaled,
    "quotients of gamma functions": _gamma_quotients,
    "common factors divided out": _divided,
    "logarithms of both sides": _logarithms,
    "squares of both sides": _squares,
    "an angle as variable": _angle,
    "a root as variable": _roots_as_variables,
}
