"""What a case is, and what it means that the library is right about it."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Protocol

from oracle import Truth, UndecidedError

import theorycalc as tc

FLOAT = "float"


class Case(Protocol):
    """Plain data whose repr is Python that makes it again."""

    def evaluations(self) -> Iterator[tuple[str, Callable, Callable]]:
        """(label, the library's computation, the oracle's): values or verdicts, and truths."""


def arithmetic(name: str | tuple):
    """Float() or one with digits, from its name: "float", ("mp", 20), ("ball", 30)."""
    if name == FLOAT:
        return tc.Float()
    kind, digits = name
    return {"mp": tc.MP, "ball": tc.Ball}[kind](digits)


def examine(case: Case, tally: Counter) -> None:
    """Hold every evaluation of a case against its oracle.

    A refusal is an answer. Any other error passes through, and so does a hang.

    Raises
    ------
    AssertionError
        With the case, the value and the truth.
    """
    for label, compute, truth in case.evaluations():
        try:
            expected = truth()
        except UndecidedError:
            tally["undecided"] += 1
            continue
        try:
            found = compute()
        except tc.TheoryCalcError:
            tally["refused"] += 1
            continue
        tally["evaluations"] += 1
        # an enclosure of an image has many truths
        expected = (expected,) if isinstance(expected, Truth) else expected
        for one in expected:
            assert one.allows(found), f"{case!r}\n  {label}: {describe(found)}\n  truth: {one}"


def describe(found) -> str:
    """A value with its radius."""
    if isinstance(found, tc.Value):
        return f"{found!r} with mid {found.mid}, rad {float(found.rad):.3g}"
    return repr(found)
