"""The one door of functions of ours: SymPy's own reads strings by running them as code."""

import sympy

from theorycalc.core.numbers import exact, expression


class StrictFunction(sympy.Function):
    """A SymPy function of expressions and numbers; a string is a decimal or a fraction."""

    def __new__(cls, *args, **options):
        """The function at its arguments; DomainError for one that is no expression or number."""
        return super().__new__(cls, *(read(x, cls.__name__) for x in args), **options)


def read(x, what: str) -> sympy.Expr:
    """An argument as an expression."""
    if isinstance(x, sympy.Expr) and not x.is_Matrix and x not in (sympy.nan, sympy.zoo):
        return x
    return exact(x, what) if isinstance(x, str) else expression(x, what)
