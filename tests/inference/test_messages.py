"""Message passing on data that are drawn, against the fixed points of the state evolution."""

import numpy as np
import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.inference import bayes, draws, message_passing, output, prior
from theorycalc.inference.draws_in_doubles import quantiles
from theorycalc.inference.likelihoods import Likelihood
from theorycalc.inference.outputs import Z
from theorycalc.inference.priors import Y
from theorycalc.inference.solving.likelihood import compiled, likelihood

SIZE, COUNT = 300, 4000
SYMBOLS = sp.symbols("y z")


def deviation(found, learning, start="uninformative"):
    """Of the mean overlap, in standard errors of the replicas; 1/d is the limit's."""
    predicted = float(learning.overlap(sp.nsimplify(found.alpha, rational=True), start).at())
    error = found.overlap.std(ddof=1) / len(found.overlap) ** 0.5 + 1 / SIZE
    return (found.overlap.mean() - predicted) / error


@pytest.mark.parametrize(
    ("law", "out", "noise", "alpha"),
    [
        ("gaussian", "sign", 0, 1),
        ("rademacher", "linear", "3/10", "3/5"),
        (prior("gauss_bernoulli", rho="1/5"), "probit", "1/10", 2),
    ],
)
def test_messages_come_to_the_fixed_point(law, out, noise, alpha):
    learning = bayes(law, out, noise)
    found = message_passing(learning, alpha, SIZE, replicas=24)
    assert abs(deviation(found, learning)) < 4
    assert not found.diverged.any()
    # what they believe is the error that they make
    apart = found.error - found.variance
    assert abs(apart.mean()) < 4 * apart.std(ddof=1) / 24**0.5 + 2 / SIZE
    assert found.history[-1] == pytest.approx(found.overlap)


def test_a_start_chooses_the_branch():
    """Below the spinodal nothing leads to the other branch, which is stable for who knows it."""
    codes = bayes("rademacher", "linear", "1/200")
    for start, settled in (("uninformative", 0.2), ("informative", 0.999)):
        found = message_passing(codes, "1/5", SIZE, replicas=12, start=start)
        assert abs(deviation(found, codes, start)) < 4
        assert (found.overlap.mean() > 0.9) == (settled > 0.9)
    # a first look is enough where it is above the branch that is not stable
    unstable = 1 - float(codes.fixed_points("1/5")[1].mmse)
    assert float(codes.prior.overlap(9).at()) > unstable > float(codes.prior.overlap(1).at())
    for snr, knows in ((9, True), (1, False)):
        found = message_passing(codes, "1/5", SIZE, replicas=3, start=snr)
        assert ((found.overlap > 0.9) == knows).all()


def test_outputs_without_a_sign():
    """|z|: what is found is up to a sign; one of some data sets below the threshold is lost."""
    retrieval = bayes("gaussian", "abs")
    found = message_passing(retrieval, "8/5", SIZE, replicas=6, start=1)
    assert found.error == pytest.approx(0, abs=1e-6)
    lost = message_passing(retrieval, "2/5", SIZE, replicas=12, steps=60)
    assert lost.diverged.any()
    assert (~lost.settled & ~lost.diverged).any()
    assert "diverged" in repr(lost)
    assert "not settled" in repr(lost)
    assert (lost.overlap >= 0).all()


def test_any_likelihood():
    y, z = SYMBOLS
    flipped = output((9 + 8 * y * sp.sign(z)) / 18, values=(-1, 1))
    learning = bayes("rademacher", flipped)
    found = message_passing(learning, 1, 80, replicas=4, steps=8)
    assert abs(deviation(found, learning)) < 4


def test_damping_moves_no_fixed_point():
    learning = bayes("gaussian", "sign")
    plain, damped = (
        message_passing(learning, 1, 100, replicas=3, damping=x).overlap for x in (0, 0.3)
    )
    assert damped == pytest.approx(plain, abs=2e-4)


def test_densities_are_inverted():
    """Waiting times −log(1 − u)e^−z, a half-normal law, and a uniform one, to the error said."""
    y, z = SYMBOLS
    u = np.linspace(0.01, 0.99, 21)
    waiting = Likelihood(sp.exp(z - y * sp.exp(z)), support=(0, sp.oo)).data
    rising = likelihood(Y / 2, Y, Z, support=(0, 2))
    gumbel = likelihood(sp.exp(-Y - sp.exp(-Y)), Y, Z)
    for law, places, exact in (
        (waiting, 1.5 * np.sin(9 * u), -np.log1p(-u) * np.exp(-1.5 * np.sin(9 * u))),
        (rising, 0.0, 2 * np.sqrt(u)),
        (gumbel, 0.0, -np.log(-np.log(u))),
    ):
        values, errors = quantiles(compiled(law), places, u)
        assert (abs(values - exact) <= errors).all()
        assert errors.max() < 0.05


def test_draws_have_their_law():
    generator = np.random.default_rng(0)
    u, xi = generator.random(COUNT), generator.standard_normal(COUNT)
    x = sp.Symbol("x")
    for law in (
        prior("gauss_bernoulli", rho="1/5"),
        prior("laplace"),
        prior(3 * x**2 / 2, variable=x, support=(-1, 1)),
    ):
        values = tc.Formula("x", draws.unknown(law), args=(draws.U, draws.XI)).lambdify()(u, xi)
        spread = np.std(values**2) / COUNT**0.5
        assert abs(np.mean(values**2) - float(law.second_moment)) < 4 * spread
        assert abs(np.mean(values)) < 4 * np.std(values) / COUNT**0.5


@pytest.mark.parametrize(
    "wrong",
    [
        lambda b: message_passing("sign", 1, 10),
        lambda b: message_passing(b, 0, 10),
        lambda b: message_passing(b, 1, 1),
        lambda b: message_passing(b, "1/100", 10),
        lambda b: message_passing(b, 1, 10, replicas=0),
        lambda b: message_passing(b, 1, 10, start="middle"),
        lambda b: message_passing(b, 1, 10, start=-1),
        lambda b: message_passing(b, 1, 10, damping=1),
        lambda b: message_passing(b, 1, 10, steps=0),
        lambda b: message_passing(b, 1, 10, seed=-1),
        lambda b: message_passing(b, 10**6, 10**6),
        lambda b: message_passing(bayes(tc.inference.Mixture([(1, 2, 0)]), "sign"), 1, 10),
    ],
)
def test_bad_input_is_refused(wrong):
    with pytest.raises(tc.DomainError):
        wrong(bayes("gaussian", "sign"))
