"""Reading parameters exactly: what the user wrote is the number that is meant."""

import enum
import math
import numbers
import re
from fractions import Fraction

import sympy
from mpmath import libmp

from theorycalc.core import decimals
from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.looks import Shown

ALLOWED = (
    "int, Fraction, SymPy number, float, or a decimal or fraction string such as '0.3' or '3/10'"
)

# The exact numbers of python-flint: integers and rationals.
_FLINT = ("fmpz", "fmpq")
# Digits of a decimal string and of its exponent that are still turned into an exact rational.
_MAX_DIGITS = 4_000
_MAX_EXPONENT = 4_000
_MAX_BITS = 200_000
_ROOT_BITS = 2048
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII)
_FRACTION = re.compile(r"([+-]?\d+)\s*/\s*(\d+)", re.ASCII)


class Rigor(Shown, enum.IntEnum):
    """How far the error of a `Value` can be trusted; the weakest ingredient decides.

    ``SAMPLED``: a statistical error. ``ESTIMATED``: two computations were compared.
    ``CERTIFIED``: an enclosure, proved by ball arithmetic. ``EXACT``: no error at all.
    """

    SAMPLED = 0
    ESTIMATED = 1
    CERTIFIED = 2
    EXACT = 3


def exact(x, what: str = "number") -> sympy.Expr:
    """Turn a user's number into the exact real SymPy number that it denotes.

    Parameters
    ----------
    x : int, float, str, Fraction, numpy scalar, mpmath mpf or SymPy number
        Integers, fractions, SymPy numbers and strings are exact. A float is read by its shortest
        repr, so ``0.3`` means 3/10; an mpmath number is its exact binary value.
    what : str
        Name of the quantity, for the error message.

    Returns
    -------
    sympy.Expr
        A finite real number without free symbols.

    Raises
    ------
    DomainError
        For NaN, infinities, complex numbers, symbols, booleans, arrays, enclosures that are no
        point, and strings that are not a decimal or a fraction. No string is evaluated as code.

    Examples
    --------
    >>> exact(0.3), exact("1e-3"), exact("2/6")
    (3/10, 1/1000, 1/3)
    """
    number = _read(x)
    if number is None:
        raise DomainError(explain(f"{what} is not a real number", got=shown(x), allowed=ALLOWED))
    return number


def exact_short(x, what: str = "number") -> sympy.Expr:
    """Like `exact`, of a number that roots may be taken of, see `short`."""
    return short(exact(x, what), what)


def short(number: sympy.Expr, what: str) -> sympy.Expr:
    """What it is given, for roots: in long numbers SymPy would look for powers.

    Raises
    ------
    DomainError
        For rationals of more than 2048 bits.
    """
    if number.is_Rational and max(abs(number.p), number.q).bit_length() > _ROOT_BITS:
        allowed = f"numerators and denominators of at most {_ROOT_BITS} bits"
        raise DomainError(explain(f"{what}: too long a number", got=number, allowed=allowed))
    return number


def exact_integer(
    x, what: str, minimum: int | None = None, maximum: int | None = None, *, hint: str = ""
) -> int:
    """Read an integer within limits; 3.0 and 6/2 are the integer 3, and "3" is text.

    Raises
    ------
    DomainError
        For anything else.
    """
    limits = [f"≥ {minimum}"] * (minimum is not None) + [f"≤ {maximum}"] * (maximum is not None)
    allowed = " ".join(["an integer", " and ".join(limits)]).strip()
    number = _read(x)
    if number is None or not number.is_Integer or isinstance(x, str):
        is_text = isinstance(x, str) and number is not None and number.is_Integer
        hint = "the number without quotes" if is_text else ""
        what = f"{what} is not an integer"
        raise DomainError(explain(what, got=shown(x), allowed=allowed, hint=hint))
    if minimum is not None and number < minimum:
        raise DomainError(explain(f"{what} is too small", got=number, allowed=allowed))
    if maximum is not None and number > maximum:
        raise DomainError(explain(f"{what} is too large", got=number, allowed=allowed, hint=hint))
    return int(number)


def real_double(
    x, what: str, *, above: float = -math.inf, least: float = -math.inf, below: float = math.inf
) -> float:
    """Read a real number, within limits, as the finite double next to it.

    Raises
    ------
    DomainError
        For what is no number, outside of the limits, or beyond the range of doubles.
    """
    number = _read(x)
    try:
        double = math.nan if number is None else float(number)
    except OverflowError:
        double = math.inf
    if not math.isfinite(double) or not (above < double < below and least <= double):
        limits = ((above, f"> {above:g}"), (least, f"≥ {least:g}"), (below, f"< {below:g}"))
        limits = [text for end, text in limits if abs(end) < math.inf]
        allowed = " and ".join(["a real number that a double holds", *limits])
        raise DomainError(explain(f"{what} is out of range", got=shown(x), allowed=allowed))
    return double


def _read(x) -> sympy.Expr | None:
    if isinstance(x, bool):
        return None
    if isinstance(x, str):
        return _read_string(x.strip())
    if isinstance(x, sympy.Expr):
        return _read_sympy(x)
    if isinstance(x, numbers.Integral):
        return sympy.Integer(int(x))
    if isinstance(x, Fraction):
        return sympy.Rational(x.numerator, x.denominator)
    if type(x).__name__ in _FLINT:
        return sympy.Rational(str(x))
    if has_radius(x) or hasattr(x, "_mpf_"):
        return _read_point(x)
    if isinstance(x, numbers.Real):
        # float and numpy floats: the shortest decimal that gives this float back.
        return _read_string(str(x)) if math.isfinite(x) else None
    return None


def has_radius(x) -> bool:
    """Whether it is given as an enclosure: a Value, a ball, an interval of mpmath."""
    return hasattr(x, "rad") or hasattr(x, "_mpi_")


def _read_string(text: str) -> sympy.Rational | None:
    if len(text) > _MAX_DIGITS:
        return None
    if quotient := _FRACTION.fullmatch(text):
        numerator, denominator = map(int, quotient.groups())
        return sympy.Rational(numerator, denominator) if denominator else None
    decimal = _DECIMAL.fullmatch(text)
    if decimal is None or abs(int((decimal[2] or "e0")[1:])) > _MAX_EXPONENT:
        return None
    fraction = Fraction(text)
    return sympy.Rational(fraction.numerator, fraction.denominator)


def _read_sympy(x: sympy.Expr) -> sympy.Expr | None:
    if x.is_Float:
        # Like a Python float, a SymPy Float stands for the decimal it prints.
        return _read_string(str(x))
    if x.is_Rational:
        return x
    if x.free_symbols or any(map(is_endless, x.atoms(sympy.Pow))):
        return None
    if x.is_extended_real is False or x.is_finite is False:
        return None
    return x if x.is_number and x.is_extended_real else None


def is_endless(power: sympy.Pow) -> bool:
    """Whether an integer power that was left as it is would be too long to be written out."""
    base, exponent = power.args
    if not (base.is_Rational and exponent.is_Rational):
        return False
    return abs(exponent) * (max(abs(base.p), base.q).bit_length() - 1) > _MAX_BITS


def _read_point(x) -> sympy.Rational | None:
    """A binary number; an enclosure of Arb's, mpmath's or ours only if it is known as a point."""
    if callable(getattr(x, "func", None)):
        return None  # mpmath.pi and its like are rounded anew in every precision
    if hasattr(x, "_mpi_"):
        left, right = x._mpi_
        return _read_binary(left) if left == right else None
    if not hasattr(x, "rad"):
        return _read_binary(x._mpf_)
    mid, rad = (part() if callable(part) else part for part in (x.mid, x.rad))
    known = getattr(x, "rigor", None) in (None, Rigor.EXACT)
    return _read_binary(getattr(mid, "_mpf_", libmp.fnan)) if known and rad == 0 else None


def _read_binary(mpf: tuple) -> sympy.Rational | None:
    _, man, exp, bits = mpf
    if (not man and exp) or abs(exp + bits) > _MAX_BITS:  # no number, or too long to be written out
        return None
    return sympy.Rational(*decimals.ratio(mpf))
