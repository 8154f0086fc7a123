"""A number with its error statement."""

import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import mpmath
import numpy as np
import sympy
from mpmath import libmp

from theorycalc.core import display
from theorycalc.core.errors import DomainError, PrecisionError, explain, shown
from theorycalc.core.numbers import Rigor as Rigor  # also from here
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.records import instance
from theorycalc.core.reference import Reference

# Sums of binary numbers are exact up to so many bits, and rounded outwards beyond.
_EXACT_BITS = 400_000
# What ``stats["accuracy"]`` says of a zero that has no relative digits.
ABSOLUTE = "absolute"
# Digits that are written, as many as an arithmetic computes.
_MOST_DIGITS = 10_000
# The exponent of two of a number has at most so many bits: its decimal one is as long.
_LONGEST_EXPONENT = 4096


@dataclass(frozen=True, kw_only=True, repr=False)
class Value:
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
        return _mpf(_sum(self.mid._mpf_, libmp.mpf_neg(self.rad._mpf_), "f"))

    @cached_property
    def upper(self) -> mpmath.mpf:
        """The right end ``mid + rad``: exactly, or rounded up if that would be very long."""
        return _mpf(_sum(self.mid._mpf_, self.rad._mpf_, "c"))

    def contains(self, x) -> bool:
        """Whether the exact number ``x`` lies in ``[lower, upper]``."""
        x = exact(x)
        if self.is_infinite:
            return False
        if isinstance(x, sympy.Rational):
            return _compare(self.lower, x) <= 0 <= _compare(self.upper, x)
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
        return display.vouched_digits(self.mid, self.rad)

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
        return display.decimal(self.mid, n)

    def __float__(self):
        return libmp.to_float(self.mid._mpf_)

    def _sympy_(self):
        # SymPy would take the double, and with it 15 digits, without a word
        raise DomainError(
            explain(
                "a Value in a SymPy expression would lose its digits and its error",
                got=repr(self),
                hint="the expression first and then .at(...) or tc.certify(...); or .mid, or float",
            )
        )

    def __str__(self):
        return display.value_text(self)

    def __repr__(self):
        return f"Value({display.value_text(self)}, {self.rigor.name}, {self.using!r})"

    def _repr_latex_(self):
        return display.value_latex(self)


def exact_mpf(x) -> mpmath.mpf:
    """An int, float or mpf as an mpf with all its bits, whatever the global precision."""
    if isinstance(x, numbers.Integral):
        return _mpf(libmp.from_int(int(x)))
    if isinstance(x, float | np.floating):
        return _mpf(libmp.from_float(float(x)))
    if not hasattr(x, "_mpf_"):
        raise DomainError(explain("not a binary number", got=shown(x), allowed="int, float, mpf"))
    return _mpf(x._mpf_)


def _sum(x: tuple, y: tuple, rounding: str) -> tuple:
    """x + y, exactly as long as that takes no more than so many bits."""
    _, _, exp_x, bits_x = x
    _, _, exp_y, bits_y = y
    spread = max(exp_x + bits_x, exp_y + bits_y) - min(exp_x, exp_y)
    exactly = not (x[1] and y[1]) or spread <= _EXACT_BITS
    return libmp.mpf_add(x, y) if exactly else libmp.mpf_add(x, y, _EXACT_BITS, rounding)


def _compare(x: mpmath.mpf, y: sympy.Rational) -> int:
    """The sign of x − y; where the sizes differ they decide, and no long rational is built."""
    sign, man, exp, bits = x._mpf_
    one, two = (-1 if sign else 1 if man else 0), (y.p > 0) - (y.p < 0)
    if one != two or one == 0:
        return one - two
    # 2^(size − 1) ≤ |x| < 2^size, and |y| within a factor of two of 2^other
    size, other = exp + bits, abs(y.p).bit_length() - y.q.bit_length()
    if abs(size - other) > 2:
        return one if size > other else -one
    difference = fraction(x) - Fraction(y.p, y.q)
    return (difference > 0) - (difference < 0)


def _mpf(raw: tuple) -> mpmath.mpf:
    return mpmath.mp.make_mpf(raw)


def between(left: mpmath.mpf, right: mpmath.mpf) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Midpoint and radius of a ball that contains an interval: the radius is rounded up."""
    precision = max(53, left._mpf_[3], right._mpf_[3]) + 1
    mid = _mpf(libmp.mpf_shift(libmp.mpf_add(left._mpf_, right._mpf_, precision, "n"), -1))
    return mid, max(distance(mid, left), distance(mid, right))


def distance(x: mpmath.mpf, y: mpmath.mpf, *more: mpmath.mpf) -> mpmath.mpf:
    """|x − y| + Σ more, rounded up: mpmath's own operators round to the global precision."""
    # away from zero, the sign of the difference known
    larger, smaller = (x, y) if x >= y else (y, x)
    total = _sum(larger._mpf_, libmp.mpf_neg(smaller._mpf_), "c")
    for term in more:
        total = _sum(total, term._mpf_, "c")
    return _mpf(libmp.mpf_pos(total, 53, "u"))


def fraction(x: mpmath.mpf) -> Fraction:
    """The exact value of a finite mpf.

    Raises
    ------
    PrecisionError
        If its exponent is so large that the fraction would not fit into memory.
    """
    if display.is_extreme(x):
        raise PrecisionError(
            explain("too long to be written as a fraction", got=display.decimal(x, 5))
        )
    return Fraction(*map(int, libmp.to_rational(x._mpf_)))


def binary_mpf(x: Fraction) -> mpmath.mpf:
    """A fraction whose denominator is a power of two, as an mpf with all its bits."""
    return _mpf(libmp.from_man_exp(x.numerator, 1 - x.denominator.bit_length()))
