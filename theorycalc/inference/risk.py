"""Empirical risk minimisation: what a convex loss with a ridge learns from n = αd samples."""

from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S, acos, pi, sqrt

from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_short
from theorycalc.core.records import instance
from theorycalc.inference.losses import OMEGA, Loss, Move, V, loss, proximal
from theorycalc.inference.minimisers import check_labels, check_one_minimiser
from theorycalc.inference.mixtures import Mixture
from theorycalc.inference.outputs import noise_variance
from theorycalc.inference.priors import Prior
from theorycalc.inference.solving.fixed_point import fixed_point
from theorycalc.inference.solving.line import gaussian_mean, normal_density, normal_law

_M, _Q = sympy.symbols("m q", positive=True)
# |w − w*|²/d
_APART = sympy.Symbol("E", positive=True)
_Z = sympy.Symbol("z", real=True)
_TEACHERS = ("sign", "mixture", "linear")


@dataclass(frozen=True)
class Erm(Shown):
    """min Σ l(y, a·w/√d) + (λ/2)|w|² over n = αd samples.

    Attributes
    ----------
    loss : Loss
    alpha, ridge : Expr
    teacher : str
        ``"sign"``: y = sign(w*·a/√d), |w*|² = d; ``"mixture"``: a = yμ + noise, |μ|² = mean;
        ``"linear"``: y = w*·a/√d + noise.
    mean : Expr
    noise : Mixture
        Of a linear teacher.
    """

    loss: Loss
    alpha: Expr
    ridge: Expr
    teacher: str
    mean: Expr
    noise: Mixture

    def __post_init__(self):
        for name in ("alpha", "ridge", "mean"):
            object.__setattr__(self, name, exact_short(getattr(self, name), name))
        object.__setattr__(self, "loss", loss(self.loss))
        object.__setattr__(self, "noise", _noise(self.noise))
        if instance(self.teacher, str, "a teacher") not in _TEACHERS:
            raise unknown_name("teacher", self.teacher, _TEACHERS)
        if not (self.alpha > 0 and self.ridge >= 0 and self.mean > 0):
            got = f"alpha = {self.alpha}, ridge = {self.ridge}, mean = {self.mean}"
            allowed = "alpha > 0, ridge ≥ 0, mean > 0"
            raise DomainError(explain("out of range", got=got, allowed=allowed))
        law, noise = self.loss.of(self.teacher), self.noise.components
        if self.teacher != "linear":
            check_labels(law)
            if self.noise.second_moment:
                raise DomainError(explain("noise of labels", got=noise, hint="teacher='linear'"))
        elif not (self.ridge or self.noise.second_moment):
            raise DomainError(explain("w = w* without noise and a ridge", hint="noise > 0"))
        if self.ridge == 0:
            check_one_minimiser(law, self.alpha, self.teacher, self.mean, noise)

    def _solution(self) -> tuple[Expr, Expr, Expr]:
        """m, q and |w − w*|²/d at the fixed point of the state evolution."""
        if self.teacher == "linear":
            return self._linear()
        move, alpha, signal = proximal(self.loss.expr), self.alpha, self.mean
        omega = sqrt(_Q) * _Z
        if self.teacher == "mixture":
            omega = _M + omega
            weight, slope = S.One, S.One
        else:
            signal = S.One
            c = _M / sqrt(_Q * (_Q - _M**2))
            weight = 2 * normal_law(c * sqrt(_Q) * _Z)
            slope = 2 * normal_density(c * sqrt(_Q) * _Z) / sqrt(1 - _M**2 / _Q)
        pull = alpha * _mean(move, move.push, omega, slope)
        noise = alpha * _mean(move, move.push**2, omega, weight)
        total = self.ridge + alpha * _mean(move, move.stiffness, omega, weight)
        nexts = (signal * pull / total, (signal * pull**2 + noise) / total**2, 1 / total)
        m, q, _ = fixed_point((_M, _Q, V), nexts, (Rational(3, 10), S.Half, S.One))
        return m, q, 1 - 2 * m + q

    def _linear(self) -> tuple[Expr, Expr, Expr]:
        """Means over the residuals y − ω, which are N(0, |w − w*|²/d) and the noise."""
        move, square, stiffness = proximal(self.loss.of("linear")), S.Zero, S.Zero
        for weight, mean, variance in self.noise.components:
            residual = mean + sqrt(_APART + variance) * _Z
            square += weight * _mean(move, move.push**2, residual)
            stiffness += weight * _mean(move, move.stiffness, residual)
        total = self.ridge + self.alpha * stiffness
        nexts = ((self.ridge**2 + self.alpha * square) / total**2, 1 / total)
        apart, v = fixed_point((_APART, V), nexts, (S.One, S.One))
        m = 1 - self.ridge * v
        return m, apart - 1 + 2 * m, apart

    def m(self) -> Formula:
        """w·w*/d with a teacher, w·μ/√d in a mixture.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.erm("hinge", 2, "1/2", teacher="mixture").m().at())
        0.72090699407514 ± 7e-15
        """
        return Formula("m", self._solution()[0])

    def q(self) -> Formula:
        """|w|²/d.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.erm("square", 2, "1/2").q().at(using=tc.MP(20)))
        0.47359586173035484394 ± 1e-21
        """
        return Formula("q", self._solution()[1])

    def error(self) -> Formula:
        """The fraction of new samples that is classified wrongly, or the mean square of residuals.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.erm("logistic", 2, "1/10").error().at())
        0.1796623928610 ± 8e-14
        """
        m, q, apart = self._solution()
        if self.teacher == "linear":
            return Formula("epsilon", apart + self.noise.second_moment)
        if self.teacher == "mixture":
            return Formula("epsilon", normal_law(-m / sqrt(q)))
        return Formula("epsilon", acos(m / sqrt(q)) / pi)

    def _repr_latex_(self):
        return rf"$\text{{{self}}}$"

    def __str__(self):
        return f"{self.loss} loss, {self.teacher}, alpha = {self.alpha}, ridge = {self.ridge}"


def erm(loss, alpha, ridge, teacher: str = "sign", mean=1, noise=0) -> Erm:
    """Empirical risk minimisation with a convex loss and a ridge.

    Parameters
    ----------
    loss : str, Loss or Expr
        What `loss` takes: its name, or a convex expression in one symbol, the margin yh of labels
        or the residual y − h of a linear teacher.
    alpha : number
        Samples for each unknown, > 0.
    ridge : number
        λ ≥ 0 of (λ/2)|w|²; 0 where there is one minimiser.
    teacher : str
        ``"sign"``, ``"mixture"`` of two Gaussian laws, or ``"linear"``.
    mean : number
        |μ|² of a mixture.
    noise : number or Mixture
        Of a linear teacher: its variance, or its law.

    Returns
    -------
    Erm

    Raises
    ------
    DomainError
        For a loss that is not convex or is smallest at w = 0, and without a ridge for data that are
        separable or interpolated: no single minimiser.
    NotSupportedError
        For labels, a loss that is flat on an interval, and no ridge.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.erm("logistic", 2, "1/10", teacher="mixture").error().at())
    0.2322060693740 ± 3e-14
    >>> print(tc.inference.erm("absolute", 3, 0, teacher="linear", noise=1).error().at())
    1.7586372974756 ± 6e-14
    """
    return Erm(loss, alpha, ridge, teacher, mean, noise)


def _mean(move: Move, f: Expr, omega: Expr, weight: Expr = S.One) -> Expr:
    """E weight·f over the standard normal variable that ω is affine in."""
    centre, spread = (omega.coeff(_Z, k) for k in (0, 1))
    constant, square = move.bound
    # (a + b z)² ≤ 2 a² + 2 b² z², and weights are at most about 2
    bound = 2 * constant + 4 * square * centre**2 + 1, 4 * square * spread**2
    places = [(kink - centre) / spread for kink in move.kinks]
    return gaussian_mean(weight * f.subs(OMEGA, omega), _Z, *bound, places)


def _noise(noise) -> Mixture:
    """A law of noise, by its variance or as it is."""
    if isinstance(noise, Prior):
        return instance(noise, Mixture, "a law of noise", allowed="a variance, a Mixture")
    return Mixture(((1, 0, noise_variance(noise)),), name="noise")
