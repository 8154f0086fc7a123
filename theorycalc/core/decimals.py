"""How numbers look: digits that their errors vouch for. Pure functions from data to strings."""

import math
import re
from decimal import Decimal
from fractions import Fraction

from mpmath import libmp

# Numbers beyond 2^±this are printed from their logarithms.
_EXTREME_BITS = 200_000
# Digits printed of a value that has no arithmetic attached.
_DEFAULT_DIGITS = 30
_INFINITIES = {math.inf: "∞", -math.inf: "−∞"}
# Numbers below 10^this are written without an exponent.
_PLAIN_EXPONENT = 6


def vouched_digits(mid, rad) -> int | None:
    """Significant digits of ``mid`` whose last place is larger than twice ``rad``."""
    if rad == 0:
        return None
    if mid == 0:
        return 0
    if is_extreme(mid) or is_extreme(rad):
        return max(0, (_magnitude(mid) - _magnitude(rad) - 2) * 30102 // 100000)  # log10(2)
    leading_place = math.floor(_log10(mid))
    digits = math.floor(leading_place + 1 - math.log10(2) - _log10(rad))
    # logarithms in doubles may be wrong by one where the error is half a unit
    is_more = 2 * _fraction(rad) > Fraction(10) ** (leading_place + 1 - digits)
    return max(0, digits - is_more)


def decimal(mid, n: int) -> str:
    """``mid`` rounded to ``n`` significant digits."""
    if mid in _INFINITIES:
        return _INFINITIES[mid]
    if is_extreme(mid):
        return _extreme_decimal(mid, n)
    return decimal_text(*round_to(_fraction(mid), n)) if mid else "0"


def value_text(value) -> str:
    """``mid ± rad`` with the digits that rad vouches for; rounding is charged to the radius."""
    if value.is_infinite:
        reason = value.stats.get("reason")
        return _INFINITIES[value.mid] + (f" ({reason})" if reason else "")
    if is_extreme(value.mid) or is_extreme(value.rad):
        return _extreme_text(value)
    mid, rad = _fraction(value.mid), _fraction(value.rad)
    accuracy = value.accuracy
    wanted = getattr(value.using, "digits", _DEFAULT_DIGITS)
    shown = wanted if accuracy is None else min(wanted, accuracy)
    if mid == 0 or shown == 0:
        return f"0 ± {_radius(abs(mid) + rad)}" if rad else "0"
    number, place = round_to(mid, shown)
    radius = rad + abs(mid - number * Fraction(10) ** place)
    if radius == 0:
        return decimal_text(*_without_zeros(number, place))
    return f"{decimal_text(number, place)} ± {_radius(radius)}"


def formatted(value, spec: str) -> str:
    """The value in a format of floats, with no digit that its error does not vouch for."""
    match = re.fullmatch(r"(.*?)(?:\.(\d+))?([eEfFgG])", spec)
    if match is None:
        return format(value_text(value), spec)
    before, precision, kind = match[1], int(match[2] or 6), match[3]
    if value.is_infinite:
        return format(float(value.mid), spec)
    vouched = value.accuracy
    if is_extreme(value.mid) or vouched == 0:
        return format(value_text(value), before)
    exponent = math.floor(_log10_fraction(abs(_fraction(value.mid)))) if value.mid else 0
    digits = {"e": precision + 1, "f": precision + 1 + exponent}.get(
        kind.lower(), max(precision, 1)
    )
    if vouched is not None and vouched < digits:
        digits = vouched
        if kind.lower() == "f" and digits <= exponent:
            kind = "e"
        precision = digits - 1 - exponent if kind in "fF" else digits - 1 + (kind in "gG")
    places = digits - 1 - exponent
    number = round(_fraction(value.mid) * Fraction(10) ** places)
    exactly = Decimal((number < 0, tuple(map(int, str(abs(number)))), -places))
    return format(exactly, f"{before}.{precision}{kind}")


def two_digits(x: float) -> str:
    """A size of which two digits say enough: ``290``, not ``2.9e+02``."""
    return f"{float(f'{x:.2g}'):g}"


def is_extreme(x) -> bool:
    """Whether the exact fraction of a number is too long to be worth writing."""
    return bool(x) and abs(_magnitude(x)) > _EXTREME_BITS


def _magnitude(x) -> int:
    """n with 2^(n−1) ≤ |x| < 2^n."""
    _, _, exp, bits = x._mpf_
    return exp + bits


def _extreme_text(value) -> str:
    """The same for numbers like e^(10^20), from their logarithms."""
    accuracy = value.accuracy
    wanted = getattr(value.using, "digits", _DEFAULT_DIGITS)
    shown = wanted if accuracy is None else max(1, min(wanted, accuracy))
    text = _extreme_decimal(value.mid, shown)
    if not value.rad:
        return text
    # twice the error, and a unit of the last digit shown for the rounding of both
    unit = libmp.mpf_mul(libmp.mpf_abs(value.mid._mpf_), libmp.from_str(f"1e{1 - shown}", 53, "u"))
    radius = libmp.mpf_add(libmp.mpf_shift(value.rad._mpf_, 1), unit, 53, "u")
    return f"{text} ± {libmp.to_str(radius, 1).replace('.e', 'e')}"


def _extreme_decimal(x, n: int) -> str:
    """``n`` digits by mpmath, which would write out all bits of a long number first."""
    short = libmp.mpf_pos(x._mpf_, 64 + 4 * n, "n")
    return libmp.to_str(short, n, strip_zeros=False)


def round_to(x: Fraction, n: int) -> tuple[int, int]:
    """(number, place) with x ≈ number·10^place and n digits in number."""
    place = math.floor(_log10_fraction(abs(x))) + 1 - n
    number = _nearest(x, place)
    while abs(number) >= 10**n:  # the logarithm was one too small, or x was rounded up to 10^k
        place += 1
        number = _nearest(x, place)
    return number, place


def _nearest(x: Fraction, place: int) -> int:
    """The integer next to x/10^place, the even one of two, without a fraction in lowest terms."""
    top = x.numerator * 10 ** max(-place, 0)
    bottom = x.denominator * 10 ** max(place, 0)
    number, rest = divmod(2 * top + bottom, 2 * bottom)
    return number - (rest == 0 and number % 2)


def _without_zeros(number: int, place: int) -> tuple[int, int]:
    while number % 10 == 0:
        number, place = number // 10, place + 1
    return number, place


def decimal_text(number: int, place: int) -> str:
    """number·10^place with all digits of number: as a plain decimal if that is short."""
    sign, digits = "-" if number < 0 else "", _digits(abs(number))
    exponent = len(digits) - 1 + place
    if place > 0 and exponent <= _PLAIN_EXPONENT:
        return sign + digits + "0" * place
    if not -5 <= exponent <= max(_PLAIN_EXPONENT, -place):
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{fraction}e{exponent:+03d}"
    if place >= 0:
        return sign + digits
    digits = digits.zfill(1 - place)
    return f"{sign}{digits[:place]}.{digits[place:]}"


def _digits(n: int) -> str:
    """str(n), whose length Python limits."""
    block = 4000
    if n < 10**block:
        return str(n)
    high, low = divmod(n, 10**block)
    return _digits(high) + str(low).zfill(block)


def value_latex(value) -> str:
    """The same in LaTeX."""
    if value.is_infinite:
        return r"$\infty$" if value.mid > 0 else r"$-\infty$"
    text = value_text(value).replace("±", r"\pm")
    return "$" + re.sub(r"e([+-]?)0*(\d+)", _power_of_ten, text) + "$"


def _power_of_ten(match: re.Match) -> str:
    sign = "-" if match[1] == "-" else ""
    return rf"\times 10^{{{sign}{match[2]}}}"


def _radius(radius: Fraction) -> str:
    """One significant digit, rounded up."""
    exponent = math.floor(_log10_fraction(radius))
    digit = math.ceil(radius / Fraction(10) ** exponent)
    if digit >= 10:  # 9.5 rounds up to 10; the logarithm may also be one too small
        digit, exponent = math.ceil(digit / 10), exponent + 1
    return f"{digit}e{exponent:+03d}" if abs(exponent) > 3 else f"{digit * 10.0**exponent:g}"


def _fraction(x) -> Fraction:
    return Fraction(*ratio(x._mpf_))


def ratio(raw: tuple) -> tuple[int, int]:
    """Numerator and denominator of mpmath's tuple, whose integers gmpy2 makes where it is found."""
    numerator, denominator = libmp.to_rational(raw)
    return int(numerator), int(denominator)


def _log10(x) -> float:
    _, man, exp, bits = x._mpf_
    shift = max(bits - 60, 0)
    return (math.log2(man >> shift) + shift + exp) * math.log10(2)


def _log10_fraction(x: Fraction) -> float:
    # Python's log2 takes integers of any size.
    return (math.log2(x.numerator) - math.log2(x.denominator)) * math.log10(2)
