"""Expansions of formulas: against mpmath's Taylor series and expansions that are known exactly."""

import mpmath
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc

X = sp.Symbol("x", real=True)
BALL = tc.Ball(60)


def formula(expr, **options):
    return tc.Formula("f", expr, args=(X,), **options)


def test_the_arc_cosine_kernel_has_half_integer_powers():
    h = sp.Symbol("h", positive=True)
    near = (
        tc.kernels.arc_cosine(1)
        .series("rho", 1, order=3)
        .expr.subs(sp.Symbol("rho", real=True), 1 - h)
    )
    known = 1 - h + 2 * sp.sqrt(2) / (3 * sp.pi) * h ** sp.Rational(3, 2)
    known += sp.sqrt(2) / (30 * sp.pi) * h ** sp.Rational(5, 2)
    assert sp.expand(near - known) == 0


@pytest.mark.parametrize(
    ("expr", "f", "point"),
    [
        (sp.exp(sp.sin(X)), lambda x: mpmath.exp(mpmath.sin(x)), 0),
        (sp.log(1 + X**2) / X, lambda x: mpmath.log(1 + x**2) / x, 1),
        (sp.sqrt(2 + X) * sp.atan(X), lambda x: mpmath.sqrt(2 + x) * mpmath.atan(x), "1/3"),
        (sp.erf(X) ** 2 * sp.cosh(X), lambda x: mpmath.erf(x) ** 2 * mpmath.cosh(x), "-1/2"),
    ],
)
def test_coefficients_are_those_of_taylor(expr, f, point):
    near = formula(expr).series("x", point, order=4)
    centre = sp.Rational(point)
    at = sp.Poly(sp.expand(near.expr.subs(X, X + centre)), X).all_coeffs()[::-1]
    with mpmath.workdps(40):
        known = mpmath.taylor(f, mpmath.mpf(centre.p) / centre.q, 4)
        assert all(
            mpmath.almosteq(mpmath.mpf(sp.N(c, 35)), k, 1e-20, 1e-20)
            for c, k in zip(at, known, strict=True)
        )


@pytest.mark.parametrize(
    ("activation", "depth", "point"),
    [("gelu", 2, 1), ("gelu", 1, 0), ("relu", 5, 1), ("relu", 3, -1), ("erf", 1, 1)],
)
def test_deep_kernels_within_what_is_left_out(activation, depth, point):
    kernel = tc.kernels.mlp(depth=depth, activation=activation).ntk
    near = kernel.series("rho", point, order=2)
    for h in (sp.Rational(1, 10**5), sp.Rational(1, 10**6)):
        rho = (point or -1) * (abs(point) - h)
        assert_error_holds(near.at(rho=rho, using=tc.Ball(30)), kernel.at(rho=rho, using=BALL))


def test_what_is_exact_has_no_error():
    assert formula(X**2 + 1).series("x", 0, order=2).error is None
    assert formula(X**2 + 1).series("x", 0, order=1).error == 2 * X**2


def test_sides():
    kink = sp.Abs(X) + X**2
    assert formula(kink, domain=X >= 0).series("x", 0, order=2).expr == X + X**2
    assert formula(kink, domain=X <= 0).series("x", 0, order=2).expr == -X + X**2
    with pytest.raises(tc.NotSupportedError, match="two sides"):
        formula(kink).series("x", 0)


@pytest.mark.parametrize(
    "expr", [X * sp.log(X), sp.gamma(X), sp.floor(X) * sp.Integral(sp.exp(-(X**2)), (X, 0, X))]
)
def test_no_powers(expr):
    with pytest.raises(tc.NotSupportedError):
        formula(expr).series("x", 0)


@pytest.mark.parametrize(
    ("name", "point", "order"),
    [("y", 0, 1), ("x", 3, 1), ("x", 0, -1), ("x", "a", 1), ("x", 0, 1.5)],
)
def test_bad_series(name, point, order):
    with pytest.raises(tc.DomainError):
        formula(sp.sqrt(1 - X**2), domain=X <= 1).series(name, point, order=order)


POSITIVE = sp.Symbol("x", positive=True)


@pytest.mark.parametrize(
    ("expr", "known"),
    [
        (
            sp.gamma(POSITIVE + sp.Rational(1, 2)) / sp.gamma(POSITIVE),
            [1, "-1/8", "1/128", "5/1024"],
        ),
        (sp.factorial(POSITIVE), [1, "1/12", "1/288", "-139/51840"]),
        (sp.binomial(2 * POSITIVE, POSITIVE), [1, "-1/8", "1/128", "5/1024"]),
        ((1 + 1 / POSITIVE) ** 3, [1, 3, 3, 1]),
        (POSITIVE**2 / (POSITIVE**2 - 1), [1, 0, 1, 0]),
    ],
)
def test_known_asymptotics(expr, known):
    """Abramowitz and Stegun 6.1.37 and 6.1.47, and central binomials."""
    large = tc.Formula("f", expr).asymptotics("x", order=3)
    leading = tc.Formula("f", expr).asymptotics("x", order=0)
    series = sum(sp.Rational(c) / POSITIVE**k for k, c in enumerate(known))
    assert sp.simplify(large.expr / leading.expr - series) == 0
    exactly = tc.Formula("f", expr).at(x=500, using=BALL)
    assert_error_holds(large.at(x=500, using=tc.Ball(30)), exactly)


def test_an_eigenvalue_in_a_large_dimension():
    d = sp.Symbol("d", integer=True, positive=True)
    mu = tc.sphere.funk_hecke("relu", d, 4)
    for order in range(4):
        near = mu.asymptotics("d", order=order)
        assert_error_holds(near.at(d=3000, using=tc.Ball(30)), mu.at(d=3000, using=BALL))


def test_no_asymptotics():
    for expr in (
        sp.sin(POSITIVE),
        sp.gamma(POSITIVE**2),
        1 + sp.gamma(POSITIVE),
        POSITIVE**POSITIVE,
    ):
        with pytest.raises(tc.NotSupportedError):
            tc.Formula("f", expr).asymptotics("x")
    for name, order in (("y", 1), ("x", -1), ("x", 1.5)):
        with pytest.raises(tc.DomainError):
            tc.Formula("f", sp.gamma(POSITIVE)).asymptotics(name, order=order)


@pytest.mark.parametrize(
    ("expr", "point", "limit"),
    [
        (sp.sin(3 * X) / X, 0, 3),
        ((1 - sp.cos(X)) / X**2, 0, sp.Rational(1, 2)),
        ((X**2 - 1) / (X - 1), 1, 2),
        (sp.exp(X) / X**2, 0, sp.oo),
        (X * sp.exp(X), 0, 0),
    ],
)
def test_limits_at_points(expr, point, limit):
    assert formula(expr).limit("x", point).expr == limit


@pytest.mark.parametrize(
    ("expr", "limit"),
    [
        (sp.gamma(POSITIVE + 2) / sp.gamma(POSITIVE) / POSITIVE**2, 1),
        (sp.binomial(2 * POSITIVE, POSITIVE) * sp.sqrt(POSITIVE) / 4**POSITIVE, 1 / sp.sqrt(sp.pi)),
        (POSITIVE / (POSITIVE + 1), 1),
        (1 / sp.gamma(POSITIVE), 0),
        (sp.sqrt(POSITIVE), sp.oo),
    ],
)
def test_limits_at_infinity(expr, limit):
    found = tc.Formula("f", expr).limit("x", sp.oo).expr
    assert found == limit or sp.simplify(found - limit) == 0


def test_no_limits():
    for expr in (sp.sin(1 / X), X * sp.log(X), sp.sign(X), 1 / X):
        with pytest.raises(tc.NotSupportedError):
            formula(expr).limit("x", 0)
    for name, point in (("y", 0), ("x", "a")):
        with pytest.raises(tc.DomainError):
            formula(X).limit(name, point)


def test_an_approximation_in_a_claim_keeps_its_error():
    """e^x ≈ 1 + x, with the error x², is neither below nor above e^x: that is not proved."""
    x = sp.Symbol("x", real=True)
    near = tc.Formula("near", 1 + x, error=x**2)
    truth = tc.Formula("exp", sp.exp(x))
    for relation in (near <= truth, truth <= near, sp.Le(near, sp.exp(x))):
        assert tc.check(tc.Claim(relation), x="0.1").verdict is tc.Verdict.UNDECIDED
    for relation in (near <= truth + x**2, truth <= near + 2 * x**2):
        assert tc.check(tc.Claim(relation), x="0.1").verdict is tc.Verdict.HOLDS
    assert tc.check(tc.Claim(near <= near)).verdict is tc.Verdict.HOLDS
    margin = tc.check(tc.Claim(near <= 2), x="0.1").margin
    assert margin.rigor is tc.Rigor.ESTIMATED
    assert margin.contains("0.91")
    assert margin.contains("0.89")


def test_the_error_of_an_approximation_with_intermediate_quantities():
    x, u = sp.symbols("x u", real=True)
    near = tc.Formula("near", u + 1, where=[(u, x**2)], error=u / 4, args=(x,))
    found = tc.certify(sp.exp(near), x=1)
    assert found.rigor is tc.Rigor.ESTIMATED
    assert found.contains(sp.exp(sp.Rational(9, 4)))
    assert found.contains(sp.exp(sp.Rational(7, 4)))


@pytest.mark.parametrize("point", ["0.01", "8/13", "20/13", "-14/13"])
def test_what_is_made_of_approximations(point):
    """e^x ≈ 1 + x with an error that is no small one."""
    near, z = tc.Formula("near", 1 + X, error=X**2 * sp.cosh(X)), sp.exp(sp.Rational(point))
    others = {
        near**2: z**2,
        (near**2) ** 2: z**4,
        near * (near - 3): z * (z - 3),
        near.subs(x=near): sp.exp(z),
        tc.Formula("sin", sp.sin(X)).subs(x=near): sp.sin(z),
        (near + 1) * near.subs(x=X / 2): (z + 1) * sp.sqrt(z),
    }
    for formula_of_it, truth in others.items():
        for using in (BALL, tc.Float()):
            assert formula_of_it.at(x=point, using=using).contains(truth)
