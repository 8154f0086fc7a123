"""`MP`: rationals, ties, and functions where mpmath alone is not enough."""

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc

X, Y, N, A, B, C, T = sp.symbols("x y n a b c t", real=True)
MP15 = tc.MP(15)
HALF, THIRD = sp.Rational(1, 2), sp.Rational(1, 3)
PRODUCT = sp.sqrt(X) * sp.sqrt(Y)


def at(expr, using=MP15, **params):
    return tc.Formula("f", expr).at(using=using, **params)


# --- rationals ---------------------------------------------------------------------------------


@given(st.fractions(min_value=-50, max_value=50, max_denominator=500), st.integers(1, 500))
@settings(max_examples=50, deadline=None)
def test_rationals_are_exact(x, n):
    for expr, exact in (
        (sp.floor(N * X), n * x.numerator // x.denominator),
        (sp.ceiling(N * X), -(-n * x.numerator // x.denominator)),
        (sp.sign(N * X - N), (x > 1) - (x < 1)),
    ):
        value = at(expr, x=x, n=n)
        assert (value.mid, value.rad, value.rigor) == (exact, 0, tc.Rigor.EXACT)
    assert_error_holds(at(sp.Mod(N * X, 1), x=x, n=n), n * x % 1)


def test_a_rational_next_to_a_tie_is_not_at_it():
    x = sp.Integer(1) - sp.Rational(1, 10**300)
    assert at(sp.floor(X), x=x).mid == 0
    assert at(sp.Piecewise((1, X < 1), (2, True)), x=x).mid == 1


def test_the_larger_of_a_rational_and_a_rounded_number_is_not_exact():
    value = at(sp.Max(PRODUCT, 2), x=2, y=2)
    assert value.contains(2)
    assert value.rad > 0


def test_zero_times_a_finite_number_is_zero(monkeypatch):
    """Without a look at the expression, whose length is exponential in the depth of a network."""
    monkeypatch.delattr("theorycalc.core.evaluable.vanishes")
    for value in (at(X * sp.exp(X), x=0), tc.kernels.mlp(10, "abs").layer_ntk(1).at(MP15, rho=0)):
        assert (value.mid, value.rad, value.rigor) == (0, 0, tc.Rigor.EXACT)
    with pytest.raises(tc.DomainError, match="no finite value"):
        at(X * sp.log(X), x=0)


def test_what_no_algorithm_encloses_has_no_value():
    class Cusp(tc.SpecialFunction):
        nargs = 1

        @staticmethod
        def in_mp(context, x):
            return None

    with pytest.raises(tc.DomainError, match="no finite value"):
        at(1 + Cusp(X), x=1)


# --- ties --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "jump", [sp.floor, sp.ceiling, sp.sign, sp.Heaviside, lambda x: sp.Mod(x, 1)]
)
@pytest.mark.parametrize(
    ("x", "y", "root"), [(29, 18125, 725), (2, 2, 2), (3, 12, 6), ("1/7", "7/4", "1/2")]
)
def test_a_jump_at_a_tie_is_refused(jump, x, y, root):
    for digits in (5, 15, 40):
        with pytest.raises(tc.PrecisionError, match="tie"):
            at(jump(PRODUCT - N), tc.MP(digits), x=x, y=y, n=root)


@pytest.mark.parametrize(
    ("expr", "exact"),
    [
        (sp.Abs(PRODUCT - 725) + 1, 1),
        (sp.Max(PRODUCT, 725) + sp.Min(PRODUCT, 725), 1450),
        (sp.Heaviside(PRODUCT - 725) * (PRODUCT - 725) + 1, 1),
        (sp.Piecewise((PRODUCT, PRODUCT > 725), (725, True)), 725),
        (sp.Piecewise((PRODUCT**2, PRODUCT >= 725), (725 * PRODUCT, True)), 725**2),
    ],
)
def test_branches_that_agree_at_a_tie(expr, exact):
    assert_error_holds(at(expr, x=29, y=18125), exact)


def test_a_check_at_a_tie_is_undecided_unless_all_branches_hold():
    step = sp.floor(PRODUCT)
    for bound, verdict in ((724, "UNDECIDED"), (725, "HOLDS"), (723, "FAILS")):
        found = tc.check(tc.Claim(step <= bound), using=MP15, x=29, y=18125).verdict
        assert found.name == verdict


def test_numbers_close_to_a_tie_are_told_with_more_bits():
    """√29·√(18125 + 10^−60) is 725 + 2·10^−62."""
    y = sp.Integer(18125) + sp.Rational(1, 10**60)
    assert at(sp.floor(PRODUCT), x=29, y=y).mid == 725
    assert at(sp.ceiling(PRODUCT), x=29, y=y).mid == 726


def test_an_order_of_numbers_that_are_not_real_is_refused():
    for expr in (sp.floor(sp.sqrt(X)), sp.sign(sp.log(X)), sp.Max(sp.sqrt(X), 1)):
        with pytest.raises(tc.DomainError):
            at(expr, x=-4)


# --- functions ---------------------------------------------------------------------------------


def test_polygamma_of_other_orders_is_not_mpmaths_function():
    with pytest.raises(tc.NotSupportedError, match="order"):
        at(sp.polygamma(A, X), a="1/2", x="5/2")


@pytest.mark.parametrize(
    ("upper", "lower", "z"),
    [
        ((2, 3), (sp.Rational(-401, 2),), HALF),
        ((2, 3), (sp.Rational(-1201, 3),), sp.Rational(-1, 3)),
        ((sp.Rational(1, 10**40),), (HALF,), 100),
        ((sp.Rational(1, 10**60),), (HALF, THIRD), 10_000),
        ((-3 + sp.Rational(1, 10**50),), (HALF,), 200),
        ((), (sp.Rational(-301, 2),), 50),
        ((1, 1, HALF), (sp.Rational(-151, 2), 2), HALF),
        ((sp.Integer(-(10**157)), 10), (11,), sp.Rational(1, 10**159)),
    ],
)
def test_series_whose_terms_become_small_before_they_become_large(upper, lower, z):
    expr = sp.hyper([A, *upper[1:]], lower, X) if upper else sp.hyper([], [A], X)
    value = at(expr, a=upper[0] if upper else lower[0], x=z)
    assert_error_holds(value, _series(upper, lower, z))


def _series(upper, lower, z):
    """The sum of the definition, in exact terms, far beyond its largest."""
    upper, lower = ([sp.Rational(x) for x in xs] for xs in (upper, lower))
    with mpmath.workprec(2000):
        z = mpmath.mpf(z.p) / z.q if z != int(z) else mpmath.mpf(int(z))
        a, b = ([mpmath.mpf(int(x.p)) / int(x.q) for x in xs] for xs in (upper, lower))
        term = total = mpmath.mpf(1)
        for k in range(3000):
            above, below = (mpmath.fprod(x + k for x in xs) for xs in (a, b))
            term *= above / below * z / (k + 1)
            total += term
        return +total


def test_binomial_coefficients_are_sympys():
    for n in (-7, -3, 0, 4, 9):
        for k in (-5, -1, 0, 2, 6):
            assert at(sp.binomial(N, A), n=n, a=k).mid == sp.binomial(n, k)
    assert_error_holds(at(sp.binomial(N, 3), n="5/2"), "5/16")


def test_a_narrow_law_of_a_huge_parameter():
    x = sp.Rational(1, 10**159)
    value = at(sp.betainc_regularized(10, B, 0, x), tc.MP(20), b="1e157")
    assert_error_holds(value, "2.73079428369624594792400006971e-27")


@pytest.mark.parametrize(
    ("polynomial", "x"),
    [
        (sp.jacobi(N, A, A, X, evaluate=False), 0), (sp.gegenbauer(N, A, X), 0),
        (sp.legendre(N, X), 0),
        (sp.hermite(N, X), 0), (sp.chebyshevt(N, X), 0), (sp.chebyshevu(N, X), 0),
        (sp.jacobi(N, A, 1, X), "1/3"), (sp.gegenbauer(N, A, X), "-2/3"), (sp.legendre(N, X), 3),
        (sp.laguerre(N, X), "7/2"), (sp.assoc_laguerre(N, A, X), 5), (sp.hermite(N, X), "1/9"),
    ],
)  # fmt: skip
def test_polynomials_at_their_zeros_and_elsewhere(polynomial, x):
    for n in (0, 1, 5, 9):
        params = {"n": n, "x": x, **({"a": "1/2"} if A in polynomial.free_symbols else {})}
        value = at(polynomial, **params)
        written = {N: n, A: HALF, X: sp.Rational(x)}
        exact = polynomial.func(*(arg.subs(written) for arg in polynomial.args))
        assert_error_holds(value, exact)


def test_parameters_next_to_integers():
    """They must not be rounded to the integer at both precisions."""
    near = sp.Integer(7) + sp.Rational(1, 10**80)
    for expr, params in (
        (sp.hermite(N, X), {"n": near, "x": "-119/3"}),
        (sp.binomial(X, N), {"n": near, "x": 5}),
        (sp.gamma(X), {"x": near - 9}),
    ):
        assert at(expr, **params).overlaps(at(expr, tc.Ball(20), **params))


# --- integrals ---------------------------------------------------------------------------------


def test_small_integrals_inside_of_others_keep_their_digits():
    inner = sp.Integral(X * Y, (X, 0, Y**2), (Y, 0, 1))
    assert_error_holds(at(inner, tc.MP(20)), sp.Rational(1, 12))
    assert_error_holds(
        at(sp.Integral(T**100, (T, 0, sp.Rational(1, 100)))), sp.Rational(1, 101 * 10**202)
    )


def test_a_slowly_decaying_oscillation_is_refused():
    for integrand in (sp.besselj(0, X), sp.sin(X + sp.sqrt(X)) / (1 + X), sp.sin(X**2)):
        with pytest.raises(tc.PrecisionError):
            at(sp.Integral(integrand, (X, 0, sp.oo)), tc.MP(20))


def test_a_jump_that_is_an_end_point_is_no_tie():
    step = sp.Integral(sp.Heaviside(X - THIRD) * sp.exp(X), (X, 0, 1))
    exact = sp.exp(1) - sp.exp(THIRD)
    assert_error_holds(at(step), tc.certify(exact))


def test_a_rational_from_an_algorithm_is_an_approximation():
    """An algorithm may give its result as a fraction; its error is that of two precisions."""

    class Root(tc.SpecialFunction):
        nargs = 1

        @staticmethod
        def in_mp(context, x):
            grid = 2 ** (context.bits - 30)
            return context.number(sp.Rational(int(context.mp.sqrt(x) * grid), grid))

    value = tc.Formula("f", Root(sp.Integer(2))).at(using=tc.MP(15))
    assert value.rigor is tc.Rigor.ESTIMATED
    assert_error_holds(value, tc.certify(sp.sqrt(2), digits=60))


TINY = sp.Rational(1, 10**60)
VANISHING = {
    "one": 1 + (4 * sp.atan(1 + TINY) - sp.pi) / TINY,
    "square": TINY + (1 - sp.cos(TINY)) / TINY**2,
    "of logarithms": TINY + (sp.log(1 + sp.exp(TINY)) - sp.log(2)) / TINY,
    "two of them": TINY + (sp.cos(TINY) + sp.cos(2 * TINY) - 2) / TINY**2,
    "zeta next to its pole": TINY + sp.dirichlet_eta(1 + TINY),
}


@pytest.mark.parametrize("digits", [3, 8, 15])
@pytest.mark.parametrize("name", VANISHING)
def test_what_a_rounded_sum_hides(name, digits):
    """A rounded sum is 0 at both precisions; divided by a small number it is not, but summed."""
    assert_error_holds(at(VANISHING[name], tc.MP(digits)), tc.certify(VANISHING[name], digits=40))


def test_a_sum_that_vanishes_at_every_precision():
    with pytest.raises(tc.PrecisionError):
        at((X - sp.sin(X)) / X**3, tc.MP(8), x="1e-3000")
    hidden_zero = 4 * sp.atan(X) - sp.pi
    assert_error_holds(at(hidden_zero, tc.MP(8), x=1), 0)
    assert_error_holds(at(hidden_zero / 1000 + THIRD, tc.MP(8), x=1), "1/3")


def test_exact_numbers_that_cancel_hide_nothing():
    value = at(X - Y + sp.sin(1), tc.MP(8), x=10**1000, y=10**1000)
    assert_error_holds(value, tc.certify(sp.sin(1)))


def test_argument_beyond_doubles():
    """mpmath asks for the size of some arguments in doubles."""
    x = sp.Symbol("x")
    with pytest.raises(tc.PrecisionError, match="mpmath"):
        tc.Formula("f", sp.erfc(x)).at(x="1e1000", using=tc.MP(20))
