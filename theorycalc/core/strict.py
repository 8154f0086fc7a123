"""The one door of functions of ours: SymPy's own reads strings by running them as code."""

import sympy

from theorycalc.core.numbers import expression


class StrictFunction(sympy.Function):
    """A SymPy function whose arguments are expressions or numbers, never strings."""

    def __new__(cls, *args, **options):
        """The function at its arguments; DomainError for one that is no expression."""
        read = (x if isinstance(x, sympy.Expr) else expression(x, cls.__name__) for x in args)
        return super().__new__(cls, *read, **options)
