"""Expansions of polynomial targets: reference numbers, identities, leaps, bad input."""

import itertools
import re

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import entries, label
from scipy import special

import theorycalc as tc
from theorycalc.hermite import expand, generative_exponent, information_exponent
from theorycalc.validation import Measurement, threshold

X = sp.symbols("x1:4")
Z, ZS = sp.Symbol("z"), sp.symbols("z1:5")
SMALL = st.integers(-3, 3)
POLYNOMIALS = st.lists(
    st.tuples(st.tuples(*[st.integers(0, 3)] * 3), SMALL), min_size=1, max_size=4
).map(lambda terms: sum(c * sp.Mul(*(x**p for x, p in zip(X, ps, strict=True))) for ps, c in terms))


def target(text):
    """The polynomial that an entry names."""
    text = re.sub(r"He(\d)(?!\()", r"He\1(z)", text)
    names = {str(s): s for s in (Z, *ZS, *X)}
    hermite = {f"He{k}": lambda x, k=k: sp.hermite_prob(k, x) for k in range(1, 5)}
    return sp.expand(sp.sympify(text, locals={**names, **hermite}))


@pytest.mark.parametrize("entry", entries("targets"), ids=label)
def test_reference(entry):
    params, quantity = entry["params"], entry["quantity"]
    f = target(params.get("target") or params["f"])
    if quantity == "exponent.generative":
        found = generative_exponent(f, Z)
    elif quantity == "multivariate_hermite_coefficient":
        found = expand(f, *X).coefficient(params["alpha"])
    elif quantity == "leap.staircase_dimension":
        found = expand(f).staircase(params["order"])[params["stage"]].cols
    else:
        attribute = {"leap.coordinate": "leap", "leap.isotropic": "isotropic_leap"}
        found = getattr(expand(f), attribute.get(quantity, "information_exponent"))
    assert found == sp.Rational(entry["value"])


@settings(max_examples=40)
@given(POLYNOMIALS)
def test_expansion_and_back(f):
    expansion = expand(f, *X)
    assert sp.expand(expansion.to_expr() - f) == 0
    degree = max((sum(alpha) for alpha, _ in expansion), default=0)
    assert expansion.truncate(degree).coefficients == expansion.coefficients
    assert sum(expansion.energy(k) for k in range(degree + 1)) == expansion.norm_squared
    # E f² by moments of the monomials
    moments = {0: 1, 1: 0, 2: 1, 3: 0, 4: 3, 5: 0, 6: 15}
    square = sp.Poly(sp.expand(f**2), *X)
    assert expansion.norm_squared == sum(
        c * sp.Mul(*(moments[p] for p in powers)) for powers, c in square.terms()
    )


@settings(max_examples=15)
@given(POLYNOMIALS)
def test_the_isotropic_leap_does_not_see_the_basis(f):
    """A rational rotation changes the coordinate leap, not the isotropic one."""
    x, y, z = X
    turned = f.subs({x: (3 * x - 4 * y) / 5, y: (4 * x + 3 * y) / 5, z: z}, simultaneous=True)
    one, two = expand(f, *X), expand(turned, *X)
    assert one.isotropic_leap == two.isotropic_leap
    assert [b.cols for b in one.staircase()] == [b.cols for b in two.staircase()]
    assert one.information_exponent == two.information_exponent
    if one.leap is not None and one.isotropic_leap is not None:
        assert one.information_exponent <= one.isotropic_leap


def test_staircase_directions():
    """z₁ + z₁z₂: first e₁, then e₂ as well; a hidden direction (1, 2)."""
    first, second, third = expand(ZS[0] + ZS[0] * ZS[1]).staircase()
    assert (first.cols, list(second), third.rank()) == (0, [1, 0], 2)
    (_, known) = expand(sp.hermite_prob(2, ZS[0] + 2 * ZS[1])).staircase(2)
    assert known.T.tolist() in ([[1, 2]], [[2, 4]])


@pytest.mark.parametrize(
    ("activation", "expected"),
    [("relu", 1), ("abs", 2), (tc.activations.hermite(7), 7), ("gaussian", 2), ("tanh", 1),
     (sp.cos(Z) + sp.exp(-sp.S.Half) * Z**2 / 2, 4), (tc.activations.cos(3, sp.pi / 2), 1)],
)  # fmt: skip
def test_information_exponents(activation, expected):
    assert information_exponent(activation) == expected


@pytest.mark.parametrize(("h", "expected"), [(Z**5 - Z, 1), ((Z - 1) ** 2, 1), (Z**6, 2), (Z, 1)])
def test_generative_exponents(h, expected):
    assert generative_exponent(h, Z) == expected
    assert expected <= expand(h).information_exponent


def test_constants_have_no_exponent():
    constant = expand(sp.Integer(3), *X)
    assert constant.information_exponent is None
    assert constant.leap is None
    assert constant.isotropic_leap is None
    assert expand(sp.Integer(0), *X).norm_squared == 0
    with pytest.raises(tc.DomainError, match="no coefficient differs"):
        information_exponent(tc.Activation(sp.Integer(1), symbol=Z))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expand(sp.exp(X[0] * X[1])), "not a polynomial"),
        (lambda: expand(sp.sin(X[0]) + sp.sin(X[1])), "not a polynomial"),
        (lambda: expand(sp.Max(X[0], 0) * sp.Max(X[1], 0)), "not a polynomial"),
        (lambda: expand(sp.exp(X[0] * Z), X[0]), "nor polynomials times functions"),
        (lambda: expand(sp.exp(X[0])).coefficient((1, 2)), "wrong length"),
        (lambda: expand("x1"), "not an expression"),
        (lambda: expand(Z, "z"), "not a SymPy Symbol|not variables"),
        (lambda: expand(sp.Integer(1)), "not a SymPy Symbol|not variables"),
        (lambda: expand(Z).coefficient((1, 2)), "wrong length"),
        (lambda: expand(Z).coefficient(-1), "too small"),
        (lambda: expand(Z).staircase(0), "leap"),
        (lambda: generative_exponent(sp.exp(Z), Z), "not a polynomial target"),
        (lambda: generative_exponent(sp.Integer(2), Z), "not a polynomial target"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(tc.DomainError, match=message):
        call()


PRODUCTS = [
    (X[1] * sp.Max(X[0], 0) + X[0] ** 2, X[:2]),
    ((1 + X[0]) * sp.tanh((3 * X[0] + 4 * X[1]) / 5), X[:2]),
    (sp.Abs(X[0] - 2 * X[1]) * X[2], X),
    (X[1] ** 2 * sp.exp(-((X[0] + X[1]) ** 2)), X[:2]),
]


@pytest.mark.parametrize(("f", "variables"), PRODUCTS, ids=str)
def test_products_against_monte_carlo(f, variables):
    """C_α by conditional expectations against averages over samples."""
    expansion = expand(f, *variables)
    points = np.random.default_rng(1).standard_normal((len(variables), 400_000))
    values = tc.Formula("f", f, args=variables).lambdify()(*points)
    alphas = [a for a in itertools.product(range(3), repeat=len(variables)) if sum(a) <= 3]
    limit = threshold(1e-3, comparisons=len(alphas))
    for alpha in alphas:
        hermite = [special.eval_hermitenorm(a, x) for a, x in zip(alpha, points, strict=True)]
        measured = Measurement.of(values * np.prod(hermite, axis=0))
        exact = float(tc.Formula("c", expansion.coefficient(alpha)).at(using=tc.Ball(10)))
        assert abs(measured.mean - exact) < limit * measured.standard_error
    square = Measurement.of(values**2)
    norm = float(tc.Formula("n", expansion.norm_squared).at())
    assert abs(square.mean - norm) < limit * square.standard_error


def test_a_product_truncated_is_a_polynomial():
    expansion = expand(sp.Abs(X[0] - X[1]), *X[:2])
    assert expansion.information_exponent == 2
    low = expansion.truncate(3)
    assert set(low.coefficients) == {(0, 0), (1, 1), (2, 0), (0, 2)}
    assert low.isotropic_leap == 2
    # one variable: the coefficients of the activation, not normalised
    relu = expand(sp.Max(X[0], 0)).truncate(4)
    for (k,), c in relu.items():
        single = tc.hermite.coefficient("relu", k).expr * sp.sqrt(sp.factorial(k))
        assert sp.simplify(c - single) == 0


def test_latex():
    text = expand(X[0] ** 2 * X[1] - 3 * X[1], *X)._repr_latex_()
    first, second = r"-2\mathrm{He}_{1}(x_{2})", r"\mathrm{He}_{2}(x_{1})\mathrm{He}_{1}(x_{2})"
    assert text == rf"$\displaystyle {first} + {second}$"


def test_the_old_name_of_a_leap_warns():
    target = expand(sp.hermite_prob(2, ZS[0] + 2 * ZS[1]))
    with pytest.warns(DeprecationWarning, match="leap"):
        assert target.staircase(order=2) == target.staircase(leap=2)
    with pytest.raises(tc.DomainError, match="two names"):
        target.staircase(order=2, leap=2)
