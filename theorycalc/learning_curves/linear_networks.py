"""Linear networks during training: errors over time, and the time at which to stop."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import sympy
from sympy import Expr, Max, cos, exp, pi, sin, sqrt

from theorycalc.core.arithmetic import Float
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.expressions import positive_parameter, real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Record
from theorycalc.core.records import check_fields
from theorycalc.core.roots import find_root
from theorycalc.core.scaled_functions import besseli_scaled
from theorycalc.core.value import Value
from theorycalc.learning_curves.arguments import formula
from theorycalc.learning_curves.ridge_regression import ridge

TIME = sympy.Symbol("t", nonnegative=True)
_ANGLE = sympy.Dummy("theta", real=True)
# Times between which the first minimum is looked for, in doubles.
_FIRST, _DOUBLINGS = sympy.Rational(1, 64), 80


@dataclass(frozen=True, repr=False)
class GradientFlow(Record):
    """Gradient flow of a linear network, in the limit of many dimensions.

    Attributes
    ----------
    alpha : Expr
        Samples over dimension.
    signal, noise : Expr
    """

    alpha: Expr
    signal: Expr
    noise: Expr

    def __post_init__(self):
        check_fields(self)

    @cached_property
    def test(self) -> Formula:
        """The mean-square error on new samples at time t, their noise included."""
        unseen = Max(0, 1 - self.alpha) * self.signal
        if self.alpha == 1:
            forgotten, fitted = _forgotten(2 * TIME), _fitted(2 * TIME) - _fitted(4 * TIME) / 2
        else:
            decay = exp(-TIME * self._eigenvalue)
            forgotten = self._mean(decay**2)
            fitted = self._mean((1 - decay) ** 2 / self._eigenvalue)
        return formula("E_g", self.signal * forgotten + self.noise * fitted + unseen + self.noise)

    @cached_property
    def train(self) -> Formula:
        """The mean-square error on the training samples at time t."""
        decay = exp(-2 * TIME * self._eigenvalue)
        left = self._mean((self._eigenvalue * self.signal + self.noise) * decay)
        noise = Max(0, 1 - 1 / self.alpha) * self.noise
        return formula("E_tr", left / self.alpha + noise)

    @property
    def _eigenvalue(self) -> Expr:
        return 1 + self.alpha + 2 * sqrt(self.alpha) * cos(_ANGLE)

    def _mean(self, expr: Expr) -> Expr:
        """∫ over the continuous part of the law of X'X, Marchenko–Pastur in its angle."""
        density = 2 * self.alpha / pi * sin(_ANGLE) ** 2 / self._eigenvalue
        if self.alpha == 1:
            density = (1 - cos(_ANGLE)) / pi  # without the removable 0/0
        return sympy.Integral(expr * density, (_ANGLE, 0, pi))

    @cached_property
    def _slope(self) -> Formula:
        """Half of the derivative of the test error in time."""
        decay = exp(-TIME * self._eigenvalue)
        pulled = -self._eigenvalue * self.signal * decay**2
        return formula("slope", self._mean(pulled + self.noise * (1 - decay) * decay))

    def stopping_time(self, using: Arithmetic = Float()) -> Value:
        """The time of the least test error: the first at which it rises.

        Raises
        ------
        DomainError
            Without noise: the error falls for ever.

        Examples
        --------
        >>> import theorycalc as tc
        >>> flow = tc.learning_curves.gradient_flow(2, noise="1/4")
        >>> print(flow.stopping_time().digits(12))
        2.00218516049
        """
        if not all(x.is_number for x in (self.alpha, self.signal, self.noise)):
            raise DomainError(explain("the best time needs numbers", got=self))
        if self.noise == 0 or self.signal == 0:
            got, hint = f"signal={self.signal}, noise={self.noise}", "both > 0"
            raise DomainError(explain("the error has no minimum in time", got=got, hint=hint))
        rate, time = self._slope.lambdify(), _FIRST
        for _ in range(_DOUBLINGS):
            if float(rate(float(time))) > 0:
                break
            time = 2 * time
        return find_root(self._slope, "t", (time / 2 if time > _FIRST else 0, time), using)

    @property
    def best_ridge(self) -> Formula:
        """The test error of the best ridge, which stopping early does not undercut."""
        return ridge(1 / self.alpha, "optimal", self.signal, self.noise).test


def gradient_flow(alpha, signal=1, noise=0) -> GradientFlow:
    """Errors of a linear network over its training time, by gradient flow of ½|Xw − y|².

    Parameters
    ----------
    alpha : number or positive symbol
        Samples over dimension, α = P/N; entries of X have variance 1/N.
    signal : number or symbol
        Variance S of the weights of the teacher, with that of the student's initial weights.
    noise : number or symbol
        Variance σ² of the noise.

    Returns
    -------
    GradientFlow
        With the formulas test and train in the time t, and ``stopping_time()``.

    Notes
    -----
    With the Marchenko–Pastur law ρ of X'X off 0,
    test = ∫ρ [S e^{−2λt} + σ²(1 − e^{−λt})²/λ] + (1 − α)₊S + σ². A limit: at α = 1 and N dimensions
    it holds up to times of order N².

    References
    ----------
    M. Advani, A. Saxe, "High-dimensional dynamics of generalization error in neural networks",
    arXiv:1710.03667.

    Examples
    --------
    >>> import theorycalc as tc
    >>> flow = tc.learning_curves.gradient_flow("1/2", noise="1/4")
    >>> print(flow.test.at(t="1/2", using=tc.Ball(20)))
    0.99264997365863348572 ± 3e-21
    """
    alpha = positive_parameter(alpha, "alpha")
    return GradientFlow(
        alpha, real_parameter(signal, "signal", 0), real_parameter(noise, "noise", 0)
    )


def _forgotten(u: Expr) -> Expr:
    """∫ρ e^{−λu} at α = 1: e^{−2u}(I_0 + I_1)(2u)."""
    return _bessel(0, 2 * u) + _bessel(1, 2 * u)


def _fitted(x: Expr) -> Expr:
    """2 ∫ρ (1 − e^{−λx/2})/λ at α = 1."""
    return 2 * x * (_bessel(0, x) + _bessel(1, x)) + _bessel(0, x) - 1


def _bessel(order: int, x: Expr) -> Expr:
    return cast(Expr, besseli_scaled(order, x))
