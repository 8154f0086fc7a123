"""The mean distortion in hardware doubles.

With X = |R − r|/(R + r), R = |source point|, and q = sin²(θ/2) of the smallest angle θ, the squared
distance to the nearest point is (R + r)² (X² + q (1 − X²)). The mean over θ is a function of X
alone, tabulated in ζ = −log X, where it is analytic for |Im ζ| < π/2; every radius r then takes one
sum over R.
"""

import math

import numpy as np

from theorycalc.core.compiled import compiled, inner

# Neighbours of the interpolation in a table, on either side, and the step of the table: with them a
# function that is analytic for |Im ζ| < π/2 is interpolated to 18 digits, where it changes slowly.
_SIDE = 12
STEP = 1 / 16
# A power ĝ^p changes like e^{−2pζ} at the most; beyond this p the steps are shorter.
_SLOW_POWER = 3.0
# Digits of the trapezoidal rules, as a natural logarithm.
LEVEL = 43.0
# |R − r| below this part of r contributes nothing: its two sides cancel in the slope.
NEAREST = 1e-20
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@inner
def _log_root_ratio(a):
    """log Γ(a + 1/2)/Γ(a), without the cancellation of two large logarithms."""
    shift = 0.0
    while a < 20.0:
        shift += math.log(a / (a + 0.5))
        a += 1.0
    x = 1.0 / (a * a)
    series = -1.0 / 8.0 + x * (1.0 / 192.0 + x * (-1.0 / 640.0 + x * (17.0 / 14336.0)))
    return shift + 0.5 * math.log(a) + series / a


@inner
def _log_cosh(tau):
    """Log cosh τ to full relative accuracy: in high dimensions it is multiplied by d."""
    size = abs(tau)
    if size < 1.0:
        return math.log1p(2.0 * math.sinh(size / 2.0) ** 2)
    return size + math.log1p(math.exp(-2.0 * size)) - math.log(2.0)


@inner
def _log_tail(tau, a, constant):
    """log P(T > tanh τ) for one cosine T and τ ≥ 0: a hypergeometric series of positive terms."""
    square = math.exp(-2.0 * tau)
    q = square / (1.0 + square)
    term = total = 1.0
    k = 0.0
    while term > 1e-18 * total:
        term *= (2.0 * a + k) / (a + 1.0 + k) * q
        total += term
        k += 1.0
    return -2.0 * a * _log_cosh(tau) - constant + math.log(total)


@inner
def _log_weight(tau, a, log_n, tail_constant):
    """Logarithm of the density of artanh of the largest cosine, up to a constant."""
    near = -2.0 * a * _log_cosh(tau)
    log_tail = _log_tail(abs(tau), a, tail_constant)
    others = -math.expm1(-log_n)  # 1 − 1/n
    if others == 0.0:
        return near
    if tau < 0.0:
        return near + others * math.exp(min(log_n, 700.0)) * log_tail
    tail = math.exp(log_tail)
    curvature = -math.log1p(-tail) / tail if tail > 1e-9 else 1.0 + tail / 2.0
    return near - others * math.exp(min(log_n + log_tail, 700.0)) * curvature


@inner
def _tail_constant(d):
    """log(4^a a B(a, a)) for a = (d − 1)/2."""
    a = (d - 1.0) / 2.0
    return math.log(2.0 * a) + 0.5 * math.log(math.pi) - _log_root_ratio(a)


@compiled
def mode_of_maximum(d, log_n):
    """The most likely artanh of the largest cosine, by golden section."""
    a, constant = (d - 1.0) / 2.0, _tail_constant(d)
    left, right = 0.0, log_n / (d - 1.0) + 2.0  # log cosh τ ≥ τ − log 2
    for _ in range(60):
        inner, outer = right - _GOLDEN * (right - left), left + _GOLDEN * (right - left)
        if _log_weight(inner, a, log_n, constant) > _log_weight(outer, a, log_n, constant):
            right = outer
        else:
            left = inner
    return (left + right) / 2.0


@inner
def _log_q(tau):
    """The logarithm of sin²(θ/2) = 1/(1 + e^2τ)."""
    return -2.0 * max(tau, 0.0) - math.log1p(math.exp(-2.0 * abs(tau)))


@compiled
def heights_of_maximum(d, log_n, mode, step, level, power):
    """(steps left of the mode, log-weights): down to e^−level of the largest weight.

    With a ``power`` down to there for the weights times q^power, which has its mass further left.
    """
    a, constant = (d - 1.0) / 2.0, _tail_constant(d)
    top = _log_weight(mode, a, log_n, constant)
    sides = []
    for direction in (-1.0, 1.0):
        side, tau = [0.0], mode
        while side[-1] + power * max(_log_q(tau) - _log_q(mode), 0.0) >= -level:
            tau = mode + direction * len(side) * step
            side.append(_log_weight(tau, a, log_n, constant) - top)
        sides.append(np.array(side[:-1]))
    return sides[0].size - 1, np.concatenate((sides[0][:0:-1], sides[1]))


@compiled
def kernel_means(x, q, weights, s):
    """E ĝ^{s/2−1} and E q ĝ^{s/2−1} with ĝ = x² + q (1 − x²)."""
    first = second = 0.0
    square = x * x
    for i in range(q.size):
        power = weights[i] * (square + q[i] * (1.0 - square)) ** (s / 2.0 - 1.0)
        first += power
        second += q[i] * power
    return first, second


@compiled
def _table_step(s):
    """The step in ζ: every ĝ^{s/2−1} is interpolated to 18 digits of itself, and so is any mean."""
    return STEP / max(1.0, (s / 2.0 - 1.0) / _SLOW_POWER)


@compiled
def table(q, weights, s):
    """The means of `kernel_means` at x = e^−ζ on a uniform grid of ζ."""
    step = _table_step(s)
    size = int(-math.log(NEAREST) / step) + 2 * _SIDE + 4
    result = np.empty((size, 2))
    for k in range(size):
        # one by one: what numba compiles to compare the shapes of rows takes three seconds
        result[k, 0], result[k, 1] = kernel_means(math.exp(-(k - _SIDE) * step), q, weights, s)
    return result


@compiled
def _barycentric():
    """Weights of the interpolation at 2·_SIDE equidistant points."""
    weights = np.ones(2 * _SIDE)
    for k in range(1, 2 * _SIDE):
        weights[k] = -weights[k - 1] * (2 * _SIDE - k) / k
    return weights


@compiled
def _interpolate(table, step, barycentric, x):
    """Both means at x."""
    place = -math.log(x) / step + _SIDE
    first = min(max(int(place) - _SIDE + 1, 0), table.shape[0] - 2 * _SIDE)
    place -= first
    one = two = norm = 0.0
    for k in range(2 * _SIDE):
        gap = place - k
        if gap == 0.0:
            return table[first + k, 0], table[first + k, 1]
        share = barycentric[k] / gap
        norm += share
        one += share * table[first + k, 0]
        two += share * table[first + k, 1]
    return one / norm, two / norm


@compiled
def at_ratio(x, sign, ratio, mean, other, s):
    """(ĝ^{s/2}, slope of the distance power in r, size of its terms) in units of (R + r).

    R = ratio·r; the sign is that of r − R, which the ratio may be too close to 1 to tell.
    """
    square = x * x
    value = square * mean + (1.0 - square) * other
    along, across = s * x * mean, 2.0 * s * ratio / (1.0 + ratio) * other
    return value, sign * along + across, along + across


@compiled
def radial_sums(table, s, r, w, inner, outer):
    """Sums over R = r e^{∓w} with weights ``inner`` and ``outer``, all and every other one.

    The columns are the mass, the distortion, its slope, the size of what the slope adds up, and the
    squares of distortion and slope at single R.
    """
    barycentric, step = _barycentric(), _table_step(s)
    sums = np.zeros((2, 6))
    for j in range(w.size):
        if inner[j] == 0.0 and outer[j] == 0.0:
            continue
        x = math.tanh(w[j] / 2.0)
        mean, other = _interpolate(table, step, barycentric, x)
        for side in range(2):
            weight = inner[j] if side == 0 else outer[j]
            if weight == 0.0:
                continue
            ratio = math.exp(-w[j]) if side == 0 else math.exp(w[j])
            value, slope, size = at_ratio(x, 1.0 - 2.0 * side, ratio, mean, other, s)
            scale = (r * (1.0 + ratio)) ** s
            value *= scale
            slope *= scale / (r * (1.0 + ratio))
            size *= scale / (r * (1.0 + ratio))
            for level in range(2 if j % 2 == 0 else 1):
                factor = weight * (level + 1.0)
                sums[level, 0] += factor
                sums[level, 1] += factor * value
                sums[level, 2] += factor * slope
                sums[level, 3] += factor * size
                sums[level, 4] += factor * value**2
                sums[level, 5] += factor * slope**2
    return sums
