"""The gallery: a page for each theory with what a quick check found, and an index by topic."""

import os
from pathlib import Path

import theorycalc as tc
from theorycalc.theories import _page
from theorycalc.theories._sources import Named, rooms


def write_pages(folder: Path) -> None:
    """A page for each theory, and the index that the page "Gallery" includes."""
    checked = tc.theories.check(quick=True, pictures=True, jobs=os.cpu_count() or 1)
    if checked.failed:
        raise tc.TheoryCalcError(f"the gallery would show what is not true:\n{checked}")
    pages = folder / "gallery"
    pages.mkdir(parents=True, exist_ok=True)
    for name in tc.theories.list():
        write_page(pages, name, [o for o in checked.outcomes if o.rows[0].theory == name])
    (folder / "topics.md").write_text(topics(), encoding="utf-8")


def write_page(folder: Path, name: str, outcomes: list) -> None:
    """A theory with what is known of it: a heading for Sphinx, and the rest as it is."""
    theory = tc.theories.get(name)
    content = _page.fragment(_page.body(theory, _page.mathml, outcomes, anchor=name))
    (folder / f"{name}.html").write_text(content, encoding="utf-8")
    page = f"# {theory.title}\n\n```{{raw}} html\n:file: {name}.html\n```\n"
    (folder / f"{name}.md").write_text(page, encoding="utf-8")


def topics() -> str:
    """The rooms of the package, each with the theories that call it."""
    called = {name: rooms(Named(name)) or [""] for name in tc.theories.list()}
    lines = []
    for topic in sorted(set().union(*called.values())):
        links = ", ".join(link(name) for name, found in called.items() if topic in found)
        lines.append(f"- {f'`tc.{topic}`' if topic else 'of its own'}: {links}")
    return "\n".join(lines) + "\n"


def link(name: str) -> str:
    """To the page of a theory."""
    return f"{{doc}}`/generated/gallery/{name}`"
