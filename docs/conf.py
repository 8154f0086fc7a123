"""Configuration of the documentation."""

import sys
from pathlib import Path

import theorycalc

sys.path.insert(0, str(Path(__file__).parent))
import gallery
import rooms

project = "theorycalc"
author = project_copyright = "The theorycalc developers"
release = version = theorycalc.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
html_theme = "furo"
html_title = f"theorycalc {release}"

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 2

autosummary_generate = True
autodoc_member_order = "bysource"
# names in single backquotes are code, of this package or of another
default_role = "code"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False


def setup(app):
    """Read the map of the rooms off the code, and check the theories, before the pages are read."""
    generated = Path(__file__).parent / "generated"
    app.connect("builder-inited", lambda _: rooms.write_pages(generated))
    app.connect("builder-inited", lambda _: gallery.write_pages(generated))
