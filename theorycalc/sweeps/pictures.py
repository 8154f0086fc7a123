"""Pictures of sweeps: ``dataset.theorycalc.plot()``."""

import math

import xarray as xr

from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.looks import Line
from theorycalc.core.pictures import as_axes

# What is drawn of a dataset, the first that it has, and what is known of its error: the ends of a
# band, or standard errors for bars.
_DRAWN = (("mid", "rad"), ("margin", "margin_rad"), ("mean", "standard_error"))
_MOST_LINES = 12


@xr.register_dataset_accessor("theorycalc")
class SweepPictures(Line):
    """How the dataset of a sweep is looked at."""

    def __init__(self, dataset: xr.Dataset):
        self._dataset = dataset

    def __repr__(self):
        return f"SweepPictures(over {', '.join(map(str, self._dataset.dims))})"

    def plot(self, along: str | None = None, of: str | None = None, ax=None):
        """A line along one axis for each point of the others.

        Parameters
        ----------
        along : str, optional
            The axis; by default the one with the most points.
        of : str, optional
            What is drawn: by default the Values of a formula, with a band of their errors; the
            margins of a claim, with theirs; or means, as points with bars of two standard errors.
            A Value that a function names ``a`` is drawn as these are.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        DomainError
            For names that the dataset has not, more lines than can be told apart, or what is no
            axes.
        MissingExtraError
            Without matplotlib.

        Examples
        --------
        >>> import theorycalc as tc
        >>> from matplotlib.figure import Figure
        >>> found = tc.sweep(tc.kernels.mlp(2).nngp, rho=["0", "1/2", "1"])
        >>> ax = found.theorycalc.plot(ax=Figure().subplots())
        >>> ax.get_xlabel(), len(ax.lines)
        ('rho', 1)
        """
        data, (name, error) = self._dataset, self._drawn(of)
        axes = sorted(data[name].dims, key=lambda axis: -data.sizes[axis])
        if along is not None and along not in axes:
            raise unknown_name("axis", along, axes)
        along = axes[0] if along is None else along
        others = [axis for axis in data[name].dims if axis != along]
        lines = math.prod(data.sizes[axis] for axis in others)
        if lines > _MOST_LINES:
            what, hint = "too many lines", f"a part of it: dataset.isel({others[0]}=0)"
            raise DomainError(explain(what, got=lines, allowed=f"up to {_MOST_LINES}", hint=hint))
        ax = as_axes(ax)
        for line in _lines(data, others):
            label = ", ".join(f"{axis} = {line[axis].item()}" for axis in others)
            self._line(ax, line, along, name, error, label or None)
        ax.set(xlabel=along, ylabel=name)
        if name == "margin":
            ax.axhline(0, color="0.5", linewidth=1)
        if others:
            ax.legend()
        return ax

    def _drawn(self, of: str | None) -> tuple[str, str]:
        """What is drawn, and its error."""
        if of is not None:
            if of not in self._dataset:
                raise unknown_name("variable", of, list(map(str, self._dataset.data_vars)))
            return next((pair for pair in _DRAWN if pair[0] == of), (of, f"{of}_rad"))
        found = [pair for pair in _DRAWN if pair[0] in self._dataset]
        if not found:
            names = ", ".join(map(str, self._dataset.data_vars))
            raise DomainError(explain("nothing to draw by default", got=names, hint="of=…"))
        return found[0]

    def _line(self, ax, line: xr.Dataset, along: str, name: str, error: str, label) -> None:
        places, values = line[along].values, line[name].values
        if error == "standard_error" and error in line:
            bars = 2 * line[error].values
            ax.errorbar(places, values, yerr=bars, fmt="o", capsize=3, label=label)
            return
        [drawn] = ax.plot(places, values, label=label)
        if error in line:
            ends = values - line[error].values, values + line[error].values
            ax.fill_between(places, *ends, alpha=0.25, linewidth=0, color=drawn.get_color())


def _lines(data: xr.Dataset, others: list):
    """The parts of a dataset with one point of the other axes."""
    if not others:
        yield data
        return
    for i in range(data.sizes[others[0]]):
        yield from _lines(data.isel({others[0]: i}), others[1:])
