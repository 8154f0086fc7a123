"""Every lowered function, and 200 random formulas, in every arithmetic: all enclose one truth."""

import itertools
import random

import numpy as np
import pytest
import sympy as sp
from vocabulary import UNARY, small, unit

import theorycalc as tc

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
