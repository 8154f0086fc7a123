"""Means over a list of outcomes, enclosed: ω by the trapezoidal rule, z on certified panels."""

import math
from functools import lru_cache

from flint import arb

from theorycalc.core.arithmetic.ball import real_ball
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.errors import PrecisionError, explain
from theorycalc.core.integration.certified_panels import panel_rule
from theorycalc.core.integration.kinks import between, branch_at
from theorycalc.core.lowering import lower
from theorycalc.inference.solving.strips import longest_step, spread

# A double that bounds a number is rounded by this.
_INWARDS = 1 - 1e-12
_MOST_NODES = 1 << 14
_SMALLEST = 1e-150
# −Z log Z and Z A(−log Z) rise with Z up to here.
_RISES = 0.36


def mean(context: BallContext, likelihood, order: int, v, rho) -> arb:
    """E (Z′/Z)², or E log Z where the order is 0; E (Z″/Z)² for the order 2, where V = ρ."""
    v, q = arb(real_ball(v)), arb(real_ball(rho)) - arb(real_ball(v))
    outcomes, tolerance = _outcomes(likelihood), arb(2) ** -context.bits
    omegas, weights, error = [arb(0)], [arb(1)], arb(0)
    if not q.is_zero():
        step = _step(v, q, order, tolerance / len(outcomes))
        omegas, weights, left_out = _omegas(v, q, order, len(outcomes), step, tolerance)
        error = tolerance + left_out
    total = arb(0)
    for pieces in outcomes:
        evidence = _evidence(pieces, omegas, v, order, tolerance, context.bits)
        terms = (_term(zero, derivative, v, order) for zero, derivative in evidence)
        total += sum((w * term for w, term in zip(weights, terms, strict=True)), arb(0))
    return total + arb(0, error.abs_upper())


@lru_cache(maxsize=64)
def _outcomes(likelihood) -> list:
    """For every outcome P between kinks: programs in z, and their ends."""
    law, values, _, kinks = likelihood.parts
    y, z = likelihood.variables
    pieces = between(tuple(sorted(kinks)))
    return [
        [
            (lower(branch_at(law.subs(y, x), z, inside), (z,)), left, right)
            for left, inside, right in pieces
        ]
        for x in values
    ]


def _step(v: arb, q: arb, order: int, tolerance: arb) -> arb:
    """A step of the rule over ω with which it misses so much of an outcome at most."""
    least = [float(x.lower()) * _INWARDS for x in (v, q)]
    if not min(least) > _SMALLEST:
        got = f"V = {v.str(5)}, ρ − V = {q.str(5)}"
        raise PrecisionError(explain("a variance that is not known to be positive", got=got))
    return arb(longest_step(*least, order, float(tolerance.log())))


def _omegas(v: arb, q: arb, order: int, outcomes: int, step: arb, tolerance: arb) -> tuple:
    """ω, weights, and what all outcomes together have beyond: at most 1/V, or log of their number.

    Without the last node on both sides their sum is less than an integral.
    """
    beyond = 1 / v if order else 1 + arb(outcomes).log()
    squares = 4
    while not (left_out := beyond * (arb(squares) / 2).sqrt().erfc()) <= tolerance:
        squares += 4
    last = math.ceil(float(((squares * q).sqrt() / step).abs_upper())) + 1
    if last > _MOST_NODES:
        got = f"V = {v.str(5)}, ρ − V = {q.str(5)}"
        raise PrecisionError(explain("a mean over ω of very different scales", got=got))
    spend(2 * last * outcomes, 64)
    omegas, unit = [k * step for k in range(-last, last + 1)], step / (2 * arb.pi() * q).sqrt()
    return omegas, [unit * (-x * x / (2 * q)).exp() for x in omegas], left_out


def _evidence(pieces: list, omegas: list, v: arb, order: int, tolerance: arb, bits: int) -> list:
    """(Z, its derivative of this order in ω) at every ω, up to 2^−bits."""
    table = _Gauss(v, order, omegas, bits)
    for program, *ends in pieces:
        low, high = (table.inside(x) for x in ends)
        if low < high:
            law = _OneVariable(program)
            table.add(*panel_rule(law, low, high, table.log_weight, tolerance, table.longest))
    return table.sums()


def _reach(bits: int) -> arb:
    """x from which on (x² + 2) e^{−x²/2} is small: no less than the derivatives of e^{−x²/2}."""
    return (2 * (bits + 8) * arb(2).log() + 8).sqrt()


class _OneVariable:
    """A program as a function of one variable."""

    def __init__(self, program):
        self._program = program

    def __call__(self, context, x):
        return self._program.run(context, [x])


class _Gauss:
    """Sums over nodes z with the density of N(ω, V), and one of its derivatives, at all ω.

    With x = (z − ω)/√V the density is φ(x)/√V and its derivatives in ω are x φ(x)/V and
    (x² − 1) φ(x)/V^{3/2}.
    """

    def __init__(self, v: arb, order: int, omegas: list, bits: int):
        self._v, self._root, self._order, self._omegas = v, v.sqrt(), max(order, 1), omegas
        self._step = omegas[1] - omegas[0] if len(omegas) > 1 else arb(1)
        self._own = [(-x * x / (2 * v)).exp() for x in omegas]
        self._unit = 1 / (2 * arb.pi() * v).sqrt()
        self._reach = _reach(bits)
        self._end = (omegas[-1] + self._reach * self._root).mid()
        self._scales = arb(1), self._root**-self._order
        beyond = (-(self._reach**2) / 2).exp() * (self._reach**2 + 2)
        # the law of z beyond both ends, as P ≤ 1
        self._doubts = [beyond * scale for scale in self._scales]
        self._beyond = [doubt / self._root for doubt in self._doubts]
        self._totals = [[arb(0), arb(0)] for _ in omegas]
        self.longest = 2 * float(self._root.mid())
        self._least = float(v.lower()) * _INWARDS
        self._largest = math.log(float((self._unit * (1 + self._scales[1])).abs_upper()))

    def inside(self, x) -> arb:
        """An end of a piece, not beyond where the law of z is negligible at every ω."""
        if x.is_infinite:
            return self._end if x.is_extended_positive else -self._end
        return arb(real_ball(BallContext().number(x))).min(self._end).max(-self._end)

    def log_weight(self, centre, width, height) -> float:
        """Of both: |x + iy|^k e^{−x²/2} ≤ 2 + y² for k ≤ 2, and 1 more for the second."""
        square = height**2 / self._least
        return square / 2 + math.log(2 + square) + self._largest

    def add(self, nodes: list, values: list, error: arb) -> None:
        """A rule for ∫ P N dz; what is far from a node is not summed but bounded."""
        size = sum((abs(value) for value in values), arb(0))
        self._doubts = [
            doubt + error + size * beyond
            for doubt, beyond in zip(self._doubts, self._beyond, strict=True)
        ]
        spend(len(nodes), 64)
        for z, value in zip(nodes, values, strict=True):
            self._add(z, value)

    def _add(self, z: arb, value: arb) -> None:
        first, last = self._near(z)
        each = (z * self._step / self._v).exp()
        power = value * self._unit * (z * (2 * self._omegas[first] - z) / (2 * self._v)).exp()
        for total, own, omega in zip(
            self._totals[first:last],
            self._own[first:last],
            self._omegas[first:last],
            strict=True,
        ):
            density = power * own
            total[0] += density
            total[1] += density * self._score(z - omega)
            power *= each

    def _near(self, z: arb) -> tuple[int, int]:
        """Ends of the ω that are within reach, and one more."""
        middle, step = len(self._omegas) // 2, float(self._step)
        centre, width = float(z) / step, float(self._reach * self._root) / step + 1
        first = max(0, middle + math.floor(centre - width))
        return min(first, 2 * middle), min(2 * middle + 1, middle + math.ceil(centre + width) + 1)

    def _score(self, gap: arb) -> arb:
        score = gap / self._v
        return score if self._order == 1 else score * score - 1 / self._v

    def sums(self) -> list:
        """(Z, its derivative) with their errors."""
        doubts = [arb(0, doubt.abs_upper()) for doubt in self._doubts]
        return [
            tuple(x + doubt for x, doubt in zip(total, doubts, strict=True))
            for total in self._totals
        ]


def _term(zero: arb, derivative: arb, v: arb, order: int) -> arb:
    """Z′²/Z or Z log Z: where Z is only known to be small, what they are at most."""
    most = arb(zero.abs_upper())
    known = arb(0, "inf")
    if zero > 0:
        known = derivative**2 / zero if order else zero * zero.log()
    if order == 2 or not most < _RISES:
        return known
    # Z A(−log Z)/V and −Z log Z rise with Z
    half = most * spread(-most.log()) / v / 2 if order else most * most.log() / 2
    bound = half + arb(0, half.abs_upper())
    return known if known.rad() < bound.rad() else bound
