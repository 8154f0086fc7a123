"""Hermite expansions under the standard Gaussian.

Normalisation: orthonormal, c_k = E[φ(Z) h_k(Z)] with h_k = He_k/√k!, so that Σ c_k² = E φ(Z)².
"""

import sympy

from theorycalc.activations import as_activation
from theorycalc.core.calls import tell_calls
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_integer
from theorycalc.core.reference import Reference
from theorycalc.hermite.all_degrees import HermiteSeries, coefficients, series
from theorycalc.hermite.expansion import HermiteExpansion
from theorycalc.hermite.exponents import generative_exponent, information_exponent
from theorycalc.hermite.functions import expression_of
from theorycalc.hermite.polynomials import evaluate, orthonormal, prob
from theorycalc.hermite.products import ProductExpansion
from theorycalc.hermite.targets import expand

__all__ = [
    "HermiteExpansion",
    "HermiteSeries",
    "ProductExpansion",
    "coefficient",
    "coefficients",
    "evaluate",
    "expand",
    "generative_exponent",
    "information_exponent",
    "orthonormal",
    "prob",
    "series",
]

# SymPy writes the factorial of a degree out.
_HIGHEST_DEGREE = 20_000


def coefficient(activation, k) -> Formula:
    """The Hermite coefficient c_k of an activation.

    Parameters
    ----------
    activation : str, Activation or sympy.Expr
    k : int or Symbol
        The degree, at most 20000; a Symbol becomes the argument of the formula.

    Returns
    -------
    Formula
        c_k = E[φ(Z) He_k(Z)]/√k!, Z ~ N(0, 1). A closed form in k wherever one exists for a sum of
        terms z^n e^{az − gz²} H(z − b) erf(sz + c) (sines, Gaussians and piecewise functions of
        them), real powers z^n (z − b)_+^p e^{az − gz²} with p > −1, g ≥ 0, and z^n z_+^p (log z)^m;
        a function with its defining integral for all others, and for the rest of a sum.

    Raises
    ------
    DomainError
        If ``k`` is not an integer between 0 and 20000 or a Symbol, or for a bad activation.
        Also if the activation grows like e^{z²/2}: the expectation does not exist.
    NotSupportedError
        If the kinks cannot be read off.

    References
    ----------
    DLMF §18.3 and §18.17; the moments of truncated powers follow by integration by parts.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> k = sympy.Symbol("k")
    >>> c = tc.hermite.coefficient("relu", k)
    >>> c.expr
    Piecewise((sqrt(2)/(2*sqrt(pi)), Eq(k, 0)), (1/2, Eq(k, 1)), ...)
    >>> print(c.at(k=10, using=tc.Ball(20)))
    0.021989626279399750654 ± 3e-22
    >>> tc.hermite.coefficient("abs", 2).expr
    1/sqrt(pi)
    >>> z = sympy.Symbol("z", real=True)
    >>> print(tc.hermite.coefficient(sympy.log(abs(z)), 0).expr)
    -log(2)/2 - EulerGamma/2
    """
    activation = as_activation(activation)
    if isinstance(k, sympy.Symbol):
        args, domain, name = (k,), {k: sympy.Naturals0}, "c"
    elif isinstance(k, sympy.Basic) and k.free_symbols:
        raise DomainError(explain("k is neither an integer nor a symbol", got=k))
    else:
        k = exact_integer(
            k, "k", 0, _HIGHEST_DEGREE, hint="a Symbol for k, if there is a closed form"
        )
        args, domain, name = (), None, f"c_{k}"
    expr = expression_of(activation, k)
    source = Reference("DLMF:18.3", title="Hermite polynomials")
    return Formula(name, expr, args=args, domain=domain, reference=source)


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
