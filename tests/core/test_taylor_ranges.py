"""Taylor coefficients over wide balls: they hold those of every point, and little more."""

import random
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import arb, fmpq
from vocabulary import above, small, unit

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.series_context import taylor_coefficients, taylor_on
from theorycalc.core.arithmetic.taylor_circles import CIRCLES
from theorycalc.core.errors import NotSupportedError
from theorycalc.core.lowering import lower

X = sp.Symbol("x", real=True)
THIRD = sp.Rational(1, 3)
LENGTH = 9
# Where mpmath takes seconds for a derivative.
_SHORT = {"zeta": 5}
mp = mpmath.mp.clone()
mp.dps = 60


def log_erfc(x):
    return mp.log(mp.erfc(x))


# Name: the function in SymPy, the same in mpmath, and where its arguments are.
FUNCTIONS = {
    "exp": (sp.exp, mp.exp, (-5, 5)),
    "expm1": (sp.codegen.cfunctions.expm1, mp.expm1, (-5, 5)),
    "log": (sp.log, mp.log, (0, 9)),
    "log1p": (sp.codegen.cfunctions.log1p, mp.log1p, (-1, 9)),
    "sqrt": (sp.sqrt, mp.sqrt, (0, 9)),
    "cbrt": (sp.cbrt, mp.cbrt, (0, 9)),
    "inverse": (lambda x: 1 / x, lambda x: 1 / x, (-9, 0)),
    "square": (lambda x: x**2, lambda x: x**2, (-3, 3)),
    "power": (lambda x: x ** sp.Rational(-5, 2), lambda x: x ** mp.mpf(-2.5), (0, 9)),
    "sin": (sp.sin, mp.sin, (-9, 9)),
    "cos": (sp.cos, mp.cos, (-9, 9)),
    "tan": (sp.tan, mp.tan, (-1.5, 1.5)),
    "asin": (sp.asin, mp.asin, (-1, 1)),
    "acos": (sp.acos, mp.acos, (-1, 1)),
    "atan": (sp.atan, mp.atan, (-9, 9)),
    "sinh": (sp.sinh, mp.sinh, (-5, 5)),
    "cosh": (sp.cosh, mp.cosh, (-5, 5)),
    "tanh": (sp.tanh, mp.tanh, (-9, 9)),
    "asinh": (sp.asinh, mp.asinh, (-9, 9)),
    "acosh": (sp.acosh, mp.acosh, (1, 9)),
    "atanh": (sp.atanh, mp.atanh, (-1, 1)),
    "softplus": (lambda x: sp.log(1 + sp.exp(x)), lambda x: mp.log1p(mp.exp(x)), (-9, 9)),
    "erf": (sp.erf, mp.erf, (-7, 7)),
    "erfc": (sp.erfc, mp.erfc, (-4, 12)),
    "erfi": (sp.erfi, mp.erfi, (-3, 3)),
    "erfcx": (tc.erfcx, lambda x: mp.exp(x * x) * mp.erfc(x), (-4, 30)),
    "log_erfc": (tc.log_erfc, log_erfc, (-5, 12)),
    "log_ndtr": (tc.log_ndtr, lambda x: log_erfc(-x / mp.sqrt(2)) - mp.log(2), (-15, 8)),
    "gamma": (sp.gamma, mp.gamma, (0, 9)),
    "rgamma": (lambda x: 1 / sp.gamma(x), mp.rgamma, (0, 9)),
    "loggamma": (sp.loggamma, mp.loggamma, (0, 9)),
    "digamma": (sp.digamma, mp.digamma, (0, 9)),
    "polygamma": (lambda x: sp.polygamma(2, x), lambda x: mp.psi(2, x), (0, 9)),
    "beta": (lambda x: sp.beta(x, THIRD), lambda x: mp.beta(x, mp.mpf(1) / 3), (0, 9)),
    "binomial": (lambda x: sp.binomial(2 * x, x), lambda x: mp.binomial(2 * x, x), (0, 9)),
    "rising": (lambda x: sp.RisingFactorial(x, THIRD), lambda x: mp.rf(x, mp.mpf(1) / 3), (0, 9)),
    "zeta": (sp.zeta, mp.zeta, (1, 9)),
    "erfinv": (sp.erfinv, mp.erfinv, (-1, 1)),
    "erfcinv": (sp.erfcinv, lambda x: mp.erfinv(1 - x), (0, 2)),
    "expint": (lambda x: sp.expint(1, x), mp.e1, (0, 9)),
    "expint_two": (lambda x: sp.expint(2, x), lambda x: mp.exp(-x) - x * mp.e1(x), (0, 9)),
    "ei": (sp.Ei, mp.ei, (0, 9)),
    "ei_left": (sp.Ei, lambda x: -mp.e1(-x), (-9, 0)),
    "sinc": (sp.sinc, mp.sinc, (-5, 5)),
    "hurwitz": (lambda x: sp.zeta(3, x), lambda x: mp.zeta(3, x), (0, 9)),
    "lambertw": (sp.LambertW, mp.lambertw, (-0.36, 9)),
    "besselj": (lambda x: sp.besselj(2, x), lambda x: mp.besselj(2, x), (-5, 9)),
    "besselj_third": (
        lambda x: sp.besselj(THIRD, x), lambda x: mp.besselj(mp.mpf(1) / 3, x), (0, 9),
    ),
    "besseli": (lambda x: sp.besseli(3, x), lambda x: mp.besseli(3, x), (-5, 9)),
    "besseli_third": (
        lambda x: sp.besseli(THIRD, x), lambda x: mp.besseli(mp.mpf(1) / 3, x), (0, 9),
    ),
    "besselk": (
        lambda x: sp.besselk(sp.Rational(5, 2), x, evaluate=False),
        lambda x: mp.sqrt(mp.pi / (2 * x)) * mp.exp(-x) * (1 + 3 / x + 3 / x**2), (0, 9),
    ),
    "lowergamma": (
        lambda x: sp.lowergamma(THIRD, x), lambda x: mp.gammainc(mp.mpf(1) / 3, 0, x), (0, 9),
    ),
    "besseli_scaled": (
        lambda x: tc.besseli_scaled(2, x), lambda x: mp.exp(-x) * mp.besseli(2, x), (-1, 20),
    ),
    "besseli_scaled_zero": (
        lambda x: tc.besseli_scaled(0, x), lambda x: mp.exp(-x) * mp.besseli(0, x), (-3, 20),
    ),
    "besseli_scaled_half": (
        lambda x: tc.besseli_scaled(sp.S.Half, x),
        lambda x: mp.sqrt(2 / (mp.pi * x)) * (1 - mp.exp(-2 * x)) / 2, (0, 30),
    ),
    "besselk_scaled": (
        lambda x: tc.besselk_scaled(sp.Rational(5, 2), x),
        lambda x: mp.sqrt(mp.pi / (2 * x)) * (1 + 3 / x + 3 / x**2), (0, 90),
    ),
    "lowergamma_regularized": (
        lambda x: tc.lowergamma_regularized(4, x),
        lambda x: 1 - mp.exp(-x) * (1 + x + x**2 / 2 + x**3 / 6), (0, 20),
    ),
    "uppergamma_regularized": (
        lambda x: tc.uppergamma_regularized(sp.S.Half, x), lambda x: mp.erfc(mp.sqrt(x)), (0, 20),
    ),
    "uppergamma_half": (
        lambda x: sp.uppergamma(sp.S.Half, x, evaluate=False),
        lambda x: mp.sqrt(mp.pi) * mp.erfc(mp.sqrt(x)),
        (0, 9),
    ),
    "uppergamma": (lambda x: sp.uppergamma(3, x), lambda x: mp.gammainc(3, x), (0, 9)),
    "Abs": (lambda x: sp.Abs(x) + sp.Max(x, 1), lambda x: -x + 1, (-9, 0)),
    "Piecewise": (
        lambda x: sp.Piecewise((sp.exp(x), x < 2), (x + sp.floor(x), True)), mp.exp, (-3, 2),
    ),
    "power_of_powers": (lambda x: x**x, lambda x: x**x, (0, 9)),
    "atan2": (lambda x: sp.atan2(x, 2 + x**2), lambda x: mp.atan(x / (2 + x**2)), (-3, 3)),
    "mills": (
        lambda x: sp.exp(-tc.mills(x) ** 2) / (1 + x**2),
        lambda x: (
            mp.exp(-mp.pi / 2 * (mp.exp(x * x / 2) * mp.erfc(x / mp.sqrt(2))) ** 2) / (1 + x * x)
        ),
        (-1, 9),
    ),
    "logistic": (
        lambda x: sp.tanh(sp.log(1 + x**2)), lambda x: mp.tanh(mp.log1p(x**2)), (-3, 3),
    ),
}  # fmt: skip
# Functions all of whose derivatives are monotone.
MONOTONE = """
    exp expm1 log log1p sqrt cbrt inverse power erfcx digamma polygamma zeta hurwitz lambertw
    besselk lowergamma uppergamma_half uppergamma_regularized besselk_scaled besseli_scaled_zero
    acosh erfinv expint expint_two ei_left
""".split()


def coefficients_on(name, low, high, length=LENGTH):
    program = lower(FUNCTIONS[name][0](X), (X,))
    with working_precision(80):
        ball = _number(low).union(_number(high))
        return taylor_on(program, ball, length)


def _number(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))


def balls(name, widths):
    """Random balls inside the domain."""
    rng = random.Random(name)
    first, last = (Fraction(end) for end in FUNCTIONS[name][2])
    for width in widths:
        inside = Fraction(rng.randint(1, 999), 1000)
        centre = first + inside * (last - first)
        reach = min(centre - first, last - centre) * Fraction(rng.randint(1, 9), 10)
        radius = min(reach, Fraction(width))
        yield centre - radius, centre + radius, Fraction(rng.randint(0, 8), 8)


def taylor(name, x, length=LENGTH):
    length = min(length, _SHORT.get(name, length))
    return mp.taylor(FUNCTIONS[name][1], mp.mpf(x.numerator) / x.denominator, length - 1)


def assert_holds(ball, exact):
    with working_precision(200):
        error = arb(mp.nstr(abs(exact), 20)) * arb(10) ** -25 + arb(10) ** -25
        assert ball.overlaps(arb(mp.nstr(exact, 50)) + arb(0, error.abs_upper()))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_coefficients_at_points_are_in_those_of_the_ball(name):
    finite = 0
    for low, high, part in balls(name, ["1e-9", "0.01", "0.2", "0.5"]):
        found = coefficients_on(name, low, high)
        for x in (low, low + part * (high - low)):
            for ball, exact in zip(found, taylor(name, x), strict=False):
                assert not ball.is_finite() or _holds(ball, exact)
        finite += all(ball.is_finite() for ball in found)
    assert finite >= 2


def _holds(ball, exact):
    assert_holds(ball, exact.real)
    return True


@pytest.mark.parametrize("name", MONOTONE)
def test_a_hull_loses_nothing(name):
    """The range of a monotone coefficient is that between the ends."""
    for low, high, _ in balls(name, ["0.2", "0.5"]):
        ends = [taylor(name, x) for x in (low, high)]
        for ball, *values in zip(coefficients_on(name, low, high), *ends, strict=False):
            width = abs(values[0] - values[1])
            slack = mp.mpf(10) ** -15 * max(map(abs, values))
            assert 2 * float(ball.rad()) <= 1.0001 * width + slack


@pytest.mark.parametrize("name", "tanh atan asinh erf log_erfc log_ndtr softplus".split())
def test_other_functions_are_nearly_tight(name):
    """On a ball of a fifth of the distance to the next singularity, for the last coefficient."""
    rng = random.Random(name)
    for _ in range(4):
        centre = Fraction(rng.randint(-30, 30), 10)
        low, high = centre - Fraction(1, 8), centre + Fraction(1, 8)
        points = [low + Fraction(i, 12) * (high - low) for i in range(13)]
        values = [taylor(name, x)[-1] for x in points]
        width = max(values) - min(values)
        assert 2 * float(coefficients_on(name, low, high)[-1].rad()) <= 3 * width


def test_erfcx_on_a_wide_ball():
    """Within a factor 2 of the true range at order 8, however wide the ball is."""
    for low, high in ((Fraction(1), Fraction(3, 2)), (Fraction(1), Fraction(50)), (10**6, 10**9)):
        found = coefficients_on("erfcx", Fraction(low), Fraction(high))[8]
        ends = [coefficients_on("erfcx", Fraction(x), Fraction(x))[8] for x in (low, high)]
        assert arb(found.rad()) <= abs(ends[0] - ends[1])


OUTSIDE = [
    (sp.log(X), "-1/10", "1/5"),
    (sp.sqrt(X), "0", "1"),
    (1 / X, "-1", "1"),
    (X**THIRD, "-1", "1"),
    (sp.asin(X), "9/10", "11/10"),
    (sp.atanh(X), "1/2", "1"),
    (sp.atanh(X), "2", "2"),
    (tc.besselk_scaled(0, X), "0", "1"),
    (tc.lowergamma_regularized(3, X), "-1", "1"),
    (sp.acosh(X), "1/2", "2"),
    (sp.tan(X), "1", "2"),
    (sp.gamma(X), "-1/2", "1/2"),
    (sp.loggamma(X), "0", "1"),
    (sp.digamma(X), "-3/2", "1/2"),
    (sp.zeta(X), "1/2", "2"),
    (sp.erfinv(X), "1/2", "3/2"),
    (sp.erfcinv(X), "-1/2", "1/2"),
    (sp.Ei(X), "-1", "1"),
    (sp.besselk(1, X), "-1", "1"),
    (sp.besselj(THIRD, X), "-1", "1"),
    (sp.LambertW(X), "-1", "0"),
    (sp.uppergamma(THIRD, X), "-1", "1"),
    (sp.Abs(X), "-1", "1"),
    (sp.Abs(X), "0", "0"),
    (sp.sign(X), "0", "1"),
    (sp.floor(X), "1/2", "1"),
    (sp.Heaviside(X), "-1", "1"),
    (sp.Max(X, X**2), "1/2", "2"),
    (sp.Piecewise((X, X < 0), (X**2, True)), "0", "1"),
    (sp.log(X) * sp.sqrt(-1 - X**2) ** 2 + sp.log(X - 5), "1", "2"),
]


@pytest.mark.parametrize(("expr", "low", "high"), OUTSIDE)
def test_nothing_is_said_beyond_the_domain(expr, low, high):
    program = lower(expr, (X,))
    with working_precision(80):
        found = taylor_on(program, _number(Fraction(low)).union(_number(Fraction(high))), 5)
    assert not found[-1].is_finite()


@pytest.mark.parametrize("expr", [sp.Abs(X - THIRD), sp.Max(X, THIRD), sp.floor(X + THIRD)])
def test_a_series_of_the_whole_function_has_no_kinks(expr):
    """Beside a kink the series at 0 is another function's."""
    with pytest.raises(NotSupportedError):
        taylor_coefficients(lower(expr, (X,)), 4)


@pytest.mark.parametrize("seed", range(30))
def test_compositions_hold_their_coefficients(seed):
    rng = random.Random(seed)
    parts = [
        (sp.tanh, mp.tanh), (sp.exp, mp.exp), (sp.atan, mp.atan), (sp.erf, mp.erf),
        (lambda x: sp.log(1 + above(x)), lambda x: mp.log(2 + x * x)),
        (lambda x: sp.loggamma(1 + above(x)), lambda x: mp.loggamma(2 + x * x)),
        (unit, lambda x: 1 / (1 + x * x)), (small, lambda x: x / (1 + x * x)),
        (tc.erfcx, lambda x: mp.exp(x * x) * mp.erfc(x)), (sp.sin, mp.sin),
        (lambda x: sp.acosh(1 + above(x)), lambda x: mp.acosh(2 + x * x)),
        (tc.log_ndtr, lambda x: log_erfc(-x / mp.sqrt(2)) - mp.log(2)),
    ]  # fmt: skip
    outer, inner, other = (rng.choice(parts) for _ in range(3))
    program = lower(outer[0](inner[0](X)) - X * other[0](X), (X,))
    low = Fraction(rng.randint(-20, 20), 10)
    high = low + Fraction(rng.randint(1, 10), 40)
    with working_precision(80):
        found = taylor_on(program, _number(low).union(_number(high)), 6)
    x = low + Fraction(rng.randint(0, 8), 8) * (high - low)
    exact = mp.taylor(
        lambda x: outer[1](inner[1](x)) - x * other[1](x), mp.mpf(x.numerator) / x.denominator, 5
    )
    for ball, value in zip(found, exact, strict=True):
        assert not ball.is_finite() or _holds(ball, value)


CENTRED = """
    tanh atan asinh erf log_erfc log_ndtr softplus besselj besselj_third uppergamma ei sinc
""".split()


@pytest.mark.parametrize("name", CENTRED)
def test_other_functions_hold_on_the_largest_balls(name):
    """Where what is left of the expansion in the middle counts, at the ends."""
    first, last = FUNCTIONS[name][2]
    for centre in (Fraction(1, 3), Fraction(2), Fraction(5, 2)):
        if not first < centre < last:
            continue
        for part in (Fraction(1, 3), Fraction(3, 5), Fraction(4, 5)):
            low, high = centre * (1 - part), centre * (1 + part)
            found = coefficients_on(name, low, high, 5)
            for x in (low, high):
                for ball, exact in zip(found, taylor(name, x, 5), strict=True):
                    assert not ball.is_finite() or _holds(ball, exact)


@pytest.mark.parametrize("name", sorted(CIRCLES.keys() - {"log_ndtr"}))
@pytest.mark.parametrize("centre", ["-5/2", "1/5", "2", "6"])
def test_circles_bound_their_functions(name, centre):
    """The modulus of the function or its derivative on the circle, by mpmath."""
    parameters = {name: [arb(1) / 3] for name in CIRCLES if name.startswith("bessel")}
    parameters |= {name: [arb(5) / 2] for name in CIRCLES if "gamma" in name}
    slopes = {
        "erf": lambda z: 2 / mp.sqrt(mp.pi) * mp.exp(-z * z),
        "erfc": lambda z: 2 / mp.sqrt(mp.pi) * mp.exp(-z * z),
        "tanh": lambda z: mp.sech(z) ** 2,
        "softplus": lambda z: 1 / (1 + mp.exp(-z)),
        "atan": lambda z: 1 / (1 + z * z),
        "asinh": lambda z: 1 / mp.sqrt(1 + z * z),
        "log_erfc": lambda z: 2 / mp.sqrt(mp.pi) * mp.exp(-z * z) / mp.erfc(z),
        "ei": lambda z: mp.exp(z) / z,
        "lowergamma": lambda z: z ** mp.mpf(1.5) * mp.exp(-z),
        "uppergamma": lambda z: z ** mp.mpf(1.5) * mp.exp(-z),
    }
    values = {"besselj": lambda z: mp.besselj(mp.mpf(1) / 3, z)}
    for part in ("lower", "upper"):
        slopes[f"{part}gamma_regularized"] = lambda z: (
            z ** mp.mpf(1.5) * mp.exp(-z) / mp.gamma(mp.mpf(2.5))
        )
    values["sinc"] = mp.sinc
    values["besseli_scaled"] = lambda z: mp.exp(-z) * mp.besseli(mp.mpf(1) / 3, z)
    values["besseli"] = lambda z: mp.besseli(mp.mpf(1) / 3, z)
    centre = Fraction(centre)
    with working_precision(80):
        circles = list(CIRCLES[name](_number(centre), *parameters.get(name, [])))
    for size, bound in circles:
        if not bound.is_finite() or not size > 0:
            continue
        radius = mp.mpf(size.mid().str(40, radius=False))
        most = mp.mpf(bound.str(40, radius=False)) / (radius if name in slopes else 1)
        for k in range(41):
            z = mp.mpf(centre.numerator) / centre.denominator + radius * mp.expjpi(mp.mpf(k) / 40)
            assert abs((slopes | values)[name](z)) <= most * (1 + mp.mpf(10) ** -15)
