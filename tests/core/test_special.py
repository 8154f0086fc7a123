"""SpecialFunctions: their definition is enough; implementations are used where they should be."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc

X, T, R = sp.Symbol("x", real=True), sp.Dummy("t", real=True), sp.Symbol("R", positive=True)


class Closed(tc.SpecialFunction):
    """x² + n, a closed form whose first argument is a fixed number."""

    @classmethod
    def definition(cls, n, x):
        return x**2 + n


class Bump(tc.SpecialFunction):
    """∫_0^1 exp(−x t²) dt."""

    @classmethod
    def definition(cls, x):
        return tc.Integral(sp.exp(-x * T**2), T, 0, 1)


class Fast(Bump):
    """The same with a double-precision routine that reports its error."""

    calls = 0

    @staticmethod
    def double(x):
        from scipy.special import erf

        Fast.calls += 1
        root = np.sqrt(x)
        values = np.sqrt(np.pi) / 2 * erf(root) / root
        return values, 1e-15 * values


class OnlyMP(tc.SpecialFunction):
    """A function known to mpmath alone."""

    @staticmethod
    def in_mp(context, x):
        return context.mp.airyai(x)


class NoTail(tc.SpecialFunction):
    """∫_0^∞ exp(−x t) dt, whose tail nobody bounded."""

    @classmethod
    def definition(cls, x):
        return tc.Integral(sp.exp(-x * T), T, 0, sp.oo)


class Named(Closed):
    """The same with a sign of its own."""

    def in_latex(self, printer):
        return rf"N_{{{printer._print(self.args[0])}}}"


def test_powers_in_latex():
    assert sp.latex(Named(2, X) ** 3 - 1) == r"\left(N_{2}\right)^{3} - 1"
    assert sp.latex(Closed(2, X) ** 3) == r"\operatorname{Closed}^{3}{\left(2,x \right)}"


HALF = sp.Rational(1, 2)
BUMP_AT_2 = sp.sqrt(sp.pi / 8) * sp.erf(sp.sqrt(2))


@pytest.mark.parametrize("digits", [15, 30, 60])
@pytest.mark.parametrize(
    ("function", "exact"),
    [
        (Closed(3, 2), 7),
        (Bump(2), BUMP_AT_2),
        (Fast(2), BUMP_AT_2),
        (OnlyMP(1), sp.airyai(1)),
        (NoTail(4), sp.Rational(1, 4)),
        (tc.hyperu(HALF, HALF, 2), sp.sqrt(sp.pi) * sp.exp(2) * sp.erfc(sp.sqrt(2))),
    ],
)
def test_sympy_n(function, exact, digits):
    expected = sp.N(exact, digits + 20)
    assert abs(sp.N(function, digits) - expected) <= abs(expected) * sp.Float(10) ** (1 - digits)
    # inside expressions too
    assert abs(sp.N(1 + function**2, digits) - 1 - expected**2) <= sp.Float(10) ** (3 - digits)


def test_every_arithmetic_that_a_definition_allows():
    assert Bump(X).arithmetics == ("Float", "MP", "Ball")
    assert OnlyMP(X).arithmetics == NoTail(X).arithmetics == ("Float", "MP")
    for function in (OnlyMP, NoTail):
        f = tc.Formula("f", 1 + function(X))
        assert f.at(x=2).overlaps(f.at(x=2, using=tc.MP(20)))
        with pytest.raises(tc.NotSupportedError, match="allowed: Float, MP"):
            f.at(x=2, using=tc.Ball(10))
        assert f.lambdify()([2.0])[0] == pytest.approx(float(f.at(x=2)), rel=1e-13)


def test_float_uses_the_double_routine_and_carries_its_error():
    before = Fast.calls
    value = tc.Formula("f", sp.exp(Fast(X))).at(x="1/3")
    assert Fast.calls > before
    assert value.rigor is tc.Rigor.ESTIMATED
    assert value.overlaps(tc.Formula("f", sp.exp(Bump(X))).at(x="1/3", using=tc.Ball(20)))
    assert value.rad < 1e-14


def test_definitions_are_shown():
    assert isinstance(Bump(X).rewrite(sp.Integral), sp.Integral)
    assert sp.expand_func(Closed(1, X)) == X**2 + 1
    assert Bump(X).diff(X).has(sp.Integral)
    assert Closed(1, X**2).diff(X) == 4 * X**3
    assert tc.certify(sp.Derivative(X, X).doit() * Bump(X).diff(X), x=1).rigor is tc.Rigor.CERTIFIED


HUNDREDTHS = st.integers(-300, 300).map(lambda n: sp.Rational(n, 100))


@settings(max_examples=20)
@given(HUNDREDTHS, HUNDREDTHS, st.integers(-99, 99).map(lambda n: sp.Rational(n, 100)))
def test_bivariate_normal(h, k, rho):
    """Against its definition, a mean over U of the law of V; the quadrants add up to one."""
    u = sp.Symbol("u")
    inside = sp.erfc((rho * u - k) / sp.sqrt(2 * (1 - rho**2))) / 2
    density = sp.exp(-(u**2) / 2) / sp.sqrt(2 * sp.pi)
    definition = tc.integrate(tc.Integral(density * inside, u, -15, h), using=tc.Ball(20))
    function = tc.certify(tc.bivariate_normal(h, k, rho), digits=20)
    # 4e-51 is left beyond −15
    assert abs(function.mid - definition.mid) <= function.rad + definition.rad + 1e-49
    corners = [(h, k, rho), (-h, k, -rho), (h, -k, -rho), (-h, -k, rho)]
    total = sum(tc.bivariate_normal(*corner) for corner in corners)
    for using in (tc.Float(), tc.MP(20), tc.Ball(20)):
        assert tc.Formula("one", total).at(using=using).contains(1)


@pytest.mark.parametrize(
    ("h", "k", "rho", "exact"),
    [
        (1, 2, 1, 1 - sp.erfc(1 / sp.sqrt(2)) / 2),
        (1, 2, -1, 1 - sp.erfc(1 / sp.sqrt(2)) / 2 - sp.erfc(sp.sqrt(2)) / 2),
        (-1, "1/2", -1, 0),
        (0, 0, "-1/2", sp.Rational(1, 6)),
        (-3, 3, 0, sp.erfc(3 / sp.sqrt(2)) / 2 * (1 - sp.erfc(3 / sp.sqrt(2)) / 2)),
        (-60, -60, 0, sp.erfc(60 / sp.sqrt(2)) ** 2 / 4),
    ],
)
def test_bivariate_normal_in_closed_cases(h, k, rho, exact):
    value = tc.bivariate_normal(*map(sp.Rational, (h, k, rho)))
    for using in (tc.Float(), tc.MP(30), tc.Ball(30)):
        assert tc.Formula("f", value).at(using=using).overlaps(tc.certify(exact, digits=40))


def test_bivariate_normal_at_balls():
    """Arguments that are only known approximately, and add up to nothing or nearly so."""
    h, k, rho = sp.symbols("h k rho")
    f = tc.Formula("f", tc.bivariate_normal(h, k, rho))
    half = tc.Formula("f", tc.bivariate_normal(sp.sqrt(h), -sp.sqrt(h), rho))
    value = half.at(h="1/5", rho="3/5", using=tc.Ball(20))
    near = f.at(h=float(sp.sqrt(5) / 5), k=-float(sp.sqrt(5) / 5), rho="3/5", using=tc.Ball(20))
    assert float(value) == pytest.approx(float(near), rel=1e-15)
    for argument in ("h", "k", "rho"):
        slope = f.diff(argument).at(h="1/3", k=-1, rho="3/5", using=tc.Ball(20))
        step = sp.Rational(1, 10**8)
        point = {"h": sp.Rational(1, 3), "k": sp.Integer(-1), "rho": sp.Rational(3, 5)}
        ends = [
            f.at(using=tc.Ball(40), **point | {argument: point[argument] + s}).mid
            for s in (-step, step)
        ]
        assert float((ends[1] - ends[0]) * 10**8 / 2) == pytest.approx(float(slope), rel=1e-12)


def test_hyperu():
    a, b = sp.symbols("a b")
    kummer = tc.Formula("f", tc.hyperu(a, b, X) - X ** (1 - b) * tc.hyperu(a - b + 1, 2 - b, X))
    value = tc.Formula("u", tc.hyperu(a, b, X)).at(a="1/3", b="1/4", x=2, using=tc.Ball(20))
    zero = kummer.at(a="1/3", b="1/4", x=2, using=tc.Ball(5))  # DLMF 13.2.40
    assert zero.contains(0)
    assert zero.rad < abs(value.mid) * 1e-100
    slope = tc.Formula("u", tc.hyperu(a, b, X).diff(X)).at(a="1/3", b="1/4", x=2, using=tc.MP(15))
    step = sp.Rational(1, 10**8)
    ends = [
        tc.Formula("u", tc.hyperu(a, b, X)).at(a="1/3", b="1/4", x=2 + s, using=tc.MP(40)).mid
        for s in (-step, step)
    ]
    assert float((ends[1] - ends[0]) * 10**8 / 2) == pytest.approx(float(slope), rel=1e-12)


class Steep(tc.SpecialFunction):
    """1/(1 − x) in doubles only."""

    nargs = 1

    @staticmethod
    def double(x):
        return 1 / (1 - x), 2.0**-52 / np.abs(1 - x)


@pytest.mark.parametrize("x", ["0.99999999", "1.00000001", "1/3", "1e-400"])
def test_what_rounding_an_argument_does_is_in_the_error(x):
    exact = 1 / (1 - sp.Rational(x))
    for formula in (tc.Formula("f", Steep(X)), tc.Formula("f", Steep(sp.Rational(x)))):
        assert_error_holds(formula.at(**dict.fromkeys((a.name for a in formula.args), x)), exact)


class Unit(Steep):
    """The same for −1 ≤ x < 1."""

    @staticmethod
    def domain(x):
        return (x >= -1) & (x < 1)


def test_slopes_of_arrays_stop_where_a_function_does():
    """x/(1 − x) − x is repaired where it cancels, also beside points where it has no value."""
    f = tc.Formula("f", Unit(X) * (1 - X) - 1 + X, args=(X,)).lambdify()
    x = np.array([-1.0, 1e-9, 0.3, 1 - 1e-12])
    assert np.allclose(f(x), x, rtol=1e-3, atol=0)
