"""The powers of the width in a network: abc-parameterisations, the named ones and any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.looks import Line
from theorycalc.core.numbers import real_double
from theorycalc.core.records import one_of


class _Row(NamedTuple):
    """Exponents of the first layer, of those between hidden layers, and of the readout."""

    a: tuple[float, float, float]
    b: tuple[float, float, float]
    c: float


# The table of arXiv:2011.14522; with several hidden layers, mean field is μP by the symmetry
# (a, b, c) → (a + θ, b − θ, c − 2θ).
NAMED = {
    "ntk": _Row(a=(0, 0.5, 0.5), b=(0, 0, 0), c=0),
    "standard": _Row(a=(0, 0, 0), b=(0, 0.5, 0.5), c=0),
    "mean_field": _Row(a=(0, 0.5, 1), b=(0, 0, 0), c=-1),
    "mup": _Row(a=(-0.5, 0, 0.5), b=(0.5, 0.5, 0.5), c=0),
}
# Powers of the width are between width^−20 and width^20.
_LARGEST = 20
# Powers are compared as numbers with this much rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Exponents(Line):
    """Layer l is n^−a_l W with entries of W ~ N(0, n^−2b_l), and the learning rate is η n^−c.

    Attributes
    ----------
    a, b : tuple of float
        One for each affine layer.
    c : float
    """

    a: tuple[float, ...]
    b: tuple[float, ...]
    c: float

    def readout_bias(self) -> tuple[float, float]:
        """(a, b) of the bias of the outputs: it moves as far as at width 1."""
        return -self.c / 2, self.c / 2

    def blow_up(self) -> tuple[str, float] | None:
        """What grows with the width, at initialisation or in the first steps, and its power.

        References
        ----------
        G. Yang, E. Hu, arXiv:2011.14522, Theorem 3.2 (stable abc-parameterisations).
        """
        if len(self.a) == 1:  # no hidden layer has a width
            return None
        for powers in (self._at_initialisation(), self._in_training()):
            grown = max(powers, key=lambda x: x[1], default=("", 0))
            if grown[1] > _ROUNDING:
                return grown
        return None

    def _at_initialisation(self):
        """The powers of what the layers compute: sums of n terms, but in the first."""
        for layer, (a, b) in enumerate(zip(self.a, self.b, strict=True), start=1):
            yield f"the output of layer {layer} at initialisation", (layer > 1) / 2 - a - b

    def _in_training(self):
        """The powers by which a step moves each layer, where no layer vanishes beforehand."""
        *hidden, (_, a, b) = zip(range(len(self.a)), self.a, self.b, strict=True)
        if any(abs((layer > 0) / 2 - a_l - b_l) > _ROUNDING for layer, a_l, b_l in hidden):
            return
        # of the readout's weights, as they start and as a step makes them
        readout = min(a + b, 2 * a + self.c)
        moves = [(layer > 0) - 2 * a_l - self.c - readout for layer, a_l, _ in hidden]
        for layer, power in enumerate(moves, start=1):
            yield f"the step of layer {layer}", power
        yield f"the step of layer {len(self.a)}", 1 - 2 * a - self.c
        yield "the step of the hidden layers, in the output", 1 - a - b + max(moves)


def exponents(parameterization, layers: int) -> Exponents:
    """The exponents of a name, or of (a, b, c), for so many affine layers.

    Raises
    ------
    DomainError
        For an unknown name, sequences of another length, and (a, b, c) with which something grows
        with the width.
    """
    if not isinstance(parameterization, tuple | list):
        row = NAMED[one_of(parameterization, NAMED, "parameterization")]
        between = max(layers - 2, 0)
        a, b = (
            (first, *[hidden] * between, *[last] * (layers > 1))
            for first, hidden, last in (row.a, row.b)
        )
        return Exponents(a, b, row.c)
    if len(parameterization) != 3:
        got, allowed = shown(parameterization), f"{', '.join(NAMED)}, or (a, b, c)"
        raise DomainError(explain("not a parameterization", got=got, allowed=allowed))
    a, b, c = parameterization
    found = Exponents(_several(a, "a", layers), _several(b, "b", layers), _exponent(c, "c"))
    if (grown := found.blow_up()) is not None:
        what, power = grown
        raise DomainError(
            explain(
                "a parameterization with exponents that blow up",
                got=f"{what} grows like width^{power:.3g}",
                allowed="powers ≤ 0",
                hint=_hint(found, what),
            )
        )
    return found


def _hint(found: Exponents, what: str) -> str:
    """The smallest c with which no step grows; a larger a or b if one is not the reason."""
    if "initialisation" in what:
        return "a + b = 0 for the first layer, 1/2 for the others"
    c, step = found.c, 0.5
    while Exponents(found.a, found.b, c).blow_up() is not None and c < _LARGEST:
        c += step
    return f"c ≥ {c:g}, a smaller learning rate"


def _several(x, what: str, layers: int) -> tuple[float, ...]:
    """One exponent for every layer."""
    several = isinstance(x, Sequence) and not isinstance(x, str)
    values = list(x) if several or (isinstance(x, np.ndarray) and x.ndim) else [x] * layers
    if len(values) != layers:
        allowed = f"one number, or {layers} of them (depth + 1)"
        raise DomainError(explain(f"{what}: wrong length", got=len(values), allowed=allowed))
    return tuple(_exponent(value, what) for value in values)


def _exponent(x, what: str) -> float:
    """An exponent of the width."""
    number = real_double(x, f"the exponent {what}")
    if abs(number) > _LARGEST:
        allowed = f"between −{_LARGEST} and {_LARGEST}"
        raise DomainError(explain(f"the exponent {what} is out of range", got=x, allowed=allowed))
    return number
