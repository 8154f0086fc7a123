"""Evaluation with mpmath numbers of a private context: any precision, no enclosure.

One class keeps all promises of `MultiplePrecision`; it is as long as they are many.
"""

import functools
import operator
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager, nullcontext, suppress
from fractions import Fraction
from typing import Any, NamedTuple

import mpmath
import sympy
from flint import fmpq
from mpmath.calculus.quadrature import TanhSinh

from theorycalc.core import decimals
from theorycalc.core.arithmetic import mp_polynomials
from theorycalc.core.arithmetic.context import MultiplePrecision
from theorycalc.core.arithmetic.divergence import refuse_divergent
from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.arithmetic.hypergeometric import surviving
from theorycalc.core.arithmetic.logic import RELATIONS
from theorycalc.core.arithmetic.mp_exact import (
    MAX_EXACT_POWER,
    Exact,
    bits_from_halves,
    exact_number,
    exact_type,
    is_integer,
)
from theorycalc.core.arithmetic.mp_functions import FUNCTIONS, NAMES, known_exactly
from theorycalc.core.arithmetic.mp_integral import guided_integral, no_guide
from theorycalc.core.arithmetic.mp_series import sums_to_the_end
from theorycalc.core.arithmetic.sum_in_balls import sum_in_balls
from theorycalc.core.binary import exact_mpf
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.program import given

_CONSTANTS = {
    sympy.pi: "pi",
    sympy.E: "e",
    sympy.EulerGamma: "euler",
    sympy.Catalan: "catalan",
    sympy.GoldenRatio: "phi",
    sympy.I: "j",
    sympy.oo: "inf",
    sympy.S.NegativeInfinity: "ninf",
}
# Bits of the exponent beyond which a number inside an integral is zero or infinite.
_LONGEST_EXPONENT = 4096


class MPContext(MultiplePrecision):
    """The operations that a `Program` calls, on numbers of one private mpmath context.

    Rationals stay exact until a transcendental function meets them. What depends on the side of a
    rounded number (a relation, floor, sign) is a decision: its distance from the tie is noted, so
    that two precisions can be compared in it. ``turned`` are the decisions, by their number, that
    are taken the other way.

    A sum that lost half of the digits of its terms, or all, may be off by their rounding, which a
    later division makes large; with ``nudged`` it is, by another multiple each time. ``guide`` is
    what doubles know of an integral: a function of its program, its parameters and its points.
    """

    encloses = False

    def __init__(
        self,
        bits: int,
        goal: int | None = None,
        turned: frozenset = frozenset(),
        nudged: bool = False,
        guide: Callable = no_guide,
    ):
        own = _private_context(bits)
        weakref.finalize(self, _FREE.append, own)
        self.mp, self._exact = own.mp, own.exact
        # an integrand meets its constants at every node
        self._rationals: dict = {}
        # the bits of relative accuracy that are asked for, where they are known: an expensive
        # quadrature need not exhaust the working precision
        self.goal = goal
        # the largest relative error that a quadrature reported: two precisions that use the same
        # nodes would agree on a wrong number
        self.doubt = self.mp.zero
        # distances from ties
        self.decisions: list = []
        self._turned = turned
        # how many sums lost half of the digits of their terms
        self.vanished = 0
        self._nudged = nudged
        # imaginary parts that were taken for rounding noise
        self.imaginary: list = []
        self._noting = True
        # whether relations hold where rounding may have made them false
        self._lenient = False
        # the largest number that a sum met: what cancelled may have been as large
        self.largest = self.mp.one
        self._guide = guide

    @property
    def bits(self) -> int:
        """The working precision."""
        return self.mp.prec

    def number(self, x: sympy.Expr):
        if x.is_Rational:
            if x not in self._rationals:
                self._rationals[x] = self.exact(Fraction(int(x.p), int(x.q)))
            return self._rationals[x]
        if isinstance(x, sympy.CRootOf):
            return self.number(x.eval_rational(n=self.mp.dps + 3))
        return +getattr(self.mp, _CONSTANTS[x])

    def exact(self, x: Fraction):
        """A rational number that stays exact."""
        return exact_number(self._exact, x)

    def add(self, *terms):
        if all(isinstance(x, Exact) for x in terms):
            return functools.reduce(operator.add, terms)
        total = self.mp.fsum(terms)
        if self._noting:
            self.largest = max(self.largest, *map(abs, terms))
            size = max(abs(x) for x in terms if not isinstance(x, Exact))
            if abs(total) < size * self.mp.sqrt(self.mp.eps):
                self.vanished += 1
                rounding = size * self.mp.eps
                return total + self.vanished * rounding if self._nudged else total
        return total

    def mul(self, *factors):
        return functools.reduce(operator.mul, factors)

    def power(self, base, exponent):
        if isinstance(base, Exact) and is_integer(exponent):
            whole = exponent.value.numerator
            if abs(whole) <= MAX_EXACT_POWER and (base or whole >= 0):
                return self.exact(base.value**whole)
        return self.mp.power(base, exponent)

    def hyper(self, a: list, b: list, z):
        left = surviving(*([_end(x) for x in xs] for xs in (a, b)))
        if left is None:
            got = "; ".join(", ".join(map(self.mp.nstr, xs)) for xs in (a, b))
            raise DomainError(explain("a pole of a hypergeometric series", got=got))
        a, b = ([xs[i] for i in kept] for xs, kept in zip((a, b), left, strict=True))
        ends = [end for end in map(_end, a) if end is not None]
        if ends and min(ends) <= mp_polynomials.HIGHEST:
            return mp_polynomials.hyper(self, a, b, z, int(min(ends)))
        with self._telling(*a, *b, z):
            a, b = ([self._parameter(x) for x in xs] for xs in (a, b))
            result = self.mp.hyper(a, b, z)
        return +result

    def _telling(self, *args):
        """As many more bits as tell exact arguments from the integers and halves next to them.

        Rounded to one of them at two precisions, both results would be those of a special case.
        """
        more = max(map(bits_from_halves, args))
        return self.mp.workprec(self.bits + more) if more else nullcontext()

    def _parameter(self, x):
        """A parameter that mpmath sees to be rational."""
        return self.mp.mpq(x.value.numerator, x.value.denominator) if isinstance(x, Exact) else x

    def atan2(self, y, x):
        if x == 0 and y == 0:
            return self.mp.nan  # the origin has no angle
        if isinstance(x, self.mp.mpf) and isinstance(y, self.mp.mpf):
            return self.mp.atan2(y, x)
        # a root of rounding noise may be imaginary: the analytic continuation
        return -self.mp.j * self.mp.log((x + self.mp.j * y) / self.mp.sqrt(x * x + y * y))

    def apply(self, name: str, *args):
        """Any other function of the vocabulary, by name."""
        exactly = known_exactly(self, name, *args)
        if exactly is not None:
            return exactly
        if name == "exp" and not self._noting and self._is_huge(args[0]):
            # at a node of an integral: its size would take as many bits as the argument is large
            return self.mp.mpf("inf") if args[0] > 0 else self.mp.zero
        with self._telling(*args):
            if name in FUNCTIONS:
                result = FUNCTIONS[name](self, *args)
            else:
                result = getattr(self.mp, NAMES.get(name, name))(*args)
        return +result if type(result) is self.mp.mpf else result

    def _is_huge(self, x) -> bool:
        return isinstance(x, self.mp.mpf) and sum(x._mpf_[2:]) > _LONGEST_EXPONENT

    def real(self, x):
        """A number without the imaginary part that rounding left in it."""
        if not isinstance(x, self.mp.mpc):
            return x
        if abs(x.imag) > self.mp.ldexp(max(abs(x.real), 1), -self.bits // 3):
            raise DomainError(explain("an order of numbers that are not real", got=x))
        if self._noting:
            self.imaginary.append(exact_mpf(x.imag))
        return x.real

    def compare(self, relation: str, x, y) -> bool:
        x, y = self.real(x), self.real(y)
        truth = bool(RELATIONS[relation](x, y))
        if isinstance(x, Exact) and isinstance(y, Exact):
            return truth
        return self.decide(x - y, truth) if self.mp.isfinite(x - y) else truth

    def prefer(self, relation: str, x, y) -> bool:
        """The way of an algorithm, of which both are right: nothing is decided at a tie."""
        return bool(RELATIONS[relation](self.real(x), self.real(y)))

    def may_hold(self, condition, inputs: list) -> bool:
        if any(isinstance(x, self.mp.mpc) or x != x for x in inputs):
            return True
        with self._without_notes():
            self._lenient = True
            try:
                return bool(condition.run(self, inputs))
            finally:
                self._lenient = False

    def decide(self, distance, truth: bool) -> bool:
        """Note a decision and how far it is from a tie; the truth, or the other one if turned."""
        if self._lenient:
            return truth or abs(distance) < self.mp.sqrt(self.mp.eps)
        if not self._noting:
            return truth
        self.decisions.append(exact_mpf(distance))
        return truth != (len(self.decisions) - 1 in self._turned)

    @contextmanager
    def _without_notes(self):
        """Inside a quadrature, where the points follow the precision and a single one is nothing.

        Jumps of the integrand are end points of panels, if they are declared.
        """
        before, self._noting = self._noting, False
        try:
            yield
        finally:
            self._noting = before

    def all(self, truths: list) -> bool:
        return all(truths)

    def any(self, truths: list) -> bool:
        return any(truths)

    def negate(self, truth: bool) -> bool:
        return not truth

    def select(self, branches):
        """The first branch whose condition holds."""
        for condition, branch in branches:
            if condition():
                return branch()
        return self.mp.nan

    def integral(self, integrand, parameters: list, points: list):
        """∫ of a program of (x, *parameters), by tanh–sinh quadrature between the points."""
        numbers = [*parameters, points[1]]
        if points[0] == 0 and all(map(self._is_rational, numbers)):
            *fixed, end = (fmpq(*map(int, self.rational(x).as_numer_denom())) for x in numbers)
            refuse_divergent(integrand, fixed, end)

        functions: dict[int, Callable] = {}  # by precision: the rule raises it for its nodes

        def function(x):
            spend(1, self.bits)
            if self.bits not in functions:
                functions[self.bits] = given(integrand, self, parameters)
            return functions[self.bits](x)

        # one inside another is held against doubles with the outermost one
        guide = self._guide(integrand, parameters, points) if self._noting else None
        with self._without_notes():
            total, error = guided_integral(self.mp, function, points, guide)
        self.is_off_by(error, total)
        return total

    def infinite_sum(self, series, first: int, parameters: list):
        """Σ of a series of (index, *parameters), whose remainder is known in balls only."""
        total, error = sum_in_balls(series, first, [self._parts(x) for x in parameters], self.bits)
        real, *imaginary = (self.mp.make_mpf(x._mpf_) for x in total)
        value = self.mp.mpc(real, *imaginary) if imaginary else +real
        self.is_off_by(self.mp.convert(error), value)
        return value

    def is_off_by(self, error, value) -> None:
        """Note the error that an algorithm reported of its result."""
        if value:
            self.doubt = max(self.doubt, abs(error / value))

    def _parts(self, x) -> list[sympy.Rational]:
        """Real part and imaginary one, if there is any, of a number."""
        parts = (x.real, x.imag) if isinstance(x, self.mp.mpc) else (x,)
        return [self.rational(part) for part in parts]

    def tanh_sinh_level(self, level: int) -> list:
        """Nodes that the tanh–sinh rule of the step 2^−level on [−1, 1] adds, and their weights."""
        nodes = TanhSinh(self.mp).get_nodes(-1, 1, level, self.mp.prec)
        spend(len(nodes), self.bits)
        return [(x, self.mp.ldexp(w, -level)) for x, w in nodes]

    def midpoint(self, x):
        """The number itself."""
        return x

    def _is_rational(self, x) -> bool:
        """Whether a number is real and finite."""
        return isinstance(x, Exact) or (isinstance(x, self.mp.mpf) and self.mp.isfinite(x))

    def rational(self, x) -> sympy.Rational:
        """The exact value of a number."""
        if isinstance(x, Exact):
            return sympy.Rational(x.value)
        return sympy.Rational(*decimals.ratio(x._mpf_))

    def negligible(self, x) -> bool:
        """Whether a cut-off error is below the working precision."""
        return abs(x) < self.mp.eps

    def widen(self, x, radius):
        # The cut-off of a tail is covered by comparing two precisions: it depends on them.
        return x

    def fixed(self, x):
        """The number itself: no variable of a quadrature moves here."""
        return x

    def scalarwise(self, function, *args):
        return function(*args)

    def integer(self, x) -> int:
        if not self.mp.isint(x):
            raise DomainError(explain("the limit of a sum is not an integer", got=x))
        return int(x)

    def special(self, call, *args):
        result = call.in_mp(self, *args)
        if result is None:
            return self.mp.nan  # nothing was enclosed
        if call.function.in_mp is not None and isinstance(result, Exact):
            return +result  # an algorithm's own rational is an approximation
        return result


class _Private(NamedTuple):
    """A context of mpmath that one evaluation uses at a time, and its exact numbers."""

    bits: int
    mp: Any
    exact: type


# Those that no evaluation uses: a new one takes longer than a short formula, and has to compute the
# nodes of its quadratures.
_FREE: deque[_Private] = deque(maxlen=32)


def _private_context(bits: int) -> _Private:
    """One of this precision, which is taken off those that are free."""
    for free in tuple(_FREE):
        with suppress(ValueError):  # another thread may have taken it
            if free.bits == bits:
                _FREE.remove(free)
                free.mp.prec = bits  # an evaluation that was broken off may have left another
                return free
    mp = mpmath.mp.clone()
    mp.prec = bits
    sums_to_the_end(mp)
    return _Private(bits, mp, exact_type(mp))


def _end(x) -> int | None:
    """m of a parameter −m, with which a hypergeometric series ends."""
    return int(-x.value) if is_integer(x) and x <= 0 else None
