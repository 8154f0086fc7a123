"""Classical functions that SymPy lacks."""

import sympy

from theorycalc.core.special import SpecialFunction


class hyperu(SpecialFunction):  # noqa: N801 - named like SymPy's functions
    """Tricomi's confluent hypergeometric function U(a, b, x) (DLMF 13.2.6), real for x > 0.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> a, x = sympy.symbols("a x")
    >>> print(tc.certify(tc.hyperu(a, a, x), digits=20, a="1/2", x=2))
    0.59590607882586501379 ± 5e-21
    >>> tc.hyperu(a, 2, x).diff(x)
    -a*hyperu(a + 1, 3, x)
    """

    nargs = 3

    @classmethod
    def eval(cls, a, b, x):
        if a.is_zero:
            return sympy.S.One
        return None

    def fdiff(self, argindex=1):
        a, b, x = self.args
        if argindex != 3:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return -a * hyperu(a + 1, b + 1, x)  # DLMF 13.3.22

    @staticmethod
    def in_mp(context, a, b, x):
        return context.mp.hyperu(a, b, x)

    @staticmethod
    def in_ball(context, a, b, x):
        return context.apply("hyperu", a, b, x)

    def _latex(self, printer):
        arguments = ", ".join(map(printer._print, self.args))
        return rf"U\left({arguments}\right)"
