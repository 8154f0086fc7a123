"""Fixed points against the recursion itself, far down."""

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc

k, a = tc.kernels, tc.activations
ZOO = [
    "tanh", "gelu", "erf", "exp", "softplus", "mish", "selu", "elu", "sigmoid", "silu", "probit",
    "sin", "cos", "gaussian", "step", "sign", a.biased_relu("-1/2"), a.biased_relu(1),
    a.hermite(2), a.hermite(3), a.monomial(2), a.monomial(3), a.relu_power(2),
]  # fmt: skip


@pytest.mark.parametrize("activation", ZOO, ids=str)
@pytest.mark.parametrize("sigma", [{}, {"sigma_w": "1.3", "sigma_b": "0.1"}], ids=["default", "b"])
def test_deep_recursion_converges_to_a_stable_point(activation, sigma):
    """160 layers, in plain quadrature, from next to every stable point."""
    network = k.mlp(2, activation, **sigma)
    points = network.fixed_points()
    dense = network.layers[2]
    weight, bias = float(dense.sigma_w) ** 2, float(dense.sigma_b) ** 2
    assert points.complete
    if not sigma:
        assert any(abs(float(point.q) - 1) < 1e-12 for point in points)
    phi = network.layers[1].activation
    nodes = np.linspace(-12, 12, 20_000)
    density = np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi) * (nodes[1] - nodes[0])
    for point in points:
        slope = float(point.slope)
        if abs(slope) > 0.85:
            continue
        q = float(point.q) * 1.01 + 1e-6
        for _ in range(160):
            q = weight * float(phi(np.sqrt(q) * nodes) ** 2 @ density) + bias
        # the step of the rule squared, at kinks and jumps, over one less the slope
        rounding = (nodes[1] - nodes[0]) ** 2 / (1 - abs(slope)) if phi.kinks else 1e-9
        assert q == pytest.approx(float(point.q), rel=rounding, abs=1e-9)


@pytest.mark.parametrize(
    ("activation", "depth"),
    [("gelu", 160), ("erf", 160), ("step", 160), ("sign", 160), ("sin", 80)],
)
def test_deep_correlations(activation, depth):
    """Of a network whose inputs have the fixed variance 1."""
    network = k.mlp(depth, activation)
    points = network.fixed_points()
    [point] = [point for point in points if float(point.q) == 1]
    assert float(network.nngp.lambdify()(0.3)) == pytest.approx(float(point.c), abs=2e-4)


def test_double_roots_and_their_neighbours():
    """exp: V(q) = σ_w² e^{2q} touches the diagonal at σ_w² = 1/(2e)."""
    [touching] = (points := k.mlp(2, "exp", sp.sqrt(1 / (2 * sp.E))).fixed_points())
    assert touching.q.contains("1/2")
    assert points.complete
    assert "double root" in points.note
    below = k.mlp(2, "exp", "0.42").fixed_points()
    roots = [-sp.LambertW(-2 * sp.Rational("0.42") ** 2, branch) / 2 for branch in (0, -1)]
    for point, root in zip(below, roots, strict=True):
        assert abs(float(point.q) - float(sp.N(root, 20))) <= float(point.q.rad) + 1e-16
    above = k.mlp(2, "exp", "0.43").fixed_points()
    assert not above
    assert not above.complete
    assert "up to 2" in above.note


def test_critical_and_continuous_cases():
    assert "every variance is fixed" in k.mlp(2).fixed_points().note
    assert "multiple of q" in k.mlp(2, "relu", "1.3").fixed_points().note
    [zero] = (points := k.mlp(2, "gelu", sp.sqrt(2)).fixed_points())
    assert zero.q.mid == 0
    assert points.complete
    [zero] = (points := k.mlp(2, "tanh", 1).fixed_points())
    assert zero.slope.mid == 1
    assert points.complete


@pytest.mark.parametrize("activation", ["gelu", "silu", "mish", "selu"])
def test_signs_far_out(activation):
    """Sizes that cancel leave what decays: with σ_w = √2, x²(Φ² + (1 − Φ)²) − x² < 0 for GELU."""
    [zero] = (points := k.mlp(2, activation, sp.sqrt(2)).fixed_points())
    assert zero.q.mid == 0
    assert points.complete
    assert (float(zero.slope) > 1) == (activation == "selu")


def test_all_variances_of_selu():
    [point] = (points := k.mlp(2, "selu", "1.3", "0.1").fixed_points())
    assert points.complete
    # an integral over each half-line, from the definition
    erfc = sp.erfc(1 / sp.sqrt(2))
    alpha = -sp.sqrt(2 / sp.pi) / (erfc * sp.exp(sp.Rational(1, 2)) - 1)
    phi, q = k.mlp(2, "selu").layers[1].activation, mp.mpf(point.q.mid)
    assert float(phi(np.array(-1.0)) / phi(np.array(1.0))) == pytest.approx(
        float(alpha * (sp.exp(-1) - 1)), rel=1e-12
    )
    a, size = mp.mpf(sp.N(alpha, 30)), mp.mpf(float(phi(np.array(1.0))))

    def square(x):
        return (x if x > 0 else a * mp.expm1(x)) ** 2 * mp.npdf(x / mp.sqrt(q)) / mp.sqrt(q)

    moment = size**2 * mp.quad(square, [-80, -20, -5, 0, 5, 20, 80])
    assert float(mp.mpf("1.69") * moment + mp.mpf("0.01")) == pytest.approx(float(q), rel=1e-12)


def test_polynomials_are_counted_exactly():
    """V = 1.69 (3q² − 2q + 1)/2 + 0.01 of the second one lies above the diagonal."""
    for degree in (2, 3):
        points = k.mlp(2, a.hermite(degree), "1.3", "0.1").fixed_points()
        assert not points
        assert points.complete
        some = k.mlp(2, a.hermite(degree)).fixed_points()
        assert some.complete
        assert any(float(point.q) == 1 for point in some)
    assert len(k.mlp(2, "relu", "1.3", "0.01").fixed_points()) == 1
    assert not k.mlp(2, "relu", sp.sqrt(2), "0.01").fixed_points()


def test_depth_scales_of_the_default():
    """The variance 1 is stable for tanh, and for cos, where V'(1) < 0."""
    with mp.workdps(30):
        for activation, phi in (("tanh", mp.tanh), ("cos", mp.cos)):

            def mean(f, phi=phi):
                return mp.quad(lambda x: f(x) * phi(x) ** 2 * mp.npdf(x), range(-16, 17, 2))

            slope = mean(lambda x: x**2 - 1) / (2 * mean(lambda x: mp.mpf(1)))
            for using in (tc.Float(), tc.Ball(12)):
                network = k.mlp(2, activation)
                assert_error_holds(network.depth_scales(using=using).xi_q, -1 / mp.log(abs(slope)))
                [point] = [p for p in network.fixed_points(using=using) if float(p.q) == 1]
                assert_error_holds(point.slope, slope)
    assert k.mlp(2, "gelu").depth_scales().xi_c is None
