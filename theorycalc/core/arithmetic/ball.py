"""`Ball`: certified enclosures through Arb."""

import math
from dataclasses import dataclass, field, replace

import mpmath
from flint import acb, arb, fmpq
from mpmath import libmp

from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.effort import (
    Effort,
    OutOfEffort,
    check_seconds,
    effort,
    given_up,
)
from theorycalc.core.errors import CertificationError, DomainError, NotSupportedError, explain
from theorycalc.core.looks import Line
from theorycalc.core.numbers import exact_integer
from theorycalc.core.value import ABSOLUTE, Rigor, Value

# The working precision is doubled at most this often, and not after this much work (`effort`),
# before a request is given up. A core of 2025 does 0.3 … 1.5 million operations a second in
# quadratures, sums and distortions of 10 … 200 digits: about half a minute.
_DOUBLINGS = 9
PATIENCE = 2e7
# A single precision is given up after so much work, where its rules count it: about a minute.
_MOST_WORK = 4e7
# More precision rarely helps an enclosure that is not even finite, or one of zero that has all its
# absolute digits: about two seconds.
_PATIENCE_WITHOUT_VALUE = 2e6
_GUARD_BITS = 32
# How many times the bits show on which side of a branch point a number lies.
_CLOSER = 4
# An array's element that still has no enclosure at this precision is at a pole, or has none.
_BITS_WITHOUT_VALUE = 2560
# What is smaller is zero for a double.
_SMALLEST = arb(2) ** -1075
_LARGEST = arb(2) ** 1024

MAX_DIGITS = 10_000
CANCELLATION_HINT = (
    "fewer digits, or a formula that cancels less; a true zero has no relative digits"
)


def read_digits(digits) -> int:
    """The ``digits`` of an arithmetic, checked."""
    return exact_integer(digits, "digits", minimum=1, maximum=MAX_DIGITS)


def check_relative(relative) -> None:
    """Whether it is a truth value."""
    if not isinstance(relative, bool):
        raise DomainError(explain("relative", got=repr(relative), allowed="True or False"))


@dataclass(frozen=True)
class Ball(Line):
    """Ball arithmetic: every result is an enclosure that is proved to hold the true number.

    Parameters
    ----------
    digits : int
        Relative accuracy asked for: ``rad ≤ 10^-digits · |mid|``. The working precision is doubled
        until it is reached, nine times at most and not once as much work has been spent as takes
        about half a minute; a quadrature is given up after twice that. Work is counted in
        operations (``stats["work"]``), so that no result depends on the speed or the load of a
        machine.
    seconds : float
        A limit of time for one evaluation; without one the clock decides nothing.
    relative : bool
        Whether an enclosure of zero with absolute digits only is an error.

    Raises
    ------
    DomainError
        If ``digits`` is not an integer between 1 and 10000, or ``seconds`` not positive.

    Notes
    -----
    A quantity that is exactly zero without showing it (such as sin² + cos² − 1) has no relative
    accuracy, at whatever precision. What comes back then is the last enclosure of zero, with
    ``rad ≤ 10^-digits`` and ``stats["accuracy"] == "absolute"``; a `CertificationError` if that is
    not reached either, or with ``relative=True``.
    Arb's precision is shared by the threads of a process: use processes.
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
                with effort(_MOST_WORK) as first:
                    return self._evaluate(program, inputs, first)
            except OutOfEffort:
                raise self._given_up(program, inputs, spent) from None

    def _evaluate(self, program, inputs, spent: Effort) -> Value:
        goal = bits_of(self.digits)
        for bits in doubling(goal + _GUARD_BITS):
            x = enclose(program, inputs, bits)
            if is_exact(x) or accuracy_bits(x) >= goal:
                return self.to_value(x, bits=bits, **spent.stats)
            is_zero = x.is_finite() and x.contains(0) and x.abs_upper() < arb(10) ** -self.digits
            hopeless = is_zero or not x.is_finite()
            if spent.work > (_PATIENCE_WITHOUT_VALUE if hopeless else PATIENCE):
                break
        if is_zero and not self.relative:
            return self.to_value(x, bits=bits, accuracy=ABSOLUTE, **spent.stats)
        raise not_reached(self, x, bits)

    def _given_up(self, program, inputs, spent: Effort) -> CertificationError:
        """The error for too many digits, with a Value of fewer digits if one is quickly had."""
        what, digits, value = given_up(self, spent), self.digits, None
        while value is None and digits > 1:
            digits //= 2
            try:
                with effort(_MOST_WORK / 6) as fewer:
                    value = replace(self, digits=digits)._evaluate(program, inputs, fewer)
            except (OutOfEffort, CertificationError):
                continue
        reached = "none" if value is None else f"{digits} digits: {value}"
        return CertificationError(explain(what, got=reached, hint="fewer digits"), value)

    def to_value(self, x, **stats) -> Value:
        """A Value of a rational or a finite real ball."""
        mid, rad = mid_and_rad(x, stats["bits"])
        rigor = Rigor.CERTIFIED if rad else Rigor.EXACT
        return Value(mid=mid, rad=rad, rigor=rigor, using=self, stats=stats)


def doubling(bits: int):
    """The working precisions that are tried in turn."""
    return (bits << step for step in range(_DOUBLINGS + 1))


def bits_of(digits: int) -> int:
    """Bits of relative accuracy that give that many decimal digits."""
    return math.ceil(digits * math.log2(10)) + 2


def enclose(program, inputs, bits: int, context: BallContext | None = None):
    """The program's result at ``bits`` of working precision: a rational or a real ball.

    The inputs are programs too, of constants, so that every precision reads them afresh. An
    imaginary part that may be zero is looked at again with `_CLOSER` times the bits: near a branch
    point few bits do not show that the value is not real.
    """
    context = context or BallContext()
    x = _run(program, inputs, bits, context)
    if isinstance(x, acb) and x.is_finite() and x.imag.contains(0) and not x.imag.is_zero():
        x = _run(program, inputs, _CLOSER * bits, context)
    with working_precision(bits):
        return real_ball(x)


def _run(program, inputs, bits: int, context: BallContext):
    """The program's result at ``bits`` of working precision, which may be complex."""
    with working_precision(bits):
        try:
            return program.run(context, [number.run(context, []) for number in inputs])
        except ZeroDivisionError:
            return arb.nan()


def real_ball(x):
    """An enclosure whose imaginary part may be zero, as a real ball with that part in its radius.

    Whether the number is real or not, its distance to the midpoint is at most the radius.
    """
    if not isinstance(x, acb):
        return x
    if x.is_finite() and not x.imag.contains(0):
        hint = "sympy.Abs of it for the modulus"
        raise DomainError(explain("the formula is not real here", got=x.str(10), hint=hint))
    return x.real if x.imag.is_zero() else x.real + arb(0, x.imag.abs_upper())


def is_exact(x) -> bool:
    """Whether an enclosure is a point."""
    return isinstance(x, fmpq) or (x.is_exact() and x.is_finite())


def accuracy_bits(x: arb) -> int:
    """Bits of relative accuracy of a real ball."""
    return x.rel_accuracy_bits() if x.is_finite() else -1


def mid_and_rad(x, bits: int) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Exact mpf midpoint and radius of a rational or a real ball."""
    with working_precision(bits):
        x = arb(x)
    return arb_mpf(x.mid()), arb_mpf(x.rad())


def arb_mpf(x: arb) -> mpmath.mpf:
    """The exact midpoint of a finite ball as an mpf."""
    man, exp = x.man_exp()
    return mpmath.mp.make_mpf(libmp.from_man_exp(int(man), int(exp)))


def not_reached(using, x: arb, bits: int) -> Exception:
    """The error for an enclosure that stayed too wide at the largest working precision."""
    if not x.is_finite():
        return DomainError(
            explain(
                f"no finite enclosure was found (tried up to {bits} bits)",
                allowed="points off poles and branch points, integrands without singularities",
                hint="a point nearby; using=MP() for an integral with a singularity at an end",
            )
        )
    reached = max(0, math.floor(accuracy_bits(x) / math.log2(10)))
    value = using.to_value(x, bits=bits)
    return CertificationError(
        explain(
            f"{using.digits} digits asked for, {reached} reached at {bits} bits",
            got=value,
            hint=CANCELLATION_HINT,
        ),
        value,
    )


def rounded(operation, *xs: float, goal: int = 56) -> float:
    """``operation(context, *numbers)`` at doubles, correctly rounded up to 2^-56 relative.

    Not-a-number where there is no real value, or none was found.
    """
    if not all(map(math.isfinite, xs)):
        return math.nan
    context = BallContext()
    points = [fmpq(*float(x).as_integer_ratio()) for x in xs]
    for bits in doubling(80):
        with working_precision(bits):
            try:
                x = arb(real_ball(operation(context, *points)))
            except (ZeroDivisionError, DomainError, NotSupportedError):
                return math.nan
            if x.is_finite() and (is_exact(x) or accuracy_bits(x) >= goal):
                return _double(x)
            if x.is_finite() and x.abs_upper() < _SMALLEST:
                return 0.0
        if not x.is_finite() and bits >= _BITS_WITHOUT_VALUE:
            break
    return math.nan


def _double(x: arb) -> float:
    """The midpoint; python-flint turns what is larger than any double, or far smaller, into 0."""
    if x.abs_lower() > _LARGEST:
        return math.inf if x > 0 else -math.inf
    return float(x.mid())
