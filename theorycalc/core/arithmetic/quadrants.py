"""What functions do far out in the complex plane, by enclosures in all directions of a quadrant."""

from flint import acb, arb, fmpq

from theorycalc.core.arithmetic.any_ball import NotHolomorphic
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.germs import Germ, GermContext, as_germ
from theorycalc.core.errors import TheoryCalcError
from theorycalc.core.program import Program

_BITS = 64
# A quadrant is cut into so many directions.
_DIRECTIONS = 16


def falls(program: Program, depth: int, turn: int) -> bool:
    """Whether a program of one input is surely small for all |x| ≥ 2^depth in a quadrant.

    With ``turn`` 1 or −1 it is holomorphic above or below the positive real axis, and tends to 0;
    with 0 it is integrable along it.
    """
    with working_precision(_BITS):
        if turn == 0:
            return _falls(program, BallContext(), depth, fmpq(1), 1)
        slices = (fmpq(turn * (2 * i + 1), 4 * _DIRECTIONS) for i in range(_DIRECTIONS))
        width = fmpq(1, 4 * _DIRECTIONS)
        return all(
            _falls(program, BallContext(analytic=True), depth, _direction(arb(x, width)), 0)
            for x in slices
        )


def _direction(angle: arb) -> acb:
    """e^{iπ·angle}."""
    return acb(angle).exp_pi_i()


def _falls(program: Program, plain: BallContext, depth: int, direction, least: int) -> bool:
    """Whether the program falls faster than x^−least at direction/t for t in (0, 2^-depth]."""
    try:
        found = program.run(GermContext(plain, depth), [Germ(fmpq(-1), fmpq(0), direction)])
    except (TheoryCalcError, NotHolomorphic, ZeroDivisionError):
        return False
    germ = as_germ(found)
    return acb(germ.factor).is_finite() and germ.power > least
