"""Evaluation of a program on power series: Taylor coefficients with enclosures."""

from contextlib import contextmanager

from flint import arb, arb_poly, arb_series, ctx, fmpq

from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.context import PowerSeries
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


class SeriesContext(BallContext, PowerSeries):
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

    def infinite_sum(self, series, first: int, parameters: list):
        if _any_series(*parameters):
            raise NotSupportedError(explain("a power series of an infinite sum"))
        return super().infinite_sum(series, first, parameters)

    def may_hold(self, condition, inputs: list) -> bool:
        return _any_series(*inputs) or super().may_hold(condition, inputs)

    def is_series(self, x) -> bool:
        """Whether a number is a power series."""
        return _any_series(x)

    def constant_term(self, x):
        """x(0) of a power series, or the number itself."""
        return _constant_term(x)

    @property
    def length(self) -> int:
        """How many coefficients are kept."""
        return ctx.cap

    def composed(self, coefficients: list, rest, inner):
        """Σ c_k x^k of a power series x with |x(0)| < 1.

        All |c_k| beyond the given coefficients have a sum of at most ``rest``. A coefficient of the
        result is known where C(k, j) |x(0)|^{k − j} falls in k beyond those that are given.
        """
        head = inner[0]
        shifted = list(arb_poly(coefficients)(arb_poly([head, 1])))
        if head != 0:
            shifted = self._with_rest(shifted, rest, abs(head), len(coefficients))
        return arb_series(shifted)(arb_series([0, *list(inner)[1:]]))

    def _with_rest(self, shifted: list, rest, size, count: int) -> list:
        """Taylor coefficients of a polynomial as those of the power series that it begins."""
        binomial, found = arb(1), []
        for j, coefficient in enumerate(shifted[: ctx.cap]):
            falls = count + 1 - j > size * (count + 1)
            largest = binomial * size ** (count - j) if falls else arb("inf")
            found.append(self.widen(coefficient, rest * largest))
            binomial = binomial * (count - j) / (j + 1)
        return found

    def special(self, call, *args):
        return call.in_series(self, *args) if _any_series(*args) else super().special(call, *args)


def _any_series(*args) -> bool:
    return any(isinstance(x, arb_series) for x in args)


def _constant_term(x) -> arb:
    return x[0] if isinstance(x, arb_series) else arb(x)
