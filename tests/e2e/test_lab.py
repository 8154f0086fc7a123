"""The tour in a JupyterLab that a browser looks at: what a user sees, clicks and types.

`make e2e` installs what it needs. The browser is Debian's Chromium, or Playwright's own.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.e2e

TOUR = Path(__file__).parents[2] / "notebooks" / "00_tour.ipynb"
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},  # all cells are in the page
    "completer-extension/manager": {"providerTimeout": 60_000},  # a second, without this
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
_PATIENCE = 120_000  # milliseconds, of a machine that does other things as well


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """(address, log) of a server with a tour without outputs, and with nobody's settings."""
    folder = tmp_path_factory.mktemp("lab")
    tour = nbformat.read(TOUR, 4)
    for cell in tour.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    (folder / "work").mkdir()
    nbformat.write(tour, folder / "work" / TOUR.name)
    for name, setting in SETTINGS.items():
        path = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting))
    kinds = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    home = {kind: str(folder / kind.lower()) for kind in kinds}
    home["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    home["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")
    port, log = free_port(), folder / "log"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", "--ip=127.0.0.1"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder / 'work'}"]
    address = f"http://127.0.0.1:{port}"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            command, env=os.environ | home, stdout=stderr, stderr=stderr, cwd=folder
        )
        try:
            wait_for(f"{address}/api/status", process, log)
            yield address, log
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def page(server):
    """The page of the tour after all its cells have run."""
    from playwright.sync_api import sync_playwright

    address, _ = server
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        rights = ["clipboard-read", "clipboard-write"]
        context = browser.new_context(viewport={"width": 1400, "height": 1000}, permissions=rights)
        page = context.new_page()
        page.set_default_timeout(_PATIENCE)
        page.goto(f"{address}/lab/tree/{TOUR.name}")
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.wait_for_function(
            """() => {
                const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];
                return prompts.length && prompts.every(x => /^\\[\\d+\\]:/.test(x.textContent));
            }"""
        )
        yield page
        browser.close()


def outputs(page, kind: str):
    return page.locator(f'.jp-OutputArea-output[data-mime-type="{kind}"]')


def test_no_cell_fails_or_writes_to_stderr(page, server):
    assert page.locator(".jp-CodeCell").count() >= 10
    assert outputs(page, "application/vnd.jupyter.error").count() == 0
    assert outputs(page, "application/vnd.jupyter.stderr").all_inner_texts() == []
    _, log = server
    assert not re.search(r"Traceback|^\[E ", log.read_text(), re.MULTILINE)


def test_formulas_are_typeset(page):
    first = page.locator(".jp-CodeCell").first
    first.locator("mjx-container").first.wait_for()
    explorer = page.locator(".widget-htmlmath mjx-container")
    explorer.first.wait_for()
    for text in page.locator(".jp-OutputArea-output.jp-RenderedLatex").all_inner_texts():
        assert "\\frac" not in text


def test_the_figure_is_there(page):
    figure = outputs(page, "image/png").locator("img").first
    assert figure.evaluate("x => x.complete && x.naturalWidth") > 300


def test_a_slider_moves_the_picture_and_the_value(page):
    picture, handle = page.locator(".widget-image"), page.locator(".noUi-handle")
    certified = page.locator(".widget-htmlmath", has_text="CERTIFIED")
    before = picture.get_attribute("src"), certified.inner_text()
    handle.focus()
    for _ in range(5):
        handle.press("ArrowRight")
    page.wait_for_function("x => document.querySelector('.widget-image').src !== x", arg=before[0])
    page.locator(".widget-html pre", has_text='rho="0.1"').wait_for()
    assert certified.inner_text() != before[1]
    page.get_by_role("button", name="copy as code").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == 'ntk.at(using=tc.Ball(digits=20), rho="0.1")'


def write(page, text: str) -> None:
    """In a new cell at the end."""
    page.keyboard.press("Escape")
    page.locator(".jp-CodeCell").last.locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type(text)


def test_names_are_completed(page):
    write(page, "tc.kernels.")
    page.keyboard.press("Tab")
    completer = page.locator(".jp-Completer")
    completer.wait_for()
    names = completer.locator(".jp-Completer-match").all_inner_texts()
    assert {"mlp", "resnet", "predict"} <= set(names)
    page.keyboard.press("Escape")


def test_a_question_mark_opens_the_documentation(page):
    write(page, "tc.kernels.mlp?")
    page.keyboard.press("Control+Enter")
    page.locator(".jp-OutputArea-output", has_text="Signature:").wait_for()
    text = page.locator(".jp-OutputArea-output", has_text="Signature:").inner_text()
    assert "sigma_w" in text
    assert "Examples" in text
