"""Information and generative exponents of activations and one-dimensional targets."""

import sympy

from theorycalc.activations import as_activation
from theorycalc.core.arithmetic import Ball
from theorycalc.core.errors import DerivationError, DomainError, PrecisionError, explain
from theorycalc.core.expressions import polynomial_expression
from theorycalc.core.formula import Formula
from theorycalc.core.signature import as_variable
from theorycalc.hermite.functions import expression_of

# Coefficients that are looked at before an activation counts as constant.
_MOST_DEGREES = 200
# Levels y of a polynomial target at which a conditional mean is computed; any one decides "not 0".
_LEVELS = tuple(sympy.Rational(p, 7) for p in (3, 11, -5, 29, 2, 64))


def information_exponent(activation) -> int:
    """The least k ≥ 1 with c_k ≠ 0.

    Parameters
    ----------
    activation : str, Activation or sympy.Expr

    Raises
    ------
    DomainError
        If all coefficients up to degree 200 vanish, as for a constant.
    CertificationError
        If a coefficient cannot be told from zero.

    Notes
    -----
    Every coefficient that is passed over is zero by a closed form or by symmetry, and the one that
    is returned is bounded away from zero in ball arithmetic.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> z = sympy.Symbol("z")
    >>> [tc.hermite.information_exponent(f) for f in ("relu", "abs", z**2 * sympy.exp(-z**2))]
    [1, 2, 4]
    """
    activation = as_activation(activation)
    for k in range(1, _MOST_DEGREES + 1):
        if Formula("", expression_of(activation, k)).at(using=Ball(5)).mid != 0:
            return k
    raise DomainError(
        explain("no coefficient differs from zero", got=activation, allowed="no constants")
    )


def generative_exponent(expr, z) -> int:
    """The least k ≥ 1 for which E[He_k(Z) | h(Z) = y] is not zero for all y.

    Parameters
    ----------
    expr : sympy.Expr
        A polynomial h with real, exact coefficients, not constant.
    z : Symbol

    Raises
    ------
    DomainError
        If ``expr`` is not such a polynomial.

    Notes
    -----
    The conditional mean at y averages He_k over the real roots of h = y with weights
    n(z)/abs(h'(z)). A value that is bounded away from zero in ball arithmetic at one y decides;
    odd k are skipped if h is even. The target has no noise; label noise can only raise the
    exponent.

    References
    ----------
    A. Damian, L. Pillaud-Vivien, J. D. Lee, J. Bruna, "Computational-statistical gaps in Gaussian
    single-index models", arXiv:2403.05529.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> z = sympy.Symbol("z")
    >>> he3, he4 = (tc.hermite.prob(k).expr for k in (3, 4))
    >>> [tc.hermite.generative_exponent(h, *h.free_symbols) for h in (he3, he4)]
    [1, 2]
    """
    expr = polynomial_expression(expr)
    h = expr.as_poly(as_variable(z, "z"))
    if h is None or h.degree() < 1 or h.free_symbols_in_domain or expr.has(sympy.I):
        raise DomainError(explain("not a polynomial target", got=expr, allowed=f"in {z}, exact"))
    is_even = h.compose(sympy.Poly(-h.gen, h.gen)) == h
    for k in range(1, 2 * h.degree() + 1):
        if is_even and k % 2:
            continue
        if any(_conditional_mean_differs_from_zero(h, k, y) for y in _LEVELS):
            return k
    raise DerivationError(explain("no conditional mean differs from zero", got=expr))


def _conditional_mean_differs_from_zero(h: sympy.Poly, k: int, y: sympy.Rational) -> bool:
    level = sympy.Poly(h - y, h.gen)
    slope, total = h.diff(), sympy.S.Zero
    for root in level.real_roots(multiple=True):
        weight = sympy.exp(-(root**2) / 2) / sympy.Abs(slope.eval(root))
        total += weight * sympy.hermite_prob(k, root)
    if total == 0:
        return False
    try:
        return Formula("", total).at(using=Ball(5)).mid != 0
    except PrecisionError:
        return False
