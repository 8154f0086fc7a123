"""Duals by Hermite series in doubles: balls, the plane quadrature, closed forms, shapes."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc.core.errors import DomainError, NotSupportedError, PrecisionError
from theorycalc.kernels.duals.plane_rule import Function, expectation
from theorycalc.kernels.duals.series import SeriesDual

Z = sp.Symbol("z", real=True)
ODD = sp.sin(Z) + Z**3 / 10
SMOOTH = ["tanh", "sigmoid", "softplus", "mish", "silu", ODD]
KINKED = ["elu", "selu", tc.activations.biased_relu("-1/2"), sp.Max(-1, sp.Min(1, Z))]
# Both ways round to some 1e-15; a series of a thousand terms, or one with kinks, to more.
SMOOTH_TOLERANCE, KINKED_TOLERANCE = 1e-13, 1e-12


def tolerance(activation):
    return SMOOTH_TOLERANCE if activation in SMOOTH else KINKED_TOLERANCE


def sizes(dual, q1, q2):
    """√(K(q1) K(q2)) and the same of the derivative."""
    return [
        np.sqrt(moment(q1) * moment(q2))
        for moment in (dual.second_moment, dual.slope_second_moment)
    ]


def in_balls(activation, *pair):
    """(K, K') of a pair that is given by doubles, as if they were exact."""
    q1, q2, q12 = (sp.Rational(float(x)) for x in pair)
    for formula in (tc.kernels.dual_general, tc.kernels.dual_derivative_general):
        yield float(formula(activation).at(q11=q1, q12=q12, q22=q2, using=tc.Ball(15)))


@pytest.mark.parametrize(
    ("activation", "pair"),
    # balls of functions that are not elementary are slow at larger correlations
    [(activation, (0.5, 1.5, -0.375)) for activation in [*SMOOTH, *KINKED]]
    + [(activation, (0.25, 0.25, 0.25)) for activation in [ODD, *KINKED]]
    + [(activation, (4, 1, 1.75)) for activation in [ODD, *KINKED]],
    ids=str,
)
def test_balls(activation, pair):
    q1, q2, q12 = pair
    dual = SeriesDual(activation)
    ours = dual.duals(q1, q2, q12)
    for value, size, exact in zip(
        ours, sizes(dual, q1, q2), in_balls(activation, *pair), strict=True
    ):
        assert abs(value - exact) <= tolerance(activation) * size


@pytest.mark.parametrize("activation", KINKED, ids=str)
@pytest.mark.parametrize("rho", [1 - 2.0**-8, 2.0**-20 - 1, 1 - 2.0**-45])
@pytest.mark.parametrize("q", [1.0, 16.0])
def test_kinks_of_nearly_parallel_pairs(activation, rho, q):
    """K' ends like √(1 − ρ) there: it needs the determinant of the covariances, not ρ."""
    dual, pair = SeriesDual(activation), (q, q, q * rho)
    for value, size, exact in zip(
        dual.duals(*pair), sizes(dual, q, q), in_balls(activation, *pair), strict=True
    ):
        assert abs(value - exact) <= KINKED_TOLERANCE * size


def by_plane(activation, q1, q2, q12):
    """(values, errors) of the adaptive quadrature."""
    function = Function(activation, [float(kink) for kink in activation.kinks])
    pairs = zip(q1, q12, q2, strict=True)
    return np.array([expectation(function, function, *pair) for pair in pairs]).T


@pytest.mark.parametrize("activation", [*SMOOTH, *KINKED], ids=str)
def test_the_plane(activation):
    rng = np.random.default_rng(0)
    count, smooth = 12, activation in SMOOTH
    # the plane quadrature knows 1 − ρ² to 1e-16: enough for smooth functions only
    nearest = -15 if smooth else -2
    gaps = 10 ** rng.uniform(nearest, 0, count)
    rho = rng.choice([-1, 1], count) * (1 - gaps)
    rho[:3] = (1, -1, 0) if smooth else 0
    q1, q2 = 10 ** rng.uniform(-4 if smooth else -1.5, 2, (2, count))
    q2[::2] = q1[::2]
    q12 = rho * np.sqrt(q1 * q2)
    dual = SeriesDual(activation)
    phi = dual.activation
    for values, size, function in zip(
        dual.duals(q1, q2, q12), sizes(dual, q1, q2), (phi, phi.derivative), strict=True
    ):
        reference, errors = by_plane(function, q1, q2, q12)
        assert np.all(abs(values - reference) <= tolerance(activation) * size + errors)


@pytest.mark.parametrize("name", ["erf", "gelu", "relu"])
@given(
    st.floats(1e-4, 100),
    st.floats(1e-4, 100),
    st.one_of(st.floats(-1, 1), st.floats(1e-12, 0.1).map(lambda gap: 1 - gap)),
)
@settings(deadline=None, max_examples=25)
def test_closed_forms(name, q1, q2, rho):
    q12 = rho * np.sqrt(q1 * q2)
    dual = SeriesDual(name)
    formulas = tc.kernels.dual_general(name), tc.kernels.dual_derivative_general(name)
    exact = [sp.Rational(x) for x in (q1, q2, q12)]
    if exact[2] ** 2 > exact[0] * exact[1]:
        return
    for value, size, formula in zip(
        dual.duals(q1, q2, q12), sizes(dual, q1, q2), formulas, strict=True
    ):
        arguments = dict(zip(("q11", "q22", "q12"), exact, strict=True))
        reference = float(formula.at(**arguments, using=tc.Ball(15)))
        assert abs(value - reference) <= (KINKED_TOLERANCE if name == "relu" else 1e-13) * size


def covariance_matrix(count):
    x = np.random.default_rng(1).standard_normal((count, 7))
    return x @ x.T / 7


@pytest.mark.parametrize("activation", ["tanh", "elu"])
def test_rows_broadcasts_and_single_pairs_agree(activation):
    dual, n, p = SeriesDual(activation), 3, 2
    q12 = covariance_matrix(n * p)
    q = np.diag(q12)
    rows = dual.duals(q, q, q12)
    blocks = q12.reshape(n, p, n, p).transpose(0, 2, 1, 3)
    images = dual.duals(q.reshape(n, 1, p, 1), q.reshape(1, n, 1, p), blocks)
    for matrix, blocked in zip(rows, images, strict=True):
        assert blocked.shape == (n, n, p, p)
        np.testing.assert_array_equal(blocked.transpose(0, 2, 1, 3).reshape(n * p, -1), matrix)
    single = [dual.duals(q[1], q[i], q12[1, i]) for i in range(n * p)]
    np.testing.assert_allclose(np.transpose(single), [matrix[1] for matrix in rows], atol=3e-14)


@pytest.mark.parametrize("activation", ["tanh", "mish", "elu"])
def test_matrices_are_symmetric_with_the_second_moments_on_the_diagonal(activation):
    dual, q12 = SeriesDual(activation), covariance_matrix(40)
    q = np.diag(q12)
    moments = dual.second_moment(q), dual.slope_second_moment(q)
    for matrix, diagonal in zip(dual.duals(q, q, q12), moments, strict=True):
        np.testing.assert_allclose(np.diag(matrix), diagonal, rtol=1e-14)
        np.testing.assert_allclose(matrix, matrix.T, rtol=0, atol=1e-14)


def test_moments():
    q = np.array([[0.01, 1.0], [2.0, 50.0]])
    relu, softplus = SeriesDual("relu"), SeriesDual("softplus")
    np.testing.assert_allclose(relu.mean(q), np.sqrt(q / (2 * np.pi)), rtol=1e-14)
    np.testing.assert_allclose(relu.second_moment(q), q / 2, rtol=1e-14)
    np.testing.assert_allclose(relu.slope_second_moment(q), 0.5, rtol=1e-14)
    # at correlation 0 the dual is the product of the means
    np.testing.assert_allclose(softplus.dual(q, q, 0 * q), softplus.mean(q) ** 2, rtol=1e-14)


@pytest.mark.parametrize("activation", ["tanh", "softplus", "elu"])
def test_a_variance_of_zero(activation):
    dual = SeriesDual(activation)
    value, slope = dual.duals([0.0, 1.0], [0.0], [[0.0], [0.0]])
    centre = float(dual.activation([0.0])[0])
    np.testing.assert_allclose(value[:, 0], centre * dual.mean([0.0, 1.0]), atol=1e-15)
    assert np.isfinite(slope).all()


def test_slope_is_the_derivative_of_the_dual():
    """Price's theorem, by a central difference whose error is h²."""
    dual, h = SeriesDual("mish"), 1e-4
    upper, lower = (dual.dual(1.2, 0.7, 0.5 + step) for step in (h, -h))
    assert (upper - lower) / (2 * h) == pytest.approx(dual.duals(1.2, 0.7, 0.5)[1], abs=1e-8)


def test_refusals():
    with pytest.raises(NotSupportedError, match="tangent"):
        SeriesDual("step").duals(1.0, 1.0, 0.5)
    assert SeriesDual("step").dual(1.0, 1.0, 0.5) == pytest.approx(1 / 3, abs=1e-13)
    with pytest.raises(DomainError, match="negative"):
        SeriesDual("tanh").duals(-1.0, 1.0, 0.5)
    with pytest.raises(DomainError, match="do not fit"):
        SeriesDual("tanh").duals(np.ones(2), np.ones(3), np.ones((3, 2)))
    with pytest.raises(PrecisionError, match="grows"):
        SeriesDual(sp.exp(Z**2 / 2)).dual(1.0, 1.0, 0.5)
