"""What doubles know of the integrals of an evaluation in `MP`."""

from flint import arb, fmpq
from mpmath import isfinite

from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.effort import OutOfEffort, effort
from theorycalc.core.arithmetic.float import FloatContext
from theorycalc.core.errors import DomainError, NotSupportedError

_BITS = 80
# An integral that is more work has no guide.
_MOST_WORK = 2e6


class Guides:
    """Estimates in doubles, computed once for every integral and its parameters."""

    def __init__(self):
        self._known: dict = {}

    def of(self, integrand, parameters: list, points: list) -> arb | None:
        """The integral of a program of (x, *parameters), as far as doubles tell.

        Raises
        ------
        PrecisionError
            If it diverges.
        """
        numbers = [*parameters, *points]
        if any(hasattr(x, "_mpc_") for x in numbers):
            return None
        key = (id(integrand), *map(float, numbers))
        if key not in self._known:
            self._known[key] = _in_doubles(integrand, parameters, points)
        return self._known[key]


def _in_doubles(integrand, parameters: list, points: list) -> arb | None:
    with working_precision(_BITS):
        try:
            with effort(work=_MOST_WORK):
                return FloatContext().integral(
                    integrand, [_ball(x) for x in parameters], [_ball(x) for x in points]
                )
        except (DomainError, NotSupportedError, OutOfEffort):
            return None  # the rule of nodes may know better


def _ball(x):
    """A number of mpmath's for ball arithmetic; one that is exact stays so."""
    if hasattr(x, "value"):
        return fmpq(x.value.numerator, x.value.denominator)
    return arb(x) if isfinite(x) else arb(float(x))
