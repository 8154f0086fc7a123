"""Networks, boxes and multipliers of a user as rational numbers."""

import math
from collections.abc import Callable
from fractions import Fraction

import sympy

from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.numbers import exact
from theorycalc.core.records import sequence
from theorycalc.networks.interval_jacobians import Box, Network
from theorycalc.networks.slope_bounds import squared, sum_of_sizes

_MOST_ENTRIES = 100_000


def read_network(weights, biases, readout) -> Network:
    """The network as lists of rational numbers."""
    weights, biases, readout = map(_listed, (weights, biases, readout), ("W", "b", "a"))
    if not (isinstance(weights[0], list) and isinstance(weights[0][0], list)):
        weights, biases = [weights], [biases]
    for matrix in weights:
        is_matrix = all(isinstance(row, list) and len(row) == len(matrix[0]) for row in matrix)
        if not is_matrix or isinstance(matrix[0][0], list):
            raise DomainError(explain("W is no matrix", got=shown(matrix), allowed="equal rows"))
    for vector in (*biases, readout):
        if not isinstance(vector, list) or isinstance(vector[0], list):
            raise DomainError(explain("not a vector", got=shown(vector), allowed="[1, 2]"))
    widths = [len(weights[0][0]), *map(len, weights)]
    fits = all(len(matrix[0]) == n for matrix, n in zip(weights, widths, strict=False))
    if not fits or [*map(len, biases)] != widths[1:] or len(readout) != widths[-1]:
        got = f"W of {[(len(w), len(w[0])) for w in weights]}, b of {[*map(len, biases)]}"
        raise DomainError(explain("layers that do not fit", got=f"{got}, a of {len(readout)}"))
    return Network(tuple(weights), tuple(biases), readout)


def _listed(x, what: str) -> list:
    """Nested lists of rational numbers."""
    if hasattr(x, "tolist"):
        x = x.tolist()
    parts = sequence(x, what, allowed="lists of rational numbers")
    if not 0 < len(parts) <= _MOST_ENTRIES:
        raise DomainError(explain(f"{what} is empty or too long", got=len(parts)))
    nested = [isinstance(y, tuple | list) or (hasattr(y, "tolist") and y.ndim) for y in parts]
    if any(nested) and not all(nested):
        raise DomainError(explain(f"{what} is ragged", got=shown(x)))
    return [_listed(y, what) if nested[0] else _rational(y, what) for y in parts]


def _rational(x, what: str) -> Fraction:
    number = exact(x, f"an entry of {what}")
    if not isinstance(number, sympy.Rational):
        hint = "a decimal string: certificates are rational"
        raise DomainError(explain(f"an entry of {what} is irrational", got=x, hint=hint))
    return Fraction(int(number.p), int(number.q))


def read_norm(norm) -> Callable:
    """What is measured of a gradient: the square of its length, or the sum of its sizes."""
    if not isinstance(norm, int | float) or norm not in (2, math.inf):
        raise DomainError(explain("unknown norm", got=shown(norm), allowed="2 or math.inf"))
    return squared if norm == 2 else sum_of_sizes


def read_box(box, d: int) -> Box | None:
    """Pairs of rational numbers."""
    if box is None:
        return None
    box = [_listed(side, "box") for side in sequence(box, "a box", allowed="[(low, high), …]")]
    if len(box) != d or any(len(side) != 2 for side in box):
        got = f"{len(box)} sides"
        raise DomainError(explain("not a box", got=got, allowed=f"{d} pairs (low, high)"))
    for low, high in box:
        if isinstance(low, list) or isinstance(high, list) or not low < high:
            raise DomainError(explain("an empty box", got=f"({low}, {high})", allowed="low < high"))
    return tuple(map(tuple, box))


def read_multipliers(given, count: int, shares, kept: list[int]) -> list[Fraction] | None:
    """Of one for each neuron those of the neurons that count, if they prove a bound."""
    if given is None:
        return None
    given = _listed(given, "multipliers")
    if len(given) != count or isinstance(given[0], list):
        allowed = f"{count} numbers"
        raise DomainError(
            explain("not a multiplier for each neuron", got=shown(given), allowed=allowed)
        )
    given = [given[i] for i in kept]
    if any(t <= 0 for t in given):
        raise DomainError(
            explain("a multiplier is not positive", got=shown(given), allowed="T > 0")
        )
    if (q := sum(x * x / t for x, t in zip(shares, given, strict=True))) >= 2:
        raise DomainError(
            explain("multipliers that prove nothing", got=f"q = {q}", allowed="q < 2")
        )
    return given
