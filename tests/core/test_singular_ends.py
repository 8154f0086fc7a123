"""Integrals that are singular at an end, or at a point inside that can be read off."""

import mpmath
import pytest
import sympy as sp
from flint import arb, fmpq
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.arithmetic.ball import enclose
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.germs import LEAST_DEPTH, GermContext, integral_to_end
from theorycalc.core.lowering import lower

X, Y, Z, A, B = sp.symbols("x y z a b", real=True)
R = sp.Rational
UNIT = (X, 0, 1), (Y, 0, 1)
EULER = sp.EulerGamma

# Integrands over (0, 1), and their integrals by closed forms, or by series of mpmath.
CLOSED = {
    X * sp.log(X): R(-1, 4),
    sp.log(X) ** 2: 2,
    1 / sp.sqrt(X): 2,
    X ** R(-9, 10): 10,
    X ** R(-1, 3) * (1 - X) ** R(-2, 3): 2 * sp.pi / sp.sqrt(3),
    X ** (sp.sqrt(2) - 2): 1 + sp.sqrt(2),
    sp.log(X) * sp.log(1 - X): 2 - sp.pi**2 / 6,
    sp.log(1 - X) / X: -(sp.pi**2) / 6,
    sp.log(sp.log(1 / X)): -EULER,
    sp.sqrt(-sp.log(X)): sp.sqrt(sp.pi) / 2,
    1 / sp.sqrt(1 - X**2): sp.pi / 2,
    1 / sp.sqrt(X * (1 - X)): sp.pi,
    sp.loggamma(X): sp.log(2 * sp.pi) / 2,
    sp.log(sp.sin(sp.pi * X)): -sp.log(2),
    sp.log(sp.Abs(X - R(1, 3))): R(2, 3) * sp.log(R(2, 3)) + R(1, 3) * sp.log(R(1, 3)) - 1,
    sp.Abs(X - R(1, 3)) ** R(-1, 2): 2 * (sp.sqrt(3) / 3 + sp.sqrt(6) / 3),
    sp.atan(sp.sqrt(X)) / X: None,
    sp.log(sp.erf(X)): None,
    sp.exp(-(sp.log(X) ** 2)) + sp.sin(X) * X ** R(-19, 10): None,
    sp.log(X) / sp.sqrt(sp.exp(X) + 1): None,
}


def _exact(f):
    if CLOSED[f] is not None:
        return mpmath.mpf(sp.N(CLOSED[f], 90))
    g = sp.lambdify(X, f, "mpmath")
    # u = log(1/x) makes every singularity at 0 an exponential tail
    return mpmath.quad(lambda u: g(mpmath.exp(-u)) * mpmath.exp(-u), [0, 1, 8, 64, 512, 2048])


@pytest.mark.parametrize("digits", [2, 4, 20, 60])
@pytest.mark.parametrize("integrand", CLOSED, ids=str)
def test_singular_ends_are_enclosed(integrand, digits):
    value = tc.certify(sp.Integral(integrand, (X, 0, 1)), digits=digits)
    with mpmath.mp.workdps(90):
        exact = _exact(integrand)
        if CLOSED[integrand] is None:
            exact = tc.Value(mid=exact, rad=1e-35, rigor=tc.Rigor.ESTIMATED)
            assert value.overlaps(exact)
        else:
            assert_error_holds(value, exact)


@pytest.mark.parametrize("bits", [8, 12, 16, 24])
@pytest.mark.parametrize("integrand", [f for f in CLOSED if CLOSED[f] is not None], ids=str)
def test_singular_ends_at_few_bits(integrand, bits):
    x = enclose(lower(sp.Integral(integrand, (X, 0, 1))), [], bits)
    assert not x.is_finite() or tc.certify(sp.Add(CLOSED[integrand], 0), digits=40).overlaps(
        tc.Ball(20).to_value(x, bits=bits)
    )


GERMS = [
    sp.log(X) ** 2,
    sp.log(X) + X * sp.log(X) ** 8,
    sp.log(sp.log(1 / X)),
    sp.log(sp.sqrt(X) * sp.log(1 / X)),
    sp.log(sp.sin(3 * X)),
    sp.log(sp.atan(X)) * X ** R(-1, 2),
    sp.log(1 + X) * X ** R(-19, 10),
    X ** (sp.sqrt(2) - 2),
    1 / sp.log(X) ** 2,
    sp.gamma(X) * sp.sqrt(X),
    X**X,
    *(
        f(X) * X ** R(-19, 10)
        for f in (
            *(sp.sin, sp.tan, sp.sinh, sp.tanh, sp.asin, sp.atan, sp.asinh, sp.atanh, sp.erf),
            lambda x: sp.exp(x) - 1,
        )
    ),
]


@pytest.mark.parametrize("end", [1, 3])
@pytest.mark.parametrize("depth", [LEAST_DEPTH, 8])
@pytest.mark.parametrize("integrand", GERMS, ids=str)
def test_bounds_at_an_end_hold(integrand, depth, end):
    """∫ over (0, end·2^-depth] against mpmath in u = log(1/x)."""
    with working_precision(53):
        plain, program = BallContext(integrand=True), lower(integrand, (X,))
        x = integral_to_end(plain, program, [], fmpq(end), depth)
        assert x.is_finite()
        value = tc.Ball(20).to_value(arb(x.real), bits=53)
    f = sp.lambdify(X, integrand, "mpmath")
    # e^x − 1 at x = e^-512 has digits only with many more
    with mpmath.mp.workdps(240 if integrand.has(sp.exp) else 30):
        start = -mpmath.log(mpmath.mpf(end) / 2**depth)
        steps = [start, start + 1, start + 8, start + 64, start + 512]
        exact = mpmath.quad(lambda u: f(mpmath.exp(-u)) * mpmath.exp(-u), steps)
    assert_error_holds(value, exact)


@pytest.mark.parametrize("power", [fmpq(1, 2), fmpq(1), fmpq(0)])
@pytest.mark.parametrize("logs", [fmpq(-2), fmpq(0), fmpq(1), fmpq(8)])
def test_ranges_of_germs(power, logs):
    known = GermContext(BallContext(), LEAST_DEPTH).range_of(power, logs)
    for k in range(8, 80):
        size = arb(k) / 2
        value = (-arb(power) * size).exp() * size ** arb(logs)
        assert not known.is_finite() or known.contains(value.mid())


@pytest.mark.parametrize(
    "integrand", [1 / X, X ** R(-3, 2), sp.log(X) / X, 1 / sp.sin(X) ** 2], ids=str
)
@pytest.mark.parametrize("using", [tc.Ball(20), tc.MP(20)], ids=str)
def test_divergences_are_known_as_such(integrand, using):
    with pytest.raises(tc.DomainError, match="divergent"):
        tc.Formula("f", sp.Integral(integrand, (X, 0, 1))).at(using=using)


def test_the_sophomores_dream():
    value = tc.certify(sp.Integral(X**X, (X, 0, 1)), digits=60)
    with mpmath.mp.workdps(80):
        terms = (-((-mpmath.mpf(n)) ** -n) for n in range(1, 60))
        assert_error_holds(value, mpmath.fsum(terms))


@pytest.mark.parametrize(("a", "b"), [("1/3", "1/7"), ("0.1", "5/2"), ("3/2", "1/2")])
def test_beta_functions_with_parameters(a, b):
    formula = tc.Formula("f", sp.Integral(X ** (A - 1) * (1 - X) ** (B - 1), (X, 0, 1)))
    value = formula.at(a=a, b=b, using=tc.Ball(20))
    with mpmath.mp.workdps(40):
        numbers = (mpmath.mpf(R(x).p) / R(x).q for x in (a, b))
        assert_error_holds(value, mpmath.beta(*numbers))


ITERATED = {
    sp.Integral(1 / sp.sqrt(X * Y), *UNIT): 4,
    sp.Integral(sp.log(X + Y), *UNIT): 2 * sp.log(2) - R(3, 2),
    sp.Integral(sp.log(sp.Abs(X - Y)), *UNIT): R(-3, 2),
    sp.Integral(sp.sqrt(sp.Abs(X - Y)), *UNIT): R(8, 15),
    sp.Integral(sp.Abs(X - Y) ** R(-1, 2), *UNIT): R(8, 3),
    sp.Integral(X, (X, 0, sp.Abs(Y - R(1, 4))), (Y, 0, 1)): R(7, 96),
    sp.Integral(
        1,
        (X, -sp.sqrt(1 - Y**2 - Z**2), sp.sqrt(1 - Y**2 - Z**2)),
        (Y, -sp.sqrt(1 - Z**2), sp.sqrt(1 - Z**2)),
        (Z, -1, 1),
    ): 4 * sp.pi / 3,
}


@pytest.mark.parametrize("node", ITERATED, ids=str)
def test_singular_iterated_integrals(node):
    exact = tc.certify(sp.Add(ITERATED[node], 0), digits=40)
    assert_error_holds(tc.certify(node, digits=15), exact)


def test_a_smooth_function_over_a_disc():
    """∫ e^{xy} over the unit disc, by its power series."""
    w = sp.sqrt(1 - Y**2)
    value = tc.certify(sp.Integral(sp.exp(X * Y), (X, -w, w), (Y, -1, 1)), digits=12)
    with mpmath.mp.workdps(30):
        angle = mpmath.quad(
            lambda a: 2 * mpmath.quad(lambda r: r * mpmath.exp(r * r * mpmath.sin(a) / 2), [0, 1]),
            [0, mpmath.pi],
        )
        exact = (
            angle
            + mpmath.quad(
                lambda a: (
                    2 * mpmath.quad(lambda r: r * mpmath.exp(-r * r * mpmath.sin(a) / 2), [0, 1])
                ),
                [0, mpmath.pi],
            )
        ) / 2
    assert_error_holds(value, exact)


@pytest.mark.parametrize("using", [tc.Ball(20), tc.MP(20), tc.Float()], ids=str)
@pytest.mark.parametrize(
    "integrand",
    [
        1 / X,
        1 / X - 1 / (R(9, 10) - X),
        1 / (X - R(1, 3)),
        X ** R(-3, 2),
        1 / sp.sin(X) ** 2,
        1 / (X * sp.log(2 / X)),
    ],
    ids=str,
)
def test_divergent_integrals_are_refused(integrand, using):
    with pytest.raises((tc.DomainError, tc.PrecisionError)):
        tc.Formula("f", sp.Integral(integrand, (X, 0, R(9, 10)))).at(using=using)
