"""Means over outputs of any likelihood in many digits: the same products of matrices of balls.

Trapezoidal rules, whose error is squared where the step is halved; Gauss–Legendre rules in z where
there are kinks. Balls carry what is rounded; the error of the rules is seen by refining them.
"""

import itertools
import math

from flint import arb, arb_mat

from theorycalc.core.arithmetic.ball import real_ball
from theorycalc.core.errors import PrecisionError, explain
from theorycalc.inference.solving.likelihood_in_doubles import LINE
from theorycalc.inference.solving.line_in_nodes import NodeContext, function_of_nodes

_MOST_HALVINGS = 7
_SPARE_BITS = 8
# Nodes of a panel for each bit.
_NODES_PER_BIT = 0.25
# Places t at which outcomes are looked for, and z for each of them.
_FARTHEST = 640
_LOOKED_AT = 12


def mean(context: NodeContext, parts, order: int, v, rho):
    """E (Z⁽ᵏ⁾/Z)², the derivatives in ω, or E log Z where the order k is 0."""
    v, rho = (_mid(x) for x in (v, rho))
    window, before = _window(context, parts, rho), None
    for halving in range(2, _MOST_HALVINGS + 1):
        value = _rule(context, parts, order, v, rho, halving, window).mid()
        if before is not None and _agree(context, before, value):
            return value
        before = value
    raise PrecisionError(explain("a rule over outputs does not converge", got=f"2^−{halving}"))


def _agree(nodes: NodeContext, before: arb, value: arb) -> bool:
    """Whether two rules agree on more than half of the bits: the finer one has all of them."""
    goal = max(abs(value), arb(1)) if nodes.inside else abs(value)
    gap = value - before
    return bool(gap * gap <= abs(value) * goal * arb(2) ** -(nodes.bits + 2 * _SPARE_BITS))


def _reach(context: NodeContext) -> arb:
    """Standard deviations beyond which a normal variable is negligible."""
    return (2 * (context.bits + _SPARE_BITS) * arb(2).log()).sqrt().mid()


def _rule(context: NodeContext, parts, order: int, v: arb, rho: arb, halving: int, window) -> arb:
    root, reach = v.sqrt(), _reach(context)
    # z = k 2^−level: Z bends in ω on the scale on which the law of z does, and sooner
    level = halving - 1 + max(0, math.ceil(-math.log2(float(root))))
    omegas, of_omega, each = _omegas(v, rho, reach, level, halving)
    y, of_y = _outcomes(parts, window, halving)
    z, of_z = _places(context, parts, omegas[-1] + reach * root, level)
    law = []
    for yi in y:
        at = function_of_nodes(context, parts.law, [yi])
        law.append([arb(real_ball(at(zi))) * w for zi, w in zip(z, of_z, strict=True)])
    kernel = _kernel(_Gauss(v, order), z, omegas, each, level, bool(parts.kinks))
    zero, derivative = ((arb_mat(law) * arb_mat(part)).tolist() for part in kernel)
    if order:
        pairs = (zip(*rows, strict=True) for rows in zip(derivative, zero, strict=True))
        terms = [[a * a / b if b > 0 else arb(0) for a, b in row] for row in pairs]
    else:
        terms = [[b * b.log() if b > 0 else arb(0) for b in row] for row in zero]
    return (arb_mat([of_y]) * arb_mat(terms) * arb_mat([[w] for w in of_omega]))[0, 0]


def _kernel(gauss, z: list, omegas: list, each: int, level: int, kinks: bool) -> tuple:
    """The density of z and its derivative, as rows over ω."""
    middle = len(omegas) // 2
    if kinks:
        kernel = [gauss.row(zi, omegas, middle) for zi in z]
    else:
        # steps of ω are steps of z divided by a whole number: there are few differences
        last, places = z[-1][0], range(len(omegas))
        most = middle + each * last
        table = [gauss.at(arb(k) / (each * 2**level)) for k in range(-most, most + 1)]
        kernel = [[table[most + each * k + middle - j] for j in places] for k, _ in z]
    return tuple([[pair[i] for pair in row] for row in kernel] for i in (0, 1))


class _Gauss:
    """The density of z = ω + √V x, and a derivative of it in ω, of z − ω."""

    def __init__(self, v: arb, order: int):
        self._half, self._v, self._order = -1 / (2 * v), v, order
        self._known: list | None = None
        self._unit = 1 / (2 * arb.pi() * v).sqrt()

    def at(self, gap: arb) -> tuple[arb, arb]:
        density = ((gap * gap * self._half).exp() * self._unit).mid()
        return density, density * self._score(gap)

    def _score(self, gap: arb) -> arb:
        score = gap / self._v
        return score if self._order < 2 else score * score - 1 / self._v

    def row(self, z: arb, omegas: list, middle: int) -> list[tuple[arb, arb]]:
        """At all ω, which are equidistant: e^{zω/V} by its powers."""
        each = (z * (omegas[middle + 1] - omegas[middle]) / self._v).exp().mid() if middle else 1
        first = (z * omegas[0] / self._v).exp() * (z * z * self._half).exp() * self._unit
        row = []
        for omega, own in zip(omegas, self._own(tuple(omegas)), strict=True):
            density = (first * own).mid()
            row.append((density, density * self._score(z - omega)))
            first = (first * each).mid()
        return row

    def _own(self, omegas: tuple) -> list:
        """e^{−ω²/2V}, the same for every z."""
        if self._known is None:
            self._known = [(omega * omega * self._half).exp().mid() for omega in omegas]
        return self._known


def _omegas(v: arb, rho: arb, reach: arb, level: int, halving: int) -> tuple[list, list, int]:
    """ω = √(ρ − V) v, their weights, and how many of them there are for each z."""
    spread = (rho - v).sqrt() if rho > v else arb(0)
    if spread == 0:
        return [arb(0)], [arb(1)], 1
    each = max(2, math.ceil(2.0 ** (halving - level) / float(spread)))
    step = arb(1) / each / 2**level
    count = int(float(reach * spread / step)) + 1
    omegas = [k * step for k in range(-count, count + 1)]
    unit = step / (2 * arb.pi()).sqrt() / spread
    weights = [((-x * x / (2 * spread * spread)).exp() * unit).mid() for x in omegas]
    return [x.mid() for x in omegas], weights, each


def _places(context: NodeContext, parts, end: arb, level: int) -> tuple[list, list]:
    """z and weights: equidistant pairs (k, level), or Gauss–Legendre nodes between the kinks."""
    if not parts.kinks:
        count = int(float(end) * 2**level) + 1
        z = [(k, level) for k in range(-count, count + 1)]
        return z, [arb(2) ** -level] * len(z)
    kinks = [_mid(kink.run(context, [arb(0)])) for kink in parts.kinks]
    ends = sorted([-end, *(x for x in kinks if abs(x) < end), end], key=float)
    rule = context.gauss_rule(int(context.bits * _NODES_PER_BIT) + 8)
    z, weights = [], []
    for a, b in itertools.pairwise(ends):
        count = max(1, int(float(b - a) * 2**level / 8) + 1)
        half = (b - a) / (2 * count)
        for k in range(count):
            z += [(a + (2 * k + 1 + real_ball(x)) * half).mid() for x, _ in rule]
            weights += [(half * real_ball(w)).mid() for _, w in rule]
    return z, weights


def _outcomes(parts, window: tuple, halving: int) -> tuple[list, list]:
    """y and its weights."""
    if parts.values:
        return [_number(x) for x in parts.values], [arb(1)] * len(parts.values)
    # an outcome is seen as sharply as its noise is
    level = halving + 1
    step = arb(2) ** -level
    low, high = (int(end * 2**level) for end in window)
    pairs = [_placed(parts.support, k * step) for k in range(low, high + 1)]
    return [y for y, _ in pairs], [step * slope for _, slope in pairs]


def _placed(support: tuple, t: arb) -> tuple[arb, arb]:
    """y and dy/dt, as in doubles."""
    low, high = support
    if low.is_finite and high.is_finite:
        low, width = _number(low), _number(high) - _number(low)
        inner = 1 / (1 + (-arb.pi() * t.sinh()).exp())
        slope = arb.pi() * t.cosh() * inner / (1 + (arb.pi() * t.sinh()).exp())
        return (low + width * inner).mid(), (width * slope).mid()
    if low.is_finite:
        return (_number(low) + t.exp()).mid(), t.exp().mid()
    if high.is_finite:
        return (_number(high) - (-t).exp()).mid(), (-t).exp().mid()
    t = t / int(LINE)
    return (int(LINE) * t.sinh()).mid(), t.cosh().mid()


def _window(context: NodeContext, parts, rho: arb) -> tuple[int, int]:
    """Ends of t, whole numbers, between which outcomes are not negligible."""
    if parts.values:
        return 0, 0
    reach, least = _reach(context), arb(2) ** -(context.bits + 2 * _SPARE_BITS)
    places = [
        (reach * rho.sqrt() * k / _LOOKED_AT).mid() for k in range(-_LOOKED_AT, _LOOKED_AT + 1)
    ]
    weights = [(-z * z / (2 * rho)).exp() for z in places]

    def negligible(t: int) -> bool:
        y, slope = _placed(parts.support, arb(t) / steps)
        pairs = zip(places, weights, strict=True)
        return all(_law(context, parts, y, z) * w * slope < least for z, w in pairs)

    # between finite ends t stays small
    steps = 64 if all(end.is_finite for end in parts.support) else 1
    seen = [t for t in range(-_FARTHEST, _FARTHEST + 1) if not negligible(t)]
    if not seen:
        raise PrecisionError(explain("no outcome has a probability"))
    return (seen[0] - 1) // steps, -(-(seen[-1] + 1) // steps)


def _law(context: NodeContext, parts, y: arb, z: arb) -> arb:
    return _mid(parts.law.run(context, [z, y]))


def _mid(x) -> arb:
    return arb(real_ball(x)).mid()


def _number(x) -> arb:
    return arb(NodeContext().number(x))
