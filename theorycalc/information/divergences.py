"""How far two laws of one family are from each other."""

from collections.abc import Callable

from sympy import Abs, erf, exp, pi, sqrt

from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.records import instance
from theorycalc.information.laws import Law, Normal


def divergence(P: Law, Q: Law) -> Formula:  # noqa: N803
    """The Kullback–Leibler divergence D(P‖Q) = ∫ dP log(dP/dQ) of two laws of one family, in nats.

    Parameters
    ----------
    P, Q : Categorical, Normal, Poisson or Exponential
        Both of one family; parameters may be expressions.

    Returns
    -------
    Formula
        In the symbols of the laws; ∞ where P has mass that Q has not.

    Raises
    ------
    DomainError
        For laws of two families, or on two spaces.

    Examples
    --------
    >>> import theorycalc as tc
    >>> P, Q = tc.information.Poisson(2), tc.information.Poisson(3)
    >>> print(tc.information.divergence(P, Q).at(using=tc.Ball(15)))
    0.189069783783671 ± 3e-16
    """
    return _compared("D", P, Q, lambda: P.relative_entropy(Q))


def total_variation(P: Law, Q: Law) -> Formula:  # noqa: N803
    """½ ∫ |dP − dQ|; parameters and errors are those of `divergence`.

    Normal laws of two deviations are compared in one dimension only (NotSupportedError).

    Examples
    --------
    >>> import theorycalc as tc
    >>> P, Q = tc.information.Normal(0), tc.information.Normal("1/2")
    >>> print(tc.information.total_variation(P, Q).at(using=tc.Ball(15)))
    0.197412651365847 ± 5e-16
    """
    return _compared("TV", P, Q, lambda: P.variation(Q))


def chi_squared(P: Law, Q: Law) -> Formula:  # noqa: N803
    """∫ (dP − dQ)²/dQ; parameters and errors are those of `divergence`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> P, Q = tc.information.Exponential(2), tc.information.Exponential(3)
    >>> tc.information.chi_squared(P, Q).expr
    1/3
    """
    return _compared("chi^2", P, Q, lambda: P.chi_square(Q))


def hellinger_squared(P: Law, Q: Law) -> Formula:  # noqa: N803
    """∫ (√dP − √dQ)² = 2 − 2 ∫ √(dP dQ); parameters and errors are those of `divergence`.

    H²/2 ≤ TV ≤ H √(1 − H²/4).

    Examples
    --------
    >>> import theorycalc as tc
    >>> P, Q = tc.information.Exponential(1), tc.information.Exponential(4)
    >>> tc.information.hellinger_squared(P, Q).expr
    2/5
    """
    return _compared("H^2", P, Q, lambda: 2 - 2 * P.affinity(Q))


def wasserstein(P: Normal, Q: Normal) -> Formula:  # noqa: N803
    """The distance W₁ of two normal laws on the line, E|a + bZ| with the differences a and b.

    Parameters
    ----------
    P, Q : Normal
        In one dimension.

    Returns
    -------
    Formula
        b √(2/π) e^{−a²/(2b²)} + a erf(a/(b√2)) with a = |m − m'| and b = |s − s'|.

    Examples
    --------
    >>> import theorycalc as tc
    >>> P, Q = tc.information.Normal(0), tc.information.Normal("1/2", 2)
    >>> print(tc.information.wasserstein(P, Q).at(using=tc.Ball(15)))
    0.895593114802612 ± 6e-17
    """
    for law in (P, Q):
        instance(law, Normal, "a normal law", allowed="Normal(mean, deviation)")
        if law.d > 1:
            raise NotSupportedError(explain("W₁ in more than one dimension", got=law))
    a, b = Abs(P.mean - Q.mean), Abs(P.deviation - Q.deviation)
    if b == 0:
        return Formula("W_1", a)
    return Formula("W_1", b * sqrt(2 / pi) * exp(-((a / b) ** 2) / 2) + a * erf(a / (b * sqrt(2))))


def _compared(name: str, one: Law, two: Law, compare: Callable) -> Formula:
    for law in (one, two):
        instance(law, Law, "a law", allowed="Categorical, Normal, Poisson, Exponential")
    if type(one) is not type(two):
        got = f"{type(one).__name__} and {type(two).__name__}"
        raise DomainError(explain("laws of two families", got=got, allowed="two of one family"))
    return Formula(name, compare())
