"""The house rules: imports go downwards, symbols and numerics meet only where they may."""

import ast
from pathlib import Path

import pytest

import theorycalc

HOUSE = Path(theorycalc.__file__).parent
# What a room may import, besides itself and the rooms of its own list.
ALLOWED = {
    "core": set(),
    "activations": {"core"},
    "distributions": {"core"},
    "hermite": {"core", "activations"},
    "sphere": {"core", "activations"},
    "networks": {"core", "activations"},
    "kernels": {"core", "activations", "hermite", "sphere"},
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
    },
    "cli": {"core", "theories"},
}
# Packages that a file of this name must not touch, and those that only one folder may.
FORBIDDEN = {"symbolic": {"numpy", "scipy", "numba"}, "numeric": {"sympy"}}
RESERVED = {"flint": ("core/arithmetic",)}
HEAVY_TOP = {"numba", "scipy", "xarray", "joblib", "matplotlib", "sympy", "numpy"}


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
        if package == "theorycalc" and rest and room in ALLOWED:
            other = rest.split(".")[0]
            is_room = (root / other).exists() or (root / f"{other}.py").exists()
            if is_room and other != room and other not in ALLOWED[room]:
                yield f"{relative} imports {module}: {room} may not look into {other}"
        if package in FORBIDDEN.get(path.stem, ()):
            yield f"{relative} imports {package}: {path.name} may not"
        for folder in RESERVED.get(package, ()):
            if not str(relative).startswith(folder):
                yield f"{relative} imports {package}: only {folder} may"


FILES = sorted(HOUSE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_imports_go_downwards(path):
    assert not list(violations(path))


def test_every_room_has_its_floor():
    rooms = {p.relative_to(HOUSE).parts[0].removesuffix(".py") for p in FILES}
    assert rooms - {"__init__", "__main__"} <= ALLOWED.keys()


def test_an_upward_import_is_found(tmp_path):
    for room in ("core", "kernels"):
        (tmp_path / room).mkdir()
    upward = tmp_path / "core" / "value.py"
    upward.write_text("from theorycalc.kernels import mlp\nimport flint\n")
    assert len(list(violations(upward, tmp_path))) >= 2


def test_the_face_imports_nothing_heavy():
    for name in ("__init__.py", "__main__.py", "cli.py"):
        tops = {module.split(".")[0] for module in imports(HOUSE / name, top_level_only=True)}
        assert not tops & HEAVY_TOP
