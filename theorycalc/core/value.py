"""A number with its error statement."""

import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import mpmath
import sympy
from mpmath import libmp

from theorycalc.core import decimals
from theorycalc.core.binary import compare, exact_mpf, fraction, mpf, total
from theorycalc.core.errors import DomainError, PrecisionError, explain, shown
from theorycalc.core.known import Known
from theorycalc.core.looks import Look, Shown
from theorycalc.core.numbers import Rigor as Rigor  # also from here
from theorycalc.core.numbers import exact, exact_integer, has_radius
from theorycalc.core.operators import Operators
from theorycalc.core.records import instance
from theorycalc.core.reference import Reference

# What ``stats["accuracy"]`` says of a zero that has no relative digits.
ABSOLUTE = "absolute"
# Digits that are written, as many as an arithmetic computes.
_MOST_DIGITS = 10_000
# The exponent of two of a number has at most so many bits: its decimal one is as long.
_LONGEST_EXPONENT = 4096


@dataclass(frozen=True, kw_only=True, repr=False)
class Value(Operators, Shown):
    """A real number known as ``mid ± rad``.

    Parameters
    ----------
    mid, rad : mpmath.mpf or float
        Midpoint and radius. They carry all their digits and belong to no precision setting.
    rigor : Rigor
        How far ``rad`` can be trusted.
    using : Float, MP or Ball, optional
        The arithmetic that produced the number.
    reference : Reference, optional
        The source of the formula.
    inputs : mapping
        The exact parameters, by name.
    stats : mapping
        What the computation cost and how it went (seconds, operations, working precision,
        nodes, ...).

    Raises
    ------
    DomainError
        If ``mid`` or ``rad`` is not finite, or ``rad`` is negative. An exact infinity is a value:
        ``mid=inf, rad=0, rigor=EXACT``, its reason in ``stats``.

    Examples
    --------
    >>> import theorycalc as tc, sympy
    >>> v = tc.certify(sympy.sqrt(2), digits=20)
    >>> print(v)
    1.4142135623730950488 ± 2e-21
    >>> v.contains("1.4142"), v.digits(10)
    (False, '1.414213562')
    """

    mid: mpmath.mpf
    rad: mpmath.mpf
    rigor: Rigor
    using: object = None
    reference: Reference | None = None
    inputs: Mapping = field(default_factory=dict, hash=False)
    stats: Mapping = field(default_factory=dict, hash=False, compare=False)

    def __post_init__(self):
        instance(self.rigor, Rigor, "a rigor", allowed="Rigor.CERTIFIED, …")
        instance(self.inputs, Mapping, "inputs by name")
        instance(self.stats, Mapping, "stats by name")
        instance(self.reference, Reference | None, "a Reference")
        if self.using is not None and not callable(getattr(type(self.using), "evaluate", None)):
            allowed = "Float(), MP(30), Ball(30), …"
            raise DomainError(explain("not an arithmetic", got=shown(self.using), allowed=allowed))
        if not all(isinstance(name, str) for name in (*self.inputs, *self.stats)):
            got = ", ".join(map(shown, (*self.inputs, *self.stats)))
            raise DomainError(explain("not inputs and stats by name", got=got, allowed="strings"))
        if isinstance(self.mid, bool) or isinstance(self.rad, bool):
            got = f"mid={self.mid}, rad={self.rad}"
            raise DomainError(explain("a truth value is no number", got=got))
        object.__setattr__(self, "mid", exact_mpf(self.mid))
        object.__setattr__(self, "rad", exact_mpf(self.rad))
        finite = mpmath.isfinite(self.mid) and mpmath.isfinite(self.rad) and self.rad >= 0
        if not finite and not (self.is_infinite and self.rigor is Rigor.EXACT):
            raise DomainError(
                explain(
                    "a value needs a finite midpoint and a finite radius ≥ 0",
                    got=f"mid={self.mid}, rad={self.rad}",
                )
            )

        if max(abs(x._mpf_[2]).bit_length() for x in (self.mid, self.rad)) > _LONGEST_EXPONENT:
            raise DomainError(
                explain(
                    "a number too large or too small for its digits to be had",
                    got=f"{'−' if self.mid < 0 else ''}2^(an integer of more than "
                    f"{_LONGEST_EXPONENT} bits)",
                    hint="its logarithm",
                )
            )

    @property
    def is_infinite(self) -> bool:
        """Whether it is ∞ or −∞ without error."""
        return bool(mpmath.isinf(self.mid)) and self.rad == 0

    @cached_property
    def lower(self) -> mpmath.mpf:
        """The left end ``mid − rad``: exactly, or rounded down if that would be very long."""
        return mpf(total(self.mid._mpf_, libmp.mpf_neg(self.rad._mpf_), "f"))

    @cached_property
    def upper(self) -> mpmath.mpf:
        """The right end ``mid + rad``: exactly, or rounded up if that would be very long."""
        return mpf(total(self.mid._mpf_, self.rad._mpf_, "c"))

    def contains(self, x) -> bool:
        """Whether the exact number ``x`` lies in ``[lower, upper]``."""
        x = exact(x)
        if self.is_infinite:
            return False
        if isinstance(x, sympy.Rational):
            return compare(self.lower, x) <= 0 <= compare(self.upper, x)
        lower, upper = (sympy.Rational(fraction(end)) for end in (self.lower, self.upper))
        return bool(lower <= x) and bool(x <= upper)

    def overlaps(self, value: "Value") -> bool:
        """Whether the two intervals have a point in common."""
        instance(value, Value, "a Value", hint=".contains(x) for a number")
        return self.lower <= value.upper and value.lower <= self.upper

    @property
    def is_absolute(self) -> bool:
        """Whether this is a zero with absolute digits where relative ones were sought."""
        return self.stats.get("accuracy") == ABSOLUTE

    @property
    def accuracy(self) -> int | None:
        """Significant decimal digits that ``rad`` vouches for; None when there is no error."""
        return decimals.vouched_digits(self.mid, self.rad)

    def digits(self, n: int) -> str:
        """The value rounded to ``n`` significant digits.

        Raises
        ------
        PrecisionError
            If ``rad`` does not vouch for ``n`` digits.
        DomainError
            If ``n`` is not an integer between 1 and 10000.
        """
        n = exact_integer(n, "n", 1, _MOST_DIGITS)
        accuracy = self.accuracy
        if accuracy is not None and n > accuracy:
            raise PrecisionError(
                explain(
                    "the error does not vouch for that many digits",
                    got=n,
                    allowed=f"up to {accuracy}",
                    hint=f"an evaluation with using=MP({n}) or Ball({n})",
                )
            )
        return decimals.decimal(self.mid, n)

    def __float__(self):
        return libmp.to_float(self.mid._mpf_)

    def _sympy_(self):
        """In an expression it is a number that keeps its error."""
        if self.is_infinite:
            return sympy.oo if self.mid > 0 else -sympy.oo
        if self.rigor is Rigor.EXACT and not decimals.is_extreme(self.mid):
            return sympy.Rational(fraction(self.mid))
        return self._symbol

    @cached_property
    def _symbol(self) -> Known:
        return Known(self)

    def __getstate__(self):
        return {name: x for name, x in self.__dict__.items() if name != "_symbol"}

    def _operate(self, function, *operands):
        return _applied(function, *operands)

    def __lt__(self, other):
        return _applied("<", self, other)

    def __le__(self, other):
        return _applied("<=", self, other)

    def __gt__(self, other):
        return _applied("<", other, self)

    def __ge__(self, other):
        return _applied("<=", other, self)

    def __round__(self, places: int | None = None):
        """The nearest integer, or decimal as a float, where the error leaves no other."""
        scale = 10 ** (places or 0)
        lower, upper = (round(fraction(end) * scale) for end in (self.lower, self.upper))
        if lower != upper:
            allowed = f"a larger unit than the error, {decimals.value_text(self)}"
            raise PrecisionError(explain("the error allows several roundings", allowed=allowed))
        return lower if places is None else float(Fraction(lower, 1) / scale)

    def __format__(self, spec: str) -> str:
        """``format(v, ".6f")``, with no digit that the error does not vouch for."""
        return decimals.formatted(self, spec)

    def _latex(self, printer) -> str:
        return decimals.value_latex(self).strip("$")

    def to_json(self) -> str:
        """All of it but the stats, as JSON; `from_json` reads it."""
        from theorycalc.core.stored import written

        return written(self)

    @staticmethod
    def from_json(text: str) -> "Value":
        """The Value that `to_json` wrote.

        Raises
        ------
        DomainError
            For any other text.
        """
        from theorycalc.core.stored import read

        return read(text)

    def _look(self) -> Look:
        return Look((str(self), self.rigor.name, repr(self.using)))

    def __str__(self):
        return decimals.value_text(self)

    def __repr__(self):
        return f"Value({decimals.value_text(self)}, {self.rigor.name}, {self.using!r})"

    def _repr_latex_(self):
        return decimals.value_latex(self)


def _applied(f, *operands):
    """The Value of a function or a relation of numbers; NotImplemented for anything else."""
    # it computes with arithmetics, which make Values
    from theorycalc.core.apply import apply, compare

    if not all(map(_is_number, operands)):
        return NotImplemented
    return compare(f, *operands) if isinstance(f, str) else apply(f, *operands)


def _is_number(x) -> bool:
    """Whether an operand is a number, exact or with a radius, and no text."""
    if isinstance(x, sympy.Expr):
        return bool(x.is_number)
    return isinstance(x, numbers.Real) or has_radius(x) or hasattr(x, "_mpf_")
