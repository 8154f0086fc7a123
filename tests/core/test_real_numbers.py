"""Numbers that are not real, where only real ones have an order; integers that are not quite."""

import mpmath
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc

X, T, N, K = sp.symbols("x t n k", real=True)
ARITHMETICS = [tc.Float(), tc.MP(20), tc.Ball(20)]


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize(
    ("function", "modulus", "x"),
    [
        (sp.acos, sp.acosh(X), 2),
        (sp.sqrt, sp.sqrt(-X), "-7/3"),
        (sp.log, sp.sqrt(sp.log(-X) ** 2 + sp.pi**2), "-0.2"),
        (sp.acosh, sp.acos(X), "1/3"),
        (lambda x: x + sp.I, sp.sqrt(1 + X**2), 3),
    ],
)
def test_bars_are_the_modulus(using, function, modulus, x):
    value = tc.Formula("f", sp.Abs(function(X), evaluate=False) ** 2).at(x=x, using=using)
    assert_error_holds(value, tc.certify(modulus**2, digits=40, x=x))


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize(
    "expr",
    [
        sp.sign(sp.sqrt(X)),
        sp.floor(sp.sqrt(X)),
        sp.ceiling(sp.sqrt(X) / 3),
        sp.Heaviside(sp.sqrt(X)),
        sp.Max(sp.sqrt(X), 1),
        sp.Min(sp.log(X), 7),
        sp.Mod(sp.sqrt(X), 1),
        sp.Piecewise((1, sp.sqrt(X) > 0), (2, True)),
        sp.atan2(sp.sqrt(X), 1),
    ],
    ids=str,
)
def test_an_order_of_numbers_that_are_not_real_is_refused(expr, using):
    with pytest.raises(tc.TheoryCalcError):
        tc.Formula("f", expr).at(x=-4, using=using)


def test_a_root_that_is_imaginary_by_a_hair_is_refused():
    """At the first precision it cannot be told from a real zero."""
    tiny = sp.sin(X) ** 2 + sp.cos(X) ** 2 - 1 - sp.Rational(1, 10**60)
    for expr in (sp.Max(sp.sqrt(tiny), 0) + sp.sign(sp.sqrt(tiny)), sp.sign(sp.sqrt(tiny))):
        with pytest.raises(tc.TheoryCalcError):
            tc.certify(expr, x=1)


@pytest.mark.parametrize("name", ["asin", "acos", "acosh", "sqrt"])
@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("zeros", [8, 21, 300])
@pytest.mark.parametrize("digits", [3, 15])
def test_a_hair_beyond_a_branch_point(name, sign, zeros, digits):
    """What is not real is refused, or its imaginary part is within the stated radius."""
    point = 0 if name == "sqrt" else 1
    rounded = X + sp.sin(1) ** 2 + sp.cos(1) ** 2 - 1  # no exact rational decides
    formula = tc.Formula("f", getattr(sp, name)(rounded) + 1)
    with mpmath.workdps(700):
        truth = 1 + getattr(mpmath, name)(point + sign * mpmath.mpf(10) ** -zeros)
        try:
            value = formula.at(x=point + sp.Rational(sign, 10**zeros), using=tc.Ball(digits))
        except tc.DomainError:
            assert mpmath.im(truth) != 0
        else:
            assert abs(truth - value.mid) <= value.rad
            assert mpmath.im(truth) == 0 or zeros > 21


def test_claims_about_the_modulus():
    for bound, verdict in ((9, tc.Verdict.HOLDS), (10, tc.Verdict.FAILS)):
        claim = tc.Claim(sp.Abs(sp.log(X)) ** 2 >= bound)  # |log(−1)|² = π²
        assert tc.check(claim, x=-1).verdict is verdict


def test_a_modulus_inside_an_integral_has_no_continuation():
    integral = sp.Integral(sp.Abs(T + sp.I * X, evaluate=False), (T, 0, 1))
    with pytest.raises(tc.TheoryCalcError, match="not a real number"):
        tc.certify(integral, x=1, digits=10)


@given(
    st.integers(-3, 40),
    st.integers(0, 12),
    st.integers(40, 300),
    st.sampled_from([sp.sqrt(2), sp.pi - 3, -sp.sqrt(3)]),
)
def test_what_is_not_quite_an_integer(n, k, bits, offset):
    """C(n, k + ε) is no polynomial in n: the reflection formula at many more digits."""
    k = k + offset / 2**bits
    if n < 0:
        with pytest.raises(tc.TheoryCalcError):
            tc.certify(sp.binomial(N, K), n=n, k=k)  # a pole of Γ(n + 1)
        return
    value = tc.certify(sp.binomial(N, K), digits=15, n=n, k=k)
    exact = sp.gamma(n + 1) / (sp.gamma(K + 1) * sp.gamma(n - K + 1))
    if n - k > 0:
        assert_error_holds(value, tc.certify(exact, digits=150, k=k))


@pytest.mark.parametrize("bits", range(48, 54))
@pytest.mark.parametrize("exponent", [3, 9, 20])
def test_almost_one_of_a_large_number(exponent, bits):
    """C(n, 1 + ε) = n + ε n (ψ(n) − ψ(2)) + …, where the product n has no error to speak of.

    ε is about as small as the unit in the last place of the first precision.
    """
    n, k = 10**exponent, 1 + sp.sqrt(2) / 2**bits
    with mpmath.workdps(60):
        exact = mpmath.binomial(n, 1 + mpmath.sqrt(2) / 2**bits)
    assert_error_holds(tc.certify(sp.binomial(N, K), digits=5, n=n, k=k), exact)


@pytest.mark.parametrize("z", [40, 60])
def test_a_parameter_that_is_not_quite_an_integer(z):
    """The series of 1F1 ends for one; for a ball around one its growth is not that of the sum."""
    function, x = sp.hyper([X], [sp.Rational(1, 3)], z), -2 + sp.sqrt(2) / 2**70
    few, many = (tc.certify(function, digits=digits, x=x) for digits in (10, 60))
    assert_error_holds(few, many)


def test_limits_of_sums_are_integers_that_are_known_to_be():
    total = sp.Sum(K, (K, 1, X))
    assert tc.certify(total, x=3).contains(6)
    with pytest.raises(tc.DomainError, match="not an integer"):
        tc.certify(total, x=3 + sp.sqrt(2) / 2**200)


def test_large_roots_of_polynomials():
    """An error of a root is relative to its size."""
    root = sp.CRootOf(sp.Symbol("z") ** 5 - sp.Symbol("z") - 10**200 - 1, 0)
    value = tc.certify(root, digits=20)
    assert_error_holds(value, sp.Rational(root.eval_rational(n=80)))


def test_the_value_of_a_step_at_zero_is_part_of_it():
    step = tc.Formula("f", sp.Heaviside(X, 5))
    hidden = sp.Heaviside(sp.sin(X) ** 2 + sp.cos(X) ** 2 - 1, 5)
    assert step.at(x=0, using=tc.Ball(10)).contains(5)
    with pytest.raises(tc.PrecisionError) as caught:
        tc.certify(hidden, x=1)
    assert caught.value.value.upper >= 5
