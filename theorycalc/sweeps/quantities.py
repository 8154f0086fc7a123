"""What is computed in a cell, and its outcome as plain text and numbers that a store can keep."""

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import sympy

from theorycalc.core.arithmetic import Ball, Float
from theorycalc.core.binary import in_doubles
from theorycalc.core.checks import Check, Verdict, check
from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError, explain, shown, unknown_name
from theorycalc.core.evaluation import Arithmetic, check_arithmetic
from theorycalc.core.formula import Formula
from theorycalc.core.functions import MeanValue
from theorycalc.core.known import known_in
from theorycalc.core.numbers import exact
from theorycalc.core.value import Value
from theorycalc.validation.measurement import Measurement

# Digits of balls that check claims, as `check` has them.
_CLAIM_DIGITS = 30
# What may be discontinuous, and what has no error statement on arrays.
_STEPS = (sympy.floor, sympy.ceiling, sympy.frac, sympy.Mod, sympy.sign, sympy.Heaviside)
_STEPS += (sympy.Piecewise, sympy.acot, sympy.atan2)
_INTEGRALS = (sympy.Integral, MeanValue)
_ALLOWED = "a number, a Value, a Measurement, a verdict, a string, or a dict of them"


@dataclass(frozen=True)
class Quantity:
    """A formula, a claim or a function, and the arithmetic that it is computed in."""

    source: object
    using: Arithmetic | None

    def __call__(self, point: dict):
        """The result at the point."""
        if isinstance(self.source, Formula):
            return self.source.at(using=self.using, **point)
        if isinstance(self.source, Claim):
            return check(self.source, using=self.using, **point)
        given = {} if self.using is None else {"using": self.using}
        return self.source(**point, **given)

    def cell(self, point: dict) -> dict:
        """The outcome at the point; whatever goes wrong there is its message."""
        try:
            return {"result": _entries(self(point))}
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}"}

    @property
    def is_function(self) -> bool:
        """Whether it is a function in Python."""
        return not isinstance(self.source, Formula | Claim)

    @property
    def is_plain(self) -> bool:
        """Whether it is a formula in doubles whose only errors are those of rounding.

        On arrays a step is taken at the double, which may be on its other side.
        """
        if not isinstance(self.source, Formula) or not isinstance(self.using, Float):
            return False
        parts = self._parts()
        by_cells = any(part.has(*_STEPS, *_INTEGRALS) for part in parts)
        return self.source.error is None and not by_cells and not known_in(*parts)

    def _parts(self) -> list[sympy.Basic]:
        """The expressions of a formula or a claim."""
        if isinstance(self.source, Claim):
            ranges = self.source.on.condition({x.name: x for x in self.source.args})
            return [self.source.relation, sympy.And(self.source.condition, ranges)]
        formula = self.source
        error = [] if formula.error is None else [formula.error]
        return [*(part for _, part in formula.where), formula.body, formula.domain, *error]

    def check_names(self, names: Iterable[str]) -> None:
        """Refuse grids of other names than the arguments have.

        Raises
        ------
        DomainError
            For a name that is unknown, or one that is missing.
        """
        needed, allowed = self._arguments()
        if self.using is not None and self.is_function:
            names = [*names, "using"]
        for name in names:
            if allowed is not None and name not in allowed:
                raise unknown_name("argument", name, allowed)
        if missing := [name for name in needed if name not in names]:
            what = f"no grid for {', '.join(missing)}"
            raise DomainError(explain(what, got=", ".join(names) or "none"))

    def _arguments(self) -> tuple[list[str], list[str] | None]:
        """The names that are needed, and those that are allowed; None for all."""
        if not self.is_function:
            names = [symbol.name for symbol in self.source.args]
            return names, names
        try:
            parameters = inspect.signature(self.source).parameters.values()
        except ValueError:  # what Python gives no signature
            return [], None
        named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        anything = any(p.kind is p.VAR_KEYWORD for p in parameters)
        needed = [p.name for p in named if p.default is p.empty]
        return needed, None if anything else [p.name for p in named]

    @property
    def description(self) -> str:
        """What it is, as text: the same in every process, and another for another quantity."""
        if self.is_function:
            return _function_text(self.source)
        parts = self._parts()
        values = known_in(*parts).values()
        name = self.source.name or type(self.source).__name__
        names = ", ".join(symbol.name for symbol in self.source.args)
        lines = [sympy.sstr(part, full_prec=True) for part in parts]
        return "\n".join([f"{name}({names})", *lines, *(value.to_json() for value in values)])


def read_quantity(source, using) -> Quantity:
    """The quantity with its arithmetic: that of `Formula.at` or of `check` if none is given.

    Raises
    ------
    DomainError
        For anything but a formula, a claim or a function, and what is no arithmetic.
    """
    if using is not None:
        check_arithmetic(using)
    elif isinstance(source, Formula):
        using = Float()
    elif isinstance(source, Claim):
        using = Ball(_CLAIM_DIGITS)
    if not isinstance(source, Formula | Claim) and not callable(source):
        allowed = "a Formula, a Claim or a function"
        raise DomainError(explain("not a quantity", got=shown(source), allowed=allowed))
    return Quantity(source, using)


def _function_text(function: Callable) -> str:
    name = getattr(function, "__qualname__", type(function).__qualname__)
    try:
        return f"{name}\n{inspect.getsource(function)}"
    except (OSError, TypeError):  # typed at a prompt, or no function of Python
        return name


def _entries(result) -> dict:
    """A result as variables: numbers, strings, and the parts of Values that a dataset has."""
    if isinstance(result, Check):
        parts = {"margin": result.margin, "ratio": result.ratio}
        found = {name: x for name, x in parts.items() if x is not None}
        result = {"verdict": result.verdict, **found}
    elif isinstance(result, Measurement):
        parts = dataclasses.asdict(result)
        # in a dataset a mark is a number, where it is set
        parts["squares"] = 1 if result.squares else None
        result = {key: x for key, x in parts.items() if x is not None}
    if not isinstance(result, Mapping):
        return {"": _entry(result, "")}
    bad = [name for name in result if not isinstance(name, str) or not name.isidentifier()]
    if bad:
        what, got = "a result has no name that a dataset can have", ", ".join(map(shown, bad))
        raise DomainError(explain(what, got=got, allowed="identifiers, 'mean'"))
    return {name: _entry(x, name) for name, x in result.items()}


def _entry(x, name: str):
    if isinstance(x, Value):
        mid, rad = in_doubles(x)
        return {"mid": mid, "rad": rad, "rigor": x.rigor.name, "json": x.to_json()}
    if isinstance(x, Verdict):
        return x.name
    if isinstance(x, str | float):
        return x if isinstance(x, str) else float(x)
    try:
        return float(exact(x))
    except DomainError as error:
        what = f"the result {name}".strip() + " is no number"
        raise DomainError(explain(what, got=shown(x), allowed=_ALLOWED)) from error
