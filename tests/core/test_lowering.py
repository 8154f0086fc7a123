"""Every lowered function, and 200 random formulas, in every arithmetic: all enclose one truth."""

import itertools
import random

import numpy as np
import pytest
import sympy as sp
from vocabulary import UNARY, small, unit

import theorycalc as tc
from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.lowering import lower
from theorycalc.core.program import given

X, Y = sp.symbols("x y")
ARITHMETICS = (tc.Float(), tc.MP(30), tc.MP(60), tc.Ball(30), tc.Ball(60))


def assert_one_truth(formula, **params):
    """Pairwise overlap, and balls as tight as asked for."""
    values = [formula.at(using=using, **params) for using in ARITHMETICS]
    for a, b in itertools.combinations(values, 2):
        assert a.overlaps(b), f"{formula}: {a!r} and {b!r}"
    for value in values:
        if isinstance(value.using, tc.Ball):
            assert value.rad <= abs(value.mid) * 10 ** (-value.using.digits)
            assert value.rigor >= tc.Rigor.CERTIFIED
    return values


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("x", ["2/3", "-7/5", "11/4"])
def test_function_in_all_arithmetics(name, x):
    formula = tc.Formula("f", UNARY[name](X), args=(X,))
    *_, ball = assert_one_truth(formula, x=x)
    # hardware doubles: a few ulp, amplified near a zero of the function (at most 1e-14 absolute)
    computed = formula.lambdify()(np.array([float(sp.Rational(x))]))
    assert abs(computed[0] - float(ball)) <= 1e-14 * max(1, abs(float(ball)))


def random_expression(rng, depth):
    """A random composition; sums and products keep arguments inside the real domains."""
    if depth == 0:
        return rng.choice([X, Y, X * Y, X - Y, X + sp.Rational(rng.randint(-9, 9), 7)])
    kind = rng.random()
    inner = random_expression(rng, depth - 1)
    if kind < 0.15:
        return inner + random_expression(rng, depth - 1)
    if kind < 0.3:
        return unit(inner) * small(random_expression(rng, depth - 1))
    return UNARY[rng.choice(sorted(UNARY))](inner)


def random_formula(seed):
    rng = random.Random(seed)
    expr = random_expression(rng, rng.randint(1, 3))
    params = {name: sp.Rational(rng.randint(-30, 30), rng.randint(1, 13)) for name in "xy"}
    return tc.Formula("f", expr, args=(X, Y)), params


@pytest.mark.parametrize("seed", range(200))
def test_random_formula_in_all_arithmetics(seed):
    formula, params = random_formula(seed)
    assert_one_truth(formula, **params)


@pytest.mark.parametrize("context", [BallContext(), ArrayContext()])
def test_what_does_not_move_is_computed_once(context, monkeypatch):
    """A program of (x, y) as a function of x is the program, with log 3 and exp y known before."""
    calls = []

    def noted(name, *args):
        calls.append(name)
        return type(context).apply(context, name, *args)

    program = lower(sp.exp(Y) * sp.cos(X) * sp.log(3) + sp.exp(Y), (X, Y))
    numbers = [context.number(sp.Rational(k, 7)) for k in range(4)]
    monkeypatch.setattr(context, "apply", noted)
    function = given(program, context, [numbers[3]])
    assert sorted(calls) == ["exp", "log"]
    found = [function(x) for x in numbers]
    assert calls[2:] == ["cos"] * 4
    assert [str(x) for x in found] == [str(program.run(context, [x, numbers[3]])) for x in numbers]
    # and what does not move at all
    assert str(given(lower(Y, (X, Y)), context, [numbers[2]])(numbers[1])) == str(numbers[2])
