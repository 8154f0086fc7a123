"""What is decided exactly: signs of polynomials of one variable, and of products."""

import sympy
from sympy.polys.polyerrors import CoercionFailed

from theorycalc.bounds.definedness import is_known_to_differ
from theorycalc.bounds.domain import Variable
from theorycalc.bounds.goals import Goal
from theorycalc.bounds.orthants import not_negative, positive
from theorycalc.core.evaluation import vanishes


def decided_exactly(goal: Goal, variables) -> str:
    """How a goal follows without a computation with intervals; nothing if it does not."""
    margin = goal.margin
    if _has_sign(margin, goal.strict):
        return "the sign is known to SymPy"
    if not goal.strict and not is_known_to_differ(margin, variables) and vanishes(margin, (), {}):
        return "both sides are the same"
    if len(variables) == 1 and not variables[0].integer:
        found = _rational_function(margin, variables[0], goal.strict)
        if found:
            return found
    symbols = [v.symbol for v in variables]
    if margin.is_polynomial(*symbols):
        factored = sympy.factor(margin)
        if factored != margin and _has_sign(factored, goal.strict):
            return f"it factors as {factored}"
    if len(symbols) > 1 and margin.is_rational_function(*symbols):
        numerator, denominator = sympy.fraction(sympy.together(margin))
        if denominator.is_positive or positive(denominator, variables):
            return (positive if goal.strict else not_negative)(numerator, variables)
    return ""


def _has_sign(x: sympy.Expr, strict: bool) -> bool:
    return bool(x.is_positive if strict else x.is_nonnegative)


def _rational_function(expr: sympy.Expr, variable: Variable, strict: bool) -> str:
    x = variable.symbol
    if not expr.is_rational_function(x) or not _is_rational_range(variable):
        return ""
    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(expr)))
    parts = [rational_polynomial(part, x) for part in (numerator, denominator)]
    if None in parts or not _free_of_poles(expr, variable):
        return ""
    product = parts[0] * parts[1]
    if positive_polynomial(product, variable, strict):
        return f"the roots of {numerator} are counted exactly"
    return ""


def _is_rational_range(variable: Variable) -> bool:
    return all(end.is_Rational or end.is_infinite for end in (variable.low, variable.high))


def _free_of_poles(expr: sympy.Expr, variable: Variable) -> bool:
    """Whether no denominator that is written vanishes in the range, also one that cancels."""
    powers = [p for p in expr.atoms(sympy.Pow) if p.exp.is_negative and p.has(variable.symbol)]
    bases = (rational_polynomial(p.base, variable.symbol) for p in powers)
    return all(base is not None and not _roots_inside(base, variable) for base in bases)


def rational_polynomial(expr: sympy.Expr, x: sympy.Symbol) -> sympy.Poly | None:
    """The polynomial with rational coefficients that an expression is, if it is one."""
    try:
        return expr.as_poly(x, domain="QQ")
    except CoercionFailed:
        return None


def positive_polynomial(p: sympy.Poly, variable: Variable, strict: bool) -> bool:
    """Whether a polynomial with rational coefficients is positive, or not negative, on a range."""
    if p.is_zero:
        return not strict
    if p.is_ground:
        return p.LC() > 0
    if variable.low == variable.high:
        value = p.eval(variable.low)
        return value > 0 or (value == 0 and not strict)
    if strict and _roots_inside(p, variable):
        return False
    odd = sympy.prod([f for f, k in p.sqf_list()[1] if k % 2], start=sympy.Poly(1, *p.gens))
    if _roots_between(odd, variable):
        return False
    return p.eval(_sample(p, variable)) > 0


def _roots_inside(p: sympy.Poly, variable: Variable) -> int:
    """Roots in the range."""
    if p.is_ground:
        return 0
    open_ends = {variable.low: variable.low_open, variable.high: variable.high_open}
    out = sum(p.eval(end) == 0 for end, is_open in open_ends.items() if is_open and end.is_finite)
    return p.sqf_part().count_roots(*_ends(variable)) - out


def _roots_between(p: sympy.Poly, variable: Variable) -> int:
    """Roots strictly between the ends."""
    if p.is_ground:
        return 0
    at_ends = sum(p.eval(end) == 0 for end in {variable.low, variable.high} if end.is_finite)
    return p.count_roots(*_ends(variable)) - at_ends


def _ends(variable: Variable) -> list:
    return [None if end.is_infinite else end for end in (variable.low, variable.high)]


def _sample(p: sympy.Poly, variable: Variable) -> sympy.Rational:
    """A point between the ends at which a polynomial does not vanish."""
    low, high = variable.low, variable.high
    if low.is_infinite:
        low = (high if high.is_finite else sympy.S.Zero) - 1
    if high.is_infinite:
        high = low + 1
    count = 2
    while True:
        for k in range(1, count):
            point = low + (high - low) * sympy.Rational(k, count)
            if p.eval(point) != 0:
                return point
        count += 1
