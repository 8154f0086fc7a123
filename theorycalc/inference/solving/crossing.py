"""Roots and extrema of expressions between two points, as functions of their parameters."""

from functools import lru_cache

import sympy
from sympy import Expr, Rational, S

from theorycalc.core.arithmetic.ball_context import GUARD_BITS, working_precision
from theorycalc.core.arithmetic.float import FloatContext
from theorycalc.core.errors import PrecisionError, explain
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction
from theorycalc.inference.solving import crossing_in_doubles

_MOST_STEPS = 60
# Two neighbouring points around a root in doubles, relative to it.
_APART = Rational(1, 10**9)
# The first parabola at an extremum spans 2^−30 of its place.
_FIRST_BITS = 30


class Crossing(SpecialFunction):
    """A point between a and b where f(x, *parameters) changes its sign.

    Arguments are (x, *parameters) ↦ f, a, b and the parameters. Under `Ball` the signs on both
    sides of the enclosure are proved.

    Examples
    --------
    >>> import sympy
    >>> from theorycalc.inference.solving.crossing import Crossing
    >>> x = sympy.Symbol("x")
    >>> sympy.N(Crossing(sympy.Lambda(x, sympy.cos(x) - x), 0, 1), 20)
    0.73908513321516064166
    """

    functions = (sympy.Lambda,)

    def _eval_is_extended_real(self):
        return True

    def _eval_is_extended_positive(self):
        return True if self.args[1].is_nonnegative else None

    @staticmethod
    def double(function, a, b, *parameters):
        return crossing_in_doubles.crossing(program(function), _error, a, b, *parameters)

    @staticmethod
    def in_mp(context, function, a, b, *parameters):
        numbers = [context.mp.mpf(x) for x in (a, b, *parameters)]
        start, _ = Crossing.double(function, *map(float, numbers))

        def at(x):
            return program(function).run(context, [x, *numbers[2:]])

        x, step = _secant(context, at, context.mp.mpf(float(start)))
        return x + step if numbers[0] <= x + step <= numbers[1] else context.mp.nan

    @staticmethod
    def in_nodes(context, function, a, b, *parameters):
        """The same in numbers of a `NodeContext`, without an enclosure of the error."""
        centres = [context.midpoint(x) for x in parameters]
        x, step, _ = _near(context, function, a, b, centres)
        return context.midpoint(x + step)

    @staticmethod
    def in_ball(context, function, a, b, *parameters):
        centres = [context.midpoint(x) for x in parameters]
        x, step, rising = _near(context, function, a, b, centres)
        x = context.midpoint(x + step)
        unit = abs(x) * context.number(S(2)) ** (8 - context.bits)
        radius = context.midpoint(abs(step) + unit)
        zero = context.number(S.Zero)
        for _ in range(context.bits):
            left, right = (
                program(function).run(context, [context.midpoint(end), *parameters])
                for end in (x - radius, x + radius)
            )
            below, above = (left, right) if rising else (right, left)
            if context.compare("<", below, zero) and context.compare(">", above, zero):
                return context.widen(x, radius)
            radius = context.midpoint(4 * radius)
        return context.widen(x, context.number(sympy.oo))

    def in_latex(self, printer):
        function, a, b, *parameters = self.args
        x = function.variables[0]
        body, a, b = map(printer._print, (function(x, *parameters), a, b))
        return rf"\left\{{{printer._print(x)} \in [{a}, {b}] : {body} = 0\right\}}"


class Extremum(SpecialFunction):
    """The value of f(x, *parameters) at its largest or smallest point between a and b.

    ``sign`` is 1 for a maximum and −1 for a minimum. Arguments are f, the sign, a, b and the
    parameters. `Ball` encloses f between two points that are proved to be lower than one between
    them, or higher: a local extremum.

    Examples
    --------
    >>> import sympy
    >>> from theorycalc.inference.solving.crossing import Extremum
    >>> x = sympy.Symbol("x")
    >>> sympy.N(Extremum(sympy.Lambda(x, x * sympy.exp(-x)), 1, 0, 3) * sympy.E, 15)
    1.00000000000000
    """

    functions = (sympy.Lambda,)

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def double(function, sign, a, b, *parameters):
        return crossing_in_doubles.extremum(program(function), _error, sign, a, b, *parameters)

    @staticmethod
    def in_mp(context, function, sign, a, b, *parameters):
        numbers = [context.mp.mpf(x) for x in (a, b, *parameters)]
        place = crossing_in_doubles.place(program(function), float(sign), *map(float, numbers))
        closest = context.bits // 2
        with context.mp.workprec(2 * context.bits):
            x = context.mp.mpf(place)

            def at(x):
                return program(function).run(context, [x, *numbers[2:]])

            for bits in (_FIRST_BITS, closest):
                h = abs(x) * context.mp.ldexp(1, -bits)
                x = _vertex(at, x, h)
            return at(x)

    @staticmethod
    def in_ball(context, function, sign, a, b, *parameters):
        centres = [context.midpoint(x) for x in parameters]
        numbers = map(context.as_float, (sign, a, b, *centres))
        place, body = crossing_in_doubles.place(program(function), *numbers), program(function)
        result = context.bits
        # levels differ by the square of what places do
        with working_precision(2 * result + GUARD_BITS):

            def at(x):
                return context.midpoint(body.run(context, [context.midpoint(x), *centres]))

            def level(x):
                return sign * body.run(context, [x, *parameters])

            x = context.real(context.number(Rational(place)))
            for bits in (_FIRST_BITS, result // 2):
                h = abs(x) * context.number(S(2)) ** -bits
                x = context.midpoint(_vertex(at, x, h))
            radius, top = context.midpoint(abs(x) * context.number(S(2)) ** -result), level(x)
            for _ in range(result):
                sides = (level(context.midpoint(end)) for end in (x - radius, x + radius))
                if all(context.compare("<", side, top) for side in sides):
                    return sign * level(context.widen(x, radius))
                radius = context.midpoint(4 * radius)
        raise PrecisionError(explain("no point is proved to be beyond both sides", got=x))

    def in_latex(self, printer):
        function, sign, a, b, *parameters = self.args
        x = function.variables[0]
        body, x, a, b = map(printer._print, (function(x, *parameters), x, a, b))
        return rf"\{'max' if sign == 1 else 'min'}_{{{x} \in [{a}, {b}]}} {body}"


@lru_cache(maxsize=1024)
def program(function: sympy.Lambda) -> Program:
    """The program of a Lambda."""
    return lower(function.expr, function.variables)


def crossing(f: Expr, x: sympy.Symbol, a, b) -> Expr:
    """The root of f between a and b, in the other free symbols of f."""
    parameters = sorted(f.free_symbols - {x}, key=str)
    return Crossing(sympy.Lambda((x, *parameters), f), a, b, *parameters)


def extremum(f: Expr, x: sympy.Symbol, a, b, sign: int = 1) -> Expr:
    """The largest value of f between a and b, or with sign −1 the smallest."""
    parameters = sorted(f.free_symbols - {x}, key=str)
    return Extremum(sympy.Lambda((x, *parameters), f), sign, a, b, *parameters)


def _error(body: Program, *numbers: float) -> float:
    """What a program at doubles may be off, by the errors of the functions in it."""
    context = FloatContext()
    exactly = [context.number(Rational(x)) for x in numbers]
    value = context.real(body.run(context, exactly))
    return float(value.rad())


def _vertex(at, x, h):
    """Where the parabola through three points has its vertex."""
    left, middle, right = at(x - h), at(x), at(x + h)
    return x - h / 2 * (right - left) / (right - 2 * middle + left)


def _near(context, function, a, b, centres: list) -> tuple:
    """A root of the function at the centres of its parameters, its next step, and the direction."""
    ends = [context.as_float(x) for x in (a, b)]
    start, _ = Crossing.double(function, *ends, *map(context.as_float, centres))

    def at(x):
        return context.midpoint(program(function).run(context, [x, *centres]))

    begun = context.midpoint(context.real(context.number(Rational(float(start)))))
    x, step = _secant(context, at, begun)
    shift = abs(x) * context.number(_APART)
    rising = context.as_float(at(context.midpoint(x + shift)) - at(context.midpoint(x - shift))) > 0
    return x, step, rising


def _secant(context, at, x) -> tuple:
    """A point near a root, by secants from a double, and the step that is left."""
    before = x * (1 + context.number(_APART))
    y_before, tiny = at(before), context.number(S(2)) ** -(context.bits // 2 + 16)
    for _ in range(_MOST_STEPS):
        y = at(x)
        if y == y_before:
            return x, x - x
        step = -y * (x - before) / (y - y_before)
        # the next step would be about the product of the last two
        if abs(step) <= abs(x) * tiny:
            return x, step
        before, y_before, x = x, y, context.midpoint(x + step)
    raise PrecisionError(explain("the secants do not converge to a root", got=x))
