"""The Franz–Parisi potential of the binary perceptron, with the teacher as the reference."""

import sympy
from sympy import Rational, S, atanh, exp, log, pi, sqrt

from theorycalc.core.error_functions import log_ndtr
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.numbers import exact_short
from theorycalc.inference.capacities import storage_entropy
from theorycalc.inference.solving.fixed_point import fixed_point
from theorycalc.inference.solving.line import gaussian_mean, normal_law

_Z = sympy.Symbol("z", real=True)
_FIELD = sympy.Symbol("mhat", real=True)
# (q − m²)/(1 − m²), the part of the overlap of two students that is not by the teacher.
_R = sympy.Symbol("r", positive=True)
_DAMPING = Rational(7, 10)


def franz_parisi(alpha, overlap) -> Formula:
    """The entropy of binary students of αN noiseless signs at an overlap m with their teacher.

    Replica symmetric. It is largest at the overlap of the posterior, and negative where typically
    no student is.

    Parameters
    ----------
    alpha : number
        Samples for each weight, > 0.
    overlap : number
        m in (−1, 1); at 0 it is the entropy of storage.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.franz_parisi(1, "3/10").at())
    0.051924170952 ± 4e-13
    """
    alpha, m = exact_short(alpha, "alpha"), exact_short(overlap, "overlap")
    if not (alpha > 0 and -1 < m < 1):
        got, allowed = f"alpha = {alpha}, m = {m}", "alpha > 0, −1 < m < 1"
        raise DomainError(explain("out of range", got=got, allowed=allowed))
    if m == 0:
        return storage_entropy(alpha)  # the teacher's signs are as good as random
    # students at this overlap are within one of each other where this many samples are seen
    most = 2 * exp(-2 * sympy.erfinv(m) ** 2) / (sympy.acos(m) - m * sqrt(1 - m**2))
    if not float(alpha) < (limit := float(most)):
        allowed = f"alpha < {limit:.6g} at this overlap"
        raise DomainError(explain("no replica-symmetric solution", got=alpha, allowed=allowed))
    q = m**2 + (1 - m**2) * _R
    t2 = q / (1 - q)
    u, seen = sqrt(t2) * _Z, normal_law(m * _Z / sqrt((1 - m**2) * _R))
    # (φ/Φ)² ≤ (1 + |u|)², and |log Φ| ≤ log 2 + |u| + u²/2
    rate = gaussian_mean(seen * exp(-(u**2) - 2 * log_ndtr(u)) / (2 * pi), _Z, 2, 2 * t2)
    snr = 2 * alpha / (1 - q) * rate
    # the mean is even in the field of the pattern: its parameters are symbols of their own
    strength, mean = sympy.symbols("qhat mbar", positive=True)
    arg = _FIELD + sqrt(strength) * _Z
    missing = substitute(gaussian_mean(2 / (1 + exp(2 * arg)), _Z, 2), {strength: snr})
    spread = gaussian_mean((sympy.tanh(arg) - mean) ** 2, _Z, 4)
    spread = substitute(substitute(spread, {mean: 1 - missing}), {strength: snr})
    odds = (1 + m) / (1 - m) * missing / (2 - missing)
    # 1 − q as it is, so that a field on its way leaves the share between 0 and 1
    left = substitute(gaussian_mean(sympy.cosh(arg) ** -2, _Z), {strength: snr})
    share = _DAMPING * _R + (1 - _DAMPING) * spread / (spread + left)
    nexts = (_FIELD + log(odds) / 2, share)
    field, share = fixed_point((_FIELD, _R), nexts, (atanh(m), S.Half))
    # log 2 cosh x = x + log(1 + e^−2x), and log(1 + e^−2x) ≤ log 2 + 2|x|
    rest = gaussian_mean(log(1 + exp(-2 * arg)), _Z, 1 + 2 * sympy.Abs(_FIELD) + strength, S.One)
    outer = 2 * alpha * gaussian_mean(seen * log_ndtr(u), _Z, 2, t2)
    entropy = rest + (1 - m) * _FIELD - strength * (1 - q) / 2 + outer
    entropy = substitute(substitute(entropy, {strength: snr}), {_FIELD: field, _R: share})
    return Formula("S", entropy, note="replica symmetric")
