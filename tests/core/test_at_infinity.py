"""Expansions at large arguments that are no products, and means over binomial laws."""

import mpmath
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc

N, K = sp.symbols("n k", integer=True, positive=True)
X = sp.Symbol("x", positive=True)
Y = sp.Symbol("y", real=True)
MEAN = sp.binomial(N, K) * X**K * (1 - X) ** (N - K)


def over_binomial(g, weight=MEAN):
    return sp.Sum(weight * g, (K, 0, N))


# Means in closed form: generating functions of the binomial law.
CLOSED = {
    "exp": (sp.exp(K / N), lambda n, x: (1 - x + x * mpmath.exp(1 / n)) ** n),
    "1/(k+1)": (1 / (K + 1), lambda n, x: (1 - (1 - x) ** (n + 1)) / ((n + 1) * x)),
    "cos": (sp.cos(K / N), lambda n, x: mpmath.re((1 - x + x * mpmath.expj(1 / n)) ** n)),
    "third": (
        (K / N) ** 3,
        lambda n, x: x**3 + 3 * x**2 * (1 - x) / n + x * (1 - x) * (1 - 2 * x) / n**2,
    ),
}


@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_means_over_binomial_laws(name, order):
    g, closed = CLOSED[name]
    formula = tc.Formula("B", over_binomial(g), args=(N, X))
    near = formula.asymptotics("n", order=order)
    with mpmath.workdps(60):
        for n, x in ((400, "1/3"), (3000, "4/5")):
            p, q = map(int, x.split("/"))
            exactly = closed(mpmath.mpf(n), mpmath.mpf(p) / q)
            assert_error_holds(near.at(n=n, x=x, using=tc.Ball(40)), exactly)


def test_polynomials_are_exact():
    near = tc.Formula("B", over_binomial((K / N) ** 2)).asymptotics("n", order=2)
    assert near.error is None
    assert sp.expand(near.expr - X**2 - X * (1 - X) / N) == 0


def test_voronovskaya():
    for f in (sp.sqrt, sp.atan, lambda t: 1 / (1 + t)):
        gap = tc.Formula("V", N * (over_binomial(f(K / N)) - f(X)), args=(N, X))
        limit = gap.limit("n", sp.oo).expr
        assert sp.simplify(limit - X * (1 - X) * f(X).diff(X, 2) / 2) == 0


def test_numbers_and_steps_around_the_mean():
    fair = over_binomial(sp.log(1 + K / N), sp.binomial(N, K) / 2**N)
    step = sp.Symbol("s", positive=True)
    formula = tc.Formula("B", step**2, args=(N,), where=[(step, fair)])
    near = formula.asymptotics("n", order=1)
    assert (
        sp.simplify(
            near.expr - sp.log(sp.Rational(3, 2)) ** 2 + sp.log(sp.Rational(3, 2)) / (9 * N)
        )
        == 0
    )
    assert_error_holds(near.at(n=300), formula.at(n=300, using=tc.Ball(30)))


@pytest.mark.parametrize(
    "expr",
    [
        over_binomial(sp.Abs(K / N - sp.S.Half), sp.binomial(N, K) / 2**N),
        over_binomial(
            sp.Abs(K / N - sp.S.Half), sp.binomial(N, K) * 2 ** (N - K) / sp.Integer(3) ** N
        ),
        over_binomial(K, sp.binomial(N, K)),
        sp.Sum(sp.binomial(N, K) ** 2 / 4**N, (K, 0, N)),
        sp.Sum(1 / K, (K, 1, N)),
        over_binomial(sp.gamma(K)),
    ],
)
def test_no_such_mean(expr):
    with pytest.raises(tc.NotSupportedError):
        tc.Formula("B", expr).asymptotics("n")


@pytest.mark.parametrize(
    ("expr", "known"),
    [
        (sp.sqrt(X**2 + X) - X, [sp.S.Half, -sp.Rational(1, 8), sp.Rational(1, 16)]),
        (X * sp.log(1 + 1 / X), [1, -sp.S.Half, sp.Rational(1, 3)]),
        ((1 + 1 / X) ** X, [sp.E, -sp.E / 2, 11 * sp.E / 24]),
        ((X**3 + 1) / (X**3 + X), [1, 0, -1]),
        (
            sp.exp(1 / X) * sp.atan(X / (1 + X)),
            [sp.pi / 4, sp.pi / 4 - sp.S.Half, sp.pi / 8 - sp.Rational(1, 4)],
        ),
    ],
)
def test_powers(expr, known):
    near = tc.Formula("f", expr).asymptotics("x", order=2)
    assert sp.simplify(near.expr - sum(c / X**k for k, c in enumerate(known))) == 0
    assert_error_holds(
        near.at(x=2000, using=tc.Ball(30)), tc.Formula("f", expr).at(x=2000, using=tc.Ball(60))
    )


@pytest.mark.parametrize(
    ("expr", "limit"),
    [
        (Y / sp.sqrt(1 + Y**2), -1),
        (sp.sqrt(Y**2 + Y) + Y, -sp.S.Half),
        (sp.exp(Y), 0),
        (Y**3, -sp.oo),
        (sp.Abs(Y) / (1 + Y), -1),
    ],
)
def test_limits_at_minus_infinity(expr, limit):
    assert tc.Formula("f", expr).limit("y", -sp.oo).expr == limit


def test_infinity_outside_the_domain():
    for formula, point in (
        (tc.Formula("f", X), -sp.oo),
        (tc.Formula("f", Y, domain=Y >= 0), -sp.oo),
        (tc.Formula("f", Y, domain=Y <= 1), sp.oo),
    ):
        with pytest.raises(tc.DomainError, match="outside"):
            formula.limit(formula.args[0].name, point)


def test_an_expansion_that_no_point_checks_says_so():
    narrow = sp.Interval(sp.Rational(1, 100), sp.Rational(1, 50))
    formula = tc.Formula("f", sp.sqrt(1 + Y / X), args=(X, Y), domain={Y: narrow})
    assert "not checked" in formula.asymptotics("x").note
    assert not tc.Formula("f", sp.sqrt(1 + Y / X), args=(X, Y)).asymptotics("x").note
