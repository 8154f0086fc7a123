"""The Franz–Parisi potential of the binary perceptron, with the teacher as the reference."""

import sympy
from sympy import Rational, S, atanh, exp, log, pi, sqrt

from theorycalc.core.error_functions import log_ndtr
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.numbers import exact
from theorycalc.inference.solving.fixed_point import fixed_point
from theorycalc.inference.solving.line import gaussian_mean, normal_law

_Z = sympy.Symbol("z", real=True)
_FIELD = sympy.Symbol("mhat", real=True)
_Q = sympy.Symbol("q", positive=True)
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
        m in (0, 1).

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.franz_parisi(1, "3/10").at())
    0.051924170952 ± 3e-13
    """
    alpha, m = exact(alpha, "alpha"), exact(overlap, "overlap")
    if not (alpha > 0 and 0 < m < 1):
        got, allowed = f"alpha = {alpha}, m = {m}", "alpha > 0, 0 < m < 1"
        raise DomainError(explain("out of range", got=got, allowed=allowed))
    u, seen = sqrt(_Q / (1 - _Q)) * _Z, normal_law(m * _Z / sqrt(_Q - m**2))
    t2 = _Q / (1 - _Q)
    # (φ/Φ)² ≤ (1 + |u|)², and |log Φ| ≤ log 2 + |u| + u²/2
    rate = gaussian_mean(seen * exp(-(u**2) - 2 * log_ndtr(u)) / (2 * pi), _Z, 2, 2 * t2)
    snr = 2 * alpha / (1 - _Q) * rate
    # the mean is even in the field of the pattern: its parameters are symbols of their own
    strength = sympy.Symbol("qhat", positive=True)
    arg = _FIELD + sqrt(strength) * _Z
    mean, square = (
        substitute(gaussian_mean(sympy.tanh(arg) ** k, _Z), {strength: snr}) for k in (1, 2)
    )
    nexts = (
        _FIELD + (m - mean) / (1 - m**2) / 2,
        _DAMPING * _Q + (1 - _DAMPING) * square,
    )
    field, q = fixed_point((_FIELD, _Q), nexts, (atanh(m), m**2 + (1 - m**2) / 2))
    spins = gaussian_mean(log(sympy.cosh(arg)), _Z, 1 + sympy.Abs(_FIELD) + strength, S.One)
    outer = 2 * alpha * gaussian_mean(seen * log_ndtr(u), _Z, 2, t2)
    entropy = log(2) + spins - m * _FIELD - strength * (1 - _Q) / 2 + outer
    entropy = substitute(substitute(entropy, {strength: snr}), {_FIELD: field, _Q: q})
    return Formula("S", entropy, note="replica symmetric")
