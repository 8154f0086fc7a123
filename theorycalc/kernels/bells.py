"""Gaussian expectations of products of z^n e^{az − gz²}, in closed form.

Polynomials, exponentials, sines and Gaussians, their products and sums, are all of this kind.
"""

import itertools

import sympy
from sympy import Expr, S, exp, factorial, sqrt

from theorycalc.activations import Activation
from theorycalc.hermite.terms import Term, terms_of


def covariance(one: Activation, two: Activation, q11: Expr, q12: Expr, q22: Expr) -> Expr | None:
    """E[φ(u)ψ(v)], or None if one of them is no sum of such terms."""
    sums = [terms_of(activation) for activation in (one, two)]
    for terms in sums:
        if terms is None or not all(map(_is_short, terms)):
            return None
    return sympy.Add(*(_pair(s, t, q11, q12, q22) for s, t in itertools.product(*sums)))


def _is_short(term: Term) -> bool:
    """Whether its expectations are closed and of a bearable length: no waves in bells."""
    if term.threshold is not None or term.slope is not None:
        return False
    return term.decay == 0 or not term.rate.has(sympy.I)


def _pair(s: Term, t: Term, q11: Expr, q12: Expr, q22: Expr) -> Expr:
    """One pair: an exponential tilts the Gaussian, and its moments follow.

    With D = diag(g, h) the weight e^{−gu² − hv²} leaves a Gaussian with covariance
    S' = S(I + 2DS)^{-1}; e^{au + bv} moves its mean to S'(a, b).
    """
    g, h, a, b = s.decay, t.decay, s.rate, t.rate
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
    expectation = weight * _moment(s.power, t.power, m, n, c11, c12, c22)
    if expectation.has(sympy.I):
        expectation = _real(expectation)
    return expectation.subs(determinant, value)


def _moment(p: int, q: int, m: Expr, n: Expr, c11: Expr, c12: Expr, c22: Expr) -> Expr:
    """E[U^p V^q] of a Gaussian pair: j pairings across, the rest within (Isserlis)."""
    return sympy.Add(
        *(
            factorial(j)
            * sympy.binomial(p, j)
            * sympy.binomial(q, j)
            * c12**j
            * _line_moment(p - j, m, c11)
            * _line_moment(q - j, n, c22)
            for j in range(min(p, q) + 1)
        )
    )


def _line_moment(p: int, mean: Expr, variance: Expr) -> Expr:
    """E U^p of N(mean, variance)."""
    if p == 0:
        return S.One
    return sympy.Add(
        *(
            factorial(p)
            / (2**i * factorial(i) * factorial(p - 2 * i))
            * variance**i
            * mean ** (p - 2 * i)
            for i in range(p // 2 + 1)
            if mean != 0 or p == 2 * i
        )
    )


def _real(expr: Expr) -> Expr:
    """Complex terms come in conjugate pairs."""
    real = {s: sympy.Dummy(s.name, real=True) for s in expr.free_symbols if s.is_real is None}
    written = sympy.expand(expr.xreplace(real), complex=True)
    return sympy.re(written).xreplace({dummy: s for s, dummy in real.items()})
