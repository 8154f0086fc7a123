"""Random networks err as predicted, and can be trained further."""

import numpy as np
import pytest
import sympy
from sympy import Rational, sqrt

import theorycalc as tc
from theorycalc.relu.finite import finite_networks
from theorycalc.relu.routes._route import Neurons
from theorycalc.validation.statistics import threshold

D = tc.distributions
X = sympy.symbols("x1:7")
F = X[0] ** 2 * X[1] - 3 * X[0] * X[1] + X[0] - 2
SAMPLED = {
    "interval": (X[0] ** 4 - 2 * X[0] ** 3 + X[0], 1, {"domain": (-1, 2)}, D.UniformBall(1)),
    "ball": (F, 3, {}, D.UniformBall(3)),
    "atomic": (F, 3, {}, D.Gaussian(3)),
    "atomic, bounded": (F, 3, {"radius": 1}, D.UniformBall(3)),
    "space": (F, 3, {}, D.Gaussian(3)),
    "space, sphere": (F, 3, {"source": D.UniformSphere(3)}, D.UniformSphere(3)),
    "space, elsewhere": (F, 3, {}, D.Gaussian(3, Rational(1, 2))),
    "sphere": (X[0] * X[1] + X[2] ** 2, 3, {"radius": 2}, D.UniformSphere(3, 2)),
    "sphere_bias": (F, 3, {}, D.UniformSphere(3)),
    "gaussian": (X[0] * X[1], 2, {}, D.UniformSphere(2)),
    # wider weights would make the neurons lognormal, and 300 replicas too few
    "exponential": (X[0] * X[1] - X[1], 2, {"scale": "1/4"}, D.UniformSphere(2)),
    "exponential, relu": (X[0] * X[1], 2, {"c": "1/2", "scale": "1/4"}, D.UniformSphere(2)),
    "cosine": (X[0] * X[1] - X[1], 2, {}, D.UniformBall(2)),
}


@pytest.mark.parametrize("name", SAMPLED)
def test_networks_err_as_predicted(name):
    """m times the mean square error of independent networks at fresh points is V."""
    f, d, options, law = SAMPLED[name]
    r = tc.relu.represent(f, *X[:d], method=name.partition(",")[0], **options)
    exact = sympy.lambdify(X[:d], f, "numpy")
    width, replicas, errors = 30, 300, []
    # independent neurons, drawn together: many small draws take a hundred times as long
    drawn = [array.reshape(replicas, width, -1) for array in r.sample(width * replicas, 1)]
    for seed, (weights, biases, amplitudes) in enumerate(zip(*drawn, strict=True)):
        points = law.sample(200, seed)
        neurons = Neurons(weights, biases[:, 0], amplitudes[:, 0])
        network = finite_networks(r.route, [neurons], is_ensemble=False)
        errors.append(width * np.mean((network(points) - exact(*points.T)) ** 2))
    variance = float(r.variance(law).at())
    z = (np.mean(errors) - variance) / (np.std(errors, ddof=1) / sqrt(replicas))
    assert abs(float(z)) < threshold(0.01, len(SAMPLED), replicas), (variance, np.mean(errors))


@pytest.mark.parametrize("f", [sympy.S.Zero, sympy.S(3), 2 * X[0] - X[1] + 1])
@pytest.mark.parametrize("method", ["auto", "atomic", "ball", "space", "sphere", "sphere_bias"])
def test_affine_functions_take_no_chance(f, method):
    r = tc.relu.represent(f, *X[:2], method=method)
    points = D.UniformSphere(2).sample(5, 0)
    exact = np.broadcast_to(sympy.lambdify(X[:2], f)(*points.T), 5)
    np.testing.assert_allclose(r.network(3, 0)(points), exact, atol=1e-15)
    assert r.variance(D.UniformSphere(2)).expr == 0
    assert r.verify().verdict is tc.Verdict.HOLDS


def test_networks_can_be_trained_further():
    r, law = tc.relu.represent(F, *X[:2], method="ball"), D.UniformBall(2)
    network, points = r.network(64, 0), law.sample(100, 1)
    y = sympy.lambdify(X[:2], F, "numpy")(*points.T)
    before = np.mean((network(points) - y) ** 2)
    trained = tc.networks.train(
        network.mlp, network.parameters, points, y, learning_rate=1e-5, steps=200
    )
    assert trained.loss[-1, 0] < trained.loss[0, 0]
    assert trained.loss[0, 0] == pytest.approx(before * len(points) / 2)


def test_an_ensemble_is_its_networks():
    """The same outputs as one by one, with the affine part, and trained as one computation."""
    r, points = tc.relu.represent(F + X[0], *X[:2], method="space"), np.eye(2)
    ensemble, seeds = r.network(20, seeds=[(1, 2), 7]), [(1, 2), 7]
    assert ensemble.is_ensemble
    for outputs, seed in zip(ensemble(points), seeds, strict=True):
        np.testing.assert_allclose(outputs, r.network(20, seed)(points), rtol=1e-13)
    start, y = ensemble.parameters, points[:, 0]
    trained = tc.networks.train(ensemble.mlp, start, points, y, learning_rate=1e-4, steps=3)
    assert (trained.loss[-1] < trained.loss[0]).all()
    for bad in ({}, {"seed": 0, "seeds": [1]}, {"seeds": []}, {"seeds": 3}):
        with pytest.raises(tc.DomainError, match="seed"):
            r.network(20, **bad)
