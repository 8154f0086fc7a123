"""What a person sees: pages of theories, reports of checks, pictures; all of it is well-formed."""

import html
import math
import re
from functools import cached_property
from html.parser import HTMLParser

import numpy as np
import pytest
import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

import theorycalc as tc
from theorycalc.core import display
from theorycalc.core.decimals import two_digits
from theorycalc.theories import _drawings, _page, _report, _runner
from theorycalc.theories._notes import Run
from theorycalc.theories._runner import Outcome, Row
from theorycalc.theories._sources import load, sources
from theorycalc.validation.experiment import Figure

NAMES = ["_template", *tc.theories.list()]
TYPESET = {"mathjax": _page.mathjax, "mathml": _page.mathml}
VOID = {"br", "meta"}
STYLE = r"\displaystyle"
SAID = {
    "cases": lambda case: case.source,
    "claims": lambda found: found[0].name,
    "propositions": lambda found: found.claim.name,
    "experiments": lambda experiment: experiment.description,
}


class Page(HTMLParser):
    """Reads a page, and fails where it is not well-formed: its words, names, targets and tags."""

    def __init__(self, text):
        super().__init__()
        self.open, self.words, self.visible, self.tags = [], [], [], []
        self.names, self.targets = [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        attributes = dict(attrs)
        if "svg" not in self.open and "id" in attributes:
            assert attributes["id"]
            self.names.append(attributes["id"])
        if attributes.get("href", "").startswith("#"):
            self.targets.append(attributes["href"][1:])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.words.append(data)
        if "details" not in self.open or "summary" in self.open:
            self.visible.append((self.open[-1] if self.open else "", data))

    @cached_property
    def said(self):
        return _words("".join(self.words))

    def says(self, text):
        """Whether the words are there; marks of scripts, code and TeX are no words."""
        return _words(text) in self.said


def _words(text):
    return re.sub(r"[\s_^{}`$]+", "", text)


def outcomes(name, theory, verdict="HOLDS"):
    """What a check might have found."""
    for part, evidence in theory.parts():
        for kind, index, _ in evidence:
            rows = tuple(
                Row(name, "item", f"{index}.25 ± 3e-05 {kind} {i}", "1 < 2", verdict, 0.1,
                    getattr(part, "number", 0), f"case {i}")
                for i in range(3)
            )  # fmt: skip
            pictures = (("<$x$>", "<svg><path/></svg>"),) if kind == "experiments" else ()
            yield Outcome(rows, pictures, kind=kind, index=index)


@pytest.fixture(scope="module")
def everything():
    """A table of all theories in which one piece of the last one fails."""
    found = sources([])
    done = [outcome for s in found for outcome in outcomes(s.name, s.theory)]
    *others, last = done
    (first, *rest) = last.rows
    wrong = Row(first.theory, "the odd one", "0", "1", "FAILS", 0.0, first.statement, "odd")
    return tc.theories.Checked((*others, Outcome((wrong, *rest), kind=last.kind, index=last.index)),
                               tuple(found))  # fmt: skip


@pytest.fixture
def paper():
    x = sp.Symbol("x", positive=True)
    root = tc.Formula("chi[a<b]", sp.sqrt(x))
    paper = tc.Paper(
        "doi:10/x", "A. <Author>", "Roots & more", "Roots.\n\nSetting\n-------\n`x` > 0."
    )
    one = paper.states("upper", "$\\sqrt{x} < y_{i^2}$ for x_i, e^{−x_{2}} and `a_b`.", "eq. <1>")
    one.shows(root)
    one.equals(root, "1.4142", "a <table>", x=2)
    one.holds(root.expr <= (1 + x) / 2, "√x ≤ m_1", {"x": 2}, {"x": "1/3"})

    @one.experiment("squares of $z$", quick=100, full=200)
    def samples(run):
        z = np.random.default_rng(0).normal(size=run.size)
        run.at(1, 1, z**2, name="$z^2$ < ∞", smallest=1)
        run.axes("$x$", "y")

    paper.quotes("heuristic", "Only said.")
    return paper


@pytest.mark.parametrize("typeset", TYPESET)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_what_a_theory_states(name, typeset):
    theory = load(name)
    page = Page(_page.fragment(_page.title(theory), _page.body(theory, TYPESET[typeset])))
    assert page.says(theory.title)
    assert page.says(theory.statement.split("References\n")[0].split("-------\n")[-1][:200])
    for part, evidence in theory.parts():
        if part is not theory:
            assert page.says(f"{part.number}. {part.kind.capitalize()}")
            assert page.says(part.text)
        for kind, _, item in evidence:
            assert page.says(SAID[kind](item))
    assert not {"script", "link", "img"} & set(page.tags)
    assert not re.search(r"array\(|object at|0x[0-9a-f]{6}", "".join(page.words))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_without_results_is_short(name):
    """At most 40 lines of 120 characters; a formula is a line."""
    text = _page.fragment(_page.title(load(name)), _page.body(load(name), _page.mathjax))
    shown = re.sub(r"(?s)<style>.*?</style>|</summary>.*?</details>", "", text)
    blocks = re.split(r"<(?:p|h2|summary|div|section)\b[^>]*>", shown)
    words = (html.unescape(re.sub(r"<[^>]+>", "", b)).strip() for b in blocks if STYLE not in b)
    lines = sum(math.ceil(len(block) / 120) for block in words) + text.count(STYLE)
    assert lines <= 40


def test_a_report_has_everything(everything):
    text = _report.page("a <check>", everything)
    page = Page(text)
    assert text.startswith("<!doctype html>")
    for row in everything.rows:
        assert page.says(row.computed)
        assert page.says(row.detail)
    for source in everything.sources:
        assert page.says(source.theory.title)
        assert source.name in page.targets
    assert set(page.targets) <= set(page.names)
    assert len(set(page.names)) == len(page.names)
    assert text.count("<figure") == sum(len(o.pictures) for o in everything.outcomes)
    assert not {"script", "link", "img"} & set(page.tags)
    assert "src=" not in text
    # 20 kB of text for each theory: pictures of 12 kB beside it, a report has 2 MB
    assert len(text) < 22_000 * len(everything.sources)


def test_failures_come_first(everything):
    text = _report.page("check", everything)
    assert 0 < text.index("the odd one") < text.index('<table id="contents"')
    assert f'<td><a href="#{everything.failed[0].theory}-{everything.failed[0].statement}">' in text
    contents = text[text.index('<table id="contents"') :]
    last = everything.outcomes[-1].rows[0].theory
    assert contents.index(f'href="#{last}"') < contents.index('href="#barron_pde"')
    assert "FAILS" in everything._repr_html_()


def test_what_breaks_is_told_by_its_name(paper):
    @paper.statements[0].experiment("one that breaks", quick=1, full=1)
    def breaks(run):
        return 1 / 0

    checked = paper.check(quick=True)
    assert [(row.item, row.statement) for row in checked.failed] == [("breaks", 1)]
    assert Page(checked._repr_html_()).says("breaks ZeroDivisionError: division by zero")


def test_a_notebook_shows_several_theories_as_a_list(everything):
    page = Page(everything._repr_html_())
    assert page.says("checked, 1 failed")
    for source in everything.sources:
        assert page.says(source.theory.title)
    assert "section" not in page.tags
    assert not page.targets


def test_a_paper_in_a_notebook(paper):
    text = paper._repr_html_()
    page = Page(text)
    for words in (
        "1. Upper (eq. <1>)",
        "1 number, 1 claim, 1 experiment",
        "2. Heuristic",
        "quoted",
    ):
        assert page.says(words)
    assert r"$\sqrt{x} &lt; y_{i^2}$ for x<sub>i</sub>, e<sup>−x<sub>2</sub></sup>" in text
    assert "<code>a_b</code>" in text
    assert r"$\displaystyle \chi[a&lt;b]\left(x\right) = \sqrt{x}$" in text
    assert 'href="https://doi.org/10/x"' in text
    assert "<math" not in text


@pytest.mark.parametrize("pictures", [False, True])
def test_a_checked_paper_in_a_notebook(paper, pictures):
    checked = paper.check(quick=True, pictures=pictures)
    text = checked._repr_html_()
    page = Page(text)
    for row in checked.rows:
        assert page.says(row.computed)
        assert page.says(row.detail)
        assert page.says(row.verdict)
    assert text.count("<svg") == pictures
    assert '<td rowspan="2">' in text
    assert 'class="verdict good">HOLDS' in text
    assert r"$\chi[a&lt;b](x = 2)$" in text
    assert not checked.failed


def test_what_cannot_be_read_is_a_failure_without_a_page(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("import", encoding="utf-8")
    checked = tc.theories.check(path, "leap_complexity")
    page = Page(_report.page("check", checked))
    assert page.says("broken.py, line 1")
    assert "broken" not in page.targets
    assert page.says(load("leap_complexity").title)


def test_what_is_interrupted_shows_what_is_known(everything):
    some = tc.theories.Checked(everything.outcomes[:3], everything.sources)
    page = Page(_report.page("check", some))
    assert page.says("0 checked")
    assert page.says(some.rows[0].computed)


def draw(label):
    return lambda axes: (axes.plot([1, 2], [1, 3], "o", label=label), axes.legend())


def test_pictures_are_small_and_the_same_at_every_run():
    figure = Figure("a $x_1$ title", draw("some words, 12.345678"))
    text = _drawings.svg(figure)
    assert text == _drawings.svg(figure)
    assert text.startswith("<svg")
    assert "some words, 12.345678" in text
    assert not re.search(r'="[^"]*[1-9]\d*\.\d{3}', text)
    assert len(text) < 12_000
    named = set(re.findall(r'\bid="([^"]+)"', text))
    assert named == {name for name in named if f"#{name}" in text}
    Page(text)


def test_letters_that_no_browser_has_are_paths():
    text = _drawings.svg(Figure("roots", draw(r"$\sqrt{d}$ of words")))
    assert "<text" not in text
    assert "font-family:" not in text
    assert "scale(0.015625)" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D_s(r)^2", "D<sub>s</sub>(r)<sup>2</sup>"),
        ("Σ_{i ≤ n} x_i²", "Σ<sub>i ≤ n</sub> x<sub>i</sub>²"),
        ("A_kᵀ and x^−1", "A<sub>k</sub>ᵀ and x<sup>−1</sup>"),
        ("e^{−x^{2}} < 1", "e<sup>−x<sup>2</sup></sup> &lt; 1"),
        ("`a_b < c`, 5 $", "<code>a_b &lt; c</code>, 5 $"),
        ("$a_b$", "[a_b]"),
        (
            r"$f(x = 1, t \in \left(0, \{2, 3\}\right),\ y = 1, 2)$",
            r"[f(x = 1,] [t \in \left(0, \{2, 3\}\right),] [y = 1,] [2)]",
        ),
        ("a_ b ^ _", "a_ b ^ _"),
    ],
)
def test_prose(text, expected):
    assert _page.prose(text, lambda tex, display: f"[{tex}]") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Theta_4", r"\Theta_{4}"),
        ("chi[gelu]", r"\chi[\mathrm{gelu}]"),
        ("rho[a>0]", r"\rho[a>0]"),
        ("D_opt/d", r"D_{\mathrm{opt}}/d"),
        ("sum of layers", r"\mathrm{sum}\ \mathrm{of}\ \mathrm{layers}"),
        ("squared_singular_value", r"\mathrm{squared\ singular\ value}"),
        ("IE[z1**2 - 3*z2]", r"\mathrm{IE}[z_{1}^{2}\ -\ 3\,z_{2}]"),
    ],
)
def test_names_in_tex(name, expected):
    x = sp.Symbol("eta")
    formula = tc.Formula(name, x**2)
    assert display.formula_call(formula, {"eta": "1/2"}) == rf"{expected}(\eta = 1/2)"
    assert formula.latex() == rf"{expected}\left(\eta\right) = \eta^{{2}}"


def test_long_numbers_in_calls_are_cut():
    given = {"q": "0.5700478816407641499901555759", "r": "0.123456789012"}
    assert display.point_latex(given) == r"q = 0.57004788\ldots, r = 0.123456789012"


@pytest.mark.parametrize(
    ("given", "tex"),
    [
        ("1e-4", "10^{-4}"),
        ("-2.5E+10", r"-2.5 \cdot 10^{10}"),
        (1e-5, "10^{-5}"),
        (10**7, "10000000"),
    ],
)
def test_exponents_of_numbers_are_powers_of_ten(given, tex):
    assert display.point_latex({"x": given}) == f"x = {tex}"


def test_functions_are_written_as_theorists_write_them():
    x = sp.Symbol("x")
    assert display.latex(log1p(-x / 3)) == sp.latex(sp.log(1 - x / 3))
    assert display.latex(x * expm1(x)) == sp.latex(x * (sp.exp(x) - 1))
    assert display.latex(expm1(x) ** 2) == sp.latex((sp.exp(x) - 1) ** 2)
    assert display.latex(sp.digamma(x)) == r"\psi\left(x\right)"
    assert display.latex(sp.trigamma(x) ** 2) == (
        r"\left(\psi^{\left(1\right)}\left(x\right)\right)^{2}"
    )


def test_sizes_are_written_without_exponents_where_they_fit():
    assert [two_digits(x) for x in (1.23, 294.2, 0.00123, 5011.0)] == [
        "1.2",
        "290",
        "0.0012",
        "5000",
    ]


def test_results_are_found_by_what_concerns_them():
    """Cases do not depend on pictures, nor experiments and proofs on digits."""
    one, two = (
        list(_runner.tasks(sources(["periodic_neuron"]), digits=d, quick=True, pictures=p))
        for d, p in ((20, False), (20, True))
    )
    kinds = {a.kind: a == b for a, b in zip(one, two, strict=True)}
    assert kinds == {"cases": True, "claims": True, "propositions": True, "experiments": False}
    other = list(_runner.tasks(sources(["periodic_neuron"]), digits=9, quick=True, pictures=True))
    assert [t for t in other if t.kind in ("propositions", "experiments")] == [
        t for t in two if t.kind in ("propositions", "experiments")
    ]


def test_equations_that_nobody_reads_are_not_set():
    """Of a formula that would fill pages there is its name, and x = x says nothing."""
    x = sp.Symbol("x", positive=True)
    long = tc.Formula("f", sum(sp.sqrt(x + k) for k in range(300)))
    text = _page._formulas([long, tc.Formula("g", x)], _page.mathjax)
    assert r" = \cdots$" in text
    assert " = x$" in text
    assert len(text) < 300
    assert _page._legible(r"\Gamma = \Gamma") == ""


def test_a_place_has_six_digits_in_a_name():
    run = Run(1, quick=True)
    run.at(1 / 3, 1, 1.0, error=0.01, series="ρ")
    run.at(10**6, 1, 1.0, error=0.01, series="n")
    assert [c.name for c in run._comparisons] == ["ρ at 0.333333", "n at 1000000"]
