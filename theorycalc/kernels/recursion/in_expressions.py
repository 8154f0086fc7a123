"""Kernels of architectures as SymPy expressions: the algebra of the recursion."""

import functools
from dataclasses import replace

import sympy
from sympy import acos, sqrt

from theorycalc.activations import Activation
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.graph import free_symbols
from theorycalc.kernels.duals import by_activation, families, powers
from theorycalc.kernels.duals.angles import CorrelationAngle, PairAngle
from theorycalc.kernels.recursion.recursion import Gap, State
from theorycalc.kernels.symbols import DIMENSION, Q11, Q12, Q22, RHO

# Bits of a number that is worked with as it is.
_LONGEST = 128


def equal_norms() -> State:
    """Inputs with x·x/d = 1."""
    one = sympy.S.One
    return State(one, RHO, one, sympy.S.Zero, gap=Gap(one, 1 - RHO, 1 + RHO), theta=acos(RHO))


def meeting_inputs(variance: sympy.Expr, sign: int) -> State:
    """Inputs that are seen to coincide, or to be opposite for the sign −1."""
    sign = sympy.Integer(sign)
    gap = Gap(variance, 1 - sign, 1 + sign)
    theta = acos(sign)
    return State(variance, sign * variance, variance, sympy.S.Zero, gap=gap, theta=theta)


def any_norms() -> State:
    """Inputs of any norms."""
    return State(Q11, Q12, Q22, sympy.S.Zero, theta=PairAngle(Q11 * Q22 - Q12**2, Q12))


class Expressions:
    """SymPy expressions; what a layer hands to the next is named and kept in ``where``.

    Parameters
    ----------
    parameterization : {"ntk", "standard"}
    width : int or None
        Of the hidden layers, for the standard parameterisation.
    """

    def __init__(self, parameterization: str = "ntk", width: int | None = None):
        self.parameterization, self.width = parameterization, width
        self.where: list[tuple[sympy.Symbol, sympy.Expr]] = []

    def number(self, x) -> sympy.Expr:
        """A parameter."""
        return sympy.sympify(x)

    def sqrt(self, x) -> sympy.Expr:
        """The square root."""
        return sqrt(x)

    def quotient(self, x, y) -> sympy.Expr:
        """x/y."""
        return x / y

    def name(
        self, name: str, index: int, expr: sympy.Expr, mark: str = "", **assumptions
    ) -> sympy.Expr:
        """A symbol for an intermediate quantity, unless it is a short number or a symbol already.

        A quantity that has a symbol keeps it: where inputs coincide, q₁₂ is q₁₁.
        """
        if expr == 0 or _is_short(expr) or expr.is_Symbol or (-expr).is_Symbol:
            return expr
        named = {part: symbol for symbol, part in self.where}
        for sign in (1, -1):
            if sign * expr in named:
                return sign * named[sign * expr]
        taken = {*named.values()}
        symbol = sympy.Symbol(f"{name}_{index}{mark}", real=True, **assumptions)
        while symbol in taken:  # a sum after a branch belongs to the same affine layer
            symbol = sympy.Symbol(f"{symbol.name}+", real=True, **assumptions)
        self.where.append((symbol, expr))
        return symbol

    def variances(self, index: int, state: State, weight, bias) -> tuple:
        """q₁₁ and q₂₂ after an affine layer, one symbol if they are the same."""
        q11 = self.name("q", index, weight * state.q11 + bias, positive=True)
        if state.q11 == state.q22:
            return q11, q11
        return q11, self.name("r", index, weight * state.q22 + bias, positive=True)

    def fan_in(self, index: int):
        """The number of inputs of an affine layer."""
        return self.width if index > 1 else DIMENSION

    def angle_with_bias(self, state: State, q12, weight, bias) -> sympy.Expr:
        """The angle after a layer with biases, from the determinant of the covariances."""
        det = weight**2 * (state.q11 * state.q22 - state.q12**2)
        det += weight * bias * (state.q11 + state.q22 - 2 * state.q12)
        return PairAngle(det, q12)

    def with_angle(self, activation: Activation, state: State, index: int) -> State:
        """The state with names for what the dual of the activation uses more than once."""
        if not families.needs_angle(activation):
            return replace(state, q12=self.name("Sigma", index, state.q12))
        theta = state.theta
        if theta is None and state.gap is not None:
            theta = CorrelationAngle(state.gap.minus, state.gap.plus)
        if theta is None:
            theta = PairAngle(state.q11 * state.q22 - state.q12**2, state.q12)
        if theta != acos(RHO):
            theta = self.name("theta", index, theta, nonnegative=True)
        return replace(state, theta=theta)

    def activated(self, activation: Activation, state: State, tangent: bool) -> tuple:
        """(the state with K of the pair and without its tangent kernel, K' if that is wanted)."""
        q11 = q22 = by_activation.second_moment(activation, state.q11)
        if state.q22 != state.q11:
            q22 = by_activation.second_moment(activation, state.q22)
        q12 = by_activation.covariance(activation, *_pair(state))
        gap = None
        if families.has_gap(activation):
            family = families.family(activation)
            unit = (sqrt(state.q11) * sqrt(state.q22)) ** family.degree
            gap = Gap(unit, family.loss(state.theta), family.gain(state.theta))
        variances = state.q11, state.q22
        means = functools.partial(map, lambda q: by_activation.mean(activation, q), variances)
        if tangent and activation.is_continuous:
            _check_slope(activation)
        slope = by_activation.slope_covariance(activation, *_pair(state)) if tangent else None
        return State(q11, q12, q22, gap=gap, means=means), slope

    def convolved(self, state: State, window) -> State:
        """Kernels of images have one covariance for every pair of positions: no formula."""
        raise NotSupportedError(
            explain(
                "the kernel of a network on images is no formula in rho",
                hint="nngp_matrix, ntk_matrix or matrices",
            )
        )

    pooled = convolved


def _is_short(expr: sympy.Expr) -> bool:
    """Whether an expression is a number that SymPy can take roots of: it factorises them."""
    return bool(expr.is_Rational) and max(expr.p.bit_length(), expr.q.bit_length()) <= _LONGEST


def _check_slope(activation: Activation) -> None:
    if not powers.is_square_integrable(activation.derivative):
        raise NotSupportedError(
            explain(
                "the tangent kernel of equal inputs is infinite",
                got=activation,
                allowed="powers > 1/2, whose derivative is square integrable",
                hint="the nngp",
            )
        )


def _pair(state: State) -> tuple:
    return state.q11, state.q12, state.q22, state.theta


def needed(body: sympy.Expr, where: list) -> set[sympy.Symbol]:
    """All symbols that an expression rests on."""
    symbols = free_symbols(body)
    for symbol, expr in reversed(where):
        if symbol in symbols:
            symbols |= free_symbols(expr)
    return symbols


def used(body: sympy.Expr, where: list) -> tuple[sympy.Expr, list]:
    """(body, where) without steps that nothing needs, the last one put into the body."""
    if where and body == where[-1][0]:
        body, where = where[-1][1], where[:-1]
    symbols = needed(body, where)
    return body, [(symbol, expr) for symbol, expr in where if symbol in symbols]
