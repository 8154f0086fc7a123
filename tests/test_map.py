"""The maps of the house say what the code says."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parent.parent
_SPEC = importlib.util.spec_from_file_location("rooms", ROOT / "docs" / "rooms.py")
rooms = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(rooms)


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
    assert modules.index("theorycalc.core.formula") < modules.index("theorycalc.core.program")
    assert "theorycalc.core.arithmetic.ball_context" in modules


def test_pictures(tmp_path):
    rooms.draw({"a": {"b"}, "b": set()}, tmp_path / "graph.svg")
    assert "<svg" in (tmp_path / "graph.svg").read_text(encoding="utf-8")
