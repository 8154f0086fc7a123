"""The three arithmetics: what they promise, and the traps of the libraries beneath them."""

import itertools
import math
import pickle
import subprocess
import sys

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import acb, arb
from hypothesis import given
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.lowering import lower
from theorycalc.core.vocabulary import FUNCTIONS

X, Y = sp.symbols("x y")
FLOAT, MP30, BALL30 = tc.Float(), tc.MP(30), tc.Ball(30)


@pytest.mark.parametrize("digits", [0, -3, 10_001, 2.5, "many", None, True])
@pytest.mark.parametrize("arithmetic", [tc.MP, tc.Ball])
def test_bad_digits(arithmetic, digits):
    with pytest.raises(tc.DomainError, match="digits"):
        arithmetic(digits)


@pytest.mark.parametrize("digits", [1, 2, 15, 100, 1000])
def test_digits_that_were_asked_for_are_reached(digits):
    exact = sp.exp(sp.sqrt(2)).n(2 * digits + 60)
    for using in (tc.MP(digits), tc.Ball(digits)):
        value = tc.Formula("f", sp.exp(sp.sqrt(X))).at(x=2, using=using)
        assert value.rad <= abs(value.mid) * mpmath.mpf(10) ** -digits
        assert value.contains(exact)


def test_cancellation_costs_bits_and_no_digits():
    f = tc.Formula("f", 1 - sp.cos(X))
    for using in (FLOAT, MP30, BALL30):
        value = f.at(x="1e-40", using=using)
        assert value.contains(sp.Rational(1, 2 * 10**80) - sp.Rational(1, 24 * 10**160))
        assert value.rad <= abs(value.mid) * 2e-16


def test_the_order_of_keywords_does_not_matter():
    f = tc.Formula("f", X - 2 * Y)
    assert f.at(x=1, y=5) == f.at(y=5, x=1)
    assert float(f.at(y=5, x=1)) == -9


def test_exact_results_are_exact():
    for using in (FLOAT, MP30, BALL30):
        value = tc.Formula("f", X**2 + X / 2).at(x="3/2", using=using)
        assert (value.mid, value.rad, value.rigor) == (3, 0, tc.Rigor.EXACT)


def test_rationals_stay_exact_until_a_function_meets_them():
    """1 − ρ of a decimal next to 1 loses nothing, whatever the precision."""
    tiny = "0.99999999999999999999999999999999999999999999999999"
    value = tc.Formula("f", sp.sqrt(1 - X)).at(x=tiny, using=tc.Ball(10))
    assert value.overlaps(tc.certify(sp.sqrt(sp.Rational(1, 10**50)), digits=10))


def test_poles_and_complex_values_are_refused():
    for expr, x in ((1 / X, 0), (sp.log(X), 0), (sp.gamma(X), -2), (sp.log(X), -1), (X**X, "-1/2")):
        for using in (FLOAT, MP30, BALL30):
            with pytest.raises(tc.DomainError):
                tc.Formula("f", expr).at(x=x, using=using)


HIDDEN_ZERO = sp.tan(3 * sp.pi / 11) + 4 * sp.sin(2 * sp.pi / 11) - sp.sqrt(11)


def test_a_hidden_zero_has_absolute_digits():
    """It says so, and a sweep with one in it goes on."""
    for using, rigor in ((BALL30, tc.Rigor.CERTIFIED), (MP30, tc.Rigor.ESTIMATED)):
        value = tc.Formula("f", X * HIDDEN_ZERO).at(x=2, using=using)
        assert (value.is_absolute, value.rigor) == (True, rigor)
        assert abs(value.mid) <= value.rad < mpmath.mpf("1e-100")
        assert value.rad > 0
        assert not tc.Formula("f", X * HIDDEN_ZERO + 1).at(x=2, using=using).is_absolute
    estimate = tc.Formula("f", HIDDEN_ZERO).at()
    assert estimate.contains(0)
    assert estimate.rad > 0


def test_relative_digits_of_a_hidden_zero_are_an_error():
    for using in (tc.Ball(30, relative=True), tc.MP(30, relative=True)):
        with pytest.raises(tc.PrecisionError, match="30 digits asked for") as error:
            tc.Formula("f", HIDDEN_ZERO).at(using=using)
        assert error.value.value.contains(0)
        assert error.value.value.rad < mpmath.mpf("1e-100")
    with pytest.raises(tc.DomainError, match="relative"):
        tc.Ball(30, relative=1)


def test_absolute_digits_are_as_many_as_were_asked_for():
    """A number that is merely lost in its terms is no zero."""
    lost = tc.Formula("f", sp.exp(X) * HIDDEN_ZERO)
    for using in (BALL30, MP30):
        with pytest.raises(tc.PrecisionError):
            lost.at(x=10**6, using=using)


@pytest.mark.parametrize(
    ("expr", "x"),
    [(sp.sin(sp.pi * X), 1), (sp.acos(X) - sp.pi / 2, 0), (sp.log(X) + sp.log(1 / X), 2)],
)
def test_a_zero_that_sympy_sees_is_exact(expr, x):
    value = tc.Formula("f", expr).at(x=x, using=tc.Ball(20))
    assert (value.mid, value.rad, value.rigor) == (0, 0, tc.Rigor.EXACT)


def test_complex_intermediates_with_a_real_value():
    """√(−2)·√(−3) = −√6."""
    value = tc.certify(sp.sqrt(-X) * sp.sqrt(-Y), x=2, y=3)
    assert value.overlaps(tc.certify(-sp.sqrt(6)))


def test_conditions_are_decided_exactly():
    f = tc.Formula(
        "f", sp.Piecewise((1, sp.Rational(1, 3) < X), (2, sp.Rational(1, 3) > X), (3, True))
    )
    for using in (FLOAT, MP30, BALL30):
        assert [float(f.at(x=x, using=using)) for x in ("1/3", "0.3334", "0.3333")] == [3, 1, 2]


def test_a_ball_that_cannot_decide_takes_both_branches():
    """√2·√2 > 2 is false, but no ball can tell; the two branches agree there."""
    f = tc.Formula("f", sp.Piecewise((X, X * Y > 2), (sp.sqrt(2), True)))
    assert f.at(x=sp.sqrt(2), y=sp.sqrt(2), using=BALL30).overlaps(tc.certify(sp.sqrt(2)))


def test_arithmetics_pickle():
    for using in (FLOAT, MP30, BALL30):
        assert pickle.loads(pickle.dumps(using)) == using
    formula = tc.Formula("f", sp.erf(X))
    assert pickle.loads(pickle.dumps(formula)).at(x=1) == formula.at(x=1)


def test_wrong_arithmetic():
    f = tc.Formula("f", X)
    for wrong in ("mp", tc.Ball, 30, None):
        with pytest.raises(tc.DomainError, match="not an arithmetic"):
            f.at(x=1, using=wrong)


# --- traps, measured beforehand ----------------------------------------------------------------


def test_a_kink_inside_a_rigorous_integral():
    """∫|x| over [−1, 2] is 2.5; ignoring Arb's analytic flag would certify 2.598."""
    for kinked, result in (
        (sp.Abs(X), sp.Rational(5, 2)),
        (sp.Max(X, 0), 2),
        (sp.sign(X), 1),
        (sp.Heaviside(X - sp.Rational(1, 3)), sp.Rational(5, 3)),
        (sp.Piecewise((X**2, X < 1), (1, True)), sp.Rational(5, 3)),
        (sp.floor(X) + X, sp.Rational(3, 2)),
    ):
        undeclared = tc.Integral(kinked, X, -1, 2)
        assert tc.integrate(undeclared, using=tc.Ball(20)).contains(result)


@pytest.mark.parametrize(
    ("function", "a", "b"),
    [
        (sp.sqrt, 0, 4), (sp.log, 1, 4), (lambda x: x ** sp.Rational(1, 3), 0, 4),
        (sp.acos, -1, 1), (sp.asin, 0, 1), (sp.atanh, 0, "1/2"), (sp.acosh, 1, 3),
        (sp.asinh, -1, 2), (sp.atan, -1, 2), (lambda x: sp.atan2(x, x - 1), 1, 2),
        (sp.LambertW, 0, 2), (lambda x: sp.polylog(2, x), -1, "1/2"), (sp.loggamma, 1, 3),
        (lambda x: sp.besselk(sp.Rational(1, 3), x), 1, 2),
        (lambda x: sp.hyper([1, sp.Rational(1, 2)], [3], x), -2, "9/10"),
        (lambda x: tc.hyperu(sp.Rational(1, 2), 1, x), 1, 2),
        (lambda x: sp.legendre(sp.Rational(1, 2), x), 0, 1),
        (lambda x: sp.uppergamma(sp.Rational(1, 3), x), 1, 2),
    ],
)  # fmt: skip
def test_branch_cuts_do_not_spoil_enclosures(function, a, b):
    """Functions with branch cuts: Arb's enclosure meets mpmath's quadrature."""
    integral = tc.Integral(function(X), X, sp.Rational(a), sp.Rational(b))
    ball, mp = (tc.integrate(integral, using=using) for using in (tc.Ball(12), tc.MP(12)))
    assert ball.rigor is tc.Rigor.CERTIFIED
    assert ball.overlaps(mp)


def test_real_max_with_a_python_number_is_never_reached():
    """python-flint's acb.real_max crashes the process on a Python int: in a process of its own."""
    code = (
        "import sympy as sp, theorycalc as tc\n"
        "x = sp.Symbol('x')\n"
        "kinked = tc.Integral(sp.Max(0, x) + sp.Min(0, 1 - x), x, -1, 2)\n"
        "v = tc.integrate(kinked, using=tc.Ball(10))\n"
        "print(v.contains(sp.Rational(3, 2)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.returncode, result.stdout.strip()) == (0, "True")


def test_a_spike_that_quadrature_misses():
    """SciPy returns 0 ± 0 for a narrow bump; the ball cannot miss it."""
    bump = sp.exp(-((X - sp.Rational(1, 3)) ** 2) * 10**8)
    integral = tc.Integral(bump, X, 0, 1)
    ball = tc.integrate(integral, using=tc.Ball(10))
    assert ball.overlaps(tc.certify(sp.sqrt(sp.pi) / 10**4, digits=10))
    estimate = tc.integrate(integral, using=FLOAT)
    assert estimate.rigor is tc.Rigor.ESTIMATED


def test_a_ball_around_zero_to_an_integer_power():
    """python-flint 0.9 gives nan for (0 ± r)²; a difference of equal roots is such a ball."""
    f = tc.Formula("f", (sp.sqrt(X) - sp.sqrt(Y)) ** 2 + 1)
    assert f.at(x=3, y=3, using=BALL30).contains(1)


def test_hypergeometric_parameters_with_integer_differences():
    """1/3 is no binary fraction; Arb is told that 4/3 − 1/3 is an integer."""
    third = sp.Rational(1, 3)
    value = tc.certify(sp.hyper([third, 4 * third], [2], X), x="9/10")
    expected = tc.Formula("f", sp.hyper([third, 4 * third], [2], X)).at(x="9/10", using=MP30)
    assert value.overlaps(expected)


# --- hardware doubles -----------------------------------------------------------------------------


@given(
    st.floats(-700, 700), st.sampled_from(["sigmoid", "silu", "softplus", "mish", "gelu", "tanh"])
)
def test_doubles_neither_overflow_nor_cancel(x, name):
    """Sums and logarithms are contracted: full relative accuracy over the whole range."""
    activation = getattr(tc.activations, name)
    for function in (activation, activation.derivative):
        exact = function.formula.at(z=sp.Rational(x), using=tc.Ball(20))
        # an ulp of x moves exp(x) by |x| ulps
        slack = 4e-15 * (1 + abs(x))
        assert math.isclose(float(function([x])[0]), float(exact), rel_tol=slack, abs_tol=1e-300)


def test_vectorised_functions_broadcast_and_check_their_domain():
    f = tc.Formula("f", sp.sqrt(X) + Y, domain={X: sp.Interval(0, sp.oo)}).lambdify()
    assert f([[1.0], [4.0]], [0.0, 1.0]).tolist() == [[1, 2], [2, 3]]
    assert f(4, 1) == 3.0
    assert isinstance(f(4, 1), float)
    with pytest.raises(tc.DomainError, match=r"x = -1\.0"):
        f([1.0, -1.0], 0)
    with pytest.raises(tc.DomainError, match="wrong number of arguments"):
        f(1)
    with pytest.raises(tc.DomainError, match="not an array"):
        f("abc", 1)
    constant = tc.Formula("c", sp.Integer(7), args=(X,)).lambdify()
    assert constant(np.zeros(3)).tolist() == [7, 7, 7]


def test_every_function_is_known_to_every_arithmetic():
    """The vocabulary of the lowering, against what the contexts offer."""
    from theorycalc.core.arithmetic.array_context import ArrayContext
    from theorycalc.core.arithmetic.ball_functions import REAL
    from theorycalc.core.arithmetic.mp_context import MPContext

    assert set(FUNCTIONS.values()) <= REAL.keys()
    mp = MPContext(53)
    arguments = {"acosh": (2,), "heaviside": (1, 0), "polygamma": (1, 2), "betainc": (1, 2, 0, 0.5)}
    for name in set(FUNCTIONS.values()):
        count = 4 if name == "jacobi" else 1
        for args in (
            [arguments[name]] if name in arguments else itertools.product([0.5], repeat=count)
        ):
            for extra in ((), (0.5,), (0.5, 0.5)):
                try:
                    mp.apply(name, *map(mp.mp.mpf, args), *map(mp.mp.mpf, extra))
                    ArrayContext().apply(name, *map(float, args), *map(float, extra))
                    break
                except TypeError:
                    continue
            else:
                pytest.fail(f"{name} cannot be called")


def test_steps_of_arrays():
    """At zeros of either sign and at what is no number, in the precision of the array."""
    from theorycalc.core.arithmetic.array_context import ArrayContext

    x = np.array([[-1, 0.0, np.nan], [2, -0.0, np.inf]])
    for dtype, at_zero in itertools.product((np.float32, np.float64), (0.0, 0.25, 0.5)):
        found = ArrayContext().apply("heaviside", x.astype(dtype), at_zero)
        assert found.dtype == dtype
        assert np.array_equal(found, [[0, at_zero, np.nan], [1, at_zero, 1]], equal_nan=True)
    assert ArrayContext().apply("heaviside", np.array([0, 3]), 0.5).tolist() == [0.5, 1]


def test_what_cannot_be_lowered_is_named():
    unknown = sp.Function("mystery")
    with pytest.raises(tc.NotSupportedError, match="mystery"):
        lower(unknown(X), (X,))
    with pytest.raises(tc.NotSupportedError, match="an infinite product"):
        lower(sp.Product(1 + 1 / X**2, (X, 1, sp.oo)))
    with pytest.raises(tc.DomainError, match="no value was given"):
        lower(X + Y, (X,))


@pytest.mark.parametrize("size", ["1e300", "1e40", "7", "1e-30"])
def test_quotients_of_gammas_keep_a_small_argument(size):
    """Γ(x)Γ(y)/Γ(x + y) and Γ(x + y)/Γ(x) where x + y is x to the working precision."""
    x = sp.Symbol("x", positive=True)
    for expr in (sp.beta(x, sp.Rational(1, 2)), sp.rf(x, sp.Rational(1, 3))):
        formula = tc.Formula("f", expr)
        values = [formula.at(x=size, using=using) for using in (tc.MP(20), tc.Ball(20))]
        assert values[0].overlaps(values[1])
        assert values[0].rad < 1e-19 * values[0].mid


@pytest.mark.parametrize("exponent", [-300, -40, -3])
def test_logarithms_next_to_one_keep_their_digits(exponent):
    """Complex balls too: |log(1 + z) − z| ≤ |z|²."""
    z = acb(arb(10) ** exponent, arb(10) ** exponent)
    error = abs(BallContext().apply("log1p", z) - z)
    assert error < abs(z) * (3 * abs(z) + arb(2) ** -40)  # and rounding
