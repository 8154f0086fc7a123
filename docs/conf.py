"""Configuration of the documentation."""

import re
import shutil
import sys
from pathlib import Path

from sphinx.errors import ExtensionError

import theorycalc

sys.path.insert(0, str(Path(__file__).parent))
import gallery
import measured
import rooms

HERE = Path(__file__).parent

project = "theorycalc"
author = project_copyright = "The theorycalc developers"
release = version = theorycalc.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx-mathjax-offline",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build", "generated/benchmarks.md"]
templates_path = ["_templates"]
html_theme = "furo"
html_title = f"theorycalc {release}"

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
# formulas between dollars are typeset in what notebooks gave, too
myst_mathjax_classes = "tex2jax_process|mathjax_process|math|output_area|cell_output"
mathjax3_config = {"tex": {"inlineMath": [["\\(", "\\)"], ["$", "$"]]}}
# the notebooks come with what they gave, which the tests see again; sliders need a kernel
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]

autosummary_generate = True
autodoc_member_order = "bysource"
# names in single backquotes are code, of this package or of another
default_role = "code"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False


def setup(app):
    """Write what the pages include: the map, the theories as checked, notebooks, pictures."""
    generated = HERE / "generated"
    app.connect("builder-inited", lambda _: rooms.write_pages(generated))
    app.connect("builder-inited", lambda _: gallery.write_pages(generated))
    app.connect("builder-inited", lambda _: measured.write_page(generated))
    app.connect("builder-inited", lambda _: copy_notebooks(generated / "notebooks"))
    app.connect("autodoc-process-docstring", keep_bars)
    app.connect("build-finished", refuse_network)


def keep_bars(app, what, name, obj, options, lines: list[str]) -> None:
    """|x| is a modulus and no substitution, outside of examples and code."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            parts = re.split(r"(`[^`]*`)", line)
            parts[::2] = (part.replace("|", r"\|") for part in parts[::2])
            lines[i] = "".join(parts)


def copy_notebooks(folder: Path) -> None:
    """Sphinx reads what is below its own folder only."""
    folder.mkdir(parents=True, exist_ok=True)
    for notebook in (HERE.parent / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, folder)


def refuse_network(app, exception) -> None:
    """The pages work offline: scripts, styles and pictures come with them."""
    if exception is not None or app.builder.format != "html":
        return
    what = r"(?:script|img|iframe|link(?=[^>]*stylesheet))"
    loads = re.compile(rf'<{what}\b[^>]*\s(?:src|href)="(?:https?:)?//[^"]*')
    for page in Path(app.outdir).rglob("*.html"):
        found = loads.search(page.read_text(encoding="utf-8"))
        if found:
            raise ExtensionError(f"{page.name} loads something from the network: {found[0]}")
