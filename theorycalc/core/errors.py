"""Every error theorycalc raises on purpose: what, what was got, what is allowed, what to try."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from theorycalc.core.looks import Line


class TheoryCalcError(Line, Exception):
    """Base of all errors raised by theorycalc."""


class DomainError(TheoryCalcError, ValueError):
    """An argument is not of the kind, shape or range that the call allows."""


class UnknownNameError(DomainError):
    """A ``name`` that is not among the ``known`` ones of its ``kind``."""

    def __init__(self, message: str, kind: str = "", name: str = "", known: Iterable[str] = ()):
        super().__init__(message)
        self.kind, self.name, self.known = kind, name, tuple(known)


class NotSupportedError(TheoryCalcError, NotImplementedError):
    """The request makes sense but theorycalc has no method for it."""


class PrecisionError(TheoryCalcError, ArithmeticError):
    """The digits asked for were not reached; ``value`` is what was reached, where known."""

    def __init__(self, message: str, value: Any = None):
        super().__init__(message)
        self.value = value


class CertificationError(PrecisionError):
    """Ball arithmetic did not reach an enclosure as tight as asked for."""


class DerivationError(TheoryCalcError, RuntimeError):
    """A symbolic derivation contradicted itself; please report it."""


class MissingExtraError(TheoryCalcError, ImportError):
    """An optional dependency is needed and not installed."""


# Characters of what was got that a message repeats.
_SHOWN = 300
# What to do about SymPy's zoo and nan.
AT_A_POLE = "a limit, or a point nearby: SymPy writes zoo at a pole, nan where there is no value"


def explain(what: str, *, got: object = None, allowed: object = "", hint: str = "") -> str:
    """One error message in the order that every message of the house follows."""
    message = what
    if got is not None and (text := _text(str, got)):
        message += f": got {text}"
    if allowed:
        message += f"; allowed: {allowed}"
    if hint:
        message += f". Try {hint}"
    return message


def shown(x: object) -> str:
    """How an argument looks in Python."""
    return _text(repr, x)


def _text(write: Callable[[object], str], got: object) -> str:
    try:
        text = write(got)
    except ValueError:  # Python writes no integers of more than 4300 digits
        return f"a {type(got).__name__} too long to be written"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """The error for a name that is not in a list, with the close matches first."""
    known = sorted(known)
    hint = " or ".join(repr(match) for match in close_names(name, known))
    message = explain(f"unknown {kind}", got=repr(name), allowed=", ".join(known), hint=hint)
    return UnknownNameError(message, kind, str(name), known)


def close_names(name: object, known: Iterable[str]) -> list[str]:
    """The names that one may have meant, the closest first, whatever their case."""
    folded = {one.casefold(): one for one in known}
    matches = get_close_matches(str(name).casefold(), folded, n=3, cutoff=0.5)
    return [folded[match] for match in matches]


def missing_extra(package: str, extra: str, purpose: str) -> MissingExtraError:
    """The error for a missing optional package, with the line that installs it."""
    return MissingExtraError(
        explain(
            f"{purpose} needs the package {package!r}, which is not installed",
            hint=f'pip install "theorycalc[{extra}]"',
        )
    )
