"""From a target to its Hermite expansion."""

import itertools
import math

import sympy

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import polynomial_expression
from theorycalc.core.signature import as_variables
from theorycalc.hermite.expansion import HermiteExpansion
from theorycalc.hermite.products import ProductExpansion, direction_of


def expand(expr, *variables) -> HermiteExpansion | ProductExpansion:
    """The exact Hermite expansion of a target under the standard Gaussian.

    Parameters
    ----------
    expr : sympy.Expr
        A polynomial in the variables, or a sum of polynomials times functions of one linear form
        w·x, the same direction w in all terms.
    *variables : Symbol
        The coordinates, in order; by default the free symbols by name.

    Returns
    -------
    HermiteExpansion or ProductExpansion
        The first one, for polynomials, with information exponent, leaps and staircase; the second
        one gives a coefficient at a time.

    Raises
    ------
    DomainError
        If ``expr`` is of neither kind.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, y = sympy.symbols("x y")
    >>> f = tc.hermite.expand(x**2 * y - 3 * y, x, y)
    >>> dict(f.items())
    {(0, 1): -2, (2, 1): 2}
    >>> f.norm_squared, f.information_exponent, f.leap
    (6, 1, 2)
    >>> [basis.cols for basis in tc.hermite.expand(x + x * y).staircase()]
    [0, 1, 2]
    >>> tc.hermite.expand(y * sympy.Max(x, 0), x, y).coefficient((1, 1))
    1/2
    """
    expr = polynomial_expression(expr)
    variables = as_variables(variables, expr)
    polynomial = expr.as_poly(*variables)
    if polynomial is None:
        direction = direction_of(expr, variables)
        if direction is None or expr.free_symbols - set(variables):
            raise DomainError(
                explain(
                    "not a polynomial, nor polynomials times functions of one linear form",
                    got=expr,
                    allowed=f"variables {', '.join(map(str, variables))}",
                )
            )
        return ProductExpansion(expr, tuple(variables), direction)
    coefficients: dict = {}
    for powers, c in polynomial.terms():
        for alpha in itertools.product(*(range(p, -1, -2) for p in powers)):
            weight = math.prod(map(_monomial_moment, powers, alpha))
            coefficients[alpha] = coefficients.get(alpha, sympy.S.Zero) + weight * c
    nonzero = {alpha: c for alpha, c in coefficients.items() if sympy.expand(c) != 0}
    return HermiteExpansion(tuple(variables), nonzero)


def _monomial_moment(m: int, k: int) -> int:
    """E[Z^m He_k(Z)] = m!/(2^j j!), j = (m − k)/2."""
    j = (m - k) // 2
    return math.factorial(m) // (2**j * math.factorial(j))
