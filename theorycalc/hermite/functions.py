"""Hermite coefficients as SymPy functions, for activations without a closed form in k."""

import itertools
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import sympy

from theorycalc.activations import Activation, z
from theorycalc.core.arithmetic import Float
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.enclosed_midpoint import midpoint
from theorycalc.core.integration.integral import Integral
from theorycalc.core.integration.recurrences import hermite
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction
from theorycalc.hermite import in_doubles, parity, symbolic
from theorycalc.hermite.enclosure import enclosures, norms
from theorycalc.hermite.growth import is_bounded
from theorycalc.hermite.powers import SingularPower, split
from theorycalc.hermite.sequences import raw_coefficients
from theorycalc.hermite.terms import Term, terms_of

# A sum over the terms of an activation is written out in SymPy up to this degree.
_LARGEST_WRITTEN_OUT = 50
_DEGREE = sympy.Symbol("k", integer=True, nonnegative=True)


@dataclass(frozen=True)
class Entry:
    """c_k of an activation as a program; all degrees up to ``order`` share their work.

    It has the ``run`` of `theorycalc.core.program.Program`.
    """

    activation: Activation
    k: int
    order: int

    def run(self, context, inputs=()):
        """c_k in the numbers of the context."""
        if parity.vanishes(self.activation, self.k):
            return context.number(sympy.S.Zero)
        powers, rest = split(self.activation)
        if powers:
            closed = _closed(powers, self.k).run(context, [context.number(sympy.Integer(self.k))])
            return closed + Entry(rest, self.k, self.order).run(context)
        if terms_of(self.activation) is not None:
            return _elementary(self.activation, self.order, _Numbers(context))[self.k]
        return _integrated(self.activation, self.k, self.order, context)


def _closed(powers: tuple[SingularPower, ...], k: int) -> Program:
    """The part of c_k that singular powers have, as a program of k."""
    last = max(power.last for power in powers)
    return _closed_first(powers, k) if k <= last else _closed_beyond(powers, k % 2)


@lru_cache(maxsize=256)
def _closed_first(powers: tuple[SingularPower, ...], k: int) -> Program:
    return lower(symbolic.of_powers(powers, k), (_DEGREE,))


@lru_cache(maxsize=64)
def _closed_beyond(powers: tuple[SingularPower, ...], parity: int) -> Program:
    """For one parity, where one form gives all degrees."""
    total = sum(power.raw_beyond(_DEGREE, parity) for power in powers)
    return lower(total / sympy.sqrt(sympy.factorial(_DEGREE)), (_DEGREE,))


@dataclass(frozen=True)
class _Numbers:
    """A context, equal to every other one that has the same numbers."""

    context: object = field(compare=False)

    def __hash__(self):
        return hash(self._key)

    def __eq__(self, other):
        return self._key == other._key

    @property
    def _key(self) -> tuple:
        return self.context.encloses, self.context.bits


@lru_cache(maxsize=64)
def _elementary(activation: Activation, order: int, numbers: _Numbers) -> list:
    """c_0, …, c_order from the recurrences of the terms."""
    context = numbers.context

    def mean(term: Term):
        bell = sympy.exp(term.rate * z - term.decay * z**2)
        factor = sympy.erf(term.slope * z + term.offset) * bell
        cut = factor * sympy.Heaviside(z - term.threshold)
        return _integrated(Activation(cut), 0, 0, context)

    totals = [context.number(sympy.S.Zero)] * (order + 1)
    for term in terms_of(activation):
        raw = raw_coefficients(term, order, context, mean)
        totals = [total + c for total, c in zip(totals, raw, strict=True)]
    return [total / norm for total, norm in zip(totals, norms(order, context), strict=True)]


def _integrated(activation: Activation, k: int, order: int, context):
    """c_k by quadrature."""
    if context.encloses:
        return enclosures(activation, order, context.bits)[k]
    if is_bounded(activation):

        def compute():
            # many coefficients from the values at the same nodes
            return enclosures(activation, order, BallContext().bits)[k]

        return midpoint(compute, [], context, to_goal=True)
    return context.integral(_Integrand(activation, k), [], _panels(activation, context))


class _Integrand:
    """φ(x) h_k(x) n(x) as a program of x."""

    def __init__(self, activation: Activation, k: int):
        self.k = k
        density = sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi * sympy.factorial(k))
        self.weighted = lower(activation.expr * density, (z,))

    def run(self, context, inputs):
        """The integrand at one point."""
        values = hermite(inputs[0], self.weighted.run(context, inputs))
        return next(itertools.islice(values, self.k, None))


def _panels(activation: Activation, context) -> list:
    """Ends of the panels of a quadrature without enclosures."""
    # e^{−R²/4} below the working precision
    cut_off = int((4 * 0.7 * context.bits) ** 0.5) + 2
    points = {*range(-cut_off, cut_off + 1), *activation.kinks}
    return [lower(sympy.sympify(x)).run(context, []) for x in sorted(points)]


class HermiteCoefficient(SpecialFunction):
    """c_k = E[φ(Z) He_k(Z)]/√k! of a function φ, given as a Lambda."""

    nargs = 2
    functions = (sympy.Lambda,)

    @staticmethod
    def domain(phi, k):
        return sympy.Contains(k, sympy.S.Naturals0)

    @classmethod
    def eval(cls, phi, k):
        if k.is_Integer and parity.vanishes(activation_of(phi), int(k)):
            return sympy.S.Zero
        return None

    def _eval_is_extended_real(self):
        return True

    def _eval_is_finite(self):
        return True

    @property
    def arithmetics(self) -> tuple[str, ...]:
        """Ball where the tails can be bounded, Float and MP always."""
        activation = activation_of(self.args[0])
        if terms_of(activation) is not None or is_bounded(activation):
            return super().arithmetics
        return "Float", "MP"

    @classmethod
    def definition(cls, phi, k):
        t = sympy.Dummy("t", real=True)
        weight = sympy.exp(-(t**2) / 2) / sympy.sqrt(2 * sympy.pi * sympy.factorial(k))
        integrand = phi(t) * sympy.hermite_prob(k, t) * weight
        return Integral(integrand, t, -sympy.oo, sympy.oo, kinks=activation_of(phi).kinks)

    @staticmethod
    def in_mp(context, phi, k):
        k = context.integer(k)
        return Entry(activation_of(phi), k, k).run(context)

    in_ball = in_mp

    @staticmethod
    def double(phi, k):
        k = np.asarray(k)
        values, errors = table(activation_of(phi), int(k.max()))
        index = k.astype(int)
        return values[index], errors[index]

    def in_latex(self, printer):
        phi, k = self.args
        t = sympy.Symbol("Z")
        body = printer._print(phi(t))
        return rf"\mathbb{{E}}\left[{body}\, h_{{{printer._print(k)}}}(Z)\right]"


class ElementaryHermiteCoefficient(HermiteCoefficient):
    """The same for sums of elementary terms, whose recurrences keep all digits."""

    double = None

    def _eval_is_zero(self):
        """True where the terms cancel, as those of cos(z)·max(0, z) do for k = 1."""
        phi, k = self.args
        return True if k.is_Integer and cancels(activation_of(phi), int(k)) else None


@lru_cache(maxsize=512)
def cancels(activation: Activation, k: int) -> bool:
    """Whether c_k is seen to be zero when the coefficients of the terms are written out."""
    terms = terms_of(activation)
    if terms is None or k > _LARGEST_WRITTEN_OUT:
        return False
    if any(term.slope is not None and term.threshold is not None for term in terms):
        return False  # their means are integrals
    total = sum(raw_coefficients(term, k, symbolic.Symbols())[k] for term in terms)
    return sympy.expand(total.replace(sympy.erfc, lambda x: 1 - sympy.erf(x))) == 0


def function_of(activation: Activation) -> type[HermiteCoefficient]:
    """The class whose recurrences, or else whose quadrature, suit an activation without powers."""
    return HermiteCoefficient if terms_of(activation) is None else ElementaryHermiteCoefficient


def expression_of(activation: Activation, k: int | sympy.Symbol) -> sympy.Expr:
    """c_k: the closed form if there is one, the function otherwise."""
    closed = symbolic.coefficient(activation, k)
    if closed is not None:
        return closed
    powers, rest = split(activation)
    if powers:
        return symbolic.of_powers(powers, k) + expression_of(rest, k)
    return function_of(activation)(sympy.Lambda(z, activation.expr), sympy.sympify(k))


def table(activation: Activation, order: int) -> tuple[np.ndarray, np.ndarray]:
    """(c_0 … c_order, error estimates) in double precision, powers in closed form."""
    powers, rest = split(activation)
    values, errors = in_doubles.coefficients(rest, [float(kink) for kink in rest.kinks], order)
    for k in range(order + 1):
        if parity.vanishes(rest, k):
            values[k] = errors[k] = 0.0
        if powers:
            closed = Float().evaluate(_closed(powers, k), [lower(sympy.Integer(k))])
            values[k] += float(closed)
            errors[k] += float(closed.rad) + np.spacing(abs(values[k]))
    return values, errors


@lru_cache(maxsize=512)
def activation_of(phi: sympy.Lambda) -> Activation:
    """The activation that a Lambda stands for."""
    return Activation(phi.expr, symbol=phi.variables[0])
