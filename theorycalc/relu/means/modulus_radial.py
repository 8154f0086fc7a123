"""E ‖W‖^s √q(‖w‖²) for W ~ N(0, I_{n+m}) and its first n coordinates w, as an integral over ‖w‖."""

import itertools
import math
from functools import lru_cache

import numpy as np
import sympy
from sympy import Expr, Lambda, Poly, S, Symbol, exp, gamma, log, oo, sqrt, uppergamma

from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.effort import remembered
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.functions import hyperu
from theorycalc.core.integration.certified_panels import panel_integral
from theorycalc.core.integration.cut_off import cut_off
from theorycalc.core.integration.integral import Integral, Tail
from theorycalc.core.lowering import lower
from theorycalc.core.special import SpecialFunction
from theorycalc.sphere.measure import rising_steps

# ‖w‖² and log ‖w‖
U = Symbol("u", positive=True)
_V = sympy.Dummy("v", real=True)
# Below this angle a root is on the positive axis.
_REAL = 1e-6
_GUARD_BITS = 32


class RadialMean(SpecialFunction):
    """E ‖W‖^s √q(‖w‖²) for W ~ N(0, I_{n+m}) and its first n coordinates w.

    The arguments are q as a Lambda, n, m and s. The integral is over v = log ‖w‖, in which powers
    of ‖w‖ that are not whole are analytic.
    """

    nargs = 4
    functions = (sympy.Lambda,)

    @staticmethod
    def domain(q, n, m, order):
        return sympy.Contains(n, S.Naturals) & sympy.Contains(m, S.Naturals0)

    def _eval_is_positive(self):
        return True

    @classmethod
    def definition(cls, q, n, m, order):
        _, p, rest = square_root(_polynomial(q))
        body = _density(q, n, abs(p.as_expr())) * mean_power(order, m, exp(_V))
        kinks = (*(log(x) / 2 for x in sign_changes(p)), *_near_zeros(p * rest))
        return Integral(body, _V, -oo, oo, kinks=kinks, tails=_tails(q, n, m, order))

    @staticmethod
    def in_ball(context, q, *numbers):
        return _enclosure(q, *map(context.rational, numbers), context.bits)

    def in_latex(self, printer):
        q, order = self.args[0], self.args[-1]
        size = rf"\|W\|^{{{printer._print(order)}}}"
        root = printer._print(sqrt(q(Symbol(r"\|w\|") ** 2)))
        return rf"\mathbb{{E}}\left[{size} {root}\right]"


def mean_power(order: Expr, m: Expr, r: Expr) -> Expr:
    """E ‖W‖^order for ‖w‖ = r and m coordinates more: DLMF 13.4.4 and 13.2.40."""
    if m == 0:
        return r**order
    return 2 ** (order / 2) * hyperu(-order / 2, 1 - (m + order) / 2, r**2 / 2)


@lru_cache(maxsize=256)
def square_root(q: Poly) -> tuple[int, Poly, Poly]:
    """(j, p, r) with √q(u) = u^{j/2} |p(u)| √r(u), r > 0 for u > 0."""
    power, q = 0, Poly(q.as_expr(), U, extension=True)
    while not q.eval(0):
        q, power = q.quo(Poly(U, U)), power + 1
    c, factors = q.sqf_list()
    p = math.prod((factor ** (k // 2) for factor, k in factors), start=q.one)
    rest = math.prod((factor for factor, k in factors if k % 2), start=q.one)
    return power, p, rest * c


def sign_changes(p: Poly) -> list[Expr]:
    """The positive roots of odd multiplicity, in order."""
    if p.degree() < 1:
        return []
    try:
        roots = p.real_roots(multiple=False)
    except NotImplementedError as error:
        raise NotSupportedError(
            explain(
                "the zeros of the modulus are not found",
                got=p.as_expr(),
                allowed="polynomials with rational or algebraic coefficients",
            )
        ) from error
    return [x for x, count in roots if count % 2 and x > 0]


def sign_between(p: Poly, left: Expr, right: Expr) -> Expr:
    """The sign of p between two of its sign changes, or 0 and oo."""
    inside = left + 1 if right is oo else sympy.Rational(float(left + right) / 2)
    return sympy.sign(p.eval(inside))


def _polynomial(q: Lambda) -> Poly:
    return Poly(q(U), U)


def _constant(n: Expr) -> Expr:
    """That of the density of ‖w‖."""
    return 2 ** (1 - n / 2) / gamma(n / 2)


def _density(q: Lambda, n: Expr, p: Expr) -> Expr:
    """The density of v times √q, with what is put in for p."""
    power, _, rest = square_root(_polynomial(q))
    u = exp(2 * _V)
    return _constant(n) * exp((n + power) * _V - u / 2) * (p * sqrt(rest.as_expr())).subs(U, u)


def _near_zeros(p: Poly) -> list[Expr]:
    """log|u|/2 of the roots off the positive axis: panels should end near them."""
    roots = np.roots([float(c) for c in p.all_coeffs()])
    near = (z for z in roots if abs(np.angle(z)) > _REAL)
    return [sympy.Rational(round(math.log(abs(z)) / 2, 12)) for z in near]


def _tails(q: Lambda, n: Expr, m: Expr, order: Expr) -> dict:
    """√q(u) ≤ √(Σ|q_k|) max(1, u)^{deg q/2} and E ‖W‖^s ≤ max(1, ‖w‖)^s E (1 + χ²_m)^{⌈s/2⌉}."""
    polynomial, half = _polynomial(q), int(sympy.ceiling(order / 2))
    size = _constant(n) * sqrt(sum(abs(c) for c in polynomial.all_coeffs()))
    size *= sum(math.comb(half, i) * rising_steps(m, i) for i in range(half + 1))
    shape = (n + polynomial.degree() + order) / 2
    above = size * 2 ** (shape - 1) * uppergamma(shape, exp(2 * _V) / 2)
    return {oo: Tail(above, _V), -oo: Tail(size * exp(-n * _V) / n, _V)}


@remembered(maxsize=64)
def _enclosure(q: Lambda, n: Expr, m: Expr, order: Expr, bits: int):
    """By Gauss–Legendre rules, between cut-offs and sign changes.

    E ‖W‖^s is bounded on ellipses by hand: wide balls do not pass through Tricomi's function.
    """
    _, p, _ = square_root(_polynomial(q))
    roots = sign_changes(p)
    mean = lower(mean_power(order, m, exp(_V)), (_V,))
    with working_precision(bits + _GUARD_BITS):
        context = BallContext()
        tolerance = context.power(context.number(S(2)), context.number(S(-bits)))
        tails = _tails(q, n, m, order)
        (left, below), (right, error) = (
            _cut_off(context, end, tails[end], tolerance) for end in (-oo, oo)
        )
        points = [left, *(lower(log(x) / 2).run(context, []) for x in roots), right]
        total = context.number(S.Zero)
        for ends, panel in zip(
            itertools.pairwise([S.Zero, *roots, oo]), itertools.pairwise(points), strict=True
        ):
            program = lower(_density(q, n, sign_between(p, *ends) * p.as_expr()), (_V,))
            total += panel_integral(
                _on_strip(program),
                lambda v: mean.run(context, [v]),
                panel,
                _log_mean_bound(context, m, order),
                tolerance,
            )
        return context.widen(total, error + below)


def _cut_off(context, end: Expr, tail: Tail, tolerance) -> tuple:
    """(cut-off, bound on what is lost)."""
    bound = lower(tail.bound, (tail.symbol,))
    places = (context.number(S(cut)) for cut in itertools.count(1))
    cut, lost = cut_off(context, lambda x: bound.run(context, [x]), places, tolerance)
    return (cut if end is oo else -cut), lost


def _on_strip(program):
    """The program for |Im v| < π/2, where ‖w‖² is off the negative axis; not finite elsewhere."""

    def function(context, v):
        u = context.apply("exp", 2 * v)
        return program.run(context, [context.apply("log", u) / 2])

    return function


def _log_mean_bound(context, m: Expr, order: Expr):
    """log of a bound on E |e^{2v} + χ²_m|^{s/2} for v in a rectangle, by Jensen's inequality."""
    half = int(sympy.ceiling(order / 2))
    share = float(order) / (2 * max(half, 1))

    def bound(centre: float, width: float, height: float) -> float:
        size = context.apply("exp", context.number(sympy.Rational(2 * (centre + width))))
        moments = (
            math.comb(half, i) * size ** (half - i) * int(rising_steps(m, i))
            for i in range(half + 1)
        )
        return share * context.as_float(context.apply("log", sum(moments)))

    return bound
