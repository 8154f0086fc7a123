"""What the variables of a claim range over: intervals and integers, by their names."""

import math
from collections.abc import Iterator, Mapping

import sympy

from theorycalc.core import display
from theorycalc.core.errors import DomainError, explain, shown, unknown_name
from theorycalc.core.looks import Line
from theorycalc.core.numbers import exact, exact_integer

_ENDS = {"oo": sympy.oo, "inf": sympy.oo, "+oo": sympy.oo, "-oo": -sympy.oo, "-inf": -sympy.oo}
_ALLOWED = '("0", "1"), (0, oo), sympy.Interval.open(0, 1), tc.integers(1, oo)'
_SETS = {
    sympy.S.Integers: sympy.Range(-sympy.oo, sympy.oo),
    sympy.S.Naturals: sympy.Range(1, sympy.oo),
    sympy.S.Naturals0: sympy.Range(0, sympy.oo),
    sympy.S.Reals: sympy.Interval(-sympy.oo, sympy.oo),
}
# What a symbol may be assumed to be: it is looked at, or holds of every real number.
_UNDERSTOOD = {"commutative", "complex", "finite", "hermitian", "real", "extended_real", "integer"}
_SIGNS = ("positive", "negative", "nonnegative", "nonpositive", "nonzero")
_UNDERSTOOD |= {*_SIGNS, *(f"extended_{sign}" for sign in _SIGNS)}


def integers(low, high) -> sympy.Range:
    """The integers from ``low`` to ``high``, both included.

    Parameters
    ----------
    low, high : int or ±oo

    Raises
    ------
    DomainError
        For ends that are no integers, or where there is none between them.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> tc.integers(1, 3) == sympy.Range(1, 4), tc.integers(1, sympy.oo)
    (True, Range(1, oo, 1))
    """
    first, last = (
        _infinity(x) or sympy.Integer(exact_integer(x, "an end of the integers"))
        for x in (low, high)
    )
    found = sympy.Range(first, last + 1) if first < sympy.oo and last > -sympy.oo else None
    return _checked(found, "the integers", (low, high))


class Region(Line, Mapping):
    """A range for each of some names: an interval, or a range of integers. It does not change."""

    def __init__(self, ranges: Mapping[str, sympy.Interval | sympy.Range]):
        self._ranges = dict(ranges)

    def __getitem__(self, name: str) -> sympy.Interval | sympy.Range:
        return self._ranges[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ranges)

    def __len__(self):
        return len(self._ranges)

    def __hash__(self):
        return hash(frozenset(self._ranges.items()))

    def __repr__(self):
        return f"Region({display.region_text(self)})"

    def condition(self, symbols: Mapping[str, sympy.Symbol]) -> sympy.Basic:
        """That each of the symbols is in its range, as a condition."""
        parts = []
        for name, x in symbols.items():
            region = self.get(name, sympy.S.Reals)
            low, high = region.inf, region.sup
            if isinstance(region, sympy.Range):
                parts.append(sympy.Contains(x, sympy.S.Integers))
            if low.is_finite:
                parts.append(x > low if getattr(region, "left_open", False) else x >= low)
            if high.is_finite:
                parts.append(x < high if getattr(region, "right_open", False) else x <= high)
        return sympy.And(*parts)


def read_region(on, symbols: Mapping[str, sympy.Symbol] | None) -> Region:
    """The ranges that a user gives by names or symbols.

    Parameters
    ----------
    on : mapping or None
        A SymPy `Interval` or `Range`, or a pair (low, high), for each name or symbol.
    symbols : mapping or None
        What the names stand for: a range is the part in which the symbol has its assumptions. None
        where any name will do.

    Raises
    ------
    DomainError
        For names that do not occur, what is no range, is empty, or contradicts the assumptions.
    """
    if not isinstance(on, Mapping | None):
        raise DomainError(explain("not ranges", got=shown(on), allowed=f'{{"x": {_ALLOWED}}}'))
    found: dict = {}
    for key, given in (on or {}).items():
        name = key.name if isinstance(key, sympy.Symbol) else key
        if not isinstance(name, str) or name in found:
            what = "one variable twice" if name in found else "not the name of a variable"
            raise DomainError(explain(f"ranges: {what}", got=shown(key)))
        if symbols is not None and name not in symbols:
            raise unknown_name("variable", name, symbols)
        found[name] = _range(given, name)
        if symbols is not None:
            found[name] = _assumed(found[name], symbols[name])
    return Region({name: found[name] for name in sorted(found)})


def _range(x, name: str) -> sympy.Interval | sympy.Range:
    """One range: a pair is a closed interval."""
    what = f"the range of {name}"
    if isinstance(x, range):
        x = sympy.sympify(x)
    if isinstance(x, sympy.Set) and x in _SETS:
        return _SETS[x]
    if isinstance(x, sympy.Range):
        return _integers(x, what)
    if isinstance(x, sympy.Interval):
        low, high, opens = x.start, x.end, (x.left_open, x.right_open)
    elif isinstance(x, tuple | list | sympy.Tuple) and len(x) == 2:
        low, high, opens = *x, (False, False)
    else:
        raise DomainError(explain(f"{what} is no range", got=shown(x), allowed=_ALLOWED))
    low, high = (_infinity(end) or exact(end, f"an end of {what}") for end in (low, high))
    return _checked(sympy.Interval(low, high, *map(bool, opens)), what, x)


def _integers(x: sympy.Range, what: str) -> sympy.Range:
    """The same integers, upwards."""
    if x.free_symbols or (x.size != 0 and abs(x.step) != 1):
        hint = "n = 2*k in the claim, and a range for k"
        raise DomainError(explain(f"{what} has gaps", got=x, allowed=_ALLOWED, hint=hint))
    return _checked(x if x.size == 0 or x.step == 1 else x.reversed, what, x)


def _checked(x: sympy.Set | None, what: str, given) -> sympy.Interval | sympy.Range:
    """The range, if it is not empty, and no single point of the line."""
    if isinstance(x, sympy.Interval) and (x.start < x.end) == sympy.true:
        return x
    if isinstance(x, sympy.Range) and x.size != 0:
        return x
    hint = "the number in the place of the variable" if isinstance(x, sympy.FiniteSet) else ""
    raise DomainError(explain(f"{what}: nothing between the ends", got=shown(given), hint=hint))


def _infinity(x) -> sympy.Expr | None:
    """±oo where that is what an end is."""
    if isinstance(x, str):
        return _ENDS.get(x.strip())
    if isinstance(x, sympy.Expr):
        return x if x in (sympy.oo, -sympy.oo) else None
    is_float = isinstance(x, float) or hasattr(x, "_mpf_")
    return sympy.oo * int(math.copysign(1, x)) if is_float and math.isinf(x) else None


def _assumed(x: sympy.Interval | sympy.Range, symbol: sympy.Symbol):
    """The part of a range where a symbol has its assumptions: the integers, without a zero end.

    Raises
    ------
    DomainError
        Where more is lost: SymPy has simplified by these assumptions.
    """
    facts = symbol._assumptions_orig
    unread = [fact for fact, holds in facts.items() if not holds or fact not in _UNDERSTOOD]
    if not unread and symbol.is_integer and isinstance(x, sympy.Interval):
        x = _whole(x, symbol.name)
    low, high = x.inf, x.sup
    refused = unread or (
        (symbol.is_extended_nonnegative and low < 0)
        or (symbol.is_extended_nonpositive and high > 0)
        or (symbol.is_extended_nonzero and low < 0 < high)
    )
    if refused:
        assumed = ", ".join(fact if holds else f"not {fact}" for fact, holds in facts.items())
        hint = f'sympy.Symbol("{symbol.name}") in the claim, or a smaller range'
        what = f"{symbol.name} is assumed to be {assumed}, its range is wider"
        raise DomainError(explain(what, got=display.range_text(x), hint=hint))
    return _without_zero(x, symbol.name) if symbol.is_extended_nonzero else x


def _whole(x: sympy.Interval, name: str) -> sympy.Range:
    """The integers in an interval."""
    low, high = sympy.ceiling(x.start), sympy.floor(x.end)
    low += 1 if low == x.start and x.left_open and low.is_finite else 0
    high -= 1 if high == x.end and x.right_open and high.is_finite else 0
    return _checked(sympy.Range(low, high + 1), f"the integers in the range of {name}", x)


def _without_zero(x, name: str):
    """The range without an end at zero."""
    if isinstance(x, sympy.Range):
        low, high = x.inf + int(x.inf == 0), x.sup - int(x.sup == 0)
        return _checked(sympy.Range(low, high + 1), f"the range of {name}", x)
    opens = (x.left_open or x.start == 0, x.right_open or x.end == 0)
    return sympy.Interval(x.start, x.end, *map(bool, opens))
