"""The maps of the house and its gallery say what the code says."""

import importlib.util
import re
from pathlib import Path

import theorycalc as tc
from theorycalc.theories._runner import Outcome, Row

ROOT = Path(__file__).parent.parent


def _script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


rooms, gallery = _script("rooms"), _script("gallery")


def test_the_map_of_the_contributors():
    """``python docs/rooms.py`` writes it anew."""
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert rooms.written_into(guide) == guide


def test_every_file_says_what_it_is_for():
    assert all(rooms.purpose(path) for path in rooms.HOUSE.rglob("*.py") if path.stat().st_size)


def test_arrows_and_levels():
    graph = rooms.arrows()
    floors = rooms.levels(graph)
    assert floors["core"] == 0
    assert all(floors[below] < floors[room] for room in graph for below in graph[room])
    chain = {"a": {"b", "c"}, "b": {"c"}, "c": set()}
    assert rooms.direct(chain) == {"a": {"b"}, "b": {"c"}, "c": set()}


def test_the_way_of_an_evaluation():
    import theorycalc as tc

    kernel = tc.kernels.mlp(1, "relu").nngp
    modules = rooms.way(lambda: kernel.at(rho="0.3", using=tc.Ball(10)))
    assert modules.index("theorycalc.core.evaluable") < modules.index("theorycalc.core.program")
    assert "theorycalc.core.arithmetic.ball_context" in modules


def test_pictures(tmp_path):
    rooms.draw({"a": {"b"}, "b": set()}, tmp_path / "graph.svg")
    assert "<svg" in (tmp_path / "graph.svg").read_text(encoding="utf-8")


def test_the_gallery_shows_every_theory():
    wishes = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    linked = re.findall(r"\{doc\}`/generated/gallery/(\w+)`", wishes)
    assert set(linked) == set(tc.theories.list())
    assert all(gallery.link(name) in gallery.topics() for name in linked)


def test_a_page_of_the_gallery(tmp_path):
    row = Row("periodic_neuron", "item", "1.5", "", "HOLDS", 0.0, 1, "Float")
    outcome = Outcome((row,), kind="cases", index=0)
    gallery.write_page(tmp_path, "periodic_neuron", [outcome])
    page = (tmp_path / "periodic_neuron.md").read_text(encoding="utf-8")
    assert page.startswith("# Hardness of the periodic neuron\n")
    assert "<math" in (tmp_path / "periodic_neuron.html").read_text(encoding="utf-8")
