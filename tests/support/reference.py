"""Reference numbers from tests/data, and the one place where tolerances come from."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np

from theorycalc.core.arithmetic.ball import mid_and_rad
from theorycalc.core.binary import fraction
from theorycalc.core.value import Rigor, Value

DATA = Path(__file__).parent.parent / "data"
EPS = np.finfo(float).eps


def entries(name, *quantities):
    """The entries of one file that carry trusted digits, or sampled ones with their error."""
    loaded = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))["entries"]
    return [e for e in loaded if not quantities or e["quantity"] in quantities]


def label(entry):
    """A short name for a test id."""
    return " ".join([entry["quantity"], *(f"{k}={v}" for k, v in entry["params"].items())])


def assert_reference(value, entry):
    """The value's interval meets the trusted digits: one unit of the last of them."""
    expected = Fraction(entry["value"])
    unit = abs(expected) * Fraction(10) ** (1 - entry["digits"])
    gap = abs(fraction(value.mid) - expected)
    assert gap <= fraction(value.rad) + unit, f"{value!r} against {entry['value']}"


def assert_error_holds(value, exact):
    """|mid − exact| ≤ rad, by exact arithmetic.

    ``exact`` is a rational, a decimal string, an mpf, or a Value of so many more digits that its
    own error is less than a thousandth of the one under test.
    """
    error = Fraction(0)
    if hasattr(exact, "rad"):
        exact, error = fraction(exact.mid), fraction(exact.rad)
        assert 1000 * error <= max(fraction(value.rad), abs(exact) / 10**12), "the oracle is coarse"
    elif hasattr(exact, "_mpf_"):
        exact = fraction(exact)
    else:
        exact = Fraction(str(exact))
    gap = abs(fraction(value.mid) - exact)
    assert gap <= fraction(value.rad) + error, (
        f"{value!r} with rad {float(value.rad):.3g} is off by {float(gap):.3g}"
    )


def value_of(ball):
    """The Value of a ball, with all its bits."""
    mid, rad = mid_and_rad(ball, 53)
    return Value(mid=mid, rad=rad, rigor=Rigor.CERTIFIED)


def assert_low_targets_hold(enclosures, *, high=150, targets=(4, 8, 12, 16)):
    """``enclosures(bits)``, one ball or several, hold the truth where their bounds bind."""
    exact = enclosures(high)
    for bits in targets:
        found = enclosures(bits)
        pairs = zip(found, exact, strict=True) if isinstance(exact, tuple) else [(found, exact)]
        for ball, truth in pairs:
            assert_error_holds(value_of(ball), value_of(truth))


def relative_error(computed, value):
    """|computed − value|/|value| for a double and a Value of many more digits."""
    exact = fraction(value.mid)
    if exact == 0:
        return 0.0 if computed == 0 else np.inf
    return float(abs(Fraction(float(computed)) - exact) / abs(exact))
