"""The θ that makes an expansion at infinity exact is between 0 and 1, at 60 digits and more."""

import mpmath
import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.core.enveloping import EnclosingExpansion, enclosing_expansion

X, THETA = sp.symbols("x theta", positive=True)
mp = mpmath.mp.clone()


def log_ndtr(x):
    return mp.log1p(-mp.erfc(x / mp.sqrt(2)) / 2)


def erfcx(x):
    return mp.exp(x * x) * mp.erfc(x)


# Functions, their other arguments, and the same in mpmath.
CASES = [
    (sp.erf, (), mp.erf),
    (sp.erfc, (), mp.erfc),
    (tc.erfcx, (), erfcx),
    (tc.log_erfc, (), lambda x: mp.log(mp.erfc(x))),
    (tc.log_ndtr, (), log_ndtr),
    (sp.gamma, (), mp.gamma),
    (sp.loggamma, (), mp.loggamma),
    (sp.digamma, (), mp.digamma),
    (sp.polygamma, (0,), mp.digamma),
    (sp.polygamma, (1,), lambda x: mp.zeta(2, x)),
    (sp.polygamma, (4,), lambda x: -24 * mp.zeta(5, x)),
    (sp.zeta, ("3/2",), lambda x: mp.zeta(mp.mpf(1.5), x)),
    *(
        (function, (order,), lambda x, name=name, order=order: getattr(mp, name)(_mpf(order), x))
        for function, name in ((sp.besselk, "besselk"), (sp.besseli, "besseli"))
        for order in ("0", "1", "1/3", "-1/4", "5/2", "10/3", "7", "-4/3")
    ),
    *(
        (sp.uppergamma, (s,), lambda x, s=s: mp.gammainc(_mpf(s), x))
        for s in ("1/3", "-2", "1", "7/2", "6")
    ),
    (sp.expint, (1,), mp.e1),
    (sp.expint, ("5/2",), lambda x: mp.expint(mp.mpf(2.5), x)),
]


def _mpf(text):
    x = sp.Rational(text)
    return mp.mpf(int(x.p)) / int(x.q)


def expansion_of(function, parameters, terms):
    numbers = tuple(sp.Rational(p) for p in parameters)
    return enclosing_expansion(function, numbers, terms, x=X, theta=THETA)


def label(case):
    function, parameters, _ = case
    return " ".join([function.__name__, *map(str, parameters)])


@pytest.mark.parametrize("terms", [0, 1, 2, 5, 9])
@pytest.mark.parametrize("case", CASES, ids=label)
def test_the_part_of_the_next_term_is_between_0_and_1(case, terms):
    """The expression is monotone in θ: f is between its ends if and only if θ is."""
    function, parameters, exactly = case
    found = expansion_of(function, parameters, terms)
    for beyond in ("1/100", "1", "6", "40"):
        x = sp.ceiling(found.start) + sp.Rational(beyond)
        with mp.workdps(120):
            low, high = sorted(_at(found.expr, x, theta) for theta in (0, 1))
            exact = mp.re(exactly(_mpf(x)))
            slack = mp.mpf(10) ** -100 * max(abs(exact), abs(low), abs(high))
            assert low - slack <= exact <= high + slack


def _at(expr, x, theta, digits=120):
    value = tc.certify(expr.subs({X: x, THETA: theta}), digits=digits)
    return mp.make_mpf(value.mid._mpf_)


@pytest.mark.parametrize("case", CASES, ids=label)
def test_they_are_narrow_far_out(case):
    function, parameters, _ = case
    widths = []
    for terms in (4, 8):
        expr = expansion_of(function, parameters, terms).expr
        with mp.workdps(60):
            low, high = (_at(expr, sp.Integer(200), theta, 60) for theta in (0, 1))
            widths.append(abs(high - low) / abs(low))
    assert widths[1] <= widths[0] < 1e-3
    assert widths[1] < 1e-7


def test_they_are_expressions_in_two_symbols():
    found = enclosing_expansion(sp.loggamma)
    assert isinstance(found, EnclosingExpansion)
    assert found.expr.free_symbols == {found.x, found.theta}
    assert not found.expr.has(sp.loggamma)
    exact = enclosing_expansion(sp.besselk, (sp.Rational(5, 2),), x=X, theta=THETA)
    assert exact.expr.free_symbols == {X}  # the series ends


@pytest.mark.parametrize(
    ("function", "parameters"),
    [(sp.sin, ()), (sp.besselj, (0,)), (sp.zeta, (1,)), (sp.polygamma, (sp.S.Half,)),
     (sp.besselk, (sp.Symbol("nu"),))],
)  # fmt: skip
def test_what_has_none_is_refused(function, parameters):
    with pytest.raises(tc.NotSupportedError):
        enclosing_expansion(function, parameters)
