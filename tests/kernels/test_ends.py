"""Deep kernels, and their derivatives in all parameters, at ρ = 1 and ρ = −1."""

import functools

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.kernels import mlp

ARITHMETICS = (tc.Float(), tc.MP(15), tc.Ball(15))
W, B = sp.symbols("w b", positive=True)
z = sp.Symbol("z", real=True)
PLAIN = {  # an activation, φ, φ' and the kinks, written down apart
    "relu": ("relu", lambda x: max(x, 0), lambda x: mp.mpf(x > 0), [0]),
    "elu": (
        "elu",
        lambda x: x if x > 0 else mp.expm1(x),
        lambda x: mp.mpf(1) if x > 0 else mp.exp(x),
        [0],
    ),
    "biased": (
        tc.activations.biased_relu("-1/2"),
        lambda x: max(x - mp.mpf(1) / 2, 0),
        lambda x: mp.mpf(2 * x > 1),
        [mp.mpf(1) / 2],
    ),
    "hard tanh": (
        sp.Max(-1, sp.Min(1, z)),
        lambda x: max(-1, min(1, x)),
        lambda x: mp.mpf(abs(x) < 1),
        [-1, 1],
    ),
    "tanh": ("tanh", mp.tanh, lambda x: mp.sech(x) ** 2, []),
    "gelu": ("gelu", lambda x: x * mp.ncdf(x), lambda x: mp.ncdf(x) + x * mp.npdf(x), []),
}


def mean(f, q, kinks):
    """E f(√q Z) by quadrature between kinks."""
    root = mp.sqrt(q)
    points = sorted(
        {*(sign * kink / root for kink in kinks for sign in (1, -1)), -14, -5, -2, 0, 2, 5, 14}
    )
    return mp.quad(lambda x: f(root * x) * mp.npdf(x), points)


@functools.cache
def on_the_diagonal(name, weight, bias, depth):
    """(Σ, Θ, Σ') of equal inputs with x·x/d = 1."""
    _, phi, slope, kinks = PLAIN[name]
    w, b = weight**2, bias**2
    sigma = theta = w + b
    product = w
    for _ in range(depth):
        bend = w * mean(lambda x: slope(x) ** 2, sigma, kinks)
        sigma = w * mean(lambda x: phi(x) ** 2, sigma, kinks) + b
        product, theta = product * bend, sigma + bend * theta
    return sigma, theta, product


@pytest.mark.parametrize("using", ARITHMETICS, ids=str)
@pytest.mark.parametrize("name", PLAIN)
def test_equal_inputs(name, using):
    network = mlp(2, PLAIN[name][0], "1.3", "0.2")
    with mp.workdps(35):
        exact = on_the_diagonal(name, mp.mpf("1.3"), mp.mpf("0.2"), 2)
        for formula, number in zip(
            (network.nngp, network.ntk, network.nngp.diff("rho")), exact, strict=True
        ):
            value = formula.at(rho=1, using=using)
            # the quadrature's own error
            assert abs(value.mid - number) <= value.rad + number * mp.mpf(10) ** -30
            assert formula.lambdify()(1.0) == pytest.approx(float(number), rel=1e-13)


@pytest.mark.parametrize("using", ARITHMETICS, ids=str)
@pytest.mark.parametrize("name", ["tanh", "hard tanh"])
def test_odd_activations_at_opposite_inputs(name, using):
    """Without biases a kernel is odd; with a bias in the readout alone it is odd but for that."""
    for depth, bias in ((3, 0), (2, [0, 0, "0.3"])):
        network = mlp(depth, PLAIN[name][0], "1.3", bias)
        square = mp.mpf("0.09") if bias else mp.mpf(0)
        for formula in (network.nngp, network.ntk):
            plus, minus = (formula.at(rho=rho, using=using) for rho in (1, -1))
            assert abs(plus.mid + minus.mid - 2 * square) <= plus.rad + minus.rad + mp.mpf(2) ** -52


@pytest.mark.parametrize("name", ["relu", "elu", "biased", "hard tanh"])
def test_opposite_inputs_are_apart_with_biases(name):
    """The value at −1 is the limit."""
    for kernel in ("nngp", "ntk"):
        formula = getattr(mlp(2, PLAIN[name][0], "1.3", "0.2"), kernel)
        end = formula.at(rho=-1, using=tc.Ball(15))
        near = formula.at(rho=sp.Rational(1, 10**12) - 1, using=tc.Ball(15))
        assert abs(end.mid - near.mid) < mp.mpf(10) ** -11
        assert formula.lambdify()(-1.0) == pytest.approx(float(end), rel=1e-12)


@pytest.mark.parametrize("parameter", ["w", "b"])
@pytest.mark.parametrize("name", [name for name in PLAIN if name != "tanh"])
def test_derivatives_in_deviations_at_equal_inputs(name, parameter):
    """By central differences of the recursion on the diagonal."""
    network = mlp(2, PLAIN[name][0], W, B)
    at, h = {"w": mp.mpf("1.3"), "b": mp.mpf("0.2")}, mp.mpf(10) ** -8
    with mp.workdps(30):
        above, below = (
            on_the_diagonal(name, *({**at, parameter: at[parameter] + s * h}).values(), 2)
            for s in (1, -1)
        )
        for i, formula in enumerate((network.nngp, network.ntk)):
            slope = formula.diff(parameter)
            number = (above[i] - below[i]) / (2 * h)
            for using in (tc.Float(), tc.Ball(15)):
                value = slope.at(rho=1, w="1.3", b="0.2", using=using)
                assert abs(value.mid - number) <= value.rad + 1000 * h**2
            order = [{"rho": 1.0, "w": 1.3, "b": 0.2}[symbol.name] for symbol in slope.args]
            assert slope.lambdify()(*order) == pytest.approx(float(number), rel=1e-12)


def test_derivatives_commute_and_take_numbers():
    slope = mlp(2, "relu", W, B).nngp
    both = slope.diff("rho").diff("w"), slope.diff("w").diff("rho")
    for formula in both:
        # Σ' = w⁶/4 at 1
        assert_error_holds(formula.at(rho=1, w=2, b="0.3"), 48)
        assert_error_holds(formula.subs(w=2).at(rho=1, b="0.3"), 48)
        assert_error_holds(formula.subs(rho=1).at(w=2, b="0.3"), 48)


def test_arrays_with_ends():
    formula = mlp(2, "elu", "1.3", "0.2").ntk
    points = np.array([[1.0, 0.3], [-1.0, 1.0]])
    single = [[formula.lambdify()(x) for x in row] for row in points]
    np.testing.assert_allclose(formula.lambdify()(points), single, rtol=1e-13)
