"""How much a perceptron can store, with spherical or binary weights."""

import sympy
from sympy import Expr, Rational, S, exp, log, pi, sqrt

from theorycalc.core.error_functions import log_ndtr
from theorycalc.core.errors import (
    DomainError,
    NotSupportedError,
    explain,
    unknown_name,
)
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.numbers import exact_short
from theorycalc.core.records import instance
from theorycalc.inference.solving.crossing import crossing
from theorycalc.inference.solving.line import gaussian_mean, normal_density, normal_law

_Z = sympy.Symbol("z", real=True)
_S = sympy.Symbol("s", positive=True)
_WEIGHTS = ("spherical", "binary")
# Between these the signal-to-noise ratios of stored patterns are sought.
_LEAST, _MOST = Rational(1, 10**6), S(60)
_LARGEST_LOAD = Rational(59, 50)
_LARGEST_MARGIN = 10**100


def capacity(kappa=0, weights: str = "spherical") -> Formula:
    """Patterns for each weight that a perceptron can store, in the limit of many weights.

    Parameters
    ----------
    kappa : number
        The margin, ≥ 0.
    weights : str
        ``"spherical"``: Gardner's 1/E max(t + κ, 0)²; ``"binary"``: where the replica-symmetric
        entropy vanishes, for κ = 0.

    Raises
    ------
    NotSupportedError
        For κ < 0, where the formula is an upper bound only, and for binary weights with a margin.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.capacity(1).at(using=tc.Ball(20)))
    0.51957222960493796949 ± 3e-21
    >>> print(tc.inference.capacity(weights="binary").at(using=tc.Ball(15)))
    0.833078599739579 ± 3e-16
    """
    kappa = exact_short(kappa, "kappa")
    if instance(weights, str, "weights") not in _WEIGHTS:
        raise unknown_name("weights", weights, _WEIGHTS)
    if kappa < 0:
        hint = "kappa ≥ 0: for negative margins the formula bounds the capacity from above only"
        raise NotSupportedError(explain("a negative margin", got=kappa, hint=hint))
    if kappa > _LARGEST_MARGIN:
        allowed = f"at most {_LARGEST_MARGIN}"
        raise NotSupportedError(explain("a margin so large", got=kappa, allowed=allowed))
    if weights == "spherical":
        mean = (1 + kappa**2) * normal_law(kappa) + kappa * normal_density(kappa)
        return Formula("alpha_c", 1 / mean)
    if kappa:
        raise NotSupportedError(explain("binary weights with a margin", got=kappa, allowed="0"))
    load, entropy = _binary_storage()
    return Formula("alpha_c", substitute(load, {_S: crossing(entropy, _S, _LEAST, _MOST)}))


def storage_entropy(alpha) -> Formula:
    """The entropy for each binary weight of the perceptrons that store αN random patterns.

    Replica symmetric; it vanishes at the capacity and is negative, without a meaning, beyond it.

    Parameters
    ----------
    alpha : number
        Patterns for each weight, > 0.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.storage_entropy("1/2").at(using=tc.Ball(10)))
    0.3143900669 ± 5e-11
    """
    alpha = exact_short(alpha, "alpha")
    if not alpha > 0:
        raise DomainError(explain("patterns for each weight", got=alpha, allowed="alpha > 0"))
    if alpha > _LARGEST_LOAD:
        allowed = f"alpha ≤ {_LARGEST_LOAD}: there is no solution from 4/π on"
        raise DomainError(explain("too many patterns", got=alpha, allowed=allowed))
    load, entropy = _binary_storage()
    # α ~ (π/2) s for few patterns
    snr = crossing(load - alpha, _S, min(_LEAST, alpha / 10), _MOST)
    beyond = capacity(weights="binary").at().upper < float(alpha)
    note = "beyond the capacity: negative" if beyond else ""
    return Formula("S", substitute(entropy, {_S: snr}), note=note)


def _binary_storage() -> tuple[Expr, Expr]:
    """α and the entropy at an effective signal-to-noise ratio."""
    left = sympy.Symbol("V", positive=True)
    v = gaussian_mean(1 / sympy.cosh(sqrt(_S) * _Z) ** 2, _Z)
    u = sqrt((1 - left) / left) * _Z
    t2 = (1 - left) / left
    # (φ/Φ)² ≤ (1 + |u|)², and |log Φ| ≤ log 2 + |u| + u²/2
    rate = gaussian_mean(exp(-(u**2) - 2 * log_ndtr(u)) / (2 * pi), _Z, 2, 2 * t2)
    volume = gaussian_mean(log_ndtr(u), _Z, 2, t2)
    load = substitute(_S * left / rate, {left: v})
    spins = log(2) + gaussian_mean(log(sympy.cosh(sqrt(_S) * _Z)), _Z, 1, _S)
    return load, spins - _S * v / 2 + load * substitute(volume, {left: v})
