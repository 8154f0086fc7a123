"""Evaluation of a program on power series: Taylor coefficients with enclosures."""

from contextlib import contextmanager

from flint import arb, arb_series, ctx, fmpq

from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.program import Program

# Functions of the vocabulary that Arb composes with power series.
_COMPOSED = {
    *("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("erf", "erfc", "erfi", "gamma", "rgamma"),
}


def taylor_coefficients(program: Program, length: int) -> list:
    """Enclosures of the first coefficients at 0 of a program of one input.

    Raises
    ------
    NotSupportedError
        If an operation is not implemented for power series.
    """
    with _truncated(length):
        result = program.run(SeriesContext(), [arb_series([0, 1])])
        found = list(result) if isinstance(result, arb_series) else [arb(result)]
    return found + [arb(0)] * (length - len(found))


@contextmanager
def _truncated(length: int):
    before = ctx.cap
    ctx.cap = length
    try:
        yield
    finally:
        ctx.cap = before


class SeriesContext(BallContext):
    """The operations of `BallContext` where an argument may be a power series."""

    def power(self, base, exponent):
        if not isinstance(base, arb_series):
            return super().power(base, exponent)
        if isinstance(exponent, fmpq) and exponent.q == 1:
            return base ** int(exponent.p)
        if isinstance(exponent, fmpq) and exponent.q == 2:
            return base.sqrt() ** int(exponent.p)
        return (base.log() * exponent).exp()

    def atan2(self, y, x):
        if not _any_series(y, x):
            return super().atan2(y, x)
        quotient = arb_series([1]) * y / x
        if _constant_term(x) > 0:
            return quotient.atan()
        raise NotSupportedError(explain("a power series of atan2 left of the imaginary axis"))

    def apply(self, name: str, *args):
        if not _any_series(*args):
            return super().apply(name, *args)
        if name not in _COMPOSED:
            raise NotSupportedError(explain(f"{name} of a power series"))
        return getattr(args[0], name)()

    def compare(self, relation: str, x, y) -> bool | None:
        if _any_series(x, y):
            raise NotSupportedError(explain("a comparison of power series"))
        return super().compare(relation, x, y)

    def special(self, call, *args):
        return call.in_series(self, *args) if _any_series(*args) else super().special(call, *args)


def _any_series(*args) -> bool:
    return any(isinstance(x, arb_series) for x in args)


def _constant_term(x) -> arb:
    return x[0] if isinstance(x, arb_series) else arb(x)
