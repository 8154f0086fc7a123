"""NNGP and NTK of dense networks: formulas and matrices, in every representation they have."""

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import EPS, assert_error_holds, assert_reference, entries, label, relative_error

import theorycalc as tc
from theorycalc.kernels import mlp

RHO, S = sp.Symbol("rho", real=True), sp.Symbol("s")
ARITHMETICS = (tc.Float(), tc.MP(36), tc.Ball(36))
NETWORKS = {
    "relu": mlp(3, "relu"),
    "relu, bias": mlp(2, "relu", sigma_w="1.3", sigma_b="0.4"),
    "leaky": mlp(3, tc.activations.leaky_relu("0.2"), sigma_b="0.1"),
    "negative slope": mlp(3, tc.activations.leaky_relu("-0.6")),
    "abs": mlp(2, "abs", sigma_b="0.2"),
    "power": mlp(2, tc.activations.relu_power(3), sigma_b="0.5"),
    "monomial": mlp(2, tc.activations.monomial(3), sigma_b="0.1"),
    "linear": mlp(4, "identity", sigma_b="0.3"),
    "erf": mlp(3, "erf", sigma_w="1.5", sigma_b="0.1"),
    "probit": mlp(2, "probit"),
    "per layer": mlp(2, "relu", sigma_w=[1, "1.5", 2], sigma_b=[0, "0.1", 1]),
    "standard": mlp(2, "relu", sigma_w="1.4", sigma_b="0.3", parameterization="standard", width=50),
}


def near_one():
    """Correlations everywhere, and within 1e-16 of both ends."""
    gaps = [0.0, 2.0**-53, 2.0**-52, 1e-15, 1e-12, 1e-8, 1e-4, 0.1, 0.5, 1.0]
    return np.array(sorted({s * (1 - g) for g in gaps for s in (-1, 1)} | {0.3, -0.7, 1e-300}))


def kernel_of(network, entry):
    params = entry["params"]
    name = "nngp" if entry["quantity"].startswith("nngp") else "ntk"
    if "rho" in params:
        return getattr(network, name), {"rho": params["rho"]}
    x, y = sp.Matrix(params["x"]), sp.Matrix(params["y"])
    d = len(x)
    values = {"q11": x.dot(x) / sp.S(d), "q12": x.dot(y) / sp.S(d), "q22": y.dot(y) / sp.S(d)}
    if entry["quantity"] == "ntk_standard":
        values["d"] = d
    return getattr(network, f"{name}_general"), values


@pytest.mark.parametrize("entry", entries("kernels", "nngp", "ntk", "ntk_standard"), ids=label)
def test_reference(entry):
    params = entry["params"]
    standard = {"parameterization": "standard", "width": params.get("width")}
    network = mlp(
        params["depth"],
        sp.sympify(params["phi"]),
        sp.sqrt(sp.Rational(params["sigma_w2"])),
        sp.sqrt(sp.Rational(params["sigma_b2"])),
        **(standard if entry["quantity"] == "ntk_standard" else {}),
    )
    formula, values = kernel_of(network, entry)
    for using in ARITHMETICS:
        assert_reference(formula.at(using=using, **values), entry)
    if "x" in params:
        kernels = network.matrices([params["x"], params["y"]])
        computed = kernels[0 if entry["quantity"] == "nngp" else 1][0, 1]
        assert computed == pytest.approx(float(entry["value"]), rel=20 * EPS)


@pytest.mark.parametrize("entry", entries("kernels", "ntk_angle"), ids=label)
def test_reference_at_tiny_angles(entry):
    depth, theta = entry["params"]["depth"], sp.Rational(entry["params"]["theta"])
    value = mlp(depth, "relu").ntk.at(rho=sp.cos(theta), using=tc.Ball(40))
    assert_reference(value, entry)


@pytest.mark.parametrize("depth", [1, 2, 3, 10])
def test_relu_in_doubles(depth):
    """1e-14 relative for depth 3 at every ρ; deeper and shallower as well, off their zeros."""
    ntk = mlp(depth, "relu").ntk
    rho = near_one()
    for r, computed in zip(rho, ntk.lambdify()(rho), strict=True):
        exact = (
            ntk.at(rho=sp.Rational(float(r)), using=tc.Ball(30)) if r > -1 or depth > 1 else None
        )
        if exact is None:
            assert abs(computed) <= EPS
        else:
            assert relative_error(computed, exact) < 1e-14


@pytest.mark.parametrize(
    "rho", ["1", "-1", "0.9999999999999999", "-0.99999999999999999", "1e-400", "0.3", 1 - 1e-16]
)
def test_relu_by_float(rho):
    """`Float` reads decimals exactly, where a double would already be 1."""
    ntk = mlp(3, "relu").ntk
    value, exact = ntk.at(rho=rho), ntk.at(rho=rho, using=tc.MP(40))
    assert value.overlaps(exact)
    assert relative_error(float(value), exact) < EPS


@pytest.mark.parametrize("name", NETWORKS)
def test_all_representations_agree(name):
    """Formula in ρ, formula in the variances, matrix; equal norms."""
    network = NETWORKS[name]
    d = 3
    extra = {"d": d} if network.parameterization == "standard" else {}
    for kernel in ("nngp", "ntk"):
        rho_formula, general = getattr(network, kernel), getattr(network, f"{kernel}_general")
        extra = {"d": d} if "d" in map(str, rho_formula.args) else {}
        for rho in ("0.3", "-0.8", "1", "0"):
            one = rho_formula.at(rho=rho, using=tc.Ball(20), **extra)
            other = general.at(q11=1, q12=rho, q22=1, using=tc.Ball(20), **extra)
            assert one.overlaps(other)
            x = np.array([[1, 0, 0], [float(rho), math.sqrt(1 - float(rho) ** 2), 0]]) * d**0.5
            matrix = getattr(network, f"{kernel}_matrix")(x)
            assert matrix[0, 1] == pytest.approx(float(one), rel=1e-13, abs=1e-14)
            assert matrix[0, 1] == matrix[1, 0]


@settings(max_examples=12)
@given(st.data())
@pytest.mark.parametrize("name", NETWORKS)
def test_matrices_of_any_inputs(name, data):
    """Doubles against balls at random inputs, parallel and nearly parallel ones among them."""
    network = NETWORKS[name]
    numbers = st.integers(-8, 8).map(lambda n: n / 4)
    x = np.array(data.draw(st.lists(numbers, min_size=3, max_size=3).filter(any)))
    kind = data.draw(st.sampled_from(["any", "multiple", "near"]))
    factor = data.draw(st.sampled_from([1.0, 1.125, -1.0, -0.25, 4.0]))
    step = np.array(data.draw(st.lists(numbers, min_size=3, max_size=3)))
    y = {"any": step, "multiple": factor * x, "near": factor * x + 2.0**-30 * step}[kind]
    if not y.any():
        return

    def inner(a, b):
        return (
            sum(sp.Rational(float(p)) * sp.Rational(float(q)) for p, q in zip(a, b, strict=True))
            / 3
        )

    params = {"q11": inner(x, x), "q12": inner(x, y), "q22": inner(y, y)}
    for kernel in ("nngp", "ntk"):
        formula = getattr(network, f"{kernel}_general")
        extra = {"d": 3} if "d" in map(str, formula.args) else {}
        exact = formula.at(using=tc.MP(25), **params, **extra)
        computed = getattr(network, f"{kernel}_matrix")([x], [y])[0, 0]
        scale = math.sqrt(
            getattr(network, f"{kernel}_matrix")([x])[0, 0]
            * getattr(network, f"{kernel}_matrix")([y])[0, 0]
        )
        assert abs(computed - float(exact)) <= 1e-14 * max(scale, abs(float(exact)))


def test_the_diagonal_is_exact():
    """Θ(x, x) = (L + 1)|x|²/d for the normalised ReLU network, and duplicates are duplicates."""
    x = np.random.default_rng(0).standard_normal((40, 7))
    x[13] = x[4]
    for depth in (1, 3, 10):
        ntk = mlp(depth, "relu").ntk_matrix(x)
        expected = (depth + 1) * np.sum(x**2, axis=1) / 7
        # a few roundings in every layer
        assert np.allclose(np.diag(ntk), expected, rtol=4 * (depth + 2) * EPS, atol=0)
        assert np.array_equal(ntk[13], ntk[4])
        assert ntk[13, 4] == pytest.approx(ntk[4, 4], rel=4 * EPS)
        assert np.array_equal(ntk, ntk.T)


def test_rectangular_matrices_are_blocks_of_square_ones():
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((70, 4)), rng.standard_normal((90, 4))
    both = np.vstack([x, y])
    for network in (NETWORKS["leaky"], NETWORKS["erf"]):
        for square, block in zip(network.matrices(both), network.matrices(x, y), strict=True):
            assert np.allclose(square[:70, 70:], block, rtol=1e-13, atol=1e-15)


def test_zero_inputs():
    kernels = mlp(2, "relu").matrices([[0.0, 0.0], [1.0, 1.0]])
    for kernel in kernels:
        assert np.array_equal(kernel[0], [0, 0])


def test_cusp_at_one():
    """[L + 1 − Θ]/√(1 − ρ) → (√2/π) L(L + 1)/2."""
    for depth in (1, 2, 5, 10):
        gap = tc.Formula("g", depth + 1 - mlp(depth, "relu").ntk.subs(rho=1 - RHO).expr)
        small = sp.Rational(1, 10**24)
        ratio = float(gap.at(rho=small, using=tc.MP(20))) / 1e-12
        assert ratio == pytest.approx(2**0.5 / math.pi * depth * (depth + 1) / 2, rel=1e-9)


@pytest.mark.parametrize("activation", ["relu", "erf", tc.activations.relu_power(2)], ids=str)
def test_recursion_from_duals(activation):
    """Θ^(2) = Σ^(2) + σ_w² K' Θ^(1), assembled by hand from the duals."""
    w, b = sp.Rational(13, 10), sp.Rational(2, 5)
    network = mlp(1, activation, sigma_w=w, sigma_b=b)
    q, c = w**2 + b**2, w**2 * RHO + b**2
    at = {"q11": q, "q22": q, "q12": c}
    covariance = tc.kernels.dual_general(activation).subs(**at).expr
    slope = tc.kernels.dual_derivative_general(activation).subs(**at).expr
    sigma = w**2 * covariance + b**2
    by_hand = tc.Formula("t", sigma + w**2 * slope * c, args=(RHO,))
    for rho in ("0.2", "-0.9"):
        assert by_hand.at(rho=rho, using=tc.MP(25)).overlaps(
            network.ntk.at(rho=rho, using=tc.MP(25))
        )


def test_symbolic_parameters_stay_symbolic():
    s, b = sp.symbols("s b", positive=True)
    formula = mlp(2, "relu", sigma_w=s, sigma_b=b).ntk
    assert [str(a) for a in formula.args] == ["rho", "b", "s"]
    point = formula.at(rho="0.3", s="1.3", b="0.4", using=tc.Ball(25))
    assert point.overlaps(NETWORKS["relu, bias"].ntk.at(rho="0.3", using=tc.Ball(25)))
    assert formula.diff("s").at(rho="0.3", s="1.3", b="0.4").mid > 0
    with pytest.raises(tc.DomainError, match="need numbers"):
        mlp(2, "relu", sigma_w=s).ntk_matrix([[1.0]])


def test_depth_zero_and_great_depth():
    assert mlp(0, "relu", sigma_w=2, sigma_b=1).ntk.expr == 4 * RHO + 1
    deep = mlp(100, "relu").ntk
    assert deep.at(rho="0.3", using=tc.Ball(30)).rigor is tc.Rigor.CERTIFIED
    assert deep.lambdify()([1.0])[0] == pytest.approx(101, rel=1e-13)
    assert deep.diff("rho").at(rho="0.3").mid > 0


def test_closed_form_is_shown():
    ntk = mlp(3, "relu").ntk
    assert r"\arccos" in ntk._repr_latex_()
    assert r"\pi" in ntk._repr_latex_()
    assert mlp(1, "relu").ntk.expr.free_symbols == {RHO}
    assert mlp(1, "relu").ntk.expr.subs(RHO, 0) == 1 / sp.pi
    value = ntk.at(rho="0.3", using=tc.Ball(50))
    assert len(value.digits(50).replace(".", "")) == 50
    written = tc.certify(ntk.expr.subs(RHO, sp.Rational(3, 10)), digits=50)
    assert written.overlaps(value)
    assert value.contains(sp.N(ntk.expr.subs(RHO, sp.Rational(3, 10)), 80))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mlp(-1), tc.DomainError, "depth is too small"),
        (lambda: mlp("2.5"), tc.DomainError, "depth is not an integer"),
        (lambda: mlp(2, "rellu"), tc.DomainError, "Try 'relu'"),
        (lambda: mlp(2, sp.Symbol("a") * sp.Symbol("b")), tc.DomainError, "one symbol"),
        (lambda: mlp(2, sigma_w=0), tc.DomainError, "sigma_w > 0"),
        (lambda: mlp(2, sigma_w="-1"), tc.DomainError, "sigma_w > 0"),
        (lambda: mlp(2, sigma_b=-1), tc.DomainError, "sigma_b ≥ 0"),
        (lambda: mlp(2, sigma_w=[1, 2]), tc.DomainError, "wrong length"),
        (lambda: mlp(2, parameterization="mup"), tc.DomainError, "unknown parameterization"),
        (lambda: mlp(2, parameterization="standard"), tc.DomainError, "needs a width"),
        (
            lambda: mlp(2, parameterization="standard", width=0),
            tc.DomainError,
            "width is too small",
        ),
        (lambda: mlp(2, "sign").ntk, tc.NotSupportedError, "no tangent kernel"),
        (lambda: mlp(2, "sign").ntk_matrix([[1.0]]), tc.NotSupportedError, "no tangent kernel"),
        (lambda: mlp(2).ntk.at(rho=2), tc.DomainError, "ρ ≤ 1"),
        (lambda: mlp(2).ntk.at(rho=2.0), tc.DomainError, "ρ ≤ 1"),
        (lambda: mlp(2).ntk_matrix([1.0, 2.0]), tc.DomainError, "wrong shape"),
        (lambda: mlp(2).ntk_matrix(np.zeros((0, 3))), tc.DomainError, "wrong shape"),
        (
            lambda: mlp(2).ntk_matrix([[1.0, np.nan]]),
            tc.DomainError,
            "X1 has an entry that is not finite",
        ),
        (lambda: mlp(2).ntk_matrix([[1.0, 2.0]], [[1.0]]), tc.DomainError, "different dimensions"),
        (lambda: mlp(2).ntk_matrix([["a"]]), tc.DomainError, "not an array of real numbers"),
        (lambda: mlp(2).ntk_matrix(np.array([[1j]])), tc.DomainError, "not an array of real"),
        (lambda: mlp(2).ntk_matrix([["1"]]), tc.DomainError, "not an array of real numbers"),
        (lambda: mlp(2).ntk_matrix([[1e200]]), tc.DomainError, "range of doubles"),
        (lambda: mlp(2, "step").matrices([[1.0]]), tc.NotSupportedError, "no tangent kernel"),
        (lambda: mlp(1, sigma_w=RHO), tc.DomainError, "symbol of the kernels: got rho"),
        (lambda: mlp(1, sigma_w=sp.Symbol("q_1")), tc.DomainError, "symbol of the kernels"),
        (lambda: mlp(1, sigma_w=S).ntk.at(rho=0, s=0), tc.DomainError, "outside"),
        (lambda: mlp(1, sigma_w=1, sigma_b=S).ntk.at(rho=0, s=-1), tc.DomainError, "outside"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_discontinuous_activations_have_an_nngp():
    nngp = mlp(2, "sign").nngp
    for rho in ("0.3", "0.999999"):
        one, other = (nngp.at(rho=rho, using=using) for using in (tc.MP(20), tc.Ball(20)))
        assert one.overlaps(other)
    x = np.array([[1.0, 0.0], [0.6, 0.8]]) * 2**0.5
    assert mlp(2, "sign").nngp_matrix(x)[0, 1] == pytest.approx(
        float(nngp.at(rho="0.6")), rel=1e-14
    )


@pytest.mark.parametrize("activation", ["tanh", "softplus", "elu", "gelu"])
def test_any_activation(activation):
    """The normalised network of an activation without closed recursion, three ways."""
    network = mlp(2, activation)
    assert float(network.nngp.at(rho=1)) == pytest.approx(1, rel=1e-12)
    certified = network.ntk.at(rho="0.3", using=tc.Ball(12))
    assert float(network.ntk.at(rho="0.3")) == pytest.approx(float(certified), rel=1e-11)
    inputs = np.array([[1.0, 1.0], [np.sqrt(1.3), np.sqrt(0.7)]])
    rho = float(inputs[0] @ inputs[1] / 2)
    expected = network.ntk.lambdify()(rho)
    assert network.ntk_matrix(inputs)[0, 1] == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(15), tc.Ball(15)], ids=str)
@pytest.mark.parametrize("variances", [(0, 1), (2, 0), (0, 0)], ids=str)
def test_an_input_that_vanishes_has_any_angle(using, variances):
    """What is 0 at every angle is 0; what depends on the angle is refused as a tie."""
    point = {"q11": variances[0], "q12": 0, "q22": variances[1]}
    cubic = tc.activations.relu_power(3)
    kernels = [tc.kernels.dual_general(cubic), tc.kernels.dual_derivative_general(cubic)]
    for depth in (1, 2):
        net = tc.kernels.mlp(depth, activation="leaky_relu")
        kernels += [net.nngp_general, net.ntk_general]
    for kernel in kernels:
        assert_error_holds(kernel.at(using=using, **point), 0)
    for jumps in (tc.kernels.dual_general("step"), tc.kernels.dual_derivative_general("abs")):
        with pytest.raises(tc.PrecisionError, match=r"a tie|0 reached"):
            jumps.at(using=using, **point)


@pytest.mark.parametrize("quantity", ["nngp", "ntk"])
@pytest.mark.parametrize("phi", ["relu", "erf", "gelu", "sin"])
def test_deviations_of_very_different_sizes(phi, quantity):
    """SymPy cannot take the root of 4 + 1e-200, and does not have to."""
    with_bias, without = (
        getattr(mlp(2, phi, 2, b), quantity).at(rho="0.5", using=tc.Ball(30)) for b in ("1e-100", 0)
    )
    assert float(with_bias) == pytest.approx(float(without), rel=1e-15)
