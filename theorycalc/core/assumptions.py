"""What a symbol assumes of the numbers that it stands for: signs, and kinds of numbers."""

from collections.abc import Mapping

import sympy

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.value import Value

# The assumptions of a symbol that an error names, strongest first, and how; SymPy derives many more
# from them.
_SIGN_FACTS = {"positive": "> 0", "negative": "< 0", "nonnegative": "≥ 0", "nonpositive": "≤ 0"}
_KIND_FACTS = {fact: fact for fact in ("even", "odd", "integer", "rational")}
_FACTS = _SIGN_FACTS | _KIND_FACTS
# Where an enclosure certainly has a sign, and where it certainly has not.
_SIGNS = {
    "positive": (lambda x: x.lower > 0, lambda x: x.upper <= 0),
    "nonnegative": (lambda x: x.lower >= 0, lambda x: x.upper < 0),
    "negative": (lambda x: x.upper < 0, lambda x: x.lower >= 0),
    "nonpositive": (lambda x: x.upper <= 0, lambda x: x.lower > 0),
}


def check_assumptions(symbol: sympy.Symbol, x) -> None:
    """Refuse a number that certainly has not what its symbol assumes.

    Raises
    ------
    DomainError
        With what the symbol stands for.
    """
    broken = {fact: wanted for fact, wanted in _facts(symbol) if _has(x, fact) is (not wanted)}
    if broken:
        # the last one says most: what is no integer is not even either
        denied = f"not {_FACTS[[*broken][-1]]}"
        allowed = _assumed(symbol) if any(broken.values()) else denied
        raise DomainError(explain(f"{symbol} is outside its domain", got=x, allowed=allowed))


def _assumed(symbol: sympy.Symbol) -> str:
    """What a symbol stands for, as one would write it."""
    facts = dict(_facts(symbol))
    sign = next((text for fact, text in _SIGN_FACTS.items() if facts.get(fact)), "")
    kind = next((text for fact, text in _KIND_FACTS.items() if facts.get(fact)), "")
    return " ".join(filter(None, (kind or symbol.name, sign)))


def meets_assumptions(values: Mapping) -> bool:
    """Whether every number is shown to have what its symbol assumes; exact ones were checked."""
    return all(
        _has(x, fact) is wanted
        for symbol, x in values.items()
        if isinstance(x, Value)
        for fact, wanted in _facts(symbol)
    )


def _facts(symbol: sympy.Symbol) -> list[tuple[str, bool]]:
    assumptions = symbol.assumptions0
    return [(fact, assumptions[fact]) for fact in _FACTS if fact in assumptions]


def _has(x, fact: str) -> bool | None:
    """Whether a number has a property that symbols may assume; None where it is not known."""
    if not isinstance(x, Value):
        return getattr(x, f"is_{fact}", None)
    if fact not in _SIGNS:
        # what is known up to a radius is not known to be an integer
        return None if fact == "rational" else False
    holds, fails = _SIGNS[fact]
    return True if holds(x) else False if fails(x) else None
