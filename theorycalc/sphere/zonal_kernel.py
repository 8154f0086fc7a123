"""Zonal kernels κ(⟨x, y⟩): what a user may pass, and its form in the angle between x and y."""

from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy import Expr, cos, sin

from theorycalc.activations import Activation, as_activation
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import function_expression
from theorycalc.core.formula import Formula
from theorycalc.core.graph import free_symbols
from theorycalc.core.integration.kinks import between, branch_at, kinks
from theorycalc.sphere.measure import T

THETA = sympy.Symbol("theta", positive=True)
# sin(θ/2) and cos(θ/2) while powers of them are simplified
_SINE, _COSINE = sympy.Dummy(positive=True), sympy.Dummy(positive=True)
# Hints for expanding sums and products alone.
_PRODUCTS = {"power_base": False, "power_exp": False, "log": False}


@dataclass(frozen=True)
class ZonalKernel:
    """κ(t), an expression in t and in the steps of ``where``, which are defined in order.

    ``positive_definite`` says that it is known to be so on the sphere of every dimension.
    """

    body: Expr
    where: tuple = ()
    positive_definite: bool = False

    @cached_property
    def kinks(self) -> tuple:
        """Where κ or a derivative jumps, inside (−1, 1)."""
        points = {x for expr in self._expressions for x in kinks(expr, T)}
        return tuple(sorted(x for x in points if -1 < x < 1))

    @property
    def _expressions(self) -> tuple:
        return (*(expr for _, expr in self.where), self.body)

    @cached_property
    def pieces(self) -> tuple:
        """(left, right, ZonalKernel without switches) between −1, the kinks and 1."""
        return tuple(
            (max(left, sympy.S.NegativeOne), min(right, sympy.S.One), self._branch(left, right))
            for left, _, right in between(self.kinks)
        )

    def _branch(self, left, right) -> "ZonalKernel":
        inside = (max(left, sympy.S.NegativeOne) + min(right, sympy.S.One)) / 2
        where = tuple((symbol, branch_at(expr, T, inside)) for symbol, expr in self.where)
        return ZonalKernel(branch_at(self.body, T, inside), where)

    @cached_property
    def parity(self) -> int | None:
        """1 for an even kernel, −1 for an odd one, None for any other or where it is not seen."""
        signs, unknown = {T: -1}, set()
        for symbol, expr in (*self.where, (None, self.body)):
            sign = None if unknown & expr.free_symbols else _parity(expr, signs)
            if sign is None:
                unknown.add(symbol)
            elif symbol is not None:
                signs[symbol] = sign
        return sign

    @cached_property
    def polynomial_degrees(self) -> dict:
        """The degrees of the even (1) and the odd (−1) part; −1 for 0, None for no polynomial."""
        if self.where:
            return {sign: -1 if self.parity == -sign else None for sign in (1, -1)}
        flipped, degrees = self.body.xreplace({T: -T}), {}
        for sign in (1, -1):
            # both have the same functions: their powers and logarithms are left as they are
            part = (self.body + sign * flipped).expand(**_PRODUCTS)
            polynomial = part.as_poly(T)
            degrees[sign] = -1 if part == 0 else polynomial and polynomial.degree()
        return degrees

    def vanishes(self, k: int) -> bool:
        """Whether μ_k = 0: the part with the parity of k is a polynomial of a lower degree."""
        degree = self.polynomial_degrees[-1 if k % 2 else 1]
        return degree is not None and degree < k

    @property
    def written(self) -> Expr:
        """κ(t) with its steps put in, for print."""
        known: dict = {}
        for symbol, expr in self.where:
            known[symbol] = expr.xreplace(known)
        return self.body.xreplace(known)

    @cached_property
    def in_angle(self) -> "ZonalKernel":
        """The same with t = cos θ, analytic at θ = 0 and π where κ is a series in the angle."""
        where = tuple((symbol, _in_angle(expr)) for symbol, expr in self.where)
        return ZonalKernel(_in_angle(self.body), where)


def _parity(expr: Expr, signs: dict) -> int | None:
    """How an expression changes when its symbols change by these signs."""
    flipped = expr.xreplace({symbol: sign * symbol for symbol, sign in signs.items()})
    for sign in (1, -1):
        if sympy.expand(flipped - sign * expr) == 0:
            return sign
    return None


def as_kernel(kernel) -> ZonalKernel:
    """The zonal kernel that a user means.

    Raises
    ------
    DomainError
        For more than one symbol or argument, or what is no kernel at all.
    """
    if isinstance(kernel, ZonalKernel):
        return kernel
    if hasattr(kernel, "ntk"):
        kernel = kernel.ntk
    if isinstance(kernel, Formula):
        return _of_formula(kernel)
    if isinstance(kernel, str | Activation):
        activation = as_activation(kernel)
        return ZonalKernel(activation.expr.xreplace({activation.symbol: T}))
    expr = function_expression(kernel, "kernel")
    symbols = free_symbols(expr)
    if len(symbols) > 1:
        names = ", ".join(sorted(map(str, symbols)))
        raise DomainError(
            explain("a zonal kernel has one variable", got=names, hint="numbers for the others")
        )
    return ZonalKernel(expr.xreplace(dict.fromkeys(symbols, T)))


def _of_formula(formula: Formula) -> ZonalKernel:
    if len(formula.args) != 1:
        raise DomainError(
            explain(
                "a zonal kernel is a formula of one argument",
                got=f"{formula.name} of {', '.join(map(str, formula.args))}",
                hint=".subs(...) with numbers for the others",
            )
        )
    change = {formula.args[0]: T}
    where = tuple((symbol, expr.xreplace(change)) for symbol, expr in formula.where)
    positive_definite = getattr(formula, "positive_definite", False)
    return ZonalKernel(formula.body.xreplace(change), where, positive_definite)


def _in_angle(expr: Expr) -> Expr:
    expr = with_acos(expr).xreplace({sympy.acos(T): THETA, sympy.acos(-T): sympy.pi - THETA})
    expr = expr.rewrite("analytic")
    # powers of 1 − t = 2 sin²(θ/2) and 1 + t = 2 cos²(θ/2) with their positive roots
    expr = expr.replace(_is_power_at_poles, lambda power: _half_angles(power.base) ** power.exp)
    expr = expr.replace(_is_log_at_poles, lambda node: sympy.log(_half_angles(node.args[0])))
    return expr.xreplace({_SINE: sin(THETA / 2), _COSINE: cos(THETA / 2), T: cos(THETA)})


def _is_power_at_poles(node) -> bool:
    return node.is_Pow and not node.exp.is_Integer and _vanishes_at_poles(node.base)


def _is_log_at_poles(node) -> bool:
    return isinstance(node, sympy.log) and _vanishes_at_poles(node.args[0])


def _vanishes_at_poles(base: Expr) -> bool:
    split = split_poles(base)
    return split is not None and any(split[1].values())


def _half_angles(base: Expr) -> Expr:
    """A polynomial with its zeros at ±1 written as squares of positive numbers."""
    rest, powers = split_poles(base)
    return rest.as_expr() * (2 * _SINE**2) ** powers[1] * (2 * _COSINE**2) ** powers[-1]


def split_poles(base: Expr) -> tuple[sympy.Poly, dict] | None:
    """(rest, powers) of the polynomial rest · (1 − t)^powers[1] (1 + t)^powers[−1], or None."""
    rest, powers = base.as_poly(T), {1: 0, -1: 0}
    if rest is None:
        return None
    for side in powers:
        while rest.eval(side) == 0:
            rest, powers[side] = rest.quo(sympy.Poly(1 - side * T, T)), powers[side] + 1
    return rest, powers


def with_acos(expr: Expr) -> Expr:
    """asin written with acos."""
    return expr.replace(sympy.asin, lambda x: sympy.pi / 2 - sympy.acos(x))
