"""Certified rules at targets of a few bits, where their bounds bind."""

import cmath
import math
from types import SimpleNamespace

import pytest
import sympy as sp
from flint import acb, arb
from reference import assert_error_holds, value_of

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.complex_ball_functions import COMPLEX
from theorycalc.core.arithmetic.float import _in_double
from theorycalc.core.arithmetic.node_integral import node_integral
from theorycalc.core.errors import PrecisionError
from theorycalc.core.integration import certified_panels
from theorycalc.core.integration.certified_panels import panel_integral
from theorycalc.core.lowering import lower
from theorycalc.core.value import Rigor, Value

X = sp.Symbol("x", real=True)
LOW = (2, 4, 8, 12, 16)


def rule(function, left, right, bits, longest=2.0):
    """∫ by certified rules, at a target of 2^−bits."""
    with working_precision(64):
        target = arb(2) ** -bits
        ends = arb(left), arb(right)
        return value_of(panel_integral(function, one, ends, lambda *_: 0.0, target, longest))


def one(x):
    """The weight of a plain integral."""
    return arb(1)


@pytest.mark.parametrize("bits", LOW)
def test_rules_on_panels(bits):
    """Oscillations use up the bounds, to a fiftieth; poles are close to the ellipses."""
    for p in range(1, 30):
        with working_precision(200):
            a, w = arb(p) / 20, arb(p)
            oscillation = value_of(2 * w.sin() / w)
            poles = value_of(2 * (1 / a).atan() / a)
        assert_error_holds(rule(lambda context, x, w=w: (w * x).cos(), -1, 1, bits), oscillation)
        assert_error_holds(rule(lambda context, x, a=a: 1 / (x * x + a * a), -1, 1, bits), poles)


@pytest.mark.parametrize("bits", LOW)
def test_rules_on_panels_with_a_kink(bits):
    """A kink inside is seen, wherever it is: panels are halved towards it; a pole is refused."""
    for place in (arb(0), arb(85) / 256, arb(-7) / 8):
        exact = value_of(1 + place * place)
        found = rule(lambda context, x, c=place: context.apply("abs", x - c), -1, 1, bits)
        assert_error_holds(found, exact)
        with pytest.raises(PrecisionError, match="not analytic"):
            rule(lambda context, x, c=place: 1 / (x - c), -1, 1, bits)


@pytest.mark.parametrize("pole", [1.6, -1.6, 1.1j, 0.9 + 0.6j, -0.9 + 0.6j])
def test_the_bound_is_that_of_all_pieces(pole):
    """Wherever the function is large in the ellipse."""
    a = arb(pole.real), arb(abs(complex(pole).imag))

    def function(context, x):
        square = (x - a[0]) * (x - a[0]) + a[1] * a[1]
        return 1 / square

    width, height = (1.6 + 1 / 1.6) / 2, (1.6 - 1 / 1.6) / 2
    bound = float(certified_panels._bound(function, arb(0), width, height))
    for k in range(64):
        z = width * math.cos(k * math.pi / 32) + 1j * height * math.sin(k * math.pi / 32)
        assert abs(1 / ((z - pole) * (z - complex(pole).conjugate()))) <= bound


BEYOND_A_BRANCH_POINT = {
    "log": -1, "log1p": -2, "sqrt": -1, "asin": 2, "acos": -2, "atan": 2j, "asinh": -2j,
    "acosh": 0, "atanh": 2, "loggamma": -0.5, "ei": -1, "abs": 1j, "sign": 1j, "floor": 1 + 1j,
}  # fmt: skip


@pytest.mark.parametrize("name", BEYOND_A_BRANCH_POINT)
def test_nothing_is_holomorphic_across_its_cut(name):
    place = complex(BEYOND_A_BRANCH_POINT[name])
    box = acb(arb(place.real, 0.1), arb(place.imag, 0.1))
    assert not BallContext(analytic=True).apply(name, box).is_finite()


@pytest.mark.parametrize("radius", [0.02, 0.2, 0.45])
@pytest.mark.parametrize("angle", [0.0, 1.0, -2.5, 3.1])
def test_roots_of_wide_complex_balls(radius, angle):
    centre = cmath.exp(1j * angle)
    box = acb(arb(centre.real, radius / 1.5), arb(centre.imag, radius / 1.5))
    root = COMPLEX["sqrt"](box, analytic=False)
    for k in range(16):
        z = centre + radius / 1.5 * cmath.exp(1j * k * math.pi / 8)
        w = cmath.sqrt(z)
        assert root.contains(acb(w.real, w.imag)) or not root.is_finite()


@pytest.mark.parametrize("radius", [0.02, 0.2, 0.45])
@pytest.mark.parametrize("turned", [1, 1j])
def test_roots_of_segments_use_up_their_bound(radius, turned):
    """At the end towards 0 the root is farthest from that of the centre."""
    turned = acb(turned)
    root = COMPLEX["sqrt"](turned * acb(arb(1, radius)), analytic=False)
    for part in (-1, 1):
        assert root.overlaps((turned * (1 + part * arb(radius))).sqrt())


def test_every_branch_that_may_be_it_is_in_the_hull():
    one, two, three = (lambda x=x: arb(x) for x in (1, 2, 5))
    for truths in ((None, True, True), (None, None, True), (False, None, True)):
        conditions = [lambda truth=truth: truth for truth in truths]
        hull = BallContext().select(zip(conditions, (one, two, three), strict=True))
        possible = truths.index(True)
        assert all(hull.contains(f()) for f in (one, two, three)[truths.index(None) : possible + 1])
    assert not BallContext().select([(lambda: None, one)]).is_finite()


@pytest.mark.parametrize("size", [2, 10, 20])
def test_what_lies_beyond_a_cut_off(size):
    """A tail bound that is the tail itself, of an integral not much larger."""
    factor, cut = sp.Rational(1, 2**size), sp.Symbol("R", positive=True)
    tail = tc.Tail(factor * sp.exp(-cut), cut)
    integral = tc.Integral(factor * sp.exp(-X), X, 0, sp.oo, tails={sp.oo: tail})
    with working_precision(size + 8):
        ball = lower(integral).run(BallContext(), [])
    assert_error_holds(value_of(ball), factor)


def test_rounding_to_a_double_is_charged():
    for n in range(2, 40):
        value = tc.Formula("f", sp.sqrt(n) + sp.Rational(1, n)).at()
        assert_error_holds(value, tc.certify(sp.sqrt(n) + sp.Rational(1, n), digits=40))


@pytest.mark.parametrize("slack", [1e-12, 1e-3, 0.5])
def test_errors_of_arguments_of_a_double_routine(slack):
    routine = SimpleNamespace(in_double=lambda x, y: (math.exp(x) * y, 0.0))
    found = _in_double(routine, [arb(1, slack), arb(2)])
    assert float(found.rad()) >= 0.99 * 2 * (math.exp(1 + slack) - math.exp(1))


def nodes(function, *points, error=0.0):
    """∫ by rules of nodes, as a Value."""

    def at(x, negligible):
        value = function(x)
        return value, error, math.log(abs(value)) if value else -math.inf

    mid, rad = node_integral(at, [*points])
    return Value(mid=mid, rad=rad, rigor=Rigor.ESTIMATED)


def test_two_rules_are_compared():
    """At algebraic ends the estimate of one rule is too small."""
    for k in range(1, 14):
        value = nodes(lambda x, p=k / 20: x**-p if x else 0.0, 0.0, 1.0)
        exact = 1 / (1 - sp.Rational(k / 20))
        assert_error_holds(value, exact)


def test_a_mass_that_one_rule_misses():
    """What only the second rule sees is an error, even though the first one claims 14 digits."""
    centre, width, small = 0.4378875937564349, 0.00098, 1e-3

    def function(x):
        return math.exp(-((x - 0.5) ** 2)) + small * math.exp(-(((x - centre) / width) ** 2))

    assert nodes(function, 0.0, 1.0).rad > small * width


@pytest.mark.parametrize("error", [1e-12, 1e-3])
def test_errors_of_values_are_integrated(error):
    assert nodes(math.cos, 0.0, 2.0, error=error).rad >= 1.999 * error
    assert nodes(math.cos, 2.0, 0.0, error=error).rad >= 1.999 * error


@pytest.mark.parametrize("digits", [5, 10, 11, 12, 20])
def test_the_doubt_of_a_quadrature_is_part_of_the_error(digits):
    """Two precisions with the same nodes agree on a wrong number."""
    for place in (sp.Rational(1, 3), sp.Rational(5, 7)):
        hidden = tc.Integral(sp.Abs(X - place), X, 0, 1)
        exact = place**2 / 2 + (1 - place) ** 2 / 2
        try:
            value = tc.integrate(hidden, tc.MP(digits))
        except PrecisionError as refused:
            value = refused.value
        assert_error_holds(value, exact)


@pytest.mark.parametrize("digits", [5, 20])
def test_two_precisions_of_mp_differ(digits):
    for power in (10, 25, 60):
        x = sp.Rational(1, 10**power)
        value = tc.Formula("f", sp.exp(X) - 1 - X).at(x=x, using=tc.MP(digits))
        assert_error_holds(value, tc.certify(sp.exp(X) - 1 - X, digits=40, x=x))
