"""Activations: three forms, exact kinks, derivatives, all arithmetics."""

import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from zoo import ZOO

import theorycalc as tc
from theorycalc.activations import as_activation

Z, X = sp.Symbol("z", real=True), sp.Symbol("x")


def central_difference(function, z):
    step = sp.Rational(1, 10**12)
    ends = [function.formula.at(z=sp.Rational(z) + s, using=tc.MP(40)).mid for s in (-step, step)]
    return float((ends[1] - ends[0]) / float(2 * step))


@pytest.mark.parametrize("name", ZOO)
@given(z=st.integers(-384, 384).map(lambda n: Fraction(n, 64)))
def test_every_activation(name, z):
    """Function and derivative in doubles against the ball; the derivative against a difference."""
    activation = ZOO[name]
    for function in (activation, activation.derivative):
        exact = function.formula.at(z=z, using=tc.Ball(20))
        assert float(function([float(z)])[0]) == pytest.approx(float(exact), rel=2e-14, abs=1e-14)
    if not any(abs(z - kink) < 1e-6 for kink in activation.kinks):
        slope = float(activation.derivative([float(z)])[0])
        assert central_difference(activation, z) == pytest.approx(slope, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("name", ZOO)
def test_every_activation_pickles_and_prints(name):
    activation = ZOO[name]
    assert pickle.loads(pickle.dumps(activation)) == activation
    assert "z" in activation._repr_latex_()
    assert activation.formula.lambdify()([0.5])[0] == activation([0.5])[0]


def test_kinks_and_continuity():
    kinks = {name: activation.kinks for name, activation in ZOO.items() if activation.kinks}
    zero = (sp.Integer(0),)
    assert kinks == {
        "relu": zero, "leaky_relu": zero, "abs": zero, "step": zero, "sign": zero,
        "relu_power": zero, "biased_relu": (-sp.Rational(1, 2),), "elu": zero, "selu": zero,
        "hard_tanh": (-sp.Integer(1), sp.Integer(1)),
    }  # fmt: skip
    jumps = {name for name, activation in ZOO.items() if not activation.is_continuous}
    assert jumps == {"step", "sign"}


def test_three_forms():
    """A name, an object, an expression in any symbol: one function."""
    forms = ["relu", tc.activations.relu, sp.Max(X, 0), sp.Max(Z, 0), tc.Activation(sp.Max(0, X))]
    assert len({as_activation(form) for form in forms}) == 1
    assert as_activation(tc.Formula("f", sp.tanh(X))) == tc.activations.tanh
    assert as_activation("erf") == tc.activations.erf(1) == tc.activations.erf(s="1")
    assert as_activation("leaky_relu") == tc.activations.leaky_relu(sp.Rational(1, 100))
    assert tc.activations.gaussian(2).expr == sp.exp(-2 * Z**2)
    assert tc.activations.hermite(2).expr == Z**2 - 1
    assert tc.activations.relu_power(0) == tc.activations.step


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("swish", tc.activations.silu),
        ("logistic", tc.activations.sigmoid),
        ("hardtanh", tc.Activation(sp.Max(-1, sp.Min(X, 1)))),
        (sp.tanh, tc.activations.tanh),
        (sp.erf, tc.activations.erf()),
        (sp.Heaviside, tc.activations.step),
        (sp.atan, tc.Activation(sp.atan(X))),
        (np.tanh, tc.activations.tanh),
        (np.abs, tc.activations.abs),
        (np.sin, tc.activations.sin()),
        (np.arcsinh, tc.Activation(sp.asinh(X))),
        (special.erf, tc.activations.erf()),
    ],
)
def test_other_names_and_functions(given, meant):
    assert as_activation(given) == meant
    points = np.linspace(-3, 3, 7)
    if callable(given) and not isinstance(given, sp.core.function.FunctionClass):
        np.testing.assert_allclose(as_activation(given)(points), given(points), rtol=1e-14)


def test_other_names_are_attributes_that_are_not_listed():
    assert tc.activations.swish is tc.activations.silu
    assert tc.activations.hardtanh.name == "hard_tanh"
    assert not {"swish", "logistic", "hardtanh"} & {*dir(tc.activations)}


def test_selu_fixes_mean_and_variance():
    """The constants of arXiv:1706.02515 and what they are for: E φ = 0, E φ² = 1."""
    expr = tc.activations.selu.expr
    gauss, cut = sp.exp(-(Z**2) / 2) / sp.sqrt(2 * sp.pi), sp.Symbol("R", positive=True)
    # |φ|² ≤ 4 + 2z², and E over |Z| > R of that is at most 8 R exp(−R²/2) for R ≥ 2
    bound = 8 * cut * sp.exp(-(cut**2) / 2)
    tails = {end: tc.Tail(bound, cut, sp.Integer(2)) for end in (-sp.oo, sp.oo)}
    for power, moment in ((1, 0), (2, 1)):
        integrand = expr**power * gauss + (1 - moment) * gauss
        integral = tc.Integral(integrand, Z, -sp.oo, sp.oo, kinks=(0,), tails=tails)
        assert tc.integrate(integral, using=tc.Ball(20)).contains(1)
    scale, alpha = expr.subs(Z, 1), -(expr / expr.subs(Z, 1)).subs(Z, -1) / (1 - sp.exp(-1))
    assert tc.certify(scale, digits=20).digits(20) == "1.0507009873554804934"
    assert tc.certify(alpha, digits=20).digits(20) == "1.6732632423543772848"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("rellu", "Try 'relu'"),
        ("gelu(1)", "unknown activation"),
        ("__import__('os')", "unknown activation"),
        ("relu_power", "missing a required argument: 'p'"),
        (X * Z, "one symbol"),
        (sp.Integer(1), "one symbol"),
        (tc.activations.leaky_relu, "not an activation: got leaky_relu"),
        (tc.activations.leaky_relu, "Try 'leaky_relu'"),
        (lambda x: x, "Try an expression in z = "),
        (math.tanh, "Try 'tanh'"),
        (math.gamma, "Try an expression in z = "),
        (sp.Max, "not an activation: got Max"),
        (sp.besselj, "not an activation: got besselj"),
        (sp.Function("f"), "not an activation: got f"),
        (np.maximum, "not an activation"),
        (np.square, "Try an expression in z = "),
        (3.0, "not an activation"),
        (None, "not an activation"),
    ],
)
def test_bad_activations(bad, message):
    with pytest.raises(tc.DomainError, match=message):
        as_activation(bad)


def test_bad_parameters():
    for bad in (
        lambda: tc.activations.relu_power("-1/2"),
        lambda: tc.activations.monomial(-1),
        lambda: tc.activations.erf("x"),
        lambda: tc.activations.elu(1, 2),
        lambda: tc.activations.elu(beta=1),
    ):
        with pytest.raises(tc.DomainError):
            bad()
    with pytest.raises(AttributeError, match="tanhh"):
        tc.activations.tanhh  # noqa: B018


def test_constants_and_shapes():
    one = tc.Activation(sp.Integer(1), symbol=X)
    assert one(np.zeros((2, 3))).tolist() == [[1, 1, 1], [1, 1, 1]]
    assert tc.activations.identity.derivative(np.zeros(2)).tolist() == [1, 1]
    assert tc.activations.relu(np.float32([1, -1])).dtype == np.float32
    assert set(tc.activations.__dir__()) > {"relu", "Activation"}
