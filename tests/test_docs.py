"""The public face explains itself: a docstring with an example that runs, and pages that exist."""

import inspect
import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

import theorycalc as tc
from theorycalc.cli import app
from theorycalc.core.vocabulary import FUNCTIONS as FUNCTIONS_OF_SYMPY
from theorycalc.core.vocabulary import REWRITES
from theorycalc.relu.routes._by_name import METHODS

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/decisions").glob("*.md")]
HOWTO = (ROOT / "docs" / "howto.md").read_text(encoding="utf-8")


def public_functions():
    """Every public function of the face and of the rooms, by its full name."""
    homes = {"tc": tc} | {f"tc.{room}": getattr(tc, room) for room in tc._ROOMS}
    homes["tc.kernels.predict"] = tc.kernels.predict
    for prefix, home in homes.items():
        for name in getattr(home, "__all__", []):
            thing = getattr(home, name)
            if inspect.isfunction(thing):
                yield f"{prefix}.{name}", thing


FUNCTIONS = dict(public_functions())
# A docstring may refer to a relative for its parameters.
REFERENCE = re.compile(r"arameters\b[^.]* are those of\s+`\w+`")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_has_an_example(name):
    text = inspect.getdoc(FUNCTIONS[name])
    assert ">>>" in text


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_is_documented(name):
    signature = inspect.signature(FUNCTIONS[name])
    text = inspect.getdoc(FUNCTIONS[name])
    for parameter in () if REFERENCE.search(text) else signature.parameters:
        assert re.search(rf"\b{parameter}\b", text), parameter


def test_the_conventions_name_every_activation():
    page = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
    passage = page.partition("The names: ")[2].partition(".\n")[0]
    assert set(dir(tc.activations)) - {"Activation", "as_activation"} == set(
        re.findall(r"([a-z_]+)(?:\([^)]*\))?(?:,|\. )", passage + ". ")
    )


def test_every_way_to_represent_a_polynomial_is_documented():
    page = (ROOT / "docs" / "relu.md").read_text(encoding="utf-8")
    for name in METHODS:
        assert f'"{name}"' in tc.relu.represent.__doc__
        assert f"| `{name}`" in page


def test_what_is_an_expression_is_said_once():
    """The conventions name every public function that gives an expression and no Formula."""
    page = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
    passage = page.partition("**Formula or expression.**")[2].partition("\n\n")[0]
    expressions = {
        name.removeprefix("tc.") if name.count(".") > 1 else name
        for name, function in FUNCTIONS.items()
        if re.search(r"\bExpr\b", str(inspect.signature(function).return_annotation))
    }
    assert expressions | {"hermite.expand"} == set(re.findall(r"`(\w+\.\w+)`", passage))


def test_links_between_the_files_of_the_repository_exist():
    assert PAGES
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_table_of_functions_is_complete():
    """Every function that can be lowered is in the table of docs/certify.md."""
    page = (ROOT / "docs" / "certify.md").read_text(encoding="utf-8")
    for function in (*FUNCTIONS_OF_SYMPY, *REWRITES):
        assert re.search(rf"\b{function.__name__}\b", page), function


def test_the_reference_lists_every_public_name():
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    for name in FUNCTIONS:
        assert re.search(rf"^   .*\b{name.split('.')[-1]}$", page, re.MULTILINE), name


def blocks_without_prompts():
    """Every block of code that is no doctest, with its page; those of PyTorch need it."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
        for number, block in enumerate(block for block in blocks if ">>>" not in block):
            marks = pytest.mark.torch if "import torch" in block else ()
            yield pytest.param(page.name, block, id=f"{page.name}-{number}", marks=marks)


@pytest.mark.parametrize(("page", "block"), list(blocks_without_prompts()))
def test_every_block_of_code_is_run(page, block):
    exec(compile(block, page, "exec"), {"__doc__": "Setting"})


def test_every_command_exists():
    commands = get_command(app).commands
    targets = re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    seen = 0
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"(?:^|`)make ([\w-]+)", text, re.M):
            assert target in targets, (page.name, target)
        for command, rest in re.findall(r"(?:^|`| )theorycalc (\w+)((?: [^\s#`]+)*)", text, re.M):
            if command in commands:
                known = {option for p in commands[command].params for option in p.opts}
                assert set(re.findall(r"--\w[\w-]*", rest)) <= known, (page.name, command, rest)
                seen += 1
    assert seen >= 10


@pytest.mark.parametrize("room", tc._ROOMS)
def test_every_room_is_found_by_what_one_wants(room):
    """The page "I want to …" has an example of every room, and the index of pages names it."""
    examples = "\n".join(re.findall(r"^(?:>>>|\.\.\.) .*", HOWTO, re.M))
    assert f"tc.{room}." in examples or room == "activations"


def test_what_the_index_promises_is_called():
    """Every call in a heading of the page "I want to …" stands in the example below it."""
    for heading, example in re.findall(r"^### ([^\n]*)\n(.*?)(?=^##|\Z)", HOWTO, re.M | re.S):
        calls = re.findall(r"`([^`]*)`", heading)
        assert calls, heading
        assert any(call.split(".")[-1].rstrip("=") in example for call in calls), heading


@pytest.mark.parametrize(
    "notebook", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_displayed_formulas_are_paragraphs(notebook):
    """Jupyter sets them anywhere, the pages only there."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for text in ("".join(c["source"]) for c in cells if c["cell_type"] == "markdown"):
        assert all(p.startswith("$$") and p.endswith("$$") for p in text.split("\n\n") if "$$" in p)


def test_the_index_names_every_page_and_notebook():
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")} - {"index"}
    found = (ROOT / "notebooks").glob("*.ipynb")
    notebooks = {f"generated/notebooks/{path.stem}" for path in found}
    assert pages | notebooks <= set(re.findall(r"^[\w/]+$", index, re.MULTILINE))
