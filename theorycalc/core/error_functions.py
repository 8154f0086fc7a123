"""Scaled error functions and their logarithms, which keep their digits far out."""

import sympy
from sympy import erfc, exp, log, oo, pi, sqrt
from sympy.functions.special.error_functions import _erfs

from theorycalc.core.evalf import digits_of
from theorycalc.core.numbers import exact
from theorycalc.core.strict import StrictFunction, read


class _ErrorFunction(StrictFunction):
    """What they share: they are real on the real line, and are written with erfc."""

    nargs = 1

    def _eval_is_real(self):
        return True if self.args[0].is_real else None

    def _eval_is_finite(self):
        return True if self.args[0].is_real else None

    def _eval_evalf(self, prec):
        return digits_of(self, prec)

    def _eval_rewrite_as_erf(self, x, **kwargs):
        return self.rewrite(erfc).rewrite(sympy.erf)


class erfcx(_ErrorFunction):  # noqa: N801 - named like SymPy's functions
    r"""The scaled complementary error function exp(x²) erfc(x).

    It falls from ∞ to 0 like 1/(x √π), and all its derivatives are monotone.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", real=True)
    >>> print(tc.certify(tc.erfcx(x), digits=20, x="1e300"))
    5.6418958354775628695e-301 ± 2e-321
    >>> tc.erfcx(x).diff(x)
    2*x*erfcx(x) - 2/sqrt(pi)
    >>> tc.erfcx(x).rewrite(sympy.erfc)
    exp(x**2)*erfc(x)
    >>> sympy.limit(x * tc.erfcx(x), x, sympy.oo)
    1/sqrt(pi)
    """

    @classmethod
    def eval(cls, x):
        special = {sympy.S.Zero: sympy.S.One, oo: sympy.S.Zero, -oo: oo}
        return special.get(x)

    def slope(self, x):
        return 2 * x * erfcx(x) - 2 / sqrt(pi)

    def _eval_is_positive(self):
        return True if self.args[0].is_real else None

    def _eval_rewrite_as_erfc(self, x, **kwargs):
        return exp(x**2) * erfc(x)

    def _eval_rewrite_as_tractable(self, x, limitvar=None, **kwargs):
        return _erfs(x)

    def in_latex(self, printer):
        return rf"\operatorname{{erfcx}}\left({printer._print(self.args[0])}\right)"


class log_erfc(_ErrorFunction):  # noqa: N801
    r"""log erfc(x), also where erfc(x) is smaller than any double.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> print(tc.certify(tc.log_erfc(sympy.Integer(10) ** 6), digits=20))
    -1.0000000000143878755e+12 ± 9e-10
    >>> x = sympy.Symbol("x", real=True)
    >>> tc.log_erfc(x).diff(x)
    -2/(sqrt(pi)*erfcx(x))
    """

    @classmethod
    def eval(cls, x):
        return {sympy.S.Zero: sympy.S.Zero, oo: -oo, -oo: log(2)}.get(x)

    def slope(self, x):
        return -2 / (sqrt(pi) * erfcx(x))

    def _eval_is_negative(self):
        return self.args[0].is_positive if self.args[0].is_real else None

    def _eval_is_positive(self):
        return self.args[0].is_negative if self.args[0].is_real else None

    def _eval_is_zero(self):
        return self.args[0].is_zero if self.args[0].is_real else None

    def _eval_rewrite_as_erfc(self, x, **kwargs):
        return log(erfc(x))

    def _eval_rewrite_as_tractable(self, x, limitvar=None, **kwargs):
        return log(_erfs(x)) - x**2

    def in_latex(self, printer):
        return rf"\log \operatorname{{erfc}}\left({printer._print(self.args[0])}\right)"


class log_ndtr(_ErrorFunction):  # noqa: N801
    r"""log Φ(x), the logarithm of the distribution function of the standard normal law.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", real=True)
    >>> print(tc.certify(tc.log_ndtr(x), digits=20, x=-(10**8)))
    -5.0000000000000193396e+15 ± 2e-05
    >>> tc.log_ndtr(x).diff(x)
    sqrt(2)/(sqrt(pi)*erfcx(-sqrt(2)*x/2))
    """

    @classmethod
    def eval(cls, x):
        return {sympy.S.Zero: -log(2), oo: sympy.S.Zero, -oo: -oo}.get(x)

    def slope(self, x):
        return sqrt(2) / (sqrt(pi) * erfcx(-x / sqrt(2)))

    def _eval_is_negative(self):
        return True if self.args[0].is_real else None

    def _eval_rewrite_as_erfc(self, x, **kwargs):
        return log(erfc(-x / sqrt(2)) / 2)

    def _eval_rewrite_as_tractable(self, x, limitvar=None, **kwargs):
        u = -x / sqrt(2)
        return log(_erfs(u) / 2) - u**2

    def in_latex(self, printer):
        return rf"\log \Phi\left({printer._print(self.args[0])}\right)"


def mills(x) -> sympy.Expr:
    r"""Mills' ratio (1 − Φ(x))/φ(x) of the standard normal law, √(π/2) erfcx(x/√2).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", positive=True)
    >>> tc.mills(x)
    sqrt(2)*sqrt(pi)*erfcx(sqrt(2)*x/2)/2
    >>> print(tc.certify(tc.mills(x), digits=15, x=10**6))
    9.99999999999000e-07 ± 4e-30
    """
    x = read(x, "mills")
    # products of numbers are worked out, however large
    x = exact(x, "x") if x.is_number and x.is_finite else x
    return sqrt(pi / 2) * erfcx(x / sqrt(2))
