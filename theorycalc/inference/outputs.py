"""Output channels: what an observation of z = a·w/√d says of w, at an overlap q.

The second moment of w is ρ, V = ρ − q, and ω = √q v for a standard normal v.
"""

from abc import ABC, abstractmethod

import sympy
from sympy import Expr, S, exp, oo, pi, sqrt

from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.expressions import real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_short, short
from theorycalc.inference.priors import Y
from theorycalc.inference.solving import likelihood as solved
from theorycalc.inference.solving.line import gaussian_mean

# The second moment, and what is left of it.
RHO = sympy.Symbol("rho", positive=True)
V = sympy.Symbol("V", positive=True)
_X = sympy.Symbol("x", real=True)
# The mean of z before y is seen.
OMEGA = sympy.Symbol("omega", real=True)
Z = sympy.Symbol("z", real=True)


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


class OfLikelihood(Output):
    """An output that is computed from P(y | z) as it stands.

    Attributes
    ----------
    data : Law
    """

    data: solved.Law

    def _information(self):
        return solved.Information(self.data, V, RHO)

    def _free_entropy(self):
        return solved.FreeEntropy(self.data, V, RHO)

    def _score(self):
        return score(self.data)
