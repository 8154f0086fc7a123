"""Expansions of polynomials times functions of one linear form, coefficient by coefficient."""

import itertools
from dataclasses import dataclass
from functools import cached_property

import sympy

from theorycalc.activations import Activation, z
from theorycalc.core.arithmetic import Ball
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import polynomial_expression
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import check_fields
from theorycalc.hermite.expansion import HermiteExpansion, multi_index
from theorycalc.hermite.functions import expression_of
from theorycalc.hermite.leap import averaged

_MOST_DEGREES = 60


@dataclass(frozen=True)
class ProductExpansion(Shown):
    """f(x) = g(x) with g a sum of polynomials times functions of w·x, one direction w for all.

    Made by `theorycalc.hermite.expand`. There are infinitely many coefficients: ask for one, or
    `truncate`.

    Attributes
    ----------
    expr : Expr
    variables : tuple of Symbol
    direction : tuple of Expr
        w.
    """

    expr: sympy.Expr
    variables: tuple[sympy.Symbol, ...]
    direction: tuple[sympy.Expr, ...]

    def __post_init__(self):
        check_fields(self)
        polynomial_expression(self.expr, "expr")
        if len(self.direction) != len(self.variables):
            allowed = f"{len(self.variables)} numbers"
            raise DomainError(explain("not a direction", got=self.direction, allowed=allowed))

    def coefficient(self, alpha) -> sympy.Expr:
        """C_α = E[f He_α], exact: in closed form, or a function with certified digits."""
        index = multi_index(alpha, len(self.variables))
        hermite = sympy.Mul(
            *(sympy.hermite_prob(a, x) for a, x in zip(index, self.variables, strict=True))
        )
        return self._mean(self.expr * hermite)

    @cached_property
    def norm_squared(self) -> sympy.Expr:
        """E f(Z)²."""
        return self._mean(self.expr**2)

    def truncate(self, degree) -> HermiteExpansion:
        """The part up to a total degree."""
        degree = exact_integer(degree, "degree", minimum=0)
        indices = itertools.product(range(degree + 1), repeat=len(self.variables))
        found = {alpha: self.coefficient(alpha) for alpha in indices if sum(alpha) <= degree}
        return HermiteExpansion(
            self.variables, {alpha: c for alpha, c in found.items() if not _is_zero(c)}
        )

    @cached_property
    def information_exponent(self) -> int:
        """The least degree ≥ 1 with a C_α ≠ 0."""
        for degree in range(1, _MOST_DEGREES + 1):
            indices = itertools.product(range(degree + 1), repeat=len(self.variables))
            if any(
                not _is_zero(self.coefficient(alpha)) for alpha in indices if sum(alpha) == degree
            ):
                return degree
        raise DomainError(explain("no coefficient differs from zero", got=self.expr))

    def _mean(self, expr: sympy.Expr) -> sympy.Expr:
        """E expr: first over the directions across w, which are polynomial, then along w."""
        w = sympy.Matrix(self.direction)
        across = sympy.eye(len(w)) - w * w.T / w.dot(w)
        unit = w / sympy.sqrt(w.dot(w))
        total = sympy.S.Zero
        for polynomial, function in _split(expr, self.variables):
            rest = averaged(polynomial, self.variables, across)
            along = (rest * function).subs(
                {x: u * z for x, u in zip(self.variables, unit, strict=True)}, simultaneous=True
            )
            total += _expectation(along)
        return total


def _split(expr: sympy.Expr, variables: tuple) -> list[tuple]:
    """(polynomial, other factors) for every term; the arguments of functions stay as they are."""
    sums: dict = {}
    for factors in _products(expr, variables):
        polynomial = sympy.Mul(*(f for f in factors if f.is_polynomial(*variables)))
        function = sympy.Mul(*(f for f in factors if not f.is_polynomial(*variables)))
        sums[function] = sums.get(function, sympy.S.Zero) + polynomial
    return [(sympy.expand(polynomial), function) for function, polynomial in sums.items()]


def _products(expr: sympy.Expr, variables: tuple) -> list[tuple]:
    """Factors of every term after products of sums are multiplied out."""
    if expr.is_polynomial(*variables):
        return [(expr,)]
    if isinstance(expr, sympy.Add):
        return [factors for arg in expr.args for factors in _products(arg, variables)]
    if isinstance(expr, sympy.Pow) and expr.exp.is_Integer and expr.exp > 1:
        parts = [_products(expr.base, variables)] * int(expr.exp)
    elif isinstance(expr, sympy.Mul):
        parts = [_products(arg, variables) for arg in expr.args]
    else:
        return [(expr,)]
    return [sum(choice, ()) for choice in itertools.product(*parts)]


def direction_of(expr: sympy.Expr, variables: tuple) -> tuple | None:
    """The w such that all that is no polynomial depends on w·x only, or None."""
    found = None
    for _, function in _split(expr, variables):
        for linear in _linear_parts(function, variables):
            w = sympy.Matrix([linear.coeff_monomial(x) for x in variables])
            found = w if found is None else found
            if sympy.Matrix.hstack(found, w).rank() > 1:
                return None
    return None if found is None else tuple(found.flat())


def _linear_parts(expr: sympy.Basic, variables: tuple):
    """The largest parts that are linear in the variables; a part that is not is looked into."""
    if not expr.free_symbols & set(variables):
        return
    polynomial = expr.as_poly(*variables) if isinstance(expr, sympy.Expr) else None
    if polynomial is not None and polynomial.total_degree() == 1:
        yield polynomial
        return
    for arg in expr.args:
        yield from _linear_parts(arg, variables)


def _expectation(function: sympy.Expr) -> sympy.Expr:
    """E g(Z)."""
    if z not in function.free_symbols:
        return function
    return expression_of(Activation(function), 0)


def _is_zero(c: sympy.Expr) -> bool:
    return c == 0 or Formula("", c).at(using=Ball(5)).mid == 0
