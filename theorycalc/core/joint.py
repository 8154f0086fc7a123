"""Many numbers that come out of one computation, each with an error of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import sympy

from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.effort import work
from theorycalc.core.arithmetic.enclosures import constant, image
from theorycalc.core.arithmetic.symmetric_matrices import from_ball
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.value import Rigor, Value


def program_of(x: sympy.Expr | Value) -> Program:
    """What computes a number that `enclosures.number_or_enclosure` has read."""
    return constant(x) if isinstance(x, Value) else lower(x)


@dataclass(frozen=True)
class Joint:
    """A computation with many results.

    Parameters
    ----------
    compute : callable
        ``compute(context)`` gives a dictionary of real balls at the working precision of a context,
        by their keys. It is called once for each precision.
    cost : int
        The products of one call, which each of the results is charged with.
    inputs : tuple of Value
        Those of its numbers that are not known exactly: they decide rigor, and how many digits
        are looked for.
    """

    compute: Callable[..., Mapping]
    cost: int
    inputs: tuple[Value, ...] = ()
    _found: dict = field(default_factory=dict, repr=False)

    def at(self, key, using: Arithmetic) -> Value:
        """The result of this key."""
        entry, (digits, rigor) = _Entry(self, key), self._known
        wide = digits is not None
        value = image(entry, [], digits, using) if wide else using.evaluate(entry, [])
        return replace(value, rigor=min(value.rigor, rigor))

    @cached_property
    def _known(self) -> tuple[int | None, Rigor]:
        """Digits of the best of the inputs that have a radius, and rigor of the worst."""
        digits = (x.accuracy or 0 for x in self.inputs if x.rad)
        rigor = min((x.rigor for x in self.inputs), default=Rigor.EXACT)
        return max(digits, default=None), rigor

    def results(self, context) -> Mapping:
        """All results at this precision."""
        kind = type(context), context.bits
        if kind not in self._found:
            with working_precision(context.bits):
                self._found[kind] = self.compute(context)
        return self._found[kind]


@dataclass(frozen=True)
class _Entry:
    """One of the results, in the place of a `Program`."""

    joint: Joint
    key: object

    def run(self, context, _):
        work(0, self.joint.cost, 0, context.bits)
        return from_ball(context, self.joint.results(context)[self.key])
