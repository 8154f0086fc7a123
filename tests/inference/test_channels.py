"""Scalar and output channels: identities, and the same numbers from the definition in mpmath."""

import mpmath
import numpy as np
import pytest
import sympy as sp
from reference import assert_error_holds
from scipy import integrate

import theorycalc as tc
from theorycalc.distributions.tails import TiltedTailMoment
from theorycalc.inference import Density, Laplace, Mixture, output, prior
from theorycalc.inference.solving import line

X = sp.Symbol("x", real=True)
MIXTURES = {
    "rademacher": prior("rademacher"),
    "sparse": prior("gauss_bernoulli", rho="1/7"),
    "three": Mixture([("1/4", -1, 0), ("1/3", "1/2", 0), ("5/12", 2, 0)]),
    "both": Mixture([("1/4", "-1/2", "1/3"), ("3/4", 1, 0)]),
}
OUTPUTS = {
    "linear": output("linear", "1/3"),
    "sign": output("sign"),
    "probit": output("probit", "1/5"),
    "relu": output("relu"),
    "abs": output("abs"),
}
COSTLY = {"logistic": output("logistic")}


def channel_by_definition(law, snr):
    """(mmse, E x E[x | y], free entropy) of a mixture from its densities, by a fine grid."""
    s, y = float(sp.Rational(snr)), np.linspace(-30, 30, 12001)
    likelihoods, means, variances = [], [], []
    for weight, mean, variance in ([float(x) for x in row] for row in law.components):
        spread = 1 + s * variance
        gap = y - np.sqrt(s) * mean
        likelihoods.append(weight * np.exp(-(gap**2) / (2 * spread)) / np.sqrt(2 * np.pi * spread))
        means.append((mean + variance * np.sqrt(s) * y) / spread)
        variances.append(variance / spread)
    density = sum(likelihoods)
    mean = sum(w * m for w, m in zip(likelihoods, means, strict=True)) / density
    rows = zip(likelihoods, means, variances, strict=True)
    square = sum(w * (m**2 + v) for w, m, v in rows) / density
    ratio = np.log(density) + y**2 / 2 + np.log(2 * np.pi) / 2
    step = 60 / (y.size - 1)
    return [step * np.sum(density * f) for f in (square - mean**2, mean**2, ratio)]


@pytest.mark.parametrize("name", MIXTURES)
@pytest.mark.parametrize("snr", ["1/10", "7/3"])
def test_a_channel_is_what_its_densities_say(name, snr):
    law = MIXTURES[name]
    mmse, overlap, entropy = channel_by_definition(law, snr)
    for formula, exact in (
        (law.mmse(snr), mmse),
        (law.overlap(snr), overlap),
        (law.free_entropy(snr), entropy),
    ):
        for using in (tc.Float(), tc.Ball(12)):
            value = formula.at(using=using)
            assert abs(value.mid - exact) <= value.rad + 1e-13


@pytest.mark.parametrize("name", MIXTURES)
def test_the_free_entropy_has_half_the_overlap_as_slope(name):
    law, s, h = MIXTURES[name], sp.Rational(3, 2), sp.Rational(1, 10**6)
    right, left = (law.free_entropy(s + side * h).at(using=tc.MP(20)) for side in (1, -1))
    slope = (right.mid - left.mid) / (2 * mpmath.mpf(1) / 10**6)
    assert abs(slope - law.overlap(s).at().mid / 2) < 1e-10


@pytest.mark.parametrize("name", MIXTURES)
def test_errors_hold_and_arithmetics_agree(name):
    mmse = MIXTURES[name].mmse("11/4")
    exact = mmse.at(using=tc.Ball(40))
    for using in (tc.Float(), tc.MP(20), tc.Ball(3)):
        assert_error_holds(mmse.at(using=using), exact)
    assert mmse.at(using=tc.Ball(10)).rigor is tc.Rigor.CERTIFIED


def test_small_errors_keep_their_digits():
    """The mmse of ±1 falls like e^{−s/2}; a switch at large s is no less well seen."""
    for law, s in ((prior("rademacher"), 150), (prior("gauss_bernoulli", rho="1/5"), 10**4)):
        mmse = law.mmse(s)
        exact = mmse.at(using=tc.Ball(25))
        for using in (tc.Float(), tc.MP(15)):
            value = mmse.at(using=using)
            assert_error_holds(value, exact)
            assert value.accuracy >= 12


@pytest.mark.long
def test_laplace_in_closed_form_is_its_density():
    x = sp.Symbol("x")
    density = Density(sp.exp(-sp.Abs(x)) / 2, x)
    assert density.mmse(2).at().overlaps(Laplace().mmse(2).at())
    exact = Laplace().mmse(1).at(using=tc.Ball(20))
    assert exact.rigor is tc.Rigor.CERTIFIED
    assert_error_holds(Laplace().mmse(1).at(), exact)


@pytest.mark.parametrize("scale", [0.02, 1, 40, 1000])
def test_errors_of_tilted_tails_hold(scale):
    generator = np.random.default_rng(0)
    for mu, y in zip(
        scale * generator.uniform(0.5, 1, 30), generator.uniform(-38, 38, 30), strict=False
    ):
        k = int(generator.integers(3))
        exact = TiltedTailMoment(k, sp.Rational(mu), sp.Rational(y))
        exact = tc.Formula("M", exact).at(using=tc.Ball(25)).mid
        value, error = TiltedTailMoment.double(k, mu, y)
        assert abs(float(value) - exact) <= error
        assert error <= 1e-10 * exact or exact < 1e-200


@pytest.mark.parametrize("snr", ["1e-3", "1e-6"])
def test_a_laplace_law_in_much_noise(snr):
    value = Laplace().mmse(snr).at()
    assert_error_holds(value, Laplace().mmse(snr).at(using=tc.MP(15)))
    assert value.accuracy >= 10


def test_a_density_that_is_normal_has_the_closed_form():
    x = sp.Symbol("x")
    normal = prior(sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi))
    assert normal.mmse("3/2").at().contains("2/5")


@pytest.mark.parametrize("name", OUTPUTS)
def test_information_is_the_slope_of_the_free_entropy(name):
    law, q, h = OUTPUTS[name], sp.Rational(2, 5), sp.Rational(1, 10**6)
    right, left = (law.free_entropy(q + side * h, 2).at(using=tc.MP(20)) for side in (1, -1))
    slope = (right.mid - left.mid) / (mpmath.mpf(1) / 10**6)
    value = law.channel(q, 2).at()
    assert abs(slope - value.mid) < 1e-9 * abs(slope)
    assert_error_holds(value, law.channel(q, 2).at(using=tc.Ball(20)))


@pytest.mark.parametrize("name", COSTLY)
def test_the_same_in_doubles_for_double_integrals(name):
    law, h = COSTLY[name], sp.Rational(1, 1000)
    left, right = (float(law.free_entropy(sp.Rational(2, 5) + k * h).at()) for k in (-1, 1))
    assert abs((right - left) / 0.001 - float(law.channel("2/5").at())) < 1e-5


def test_limits():
    """No noise in the probit is the sign; nothing known of z gives closed forms."""
    sign = output("sign").channel("1/3").at(using=tc.Ball(12))
    near = output("probit", "1e-9").channel("1/3").at()
    assert abs(near.mid / sign.mid - 1) < 1e-8
    assert (
        output("relu")
        .channel(0)
        .at(using=tc.Ball(12))
        .overlaps(tc.certify(sp.Rational(1, 2) + 1 / sp.pi, digits=14))
    )
    assert abs(float(output("abs").channel("1e-6").at()) / 2e-6 - 1) < 1e-5


def test_weak_recovery_under_noise():
    """1/α = ∫ (E[(z² − 1) P(y | z)])²/E P(y | z) dy, by grids."""
    noise = 0.3
    z, y = np.linspace(-9, 9, 1801), np.linspace(-5, 12, 1701)
    likelihood = np.exp(-((y[:, None] - abs(z)) ** 2) / (2 * noise)) / np.sqrt(2 * np.pi * noise)
    weights = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * 0.01
    first, second = likelihood @ weights, likelihood @ (weights * (z**2 - 1))
    rate = np.sum(second**2 / first) * 0.01
    value = output("abs", "3/10").weak_recovery()
    assert float(value.at()) == pytest.approx(1 / rate, rel=1e-4)
    assert_error_holds(value.at(), value.at(using=tc.Ball(25)))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: prior("gaussian").mmse(-1),
        lambda: prior("gaussian").denoiser(1, 1 << 10**7),
        lambda: output("sign").denoiser(1 << 10**7),
        lambda: output("sign").channel("1/2", 1 << 10**7),
        lambda: prior("gauss_bernoulli", rho=0),
        lambda: prior("gauss_bernoulli", rho="3/2"),
        lambda: prior("gauss_bernoulli"),
        lambda: prior("rademacher", rho="1/2"),
        lambda: prior("cauchy"),
        lambda: output("sign").channel(1),
        lambda: output("sign").channel("-1/10"),
        lambda: output("linear", noise=-1),
        lambda: output("logistic", noise=1),
        lambda: output("tanh"),
        lambda: output("cubic"),
        lambda: Mixture([("1/2", 0, 0)]),
        lambda: Mixture([("1/2", 0, 0), ("1/2", 0, 0)]),
        lambda: Mixture([(1, 0, -1)]),
        lambda: Density(sp.exp(-(sp.Symbol("x") ** 2)), sp.Symbol("x"), (1, 0)),
        lambda: Density(sp.exp(-(sp.Symbol("x") ** 2)), sp.Symbol("x")),
        lambda: Density(sp.Rational(1, 2), sp.Symbol("x"), 2),
        lambda: Mixture([(1, 0, 1)], name=1),
    ],
)
def test_bad_input_is_refused(wrong):
    with pytest.raises(tc.DomainError):
        wrong()


def test_a_modulus_by_its_definition():
    """F = (E z² tanh(t z² + √t z x) − q)/(1 − q)², and Ψ by its own double integral, on a grid."""
    x = np.linspace(-9, 9, 721)
    z, weight = x[:, None], np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * (x[1] - x[0])
    for q in (0.2, 0.7):
        t = q / (1 - q)
        mean = weight @ (z**2 * np.tanh(t * z**2 + np.sqrt(t) * z * x)) @ weight
        law = output("abs")
        assert float(law.channel(q).at()) == pytest.approx((mean - q) / (1 - q) ** 2, rel=1e-12)
        far = weight @ np.logaddexp(0, -2 * (t * z**2 + np.sqrt(t) * z * x)) @ weight
        entropy = far - np.log(2 * np.pi * (1 - q)) / 2 - 0.5
        assert float(law.free_entropy(q).at()) == pytest.approx(entropy, rel=1e-12)


@pytest.mark.parametrize("name", ["abs", "relu", "sign"])
@pytest.mark.parametrize("q", ["1e-12", "0.999999999999"])
def test_little_is_known_or_nearly_all(name, q):
    value = OUTPUTS[name].channel(q).at()
    assert_error_holds(value, OUTPUTS[name].channel(q).at(using=tc.Ball(20)))
    assert value.accuracy >= 11


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid", "ignore:The occurrence")
@pytest.mark.parametrize("name", OUTPUTS)
def test_bounds_of_tails(name):
    """∫ |f| beyond ±R by SciPy is below the bound that enclosures cut off with."""
    law = OUTPUTS[name]
    for formula in (law.channel("2/5"), law.free_entropy("2/5")):
        for integral in formula.expr.atoms(line.LineIntegral):
            f, bound, _ = integral.args[0].at(X, *integral.args[1:])
            at, limit = (sp.lambdify(X, expr, "scipy") for expr in (f, bound))
            for reach in (1, 2, 4):
                # where a factor overflows the other one is nothing
                tails = ((reach, reach + 30), (-reach - 30, -reach))
                beyond = sum(
                    integrate.quad(lambda x, f=at: np.nan_to_num(abs(f(x))), *pair)[0]
                    for pair in tails
                )
                assert beyond <= limit(reach)


def test_arguments_that_are_rounded():
    """Of an argument next to 1 a double loses what counts, less than half of its unit."""
    z, p = sp.symbols("z p", real=True)
    value = tc.Formula("f", line.gaussian_mean(z**2 * (1 - p), z)).at(p=1 - sp.Rational("1e-12"))
    assert abs(value.mid - mpmath.mpf("1e-12")) <= value.rad < 1e-15


def test_what_underflows_is_not_nothing():
    assert prior("rademacher").mmse(10**6).at().rad > 0


def test_errors_of_integrals_in_integrals_are_carried_on():
    """Of a cancellation inside nothing is left outside: E_x E_y sin(10⁴ xy) y, which is 0."""
    x, y = sp.symbols("x y", real=True)
    f = line.plane_mean(sp.sin(10 * x + y) * 10**9 + y**2, x, y, 10**9, 0, 1)
    value = tc.Formula("f", f).at()
    assert abs(value.mid - 1) <= value.rad < 1e-4


def test_what_is_not_enclosed_says_so():
    with pytest.raises(tc.NotSupportedError, match="Ball"):
        output("abs", noise="1/10").channel("1/2").at(using=tc.Ball(10))
    with pytest.raises(tc.NotSupportedError, match="MP"):
        Density(sp.Rational(1, 2), sp.Symbol("x"), (-1, 1)).mmse(1).at(using=tc.MP(10))
