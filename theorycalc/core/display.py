"""How numbers and formulas look: pure functions from data to strings."""

import math
import re
from decimal import Decimal
from fractions import Fraction

import sympy
from mpmath import libmp

# Numbers beyond 2^±this are printed from their logarithms.
_EXTREME_BITS = 200_000
# Digits printed of a value that has no arithmetic attached.
_DEFAULT_DIGITS = 30
_INFINITIES = {math.inf: "∞", -math.inf: "−∞"}
# Characters of a relation that are printed.
_RELATION = 80
# Between two members of a list in LaTeX.
_BETWEEN = r",\ "
# So many integers are written out.
_INTEGERS = 4
# Python writes integers of up to 4300 digits; longer ones are rounded to so many.
_WRITTEN_BITS = 14_000
_ROUNDED_DIGITS = 10
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
    return _decimal_text(*_round_to(_fraction(mid), n)) if mid else "0"


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
    number, place = _round_to(mid, shown)
    radius = rad + abs(mid - number * Fraction(10) ** place)
    if radius == 0:
        return _decimal_text(*_without_zeros(number, place))
    return f"{_decimal_text(number, place)} ± {_radius(radius)}"


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


def _round_to(x: Fraction, n: int) -> tuple[int, int]:
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


def _decimal_text(number: int, place: int) -> str:
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
    return Fraction(*libmp.to_rational(x._mpf_))


def _log10(x) -> float:
    _, man, exp, bits = x._mpf_
    shift = max(bits - 60, 0)
    return (math.log2(man >> shift) + shift + exp) * math.log10(2)


def _log10_fraction(x: Fraction) -> float:
    # Python's log2 takes integers of any size.
    return (math.log2(x.numerator) - math.log2(x.denominator)) * math.log10(2)


def latex(expr) -> str:
    """LaTeX as theorists write it: arccos, not acos."""
    return sympy.latex(_writable(expr), inv_trig_style="full")


def _writable(expr: sympy.Basic) -> sympy.Basic:
    """The expression, rounded numbers in the place of those that Python does not write."""
    long = {
        x: sympy.Symbol(_decimal_text(*_round_to(Fraction(x.p, x.q), _ROUNDED_DIGITS)))
        for x in expr.atoms(sympy.Rational)
        if max(abs(x.p), x.q).bit_length() > _WRITTEN_BITS
    }
    return expr.xreplace(long) if long else expr


def formula_call(formula, params) -> str:
    """LaTeX of a formula at its parameters: ``Θ(ρ = 0.3)``."""
    return _head(formula.name, point_latex(params))


def point_latex(params) -> str:
    """LaTeX of the parameters alone: ``ρ = 0.3``."""
    return ", ".join(f"{latex(sympy.Symbol(name))} = {_given(x)}" for name, x in params.items())


def _given(x) -> str:
    """A number as it was written."""
    return latex(x) if isinstance(x, sympy.Basic) else str(x)


def _head(name: str, args: str) -> str:
    """``name(args)``; a name may say more than a symbol: ``chi[gelu]``, ``D_opt/d``, words."""
    parts = re.split(r"([][/<>= ])", name)
    left = "".join(
        latex(sympy.Symbol(x)) if re.match(r"\w", x) else x.replace(" ", r"\ ") for x in parts
    )
    return rf"{left}\left({args}\right)" if args else left


def formula_equations(formula) -> list[str]:
    """LaTeX equations: ``name(args) = body`` and one for each intermediate quantity."""
    if not formula.name:
        return [latex(formula.body)]
    left = _head(formula.name, ", ".join(map(sympy.latex, formula.args)))
    equations = [(left, formula.body)]
    equations += [(latex(symbol), part) for symbol, part in _used(formula)]
    return [f"{a} = {latex(b)}" for a, b in equations]


def formula_latex(formula) -> str:
    """The equations as one display."""
    equations = formula_equations(formula)
    if len(equations) == 1:
        return equations[0]
    lines = (equation.replace(" = ", " &= ", 1) for equation in equations)
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def formula_text(formula) -> str:
    """The same in plain text, on one line."""
    head = f"{formula.name}({', '.join(map(str, formula.args))}) = " if formula.name else ""
    steps = (f"{s} = {_writable(part)}" for s, part in _used(formula))
    note = f" ({formula.note})" if formula.note else ""
    return head + "; ".join([str(_writable(formula.body)), *steps]) + note


def formula_unicode(formula) -> str:
    """The same as a two-dimensional text for terminals."""
    name = formula.name
    left = sympy.Function(name)(*formula.args) if formula.args else sympy.Symbol(name)
    return "\n\n".join(
        sympy.pretty(sympy.Eq(a, b, evaluate=False), use_unicode=True, wrap_line=False)
        for a, b in [(left, formula.body), *_used(formula)]
    )


def _used(formula) -> list:
    """The intermediate quantities that the body needs, the last one first."""
    definitions = dict(formula.where)
    needed, todo = set(), [formula.body]
    while todo:
        for symbol in todo.pop().free_symbols & definitions.keys() - needed:
            needed.add(symbol)
            todo.append(definitions[symbol])
    return [(symbol, part) for symbol, part in reversed(formula.where) if symbol in needed]


def range_text(x) -> str:
    """An interval, or integers: ``[0, oo)``, ``{1, 2, …}``."""
    if not isinstance(x, sympy.Range):
        left, right = "(" if x.left_open else "[", ")" if x.right_open else "]"
        return f"{left}{x.start}, {x.end}{right}"
    low, high = x.inf, x.sup
    if low.is_infinite:
        return "{…, -1, 0, 1, …}" if high.is_infinite else f"{{…, {high - 1}, {high}}}"
    if high.is_infinite:
        return f"{{{low}, {low + 1}, …}}"
    few = x.size <= _INTEGERS
    return f"{{{', '.join(map(str, x))}}}" if few else f"{{{low}, {low + 1}, …, {high}}}"


def region_text(region) -> str:
    """Where variables are: ``x in [0, oo), n in {1, 2, …}``."""
    return ", ".join(f"{name} in {range_text(x)}" for name, x in region.items())


def region_latex(region) -> str:
    """The same in LaTeX."""
    members = (rf"{latex(sympy.Symbol(name))} \in {latex(x)}" for name, x in region.items())
    return _BETWEEN.join(members)


def claim_text(claim) -> str:
    """The relation, and where it is claimed; a long relation is cut."""
    relation = " and ".join(map(str, claim.relations))
    if len(relation) > _RELATION:
        relation = f"{relation[:_RELATION]} …"
    everywhere = f" for all {region_text(claim.on)}" if claim.on else ""
    given = "" if claim.condition == sympy.true else f" where {claim.condition}"
    return f"{relation}{everywhere}{given}"


def claim_latex(claim) -> str:
    """The same in LaTeX."""
    parts = [_BETWEEN.join(map(latex, claim.relations))]
    if claim.on:
        parts.append(rf"\text{{for all }} {region_latex(claim.on)}")
    if claim.condition != sympy.true:
        parts.append(rf"\text{{where }} {latex(claim.condition)}")
    return r"\quad ".join(parts)


def check_text(check) -> str:
    """Verdict, relation and margin on one line; a long relation is cut."""
    name = f"{check.claim.name}: " if check.claim.name else ""
    margin = "" if check.margin is None else f", margin {value_text(check.margin)}"
    decided = ", as SymPy decides" if check.claim.is_decided else ""
    return f"{check.verdict.name}, {name}{claim_text(check.claim)}{decided}{margin}"


def validation_text(validation) -> str:
    """Verdict, prediction, measurement and deviation on one line."""
    comparison = validation.comparison
    name = f"{comparison.name}: " if comparison.name else ""
    return (
        f"{validation.agreement.name}, {name}{comparison.predicted} against {comparison.measured}, "
        f"{z_text(validation)}"
    )


def z_text(validation) -> str:
    """``off by 2 %, |z| = 1.2 ≤ 3.3``: size and z of a deviation, and the largest z that agrees.

    The power is added where it was too small for a verdict.
    """
    comparison = validation.comparison
    one_sided = comparison.one_sided
    z = comparison.z if one_sided else abs(comparison.z)
    sign = "≤" if z <= validation.threshold else ">"
    name = "z" if one_sided else "|z|"
    size = f"{z:.2f}" if abs(z) < 100 else ("−∞" if z < 0 else "∞")
    deviation = f"off by {comparison.size}, " if comparison.size else ""
    text = f"{deviation}{name} = {size} {sign} {validation.threshold:.2f}"
    if validation.agreement.name == "INCONCLUSIVE":
        text += f", power = {validation.power:.2f} for {comparison.smallest}"
    return text
