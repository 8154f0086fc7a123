"""Powers and Gamma functions whose values may be numbers of many digits."""

import sympy

from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.numbers import exact

# 2^p has so many bits.
_LARGEST_POWER = 1_000_000
# SymPy writes Γ of integers and half-integers out: up to here.
_MOST_WRITTEN = 2_000


def read_power(p, what: str) -> sympy.Expr:
    """A real number, of a size for which 2^p can be written.

    Raises
    ------
    DomainError
        For anything else.
    """
    number = exact(p, what)
    if abs(number) > _LARGEST_POWER:
        allowed = f"at most {_LARGEST_POWER}"
        raise DomainError(explain(f"{what} is too large", got=shown(p), allowed=allowed))
    return number


def gamma(x) -> sympy.Expr:
    """Γ(x), left to the arithmetics at large numbers.

    Examples
    --------
    >>> gamma(5), gamma(sympy.Integer(10) ** 40).func
    (24, gamma)
    """
    x = sympy.sympify(x)
    if x.is_number and not (x.is_Integer and x <= 0) and abs(x) > _MOST_WRITTEN:
        return sympy.gamma(x, evaluate=False)
    return sympy.gamma(x)


def factorial(n) -> sympy.Expr:
    """n!, by the same rule."""
    n = sympy.sympify(n)
    return gamma(n + 1) if n.is_number and n > _MOST_WRITTEN else sympy.factorial(n)
