"""Pictures of formulas: the line is the formula."""

import numpy as np
import pytest
import sympy as sp
from matplotlib.figure import Figure

import theorycalc as tc

X, Y = sp.symbols("x y", real=True)


def axes():
    return Figure().subplots()


def test_the_line_is_the_formula():
    ax = axes()
    kernel = tc.kernels.arc_cosine(1)
    assert kernel.plot("rho", low=-1, high=1, ax=ax) is ax
    x, y = ax.lines[0].get_data()
    np.testing.assert_array_equal(y, kernel.lambdify()(x))
    assert (x[0], x[-1]) == (-1, 1)
    assert ax.get_xlabel() == r"$\rho$"
    assert r"\left" not in ax.get_ylabel()
    ax.figure.canvas.draw()


def test_fixed_arguments():
    f = tc.Formula("f", X * Y, args=(X, Y))
    x, y = f.plot(low=0, high=1, ax=axes(), y=3).lines[0].get_data()
    np.testing.assert_allclose(y, 3 * x, rtol=4 * np.finfo(float).eps)
    n = sp.Symbol("n", integer=True)
    x, _ = tc.Formula("g", n**2).plot(low=0, high=5, ax=axes()).lines[0].get_data()
    assert list(x) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "options",
    [
        {"low": 1, "high": 0, "y": 1},
        {"low": 0, "high": 1},
        {"name": "x", "low": 0, "high": 1},
        {"name": "z", "low": 0, "high": 1, "y": 1},
        {"low": 0, "high": 5, "y": 1},
        {"low": 0, "high": 1, "y": 1, "ax": 3},
        {"low": 0, "high": "a", "y": 1},
    ],
)
def test_bad_pictures(options):
    f = tc.Formula("f", X * Y, args=(X, Y), domain=X <= 2)
    with pytest.raises(tc.DomainError):
        f.plot(**options)
