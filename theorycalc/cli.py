"""The command line: ``theorycalc list``, ``show``, ``new``, ``check``."""

import os
import sys
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

app = typer.Typer(
    name="theorycalc",
    help="A symbolic-numeric calculator for the theory of neural networks.",
    no_args_is_help=True,
    add_completion=False,
)
_COLOURS = {
    "HOLDS": "green",
    "AGREES": "green",
    "REJECTED": "green",
    "FAILS": "bold red",
    "DEVIATES": "bold red",
    "ERROR": "bold red",
}
_HEADINGS = ("theory", "item", "computed ± error", "expected", "verdict", "s")
# Width of the table in a file or a pipe, which have none of their own.
_FILE_WIDTH = 150
_USAGE_ERROR, _INTERRUPTED = 2, 130


def _version(wanted: bool) -> None:
    if wanted:
        from theorycalc import __version__

        typer.echo(f"theorycalc {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print it and exit."),
    ] = False,
) -> None:
    pass


@app.command("list")
def list_theories(
    topic: Annotated[
        str | None, typer.Option(metavar="ROOM", help="Only theories that call this room.")
    ] = None,
) -> None:
    """List the theories: name, title and source."""
    from theorycalc.core.errors import unknown_name
    from theorycalc.theories._sources import Named, heading, names, rooms

    topics = {name: rooms(Named(name)) for name in names()}
    known = {room for found in topics.values() for room in found}
    if topic is not None and topic not in known:
        raise unknown_name("topic", topic, known)
    # a name that is cut cannot be typed
    table = Table(Column("name", no_wrap=True), "title", "source", box=None)
    for name, found in topics.items():
        if topic is None or topic in found:
            table.add_row(name, *heading(Named(name)))
    Console().print(table)


@app.command()
def new(name: Annotated[str, typer.Argument(metavar="NAME", help="Of the new file.")]) -> None:
    """Write NAME.py: a theory that passes at once, to be edited."""
    from importlib import resources

    from theorycalc.core.errors import DomainError, explain

    path = Path(name).with_suffix(".py")
    if not path.stem.isidentifier():
        allowed = "letters, digits and _, not a digit first"
        raise DomainError(explain("not the name of a file of Python", got=name, allowed=allowed))
    if path.exists():
        raise DomainError(explain("the file is there already", got=path, hint="another name"))
    if not path.parent.is_dir():
        raise DomainError(explain("no such folder", got=path.parent))
    template = resources.files("theorycalc.theories") / "_template.py"
    path.write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
    Console().print(f"{path} written; now: theorycalc check {path}", highlight=False)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a theory, or a file.")],
) -> None:
    """Show one theory: statements, formulas in Unicode and LaTeX, and their evidence."""
    from theorycalc.theories._sources import source
    from theorycalc.theories._text import lines

    console = Console()
    for line in lines(source(name).theory):
        # formulas are two-dimensional: they must not be wrapped
        console.print(line, markup=False, highlight=False, soft_wrap=True)


@app.command()
def check(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME or FILE.py]...", help="What to check; all if absent."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="All files of a folder.")
    ] = None,
    digits: Annotated[
        int | None, typer.Option(help="Digits of MP and Ball: 30, or 15 with --quick.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
    quick: Annotated[
        bool, typer.Option("--quick", help="Short experiments, few digits, no MP.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Compute again what is known from before.")
    ] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on after an interruption, which is what it does anyway."),
    ] = False,
    json: Annotated[
        Path | None, typer.Option("--json", dir_okay=False, help="Write the table here.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write one HTML page here.")
    ] = None,
) -> None:
    """Evaluate every case in every arithmetic, check every claim, run every experiment.

    What was computed before from the same files is not computed again. The exit code is 1 if
    anything fails, 2 for what cannot be read, 130 after Ctrl-C.
    """
    from theorycalc.core.errors import DomainError, explain

    console = Console(width=None if sys.stdout.isatty() else _FILE_WIDTH)
    for path, option in ((report, "--report"), (json, "--json")):
        if path is not None and not path.parent.is_dir():
            raise DomainError(explain(f"{option}: no such folder", got=path.parent))
    if fresh and resume:
        raise DomainError(explain("--fresh starts over, --resume goes on", allowed="one of them"))
    console.print("reading theories …", style="dim")  # importing what they need takes a second
    from theorycalc.theories import Checked, _runner
    from theorycalc.theories._sources import sources

    found, pictures = sources(names or [], folder), report is not None
    work = _runner.plan(found, digits=digits, quick=quick, pictures=pictures, jobs=jobs)
    done: list = []
    width = max(len(source.name) for source in found)
    console.print(_line(_HEADINGS, width, style="bold"))
    try:
        _stream(console, _runner.run(work, jobs, fresh=fresh), done, width)
    except KeyboardInterrupt:
        interrupted = True
    else:
        interrupted = False
        _runner.forget_old_results()
    checked = Checked(tuple(done), tuple(found))
    if json is not None:
        json.write_text(checked.to_json(), encoding="utf-8")
    if report is not None:
        from theorycalc.theories._report import page

        report.write_text(page("theorycalc check", checked), encoding="utf-8")
        console.print(f"report written to {report}")
    style = "bold red" if checked.failed or interrupted else "bold green"
    console.print(checked.summary, style=style)
    if interrupted:
        console.print("interrupted; theorycalc check --resume goes on", style="yellow")
        raise typer.Exit(_INTERRUPTED)
    if checked.failed:
        raise typer.Exit(1)


def _stream(console: Console, outcomes, done: list, name_width: int) -> None:
    """Print every line as soon as it is known, above a line of progress."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("checking")
        for outcome in chain.from_iterable(outcomes):
            done.append(outcome)
            for row in outcome.rows:
                seconds, theory = f"{row.seconds:.2f}", row.theory
                item = f"{row.statement}. {row.item}" if row.statement else row.item
                cells = (theory, item, row.computed, row.expected, row.verdict, seconds)
                progress.console.print(_line(cells, name_width))
            progress.update(bar, description=f"checking: {len(done)} done")


def _line(cells, name_width: int, style: str = "") -> Table:
    """One line of the table; columns keep their widths because all lines share them."""
    line = Table.grid(padding=(0, 1), expand=True)
    line.add_column(width=name_width)
    for share in (8, 9, 7):
        line.add_column(ratio=share, overflow="fold")
    line.add_column(width=13)
    line.add_column(width=6, justify="right")
    texts = [Text(cell) for cell in cells]
    texts[4].stylize(_COLOURS.get(cells[4], "" if style else "yellow"))
    line.add_row(*texts, style=style)
    return line


def main() -> None:
    """Entry point: an error of ours is one line on stderr and exit code 2."""
    from theorycalc.core.errors import TheoryCalcError

    try:
        app()
    except TheoryCalcError as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False)
        sys.exit(_USAGE_ERROR)
