"""Output channels: what an observation of z = a·w/√d says of w, at an overlap q.

The second moment of w is ρ, V = ρ − q, and ω = √q v for a standard normal v. The file is a table:
every output states its information and its free entropy in the form that is best to compute.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S, besselk, cosh, exp, log, oo, pi, sqrt, tanh

from theorycalc.core.error_functions import log_ndtr
from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.expressions import real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_short, short
from theorycalc.inference.priors import Y
from theorycalc.inference.solving import likelihood as solved
from theorycalc.inference.solving.likelihood import FreeEntropy, Information
from theorycalc.inference.solving.line import (
    gaussian_mean,
    line_integral,
    normal_density,
    normal_law,
)

# The second moment, and what is left of it.
RHO = sympy.Symbol("rho", positive=True)
V = sympy.Symbol("V", positive=True)
_W = sympy.Symbol("v", real=True)
_X = sympy.Symbol("x", real=True)
# The mean of z before y is seen.
OMEGA = sympy.Symbol("omega", real=True)
Z = sympy.Symbol("z", real=True)
# A parameter of integrals that is small where little is known.
_C = sympy.Symbol("c", nonnegative=True)


class Output(Shown, ABC):
    """An output y of z, its information about w and its free entropy.

    What a subclass states are expressions in ``V`` and ``RHO``.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is called."""

    @abstractmethod
    def _information(self) -> Expr:
        """F = E (∂ log Z(y | ω, V)/∂ω)²."""

    @abstractmethod
    def _free_entropy(self) -> Expr:
        """E log Z(y | ω, V), up to a constant; twice its derivative in q is F."""

    @abstractmethod
    def _score(self) -> Expr:
        """∂ log Z(y | ω, V)/∂ω, in ``Y``, ``OMEGA`` and ``V``."""

    # Whether y and −y, or z and −z, cannot be told apart: F(0) = 0.
    symmetric = False
    # c of F ~ c/V where V → 0, or 0 where F stays below that
    divergence = S.Zero
    # whether F is a double integral, analytic also where V = 0
    costly = False
    # whether y is one of countably many values
    discrete = False

    @property
    def noiseless(self) -> bool:
        """Whether y is a function of z."""
        return False

    def channel(self, q, second_moment=1) -> Formula:
        """F(q): n = αd samples make a scalar channel of signal-to-noise ratio αF(q).

        Parameters
        ----------
        q : number or Symbol
            The overlap, 0 ≤ q < ρ.
        second_moment : number, optional
            ρ, of the prior.

        Raises
        ------
        DomainError
            For q outside [0, ρ): q = ρ is perfect recovery, where F may be infinite.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.output("probit", noise="1/2").channel("1/4").at(using=tc.Ball(18)))
        0.475485078348724551 ± 4e-19
        """
        return self._at("F", self._information(), q, second_moment)

    def free_entropy(self, q, second_moment=1) -> Formula:
        """E log Z(y | ω, V) up to a constant: an antiderivative of F(q)/2.

        Parameters
        ----------
        q : number or Symbol
            The overlap, 0 ≤ q < ρ.
        second_moment : number, optional

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.inference.output("linear", noise=1).free_entropy("1/2").expr
        -log(3/2)/2
        """
        return self._at("Psi", self._free_entropy(), q, second_moment)

    def denoiser(self, variance, y=Y, omega=OMEGA) -> Formula:
        """∂ log Z(y | ω, V)/∂ω = (E[z | y] − ω)/V for z ~ N(ω, V): what y moves the mean of z by.

        Parameters
        ----------
        variance : number or Symbol
            V > 0.
        y, omega : number or Symbol, optional
            The output, and the mean of z without it.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.inference.output("linear", noise=1).denoiser(2).expr
        -omega/3 + y/3
        >>> print(tc.inference.output("logistic").denoiser(1, 1, 0).at())
        0.4132419282838 ± 3e-14
        """
        numbers = [
            short(real_parameter(x, name), name)
            for x, name in ((variance, "variance"), (y, "y"), (omega, "omega"))
        ]
        if numbers[0].is_nonpositive:
            raise DomainError(explain("a variance", got=numbers[0], allowed="> 0"))
        places = dict(zip((V, Y, OMEGA), numbers, strict=True))
        domain = sympy.Gt(numbers[0], 0) if numbers[0].free_symbols else None
        return Formula("g", substitute(self._score(), places), domain=domain)

    def fisher_information(self, second_moment=1) -> Formula:
        """E (∂ log P(y | z)/∂z)² for z ~ N(0, ρ), the limit of F where all is known.

        Parameters
        ----------
        second_moment : number, optional
            ρ, of the prior.

        Raises
        ------
        DomainError
            For outputs without noise, where it is infinite.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.output("logistic").fisher_information().at())
        0.20662096414191 ± 4e-15
        """
        rho = _second_moment(second_moment)
        return Formula("I", substitute(self._fisher_information(), {RHO: rho}))

    def _fisher_information(self) -> Expr:
        if self.noiseless:
            raise DomainError(explain("an infinite Fisher information: no noise", got=str(self)))
        return substitute(self._information(), {V: S.Zero})

    def weak_recovery(self) -> Formula:
        """α above which more than chance is learnt, for a centred prior of variance 1.

        Raises
        ------
        NotSupportedError
            For outputs that are not symmetric: these teach something at every α > 0.
        """
        hint = "a symmetric output such as output('abs')"
        raise NotSupportedError(explain("every α > 0 teaches something", got=self, hint=hint))

    def _at(self, name: str, expr: Expr, q, second_moment) -> Formula:
        rho = _second_moment(second_moment)
        q, domain = short(real_parameter(q, "q"), "q"), None
        if q.free_symbols:
            domain = sympy.And(sympy.Ge(q, 0), sympy.Lt(q, rho))
        elif not 0 <= q < rho:
            hint = "the limit: q = ρ is perfect recovery" if q == rho else ""
            allowed = f"0 ≤ q < {rho}"
            raise DomainError(explain("an overlap out of range", got=q, allowed=allowed, hint=hint))
        return Formula(name, substitute(expr, {V: rho - q, RHO: rho}), domain=domain)

    def _repr_latex_(self):
        return rf"$\text{{{self.name}}}$"

    def __str__(self):
        return self.name


def _second_moment(x) -> Expr:
    x = exact_short(x, "second_moment")
    if not x > 0:
        raise DomainError(explain("a second moment", got=x, allowed="> 0"))
    return x


def noise_variance(noise) -> Expr:
    """The variance of a noise, at least 0."""
    noise = exact_short(noise, "noise")
    if not noise >= 0:
        raise DomainError(explain("a variance of noise is negative", got=noise, allowed="≥ 0"))
    return noise


@dataclass(frozen=True)
class Linear(Output):
    """y = z + √D ξ."""

    noise: Expr = S.Zero

    def __post_init__(self):
        object.__setattr__(self, "noise", noise_variance(self.noise))

    name = "linear"

    @property
    def noiseless(self):
        return self.noise == 0

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
class Sign(Output):
    """y = sign(z + √D ξ), the probit where there is noise."""

    noise: Expr = S.Zero
    discrete = True

    def __post_init__(self):
        object.__setattr__(self, "noise", noise_variance(self.noise))

    @property
    def name(self):
        return "probit" if self.noise else "sign"

    @property
    def noiseless(self):
        return self.noise == 0

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
class Absolute(Output):
    """y = |z| + √D ξ, the phase retrieval of real signals.

    Notes
    -----
    Without noise, and for ρ = 1, F is (1 − √V E x² sech(√q x y))/V for independent normal x and y,
    whose product p has the density K_0(|p|)/π, and p K_1(p)/π with the weight x².
    """

    noise: Expr = S.Zero
    name = "abs"
    symmetric = True

    def __post_init__(self):
        object.__setattr__(self, "noise", noise_variance(self.noise))

    @property
    def noiseless(self):
        return self.noise == 0

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


def _hazard(u: Expr) -> Expr:
    """The density of N(0, 1) over its distribution function."""
    return exp(-(u**2) / 2 - log_ndtr(u)) / sqrt(2 * pi)


def in_noise(mean: Expr, noise: Expr, kinks: tuple) -> solved.Law:
    """The likelihood of y = mean + √D ξ, a function of ``Z`` with kinks."""
    law = exp(-((Y - mean) ** 2) / (2 * noise)) / sqrt(2 * pi * noise)
    return solved.likelihood(law, Y, Z, kinks=kinks)


def score(data: solved.Law) -> Expr:
    """∂ log Z/∂ω of any likelihood, by parts: jumps of it are none of E x P(y | ω + √V x)."""
    law, values, _, kinks = data.parts
    points = [(kink - OMEGA) / sqrt(V) for kink in kinks]
    law = law.subs(Z, OMEGA + sqrt(V) * _X)
    # a probability is at most 1, a density may be anything
    bound = S.One if values else oo
    first, none = (gaussian_mean(_X**k * law, _X, bound, k, points) for k in (1, 0))
    return first / none / sqrt(V)


@dataclass(frozen=True)
class Logistic(Output):
    """P(y = 1 | z) = 1/(1 + e^−z)."""

    name = "logistic"
    costly = True
    discrete = True

    @property
    def _likelihood(self):
        return solved.likelihood((1 + tanh(Y * Z / 2)) / 2, Y, Z, values=(-1, 1))

    def _information(self):
        return Information(self._likelihood, V, RHO)

    def _free_entropy(self):
        return FreeEntropy(self._likelihood, V, RHO)

    def _score(self):
        return score(self._likelihood)

    def _fisher_information(self):
        # σ'² /σ summed over both is σ'
        return substitute(gaussian_mean(1 / (4 * cosh(_C * _X / 2) ** 2), _X), {_C: sqrt(RHO)})
