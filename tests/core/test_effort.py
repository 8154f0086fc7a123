"""What numbers cost is counted, and what costs too much is given up with the digits reached."""

import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.core.arithmetic import ball
from theorycalc.core.arithmetic.effort import OutOfTime, effort, remembered, spend

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


def test_an_effort_ends_with_the_one_around_it():
    with effort(seconds=-1), effort(seconds=100), pytest.raises(OutOfTime):
        spend()
    spend()  # nobody counts


def test_too_many_digits_are_given_up(monkeypatch):
    """The error has the digits that were reached in the time."""
    monkeypatch.setattr(ball, "_LONGEST", 3.0)
    formula = tc.quantization.distortion(tc.distributions.Gaussian(3), 10, 1)
    with pytest.raises(tc.CertificationError, match="90 digits were not reached") as caught:
        formula.at(r="1.3", using=tc.Ball(90))
    reached = caught.value.value
    assert reached is None or reached.overlaps(formula.at(r="1.3", using=tc.MP(25)))


def test_an_integrand_that_fails_says_why():
    """Not as an error of the quadrature."""

    class Failing(tc.SpecialFunction):
        nargs = 1

        @staticmethod
        def in_ball(context, x):
            raise tc.NotSupportedError("no enclosure of this")

    with pytest.raises(tc.NotSupportedError, match="no enclosure of this"):
        tc.integrate(tc.Integral(Failing(T), T, 0, 1), using=tc.Ball(10))
