"""The constants of ReLU representations: eigenvalues on the sphere, and one integral.

Their docstrings are half of the file.
"""

import itertools
from fractions import Fraction

import sympy
from sympy import Eq, Expr, Piecewise, Rational, S, acos, betainc_regularized, pi

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import integer_expression, real_expression
from theorycalc.core.formula import Formula
from theorycalc.core.gammas import factorial, gamma
from theorycalc.core.integration.recurrences import legendre_steps, spherical_legendre
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.signature import integers_from
from theorycalc.relu.means.bias_integral import GaussianBiasConstant
from theorycalc.sphere import funk_hecke as zonal_eigenvalue
from theorycalc.sphere.eigenvalues import FUNK_HECKE
from theorycalc.sphere.legendre_polynomials import SphericalLegendre, polynomial
from theorycalc.sphere.measure import (
    as_degree,
    as_dimension,
    coordinate_constant,
    num_harmonics,
    parameters,
    rising_steps,
)

# Up to this dimension the law of one coordinate is written out, and up to this degree a Legendre
# polynomial of a symbolic bias: beyond, the terms cancel in doubles.
_WRITTEN = 10
# Up to here factorials and their quotients are written out.
_LARGEST_FACTORIAL = 1_000
# A bias that is proposed leaves P² at least this part of its mean; its denominator.
_VISIBLE = Fraction(1, 4)
_GRID = 100


def funk_hecke(d, k, bias=0) -> Formula:
    """The eigenvalue λ_k(b) of a ReLU neuron with bias b on harmonics of degree k.

    E_w Y(w) max(⟨w, x⟩ − b, 0) = λ_k(b) Y(x) on the unit sphere, w uniform, Y harmonic of degree k.

    Parameters
    ----------
    d : int or Expr
        Dimension of the space, ≥ 2; may be symbolic.
    k : int or Expr
        Degree, ≥ 0; may be symbolic.
    bias : number or Expr
        b, in (−1, 1); may be symbolic.

    Returns
    -------
    Formula
        Closed, in the symbols of d, k and b.

    Raises
    ------
    DomainError
        For d < 2, k < 0, numbers that are no integers, or a bias outside (−1, 1).

    Notes
    -----
    With a_d = Γ(d/2)/(√π Γ((d−1)/2)) and T_d the tail P(t > b) of one coordinate t of w,

    - λ_0 = a_d (1−b²)^{(d−1)/2}/(d−1) − b T_d(b) and λ_1 = T_{d+2}(b)/d;
    - λ_k = a_d (1−b²)^{(d+1)/2} P_{d+4,k−2}(b)/(d²−1) for k ≥ 2, by Rodrigues' formula.

    Without a bias, λ_k = 0 for odd k ≥ 3: such a network cannot see harmonics of these degrees.
    With one, the zeros of the Legendre polynomial P_{d+4,k−2} are the biases that cannot see degree
    k. These zeros are exact here.

    References
    ----------
    F. Bach, "Breaking the curse of dimensionality with convex neural networks", J. Mach. Learn.
    Res. 18 (2017), appendix D, for b = 0; K. Atkinson, W. Han, "Spherical Harmonics and
    Approximations on the Unit Sphere" (2012), Theorem 2.22 and Proposition 2.26.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> [tc.relu.funk_hecke(3, k).expr for k in range(6)]
    [1/4, 1/6, 1/16, 0, -1/96, 0]
    >>> tc.relu.funk_hecke(3, 5, bias="-1/2").expr
    9/4096
    >>> tc.relu.funk_hecke(6, 5, bias="1/2").expr
    0
    >>> d, b = sympy.symbols("d b")
    >>> tc.relu.funk_hecke(d, 2, bias=b).expr.subs({d: 3, b: 0})
    1/16
    """
    d, k, b = as_dimension(d), as_degree(k), as_bias(bias)
    expr = zonal_eigenvalue("relu", d, k).expr if b == 0 else _with_bias(d, k, b)
    domain = integers_from({d: 2, k: 0})
    if b.free_symbols:
        domain &= (b > -1) & (b < 1)
    return Formula("lambda", expr, args=parameters(d, k, b), domain=domain, reference=FUNK_HECKE)


def as_bias(bias) -> Expr:
    """A bias in (−1, 1), or a symbolic one.

    Raises
    ------
    DomainError
        For any other number, or what is no number.
    """
    if isinstance(bias, Expr) and bias.free_symbols:
        return real_expression(bias, "bias")
    b = exact(bias, "bias")
    if not -1 < b < 1:
        raise DomainError(explain("the bias is outside its domain", got=b, allowed="−1 < bias < 1"))
    return b


def _with_bias(d: Expr, k: Expr, b: Expr) -> Expr:
    """λ_k(b), with its three cases where the degree is symbolic."""
    if k.is_Integer:
        return (_mean, _linear)[int(k)](d, b) if k < 2 else _curved(d, k, b)
    return Piecewise((_mean(d, b), Eq(k, 0)), (_linear(d, b), Eq(k, 1)), (_curved(d, k, b), True))


def _mean(d: Expr, b: Expr) -> Expr:
    edge = coordinate_constant(d) * (1 - b**2) ** ((d - 1) / 2) / (d - 1)
    return edge - b * coordinate_tail(d, b)


def _linear(d: Expr, b: Expr) -> Expr:
    return coordinate_tail(d + 2, b) / d


def _curved(d: Expr, k: Expr, b: Expr) -> Expr:
    size = coordinate_constant(d) / (d**2 - 1) * (1 - b**2) ** ((d + 1) / 2)
    return size * _legendre(d + 4, k - 2, b)


def coordinate_tail(d: Expr, b: Expr) -> Expr:
    """P(t > b) for one coordinate t of a uniform point of the unit sphere in R^d."""
    if not (d.is_Integer and d <= _WRITTEN):
        half = (d - 1) / 2
        return betainc_regularized(half, half, 0, (1 - b) / 2)
    tail, j = ((1 - b) / 2, S(3)) if d % 2 else (acos(b) / pi, S(2))
    while j < d:
        tail -= coordinate_constant(j) / (j - 1) * b * (1 - b**2) ** ((j - 1) / 2)
        j += 2
    return tail


def _legendre(d: Expr, k: Expr, b: Expr) -> Expr:
    """P_{d,k}(b), an exact zero where it vanishes."""
    if not k.is_Integer or (k > _WRITTEN and (b.free_symbols or d.free_symbols)):
        return SphericalLegendre(d, k, b)
    if b.is_Rational and d.is_Integer:
        values = spherical_legendre(b, S.One, legendre_steps(d, S.One))
        return [next(values) for _ in range(int(k) + 1)][-1]
    value = polynomial(d, int(k), b)
    if b.free_symbols or d.free_symbols:
        return value
    return S.Zero if sympy.expand(value).equals(0) else value


def admissible_bias_near(d, degrees, bias) -> Rational:
    """The bias of two decimals next to a given one that sees harmonics of all these degrees well.

    "Well": P_{d+4,k−2}(b)² is at least a quarter of its mean 1/N(d+4, k−2). Where no bias has that,
    the one that comes nearest to it.
    """
    d, bias = exact_integer(d, "d", minimum=2), as_bias(bias)
    counts = {k: int(num_harmonics(d + 4, k - 2)) for k in degrees if k >= 2}
    best, most, one = None, Fraction(-1), Fraction(1)
    steps = [*itertools.islice(legendre_steps(d + 4, one), max(counts, default=2))]
    candidates = (Rational(i, _GRID) for i in range(1 - _GRID, _GRID))
    for b in sorted(candidates, key=lambda b: (float(abs(b - bias)), abs(b))):
        values = spherical_legendre(Fraction(int(b.p), int(b.q)), one, steps)
        squares = [next(values) ** 2 for _ in range(max(counts, default=2) - 1)]
        least = min((squares[k - 2] * n for k, n in counts.items()), default=_VISIBLE)
        if least >= _VISIBLE:
            return b
        if least > most:
            best, most = b, least
    return best


def power_eigenvalue(k, l, d) -> Formula:  # noqa: E741 - the letters of the mathematics
    """The eigenvalue μ_{k,l} of t^k on harmonics of degree l: E_w Y(w) ⟨w, x⟩^k = μ_{k,l} Y(x).

    Parameters
    ----------
    k : int or Expr
        Exponent, ≥ 0; may be symbolic.
    l : int or Expr
        Degree of the harmonic Y, ≥ 0; may be symbolic.
    d : int or Expr
        Dimension of the space, ≥ 1; may be symbolic. (In one dimension the sphere is ±1 and l ≤ 1.)

    Returns
    -------
    Formula
        Γ(d/2) k!/(2^k Γ((k−l)/2+1) Γ((k+l+d)/2)) for l ≤ k with k − l even, 0 otherwise. Rational
        where k and l are numbers.

    Raises
    ------
    DomainError
        For numbers that are no integers, or are too small.

    References
    ----------
    DLMF §18.17; K. Atkinson, W. Han, "Spherical Harmonics and Approximations on the Unit Sphere"
    (2012), section 2.5.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> tc.relu.power_eigenvalue(6, 2, 4).expr
    3/64
    >>> d = sympy.Symbol("d")
    >>> tc.relu.power_eigenvalue(4, 2, d).expr
    12/(d*(d + 2)*(d + 4))
    >>> tc.relu.power_eigenvalue(3, 2, d).expr
    0
    """
    k, l = as_degree(k), as_degree(l)  # noqa: E741
    if isinstance(d, Expr) and d.free_symbols:
        d = integer_expression(d, "d", 1)
    else:
        d = S(exact_integer(d, "d", minimum=1))
    domain = integers_from({k: 0, l: 0, d: 1})
    expr = _power_eigenvalue(k, l, d)
    return Formula("mu", expr, args=parameters(k, l, d), domain=domain, reference=FUNK_HECKE)


def _power_eigenvalue(k: Expr, l: Expr, d: Expr) -> Expr:  # noqa: E741
    if not (k.is_Integer and l.is_Integer):
        return (1 + (-1) ** (k + l)) * half_power_eigenvalue(k, l, d)
    if l > k or (k - l) % 2:
        return S.Zero
    if k > _LARGEST_FACTORIAL:
        return 2 * half_power_eigenvalue(k, l, d)
    half = (k - l) / 2
    return factorial(k) / (2**half * factorial(half) * rising_steps(d, int(k + l) // 2))


def half_power_eigenvalue(q, l, d) -> Expr:  # noqa: E741
    """The eigenvalue of max(t, 0)^q on harmonics of degree l, for every d ≥ 1.

    E[max(Z, 0)^q He_l(Z)]/E‖W‖^{q+l} for Z ~ N(0, 1) and W ~ N(0, I_d); 0 for l > q, q − l even.
    """
    q, l, d = map(sympy.sympify, (q, l, d))  # noqa: E741
    size = gamma(d / 2) * factorial(q) / 2 ** (q + 1)
    return size / (gamma((q - l) / 2 + 1) * gamma((q + l + d) / 2))


def gaussian_bias_constant(k) -> Formula:
    """The constant I_k of ReLU networks with the best biases for Gaussian inputs.

    I_k = ∫_0^∞ s^{k−2} ν(s) ds with ν(s)² = E max(Z − s, 0)², Z ~ N(0, 1). A power ⟨x, u⟩^k with
    ‖u‖ = 1 costs 2k(k−1) I_k.

    Parameters
    ----------
    k : int or Expr
        Degree, ≥ 2; may be symbolic.

    Returns
    -------
    Formula
        A function with its defining integral.

    Raises
    ------
    DomainError
        If ``k`` is a number but no integer ≥ 2.

    Notes
    -----
    With the density φ of Z and Tricomi's function U, ν(s)² = φ(s) U(3/2, 1/2, s²/2)/√2, and
    ν(s)² ≤ 2φ(s)/s³. So ν = e^{−s²/4} √h with an entire h, which has no zero for Re s ≥ 0: the
    function w = e^{−s²/4} h solves w'' = (s²/4 + 5/2) w and falls to 0 along s + t, t → ∞. After a
    zero at s, ∫ w''w̄ dt = −∫ ‖w'‖² dt < 0, while (s+t)²/4 + 5/2 is positive for real s, and has an
    imaginary part of one sign for any other. `Ball` uses Gauss–Legendre rules, whose error is
    bounded on ellipses there.

    References
    ----------
    DLMF §12.2 and §13.4; L. N. Trefethen, "Approximation Theory and Approximation Practice" (2013),
    Theorem 19.3.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.relu.gaussian_bias_constant(2).at(using=tc.Ball(40)))
    0.6730640258473115485473442632502956604986 ± 4e-41
    """
    if isinstance(k, Expr) and k.free_symbols:
        k = integer_expression(k, "k", 2)
    else:
        k = S(exact_integer(k, "k", minimum=2))
    domain = (k >= 2) & sympy.Contains(k, S.Integers) if k.is_Symbol else None
    return Formula("I", GaussianBiasConstant(k), domain=domain, args=parameters(k))
