"""`tightness`: how much a bound has to spare along a variable, and in the limit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import sympy

from theorycalc.bounds.domain import Variable, variables_of
from theorycalc.bounds.extrapolation import exponent, limit
from theorycalc.bounds.searching import check_best, places, spare
from theorycalc.core import display
from theorycalc.core.arithmetic import Float
from theorycalc.core.binary import in_doubles
from theorycalc.core.checks import Check
from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Look, Math, Record
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.pictures import as_axes
from theorycalc.core.records import check_fields, instance, one_of, sequence
from theorycalc.core.value import Rigor, Value

_BUDGET = 4000
# Numbers along a variable that are looked at by default.
_COUNT = 12
# Characters of an exact number in a table.
_LONGEST = 12


@dataclass(frozen=True, kw_only=True, repr=False)
class Tightness(Record):
    """How sharp a bound is along a variable.

    Attributes
    ----------
    claim : Claim
    along : str
        The variable.
    points : tuple of dict
        All variables, by name; those that are not fixed are where the margin is smallest, as far as
        was found.
    margins : tuple of Value
    ratios : tuple of Value or None
        Of the left side to the right one; None where that may be 0.
    exponent : Value or None
        That of the margin as a power of the variable, or of its distance to the end of its range
        that the sequence approaches.
    limit : Value or None
        Of the ratio.
    """

    claim: Claim
    along: str
    points: tuple[Mapping[str, sympy.Expr], ...]
    margins: tuple[Value, ...]
    ratios: tuple[Value | None, ...]
    exponent: Value | None
    limit: Value | None

    def __post_init__(self):
        check_fields(self)

    @property
    def places(self) -> tuple[sympy.Expr, ...]:
        """The numbers that were taken for the variable."""
        return tuple(point[self.along] for point in self.points)

    @property
    def sharpest(self) -> Mapping[str, sympy.Expr]:
        """The point where the ratio is closest to 1; without ratios, where the margin is least."""
        return min(zip(self.points, self.margins, self.ratios, strict=True), key=_distance)[0]

    def to_dataframe(self):
        """The same as a `pandas.DataFrame` with the variable as its index.

        Margins and ratios are doubles with radii that enclose the Values; without a ratio, nan.
        """
        import xarray as xr

        columns = {n: [float(p[n]) for p in self.points] for n in self.points[0]}
        index = columns.pop(self.along)
        for name, values in (("margin", self.margins), ("ratio", self.ratios)):
            ends = [(float("nan"),) * 2 if x is None else in_doubles(x) for x in values]
            columns[name], columns[f"{name}_rad"] = map(list, zip(*ends, strict=True))
        found = {name: ([self.along], column) for name, column in columns.items()}
        return xr.Dataset(found, {self.along: index}).to_dataframe()

    def plot(self, ax=None):
        """The ratio, or without it the margin, over the variable, with the limit as a line.

        Parameters and errors are those of `Formula.plot`.

        Returns
        -------
        matplotlib.axes.Axes
        """
        ax = as_axes(ax)
        has_ratios = None not in self.ratios
        values = self.ratios if has_ratios else self.margins
        name = "ratio" if has_ratios else "margin"
        ax.plot([float(x) for x in self.places], [float(x.mid) for x in values], "o-", label=name)
        if has_ratios and self.limit is not None:
            low, high = float(self.limit.lower), float(self.limit.upper)
            ax.axhspan(low, high, color="C1", alpha=0.25, linewidth=0)
            ax.axhline((low + high) / 2, color="C1", linestyle="--", label="limit")
        if all(x > 0 for x in self.places) and _grows(self.places):
            ax.set_xscale("log")
        ax.set(xlabel=f"${sympy.latex(sympy.Symbol(self.along))}$", ylabel=name)
        ax.legend()
        return ax

    def _look(self) -> Look:
        claim = Math(display.claim_latex(self.claim), display.claim_text(self.claim))
        told = [f"sharpest at {', '.join(f'{n} = {_short(x)}' for n, x in self.sharpest.items())}"]
        told += [f"margin of exponent {self.exponent}"] if self.exponent is not None else []
        told += [f"ratio to {self.limit}"] if self.limit is not None else []
        others = [n for n in self.points[0] if n != self.along]
        rows = [
            (_short(p[self.along]), *(_short(p[n]) for n in others), str(margin), str(ratio))
            for p, margin, ratio in zip(self.points, self.margins, self.ratios, strict=True)
        ]
        columns = (self.along, *others, "margin", "ratio")
        return Look((claim, f"along {self.along}: {'; '.join(told)}"), columns, rows)


def tightness(
    claim: Claim, *, along: str, values: Iterable | None = None, budget: int | None = None, **fixed
) -> Tightness:
    """How sharp a bound is along a variable: margins, ratios, and what they tend to.

    Parameters
    ----------
    claim : Claim
        With a range for every variable that is not fixed.
    along : str
        The variable.
    values : sequence of exact numbers, optional
        What is taken for it, in an order that tells what is approached. By default it doubles
        towards infinity, or halves its distance to the upper end of its range.
    budget : int, optional
        How often the margin is computed in doubles for each of the values, about; 4000 by default.
    **fixed
        Numbers for other variables. Those that are left are where the margin is smallest, as far as
        `search` finds it.

    Returns
    -------
    Tightness
        Margins and ratios are certified, as those of `check`; exponent and limit are estimated.

    Raises
    ------
    DomainError
        For the name of no variable, numbers outside of its range, and where there is no margin.
    NotSupportedError
        For functions that cannot be computed on arrays.

    Notes
    -----
    Of the ratios and of the slopes of the margins, on logarithmic scales, the limit is that of
    L + c/t^a through the last three members in geometric progression, where t is the variable, or
    the reciprocal of its distance to an end that the sequence approaches. The error is all that is
    added to the last member. A logarithm of t looks like a small power, and the error may then be
    too small.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> n = sympy.Symbol("n")
    >>> stirling = sympy.sqrt(2 * sympy.pi * n) * (n / sympy.E) ** n
    >>> claim = tc.Claim(stirling <= sympy.factorial(n), on={"n": tc.integers(1, "oo")})
    >>> found = tc.tightness(claim, along="n", values=[1, 2, 4, 8, 16, 32, 64])
    >>> print(found.limit, found.sharpest)
    1.00 ± 0.002 {'n': 64}
    """
    instance(claim, Claim, "a Claim", allowed="Claim(relation, on=…)")
    budget = _BUDGET if budget is None else exact_integer(budget, "budget", minimum=1)
    if claim.is_decided:
        raise DomainError(explain("no margin: SymPy decides it", got=claim.relation))
    given = {name: exact(x, name) for name, x in fixed.items()}
    names = [symbol.name for symbol in claim.args]
    for name in (along, *given):
        one_of(name, names, "variable")
    missing = {n: sympy.S.Reals for n in given if n not in claim.on}
    variables = variables_of(claim.holds_on(**missing).ranges)
    (line,) = (v for v in variables if v.name == along)
    taken = default_places(line) if values is None else sequence(values, "values")
    taken = [exact(x, along) for x in taken]
    found = [_worst(claim, variables, {**given, along: x}, budget) for x in taken]
    checks = [check for _, check in found]
    ratios = tuple(check.ratio for check in checks)
    margins = tuple(check.margin for check in checks)
    ts, sign = _scale(taken, line)
    return Tightness(
        claim=claim,
        along=along,
        points=tuple(point for point, _ in found),
        margins=margins,
        ratios=ratios,
        exponent=_estimated(exponent, ts, margins, sign),
        limit=None if None in ratios else _estimated(limit, ts, ratios, 1),
    )


def default_places(v: Variable) -> list[sympy.Expr]:
    """Numbers that double towards infinity, or halve the distance to the upper end."""
    if v.high.is_infinite:
        start = max(v.low, sympy.S.One)
        found = [start * 2**k for k in range(_COUNT)]
    else:
        low = v.low if v.low.is_finite else v.high - 1
        found = [v.high - (v.high - low) / 2**k for k in range(1, _COUNT + 1)]
    found = [sympy.floor(x) if v.integer else x for x in found]
    return [x for x in dict.fromkeys(found) if v.contains(x)]


def _worst(claim: Claim, variables, fixed: Mapping, budget: int) -> tuple[dict, Check]:
    """The point with the smallest margin that is found where some variables are fixed."""
    for v in variables:
        if v.name in fixed and not v.contains(fixed[v.name]):
            raise DomainError(explain("outside of the range", got=fixed[v.name], allowed=str(v)))
    axes = tuple(
        v.within(fixed[v.name], fixed[v.name]) if v.name in fixed else v for v in variables
    )
    points = (
        dict(zip((v.name for v in variables), point, strict=True))
        for point in places(claim, axes, budget)
    )
    checks = ((point, check_best(claim, point)) for point in points)
    known = [(point, check) for point, check in checks if check is not None]
    if not known:
        where = ", ".join(f"{name} = {x}" for name, x in fixed.items())
        raise DomainError(explain("no point with a margin was found", got=where))
    return min(known, key=lambda x: spare(x[1]))


def _scale(taken: list, line: Variable) -> tuple[list[float], int]:
    """What tends to infinity along a sequence, and the sign of its exponent.

    It is the variable itself, or the reciprocal of the distance to an end that is approached in
    smaller and smaller steps.
    """
    steps = [abs(y - x) for x, y in pairwise(taken)]
    end = line.high if taken[-1] > taken[0] else line.low
    if not steps or steps[-1] >= steps[0] or line.integer or end.is_infinite:
        return [abs(float(x)) for x in taken], 1
    if abs(end - taken[-1]) >= abs(taken[-1] - taken[0]):
        return [], 1
    return [float(1 / abs(end - x)) if x != end else float("inf") for x in taken], -1


def _estimated(rule, ts: list[float], values: tuple, sign: int) -> Value | None:
    kept = [(t, *in_doubles(x)) for t, x in zip(ts, values, strict=False) if t < float("inf")]
    found = rule(*zip(*kept, strict=True)) if kept else None
    if found is None:
        return None
    mid, rad = found
    return Value(mid=sign * mid, rad=rad, rigor=Rigor.ESTIMATED, using=Float())


def _distance(item: tuple) -> float:
    _, margin, ratio = item
    return abs(float(margin.mid)) if ratio is None else abs(float((ratio - 1).mid))


def _short(x: sympy.Expr) -> str:
    return str(x) if len(str(x)) <= _LONGEST else f"≈ {float(x):.6g}"


def _grows(places: tuple) -> bool:
    """Whether steps become larger and larger."""
    return len(places) > 2 and places[-1] - places[-2] > 2 * (places[1] - places[0])
