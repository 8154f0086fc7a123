"""Activations with algebraic and logarithmic points: coefficients against their definition."""

import itertools

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc

Z, K = sp.Symbol("z", real=True), sp.Symbol("k")
R = sp.Rational
ARITHMETICS = (tc.Float(), tc.MP(25), tc.Ball(25))
CLOSED = [
    sp.Abs(Z) ** R(1, 2),
    sp.sqrt(sp.Abs(Z)) * sp.sign(Z),
    sp.Abs(Z) ** R(-1, 3),
    sp.Max(-Z, 0) ** R(2, 7),
    sp.Abs(Z - 1) ** R(1, 2),
    Z * sp.Abs(2 * Z + 1) ** R(3, 2) + sp.Max(Z, 0),
    sp.Max(Z - 2, 0) ** R(5, 2) + Z**2 + sp.exp(Z / 2),
    sp.Abs(Z) ** (sp.sqrt(2) / 2),
    sp.log(sp.Abs(Z)),
    sp.log(Z**2),
    Z**2 * sp.log(sp.Abs(3 * Z)),
    sp.log(sp.Abs(Z)) ** 2,
    sp.Abs(Z) ** R(1, 3) * sp.log(sp.Abs(Z)),
    sp.Piecewise((Z * sp.log(2 * Z), Z > 0), (0, True)),
    sp.exp(-(Z**2)) * sp.Abs(Z) ** R(1, 2),
    sp.exp(Z / 3) * sp.Max(Z - 1, 0) ** R(1, 2),
    sp.exp(Z - Z**2 / 3) * Z * sp.Abs(Z + 1) ** R(1, 3),
    tc.activations.relu_power("-2/5"),
    tc.activations.relu_power("3/2"),
]


def by_definition(activation, k):
    """c_k by mpmath, piece by piece; beyond ±16 is less than 1e-40."""
    activation = tc.activations.as_activation(activation)
    with mpmath.workdps(45):
        kinks = [mpmath.mpf(sp.N(kink, 50)) for kink in activation.kinks]
        ends = [mpmath.mpf(-16), *kinks, mpmath.mpf(16)]
        pieces = [sp.lambdify(Z, piece, "mpmath") for _, _, piece in activation.pieces]
        parts = zip(itertools.pairwise(ends), pieces, strict=True)
        return mpmath.fsum(one_piece(f, k, a, b) for (a, b), f in parts)


def one_piece(f, k, a, b):
    norm = mpmath.sqrt(mpmath.mpf(2) ** k * mpmath.factorial(k))

    def integrand(x):
        return mpmath.re(f(x)) * mpmath.hermite(k, x / mpmath.sqrt(2)) / norm * mpmath.npdf(x)

    def part(end, length):
        # x = end + length t^6 takes the root at the end away
        points = [mpmath.mpf(i) / 5 for i in range(6)]
        return mpmath.quad(lambda t: integrand(end + length * t**6) * 6 * length * t**5, points)

    middle = (a + b) / 2
    return part(a, middle - a) - part(b, middle - b)


@pytest.mark.parametrize("activation", CLOSED, ids=str)
@pytest.mark.parametrize("k", [0, 1, 4, 7])
def test_coefficients_are_their_definition(activation, k):
    exact = by_definition(activation, k)
    general = tc.hermite.coefficient(activation, K).subs(k=k)
    for using in ARITHMETICS:
        for formula in (tc.hermite.coefficient(activation, k), general):
            value = formula.at(using=using)
            if value.mid == 0:
                assert abs(exact) < 1e-38
            else:
                assert_error_holds(value, exact)


def test_symbolic_degree_is_one_form():
    """Γ functions only, without cases for the degrees."""
    c = tc.hermite.coefficient(tc.activations.relu_power("1/2"), K).expr
    expected = 2 ** (K / 2 - R(5, 4)) * sp.gamma(R(3, 2)) / sp.gamma(R(5, 4) - K / 2)
    assert sp.simplify(c * sp.sqrt(sp.factorial(K)) / expected) == 1


def test_logarithm_has_rational_coefficients_after_the_mean():
    raw = [
        sp.simplify(tc.hermite.coefficient(sp.log(sp.Abs(Z)), k).expr * sp.sqrt(sp.factorial(k)))
        for k in range(9)
    ]
    assert sp.simplify(raw[0] + (sp.EulerGamma + sp.log(2)) / 2) == 0
    assert raw[1:] == [0, 1, 0, -2, 0, 8, 0, -48]


@settings(max_examples=20)
@given(
    st.fractions("-9/10", 4, max_denominator=12).filter(lambda p: p.denominator > 1),
    st.fractions(-3, 3, max_denominator=5),
    st.integers(0, 30),
)
def test_recurrence_of_shifted_powers(p, b, k):
    """C_{k+2} = b C_{k+1} + (p − k) C_k for (z − b)_+^p, with C_k the raw coefficients."""
    power = sp.Piecewise(((Z - R(b)) ** R(p), R(b) < Z), (0, True))
    c = tc.hermite.coefficient(power, K).expr * sp.sqrt(sp.factorial(K))
    left = tc.Formula("l", c.subs(K, k + 2)).at(using=tc.Ball(20))
    right = tc.Formula("r", R(b) * c.subs(K, k + 1) + (R(p) - k) * c.subs(K, k))
    assert left.overlaps(right.at(using=tc.Ball(20)))


@pytest.mark.parametrize("p", ["1/2", "4/3", "1/7"])
def test_derivative_rule(p):
    """c_k(φ') = √(k+1) c_{k+1}(φ)."""
    activation = tc.activations.relu_power(p)
    slope = tc.hermite.coefficient(activation.derivative, K).expr
    c = tc.hermite.coefficient(activation, K).expr
    for k in (0, 1, 5, 12):
        assert sp.simplify(slope.subs(K, k) - sp.sqrt(k + 1) * c.subs(K, k + 1)) == 0


def test_derivative_of_a_power_of_max():
    slope = tc.Activation(sp.sqrt(sp.Max(Z, 0))).derivative
    assert slope([-1.0, 4.0]).tolist() == [0, 0.25]


@pytest.mark.parametrize("activation", [CLOSED[0], CLOSED[4], CLOSED[8]], ids=str)
@pytest.mark.parametrize("using", [tc.Float(), tc.Ball(15)], ids=repr)
def test_remainder_of_parseval(activation, using):
    """The tail after 20 less the tail after 30 is what lies between."""
    short, long = (tc.hermite.series(activation, k, using=using) for k in (20, 30))
    between = sum(float(c) ** 2 for c in long.coefficients[21:])
    assert float(short.tail) - float(long.tail) == pytest.approx(between, rel=1e-9)
    assert 0 < float(long.tail) < float(short.tail)


def test_sums_keep_their_closed_part():
    root = tc.activations.relu_power("1/2")
    total = sp.tanh(Z) + root.expr
    smooth = tc.hermite.coefficients("tanh", 5, using=tc.Ball(40))
    together = tc.hermite.coefficients(total, 5)
    for k in (3, 5):
        with mpmath.workdps(45):
            exact = by_definition(root, k) + smooth[k].mid
        assert_error_holds(together[k], exact)
        assert_error_holds(tc.hermite.coefficient(total, k).at(using=tc.Ball(25)), exact)


@pytest.mark.parametrize(
    "activation",
    [
        sp.sqrt(sp.Abs(Z - R(1, 3))) * sp.cos(Z),
        sp.sqrt(sp.Abs(Z)) * sp.Abs(Z - 1) ** R(1, 3) * sp.sin(Z),
    ],
    ids=str,
)
def test_roots_without_closed_form_are_enclosed(activation):
    value = tc.hermite.coefficient(activation, 1).at(using=tc.Ball(12))
    assert value.rigor is tc.Rigor.CERTIFIED
    assert_error_holds(value, by_definition(activation, 1))


@pytest.mark.parametrize(
    "bad", [1 / sp.Abs(Z), sp.Abs(Z) ** R(-3, 2), sp.log(sp.Abs(Z)) / sp.Abs(Z)], ids=str
)
def test_what_is_not_integrable_is_refused(bad):
    with pytest.raises(tc.DomainError, match="does not exist"):
        tc.hermite.coefficient(bad, 2)
