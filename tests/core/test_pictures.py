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
    d = sp.Symbol("d")
    x, _ = tc.sphere.funk_hecke("relu", d, 2).plot(low=3, high=6, ax=axes()).lines[0].get_data()
    assert list(x) == [3, 4, 5, 6]


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


def test_bands_are_the_errors_of_the_values():
    n = sp.Symbol("n", positive=True)
    mean = tc.Formula("f", 1 + 1 / n, args=(n,), error=1 / n**2)
    ax = mean.plot(low=1, high=3, ax=axes())
    [band] = ax.collections
    corners = band.get_paths()[0].vertices
    for place in (1, 2, 3):
        heights = corners[corners[:, 0] == place, 1]
        assert heights.min() == pytest.approx(1 + 1 / place - 1 / place**2)
        assert heights.max() == pytest.approx(1 + 1 / place + 1 / place**2)
    known = tc.Value(mid=2, rad=0.5, rigor=tc.Rigor.CERTIFIED)
    [band] = tc.Formula("g", known * X, args=(X,)).plot(low=0, high=1, ax=axes()).collections
    assert band.get_paths()[0].vertices[:, 1].max() == pytest.approx(2.5)
    assert not tc.Formula("h", X).plot(low=0, high=1, ax=axes()).collections


def test_measured_points_have_bars_of_two_standard_errors():
    measured = {"1/2": tc.validation.Measurement(0.4, 0.1, 5)}
    spectrum = tc.sphere.spectrum("relu", 3, 4)
    pictures = [
        tc.Formula("f", X).plot(low=0, high=1, ax=axes(), measured=measured),
        spectrum.plot(ax=axes(), measured=measured),
        tc.hermite.series("relu", 4).plot(axes(), measured),
    ]
    for ax in pictures:
        [bars] = ax.containers
        assert bars.lines[0].get_xdata() == [0.5]
        [[low, high]] = bars.lines[2][0].get_segments()
        assert (low[1], high[1]) == (pytest.approx(0.2), pytest.approx(0.6))
        ax.figure.canvas.draw()
    for bad in (3, {"a": measured["1/2"]}, {1: 2.0}):
        with pytest.raises(tc.DomainError):
            spectrum.plot(ax=axes(), measured=bad)


def test_families_are_sizes_on_a_logarithmic_axis():
    ax = tc.hermite.coefficients("tanh", 5, using=tc.Ball(10))[1:].plot(axes())
    assert ax.lines[0].get_xdata().tolist() == [1, 3, 5]
    assert (ax.lines[0].get_ydata() > 0).all()
    assert (ax.get_yscale(), ax.get_xlabel(), ax.get_ylabel()) == ("log", "$k$", "$|c_{k}|$")


def test_the_margin_of_a_claim():
    claim = tc.Claim([sp.log(X) <= X - 1, sp.exp(X) > Y], where=X > 0)
    ax = claim.plot("x", low="1/10", high=2, y=1, ax=axes())
    second, first, zero = ax.lines  # in the order of SymPy
    x, y = first.get_data()
    np.testing.assert_allclose(y, x - 1 - np.log(x), atol=1e-15)
    np.testing.assert_allclose(second.get_ydata(), np.exp(x) - 1, rtol=1e-14)
    assert set(zero.get_ydata()) == {0}
    assert ax.get_ylabel() == "margin"
    with pytest.raises(tc.DomainError, match="decided"):
        tc.Claim(sp.true).plot(low=0, high=1, ax=axes())
