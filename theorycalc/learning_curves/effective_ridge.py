"""The effective ridge κ: what the ridge becomes when eigenvalues are learned from samples.

All curves of this room are made of it. With N samples, a ridge δ and eigenvalues t of multiplicity
m it is the largest solution of N = Σ m t/(t + κ) + δ/κ; the error is E₀ = N/(N − Σ m t²/(t + κ)²)
times what κ leaves of the signal, plus the noise.
"""

from functools import lru_cache
from typing import cast

import sympy
from sympy import Expr, S, sqrt

from theorycalc.core.arithmetic.enclosed_midpoint import through_balls
from theorycalc.core.increasing_roots import increasing_root
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction
from theorycalc.learning_curves import in_doubles

# A start of Newton's method is this far on the right of a root in doubles.
_BESIDE = sympy.Rational(1, 10**9)


class EffectiveRidge(SpecialFunction):
    """κ(N, δ, t_1, m_1, t_2, m_2, …), the largest solution of κ (N − Σ m t/(t + κ)) = δ.

    Examples
    --------
    >>> from theorycalc.learning_curves.effective_ridge import EffectiveRidge
    >>> EffectiveRidge(1, 0, 1, 3), EffectiveRidge(2, 3, 1, 3)
    (2, 1 + sqrt(10)/2)
    >>> import theorycalc as tc
    >>> print(tc.certify(EffectiveRidge(1, "1/10", 1, 1, 4, 1), digits=20))
    2.2140617900727063851 ± 5e-20
    """

    float_encloses = True

    @classmethod
    def eval(cls, level, ridge, *spectrum):
        pairs = list(zip(spectrum[::2], spectrum[1::2], strict=True))
        kept = [(t, m) for t, m in pairs if t != 0 and m != 0]
        if len(kept) < len(pairs):
            return cls(level, ridge, *(x for pair in kept for x in pair))
        if not kept:
            return ridge / level
        if ridge == 0 and (level - sympy.Add(*(m for _, m in kept))).is_nonnegative:
            return S.Zero
        if len(kept) == 1:
            return _of_one(level, sympy.sympify(ridge), *kept[0])
        return None

    def _eval_is_extended_real(self):
        return True

    def _eval_is_extended_nonnegative(self):
        return True if self.args[1].is_nonnegative else None

    def fdiff(self, argindex=1):
        level, _, *spectrum = cast(tuple[Expr, ...], self.args)
        pairs = list(zip(spectrum[::2], spectrum[1::2], strict=True))
        slope = level - sympy.Add(*(m * t**2 / (t + self) ** 2 for t, m in pairs))
        if argindex <= 2:
            return (-self if argindex == 1 else S.One) / slope
        t, m = pairs[(argindex - 3) // 2]
        moved = m * self**2 / (t + self) ** 2 if argindex % 2 else t * self / (t + self)
        return moved / slope

    @staticmethod
    def double(*args):
        return in_doubles.of_arguments(*args)

    @staticmethod
    def in_mp(context, *args):
        return through_balls(context, EffectiveRidge.in_ball, *args)

    @staticmethod
    def in_ball(context, level, ridge, *spectrum):
        pairs = list(zip(spectrum[::2], spectrum[1::2], strict=True))
        zero = context.number(S.Zero)
        if context.vanishes(ridge):
            interpolates = context.compare(">", context.add(*(m for _, m in pairs)), level)
            if not interpolates:
                return context.undefined if interpolates is None else zero

        def equation(kappa):
            learned = [t / (t + kappa) for t, _ in pairs]
            ones = [m * x for x, (_, m) in zip(learned, pairs, strict=True)]
            squares = [m * x * x for x, (_, m) in zip(learned, pairs, strict=True)]
            return kappa * (level - context.add(*ones)), level - context.add(*squares)

        middle, _ = EffectiveRidge.double(*map(context.as_float, (level, ridge, *spectrum)))
        start = sympy.Rational(float(middle))
        start = start + abs(start) * _BESIDE
        return increasing_root(context, equation, ridge, context.real(context.number(start)))

    def in_latex(self, printer):
        return rf"\kappa\left({', '.join(map(printer._print, self.args[:2]))}\right)"


def _of_one(level: Expr, ridge: Expr, t: Expr, m: Expr) -> Expr:
    """The larger root of Nκ² + (Nt − δ − mt)κ − δt."""
    if ridge == 0:
        return sympy.Max(0, t * (m - level) / level)
    excess = ridge + m * t - level * t
    return (excess + sqrt(excess**2 + 4 * level * ridge * t)) / (2 * level)


class StationaryRidge(SpecialFunction):
    """The root of a function of κ that rises through 0 next to a start."""

    nargs = 2
    functions = (sympy.Lambda,)
    float_encloses = True

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def in_mp(context, function, start):
        def enclosure(balls, x):
            return StationaryRidge.in_ball(balls, function, x)

        return through_balls(context, enclosure, start)

    @staticmethod
    def in_ball(context, function, start):
        value, slope = _programs(function)

        def at(x):
            return value.run(context, [x]), slope.run(context, [x])

        return increasing_root(context, at, context.number(S.Zero), start)

    def in_latex(self, printer):
        return r"\kappa_*"


@lru_cache(maxsize=256)
def _programs(function) -> tuple[Program, Program]:
    """A function and its derivative."""
    expr, variables = function.expr, function.variables
    return lower(expr, variables), lower(expr.diff(*variables), variables)
