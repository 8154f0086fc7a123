"""The house rules: imports go downwards, symbols and numerics meet only where they may."""

import ast
import importlib
from pathlib import Path

import pytest

import theorycalc

HOUSE = Path(theorycalc.__file__).parent
# What a room may import, besides itself and the rooms of its own list.
ALLOWED = {
    "core": set(),
    "activations": {"core"},
    "layers": {"core", "activations"},
    "distributions": {"core"},
    "hermite": {"core", "activations"},
    "sphere": {"core", "activations"},
    "information": {"core"},
    "optimal": {"core"},
    "networks": {"core", "activations", "layers"},
    "spectra": {"core", "activations", "hermite", "sphere"},
    "inference": {"core", "activations", "distributions"},
    "kernels": {"core", "activations", "layers", "hermite", "sphere"},
    "learning_curves": {"core", "activations", "hermite", "sphere", "spectra", "kernels"},
    "relu": {"core", "activations", "hermite", "sphere", "distributions", "networks"},
    "quantization": {"core", "activations", "distributions"},
    "validation": {"core", "activations", "hermite", "kernels", "networks"},
    "theories": {
        "core",
        "activations",
        "hermite",
        "sphere",
        "kernels",
        "networks",
        "validation",
        "relu",
        "distributions",
        "quantization",
        "bounds",
        "spectra",
        "learning_curves",
        "information",
        "optimal",
        "inference",
    },
    "bounds": {"core"},
    "sweeps": {"core", "validation"},
    "explorer": {"core", "theories"},
    "cli": {"core", "theories"},
}
# The floors inside a room, from the ground up: what stands on one imports from it and from below.
FLOORS = {
    "core": ("errors", "arithmetic", "integration"),
    "kernels": (
        "symbols",
        "layers",
        "duals",
        "fixed_points",
        "recursion",
        "matrices",
        "_prediction",
        "_evidence",
        "_exact",
        "_in_many_digits",
        "flow_in_balls",
        "posterior_in_balls",
        "predict",
        "networks",
    ),
    "relu": (
        "target",
        "means",
        "constants",
        "norms",
        "routes",
        "finite",
        "tuning",
        "verify",
        "costs",
        "comparison",
        "representation",
        "_represent",
    ),
    "bounds": (
        "domain",
        "sharing",
        "goals",
        "definedness",
        "enclosed",
        "rules",
        "branching",
        "closed_forms",
        "contacts",
        "coefficients",
        "germ_sums",
        "near_ends",
        "ends",
        "manifolds",
        "descent",
        "zeros",
        "orthants",
        "exact",
        "refuting",
        "rewrites",
        "problems",
        "along_contacts",
        "scaling",
        "conditions",
        "reductions",
        "named",
        "steps",
        "claimed",
        "sampling",
        "searching",
        "extrapolation",
        "tight",
        "algebraic",
        "tails",
        "ratios",
        "half_lines",
        "cells",
        "proving",
        "checking",
        "written",
        "paragraphs",
        "pictures",
        "proof",
        "asked",
        "face",
    ),
    "spectra": (
        "jets",
        "nodes",
        "series",
        "in_doubles_roots",
        "in_doubles",
        "in_doubles_edges",
        "rational",
        "in_balls_edges",
        "in_balls",
        "in_balls_learned",
        "in_balls_meeting",
        "functions",
        "closed",
        "quadrature",
        "in_balls_means",
        "means",
        "_reading",
        "_build",
        "in_doubles_spikes",
        "in_balls_spikes",
        "spikes",
        "data",
        "_law",
        "families",
        "hessians",
        "coulomb",
    ),
    "learning_curves": (
        "arguments",
        "in_doubles",
        "effective_ridge",
        "populations",
        "ridge_regression",
        "samples_in_doubles",
        "pictures",
        "kernel_spectrum",
        "kernel_regression",
        "from_residuals",
        "power_laws",
        "features_in_doubles",
        "feature_regression",
        "linear_networks",
        "peaks",
    ),
    "explorer": ("spans", "subjects", "drawing", "panel", "face"),
    "inference": (
        "solving",
        "priors",
        "mixtures",
        "densities",
        "outputs",
        "named_outputs",
        "likelihoods",
        "channels",
        "curve_in_doubles",
        "phases",
        "state_evolution",
        "learning",
        "draws_in_doubles",
        "draws",
        "messages_in_doubles",
        "messages",
        "capacities",
        "memories",
        "glasses",
        "quadratic",
        "sparse",
        "losses_in_doubles",
        "losses",
        "minimisers",
        "risk",
        "potential",
    ),
    "quantization": ("arguments", "sphere", "extremes", "bounds", "freezing_point", "kde"),
}
# Packages that only some folders may touch.
RESERVED = {
    "flint": (
        *("core/arithmetic", "core/integration", "bounds"),
        *(
            "spectra/in_balls",
            "inference/solving/likelihood_in_balls",
            "inference/solving/outcomes_in_balls",
        ),
    )
}
HEAVY_TOP = {"numba", "scipy", "xarray", "joblib", "matplotlib", "sympy", "numpy"}
# Where a function imports from this package: numba and flint hide behind it, or it is the start of
# the command line, or arithmetics, which need functions of ours.
LATE = {
    "cli.py",
    "core/compiled.py",
    "core/value.py",
    "core/evalf.py",
    "core/arithmetic/special_arrays.py",
}
# Where symbols and numbers meet by the nature of a file: a route has a density and neurons, a paper
# formulas and an experiment.
BOTH_ANYWHERE = ("relu/routes/", "theories/")
# Where else they meet. The list only shrinks: a new file has one of them.
BOTH = frozenset(
    """
activations.py
    core/arithmetic/array_context.py
    core/arithmetic/tracked_context.py
    core/claims.py
    core/records.py
    core/special.py
    distributions/_base.py
    distributions/families.py
    distributions/pearson.py
    distributions/radial.py
    distributions/uniform.py
    hermite/all_degrees.py
    hermite/functions.py
    hermite/polynomials.py
    kernels/duals/arc_cosine.py
    kernels/duals/mean.py
    kernels/duals/pair.py
    kernels/fixed_points/crossings.py
    kernels/matrices/plan.py
    kernels/networks/mlp.py
    kernels/predict.py
    kernels/recursion/array_duals.py
    quantization/extremes/normal_maximum.py
    quantization/freezing_point.py
    quantization/sphere/functions.py
    quantization/sphere/in_mp_norms.py
    quantization/sphere/norm_law.py
    relu/finite.py
    relu/means/bias_integral.py
    relu/means/directions.py
    relu/means/modulus_doubles.py
    relu/means/modulus_radial.py
    relu/means/rules.py
    relu/representation.py
    relu/tuning.py
    relu/verify.py
    sphere/functions.py
    sphere/in_angle.py
    sphere/in_doubles.py
    sphere/legendre_polynomials.py
    sphere/taylor.py
    """.split()
)


def imports(path, top_level_only=False):
    """Every module that a file imports, by its full name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def violations(path, root=HOUSE):
    """The rules that a file breaks."""
    relative = path.relative_to(root)
    room = relative.parts[0].removesuffix(".py")
    for module in imports(path):
        package, _, rest = module.partition(".")
        if package == "theorycalc" and rest:
            other, *inside = rest.split(".")
            is_room = (root / other).exists() or (root / f"{other}.py").exists()
            if room in ALLOWED and is_room and other != room and other not in ALLOWED[room]:
                yield f"{relative} imports {module}: {room} may not look into {other}"
            if other == room and inside:
                yield from _upward(relative, module, inside[0])
        for folder in (RESERVED.get(package, ()),):
            if folder and not str(relative).startswith(folder):
                yield f"{relative} imports {package}: only {folder} may"


def _upward(relative, module, target):
    """A line where a file of a room imports from a floor above its own."""
    floors = FLOORS.get(relative.parts[0], ())
    own = relative.parts[1].removesuffix(".py")
    if own in floors and target in floors and floors.index(target) > floors.index(own):
        yield f"{relative} imports {module}: {own} may not look up to {target}"


FILES = sorted(HOUSE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_imports_go_downwards(path):
    assert not list(violations(path))


def test_every_room_has_its_floor():
    rooms = {p.relative_to(HOUSE).parts[0].removesuffix(".py") for p in FILES}
    assert rooms - {"__init__", "__main__"} <= ALLOWED.keys()


@pytest.mark.parametrize("room", sorted(FLOORS.keys() - {"core"}))
def test_every_part_of_a_room_has_its_floor(room):
    parts = {p.relative_to(HOUSE / room).parts[0] for p in FILES if (HOUSE / room) in p.parents}
    assert {part.removesuffix(".py") for part in parts} - {"__init__"} == set(FLOORS[room])


def test_the_precision_of_balls_is_set_on_the_ground_floor():
    """Rooms may compute with numbers of flint; what they are rounded to is the context's."""
    found = {p.relative_to(HOUSE).parts[0] for p in FILES if "flint.ctx" in imports(p)}
    assert found == {"core"}


def test_symbols_and_numbers_meet_only_where_they_did():
    """A file that has got rid of one of them leaves the list."""
    assert {
        str(path.relative_to(HOUSE))
        for path in FILES
        if {"numpy", "sympy"} <= {module.split(".")[0] for module in imports(path)}
        and not str(path.relative_to(HOUSE)).startswith(BOTH_ANYWHERE)
    } == BOTH


def test_functions_import_nothing_that_could_be_at_the_top():
    late = set()
    for path in FILES:
        top = set(imports(path, top_level_only=True))
        if any(x.startswith("theorycalc") for x in set(imports(path)) - top):
            late.add(str(path.relative_to(HOUSE)))
    assert late == LATE


def test_an_upward_import_is_found(tmp_path):
    for room in ("core", "kernels/duals", "kernels/matrices"):
        (tmp_path / room).mkdir(parents=True)
    upward = tmp_path / "core" / "value.py"
    upward.write_text("from theorycalc.kernels import mlp\nimport flint\n")
    assert len(list(violations(upward, tmp_path))) >= 2
    inside = tmp_path / "kernels/duals/pair.py"
    inside.write_text("from theorycalc.kernels.matrices.plan import Plan\n")
    assert list(violations(inside, tmp_path))


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py", "cli.py"])
def test_the_face_imports_nothing_heavy(name):
    tops = {module.split(".")[0] for module in imports(HOUSE / name, top_level_only=True)}
    assert not tops & HEAVY_TOP


ROOMS = [name for name in theorycalc.__all__ if (HOUSE / name).is_dir()]
# Modules that are public themselves.
PUBLIC = [
    "kernels.predict",
    "quantization.bounds",
    "quantization.kde",
    "validation.plots",
    "validation.tangent",
]


@pytest.mark.parametrize("name", [*ROOMS, *PUBLIC])
def test_a_room_shows_its_public_names_only(name):
    room = importlib.import_module(f"theorycalc.{name}")
    assert dir(room) == sorted(room.__all__)


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_bears_the_name_of_a_public_object(room):
    public = {
        name
        for name in importlib.import_module(f"theorycalc.{room}").__all__
        if f"{room}.{name}" not in PUBLIC
    }
    modules = {path.stem for path in (HOUSE / room).rglob("*.py") if path.parent.name == room}
    folders = {path.name for path in (HOUSE / room).glob("*/")}
    assert not public & (modules | folders)
