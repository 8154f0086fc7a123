"""Smoothed functions beside their closed forms, by coarse rules whose bounds bind."""

import mpmath
import pytest
import sympy as sp
from flint import arb
from reference import assert_error_holds, value_of

import theorycalc as tc
from theorycalc.activations import Activation, z
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.kernels.duals import strip_bounds, strip_pairs, strip_smoothing
from theorycalc.kernels.duals.strip_smoothing import Smoothed

# w is 9/25 and r is 4/5 of a coarse table, 1 + 2^−k being 5/4.
DEPTH = 2
X = sp.Symbol("x")
# A function and itself smoothed.
SMOOTHED = {
    "cos": (sp.cos(z), sp.exp(-sp.Rational(9, 50)) * sp.cos(4 * X / 5)),
    "erf": (sp.erf(z), sp.erf(4 * X / 5 / sp.sqrt(1 + sp.Rational(18, 25)))),
    "cosh": (sp.cosh(2 * z), sp.exp(sp.Rational(18, 25)) * sp.cosh(8 * X / 5)),
}


def values(name, fine, multiple, count):
    """The values of Φ by one rule, and exactly."""
    function, closed = SMOOTHED[name]
    step = multiple * fine.step * 1.25
    side = Smoothed(strip_bounds.Scaled(Activation(function, symbol=z), arb(1)), DEPTH, fine)
    with working_precision(80):
        found = side.values(step, count)
    exact = [closed.subs(X, sp.Rational(step) * j).evalf(40) for j in range(-count, count + 1)]
    return found, exact


@pytest.fixture
def fresh():
    """Tables are not those of another test, whose bounds were replaced."""
    strip_smoothing._values.cache_clear()
    yield
    strip_smoothing._values.cache_clear()


@pytest.mark.parametrize(("multiple", "count"), [(1, 5), (4, 3)])
@pytest.mark.parametrize("fine", [(1.0, 0.5, 4), (1.5, 0.25, 14), (2.0, 0.0625, 100)])
@pytest.mark.parametrize("name", SMOOTHED)
def test_values(name, fine, multiple, count, fresh):
    found, exact = values(name, strip_smoothing._Fine(*fine), multiple, count)
    assert len(found) == 2 * count + 1
    for x, y in zip(found, exact, strict=True):
        assert_error_holds(value_of(x), y)
    if fine[2] == 100:
        assert max(float(x.rad()) for x in found) < 1e-10


@pytest.mark.parametrize("step", [0.75, 1.0, 1.25])
def test_aliases_of_a_wave(step, monkeypatch, fresh):
    """The rule errs for a cosine by what the bound says, at the best height."""
    monkeypatch.setattr(
        strip_bounds.Scaled, "bound", lambda self, reach, height, start=0.0: arb(height).cosh()
    )
    height = float(0.36 * (2 * sp.pi.evalf() / step - 1))
    found, exact = values("cos", strip_smoothing._Fine(height, step, 12), 1, 3)
    for x, y in zip(found, exact, strict=True):
        assert_error_holds(value_of(x), y)
    worst = max(abs(float(x.mid()) - float(y)) for x, y in zip(found, exact, strict=True))
    assert max(float(x.rad()) for x in found) < 2 * worst


@pytest.mark.parametrize("count", [4, 6, 9])
def test_what_is_cut_off(count, fresh):
    """Of a constant, and of a function that grows."""
    for name in ("cosh", "cos"):
        found, exact = values(name, strip_smoothing._Fine(1.0, 0.125, 4 * count), 8, 3)
        for x, y in zip(found, exact, strict=True):
            assert_error_holds(value_of(x), y)


@pytest.mark.parametrize("name", SMOOTHED)
def test_bounds(name):
    function, closed = SMOOTHED[name]
    side = Smoothed(strip_bounds.Scaled(Activation(function, symbol=z), arb(1)), DEPTH)
    program = sp.lambdify(X, closed, "mpmath")
    for reach, height in ((0.5, 0.25), (3.0, 1.0), (6.0, 3.0)):
        bound = float(side.bound(reach, height))
        for x, y in ((0, height), (reach, 0), (reach, height), (reach / 2, height)):
            assert abs(program(mpmath.mpc(x, y))) <= bound
    with working_precision(60):
        size, rate = side.envelope(BallContext(), arb(3))
    for x in (0, 1, 3, 9):
        assert abs(program(mpmath.mpf(x))) <= float(size) * mpmath.exp(float(rate) * x)


@pytest.mark.parametrize("name", ["tanh", "mish"])
@pytest.mark.parametrize("q", [3, 700])
def test_smoothed_or_not(name, q, monkeypatch):
    """Both ways enclose the same numbers, and correlations meet the function once."""
    formula = tc.kernels.dual_general(name)
    points = [q * sp.Rational(rho) for rho in ("0.1", "-0.5", "0.9", "0.95", "0.99", "-0.99")]
    found = [formula.at(q11=q, q12=x, q22=q + 1, using=tc.Ball(25)) for x in points]
    monkeypatch.setattr(strip_smoothing, "smoothed", lambda *_: None)
    for x, value in zip(points, found, strict=True):
        assert value.overlaps(formula.at(q11=q, q12=x, q22=q + 1, using=tc.Ball(20)))


def test_all_correlations_share_a_table(monkeypatch):
    points, original = [], strip_bounds.Scaled.at

    def counting(self, context, numbers):
        points.append(len(numbers))
        return original(self, context, numbers)

    monkeypatch.setattr(strip_bounds.Scaled, "at", counting)
    for using in (tc.Ball(20), tc.MP(20)):
        formula = tc.kernels.dual_general("tanh").subs(q11=501, q22=501)
        formula.at(q12=250, using=using)
        first = sum(points)
        for i in range(-9, 10):
            formula.at(q12=50 * i, using=using)
        assert sum(points) == first


def test_functions_without_a_strip_are_not_smoothed():
    side = strip_bounds.Scaled(Activation(sp.tanh(z) / z), arb(1))
    law = strip_pairs.Law(arb(0), arb(1))
    with working_precision(60):
        assert strip_smoothing.smoothed((side, side), law, 20.0) is None
