"""Posteriors in many digits beside 60 digits of mpmath: ridges, radii, and what is singular."""

import random

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy import stats

import theorycalc as tc
from theorycalc.kernels.predict import posterior

R = sp.Rational


def inverses(prior, cross, test, y, noise):
    """(mean, covariance, ln p(y)) by LU in the precision of mpmath."""
    gram = prior + noise * mpmath.eye(prior.rows)
    hat = cross * gram**-1
    misfit = sum((y[:, k].T * gram**-1 * y[:, k])[0] for k in range(y.cols))
    size = mpmath.log(mpmath.det(gram)) + y.rows * mpmath.log(2 * mpmath.pi)
    return hat * y, test - hat * cross.T, -(misfit + y.cols * size) / 2


@pytest.mark.parametrize("seed", range(4))
def test_beside_sixty_digits(seed):
    """Priors of all ranks, where the noise alone makes an inverse, and none that is needed."""
    choose = random.Random(seed)
    n, rank = 4, (2, 4, 8, 8)[seed]
    noise = (R(1, 10**6), R(1, 3), R(7), R(0))[seed]
    features = sp.Matrix(n + 2, rank, lambda *_: R(choose.randint(-9, 9), choose.randint(1, 7)))
    full = features * features.T
    y = sp.Matrix(n, 2, lambda *_: R(choose.randint(-5, 5), 3))
    with mpmath.workdps(60):
        prior, targets = (mpmath.matrix(m.evalf(70).tolist()) for m in (full, y))
        known = prior[:n, :n], prior[n:, :n], prior[n:, n:], targets, mpmath.mpf(noise.p) / noise.q
        mean, covariance, evidence = inverses(*known)
    for using in (tc.Ball(15), tc.MP(20)):
        parts = (full[:n, :n], full[n:, :n], full[n:, n:], y)
        found = posterior(*(m.tolist() for m in parts), noise, using=using)
        pairs = [*zip(found.mean.flat, mean, strict=True)]
        pairs += zip(found.covariance.flat, covariance, strict=True)
        pairs.append((found.log_marginal_likelihood, evidence))
        for value, truth in pairs:
            with mpmath.workdps(60):
                assert abs(value.mid - truth) <= value.rad + 1e-45 * (1 + abs(truth))
            assert value.rad <= 10.0 ** (2 - using.digits) * (1 + abs(value.mid))
        assert found.noise.contains(noise)


def test_a_radius_moves_the_posterior():
    """One input with the prior 1 ± r: both ends are in the balls, which are not much wider."""
    radius = R(1, 1000)
    prior = [[tc.Value(mid=1, rad=0.001, rigor=tc.Rigor.CERTIFIED)]]
    noise = tc.Value(mid=0.5, rad=0.001, rigor=tc.Rigor.CERTIFIED)
    found = posterior(prior, [[1]], [[2]], [3], noise, using=tc.Ball(20))
    ends = [
        posterior([[1 + s * radius]], [[1]], [[2]], [3], R(1, 2) + s * radius, using=tc.Ball(20))
        for s in (-1, 1)
    ]
    for name in ("mean", "covariance"):
        value, *points = (getattr(x, name).item() for x in (found, *ends))
        assert all(value.contains(x.mid) for x in points)
        assert value.rad <= abs(points[0].mid - points[1].mid) / 2 * 1.01
    likelihoods = [x.log_marginal_likelihood for x in (found, *ends)]
    assert all(likelihoods[0].contains(x.mid) for x in likelihoods[1:])


@pytest.mark.parametrize("using", [tc.Ball(15), tc.MP(15)], ids=["balls", "mp"])
def test_what_is_singular_is_told(using):
    ones = [[1, 1], [1, 1]]
    with pytest.raises(tc.DomainError, match=r"k_train may be singular: got.*noise > 0"):
        posterior(ones, [[1, 1]], None, [1, 3], using=using)
    assert posterior(ones, [[1, 1]], None, [1, 3], 2, using=using).mean[0].contains(1)


@pytest.mark.parametrize(("activation", "depth"), [("relu", 1), ("erf", 1)])
def test_networks_in_many_digits(activation, depth):
    """Beside doubles, and balls of few digits beside mpmath."""
    network = tc.kernels.mlp(depth, activation, sigma_b="1/2")
    x, y, new = [[1, 0, "1/2"], [0, -1, 1], [1, 1, 1]], [1, "1/3", -1], [["1/2", 2, 0]]
    plain = [np.array([[float(sp.Rational(c)) for c in row] for row in m]) for m in (x, [y], new)]
    doubles = plain[0], plain[1][0], plain[2]
    for verb, options in (
        (network.predict, {}),
        (network.predict, {"t": 2}),
        (network.posterior, {"noise": "0.1"}),
    ):
        many, few = (verb(x, y, new, **options, using=u) for u in (tc.MP(25), tc.Ball(12)))
        near = verb(*doubles, **{name: float(value) for name, value in options.items()})
        for name in ("mean", "covariance"):
            one, two, three = (getattr(p, name).item() for p in (many, few, near))
            assert abs(one.mid - two.mid) <= one.rad + two.rad
            assert float(one) == pytest.approx(three, rel=1e-11)
    gram = network.nngp_matrix(doubles[0]) + 0.1 * np.eye(3)
    evidence = stats.multivariate_normal(cov=gram).logpdf(doubles[1])
    assert float(many.log_marginal_likelihood) == pytest.approx(evidence, rel=1e-11)


NETWORK = tc.kernels.mlp(1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda u: posterior([[1]], [[1]], None, [1], "optimal", using=u), "found in doubles"),
        (lambda u: posterior([[1]], [[1]], None, [1], -1, using=u), "noise is out of range"),
        (lambda u: posterior([[1]], [[1]], [[1, 2]], [1], using=u), "k_test does not fit"),
        (lambda u: NETWORK.posterior([[1]], [1], [[1, 2]], using=u), "X and X_test do not fit"),
        (lambda u: NETWORK.predict([["x"]], [1], [[1]], using=u), r"X\[0, 0\]"),
        (lambda u: NETWORK.predict([[1]], [1], [[1]], using="Ball"), "not an arithmetic"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(tc.DomainError, match=message):
        call(tc.Ball(10))


def test_images_have_no_formula():
    k = tc.kernels
    network = k.serial(k.conv1d(3), k.activation("relu"), k.flatten(), k.dense())
    with pytest.raises(tc.NotSupportedError, match="no formula"):
        network.posterior([[1, 2, 3]], [1], [[1, 2, 3]], using=tc.Ball(10))
