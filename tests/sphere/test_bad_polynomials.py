"""What the harmonic parts of polynomials do not take, and what they say then."""

import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.sphere.extension import harmonic_extension
from theorycalc.sphere.fischer import decompose, fischer_inner, inner, project

X = sp.symbols("x1:5")
R2 = sp.Symbol("r2", positive=True)
D = sp.Symbol("d")
T = sp.Symbol("t", real=True)
Y = sp.symbols("y1:3", real=True)

CALLS = [
    lambda f, *variables: decompose(f, *variables),
    lambda f, *variables: project(f, 1, *variables),
    lambda f, *variables: inner(f, f, *variables),
    lambda f, *variables: inner(0, f, *variables),
    lambda f, *variables: fischer_inner(0, f, *variables),
    lambda f, *variables: harmonic_extension(f, *variables),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X[0],), "not variables"),
        ((X[0], "x1", "x2"), "not variables: got .*allowed: SymPy symbols"),
        ((X[0], X[:2]), "one argument each"),
        ((X[0], X[0] + 1, X[1]), "not variables"),
        ((X[0], X[0], X[0]), "repeated"),
        ((X[0], X[0]), r"one variable: got .*Try d=d"),
        (("x1", *X[:2]), "not an expression"),
        ((sp.exp(X[0]), *X[:2]), "not a polynomial"),
        ((1 / X[0], *X[:2]), "not a polynomial: got 1/x1"),
        ((sp.sqrt(X[0]), *X[:2]), "not a polynomial"),
        ((sp.Max(X[0], 0), *X[:2]), "not a polynomial"),
        ((sp.oo * X[0], *X[:2]), "finite coefficients"),
        ((sp.zoo * X[0], *X[:2]), "finite coefficients"),
        ((X[2] * D, *X[:2]), "symbols that are not variables: got d, x3; allowed: x1, x2"),
    ],
)
def test_bad_polynomials_and_variables(call, arguments, message):
    with pytest.raises(tc.DomainError, match=message):
        call(*arguments)


@pytest.mark.parametrize(
    "call",
    [
        lambda d: decompose(X[0], *X[:2], d=d),
        lambda d: project(X[0], 1, *X[:2], d=d),
        lambda d: inner(X[0], X[0], *X[:2], d=d),
    ],
)
@pytest.mark.parametrize(
    ("dimension", "message"),
    [
        (1, "d is too small"),
        (2.5, "not an integer"),
        ("d", "not an integer"),
        (sp.pi, "not an integer"),
        (X[0], "two meanings: got x1"),
        (sp.Symbol("x2", positive=True) + 1, "two meanings: got x2"),
        (R2, "two meanings: got r2"),
    ],
)
def test_bad_dimensions(call, dimension, message):
    with pytest.raises(tc.DomainError, match=message):
        call(dimension)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: decompose(X[0], *X[:4], d=3), "dimension is too small: got 3.*≥ 4"),
        (lambda: decompose(X[0], X[0], sp.Symbol("r2"), d=D), "two meanings: got r2"),
        (lambda: decompose(X[0], X[0], R2, d=3), "two meanings: got r2"),
        (lambda: project(X[0], -1, *X[:2]), "k is too small"),
        (lambda: project(X[0], D, *X[:2]), "k is not an integer"),
        (lambda: project(X[0], *X[:3]), "k is not an integer"),
        (lambda: harmonic_extension(X[0], *X[:2], into="disc"), "unknown extension"),
        (lambda: harmonic_extension(T, T, X[0]), "name of an old one: got t. Try symbols="),
        (lambda: harmonic_extension(T, sp.Symbol("t"), X[0]), "name of an old one"),
        (lambda: harmonic_extension(Y[1], *Y[:2], into="complex"), "old one: got y1, y2"),
        (lambda: harmonic_extension(X[0], *X[:2], symbols=X[1]), "old one: got x2"),
        (lambda: harmonic_extension(X[0], *X[:2], symbols="s"), "allowed: 1 different"),
        (lambda: harmonic_extension(X[0], *X[:2], symbols=Y[:2]), "not the new variables"),
        (
            lambda: harmonic_extension(X[0], *X[:2], into="complex", symbols=(T, T)),
            "allowed: 2 different symbols",
        ),
        (lambda: harmonic_extension(X[0], *X[:2], into="ball", symbols=T), "allowed: 0"),
    ],
)
def test_bad_options(call, message):
    with pytest.raises(tc.DomainError, match=message):
        call()
