"""Integrals of formulas over one of their arguments."""

import sympy

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.expressions import expression
from theorycalc.core.signature import argument


class Integrals:
    """What a `Formula` adds up to."""

    def integrate(self, name: str, low, high):
        """The integral over one argument, left as an integral that the arithmetics compute.

        Parameters
        ----------
        name : str
            The argument.
        low, high : number or sympy.Expr
            The ends, also symbols, which become arguments.

        Returns
        -------
        Formula
            Without the conditions on the argument that is gone.

        Raises
        ------
        NotSupportedError
            For an approximation: the error of an integral is another.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.kernels.arc_cosine(1).integrate("rho", -1, 1).at(using=tc.Ball(15)))
        0.750000000000000 ± 6e-24
        """
        variable = argument(self.args, name)
        if self.error is not None:
            raise NotSupportedError(explain("the integral of an approximation", got=self.name))
        ends = (expression(low, "low"), expression(high, "high"))
        conditions = [c for c in sympy.And.make_args(self.domain) if variable not in c.free_symbols]
        return self._new(
            sympy.Integral(self.expr, (variable, *ends)),
            references={self.reference},
            name=self.name,
            domain=sympy.And(*conditions),
        )
