"""Orthonormal spherical harmonics as polynomials, exactly."""

import itertools
import math

import sympy
from sympy import QQ, Expr, Rational

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.integration.recurrences import legendre_steps, spherical_legendre
from theorycalc.core.numbers import exact_integer
from theorycalc.sphere.measure import num_harmonics

# With more monomials than this the list takes minutes to build, and nobody reads it.
_MOST_MONOMIALS = 1_000


def basis(d, k) -> list[Expr]:
    """The orthonormal harmonics of degree k in d dimensions as polynomials in x1, …, xd.

    Parameters
    ----------
    d : int
        Dimension of the space, ≥ 2.
    k : int
        The degree, ≥ 0.

    Returns
    -------
    list of Expr
        N(d, k) homogeneous harmonic polynomials in ``sympy.symbols(f"x1:{d + 1}", real=True)``,
        expanded: rational coefficients times one square root. They are the columns of
        `harmonics`, in the same order.

    Raises
    ------
    DomainError
        For d < 2, k < 0, symbols, and more than 1000 monomials of degree k in d variables.

    Notes
    -----
    Orthonormal under the uniform probability measure on the sphere.

    References
    ----------
    K. Atkinson, W. Han, "Spherical Harmonics and Approximations on the Unit Sphere", section 2.11.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.sphere.basis(2, 2)
    [sqrt(2)*x1**2 - sqrt(2)*x2**2, 2*sqrt(2)*x1*x2]
    >>> tc.sphere.basis(4, 1)
    [2*x4, 2*x3, 2*x1, 2*x2]
    """
    d, k = exact_integer(d, "d", minimum=2), exact_integer(k, "k", minimum=0)
    _check_size(d, k)
    symbols = sympy.symbols(f"x1:{d + 1}", real=True)
    ring, *x = sympy.ring(symbols, QQ)
    levels = _plane(ring, x, k)
    for e in range(3, d + 1):
        degrees = range(k + 1) if e < d else (k,)
        levels = [_level(ring, x[:e], n, levels) for n in degrees]
    return [sympy.expand(sympy.sqrt(square) * p.as_expr()) for p, square in levels[-1]]


def _check_size(d: int, k: int) -> None:
    # the binomial is at least as large as d and k, which are compared first: it may be enormous
    if max(d, k) > _MOST_MONOMIALS or math.comb(d + k - 1, k) > _MOST_MONOMIALS:
        raise DomainError(
            explain(
                "the polynomials have too many monomials",
                got=f"degree {k} in {d} variables",
                allowed=f"at most {_MOST_MONOMIALS}",
                hint="harmonics, which evaluates them",
            )
        )


def _plane(ring, x, k) -> list[list]:
    """Re and Im of (x1 + i x2)^n for n ≤ k, each with the square of its factor."""
    levels = [[(ring.one, sympy.S.One)]]
    re, im = ring.one, ring.zero
    for _ in range(k):
        re, im = x[0] * re - x[1] * im, x[0] * im + x[1] * re
        levels.append([(re, sympy.S(2)), (im, sympy.S(2))])
    return levels


def _level(ring, x, k, below) -> list[tuple]:
    """The harmonics of degree k from those of all degrees ≤ k in one variable less."""
    e, last, norm2 = len(x), x[-1], sum(y**2 for y in x)
    harmonics = []
    for j in range(k + 1):
        steps = ((a, norm2 * b) for a, b in legendre_steps(e + 2 * j, QQ(1)))
        zonals = spherical_legendre(last, ring.one, steps)  # r^n P_n(x/r)
        zonal = next(itertools.islice(zonals, k - j, None))
        factor = num_harmonics(e + 2 * j, k - j) * sympy.rf(Rational(e, 2), j)
        factor /= sympy.rf(Rational(e - 1, 2), j)
        harmonics += [(zonal * p, factor * square) for p, square in below[j]]
    return harmonics
