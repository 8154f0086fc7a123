"""Error statements of quantisers in doubles: high powers, many points, high dimensions."""

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from quantisers import LAWS
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.binary import fraction
from theorycalc.core.value import Rigor, Value
from theorycalc.quantization import distortion, optimal_radius
from theorycalc.quantization.arguments import Points
from theorycalc.quantization.freezing_point import FreezingPoint
from theorycalc.quantization.sphere import in_doubles, in_doubles_loops
from theorycalc.quantization.sphere.functions import CosineDeficit

dimensions = st.sampled_from([2, 3, 5, 30, 1000, 10**4])
counts = st.one_of(st.integers(2, 100), st.integers(2, 30).map(lambda e: 2 ** (3 * e)))
orders = st.sampled_from([1, 3, 7, 20])


def deficits(d, n, k):
    """(the double with its error, the certified value) of E (1 − M)^k."""
    value, error = CosineDeficit.double(float(d), float(n), float(k))
    unevaluated = CosineDeficit(sp.S(d), sp.S(n), sp.S(k), evaluate=False)
    double = Value(mid=float(value), rad=float(error), rigor=Rigor.ESTIMATED)
    return double, tc.certify(unevaluated, digits=19)


@given(dimensions, counts, orders)
@settings(max_examples=4, deadline=None)
def test_deficits(d, n, k):
    value, exact = deficits(d, n, k)
    assert_error_holds(value, exact)
    assert value.rad <= value.mid * 1e-10 + 2 * math.ulp(0.0)


def test_the_error_of_a_deficit_is_not_absurd():
    pairs = [deficits(d, n, k) for d in (2, 3, 30, 1000) for n in (5, 77, 2**60) for k in (1, 7)]
    gaps = [abs(fraction(v.mid) - fraction(w.mid)) / fraction(v.rad) for v, w in pairs]
    assert max(gaps) > 1 / 1024


@pytest.mark.parametrize("s", [0.1, 1.0, 3.0, 8.0, 20.0, 40.0])
@pytest.mark.parametrize(("d", "n"), [(2, 1e12), (5, 13), (30, 60), (1000, 1e6)])
def test_tables_of_high_powers(d, n, s):
    q, weights, _ = in_doubles.law_of_maximum(float(d), Points(int(n)), s / 2)
    table = in_doubles_loops.table(q, weights, s)
    steps, barycentric = in_doubles_loops._table_step(s), in_doubles_loops._barycentric()
    for x in np.exp(-np.linspace(0.01, 30, 97)):
        between = np.array(in_doubles_loops._interpolate(table, steps, barycentric, x))
        np.testing.assert_allclose(
            between, in_doubles_loops.kernel_means(x, q, weights, s), rtol=1e-12, atol=1e-300
        )


@pytest.mark.parametrize(
    ("name", "d", "n", "s"),
    [
        ("ball", 5, 13, "0.5"),
        ("gauss", 30, 60, 3),
        *(("ball", 5, 13, 20), ("gauss", 30, 60, 20), ("ball", 2, 10**12, 20)),
        pytest.param("gauss", 30, 60, 40, marks=pytest.mark.long),
    ],
)
def test_high_powers(name, d, n, s):
    law = LAWS[name](d)
    radius = optimal_radius(law, n, s)
    assert_error_holds(radius.at(), radius.at(using=tc.MP(20)))
    mean = distortion(law, n, s)
    assert_error_holds(mean.at(r="0.3"), mean.at(r="0.3", using=tc.MP(20)))


def test_freezing_points():
    for exponent in range(-40, 41, 3):
        point = tc.Formula(
            "y", FreezingPoint(sp.Rational(7, 5) * sp.Integer(2) ** exponent), args=()
        )
        assert_error_holds(point.at(), point.at(using=tc.Ball(25)))


@pytest.mark.parametrize(("d", "n", "s"), [(1, 5000, 3), (1, 5000, "1/2"), (2, 10**300, 1)])
def test_distances_that_underflow(d, n, s):
    """The nearest of so many points is nearer than any double, and not at 0."""
    mean = distortion(tc.distributions.UniformSphere(d), n, s)
    assert_error_holds(mean.at(r=1), mean.at(r=1, using=tc.Ball(12)))
