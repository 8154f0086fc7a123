"""Every public class has a look: short HTML without arrays and addresses, and the same as text."""

import html
import pickle
import re
from enum import Enum
from fractions import Fraction
from functools import cache

import array_api_strict
import nbclient
import nbformat
import numpy as np
import pytest
import sympy as sp
from public_classes import public_classes

import theorycalc as tc
from theorycalc.core.binary import fraction
from theorycalc.core.errors import explain
from theorycalc.core.strict import StrictFunction
from theorycalc.inference import Output, Prior
from theorycalc.kernels import Architecture
from theorycalc.networks.losses import LOSSES
from theorycalc.relu.routes._route import Infinite, Route

X, Y = sp.symbols("x y", real=True)
MEASURED = tc.validation.Measurement.of([1.0, 1.1, 0.9, 1.05])
TAGS = (
    "a b br circle code details div g h2 p polygon polyline rect section span strong style sub "
    "summary sup svg table td text th thead title tr"
).split()
# Pages of many statements, whose text is what ``theorycalc show`` prints.
PAGES = {"Paper", "Theory", "Checked"}


def paper() -> tc.Paper:
    """A statement with evidence, and signs that HTML must not see."""
    found = tc.Paper("arXiv:1112.3712", "Y. Cho & L. Saul", "Kernels <i>", "ReLU.")
    one = found.states("lower", "κ₁(ρ) ≥ ρ, $a < b$", where="eq. 6")
    kernel = tc.kernels.arc_cosine(1)
    one.shows(kernel)
    one.equals(kernel, "1", "E φ(Z)² = 1/2", rho=1)
    one.proves(kernel.expr <= 1, "κ₁(ρ) ≤ 1", on={"rho": (-1, "1/2")})
    one.holds(kernel.expr >= kernel.args[0], "κ₁(ρ) ≥ ρ", {"rho": "0.3"})
    return found


def of_the_core():
    """Numbers, formulas, claims."""
    f = tc.Formula("f", X**2 - sp.exp(X), args=(X,))
    claim = tc.Claim(sp.exp(X) > X**2, name="a <i>", on={"x": (0, 2)})
    yield from (tc.Float(), tc.MP(20), tc.Ball(20), tc.Rigor.CERTIFIED, tc.Verdict.FAILS)
    yield from (tc.prove(claim), tc.search(claim, budget=100), tc.explore(f))
    yield tc.tightness(claim, along="x", budget=100)
    yield from (f, f.at(x=2), tc.Reference("arXiv:1806.07572", where="Theorem 1"))
    yield from (tc.activations.gelu, claim, claim.on, tc.check(claim, x=1))
    yield from (tc.erfcx(X), tc.hyperu(1, 2, X))
    yield from (tc.Integral(X**2, X, 0, 1), tc.Tail(sp.exp(-X), X))
    vectors = f.lambdify()
    yield from (vectors, vectors.program, f.lambdify(backend=array_api_strict))
    for name in dir(tc):
        error = getattr(tc, name)
        if isinstance(error, type) and issubclass(error, tc.TheoryCalcError):
            yield error(explain("not <i>", got="x", allowed="1, 2"))


def of_series():
    """Laws, coefficients, spectra, expansions."""
    law = tc.distributions
    yield from (law.Gaussian(2), law.StudentT(3, 5), law.UniformBall(3), law.UniformSphere(3))
    yield from (law.Radial(2, density=sp.exp(-X), variable=X), law.Moments(2, {(2, 0): 1}))
    yield from (tc.hermite.series("tanh", 30), tc.sphere.spectrum(tc.kernels.mlp(2), 3, 6))
    yield from (tc.hermite.expand(X**2 + Y), tc.hermite.expand(sp.tanh(X + Y) ** 2))


def of_infinite_networks():
    """Architectures, layers, fixed points, predictions."""
    k = tc.kernels
    image = k.serial(
        k.conv2d((3, 3)), k.activation("relu"), k.average_pool((2, 2)), k.flatten(), k.dense()
    )
    yield from (*image.layers, image.layers[0].window)
    yield from (k.mlp(2), image, k.layer_norm(), k.global_average_pool(), k.mlp(2).ntk)
    yield k.residual(k.activation("relu"), k.dense())
    deep = k.mlp(2, "tanh", "1.3", "0.2")
    yield from (deep.fixed_points(), deep.fixed_points()[0], deep.depth_scales())
    yield k.mlp(2).posterior(np.eye(4)[:2], [1.0, 2.0], np.eye(4), noise=0.1)


def of_finite_networks():
    """Networks of numbers, ensembles, data."""
    network = tc.networks.mlp(6, 3, sigma_w=1)
    parameters, data = network.init(range(2)), tc.validation.sphere_points(8, 2)
    yield from (network, parameters, network.propagate(parameters, data.x_test), data)
    yield from (tc.networks.Momentum(), tc.networks.Adam(), network.exponents, LOSSES["squared"])
    attention = tc.networks.linear_attention(2, 3)
    yield from (attention, tc.networks.from_kernel(tc.kernels.mlp(1), 4, inputs=2))
    training = {"learning_rate": 0.1, "steps": 3}
    yield tc.networks.train(network, parameters, data.x_train, data.y_train, **training)
    yield tc.validation.train_ensemble(network, data, 3, seed=0, **training)


def of_validation():
    """Comparisons, verdicts, reports, fits."""
    v = tc.validation
    validation, figure = v.validate(1.02, MEASURED), v.Figure("a < b", lambda axes: None)
    report = v.Report((validation, v.validate(2, MEASURED)), (figure,))
    yield from (MEASURED, validation, validation.comparison, validation.agreement, figure, report)
    yield v.Experiment("name", "what <i> trained", lambda quick: report)
    sizes, samples = (8, 16, 32), np.outer([1.0, 0.5, 0.25], [1.0, 1.1, 0.9])
    yield v.fit_exponent(sizes, samples)
    yield v.tails(np.arange(20) ** 2)
    yield v.FiniteSizeLaw.fit(sizes, [v.Measurement.of(s) for s in samples], power=1)


def of_relu_and_quantization():
    """Representations, extreme laws."""
    found = tc.relu.represent(X**2 + 2 * X * Y, X, Y)
    network = found.network(5, seed=0)
    yield from (found, found.request, found.request.target, network, found.sample(5, seed=0))
    yield Infinite("because")
    yield tc.quantization.norming_constants(sp.exp(-X), X)
    yield tc.quantization.kde.phase(alpha=1, h=1)
    yield from (tc.spectra.covariance_spike(4, 2), tc.spectra.rectangular_spike(2, 1))
    yield from (tc.spectra.batch_hessian(2, 1), tc.spectra.Outlier(2.5, 2.0, 0.5))
    room = tc.learning_curves
    yield from (room.ridge("1/2", 1, noise=1), room.kernel({1: 8}, {1: 1}), room.gradient_flow(2))
    yield from (room.power_law(2, 2), room.random_features("relu", 1, 2, 1))
    yield room.kernel({1: 8}, {1: 1}).spectrum
    yield room.peak(room.kernel({1: 8}, {1: 1}, noise=1, ridge="1/10").test)
    yield tc.spectra.marchenko_pastur(2) + tc.spectra.discrete({0: "1/2", 1: "1/2"})


def of_information():
    """Laws of the standard families, a best polynomial."""
    info = tc.information
    yield from (info.Normal(0, 1, 3), info.Poisson(2), info.Exponential("1/2"))
    yield info.Categorical(("1/2", "1/3", "1/6"))
    yield tc.optimal.polynomial(sp.exp(X), 2, digits=5)


def of_inference():
    """Channels, learning, its fixed points and thresholds."""
    room = tc.inference
    codes = room.bayes("rademacher", "linear", noise="1/200")
    mixture = room.Mixture([("1/2", -1, 0), ("1/2", 1, 1)])
    yield from (mixture, mixture.parts[0], room.Laplace(), room.output("sign"), codes)
    yield room.Density(sp.Rational(1, 2), X, (-1, 1))
    yield from (room.Hopfield(3), room.SK("1/2"), room.erm("hinge", 2, 1), room.loss("huber", 1))
    yield room.QuadraticNetwork("1/2")
    yield room.Likelihood((1 + Y * sp.tanh(sp.Symbol("z"))) / 2, values=(-1, 1))
    yield room.lasso("1/10", "1/2", "1/100", "3/2")
    yield from (codes.fixed_points("1/10")[0], codes.spinodals()[0])
    yield codes.phase_diagram(["1/2"], noise=["1/50"])
    yield room.message_passing(codes, 1, 50, replicas=2)


@cache
def examples() -> dict[type, object]:
    """One of every public class; a base without members of its own has one of a heir."""
    told, one = paper(), tc.theories.search("edge of chaos")[0]
    checked = told.check(digits=15, quick=True)
    [statement] = told.statements
    theories = [
        told,
        statement,
        statement.cases[0],
        statement.propositions[0],
        told.theory,
        one,
        checked,
    ]
    theories += [checked.outcomes[0], checked.rows[0]]
    parts = (of_the_core, of_series, of_infinite_networks, of_finite_networks, of_validation)
    parts = (*parts, of_relu_and_quantization, of_information, of_inference)
    found = [x for part in parts for x in part()] + theories
    channels = {Prior: tc.inference.Laplace(), Output: tc.inference.output("relu")}
    heirs = {
        Architecture: tc.kernels.mlp(1),
        tc.networks.Network: tc.networks.mlp(2, 3, sigma_w=1),
        **channels,
        Route: tc.relu.represent(X**2 + Y, X, Y).route,
    }
    return {type(x): x for x in found} | heirs


def words(text: str) -> set[str]:
    return set(re.findall(r"\d[\w.+-]*|[^\W\d]\w*", text))


def shown(x) -> str:
    """The text of its HTML, without pictures, TeX and the heads of columns."""
    unread = r"<style>.*?</style>|<svg.*?</svg>|<th>.*?</th>|\$.*?\$"
    visible = re.sub(unread, " ", x._repr_html_(), flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", visible))


CLASSES = sorted(public_classes(), key=lambda cls: (cls.__module__, cls.__name__))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_every_public_class_has_a_look(cls):
    example = examples().get(cls)
    if example is None and issubclass(cls, StrictFunction):  # functions look as in SymPy
        example = tc.hyperu(1, 2, X)
    assert example is not None, f"no example of {cls}: add one to examples()"
    markup, text = example._repr_html_(), f"{example!r} {example}".replace("\\n", " ")
    assert markup.count("\n") < 40
    for written in (markup, text):
        assert not re.search(r"\b0x[0-9a-f]{6}|array\(|\[ ?-?\d+\.\d* ", written)
    assert set(re.findall(r"<([a-z]\w*)", markup)) <= set(TAGS)
    if cls.__name__ not in PAGES:
        assert words(shown(example)) <= words(text)
        if "$" not in markup and not isinstance(example, Enum):
            numbers = set(re.findall(r"(?<![\w.])\d+\.?\d*", text))
            assert numbers <= set(re.findall(r"(?<![\w.])\d+\.?\d*", shown(example)))


def test_families_are_lists_with_an_axis():
    """What is sliced keeps its places; a dataset encloses its Values."""
    spectrum = tc.kernels.mlp(2).spectrum(5, 6, using=tc.Ball(30))
    part = pickle.loads(pickle.dumps(spectrum[1:6:2]))
    assert isinstance(spectrum, list)
    assert part == [spectrum[1], spectrum[3], spectrum[5]]
    data = part.to_dataset()
    assert data.k.values.tolist() == [1, 3, 5]
    assert (int(data.d), data.symbol) == (5, "mu")
    for cell, value in zip(data.transpose("k").json.values, part, strict=True):
        assert tc.Value.from_json(str(cell)).mid == value.mid
    for mid, rad, value in zip(data.mid.values, data.rad.values, part, strict=True):
        assert abs(Fraction(mid) - fraction(value.mid)) + fraction(value.rad) <= Fraction(rad)
    frame = part.to_dataframe()
    assert frame.index.name == "k"
    assert frame.rigor.tolist() == ["CERTIFIED"] * 3
    lines = part.to_latex().splitlines()
    assert lines[1] == r"$k$ & $\mu_{k}$ \\ \hline"
    assert [line.split(" & ")[0] for line in lines[2:-1]] == ["1", "3", "5"]
    part.append(spectrum[0])
    with pytest.raises(tc.DomainError, match="no places"):
        part.to_dataset()


def test_a_series_is_the_sequence_of_its_coefficients():
    series = tc.hermite.series("relu", 4, using=tc.Ball(20))
    assert list(series) == list(series.coefficients)
    assert (len(series), series[1], series[2:][0]) == (5, *series.coefficients[1:3])
    assert series[2:].to_dataset().k.values.tolist() == [2, 3, 4]
    assert series.to_dataset().activation.item() == "relu"


def test_long_tables_are_cut_in_the_middle():
    spectrum = tc.sphere.spectrum("relu", 3, 40)
    rows = str(spectrum).splitlines()[2:]
    assert [row.split()[0] for row in rows] == [*"012345678", "…", "38", "39", "40"]


def test_pages_of_the_package_are_short():
    for name in tc.theories.list():
        assert tc.theories.get(name)._repr_html_().count("\n") < 40


def test_a_bar_leaves_nothing_in_a_notebook():
    """What a cell has while it works is empty when it is done."""
    notebook = nbformat.v4.new_notebook()
    code = (
        "import time, theorycalc.core.progress as progress\n"
        "progress._PATIENCE = 0.1\n"
        "for _ in progress.progress(range(4), 4, 'work'):\n"
        "    time.sleep(0.1)\n"
        "len([*progress.progress(range(4), 4)])"
    )
    notebook.cells = [nbformat.v4.new_code_cell(code)]
    nbclient.NotebookClient(notebook, kernel_name="python3").execute()
    bar, result = notebook.cells[0].outputs
    assert bar.data == {"text/plain": ""}
    assert result.data == {"text/plain": "4"}
