"""Power laws of spectrum and target: how errors fall with many samples, in four regimes."""

from dataclasses import dataclass

import sympy
from sympy import Expr, gamma, oo, pi, sin, zeta

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Record
from theorycalc.core.numbers import exact
from theorycalc.core.records import check_fields
from theorycalc.learning_curves.arguments import formula

_STEEPEST = 100
_LOGARITHM = "at b − 1 = 2a the error has a logarithm of n besides"


@dataclass(frozen=True, repr=False)
class PowerLawCurve(Record):
    """How κ and the error fall with n.

    Attributes
    ----------
    regime : str
        ``"noiseless"`` or ``"noisy"``, ``"unregularised"`` or ``"regularised"``.
    kappa_exponent, exponent : Formula
        κ ~ n^{−kappa_exponent}, and of the error without the noise of new samples.
    kappa_constant, error_constant : Formula
        The limits of κn^a and of the error times n^exponent without noise and ridge.
    """

    regime: str
    kappa_exponent: Formula
    exponent: Formula
    kappa_constant: Formula
    error_constant: Formula

    def __post_init__(self):
        check_fields(self)


def power_law(a, b, noise=0, ridge_exponent=oo) -> PowerLawCurve:
    """Kernel regression with eigenvalues i^{−a} and a target of powers i^{−b}, for large n.

    Parameters
    ----------
    a, b : number
        Both > 1.
    noise : number
        Variance of the noise: whether there is any decides the regime.
    ridge_exponent : number or oo
        ℓ, of a ridge δ = n^{1−ℓ} in K + δI; oo without one.

    Returns
    -------
    PowerLawCurve

    Notes
    -----
    κ ~ n^{−min(a, ℓ)}. The bias is κ^{min((b−1)/a, 2)}, the variance σ²κ^{−1/a}/n; the slower of
    them is the error: noiseless, or noisy where the variance is, with the ridge felt for ℓ < a.
    Without a ridge the noise stays: exponent 0.

    References
    ----------
    H. Cui, B. Loureiro, F. Krzakala, L. Zdeborová, "Generalization error rates in kernel
    regression: the crossover from the noiseless to noisy regime", arXiv:2105.15004.

    Examples
    --------
    >>> import theorycalc as tc
    >>> curve = tc.learning_curves.power_law(2, 2)
    >>> curve.regime, curve.exponent.expr, curve.error_constant.expr
    ('noiseless, unregularised', 1, pi**2/4)
    >>> noisy = tc.learning_curves.power_law(2, 2, noise=1, ridge_exponent="3/2")
    >>> noisy.regime, noisy.exponent.expr
    ('noisy, regularised', 1/4)
    """
    a, b, noise = _exponent(a, "a"), _exponent(b, "b"), real_parameter(noise, "noise", 0)
    endless = isinstance(ridge_exponent, Expr | float) and ridge_exponent == oo
    strength = oo if endless else exact(ridge_exponent, "ridge_exponent")
    if not strength > 0:
        raise DomainError(explain("the ridge outgrows the kernel", got=strength, allowed="> 0"))
    falls = sympy.Min(a, strength)
    bias, variance = falls / a * sympy.Min(b - 1, 2 * a), 1 - falls / a
    noisy = bool(noise != 0 and variance < bias)
    regime = "noisy, " if noisy else "noiseless, "
    regime += "regularised" if strength < a else "unregularised"
    size = ((pi / a) / sin(pi / a)) ** a
    constant, note = _error_constant(a, b, size)
    return PowerLawCurve(
        regime,
        formula("kappa_exponent", falls),
        formula("exponent", variance if noisy else bias),
        formula("C", size),
        formula("c", constant, note=note),
    )


def _exponent(x, what: str) -> Expr:
    x = exact(x, what)
    if not 1 < x <= _STEEPEST:
        allowed = f"> 1, where the sum is finite, and ≤ {_STEEPEST}"
        raise DomainError(explain(f"{what} is no exponent", got=x, allowed=allowed))
    return x


def _error_constant(a: Expr, b: Expr, size: Expr) -> tuple[Expr, str]:
    """The limit of the error times n^{min(b − 1, 2a)}, where κn^a tends to ``size``."""
    if b - 1 == 2 * a:
        return oo, _LOGARITHM
    if b - 1 > 2 * a:
        return a * size**2 * zeta(b - 2 * a), ""
    s = (2 * a - b + 1) / a
    # ∫ of (C/(x^{−a} + C))² x^{−b} by x^a: a Beta function
    return gamma(s) * gamma(2 - s) * size ** ((b - 1) / a), ""
