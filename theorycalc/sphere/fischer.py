"""The Fischer decomposition: a polynomial as a sum of ‖x‖^{2j} times harmonic polynomials."""

import math
from collections import defaultdict
from collections.abc import Mapping
from operator import add, itemgetter

import sympy
from sympy import Expr

from theorycalc.core.numbers import exact_integer
from theorycalc.sphere.coordinates import Space
from theorycalc.sphere.measure import rising_steps


def decompose(poly, *variables, d=None) -> list[tuple[int, Expr]]:
    """Write a polynomial as a sum of ‖x‖^{2j} h with homogeneous harmonic polynomials h.

    Parameters
    ----------
    poly : Expr
        A polynomial in the variables, homogeneous or not.
    *variables : Symbol
        The coordinates, in order.
    d : int or Expr, optional
        Dimension of the space, by default the number of variables. With more, or with a symbol,
        the polynomial depends on the first few of d coordinates.

    Returns
    -------
    list of (j, h)
        By degree of h, then by j: one entry for each pair of them, parts that are zero left out.
        If ``d`` is symbolic or exceeds the number of variables, ‖x‖² is written as
        ``Symbol("r2", positive=True)``, which is 1 on the sphere.

    Raises
    ------
    DomainError
        If ``poly`` is no polynomial in the variables or contains other symbols; if variables are
        missing, repeated, or more than ``d``.

    Notes
    -----
    A part f of degree n has h_{n−2j} = H_{n−2j}(Δ^j f)/Π_{i≤j} 2i(d+2n−4j+2i−2), where
    H_m(g) = Σ_i (−1)^i ‖x‖^{2i} Δ^i g/Π_{l≤i} 2l(d+2m−2l−2) is the harmonic part of degree m of g.
    A symbolic d means any integer d ≥ 2 that is not below the number of variables.

    Coefficients are exact numbers. A floating-point number stays one, and rounding can leave a
    small part where there is none: write ``sympy.Rational("0.1")``.

    References
    ----------
    S. Axler, P. Bourdon, W. Ramey, "Harmonic Function Theory", 2nd ed. (2001), theorem 5.7.
    S. Axler, W. Ramey, "Harmonic polynomials and Dirichlet-type problems", Proc. Amer. Math. Soc.
    123 (1995).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, y, d = sympy.symbols("x y d")
    >>> tc.sphere.decompose(x**2 + x, x, y)
    [(1, 1/2), (0, x), (0, x**2/2 - y**2/2)]
    >>> tc.sphere.decompose(x**2 * y, x, y, d=d)
    [(1, y/(d + 2)), (0, -r2*y/(d + 2) + x**2*y)]
    """
    space = Space.of(variables, d)
    parts = sorted(space.harmonics(space.read(poly)), key=itemgetter(0, 1))
    return [(j, space.write(harmonic)) for _, j, harmonic in parts if harmonic]


def project(poly, k, *variables, d=None) -> Expr:
    """The orthogonal projection of a polynomial on the sphere onto the harmonics of degree k.

    Parameters
    ----------
    poly : Expr
        A polynomial in the variables.
    k : int
        Degree, ≥ 0.
    *variables : Symbol
        The coordinates, in order.
    d : int or Expr, optional
        Dimension of the space, by default the number of variables; see `decompose`.

    Returns
    -------
    Expr
        The homogeneous harmonic polynomial of degree k, 0 if there is none. It may contain ``r2``
        for ‖x‖², as in `decompose`.

    Raises
    ------
    DomainError
        If ``k`` is no integer ≥ 0, and as in `decompose`.

    Notes
    -----
    The sum of the h of degree k of `decompose`: on the sphere ‖x‖ = 1.

    References
    ----------
    S. Axler, P. Bourdon, W. Ramey, "Harmonic Function Theory", 2nd ed. (2001), chapter 5.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, y, d = sympy.symbols("x y d")
    >>> tc.sphere.project(x**4 - y, 2, x, y)
    x**2/2 - y**2/2
    >>> tc.sphere.project(x**3 + x, 1, x, d=d)
    x*(d + 5)/(d + 2)
    """
    space = Space.of(variables, d)
    k = exact_integer(k, "k", minimum=0)
    polynomial = space.read(poly)
    parts = (
        space.harmonic(powers, n, (n - k) // 2)
        for n, powers in space.laplacians(polynomial)
        if (n - k) % 2 == 0 and 0 <= (n - k) // 2 < len(powers)
    )
    return space.write(sum(parts, start=polynomial.zero))


def inner(p, q, *variables, d=None) -> Expr:
    """E p(x) q(x) for x uniform on the unit sphere.

    Parameters
    ----------
    p, q : Expr
        Polynomials in the variables. Complex coefficients are not conjugated.
    *variables : Symbol
        The coordinates, in order.
    d : int or Expr, optional
        Dimension of the space, by default the number of variables; larger or symbolic if the
        polynomials depend on the first few coordinates only.

    Returns
    -------
    Expr
        A number, or a rational function of a symbolic dimension.

    Raises
    ------
    DomainError
        As in `decompose`.

    Notes
    -----
    Monomial by monomial, with the moments of `moment`.

    References
    ----------
    G. B. Folland, "How to integrate a polynomial over a sphere", Amer. Math. Monthly 108 (2001).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, y, d = sympy.symbols("x y d")
    >>> tc.sphere.inner(x**2 + 1, y**2, x, y)
    5/8
    >>> tc.sphere.inner(x**2, y**2, x, y, d=d)
    1/(d*(d + 2))
    >>> harmonic = tc.sphere.project(x**2, 2, x, d=d)
    >>> tc.sphere.inner(harmonic, harmonic, x, d=d)
    2*(d - 1)/(d**2*(d + 2))
    """
    space = Space.of(variables, d)
    left, right = space.read_on_sphere(p).unify(space.read_on_sphere(q))
    domain, d = left.domain, space.dimension
    same_parity = defaultdict(list)
    for beta, c in right.as_dict(native=True).items():
        same_parity[_parity(beta)].append((beta, c))
    by_degree: dict = defaultdict(lambda: domain.zero)
    for alpha, b in left.as_dict(native=True).items():
        for beta, c in same_parity[_parity(alpha)]:
            powers = tuple(map(add, alpha, beta))
            by_degree[sum(powers) // 2] += b * c * _gaussian_moment(powers)
    total = sympy.Add(*(domain.to_sympy(c) / rising_steps(d, n) for n, c in by_degree.items()))
    return sympy.factor(total) if d.free_symbols else total


def _parity(powers: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a % 2 for a in powers)


def _gaussian_moment(powers: tuple[int, ...]) -> int:
    """E Z^α for even exponents: the moment on the sphere times E|Z|^{|α|} = d(d+2)…(d+|α|−2)."""
    return math.prod(math.prod(range(a - 1, 0, -2)) for a in powers)


def fischer_inner(p, q, *variables) -> Expr:
    """The Fischer product p(∂)q at 0, which is Σ_α α! p_α q_α.

    Parameters
    ----------
    p, q : Expr
        Polynomials in the variables. Complex coefficients are not conjugated.
    *variables : Symbol
        The coordinates, in order.

    Raises
    ------
    DomainError
        As in `decompose`.

    Notes
    -----
    The adjoint of Δ is multiplication by ‖x‖², so the parts ‖x‖^{2j} h of `decompose` are
    orthogonal. For harmonic p and q of the same degree k it is d(d+2)…(d+2k−2) times `inner`.

    References
    ----------
    S. Axler, P. Bourdon, W. Ramey, "Harmonic Function Theory", 2nd ed. (2001), chapter 5.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, y = sympy.symbols("x y")
    >>> tc.sphere.fischer_inner(x**2 - y**2, x**2 + x * y, x, y)
    2
    >>> tc.sphere.fischer_inner(x * y, x * y, x, y) / tc.sphere.inner(x * y, x * y, x, y)
    8
    """
    space = Space.of(variables, None)
    return fischer_sum(*(space.read(f).as_dict() for f in (p, q)))


def fischer_sum(p: Mapping, q: Mapping) -> Expr:
    """Σ_α α! p_α q_α of coefficients by exponents."""
    common = p.keys() & q.keys()
    return sympy.Add(*(math.prod(map(math.factorial, a)) * p[a] * q[a] for a in common))
