"""The map of the house, read off the code: its rooms, what they import, the way of an evaluation.

``python docs/rooms.py`` writes the map into CONTRIBUTING.md; the pages call it when they are built.
"""

import ast
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "theorycalc"
_BEGIN, _END = "<!-- rooms: written by docs/rooms.py -->\n", "<!-- end of rooms -->\n"


def purpose(path: Path) -> str:
    """The first line of the docstring of a module or a package, with the backticks of Markdown."""
    file = path / "__init__.py" if path.is_dir() else path
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return text.split("\n")[0].replace("``", "`")


def tree() -> str:
    """Every room with its purpose, one a line; a room's floors and files of its own below it."""
    lines = ["    theorycalc/"]
    for room in sorted(HOUSE.iterdir(), key=lambda p: (p.is_file(), p.name)):
        if room.is_dir() and (room / "__init__.py").exists():
            lines.append(_line(room, 2))
            lines += [
                _line(part, 4)
                for part in sorted(room.iterdir())
                if part.is_dir() and (part / "__init__.py").exists()
            ]
        elif room.suffix == ".py" and room.stem != "__main__":
            lines.append(_line(room, 2))
    return "\n".join(lines) + "\n"


def _line(path: Path, indent: int) -> str:
    name = path.name + ("/" if path.is_dir() else "")
    return f"    {' ' * indent}{name:<{26 - indent}}{purpose(path)}"


def arrows(folder: Path = HOUSE) -> dict[str, set[str]]:
    """Which parts of a folder import which others of its parts."""
    prefix = ".".join(folder.relative_to(ROOT).parts)
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(folder.rglob("*.py")):
        own = path.relative_to(folder).parts[0].removesuffix(".py")
        if own in ("__init__", "__main__"):
            continue
        found[own] |= {
            module.removeprefix(f"{prefix}.").split(".")[0]
            for module in _imported(path)
            if module.startswith(f"{prefix}.")
        } - {own}
    parts = found.keys()
    return {part: others & parts for part, others in found.items()}


def _imported(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def levels(graph: dict[str, set[str]]) -> dict[str, int]:
    """How many parts lie below each one, on the longest way down."""
    found: dict[str, int] = {}

    def level(part: str) -> int:
        if part not in found:
            found[part] = 1 + max((level(below) for below in graph[part]), default=-1)
        return found[part]

    for part in graph:
        level(part)
    return found


def direct(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The arrows that are not implied by others."""
    below = {part: _all_below(graph, part) for part in graph}
    return {
        part: {one for one in others if not any(one in below[two] for two in others)}
        for part, others in graph.items()
    }


def _all_below(graph: dict[str, set[str]], part: str) -> set[str]:
    return set().union(graph[part], *(_all_below(graph, one) for one in graph[part]))


def draw(graph: dict[str, set[str]], path: Path) -> None:
    """A picture: what stands higher imports what stands lower."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    floors = defaultdict(list)
    for part, level in sorted(levels(graph).items()):
        floors[level].append(part)
    widest = max(map(len, floors.values()))
    place = {
        part: ((i + 0.5) * widest / len(parts), level)
        for level, parts in floors.items()
        for i, part in enumerate(parts)
    }
    figure, axes = pyplot.subplots(figsize=(1.8 * widest + 1, 0.95 * len(floors) + 0.6))
    for part, others in direct(graph).items():
        for other in others:
            axes.annotate(
                "",
                place[other],
                place[part],
                arrowprops={"arrowstyle": "->", "color": "0.55", "shrinkA": 12, "shrinkB": 12},
            )
    for part, (x, y) in place.items():
        box = {"boxstyle": "round,pad=0.4", "facecolor": "#eef3fa", "edgecolor": "#4a6fa5"}
        axes.text(x, y, part, ha="center", va="center", bbox=box, fontsize=10)
    axes.set(xlim=(0, widest), ylim=(-0.6, len(floors) - 0.4))
    axes.axis("off")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, bbox_inches="tight")
    pyplot.close(figure)


def way(evaluate) -> list[str]:
    """The modules of the package that a call enters, in the order of the first entry."""
    entered: dict[str, None] = {}

    def look(frame, event, _):
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith("theorycalc.") and frame.f_code.co_name[0] != "<":
            entered.setdefault(name)

    sys.setprofile(look)
    try:
        evaluate()
    finally:
        sys.setprofile(None)
    return list(entered)


def write_pages(folder: Path) -> None:
    """What the page "Architecture" includes: two pictures, the map and the way of an evaluation."""
    import theorycalc as tc

    draw(arrows(), folder / "rooms.svg")
    draw(arrows(HOUSE / "kernels"), folder / "kernels.svg")
    (folder / "rooms.md").write_text(f"```text\n{tree()}```\n", encoding="utf-8")
    kernel = tc.kernels.mlp(2, "relu")
    modules = way(lambda: kernel.ntk.at(rho="0.3", using=tc.Ball(20)))
    lines = [f"1. `{name}`: {purpose(_file(name))}" for name in modules]
    (folder / "way.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _file(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path if path.is_dir() else path.with_suffix(".py")


def written_into(text: str) -> str:
    """The text with the map between its marks."""
    before, rest = text.split(_BEGIN)
    return before + _BEGIN + "\n" + tree() + "\n" + _END + rest.split(_END)[1]


if __name__ == "__main__":
    guide = ROOT / "CONTRIBUTING.md"
    guide.write_text(written_into(guide.read_text(encoding="utf-8")), encoding="utf-8")
