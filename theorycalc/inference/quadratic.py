"""Quadratic networks of extensive width, learnt from n = αd² samples by the posterior."""

from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_short
from theorycalc.inference.solving.crossing import crossing
from theorycalc.inference.solving.denoising import DenoisingError

_D = sympy.Symbol("D", positive=True)
_LEAST = Rational(1, 10**7)


@dataclass(frozen=True)
class QuadraticNetwork(Shown):
    """y = Tr SΦ + √Δ ξ with S = WW'/m, Φ = (aa' − I)/√d: m = κd hidden units, d inputs.

    By the equivalence with the denoising of S in Gaussian noise of variance D = (Δ + 2E)/(4α),
    with E = |S − Ŝ|²/d; a result of the replica method.

    Parameters
    ----------
    kappa : number
        Hidden units for each input, > 0.
    noise : number
        Δ ≥ 0, the variance of the noise of the labels.

    Raises
    ------
    DomainError
        For numbers out of range.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.QuadraticNetwork("1/2", "1/10").mmse("2/5").at())
    0.19005082527566 ± 6e-15
    """

    kappa: Expr
    noise: Expr = S.Zero

    def __post_init__(self):
        for name in ("kappa", "noise"):
            object.__setattr__(self, name, exact_short(getattr(self, name), name))
        if not (self.kappa > 0 and self.noise >= 0):
            got = f"kappa = {self.kappa}, noise = {self.noise}"
            raise DomainError(explain("out of range", got=got, allowed="kappa > 0, noise ≥ 0"))

    def denoising_mmse(self, noise) -> Formula:
        """E |S − Ŝ|²/d where S + √D GOE is seen, D > 0; 1/κ is what is known without data.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.QuadraticNetwork("1/2").denoising_mmse("3/10").at(using=tc.MP(20)))
        0.19001612602539555659 ± 3e-21
        """
        noise = exact_short(noise, "noise")
        if not noise > 0:
            raise DomainError(explain("the variance of the noise", got=noise, allowed="> 0"))
        return Formula("E", DenoisingError(self.kappa, noise))

    def mmse(self, alpha) -> Formula:
        """E |S − Ŝ|²/d of the posterior of n = αd² samples.

        Parameters
        ----------
        alpha : number
            Samples for each pair of inputs, ≥ 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.QuadraticNetwork("1/2").mmse("1/5").at())
        0.7843920346708 ± 5e-14
        """
        alpha = exact_short(alpha, "alpha")
        if not alpha >= 0:
            raise DomainError(explain("samples", got=alpha, allowed="alpha ≥ 0"))
        if alpha == 0:
            return Formula("E", 1 / self.kappa)
        if self.noise == 0 and alpha >= self.recovery_threshold().expr:
            return Formula("E", S.Zero, note="perfect recovery: noiseless")
        return Formula("E", 2 * alpha * self._effective_noise(alpha) - self.noise / 2)

    def _effective_noise(self, alpha: Expr) -> Expr:
        """D: the error of denoising, less what D says that it is, changes its sign once."""
        least, most = self.noise / (4 * alpha), (self.noise + 2 / self.kappa) / (4 * alpha)
        gap = DenoisingError(self.kappa, _D) / _D - 2 * alpha + self.noise / (2 * _D)
        return crossing(gap, _D, least or most * _LEAST, most)

    def test_error(self, alpha) -> Formula:
        """The mean-square error on the label of a new sample without noise: 2E.

        Parameters
        ----------
        alpha : number
            Samples for each pair of inputs, ≥ 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.inference.QuadraticNetwork("1/2").test_error(0).expr
        4
        """
        return Formula("epsilon", 2 * self.mmse(alpha).expr)

    def recovery_threshold(self) -> Formula:
        """α above which S is recovered without noise: κ − κ²/2, at most 1/2.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.inference.QuadraticNetwork("1/2").recovery_threshold().expr
        3/8
        """
        kappa = min(self.kappa, S.One)
        return Formula("alpha_c", kappa - kappa**2 / 2)

    def _repr_latex_(self):
        return rf"$\text{{{self}}}$"

    def __str__(self):
        return f"quadratic network, kappa = {self.kappa}, noise = {self.noise}"
