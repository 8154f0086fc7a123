"""Eigenvalues of positive definite kernels from their Taylor series, for d much above the degree.

μ_k = Σ a_m μ_k(t^m): by Schoenberg's theorem no a_m of a kernel that is positive definite on every
sphere is negative, so that nothing cancels and Σ a_m = κ(1) bounds what is left out.
"""

import numpy as np
import scipy
from sympy import Rational, S

from theorycalc.core.arithmetic.ball import mid_and_rad
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.effort import remembered
from theorycalc.core.arithmetic.series_context import taylor_coefficients
from theorycalc.core.errors import NotSupportedError
from theorycalc.core.integration.kinks import SWITCHES
from theorycalc.core.lowering import lower
from theorycalc.sphere.in_angle import SMALLEST_DOUBLE
from theorycalc.sphere.measure import T
from theorycalc.sphere.zonal_kernel import ZonalKernel

# Working precision of `doubles`, and what rounding to doubles adds.
DOUBLE_BITS = 60
UNIT_ROUNDOFF = 2.0**-53
# Longer series cost more than quadrature, where there is one.
_MOST_TERMS, _MOST_OF_SMOOTH = 1000, 3200
_GUARD_BITS = 40
# What the coefficients of deep networks lose by cancellation, in bits per term.
_LOST_PER_TERM = 0.3
# Kernels are smooth if coefficients fall by more than this between these degrees: those with a
# singularity (1 ∓ t)^a fall by 2^−(a + 1).
_LOOK, _FALL = (32, 64), 6 * np.log(2)
# Where a first guess of the length is too small, longer ones are tried.
_LONGER = (1.0, 1.5, 2.0)
# Relative errors of eigenvalues may be so many times 2^−bits.
_SPARE = 2**6


def applies(kernel: ZonalKernel, d: int, order: int, bits: int) -> bool:
    """Whether a series gives μ_0, …, μ_order with relative errors of about 2^−bits."""
    if not kernel.positive_definite:
        return False
    if _terms(d, order, bits) is not None:
        return _coefficients(kernel, 2, bits + _GUARD_BITS) is not None
    return enclosures(kernel, d, order, bits) is not None


@remembered(maxsize=32)
def enclosures(kernel: ZonalKernel, d: int, order: int, bits: int) -> tuple | None:
    """μ_0, …, μ_order with relative errors of about 2^−bits, where this `applies`."""
    length = _terms(d, order, bits)
    if length is not None:
        return _eigenvalues(kernel, d, order, bits + int(_LOST_PER_TERM * length), length)
    rate = _smoothness(kernel, bits)
    guess = rate and _terms(d, order, bits, rate)
    lengths = [int(guess * x) for x in _LONGER] if guess else []
    for length in [x for x in lengths if x <= _MOST_OF_SMOOTH]:
        # the rest is a difference of the size of the last coefficient
        below = int(rate * np.sqrt(length) / np.log(2))
        # a series so long that its last term is 2^−bits of the largest: none that counts is smaller
        found = _eigenvalues(kernel, d, order, max(bits, below), length)
        if all(_is_known(x, bits) or kernel.vanishes(k) for k, x in enumerate(found)):
            return found
    return None


def _eigenvalues(kernel: ZonalKernel, d: int, order: int, bits: int, length: int) -> tuple:
    """μ_0, …, μ_order from so many terms, with coefficients to about 2^−bits."""
    with working_precision(bits + _GUARD_BITS):
        context = BallContext()
        coefficients, at_one = _coefficients(kernel, length, context.bits)
        rest = at_one - sum(coefficients)
        eigenvalues, lowest = [], context.number(S.One)
        for k in range(order + 1):
            if k:
                lowest *= context.number(Rational(k, d + 2 * k - 2))  # μ_k(t^k)
            eigenvalues.append(lowest * _sum(context, coefficients, rest, d, k))
        return tuple(eigenvalues)


def doubles(kernel: ZonalKernel, d: int, order: int) -> tuple[np.ndarray, np.ndarray]:
    """(μ_0 … μ_order, error bounds) in double precision, where this `applies`."""
    balls = (mid_and_rad(x, DOUBLE_BITS) for x in enclosures(kernel, d, order, DOUBLE_BITS))
    values, radii = np.array([[float(x) for x in pair] for pair in balls]).T
    return values, radii + abs(values) * UNIT_ROUNDOFF + SMALLEST_DOUBLE


def _smoothness(kernel: ZonalKernel, bits: int) -> float | None:
    """c for coefficients that fall like e^{−c√m}, or None if they fall no faster than powers."""
    expressions = (kernel.body, *(expr for _, expr in kernel.where))
    if any(expr.has(*SWITCHES) for expr in expressions):
        return None  # a derivative of an activation jumps
    low, high = _LOOK
    found = _coefficients(kernel, high, bits)
    if found is None:
        return None
    # of both parities, one of which may be absent
    sizes = [float(max(abs(a) for a in found[0][m - 2 : m])) for m in _LOOK]
    if not 0 < sizes[1] < sizes[0]:
        return None
    fall = np.log(sizes[0] / sizes[1])
    return fall / (np.sqrt(high) - np.sqrt(low)) if fall > _FALL else None


def _is_known(x, bits: int) -> bool:
    """Whether the relative error is small enough."""
    context = BallContext()
    return bool(abs(x - context.midpoint(x)) <= _SPARE * 2.0**-bits * abs(x))


@remembered(maxsize=32)
def _coefficients(kernel: ZonalKernel, length: int, bits: int) -> tuple | None:
    """(a_0 … a_{length − 1}, κ(1)), or None if a function in κ has no power series."""
    program = lower(kernel.body, (T,), kernel.where)
    with working_precision(bits):
        context = BallContext()
        try:
            found = taylor_coefficients(program, length)
        except NotSupportedError:
            return None
        return found, program.run(context, [context.number(S.One)])


def _sum(context, coefficients: list, rest, d: int, k: int):
    """Σ a_m μ_k(t^m)/μ_k(t^k) by Horner's rule, between the given terms and all of the rest."""
    last = len(coefficients) - 1
    last -= (last - k) % 2
    # the ratios fall from there on: the rest counts at most like the next term
    half = context.midpoint(rest) / 2
    total = context.widen(half, rest - half)
    for m in range(last, k - 1, -2):
        # μ_k(t^{m+2})/μ_k(t^m)
        total = total * ((m + 2) * (m + 1)) / ((m - k + 2) * (m + k + d)) + coefficients[m]
    return total


@remembered(maxsize=256)
def _terms(d: int, order: int, bits: int, rate: float | None = None) -> int | None:
    """How many terms leave a rest of 2^−bits of the largest, or None for too many.

    Coefficients fall like e^{−rate √m}, or by powers.
    """
    m = np.arange(order, _MOST_TERMS if rate is None else _MOST_OF_SMOOTH, 2)
    # log of μ_k(t^m), up to a constant
    sizes = scipy.special.gammaln(m + 1) - scipy.special.gammaln(m - order + 1)
    sizes += scipy.special.gammaln((m - order + 1) / 2) - scipy.special.gammaln((m + order + d) / 2)
    # coefficients fall like m^−3/2 at the slowest that matters; the rest is of the size of κ(1)
    ratios = sizes if rate is None else sizes - rate * np.sqrt(m)
    largest = (sizes - 3 * np.log1p(m)).max() if rate is None else ratios.max()
    enough = (ratios < largest - bits * np.log(2)) & (np.diff(ratios, append=-np.inf) < 0)
    return int(m[enough][0]) + 2 if enough.any() else None
