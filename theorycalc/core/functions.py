"""Classical functions that SymPy lacks."""

import itertools
import operator
from functools import lru_cache

import sympy

from theorycalc.core.arithmetic import continued_normal, owen
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.enclosed_midpoint import midpoint
from theorycalc.core.integration.cut_off import cut_off
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction

# Quadrature without enclosures gets panels whose lengths fall by 4 towards the peak.
_GRADES = 6


class hyperu(SpecialFunction):  # noqa: N801 - named like SymPy's functions
    """Tricomi's confluent hypergeometric function U(a, b, x) (DLMF 13.2.6), real for x > 0.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> a, x = sympy.symbols("a x")
    >>> print(tc.certify(tc.hyperu(a, a, x), digits=20, a="1/2", x=2))
    0.59590607882586501379 ± 5e-21
    >>> tc.hyperu(a, 2, x).diff(x)
    -a*hyperu(a + 1, 3, x)
    """

    nargs = 3
    holomorphic_in = (0, 1, 2)

    @classmethod
    def eval(cls, a, b, x):
        if a.is_zero:
            return sympy.S.One
        return None

    def slope(self, a, b, x):
        return -a * hyperu(a + 1, b + 1, x)  # DLMF 13.3.22

    @staticmethod
    def in_mp(context, a, b, x):
        return _hyperu_at_zero(context, a, b) if x == 0 else context.mp.hyperu(a, b, x)

    @staticmethod
    def in_ball(context, a, b, x):
        if context.vanishes(x):
            return _hyperu_at_zero(context, a, b)  # Arb drops what is infinite there
        return context.apply("hyperu", a, b, x)

    def in_latex(self, printer):
        arguments = ", ".join(map(printer._print, self.args))
        return rf"U\left({arguments}\right)"


def _hyperu_at_zero(context, a, b):
    """The polynomial at a = 0, −1, …, the limit where b < 1 (DLMF 13.2.18 ff.), and none else."""
    degree, one = context.rational(-a), context.number(sympy.S.One)
    if degree is not None and degree.is_integer and degree >= 0:
        rising = context.apply("rising", b, context.number(degree))
        return context.mul(context.number((-1) ** degree), rising)
    if context.compare("<", b, one):
        return context.apply("gamma", one - b) * context.apply("rgamma", a - b + one)
    return context.select([])


class MeanValue(SpecialFunction):
    """f(x) for a function and its derivative, given as Lambdas, with tight enclosures.

    On a wide ball around c it is enclosed by f(c) + f'(ball)(x − c): where functions are composed,
    the radii then grow like the derivatives and not like the sizes of the parts.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x")
    >>> print(tc.certify(tc.MeanValue(sympy.Lambda(x, x**2), sympy.Lambda(x, 2 * x), 3)))
    9
    """

    nargs = 3
    functions = (sympy.Lambda, sympy.Lambda)
    holomorphic_in = (2,)

    @classmethod
    def definition(cls, function, slope, x):
        return function(x)

    @staticmethod
    def in_ball(context, function, slope, x):
        value, steep = (_program(f) for f in (function, slope))
        centre = context.midpoint(x)
        rest = x - centre
        if context.negligible(rest * rest):
            return value.run(context, [x])  # a number with its rounding error
        return value.run(context, [centre]) + steep.run(context, [x]) * rest

    def in_latex(self, printer):
        return printer._print(self.definition(*self.args))


@lru_cache(maxsize=256)
def _program(function: sympy.Lambda) -> Program:
    return lower(function.expr, function.variables)


class bivariate_normal(SpecialFunction):  # noqa: N801 - named like SymPy's functions
    r"""Φ₂(h, k; ρ) = P(U ≤ h, V ≤ k) for standard normal U, V with correlation ρ.

    Its derivative in ρ is the density at (h, k) (R. L. Plackett, Biometrika 41, 1954). Integrated
    from −1 to ρ = cos ψ₀ this gives a sum of positive terms, so that small probabilities keep their
    digits:

    .. math:: \Phi_2 = \max(0, \Phi(h) - \Phi(-k)) + \frac1{2\pi} \int_{\psi_0}^{\pi} \exp\Bigl(
        -\frac{(h+k)^2}{4(1+\cos\psi)} - \frac{(h-k)^2}{4(1-\cos\psi)}\Bigr)\,d\psi.

    Short series for Owen's function are used where they keep the digits.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> h, rho = sympy.symbols("h rho")
    >>> print(tc.certify(tc.bivariate_normal(0, 0, rho), digits=20, rho="1/2"))
    0.33333333333333333333 ± 4e-21
    >>> tc.bivariate_normal(h, 0, rho).diff(rho)
    exp(-h**2/(2 - 2*rho**2))/(2*pi*sqrt(1 - rho**2))
    """

    nargs = 3
    holomorphic_in = (0, 1, 2)

    @staticmethod
    def domain(h, k, rho):
        return (rho >= -1) & (rho <= 1)

    @classmethod
    def eval(cls, h, k, rho):
        if -sympy.oo in (h, k):
            return sympy.S.Zero
        for end, other in ((h, k), (k, h)):
            if end is sympy.oo:
                return sympy.erfc(-other / sympy.sqrt(2)) / 2
        return None

    def _eval_is_extended_real(self):
        return True

    def fdiff(self, argindex=1):
        h, k, rho = self.args
        rest = 1 - rho**2
        if argindex == 3:
            square = (h**2 - 2 * rho * h * k + k**2) / (2 * rest)
            return sympy.exp(-square) / (2 * sympy.pi * sympy.sqrt(rest))
        moved, other = (h, k) if argindex == 1 else (k, h)
        inside = sympy.erfc((rho * moved - other) / sympy.sqrt(2 * rest)) / 2
        return sympy.exp(-(moved**2) / 2) / sympy.sqrt(2 * sympy.pi) * inside

    @staticmethod
    def in_mp(context, h, k, rho):
        zero, half, one = map(context.number, (sympy.S.Zero, sympy.S.Half, sympy.S.One))
        if context.prefer(">=", rho, one):
            return half * _twice_normal(context, context.apply("min", h, k))
        if context.encloses and context.compare("<", abs(rho), one) is None:
            if context.analytic:
                return context.select([])  # not holomorphic at ±1
            return _between(context, h, k, rho, one if context.compare(">", rho, zero) else -one)
        if (value := _by_owen(context, h, k, rho)) is not None:
            return value
        gap = _twice_normal(context, h) - _twice_normal(context, -k)
        strip = half * context.apply("max", gap, zero)
        if context.prefer("<=", rho, -one):
            return strip
        return strip + _plackett(context, h, k, rho)

    @staticmethod
    def in_ball(context, h, k, rho):
        if all(map(context.is_real, (h, k, rho))):
            return bivariate_normal.in_mp(context, h, k, rho)
        return continued_normal.bivariate_normal(h, k, rho)

    def in_latex(self, printer):
        h, k, rho = map(printer._print, self.args)
        return rf"\Phi_{{2}}\left({h}, {k}; {rho}\right)"


def _between(context, h, k, rho, end):
    """Φ₂ on a ball that reaches ρ = ±1, where it is monotone in ρ."""
    centre = context.midpoint(rho)
    radius = context.apply("max", end * (centre - rho), context.number(sympy.S.Zero))
    inner = context.midpoint(centre - 3 * end * radius)  # the midpoint of a radius is half of it
    return context.hull(*(bivariate_normal.in_mp(context, h, k, x) for x in (inner, end)))


def _by_owen(context, h, k, rho):
    """Φ₂ by short series, or None where they lose too many digits."""
    if context.encloses:
        return owen.bivariate_normal(*map(context.real, (h, k, rho)))

    def compute(*numbers):
        return owen.bivariate_normal(*map(BallContext().real, numbers))

    return midpoint(compute, [context.rational(x) for x in (h, k, rho)], context)


def _twice_normal(context, h):
    """2 Φ(h)."""
    half = context.number(sympy.S.Half)
    return context.apply("erfc", -h * context.power(half, half))


def _plackett(context, h, k, rho):
    """The integral of the density from −1 to ρ, with the largest value of the integrand outside.

    Over φ = π − ψ, as numbers near 0 keep more digits than those near π.
    """
    end, pi = context.apply("acos", -rho), context.number(sympy.pi)
    plus, minus = abs(h + k) / 2, abs(h - k) / 2
    inner = plus + minus
    zero = context.number(sympy.S.Zero)
    if context.prefer("==", inner, zero):
        return end / (2 * pi)
    if context.prefer("<", (plus - minus) / inner, rho):
        peak, scale = context.apply("acos", (minus - plus) / inner), inner * inner / 2
    else:
        peak, scale = end, (h * h - 2 * rho * h * k + k * k) / (2 * (1 - rho * rho))
    a, b = plus * plus, minus * minus
    cut, error = _cut_off(context, a, scale - b / 2, pi)
    points = [cut, end]
    if not context.encloses:
        steps = [sign * pi / 4**i for i in range(_GRADES) for sign in (-1, 1)]
        inside = {peak, *(peak + step for step in steps)}
        points[1:1] = sorted(x for x in inside if cut < x < end)
    shares = {"sin": -a / 2, "cos": -b / 2}
    shares = {name: x for name, x in shares.items() if not context.prefer("==", x, zero)}
    halves = [point / 2 for point in points]
    total = context.integral(_Plackett(tuple(shares)), [scale, *shares.values()], halves)
    return context.widen(total, error / 2) * context.apply("exp", -scale) / pi


def _cut_off(context, a, scale, width):
    """δ and a bound on the integral over φ < δ, where 1 − cos φ ≤ δ²/2."""
    zero = context.number(sympy.S.Zero)
    if context.prefer("==", a, zero):
        return zero, zero
    if context.compare(">", a, zero) is None:
        # a may be zero: δ is left where the quadrature would feel how little is known of a
        a = context.apply("max", a, zero)
        width = 16 * context.apply("sqrt", context.midpoint(a))
        return width, width * context.apply("exp", scale)
    widths = itertools.accumulate(itertools.repeat(2), operator.truediv, initial=width / 2)
    return cut_off(context, lambda x: x * context.apply("exp", scale - 2 * a / (x * x)), widths)


class _Plackett:
    """exp(scale − a/(1 − cos 2φ) − b/(1 + cos 2φ)), as a program of φ, the scale, −a/2 and −b/2.

    The names say which of them there are: that of sin² and that of cos².
    """

    def __init__(self, names: tuple):
        self._names = names

    def run(self, context, inputs):
        """The integrand in the numbers of the context."""
        phi, *terms = inputs
        minus_two = context.number(sympy.Integer(-2))
        for i, name in enumerate(self._names, 1):
            square = context.power(context.apply(name, phi), minus_two)
            terms[i] = context.mul(terms[i], square)
        return context.apply("exp", context.add(*terms))
