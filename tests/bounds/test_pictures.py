"""The boxes of a proof are seen as they are: where, how many, and by which rule."""

import matplotlib as mpl
import pytest
import sympy

import theorycalc as tc

mpl.use("Agg")
X, Y = sympy.symbols("x y")
MARGIN = X - sympy.log(X) - 1 + (1 + sympy.cos(9 * X)) / 30 + sympy.Rational(1, 50)


@pytest.fixture(scope="module")
def on_a_line():
    return tc.prove(tc.Claim(MARGIN > 0, on={"x": ("1/10", 5)}))


@pytest.fixture(scope="module")
def on_a_plane():
    claim = tc.Claim(
        sympy.sin(X * Y) + X**2 + Y**2 >= -Y / 10 - 1 / sympy.S(20), on={"x": (-1, 1), "y": (-1, 2)}
    )
    return tc.prove(claim)


def test_bars_below_the_margin(on_a_line):
    axes = on_a_line.plot()
    bars = [path for bar in axes.collections for path in bar.get_paths()]
    assert len(bars) == len(on_a_line.boxes) > 3
    assert {bar.get_label() for bar in axes.collections} == {rule for _, rule in on_a_line.boxes}
    ends = [path.get_extents().intervalx for path in bars]
    assert (min(low for low, _ in ends), max(high for _, high in ends)) == (0.1, 5)
    assert sum(high - low for low, high in ends) == pytest.approx(4.9)
    xs, ys = axes.lines[0].get_data()
    assert ys == pytest.approx([float(MARGIN.subs(X, x)) for x in xs])


def test_rectangles_tile_the_domain(on_a_plane):
    axes = on_a_plane.plot()
    assert len(on_a_plane.boxes) > 3
    sizes = [path.get_extents() for part in axes.collections for path in part.get_paths()]
    assert sum(box.width * box.height for box in sizes) == pytest.approx(6)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$x$", "$y$")


def test_boxes_that_are_left_are_seen():
    waves = sympy.sin(9 * X + Y**2) * sympy.cos(8 * Y - X**2) - sympy.cos(7 * X * Y)
    waves += sympy.cos(9 * Y * X**2 - Y**3) / 5
    claim = tc.Claim(waves > sympy.Rational("-2.192"), on={"x": (-2, 2), "y": (-2, 2)})
    proof = tc.prove(claim, budget=1)
    assert proof.verdict is tc.Verdict.UNDECIDED
    assert "left open" in {part.get_label() for part in proof.plot().collections}


def test_html_has_a_small_picture(on_a_line, on_a_plane):
    for proof in (on_a_line, on_a_plane):
        markup = proof._repr_html_()
        assert markup.count("<rect") == len(proof.boxes) + 1
        assert markup.count("\n") < 40


def test_what_has_no_boxes_has_no_picture():
    proof = tc.prove(tc.Claim(X**2 + 1 > X, on={"x": (0, "oo")}))
    assert "<svg" not in proof._repr_html_()
    with pytest.raises(tc.DomainError, match="no boxes"):
        proof.plot()
    with pytest.raises(tc.DomainError, match="axes"):
        tc.prove(tc.Claim(sympy.exp(X) > X, on={"x": (0, 1)})).plot(ax=3)
