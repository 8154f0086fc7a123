"""Pictures of formulas."""

from collections.abc import Mapping

import sympy

from theorycalc.core.binary import in_doubles
from theorycalc.core.errors import DomainError, explain, missing_extra, shown, unknown_name
from theorycalc.core.numbers import exact
from theorycalc.core.records import instance

_PIECES = 400
# Of a band, whose Values are computed one by one.
_BAND = 40
# Characters of LaTeX that matplotlib reads in no time, and of a text that a legend has room for.
_MATHEMATICS, _TEXT = 200, 60


class Pictures:
    """How a `Formula` is looked at.

    Attributes
    ----------
    has_radii : bool
        Whether numbers with an error stand in it.
    """

    has_radii: bool

    def plot(self, name: str | None = None, *, low, high, ax=None, measured=None, **fixed):
        """The formula as a line over a range of one argument, with its error as a band.

        The band is there where the formula has an error: it leaves something out, or has numbers
        that are not known exactly. That of doubles is not seen.

        Parameters
        ----------
        name : str, optional
            The argument; not needed where it is the only one that is not fixed.
        low, high : exact number
            The ends of the range.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure by default.
        measured : mapping, optional
            Measurements by place, drawn as points with bars of two standard errors.
        **fixed
            Numbers for the other arguments.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        DomainError
            For an empty range, a range that leaves the domain, arguments that are not fixed, or
            what is no axes or no measurements.
        MissingExtraError
            Without matplotlib.
        """
        line = self.subs(**fixed)
        names = [symbol.name for symbol in line.args]
        name = names[0] if name is None and len(names) == 1 else str(name)
        if name not in names:
            raise unknown_name("argument", name, names)
        if len(names) > 1:
            others = ", ".join(x for x in names if x != name)
            raise DomainError(explain("other arguments have no numbers", got=others))
        low, high = exact(low, "low"), exact(high, "high")
        if not low < high:
            raise DomainError(explain("an empty range", got=f"{low} to {high}"))
        places = _places(low, high, _is_whole(line))
        values, points = line.lambdify()(places), as_measured(measured)
        ax = as_axes(ax)
        symbol = sympy.latex(line.args[0])
        [drawn] = ax.plot(places, values, label="theory")
        if line.error is not None or line.has_radii:
            colour = drawn.get_color()
            ax.fill_between(*band(line, places), alpha=0.25, linewidth=0, color=colour)
        draw_measured(ax, points)
        head = sympy.latex(sympy.Symbol(self.name)) if self.name else ""
        ax.set(xlabel=f"${symbol}$", ylabel=f"${head}({symbol})$")
        return ax


def band(line, places: list[float]) -> tuple[list, list, list]:
    """Some of the places, and the ends of the Values there."""
    some = places[:: max(1, len(places) // _BAND)]
    some += places[-1:] if some[-1] != places[-1] else []
    found = [(x, *in_doubles(line.at(**{line.args[0].name: x}))) for x in some]
    return some, [mid - rad for _, mid, rad in found], [mid + rad for _, mid, rad in found]


def as_measured(measured: Mapping | None) -> Mapping:
    """Measurements by place, none by default.

    Raises
    ------
    DomainError
        For anything else.
    """
    if measured is None:
        return {}
    allowed = "{place: Measurement.of(replicas)}"
    points = instance(measured, Mapping, "measurements by place", allowed=allowed)
    if not all(hasattr(m, "mean") and hasattr(m, "standard_error") for m in points.values()):
        raise DomainError(
            explain("not measurements by place", got=shown(measured), allowed=allowed)
        )
    return {exact(place, "a place"): m for place, m in points.items()}


def draw_measured(ax, points: Mapping, size=float) -> None:
    """Measurements by place, if there are any: points with bars of two standard errors."""
    if not points:
        return
    places = list(map(float, points))
    means = [size(m.mean) for m in points.values()]
    bars = [2 * m.standard_error for m in points.values()]
    ax.errorbar(places, means, yerr=bars, fmt="o", markersize=4, capsize=3, label="measured")
    ax.legend()


def as_axes(ax=None):
    """Axes to draw on: those given, or new ones.

    Raises
    ------
    DomainError
        For what is no axes.
    MissingExtraError
        Without matplotlib.
    """
    try:
        from matplotlib.axes import Axes
        from matplotlib.pyplot import subplots
    except ImportError as error:
        raise missing_extra("matplotlib", "experiments", "a plot") from error
    return subplots()[1] if ax is None else instance(ax, Axes, "axes", allowed="matplotlib axes")


def label(tex: str, text: str) -> str:
    """Mathematics where matplotlib reads it, which knows a part of LaTeX; text elsewhere.

    What is long is text, and cut: matplotlib would read it for seconds, at every picture.
    """
    from matplotlib.mathtext import MathTextParser

    if len(tex) <= _MATHEMATICS:
        try:
            MathTextParser("path").parse(f"${tex}$")
        except ValueError:
            pass
        else:
            return f"${tex}$"
    return text if len(text) <= _TEXT else f"{text[:_TEXT]} …"


def _is_whole(line) -> bool:
    """Whether the argument is an integer, by its assumptions or by the domain."""
    [symbol] = line.args
    sets = (c.args[1] for c in line.domain.atoms(sympy.Contains) if c.args[0] == symbol)
    return bool(symbol.is_integer) or any(s.is_subset(sympy.S.Integers) for s in sets)


def _places(low: sympy.Expr, high: sympy.Expr, whole: bool) -> list[float]:
    """Numbers from one end to the other, at equal distances up to rounding to integers."""
    places = [low + (high - low) * k / _PIECES for k in range(_PIECES + 1)]
    if whole:
        first, last = sympy.ceiling(low), sympy.floor(high)
        places = [min(max(sympy.floor(x + sympy.Rational(1, 2)), first), last) for x in places]
    return [float(x) for x in dict.fromkeys(places)]
