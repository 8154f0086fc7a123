"""Scalar channels y = √s x + z: what is known of x, whose law is the prior, from y."""

from abc import ABC, abstractmethod

import sympy
from sympy import Expr, S

from theorycalc.core.expressions import real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import short

SNR = sympy.Symbol("s", positive=True)
Y = sympy.Symbol("y", real=True)


class Prior(Shown, ABC):
    """The law of an unknown x, observed through y = √s x + z with z ~ N(0, 1).

    What a subclass states are expressions in the signal-to-noise ratio ``SNR`` and in ``Y``.
    """

    @property
    @abstractmethod
    def second_moment(self) -> Expr:
        """ρ = E x²."""

    @property
    @abstractmethod
    def mean(self) -> Expr:
        """E x."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is called."""

    @abstractmethod
    def _mmse(self) -> Expr:
        """E Var(x | y)."""

    @abstractmethod
    def _free_entropy(self) -> Expr:
        """E log E_x exp(√s x y − s x²/2)."""

    @abstractmethod
    def _denoiser(self) -> Expr:
        """E[x | y]."""

    @property
    def entropy(self) -> Expr:
        """Of a discrete law, Σ p log 1/p; infinite for all others."""
        return sympy.oo

    @property
    def dimension(self) -> Expr:
        """The information dimension: the probability that x has a density."""
        return S.One

    def mmse(self, snr) -> Formula:
        """The least mean-square error E (x − E[x | y])².

        Parameters
        ----------
        snr : number or Symbol
            The signal-to-noise ratio s ≥ 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.prior("rademacher").mmse(4).at(using=tc.Ball(18)))
        0.0685974087907388140 ± 3e-20
        """
        return self._at(snr, "mmse", self._mmse(), self.second_moment - self.mean**2)

    def overlap(self, snr) -> Formula:
        """E x E[x | y] = E E[x | y]², which is E x² less the mmse.

        Parameters
        ----------
        snr : number or Symbol
            The signal-to-noise ratio s ≥ 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.prior("gaussian").overlap(3).expr)
        3/4
        """
        return self._at(snr, "q", self.second_moment - self._mmse(), self.mean**2)

    def fisher_information(self, snr) -> Formula:
        """E (∂ log p(y)/∂y)² of the density p of y = √s x + z, which is 1 − s·mmse.

        Parameters
        ----------
        snr : number or Symbol
            The signal-to-noise ratio s ≥ 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.prior("rademacher").fisher_information(4).at(using=tc.Ball(18)))
        0.725610364837044744 ± 1e-19
        """
        return self._at(snr, "J", 1 - SNR * self._mmse(), S.One)

    def free_entropy(self, snr) -> Formula:
        """E log E_x exp(√s x y − s x²/2), whose derivative is half of the overlap (I-MMSE).

        Parameters
        ----------
        snr : number or Symbol
            The signal-to-noise ratio s ≥ 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.inference.prior("gaussian").free_entropy(3).expr
        3/2 - log(4)/2
        """
        return self._at(snr, "psi", self._free_entropy(), S.Zero)

    def denoiser(self, snr, y=Y) -> Formula:
        """E[x | y], of an observation y.

        Parameters
        ----------
        snr : number or Symbol
            The signal-to-noise ratio s ≥ 0.
        y : number or Symbol, optional

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.inference.prior("rademacher").denoiser(4).expr
        tanh(2*y)
        """
        s, y = _snr(snr), short(real_parameter(y, "y"), "y")
        if s == 0:
            return Formula("x", self.mean)
        return Formula("x", substitute(self._denoiser(), {SNR: s, Y: y}))

    def _at(self, snr, name: str, expr: Expr, at_zero: Expr) -> Formula:
        s = _snr(snr)
        if s == 0:
            return Formula(name, at_zero)
        domain = sympy.Ge(s, 0) if s.free_symbols else None
        return Formula(name, substitute(expr, {SNR: s}), domain=domain)

    def _repr_latex_(self):
        return rf"$\text{{{self.name}}}$"

    def __str__(self):
        return self.name


def _snr(snr) -> Expr:
    return short(real_parameter(snr, "snr", 0), "snr")
