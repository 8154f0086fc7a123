"""E max(T − s, 0)^k of one coordinate, against integrals, derivatives and its own integral."""

from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import acb, arb
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reference import assert_error_holds, relative_error

import theorycalc as tc
from theorycalc.core.arithmetic.any_ball import NAN, NotHolomorphic
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.binary import fraction
from theorycalc.core.lowering import lower
from theorycalc.distributions import Gaussian, StudentT, UniformBall, UniformSphere
from theorycalc.distributions.tails import (
    NormalTailMoment,
    SphereTailMoment,
    StudentTailMoment,
)

S, T, C = sp.Symbol("s", real=True), sp.Symbol("t", real=True), sp.Symbol("C", positive=True)
D, NU = sp.symbols("d nu", positive=True)
HALF = sp.Rational(1, 2)
# The double routines lose some bits to SciPy's tails and to powers of order d.
IN_DOUBLES = 1e-13
ARITHMETICS = (tc.Float(), tc.MP(30), tc.Ball(30))
# Every family at some parameters: (function of k and s, k below which it is finite)
TAILS = {
    "normal": lambda k, s: NormalTailMoment(k, s),
    "circle": lambda k, s: SphereTailMoment(k, 2, s),
    "sphere 3": lambda k, s: SphereTailMoment(k, 3, s),
    "sphere 10": lambda k, s: SphereTailMoment(k, 10, s),
    "sphere 80": lambda k, s: SphereTailMoment(k, 80, s),
    "Student 9/2": lambda k, s: StudentTailMoment(k, sp.Rational(9, 2), s),
    "Student 100": lambda k, s: StudentTailMoment(k, 100, s),
}
SPHERES = {2: "circle", 3: "sphere 3", 10: "sphere 10", 80: "sphere 80"}
fractions = st.fractions(-3, 3, max_denominator=60).map(sp.Rational)
inside = st.fractions(-1, 1, max_denominator=60).map(sp.Rational)


def value(expr, using):
    return tc.Formula("v", expr).at(using=using)


def agree(expr, expected, digits=30):
    """Every arithmetic finds the expected Value; Float to its last bit but one."""
    for using in (tc.MP(digits), tc.Ball(digits)):
        assert value(expr, using).overlaps(expected), (using, expr)
    found = fraction(value(expr, tc.Float()).mid)  # it may lie below the range of doubles
    assert abs(found / fraction(expected.mid) - 1) <= 2**-52, expr


def of_sphere(d, k, s, digits=32):
    """The mean over the angle to the north pole, certified."""
    theta = sp.Symbol("theta", real=True)
    weight = sp.sin(theta) ** (d - 2) * sp.gamma(sp.Rational(d, 2))
    weight /= sp.sqrt(sp.pi) * sp.gamma(sp.Rational(d - 1, 2))
    body = (sp.cos(theta) - s) ** k * weight
    return tc.integrate(tc.Integral(body, theta, 0, sp.acos(s)), tc.Ball(digits))


@settings(max_examples=30)
@given(st.sampled_from([2, 3, 4, 7, 80]), inside, st.integers(0, 3))
def test_sphere_against_quadrature(d, s, k):
    if s != 1:
        agree(SphereTailMoment(k, d, s), of_sphere(d, k, s))


@pytest.mark.parametrize("exponent", [2, 5, 12, 40])
@pytest.mark.parametrize("d", [2, 3, 5, 80])
def test_sphere_near_its_end(d, exponent):
    """Where the closed form has no digits left."""
    s = 1 - sp.Rational(1, 10**exponent)
    exact = of_sphere(d, 2, s)
    agree(UniformSphere(d).coordinate_tail_square(s), exact)
    radius = sp.Rational(3, 7)
    scaled = value(radius**2 * SphereTailMoment(2, d, s), tc.Ball(35))
    agree(UniformSphere(d, radius).coordinate_tail_square(s * radius), scaled)


@settings(max_examples=20)
@given(fractions, st.sampled_from([sp.S.One, HALF, sp.sqrt(2)]))
def test_gaussian_against_quadrature(s, sigma):
    density = sp.exp(-((T / sigma) ** 2) / 2) / (sigma * sp.sqrt(2 * sp.pi))
    body = (T - s) ** 2 * density
    exact = tc.integrate(tc.Integral(body, T, s, sp.oo), tc.MP(30))
    agree(Gaussian(3, sigma).coordinate_tail_square(s), exact)


@settings(max_examples=20)
@given(fractions, st.sampled_from([3, sp.Rational(9, 2), 5, 40]))
def test_student_against_quadrature(s, nu):
    """Over φ with t = √ν tan φ."""
    phi = sp.Symbol("phi", real=True)
    beta = sp.beta(HALF, sp.sympify(nu) / 2).rewrite(sp.gamma)
    body = (sp.sqrt(nu) * sp.sin(phi) - s * sp.cos(phi)) ** 2 * sp.cos(phi) ** (nu - 3) / beta
    start = sp.atan(s / sp.sqrt(nu))
    exact = tc.integrate(tc.Integral(body, phi, start, sp.pi / 2), tc.MP(20))
    expr = StudentT(3, nu).coordinate_tail_square(s)
    for using in (tc.Float(), tc.MP(20), tc.Ball(20)):
        assert value(expr, using).overlaps(exact)


@settings(max_examples=20)
@given(fractions)
def test_two_points_and_the_ball(s):
    """d = 1, and the coordinate of a ball, which is one of the sphere with two more dimensions."""
    points = (sp.Max(2 - s, 0) ** 2 + sp.Max(-2 - s, 0) ** 2) / 2
    assert UniformSphere(1, 2).coordinate_tail_square(s) == points
    general = UniformSphere(D, 2).coordinate_tail_square(s).subs(D, 1)
    assert general == points
    numeric = tc.Formula("v", SphereTailMoment(2, D, S) * 4, args=(D, S))
    for using in ARITHMETICS:
        assert numeric.at(d=1, s=s / 2, using=using).contains(points)
    assert numeric.lambdify()(1, float(s) / 2) == pytest.approx(float(points), rel=1e-13)
    if abs(s) < 1:  # uniform on [−1, 1]
        assert value(UniformBall(1).coordinate_tail_square(s), tc.Ball(30)).contains(
            (1 - s) ** 3 / 6
        )


@pytest.mark.parametrize("family", TAILS)
def test_closed_forms(family):
    """What expand_func writes is the same number, and the recursion's end values are exact."""
    for k in range(4):
        for s in map(sp.Rational, ("-9/10", "-1/3", "1/7", "2/3")):
            expr = TAILS[family](k, s)
            assert value(sp.expand_func(expr), tc.Ball(25)).overlaps(value(expr, tc.Ball(30)))
    whole = value(TAILS[family](2, sp.S.Zero), tc.Ball(30))
    variance = {"normal": 1, "Student 9/2": sp.Rational(9, 5), "Student 100": sp.Rational(50, 49)}
    variance |= {name: sp.Rational(1, d) for d, name in SPHERES.items()}
    assert whole.contains(sp.Rational(variance[family]) / 2)


@pytest.mark.parametrize("family", TAILS)
def test_reflection(family):
    """max(T−s,0)² + max(−T−(−s),0)² has the mean E (T − s)²."""
    for s in map(sp.Rational, ("1/9", "1/2", "9/10", "99/100")):
        both = TAILS[family](2, s) + TAILS[family](2, -s)
        centred = 2 * TAILS[family](2, sp.S.Zero) + s**2
        assert value(both, tc.Ball(25)).overlaps(value(centred, tc.Ball(30)))


@pytest.mark.parametrize("family", TAILS)
def test_derivatives(family):
    """ν² has the slope −2 E max(T − s, 0), and half its second derivative is P(T > s)."""
    first, second, third = (TAILS[family](2, S).diff(S, n) for n in (1, 2, 3))
    assert first == -2 * TAILS[family](1, S)
    assert second == 2 * TAILS[family](0, S)
    step = sp.Rational(1, 10**12)

    def exactly(expr, x):
        return fraction(value(expr.subs(S, x), tc.Ball(60)).mid)

    for s in map(sp.Rational, ("-2/3", "1/5", "9/10")):
        low, mid, high = (exactly(TAILS[family](2, S), x) for x in (s - step, s, s + step))
        # the fourth derivative is the error's, and small against the slopes here
        assert float((low - 2 * mid + high) * 10**24) == pytest.approx(float(exactly(second, s)))
        ends = exactly(second, s + step) - exactly(second, s - step)
        assert float(ends * 10**12 / 2) == pytest.approx(float(exactly(third, s)))


def test_tails_are_probabilities():
    """M_0 is the regularised incomplete beta or error function."""
    s = sp.Rational(2, 7)
    a, nu = sp.Rational(79, 2), sp.Rational(9, 2)
    for expr, known in (
        (TAILS["normal"](0, s), sp.erfc(s / sp.sqrt(2)) / 2),
        (TAILS["sphere 80"](0, s), sp.betainc_regularized(a, a, 0, (1 - s) / 2)),
        (
            TAILS["Student 9/2"](0, s),
            sp.betainc_regularized(nu / 2, HALF, 0, nu / (nu + s**2)) / 2,
        ),
    ):
        agree(expr, value(known, tc.Ball(40)))


@pytest.mark.parametrize("d", SPHERES)
def test_integrals_over_wide_balls(d):
    """∫ M_2 = M_3/3 through ±1: exact numbers, so that an enclosure cannot be wrong unseen."""
    cube = [sp.S.One, 0, sp.Rational(3, d), 0]  # E T^j, times the binomials
    tail = SphereTailMoment(2, d, S)
    for end in (sp.S.One, sp.Integer(2)):
        exact = (end**3 * cube[0] + end * cube[2]) / 3
        found = tc.integrate(tc.Integral(tail, S, -end, end), tc.Ball(12))
        assert found.contains(exact)
        assert tc.integrate(tc.Integral(tail, S, -end, end, kinks=(-1, 1)), tc.MP(12)).contains(
            exact
        )


@pytest.mark.parametrize("family", ["normal", "Student 9/2"])
def test_integrals_of_unbounded_laws(family):
    exact = value(TAILS[family](3, -3) - TAILS[family](3, 5), tc.Ball(30))
    for using in (tc.MP(15), tc.Ball(20)):
        found = tc.integrate(tc.Integral(3 * TAILS[family](2, S), S, -3, 5), using)
        assert found.overlaps(exact)


def continued(program, z: acb) -> acb:
    """The holomorphic continuation on a ball, not finite where there is none."""
    try:
        return acb(program.run(BallContext(analytic=True), [z]))
    except NotHolomorphic:
        return NAN


@pytest.mark.parametrize("family", TAILS)
def test_enclosures_of_wide_balls(family):
    """They hold the values at the numbers inside, complex ones and those beyond ±1 included."""
    expr = TAILS[family](2, S)
    program, context = lower(expr, (S,)), BallContext()
    for centre, radius in ((0.5, 0.25), (0.875, 0.125), (1.0, 0.125), (-0.875, 0.5), (0.0, 3.0)):
        with working_precision(100):
            wide = acb(program.run(context, [arb(centre, radius)]))
            disc = continued(program, acb(arb(centre, radius), arb(0, radius)))
            for part in (-1.0, -0.5, 0.0, 0.75, 1.0):
                x = arb(centre + part * radius)
                assert wide.overlaps(acb(program.run(context, [x])))
                z = acb(x, radius / 2)
                if not disc.is_finite() or (family in SPHERES.values() and abs(x) >= 1):
                    continue
                assert disc.overlaps(continued(program, z))


@pytest.mark.parametrize("d", SPHERES)
def test_no_analytic_enclosure_at_the_ends(d):
    """The promise that Arb's quadrature needs is not given there, for real balls neither."""
    program = lower(SphereTailMoment(2, d, S), (S,))
    for end in (-1, 1):
        for analytic, finite in ((False, True), (True, False)):
            found = program.run(BallContext(analytic), [arb(end, 0.25)])
            assert bool(acb(found).is_finite()) == finite


def test_integrals_of_the_root():
    """∫ ν(s) ds, with its branch point at the end of the sphere, certified and estimated."""
    tail = tc.Tail(2 * sp.exp(-(C**2) / 4), C, sp.Integer(4))
    for integral in (
        tc.Integral(sp.sqrt(NormalTailMoment(2, T)), T, 0, sp.oo, tails={sp.oo: tail}),
        tc.Integral(sp.sqrt(SphereTailMoment(2, 2, T)), T, 0, 1),
        tc.Integral(sp.sqrt(SphereTailMoment(2, 30, T)), T, 0, 1),
    ):
        certified = tc.integrate(integral, tc.Ball(20))
        assert tc.integrate(integral, tc.MP(20)).overlaps(certified)
        assert relative_error(float(tc.integrate(integral, tc.Float())), certified) < 1e-12


def test_enclosures_at_numbers_with_a_radius():
    """Exact numbers that are known as balls only, on the support and at its end."""
    root = sp.sqrt(2) / 2
    for s in (root, -root, sp.sqrt(3) - 1):
        for d in (2, 5, 80):
            agree(SphereTailMoment(2, d, s), of_sphere(d, 2, s))
    for d in (2, 3, 80):
        product = SphereTailMoment(2, d, sp.sqrt(S) * sp.sqrt(T))
        formula = tc.Formula("v", 1 + product, args=(S, T))
        for using in ARITHMETICS:
            assert formula.at(s=HALF, t=2, using=using).contains(1)


@pytest.mark.parametrize("family", TAILS)
def test_doubles(family):
    """On arrays, far into the tail, at symbolic and at fixed parameters."""
    s = np.array([-0.999, -0.5, -1e-3, 0.0, 1e-3, 0.1, 0.3, 0.5, 0.9, 0.99, 0.999999])
    if not any(family == name for name in SPHERES.values()):
        s = np.concatenate([s, [-30.0, 3.0, 8.0, 16.5, 25.0, 36.0]])
    for k in (0, 1, 2):
        found = tc.Formula("v", TAILS[family](k, S)).lambdify()(s)
        for x, computed in zip(s, found, strict=True):
            exact = value(TAILS[family](k, sp.Rational(float(x))), tc.Ball(25))
            assert relative_error(computed, exact) < IN_DOUBLES, (k, x)


def test_doubles_with_parameters_as_arrays():
    s = np.linspace(-1.2, 1.2, 25)
    d = np.array([[1.0], [2.0], [5.0], [1000.0]])
    found = tc.Formula("v", SphereTailMoment(2, D, S), args=(D, S)).lambdify()(d, s)
    for row, dimension in zip(found, d[:, 0], strict=True):
        one = tc.Formula("v", SphereTailMoment(2, int(dimension), S), args=(S,)).lambdify()(s)
        np.testing.assert_allclose(row, one, rtol=1e-14)
    nu = np.array([[1.5], [2.5], [2000.0]])  # infinite, heavy, and where SciPy's series fails
    found = tc.Formula("v", StudentTailMoment(2, NU, S), args=(NU, S)).lambdify()(nu, s)
    assert np.isinf(found[0]).all()
    exact = value(StudentTailMoment(2, 2000, sp.Rational(float(s[20]))), tc.Ball(25))
    assert relative_error(found[2, 20], exact) < IN_DOUBLES


def test_infinite_tails():
    assert StudentT(3, 2).coordinate_tail_square(1) == sp.oo
    formula = tc.Formula("v", StudentT(3, NU).coordinate_tail_square(1))
    with pytest.raises(tc.DomainError, match="finite"):
        formula.at(nu=2, using=tc.MP(15))
    assert formula.at(nu="2.01", using=tc.Ball(15)).lower > 50


def test_beyond_the_support():
    law = UniformSphere(3, 2)
    assert law.coordinate_tail_square(2) == law.coordinate_tail_square("5/2") == 0
    assert law.coordinate_tail_square(-3) == sp.Rational(4, 3) + 9
    formula = tc.Formula("v", law.coordinate_tail_square(S))
    np.testing.assert_array_equal(formula.lambdify()([2.0, 2.5]), 0)
    for using in ARITHMETICS:
        assert formula.at(s=-3, using=using).contains(sp.Rational(31, 3))
        assert formula.at(s=3, using=using).mid == 0


ROUTINES = {
    "normal": (NormalTailMoment, st.just(())),
    "sphere": (
        SphereTailMoment,
        st.sampled_from([1, 2, 3, 4, 10, 1000, 10**4]).map(lambda d: (d,)),
    ),
    "Student": (StudentTailMoment, st.floats(3.001, 1e4).map(lambda nu: (nu,))),
}
SIZES = st.floats(-12, 0).map(lambda e: 10.0**e)
ARGUMENTS = st.one_of(
    st.floats(-1, 1), st.floats(-40, 40), SIZES, SIZES.map(lambda e: 1 - e),
    SIZES.map(lambda e: 1 / e),
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(ROUTINES)), st.integers(0, 3), ARGUMENTS, st.data())
def test_errors_of_doubles_hold(family, k, s, data):
    """Of the hardware alone, which has lost all digits in places, and as they are given out."""
    cls, parameters = ROUTINES[family]
    args = [*data.draw(parameters), s]
    tail = cls(sp.Integer(k), *map(sp.Rational, args))
    exact = value(tail, tc.Ball(24))
    assume(exact.mid == 0 or abs(exact.mid) > mpmath.mpf(2) ** -1080)
    for routine in (cls.in_hardware, cls.double):
        with np.errstate(all="ignore"):
            mid, rad = (float(x) for x in routine(k, *map(np.float64, args)))
        if np.isfinite(mid) and np.isfinite(rad):
            assert_error_holds(SimpleNamespace(mid=mpmath.mpf(mid), rad=mpmath.mpf(rad)), exact.mid)
        assert routine == cls.in_hardware or rad <= 1e-12 * abs(mid) + 1e-307


@pytest.mark.parametrize("k", [150, 200])
def test_roundings_of_many_steps(k):
    """Those of ratios add up, and get as large as those of the density."""
    points = np.linspace(4, 30, 160)
    found = NormalTailMoment.in_hardware(k, points)
    for x, mid, rad in zip(points, *found, strict=True):
        with mpmath.workdps(2 * k):
            s = mpmath.mpf(x)
            before, now = mpmath.npdf(s), mpmath.ncdf(-s)
            for j in range(k):
                before, now = now, max(j, 1) * before - s * now
        assert_error_holds(SimpleNamespace(mid=mpmath.mpf(mid), rad=mpmath.mpf(rad)), now)


def test_the_error_of_a_subnormal_is_not_zero():
    value, error = NormalTailMoment.double(0, np.float64(38))
    assert 0 < value < np.finfo(float).tiny
    assert error > 0


def test_errors_of_doubles_are_not_idle():
    """They bind within a factor of a thousand where nothing is computed again."""
    gaps = []
    for x in np.linspace(0.1, 0.9, 9):
        mid, rad = SphereTailMoment.in_hardware(2, np.float64(80), np.float64(x))
        exact = value(SphereTailMoment(2, 80, sp.Rational(float(x))), tc.Ball(24))
        gaps.append(abs(fraction(mpmath.mpf(float(mid))) - fraction(exact.mid)) / float(rad))
    assert max(gaps) > 1 / 1024


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("cls", [SphereTailMoment, StudentTailMoment])
def test_errors_of_doubles_hold_however_small_the_power(cls, seed):
    """A power like e^{−700} has lost the digits of its exponent."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(0, 3))
    if cls is SphereTailMoment:
        parameter = np.round(10 ** rng.uniform(0.5, 3))
        s = np.sqrt(-np.expm1(-2 * 10 ** rng.uniform(-2, 2.7) / parameter))
    else:
        parameter, s = 3 + 10 ** rng.uniform(0, 2.3), 10 ** rng.uniform(-1, 2)
    value, error = cls.double(k, np.float64(parameter), np.float64(s))
    given = (sp.Rational(float(x)) for x in (parameter, s))
    exact = tc.Formula("tail", cls(sp.Integer(k), *given)).at(using=tc.Ball(24))
    ours = SimpleNamespace(mid=mpmath.mpf(float(value)), rad=mpmath.mpf(float(error)))
    assert_error_holds(ours, exact.mid)
