"""Plain functions that turn an expression or an integral into a Value."""

from theorycalc.core.arithmetic import Ball, Float
from theorycalc.core.evaluation import (
    Arithmetic,
    check_arithmetic,
    check_supported,
    evaluate,
    read_parameters,
)
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral
from theorycalc.core.known import carried, unknown
from theorycalc.core.lowering import lower
from theorycalc.core.records import instance
from theorycalc.core.value import Value


def certify(expr, digits: int = 30, **params) -> Value:
    """Evaluate any SymPy expression to certified digits.

    Parameters
    ----------
    expr : sympy.Expr or Formula
        Built from the functions in the table of `docs/certify.md`, sums and products over finite
        ranges and integrals over finite intervals included. Its value must be real.
    digits : int
        Relative accuracy: ``rad ≤ 10^-digits · |mid|``; a zero that is not seen to be one has as
        many absolute digits (see `Ball`).
    **params
        Exact numbers for the free symbols.

    Returns
    -------
    Value
        With ``rigor`` CERTIFIED, or EXACT where the result is a binary fraction.

    Raises
    ------
    CertificationError
        If the digits are not reached.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> n, x = sympy.symbols("n x")
    >>> print(tc.certify(sympy.besselj(0, x) * sympy.gamma(x), digits=25, x="2.5"))
    -0.06431850819180691965431422 ± 6e-28
    >>> print(tc.certify(sympy.Sum(1 / n**2, (n, 1, 100)), digits=12))
    1.63498390018 ± 5e-12
    """
    formula = expr if isinstance(expr, Formula) else Formula("", expr)
    return formula.at(using=Ball(digits), **params)


def integrate(integral: Integral, using: Arithmetic = Float(), **params) -> Value:
    """The value of an `Integral`, its parameters given as exact numbers.

    Parameters
    ----------
    integral : Integral
    using : Float, MP or Ball
        Enclosures with estimated ends, or two rules of nodes where there are none; mpmath's
        tanh–sinh quadrature at two precisions; or Arb's rigorous quadrature between the declared
        kinks with the declared tail bounds.
    **params
        Exact numbers for the parameters.

    Raises
    ------
    DomainError
        For a parameter that is unknown, missing or no number.
    NotSupportedError
        `Ball`, if an infinite limit has no declared tail.
    PrecisionError
        If the digits asked for are not reached.

    Notes
    -----
    `Float` encloses the integrand over intervals and finds a spike, unless the integrand itself is
    an integral or a double-precision routine: then it is refused, or lost. `MP` sees an integrand
    at nodes only; what `Float` finds tells it where they miss something, and whether the integral
    exists. `Ball` cannot miss it.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> z, a = sympy.symbols("z a", real=True)
    >>> print(tc.integrate(tc.Integral(sympy.exp(-a * z**2), z, 0, 1), tc.Ball(20), a=2))
    0.59814400666130410147 ± 5e-21
    """
    instance(integral, Integral, "an Integral", allowed="tc.Integral(…)")
    check_arithmetic(using)
    free = integral.free_symbols
    values = {**read_parameters(sorted(unknown(free), key=str), params), **carried(free)}
    check_supported(integral.integrand, using, values)
    return evaluate(lower(integral, tuple(values)), values, using)
