"""`MP`: mpmath at any precision, its error estimated by a second precision.

One loop over precisions and what it asks of two runs: no part of it can be read alone.
"""

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

import mpmath
from mpmath import libmp

from theorycalc.core.arithmetic.ball import CANCELLATION_HINT, bits_of, check_relative, read_digits
from theorycalc.core.arithmetic.ball_context import GUARD_BITS
from theorycalc.core.arithmetic.effort import (
    Effort,
    OutOfEffort,
    check_seconds,
    effort,
    given_up,
)
from theorycalc.core.arithmetic.guides import Guides
from theorycalc.core.arithmetic.mp_context import MPContext
from theorycalc.core.arithmetic.mp_exact import Exact
from theorycalc.core.binary import distance, exact_mpf, fraction
from theorycalc.core.errors import DomainError, PrecisionError, explain
from theorycalc.core.looks import Line
from theorycalc.core.value import ABSOLUTE, Rigor, Value

_ROUNDS = 7
# mpmath does about a quarter of a million operations a second: after half a minute precision is not
# raised once more.
_PATIENCE = 8e6
# It rarely helps a zero that has its absolute digits: about two seconds.
_PATIENCE_WITH_ZERO = 5e5
# What to try where there is no value.
_ELSEWHERE = "a point nearby"
# So many undecided branches are tried both ways.
_MOST_TIES = 4


@dataclass(frozen=True)
class MP(Line):
    """Arbitrary precision: two working precisions are compared, the error is an estimate.

    Parameters
    ----------
    digits : int
        Relative accuracy asked for.
    seconds : float
        A limit of time for one evaluation; without one the clock decides nothing.
    relative : bool
        Whether a zero with absolute digits only is an error.

    Raises
    ------
    DomainError
        If ``digits`` is not an integer between 1 and 10000, or ``seconds`` not positive.

    Notes
    -----
    What cancels to zero at every precision has no relative digits: it comes back as 0 ± rad with
    ``rad ≤ 10^-digits`` and ``stats["accuracy"] == "absolute"``.
    Two precisions can agree on a wrong number, for instance in the quadrature of an integrand with
    a kink that was not declared. Where that matters use `Ball`.
    """

    digits: int = 30
    seconds: float = field(default=math.inf, kw_only=True, repr=False)
    relative: bool = field(default=False, kw_only=True, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "digits", read_digits(self.digits))
        check_seconds(self.seconds)
        check_relative(self.relative)

    def evaluate(self, program, inputs) -> Value:
        """The program at exact inputs, to the accuracy of this arithmetic."""
        with effort(seconds=self.seconds) as spent:
            try:
                return self._evaluate(program, inputs, spent)
            except OutOfEffort:
                raise PrecisionError(explain(given_up(self, spent), hint="fewer digits")) from None

    def _evaluate(self, program, inputs, spent: Effort) -> Value:
        goal = bits_of(self.digits)
        bits = goal + GUARD_BITS
        run = functools.partial(_run, program, inputs, goal, Guides().of)
        coarse = run(bits)
        if coarse.is_rational:
            return self._value(coarse, mpmath.mpf(0), bits, spent)
        grown = 0
        for left in reversed(range(_ROUNDS)):
            finer_bits = bits + bits // 2 + GUARD_BITS
            fine = run(finer_bits)
            _check_real(coarse, fine)
            error = _difference(coarse, fine, bits)
            ties = _ties(coarse, fine)
            value, spread = fine.mid, mpmath.mpf(0)
            if ties is not None and len(ties) <= _MOST_TIES:
                others = (
                    run(finer_bits, frozenset(turned)).mid
                    for size in range(1, len(ties) + 1)
                    for turned in itertools.combinations(ties, size)
                )
                spread = max((distance(other, value) for other in others), default=spread)
            if fine.vanished and fine.mid:
                hidden = _hidden(run, finer_bits, fine)
                error = distance(error, mpmath.mpf(0), hidden)
            reached = self._value(fine, distance(error, mpmath.mpf(0), spread), finer_bits, spent)
            settled = ties is not None and len(ties) <= _MOST_TIES
            if settled and _is_small(reached, goal, fine):
                return reached
            # rounding noise shrinks; what grows twice is an integral that diverges by its rule
            grown = grown + 1 if spent.nodes and abs(fine.mid) > 2 * abs(coarse.mid) else 0
            # as the inverse of a rounding error does
            soars = abs(fine.mid) > mpmath.ldexp(abs(coarse.mid), (finer_bits - bits) // 2)
            most = _PATIENCE_WITH_ZERO if self._is_zero(reached) else _PATIENCE
            if spent.work > most or grown == 2 or _is_stuck(coarse, fine, goal, left):
                break
            bits, coarse = finer_bits, fine
        if not settled or spread > mpmath.ldexp(abs(fine.mid), -goal):
            raise self._tied(reached if settled else None, finer_bits)
        if fine.mid == 0 and coarse.mid == 0:
            reached = _of_zero(reached, run, fine)
        if self._is_zero(reached):
            return replace(reached, stats={**reached.stats, "accuracy": ABSOLUTE})
        raise self._not_reached(reached, finer_bits, soars or grown > 0)

    def _not_reached(self, reached: Value, bits: int, grows: bool) -> PrecisionError:
        """What is told of a value whose digits did not settle."""
        what, hint = f"two precisions (up to {bits} bits) differ", CANCELLATION_HINT
        if grows:
            what, hint = "the value grows with the precision, as it does at a pole", _ELSEWHERE
        what = f"{self.digits} digits asked for; {what}"
        return PrecisionError(explain(what, got=reached, hint=hint), reached)

    def _is_zero(self, value: Value) -> bool:
        """Whether a value of zero with absolute digits is what was asked for."""
        if self.relative or abs(value.mid) > value.rad or not value.rad:
            return False
        return value.rad < mpmath.mpf(10) ** -self.digits / 2

    def _value(self, run: "_Run", error: mpmath.mpf, bits: int, spent: Effort) -> Value:
        """The Value of a run; one that stayed rational throughout is exact."""
        mid, rad = run.mid, distance(error, mpmath.mpf(0))
        if run.rational is not None:
            off = abs(fraction(mid) - run.rational)
            rad = distance(rad, mpmath.mpf(0), _rounded_up(off))
        exact = run.is_rational and not rad
        return Value(
            mid=mid,
            rad=rad,
            rigor=Rigor.EXACT if exact else Rigor.ESTIMATED,
            using=self,
            stats={"bits": bits, **spent.stats},
        )

    def _tied(self, value: Value | None, bits: int) -> PrecisionError:
        """The error for a formula whose branch is not decided; the value covers the branches."""
        what = f"a tie: up to {bits} bits do not tell on which side of a jump the formula is"
        return PrecisionError(
            explain(what, got=value, hint="another point, or rational parameters"), value
        )


@dataclass(frozen=True)
class _Run:
    """What one working precision gave: the result, and what it rests on."""

    mid: mpmath.mpf
    rational: Fraction | None
    doubt: mpmath.mpf
    decisions: tuple
    imaginary: tuple
    vanished: int
    largest: mpmath.mpf

    @property
    def is_rational(self) -> bool:
        """Whether nothing was rounded on the way to a rational result."""
        return self.rational is not None and not self.decisions


def _check_real(coarse: _Run, fine: _Run) -> None:
    """Refuse imaginary parts on which two precisions agree: rounding noise changes with them."""
    if len(coarse.imaginary) != len(fine.imaginary):
        return
    for x, y in zip(coarse.imaginary, fine.imaginary, strict=True):
        if 8 * distance(x, y) < abs(y):
            raise DomainError(explain("not real here", got=f"an imaginary part {_short(y)}"))


def _difference(coarse: _Run, fine: _Run, bits: int) -> mpmath.mpf:
    """What the finer result may be off: no more than the coarser one.

    Their distance is the error of the coarser one, up to its unit in the last place, and what the
    quadratures said of themselves. Rationals that both runs chose are not rounded at all.
    """
    if fine.rational is not None and fine.rational == coarse.rational:
        return mpmath.mpf(0)
    size = abs(fine.mid)
    return distance(fine.mid, coarse.mid, mpmath.ldexp(size, 1 - bits), fine.doubt * size)


def _ties(coarse: _Run, fine: _Run) -> list | None:
    """The decisions on whose distance from a tie two precisions do not agree.

    None if the two runs took different ways.
    """
    if len(coarse.decisions) != len(fine.decisions):
        return None
    pairs = zip(coarse.decisions, fine.decisions, strict=True)
    return [i for i, (x, y) in enumerate(pairs) if not 8 * distance(x, y) < abs(y)]


def _is_small(value: Value, goal: int, run: _Run) -> bool:
    """Whether the error is small enough."""
    if value.mid == 0:
        return run.rational is not None and not value.rad
    return value.rad <= mpmath.ldexp(abs(value.mid), -goal)


def _is_stuck(coarse: _Run, fine: _Run, goal: int, left: int) -> bool:
    """Whether a quadrature gains too few digits by half as many more of the working precision.

    It does not suit the integrand then: an oscillation over an infinite range, a hidden kink, or
    an end that is almost not integrable, where not even twice the rounds that are left are enough.
    """
    if fine.doubt <= mpmath.ldexp(1, -goal):
        return False
    if not coarse.doubt:
        return True
    before, now = (min(mpmath.log(run.doubt, 2), -1) for run in (coarse, fine))
    return now > 1.25 * before or now * 2.25**left > -goal


def _rounded_up(x: Fraction) -> mpmath.mpf:
    parts = x.numerator, x.denominator
    return mpmath.mp.make_mpf(libmp.from_rational(*parts, 53, "u"))


def _hidden(run: Callable, bits: int, done: _Run) -> mpmath.mpf:
    """How far a result moves if the sums that vanished are as large as their rounding."""
    return distance(done.mid, run(bits, nudged=True).mid)


def _of_zero(value: Value, run: Callable, done: _Run) -> Value:
    """The value where everything cancelled at every precision.

    Half of the digits of the largest number met are left for what later factors made of its
    rounding, where that is enough.
    """
    bits = value.stats["bits"]
    rad = mpmath.ldexp(done.largest, -bits // 2)
    if done.vanished and _hidden(run, bits, done) > rad:
        return value
    return replace(value, rad=rad)


def _run(
    program,
    inputs,
    goal: int,
    guide: Callable,
    bits: int,
    turned: frozenset = frozenset(),
    nudged: bool = False,
) -> _Run:
    """The program at ``bits`` of working precision, with some decisions turned."""
    context = MPContext(bits, goal, turned, nudged, guide)
    try:
        x = program.run(context, [number.run(context, []) for number in inputs])
    except (libmp.NoConvergence, OverflowError) as error:
        hint = "using=Ball(), or a smaller argument"
        raise PrecisionError(explain("mpmath did not converge", got=error, hint=hint)) from error
    except (ZeroDivisionError, ValueError) as error:
        if isinstance(error, DomainError):
            raise
        got = "a division by zero" if isinstance(error, ZeroDivisionError) else error
        raise DomainError(
            explain("the formula has no finite value here", got=got, hint=_ELSEWHERE)
        ) from error
    mid, imaginary = _real(context.mp.convert(x), bits)
    return _Run(
        mid=mid,
        rational=x.value if isinstance(x, Exact) else None,
        doubt=exact_mpf(context.doubt),
        decisions=tuple(context.decisions),
        imaginary=(*context.imaginary, imaginary),
        vanished=context.vanished,
        largest=exact_mpf(context.largest),
    )


def _real(x, bits: int) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Real and imaginary part of a result; the second is small, as rounding noise is."""
    imaginary = mpmath.mpf(0)
    if hasattr(x, "_mpc_"):
        real, imaginary = (mpmath.mp.make_mpf(part) for part in x._mpc_)
        if abs(imaginary) > mpmath.ldexp(max(abs(real), 1), -bits // 3):
            hint = "sympy.Abs of it for the modulus"
            raise DomainError(explain("the formula is not real here", got=_short(x), hint=hint))
        x = real
    x = exact_mpf(x)
    if not mpmath.isfinite(x):
        raise DomainError(explain("the formula has no finite value here", got=x, hint=_ELSEWHERE))
    return x, imaginary


def _short(x) -> str:
    return str(mpmath.nstr(x, 10))
