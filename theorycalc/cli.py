"""The command line: ``theorycalc list``, ``theorycalc show NAME``, ``theorycalc check``."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
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
_USAGE_ERROR = 2


@app.command("list")
def list_theories() -> None:
    """List the theories: name, title and source."""
    from theorycalc import theories

    # a name that is cut cannot be typed
    table = Table(Column("name", no_wrap=True), "title", "source", box=None)
    for name in theories.list():
        theory = theories.get(name)
        table.add_row(name, theory.title, str(theory.reference.key))
    Console().print(table)


@app.command()
def show(name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a theory.")]) -> None:
    """Show one theory: statement, formulas in Unicode and LaTeX, cases, claims, experiments."""
    from theorycalc import theories
    from theorycalc.core.display import formula_unicode

    theory = theories.get(name)
    console = Console()
    console.print(f"[bold]{theory.title}[/bold]\n{theory.reference}\n{theory.reference.url}\n")
    console.print(theory.statement.strip(), markup=False, highlight=False)
    for formula in theory.formulas:
        console.rule(formula.name)
        # formulas are two-dimensional: they must not be wrapped
        console.print(formula_unicode(formula), markup=False, highlight=False, soft_wrap=True)
        console.print(f"\n{formula.latex()}", markup=False, highlight=False, soft_wrap=True)
    for heading, lines in (
        ("cases", [f"{case.label} = {_expected(case)}   ({case.source})" for case in theory.cases]),
        ("claims", [f"{claim.name}, at {len(points)} points" for claim, points in theory.claims]),
        ("experiments", [f"{e.name}: {e.description}" for e in theory.experiments]),
    ):
        console.rule(heading)
        for line in lines:
            console.print(line, markup=False, highlight=False)


def _expected(case) -> str:
    return case.expected if isinstance(case.expected, str) else "…"


@app.command()
def check(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Theories to check; all if absent."),
    ] = None,
    digits: Annotated[int, typer.Option(help="Digits of MP and Ball.")] = 30,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
    quick: Annotated[bool, typer.Option("--quick", help="Short experiments.")] = False,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write one HTML page here.")
    ] = None,
) -> None:
    """Evaluate every case in every arithmetic, check every claim, run every experiment.

    The exit code is 1 if anything fails.
    """
    from theorycalc import theories
    from theorycalc.core.arithmetic import Ball
    from theorycalc.core.errors import DomainError, explain
    from theorycalc.theories import _runner

    if report is not None and not report.parent.is_dir():
        raise DomainError(explain("--report: no such folder", got=report.parent))
    names = list(dict.fromkeys(names or theories.list()))
    digits = Ball(digits).digits
    work = _runner.tasks(names, digits=digits, quick=quick, pictures=report is not None)
    console = Console(width=None if sys.stdout.isatty() else _FILE_WIDTH)
    outcomes = _stream(
        console, _runner.run(work, min(jobs, len(work))), len(work), max(map(len, names))
    )
    rows = [row for outcome in outcomes for row in outcome.rows]
    failed = [row for row in rows if row.failed]
    if report is not None:
        from theorycalc.theories._report import page

        loaded = {name: theories.get(name) for name in names}
        report.write_text(page("theorycalc check", loaded, outcomes), encoding="utf-8")
        console.print(f"report written to {report}")
    style = "bold red" if failed else "bold green"
    console.print(f"{len(rows)} items checked, {len(failed)} failed", style=style)
    if failed:
        raise typer.Exit(1)


def _stream(console: Console, outcomes, total: int, name_width: int) -> list:
    """Print every line as soon as it is known, above a progress bar."""
    done = []
    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console.print(_line(_HEADINGS, name_width, style="bold"))
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=total)
        for outcome in outcomes:
            for row in outcome.rows:
                seconds = f"{row.seconds:.2f}"
                cells = (row.theory, row.item, row.computed, row.expected, row.verdict, seconds)
                progress.console.print(_line(cells, name_width))
            progress.advance(bar)
            done.append(outcome)
    return done


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
