"""Panels without a browser: sliders are moved by their traits, as the browser does."""

import builtins
import io
import re

import matplotlib.image
import numpy as np
import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.core.pictures import label
from theorycalc.explorer.spans import spans
from theorycalc.explorer.subjects import OfClaim, OfFormula

X, Y = sp.symbols("x y", real=True)
N = sp.Symbol("n", integer=True, positive=True)
PAPER = tc.Paper("arXiv:1112.3712", "Y. Cho, L. K. Saul", "Arc-cosine kernels", "ReLU.")
KERNEL = tc.kernels.arc_cosine(1)
LOWER = PAPER.states("lower", "κ₁(ρ) ≥ ρ")
LOWER.shows(KERNEL)
LOWER.holds(KERNEL.expr >= KERNEL.args[0], "κ₁(ρ) ≥ ρ", {"rho": "0.3"}, {"rho": -1})
LOWER.proves(KERNEL.expr <= 1, "κ₁ ≤ 1", on={"rho": (0, "1/2")})


def pixels(png: bytes) -> np.ndarray:
    return matplotlib.image.imread(io.BytesIO(png))


def value_of(panel) -> object:
    """What the line of code gives that a user copies."""
    names = {"tc": tc, "formula": KERNEL, "paper": PAPER, "theory": PAPER.theory}
    return eval(panel.code, names)


@pytest.mark.parametrize("rho", [-1.0, 0.3, 0.30000000000000004, 1.0])
def test_a_slider_moves_picture_value_and_code(rho):
    panel = tc.explore(KERNEL)
    before = panel.picture.value
    panel.sliders["rho"].value = rho
    exact = KERNEL.at(rho=str(round(rho, 2)), using=tc.Ball(20))
    assert np.any(pixels(panel.picture.value) != pixels(before))
    assert str(exact) in panel.value.value
    assert value_of(panel).mid == exact.mid
    assert panel.message.value == ""


def test_the_axis_stays_free_and_the_others_are_numbers():
    f = tc.Formula("f", sp.exp(X) * Y**2, domain={X: sp.Interval(0, 1), Y: sp.Interval(1, 3)})
    panel = tc.explore(f)
    panel.sliders["y"].value = 1.5
    assert panel.formula.value == f"$${f.subs(y='1.5').latex()}$$"
    panel.axis.value = "y"
    panel.sliders["x"].value = 0.25
    assert panel.formula.value == f"$${f.subs(x='0.25').latex()}$$"
    assert panel.point == {"x": "0.25", "y": "1.5"}


@pytest.mark.parametrize(
    ("symbol", "domain", "ends"),
    [
        (X, sp.true, (-5, 5)),
        (X, (X >= -1) & (X <= 1), (-1, 1)),
        (X, X > 2, (2 + sp.Rational(1, 10), 12)),
        (X, sp.Contains(X, sp.Interval.open(0, sp.pi)), (sp.Rational(1, 50), sp.Rational(157, 50))),
        (N, sp.true, (1, 20)),
        (N, sp.Contains(N, sp.Range(3, 2000)), (3, 1993)),
        (sp.Symbol("q", positive=True), sp.true, (sp.Rational(1, 10), 10)),
        (X, sp.sin(X) + Y > 0, (-5, 5)),
    ],
)
def test_sliders_go_where_the_domain_is(symbol, domain, ends):
    span = spans([symbol], domain, {}, [])[symbol.name]
    assert (span.low, span.high) == ends
    assert (span.start - span.low) % span.step == 0
    assert span.low <= span.start <= span.high


def test_known_places_are_seen():
    span = spans([X], sp.true, {}, [{"x": 30}, {"x": "1/2"}])["x"]
    assert (span.low, span.high, span.start) == (sp.Rational(3, 5), 30, 30)


def test_a_claim_has_margins_on_its_ranges_and_a_verdict():
    claim = tc.Claim([sp.log(X) <= X - 1, X < N + 2]).holds_on(x=("1/10", 4), n=tc.integers(1, 6))
    panel = tc.explore(claim)
    assert (panel.sliders["n"].min, panel.sliders["n"].max) == (1, 6)
    panel.sliders["n"].value, panel.sliders["x"].value = 1, 3.5
    assert "FAILS" in panel.value.value
    panel.sliders["x"].value = 2.5
    assert "HOLDS" in panel.value.value
    places = np.array([0.5, 2.0])
    curves = OfClaim(claim, "").curves("x", places, panel.point)
    margins = [3 - places, places - 1 - np.log(places)]
    np.testing.assert_allclose([curve.values for curve in curves], margins, rtol=1e-14)


def test_a_theory_offers_its_formulas_and_claims():
    panel = tc.explore(PAPER)
    assert len(panel.subject.options) == 3
    assert value_of(panel).mid == KERNEL.at(rho=0, using=tc.Ball(20)).mid
    panel.subject.index = 1
    assert panel.point == {"rho": "0.3"}
    assert value_of(panel).verdict is tc.Verdict.HOLDS
    panel.subject.index = 2
    assert panel.sliders["rho"].max == 0.5
    assert "propositions[0].claim" in panel.code
    assert tc.explore(PAPER.theory).code.startswith("theory.")


def test_a_band_is_what_is_left_out_or_not_known():
    places, point = np.linspace(1, 3, 5), {"x": "2"}
    [curve] = OfFormula(tc.Formula("f", X**2, error=-1 / X), "").curves("x", places, point)
    x, low, high = curve.band
    np.testing.assert_allclose([x, high - curve.values, curve.values - low][1:], [1 / x] * 2)
    known = tc.Value(mid=2, rad=0.5, rigor=tc.Rigor.CERTIFIED) * tc.Formula("f", X)
    [curve] = OfFormula(known, "").curves("x", places, point)
    x, low, high = curve.band
    np.testing.assert_allclose([low, high], [1.5 * np.array(x), 2.5 * np.array(x)])


def test_places_without_a_value_are_gaps():
    general = tc.kernels.mlp(1).ntk_general
    point = {"q11": "1", "q12": "0", "q22": "1"}
    [curve] = OfFormula(general, "").curves("q12", np.array([-2.0, 0.5, 2.0]), point)
    assert np.isnan(curve.values).tolist() == [True, False, True]
    constant = tc.relu.gaussian_bias_constant(N)
    [curve] = OfFormula(constant, "").curves("n", np.array([1.0, 2.0]), {"n": "2"})
    assert np.isnan(curve.values).tolist() == [True, False]


def test_dimensions_plus_one_are_dimensions():
    d = sp.Symbol("d", integer=True, positive=True)
    falls = tc.Formula("f", tc.quantization.mean_max_cosine(d + 1, n=3).expr)
    dimensions = np.array([2.0, 5.0])
    exact = [float(falls.at(d=k)) for k in (2, 5)]
    np.testing.assert_allclose(falls.lambdify()(dimensions), exact, rtol=1e-12)


def test_mathematics_that_matplotlib_does_not_read_is_text():
    claim = tc.Claim([sp.Integral(sp.exp(-(Y**2) * X), (Y, 0, 1)) < 1, X < 2])
    ax = claim.plot(low="1/10", high=1)
    ax.figure.canvas.draw()
    panel = tc.explore(claim, x=("1/10", 1))
    assert panel.message.value == ""
    assert bytes(panel.picture.value).startswith(b"\x89PNG")


def test_only_the_cursor_moves_where_the_other_numbers_stay(monkeypatch):
    seen = []
    whole = OfFormula.curves
    monkeypatch.setattr(OfFormula, "curves", lambda *x: seen.append(len(x[2])) or whole(*x))
    panel = tc.explore(tc.Formula("f", X * Y), x=(0, 1), y=(0, 1))
    panel.sliders["x"].value = 0.25
    assert [n > 1 for n in seen] == [True, False, False]
    before = panel.picture.value
    panel.sliders["y"].value = 0.75
    assert [n > 1 for n in seen[3:]] == [True, False]
    assert np.any(pixels(panel.picture.value) != pixels(before))


def test_a_long_label_is_text_that_is_cut():
    relation = sp.Sum(X**N / sp.sqrt(N + X**2), (N, 1, 40)).doit() > X
    text = label(sp.latex(relation), str(relation))
    assert text == f"{str(relation)[:60]} …"


def test_an_error_stands_in_the_place_of_the_value():
    panel = tc.explore(tc.Formula("f", sp.log(X)), x=(-1, 1))
    panel.sliders["x"].value = -0.5
    assert "real" in panel.message.value
    assert panel.value.value == ""
    panel.sliders["x"].value = 0.5
    assert (panel.message.value, "CERTIFIED" in panel.value.value) == ("", True)


def test_names_that_are_no_keywords_are_given_as_a_mapping():
    panel = tc.explore(tc.Formula("f", sp.Symbol("lambda") ** 2))
    assert panel.code == "formula.at(using=tc.Ball(digits=20), **{'lambda': '0'})"
    mapping = panel.code.partition("**")[2].removesuffix(")")
    assert eval(mapping) == panel.point


def test_a_notebook_shows_the_widget():
    bundle = tc.explore(KERNEL)._repr_mimebundle_()
    assert re.search("widget-view", " ".join(bundle))


@pytest.mark.parametrize(
    ("what", "options", "match"),
    [
        (2, {}, "nothing to explore"),
        (tc.Formula("f", sp.pi), {}, "nothing that a slider could move"),
        (tc.Claim(sp.true), {}, "nothing that a slider could move"),
        (KERNEL, {"x": (0, 1)}, "unknown variable"),
        (KERNEL, {"rho": (1, 0)}, "nothing between the ends"),
        (KERNEL, {"using": 20}, "not an arithmetic"),
    ],
)
def test_what_cannot_be_explored(what, options, match):
    with pytest.raises(tc.DomainError, match=match):
        tc.explore(what, **options)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "ipywidgets":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(tc.MissingExtraError, match=r"theorycalc\[notebook\]"):
        tc.explore(KERNEL)


@pytest.mark.parametrize(
    ("formula", "ranges"),
    [
        (tc.Formula("f", N**2), {"n": sp.Range(3, 4)}),
        (tc.Formula("f", X, domain=sp.Eq(X, 2)), {}),
        (tc.Formula("f", X, domain=(X > 2) & (X < 1)), {}),
        (tc.Formula("f", X), {"x": (0, 10**400)}),
        (tc.Formula("f", X), {"x": (0, "1e-400")}),
        (tc.Formula("f", X), {"x": (1, "1.00000000000000000001")}),
    ],
)
def test_ranges_without_room_for_a_slider_are_refused(formula, ranges):
    with pytest.raises(tc.DomainError, match=r"range|nowhere"):
        tc.explore(formula, **ranges)
