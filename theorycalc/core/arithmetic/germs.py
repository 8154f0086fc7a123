"""What functions do at an end of an interval: t^p L^m times an enclosure, with L = log(1/t).

An integrand that is singular at an end has no enclosure on an interval around it. Written in this
way it has one on all of (0, ε], and ∫ t^p L^m dt is an incomplete gamma function.
"""

import functools
from typing import NamedTuple

from flint import acb, arb, fmpq

from theorycalc.core.arithmetic.any_ball import NAN, NotHolomorphic
from theorycalc.core.arithmetic.logic import known_branch
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.program import Program

# With ε at most 2^-4, log(L)/L decreases where L grows.
LEAST_DEPTH = 4
_ONE, _ZERO = fmpq(1), fmpq(0)

# f(u) = u f'(v) with v between 0 and u: the derivatives of functions that vanish at 0.
_SLOPES_AT_ZERO = {
    "sin": lambda c, u: c.apply("cos", u),
    "tan": lambda c, u: c.power(c.apply("cos", u), fmpq(-2)),
    "sinh": lambda c, u: c.apply("cosh", u),
    "tanh": lambda c, u: c.power(c.apply("cosh", u), fmpq(-2)),
    "asin": lambda c, u: c.power(c.add(_ONE, -c.power(u, fmpq(2))), fmpq(-1, 2)),
    "atan": lambda c, u: c.power(c.add(_ONE, c.power(u, fmpq(2))), fmpq(-1)),
    "asinh": lambda c, u: c.power(c.add(_ONE, c.power(u, fmpq(2))), fmpq(-1, 2)),
    "atanh": lambda c, u: c.power(c.add(_ONE, -c.power(u, fmpq(2))), fmpq(-1)),
    "expm1": lambda c, u: c.apply("exp", u),
    "log1p": lambda c, u: c.power(c.add(_ONE, u), fmpq(-1)),
    "erf": lambda c, u: 2 / arb.pi().sqrt() * c.apply("exp", -c.power(u, fmpq(2))),
}


class Germ(NamedTuple):
    """A function of t in (0, ε]: t^power L^logs times a number in the factor."""

    power: fmpq
    logs: fmpq
    factor: arb | acb


class Nearby:
    """The t in (0, 2^-depth], with what t^p L^m is there; the depth is at least `LEAST_DEPTH`."""

    def __init__(self, depth: int):
        self.least_log = depth * arb(2).log()

    def range_of(self, power: fmpq, logs: fmpq) -> arb:
        """An enclosure of t^power L^logs for all t; not finite where it is not bounded."""
        if (power, logs) == (0, 0):
            return arb(1)
        if power < 0 or (power == 0 and logs > 0):
            return arb.nan()
        highest = self.least_log
        if logs > 0:  # it rises with L up to L = logs/power
            highest = highest.max(arb(logs) / arb(power))
        return arb(0).union((-arb(power) * highest).exp() * highest ** arb(logs))

    def least_of(self, power: fmpq, logs: fmpq) -> arb:
        """A lower bound of t^power L^logs for all t."""
        if power > 0 or logs < 0:
            return arb(0)
        return (-arb(power) * self.least_log).exp() * self.least_log ** arb(logs)


class GermContext(Nearby):
    """The operations of a `Program` on functions of a t in (0, 2^-depth].

    Numbers are germs, or enclosures that hold for all t. What is neither has no finite enclosure.
    Operations that are not defined here are those of enclosures.

    Parameters
    ----------
    plain : BallContext
        Its operations on enclosures.
    depth : int
        At least `LEAST_DEPTH`.
    """

    def __init__(self, plain, depth: int):
        super().__init__(depth)
        self.plain = plain

    def __getattr__(self, name: str):
        operation = getattr(self.plain, name)
        if not callable(operation):
            return operation
        return lambda *args: operation(*map(self.enclosed, args))

    def germ(self, power: fmpq, logs: fmpq, factor):
        """The germ, or its enclosure where nothing but that is known of it."""
        return Germ(power, logs, factor) if (power, logs) != (0, 0) else factor

    def enclosed(self, x):
        """A number as an enclosure for all t."""
        return self.range_of(x.power, x.logs) * x.factor if isinstance(x, Germ) else x

    def add(self, *terms):
        if not any(isinstance(x, Germ) for x in terms):
            return self.plain.add(*terms)
        germs = [as_germ(x) for x in terms if isinstance(x, Germ) or not self.vanishes(x)]
        power, less = min((x.power, -x.logs) for x in germs)
        factors = [x.factor * self.range_of(x.power - power, x.logs + less) for x in germs]
        return self.germ(power, -less, self.plain.add(*factors))

    def mul(self, *factors):
        germs = [as_germ(x) for x in factors]
        power = sum((x.power for x in germs), _ZERO)
        logs = sum((x.logs for x in germs), _ZERO)
        return self.germ(power, logs, self.plain.mul(*(x.factor for x in germs)))

    def power(self, base, exponent):
        if isinstance(exponent, Germ):
            return self.apply("exp", self.mul(exponent, self.apply("log", base)))
        if not isinstance(base, Germ):
            return self.plain.power(base, exponent)
        factor = self.plain.power(base.factor, exponent)
        if isinstance(exponent, fmpq):
            return self.germ(base.power * exponent, base.logs * exponent, factor)
        if isinstance(exponent, acb) or base.logs != 0:
            return NAN
        return self.mul(self._inexact_power(arb(base.power) * exponent), factor)

    def _inexact_power(self, exponent: arb):
        """t to a power that is not known exactly."""
        if not exponent.is_finite():
            return NAN
        return self.germ(exponent.lower().fmpq(), _ZERO, _at_most(arb(1)))

    def apply(self, name: str, *args):
        if not any(isinstance(x, Germ) for x in args):
            return self.plain.apply(name, *args)
        special = {
            "log": self._log,
            "exp": self._exp,
            "sqrt": lambda x: self.power(x, fmpq(1, 2)),
            "abs": lambda x: self.germ(x.power, x.logs, self.plain.apply("abs", x.factor)),
            "max": lambda *xs: functools.reduce(functools.partial(self._outer, ">="), xs),
            "min": lambda *xs: functools.reduce(functools.partial(self._outer, "<="), xs),
            "sign": lambda x: self.plain.apply("sign", x.factor),
            "heaviside": lambda x, at_zero: self.plain.apply(
                "heaviside", as_germ(x).factor, self.enclosed(at_zero)
            ),
            # Γ(u) = Γ(1 + u)/u
            "gamma": lambda x: self.mul(
                self.power(x, fmpq(-1)), self.plain.apply("gamma", 1 + self.enclosed(x))
            ),
            "loggamma": lambda x: self.add(
                self.plain.apply("loggamma", 1 + self.enclosed(x)), self.mul(fmpq(-1), self._log(x))
            ),
        }
        if name in special:
            return special[name](*args)
        if name in _SLOPES_AT_ZERO and args[0].power > 0:
            u = self.enclosed(args[0])
            return self.mul(args[0], _SLOPES_AT_ZERO[name](self.plain, u))
        return self.plain.apply(name, *map(self.enclosed, args))

    def _outer(self, relation: str, x, y):
        """The larger of two numbers, or the smaller one, where that is known."""
        truth = self.compare(relation, x, y)
        return NAN if truth is None else x if truth else y

    def _log(self, x: Germ):
        """−p L + m log(L) + log(factor), as a multiple of L."""
        loglog = _at_most(self.least_log.log() / self.least_log)
        factor = self.plain.apply("log", x.factor) * _at_most(1 / self.least_log)
        return Germ(_ZERO, _ONE, factor + arb(x.logs) * loglog - arb(x.power))

    def _exp(self, x: Germ):
        enclosure = self.enclosed(x)
        if enclosure.is_finite():
            return self.plain.apply("exp", enclosure)
        if isinstance(x.factor, acb):
            return NAN
        if (x.power, x.logs) == (0, 1):
            return self._inexact_power(-arb(x.factor))
        return _at_most((x.factor * self.least_of(x.power, x.logs)).exp()) if x.factor < 0 else NAN

    def compare(self, relation: str, x, y) -> bool | None:
        difference = self.add(x, self.mul(fmpq(-1), y))
        if isinstance(difference, Germ):  # t^p L^m is positive
            return self.plain.compare(relation, difference.factor, _ZERO)
        return self.plain.compare(relation, self.enclosed(x), self.enclosed(y))

    def select(self, branches):
        return known_branch(branches, NAN)

    def hyper(self, a: list, b: list, z):
        a, b = [self.enclosed(x) for x in a], [self.enclosed(x) for x in b]
        return self.plain.hyper(a, b, self.enclosed(z))

    def integral(self, integrand, parameters: list, points: list):
        parameters, points = ([self.enclosed(x) for x in xs] for xs in (parameters, points))
        return self.plain.integral(integrand, parameters, points)


def as_germ(x) -> Germ:
    """A number as a germ."""
    return x if isinstance(x, Germ) else Germ(_ZERO, _ZERO, x)


def _at_most(x: arb) -> arb:
    return arb(0).union(x)


class DivergenceError(DomainError):
    """An integral up to the end is infinite."""


def integral_to_end(plain, integrand, parameters: list, end, depth: int):
    """∫ of a program of (x, *parameters) over x in (0, end·2^-depth]; not finite if none is known.

    None is known of integrands that are no `Program`: they calculate with operators.

    Raises
    ------
    DivergenceError
        If the modulus of the integrand surely has no integral.
    """
    if not isinstance(integrand, Program):
        return NAN
    context = GermContext(plain, depth)
    try:
        f = integrand.run(context, [Germ(_ONE, _ZERO, end), *parameters])
    except NotHolomorphic:
        return NAN
    f = as_germ(f)
    size = acb(f.factor)
    if not size.is_finite():
        return NAN
    if f.power < -1 or (f.power == -1 and f.logs >= -1):
        if not size.contains(0):
            raise DivergenceError(
                explain(
                    "a divergent integral: the integrand is too large at an end",
                    allowed="integrands that are integrable",
                )
            )
        return NAN
    if f.power == -1:
        return NAN
    return end * f.factor * mass(f.power + 1, f.logs, context.least_log)


def mass(rate: fmpq, logs: fmpq, least_log: arb) -> arb:
    """∫ e^{−rate·L} L^logs dL from the least log on."""
    rate, order = arb(rate), arb(logs)
    if logs == 0:
        return (-rate * least_log).exp() / rate
    if logs > 0:
        return (rate * least_log).gamma_upper(order + 1) / rate ** (order + 1)
    return _at_most((-rate * least_log).exp() / rate * least_log**order)
