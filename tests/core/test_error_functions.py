"""erfcx, log erfc, log Φ and Mills' ratio in every arithmetic, against their definitions."""

import pickle

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds, value_of

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.mp_context import MPContext

X = sp.Symbol("x", real=True)
NAMES = ("erfcx", "log_erfc", "log_ndtr")


def oracle(name, x, digits=60):
    """The definition in plain mpmath, with as many more digits as it loses."""
    size = abs(complex(x)) ** 2
    with mpmath.workdps(digits + 30 + int(0.9 * min(size, 1e4)) + int(mpmath.log10(1 + size))):
        x = mpmath.mpmathify(x)
        if name == "erfcx":
            return mpmath.exp(x * x) * mpmath.erfc(x)
        u = x if name == "log_erfc" else -x / mpmath.sqrt(2)
        shift = 0 if name == "log_erfc" else -mpmath.log(2)
        return mpmath.log(mpmath.erfc(u)) + shift


def far_oracle(name, x):
    """The same for large x > 0 (log Φ at −x), by an integral without large exponentials."""
    with mpmath.workdps(90):
        x = mpmath.mpmathify(x)
        u = x / mpmath.sqrt(2) if name == "log_ndtr" else x
        # with t = s/u: ∫ exp(−s²/u² − 2s) ds
        integral = mpmath.quad(lambda s: mpmath.exp(-((s / u) ** 2) - 2 * s), [0, 1, 4, 20, 120])
        scaled = 2 / mpmath.sqrt(mpmath.pi) * integral / u
        if name == "erfcx":
            return scaled
        return mpmath.log(scaled / (2 if name == "log_ndtr" else 1)) - u * u


def at(name, x, using):
    return tc.Formula("f", getattr(tc, name)(X)).at(using=using, x=x)


@pytest.mark.parametrize("name", NAMES)
@given(st.fractions(-25, 25, max_denominator=1000))
def test_errors_hold_in_every_arithmetic(name, x):
    exact = oracle(name, sp.Rational(x)._to_mpmath(400))
    for using in (tc.Float(), tc.MP(30), tc.Ball(30), tc.Ball(5)):
        assert_error_holds(at(name, sp.Rational(x), using), exact)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("x", ["12", "1e3", "1e6", "12345678", "1e30", "1e300"])
def test_far_out(name, x):
    exact = far_oracle(name, x)
    x = -sp.Rational(x) if name == "log_ndtr" else sp.Rational(x)
    for using in (tc.MP(40), tc.Ball(40), tc.Float()):
        if name != "erfcx" and using == tc.Float() and abs(x) > 1e150:
            continue  # beyond the largest double
        value = at(name, x, using)
        assert_error_holds(value, exact)
        assert abs(value.rad / value.mid) < 1e-15


@pytest.mark.parametrize(
    ("name", "x"), [("log_ndtr", 40), ("log_erfc", -(10**9)), ("log_ndtr", 100)]
)
def test_where_the_logarithm_is_of_nearly_one_number(name, x):
    with mpmath.workdps(60):
        tail = mpmath.erfc(abs(x) / mpmath.sqrt(2) if name == "log_ndtr" else abs(x))
        exact = mpmath.log1p(-tail / 2) + (mpmath.log(2) if name == "log_erfc" else 0)
    for using in (tc.MP(30), tc.Ball(30)):
        assert_error_holds(at(name, x, using), exact)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=50)
@given(st.floats(-20, 20), st.floats(-20, 20), st.sampled_from([0.0, 1e-12, 1e-3, 0.1, 2.0]))
def test_complex_balls_hold_the_continuation(name, a, b, radius):
    """In the middle and at corners; the continuation from the real line is 2πi away at most."""
    z = acb(arb(a, radius), arb(b, radius))
    with working_precision(80):
        balls = [BallContext(analytic=analytic).apply(name, z) for analytic in (False, True)]
    for u, v in ((0, 0), (0.9, -0.9)) if radius else ((0, 0),):
        exact = oracle(name, mpmath.mpc(a, b) + radius * mpmath.mpc(u, v))
        for ball in balls:
            if ball.is_finite():
                turns = [0] if name == "erfcx" else _turns(ball, exact)
                assert any(_contains(ball, exact, k) for k in turns)


def _turns(ball, exact):
    with mpmath.workdps(80):
        return [int(mpmath.nint((float(ball.imag.mid()) - exact.imag) / (2 * mpmath.pi)))]


def _contains(ball, z, turns):
    with working_precision(300), mpmath.workdps(90):
        z = z + 2j * mpmath.pi * turns
        point = acb(*(arb(mpmath.nstr(x, 80)) for x in (z.real, z.imag)))
        slack = arb(0, arb(2) ** -180 * (1 + abs(point).upper()))
        return ball.overlaps(point + acb(slack, slack))


@pytest.mark.parametrize("name", ["log_erfc", "log_ndtr"])
def test_the_continuation_has_no_jumps(name):
    """Along lines through the half-plane where the principal logarithm turns, by the derivative."""
    sign = 1 if name == "log_erfc" else -1
    context = BallContext(analytic=True)
    for x, y in ((2, 6), (5, 5), (0.1, 9), (1, 3)):
        step = 1e-3
        with working_precision(80):
            near, next_ = (context.apply(name, acb(sign * x, y + k * step)) for k in (0, 1))
            slope = (next_ - near) / acb(0, step)
        assert abs(slope).abs_upper() < 100


@given(st.floats(0.01, 30), st.floats(-20, 20))
def test_mp_continues_like_balls(x, y):
    """Numbers of an integrand may get an imaginary part, in both arithmetics the same."""
    context = MPContext(120)
    for name in NAMES:
        sign = -1 if name == "log_ndtr" else 1
        value = context.apply(name, context.mp.mpc(sign * x, y))
        with working_precision(120):
            ball = BallContext().apply(name, acb(sign * x, y))
            found = acb(*(arb(context.mp.nstr(part, 30)) for part in (value.real, value.imag)))
            assert abs(ball - found).abs_upper() < 1e-25 * (1 + abs(found).abs_upper())


@pytest.mark.parametrize("name", NAMES)
@given(st.fractions(-20, 20), st.fractions(0, 5), st.fractions(0, 1))
def test_wide_balls_are_tight(name, low, width, part):
    """The range of a monotone function is that of its ends."""
    low, high = sp.Rational(low), sp.Rational(low) + sp.Rational(width)
    inside = low + sp.Rational(part) * (high - low)
    with working_precision(100):
        ends = [arb(int(x.p)) / int(x.q) for x in (low, high)]
        ball = BallContext().apply(name, ends[0].union(ends[1]))
        first, last = (BallContext().apply(name, end) for end in ends)
        span = abs(first - last)
        assert 2 * arb(ball.rad()) <= span * (1 + arb(2) ** -20) + abs(ball) * arb(2) ** -80
    exact = oracle(name, inside._to_mpmath(400))
    assert_error_holds(value_of(ball), exact)


@pytest.mark.parametrize("name", NAMES)
def test_arrays(name):
    x = np.concatenate([np.linspace(-25, 25, 101), [1e-300, -1e-12, 1e8]])
    x = -x if name == "log_ndtr" else x
    values = tc.Formula("f", getattr(tc, name)(X)).lambdify()(x)
    for point, value in zip(x, values, strict=True):
        exact = at(name, sp.Rational(float(point)), tc.Ball(25))
        felt = 2 + 2 * point**2
        assert abs(value - float(exact)) <= 1e-15 * felt * abs(float(exact)) + 1e-320


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_and_rewriting(name):
    f = getattr(tc, name)(X)
    for point in ("-3/2", "1/3", "4"):
        slope = tc.certify(f.diff(X), digits=30, x=point)
        plain = tc.certify(f.rewrite(sp.erfc).diff(X), digits=40, x=point)
        assert slope.overlaps(plain)
        again = tc.certify(f.rewrite(sp.erf), digits=30, x=point)
        assert again.overlaps(tc.certify(f, digits=30, x=point))


def test_values_that_are_known():
    oo = sp.oo
    assert [tc.erfcx(x) for x in (0, oo, -oo)] == [1, 0, oo]
    assert [tc.log_erfc(x) for x in (0, oo, -oo)] == [0, -oo, sp.log(2)]
    assert [tc.log_ndtr(x) for x in (0, oo, -oo)] == [-sp.log(2), 0, -oo]
    assert tc.mills(0) == sp.sqrt(sp.pi / 2)
    for using in (tc.MP(30), tc.Ball(30)):
        assert tc.Formula("f", tc.erfcx(X)).at(using=using, x=0).rad == 0


def test_what_sympy_knows_of_them():
    p, n, z = sp.Symbol("p", positive=True), sp.Symbol("n", negative=True), sp.Symbol("z")
    assert tc.erfcx(X).is_positive
    assert tc.erfcx(X).is_real
    assert tc.log_ndtr(X).is_negative
    assert tc.log_erfc(p).is_negative
    assert tc.log_erfc(n).is_positive
    assert tc.erfcx(z).is_positive is None
    assert tc.log_erfc(X).is_negative is None
    assert sp.latex(tc.erfcx(X) ** 2) == r"\left(\operatorname{erfcx}\left(x\right)\right)^{2}"
    assert sp.latex(tc.log_ndtr(X)) == r"\log \Phi\left(x\right)"
    assert sp.limit(tc.log_erfc(X) / X**2, X, sp.oo) == -1
    assert sp.limit(tc.mills(X) * X, X, sp.oo) == 1
    assert pickle.loads(pickle.dumps(tc.erfcx(X))) == tc.erfcx(X)
    assert sp.N(tc.erfcx(sp.pi), 40) == sp.N(sp.exp(sp.pi**2) * sp.erfc(sp.pi), 40)


def test_strings_are_numbers_and_no_code():
    assert tc.mills("1/2") == tc.mills(sp.Rational(1, 2))
    with pytest.raises(tc.DomainError):
        tc.erfcx("__import__('os')")
    with pytest.raises(tc.DomainError):
        tc.log_ndtr(sp.I)


WRITTEN_OUT = [
    (sp.exp(X**2 / 2) * sp.erfc(X / sp.sqrt(2)), lambda x: far_oracle("erfcx", x / mpmath.sqrt(2))),
    (X * sp.exp(-(X**2)) / sp.erfc(X), lambda x: x / far_oracle("erfcx", x)),
    (sp.exp(2 * X**2) * sp.erfc(X) ** 2, lambda x: far_oracle("erfcx", x) ** 2),
    (sp.log(sp.erfc(X)), lambda x: far_oracle("log_erfc", x)),
    (sp.log(sp.erfc(X, evaluate=False) / 2), lambda x: far_oracle("log_erfc", x) - mpmath.log(2)),
]


@pytest.mark.parametrize(("expr", "exact"), WRITTEN_OUT)
def test_what_is_written_out_is_computed_as_one_function(expr, exact):
    """Where the factors leave the range of doubles, by thousands of orders of magnitude."""
    formula = tc.Formula("f", expr)
    for x in (20, 300, 10**6):
        with mpmath.workdps(80):
            truth = exact(mpmath.mpf(x))
        for using in (tc.Float(), tc.MP(30), tc.Ball(30)):
            assert_error_holds(formula.at(using=using, x=x), truth)
        assert formula.lambdify()(np.array([float(x)]))[0] == pytest.approx(float(truth), rel=1e-14)
    near = mpmath.mpf(-1) / 3
    plain = sp.lambdify(X, expr, "mpmath")
    assert float(formula.at(x="-1/3")) == pytest.approx(float(plain(near)), rel=1e-13)
