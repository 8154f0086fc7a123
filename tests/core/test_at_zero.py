"""The parts of the next terms that make expansions at zero exact are between 0 and 1."""

from itertools import product

import mpmath
import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.core.at_zero import expansion_at_zero

X = sp.Symbol("x", positive=True)
THETA = sp.Symbol("theta", nonnegative=True)
mp = mpmath.mp.clone()
_ORDERS = ("0", "1", "1/3", "-1/4", "5/2", "3", "-10/3", "7")
CASES = [
    *((sp.besseli, order, "besseli") for order in _ORDERS),
    *((sp.besselj, order, "besselj") for order in (*_ORDERS, "-2")),
    *((sp.besselk, order, "besselk") for order in _ORDERS),
    *((sp.expint, order, "expint") for order in ("1", "2", "5")),
    *((sp.lowergamma, s, "lower") for s in ("1/3", "1", "7/2")),
    *((sp.uppergamma, s, "upper") for s in ("1/3", "1", "7/2", "0", "-2")),
]


def _exactly(name, order, x):
    if name in ("lower", "upper"):
        return mp.gammainc(order, 0, x) if name == "lower" else mp.gammainc(order, x)
    return getattr(mp, name)(order, x)


@pytest.mark.parametrize("terms", [1, 4])
@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0].__name__} {c[1]}")
def test_the_function_is_between_the_ends_of_the_parts(case, terms):
    function, text, name = case
    order = sp.Rational(text)
    found = expansion_at_zero(function, (order,), terms, x=X, theta=THETA)
    parts = sorted(found.expr.free_symbols - {X}, key=str)
    for share in ("1/1000", "1/3", "999/1000"):
        x = found.start * sp.Rational(share)
        corners = [dict(zip(parts, c, strict=True)) for c in product((0, 1), repeat=len(parts))]
        values = [
            tc.certify(found.expr.subs({X: x, **corner}), digits=90).mid for corner in corners
        ]
        with mp.workdps(100):
            exact = _exactly(name, mp.mpf(int(order.p)) / int(order.q), mp.mpf(int(x.p)) / int(x.q))
            values = [mp.make_mpf(value._mpf_) for value in values]
            slack = mp.mpf(10) ** -80 * max(1, *map(abs, values))
            assert min(values) - slack <= exact <= max(values) + slack
            width = max(values) - min(values)
        if (share, terms) == ("1/1000", 4):
            assert width <= abs(exact) * 1e-8


@pytest.mark.parametrize(
    ("function", "parameters"),
    [(sp.sin, ()), (sp.besselj, (sp.pi,)), (sp.expint, (sp.S.Half,)), (sp.lowergamma, (-1,)),
     (sp.besselk, (sp.Symbol("nu"),))],
)  # fmt: skip
def test_what_has_none_is_refused(function, parameters):
    with pytest.raises(tc.NotSupportedError):
        expansion_at_zero(function, parameters)
