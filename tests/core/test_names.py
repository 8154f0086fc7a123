"""Names never capture: not in derivatives, not in substitutions, not under an integral sign."""

import pickle

import pytest
import sympy
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.graph import substitute

a, b, t, u, x, y = (sympy.Symbol(name, real=True) for name in "abtuxy")


def test_a_slope_takes_no_name_that_exists():
    a_x = sympy.Symbol("a_x", real=True)
    slope = tc.Formula("f", a**2 + a_x, args=(x, a_x), where=[(a, sympy.sin(x))]).diff("x")
    assert_error_holds(slope.at(x=1, a_x=5, using=tc.MP(25)), str(sympy.sin(2).n(40)))
    twice = slope.diff("x").at(x="1/3", a_x=5, using=tc.MP(25))
    assert_error_holds(twice, str(2 * sympy.cos(sympy.Rational(2, 3)).n(40)))


def test_a_slope_of_an_intermediate_that_exists():
    a_x = sympy.Symbol("a_x", real=True)
    where = [(a, sympy.sin(x)), (a_x, a**3)]
    slope = tc.Formula("f", a * a_x, args=(x,), where=where).diff("x")
    names = [symbol.name for symbol, _ in slope.where]
    assert len(set(names)) == len(names)
    exact = sympy.diff(sympy.sin(x) ** 4, x).subs(x, 1).n(40)
    assert_error_holds(slope.at(x=1, using=tc.MP(25)), str(exact))


@pytest.mark.parametrize("new", [u, sympy.Symbol("u"), u + 1, sympy.sin(u)])
def test_substitution_meets_an_intermediate_of_the_same_name(new):
    formula = tc.Formula("f", u + x, args=(x,), where=[(u, x**2)], error=u / 10**9)
    moved = formula.subs(x=new)
    exact = (x + x**2).subs(x, new).subs(dict.fromkeys(new.free_symbols, 3)).n(40)
    assert_error_holds(moved.at(u=3, using=tc.MP(25)), str(exact))
    assert moved.args == tuple(new.free_symbols)


def test_substitution_by_the_name_of_another_argument():
    moved = tc.Formula("f", x - 2 * y, args=(x, y)).subs(x=sympy.Symbol("y"))
    assert moved.args == (y,)
    assert moved.at(y=3).mid == -3


@pytest.mark.parametrize(
    ("expr", "exact"),
    [
        (sympy.Integral(x * t, (t, 0, 1)), t / 2),
        (sympy.Integral(x * t, (t, 0, t)), t**3 / 2),
        (sympy.Integral(x * t * a, (t, 0, a), (a, 0, t)), t**5 / 8),
        (sympy.Sum(x + t, (t, 1, 3)), 3 * t + 6),
        (sympy.Product(x + t, (t, 1, 2)), (t + 1) * (t + 2)),
        (sympy.Sum(sympy.Integral(x * t, (t, 0, 1)), (t, 1, 4)), 2 * t),
    ],
)
def test_bound_variables_capture_nothing(expr, exact):
    """x ↦ t, by substitution, by an intermediate quantity, and written out."""
    named = tc.Formula("f", expr, args=(t,), where=[(x, t)]) if x in expr.free_symbols else None
    moved = substitute(expr, {x: t})
    free = tc.Formula("f", expr, args=(x, t) if t in expr.free_symbols else (x,))
    for formula in (tc.Formula("f", moved), named, tc.Formula("f", named.expr), free.subs(x=t)):
        assert_error_holds(formula.at(t=3, using=tc.Ball(20)), exact.subs(t, 3))


def test_a_definition_captures_nothing():
    class Scaled(tc.SpecialFunction):
        @classmethod
        def definition(cls, scale):
            return tc.Integral(scale * t, t, 0, 1)

    assert_error_holds(tc.certify(Scaled(t), digits=10, t=3), "1.5")
    assert_error_holds(tc.certify(Scaled(t).rewrite(sympy.Integral), digits=10, t=3), "1.5")
    assert_error_holds(tc.certify(Scaled(t**2).diff(t), digits=10, t=3), 3)


def test_intermediates_have_names_of_their_own():
    c = [sympy.Dummy("c", real=True) for _ in range(3)]
    formula = tc.Formula("f", sum(c), args=(x,), where=[(d, x + i) for i, d in enumerate(c, 1)])
    assert [s.name for s, _ in formula.where] == ["c", "c_1", "c_2"]
    assert not any(isinstance(s, sympy.Dummy) for s, _ in formula.where)
    assert pickle.loads(pickle.dumps(formula)).at(x=1).mid == 9
    law = tc.sphere.asymptotics(tc.kernels.mlp(4), 17)
    names = [s.name for s, _ in law.where]
    assert len(set(names)) == len(names) > 1


@pytest.mark.parametrize(
    "where", [[(x, y)], [(a, x), (a, x + 1)], [("a", x)], [(a, "x")], [(a,)], "ab", [a]]
)
def test_bad_definitions_are_refused(where):
    with pytest.raises(tc.DomainError):
        tc.Formula("f", x, args=(x, y), where=where)


@pytest.mark.parametrize(
    "formula",
    [
        lambda: tc.sphere.coordinate_density(t),
        lambda: tc.sphere.legendre(sympy.Symbol("t"), 2),
        lambda: tc.sphere.gegenbauer(3, t),
        lambda: tc.sphere.asymptotics(tc.kernels.mlp(2), sympy.Symbol("k")),
        lambda: tc.distributions.Gaussian(sympy.Symbol("R", positive=True)).radial_density,
        lambda: tc.distributions.Gaussian(3, sympy.Symbol("R", positive=True)).radial_density,
        lambda: tc.quantization.norming_constants(
            sympy.exp(-x * sympy.Symbol("n", positive=True)), x
        ),
        lambda: tc.quantization.norming_constants("x", x),
        lambda: tc.quantization.norming_constants(sympy.exp(-x), "x"),
    ],
)
def test_a_parameter_does_not_take_the_name_of_a_variable(formula):
    """The formula is written in that variable: the two would be one."""
    with pytest.raises(tc.DomainError):
        formula()


def test_values_of_functions_keep_their_names():
    law = tc.distributions.Gaussian(4)
    (pair,) = tc.quantization.distortion(law, 100).where
    assert pair[0].name == "c_1"
