"""The methods with Gaussian weights on polynomials of all degrees, for their tests."""

import math

import sympy as sp
from hypothesis import strategies as st

from theorycalc.relu.routes.cosine import CosineRoute
from theorycalc.relu.routes.exponential import ExponentialRoute
from theorycalc.relu.routes.gaussian import GaussianRoute
from theorycalc.relu.target import Target

X = sp.symbols("x1:6")
HALF, FIFTH = sp.Rational(1, 2), sp.Rational(1, 5)
ROUTES = {
    "gaussian": lambda target, s=sp.S.One: GaussianRoute(target, s),
    "exp": lambda target, s=sp.S.One: ExponentialRoute(target, "exp", scale=s),
    "sech": lambda target, s=sp.S.One: ExponentialRoute(target, "relu", HALF, FIFTH, s),
    "cosine": lambda target, s=sp.S.One: CosineRoute(target, s),
}
# A polynomial with parts of all degrees for every d, as {α: c}.
EXAMPLES = {
    1: {(4,): "1", (3,): "-2/3", (1,): "1", (0,): "1/2"},
    2: {(2, 1): "1", (0, 1): "-3", (2, 2): "1/2", (0, 0): "1"},
    3: {(1, 1, 1): "1", (2, 0, 0): "-1/3", (0, 0, 1): "2"},
    4: {(1, 1, 0, 1): "2/5", (0, 0, 2, 0): "1", (1, 0, 0, 0): "-1"},
    5: {(1, 0, 0, 0, 1): "1", (0, 1, 0, 0, 0): "1/4", (0, 0, 2, 0, 0): "-1"},
}
KINDS_AND_DIMENSIONS = [(kind, d) for kind in ROUTES for d in EXAMPLES]


def target(terms):
    """The polynomial of {α: c}."""
    variables = X[: len(next(iter(terms)))]
    monomials = (
        sp.Rational(c) * sp.Mul(*map(sp.Pow, variables, alpha)) for alpha, c in terms.items()
    )
    return Target.of(sp.Add(*monomials), variables)


def point(d):
    """A rational point without zeros."""
    return [sp.Rational((-1) ** i * (i + 2), 2 * i + 5) for i in range(d)]


def exact(route, x):
    """f(x)."""
    return route.target.polynomial.as_expr().subs(dict(zip(route.target.variables, x, strict=True)))


def size(route, x):
    """S(x)."""
    square = route.second_moment().subs(dict(zip(route.target.variables, x, strict=True)))
    return math.sqrt(square)


@st.composite
def cases(draw):
    """(route, point) with random polynomials of random size."""
    d = draw(st.integers(1, 5))
    degree = {1: 6, 2: 5, 3: 4, 4: 3, 5: 2}[d]
    exponents = st.lists(st.integers(0, degree), min_size=d, max_size=d).filter(
        lambda alpha: sum(alpha) <= degree
    )
    numbers = st.fractions(-3, 3, max_denominator=7).map(sp.Rational)
    terms = draw(st.dictionaries(exponents.map(tuple), numbers, min_size=1, max_size=4))
    scale = draw(st.fractions("1/2", 2, max_denominator=5).map(sp.Rational))
    x = draw(st.lists(st.fractions(-1, 1, max_denominator=9), min_size=d, max_size=d))
    kind = draw(st.sampled_from(sorted(ROUTES)))
    return ROUTES[kind](target(terms), scale), [sp.Rational(t) for t in x]
