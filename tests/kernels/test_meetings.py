"""General kernels and their derivatives where inputs coincide or are opposite."""

import math
import pickle

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.kernels import dual_general, mlp

ARITHMETICS = (tc.Float(), tc.Ball(12))
W, B = sp.symbols("w b", positive=True)
z = sp.Symbol("z", real=True)
NETWORKS = {  # activation, bias, depth
    "relu": ("relu", "0.2", 2),
    "no bias": ("relu", 0, 2),
    "elu": ("elu", "0.2", 2),
    "tanh": ("tanh", "0.2", 2),
    "gelu": ("gelu", "0.2", 1),
}


def network_of(name):
    activation, bias, depth = NETWORKS[name]
    return mlp(depth, activation, "1.3", bias)


STEP = sp.Rational(1, 2**24)


def covariances(q11, q12, q22):
    return {"q11": q11, "q12": q12, "q22": q22}


@pytest.mark.parametrize("kernel", ["nngp", "ntk"])
@pytest.mark.parametrize("name", NETWORKS)
def test_values_where_inputs_coincide(name, kernel):
    """As in ρ at the variance 1; a variance of 2 is as good as larger weights."""
    activation, bias, depth = NETWORKS[name]
    network = mlp(depth, activation, "1.3", bias)
    weights = [sp.sqrt(2) * sp.Rational("1.3"), *["1.3"] * depth]
    for q, same in ((1, network), (2, mlp(depth, activation, weights, bias))):
        general, formula = (
            getattr(n, kernel + suffix) for n, suffix in ((network, "_general"), (same, ""))
        )
        exact = formula.at(rho=1, using=tc.Ball(16))
        for using in ARITHMETICS:
            assert_error_holds(general.at(**covariances(q, q, q), using=using), exact.mid)
        array = general.lambdify()([q, 1.0], [q, 0.5], [q, 1.0])
        assert array[0] == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", ["elu", "tanh", "gelu", "no bias"])
def test_slopes_in_a_variance(name, sign):
    """One-sided differences in doubles: an error of √STEP where kinks meet."""
    general, q = network_of(name).nngp_general, sp.Rational(3, 2)
    function, variances = general.lambdify(), np.array([0, float(STEP)]) + 1.5
    difference = np.diff(function(variances, 1.5 * sign, 1.5))[0] / float(STEP)
    for i in ("q11", "q22"):
        slope = general.diff(i)
        value = slope.at(**covariances(q, sign * q, q))
        assert float(value) == pytest.approx(difference, abs=math.sqrt(STEP))
        array = slope.lambdify()(1.5, [1.5 * sign, 0.3], 1.5)
        assert array[0] == pytest.approx(float(value), rel=1e-11)


@pytest.mark.parametrize("using", ARITHMETICS)
@pytest.mark.parametrize("name", ["relu", "no bias"])
def test_infinite_slopes(name, using):
    """A derivative in a variance has the other sign, two have the same one."""
    slope = network_of(name).ntk_general
    for names, sign in (
        (["q12"], 1), (["q11"], -1), (["q22"], -1), (["q12", "q11"], -1), (["q11", "q12"], -1),
        (["q11", "q22"], 1), (["q12", "q12"], 1),
    ):  # fmt: skip
        formula = slope
        for i in names:
            formula = formula.diff(i)
        value = formula.at(**covariances(3, 3, 3), using=using)
        assert value.mid == sign * mp.inf
        assert "jump" in value.stats["reason"]
        array = formula.lambdify()(3.0, [3.0, 3.0 - 1e-6], 3.0)
        assert array[0] == sign * math.inf
        assert sign * array[1] > 10
        assert formula.subs(q12=3).lambdify()(3.0, 3.0) == sign * math.inf
        assert formula.subs(q11=3, q22=3).at(q12=3).mid == sign * mp.inf


def test_slopes_without_a_formula_are_refused():
    """Deviations change what is infinite; second derivatives in variances are not known apart."""
    here = covariances(1, 1, 1)
    changed = mlp(2, "relu", W, B).ntk_general.diff("q12").diff("w")
    twice = mlp(2, "tanh", "1.3", "0.2").nngp_general.diff("q11").diff("q22")
    opposite = mlp(2, "elu").ntk_general.diff("q12").diff("q12").diff("q12")
    for formula, point in (
        (changed, {**here, "w": 1, "b": 1}), (twice, here), (opposite, covariances(1, -1, 1)),
    ):  # fmt: skip
        with pytest.raises(tc.DomainError, match="coincide or are opposite"):
            formula.at(**point)
        assert math.isnan(formula.lambdify()(*(float(point[s.name]) for s in formula.args)))
        some = {name: point[name] for name in ("q11", "q12", "q22")}
        rest = {name: x for name, x in point.items() if name not in some}
        with pytest.raises(tc.DomainError, match="coincide or are opposite"):
            formula.subs(**rest).at(**some)
        with pytest.raises(tc.DomainError, match="coincide or are opposite"):
            formula.subs(**some)
    in_rho = mlp(2, "relu", W, B).ntk.diff("rho").diff("w")
    with pytest.raises(tc.DomainError, match="coincide or are opposite"):
        in_rho.at(rho=1, w=1, b=1)


def test_deviations_where_inputs_coincide():
    """w²(w²q + b²)/2 + b² of one ReLU layer, differentiated in w."""
    slope = mlp(1, "relu", W, B).nngp_general.diff("w")
    value = slope.at(**covariances(3, 3, 3), w=2, b=1)
    assert_error_holds(value, 2 * (4 * 3 + 1) + 4 / 2 * 2 * 2 * 3)


def test_relu_dual():
    """K = q/2 where inputs coincide, 0 where they are opposite: homogeneous of degree 1."""
    dual = dual_general("relu")
    for using in ARITHMETICS:
        for sign, value, slope in ((1, 1, sp.Rational(1, 2)), (-1, 0, 0)):
            point = covariances(2, 2 * sign, 2)
            assert_error_holds(dual.at(**point, using=using), value)
            assert_error_holds(dual.diff("q12").at(**point, using=using), slope)
            assert_error_holds(dual.diff("q11").at(**point, using=using), 0)
        bent = dual.diff("q12").diff("q12")
        assert bent.at(**covariances(1, 1, 1), using=using).mid == mp.inf
        assert bent.diff("q11").at(**covariances(1, 1, 1), using=using).mid == -mp.inf


def test_inputs_that_vanish():
    """Without biases they have no angle; with them they coincide."""
    assert network_of("no bias").nngp_general.at(**covariances(0, 0, 0)).mid == 0
    with pytest.raises(tc.DomainError):
        network_of("no bias").ntk_general.diff("q12").at(**covariances(0, 0, 0))
    assert network_of("relu").ntk_general.diff("q12").at(**covariances(0, 0, 0)).mid == mp.inf


def test_meetings_pickle_and_broadcast():
    slope = network_of("relu").ntk_general.diff("q11")
    again = pickle.loads(pickle.dumps(slope))
    points = np.array([[1.0], [2.0]]), np.array([1.0, 0.5, 2.0]), np.array([[1.0], [2.0]])
    np.testing.assert_array_equal(
        np.isneginf(
            again.lambdify()(*(x for x in (points[0], np.minimum(points[1], 1), points[2])))
        ),
        [[True, False, True], [False, False, False]],
    )
