"""Shorter forms of formulas have the values of the formulas."""

import public_formulas
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc

X, Y = sp.symbols("x y", real=True)
N = sp.Symbol("n", integer=True, positive=True)
A, B, C = sp.symbols("a b c")


def size(formula):
    return sum(part.count_ops() for part in (formula.body, *(x for _, x in formula.where)))


@pytest.mark.parametrize("room", public_formulas.ROOMS)
def test_values_and_arguments_stay(room):
    formulas = [(formula, box) for *_, formula, box in public_formulas.cases(room)]
    short = [(formula, box) for formula, box in formulas if formula.body.count_ops() < 100]
    for formula, box in short[::4]:
        assert_same_values_of_simplified(formula, box)


def assert_same_values_of_simplified(formula, box):
    shorter = formula.simplify()
    assert shorter.args == formula.args
    assert shorter.domain == formula.domain
    assert size(shorter) <= size(formula)
    at = {name: sp.Rational(round(low + (high - low) / 3)) for name, (low, high) in box.items()}
    at |= {name: sp.Rational(1, 7) for name, (_, high) in box.items() if high <= 1}
    values = [public_formulas.most_exactly(one, **at) for one in (shorter, formula)]
    assert values[0].overlaps(values[1])


@pytest.mark.parametrize(
    ("expr", "shorter"),
    [
        (sp.gamma(N + 2) / sp.gamma(N), N * (N + 1)),
        ((X**2 - 1) / (X - 1), X + 1),
        (sp.sqrt(X**2), sp.Abs(X)),
        (sp.tanh(X) * sp.cosh(X) + tc.hyperu(1, X**2 + 1, 2), None),
    ],
)
def test_known_forms(expr, shorter):
    found = tc.Formula("f", expr).simplify().expr
    if shorter is None:
        assert found == sp.sinh(X) + tc.hyperu(1, X**2 + 1, 2)
    else:
        assert sp.expand(found - shorter) == 0


def test_what_is_known_of_a_formula_stays():
    network = tc.kernels.mlp(2, "erf")
    assert network.ntk.simplify().positive_definite
    assert network.ntk.simplify().diff("rho").at(rho=1) == network.ntk.diff("rho").at(rho=1)
    step = tc.kernels.dual("step").diff("rho").simplify()
    assert step.at(rho=1).is_infinite
    near = tc.Formula("f", sp.sin(X) ** 2 + sp.cos(X) ** 2 + X, error=X**2).simplify()
    assert (near.expr, near.error) == (X + 1, X**2)


def test_a_wrong_form_is_not_taken(monkeypatch):
    formula = tc.Formula("f", sp.sin(X) ** 2 + sp.cos(X) ** 2 + X)
    monkeypatch.setattr(sp, "simplify", lambda expr: X + 2)
    assert formula.simplify().expr == formula.expr


def test_nothing_is_changed_where_nothing_can_be_compared():
    nowhere = tc.Formula("f", sp.sin(X) ** 2 + sp.cos(X) ** 2, domain=sp.Eq(X, sp.Rational(1, 17)))
    assert nowhere.simplify().expr == nowhere.expr


def test_steps_stay_and_equal_ones_become_one():
    steps = [(A, sp.exp(X) * sp.exp(Y)), (B, sp.exp(X + Y + 1) / sp.E), (C, A * B + B**2)]
    formula = tc.Formula("f", C + A + B, where=steps)
    shorter = formula.simplify()
    assert dict(shorter.where)[A] == sp.exp(X + Y)
    assert B not in dict(shorter.where)
    at = {"x": "1/3", "y": "-2", "using": tc.Ball(20)}
    assert shorter.at(**at).overlaps(formula.at(**at))


def test_names():
    steps = [(A, sp.pi / 2), (B, X**2 + A), (C, X**2 + sp.pi / 2), (Y, C)]
    formula = tc.Formula("f", A * B + C + Y, args=(X,), where=steps)
    assert formula.where == ((B, X**2 + sp.pi / 2),)
    assert formula.body == B * sp.pi / 2 + 2 * B
    zero = tc.Formula("f", 1 / A, where=[(A, sp.S.Zero)])
    with pytest.raises(tc.TheoryCalcError):
        zero.at()
    assert_error_holds(formula.at(x=2), formula.at(x=2, using=tc.Ball(40)))
