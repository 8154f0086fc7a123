"""Parameters with a radius: what is known as an interval stays one, and its image is enclosed."""

from dataclasses import replace

import mpmath
import sympy
from flint import acb, arb

from theorycalc.core import decimals
from theorycalc.core import program as ops
from theorycalc.core.arithmetic.ball import (
    Ball,
    accuracy_bits,
    arb_mpf,
    bits_of,
    doubling,
    enclose,
    is_exact,
)
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.box import ball_of_box
from theorycalc.core.arithmetic.box_context import BoxContext, as_box
from theorycalc.core.arithmetic.effort import effort
from theorycalc.core.binary import between
from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.numbers import exact
from theorycalc.core.program import Program
from theorycalc.core.value import Rigor, Value

_GUARD_BITS = 32
# A rational of more bits than this is given by its mantissa and its exponent.
_WRITTEN_BITS = 4096


def number_or_enclosure(x, what: str = "number") -> sympy.Expr | Value:
    """A user's number: exact, or a Value if it has a radius.

    An ``arb``, a real ``acb``, an interval of mpmath and a Value are the enclosures that they are;
    what is a point among them, and everything else, is read by `numbers.exact`.

    Raises
    ------
    DomainError
        For what is no finite real number and no bounded interval.
    """
    if isinstance(x, acb) and x.imag.is_zero():
        x = x.real
    if isinstance(x, arb) and not x.is_exact() and x.is_finite():
        return Value(mid=arb_mpf(x.mid()), rad=arb_mpf(x.rad()), rigor=Rigor.CERTIFIED)
    if hasattr(x, "_mpi_"):
        return _interval(x, what)
    if isinstance(x, mpmath.mpf) and _is_extreme(x):
        return Value(mid=x, rad=0, rigor=Rigor.EXACT)
    if isinstance(x, Value) and (x.rigor is not Rigor.EXACT or _is_extreme(x.mid)):
        return x
    return exact(x, what)


def _is_extreme(x: mpmath.mpf) -> bool:
    """Whether a finite number has too large an exponent to be written out as a rational."""
    _, man, exp, bits = x._mpf_
    return bool(man) and abs(exp) + bits > _WRITTEN_BITS


def _interval(x, what: str) -> sympy.Expr | Value:
    left, right = map(mpmath.mp.make_mpf, x._mpi_)
    if left == right:
        return exact(left, what)
    if not (mpmath.isfinite(left) and mpmath.isfinite(right) and left < right):
        raise DomainError(explain(f"{what} is not a bounded interval", got=x))
    mid, rad = between(left, right)
    return Value(mid=mid, rad=rad, rigor=Rigor.CERTIFIED)


def constant(value: Value) -> Program:
    """The program of an enclosure: a number, widened by its radius."""
    steps = [*_binary(value.mid, 0)]
    if value.rad:
        middle = len(steps) - 1
        steps += _binary(value.rad, len(steps))
        steps.append((ops.operation, "widen", (middle, len(steps) - 1)))
    return Program(steps=tuple(steps))


def _binary(x: mpmath.mpf, first: int) -> list[tuple]:
    """Steps that compute a binary number, the first of them in the given slot."""
    sign, man, exp, _ = x._mpf_
    if not _is_extreme(x):
        return [(ops.number, sympy.Rational(*decimals.ratio(x._mpf_)), ())]
    parts = (-int(man) if sign else int(man), 2, exp)
    return [
        *((ops.number, sympy.Integer(part), ()) for part in parts),
        (ops.operation, "power", (first + 1, first + 2)),
        (ops.operation, "mul", (first, first + 3)),
    ]


def image(program: Program, inputs: list[Program], known: int, using) -> Value:
    """An enclosure of the values of a program over enclosures.

    It has the digits of the arithmetic if the inputs are thin enough for them. Otherwise the
    working precision grows as long as that helps, and the result is the part of the tightest
    enclosure that intervals by their ends leave.
    ``known`` is the number of digits of the inputs: what they do not show is not searched for.

    Raises
    ------
    DomainError
        If no bounded enclosure is found.
    """
    goal, ball, best = bits_of(using.digits), Ball(using.digits), arb.nan()
    with effort() as spent:
        for bits in doubling(goal + _GUARD_BITS):
            x = arb(enclose(program, inputs, bits))
            helped = not best.is_finite() or bool(2 * x.rad() < best.rad())
            best = x if helped else best
            done = is_exact(x) or accuracy_bits(x) >= goal
            if done or not helped or (not x.is_finite() and bits > 2 * bits_of(known)):
                break
    if not done:
        best = _within_ends(best, program, inputs, bits)
    if not best.is_finite():
        raise DomainError(
            explain(
                "no bounded enclosure was found over the parameters given",
                allowed="parameters without a pole, a branch point or a point off the domain",
                hint="parameters with a smaller radius",
            )
        )
    value = ball.to_value(best, bits=bits, **spent.stats)
    rigor = value.rigor if isinstance(using, Ball) else Rigor.ESTIMATED
    return replace(value, using=using, rigor=rigor)


def _within_ends(ball: arb, program: Program, inputs: list[Program], bits: int) -> arb:
    """The part of an enclosure in which all values over intervals lie, which know their ends."""
    try:
        box = as_box(enclose(program, inputs, bits, BoxContext()))
    except (DomainError, NotSupportedError):
        return ball
    if not (box.low.is_finite() and box.high.is_finite()):
        return ball
    with working_precision(bits):
        return ball_of_box(box).intersection(ball) if ball.is_finite() else ball_of_box(box)


class _NotSurelyRealError(Exception):
    """A number that is ordered may have an imaginary part."""


class _RealContext(BallContext):
    """Balls where a number that may be off the real line is no real one."""

    def real(self, x) -> arb:
        if not self.is_real(x):
            raise _NotSurelyRealError
        return super().real(x)


def is_surely_real(relation: Program, inputs: list[Program], digits: int) -> bool:
    """Whether all that a relation orders is real wherever the inputs lie in their enclosures.

    An image is that of the part on which a formula is real; a verdict holds for the whole.
    """
    try:
        enclose(relation, inputs, bits_of(digits) + _GUARD_BITS, _RealContext())
    except _NotSurelyRealError:
        return False
    return True
