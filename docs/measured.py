"""The page of benchmarks, made of what ``python benchmarks/NAME.py --keep`` has written."""

import ast
import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from _timing import RESULTS, seconds_text


def write_page(folder: Path) -> None:
    """A section for each script that has been measured, with a picture of costs that grow."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for file in sorted(RESULTS.glob("*.json")):
        kept = json.loads(file.read_text(encoding="utf-8"))
        parts.append(f"## {purpose(file.stem)}\n\n{circumstances(file.stem, kept)}")
        for i, found in enumerate(kept["findings"]):
            if "axis" in found:
                name = f"benchmark-{file.stem}-{i}.svg"
                draw(found, folder / name)
                parts.append(f"```{{image}} generated/{name}\n:alt: {found['title']}\n```")
            else:
                parts.append(table(found))
    (folder / "benchmarks.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def purpose(script: str) -> str:
    """The first sentence of a script."""
    text = (RESULTS.parent / f"{script}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(text)).split("\n")[0].rstrip(".")


def circumstances(script: str, kept: dict) -> str:
    """When and on what it was measured."""
    versions = ", ".join(f"{name} {version}" for name, version in kept["versions"].items())
    busy = kept["load"] / kept["cores"]
    other = (
        f" The machine had {busy:.0f} times as much to do as it has cores." if busy > 1.5 else ""
    )
    return (
        f"`benchmarks/{script}.py`, {kept['date']}: {kept['processor']}, {kept['cores']} cores, "
        f"Python {kept['python']}, {versions}.{other}"
    )


def table(found: dict) -> str:
    """Times and their ratios to the first."""
    ours = found["rows"][0]["seconds"]
    title = found["title"].replace("*", r"\*")
    lines = [f"**{title}**", "", "| | time | × ours | |", "|---|---:|---:|---|"]
    for row in found["rows"]:
        time, ratio = seconds_text(row["seconds"]), row["seconds"] / ours
        shown = f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}"
        way = row["way"].replace("*", r"\*")
        lines.append(f"| {way} | {time} | {shown} | {row['note']} |")
    return "\n".join(lines)


def draw(found: dict, path: Path) -> None:
    """Costs against a size, log–log."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.5, 3.8), layout="constrained")
    for name, times in found["series"].items():
        axes.loglog(found["sizes"], times, "o-", markersize=4, linewidth=1, label=name)
    axes.set(xlabel=found["axis"], ylabel="seconds of the processor", title=found["title"])
    axes.set_xticks(found["sizes"], map(str, found["sizes"]))
    axes.minorticks_off()
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    figure.savefig(path)
    pyplot.close(figure)
