"""Gaussian expectations of two activations: closed forms, and SymPy functions for all others.

One function of SymPy, with its ways to compute itself in every arithmetic.
"""

from functools import lru_cache, partial

import numpy as np
import sympy

from theorycalc.activations import Activation, z
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.enclosed_midpoint import midpoint
from theorycalc.core.integration.kinks import SWITCHES
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction
from theorycalc.hermite import parity
from theorycalc.hermite.enclosure import scaled_enclosures
from theorycalc.hermite.functions import Entry, activation_of
from theorycalc.hermite.growth import is_bounded
from theorycalc.kernels.duals import hermite_tables, pair_series, powers, strip_pairs
from theorycalc.kernels.duals.mean import gaussian_mean
from theorycalc.kernels.duals.parity import mirrored
from theorycalc.kernels.duals.piecewise import covariance, is_regular
from theorycalc.kernels.duals.plane_rule import Function, expectation
from theorycalc.kernels.duals.series import SeriesDual

# Lengths of the Hermite series that are tried in turn.
_ORDERS = (32, 128, 512, 1024)
# Arrays with more elements go through Hermite series in doubles.
_MANY = 16


def pair_expectation(
    one: Activation, two: Activation, q11, q12, q22, angle: sympy.Expr | None = None
) -> sympy.Expr:
    """E[φ(u)ψ(v)]: written out where it is elementary, otherwise as a function.

    Where v is seen to be ±u it is an integral over the line. The angle of the pair may be given
    where it is known better than the covariances tell.
    """
    if q11 == q22 and q12 in (q11, -q11):
        sign, other = (1, two.expr) if q12 == q11 else mirrored(two)
        return sign * gaussian_mean(Activation(one.expr * other, symbol=z), q11)
    homogeneous = powers.covariance(one, two, q11, q12, q22)
    if homogeneous is not None:
        return homogeneous
    if angle is None:
        angle = sympy.atan2(sympy.sqrt(q11 * q22 - q12**2), q12)
    closed = covariance(one, two, q11, q12, q22, angle)
    if closed is not None and is_regular(one, two):
        return closed
    functions = (sympy.Lambda(z, a.expr) for a in (one, two))
    pair = GaussianPair if closed is None else ClosedGaussianPair
    return pair(*functions, q11, q12, q22)


class GaussianPair(SpecialFunction):
    """E[φ(u) ψ(v)] for a centred Gaussian pair with covariances q11, q12, q22.

    φ and ψ are given as Lambdas. Derivatives follow from Price's theorem.
    """

    nargs = 5
    functions = (sympy.Lambda, sympy.Lambda)
    holomorphic_in = (3,)

    @classmethod
    def eval(cls, phi, psi, q11, q12, q22):
        """E φ(u)ψ(v) with v replaced by −v, or u by −u, if ψ or φ is odd or even."""
        if not q12.could_extract_minus_sign():
            return None
        signs = (_symmetry(activation_of(f)) for f in (psi, phi))
        sign = next((sign for sign in signs if sign is not None), None)
        return None if sign is None else sign * cls(phi, psi, q11, -q12, q22)

    @property
    def arithmetics(self) -> tuple[str, ...]:
        """MP for smooth functions, Ball where the tails can be bounded, Float always."""
        functions = [activation_of(phi) for phi in self.args[:2]]
        smooth = not any(f.expr.has(*SWITCHES) for f in functions)
        bounded = all(is_bounded(f) for f in functions)
        known = {"Float": True, "MP": smooth, "Ball": bounded}
        return tuple(name for name, implemented in known.items() if implemented)

    def _eval_is_extended_real(self):
        return True

    def fdiff(self, argindex=1):
        phi, psi, *covariances = self.args
        one, two = activation_of(phi), activation_of(psi)
        if argindex == 4 and one.is_continuous and two.is_continuous:
            return pair_expectation(one.derivative, two.derivative, *covariances)
        changed, other = (one, two) if argindex == 3 else (two, one)
        if argindex in (3, 5) and changed.is_continuous and changed.derivative.is_continuous:
            bend = changed.derivative.derivative
            functions = (bend, other) if argindex == 3 else (other, bend)
            return pair_expectation(*functions, *covariances) / 2
        if argindex in (3, 5) and changed.is_continuous and other.is_continuous:
            # E[u φ'(u) ψ(v)] = q₁₁ E[φ''(u) ψ(v)] + q₁₂ E[φ'(u) ψ'(v)]
            pull = Activation(z * changed.derivative.expr, symbol=z)
            functions = (pull, other) if argindex == 3 else (other, pull)
            slopes = pair_expectation(one.derivative, two.derivative, *covariances)
            pulled = pair_expectation(*functions, *covariances)
            return (pulled - covariances[1] * slopes) / (2 * self.args[argindex - 1])
        raise sympy.core.function.ArgumentIndexError(self, argindex)

    @staticmethod
    def in_ball(context, phi, psi, q11, q12, q22):
        one, two = activation_of(phi), activation_of(psi)
        if _vanishes(context, one, two, q12):
            return context.number(sympy.S.Zero)
        if (smooth := _smooth(context, one, two, q11, q12, q22)) is not None:
            return smooth
        if (line := _on_a_line(context, one, two, q11, q12, q22)) is not None:
            return line
        s1, s2 = (context.apply("sqrt", q) for q in (q11, q22))
        return _series(context, one, two, s1, s2, q12 / (s1 * s2))

    @staticmethod
    def in_series(context, phi, psi, *covariances):
        return pair_series.expectation(
            context, activation_of(phi), activation_of(psi), *covariances
        )

    @staticmethod
    def in_mp(context, phi, psi, q11, q12, q22):
        one, two = activation_of(phi), activation_of(psi)
        if _vanishes(context, one, two, q12):
            return context.number(sympy.S.Zero)
        if is_bounded(one) and is_bounded(two):
            covariances = [context.rational(q) for q in (q11, q12, q22)]
            compute = partial(_smooth, BallContext(), one, two)
            smooth = midpoint(compute, covariances, context, to_goal=True)
            if smooth is not None:
                return smooth
        if (line := _on_a_line(context, one, two, q11, q12, q22)) is not None:
            return line
        return _trapezoid(context.mp, context, one, two, q11, q12, q22)

    @staticmethod
    def double(phi, psi, q11, q12, q22):
        if phi == psi and np.size(q12) > _MANY:
            q11, q12, q22 = np.broadcast_arrays(q11, q12, q22)
            return SeriesDual(activation_of(phi)).dual_with_errors(q11, q22, q12)
        functions = [
            Function(f, [float(kink) for kink in f.kinks])
            for f in (activation_of(phi), activation_of(psi))
        ]
        compute = np.vectorize(lambda *q: expectation(*functions, *q), otypes=[float, float])
        return compute(q11, q12, q22)

    def in_latex(self, printer):
        phi, psi, *covariances = self.args
        parts = "".join(
            rf"\left({printer._print(f(sympy.Symbol(name)))}\right)"
            for f, name in ((phi, "u"), (psi, "v"))
        )
        law = ", ".join(map(printer._print, covariances))
        return rf"\mathbb{{E}}_{{(u, v) \sim \mathcal{{N}}({law})}}\left[{parts}\right]"


class ClosedGaussianPair(GaussianPair):
    """The same for functions that are elementary between thresholds.

    `sympy.expand_func` writes it out with error functions and the bivariate normal distribution;
    in double precision the quadrature in the plane is the better way.
    """

    arithmetics = ("Float", "MP", "Ball")

    @classmethod
    def definition(cls, phi, psi, q11, q12, q22):
        return covariance(activation_of(phi), activation_of(psi), q11, q12, q22)

    def fdiff(self, argindex=1):
        one, two = (activation_of(phi) for phi in self.args[:2])
        if argindex < 3 or (one.is_continuous and two.is_continuous):
            return super().fdiff(argindex)
        x, args = sympy.Dummy("x", real=True), list(self.args)
        point, args[argindex - 1] = args[argindex - 1], x
        return self.definition(*args).diff(x).xreplace({x: point})

    @staticmethod
    def in_mp(context, phi, psi, *covariances):
        line = _on_a_line(context, activation_of(phi), activation_of(psi), *covariances)
        return _closed_program(phi, psi).run(context, covariances) if line is None else line

    @staticmethod
    def in_ball(context, phi, psi, q11, q12, q22):
        if not context.is_real(q12):
            return _continued(context, phi, psi, q11, q12, q22)
        value = ClosedGaussianPair.in_mp(context, phi, psi, q11, q12, q22)
        if context.is_finite(value) or context.analytic:
            return value
        return _by_schwarz(context, activation_of(phi), activation_of(psi), q11, q22)


@lru_cache(maxsize=256)
def _closed_program(phi: sympy.Lambda, psi: sympy.Lambda) -> Program:
    covariances = sympy.symbols("q11 q12 q22", real=True)
    return lower(ClosedGaussianPair.definition(phi, psi, *covariances), covariances)


def _continued(context, phi, psi, q11, q12, q22):
    """The closed form around a complex covariance, by its value at the centre and its slope.

    Deep networks subtract it from a variance, which needs narrower balls than the form itself has.
    """
    one, two = activation_of(phi), activation_of(psi)
    if not (one.is_continuous and two.is_continuous):
        return _closed_program(phi, psi).run(context, [q11, q12, q22])
    slopes = (sympy.Lambda(z, f.derivative.expr) for f in (one, two))
    slope = _closed_program(*slopes).run(context, [q11, q12, q22])
    centre = context.midpoint(q12)
    value = _closed_program(phi, psi).run(context, [q11, centre, q22])
    return context.widen(value, slope * (q12 - centre))


def _by_schwarz(context, one: Activation, two: Activation, q11, q22):
    """|E φ(u)ψ(v)|² ≤ E φ(u)² E ψ(v)², where balls do not tell how far ±u is from v."""
    moments = (_square_program(f).run(context, [q]) for f, q in ((one, q11), (two, q22)))
    size = context.apply("sqrt", context.mul(*moments))
    return context.widen(context.number(sympy.S.Zero), size)


@lru_cache(maxsize=256)
def _square_program(activation: Activation) -> Program:
    q = sympy.Symbol("q", positive=True)
    return lower(gaussian_mean(Activation(activation.expr**2, symbol=z), q), (q,))


def _vanishes(context, one: Activation, two: Activation, q12) -> bool:
    """Whether the expectation is zero by symmetry."""
    odd = [parity.vanishes(f, 0) for f in (one, two)]
    even = [parity.vanishes(f, 1) for f in (one, two)]
    independent = context.rational(q12) == 0
    return (odd[0] and even[1]) or (even[0] and odd[1]) or (independent and any(odd))


def _symmetry(activation: Activation) -> int | None:
    """1 for an even function, −1 for an odd one, None for any other or where it is not seen."""
    odd, even = (parity.vanishes(activation, k) for k in (0, 1))
    return -1 if odd else 1 if even else None


def _smooth(context, one: Activation, two: Activation, q11, q12, q22):
    """The enclosure by rules for functions that are analytic around the real line, or None."""
    zero = context.number(sympy.S.Zero)
    if one.kinks or two.kinks or not all(map(context.is_real, (q11, q12, q22))):
        return None
    if not all(context.compare(">", q, zero) for q in (q11, q22)):
        return None
    series = hermite_tables.expectation(one, two, q11, q12, q22)
    return strip_pairs.expectation(one, two, q11, q12, q22) if series is None else series


def _on_a_line(context, one: Activation, two: Activation, *covariances):
    """If v = ±√(q22/q11) u, or one of them is constant: an integral over the line."""
    q11, q12, q22 = (context.rational(q) for q in covariances)
    if None in (q11, q12, q22):
        return None
    rounding = 0 if context.encloses else sympy.Integer(2) ** (3 - context.bits)
    if abs(q11 * q22 - q12**2) > rounding * q11 * q22:
        return None
    sign = -1 if q12 < 0 else 1
    product = one.expr.subs(z, sympy.sqrt(q11) * z) * two.expr.subs(z, sign * sympy.sqrt(q22) * z)
    if z not in product.free_symbols:
        return lower(product).run(context, [])
    return Entry(Activation(product), 0, 0).run(context)


def _series(context, one: Activation, two: Activation, s1, s2, rho):
    """Σ c_k(φ(s₁·)) c_k(ψ(s₂·)) ρ^k, the rest bounded by Cauchy, Schwarz and Parseval."""
    bits = context.bits
    with working_precision(bits + 32):
        norms = [
            scaled_enclosures(Activation(f.expr**2, symbol=z), 0, bits, s)[0]
            for f, s in ((one, s1), (two, s2))
        ]
    for order in _ORDERS:
        with working_precision(bits + 32):
            first, second = (
                scaled_enclosures(f, order, bits, s) for f, s in ((one, s1), (two, s2))
            )
            total, power, rests = context.number(sympy.S.Zero), context.number(sympy.S.One), []
            for a, b in zip(first, second, strict=True):
                total, power = total + a * b * power, power * rho
            for rest, c in zip(norms, (first, second), strict=True):
                for a in c:
                    rest = rest - a * a
                rests.append(context.apply("max", rest, context.number(sympy.S.Zero)))
            error = power * context.apply("sqrt", rests[0] * rests[1])
        if context.negligible(error / (abs(total) + error)):
            break
    return context.widen(total, error)


def _trapezoid(mp, context, one: Activation, two: Activation, q11, q12, q22):
    """The plane trapezoidal rule, whose step and cut-off follow the working precision.

    Poles that are closer show in the comparison of two precisions.
    """
    size, digits = mp.sqrt(max(q11, q22)), mp.prec * mp.log(2)
    cut_off = mp.sqrt(2 * digits) + 1
    # for the Gaussian itself, and for poles of the activations at a distance like that of tanh
    step = min(3 / (mp.sqrt(digits) * (1 + size)), 8 / (digits * max(1, size)))
    count = int(cut_off / step) + 1
    nodes = [step * i for i in range(-count, count + 1)]
    weights = [mp.exp(-x * x / 2) for x in nodes]
    slope = q12 / mp.sqrt(q11)
    spread = mp.sqrt(q22 - slope * slope)
    f, g = (lower(a.expr, (z,)) for a in (one, two))
    total = mp.zero
    for u, weight in zip(nodes, weights, strict=True):
        inner = mp.fsum(
            w * g.run(context, [slope * u + spread * x])
            for x, w in zip(nodes, weights, strict=True)
        )
        total += weight * f.run(context, [mp.sqrt(q11) * u]) * inner
    return total * step**2 / (2 * mp.pi)
