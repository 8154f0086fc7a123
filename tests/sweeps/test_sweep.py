"""A sweep is its cells: each as `at`, `check` or the function has it, with its place and source."""

import json
import sys

import joblib
import numpy as np
import pytest
import sympy
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.numbers import exact

x, n = sympy.Symbol("x", real=True), sympy.Symbol("n", integer=True, positive=True)
SMOOTH = tc.Formula("f", sympy.exp(-x) * sympy.sin(n * x), args=(x, n))


def value(cell):
    return tc.Value.from_json(cell.json.item())


@settings(max_examples=5, deadline=None)
@given(
    points=st.lists(st.fractions(-3, 3, max_denominator=1000), min_size=1, max_size=3),
    degrees=st.lists(st.integers(1, 20), min_size=1, max_size=3),
    digits=st.integers(3, 40),
)
def test_a_formula_is_its_cells(points, degrees, digits):
    using = tc.Ball(digits)
    found = tc.sweep(SMOOTH, using=using, n=degrees, x=points)
    assert found.mid.dims == ("n", "x")
    for i, k in enumerate(degrees):
        for j, point in enumerate(points):
            cell, expected = found.isel(n=i, x=j), SMOOTH.at(using=using, x=point, n=k)
            assert value(cell) == expected
            mid, rad = (sympy.Rational(cell[name].item()) for name in ("mid", "rad"))
            low, high = (exact(end) for end in (expected.lower, expected.upper))
            assert mid - rad <= low
            assert high <= mid + rad
            assert cell.rigor.item() == expected.rigor.name
            assert cell.error.item() == ""


@settings(max_examples=5, deadline=None)
@given(points=st.lists(st.floats(-3, 3), min_size=1, max_size=20))
def test_a_formula_on_arrays_is_its_cells(points):
    found = tc.sweep(SMOOTH, x=points, n=[1, 7])
    for j, point in enumerate(points):
        for k in (1, 7):
            cell = found.isel(x=j).sel(n=k)
            exactly = SMOOTH.at(using=tc.Ball(30), x=point, n=k)
            computed = tc.Value(
                mid=cell.mid.item(), rad=cell.rad.item(), rigor=tc.Rigor[cell.rigor.item()]
            )
            assert_error_holds(computed, exactly)
    assert "balls in" in found.attrs["errors"]


@pytest.mark.parametrize(
    ("using", "grid"), [(tc.Float(), [0, 0.5, 2, -1, 2.5]), (tc.Ball(10), [2, 1e-30, -1])]
)
def test_a_cell_that_fails_keeps_its_message(using, grid):
    m = sympy.Symbol("m", integer=True)
    f = tc.Formula("f", sympy.log(x) / m, domain=x > 0)
    found = tc.sweep(f, using=using, x=grid, m=[1, "1/2", 3])
    for i, point in enumerate(grid):
        for j, k in enumerate([1, "1/2", 3]):
            cell = found.isel(x=i, m=j)
            if point <= 0 or k == "1/2":
                with pytest.raises(tc.DomainError) as refused:
                    f.at(using=using, x=point, m=k)
                assert cell.error.item() == f"DomainError: {refused.value}"
                assert np.isnan(cell.mid.item())
                assert cell.rigor.item() == ""
            else:
                expected = float(f.at(using=using, x=point, m=k).mid)
                assert abs(cell.mid.item() - expected) <= cell.rad.item() + 1e-15 * abs(expected)
                assert cell.error.item() == ""


def test_radii_of_constants_and_what_a_formula_leaves_out_are_kept():
    """Arrays know neither; such formulas are computed cell by cell."""
    wide = tc.Value(mid=1, rad=0.25, rigor=tc.Rigor.ESTIMATED)
    for f in (tc.Formula("f", x * wide), tc.Formula("f", x, error=x / 4)):
        found = tc.sweep(f, x=[1, 2])
        assert list(found.rad.values) == pytest.approx([0.25, 0.5])
        assert value(found.isel(x=1)) == f.at(x=2)


@pytest.mark.parametrize(
    "expr",
    [sympy.floor(10 * x), sympy.sign(10 * x - 3), sympy.Piecewise((1, 10 * x < 3), (2, True))],
)
def test_a_step_is_taken_at_the_number_that_was_written(expr):
    f = tc.Formula("f", expr)
    found = tc.sweep(f, x=["0.1", "0.3", "0.7"])
    assert [value(found.isel(x=i)) for i in range(3)] == [
        f.at(x=point) for point in ("0.1", "0.3", "0.7")
    ]


def test_points_that_no_double_holds():
    f = tc.Formula("f", x * sympy.S(10) ** 300 + sympy.atan(x))
    points = ["1e-400", "1e-310", 0, "1e400"]
    found = tc.sweep(f, x=points)
    for i in (0, 1, 3):
        assert value(found.isel(x=i)) == f.at(x=points[i])
    assert found.mid.values[2] == 0


def test_numbers_beyond_doubles_keep_their_digits():
    found = tc.sweep(tc.Formula("f", sympy.exp(x)), using=tc.Ball(10), x=[1000, -1000])
    assert list(found.mid.values) == [np.inf, 0]
    assert 0 < found.rad.values[1] < 1e-300
    assert value(found.isel(x=0)).overlaps(tc.certify(sympy.exp(1000)))


def test_radii_below_doubles():
    f = tc.Formula("f", x * sympy.Rational(1, 2**1074))
    found = tc.sweep(f, using=tc.Ball(10), x=["4/3", "5/3"])
    for i, point in enumerate((sympy.Rational(4, 3), sympy.Rational(5, 3))):
        mid, rad = (sympy.Rational(found[name].values[i]) for name in ("mid", "rad"))
        assert abs(point / 2**1074 - mid) <= rad


def test_a_claim():
    claim = tc.Claim(sympy.log(x) <= x - 1, assumptions=x > 0)
    found = tc.sweep(claim, x=["1/2", 1, -1])
    assert list(found.verdict.values) == ["HOLDS", "HOLDS", "NOT_APPLICABLE"]
    expected = tc.check(claim, x="1/2").margin
    assert tc.Value.from_json(found.margin_json.values[0]) == expected
    ratio = tc.Value.from_json(found.ratio_json.values[0])
    assert ratio.overlaps(tc.certify(2 * sympy.log(2)))
    assert np.isnan(found.ratio.values[1:]).all()  # the right side is 0, and there is none
    assert found.attrs["arithmetic"] == "Ball(digits=30)"


def _cell(a, name, seed, using):
    if a == 3:
        raise OSError("no luck")
    measured = tc.validation.Measurement(seed, 0.5, None)
    return {
        "v": tc.certify(a, using.digits),
        "n": np.float64(a),
        "name_of": name,
        "verdict": tc.Verdict.HOLDS,
        "average": measured.mean,
    }


def test_a_function_in_every_backend():
    grids = {"a": [1, 2, 3], "name": ["relu", "tanh"]}
    here = tc.sweep(_cell, using=tc.Ball(5), seeds=range(2), **grids)
    assert here.v.dims == ("a", "name", "seed")
    assert here.n.sel(a=1, name="relu", seed=0) == 1
    assert here.name_of.sel(a=1, name="tanh", seed=1) == "tanh"
    assert (here.average.sel(a=1, seed=1) == 1).all()
    assert (here.error.sel(a=3) == "OSError: no luck").all()
    with joblib.parallel_config("threading", n_jobs=2):
        assert tc.sweep(_cell, using=tc.Ball(5), seeds=range(2), **grids).identical(here)
    assert tc.sweep(_cell, using=tc.Ball(5), seeds=range(2), jobs=2, **grids).identical(here)


def test_more_processes_than_cells_are_not_started():
    assert tc.sweep(_product, jobs=10**30, a=[2, 3], b=[5]).value.values.tolist() == [[10], [15]]


def test_threads_do_not_share_the_precision_of_balls():
    def cell(digits, a):
        area = sympy.Integral(sympy.exp(-(x**2)) * sympy.cos(a * x), (x, 0, 1))
        return tc.certify(area, digits=digits)

    grids = {"digits": [5, 30, 100], "a": range(8)}
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with joblib.parallel_config("threading", n_jobs=4):
            found = tc.sweep(cell, **grids)
    finally:
        sys.setswitchinterval(usual)
    # Arb keeps constants for each thread, and radii differ in the last bits with what it keeps
    alone = tc.sweep(cell, **grids)
    for texts in zip(found.json.values.flat, alone.json.values.flat, strict=True):
        one, other = map(tc.Value.from_json, texts)
        assert one.lower <= other.upper
        assert other.lower <= one.upper
        assert other.rad / 2 <= one.rad <= 2 * other.rad


def test_pictures():
    """Lines with bands of errors, margins about 0, means with bars."""
    f = tc.Formula("f", x * sympy.Symbol("y") ** 2)
    found = tc.sweep(f, using=tc.Ball(5), x=["1/3", 2, 3], y=[1, 2])
    ax = found.theorycalc.plot(ax=Figure().subplots())
    assert [line.get_label() for line in ax.lines] == ["y = 1.0", "y = 2.0"]
    np.testing.assert_array_equal(ax.lines[1].get_data()[1], found.mid.sel(y=2))
    assert len(ax.collections) == 2
    assert [ax.get_xlabel(), ax.get_ylabel()] == ["x", "mid"]
    assert len(found.theorycalc.plot("y", ax=Figure().subplots()).lines) == 3
    claim = tc.sweep(tc.Claim(sympy.log(x) <= x - 1), x=["1/2", 1, 2])
    ax = claim.theorycalc.plot(ax=Figure().subplots())
    assert [ax.get_ylabel(), len(ax.lines)] == ["margin", 2]
    assert claim.theorycalc.plot(of="ratio", ax=Figure().subplots()).get_ylabel() == "ratio"
    measured = tc.sweep(lambda x: tc.validation.Measurement(x, 0.5, None), x=[1, 2])
    [bars] = measured.theorycalc.plot(ax=Figure().subplots()).containers
    assert [low[1] for low, _ in bars.lines[2][0].get_segments()] == [0, 1]
    many = tc.sweep(f, x=range(20), y=range(20))
    for bad in ({"along": "z"}, {"of": "z"}, {"ax": 3}):
        with pytest.raises(tc.DomainError):
            found.theorycalc.plot(**bad)
    with pytest.raises(tc.DomainError, match="too many lines"):
        many.theorycalc.plot()
    with pytest.raises(tc.DomainError, match="nothing to draw"):
        tc.sweep(_product, a=[2], b=[5]).theorycalc.plot()


def _product(a, b):
    return a * b


def test_results_of_a_function():
    results = {"a": 1, "b": 2.5, "c": tc.validation.Measurement(1, 0.5, None), "d": "word"}
    found = tc.sweep(lambda key: results[key], key=list("abcd"))
    assert found.value.values.tolist() == ["1.0", "2.5", "", "word"]
    assert found["mean"].values[2] == 1
    assert found.standard_error.values[2] == 0.5
    assert "squares" not in found
    variance = tc.validation.Measurement.of_variance([1, 2, 4])
    assert tc.sweep(lambda a: variance, a=[1]).squares.item() == 1
    refused = tc.sweep(lambda k: [[1], {"not a name": 1}, {1: 1}, None, True][k], k=range(5))
    assert all(text.startswith("DomainError") for text in refused.error.values)
    assert tc.sweep(lambda a: float("nan"), a=[1]).error.item() == ""


def test_provenance_and_exact_points():
    found = tc.sweep(SMOOTH, x=["1/3", sympy.pi, 0.1], n=[2])
    assert json.loads(found.x.attrs["exact"]) == ["1/3", "pi", "1/10"]
    assert found.x.values[1] == np.pi
    assert "sin(n*x)" in found.attrs["quantity"]
    assert found.attrs["arithmetic"] == "Float()"
    assert tc.__version__ == found.attrs["theorycalc"]
    assert "numpy" in found.attrs["versions"]
    grid = np.linspace(0, 1, 3)
    assert "json" not in tc.sweep(SMOOTH, x=grid, n=[1])
    assert (tc.sweep(SMOOTH, x=grid, n=np.arange(1, 3)).x == grid).all()


def test_malformed_input():
    for call, message in {
        lambda: tc.sweep(SMOOTH, x=[1]): "no grid for n",
        lambda: tc.sweep(SMOOTH, x=[1], n=[1], y=[1]): "unknown argument",
        lambda: tc.sweep(SMOOTH, x=[], n=[1]): "is empty",
        lambda: tc.sweep(SMOOTH, x=1, n=[1]): "grid of x",
        lambda: tc.sweep(SMOOTH, x="12", n=[1]): "grid of x",
        lambda: tc.sweep(SMOOTH, x=["one"], n=[1]): "not a real number",
        lambda: tc.sweep(SMOOTH, x=[np.nan], n=[1]): "not a real number",
        lambda: tc.sweep(SMOOTH, x=[1], n=[1], seeds=[1]): "unknown argument",
        lambda: tc.sweep(lambda seed: 1, seed=[1], seeds=[1]): "twice",
        lambda: tc.sweep(lambda seed: 1, seeds=[0.5]): "not an integer",
        lambda: tc.sweep(lambda a: a, a=[1, "b"]): "not a real number",
        lambda: tc.sweep(lambda a: a, a=[[1, 2]]): "not a real number",
        lambda: tc.sweep(lambda a: a, using=tc.Ball(5), a=[1]): "unknown argument 'using'|using",
        lambda: tc.sweep(lambda error: error, error=[1]): "one name",
        lambda: tc.sweep(3, x=[1]): "not a quantity",
        lambda: tc.sweep(SMOOTH, using=30, x=[1], n=[1]): "arithmetic",
        lambda: tc.sweep(SMOOTH, jobs=0, x=[1], n=[1]): "no processes",
        lambda: tc.sweep(SMOOTH, store=3, x=[1], n=[1]): "not a folder",
        lambda: tc.sweep(SMOOTH, store="no/such/folder", x=[1], n=[1]): "no store there",
    }.items():
        with pytest.raises(tc.DomainError, match=message):
            call()


def test_a_quantity_of_this_process_only_is_refused():
    lock = __import__("threading").Lock()
    with pytest.raises(tc.DomainError, match="cannot be sent"):
        tc.sweep(lambda a: lock and a, a=[1, 2], jobs=2)


def test_a_store_goes_on_and_is_of_one_sweep(tmp_path):
    calls = []

    def square(a):
        calls.append(a)
        if a == 2:
            raise ValueError("two")
        return a * a

    store = tmp_path / "runs"
    first = tc.sweep(square, a=[1, 2, 3], store=store)
    assert tc.sweep(square, a=[1, 2, 3], store=str(store)).identical(first)
    assert calls == [1, 2, 3]
    kept = xr.load_dataset(store / "dataset.nc")
    assert kept.identical(first)
    assert kept.attrs == first.attrs
    lines = (store / "cells.jsonl").read_bytes()
    (store / "cells.jsonl").write_bytes(lines[:-3])  # a line that broke off
    assert tc.sweep(square, a=[1, 2, 3], store=store).identical(first)
    assert calls == [1, 2, 3, 3]
    for differ, call in {
        "axes": lambda: tc.sweep(square, a=[1, 2], store=store),
        "quantity": lambda: tc.sweep(lambda a: a, a=[1, 2, 3], store=store),
        "quantity, arithmetic": lambda: tc.sweep(
            tc.Formula("f", sympy.Symbol("a")), a=[1, 2, 3], store=store
        ),
    }.items():
        with pytest.raises(tc.DomainError, match=f"another sweep: {differ} differ"):
            call()
    with pytest.raises(tc.DomainError, match="other files"):
        tc.sweep(square, a=[1], store=tmp_path)


def test_a_formula_is_known_again_in_another_process():
    """Its description has no addresses and no numbers that differ from process to process."""
    found = [
        tc.sweep(tc.kernels.mlp(2, "gelu").ntk, using=tc.Ball(5), rho=["1/2"], jobs=jobs)
        for jobs in (1, 2)
    ]
    assert found[0].identical(found[1])
    assert "0x" not in found[0].attrs["quantity"]
    assert "Dummy" not in found[0].attrs["quantity"]
