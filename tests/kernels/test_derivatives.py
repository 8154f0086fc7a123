"""Derivatives of kernels in the correlation: inside, and at both ends."""

import math
import pickle
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.binary import fraction
from theorycalc.core.graph import postorder
from theorycalc.core.value import Rigor
from theorycalc.kernels import mlp

ARITHMETICS = (tc.Float(), tc.MP(25), tc.Ball(25))
HOMOGENEOUS = {
    "relu": "relu",
    "leaky": tc.activations.leaky_relu("0.3"),
    "negative slope": tc.activations.leaky_relu("-0.6"),
    "abs": "abs",
    "square": tc.activations.relu_power(2),
    "cube": tc.activations.relu_power(3),
}
CLOSED = {
    **HOMOGENEOUS,
    "identity": "identity",
    "monomial": tc.activations.monomial(3),
    "erf": "erf",
    "gelu": "gelu",
    "sin": "sin",
}
GENERAL = {
    "tanh": "tanh",
    "elu": "elu",
    "biased": tc.activations.biased_relu("-1/2"),
    "hard tanh": sp.Max(-1, sp.Min(1, sp.Symbol("z"))),
}


def derivative(formula, order, name="rho"):
    for _ in range(order):
        formula = formula.diff(name)
    return formula


def assert_slope(formula, rho, order):
    """The central difference of the formula before, whose error Cauchy's estimate bounds.

    Coefficients of ρ^k are not negative: on the unit disc a kernel is at most its value at 1, and
    so is a derivative on a smaller disc by its value at the radius.
    """
    before, h, radius = derivative(formula, order - 1), Fraction(1, 10**7), Fraction(3, 5)
    ball = tc.Ball(22)
    above, below = (before.at(rho=x, using=ball) for x in (rho + h, rho - h))
    difference = (fraction(above.mid) - fraction(below.mid)) / (2 * h)
    rounding = (fraction(above.rad) + fraction(below.rad)) / (2 * h)
    most = fraction(before.at(rho=radius, using=ball).upper)
    error = rounding + most * h**2 / (radius - abs(rho) - h) ** 3
    slope = derivative(formula, order).at(rho=rho, using=tc.Ball(20))
    assert abs(fraction(slope.mid) - difference) <= error + fraction(slope.rad)


@pytest.mark.parametrize("kernel", ["nngp", "ntk"])
@pytest.mark.parametrize("name", CLOSED | GENERAL)
def test_inside(name, kernel):
    depth, orders = (2, (1, 2, 3)) if name in CLOSED else (1, (1,) if name == "tanh" else (1, 2))
    formula = getattr(mlp(depth, (CLOSED | GENERAL)[name], "1.3", "0.2"), kernel)
    for order in orders:
        assert_slope(formula, Fraction(1, 5), order)


def second_moment(phi, q):
    """E φ(√q Z)² by quadrature over the half-lines."""

    def density(x):
        return phi(mp.sqrt(q) * x) ** 2 * mp.npdf(x)

    return mp.quad(density, [-mp.inf, -4, 0, 4, mp.inf])


PLAIN = {  # φ and φ', written down apart
    "relu": (lambda x: max(x, 0), lambda x: mp.mpf(x > 0)),
    "leaky": (
        lambda x: x if x > 0 else mp.mpf("0.3") * x,
        lambda x: mp.mpf(1) if x > 0 else mp.mpf("0.3"),
    ),
    "abs": (abs, lambda x: mp.mpf(1)),
    "square": (lambda x: max(x, 0) ** 2, lambda x: 2 * max(x, 0)),
    "erf": (mp.erf, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "gelu": (lambda x: x * mp.ncdf(x), lambda x: mp.ncdf(x) + x * mp.npdf(x)),
}


@pytest.mark.parametrize("name", PLAIN)
def test_product_formula_at_one(name):
    """Σ'(1) = Π σ_w² E φ'(√q Z)², with biases and without."""
    phi, slope = PLAIN[name]
    with mp.workdps(30):
        for weight, bias in (("1.3", "0"), ("0.9", "0.4")):
            w, b = mp.mpf(weight) ** 2, mp.mpf(bias) ** 2
            q, product = w + b, w
            for _ in range(3):
                product *= w * second_moment(slope, q)
                q = w * second_moment(phi, q) + b
            formula = mlp(3, CLOSED[name], weight, bias).nngp.diff("rho")
            for using in ARITHMETICS:
                value = formula.at(rho=1, using=using)
                assert abs(value.mid - product) <= value.rad + product * mp.mpf(10) ** -20
            assert formula.lambdify()(1.0) == pytest.approx(float(product), rel=1e-13)


@pytest.mark.parametrize("using", ARITHMETICS)
def test_deep_relu_at_the_ends(using):
    slope = mlp(4, "relu").nngp.diff("rho")
    assert_error_holds(slope.at(rho=1, using=using), 1)
    assert slope.at(rho=-1, using=using).mid == 0
    np.testing.assert_allclose(slope.lambdify()([1.0, -1.0]), [1, 0], rtol=1e-14)


@pytest.mark.parametrize("using", ARITHMETICS)
@pytest.mark.parametrize("name", HOMOGENEOUS)
def test_infinite_at_one(name, using):
    """Finite as long as φ⁽ⁿ⁾ has no jump behind it, one order less for the NTK."""
    degree = {"square": 2, "cube": 3}.get(name, 1)
    network = mlp(2, HOMOGENEOUS[name])
    for kernel, finite in (("nngp", degree), ("ntk", degree - 1)):
        last = derivative(getattr(network, kernel), finite)
        assert math.isfinite(last.at(rho=1, using=using).mid)
        value = last.diff("rho").at(rho=1, using=using)
        assert value.mid == mp.inf
        assert value.rad == 0
        assert value.rigor is Rigor.EXACT
        assert "jump" in value.stats["reason"]
        assert last.diff("rho").lambdify()(1.0) == math.inf
        # it grows without bound on the way
        near = [last.diff("rho").at(rho=1 - sp.Rational(1, 10**k)).mid for k in (4, 8, 12)]
        assert near[2] > 5 * near[1] > 25 * near[0]


z = sp.Symbol("z", real=True)
OPPOSITE = {  # networks, and the orders from which derivatives at −1 are infinite
    "relu": (mlp(3, "relu"), 2),
    "late bias": (mlp(2, "relu", "1.3", [0, "0.2", 0]), 2),
    "even": (mlp(2, "abs"), 2),
    "odd": (mlp(2, z * sp.Abs(z)), 3),
    "neither": (mlp(2, tc.activations.leaky_relu("-0.6")), 2),
    "square": (mlp(2, tc.activations.relu_power(2)), 3),
    "residual": (tc.kernels.resnet(2, "relu"), 2),
    "hard tanh": (mlp(1, sp.Max(-1, sp.Min(1, z))), 2),
}


@pytest.mark.parametrize("name", OPPOSITE)
def test_sign_at_minus_one(name):
    """The sign is that of large values nearby, which grow."""
    network, first = OPPOSITE[name]
    for kernel, order in (("nngp", first), ("ntk", first - 1), ("ntk", first)):
        slope = derivative(getattr(network, kernel), order)
        if (kernel, order) != ("ntk", first):
            before = derivative(getattr(network, kernel), order - 1)
            assert math.isfinite(before.at(rho=-1).mid)
        value = slope.at(rho=-1)
        far, near = (slope.at(rho=sp.Rational(1, 10**k) - 1).mid for k in (8, 12))
        assert abs(near) > 50 * abs(far)
        assert near * value.mid == mp.inf
        assert value.rigor is Rigor.EXACT
        assert slope.lambdify()(-1.0) == float(value.mid)


def test_bias_keeps_opposite_inputs_apart():
    slope = derivative(mlp(2, "relu", "1.3", "0.2").ntk, 2)
    near = slope.at(rho=sp.Rational(1, 10**20) - 1)
    assert float(slope.at(rho=-1)) == pytest.approx(float(near), rel=1e-14)
    assert slope.lambdify()(-1.0) == pytest.approx(float(near), rel=1e-12)


def test_duals():
    """κ_p' = p²/(2p − 1) κ_{p−1}, and the step's is infinite at both ends."""
    for p in (1, 2, 5):
        slope = tc.kernels.arc_cosine(p).diff("rho")
        below = tc.kernels.arc_cosine(p - 1)
        for rho in (-1, "-0.4", 0, 1):
            value = slope.at(rho=rho, using=tc.Ball(20))
            exact = below.at(rho=rho, using=tc.Ball(25))
            assert abs(value.mid * (2 * p - 1) - exact.mid * p**2) <= mp.mpf(10) ** -17
        last = derivative(tc.kernels.arc_cosine(p), p + 1)
        assert last.at(rho=1).mid == last.at(rho=-1).mid == mp.inf
    step = tc.kernels.dual("step").diff("rho")
    assert step.at(rho=-1).mid == mp.inf
    assert step.lambdify()(1.0) == math.inf
    assert_slope(tc.kernels.dual("step"), Fraction(1, 5), 1)
    bent = tc.kernels.dual_derivative("relu").diff("rho")
    assert bent.at(rho=1).mid == mp.inf
    general = derivative(tc.kernels.dual_general(tc.activations.relu_power(2)), 2, "q12")
    assert_error_holds(general.at(q11=1, q12=1, q22=1), 2)
    assert_error_holds(general.at(q11=1, q12=2, q22=4), 2)


def test_layers_of_their_own():
    """The readout's part of the NTK is a kernel of one layer less, and as smooth as the NNGP."""
    network = mlp(2, "relu")
    assert_error_holds(network.layer_ntk(3).diff("rho").at(rho=1), 1)
    assert network.layer_ntk(2).diff("rho").at(rho=1).mid == mp.inf


def test_size_is_linear_in_depth():
    def steps(depth, kernel):
        formula = getattr(mlp(depth, "relu", "1.4", "0.1"), kernel).diff("rho")
        return len(formula.where), sum(len(list(postorder(part))) for _, part in formula.where)

    for kernel in ("nngp", "ntk"):
        # long rationals have names, from some depth on
        (few, short), (more, longer), (many, long) = (steps(n, kernel) for n in (30, 50, 70))
        assert many - more == more - few
        assert long - longer <= 1.1 * (longer - short)
    deep = mlp(50, "relu").nngp.diff("rho")
    assert_error_holds(deep.at(rho=1), 1)


def test_general_covariances():
    """∂/∂q12 at equal norms is the derivative in rho."""
    for name in ("relu", "square", "gelu"):
        network = mlp(2, CLOSED[name], "1.2", "0.1")
        for order in (1, 2):
            general = derivative(network.ntk_general, order, "q12")
            value = general.at(q11=1, q12="0.3", q22=1, using=tc.Ball(20))
            assert value.overlaps(derivative(network.ntk, order).at(rho="0.3", using=tc.Ball(20)))


def test_symbols_and_substitution():
    s = sp.Symbol("s", positive=True)
    formula = mlp(2, "relu", sigma_w=s).nngp
    for slope in (formula.diff("rho").subs(s=2), formula.subs(s=2).diff("rho")):
        assert_error_holds(slope.at(rho=1), 16)
    bent = formula.diff("rho").diff("rho")
    assert bent.at(rho=1, s=2).mid == bent.subs(s=2).at(rho=1).mid == mp.inf
    assert bent.subs(rho=1).at(s=2).mid == mp.inf


def test_slopes_of_leaky_functions_are_exact():
    for alpha in (sp.Rational(1, 3), sp.sqrt(2), sp.Rational(-2, 7)):
        activation = tc.activations.leaky_relu(alpha)
        value = tc.kernels.dual_derivative(activation).at(rho="0.3", using=tc.Ball(30))
        with mp.workdps(45):
            angle, a = mp.acos(mp.mpf("0.3")), mp.mpf(sp.N(alpha, 45))
            exact = (1 - a) ** 2 * (mp.pi - angle) / (2 * mp.pi) + a
        assert_error_holds(value, exact)


def test_derivatives_pickle():
    slope = mlp(2, "relu").ntk.diff("rho")
    again = pickle.loads(pickle.dumps(slope))
    assert again == slope
    assert again.diff("rho").body == slope.diff("rho").body


def test_refusals_say_what_was_met():
    x = sp.Symbol("x")
    for using in ARITHMETICS:
        with pytest.raises(tc.DomainError) as caught:
            tc.Formula("f", 1 / x).at(x=0, using=using)
        assert "got ;" not in str(caught.value)
        assert not str(caught.value).endswith("got ")
        assert "a point nearby" in str(caught.value)
