"""Whether a program is continuous on an interval: an enclosure that refuses what may jump."""

from flint import acb, arb

from theorycalc.core.arithmetic.any_ball import NAN, NotHolomorphic
from theorycalc.core.arithmetic.ball import enclose, is_exact
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.logic import known_branch
from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.program import Program

_JUMPS = {"sign", "heaviside", "floor", "ceiling"}
_BITS = 128


def is_continuous(program: Program, inputs: list[Program]) -> bool:
    """Whether a program is shown to be continuous on the balls that the inputs compute.

    True is proved: a finite enclosure of a composition of functions that are continuous on the
    balls which they meet. False says nothing.
    """
    try:
        return bool(arb(enclose(program, inputs, _BITS, ContinuousContext())).is_finite())
    except (DomainError, NotSupportedError, NotHolomorphic):
        return False


class ContinuousContext(BallContext):
    """The operations of `BallContext`; one that may jump on its balls gives no enclosure.

    Real functions are continuous where Arb's real enclosure is finite, except those that are
    constant between jumps. On complex balls only what is holomorphic is known to be continuous.
    """

    def apply(self, name: str, *args):
        if any(isinstance(x, acb) for x in args):
            return self._holomorphic.apply(name, *args)
        result = super().apply(name, *args)
        if isinstance(result, acb):
            return self._holomorphic.apply(name, *map(acb, args))
        return NAN if name in _JUMPS and not is_exact(result) else result

    def power(self, base, exponent):
        result = super().power(base, exponent)
        real = not any(isinstance(x, acb) for x in (base, exponent, result))
        return result if real else self._holomorphic.power(base, exponent)

    def hyper(self, a: list, b: list, z):
        result = super().hyper(a, b, z)
        return result if not isinstance(result, acb) else self._holomorphic.hyper(a, b, acb(z))

    def atan2(self, y, x):
        if isinstance(x, acb) or isinstance(y, acb):
            return self._holomorphic.atan2(y, x)
        off_cut = arb(x) > 0 or arb(y) > 0 or arb(y) < 0
        fixed = is_exact(x) and is_exact(y)
        return super().atan2(y, x) if off_cut or fixed else NAN

    def select(self, branches):
        return known_branch(branches, NAN)  # others may differ where they meet

    def integer(self, x) -> int:
        if not is_exact(x):
            raise DomainError(explain("the limit of a sum may jump", got=x))
        return super().integer(x)

    def special(self, call, *args):
        if call.function.in_ball is None:
            return super().special(call, *args)
        if all(call.holomorphic):
            return self._holomorphic.special(call, *map(acb, args))
        return super().special(call, *args)  # of what it decides, nothing may jump

    @property
    def _holomorphic(self) -> BallContext:
        return BallContext(analytic=True)
