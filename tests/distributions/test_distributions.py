"""Moments, densities and samples of spherically symmetric laws, and of laws known by moments."""

import itertools
import math
import pickle

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from laws import families, share_below

import theorycalc as tc
from theorycalc.distributions import (
    Gaussian,
    Moments,
    Radial,
    StudentT,
    UniformBall,
    UniformSphere,
)

D, P, LAM = sp.Symbol("d"), sp.Symbol("p", real=True), sp.Symbol("lam", real=True)
R, X = sp.Symbol("R", positive=True), sp.Symbol("x", positive=True)
SIGMA, RADIUS, NU = (sp.Symbol(name, positive=True) for name in ("sigma", "r", "nu"))
HALF = sp.Rational(1, 2)
DIMENSIONS = (1, 2, 3, 10)
ARITHMETICS = (tc.Float(), tc.MP(25), tc.Ball(25))


def value(expr, using):
    return tc.Formula("v", expr).at(using=using)


@pytest.mark.parametrize("p", [sp.S.Zero, sp.S.One, HALF, sp.Integer(4)])
@pytest.mark.parametrize("d", DIMENSIONS)
def test_density_has_the_moments(d, p):
    """Part of the moment certified, all of it in many digits."""
    for law in families(d):
        if isinstance(law, UniformSphere):
            continue
        integrand = R**p * law.radial_density.expr
        part = tc.integrate(tc.Integral(integrand, R, sp.Rational(1, 7), 1), tc.Ball(20))
        closed = share_below(law, p, sp.S.One) - share_below(law, p, sp.Rational(1, 7))
        assert part.overlaps(value(law.mean_power(p) * closed, tc.Ball(25)))
        whole = tc.integrate(tc.Integral(integrand, R, *law.support), tc.MP(20))
        assert whole.overlaps(law.radial_moment(p).at(using=tc.Ball(25)))


@pytest.mark.parametrize("d", DIMENSIONS)
def test_symbols_agree_with_numbers(d):
    symbolic = (
        Gaussian(D, SIGMA),
        UniformSphere(D, RADIUS),
        UniformBall(D, RADIUS),
        StudentT(D, NU),
    )
    for law, other in zip(families(d), symbolic, strict=True):
        names = {"sigma": "sigma", "radius": "r", "nu": "nu"}
        values = {names[k]: getattr(law, k) for k in names if hasattr(law, k)} | {"d": d}
        general = other.radial_moment(P)
        for p in (HALF, sp.S.One, sp.Integer(4)):
            exact = law.radial_moment(p).at(using=tc.Ball(20))
            point = {k: x for k, x in values.items() if k in {s.name for s in general.args}}
            assert general.at(using=tc.Ball(20), p=p, **point).overlaps(exact)
        replaced = {s: values[s.name] for s in (D, SIGMA, RADIUS, NU) if s.name in values}
        for alpha in itertools.product((0, 2, 4), repeat=min(d, 2)):
            assert other.moment(alpha).subs(replaced) == law.moment(alpha)
        s = sp.Rational(1, 3)
        tail = other.coordinate_tail_square(s).subs(replaced)
        assert value(tail, tc.Ball(20)).overlaps(value(law.coordinate_tail_square(s), tc.Ball(20)))


@given(st.sampled_from(DIMENSIONS[:3]), st.integers(0, 3))
def test_mixed_moments_add_up_to_the_radial_one(d, m):
    """E (x_1² + … + x_d²)^m = E R^{2m}."""
    for law in families(d):
        total = sp.S.Zero
        for split in itertools.product(range(m + 1), repeat=d):
            if sum(split) == m:
                count = math.factorial(m) // math.prod(map(math.factorial, split))
                total += count * law.moment([2 * a for a in split])
        assert sp.simplify(total - law.mean_power(2 * m)) == 0
        assert law.moment((2 * m + 1,)) == 0


def test_moments_of_a_gaussian():
    """Products of the moments of one coordinate."""
    law = Gaussian(3, SIGMA)
    for alpha in itertools.product(range(5), repeat=3):
        one = [0 if a % 2 else sp.factorial2(a - 1) * SIGMA**a for a in alpha]
        assert law.moment(alpha) == sp.prod(one)


def test_infinite_moments():
    law = StudentT(3, 4)
    assert law.mean_power(4) == law.moment((2, 2)) == sp.oo
    assert law.mean_power(sp.Rational(7, 2)).is_finite
    assert Gaussian(3).mean_power(-3) == sp.oo
    assert UniformSphere(3, 2).mean_power(-3) == sp.Rational(1, 8)
    general = StudentT(3, NU)
    assert general.mean_power(2).subs(NU, 2) == sp.oo
    assert general.mean_power(2).subs(NU, 5) == StudentT(3, 5).mean_power(2) == 5
    with pytest.raises(tc.DomainError, match="outside the domain"):
        general.radial_moment(2).at(nu=2)
    with pytest.raises(tc.DomainError, match="outside the domain"):
        Gaussian(D).radial_moment(2).at(d="5/2")


def test_large_dimensions():
    """E R ≤ √(E R²), with the difference 1/(4d) to first order."""
    for d in (10**3, 10**6):
        ratio = Gaussian(d).mean_power(1) ** 2 / Gaussian(d).mean_power(2)
        for using in ARITHMETICS:
            loss = value(2 * d * (1 - ratio), using)
            assert 1 - 1 / d < float(loss) < 1


@pytest.mark.parametrize("d", DIMENSIONS)
def test_exponential_moments(d):
    """Against the density, and E e^{λR²}R^{p+2} = d/dλ E e^{λR²}R^p."""
    for law, power in itertools.product(families(d), (0, 2)):
        rates = (-2, sp.Rational(-1, 3), 0) + (() if isinstance(law, StudentT) else ("1/8",))
        for rate in map(sp.sympify, rates):
            exact = value(law.exponential_moment(rate, power), tc.Ball(20))
            slope = law.exponential_moment(LAM, power).diff(LAM)
            if rate or not isinstance(law, StudentT):  # 0 is a case of its own there
                assert value(slope.subs(LAM, rate), tc.Ball(15)).overlaps(
                    value(law.exponential_moment(rate, power + 2), tc.Ball(20))
                )
            for using in (tc.Float(), tc.MP(20)):
                assert value(law.exponential_moment(rate, power), using).overlaps(exact)
            if not isinstance(law, UniformSphere):
                integrand = sp.exp(rate * R**2) * R**power * law.radial_density.expr
                whole = tc.integrate(tc.Integral(integrand, R, *law.support), tc.MP(15))
                assert whole.overlaps(exact)


def test_infinite_exponential_moments():
    assert Gaussian(3, 2).exponential_moment("1/8") == sp.oo
    assert Gaussian(3, 2).exponential_moment("1/9").is_finite
    assert StudentT(3, 5).exponential_moment("1e-9") == sp.oo
    assert StudentT(3, 5).exponential_moment(0, 6) == sp.oo
    assert StudentT(3, 5).exponential_moment(0, 4) == StudentT(3, 5).mean_power(4)
    assert Gaussian(3, SIGMA).exponential_moment(LAM).subs({SIGMA: 2, LAM: HALF}) == sp.oo


def test_radial_law_of_a_gaussian():
    """The density alone gives what the family knows in closed form."""
    law = Gaussian(4, "1/2")
    other = Radial(4, density=law.radial_density.expr)
    for using in (tc.Float(), tc.MP(20)):
        assert value(other.mean_power(3), using).overlaps(value(law.mean_power(3), tc.Ball(25)))
        assert value(other.moment((2, 4)), using).overlaps(value(law.moment((2, 4)), tc.Ball(25)))
        rate, power = sp.Rational(-1, 3), 4
        assert value(other.exponential_moment(rate, power), using).overlaps(
            value(law.exponential_moment(rate, power), tc.Ball(25))
        )
    assert other.exponential_moment(0, 2) == other.mean_power(2)


def test_kinks_split_the_integrals():
    x = sp.Symbol("x")
    law = Radial(2, density=sp.Piecewise((x, x < 1), (2 - x, True)), support=(0, 2))
    assert value(law.mean_power(2), tc.Ball(20)).contains(sp.Rational(7, 6))
    declared = Radial(2, density=HALF, support=(0, 2), kinks=(1, "1/2"))
    assert len(declared.mean_power(1).args) == 3
    assert value(declared.mean_power(1), tc.Ball(20)).contains(1)


def test_laws_are_values():
    x = sp.Symbol("x")
    made = [
        lambda: Gaussian(3, sigma=0.5),
        lambda: UniformSphere(D, radius=RADIUS),
        lambda: UniformBall(2),
        lambda: StudentT(3, nu="5/2"),
        lambda: Radial(3, density=sp.exp(-x), moments=lambda p: sp.gamma(p + 1)),
        lambda: Radial(3, density=sp.exp(-x), quantile=lambda u: -sp.log(1 - u)),
        lambda: Moments(2, {(2,): 1, (0, 2): "1/3"}),
    ]
    laws = [make() for make in made]
    for make, law in zip(made, laws, strict=True):
        for copy in (make(), pickle.loads(pickle.dumps(law))):
            assert copy == law
            assert hash(copy) == hash(law)
            assert repr(copy) == repr(law)
        assert getattr(law, "_repr_latex_", lambda: "$$")().startswith("$")
    assert len(set(laws)) == len(laws)


def test_known_moments():
    law = Moments(3, {(2, 0, 0): 1, (1, 1): "1/2", (0, 0, 4): sp.sqrt(2)})
    assert law.moment((2,)) == law.moment([2, 0, 0]) == law.moment(()) == 1
    assert law.moment((0, 0, 4)) == sp.sqrt(2)
    assert Moments(D, lambda alpha: sp.Integer(sum(alpha))).moment((1, 0, 2)) == 3
    assert law.dimension == 3
    for name in ("mean_power", "radial_density", "sample", "support", "coordinate_tail_square"):
        with pytest.raises(tc.NotSupportedError, match=rf"no {name}; allowed: moment"):
            getattr(law, name)
    with pytest.raises(AttributeError):
        law.no_such_name  # noqa: B018


def test_latex():
    text = sp.latex(sp.sqrt(UniformSphere(D, 2).coordinate_tail_square(X)))
    assert r"\left(T_{d} - \frac{x}{2}\right)_{+}^{2}" in text
    square = sp.latex(Gaussian(3).coordinate_tail_square(X) ** 2)
    assert square.endswith(r"\right]^{2}")
