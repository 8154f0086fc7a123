"""What numbers cost is counted, and what costs too much is given up with the digits reached."""

import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.core.arithmetic import ball
from theorycalc.core.arithmetic.effort import OutOfEffort, effort, remembered, spend, work

X, T = sp.symbols("x t", positive=True)


class Waves(tc.SpecialFunction):
    """∫_0^9 sin(40 x t) e^−t dt."""

    nargs = 1

    @classmethod
    def definition(cls, x):
        return tc.Integral(sp.sin(40 * x * T) * sp.exp(-T), T, 0, 9)


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(20), tc.Ball(20)], ids=repr)
def test_function_values_are_counted(using):
    stats = tc.Formula("w", Waves(X)).at(x=1, using=using).stats
    assert stats["nodes"] > 100
    assert stats["seconds"] > 0
    assert stats["work"] > stats["nodes"]
    assert "nodes" not in tc.Formula("f", sp.exp(X)).at(x=1, using=using).stats


def test_distortions_are_counted_again_from_a_cache():
    formula = tc.quantization.distortion(tc.distributions.Gaussian(4), 20, 1)
    for using in (tc.Float(), tc.MP(16)):
        first, second = (formula.at(r=1, using=using).stats["nodes"] for _ in range(2))
        assert first == second > 200
    cosine = tc.quantization.mean_max_cosine(8, 50)
    counts = [cosine.at(using=tc.Ball(21)).stats["nodes"] for _ in range(2)]
    assert counts[0] == counts[1] > 50


def test_remembered_results_are_spent():
    calls = []

    @remembered(maxsize=4)
    def square(x):
        calls.append(x)
        spend(3)
        return x * x

    with effort() as spent:
        assert [square(5), square(5)] == [25, 25]
    assert (spent.nodes, calls) == (6, [5])
    with effort() as once:
        square(5)
    assert spent.work == 2 * once.work


def test_remembered_results_are_given_up_again():
    @remembered(maxsize=4)
    def costly():
        spend(100)

    costly()
    with effort(50), pytest.raises(OutOfEffort):
        costly()


@pytest.mark.parametrize("limits", [{"work": 10}, {"seconds": -1}])
def test_an_effort_ends_with_the_one_around_it(limits):
    with effort(**limits), effort(1e9, 100), pytest.raises(OutOfEffort):
        spend(20)
    spend()  # nobody counts


def test_the_effort_around_another_counts_what_is_spent_inside():
    with effort(100) as outer:
        for _ in range(3):
            with effort():
                spend(10)
        assert outer.nodes == 30
        with effort(), pytest.raises(OutOfEffort):
            spend(80)


def test_more_bits_and_special_functions_are_more_work():
    def cost(*args):
        with effort() as spent:
            work(*args)
        return spent.work

    assert cost(5, 0, 0, 10**5) == 5
    assert cost(5, 1, 0, 64) < cost(5, 1, 0, 1000) < cost(5, 0, 1, 1000)


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(20), tc.Ball(20)], ids=repr)
def test_work_is_the_same_every_time(using):
    formula = tc.Formula("w", Waves(X) + sp.Sum(sp.exp(-T), (T, 1, 1000)))
    assert len({formula.at(x=1, using=using).stats["work"] for _ in range(2)}) == 1


@pytest.mark.parametrize(
    "using",
    [tc.Float(seconds=1e-9), tc.MP(20, seconds=1e-9), tc.Ball(20, seconds=1e-9)],
    ids=["Float", "MP", "Ball"],
)
def test_a_limit_of_time_is_seen_inside_long_sums(using):
    formula = tc.Formula("s", sp.Sum(sp.exp(-X * T), (T, 1, 10**5)) + X)
    with pytest.raises(tc.PrecisionError, match=r"not reached with .* operations in 1e-09 seconds"):
        formula.at(x=1, using=using)


@pytest.mark.parametrize("arithmetic", [tc.Float, tc.MP, tc.Ball])
def test_a_limit_of_time_is_a_positive_number(arithmetic):
    for seconds in (0, -1, "1", True, float("nan"), None):
        with pytest.raises(tc.DomainError, match="not a time"):
            arithmetic(seconds=seconds)


def test_what_has_no_enclosure_is_given_up_early():
    """More precision is not tried for long where not even a finite enclosure is found."""
    pole = tc.Integral(sp.gamma(T - sp.Rational(1, 3)), T, 0, 1)
    with effort() as spent, pytest.raises(tc.DomainError, match="no finite enclosure"):
        tc.integrate(pole, using=tc.Ball(15))
    assert spent.work < 2e7


def test_too_many_digits_are_given_up(monkeypatch):
    """The error has the digits that were reached with a part of the work."""
    monkeypatch.setattr(ball, "_MOST_WORK", 1e6)
    formula = tc.quantization.distortion(tc.distributions.Gaussian(3), 10, 1)
    with pytest.raises(tc.CertificationError, match="90 digits were not reached") as caught:
        formula.at(r="1.3", using=tc.Ball(90))
    reached = caught.value.value
    assert reached.using.digits < 90
    assert reached.overlaps(formula.at(r="1.3", using=tc.MP(25)))


def test_an_integrand_that_fails_says_why():
    """Not as an error of the quadrature."""

    class Failing(tc.SpecialFunction):
        nargs = 1

        @staticmethod
        def in_ball(context, x):
            raise tc.NotSupportedError("no enclosure of this")

    with pytest.raises(tc.NotSupportedError, match="no enclosure of this"):
        tc.integrate(tc.Integral(Failing(T), T, 0, 1), using=tc.Ball(10))


def test_an_integral_ends_with_its_work():
    """A zero with a kink at its limit; Arb, told nothing, would go on halving for hours."""
    y = sp.Symbol("y", real=True)
    zero = tc.Formula("f", sp.Integral(sp.Max(X - 1, 0), (X, 0, y)), args=(y,))
    value = zero.at(y=1, using=tc.Ball(3))
    assert value.is_absolute
    assert value.contains(0)
    assert value.stats["work"] < 2 * ball._MOST_WORK
    with pytest.raises(tc.CertificationError, match="3 digits"):
        zero.at(y=1, using=tc.Ball(3, relative=True))
