"""Gaussian expectations of products of z^n e^{az − gz²} on lines and half-lines, in closed form.

Polynomials, exponentials, sines and Gaussians, their products and sums, are all of this kind, and
functions that change from one to another at thresholds.
"""

import itertools

import sympy
from sympy import Expr, exp, sqrt

from theorycalc.activations import Activation
from theorycalc.hermite.terms import Ray, Term, rays_of
from theorycalc.kernels.corners import Corner


def covariance(one: Activation, two: Activation, q11: Expr, q12: Expr, q22: Expr) -> Expr | None:
    """E[φ(u)ψ(v)], or None if one of them is no sum of such terms.

    With thresholds, q12² < q11·q22 is needed.
    """
    sums = [rays_of(activation) for activation in (one, two)]
    for rays in sums:
        if rays is None or not all(_is_short(ray.term) for ray in rays):
            return None
    return sympy.Add(*(_pair(s, t, q11, q12, q22) for s, t in itertools.product(*sums)))


def _is_short(term: Term) -> bool:
    """Whether its expectations are closed and short: no waves in bells and none cut off."""
    if term.slope is not None:
        return False
    return not term.rate.has(sympy.I) or (term.decay == 0 and term.threshold is None)


def _pair(one: Ray, two: Ray, q11: Expr, q12: Expr, q22: Expr) -> Expr:
    """One pair: an exponential tilts the Gaussian, and its moments follow.

    With D = diag(g, h) the weight e^{−gu² − hv²} leaves a Gaussian with covariance
    S' = S(I + 2DS)^{-1}; e^{au + bv} moves its mean to S'(a, b).
    """
    s, t = one.term, two.term
    g, h, a, b = s.decay, t.decay, s.rate, t.rate
    q12 = one.side * two.side * q12
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
    corner = Corner(m, n, c11, c12, c22, s.threshold, t.threshold)
    expectation = weight * corner.moment(s.power, t.power)
    if expectation.has(sympy.I):
        expectation = _real(expectation)
    return expectation.subs(determinant, value)


def _real(expr: Expr) -> Expr:
    """Complex terms come in conjugate pairs."""
    real = {s: sympy.Dummy(s.name, real=True) for s in expr.free_symbols if s.is_real is None}
    written = sympy.expand(expr.xreplace(real), complex=True)
    return sympy.re(written).xreplace({dummy: s for s, dummy in real.items()})
