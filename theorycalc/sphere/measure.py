"""The uniform probability measure on the sphere: dimensions, areas, moments, one coordinate."""

import math
from collections.abc import Sequence

import sympy
from sympy import Expr, S, factorial2, pi, sqrt

from theorycalc.core.expressions import integer_expression
from theorycalc.core.formula import Formula
from theorycalc.core.gammas import gamma
from theorycalc.core.numbers import exact_integer
from theorycalc.core.reference import Reference
from theorycalc.core.signature import check_own, exponents

T = sympy.Symbol("t", real=True)
INTERVAL = (T >= -1) & (T <= 1)
HARMONICS = Reference(
    "doi:10.1007/978-3-642-25983-8",
    where="chapter 2",
    title="K. Atkinson, W. Han, Spherical Harmonics and Approximations on the Unit Sphere (2012)",
)


# Dimensions and degrees beyond are refused: there are numbers of as many digits in the formulas.
LARGEST = 1_000_000
# A number of harmonics of unknown degree is a product of so many factors at most.
_MOST_FACTORS = 64


def as_dimension(d) -> Expr:
    """The dimension d ≥ 2 of the space around the sphere: an integer, or symbolic.

    Raises
    ------
    DomainError
        If ``d`` is a number but no integer ≥ 2.
    """
    return _integer_or_symbolic(d, "d", 2)


def as_degree(k) -> Expr:
    """A degree k ≥ 0: an integer, or symbolic.

    Raises
    ------
    DomainError
        If ``k`` is a number but no integer ≥ 0.
    """
    return _integer_or_symbolic(k, "k", 0)


def _integer_or_symbolic(x, name: str, minimum: int) -> Expr:
    if isinstance(x, Expr) and x.free_symbols:
        return integer_expression(x, name, minimum)
    hint = "a symbol, and its limit in the formula"
    return sympy.Integer(exact_integer(x, name, minimum, LARGEST, hint=hint))


def num_harmonics(d, k) -> Expr:
    """N(d, k), how many independent harmonics of degree k there are on the sphere in R^d.

    Parameters
    ----------
    d : int or Expr
        Dimension of the space, ≥ 2; may be symbolic.
    k : int or Expr
        Degree, ≥ 0; may be symbolic.

    Returns
    -------
    Expr
        (2k+d−2)/k · C(k+d−3, k−1) and N(d, 0) = 1: a number, a polynomial in the symbol, or, with
        two symbols, a quotient of Gamma functions (for d > 2).

    Raises
    ------
    DomainError
        For d < 2, k < 0 or numbers that are no integers.

    References
    ----------
    K. Atkinson, W. Han, "Spherical Harmonics and Approximations on the Unit Sphere", eq. 2.10.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> d, k = sympy.symbols("d k")
    >>> tc.sphere.num_harmonics(100, 5)
    91790820
    >>> tc.sphere.num_harmonics(d, 2)
    (d - 1)*(d + 2)/2
    >>> tc.sphere.num_harmonics(4, k)
    (k + 1)**2
    """
    d, k = as_dimension(d), as_degree(k)
    if k.is_Integer and d.is_Integer:
        k, d = int(k), int(d)
        below = math.comb(k + d - 3, d - 1) if k >= 2 else 0
        return sympy.Integer(math.comb(k + d - 1, d - 1) - below)
    if k.is_Integer:
        if k == 0:
            return S.One
        return sympy.factor((2 * k + d - 2) * sympy.rf(d - 1, k - 1) / sympy.factorial(k))
    if d.is_Integer:
        if d == 2:
            return sympy.Piecewise((1, sympy.Eq(k, 0)), (2, True))
        if d - 3 > _MOST_FACTORS:
            return (2 * k + d - 2) * sympy.binomial(k + d - 3, k) / (d - 2)
        rising = sympy.Mul(*(k + i for i in range(1, int(d) - 2)))
        return sympy.factor((2 * k + d - 2) * rising / sympy.factorial(d - 2))
    return (2 * k + d - 2) * gamma(k + d - 2) / (gamma(k + 1) * gamma(d - 1))


def surface_area(d) -> Expr:
    """The area 2π^{d/2}/Γ(d/2) of the unit sphere in R^d.

    Parameters
    ----------
    d : int or Expr
        Dimension of the space, ≥ 2; may be symbolic.

    Raises
    ------
    DomainError
        For d < 2 or a number that is no integer.

    Examples
    --------
    >>> import theorycalc as tc
    >>> [tc.sphere.surface_area(d) for d in (2, 3, 4)]
    [2*pi, 4*pi, 2*pi**2]
    """
    d = as_dimension(d)
    return 2 * pi ** (d / 2) / gamma(d / 2)


def moment(alpha: Sequence, d) -> Expr:
    """E x^α = E x_1^{α_1} x_2^{α_2} ⋯ for x uniform on the unit sphere in R^d.

    Parameters
    ----------
    alpha : sequence of int
        Exponents ≥ 0 of the first coordinates; those that are left out are 0.
    d : int or Expr
        Dimension of the space, ≥ 2; may be symbolic.

    Returns
    -------
    Expr
        Π(α_i−1)!!/(d(d+2)…(d+|α|−2)) for even exponents, 0 if one is odd.

    Raises
    ------
    DomainError
        For exponents that are no integers ≥ 0, or more of them than coordinates.

    References
    ----------
    G. B. Folland, "How to integrate a polynomial over a sphere", Amer. Math. Monthly 108 (2001).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> tc.sphere.moment((2, 2), 3)
    1/15
    >>> tc.sphere.moment((4,), sympy.Symbol("d"))
    3/(d*(d + 2))
    """
    d = as_dimension(d)
    alpha = exponents(alpha, d)
    if any(a % 2 for a in alpha):
        return S.Zero
    numerator = sympy.Mul(*(factorial2(a - 1) for a in alpha))
    return numerator / rising_steps(d, sum(alpha) // 2)


def rising_steps(d: Expr, n: int) -> Expr:
    """d (d + 2) ⋯ (d + 2n − 2)."""
    return sympy.Mul(*(d + 2 * i for i in range(n)))


def coordinate_constant(d: Expr) -> Expr:
    """c_d = Γ(d/2)/(√π Γ((d−1)/2))."""
    return gamma(d / 2) / (sqrt(pi) * gamma((d - 1) / 2))


def coordinate_density(d) -> Formula:
    """The density c_d (1 − t²)^{(d−3)/2} of one coordinate of a uniform point, in ``t``.

    Parameters
    ----------
    d : int or Expr
        Dimension of the space, ≥ 2; may be symbolic.

    Raises
    ------
    DomainError
        For d < 2 or a number that is no integer.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.sphere.coordinate_density(3).expr
    1/2
    >>> tc.sphere.coordinate_density(5).expr
    3/4 - 3*t**2/4
    """
    d = as_dimension(d)
    expr = coordinate_constant(d) * (1 - T**2) ** ((d - 3) / 2)
    return Formula("tau", expr, domain=INTERVAL, args=parameters(d, own=(T,)), reference=HARMONICS)


def parameters(*quantities: Expr, own: tuple = ()) -> tuple:
    """The arguments of a formula: the symbols of what is symbolic, in order, and its own."""
    check_own(own, *quantities)
    symbols = [s for x in quantities for s in sorted(x.free_symbols, key=str)]
    return (*dict.fromkeys(symbols), *own)
