"""The one door of functions of ours: SymPy's own reads strings by running them as code."""

import sympy

from theorycalc.core.expressions import real_expression
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact
from theorycalc.core.printed import call

_NO_NUMBERS = (sympy.nan, sympy.zoo)


class StrictFunction(Shown, sympy.Function):
    """A SymPy function of expressions and numbers; a string is a decimal or a fraction.

    ``slope(*args)`` is the derivative in the last argument, of functions with one in no other;
    ``in_latex(printer)`` how it looks, by default its name with its arguments. Code that
    `sympy.lambdify` makes of it calls `theorycalc.core.generated`.
    """

    slope = None
    in_latex = None

    def __new__(cls, *args, **options):
        """The function at its arguments; DomainError for one that is no expression or number."""
        return super().__new__(cls, *(read(x, cls.__name__) for x in args), **options)

    def fdiff(self, argindex=1):
        if self.slope is None:
            return super().fdiff(argindex)
        if argindex != len(self.args):
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return self.slope(*self.args)

    def _latex(self, printer, exp=None):
        if self.in_latex is None:
            return printer._print_Function(self, exp)
        text = self.in_latex(printer)
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    # the names under which the printers of SymPy ask for it
    _pythoncode = _numpycode = _cupycode = _jaxcode = _torchcode = _mpmathcode = call


def read(x, what: str) -> sympy.Expr:
    """An argument as an expression."""
    if isinstance(x, str):
        return exact(x, what)
    if not isinstance(x, sympy.Expr) or x.is_Matrix or x in _NO_NUMBERS or x.has(sympy.I):
        return real_expression(x, what)
    return x
