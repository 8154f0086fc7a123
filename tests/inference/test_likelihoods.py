"""Outputs of any likelihood: special cases, identities, and the same by sums over a grid."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds
from scipy.special import expit, ndtr

import theorycalc as tc
from theorycalc.inference import Likelihood, Mixture, output

Y, Z = sp.symbols("y z")
HALF, TENTH = sp.Rational(1, 2), sp.Rational(1, 10)


def gaussian(mean, noise):
    return sp.exp(-((Y - mean) ** 2) / (2 * noise)) / sp.sqrt(2 * sp.pi * noise)


FLIPPED = Likelihood((9 + 8 * Y * sp.sign(Z)) / 18, values=(-1, 1))
COUNTED = Likelihood(
    sp.binomial(3, Y) * (1 + sp.tanh(Z)) ** Y * (1 - sp.tanh(Z)) ** (3 - Y) / 8, values=range(4)
)
KINDS = {
    "logistic": output("logistic"),
    "flipped": FLIPPED,
    "counted": COUNTED,
    "modulus": output("abs", noise=TENTH),
    "bent": output("tanh", noise=TENTH),
    "waiting": Likelihood(sp.exp(Z - Y * sp.exp(Z)), support=(0, sp.oo)),
    "function": Likelihood(lambda y, z: expit(y * z), values=(-1, 1)),
    "long tails": Likelihood(1 / (sp.pi * (1 + (Y - Z) ** 2))),
}


@pytest.mark.parametrize(
    ("general", "special"),
    [
        (Likelihood(gaussian(Z, HALF)), output("linear", HALF)),
        (Likelihood(sp.Heaviside(Y * Z, HALF), values=(-1, 1)), output("sign")),
        (Likelihood(gaussian(sp.Abs(Z), TENTH)), output("abs", TENTH)),
        (KINDS["function"], output("logistic")),
    ],
)
def test_a_special_case_is_one(general, special):
    assert general.channel("3/5", 2).at().overlaps(special.channel("3/5", 2).at())
    steps = [
        law.free_entropy("3/5").at() - law.free_entropy("1/5").at() for law in (general, special)
    ]
    assert steps[0].overlaps(steps[1])
    point = {"y": 1, "omega": sp.Rational(2, 7)}
    one, other = (law.denoiser(HALF, **point).at() for law in (general, special))
    assert one.overlaps(other)


def by_a_grid(law, q, y, of_y):
    """(F, Ψ) from sums over the law of z and v on grids."""
    v = np.linspace(-8, 8, 161)
    z = np.linspace(-9, 9, 1201)
    spread = 1 - q
    kernel = np.exp(-((z[:, None] - np.sqrt(q) * v) ** 2) / (2 * spread))
    kernel *= (z[1] - z[0]) / np.sqrt(2 * np.pi * spread)
    table = law(y[:, None], z)
    zero, first = table @ kernel, table @ (kernel * (z[:, None] - np.sqrt(q) * v) / spread)
    weight = np.exp(-(v**2) / 2) * (v[1] - v[0]) / np.sqrt(2 * np.pi)
    return of_y @ (first**2 / zero) @ weight, of_y @ (zero * np.log(zero)) @ weight


SIGNS = np.array([-1.0, 1.0]), np.ones(2)
LINE = np.linspace(-6, 9, 301), np.full(301, 0.05)


@pytest.mark.parametrize(
    ("name", "law", "outcomes"),
    [
        ("logistic", lambda y, z: expit(y * z), SIGNS),
        ("bent", lambda y, z: np.exp(-5 * (y - np.tanh(z)) ** 2) / np.sqrt(np.pi / 5), LINE),
        ("modulus", lambda y, z: np.exp(-5 * (y - abs(z)) ** 2) / np.sqrt(np.pi / 5), LINE),
    ],
)
def test_the_same_by_a_grid(name, law, outcomes):
    information, entropy = by_a_grid(law, 0.4, *outcomes)
    tolerance = 2e-4 if name == "modulus" else 1e-11  # the grid has a kink inside
    for formula, exact in (
        (KINDS[name].channel("2/5"), information),
        (KINDS[name].free_entropy("2/5"), entropy),
    ):
        assert float(formula.at()) == pytest.approx(exact, rel=tolerance)


def twice_the_slope(law, q):
    """Ψ(q + h) − Ψ(q) is the integral of F/2, by Gauss's rule of four nodes."""
    h, (x, w) = 0.02, np.polynomial.legendre.leggauss(4)
    places = q + h * (1 + x) / 2
    mean = sum(wi * float(law.channel(at).at()) for at, wi in zip(places, w, strict=True))
    left, right = (law.free_entropy(q + k * h).at() for k in (0, 1))
    return abs(float(right - left) - h * mean / 4) <= 1e-9 * h * mean + right.rad + left.rad


SLOW = ("long tails",)


@pytest.mark.parametrize(
    "name", [pytest.param(x, marks=pytest.mark.long) if x in SLOW else x for x in KINDS]
)
def test_information_is_twice_the_slope_of_the_free_entropy(name):
    assert twice_the_slope(KINDS[name], 0.55)


@settings(max_examples=2)
@given(q=st.fractions("1/50", "9/10", max_denominator=50), share=st.fractions(0, 1))
def test_the_same_of_any_mixture_of_two(q, share):
    logistic, shifted = (1 + sp.tanh(Y * (Z - k) / 2) for k in (0, 1))
    law = (share * logistic + (1 - share) * shifted) / 2
    assert twice_the_slope(Likelihood(law, values=(-1, 1)), float(q))


@settings(max_examples=2)
@given(
    means=st.lists(st.fractions(-2, 2, max_denominator=8), min_size=2, max_size=2, unique=True),
    spread=st.fractions("1/8", 2, max_denominator=8),
    snr=st.fractions("1/4", 4, max_denominator=16),
)
def test_identities_of_any_mixture(means, spread, snr):
    """I-MMSE over an interval; Nishimori: E x E[x | y] by the denoiser is the overlap."""
    share = sp.Rational(1, len(means))
    law = Mixture([(share, m, spread if i == 0 else 0) for i, m in enumerate(means)])
    s, h = float(snr), 0.1
    x, w = np.polynomial.legendre.leggauss(4)
    mean = sum(
        wi * float(law.overlap(s + h * (1 + xi) / 2).at()) for xi, wi in zip(x, w, strict=True)
    )
    left, right = (law.free_entropy(s + k * h).at() for k in (0, 1))
    assert abs(float(right - left) - h * mean / 4) <= 1e-9 * (1 + mean) + right.rad + left.rad
    y = np.linspace(-40, 40, 3201)
    denoised, total = law.denoiser(snr).lambdify()(y), 0.0
    for weight, m, v in law.components:
        scale = 1 + s * float(v)
        density = np.exp(-((y - np.sqrt(s) * float(m)) ** 2) / (2 * scale)) / np.sqrt(
            2 * np.pi * scale
        )
        own = float(m) + float(v) * np.sqrt(s) * (y - np.sqrt(s) * float(m)) / scale
        total += float(weight) * float(np.sum(density * own * denoised)) * (y[1] - y[0])
    assert float(law.overlap(snr).at()) == pytest.approx(total, abs=1e-11)
    information = float(law.fisher_information(snr).at())
    assert information == pytest.approx(1 - s * float(law.mmse(snr).at()), abs=1e-13)


def test_scores_have_the_information_as_mean_square():
    """E g² over y and ω, and E g = 0."""
    v = np.linspace(-8, 8, 161)
    weight = np.exp(-(v**2) / 2) * (v[1] - v[0]) / np.sqrt(2 * np.pi)
    q, spread = 0.4, 0.6
    score = output("sign").denoiser(sp.Rational(3, 5)).lambdify()
    values = {y: score(np.sqrt(q) * v, np.full(v.size, float(y))) for y in (-1, 1)}
    chance = {y: ndtr(y * np.sqrt(q / spread) * v) for y in (-1, 1)}
    assert sum(weight @ (chance[y] * values[y]) for y in (-1, 1)) == pytest.approx(0, abs=1e-14)
    square = sum(weight @ (chance[y] * values[y] ** 2) for y in (-1, 1))
    assert float(output("sign").channel("2/5").at()) == pytest.approx(square, rel=1e-12)


@pytest.mark.parametrize("name", ["logistic", "counted"])
def test_errors_hold(name):
    for formula in (KINDS[name].channel("1/5"), KINDS[name].free_entropy("9/10")):
        assert_error_holds(formula.at(), formula.at(using=tc.MP(20)))


@pytest.mark.long
@pytest.mark.parametrize("name", ["flipped", "bent", "modulus", "waiting"])
def test_errors_of_all_kinds_hold(name):
    formula = KINDS[name].channel("1/2")
    assert_error_holds(formula.at(), formula.at(using=tc.MP(18)))


@pytest.mark.long
def test_errors_of_what_is_not_resolved():
    """A density that jumps in y costs digits: two rules that agree on few say so."""
    jump = Likelihood(sp.exp(-sp.Abs(Y - Z)) / 2)
    near = Likelihood(sp.exp(-sp.Abs(Y - 3 - Z)) / 2)
    value, other = jump.channel("1/2").at(), near.channel("1/2").at()
    assert abs(value.mid - other.mid) <= value.rad + other.rad
    assert value.rad < 1e-3


def test_limits_where_all_is_known():
    for name in ("logistic", "bent", "counted"):
        limit = float(KINDS[name].fisher_information().at())
        near, nearer = (float(KINDS[name].channel(1 - d).at()) for d in (0.02, 0.01))
        assert abs(2 * nearer - near - limit) < 0.02 * limit
    with pytest.raises(tc.DomainError, match="infinite"):
        FLIPPED.fisher_information()
    with pytest.raises(tc.DomainError, match="infinite"):
        output("relu").fisher_information()


def test_weak_recovery_of_any_symmetric_output():
    general = Likelihood(gaussian(sp.Abs(Z), TENTH)).weak_recovery().at()
    assert general.overlaps(output("abs", TENTH).weak_recovery().at(using=tc.Ball(15)))
    waves = output(sp.cos(Z), noise=1)
    assert waves.symmetric
    assert float(waves.channel("1e-6").at()) * 1e6 == pytest.approx(
        1 / float(waves.weak_recovery().at()), rel=1e-5
    )
    with pytest.raises(tc.NotSupportedError, match="teaches something"):
        FLIPPED.weak_recovery()


def is_a_fixed_point(learning, alpha):
    """q = s/(1 + s) of a Gaussian prior, s = αF(q)."""
    q = learning.overlap(alpha).at()
    snr = float(sp.Rational(alpha)) * float(learning.output.channel(float(q)).at())
    return snr / (1 + snr) == pytest.approx(float(q), rel=1e-11)


def test_learning_from_a_likelihood():
    assert is_a_fixed_point(tc.inference.bayes("gaussian", "logistic"), 2)


@pytest.mark.long
def test_learning_from_any_likelihood():
    assert is_a_fixed_point(tc.inference.bayes("gaussian", FLIPPED), 2)
    retrieval = tc.inference.bayes("gaussian", "abs", noise=TENTH)
    assert retrieval.overlap("3/5").expr == 0
    assert is_a_fixed_point(retrieval, "7/10")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Likelihood(sp.Rational(1, 2), values=(-1, 1)),
        lambda: Likelihood(sp.exp(-Y * Z)),
        lambda: Likelihood(1 / (1 + sp.exp(-Y * Z)), values=(-1, 0, 1)),
        lambda: Likelihood(1 / (1 + sp.exp(-Y * Z)), values=(1, 1)),
        lambda: Likelihood(1 + Y * Z, values=(-1, 1)),
        lambda: Likelihood(1 + Y * Z, values=range(10**9)),
        lambda: Likelihood(gaussian(Z, sp.Symbol("D", positive=True))),
        lambda: Likelihood(gaussian(Z, 1), support=(0, sp.oo)),
        lambda: Likelihood(gaussian(Z, 1), support=(1, 0)),
        lambda: Likelihood(gaussian(Z, 1), support=2),
        lambda: Likelihood("logistic"),
        lambda: Likelihood(lambda y, z: np.log(abs(z) + 1) - 1),
        lambda: Likelihood(lambda y: y),
        lambda: output(gaussian(Z, 1), noise=1),
        lambda: output("sign", values=(-1, 1)),
        lambda: output(Z**2),
        lambda: FLIPPED.channel(1),
        lambda: FLIPPED.denoiser(0),
    ],
)
def test_bad_input_is_refused(wrong):
    with pytest.raises(tc.DomainError):
        wrong()


def test_what_is_in_doubles_only_says_so():
    for law in (KINDS["function"], Likelihood(sp.exp(-sp.Abs(Y - Z)) / 2)):
        with pytest.raises(tc.NotSupportedError, match="MP"):
            law.channel("1/2").at(using=tc.MP(10))
