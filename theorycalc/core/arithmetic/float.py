"""`Float`: results in double precision with an error estimate."""

import itertools
import math
from dataclasses import dataclass, field, replace

import mpmath
import sympy
from flint import arb, ctx
from mpmath import libmp

from theorycalc.core.arithmetic.ball import (
    PATIENCE,
    accuracy_bits,
    arb_mpf,
    doubling,
    enclose,
    is_exact,
    mid_and_rad,
    not_reached,
    real_ball,
)
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.effort import (
    Effort,
    OutOfEffort,
    check_seconds,
    effort,
    given_up,
)
from theorycalc.core.arithmetic.enclosed_integral import enclosed_integral
from theorycalc.core.arithmetic.mp_doubles import in_mp_twice
from theorycalc.core.arithmetic.node_integral import node_integral
from theorycalc.core.binary import distance
from theorycalc.core.errors import DomainError, NotSupportedError, PrecisionError, explain
from theorycalc.core.looks import Line
from theorycalc.core.value import Rigor, Value

_DOUBLE_BITS = 53
_START_BITS = 80
# Bits of an integral, and of one inside another; what misses them by more is tried again with a
# higher working precision.
_INTEGRAL_BITS = 58
_INNER_BITS = 40
_SLACK_BITS = 10
# Work after which rules of nodes, over integrals say, are given up.
_MOST_WORK = 8e6
# What is smaller is zero for a double.
_SMALLEST = arb(2) ** -1075
_LARGEST = arb(2) ** 1023


@dataclass(frozen=True)
class Float(Line):
    """Double precision: the double next to the true value, and what its error may be.

    Plain formulas are evaluated in short balls, which costs the same pass as hardware doubles would
    and tracks the error, with more bits where the formula cancels. Integrals and special functions
    come from SciPy or from double-precision routines of ours with their own error estimates; the
    balls carry these through the rest of the formula. Arrays go through `Formula.lambdify`, which
    computes in hardware doubles and repairs what they lose.

    Parameters
    ----------
    seconds : float
        A limit of time for one evaluation; without one the clock decides nothing.
    """

    seconds: float = field(default=math.inf, kw_only=True, repr=False)

    def __post_init__(self):
        check_seconds(self.seconds)

    @property
    def digits(self) -> int:
        """Decimal digits that a double can hold."""
        return 16

    def evaluate(self, program, inputs) -> Value:
        """The program at exact inputs, rounded to double."""
        with effort(seconds=self.seconds) as spent:
            try:
                return self._evaluate(program, inputs, spent)
            except OutOfEffort:
                raise PrecisionError(explain(given_up(self, spent), hint="using=MP()")) from None

    def _evaluate(self, program, inputs, spent: Effort) -> Value:
        for bits in doubling(_START_BITS):
            context = FloatContext()
            x = enclose(program, inputs, bits, context)
            # Doubles inside the formula do not become better with more bits around them.
            if (
                is_exact(x)
                or accuracy_bits(x) > _DOUBLE_BITS
                or (context.doubles and x.is_finite())
            ):
                return self.to_value(x, exact=not context.doubles, bits=bits, **spent.stats)
            if x.is_finite() and x.abs_upper() < _SMALLEST:
                return self.to_value(arb(0, x.abs_upper()), bits=bits, **spent.stats)
            if spent.work > PATIENCE:
                break
        raise not_reached(self, x, bits)

    def to_value(self, x, *, exact: bool = False, **stats) -> Value:
        """A Value whose midpoint is a double; ``exact`` if an error of zero is to be believed."""
        mid, rad = mid_and_rad(x, stats["bits"])
        double = mpmath.mp.make_mpf(libmp.mpf_pos(mid._mpf_, _DOUBLE_BITS, "n"))
        rad = distance(mid, double, rad)
        rigor = Rigor.EXACT if exact and not rad else Rigor.ESTIMATED
        return Value(mid=double, rad=rad, rigor=rigor, using=self, stats=stats)


class FloatContext(BallContext):
    """Balls around results of double-precision routines."""

    def __init__(self, analytic: bool = False, integrand: bool = False, inner: bool = False):
        super().__init__(analytic, integrand)
        self.goal = _INNER_BITS if inner else _INTEGRAL_BITS
        self.least = arb(0)
        self.doubles = False

    def integral(self, integrand, parameters: list, points: list):
        """∫ of a program of (x, *parameters), enclosed where it can be and estimated elsewhere."""
        points = [arb(x) for x in points]
        if len(points) == 2 and not any(x.is_finite() for x in points):
            # both halves of an integral over the line have to exist
            points.insert(1, arb(0))
        try:
            value, scale = enclosed_integral(integrand, parameters, points, self.goal, self.least)
        except NotSupportedError:
            return self._from_nodes(integrand, parameters, points)
        # a zero is known by its parts; anything else may be cancellation, which more bits mend
        error = arb(value.rad())
        size = arb(2) ** -self.goal * max(abs(value), scale * arb(2) ** -4)
        if error < arb(2) ** _SLACK_BITS * max(size, self.least):
            self.doubles = True
            return value
        if value.is_finite() and ctx.prec <= _START_BITS:
            return value
        nodes = self._from_nodes(integrand, parameters, points)
        return value if value.is_finite() and error < nodes.rad() else nodes

    def _from_nodes(self, integrand, parameters: list, points: list) -> arb:
        """∫ by rules of nodes, where the integrand has no enclosure over intervals."""
        self.doubles = True
        inside = FloatContext(inner=True)

        def run(x: float, negligible: float) -> arb:
            inside.least = arb(negligible)
            return arb(real_ball(integrand.run(inside, [arb(x), *parameters])))

        def at(x: float, negligible: float) -> tuple[float, float, float]:
            y = run(x, negligible)
            # what is negligible in an inner integral may not be so in what is made of it
            if negligible and y.rad() > arb(2) ** _SLACK_BITS * max(
                arb(negligible), abs(y) * arb(2) ** -_INNER_BITS
            ):
                y = run(x, 0.0)
            size = abs(y.mid())
            log_size = -math.inf if size.is_zero() else float(size.log())
            return float(y.mid()), float(y.rad()), log_size

        def missed(point: arb, end: float) -> arb:
            """What lies between an end and its double, or its radius away from it."""
            slack = (point - end).abs_upper() if point.is_finite() else arb(0)
            if slack.is_zero():
                return arb(0)
            inside.least = arb(0)
            near = integrand.run(inside, [arb(end, slack), *parameters])
            return arb(0, (real_ball(near) * slack).abs_upper())

        doubles = [float(x.mid()) for x in points]
        with effort(work=_MOST_WORK):
            value, error = node_integral(at, doubles)
        outer = zip(points[:: len(points) - 1], doubles[:: len(points) - 1], strict=True)
        return sum(itertools.starmap(missed, outer), arb(value, error))

    def special(self, call, *args):
        if not call.prefers_double and call.has_enclosure:
            own = call.function.in_ball is not None
            context = BallContext(self.analytic) if own else super()
            enclosed = context.special(call, *args)
            if call.function.double is None or self.is_finite(enclosed):
                return enclosed
        self.doubles = True
        if call.function.double is not None:
            return _in_double(*self._loosened(call, [self.real(x) for x in args]))
        return arb(*in_mp_twice(call, [arb_mpf(self.real(x).mid()) for x in args]))

    def _loosened(self, call, balls: list[arb]) -> tuple:
        """The call with those of its fixed numbers that are no doubles among its arguments."""
        computed, fixed, loose = iter(balls), list(call.fixed), []
        for i, x in enumerate(fixed):
            if x is None:
                loose.append(next(computed))
            elif not (isinstance(x, sympy.Lambda) or _is_double(self.real(self.number(x)))):
                fixed[i] = None
                loose.append(self.real(self.number(x)))
        return replace(call, fixed=tuple(fixed)), loose


def _in_double(call, balls: list[arb]) -> arb:
    """A double-precision routine at inexact arguments: its error, and what theirs do to it."""
    if any(x.abs_upper() > _LARGEST for x in balls):
        got = ", ".join(x.str(5) for x in balls)
        raise NotSupportedError(
            explain("an argument beyond the range of doubles", got=got, hint="using=Ball()")
        )
    mids = [float(x.mid()) for x in balls]
    value, error = map(float, call.in_double(*mids))
    for i, (ball, mid) in enumerate(zip(balls, mids, strict=True)):
        if not _is_double(ball):
            slack = float((ball - mid).abs_upper())
            # a step of less than half a unit would end where it begins
            ends = (
                min(mid - slack, math.nextafter(mid, -math.inf)),
                max(mid + slack, math.nextafter(mid, math.inf)),
            )
            moved = (_double_or_nan(call, *mids[:i], end, *mids[i + 1 :]) for end in ends)
            changes = (abs(m - value) for m in moved if math.isfinite(m))
            error += max(changes, default=math.inf)
    return arb(value, error)


def _is_double(ball: arb) -> bool:
    return (ball - float(ball.mid())).is_zero()


def _double_or_nan(call, *args: float) -> float:
    """The value of a routine, not-a-number off its domain: on one side of an argument, say."""
    try:
        return float(call.in_double(*args)[0])
    except (DomainError, NotSupportedError):
        return math.nan
