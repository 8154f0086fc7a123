"""Closed forms: moments of the largest cosine, and distortions built of them."""

import sympy
from sympy import Rational, S, beta, binomial, hyper, pi

from theorycalc.core.gammas import factorial, gamma

# Degrees of polynomials F^n that are integrated exactly.
_MOST_DEGREE = 400
# Numbers of points up to which the mean angle in the plane is written out.
_MOST_IN_PLANE = 6
# Dimensions up to which Gamma functions are written out as numbers.
_MOST_WRITTEN = 400


def deficit_moment(d, n, k):
    """E (1 − M)^k where it has a closed form that is not too long, or None."""
    if k.is_number and k > _MOST_WRITTEN:
        return None
    if n == 1:
        return _one_point(d, k) if k.is_Integer else None
    if d == 1:
        return 2 ** (k - n) if is_short(n) else None
    if d == 3 and k.is_Integer:
        return 2**k * factorial(k) / sympy.Mul(*(n + j for j in range(1, int(k) + 1)))
    if k == 1 and n in (2, 3) and not (d.is_number and d > _MOST_WRITTEN):
        a = (d - 1) / 2
        mean = (2 / a) * (beta(2 * a, 2 * a) / beta(a, a) ** 2).rewrite(gamma)
        mean = sympy.gammasimp(mean) if d.is_number else mean
        return 1 - mean * (1 if n == 2 else Rational(3, 2))
    if d == 2 and k == 1:
        return _plane(n)
    if d.is_Integer and d % 2 and n.is_Integer and k.is_Integer and n * (d - 2) <= _MOST_DEGREE:
        return _polynomial(int(d), int(n), int(k))
    return None


def is_short(n) -> bool:
    """Whether 2^n may be written out."""
    return bool(n.is_symbol or n <= _MOST_WRITTEN)


def _one_point(d, k):
    """Of one point: moments of a coordinate."""
    half = d / 2
    return sympy.Add(
        *(
            binomial(k, 2 * j) * sympy.rf(S.Half, j) / sympy.rf(half, j)
            for j in range(int(k) // 2 + 1)
        )
    )


def _plane(n):
    """∫_0^π (1 − θ/π)^n sin θ dθ."""
    if n.is_Integer and n <= _MOST_IN_PLANE:
        value = S(2) if n % 2 == 0 else S.One
        for m in range(2 + int(n) % 2, int(n) + 1, 2):
            value = 1 - m * (m - 1) * value / pi**2
        return sympy.expand(value)
    series = hyper([1], [(n + 3) / 2, (n + 4) / 2], -(pi**2) / 4)
    return pi**2 / ((n + 1) * (n + 2)) * series


def _polynomial(d: int, n: int, k: int) -> Rational:
    """k ∫ (1 − t)^{k−1} F^n dt for odd d, where F is a polynomial."""
    t = sympy.Dummy("t")
    density = sympy.Poly((1 - t**2) ** ((d - 3) // 2), t, domain="QQ")
    primitive = density.integrate()
    at_ends = primitive.eval(1), primitive.eval(-1)
    law = (primitive - at_ends[1]) * (1 / (at_ends[0] - at_ends[1]))
    integral = (sympy.Poly(k * (1 - t) ** (k - 1), t, domain="QQ") * law**n).integrate()
    return integral.eval(1) - integral.eval(-1)


def even_distortion(half: int, powers, deficits, r):
    """D_{2h} = E ((R − r)² + 2 r R (1 − M))^h: a polynomial in r, moments of R and of 1 − M.

    Every moment of R stands in one term. For R = 1 it is left as a sum of positive terms: expanded
    it would cancel in doubles.
    """
    if powers is None:
        terms = (
            binomial(half, j) * (2 * r) ** j * (1 - r) ** (2 * (half - j)) * deficits(j)
            for j in range(half + 1)
        )
        return sympy.Add(*terms)
    return sympy.Add(
        *(powers(p) * r ** (2 * half - p) * _weight(half, p, deficits) for p in range(2 * half + 1))
    )


def _weight(half: int, p: int, deficits):
    """What stands at R^p r^(2h − p): a combination of moments of 1 − M."""
    total = S.Zero
    for j in range(min(p, 2 * half - p) + 1):
        rest = 2 * (half - j)
        total += (-1) ** (p - j) * 2**j * binomial(half, j) * binomial(rest, p - j) * deficits(j)
    return sympy.factor_terms(total, sign=True)


def sphere_distortion(d, n, s, r):
    """D_s for a source on the unit sphere where it is a hypergeometric function, or None."""
    if d == 1:
        missing = 2**-n
        return (1 - missing) * abs(1 - r) ** s + missing * (1 + r) ** s
    if d == 3:
        x = 4 * r / (1 + r) ** 2
        return (1 + r) ** s * hyper([-s / 2, n], [n + 1], x)
    if n == 1:
        low, high = sympy.Min(r, 1), sympy.Max(r, 1)
        return high**s * hyper([-s / 2, 1 - (d + s) / 2], [d / 2], (low / high) ** 2)
    return None


def gaussian_distortion(d, s, r):
    """D_s of one point for N(0, I_d): E ‖X − z‖^s with ‖z‖ = r."""
    scale = 2 ** (s / 2) * gamma((d + s) / 2) / gamma(d / 2)
    return scale * hyper([-s / 2], [d / 2], -(r**2) / 2)


def line_radius(n, s):
    """r* for X = ±1 and n ≥ 2 points ±r: the slope changes its sign once."""
    if s <= 1:
        return S.One
    ratio = (1 / (2**n - 1)) ** (1 / (s - 1))
    return (1 - ratio) / (1 + ratio)
