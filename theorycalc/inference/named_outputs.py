"""The outputs that have a name: a table of their information and free entropies.

Each is stated in the form that is best to compute.
"""

from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S, besselk, cosh, exp, log, pi, sqrt, tanh

from theorycalc.core.error_functions import log_ndtr
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.inference.outputs import (
    OMEGA,
    RHO,
    OfLikelihood,
    Output,
    V,
    Z,
    in_noise,
    noise_variance,
    score,
)
from theorycalc.inference.priors import Y
from theorycalc.inference.solving import likelihood as solved
from theorycalc.inference.solving.likelihood import FreeEntropy, Information
from theorycalc.inference.solving.line import (
    gaussian_mean,
    line_integral,
    normal_density,
    normal_law,
)

_W = sympy.Symbol("v", real=True)
_X = sympy.Symbol("x", real=True)
# A parameter of integrals that is small where little is known.
_C = sympy.Symbol("c", nonnegative=True)


@dataclass(frozen=True)
class _InNoise(Output):
    """An output of z with noise ξ of the variance D, or without."""

    noise: Expr = S.Zero

    def __post_init__(self):
        object.__setattr__(self, "noise", noise_variance(self.noise))

    @property
    def noiseless(self):
        return self.noise == 0


@dataclass(frozen=True)
class Linear(_InNoise):
    """y = z + √D ξ."""

    name = "linear"

    @property
    def divergence(self):
        return S.One if self.noiseless else S.Zero

    def _information(self):
        return 1 / (self.noise + V)

    def _free_entropy(self):
        return -log(1 + V / self.noise) / 2 if self.noise else -log(V) / 2

    def _score(self):
        return (Y - OMEGA) / (V + self.noise)


@dataclass(frozen=True)
class Sign(_InNoise):
    """y = sign(z + √D ξ), the probit where there is noise."""

    discrete = True

    @property
    def name(self):
        return "probit" if self.noise else "sign"

    @property
    def _share(self) -> Expr:
        """u = x times this, of x ~ N(0, 1)."""
        return sqrt((RHO - V) / (RHO + self.noise))

    @property
    def _narrowing(self) -> Expr:
        """What a mean over u of functions that fall like its density has as a factor."""
        return sqrt((V + self.noise) / (RHO + self.noise))

    def _information(self):
        # φ²/Φ at √t v, in the scale that v and √t v have together
        f = exp(-((_C * _X) ** 2) / 2 - log_ndtr(_C * _X)) / pi
        # φ/Φ ≤ 1 + |u|
        mean = substitute(gaussian_mean(f, _X, 1, 1), {_C: self._share})
        return self._narrowing * mean / (V + self.noise)

    def _free_entropy(self):
        # Φ log Φ in the same scale
        f = exp((_C * _X) ** 2 / 2 + log_ndtr(_C * _X)) * log_ndtr(_C * _X)
        # u < 0: e^{u²/2} Φ ≤ 1/2 and −log Φ ≤ log 2 + |u| + u²/2; else −log Φ(u) ≤ 2 Φ(−u)
        mean = substitute(gaussian_mean(f, _X, 2, 1), {_C: self._share})
        return 2 * self._narrowing * mean

    def _score(self):
        spread = sqrt(V + self.noise)
        return Y * _hazard(Y * OMEGA / spread) / spread


@dataclass(frozen=True)
class Relu(Output):
    """y = max(0, z)."""

    name = "relu"
    noiseless = True
    divergence = S.Half

    def _information(self):
        # E u φ(u) = 0, and where y = 0 it is a sign that is seen
        return 1 / (2 * V) + Sign()._information() / 2

    def _free_entropy(self):
        return Sign()._free_entropy() / 2 - log(2 * pi * V) / 4 - Rational(1, 4)

    def _score(self):
        nothing = -_hazard(-OMEGA / sqrt(V)) / sqrt(V)
        return sympy.Piecewise(((Y - OMEGA) / V, Y > 0), (nothing, True))


@dataclass(frozen=True)
class Absolute(_InNoise):
    """y = |z| + √D ξ, the phase retrieval of real signals.

    Notes
    -----
    Without noise, and for ρ = 1, F is (1 − √V E x² sech(√q x y))/V for independent normal x and y,
    whose product p has the density K_0(|p|)/π, and p K_1(p)/π with the weight x².
    """

    name = "abs"
    symmetric = True

    def _information(self):
        if self.noise:
            return Information(self._in_noise, V, RHO)
        root = sqrt(V / RHO)
        # ∫_P^∞ p K_1 ≤ 3 (P + 1) e^−P for P ≥ 1
        f = exp(2 * _X) * besselk(1, exp(_X)) * tanh(_C * exp(_X)) * tanh(_C * exp(_X) / 2)
        bound = exp(-_X) + 3 * (exp(_X) + 1) * exp(-exp(_X))
        mean = substitute(line_integral(f, _X, bound), {_C: sqrt((RHO - V) / RHO)})
        return ((RHO - V) / RHO / (1 + root) + root * 2 / pi * mean) / V

    def _free_entropy(self):
        if self.noise:
            return FreeEntropy(self._in_noise, V, RHO)
        p = _C * exp(_X)
        # cosh p log(1 + e^−2p) + p e^−p ≤ log 2
        own = (exp(p) + exp(-p)) / 2 * log(1 + exp(-2 * p)) + p * exp(-p)
        bound = (_X + 2) * exp(-_X) + exp(-exp(_X))
        mean = line_integral(exp(_X) * besselk(0, exp(_X)) * own, _X, bound)
        mean = substitute(mean, {_C: sqrt((RHO - V) / RHO)})
        return sqrt(V / RHO) * 2 / pi * mean - log(2 * pi * V) / 2 - S.Half

    def weak_recovery(self) -> Formula:
        """α above which more than chance is learnt, for a centred prior; 1/2 without noise.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.output("abs", "1/10").weak_recovery().at(using=tc.Ball(15)))
        0.604287681386762 ± 5e-16
        """
        if not self.noise:
            return Formula("alpha_wr", S.Half)
        # z given y is a normal variable of mean m and variance v, cut off at 0
        m, v = _W / sqrt(1 + self.noise), self.noise / (1 + self.noise)
        u = _W / sqrt(self.noise)
        ratio = exp(-(u**2) / 2 - log_ndtr(u)) / sqrt(2 * pi)
        excess = m**2 + v + m * sqrt(v) * ratio - 1
        # |excess| ≤ 5 (y² + 1)/2, for the moments of order four
        bound = 25 * (_W**4 + 3 * _W**2 + 4) * normal_density(_W)
        f = 2 * normal_law(u) * excess**2 * normal_density(_W)
        return Formula("alpha_wr", 1 / line_integral(f, _W, bound))

    @property
    def costly(self):
        """A double integral where there is noise."""
        return not self.noiseless

    @property
    def divergence(self):
        return S.One if self.noiseless else S.Zero

    @property
    def _in_noise(self):
        return in_noise(sympy.Abs(Z), self.noise, (S.Zero,))

    def _score(self):
        if self.noise:
            return score(self._in_noise)
        return (Y * tanh(Y * OMEGA / V) - OMEGA) / V

    def _fisher_information(self):
        return 1 / self.noise if self.noise else super()._fisher_information()


@dataclass(frozen=True)
class Logistic(OfLikelihood):
    """P(y = 1 | z) = 1/(1 + e^−z)."""

    name = "logistic"
    costly = True
    discrete = True

    @property
    def data(self):
        return solved.likelihood((1 + tanh(Y * Z / 2)) / 2, Y, Z, values=(-1, 1))

    def _fisher_information(self):
        # σ'² /σ summed over both is σ'
        return substitute(gaussian_mean(1 / (4 * cosh(_C * _X / 2) ** 2), _X), {_C: sqrt(RHO)})


def _hazard(u: Expr) -> Expr:
    """The density of N(0, 1) over its distribution function."""
    return exp(-(u**2) / 2 - log_ndtr(u)) / sqrt(2 * pi)
