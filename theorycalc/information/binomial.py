"""Exact binomial tails, what they say of the chance of success, and ξ(n)."""

import sympy
from sympy import S, exp, log
from sympy.codegen.cfunctions import expm1

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_integer
from theorycalc.information.arguments import with_given
from theorycalc.information.binary import P
from theorycalc.information.binomial_functions import BinomialTail, LogOdds, Xi

DELTA = sympy.Symbol("delta", positive=True)
N = sympy.Symbol("n", positive=True)
_MOST_DRAWS = 10**7


def binomial_tail(k, n, p=P) -> Formula:
    """P(X ≤ k) for n independent draws of chance p.

    Parameters
    ----------
    k : int
        Number of successes, 0 ≤ k ≤ n.
    n : int
        Number of draws, ≤ 10⁷.
    p : number, Symbol, expression or Formula
        A probability in [0, 1]; a symbol by default.

    Returns
    -------
    Formula
        In balls the terms are added from the middle of the law on, so that small tails keep their
        digits.

    Raises
    ------
    DomainError
        For k > n, or p outside [0, 1].

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.information.binomial_tail(15000, 50000, "0.31").at(using=tc.Ball(20)))
    6.3644770557012453771e-07 ± 3e-27
    """
    k, n = _counts(k, n)
    if k == n:
        return Formula("P", S.One)
    return with_given(Formula("P", BinomialTail(k, n, P), args=(P,), domain=P <= 1), p=p)


def binomial_upper(k, n, delta=DELTA) -> Formula:
    """sup{p : P(X ≤ k) ≥ δ}: the largest chance that k successes of n do not refute at level δ.

    Parameters
    ----------
    k, n : int
        Successes and draws, 0 ≤ k ≤ n ≤ 10⁷.
    delta : number, Symbol, expression or Formula
        In (0, 1), of any size: ``sympy.exp(-60) / 100`` for a bound with a prior. A symbol by
        default.

    Returns
    -------
    Formula
        1 − δ^{1/n} for k = 0, 1 for k = n. It is at most kl_upper(k/n, log(1/δ)/n), and equal to
        it for k = 0.

    Raises
    ------
    DomainError
        For k > n, or δ outside (0, 1).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> delta = sympy.exp(-60) / 100
    >>> print(tc.information.binomial_upper(15000, 50000, delta).at(using=tc.Ball(18)))
    0.323012296172364590 ± 5e-19
    """
    k, n = _counts(k, n)
    if k == n:
        return Formula("p^+", S.One)
    if k == 0:
        return _inverse("p^+", -expm1(log(DELTA) / n), delta)
    return _inverse("p^+", 1 / (1 + exp(-LogOdds(k, n, -log(DELTA)))), delta)


def binomial_lower(k, n, delta=DELTA) -> Formula:
    """inf{p : P(X ≥ k) ≥ δ}, from below; parameters and errors are those of `binomial_upper`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.information.binomial_lower(5, 100, "0.05").at(using=tc.Ball(17)))
    0.019905563662171838 ± 5e-20
    """
    k, n = _counts(k, n)
    if k == 0:
        return Formula("p^-", S.Zero)
    if k == n:
        return _inverse("p^-", exp(log(DELTA) / n), delta)
    return _inverse("p^-", 1 / (1 + exp(LogOdds(n - k, n, -log(DELTA)))), delta)


def xi(n=N) -> Formula:
    """E e^{n kl(k/n‖p)} of the number k of heads of n coins, which does not depend on p.

    It is the constant of Maurer's bound, for losses in [0, 1] an upper bound; √n ≤ ξ(n) ≤ 2√n.

    Parameters
    ----------
    n : number, Symbol, expression or Formula
        n ≥ 1; a symbol by default.

    Returns
    -------
    Formula
        Σ_k C(n, k) (k/n)^k (1 − k/n)^{n−k} = 1 + n^{1−n} e^n Γ(n, n) for an integer n.

    Raises
    ------
    DomainError
        For n < 1.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.information.xi(1000).at(using=tc.Ball(20)))
    40.303212926178154534 ± 2e-19
    """
    return with_given(_XI, n=n)


_XI = Formula("xi", Xi(N), domain=N >= 1)


def _inverse(name: str, expr, delta) -> Formula:
    return with_given(Formula(name, expr, args=(DELTA,), domain=DELTA < 1), delta=delta)


def _counts(k, n) -> tuple[sympy.Integer, sympy.Integer]:
    n = exact_integer(n, "n", 1, _MOST_DRAWS)
    k = exact_integer(k, "k", 0)
    if k > n:
        raise DomainError(explain("more successes than draws", got=f"k = {k}, n = {n}"))
    return sympy.Integer(k), sympy.Integer(n)
