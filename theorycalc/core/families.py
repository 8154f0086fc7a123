"""Values along an axis: coefficients, spectra, learning curves."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sympy

from theorycalc.core import decimals, sketches
from theorycalc.core.binary import in_doubles
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Look, Record
from theorycalc.core.pictures import as_axes, as_measured, draw_measured
from theorycalc.core.value import Value


class Family(Record):
    """How Values along an axis are looked at and kept.

    A subclass is a sequence of Values.

    Attributes
    ----------
    axis, symbol : str
        The axis, ``"k"``, and the letter of the values in print, ``"mu"``.
    places : sequence of int
        Where on the axis each Value is.
    fixed : mapping
        What is the same for all, by name.
    """

    axis: str
    symbol: str
    places: Sequence[int]
    fixed: Mapping[str, Any]
    __iter__: Any

    def to_dataset(self):
        """The Values with their axis, and with what is fixed as coordinates.

        Returns
        -------
        xarray.Dataset
            ``mid`` and ``rad`` in doubles that enclose the Values, their ``rigor``, and ``json``
            with all digits (`Value.from_json` reads it).
        """
        import xarray as xr

        values = [value for _, value in self._placed()]
        mids, rads = zip(*map(in_doubles, values), strict=True) if values else ((), ())
        columns = {
            "mid": list(mids),
            "rad": list(rads),
            "rigor": [value.rigor.name for value in values],
            "json": [value.to_json() for value in values],
        }
        return xr.Dataset(
            {name: ([self.axis], column) for name, column in columns.items()},
            {self.axis: list(self.places), **self.fixed},
            {"symbol": self.symbol},
        )

    def to_dataframe(self):
        """The same as a `pandas.DataFrame` with the axis as its index."""
        return self.to_dataset().to_dataframe()

    def to_latex(self) -> str:
        """A table of all Values, with the digits that their errors vouch for."""
        head = f"${_tex(self.axis)}$ & ${self._tex_name}$"
        lines = [f"{place} & {decimals.value_latex(value)}" for place, value in self._placed()]
        rows = "".join(f"{line} \\\\\n" for line in lines)
        return f"\\begin{{tabular}}{{rl}}\n{head} \\\\ \\hline\n{rows}\\end{{tabular}}"

    def plot(self, ax=None, measured=None):
        """The sizes of the Values over the axis, on a logarithmic scale.

        Parameters and errors are those of `Formula.plot`.

        Returns
        -------
        matplotlib.axes.Axes
        """
        points, ax = as_measured(measured), as_axes(ax)
        found = [(place, *in_doubles(value)) for place, value in self._placed() if value.mid]
        places, mids, rads = map(list, zip(*found, strict=True)) if found else ([], [], [])
        sizes = [abs(mid) for mid in mids]
        ends = [[max(x - r, 0) for x, r in zip(sizes, rads, strict=True)]]
        ends.append([x + r for x, r in zip(sizes, rads, strict=True)])
        [line] = ax.plot(places, sizes, "o-", markersize=4, label="theory")
        ax.fill_between(places, *ends, alpha=0.25, linewidth=0, color=line.get_color())
        draw_measured(ax, points, size=abs)
        ax.set(xlabel=f"${_tex(self.axis)}$", ylabel=f"$|{self._tex_name}|$")
        ax.set_yscale("log")
        return ax

    @property
    def _tex_name(self) -> str:
        return rf"{_tex(self.symbol)}_{{{_tex(self.axis)}}}"

    def _placed(self) -> Iterator[tuple]:
        values = list(self)
        if len(values) != len(self.places):
            got = f"{len(values)} values at {len(self.places)} places"
            raise DomainError(explain("the values have no places", got=got, hint="list(values)"))
        return zip(self.places, values, strict=True)

    def _title(self) -> tuple:
        fixed = ", ".join(f"{name} = {x}" for name, x in self.fixed.items())
        return (f"{len(self.places)} values" + (f", {fixed}" if fixed else ""),)

    def _look(self) -> Look:
        rows = [(place, str(value), value.rigor) for place, value in self._placed()]
        sizes = [abs(float(value.mid)) for _, value in self._placed()]
        columns = (self.axis, f"{self.symbol}_{self.axis}", "rigor")
        return Look(self._title(), columns, rows, sketches.decay(list(self.places), sizes))


def _tex(name: str) -> str:
    return sympy.latex(sympy.Symbol(name))


class Values(Family, list[Value]):
    """A list of Values with a named axis.

    Parameters
    ----------
    values : iterable of Value
    axis, symbol : str
        The axis, and the letter of the values in print.
    places : sequence of int, optional
        Where they are on the axis; 0, 1, … by default.
    **fixed
        What is the same for all, for instance ``d=3``.

    Examples
    --------
    >>> import theorycalc as tc
    >>> spectrum = tc.sphere.spectrum("relu", 3, 4)
    >>> spectrum
    5 values, d = 3
    k  mu_k                          rigor
    0  0.25                          EXACT
    1  0.1666666666666667 ± 6e-17    ESTIMATED
    2  0.0625                        EXACT
    3  0                             EXACT
    4  -0.01041666666666667 ± 5e-18  ESTIMATED
    >>> spectrum.to_dataset().mid.sel(k=2).item()
    0.0625
    """

    def __init__(self, values=(), *, axis: str, symbol: str, places=None, **fixed):
        super().__init__(values)
        self.axis, self.symbol, self.fixed = axis, symbol, fixed
        self.places = tuple(range(len(self))) if places is None else tuple(places)

    def __getitem__(self, index):
        found = super().__getitem__(index)
        if not isinstance(index, slice):
            return found
        places = self.places[index]
        return Values(found, axis=self.axis, symbol=self.symbol, places=places, **self.fixed)
