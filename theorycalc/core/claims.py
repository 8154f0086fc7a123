"""Bounds and identities as data: relations between quantities, and where they are claimed."""

from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom, BooleanFunction

from theorycalc.core import display
from theorycalc.core.algebra import common_symbols
from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.expressions import condition, expression
from theorycalc.core.formula import Formula
from theorycalc.core.graph import free_symbols, substitute
from theorycalc.core.known import unknown
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact
from theorycalc.core.pictures import as_axes, label
from theorycalc.core.records import instance
from theorycalc.core.reference import Reference
from theorycalc.core.regions import Region, read_region

# The signs of the margin with which a relation is true.
TRUE_SIGNS = {
    sympy.Lt: {1},
    sympy.Le: {0, 1},
    sympy.Gt: {1},
    sympy.Ge: {0, 1},
    sympy.Eq: {0},
    sympy.Ne: {-1, 1},
}
_RELATION = "lhs < rhs, sympy.Le(lhs, rhs), …, sympy.And of them, or a tuple of them"
SHARPNESS = ("", "tight", "upper", "lower", "asymptotic")


@dataclass(frozen=True, repr=False)
class Claim(Shown):
    """Relations between quantities, with the ranges and conditions under which they are claimed.

    Symbols are matched by name: those of one name are one, with the assumptions of all.

    Parameters
    ----------
    relation : SymPy relational, conjunction, tuple or list
        For instance ``lhs < rhs``, ``sympy.And(a <= b, b <= c)`` or ``[a <= b, b <= c]``; the sides
        are expressions, formulas, Values and numbers.
    reference : Reference, optional
        Where it is claimed.
    assumptions : SymPy condition
        Where it is claimed to hold; elsewhere the verdict is NOT_APPLICABLE.
    name : str
        A short name for tables.
    sharpness : str
        How good the bound is said to be: "tight", "upper", "lower" or "asymptotic".
    on : mapping, optional
        What variables range over, by name or symbol: a SymPy `Interval`, a pair (low, high) of
        numbers for a closed one, or the integers of `integers` and SymPy's `Range`; ends may be
        infinite. Of a range, the numbers count that the symbol may stand for: the integers for an
        integer, and no zero for a positive symbol.
    where : SymPy condition, tuple or list of them
        What is assumed of the variables among each other.

    Raises
    ------
    DomainError
        If ``relation`` is neither a relation nor several that are all to hold (nor a truth value
        that SymPy found itself). For other fields of another type, symbols of one name that
        contradict each other, and ranges that are empty, of unknown names, or wider than the
        assumptions of their symbols.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x")
    >>> mills = tc.Claim(sympy.erfc(x) <= sympy.exp(-x**2), on={"x": (0, "oo")})
    >>> check = tc.check(mills, x=3)
    >>> check.verdict, str(check.margin)[:10]
    (<Verdict.HOLDS: 'HOLDS'>, '0.00010131')
    >>> tc.check(mills, x=-1).verdict
    <Verdict.NOT_APPLICABLE: 'NOT_APPLICABLE'>
    >>> kernel, rho = tc.kernels.arc_cosine(1), sympy.Symbol("rho")
    >>> tc.Claim([rho <= kernel, kernel <= 1]).holds_on(rho=(-1, 1)).on
    Region(rho in [-1, 1])
    """

    relation: Any
    reference: Reference | None = None
    assumptions: Any = sympy.true
    name: str = ""
    sharpness: str = ""
    on: Any = field(default=None, kw_only=True)
    where: Any = field(default=sympy.true, kw_only=True)

    def __post_init__(self):
        hint = "a tuple of relations as the first argument"
        instance(
            self.reference, Reference | None, "a Reference", allowed="Reference(key)", hint=hint
        )
        instance(self.name, str, "the name of a claim", allowed="a string")
        instance(self.sharpness, str, "a sharpness")
        if self.sharpness not in SHARPNESS:
            allowed = ", ".join(map(repr, SHARPNESS))
            raise DomainError(explain("unknown sharpness", got=self.sharpness, allowed=allowed))
        assumptions = condition(self.assumptions, "condition")
        parts = _relations(self.relation), assumptions, _conditions(self.where)
        relation, assumptions, where = _unified(parts)
        object.__setattr__(self, "relation", relation)
        object.__setattr__(self, "assumptions", assumptions)
        object.__setattr__(self, "where", where)
        # of what SymPy has decided the variables are gone
        names = None if self.is_decided else {x.name: x for x in self._variables}
        object.__setattr__(self, "on", read_region(self.on, names))

    @property
    def args(self) -> tuple:
        """The free symbols, by name."""
        known = {x.name for x in self._variables}
        ranging = {sympy.Symbol(name, real=True) for name in self.on if name not in known}
        return tuple(sorted(self._variables | ranging, key=str))

    @property
    def _variables(self) -> set[Any]:
        parts = self.relation, self.assumptions, self.where
        return unknown(set().union(*map(free_symbols, parts)))

    @property
    def relations(self) -> tuple[Any, ...]:
        """The relations that are all to hold; none where SymPy has found that they do."""
        return tuple(sympy.ordered(sympy.And.make_args(self.relation)))

    @property
    def margins(self) -> tuple[Formula, ...]:
        """For each relation what is positive where it holds; lhs − rhs of an equation."""
        return tuple(
            Formula("margin", margin_of(relation), args=self.args) for relation in self.relations
        )

    @property
    def ranges(self) -> Region:
        """The range of every variable.

        Raises
        ------
        DomainError
            If one has none.
        """
        if missing := [x.name for x in self.args if x.name not in self.on]:
            got = display.claim_text(self)
            hint = f"claim.holds_on({', '.join(f'{name}=(low, high)' for name in missing)})"
            raise DomainError(explain(f"no range for {', '.join(missing)}", got=got, hint=hint))
        return self.on

    @property
    def condition(self) -> sympy.Basic:
        """What is assumed, the ranges apart."""
        return sympy.And(self.assumptions, self.where)

    @property
    def is_decided(self) -> bool:
        """Whether SymPy has found the truth of the relation itself."""
        return self.relation in (sympy.true, sympy.false)

    def holds_on(self, **ranges) -> "Claim":
        """The same claim on these ranges, which are added to those that it has.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> x, n = sympy.symbols("x n")
        >>> tc.Claim((1 + x) ** n >= 1 + n * x).holds_on(x=(-1, "oo"), n=tc.integers(1, "oo"))
        Claim((x + 1)**n >= n*x + 1 for all n in {1, 2, …}, x in [-1, oo))
        """
        return replace(self, on={**self.on, **ranges})

    def plot(self, name: str | None = None, *, low, high, ax=None, **fixed):
        """The margin over a range of one argument, above 0 where the relation holds.

        Parameters and errors are those of `Formula.plot`; each of several relations is a line.

        Returns
        -------
        matplotlib.axes.Axes
        """
        if self.is_decided:
            raise DomainError(explain("a relation that SymPy has decided has no margin", got=self))
        ax = as_axes(ax)
        for relation, margin in zip(self.relations, self.margins, strict=True):
            margin.plot(name, low=low, high=high, ax=ax, **fixed)
            ax.lines[-1].set_label(label(display.latex(relation), str(relation)))
        ax.axhline(0, color="0.5", linewidth=1)
        ax.set(ylabel="margin")
        ax.legend()
        return ax

    def __repr__(self):
        return f"Claim({display.claim_text(self)})"

    def _repr_latex_(self):
        return f"$\\displaystyle {display.claim_latex(self)}$"


def _relations(x) -> Any:
    """Relations between real quantities, or the truth value that SymPy has made of them."""
    if isinstance(x, sympy.And):
        x = x.args
    if isinstance(x, tuple | list | sympy.Tuple):
        if not x:
            raise DomainError(explain("not a relation", got=shown(x), allowed=_RELATION))
        return sympy.And(*map(_relations, x))
    return _relation(x)


def _relation(x) -> sympy.Basic:
    """One relation between two real quantities, or the truth value that SymPy has made of it."""
    if isinstance(x, bool | np.bool_ | BooleanAtom):
        return sympy.true if x else sympy.false
    if isinstance(x, BooleanFunction):
        hint = "where= for a premise, a Claim for each of several"
        raise DomainError(explain("not a relation", got=x, allowed=_RELATION, hint=hint))
    if not isinstance(x, Relational) or type(x) not in TRUE_SIGNS or x.has(sympy.I):
        raise DomainError(explain("not a relation", got=shown(x), allowed=_RELATION))
    for side in x.args:
        expression(side, "a side of a relation")
    return x


def _conditions(x) -> Any:
    """One condition, or several that are all assumed."""
    given = x if isinstance(x, tuple | list) else (x,)
    return sympy.And(*(cast(Any, condition(part, "condition")) for part in given))


def _unified(parts: tuple) -> list:
    """The parts with one symbol for each name, and floats as the decimals that they stand for.

    SymPy adds floats as binary numbers.
    """
    groups = [sorted(unknown(free_symbols(part)), key=str) for part in parts]
    names: dict = common_symbols(*groups)
    names |= {x: exact(x) for part in parts for x in part.atoms(sympy.Float)}
    return [substitute(part, names) if names else part for part in parts]


def margin_of(relation: Relational) -> sympy.Expr:
    """The margin: positive where an inequality holds; lhs − rhs of an equation."""
    lhs, rhs = (cast(sympy.Expr, side) for side in relation.args)
    return rhs - lhs if isinstance(relation, (sympy.Lt, sympy.Le)) else lhs - rhs
