"""Hermite coefficients: reference numbers, the defining integral, identities in k."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_reference, entries, label

import theorycalc as tc

Z, K = sp.Symbol("z", real=True), sp.Symbol("k")
ARITHMETICS = (tc.Float(), tc.MP(40), tc.Ball(40))
FAMILY = [
    "relu", "abs", "step", "sign", "identity",
    tc.activations.leaky_relu("0.1"), tc.activations.relu_power(3),
    tc.activations.biased_relu("-0.7"), tc.activations.monomial(5), tc.activations.hermite(4),
    sp.Max(-1, sp.Min(1, Z)), sp.Abs(Z - 1) * Z + sp.Heaviside(Z + 2) * Z**2,
]  # fmt: skip


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize("entry", entries("hermite", "hermite_coefficient"), ids=label)
def test_reference(entry, using):
    phi = activation_of(entry)
    k = entry["params"]["k"]
    for value in (
        tc.hermite.coefficient(phi, k).at(using=using),
        tc.hermite.coefficient(phi, K).at(k=k, using=using),
        tc.hermite.coefficients(phi, k, using=using)[k],
    ):
        assert_reference(value, entry)


def activation_of(entry):
    text = entry["params"]["phi"]
    return tc.activations.selu if text == "SELU" else sp.sympify(text)


@pytest.mark.parametrize("using", [tc.Float(), tc.Ball(30)], ids=repr)
@pytest.mark.parametrize("entry", entries("hermite", "parseval_tail"), ids=label)
def test_reference_tails(entry, using):
    series = tc.hermite.series(activation_of(entry), entry["params"]["K"], using=using)
    assert_reference(series.tail, entry)


@pytest.mark.parametrize("entry", entries("hermite", "low_degree_mass"), ids=label)
def test_reference_masses(entry):
    """Σ_{k ≤ K} c_k² of the periodic neuron."""
    gamma, order = entry["params"]["gamma"], entry["params"]["K"]
    c = tc.hermite.coefficient(tc.activations.cos(2 * sp.pi * gamma), K)
    mass = tc.Formula("m", sum(c.subs(k=k).expr ** 2 for k in range(order + 1)))
    assert_reference(mass.at(using=tc.Ball(40)), entry)


def defining_integral(activation, k):
    """E φ(Z) h_k(Z) over |Z| ≤ 40: the rest is below 1e-300."""
    weight = sp.exp(-(Z**2) / 2) / sp.sqrt(2 * sp.pi * sp.factorial(k))
    integrand = activation.expr * sp.hermite_prob(k, Z) * weight
    return tc.Integral(integrand, Z, -40, 40, kinks=activation.kinks)


@pytest.mark.parametrize("activation", FAMILY, ids=str)
@pytest.mark.parametrize("k", [0, 1, 2, 3, 4, 7, 12])
def test_closed_form_is_the_integral(activation, k):
    """Closed form against Arb's quadrature of the definition, to 25 digits of the scale."""
    activation = tc.activations.as_activation(activation)
    closed = tc.hermite.coefficient(activation, k)
    shifted = tc.Formula("c", closed.expr + 1).at(using=tc.Ball(25))
    integral = defining_integral(activation, k)
    one = sp.exp(-(Z**2) / 2) / sp.sqrt(2 * sp.pi)
    total = tc.Integral(integral.integrand + one, Z, -40, 40, kinks=activation.kinks)
    assert shifted.overlaps(tc.integrate(total, using=tc.Ball(25)))


@pytest.mark.parametrize("activation", FAMILY, ids=str)
def test_symbolic_degree_is_every_integer_degree(activation):
    general = tc.hermite.coefficient(activation, K)
    for k in range(12):
        single = tc.hermite.coefficient(activation, k).expr
        assert sp.simplify(general.expr.subs(K, k) - single) == 0


@settings(max_examples=30)
@given(st.integers(0, 60), st.sampled_from(["relu", "abs", tc.activations.relu_power(2)]))
def test_derivative_rule(k, activation):
    """c_k(φ') = √(k+1) c_{k+1}(φ)."""
    activation = tc.activations.as_activation(activation)
    left = tc.hermite.coefficient(activation.derivative, K).subs(k=k).expr
    right = sp.sqrt(k + 1) * tc.hermite.coefficient(activation, K).subs(k=k + 1).expr
    assert sp.simplify(left - right) == 0


def test_parseval():
    """Σ c_k² = E φ(Z)² = 1/2 for ReLU, with the tail (2/π)^{1/2} (K + 0.3)^{−3/2}/(6π)."""
    c = tc.hermite.coefficient("relu", K)
    last = 200
    partial = sum(float(c.at(k=k)) ** 2 for k in range(last + 1))
    tail = (2 / 3.141592653589793) ** 0.5 * (last + 0.3) ** -1.5 / (6 * 3.141592653589793)
    assert abs(0.5 - partial - tail) < 0.01 * tail


def test_parity_zeros_are_exact():
    c = tc.hermite.coefficient("relu", K)
    for using in (tc.Float(), tc.Ball(30)):
        value = c.at(k=101, using=using)
        assert (value.mid, value.rad, value.rigor) == (0, 0, tc.Rigor.EXACT)


def test_parity_of_pieces():
    z = sp.Symbol("z", real=True)
    hard_tanh, bent = sp.Max(-1, sp.Min(1, z)), sp.Abs(z**3) + z
    zeros = {hard_tanh: (0, 2, 4), hard_tanh + z**2: (4, 6), bent: (3, 5, 7)}
    for function, degrees in zeros.items():
        assert [tc.hermite.coefficient(function, k).expr for k in degrees] == [0] * len(degrees)
    for function, k in ((hard_tanh, 3), (bent, 4), (sp.Max(z, -1), 5), (sp.Max(0, z), 2)):
        assert tc.hermite.coefficient(function, k).at(using=tc.Ball(5)).mid != 0


def test_large_degrees():
    """c_k of ReLU at k = 5000, where factorials are far beyond doubles."""
    value = tc.hermite.coefficient("relu", K).at(k=5000, using=tc.Ball(30))
    assert value.overlaps(tc.hermite.coefficient("relu", 5000).at(using=tc.Ball(30)))
    # c_k² ~ (2/π)^{1/2} k^{−5/2}/(2π)
    limit = (2 / sp.pi.n()) ** 0.5 / (2 * sp.pi.n())
    assert float(value) ** 2 * 5000**2.5 == pytest.approx(float(limit), rel=1e-3)


@pytest.mark.parametrize(
    ("activation", "k", "error", "message"),
    [
        ("relu", -1, tc.DomainError, "too small"),
        ("relu", "1/2", tc.DomainError, "not an integer"),
        ("relu", K + 1, tc.DomainError, "neither an integer nor a symbol"),
        (sp.exp(Z**2 / 2), 3, tc.DomainError, "expectation does not exist"),
        (sp.exp(Z**4), 3, tc.DomainError, "expectation does not exist"),
        ("rellu", 3, tc.DomainError, "Try 'relu'"),
        (sp.Max(sp.sin(Z), 0), 3, tc.NotSupportedError, "sin"),
    ],
)
def test_bad_input(activation, k, error, message):
    with pytest.raises(error, match=message):
        tc.hermite.coefficient(activation, k)
    with pytest.raises(tc.DomainError, match="domain"):
        tc.hermite.coefficient("relu", K).at(k=-1)


@pytest.mark.parametrize(
    ("phi", "k"),
    [
        (sp.cos(Z) * sp.Max(0, Z), 1),
        (sp.sin(2 * Z) * sp.Heaviside(Z) - sp.sin(2 * Z) / 2, 1),
        (sp.exp(-(Z**2)) * sp.Abs(Z), 3),
        (
            sp.exp(Z) * sp.Heaviside(Z)
            - sp.exp(Z) / 2
            + sp.sinh(Z) * (1 - 2 * sp.Heaviside(Z)) / 2,
            2,
        ),
    ],
)
def test_terms_that_cancel_are_an_exact_zero(phi, k):
    """Where the part with the parity of k is no polynomial, but has no such coefficient."""
    for using in (tc.Ball(20), tc.MP(20)):
        one = tc.hermite.coefficient(phi, k).at(using=using)
        many = tc.hermite.coefficients(phi, k, using=using)[k]
        assert (one.mid, one.rad) == (many.mid, many.rad) == (0, 0)


@pytest.mark.parametrize("phi", [sp.tan(Z), 1 / sp.sinh(Z), 1 / Z, Z / (1 - Z**2)])
def test_symmetry_is_no_expectation(phi):
    """Odd functions with poles have no coefficients, not even the even ones."""
    for using in (tc.Float(), tc.Ball(10)):
        with pytest.raises(tc.TheoryCalcError):
            tc.hermite.coefficient(phi, 2).at(using=using)


def test_degrees_that_factorials_cannot_have():
    """A symbol has no limit: the closed form is evaluated without writing k! out."""
    for k in (20_001, 10**7, 10**400):
        with pytest.raises(tc.DomainError, match="k is too large"):
            tc.hermite.coefficient("relu", k)
    c = tc.hermite.coefficient("relu", sp.Symbol("k"))
    assert c.at(k=10**7 + 1, using=tc.Ball(10)).mid == 0
