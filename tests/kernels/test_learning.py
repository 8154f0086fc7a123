"""From data to predictions: the functions of six matrices, exponentials of matrices, NumPy."""

import math

import numpy as np
import pytest
import sympy
from matplotlib.figure import Figure
from scipy import linalg, stats

import theorycalc as tc
from theorycalc.kernels import predict as law

k = tc.kernels
VECTORS = {
    "mlp": k.mlp(2, "relu", sigma_b="0.3"),
    "erf": k.mlp(1, "erf"),
    "serial": k.serial(
        k.dense(), k.residual(k.activation("relu"), k.dense("1.2", "0.3")), k.activation("relu"),
        k.dense(),
    ),
}  # fmt: skip
IMAGES = {
    "cnn": k.serial(k.conv1d(3), k.activation("relu"), k.flatten(), k.dense()),
    "pooled": k.serial(k.conv1d(3), k.activation("erf"), k.global_average_pool(), k.dense()),
}
NETWORKS = [*((n, (7, 4)) for n in VECTORS.values()), *((n, (7, 6)) for n in IMAGES.values())]
IDS = [*VECTORS, *IMAGES]
RNG = np.random.default_rng(20)


@pytest.fixture(params=NETWORKS, ids=IDS)
def case(request):
    """(network, X, y, X_test, its NNGP, its NTK) with joint kernels of all seven inputs."""
    network, shape = request.param
    x = np.random.default_rng(3).standard_normal(shape)
    y = np.random.default_rng(4).standard_normal(5)
    return network, x[:5], y, x[5:], *network.matrices(x)


@pytest.mark.parametrize("t", [0, 0.7, 3])
def test_flow_is_an_exponential_of_matrices(case, t):
    network, x, y, x_test, nngp, ntk = case
    found = network.predict(x, y, x_test, t=t)
    hat = ntk[5:, :5] @ np.linalg.solve(ntk[:5, :5], np.eye(5) - linalg.expm(-t * ntk[:5, :5]))
    mixed = hat @ nngp[:5, 5:]
    covariance = nngp[5:, 5:] - mixed - mixed.T + hat @ nngp[:5, :5] @ hat.T
    # errors of solve are those of rounding times the condition, below 1e4 here
    np.testing.assert_allclose(found.mean, hat @ y, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-9, atol=1e-11)


def test_it_is_the_function_of_six_matrices(case):
    network, x, y, x_test, nngp, ntk = case
    parts = ntk[:5, :5], ntk[5:, :5], nngp[5:, 5:]
    more = {"nngp_train": nngp[:5, :5], "nngp_test_train": nngp[5:, :5]}
    step = law.max_learning_rate(ntk[:5, :5]) / 3
    for t, learning_rate in ((math.inf, None), (sympy.oo, None), (2.5, None), (7, step)):
        found = network.predict(x, y, x_test, t=t, learning_rate=learning_rate)
        wanted = law.gradient_flow(*parts, y, t, learning_rate=learning_rate, **more)
        np.testing.assert_allclose(found.mean, wanted.mean, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(found.covariance, wanted.covariance, rtol=1e-9, atol=1e-11)
    assert np.array_equal(
        network.predict(x, y, x_test).mean, network.predict(x, y, x_test, t=sympy.oo).mean
    )


def test_steps_of_gradient_descent(case):
    """Against the recursion f ← f − η Θ(·, X)(f(X) − y), step by step."""
    network, x, y, x_test, _, ntk = case
    step = 1.2 / np.linalg.eigvalsh(ntk[:5, :5])[-1]
    outputs = np.zeros(7)
    for _ in range(9):
        outputs = outputs - step * ntk[:, :5] @ (outputs[:5] - y)
    found = network.predict(x, y, x_test, t=9, learning_rate=step)
    np.testing.assert_allclose(found.mean, outputs[5:], rtol=1e-10, atol=1e-12)


def test_posterior_is_a_conditional_law(case):
    network, x, y, x_test, nngp, _ = case
    found = network.posterior(x, y, x_test, noise=0.2)
    precision = np.linalg.inv(nngp + np.diag([0.2] * 5 + [0.0] * 2))
    covariance = np.linalg.inv(precision[5:, 5:])
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(
        found.mean, -covariance @ precision[5:, :5] @ y, rtol=1e-8, atol=1e-10
    )
    evidence = stats.multivariate_normal(cov=nngp[:5, :5] + 0.2 * np.eye(5)).logpdf(y)
    assert found.log_marginal_likelihood == pytest.approx(evidence, rel=1e-11)


def test_the_likeliest_noise_of_white_targets():
    """With prior λI the noise is what the targets have beyond λ, and none if they have less."""
    for level in (0.5, 2.0):
        targets = np.array([[1.5, 0.0], [1.0, 2.0], [-1.0, 0.5]])
        prior = level * np.eye(3)
        found = law.posterior(prior, prior, None, targets, noise="optimal")
        assert found.noise == pytest.approx(max((targets**2).mean() - level, 0), rel=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_no_other_noise_is_likelier(seed):
    """Against all of a fine grid; the likelihood has several maxima for spread spectra."""
    generator = np.random.default_rng(seed)
    basis = np.linalg.qr(generator.standard_normal((6, 6)))[0]
    prior = basis * 10.0 ** generator.uniform(-6, 3, 6) @ basis.T
    prior = (prior + prior.T) / 2
    targets = basis @ (10.0 ** generator.uniform(-3, 3, 6) * generator.choice([-1, 1], 6))
    best = law.posterior(prior, prior, None, targets, noise="optimal")
    for noise in np.r_[0, np.geomspace(1e-9, 1e7, 400)]:
        other = law.posterior(prior, prior, None, targets, noise=noise)
        assert other.log_marginal_likelihood <= best.log_marginal_likelihood + 1e-9
    for factor in (0.999, 1.001) if best.noise else ():
        other = law.posterior(prior, prior, None, targets, noise=best.noise * factor)
        assert other.log_marginal_likelihood < best.log_marginal_likelihood


def test_two_maxima_of_the_likelihood():
    """One direction wants little noise and two want much; which of them wins is decided exactly."""
    prior = np.diag([1e-4, 1.0, 1.0])
    for spread in (0.1, 0.3, 1.0, 3.0, 30.0):
        targets = np.array([0.01, spread, 0.8 * spread])
        best = law.posterior(prior, prior, None, targets, noise="optimal")
        for noise in np.geomspace(1e-12, 1e4, 299):
            other = law.posterior(prior, prior, None, targets, noise=noise)
            assert other.log_marginal_likelihood <= best.log_marginal_likelihood + 1e-12


def test_a_likelihood_without_a_maximum():
    """Equal inputs with equal targets: the density of their difference at 0 grows without end."""
    x = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    network = VECTORS["mlp"]
    with pytest.raises(tc.DomainError, match="no maximum over the noise"):
        network.posterior(x, [1.0, 1.0, 1.0], x, noise="optimal")
    assert network.posterior(x, [1.0, 2.0, 1.0], x, noise="optimal").noise > 0.1


def test_outputs_are_independent():
    x, y = RNG.standard_normal((6, 3)), RNG.standard_normal((4, 2))
    network = VECTORS["mlp"]
    for verb, more in ((network.predict, {"t": 2}), (network.posterior, {"noise": 0.3})):
        both = verb(x[:4], y, x[4:], **more)
        each = [verb(x[:4], column, x[4:], **more) for column in y.T]
        np.testing.assert_allclose(both.mean, np.transpose([one.mean for one in each]), rtol=1e-12)
        assert both.covariance.shape == (2, 2)
    evidence = sum(one.log_marginal_likelihood for one in each)
    assert both.log_marginal_likelihood == pytest.approx(evidence, rel=1e-12)
    assert network.predict(x[:4], y, x[4:]).log_marginal_likelihood is None


def test_inputs_in_single_precision_are_read_in_double():
    """A Gram matrix that was rounded to single precision is not positive semidefinite."""
    x = RNG.standard_normal((30, 3)).astype(np.float32)
    network = VECTORS["erf"]
    single = network.predict(x, x[:, 0], x)
    assert single.mean.dtype == np.float64
    assert np.array_equal(single.mean, network.predict(x.astype(float), x[:, 0], x).mean)


GOOD = {"X": np.eye(3), "y": [1.0, 2.0, 3.0], "X_test": np.ones((2, 3))}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.eye(3)[0]}, "X has the wrong shape"),
        ({"X_test": np.ones((2, 4))}, "X and X_test have different dimensions"),
        ({"X_test": "data"}, "X_test is not an array"),
        ({"y": [1.0]}, "y has the wrong shape"),
        ({"y": [1.0, np.inf, 0.0]}, "y has an entry that is not finite"),
        ({"t": -1}, "time is out of range"),
        ({"loss": "mae"}, "unknown loss.*allowed: mse"),
        ({"loss": None}, "not a loss"),
        ({"learning_rate": 0}, "does not converge"),
        ({"learning_rate": -0.1}, "does not converge"),
        ({"learning_rate": "fast"}, "learning_rate is out of range"),
    ],
)
def test_bad_input(change, message):
    with pytest.raises(tc.DomainError, match=message):
        VECTORS["mlp"].predict(**GOOD | change)


@pytest.mark.parametrize("noise", [-1, "much", math.inf, None])
def test_bad_noise(noise):
    with pytest.raises(tc.DomainError, match="noise is out of range"):
        VECTORS["mlp"].posterior(**GOOD, noise=noise)


def test_what_must_diverge_is_refused_before_the_matrices(monkeypatch):
    network = k.mlp(2)
    largest = network.diagonal(GOOD["X"])[1].max()
    monkeypatch.setattr(type(network), "matrices", lambda *_, **__: pytest.fail("work was done"))
    with pytest.raises(tc.DomainError, match=r"does not converge.*2/λ_max ≤ 2") as refusal:
        network.predict(**GOOD, t=10, learning_rate=2.01 / largest)
    assert f"{2 / largest:.6g}" in str(refusal.value)


def test_rates_between_the_bounds_are_refused_by_the_eigenvalue():
    x = np.ones((3, 3)) + 0.1 * np.eye(3)
    network = k.mlp(2)
    limit = law.max_learning_rate(network.ntk_matrix(x))
    with pytest.raises(tc.DomainError, match="does not converge"):
        network.predict(x, GOOD["y"], x, t=10, learning_rate=1.01 * limit)
    assert network.predict(x, GOOD["y"], x, t=10, learning_rate=0.99 * limit).mean.shape == (3,)


def test_jumps_have_no_tangent_kernel_and_a_posterior():
    network = k.mlp(1, "sign")
    with pytest.raises(tc.NotSupportedError):
        network.predict(**GOOD)
    assert network.posterior(**GOOD).mean.shape == (2,)


def test_bands_are_sorted_and_two_deviations_wide():
    x, y = RNG.standard_normal((9, 3)), RNG.standard_normal(4)
    found = VECTORS["mlp"].posterior(x[:4], y, x[4:], noise=0.1)
    ax = Figure().add_subplot()
    assert found.plot(targets=x[4:, 0], ax=ax) is ax
    line, points = ax.get_lines()
    order = np.argsort(found.mean)
    assert np.array_equal(line.get_ydata(), found.mean[order])
    assert np.array_equal(points.get_ydata(), x[4:, 0][order])
    [band] = ax.collections
    heights = band.get_paths()[0].vertices[:, 1]
    ends = found.mean[order] + np.array([[-2], [2]]) * np.sqrt(np.diag(found.covariance))[order]
    assert {*ends.ravel()} <= {*heights}
    assert "sorted" in ax.get_xlabel()
    assert ax.get_ylabel() == "output"


def test_pictures_of_several_outputs_and_of_means_alone():
    bare = law.gradient_flow(np.eye(2), np.eye(2), None, [[1.0, 2.0], [3.0, 4.0]], 1)
    ax = bare.plot(ax=Figure().add_subplot())
    assert len(ax.get_lines()) == 2
    assert not ax.collections
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["mean of output 1", "mean of output 2"]
    with pytest.raises(tc.DomainError, match="targets do not fit"):
        bare.plot(targets=[1.0, 2.0])
    with pytest.raises(tc.DomainError, match="not axes"):
        bare.plot(ax="here")
