"""What users give to laws, read exactly."""

import re

import sympy
from sympy import Expr, S

from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.expressions import real_parameter
from theorycalc.core.numbers import exact
from theorycalc.core.records import instance


def number(x, what: str) -> Expr:
    """A real number, exact."""
    return exact(x, what)


def nonzero(x, what: str) -> Expr:
    """A number that is not 0, or a symbol."""
    x = real_parameter(x, what)
    if x == 0:
        raise DomainError(explain(f"{what} is 0: there is no spike", got=x, allowed="not 0"))
    return x


def masses(mapping, what: str) -> dict[Expr, Expr]:
    """{place: mass}, ascending, the masses positive and of sum 1.

    Raises
    ------
    DomainError
        For anything else.
    """
    instance(mapping, dict, what, allowed="a mapping {t: w}")
    found: dict[Expr, Expr] = {}
    for t, w in mapping.items():
        t, w = number(t, "a place of an atom"), number(w, "the mass of an atom")
        if w < 0:
            raise DomainError(explain(f"{what}: a mass is negative", got=w, allowed="masses ≥ 0"))
        if w != 0:
            found[t] = found.get(t, S.Zero) + w
    total = sum(found.values(), S.Zero)
    if sympy.nsimplify(total - 1) != 0 if not total.is_Rational else total != 1:
        hint = "fractions such as '1/3'"
        raise DomainError(
            explain(
                f"{what}: the masses do not sum to 1", got=total, allowed="1 exactly", hint=hint
            )
        )
    return {t: found[t] for t in sorted(found)}


def complex_number(z) -> tuple[Expr, Expr]:
    """Real and imaginary part of a complex number, exact.

    A string such as ``"1.3+0.2i"`` is read too.

    Raises
    ------
    DomainError
        For what is no complex number.
    """
    if isinstance(z, str):
        return _from_text(z)
    if isinstance(z, tuple) and len(z) == 2:
        return number(z[0], "Re z"), number(z[1], "Im z")
    if isinstance(z, Expr) and z.is_number:
        x, y = z.as_real_imag()
        return number(x, "Re z"), number(y, "Im z")
    if hasattr(z, "imag") and not isinstance(z, sympy.Basic):
        return number(z.real, "Re z"), number(z.imag, "Im z")
    return number(z, "z"), S.Zero


def _from_text(text: str) -> tuple[Expr, Expr]:
    compact = text.replace(" ", "")
    if compact[-1:] not in ("i", "j", "I"):
        return number(compact, "z"), S.Zero
    # the sign before the imaginary part is the last that is not in an exponent
    cut = max((m.start() for m in re.finditer(r"(?<![eE])[+-]", compact)), default=0)
    real, imaginary = compact[:cut] or "0", compact[cut:-1]
    if imaginary in ("", "+", "-"):
        imaginary += "1"
    try:
        return number(real, "Re z"), number(imaginary, "Im z")
    except DomainError as error:
        allowed = "a number, or a string such as '1.3+0.2i'"
        raise DomainError(
            explain("not a complex number", got=shown(text), allowed=allowed)
        ) from error
