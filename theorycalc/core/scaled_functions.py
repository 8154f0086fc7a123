"""Bessel functions without their exponential, and incomplete gamma functions as probabilities."""

import sympy
from sympy import besseli, besselk, exp, gamma, lowergamma, oo, uppergamma

from theorycalc.core.evalf import digits_of
from theorycalc.core.strict import StrictFunction


class _ScaledFunction(StrictFunction):
    """f(parameter, x), a product of a function of SymPy's and an elementary factor."""

    nargs = 2

    def _eval_is_real(self):
        parameter, x = self.args
        return True if parameter.is_real and x.is_positive else None

    def _eval_is_positive(self):
        parameter, x = self.args
        return True if parameter.is_positive and x.is_positive else None

    def _eval_evalf(self, prec):
        return digits_of(self, prec)


class besseli_scaled(_ScaledFunction):  # noqa: N801 - named like SymPy's functions
    r"""exp(−x) I_ν(x), which falls like 1/√(2πx).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", positive=True)
    >>> print(tc.certify(tc.besseli_scaled(1, x), digits=20, x="1e12"))
    3.9894228040128307458e-07 ± 5e-27
    >>> tc.besseli_scaled(0, x).rewrite(sympy.besseli)
    exp(-x)*besseli(0, x)
    """

    @classmethod
    def eval(cls, order, x):
        return sympy.S.Zero if x is oo and order.is_real else None

    def slope(self, order, x):
        neighbours = besseli_scaled(order - 1, x) + besseli_scaled(order + 1, x)
        return neighbours / 2 - besseli_scaled(order, x)

    def _eval_rewrite_as_besseli(self, order, x, **kwargs):
        return exp(-x) * besseli(order, x)

    def in_latex(self, printer):
        order, x = map(printer._print, self.args)
        return rf"e^{{-{x}}} I_{{{order}}}\left({x}\right)"


class besselk_scaled(_ScaledFunction):  # noqa: N801
    r"""exp(x) K_ν(x), which falls like √(π/(2x)), as do all its derivatives in turn.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", positive=True)
    >>> print(tc.certify(tc.besselk_scaled(0, x), digits=20, x=10**6))
    0.0012533139806513212103 ± 3e-23
    >>> tc.besselk_scaled(0, x).rewrite(sympy.besselk)
    exp(x)*besselk(0, x)
    """

    @classmethod
    def eval(cls, order, x):
        return sympy.S.Zero if x is oo and order.is_real else None

    def slope(self, order, x):
        neighbours = besselk_scaled(order - 1, x) + besselk_scaled(order + 1, x)
        return besselk_scaled(order, x) - neighbours / 2

    def _eval_is_positive(self):
        return self._eval_is_real()

    def _eval_rewrite_as_besselk(self, order, x, **kwargs):
        return exp(x) * besselk(order, x)

    def in_latex(self, printer):
        order, x = map(printer._print, self.args)
        return rf"e^{{{x}}} K_{{{order}}}\left({x}\right)"


class lowergamma_regularized(_ScaledFunction):  # noqa: N801
    r"""P(s, x) = γ(s, x)/Γ(s), the distribution function of the gamma law of shape s.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", positive=True)
    >>> print(tc.certify(tc.lowergamma_regularized(1000, x), digits=15, x=1100))
    0.998940676746070 ± 3e-17
    >>> tc.lowergamma_regularized(2, x).diff(x)
    x*exp(-x)
    """

    @classmethod
    def eval(cls, s, x):
        if s.is_positive:
            return {sympy.S.Zero: sympy.S.Zero, oo: sympy.S.One}.get(x)
        return None

    def slope(self, s, x):
        return x ** (s - 1) * exp(-x) / gamma(s)

    def _eval_rewrite_as_lowergamma(self, s, x, **kwargs):
        return lowergamma(s, x) / gamma(s)

    def in_latex(self, printer):
        s, x = map(printer._print, self.args)
        return rf"P\left({s}, {x}\right)"


class uppergamma_regularized(_ScaledFunction):  # noqa: N801
    r"""Q(s, x) = Γ(s, x)/Γ(s) = 1 − P(s, x), without the loss of the difference.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", positive=True)
    >>> print(tc.certify(tc.uppergamma_regularized(2, x), digits=15, x=1000))
    5.08103485644701e-432 ± 4e-447
    >>> tc.uppergamma_regularized(2, x).rewrite(sympy.uppergamma)
    uppergamma(2, x)
    """

    @classmethod
    def eval(cls, s, x):
        if s.is_positive:
            return {sympy.S.Zero: sympy.S.One, oo: sympy.S.Zero}.get(x)
        return None

    def slope(self, s, x):
        return -(x ** (s - 1)) * exp(-x) / gamma(s)

    def _eval_rewrite_as_uppergamma(self, s, x, **kwargs):
        return uppergamma(s, x, evaluate=False) / gamma(s)

    def in_latex(self, printer):
        s, x = map(printer._print, self.args)
        return rf"Q\left({s}, {x}\right)"
