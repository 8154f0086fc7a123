"""`sweep`: a quantity in every cell of a grid, on many cores, to be gone on with after a kill."""

import os
import platform
from collections.abc import Callable, Iterable
from importlib.metadata import version
from math import isfinite

import xarray as xr

import theorycalc
from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_integer
from theorycalc.core.progress import progress
from theorycalc.core.records import sequence
from theorycalc.sweeps.axes import Axis, cells, read_axes
from theorycalc.sweeps.on_arrays import on_arrays
from theorycalc.sweeps.quantities import Quantity, read_quantity
from theorycalc.sweeps.store import Store
from theorycalc.sweeps.tables import dataset
from theorycalc.sweeps.workers import computed

# What decides the numbers besides this package.
_PACKAGES = ("sympy", "mpmath", "python-flint", "numpy", "scipy")


def sweep(
    quantity: Formula | Claim | Callable,
    using: Arithmetic | None = None,
    jobs: int | None = None,
    store: str | os.PathLike | None = None,
    seeds: Iterable[int] | None = None,
    **grids,
) -> xr.Dataset:
    """A quantity in every cell of a grid.

    Parameters
    ----------
    quantity : Formula, Claim or function
        A function is given the points as they were written, and returns a number, a `Value`, a
        `Measurement`, a verdict, a string, or a dict of them.
    using : Float, MP or Ball, optional
        The arithmetic; by default that of `Formula.at`, ``Float()``, and of `check`, ``Ball(30)``.
        A function gets it as its argument ``using``, if it is given.
    jobs : int, optional
        Processes, −1 for all cores, in the backend that `joblib.parallel_config` has set; by
        default one, or as many as are set there. A cluster of dask takes all of its workers.
    store : path, optional
        A folder for the cells. A call that was killed goes on from it when it is made again.
    seeds : sequence of int, optional
        A last axis ``seed``, for a function with an argument of this name.
    **grids
        The points of every argument, in the order of the axes: exact numbers as in `Formula.at`,
        or, for functions, names.

    Returns
    -------
    xarray.Dataset
        Numbers and strings over named axes. A Value is ``mid``, ``rad`` (doubles that enclose it),
        ``rigor`` and ``json`` (all of its digits, for `Value.from_json`); one that a function
        names ``a`` is ``a``, ``a_rad``, ``a_rigor``, ``a_json``. A claim has ``verdict``,
        ``margin`` and ``ratio``, and a number without a name is ``value``. ``error`` has the
        message of a cell that failed, and is empty elsewhere. Coordinates are doubles; their
        attribute ``exact`` is the list, in JSON, of the numbers that they stand for. Attributes
        tell the provenance.

    Raises
    ------
    DomainError
        For what is no quantity, arguments without a grid and grids without an argument, a grid
        that is empty or has a point that is no number, and the store of another sweep.
    TheoryCalcError
        If a process was killed; on a cluster, so often that a cell was given up.

    Notes
    -----
    A store keeps a cell as soon as this process has it. A ``kill -9``, of this process or of all,
    loses none of those and doubles none; the cells in work are computed again. If the machine
    itself stops, the last ones may be lost too. Cells that failed are kept like others. At the end
    the dataset is written as ``dataset.nc``. A function is known by its name and source: what
    it reads elsewhere is not seen to have changed.

    Formulas without integrals and steps in `Float` are computed on arrays, where the error is what
    doubles keep to, held against balls on a sample of the cells, as the attribute ``errors`` says;
    cells outside the domain or without a number in doubles are computed one by one. Only these are
    in the store.

    Examples
    --------
    >>> import theorycalc as tc
    >>> kernel = tc.kernels.mlp(2, "relu").nngp
    >>> found = tc.sweep(kernel, using=tc.Ball(20), rho=["0", "1/3", "1"])
    >>> found.mid.values
    array([0.49373109, 0.61088587, 1.        ])
    >>> print(tc.Value.from_json(found.json.sel(rho=0).item()))
    0.49373109020037154850 ± 2e-21
    """
    work = read_quantity(quantity, using)
    jobs = None if jobs is None else _processes(jobs)
    if seeds is not None:
        if "seed" in grids:
            raise DomainError(explain("the axis seed is given twice", got="seeds=… and seed=…"))
        seeds = sequence(seeds, "a sequence of seeds", allowed="range(10)")
        grids["seed"] = [exact_integer(seed, "a seed", 0) for seed in seeds]
    work.check_names(grids)
    axes = read_axes(grids, numeric=not work.is_function)
    attrs = _provenance(work, seeds)
    kept = None if store is None else Store(store, _header(work, axes))
    columns = {}
    if work.is_plain:
        columns, attrs["errors"] = on_arrays(work.source, axes)
    outcomes = {} if kept is None else kept.read()
    todo = [
        (number, point)
        for number, point in enumerate(cells(axes))
        if number not in outcomes and not (columns and isfinite(columns["mid"][number]))
    ]
    found = computed(work, todo, jobs)
    if kept is not None:
        found = kept.append(found)
    outcomes.update(progress(found, len(todo), "sweep"))
    table = dataset(axes, outcomes, columns, attrs)
    if kept is not None:
        kept.keep(table)
    return table


def _processes(jobs) -> int:
    if not (jobs := exact_integer(jobs, "jobs", -1)):
        raise DomainError(explain("no processes", got=jobs, allowed="1, 2, …, −1 for all cores"))
    return jobs


def _provenance(work: Quantity, seeds: tuple | None) -> dict:
    """How the numbers came about; nothing that changes from run to run."""
    versions = [f"Python {platform.python_version()}", *(f"{p} {version(p)}" for p in _PACKAGES)]
    return {
        "quantity": work.description,
        "arithmetic": "that of the function" if work.using is None else repr(work.using),
        "seeds": "none" if seeds is None else ", ".join(map(str, seeds)),
        "theorycalc": theorycalc.__version__,
        "versions": ", ".join(versions),
    }


def _header(work: Quantity, axes: tuple[Axis, ...]) -> dict:
    """What a store belongs to."""
    return {
        "quantity": work.description,
        "arithmetic": repr(work.using),
        "axes": [[axis.name, axis.texts] for axis in axes],
        "theorycalc": theorycalc.__version__,
    }
