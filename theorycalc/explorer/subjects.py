"""What is looked at: a formula or a claim, by curves, values at points, LaTeX and code."""

import keyword
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np

from theorycalc.core import display
from theorycalc.core.checks import check
from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError
from theorycalc.core.evaluation import Arithmetic, read_parameters
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.looks import Look, Math, as_html
from theorycalc.core.pictures import band, label
from theorycalc.core.vectorised import VectorFunction

# Decimal numbers as they are written, by name.
Point = Mapping[str, str]


class Curve(NamedTuple):
    """A line over places, nan where there is none, and a band (places, lower, upper) around it."""

    label: str
    values: np.ndarray
    band: tuple | None = None


class Subject(Protocol):
    """What a panel asks of what it shows; ``source`` is what it is called in code."""

    source: str

    @property
    def title(self) -> str:
        """What it is called in a list."""

    @property
    def label(self) -> str:
        """What is drawn, beside the picture."""

    @property
    def can_move(self) -> bool:
        """Whether there is anything that a slider changes."""

    @property
    def args(self) -> tuple:
        """The arguments that a point has numbers for."""

    @property
    def points(self) -> Sequence[Mapping]:
        """Where it is known to be of use."""

    @property
    def domain(self):
        """The condition on the arguments."""

    @property
    def ranges(self) -> Mapping:
        """The ranges that some of them have."""

    def curves(self, axis: str, places: np.ndarray, point: Point) -> list[Curve]:
        """What is drawn over places of one argument, the others at a point."""

    def at(self, point: Point, using: Arithmetic) -> str:
        """HTML of what is known at a point."""

    def latex(self, axis: str, point: Point) -> str:
        """LaTeX of it with one argument free, the others at a point."""

    def code(self, point: Point, using: Arithmetic) -> str:
        """A line of Python that gives what is known at a point."""


@dataclass(frozen=True)
class OfFormula:
    """A formula: its values, with what it leaves out or does not know exactly as a band."""

    formula: Formula
    source: str
    points: Sequence[Mapping] = ()

    @property
    def title(self) -> str:
        """The name of the formula."""
        return self.formula.name or "formula"

    @property
    def label(self) -> str:
        """The same in LaTeX."""
        name = self.formula.name
        return label(display.formula_call(self.formula, {}), name) if name else ""

    @property
    def can_move(self) -> bool:
        """Whether it has arguments."""
        return bool(self.args)

    @property
    def args(self) -> tuple:
        """Those of the formula."""
        return self.formula.args

    @property
    def domain(self):
        """That of the formula."""
        return self.formula.domain

    @property
    def ranges(self) -> Mapping:
        """None: the domain says where it is."""
        return {}

    def curves(self, axis: str, places: np.ndarray, point: Point) -> list[Curve]:
        """One line."""
        values = _along(self._values, axis, places, point)
        return [Curve("", values, self._band(axis, places, point, values))]

    def at(self, point: Point, using: Arithmetic) -> str:
        """The value."""
        value = self.formula.at(using=using, **point)
        name = Math(display.formula_call(self.formula, point), self.formula.name)
        return as_html(Look((name, "=", str(value), value.rigor.name)))

    def latex(self, axis: str, point: Point) -> str:
        """The formula with numbers for the other arguments."""
        return self.formula.subs(**_others(axis, point)).latex()

    def code(self, point: Point, using: Arithmetic) -> str:
        """Its value."""
        return f"{self.source}.at(using=tc.{using!r}, {_keywords(point)})"

    def _band(self, axis: str, places: np.ndarray, point: Point, values: np.ndarray):
        if self.formula.has_radii:
            line = self.formula.subs(**_others(axis, point))
            return band(line, places[np.isfinite(values)].tolist())
        if self.formula.error is None:
            return None
        width = np.abs(_along(self._left_out, axis, places, point))
        return places, values - width, values + width

    @cached_property
    def _values(self) -> VectorFunction:
        return self.formula.lambdify()

    @cached_property
    def _left_out(self) -> VectorFunction:
        f = self.formula
        return Formula("", f.error, args=f.args, domain=f.domain, where=f.where).lambdify()


@dataclass(frozen=True)
class OfClaim:
    """A claim: the margins of its relations, above 0 where they hold."""

    claim: Claim
    source: str
    points: Sequence[Mapping] = ()

    @property
    def title(self) -> str:
        """The name of the claim, or what it claims."""
        return self.claim.name or display.claim_text(self.claim)

    @property
    def label(self) -> str:
        """The same for all claims."""
        return "margin"

    @property
    def can_move(self) -> bool:
        """Whether it has variables, and is not decided by SymPy without them."""
        return bool(self.args) and not self.claim.is_decided

    @property
    def args(self) -> tuple:
        """Those of the claim."""
        return self.claim.args

    @property
    def domain(self):
        """What is assumed, the ranges apart."""
        return self.claim.condition

    @property
    def ranges(self) -> Mapping:
        """Those of the claim."""
        return self.claim.on

    def curves(self, axis: str, places: np.ndarray, point: Point) -> list[Curve]:
        """A line for every relation."""
        lines = (_along(margin, axis, places, point) for margin in self._margins)
        return [Curve(*both) for both in zip(self._labels, lines, strict=True)]

    def at(self, point: Point, using: Arithmetic) -> str:
        """The verdict, both sides and the margin."""
        return check(self.claim, using=using, **point)._repr_html_()

    def latex(self, axis: str, point: Point) -> str:
        """The relations with numbers for the other variables."""
        numbers = read_parameters(self.args, _others(axis, point), partial=True)
        return r",\quad ".join(
            display.latex(r.func(*(substitute(side, numbers) for side in r.args), evaluate=False))
            for r in self.claim.relations
        )

    def code(self, point: Point, using: Arithmetic) -> str:
        """Its check."""
        return f"tc.check({self.source}, using=tc.{using!r}, {_keywords(point)})"

    @cached_property
    def _labels(self) -> list[str]:
        return [label(display.latex(x), str(x)) for x in self.claim.relations]

    @cached_property
    def _margins(self) -> list[VectorFunction]:
        return [
            Formula(m.name, m.body, args=m.args, domain=self.domain).lambdify()
            for m in self.claim.margins
        ]


def _along(function: VectorFunction, axis: str, places: np.ndarray, point: Point) -> np.ndarray:
    """Values over places of one argument, nan where there are none."""
    arrays = [
        places if name == axis else np.full(places.shape, float(point[name]))
        for name in function.args
    ]
    inside = function.inside(*arrays)
    values = np.full(places.shape, np.nan)
    arrays = [x[inside] for x in arrays]
    try:
        values[inside] = function(*arrays)
    except DomainError:  # a special function refuses some of the places, and an array as a whole
        values[inside] = [_alone(function, *numbers) for numbers in zip(*arrays, strict=True)]
    return values


def _alone(function: VectorFunction, *numbers: float) -> float:
    try:
        return function(*numbers)
    except DomainError:
        return np.nan


def _others(axis: str, point: Point) -> dict[str, str]:
    return {name: x for name, x in point.items() if name != axis}


def _keywords(point: Point) -> str:
    """Arguments of a call: by keyword, where their names can be keywords."""
    if all(name.isidentifier() and not keyword.iskeyword(name) for name in point):
        return ", ".join(f'{name}="{x}"' for name, x in point.items())
    return f"**{dict(point)!r}"
