"""Evaluation with enclosures: the numbers are exact rationals, real balls and complex balls."""

import functools
import itertools
import operator

import sympy
from flint import acb, arb, arb_poly, ctx, fmpq

from theorycalc.core.arithmetic.ball_functions import COMPLEX, NAN, REAL, hyper
from theorycalc.core.arithmetic.effort import spend
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

# Beyond this size an exact rational costs more than the ball that contains it.
_MAX_RATIONAL_BITS = 4096
_MAX_EXACT_POWER = 256


def working_precision(bits: int):
    """Context manager for the precision of the balls inside (per process: use no threads)."""
    return ctx.workprec(bits)


class BallContext:
    """The operations that a `Program` calls, on enclosures.

    Rationals stay exact until a transcendental function meets them, so that comparisons, integer
    parameters and differences such as 1 − ρ are exact. Where a real function is not defined on the
    whole ball, its complex extension encloses it; the final value must contain a real number.
    """

    encloses = True

    def __init__(self, analytic: bool = False):
        self.analytic = analytic

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
        return arb(self.number(x.eval_rational(n=places))) + arb(0, arb(10) ** -places)

    def add(self, *terms):
        return _tidy(functools.reduce(operator.add, terms))

    def mul(self, *factors):
        return _tidy(functools.reduce(operator.mul, factors))

    def power(self, base, exponent):
        if isinstance(exponent, fmpq) and exponent.q == 1:
            return _integer_power(base, int(exponent.p))
        if isinstance(exponent, fmpq) and exponent.q == 2:
            return _integer_power(self.apply("sqrt", base), int(exponent.p))
        if not isinstance(base, acb) and not isinstance(exponent, acb):
            result = arb(base) ** arb(exponent)
            if result.is_finite():
                return result
        return self._complex_power(acb(base), acb(exponent))

    def _complex_power(self, base: acb, exponent: acb):
        if base.contains(0) and not self.analytic and exponent.real > 0 and exponent.imag.is_zero():
            radius = base.abs_upper() ** exponent.real
            return acb(arb(0, radius), arb(0, radius))
        return base.pow(exponent, analytic=self.analytic)

    def hyper(self, a: list, b: list, z):
        if isinstance(z, acb):
            on_cut = len(a) == len(b) + 1 and z.imag.contains(0) and not z.real < 1
            return NAN if self.analytic and on_cut else hyper(a, b, z, acb)
        result = hyper(a, b, z, arb)
        return result if result.is_finite() else hyper(a, b, z, acb)

    def atan2(self, y, x):
        if not isinstance(x, acb) and not isinstance(y, acb):
            return arb.atan2(arb(y), arb(x))
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
        if name not in COMPLEX:
            raise NotSupportedError(
                explain(f"{name} of a complex ball has no enclosure", hint="using=MP()")
            )
        return COMPLEX[name](*map(acb, args), analytic=self.analytic)

    # Three-valued logic: True, False, or None when the balls do not tell.

    def compare(self, relation: str, x, y) -> bool | None:
        if isinstance(x, fmpq) and isinstance(y, fmpq):
            return RELATIONS[relation](x, y)
        difference = _real_part(x - y)
        positive, negative = bool(difference > 0), bool(difference < 0)
        zero = difference.is_zero()
        if not (positive or negative or zero):
            return None
        return RELATIONS[relation](positive - negative, 0)

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
            if truth is not False:
                possible.append(branch())
            if truth is True:
                break
        else:
            possible.append(NAN)  # no branch may apply
        if len(possible) == 1:
            return possible[0]
        return NAN if self.analytic else functools.reduce(_hull, possible)

    def integral(self, integrand, parameters: list, points: list):
        """∫ of a piecewise holomorphic program of (x, *parameters) over the points, by Arb.

        The integrand is run by a context that knows whether Arb needs an analytic result. The
        points between the first and the last are only a help.
        """
        if not all(_real_part(point).is_finite() for point in points):
            raise NotSupportedError(
                explain(
                    "an infinite integral has no enclosure without a bound on its tail",
                    hint="Integral(..., tails=...) with a declared Tail, or using=MP()",
                )
            )
        contexts = (type(self)(analytic=False), type(self)(analytic=True))
        failures: list[BaseException] = []

        def function(x, analytic):
            # Arb does not stop for an exception: it is kept until Arb has given up
            if failures:
                return NAN
            try:
                spend(1, ctx.prec)
                return acb(integrand.run(contexts[bool(analytic)], [x, *parameters]))
            except BaseException as error:
                failures.append(error)
                return NAN

        total = sum(
            (acb.integral(function, acb(a), acb(b)) for a, b in itertools.pairwise(points)), acb(0)
        )
        if failures:
            raise failures[0]
        return total.real if total.imag.contains(0) else total

    def rule(self, size: int) -> list:
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
        return bool(_real_part(x).abs_upper() < arb(2) ** -ctx.prec)

    def widen(self, x, radius):
        """x with an error of at most ``radius`` added."""
        error = arb(0, _real_part(radius).abs_upper())
        return acb(x) + acb(error) if isinstance(x, acb) else arb(x) + error

    def scalarwise(self, function, *args):
        """Call ``function`` on scalars; here everything is one."""
        return function(*args)

    def integer(self, x) -> int:
        """An exact integer, e.g. the limit of a sum."""
        whole = x.p if isinstance(x, fmpq) and x.q == 1 else _real_part(x).unique_fmpz()
        if whole is None:
            raise DomainError(explain("the limit of a sum is not an integer", got=x))
        return int(whole)

    def special(self, call, *args):
        return call.in_ball(self, *args)


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
