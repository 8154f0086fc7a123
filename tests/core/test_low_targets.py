"""Certified rules at targets of a few bits, where their bounds bind."""

import pytest
from flint import arb
from reference import assert_error_holds, value_of

from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.ball_panels import panel_rule
from theorycalc.core.errors import PrecisionError

LOW = (2, 4, 8, 12, 16)


def rule(function, left, right, bits, longest=2.0):
    """∫ by certified rules, at a target of 2^−bits."""
    with working_precision(64):
        target = arb(2) ** -bits
        _, values, error = panel_rule(
            function, arb(left), arb(right), lambda *_: arb(1), target, longest
        )
        return value_of(sum(values, arb(0)) + arb(0, error.abs_upper()))


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
    """A kink inside is seen, wherever it is: no panel around it is good enough."""
    for place in (arb(0), arb(1) / 3, arb(-7) / 8):
        with pytest.raises(PrecisionError, match="not analytic"):
            rule(lambda context, x, c=place: context.apply("abs", x - c), -1, 1, bits)
