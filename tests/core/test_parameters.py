"""MP, Ball and Float agree over the vocabulary, real parameters included, or refuse."""

import itertools
from fractions import Fraction

import pytest
import sympy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mpmath import mp
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.errors import TheoryCalcError

P = sympy.symbols("p0:6", real=True)
ARITHMETICS = [tc.Ball(20), tc.MP(20), tc.Float()]

NAMES = """
    atan2 besseli besselj besselk bessely beta binomial chebyshevt chebyshevu expint
    FallingFactorial hermite legendre lowergamma Mod polylog RisingFactorial uppergamma zeta
"""
FUNCTIONS = {
    **{name: (getattr(sympy, name), 2) for name in NAMES.split()},
    **{name: (getattr(sympy, name), 1) for name in ("gamma", "loggamma", "digamma", "frac")},
    "hyp0f1": (lambda b, z: sympy.hyper([], [b], z), 2),
    "hyp1f1": (lambda a, b, z: sympy.hyper([a], [b], z), 3),
    "hyp1f2": (lambda a, b, c, z: sympy.hyper([a], [b, c], z), 4),
    "hyp2f1": (lambda a, b, c, z: sympy.hyper([a, b], [c], z), 4),
    "gegenbauer": (sympy.gegenbauer, 3),
    "assoc_laguerre": (sympy.assoc_laguerre, 3),
    "hyperu": (tc.hyperu, 3),
    "piecewise": (lambda x, y: sympy.Piecewise((sympy.sin(x), x < y), (x + 7, True)), 2),
}
_integers = st.integers(-12, 12).map(Fraction)
_halves = st.integers(-15, 15).map(lambda k: Fraction(k, 2))
# as near to a special case as no rounded number tells
_near = st.builds(
    lambda centre, bits, sign: centre + Fraction(sign, 2**bits),
    _halves,
    st.sampled_from([20, 60, 100, 200]),
    st.sampled_from([-1, 1]),
)
_sizes = st.sampled_from(["1e-30", "-1e-30", "1000", "-2001/2", "1000000/3"]).map(Fraction)
_numbers = st.one_of(_integers, _halves, _near, _sizes, st.fractions(-9, 9, max_denominator=12))


def values(function, numbers):
    """What the arithmetics answer; one that refuses is left out."""
    symbols = P[: len(numbers)]
    formula = tc.Formula("f", function(*symbols), args=symbols)
    found = []
    for using in ARITHMETICS:
        try:
            found.append(
                formula.at(using=using, **dict(zip(map(str, symbols), numbers, strict=True)))
            )
        except TheoryCalcError:
            continue
    return found


@given(st.data())
@settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_arithmetics_agree(data):
    name = data.draw(st.sampled_from(sorted(FUNCTIONS)))
    function, count = FUNCTIONS[name]
    numbers = data.draw(st.tuples(*[_numbers] * count))
    for one, other in itertools.combinations(values(function, numbers), 2):
        assert one.overlaps(other), f"{name}{tuple(map(str, numbers))}: {one!r}, {other!r}"


def polynomial(upper, lower, z):
    """A hypergeometric series that ends, in rationals; None where it divides by 0."""
    total = term = Fraction(1)
    for k in range(max(-x for x in upper if x.denominator == 1 and x <= 0).numerator):
        for x in upper:
            term *= x + k
        if not term:
            break
        for x in lower:
            if x + k == 0:
                return None
            term /= x + k
        term *= z / (k + 1)
        total += term
    return total


@pytest.mark.parametrize("z", ["-5", "1/2", "1", "40", "-1000000"])
@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        *((["-2"], ["-3"]), (["-7"], ["-9"]), (["-3"], ["-2"]), (["-3", "3"], ["-30"])),
        *((["-1"], ["-2", "-4/3"]), (["-3", "3"], ["-30", "1/2"]), (["-2", "-3"], ["-3"])),
        *((["-4"], ["1/3", "5"]), (["-5", "1/2"], ["2", "3"])),
    ],
    ids=str,
)
def test_series_that_end(upper, lower, z):
    """Also before a lower parameter makes a pole, and at large arguments."""
    upper, lower = [list(map(Fraction, xs)) for xs in (upper, lower)]
    exact = polynomial(upper, lower, Fraction(z))
    p, q = len(upper), len(lower)
    found = values(
        lambda *xs: sympy.hyper(xs[:p], xs[p : p + q], xs[-1]), [*upper, *lower, Fraction(z)]
    )
    assert len(found) == (0 if exact is None else 3)
    for value in found:
        assert_error_holds(value, exact)


POLES = [
    (tc.hyperu, ("1/2", 1, 0)),  # logarithmic
    (tc.hyperu, ("-9/2", 20, 0)),
    (sympy.polylog, (-1, 1)),
    (sympy.polylog, ("1/2", 1)),
    (sympy.lowergamma, ("-1/2", 0)),
    (sympy.uppergamma, ("-1/2", 0)),
    (sympy.LambertW, (5, "1e-30")),
    (sympy.zeta, (13, -2)),
    (sympy.zeta, ("3/2", -1)),
    (sympy.polygamma, ("15/2", -2)),
    (lambda x, y: x * sympy.atan2(1 / x, y), (0, 1)),
    (tc.bivariate_normal, (1, 1, 2)),
    (lambda a, b, z: sympy.hyper([a], [b], z), (21, -3, -500000000000)),
]


def _name(x) -> str:
    return getattr(x, "__name__", str(x))


@pytest.mark.parametrize(("function", "numbers"), POLES, ids=_name)
def test_poles_are_refused(function, numbers):
    assert not values(function, [Fraction(x) for x in numbers])


VALUES = [
    (tc.hyperu, (-3, 20, 0), lambda a, b, x: -mp.rf(b, 3)),
    (tc.hyperu, (2, "-1/3", 0), lambda a, b, x: mp.gamma(1 - b) / mp.gamma(a - b + 1)),
    (sympy.lowergamma, (3, "-7/100"), lambda s, x: 2 - mp.exp(-x) * (x * x + 2 * x + 2)),
    (sympy.lowergamma, (20, -50), lambda s, x: x**s / s * mp.hyp1f1(1, s + 1, x) * mp.exp(-x)),
    (sympy.chebyshevu, (-1, "5.001"), lambda n, x: mp.zero),
    (sympy.chebyshevt, (-7, "0.3"), lambda n, x: mp.cos(7 * mp.acos(x))),
    (sympy.legendre, (-7, "0.3"), lambda n, x: mp.legendre(6, x)),
    (sympy.besselj, (-3, "1e-300"), lambda n, x: -mp.besselj(3, x)),
    (sympy.besseli, (-20, "1e-300"), lambda n, x: mp.besseli(20, x)),
    (sympy.besselk, ("-5/2", 2), lambda n, x: mp.besselk(-n, x)),
    (sympy.binomial, (-4, -29), lambda n, k: mp.zero),
]


@pytest.mark.parametrize(("function", "numbers", "oracle"), VALUES, ids=_name)
def test_special_parameters(function, numbers, oracle):
    numbers = [Fraction(x) for x in numbers]
    found = values(function, numbers)
    with mp.workdps(60):
        exact = oracle(*(mp.mpf(x.numerator) / x.denominator for x in numbers))
    assert len(found) == len(ARITHMETICS)
    for value in found:
        assert_error_holds(value, exact)


def test_the_last_bits_of_large_numbers():
    """Γ next to a pole that the number would be rounded to."""
    x = -Fraction(10**40, 3)
    pi = sympy.sin(sympy.pi * P[0]) * sympy.gamma(P[0]) * sympy.gamma(1 - P[0])
    value = tc.Formula("f", pi).at(p0=x, using=tc.MP(20))
    assert_error_holds(value, str(sympy.N(sympy.pi, 50)))
