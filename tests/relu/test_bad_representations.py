"""What is infinite, and what is refused."""

import pytest
import sympy

import theorycalc as tc

D = tc.distributions
X = sympy.symbols("x1:7")


def test_infinite_constants_say_why():
    space = tc.relu.represent(X[0] * X[1], *X[:2], method="space")
    value = space.norm("TV").at(using=tc.Ball(30))
    assert value.is_infinite
    assert "total variation" in value.stats["reason"]
    wide = space.variance(D.Gaussian(2, 2)).at()
    assert wide.is_infinite
    assert wide.rigor is tc.Rigor.EXACT
    exponential = tc.relu.represent(X[0] * X[1], *X[:2], method="exponential")
    assert exponential.variance(D.Gaussian(2)).at().is_infinite
    with pytest.raises(tc.DomainError, match="no width is enough"):
        exponential.width_for("0.1", D.Gaussian(2))
    narrow = tc.relu.represent(X[0] * X[1], *X[:2], method="exponential", scale="1/3")
    assert not narrow.variance(D.Gaussian(2)).at().is_infinite


BAD = [
    (lambda: tc.relu.represent(sympy.sin(X[0]), X[0]), tc.DomainError, "not a polynomial"),
    (lambda: tc.relu.represent(X[0] * X[1], X[0]), tc.DomainError, "not variables"),
    (lambda: tc.relu.represent(X[0], "x"), tc.DomainError, "not variables"),
    (lambda: tc.relu.represent(X[0] ** 2, X[0], method="bal"), tc.DomainError, "'ball'"),
    (lambda: tc.relu.represent(X[0] ** 2, X[0], method="ball", tau=1), tc.DomainError, "tau"),
    (
        lambda: tc.relu.represent(X[0] * X[1] * X[2], *X[:3], method="sphere"),
        tc.DomainError,
        "sphere_bias",
    ),
    (
        lambda: tc.relu.represent(X[0] * X[1] * X[2], *X[:3], method="sphere_bias", bias=0),
        tc.DomainError,
        "≠ 0",
    ),
    (
        lambda: tc.relu.represent(X[0] ** 4, *X[:5], method="sphere_bias", bias="1/3"),
        tc.DomainError,
        "Try bias=",
    ),
    (lambda: tc.relu.represent(X[0] * X[1], *X[:2], method="interval"), tc.DomainError, "one var"),
    (
        lambda: tc.relu.represent(X[0] * X[1], *X[:2], method="ball", source=D.Gaussian(2)),
        tc.DomainError,
        "bounded domains",
    ),
    (
        lambda: tc.relu.represent(X[0] * X[1], *X[:2], method="ball").variance(D.Gaussian(2)),
        tc.DomainError,
        "out of the ball",
    ),
    (
        lambda: tc.relu.represent(X[0] * X[1], *X[:2], method="ball").second_moment(x1=1, x2=1),
        tc.DomainError,
        "out of the ball",
    ),
    (
        lambda: tc.relu.represent(X[0] * X[1], *X[:2]).variance(D.Gaussian(3)),
        tc.DomainError,
        "another dimension",
    ),
    (lambda: tc.relu.represent(X[0] ** 2, X[0], domain=-1), tc.DomainError, "domain out of range"),
    (lambda: tc.relu.represent(X[0] ** 2, X[0], domain=(1, 2)), tc.DomainError, "a ≤ 0 ≤ b"),
    (
        lambda: tc.relu.represent(X[0] * X[1], *X[:2], method="exponential", c=2),
        tc.DomainError,
        "0 < c < 2",
    ),
    (
        lambda: tc.relu.represent(X[0] * X[1], *X[:2]).verify(tc.Ball(30)),
        tc.NotSupportedError,
        "no enclosure",
    ),
    (lambda: tc.relu.represent(X[0] * X[1], *X[:2]).norm("L7"), tc.NotSupportedError, "L7"),
    (lambda: tc.relu.represent(X[0] * X[1], *X[:2]).sample(0, 0), tc.DomainError, "width"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
