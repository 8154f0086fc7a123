"""What is a matter of convention is as in SymPy, in every arithmetic, or it is refused."""

import numpy as np
import pytest
import sympy
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.errors import TheoryCalcError

k, n, m, x, y, z = sympy.symbols("k n m x y z")
ARITHMETICS = [tc.Ball(20), tc.MP(20), tc.Float()]


@pytest.mark.parametrize("using", ARITHMETICS, ids=str)
@pytest.mark.parametrize("last", [-7, -4, -1, 0, 1, 2, 5])
@pytest.mark.parametrize(("term", "first"), [(k, 1), (k**2 + x, -2), (1 / (k + 10), 3)])
def test_sums_and_products_that_run_backwards(term, first, last, using):
    """SymPy's own sum of the numbers, its limits given; also under another sum."""
    total = sympy.Sum(term, (k, m, n))
    exact = total.subs({x: 2, m: first, n: last}).doit()
    params = {s.name: {x: 2, m: first, n: last}[s] for s in total.free_symbols}
    assert_error_holds(tc.Formula("f", total).at(using=using, **params), exact)
    product = sympy.Product(term + 20, (k, m, n))
    factor = product.subs({x: 2, m: first, n: last}).doit()
    assert_error_holds(tc.Formula("f", product).at(using=using, **params), factor)
    values = tc.Formula("f", total, args=(m, n, x)).lambdify()
    np.testing.assert_allclose(values([first], [last], 2.0), float(exact), rtol=1e-14)


def test_a_double_sum_whose_inner_range_runs_backwards():
    total = sympy.Sum(k * m, (k, 1, m), (m, -4, n))
    for last in (-6, -2, 0, 3):
        value = tc.certify(total, digits=10, n=last)
        assert_error_holds(value, total.subs(n, last).doit())


@pytest.mark.parametrize("expr", [sympy.Integral(x, x), sympy.Integral(x * y, (x, 0, 1), y)])
def test_antiderivatives_are_refused(expr):
    with pytest.raises(tc.DomainError, match="limits"):
        tc.certify(expr, **{s.name: 1 for s in expr.free_symbols})


HALF = sympy.Rational(1, 2)
POINTS = [
    (sympy.atan2(x, y), [(0, 0), (0, -1), (-1, 0), (0, 1), (-1, -1)]),
    (sympy.LambertW(x, y), [(-HALF / 5, -1), (-HALF / 5, 0), (-HALF / 5, 1), (0, -1), (2, -1)]),
    (sympy.laguerre(x, y), [(-1, 1), (-2, HALF), (3, -1)]),
    (sympy.hyper([x], [y], HALF), [(-2, -2), (-2, -3), (0, -1), (0, 0)]),
    (sympy.Mod(x, y), [(-7, 3), (7, -3), (-7, -3), (-HALF, 1), (7 * HALF, -2)]),
    (x**y, [(0, 0), (0, 2), (0, -1), (-2, 3), (-8, sympy.Rational(1, 3)), (0, HALF)]),
    (sympy.binomial(x, y), [(-3, 2), (5, -1), (5, 7), (HALF, 3), (-5 * HALF, 2)]),
    (sympy.zeta(x, y), [(2, 0), (-1, 2), (2, -HALF), (3, -2)]),
    (sympy.legendre(x, y), [(HALF, HALF), (-1, HALF), (-2, HALF), (3, 2)]),
    (sympy.polylog(x, y), [(2, -1), (0, HALF), (-2, 3), (2, 2)]),
    (sympy.RisingFactorial(x, y), [(-3, 2), (-3, 5), (0, 0), (2, -1)]),
    (sympy.FallingFactorial(x, y), [(3, 5), (-3, 2), (2, -1)]),
    (sympy.acot(x) + 0 * y, [(-3, 0), (0, 0), (2, 0)]),
    (sympy.loggamma(x) + sympy.sign(y), [(HALF, 0), (-HALF, 0), (0, 0)]),
    (sympy.Heaviside(x) + sympy.sinc(y), [(0, 0), (-1, 2)]),
    (sympy.frac(x) + y, [(-sympy.Rational(1, 3), 0), (sympy.Rational(7, 3), -1)]),
]
CASES = [(expr, point) for expr, points in POINTS for point in points]


@pytest.mark.parametrize("using", ARITHMETICS, ids=str)
@pytest.mark.parametrize(("expr", "point"), CASES, ids=str)
def test_special_points_agree_with_sympy_or_are_refused(expr, point, using):
    """SymPy's exact evaluation, to eighty digits, at the points where conventions differ."""
    at = {s: value for s, value in zip((x, y), point, strict=True) if s in expr.free_symbols}
    formula = tc.Formula("f", expr)
    exact = sympy.N(expr.subs(at, simultaneous=True), 80)
    real = exact.is_number and exact.is_real and exact.is_finite
    try:
        value = formula.at(using=using, **{s.name: number for s, number in at.items()})
    except TheoryCalcError:
        assert not real or isinstance(expr, sympy.hyper | sympy.zeta | sympy.laguerre)
        return
    assert real, f"{value} for {exact}"
    assert_error_holds(value, str(exact))


@pytest.mark.parametrize(("expr", "point"), CASES, ids=str)
def test_arrays_at_special_points(expr, point):
    """Doubles agree too, or are not a number, or infinite at a pole."""
    at = {s: value for s, value in zip((x, y), point, strict=True) if s in expr.free_symbols}
    exact = sympy.N(expr.subs(at, simultaneous=True), 20)
    formula = tc.Formula("f", expr)
    found = formula.lambdify()(*(float(at[s]) for s in formula.args))
    if np.isfinite(found):
        assert exact.is_real, f"{found} for {exact}"
        np.testing.assert_allclose(found, float(exact), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("poly", [sympy.I * x + y, x**2 + (1 + sympy.I) * y, x * y * sympy.I])
def test_complex_polynomials_are_no_networks(poly):
    for call in (tc.relu.f2_norm_squared, tc.relu.wick, tc.relu.fischer_norm_squared):
        with pytest.raises(tc.DomainError, match="real"):
            call(poly, x, y)
    with pytest.raises(tc.DomainError, match="real"):
        tc.relu.represent(poly, x, y)
    assert tc.relu.fischer_norm_squared((1 + sympy.I) * (1 - sympy.I) * x + y, x, y) == 5
