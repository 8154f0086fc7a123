"""Polynomials that are seen not to be negative from their coefficients: sums of squares, or signs.

Of degree two they are sums of squares, or not. A polynomial without negative coefficients is not
negative on positive numbers. Where one has some, the numbers are put in order, the least is s, the
next s + t, and so on, with s, t, … ≥ 0; for each order the coefficients are looked at again. On a
box they are those of Bernstein's polynomials: a number between a and b is (a + bw)/(1 + w), w ≥ 0.
Integers are taken for real numbers.

L. Yang, Solving harder problems with lesser mathematics, Proc. 10th Asian Technology Conf. in
Mathematics, 37–46 (2005).
"""

from collections.abc import Iterator
from functools import reduce
from itertools import pairwise, permutations, product
from math import comb

import sympy
from flint import fmpq

from theorycalc.bounds.domain import Variable, fmpq_of

# A polynomial: rational coefficients by exponents.
Terms = dict[tuple[int, ...], int | fmpq]

# How often numbers are put in order; of how many terms in how many variables.
_DEPTH = 3
_MOST_VARIABLES, _MOST_TERMS = 5, 300
# How many orders are looked at, altogether.
_MOST_ORDERS = 400


def not_negative(expr: sympy.Expr, variables: tuple[Variable, ...]) -> str:
    """Why a polynomial is not negative on a box; nothing where it is not seen."""
    if len(variables) > _MOST_VARIABLES:
        return ""
    for name, terms, signs in _ways(expr, variables):
        if not 0 < len(terms) <= _MOST_TERMS:
            continue
        if max(map(sum, terms)) == 2 and _is_sum_of_squares(_homogeneous(terms)):
            return "it is a sum of squares"
        if _on_orthants(terms, signs):
            return f"no coefficient is negative {name}"
    terms = _terms(expr, [v.symbol for v in variables])
    return _between(_coefficients_between_ends(terms, variables))


def _between(terms: Terms) -> str:
    return (
        "no coefficient is negative between the ends" if terms and min(terms.values()) >= 0 else ""
    )


def positive(expr: sympy.Expr, variables: tuple[Variable, ...]) -> str:
    """Why a polynomial is positive on a box without its open ends; nothing where it is not seen."""
    before = _terms(expr, [v.symbol for v in variables])
    terms = _coefficients_between_ends(before, variables)
    # of the polynomial in the variables: at an upper end only terms of its degree are left
    degrees = [max((e[i] for e in before), default=0) for i in range(len(variables))]
    somewhere = any(c > 0 and _vanishes_nowhere(e, degrees, variables) for e, c in terms.items())
    return _between(terms) if somewhere else ""


def _vanishes_nowhere(exponents: tuple, degrees: list[int], variables) -> bool:
    """Whether a term is positive also where a variable is at an end that belongs to its range."""
    return all(
        (k == 0 or v.low_open) and (k == degree or v.high_open or v.high.is_infinite)
        for k, degree, v in zip(exponents, degrees, variables, strict=True)
    )


def _ways(expr: sympy.Expr, variables) -> Iterator[tuple[str, Terms, list]]:
    """The polynomial in the variables, and in what they are above their lower ends."""
    symbols = [v.symbol for v in variables]
    yield "where the numbers are in order", _terms(expr, symbols), [*map(_signs, variables)]
    lows = {v.symbol: v.low for v in variables}
    if all(low.is_Rational for low in lows.values()) and any(lows.values()):
        above = expr.xreplace({x: x + low for x, low in lows.items()})
        yield "above the lower ends", _terms(above, symbols), [(1,)] * len(symbols)


def _coefficients_between_ends(terms: Terms, variables) -> Terms:
    """A polynomial, times a positive number, in numbers w ≥ 0 that are ∞ at the upper ends.

    Nothing for a variable without a rational lower end, or of too many terms.
    """
    if len(variables) > _MOST_VARIABLES or len(terms) > _MOST_TERMS:
        return {}
    for i, v in enumerate(variables):
        if not (v.low.is_Rational and (v.high.is_Rational or v.high.is_infinite)):
            return {}
        last = fmpq(1) if v.high.is_infinite else fmpq_of(v.high)
        place, unit = [fmpq_of(v.low), last], [fmpq(1), fmpq(int(v.high.is_finite))]
        degree = max((e[i] for e in terms), default=0)
        found: Terms = {}
        for exponents, c in terms.items():
            factors = [place] * exponents[i] + [unit] * (degree - exponents[i])
            for power, x in enumerate(reduce(_product, factors, [fmpq(1)])):
                new = (*exponents[:i], power, *exponents[i + 1 :])
                found[new] = found.get(new, 0) + c * x
        terms = {e: c for e, c in found.items() if c}
    return terms


def _product(p: list, q: list) -> list:
    """The coefficients of a product of polynomials of one variable."""
    found = [fmpq(0)] * (len(p) + len(q) - 1)
    for i, x in enumerate(p):
        for j, y in enumerate(q):
            found[i + j] += x * y
    return found


def _terms(expr: sympy.Expr, symbols: list) -> Terms:
    """The terms of a polynomial with rational coefficients; none of another."""
    p = sympy.Poly(expr, *symbols)
    if not (p.domain.is_ZZ or p.domain.is_QQ):
        return {}
    return {e: int(c) for e, c in p.clear_denoms(convert=True)[1].terms()}


def _is_sum_of_squares(terms: Terms) -> bool:
    """Whether a quadratic form is, by elimination."""
    n = len(next(iter(terms)))
    rows = [[fmpq(0)] * n for _ in range(n)]
    for exponents, c in terms.items():
        i, j = (k for k, power in enumerate(exponents) for _ in range(power))
        rows[i][j] += fmpq(c, 2)
        rows[j][i] += fmpq(c, 2)
    for k in range(n):
        pivot, row = rows[k][k], rows[k]
        if pivot < 0 or (pivot == 0 and any(row[k:])):
            return False
        for i in range(k + 1, n if pivot else 0):
            rows[i] = [x - rows[i][k] * y / pivot for x, y in zip(rows[i], row, strict=True)]
    return True


def _signs(v: Variable) -> tuple[int, ...]:
    if v.low >= 0:
        return (1,)
    return (-1,) if v.high <= 0 else (1, -1)


def _on_orthants(terms: Terms, signs: list[tuple[int, ...]]) -> bool:
    """Whether a polynomial is not negative for all numbers of these signs."""
    for i in range(len(signs)):
        if all(e[i] % 2 == 0 for e in terms):  # a polynomial in the square
            terms = {(*e[:i], e[i] // 2, *e[i + 1 :]): c for e, c in terms.items()}
            signs = [*signs[:i], (1,), *signs[i + 1 :]]
    return all(_not_negative(_turned(terms, choice)) for choice in product(*signs))


def _turned(terms: Terms, signs: tuple[int, ...]) -> Terms:
    """The polynomial of the absolute values of numbers of these signs."""
    return {
        e: c if sum(k for k, s in zip(e, signs, strict=True) if s < 0) % 2 == 0 else -c
        for e, c in terms.items()
    }


def _not_negative(terms: Terms) -> bool:
    """Whether a polynomial is seen not to be negative on positive numbers."""
    left, todo = _MOST_ORDERS, [(_homogeneous(terms), 0)]
    while todo:
        terms, depth = todo.pop()
        if min(terms.values()) >= 0:
            continue
        count, left = len(next(iter(terms))), left - 1
        if depth == _DEPTH or left < len(todo) or _is_negative_somewhere(terms):
            return False
        todo += [(_ordered(terms, order), depth + 1) for order in permutations(range(count))]
    return True


def _homogeneous(terms: Terms) -> Terms:
    """With a power of one more number, which is 1, where the degrees differ."""
    degree = max(map(sum, terms))
    if all(sum(e) == degree for e in terms):
        return terms
    return {(*e, degree - sum(e)): c for e, c in terms.items()}


def _is_negative_somewhere(terms: Terms) -> bool:
    """Whether the polynomial is negative at all ones, or where a single number is not 0."""
    return sum(terms.values()) < 0 or any(
        c < 0 and sum(map(bool, e)) == 1 for e, c in terms.items()
    )


def _ordered(terms: Terms, order: tuple[int, ...]) -> Terms:
    """The polynomial where each number of an order is the one before it and something more."""
    for before, after in reversed([*pairwise(order)]):
        terms = _increased(terms, before, after)
    return terms


def _increased(terms: Terms, i: int, j: int) -> Terms:
    """The polynomial with x_i + x_j for x_j."""
    found: Terms = {}
    for exponents, c in terms.items():
        power = exponents[j]
        for k in range(power + 1):
            new = list(exponents)
            new[i], new[j] = exponents[i] + power - k, k
            found[tuple(new)] = found.get(tuple(new), 0) + c * comb(power, k)
    return {e: c for e, c in found.items() if c}
