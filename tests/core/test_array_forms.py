"""Formulas on arrays of doubles against balls and mpmath: 1e-12 times the condition number."""

import inspect

import mpmath
import numpy as np
import public_formulas
import pytest
import sympy as sp
from hypothesis import example, given
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc.core.arithmetic.ball import rounded
from theorycalc.core.arithmetic.special_arrays import ACCURACY, ROUTINES
from theorycalc.distributions.tails import NormalTailMoment

X, Y, A, B = sp.symbols("x y a b", real=True)
N = sp.Symbol("n", integer=True, nonnegative=True)
BALL = tc.Ball(17)
# Points per formula, some of which cost a millisecond and some a tenth of a second each.
POINTS = 8
_STEP = 2.0**-20


def points_of(formula, box, count):
    """Random points, the same in every run: an array for each argument."""
    rng = np.random.default_rng(0)
    count = count if formula.args else 1
    columns = [rng.uniform(*box[symbol.name], count) for symbol in formula.args]
    return [np.rint(x) if s.is_integer else x for s, x in zip(formula.args, columns, strict=True)]


def exactly(formula, point):
    """The value to full double precision; infinite where it is larger than any double."""
    params = {s.name: sp.Rational(float(x)) for s, x in zip(formula.args, point, strict=True)}
    return float(public_formulas.most_exactly(formula, **params))


def assert_accurate(formula, value, point):
    """To 1e-12 of the value, or of what a change of the arguments by 1e-12 does to it.

    A number below the normal doubles may have lost its digits.
    """
    exact = exactly(formula, point)
    if value == exact or abs(value - exact) <= ACCURACY * abs(exact):
        return
    if max(abs(value), abs(exact)) < np.finfo(float).smallest_normal:
        return
    felt = 0.0
    for i, x in enumerate(point):
        if not formula.args[i].is_integer:
            moved = [*point[:i], x * (1 - _STEP), *point[i + 1 :]]
            felt += abs(exactly(formula, moved) - exact) / _STEP
    assert abs(value - exact) <= ACCURACY * felt, f"{formula}: {value!r} for {exact!r} at {point}"


def assert_array_form(formula, columns):
    values = np.atleast_1d(formula.lambdify()(*columns))
    for i, value in enumerate(values):
        assert_accurate(formula, value, [float(x[i]) for x in columns])


@pytest.mark.parametrize("points", [POINTS, pytest.param(1000, marks=pytest.mark.long)])
@pytest.mark.parametrize("room", public_formulas.ROOMS)
def test_public_formulas(room, points):
    for _, _, formula, box in public_formulas.cases(room):
        assert_array_form(formula, points_of(formula, box, points))


def returns_a_formula(function) -> bool:
    return "Formula" in str(getattr(function, "__annotations__", {}).get("return"))


def test_every_public_formula_has_a_case():
    """What is annotated to return a Formula, in all rooms."""
    known = {name for room in public_formulas.ROOMS for name, *_ in public_formulas.cases(room)}
    for room in (tc.hermite, tc.sphere, tc.kernels, tc.relu, tc.quantization):
        short = room.__name__.rpartition(".")[2]
        for name in room.__all__ if hasattr(room, "__all__") else dir(room):
            thing = getattr(room, name)
            members = vars(thing).items() if inspect.isclass(thing) else [(name, thing)]
            for member, function in members:
                inner = getattr(function, "fget", None) or getattr(function, "func", function)
                if returns_a_formula(inner) and not member.startswith("_"):
                    assert {member, f"{short}.{member}"} & known, f"{short}.{member}"


m = mpmath.mp
# expression, mpmath's from the definition, points: where doubles cancel, over- or underflow.
EXTREMES = {
    "log erfcx": (
        sp.log(sp.exp(X**2) * sp.erfc(X)),
        lambda x: m.log(m.exp(x**2) * m.erfc(x)),
        [(30.0,), (300.0,), (-3.0,)],
    ),
    "erf2": (
        sp.erf2(X, Y),
        lambda x, y: m.erf(y) - m.erf(x),
        [(5.9, 6.0), (-6.0, -5.9), (20.0, 25.0), (1e-9, 2e-9), (-1.0, 1.0)],
    ),
    "betainc": (
        sp.betainc(2, 3, X, 1),
        lambda x: m.betainc(2, 3, x, 1),
        [(1 - 1e-9,), (0.9999,), (0.5,)],
    ),
    "scaled Bessel": (
        sp.exp(X) * sp.besselk(2, X),
        lambda x: m.exp(x) * m.besselk(2, x),
        [(800.0,), (3e3,), (1e-3,)],
    ),
    "Bessel products": (
        sp.besseli(1, X) * sp.besselk(1, X),
        lambda x: m.besseli(1, x) * m.besselk(1, x),
        [(900.0,), (1e5,), (1.0,)],
    ),
    "quotient of gammas": (
        sp.gamma(X + sp.Rational(1, 2)) / sp.gamma(X),
        lambda x: m.gammaprod([x + 0.5], [x]),
        [(180.0,), (1e6,), (3.0,)],
    ),
    "small difference of cosines": (
        (1 - sp.cos(X)) / X**2,
        lambda x: (1 - m.cos(x)) / x**2,
        [(1e-9,), (1e-3,), (1.0,)],
    ),
    "logistic": (
        1 / (1 + sp.exp(-X)) - sp.Rational(1, 2),
        lambda x: 1 / (1 + m.exp(-x)) - m.mpf(1) / 2,
        [(1e-12,), (800.0,), (-800.0,)],
    ),
    "underflow times overflow": (
        sp.exp(-X) * sp.exp(X + 1),
        lambda x: m.e,
        [(800.0,), (740.0,), (-1e6,)],
    ),
    "Gegenbauer, expanded": (
        sp.gegenbauer(100, 49, X),
        lambda x: m.gegenbauer(100, 49, x),
        [(0.2,), (0.01,), (0.999,), (1.5,)],
    ),
    "Gegenbauer": (
        sp.gegenbauer(N, A, X),
        lambda a, n, x: m.gegenbauer(n, a, x),
        [(49.0, 100, 0.2), (0.25, 100, 0.3), (300.5, 60, -0.1)],
    ),
    "Jacobi": (
        sp.jacobi(N, A, B, X),
        lambda a, b, n, x: m.jacobi(n, a, b, x),
        [(40.0, 20.0, 60, 0.3), (0.5, -0.5, 60, 0.99), (3.0, 70.0, 60, -0.7)],
    ),
    "Laguerre": (
        sp.assoc_laguerre(N, A, X),
        lambda a, n, x: m.laguerre(n, a, x),
        [(0.0, 80, 10.0), (30.0, 80, 100.0), (2.5, 80, 600.0)],
    ),
    "Legendre": (
        sp.legendre(N, X),
        lambda n, x: m.legendre(n, x),
        [(200, 0.3), (200, 1 - 1e-9), (200, 1.2), (201, -2.0)],
    ),
    "Hermite": (
        sp.hermite(N, X),
        lambda n, x: m.hermite(n, x),
        [(120, 5.66), (120, 0.1), (121, -30.0)],
    ),
    "Chebyshev": (
        sp.chebyshevt(N, X) + sp.chebyshevu(N, X),
        lambda n, x: m.chebyt(n, x) + m.chebyu(n, x),
        [(200, 0.3), (150, 1.1), (75, -1.4)],
    ),
    "upper gamma": (
        sp.uppergamma(A, X) / sp.gamma(A),
        lambda a, x: m.gammainc(a, x, m.inf, regularized=True),
        [(200.0, 190.0), (0.5, 100.0), (3.0, 1e-3)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXTREMES)
def test_where_doubles_fail(name):
    expr, definition, points = EXTREMES[name]
    formula = tc.Formula("f", expr)
    values = formula.lambdify()(*np.array(points).T)
    with mpmath.workdps(250):
        for value, point in zip(np.atleast_1d(values), points, strict=True):
            exact = definition(*map(mpmath.mpf, point))
            assert abs(mpmath.mpf(float(value)) - exact) <= ACCURACY * abs(exact), (value, point)


def test_repairs_leave_poles_and_what_is_not_real():
    f = tc.Formula("f", sp.log(X) + sp.acos(X)).lambdify()
    with np.errstate(all="raise"):
        values = f([-3.0, 0.0, 1.0, 2.0, np.nan, np.inf])
    assert np.isnan(values[[0, 3, 4, 5]]).all()
    assert values[1:3].tolist() == [-np.inf, 0.0]
    assert np.isnan(tc.Formula("g", sp.gamma(X)).lambdify()(-3.0))


def test_a_hidden_zero_is_zero():
    f = tc.Formula("f", sp.sin(X) ** 2 + sp.cos(X) ** 2 - 1).lambdify()
    assert f(np.linspace(-5, 5, 7)).tolist() == [0.0] * 7


def test_blocks_and_broadcasting_give_the_same():
    """Arrays are cut into blocks where they have one shape."""
    f = tc.Formula("f", sp.erf(X) * sp.exp(-(Y**2)) - X / 3).lambdify()
    x, y = np.linspace(-6, 6, 301), np.linspace(-3, 3, 101)
    table = f(x[:, None], y[None, :])
    assert np.array_equal(table, f(*np.broadcast_arrays(x[:, None], y[None, :])))
    assert np.array_equal(table[7], f(x[7], y))


@pytest.mark.parametrize("activation", ["sin", "cos"])
def test_matrices_of_large_inputs(activation):
    """exp(−q) sinh(q) beyond the range of both factors."""
    kernels, phi = tc.kernels, getattr(tc.activations, activation)(1, 0)
    network = kernels.serial(kernels.dense(), kernels.activation(phi), kernels.dense())
    x = np.array([[40.0], [-40.0], [40.5]])
    values = network.nngp_matrix(x)
    for i, j in np.ndindex(3, 3):
        q11, q12, q22 = (sp.Rational(float(p * q)) for p, q in
                         ((x[i, 0], x[i, 0]), (x[i, 0], x[j, 0]), (x[j, 0], x[j, 0])))  # fmt: skip
        exact = float(network.nngp_general.at(q11=q11, q12=q12, q22=q22, using=BALL))
        assert values[i, j] == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("size", [1e-170, 1e-320])
def test_inputs_whose_squares_underflow_are_refused(size):
    with pytest.raises(tc.DomainError, match="square leaves the range"):
        tc.kernels.mlp(2, "erf").ntk_matrix(np.array([[size], [1.0]]))


DEGREES = st.sampled_from([0, 1, 2, 7, 40, 150]).map(float)
SIZES = st.floats(0.01, 100)
# Arguments of the routines of arrays, inside the domain of each.
ARGUMENTS = {
    "gamma": (st.floats(0.01, 170),),
    "rgamma": (st.floats(-20, 170),),
    "loggamma": (SIZES,),
    "digamma": (st.floats(-20, 100),),
    "beta": (st.floats(0.01, 1e6), st.floats(0.01, 1e6)),
    "betainc": (SIZES, SIZES, st.floats(0, 0.5), st.floats(0.5, 1)),
    "binomial": (st.floats(0.01, 1e5), st.floats(0.01, 100)),
    "rising": (st.floats(0.01, 1e5), SIZES),
    "lowergamma": (SIZES, SIZES),
    "uppergamma": (SIZES, SIZES),
    "erf": (st.floats(-6, 6),),
    "erfc": (st.floats(-6, 26),),
    "erfi": (st.floats(-26, 26),),
    "erfinv": (st.floats(-0.999, 0.999),),
    "erfcinv": (st.floats(1e-300, 1.9),),
    "erfcx": (st.floats(-26, 1e9),),
    "log_erfc": (st.floats(-30, 1e9),),
    "log_ndtr": (st.floats(-1e9, 37),),
    "besselj": (st.floats(0, 50), SIZES),
    "bessely": (st.floats(0, 50), SIZES),
    "besseli": (st.floats(0, 50), SIZES),
    "besselk": (st.floats(0, 50), SIZES),
    "besseli_scaled": (st.floats(0, 50), st.floats(0.01, 1e6)),
    "besselk_scaled": (st.floats(0, 50), st.floats(0.01, 1e6)),
    "lowergamma_regularized": (SIZES, SIZES),
    "uppergamma_regularized": (SIZES, SIZES),
    "legendre": (DEGREES, st.floats(-2, 2)),
    "gegenbauer": (DEGREES, SIZES, st.floats(-2, 2)),
    "jacobi": (DEGREES, SIZES, SIZES, st.floats(-2, 2)),
    "hermite": (DEGREES, st.floats(-9, 9)),
    "laguerre": (DEGREES, SIZES, SIZES),
    "chebyshevt": (DEGREES, st.floats(-2, 2)),
    "chebyshevu": (DEGREES, st.floats(-2, 2)),
    "lambertw": (st.floats(-0.36, 100),),
    "ei": (SIZES,),
    "sinc": (st.floats(-100, 100),),
}


def test_every_routine_has_arguments():
    assert ARGUMENTS.keys() == ROUTINES.keys()


@example(("besselk", 0.874, 2.0))
@example(("besselj", 0.031, 3.926))
@example(("bessely", 0.837, 2.0))
@example(("besselj", 29.0, 1e-10))
@example(("beta", 569.9281112440892, 1.7711135683029542))
@example(("binomial", 3134.4279112893505, 58.0311891390829))
@example(("binomial", 0.2118445424489776, 0.012467373182568183))
@example(("binomial", 1.0, 2.0))
@example(("rising", 90.39585664630155, 6.8125))
@example(("ei", 40.06660975702161))
@example(("erfc", 0.9686659673195024))
@example(("erfcx", 1 / 3))
@example(("betainc", 0.03125, 2.0, 5e-324, 1.0))
@example(("rgamma", 27.742957733698738))
@example(("gamma", 164.99919171077627))
@example(("rgamma", -2.225073858507203e-309))
@example(("erfcinv", 1.8982521037965452))
@given(st.sampled_from(sorted(ARGUMENTS)).flatmap(
    lambda name: st.tuples(st.just(name), *ARGUMENTS[name])
))  # fmt: skip
def test_errors_of_routines_hold(call):
    name, *args = call
    with np.errstate(all="ignore"):
        value, error = (float(x) for x in ROUTINES[name](*map(np.asarray, args)))
    exact = rounded(lambda context, *xs: context.apply(name, *xs), *args)
    if np.isfinite(value) and np.isfinite(exact):
        assert abs(value - exact) <= error + np.finfo(float).eps / 2 * abs(exact) + 1e-307


@pytest.mark.parametrize(
    ("room", "name"),
    [
        ("kernels", "dual_general"),
        ("polynomials", "orthonormal"),
        ("polynomials", "legendre"),
        ("spheres", "sphere.funk_hecke"),
        ("quantisers", "expected_maximum"),
    ],
)
def test_shapes_and_dtypes(room, name):
    """Empty, 0-dimensional, integer and single-precision arrays are read as doubles."""
    cases = public_formulas.cases(room)
    formula, box = next((formula, box) for case, _, formula, box in cases if case == name)
    function, columns = formula.lambdify(), points_of(formula, box, 4)
    values = function(*columns)
    assert function(*(x[:0].reshape(0, 3) for x in columns)).shape == (0, 3)
    assert function(*(np.array(x[1]) for x in columns)) == values[1]
    assert isinstance(function(*(float(x[0]) for x in columns)), float)
    for dtype in (np.float32, np.int64):
        narrow = [np.ceil(x).astype(dtype) for x in columns]
        np.testing.assert_array_equal(function(*narrow), function(*(x * 1.0 for x in narrow)))


def test_own_errors_of_routines_are_heard():
    """What a routine may be off counts where a difference makes it large."""
    tail = NormalTailMoment(1, X)
    formula = tc.Formula("f", tail - NormalTailMoment(1, X + sp.Rational(1, 10**6)))
    for x in (0.3, 2.0, 20.0):
        assert_accurate(formula, formula.lambdify()(x), [x])
