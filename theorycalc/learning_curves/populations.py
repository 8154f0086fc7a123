"""The law of a covariance and of a signal along it: what a ridge κ learns of them, as expressions.

Of a direction of variance t the share t/(t + κ) is learned. Atoms are sums; any other law of
`theorycalc.spectra` is asked at −κ.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import sympy
from sympy import Expr, S

from theorycalc.core.arithmetic.enclosed_midpoint import through_balls
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import expression, real_parameter
from theorycalc.core.increasing_roots import increasing_root
from theorycalc.core.special import SpecialFunction
from theorycalc.learning_curves import in_doubles
from theorycalc.learning_curves.arguments import powers, variances
from theorycalc.learning_curves.effective_ridge import EffectiveRidge
from theorycalc.spectra import Law, nodes
from theorycalc.spectra._build import is_nonnegative
from theorycalc.spectra.functions import LawArgument, LearnedRate, LearnedShare
from theorycalc.spectra.means import SpectralMean

T = sympy.Symbol("t", real=True)


@dataclass(frozen=True)
class Atoms:
    """A law {t: w}, and a signal {t: B_t}."""

    law: dict
    signal: dict

    @property
    def share(self) -> Expr:
        """How many of the directions have variance."""
        return sympy.Add(*(w for t, w in self.law.items() if t))

    def learned(self, kappa: Expr) -> Expr:
        """∫ t/(t + κ) H(dt)."""
        return sympy.Add(*(w * t / (t + kappa) for t, w in self.law.items() if t))

    def twice(self, kappa: Expr) -> Expr:
        """∫ t²/(t + κ)² H(dt)."""
        return sympy.Add(*(w * (t / (t + kappa)) ** 2 for t, w in self.law.items() if t))

    def missed(self, kappa: Expr) -> Expr:
        """κ² Σ B_t t/(t + κ)²."""
        terms = (b * t / (t + kappa) ** 2 for t, b in self.signal.items() if t)
        return kappa**2 * sympy.Add(*terms)

    def effective(self, gamma: Expr, size: Expr) -> Expr:
        """κ with κ(1 − γ ∫ t/(t + κ)) = λ."""
        spectrum = [x for t, w in self.law.items() for x in (t, gamma * w)]
        return cast(Expr, EffectiveRidge(S.One, size, *spectrum))


@dataclass(frozen=True)
class Continuous:
    """A `Law`, and a signal of the power b(t) H(dt): spread evenly, b is a number."""

    law: Law
    signal: Expr

    @cached_property
    def _argument(self) -> LawArgument:
        return LawArgument.of(self.law.node)

    @property
    def share(self) -> Expr:
        return 1 - self.law.atoms.get(S.Zero, S.Zero)

    def learned(self, kappa: Expr) -> Expr:
        return cast(Expr, LearnedShare(self._argument, kappa))

    def twice(self, kappa: Expr) -> Expr:
        return self.learned(kappa) - cast(Expr, LearnedRate(self._argument, kappa))

    def missed(self, kappa: Expr) -> Expr:
        if not self.signal.has(T):
            return self.signal * kappa * cast(Expr, LearnedRate(self._argument, kappa))
        at = sympy.Dummy("kappa", real=True)
        power = self.signal * T * (at / (T + at)) ** 2
        atoms = (w * power.subs({T: x, at: kappa}) for x, w in self.law.atoms.items() if x)
        inside = SpectralMean(self._argument, sympy.Lambda((T, at), power), kappa)
        return sympy.Add(*atoms) + cast(Expr, inside)

    def effective(self, gamma: Expr, size: Expr) -> Expr:
        return cast(Expr, RidgeOfLaw(self._argument, gamma, size))


Population = Atoms | Continuous


def population(H, signal) -> tuple[Population, Expr | None]:  # noqa: N803 - the letter of the law
    """The law of a covariance with a signal, and |β|² if it is spread evenly.

    Raises
    ------
    DomainError
        For negative eigenvalues, for none but 0, and for negative powers.
    """
    if isinstance(H, Law) and not isinstance(H.node, nodes.Atoms):
        return _continuous(H, signal)
    law = {S.One: S.One} if H is None else variances(H.atoms if isinstance(H, Law) else H)
    if isinstance(signal, dict):
        return Atoms(law, powers(signal, "signal", "an eigenvalue of the signal")), None
    if not isinstance(signal, sympy.Lambda) and not callable(signal):
        square = real_parameter(signal, "signal", 0)
        return Atoms(law, {t: square * w for t, w in law.items()}), square
    parts = {t: real_parameter(_at(signal, t), f"the signal at {t}", 0) * w for t, w in law.items()}
    return Atoms(law, parts), None


def _at(signal, t: Expr):
    return expression(signal(t), "the signal")


def _continuous(law: Law, signal) -> tuple[Population, Expr | None]:
    if not is_nonnegative(law.node) and min([*law.atoms, *(x.lower for x in law.edges())]) < 0:
        raise DomainError(explain("H has mass below 0", got=law, allowed="a law on [0, ∞)"))
    if isinstance(signal, dict):
        hint = "signal=lambda t: …"
        raise DomainError(explain("the signal along a law is a function", got=signal, hint=hint))
    if not isinstance(signal, sympy.Lambda) and not callable(signal):
        square = real_parameter(signal, "signal", 0)
        return Continuous(law, square), square
    power = _at(signal, T)
    if power.free_symbols - {T}:
        raise DomainError(explain("the signal has several symbols", got=power, allowed="t alone"))
    return Continuous(law, power), None


class RidgeOfLaw(SpecialFunction):
    """κ(H, γ, λ), the largest solution of κ(1 − γ ∫ t/(t + κ) H(dt)) = λ.

    Examples
    --------
    >>> import theorycalc as tc
    >>> law = tc.spectra.marchenko_pastur("1/2")
    >>> print(tc.learning_curves.ridge(2, "1/10", H=law).kappa.at(using=tc.Ball(15)))
    0.957199947870461 ± 2e-16
    """

    nargs = 3
    functions = (LawArgument,)
    float_encloses = True

    @classmethod
    def eval(cls, law, gamma, ridge):
        if ridge == 0:
            share = 1 - law.expr.masses().get(S.Zero, S.Zero)
            if (1 - gamma * share).is_nonnegative:
                return S.Zero
        return None

    def _eval_is_extended_real(self):
        return True

    def _eval_is_extended_nonnegative(self):
        return True if self.args[2].is_nonnegative else None

    def fdiff(self, argindex=2):
        law, gamma, _ = cast(tuple[Expr, ...], self.args)
        share = cast(Expr, LearnedShare(law, self))
        slope = 1 - gamma * (share - cast(Expr, LearnedRate(law, self)))
        return (self * share if argindex == 2 else S.One) / slope

    @staticmethod
    def double(law, gamma, ridge):
        return in_doubles.ridge_of_law(law.expr, gamma, ridge)

    @staticmethod
    def in_mp(context, law, gamma, ridge):
        def enclosure(balls, *numbers):
            return RidgeOfLaw.in_ball(balls, law, *numbers)

        return through_balls(context, enclosure, gamma, ridge)

    @staticmethod
    def in_ball(context, law, gamma, ridge):
        one = context.number(S.One)
        share = context.number(1 - law.expr.masses().get(S.Zero, S.Zero))
        if context.vanishes(ridge):
            interpolates = context.compare(">", gamma * share, one)
            if not interpolates:
                return context.undefined if interpolates is None else context.number(S.Zero)

        def equation(kappa):
            learned = LearnedShare.in_ball(context, law, kappa)
            rate = LearnedRate.in_ball(context, law, kappa)
            return kappa * (one - gamma * learned), one - gamma * (learned - rate)

        middle, _ = RidgeOfLaw.double(law, *map(context.as_float, (gamma, ridge)))
        start = context.number(sympy.Rational(float(middle)))
        return increasing_root(context, equation, ridge, context.real(start))

    def in_latex(self, printer):
        return rf"\kappa_H\left({', '.join(map(printer._print, self.args[1:]))}\right)"
