"""Gaussian expectations of products of z^n e^{az − gz²} with steps or error functions, closed.

Polynomials, exponentials, sines, Gaussians and error functions, their products and sums, are all of
this kind, and functions that change from one to another at thresholds.
"""

import itertools
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import sympy
from sympy import Expr, S, exp, sqrt

from theorycalc.activations import Activation
from theorycalc.hermite.terms import Term, rays_of
from theorycalc.kernels.duals.truncated_moments import Corner, Probit, Step


def covariance(
    one: Activation, two: Activation, q11: Expr, q12: Expr, q22: Expr, angle: Expr | None = None
) -> Expr | None:
    """E[φ(u)ψ(v)], or None if one of them is no sum of such terms.

    With thresholds, q12² < q11·q22 is needed, unless the angle of the pair is given and
    `is_regular`.
    """
    sums = [_factors(activation) for activation in (one, two)]
    if None in sums:
        return None
    pairs = list(itertools.product(*sums))
    if not all(_is_short(s, t) for s, t in pairs):
        return None
    total = sympy.Add(*(_pair(s, t, q11, q12, q22, angle) for s, t in pairs))
    return None if total.has(sympy.I) else total


def is_regular(one: Activation, two: Activation) -> bool:
    """Whether the closed form with an angle holds for degenerate pairs."""
    return all(
        _is_angular(s, t)
        for s, t in itertools.product(_factors(one), _factors(two))
        if isinstance(s.factor, Step) and isinstance(t.factor, Step)
    )


@lru_cache(maxsize=256)
def uses_angle(activation: Activation) -> bool:
    """Whether the covariance has a closed form at every pair that is written in the angle."""
    factors = _factors(activation)
    if factors is None or not is_regular(activation, activation):
        return False
    steps = any(isinstance(product.factor, Step) for product in factors)
    return steps and all(_is_short(*pair) for pair in itertools.product(factors, repeat=2))


class _Product(NamedTuple):
    """coefficient · z^power · e^(rate·z − decay·z²) · factor(z), at side·z."""

    side: int
    term: Term
    factor: Step | Probit | None


@lru_cache(maxsize=512)
def _factors(activation: Activation) -> tuple[_Product, ...] | None:
    """The terms of an activation with one factor each, or None."""
    rays = rays_of(activation)
    if rays is None:
        return None
    products = []
    for ray in rays:
        term = ray.term
        if term.slope is None:
            start = term.threshold
            products.append(_Product(ray.side, term, None if start is None else Step(start)))
        elif term.threshold is not None:
            return None
        else:  # erf x = 2Φ(√2 x) − 1
            plain = replace(term, slope=None, offset=S.Zero)
            probit = Probit(sqrt(2) * term.slope, sqrt(2) * term.offset)
            double = replace(plain, coefficient=2 * term.coefficient)
            negative = replace(plain, coefficient=-term.coefficient)
            products.append(_Product(ray.side, double, probit))
            products.append(_Product(ray.side, negative, None))
    return tuple(products)


def _is_short(one: _Product, two: _Product) -> bool:
    """Whether an expectation is closed and short: no waves in bells, none with two factors."""
    waves = [p for p in (one, two) if p.term.rate.has(sympy.I)]
    if any(p.term.decay != 0 for p in waves):
        return False
    return not waves or one.factor is None or two.factor is None


def _is_angular(one: _Product, two: _Product) -> bool:
    """Whether steps are at the means of the pair, which is not tilted."""
    return all(p.term.rate == p.term.decay == p.factor.start == 0 for p in (one, two))


def _pair(
    one: _Product, two: _Product, q11: Expr, q12: Expr, q22: Expr, angle: Expr | None
) -> Expr:
    """One pair: an exponential tilts the Gaussian, and its moments follow.

    With D = diag(g, h) the weight e^{−gu² − hv²} leaves a Gaussian with covariance
    S' = S(I + 2DS)^{-1}; e^{au + bv} moves its mean to S'(a, b).
    """
    s, t = one.term, two.term
    g, h, a, b = s.decay, t.decay, s.rate, t.rate
    q12 = one.side * two.side * q12
    both_steps = isinstance(one.factor, Step) and isinstance(two.factor, Step)
    if angle is not None and both_steps and _is_angular(one, two):
        angle = angle if one.side == two.side else sympy.pi - angle
    else:
        angle = None
    value = (1 + 2 * g * q11) * (1 + 2 * h * q22) - 4 * g * h * q12**2
    # a symbol known to be positive while real parts are taken
    determinant = value if value.is_Rational else sympy.Dummy(positive=True)
    area = q11 * q22 - q12**2
    c11, c12, c22 = (
        (q11 + 2 * h * area) / determinant,
        q12 / determinant,
        (q22 + 2 * g * area) / determinant,
    )
    m, n = a * c11 + b * c12, a * c12 + b * c22
    weight = s.coefficient * t.coefficient / sqrt(determinant)
    if a != 0 or b != 0:
        weight *= exp((a * m + b * n) / 2)
    corner = Corner(m, n, c11, c12, c22, one.factor, two.factor, angle)
    expectation = weight * corner.moment(s.power, t.power)
    if expectation.has(sympy.I):
        expectation = _real(expectation)
    return expectation.subs(determinant, value)


def _real(expr: Expr) -> Expr:
    """Complex terms come in conjugate pairs."""
    # variances in denominators are positive
    known = {
        s: sympy.Dummy(s.name, real=True, positive=s.is_nonnegative or None)
        for s in expr.free_symbols
        if not s.is_positive and (s.is_real is None or s.is_nonnegative)
    }
    written = sympy.expand(expr.xreplace(known), complex=True)
    return sympy.re(written).xreplace({dummy: s for s, dummy in known.items()})
