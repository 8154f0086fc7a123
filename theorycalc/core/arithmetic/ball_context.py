"""Evaluation with enclosures: the numbers are exact rationals, real balls and complex balls.

One class keeps all promises of `Enclosures`; it is as long as they are many.
"""

import functools
import operator

import sympy
from flint import acb, arb, arb_poly, ctx, fmpq

from theorycalc.core.arithmetic.any_ball import NAN, NotHolomorphic, hyper, whole
from theorycalc.core.arithmetic.ball_functions import REAL
from theorycalc.core.arithmetic.ball_integral import piecewise_integral
from theorycalc.core.arithmetic.complex_ball_functions import COMPLEX, CONTINUED
from theorycalc.core.arithmetic.context import Enclosures
from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.arithmetic.infinite_sum import infinite_sum
from theorycalc.core.arithmetic.logic import RELATIONS
from theorycalc.core.errors import DomainError, NotSupportedError, explain

_CONSTANTS = {
    sympy.pi: arb.pi,
    sympy.E: arb.const_e,
    sympy.EulerGamma: arb.const_euler,
    sympy.Catalan: arb.const_catalan,
    sympy.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
    sympy.I: lambda: acb(0, 1),
    sympy.oo: arb.pos_inf,
    sympy.S.NegativeInfinity: arb.neg_inf,
}

# What rounding takes off a result that loses no digits otherwise.
GUARD_BITS = 24
# Beyond this size an exact rational costs more than the ball that contains it.
_MAX_RATIONAL_BITS = 4096
_MAX_EXACT_POWER = 256
_EQUALITIES = ("==", "!=")


def working_precision(bits: int):
    """Context manager for the precision of the balls inside (per process: use no threads)."""
    return ctx.workprec(bits)


def working_bits() -> int:
    """The precision of the balls that are made now."""
    return ctx.prec


def parts_of(x: arb) -> tuple:
    """The exact midpoint and radius of a finite ball, which can be a key."""
    return tuple(x.mid().man_exp()), tuple(x.rad().man_exp())


def ball_of(parts: tuple) -> arb:
    """The ball with this midpoint and radius."""
    return arb(*map(arb, parts))


class BallContext(Enclosures):
    """The operations that a `Program` calls, on enclosures.

    Rationals stay exact until a transcendental function meets them, so that comparisons, integer
    parameters and differences such as 1 − ρ are exact. Where a real function is not defined on the
    whole ball, its complex extension encloses it; the final value must contain a real number. A
    number whose imaginary part may be zero is read as real where only real numbers are allowed.

    Parameters
    ----------
    analytic : bool
        Whether complex balls stand for a variable in which the result must be holomorphic, as a
        quadrature asks: |x|, floor and relations then stand for the branch that continues the real
        function, and where no branch does on the whole ball the result is not finite or
        `NotHolomorphic` is raised. Real balls and rationals do not move with the variable, and are
        treated as always. Otherwise |z| is a modulus, and an order of numbers that are not real is
        refused.
    integrand : bool
        Whether values of an integrand are asked for: a modulus of numbers that are not real, which
        has no holomorphic continuation, is refused too.
    """

    encloses = True
    undefined = NAN  # where nothing is known

    def __init__(self, analytic: bool = False, integrand: bool = False):
        self.analytic = analytic
        self.integrand = integrand

    @property
    def bits(self) -> int:
        """The working precision."""
        return ctx.prec

    def number(self, x: sympy.Expr):
        if x.is_Rational:
            return fmpq(int(x.p), int(x.q))
        if isinstance(x, sympy.CRootOf):
            return self._root(x)
        return _CONSTANTS[x]()

    def _root(self, x: sympy.CRootOf):
        """A real root of a polynomial, from an isolating interval."""
        places = int(ctx.prec * 0.302) + 2
        if not x.is_real:
            raise NotSupportedError(explain("a complex root of a polynomial", got=x))
        near = arb(self.number(x.eval_rational(n=places)))
        return near + arb(0, abs(near) * arb(10) ** -places)  # its error is relative

    def add(self, *terms):
        return _tidy(functools.reduce(operator.add, terms))

    def mul(self, *factors):
        return _tidy(functools.reduce(operator.mul, factors))

    def power(self, base, exponent):
        if isinstance(exponent, fmpq) and exponent.q == 1:
            return _integer_power(base, int(exponent.p))
        if isinstance(exponent, fmpq) and exponent.q == 2:
            return _integer_power(self.apply("sqrt", base), int(exponent.p))
        if isinstance(exponent, fmpq) and exponent.q == 4 and isinstance(base, arb) and base > 0:
            return base.root(4) ** int(exponent.p)  # a root costs less than a logarithm
        if not isinstance(base, acb) and not isinstance(exponent, acb):
            result = arb(base) ** arb(exponent)
            if result.is_finite():
                return result
        return self._complex_power(acb(base), acb(exponent), self._moves(base, exponent))

    def _complex_power(self, base: acb, exponent: acb, moves: bool):
        if base.contains(0) and not moves and exponent.real > 0 and exponent.imag.is_zero():
            radius = base.abs_upper() ** exponent.real
            return acb(arb(0, radius), arb(0, radius))
        return base.pow(exponent, analytic=moves)

    def hyper(self, a: list, b: list, z):
        if isinstance(z, acb):
            on_cut = len(a) == len(b) + 1 and z.imag.contains(0) and not z.real < 1
            return NAN if self.analytic and on_cut else hyper(a, b, z, acb)
        if acb not in map(type, (*a, *b)):
            result = hyper(a, b, z, arb)
            if result.is_finite():
                return result
        return hyper(a, b, z, acb)

    def atan2(self, y, x):
        if not self._moves(x, y):
            x, y = self.real(x), self.real(y)
            # the origin has no angle; of what is no number Arb knows that it is between −π and π
            angle = x.is_finite() and y.is_finite() and not (x.is_zero() and y.is_zero())
            return arb.atan2(y, x) if angle else NAN
        x, y = acb(x), acb(y)
        if x.real > 0:
            return self.apply("atan", y / x)
        quarter = arb.pi() / 2
        if y.real > 0:
            return quarter - self.apply("atan", x / y)
        return -quarter - self.apply("atan", x / y) if y.real < 0 else NAN

    def apply(self, name: str, *args):
        """Any other function of the vocabulary, by name."""
        if acb not in map(type, args):
            result = REAL[name](*map(arb, args)) if name in REAL else NAN
            if result.is_finite() or name not in COMPLEX:
                return result
            return COMPLEX[name](*map(acb, args), analytic=False)
        if name in COMPLEX:
            return COMPLEX[name](*map(acb, args), analytic=self.analytic)
        if name in CONTINUED and self.analytic:
            return CONTINUED[name](*map(acb, args))
        if name == "abs" and not self.integrand:
            return abs(*args)
        if self.analytic:
            raise NotSupportedError(
                explain(f"{name} of a complex ball has no enclosure", hint="using=MP()")
            )
        return REAL[name](*map(self.real, args))

    def _moves(self, *args) -> bool:
        """Whether numbers stand for a variable in which results must be holomorphic."""
        return self.analytic and acb in map(type, args)

    def real(self, x) -> arb:
        """A number where only real ones are allowed.

        Raises
        ------
        DomainError
            If it is surely not real.
        """
        if not isinstance(x, acb):
            return arb(x)
        if x.is_finite() and not x.imag.contains(0):
            raise DomainError(
                explain(
                    "not a real number where an order, a sign or an integral needs one",
                    got=x.str(10),
                )
            )
        return x.real

    def variable(self, x) -> acb:
        """A number as a variable in which an analytic context makes results holomorphic."""
        return acb(x)

    def is_real(self, x) -> bool:
        """Whether a number is known to be real."""
        return not isinstance(x, acb) or x.imag.is_zero()

    def vanishes(self, x) -> bool:
        """Whether a number is known to be zero."""
        return x == 0 if isinstance(x, fmpq) else bool(x.is_zero())

    def may_hold(self, condition, inputs: list) -> bool:
        if not all(map(self.is_real, inputs)):
            return True
        return condition.run(self, inputs) is not False

    # Three-valued logic: True, False, or None when the balls do not tell.

    def compare(self, relation: str, x, y) -> bool | None:
        if isinstance(x, fmpq) and isinstance(y, fmpq):
            return RELATIONS[relation](x, y)
        if self._moves(x, y):
            return self._compare_moving(relation, acb(x - y))
        if relation in _EQUALITIES and isinstance(difference := x - y, acb):
            if difference.contains(0) and not difference.is_zero():
                return None
            return difference.is_zero() == (relation == "==")
        difference = self.real(x) - self.real(y)
        positive, negative = bool(difference > 0), bool(difference < 0)
        zero = difference.is_zero()
        if not (positive or negative or zero):
            return None
        return RELATIONS[relation](positive - negative, 0)

    def prefer(self, relation: str, x, y) -> bool:
        """The way of an algorithm, of which both are right: the second where balls do not tell."""
        return bool(self.compare(relation, x, y))

    def _compare_moving(self, relation: str, difference: acb) -> bool:
        """A relation that does not change where the variable moves."""
        if difference.is_zero():
            return RELATIONS[relation](0, 0)
        if relation in _EQUALITIES and not difference.contains(0):
            return relation == "!="
        if difference.real.contains(0) or not difference.is_finite():
            raise NotHolomorphic
        return RELATIONS[relation](1 if difference.real > 0 else -1, 0)

    def all(self, truths: list) -> bool | None:
        return False if False in truths else None if None in truths else True

    def any(self, truths: list) -> bool | None:
        return True if True in truths else None if None in truths else False

    def negate(self, truth: bool | None) -> bool | None:
        return None if truth is None else not truth

    def select(self, branches):
        """The first branch whose condition holds, or the hull of all that may be it."""
        possible = []
        for condition, branch in branches:
            truth = condition()
            if truth is True:
                possible.append(branch())
                break
            if truth is None:
                possible.append(self._if_defined(branch))
        else:
            possible.append(self.undefined)  # no branch may apply
        # a condition that is undecided here does not move with the variable
        return functools.reduce(self.hull, possible)

    def _if_defined(self, branch):
        """A branch that may not be the one: where it is not defined, nothing is known."""
        try:
            return branch()
        except DomainError:
            return self.undefined

    def integral(self, integrand, parameters: list, points: list):
        """∫ of a piecewise holomorphic program of (x, *parameters) over the points."""
        if not self.analytic:
            points = [self.real(point) for point in points]
        values = type(self)(analytic=self.analytic, integrand=True)
        bounds = type(self)(analytic=True)
        return piecewise_integral(integrand, parameters, points, values, bounds)

    def infinite_sum(self, series, first: int, parameters: list):
        """Σ of a series of (index, *parameters) from the first index on."""
        values, bounds = BallContext(self.analytic, self.integrand), BallContext(analytic=True)
        return infinite_sum(series, first, parameters, values, bounds)

    def gauss_rule(self, size: int) -> list:
        """Nodes and weights of the Gauss–Legendre rule of this size on [−1, 1]."""
        spend(size, ctx.prec)
        return _legendre_rule(size, ctx.prec)

    def convolve(self, xs: list, ys: list) -> list:
        """Σ_i x_i y_{k−i} for every k: the product of two polynomials."""
        product = arb_poly([arb(x) for x in xs]) * arb_poly([arb(y) for y in ys])
        return [product[k] for k in range(len(xs) + len(ys) - 1)]

    def rational(self, x) -> sympy.Rational | None:
        """The exact rational that a number is known to be, or None."""
        return sympy.Rational(int(x.p), int(x.q)) if isinstance(x, fmpq) else None

    def as_float(self, x) -> float:
        """A double near a real number."""
        return float(_real_part(x).mid())

    def is_finite(self, x) -> bool:
        """Whether an enclosure says anything."""
        return bool(acb(x).is_finite())

    def hull(self, x, y):
        """A ball that contains both."""
        return _hull(x, y)

    def midpoint(self, x):
        """The centre of a ball, as a number without radius."""
        return x if isinstance(x, fmpq) else x.mid()

    def negligible(self, x) -> bool:
        """Whether a cut-off error is below the working precision."""
        return bool(acb(x).abs_upper() < arb(2) ** -ctx.prec)

    def widen(self, x, radius):
        """x with an error of at most ``radius`` added."""
        error = arb(0, acb(radius).abs_upper())
        return acb(x) + acb(error, error) if isinstance(x, acb) else arb(x) + error

    def scalarwise(self, function, *args):
        """Call ``function`` on scalars; here everything is one."""
        return function(*args)

    def integer(self, x) -> int:
        """An exact integer, e.g. the limit of a sum."""
        integer = x.p if isinstance(x, fmpq) and x.q == 1 else whole(self.real(x))
        if integer is None:
            raise DomainError(explain("not an integer that is known to be one", got=x))
        return int(integer)

    def special(self, call, *args):
        if acb in map(type, args):
            pairs = zip(args, call.holomorphic, strict=True)
            args = [x if free else self.fixed(x) for x, free in pairs]
        return call.in_ball(self, *args)

    def fixed(self, x):
        """A number where no holomorphic continuation is known: it must not move."""
        if self._moves(x):
            raise NotHolomorphic
        return self.real(x) if isinstance(x, acb) else x


@functools.lru_cache(maxsize=64)
def _legendre_rule(size: int, bits: int) -> list:
    return [arb.legendre_p_root(size, i, weight=True) for i in range(size)]


def _real_part(x) -> arb:
    return x.real if isinstance(x, acb) else arb(x)


def _tidy(x):
    if isinstance(x, fmpq) and x.height_bits() > _MAX_RATIONAL_BITS:
        return arb(x)
    return x


def _integer_power(base, exponent: int):
    if isinstance(base, fmpq):
        if abs(exponent) <= _MAX_EXACT_POWER and (base != 0 or exponent >= 0):
            return _tidy(base**exponent)
        base = arb(base)
    if exponent == 1:
        return base
    if isinstance(base, arb) and exponent > 0 and exponent % 2 == 0 and _is_wide(base):
        # a product of wide balls does not know that an even power has no sign
        return (base.abs_lower() ** exponent).union(base.abs_upper() ** exponent)
    if exponent == 2:
        return base * base
    # python-flint 0.9: a real ball around 0 raised to an integer is nan, a complex one is not
    return (acb(base) ** exponent).real if isinstance(base, arb) else base**exponent


def _is_wide(x: arb) -> bool:
    return x.is_finite() and x.rel_accuracy_bits() < 8


def _hull(x, y):
    if isinstance(x, acb) or isinstance(y, acb):
        return acb(x).union(acb(y))
    return arb(x).union(arb(y))
