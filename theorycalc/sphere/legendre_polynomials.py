"""Legendre polynomials in d dimensions, P_{d,k}: the zonal harmonics with P_{d,k}(1) = 1."""

import itertools

import numpy as np
import sympy
from sympy import Expr, S

from theorycalc.core.arithmetic import polynomials as recurrences
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.integration.recurrences import legendre_steps, spherical_legendre
from theorycalc.core.reference import Reference
from theorycalc.core.special import SpecialFunction
from theorycalc.sphere.measure import HARMONICS, T, as_degree, as_dimension, parameters

# Up to here a polynomial is written out: as powers of t it loses k/3 digits in doubles.
_WRITTEN = 10
# The recurrence goes up to here.
_MOST_STEPS = 100_000


class SphericalLegendre(SpecialFunction):
    """P_{d,k}(t), computed by its recurrence; `sympy.expand_func` writes it out.

    P_{2,k}(cos θ) = cos kθ, P_{3,k} is the Legendre polynomial, P_{4,k} = U_k/(k + 1).
    """

    nargs = 3

    @classmethod
    def eval(cls, d, k, t):
        if k.is_zero or t == 1:
            return S.One
        if k == 1:
            return t
        return (-1) ** k if t == -1 else None

    @classmethod
    def definition(cls, d, k, t):
        return sympy.hyper((-k, k + d - 2), ((d - 1) / 2,), (1 - t) / 2)

    def _eval_expand_func(self, **hints):
        d, k, t = self.args
        return polynomial(d, int(k), t) if k.is_Integer else self.definition(d, k, t)

    def slope(self, d, k, t):
        return k * (k + d - 2) / (d - 1) * SphericalLegendre(d + 2, k - 1, t)

    @staticmethod
    def in_mp(context, d, k, t):
        return _of_degree(d, context.integer(k), t, context.number(S.One))

    in_ball = in_mp
    holomorphic_in = (2,)

    @staticmethod
    def double(d, k, t):
        # a branch that is not taken may ask for k − 2 < 0
        return recurrences.polynomial("spherical_legendre", np.maximum(k, 0), d, t)

    def in_latex(self, printer):
        d, k, t = map(printer._print, self.args)
        return rf"P_{{{d},{k}}}\left({t}\right)"


def _of_degree(d, k: int, t, one):
    if not 0 <= k <= _MOST_STEPS:
        raise DomainError(explain("no degree", got=k, allowed=f"0 … {_MOST_STEPS}"))
    return next(itertools.islice(spherical_legendre(t, one, legendre_steps(d, one)), k, None))


def polynomial(d: Expr, k: int, t: Expr) -> Expr:
    """P_{d,k}(t) = Σ_j (−1)^j k!/(4^j j! (k−2j)! ((d−1)/2)_j) (1 − t²)^j t^{k−2j}, expanded in t.

    This is the harmonic with the given symmetry in the form of Müller, positive weights apart.
    """
    x = sympy.Symbol("x")
    total = sympy.Poly(0, x, domain=sympy.QQ.frac_field(*d.free_symbols))
    for j in range(k // 2 + 1):
        rising = sympy.rf((d - 1) / 2, j)
        weight = (-1) ** j * sympy.ff(k, 2 * j) / (4**j * sympy.factorial(j) * rising)
        total += sympy.Poly(weight * (1 - x**2) ** j * x ** (k - 2 * j), x)
    terms = (sympy.factor(c) * t**m for (m,), c in total.terms())
    return sympy.Add(*terms)


def legendre(d, k) -> Formula:
    """The Legendre polynomial P_{d,k} in d dimensions, with P_{d,k}(1) = 1, in ``t``.

    Parameters
    ----------
    d : int or Expr
        Dimension of the space, ≥ 2; may be symbolic.
    k : int or Expr
        Degree, ≥ 0; may be symbolic.

    Returns
    -------
    Formula
        In ``t`` and the symbols of d and k. Written out up to degree 10; beyond, a function that is
        computed by its recurrence, which keeps the digits that powers of t lose
        (`sympy.expand_func` writes it out).

    Raises
    ------
    DomainError
        For d < 2, k < 0 or numbers that are no integers.

    Notes
    -----
    ∫ P_{d,k}² dτ_d = 1/N(d, k) under the law τ_d of one coordinate.

    References
    ----------
    K. Atkinson, W. Han, "Spherical Harmonics and Approximations on the Unit Sphere", section 2.6.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> tc.sphere.legendre(sympy.Symbol("d"), 2).expr
    d*t**2/(d - 1) - 1/(d - 1)
    >>> print(tc.sphere.legendre(100, 200).at(t="1/3", using=tc.Ball(15)))
    8.23511181833537e-41 ± 4e-56
    """
    d, k = as_dimension(d), as_degree(k)
    written = k.is_Integer and k <= _WRITTEN
    expr = polynomial(d, int(k), T) if written else SphericalLegendre(d, k, T)
    return Formula(f"P_{k}", expr, args=parameters(d, k, own=(T,)), reference=HARMONICS)


def gegenbauer(d, k) -> Formula:
    """The Gegenbauer polynomial C_k^{(d−2)/2}, in ``t``: C(k+d−3, k) P_{d,k}(t).

    Parameters
    ----------
    d : int or Expr
        Dimension of the space, ≥ 3; may be symbolic. (For d = 2 the polynomials vanish.)
    k : int or Expr
        Degree, ≥ 0; may be symbolic.

    Raises
    ------
    DomainError
        For d < 3, k < 0 or numbers that are no integers.

    References
    ----------
    DLMF §18.7 and §18.9.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.sphere.gegenbauer(4, 2).expr
    4*t**2 - 1
    """
    d, k = as_dimension(d), as_degree(k)
    if d == 2:
        raise DomainError(
            explain(
                "Gegenbauer polynomials vanish in two dimensions",
                got="d = 2",
                allowed="d ≥ 3",
                hint="tc.sphere.legendre(2, k), the Chebyshev polynomials",
            )
        )
    expr = sympy.binomial(k + d - 3, k) * legendre(d, k).expr
    source = Reference("DLMF:18.3", title="Gegenbauer polynomials")
    return Formula(f"C_{k}", expr, args=parameters(d, k, own=(T,)), reference=source)
