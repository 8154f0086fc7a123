"""The one door of functions of ours: SymPy's own reads strings by running them as code."""

import sympy

from theorycalc.core.expressions import real_expression
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact
from theorycalc.core.printed import call

_NO_NUMBERS = (sympy.nan, sympy.zoo)


class StrictFunction(Shown, sympy.Function):
    """A SymPy function of expressions and numbers; a string is a decimal or a fraction.

    Code that `sympy.lambdify` makes of it calls `theorycalc.core.generated`.
    """

    def __new__(cls, *args, **options):
        """The function at its arguments; DomainError for one that is no expression or number."""
        return super().__new__(cls, *(read(x, cls.__name__) for x in args), **options)

    # the names under which the printers of SymPy ask for it
    _pythoncode = _numpycode = _cupycode = _jaxcode = _torchcode = _mpmathcode = call


def read(x, what: str) -> sympy.Expr:
    """An argument as an expression."""
    if isinstance(x, str):
        return exact(x, what)
    if not isinstance(x, sympy.Expr) or x.is_Matrix or x in _NO_NUMBERS or x.has(sympy.I):
        return real_expression(x, what)
    return x
