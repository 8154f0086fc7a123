"""Thresholds of kernel density estimators in high dimension: e^{αd} points, bandwidth h.

n = e^{αd} points y_i from N(0, I_d), a Gaussian kernel of bandwidth h, and an independent point x
from N(0, I_d): ρ̂(x) = (1/n) Σ (2π h²)^{−d/2} exp(−‖x − y_i‖²/(2h²)). Everything is a limit per
dimension, d → ∞ at fixed α = (log n)/d. The sum is a random energy model: with

    φ(λ) = lim (1/d) log E exp(−λ ‖x − y‖²/2) = −log(1 + λ)/2 − λ/(2(1 + λ))

it freezes where λ φ'(λ) − φ(λ) = α, at λ = u = 1/h_G². In y = log(1 + u) this is

    α = (y − e^{−y} (1 − e^{−y}))/2.
"""

from enum import StrEnum

import sympy
from sympy import Expr, exp, log, sqrt
from sympy.codegen.cfunctions import expm1, log1p

from theorycalc.core.arithmetic import Ball
from theorycalc.core.calls import tell_calls
from theorycalc.core.errors import DomainError, PrecisionError, explain
from theorycalc.core.expressions import real_expression
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact
from theorycalc.quantization.freezing_point import FreezingPoint

__all__ = ["Phase", "h_CLT", "h_G", "h_opt", "kl_per_dimension", "phase", "stable_index"]

ALPHA = sympy.Symbol("alpha", positive=True)
H = sympy.Symbol("h", positive=True)
_Y = sympy.Symbol("y_G", positive=True)
_DECIDING_DIGITS = 50


class Phase(Shown, StrEnum):
    """What the sum of kernels at a typical point is made of."""

    CENTRAL_LIMIT = "Gaussian fluctuations"
    STABLE = "the mean concentrates, fluctuations follow a stable law"
    CONDENSED = "a few nearest points dominate"


def h_G(alpha=ALPHA) -> Formula:  # noqa: N802 - as it is written
    """The bandwidth below which a few nearest points make the estimate: the sum freezes.

    Parameters
    ----------
    alpha : number or Symbol
        (log n)/d > 0; a symbol by default.

    Returns
    -------
    Formula
        h_G = u^{−1/2} with α = (log(1 + u) − u/(1 + u)²)/2; h_G² ≈ √(3/(4α)) for small α.

    Raises
    ------
    DomainError
        For α ≤ 0 or no number.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.quantization.kde.h_G("0.5").at(using=tc.Ball(20)))
    0.65214533115091133592 ± 5e-21
    """
    return _formula("h_G", alpha, 1 / sqrt(expm1(_Y)))


def h_CLT(alpha=ALPHA) -> Formula:  # noqa: N802
    """The bandwidth √2 h_G above which sums of kernels obey the central limit theorem.

    There the second moment freezes. Parameters and errors are those of `h_G`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.quantization.kde.h_CLT("0.5").at(using=tc.Ball(20)))
    0.92227277195191207406 ± 3e-21
    """
    return _formula("h_CLT", alpha, sqrt(2) / sqrt(expm1(_Y)))


def h_opt(alpha=ALPHA) -> Formula:
    """The bandwidth with the least Kullback–Leibler divergence; it is below `h_G`.

    h_opt² = 1/(1 + u) + 1/(1 + u)² with u = 1/h_G². Parameters and errors are those of `h_G`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.quantization.kde.h_opt("0.5").at(using=tc.Ball(20)))
    0.62243619053444793369 ± 1e-21
    """
    return _formula("h_opt", alpha, sqrt(exp(-_Y) * (1 + exp(-_Y))))


def kl_per_dimension(alpha=ALPHA, h=None) -> Formula:
    r"""lim KL(N(0, I_d) ‖ ρ̂)/d: at a bandwidth h, or at the best one.

    Parameters
    ----------
    alpha : number or Symbol
        (log n)/d > 0.
    h : number or Symbol, optional
        Bandwidth > 0. Without it the least divergence, that of `h_opt`.

    Returns
    -------
    Formula
        Continuous in h; two expressions meet at `h_G`.

    Raises
    ------
    DomainError
        For α ≤ 0, h ≤ 0 or no numbers.

    Notes
    -----
    With t = h_opt²,

    .. math:: \frac{\mathrm{KL}}{d} = \tfrac12 \log(1+h^2) + \frac1{2(1+h^2)} - \tfrac12
        \quad (h > h_G), \qquad \alpha + \tfrac12 \log h^2 + \frac{t}{2h^2} - \tfrac12
        \quad (h < h_G).

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.quantization.kde.kl_per_dimension("0.5").at(using=tc.Ball(20)))
    0.025885838937166612779 ± 4e-22
    >>> print(tc.quantization.kde.kl_per_dimension("0.5", h=1).at())
    0.09657359027997266 ± 6e-18
    """
    near = exp(-_Y)
    if h is None:
        return _formula("KL_opt", alpha, (log1p(near) - near * (1 - near)) / 2)
    h = _positive(h, "h")
    smooth = (log1p(h**2) - h**2 / (1 + h**2)) / 2
    gap = near * (1 + near) / h**2
    frozen = _alpha(alpha) + (log(h**2) + gap - 1) / 2
    body = sympy.Piecewise((smooth, h**2 * expm1(_Y) > 1), (frozen, True))
    return _formula("KL", alpha, body, [x for x in (h,) if x.is_Symbol])


def stable_index(alpha: Expr = ALPHA, h: Expr = H) -> Formula:
    """(h/h_G)², the index of the stable law of ρ̂ at a typical point: 1 at h_G, 2 at h_CLT.

    Beyond h_CLT the law is Gaussian, and below h_G the mean of a stable law is infinite.
    Parameters and errors are those of `kl_per_dimension`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.quantization.kde.stable_index("0.5", "0.8").at())
    1.50484300942188 ± 4e-15
    """
    h = _positive(h, "h")
    return _formula("index", alpha, h**2 * expm1(_Y), [x for x in (h,) if x.is_Symbol])


def phase(alpha, h) -> Phase:
    """The phase of numbers α and h.

    Raises
    ------
    DomainError
        For α ≤ 0, h ≤ 0, or no numbers.
    PrecisionError
        If h is on a threshold to 50 digits.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.quantization.kde.phase("0.5", "0.8")
    <Phase.STABLE: 'the mean concentrates, fluctuations follow a stable law'>
    """
    index = stable_index(exact(alpha, "alpha"), exact(h, "h")).at(using=Ball(_DECIDING_DIGITS))
    for threshold, found in ((1, Phase.CONDENSED), (2, Phase.STABLE)):
        if index.contains(threshold):
            raise PrecisionError(explain("h is on a threshold", got=f"index = {index}"), index)
        if index.upper < threshold:
            return found
    return Phase.CENTRAL_LIMIT


def _formula(name: str, alpha, body: Expr, more=()) -> Formula:
    """A formula in y_G = log(1 + 1/h_G²)."""
    alpha = _alpha(alpha)
    args = [x for x in (alpha,) if x.is_Symbol]
    return Formula(name, body, args=[*args, *more], where=[(_Y, FreezingPoint(alpha))])


def _alpha(alpha) -> Expr:
    return _positive(alpha, "alpha")


def _positive(x, name: str) -> Expr:
    """A positive number, or a symbol."""
    if isinstance(x, sympy.Symbol):
        return real_expression(x, name, 0)
    x = exact(x, name)
    if x <= 0:
        raise DomainError(explain(f"{name} is not positive", got=x, allowed=f"{name} > 0"))
    return x


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
