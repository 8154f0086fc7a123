"""Laws of the norm of every kind: kinks, gaps, heavy tails, radii far from the source."""

import itertools

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

import theorycalc as tc
from theorycalc.quantization import distortion, optimal_radius

D = tc.distributions
X = sp.Symbol("x", positive=True)
HALF = sp.Rational(1, 2)
KINKED = {
    "triangle": D.Radial(3, density=sp.Piecewise((X, X < 1), (2 - X, True)), support=(0, 2)),
    "step": D.Radial(
        3,
        density=sp.Piecewise((HALF / 2, X < 1), (3 * HALF / 2, True)),
        variable=X,
        support=(0, 2),
    ),
    "gap": D.Radial(
        3,
        density=sp.Piecewise((HALF, X < 1), (0, X < 2), (HALF, True)),
        variable=X,
        support=(0, 3),
    ),
    "shell": D.Radial(3, density=sp.S.One, variable=X, support=(2, 3)),
}


def nested(law, n, s, r):
    """Quadrature in d = 3, where the cosine is uniform, piece by piece."""
    density = law.radial_density.lambdify()

    def over_angles(norm):
        def integrand(t):
            square = norm**2 + r**2 - 2 * norm * r * t
            return square ** (s / 2) * n / 2 * ((1 + t) / 2) ** (n - 1)

        return integrate.quad(integrand, -1, 1, epsabs=1e-12, epsrel=1e-12, limit=200)[0]

    low, high = map(float, law.support)
    ends = sorted({low, high, *map(float, law.breaks), min(max(r, low), high)})
    return sum(
        integrate.quad(lambda x: density(x) * over_angles(x), a, b, epsrel=1e-11, limit=200)[0]
        for a, b in itertools.pairwise(ends)
    )


@pytest.mark.parametrize(
    ("s", "r", "name"),
    [
        ("1/2", "1", "triangle"),
        ("1/2", "1", "shell"),
        (1, "0.8", "step"),
        (1, "0.8", "gap"),
        ("5/2", "2.6", "triangle"),
        ("5/2", "2.6", "gap"),
        ("5/2", "2.6", "shell"),
    ],
)
def test_kinks(s, r, name):
    """Three arithmetics, and quadrature on each smooth piece."""
    law = KINKED[name]
    formula = distortion(law, 10, s)
    values = [formula.at(r=r, using=using) for using in (tc.Float(), tc.MP(20), tc.Ball(10))]
    assert all(a.overlaps(b) for a in values for b in values)
    assert values[0].rad < 1e-12
    expected = nested(law, 10, float(sp.Rational(s)), float(r))
    assert float(values[0]) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("name", KINKED)
def test_best_radius_with_kinks(name):
    law = KINKED[name]
    best = optimal_radius(law, 10, 1)
    assert best.at().overlaps(best.at(using=tc.MP(20)))
    r = float(best.at())
    near = distortion(law, 10, 1).lambdify()(r * np.array([0.99, 1, 1.01]))
    assert near[1] <= near.min()


@pytest.mark.parametrize(
    ("law", "s", "r"),
    [
        (D.StudentT(3, 5), 1, "1/100"),
        (D.StudentT(3, 5), "9/2", "20"),
        (D.StudentT(50, 3), "1/2", "1/100"),
        (D.StudentT(50, 3), "1/2", "20"),
        (D.Radial(3, density=sp.exp(-X), moments=lambda p: sp.gamma(p + 1)), 1, "20"),
    ],
    ids=str,
)
def test_infinite_supports(law, s, r):
    """Tails that fall like a power are enclosed by a moment."""
    formula = distortion(law, 10, s)
    values = [formula.at(r=r, using=using) for using in (tc.Float(), tc.MP(20), tc.Ball(10))]
    assert all(a.overlaps(b) for a in values for b in values)


@pytest.mark.parametrize(
    ("law", "r"),
    [
        (D.UniformBall(3), "1/1000"),
        (D.UniformBall(3), "30"),
        (D.Gaussian(2), "1/1000"),
        (D.Gaussian(2), "30"),
        *((D.UniformSphere(4), r) for r in ("1/1000", "1/5", "30")),
    ],
    ids=str,
)
def test_far_from_the_source(law, r):
    formula = distortion(law, 10, "1/2")
    values = [formula.at(r=r, using=using) for using in (tc.Float(), tc.MP(25), tc.Ball(12))]
    assert all(a.overlaps(b) for a in values for b in values)


@pytest.mark.parametrize(
    ("d", "size"),
    [
        (2, {"n": 3}),
        (2, {"n": "1e35"}),
        (2, {"log_n": 5000}),
        (1000, {"n": 3}),
        (1000, {"n": "1e300"}),
        (10_000, {"n": "1e35"}),
        (10_000, {"log_n": 5000}),
    ],
)
def test_high_dimensions_and_many_points(d, size):
    for law in (D.UniformSphere(d), D.Gaussian(d)):
        formula = distortion(law, s=3, **size)
        r = sp.Rational(7, 10) * (sp.sqrt(d) if isinstance(law, D.Gaussian) else 1)
        values = [formula.at(r=sp.N(r, 8), using=using) for using in (tc.Float(), tc.Ball(12))]
        assert values[0].overlaps(values[1])
        best = optimal_radius(law, s=3, **size)
        assert best.at().overlaps(best.at(using=tc.MP(16)))


@given(st.integers(100, 1000), st.integers(1, 10**9), st.floats(1, 30))
@settings(max_examples=2)
def test_errors_in_high_dimensions(d, n, nu):
    """Rounding of log-densities, sums of large terms, is part of the error."""
    formula = distortion(D.StudentT(d, 1 + nu), n, 1)
    double, exact = (formula.at(r=1, using=using) for using in (tc.Float(), tc.MP(18)))
    assert double.overlaps(exact)
    assert double.rad < 1e-10 * double.mid


def test_no_bound_is_refused():
    law = D.Radial(3, density=sp.exp(-X))
    with pytest.raises(tc.NotSupportedError, match="moments="):
        distortion(law, 10, 1).at(r=1, using=tc.Ball(10))
