"""Tails of one coordinate in doubles, with bounds on their rounding errors beside them.

A pair is (value, bound on its error), to first order. The bounds are meant to say where digits are
lost; there others compute again.
"""

import math

import numpy as np
import scipy

from theorycalc.core.arithmetic.special_arrays import FUNCTION

_EPS = np.finfo(float).eps
_SMALLEST = np.finfo(float).smallest_subnormal
# Steps of the backward recurrence: enough for 15 digits from one standard deviation on.
_STEPS = 180
# Terms of a hypergeometric series at 1/2 or less; where that is too few the bound says so.
_TERMS = 64


def normal_tail_moment(k: int, s) -> tuple[np.ndarray, np.ndarray]:
    """E max(Z − s, 0)^k for a standard normal Z."""
    y = np.abs(np.asarray(s, dtype=float))
    # the square is split, so that its rounding does not count
    high = np.minimum(np.round(y * 16) / 16, 100)
    bell = np.exp(-high * high / 2) * np.exp(-(y - high) * (y + high) / 2)
    # two exponentials, an exponent of less than 2 with two roundings, and four operations
    boundary = _rounded(bell / np.sqrt(2 * np.pi), 2 * FUNCTION + 4 * _EPS)
    pearson = (np.ones_like(y), 0.0, 1.0)
    near = _forwards(k, y, _rounded(scipy.special.ndtr(-y), 2 * FUNCTION), boundary, pearson)
    far = _backwards(k, y, boundary, pearson)
    return _reflected(k, s, _either(y < 1.5, near, far), pearson)


def tilted_tail_moment(k: int, mu, y) -> tuple[np.ndarray, np.ndarray]:
    """exp(μ²/2 − μy) E max(Z − μ + y, 0)^k, of which neither factor need be a double."""
    mu, y = np.broadcast_arrays(np.asarray(mu, dtype=float), np.asarray(y, dtype=float))
    t, size = mu - y, mu + np.abs(y)
    one = (np.ones_like(t), 0.0)
    # φ(y) times the tail beside its own density, or the exponential times the tail
    ratio, doubt = _backwards(k, np.maximum(t, 1.5), one, (np.ones_like(t), 0.0, 1.0))
    bell = np.exp(-y * y / 2) / np.sqrt(2 * np.pi)
    far = bell * ratio, bell * (doubt + (2 * FUNCTION + _EPS * (y * y + size * (k + 2))) * ratio)
    tail, doubt = normal_tail_moment(k, np.minimum(t, 1.5))
    power = np.where(t < 1.5, mu * (mu - 2 * y) / 2, 0.0)
    tilt = np.exp(power)
    lost = FUNCTION + _EPS * (2 * np.abs(power) + size * (k + 2))
    near = tilt * tail, tilt * (doubt + lost * np.abs(tail))
    return _either(t >= 1.5, far, near)


def sphere_tail_moment(k: int, d, s, constant) -> tuple[np.ndarray, np.ndarray]:
    """E max(T − s, 0)^k for a coordinate of the sphere in R^d, ``constant`` its density at 0."""
    d, s = np.asarray(d, dtype=float), np.asarray(s, dtype=float)
    y = np.abs(s)
    weight = (1 - y) * (1 + y)
    pearson = weight, -1.0, d - 1
    with np.errstate(all="ignore"):
        boundary = _power(constant, y * y, weight, (d - 1) / 2)
        series = _hypergeometric(0.5, (3 - d) / 2, 1.5, y * y)
        near = _forwards(k, y, _below_half(y * constant, series), boundary, pearson)
        far = _backwards(k, y, boundary, pearson)
        inside = _either(d * y * y < 1, near, far)
        upper = _either(weight > 0, inside, (0.0, 0.0))
        general = _reflected(k, s, upper, pearson)
    points = sum(np.maximum(end - s, 0.0) ** k for end in (-1, 1)) / 2
    return _either(d == 1, _rounded(points, (k + 2) * _EPS), general)


def student_tail_moment(k: int, nu, s, constant) -> tuple[np.ndarray, np.ndarray]:
    """The same for Student's law; far out only where s² ≥ ν."""
    nu, s = np.asarray(nu, dtype=float), np.asarray(s, dtype=float)
    y = np.abs(s)
    with np.errstate(all="ignore"):
        weight = nu + y * y
        square, rest = y * y / weight, nu / weight
        pearson = weight, 1.0, nu - 1
        boundary = _power(constant * nu, square, rest, (nu - 1) / 2)
        # Pfaff's transformation, DLMF 15.8.1, of the series for the tail
        series = _hypergeometric(0.5, 1 - nu / 2, 1.5, square)
        tail = _below_half(y * constant * np.sqrt(rest), series)
        near = _forwards(k, y, tail, boundary, pearson)
        factor = constant * math.factorial(k) * nu ** ((k + 1) / 2)
        factor = factor / np.prod([nu - j for j in range(k + 1)], 0)
        # a power and a product of k differences more than in a boundary
        decay, doubt = _power(factor, square, rest, (nu - k) / 2)
        decay = decay, doubt + ((k + 2) * _EPS + FUNCTION) * np.abs(decay)
        far = _times(decay, _hypergeometric((nu - k) / 2, (k + 1) / 2, nu / 2 + 1, rest))
        value, error = _reflected(k, s, _either(square < 0.5, near, far), pearson)
    return _either(nu > k, (value, error), (np.inf, 0.0))


def _rounded(value, roundings) -> tuple:
    """A result with relative roundings, which may underflow."""
    return value, roundings * np.abs(value) + _SMALLEST


def _either(condition, one: tuple, other: tuple) -> tuple:
    return tuple(np.where(condition, x, y) for x, y in zip(one, other, strict=True))


def _times(one: tuple, other: tuple) -> tuple:
    (x, dx), (y, dy) = one, other
    value, error = _rounded(x * y, _EPS)
    return value, error + np.abs(x) * dy + np.abs(y) * dx


def _power(factor, square, rest, exponent) -> tuple:
    """factor · rest^exponent, rest = 1 − square; the smaller of the two has three roundings.

    A logarithm of 1 − square has the relative error of the square twice at most.
    """
    near = square < 0.5
    size = exponent * np.where(near, np.log1p(-square), np.log(rest))
    power = np.where(near, np.exp(size), np.maximum(rest, 0.0) ** exponent)
    moved = np.where(near, 4 * _EPS + FUNCTION, _EPS) * np.abs(size)
    moved = moved + np.where(near, 0.0, 2 * _EPS * np.abs(exponent))
    power, error = _rounded(power, moved + FUNCTION + 3 * _EPS)
    return factor * power, np.abs(factor) * error + _SMALLEST


def _below_half(slope, series: tuple) -> tuple:
    """P(T > s) as 1/2 − slope · series, the slope with eight roundings at most."""
    value, error = _times((slope, 4 * _EPS * np.abs(slope)), series)
    return 0.5 - value, error + _EPS


def _hypergeometric(a, b, c, z) -> tuple:
    """Σ (a)_n (b)_n/(c)_n z^n/n! for 0 < a ≤ c and 0 ≤ z ≤ 1/2.

    A factor from term to term has fewer than 16 roundings, those of a sum b + n apart.
    """
    term, total, error, rounding = 1.0, 1.0, 0.0, 0.0
    for n in range(_TERMS):
        scale = (a + n) / ((c + n) * (n + 1)) * z
        factor = (b + n) * scale
        rounding = np.abs(factor) * rounding
        rounding = rounding + _EPS * np.abs(term) * scale * np.abs(b)
        term = term * factor
        rounding = rounding + 8 * _EPS * np.abs(term)
        total = total + term
        error = error + rounding + _EPS * np.abs(total)
    # later factors are not larger than this
    factor = z * np.maximum(np.abs(b + _TERMS) / (_TERMS + 1), 1.0)
    rest = np.where(factor < 1, np.abs(term) * factor / (1 - factor), np.inf)
    return total, error + rest


def _reflected(k: int, s, upper: tuple, pearson) -> tuple:
    """M_k(s) from M_k(|s|): together they are E (T − s)^k, up to a sign."""
    whole, error = _forwards(k, s, (1.0, 0.0), (0.0, 0.0), pearson)
    whole = whole - (-1) ** k * upper[0]
    error = error + upper[1] + _EPS * np.abs(whole)
    return _either(np.asarray(s) < 0, (whole, error), upper)


def _forwards(k: int, s, mass: tuple, boundary: tuple, pearson) -> tuple:
    """From M_0 up; it loses digits for large s."""
    weight, curve, kappa = pearson
    before, (now, error) = (0.0, 0.0), mass
    for j in range(k):
        inflow, doubt = boundary if j == 0 else (j * weight * x for x in before)
        drift, below = s * (kappa - 2 * curve * j), kappa - curve * j
        value = (inflow - drift * now) / below
        # κ is rounded, and so are the differences with it
        moved = doubt + 3 * _EPS * np.abs(inflow) + np.abs(drift) * error
        moved = moved + _EPS * (np.abs(s * kappa) + 2 * np.abs(drift)) * np.abs(now)
        rounding = _EPS * (1 + np.abs(kappa / below)) * np.abs(value)
        before, (now, error) = (now, error), (value, moved / np.abs(below) + rounding)
    return now, error


def _backwards(k: int, s, boundary: tuple, pearson) -> tuple:
    """From the ratio of two high moments down: the M_k are the minimal solution.

    All terms are positive: relative errors of the ratios shrink from step to step, and get nine
    roundings. That of the first is less than 1, because the coefficients hardly change there.
    """
    weight, curve, kappa = pearson
    top = _STEPS + k
    a, b, c = kappa - curve * top, s * (kappa - 2 * curve * top), top * weight
    ratio, doubt = 2 * c / (b + np.sqrt(b * b + 4 * a * c)), 1.0
    product, doubts = 1.0, (k + 3) * _EPS
    for j in range(top - 1, 0, -1):
        ahead, back = s * (kappa - 2 * curve * j), (kappa - curve * j) * ratio
        ratio, doubt = j * weight / (ahead + back), 5 * _EPS + doubt * back / (ahead + back)
        if j <= k:
            product, doubts = product * ratio, doubts + doubt
    scale = product / (kappa * (s + ratio))
    value, error = _rounded(boundary[0] * scale, doubts + doubt * ratio / (s + ratio))
    return value, error + boundary[1] * scale
