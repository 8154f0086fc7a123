"""The LASSO on sparse signals: its errors, and where it recovers them without noise."""

from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S, sqrt

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_short
from theorycalc.inference.solving.crossing import crossing
from theorycalc.inference.solving.line import normal_density, normal_law

_TAU = sympy.Symbol("tau", positive=True)
_Z = sympy.Symbol("z", positive=True)
# Beyond it nothing that doubles can tell from 0 is left.
_LARGEST_THRESHOLD = 1000


@dataclass(frozen=True)
class Lasso(Shown):
    """min |y − Ax|²/2 + λ|x|₁ for n = δd samples with entries N(0, 1/n) and noise of variance D.

    The signal is Gauss–Bernoulli: N(0, 1) with probability ρ, 0 otherwise. The threshold is a τ
    with the effective noise τ² = D + mse/δ.

    Parameters
    ----------
    rho, delta, noise, threshold : number
        ρ in (0, 1], δ > 0, D > 0 and a.

    Raises
    ------
    DomainError
        For parameters out of range, or a threshold for which τ is infinite or λ is negative.

    Examples
    --------
    >>> import theorycalc as tc
    >>> state = tc.inference.lasso("1/10", "1/2", "1/100", "3/2")
    >>> print(state.mse().at(using=tc.Ball(18)))
    0.00756503079449009283 ± 5e-21
    """

    rho: Expr
    delta: Expr
    noise: Expr
    threshold: Expr

    def __post_init__(self):
        for name in ("rho", "delta", "noise", "threshold"):
            object.__setattr__(self, name, exact_short(getattr(self, name), name))
        if not (0 < self.rho <= 1 and self.delta > 0 and self.noise > 0 and self.threshold > 0):
            allowed = "0 < rho ≤ 1, delta > 0, noise > 0, threshold > 0"
            raise DomainError(explain("not a LASSO problem", got=str(self), allowed=allowed))
        a = self.threshold
        if a > _LARGEST_THRESHOLD:
            allowed = f"at most {_LARGEST_THRESHOLD}"
            raise DomainError(explain("a threshold so large", got=a, allowed=allowed))
        slope = 2 * ((1 + a**2) * normal_law(-a) - a * normal_density(a))
        if not float(slope) < float(self.delta):
            hint = "a larger threshold"
            raise DomainError(explain("the effective noise is infinite", got=a, hint=hint))
        if not float(Formula("", self._active_fraction()).at()) < float(self.delta):
            hint = "a larger threshold"
            raise DomainError(explain("λ is negative: more active than samples", got=a, hint=hint))

    def _mse(self) -> Expr:
        """In τ."""
        spread, theta = sqrt(1 + _TAU**2), self.threshold * _TAU
        nonzero = _clipped(spread, theta) - 4 * normal_law(-theta / spread) + 1
        return self.rho * nonzero + (1 - self.rho) * _clipped(_TAU, theta)

    def _tau(self) -> Expr:
        # the error is at most linear in τ², with a slope below δ
        f = _TAU**2 - self.noise - self._mse() / self.delta
        a = self.threshold
        slope = 2 * ((1 + a**2) * normal_law(-a) - a * normal_density(a)) / self.delta
        most = (self.noise + self.rho * (1 + a**2) / self.delta + 1) / (1 - float(slope))
        most = sympy.ceiling(10 * most * (1 + a**2))
        return crossing(f, _TAU, sqrt(self.noise), sympy.Integer(most))

    def _active_fraction(self) -> Expr:
        a = self.threshold
        spread = sqrt(1 + _TAU**2)
        active = self.rho * normal_law(-a * _TAU / spread) + (1 - self.rho) * normal_law(-a)
        return substitute(2 * active, {_TAU: self._tau()})

    def tau(self) -> Formula:
        """The standard deviation of the effective noise.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.lasso(1, 2, 1, 1).tau().at(using=tc.Ball(8)))
        1.1609326 ± 4e-08
        """
        return Formula("tau", self._tau())

    def mse(self) -> Formula:
        """E (x̂ − x)².

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.lasso(1, 2, 1, 1).mse().at(using=tc.Ball(8)))
        0.69552918 ± 5e-09
        """
        return Formula("mse", substitute(self._mse(), {_TAU: self._tau()}))

    def active_fraction(self) -> Formula:
        """The fraction of coordinates that are not 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.lasso(1, 2, 1, 1).active_fraction().at(using=tc.Ball(8)))
        0.44864892 ± 4e-09
        """
        return Formula("act", self._active_fraction())

    def penalty(self) -> Formula:
        """λ = a τ (1 − active fraction/δ).

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.lasso(1, 2, 1, 1).penalty().at(using=tc.Ball(8)))
        0.90050705 ± 2e-09
        """
        theta = self.threshold * self._tau()
        return Formula("lambda", theta * (1 - self._active_fraction() / self.delta))


def lasso(rho, delta, noise, threshold) -> Lasso:
    """The LASSO at a threshold of ``threshold`` standard deviations of its effective noise.

    Parameters
    ----------
    rho, delta, noise, threshold : number
        Fraction of unknowns that are not 0, samples for each unknown, variance of the noise, and
        the threshold in units of τ.

    Returns
    -------
    Lasso

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.lasso("1/5", "7/10", "1/100", "6/5").active_fraction().at())
    0.351569628204505 ± 4e-16
    """
    return Lasso(rho, delta, noise, threshold)


def sparse_recovery(delta) -> Formula:
    """The largest ρ/δ at which ℓ₁ recovers without noise (Donoho and Tanner).

    Parameters
    ----------
    delta : number
        Samples for each unknown, in (0, 1).

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.sparse_recovery("1/2").at(using=tc.Ball(18)))
    0.385689666181480919 ± 4e-19
    """
    delta = exact_short(delta, "delta")
    if not 0 < delta < 1:
        raise DomainError(explain("samples for each unknown", got=delta, allowed="0 < delta < 1"))
    tail = normal_density(_Z) - _Z * normal_law(-_Z)
    z = crossing(2 * normal_density(_Z) / (_Z + 2 * tail) - delta, _Z, Rational(1, 10**9), S(30))
    ratio = 1 - _Z * normal_law(-_Z) / normal_density(_Z)
    return Formula("rho_delta", substitute(ratio, {_Z: z}))


def _clipped(spread: Expr, theta: Expr) -> Expr:
    """E of the square of a normal variable beyond a soft threshold."""
    t = theta / spread
    return 2 * ((spread**2 + theta**2) * normal_law(-t) - theta * spread * normal_density(t))
