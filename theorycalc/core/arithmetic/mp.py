"""`MP`: mpmath at any precision, its error estimated by a second precision."""

import math
from dataclasses import dataclass, field, replace

import mpmath
from mpmath import libmp

from theorycalc.core.arithmetic.ball import CANCELLATION_HINT, bits_of, read_digits
from theorycalc.core.arithmetic.effort import (
    Effort,
    OutOfEffort,
    check_seconds,
    effort,
    given_up,
)
from theorycalc.core.arithmetic.mp_context import MPContext
from theorycalc.core.errors import DomainError, PrecisionError, explain
from theorycalc.core.value import Rigor, Value, distance, exact_mpf

_GUARD_BITS = 24
_ROUNDS = 7
# mpmath does about a quarter of a million operations a second: after half a minute precision is not
# raised once more.
_PATIENCE = 8e6


@dataclass(frozen=True)
class MP:
    """Arbitrary precision: two working precisions are compared, the error is an estimate.

    Parameters
    ----------
    digits : int
        Relative accuracy asked for.
    seconds : float
        A limit of time for one evaluation; without one the clock decides nothing.

    Raises
    ------
    DomainError
        If ``digits`` is not an integer between 1 and 10000, or ``seconds`` not positive.

    Notes
    -----
    Two precisions can agree on a wrong number, for instance in the quadrature of an integrand with
    a kink that was not declared. Where that matters use `Ball`.
    """

    digits: int = 30
    seconds: float = field(default=math.inf, kw_only=True, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "digits", read_digits(self.digits))
        check_seconds(self.seconds)

    def evaluate(self, program, inputs) -> Value:
        """The program at exact inputs, to the accuracy of this arithmetic."""
        with effort(seconds=self.seconds) as spent:
            try:
                return self._evaluate(program, inputs, spent)
            except OutOfEffort:
                raise PrecisionError(explain(given_up(self, spent), hint="fewer digits")) from None

    def _evaluate(self, program, inputs, spent: Effort) -> Value:
        goal = bits_of(self.digits)
        bits = goal + _GUARD_BITS
        coarse, _ = _run(program, inputs, bits, goal)
        for _ in range(_ROUNDS):
            finer_bits = bits + bits // 2 + _GUARD_BITS
            fine, doubt = _run(program, inputs, finer_bits, goal)
            noise = mpmath.ldexp(abs(fine), 4 - bits) + doubt * abs(fine)
            error = distance(fine, coarse, noise)
            stats = {"bits": finer_bits, **spent.stats}
            value = Value(mid=fine, rad=error, rigor=Rigor.ESTIMATED, using=self, stats=stats)
            if fine != 0 and error <= mpmath.ldexp(abs(fine), -goal):
                return value
            if spent.work > _PATIENCE:
                break
            bits, coarse = finer_bits, fine
        if fine == 0 and coarse == 0:
            # Everything cancelled at every precision. Terms of unknown size may have done so.
            return replace(value, rad=mpmath.ldexp(1, -finer_bits // 2))
        raise PrecisionError(
            explain(
                f"{self.digits} digits asked for; two precisions (up to {finer_bits} bits) differ",
                got=value,
                hint=CANCELLATION_HINT,
            ),
            value,
        )


def _run(program, inputs, bits: int, goal: int) -> tuple[mpmath.mpf, mpmath.mpf]:
    """(result at ``bits`` of working precision, relative doubt of its quadratures)."""
    context = MPContext(bits, goal)
    try:
        x = program.run(context, [number.run(context, []) for number in inputs])
    except libmp.NoConvergence as error:
        raise PrecisionError(explain("mpmath did not converge", got=error)) from error
    except (ZeroDivisionError, ValueError) as error:
        if isinstance(error, DomainError):
            raise
        raise DomainError(explain("the formula has no finite value here", got=error)) from error
    return _real(context.mp.convert(x), bits), exact_mpf(context.doubt)


def _real(x, bits: int) -> mpmath.mpf:
    """A complex result whose imaginary part is rounding noise, as a real one."""
    if hasattr(x, "_mpc_"):
        real, imag = (mpmath.mp.make_mpf(part) for part in x._mpc_)
        if abs(imag) > mpmath.ldexp(max(abs(real), 1), -bits // 3):
            raise DomainError(explain("the formula is not real here", got=mpmath.nstr(x, 10)))
        x = real
    x = exact_mpf(x)
    if not mpmath.isfinite(x):
        raise DomainError(explain("the formula has no finite value here", got=x))
    return x


def in_mp_twice(call, args) -> tuple[float, float]:
    """(value, error) of a special function at doubles, from two precisions."""
    coarse, fine = (
        float(call.in_mp(context, *map(context.mp.mpf, args)))
        for context in (MPContext(80), MPContext(160))
    )
    return fine, abs(fine - coarse) + abs(fine) * 2.0**-53  # and the rounding to double
