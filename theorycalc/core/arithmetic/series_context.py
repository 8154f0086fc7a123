"""Evaluation of a program on power series: Taylor coefficients with enclosures.

The constant term may be a wide ball: the coefficients then are those at every point of it.
"""

from collections.abc import Callable

from flint import acb, arb, arb_poly, arb_series, ctx, fmpq

from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.context import PowerSeries
from theorycalc.core.arithmetic.logic import known_branch
from theorycalc.core.arithmetic.taylor_points import POINTS, truncated
from theorycalc.core.arithmetic.taylor_ranges import is_narrow, taylor_range
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.program import Program

# Functions of the vocabulary that Arb composes with power series.
_COMPOSED = {
    *("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("erf", "erfc", "erfi", "gamma", "rgamma"),
}
# Functions that are constant beside their jumps, with the distance to these.
_STEPS = ("sign", "heaviside", "floor", "ceiling")
_MINUS_ONE = fmpq(-1)


def _gammas(context, above: list, below: list):
    """A quotient of products of Γ at positive arguments."""
    logarithms = [context.apply("loggamma", x) for x in above]
    logarithms += [context.mul(_MINUS_ONE, context.apply("loggamma", x)) for x in below]
    return context.apply("exp", context.add(*logarithms))


def _beta(context, a, b):
    return _gammas(context, [a, b], [context.add(a, b)])


def _rising(context, x, n):
    return _gammas(context, [context.add(x, n)], [x])


def _binomial(context, n, k):
    one, minus_k = fmpq(1), context.mul(_MINUS_ONE, k)
    below = [context.add(k, one), context.add(n, minus_k, one)]
    return _gammas(context, [context.add(n, one)], below)


# Functions that are written with others, for arguments at which these are defined.
_WRITTEN: dict[str, Callable] = {
    "rgamma": lambda context, x: context.power(context.apply("gamma", x), _MINUS_ONE),
    "beta": _beta,
    "rising": _rising,
    "binomial": _binomial,
}


def taylor_coefficients(program: Program, length: int) -> list:
    """Enclosures of the first coefficients at 0 of a program of one input.

    Raises
    ------
    NotSupportedError
        If an operation is not implemented for power series, or the program has kinks or jumps
        beside which another series holds.
    """
    with truncated(length):
        result = SeriesContext(everywhere=True).series(program, arb(0))
        return list(result) + [arb(0)] * (length - len(result))


def taylor_on(program: Program, x: arb, length: int) -> list[arb]:
    """Enclosures of the first coefficients at every point of a ball, of a program of one input.

    They are not finite where the program may not be smooth on all of the ball.
    """
    with truncated(length):
        result = SeriesContext().series(program, x)
        return list(result) + [arb(0)] * (length - len(result))


class SeriesContext(BallContext, PowerSeries):
    """The operations of `BallContext` where an argument may be a power series.

    Parameters
    ----------
    everywhere : bool
        Whether the series has to stand for the program everywhere, and not only on the ball around
        which it is expanded: kinks and jumps are then refused.
    """

    def __init__(self, everywhere: bool = False):
        super().__init__()
        self.everywhere = everywhere

    def series(self, program: Program, x: arb) -> arb_series:
        """A program of one input around a ball."""
        result = program.run(self, [arb_series([x, 1])])
        return result if isinstance(result, arb_series) else arb_series([_real(result)])

    def add(self, *terms):
        return super().add(*_of_one_kind(terms))

    def mul(self, *factors):
        return super().mul(*_of_one_kind(factors))

    def power(self, base, exponent):
        base, exponent = _of_one_kind((base, exponent))
        if not _any_series(base, exponent):
            return super().power(base, exponent)
        if not isinstance(base, arb_series) or isinstance(exponent, arb_series):
            return self.apply("exp", self.mul(exponent, self.apply("log", base)))
        if isinstance(exponent, fmpq) and is_narrow(base[0]):
            if exponent.q == 1:
                return base ** int(exponent.p)
            if exponent.q == 2:
                return base.sqrt() ** int(exponent.p)
            return (base.log() * exponent).exp()
        return _composed("power", base, arb(exponent))

    def hyper(self, a: list, b: list, z):
        if _any_series(*a, *b, z):
            raise NotSupportedError(explain("a hypergeometric function of a power series"))
        return super().hyper(a, b, z)

    def atan2(self, y, x):
        if not _any_series(y, x):
            return super().atan2(y, x)
        if _constant_term(x) > 0:
            return self.apply("atan", self.mul(y, self.power(x, _MINUS_ONE)))
        raise NotSupportedError(explain("a power series of atan2 left of the imaginary axis"))

    def apply(self, name: str, *args):
        if not _any_series(*args):
            return super().apply(name, *args)
        args = _of_one_kind(args)
        if name in ("max", "min"):
            return self._extreme(">=" if name == "max" else "<=", *args)
        if name == "abs" or name in _STEPS:
            return self._switch(name, *args)
        *fixed, x = args
        narrow = isinstance(x, arb_series) and is_narrow(x[0])
        if len(args) == 1 and name in _COMPOSED and narrow:
            return getattr(x, name)()
        if name in _WRITTEN:
            return _WRITTEN[name](self, *args)
        if name not in POINTS or _any_series(*fixed):
            raise NotSupportedError(explain(f"{name} of a power series"))
        return _composed(name, x, *map(arb, fixed))

    def _switch(self, name: str, x, *values):
        """|x| or a step, where no kink and no jump is near."""
        self._refuse_switches(name)
        start = x[0]
        if name == "abs":
            return x if start > 0 else -x if start < 0 else _nowhere()
        step = super().apply(name, start, *values)
        if name in ("floor", "ceiling") and start.contains_integer():
            return _nowhere()
        return step if start != 0 and _real(step).is_exact() else _nowhere()

    def _extreme(self, relation: str, first, *others):
        for x in others:
            truth = self.compare(relation, first, x)
            if truth is None:
                return _nowhere()
            first = first if truth else x
        return first

    def _refuse_switches(self, what: str) -> None:
        if self.everywhere:
            raise NotSupportedError(explain(f"{what} of power series"))

    def compare(self, relation: str, x, y) -> bool | None:
        if not _any_series(x, y):
            return super().compare(relation, x, y)
        self._refuse_switches("a comparison")
        x, y = map(_constant_term, _of_one_kind((x, y)))
        # at equal numbers another branch may begin
        return None if (x - y).contains(0) else super().compare(relation, x, y)

    def select(self, branches):
        """The branch that holds on the whole ball; none where that is not known."""
        return known_branch(branches, _nowhere())

    def integral(self, integrand, parameters: list, points: list):
        if _any_series(*parameters, *points):
            raise NotSupportedError(explain("a power series of an integral"))
        return super().integral(integrand, parameters, points)

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
        return _power_sum(shifted, [arb(0), *list(inner)[1:]])

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


def _composed(name: str, inner: arb_series, *parameters: arb) -> arb_series:
    """A function of a power series, by its coefficients on the ball of the constant term."""
    found = arb_series(taylor_range(name, inner[0], ctx.cap, *parameters))
    rest = list(inner)[1:]
    return found if rest == [1] else found(arb_series([0, *rest]))


def _power_sum(outer: list, inner: list) -> arb_series:
    """Σ a_k x^k of a power series x without constant term.

    Where x is odd and the sum is odd or even, as in networks of odd activations, it is x or 1 times
    a power series in the square of the variable, of half the length.
    """
    parity = next((p for p in (0, 1) if all(a.is_zero() for a in outer[1 - p :: 2])), None)
    # FLINT composes nothing of one coefficient
    if ctx.cap < 3 or parity is None or not all(x.is_zero() for x in inner[::2]):
        return arb_series(outer)(arb_series(inner))
    with truncated((ctx.cap + 1) // 2):
        odd = arb_series(inner[1::2])
        found = arb_series(outer[parity::2])(odd * odd * arb_series([0, 1]))
        half = list(found * odd if parity else found)
    whole = [arb(0)] * (2 * len(half) + 1)
    whole[parity : parity + 2 * len(half) : 2] = half
    return arb_series(whole)


def _nowhere() -> arb_series:
    """What is not known."""
    return arb_series([arb.nan()] * ctx.cap)


def _any_series(*args) -> bool:
    return any(isinstance(x, arb_series) for x in args)


def _of_one_kind(args) -> list:
    """Real numbers beside power series."""
    if not _any_series(*args):
        return list(args)
    return [x if isinstance(x, arb_series | fmpq) else _real(x) for x in args]


def _real(x) -> arb:
    """A number that is real, or not finite."""
    if not isinstance(x, acb):
        return arb(x)
    if x.is_finite() and not x.imag.is_zero():
        raise NotSupportedError(explain("complex numbers in a power series"))
    return x.real if x.is_finite() else arb.nan()


def _constant_term(x) -> arb:
    return x[0] if isinstance(x, arb_series) else arb(x)
