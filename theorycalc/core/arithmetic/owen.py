r"""The bivariate normal distribution function at real arguments, by Owen's function.

.. math:: \Phi_2(h, k; \rho) = \frac{\Phi(h) + \Phi(k)}2 - T(h, b/h) - T(k, c/k)
    - \tfrac12 [hk < 0], \qquad b = \frac{k - \rho h}{\sqrt{1 - \rho^2}}, \quad
    c = \frac{h - \rho k}{\sqrt{1 - \rho^2}}

(D. B. Owen, Annals of Mathematical Statistics 27, 1956). With x = h²/2 and the incomplete Gamma
functions P(j, x) = 1 − e^{−x} Σ_{i<j} x^i/i!

.. math:: 2\pi\,T(h, a) = \arctan a - \sum_j \frac{(-1)^j}{2j + 1}\,P(j + 1, x)\,a^{2j + 1}, \qquad
    0 \le P(j, x) \le \frac{x^j}{j!},

a few dozen terms for |a| ≤ 1, and T(h, b/h) + T(b, h/b) = (sgn(hb) − erf(h/√2) erf(b/√2))/4.

Probabilities far smaller than all of these are made of what is left of T: for a > 1, with the
exponential integrals E,

.. math:: T(h, \infty) - T(h, a) = \frac1{2\pi} \int_a^\infty \frac{e^{-x(1 + s^2)}}{1 + s^2}\,ds
    = \frac{e^{-x}}{4\pi} \sum_j \frac{(-1)^j}{a^{2j + 1}}\,E_{j + 3/2}(x a^2),

whose terms fall. Where h < 0 < a it is part of Φ₂, where a < 0 < h it is taken off.
"""

import math

from flint import arb, ctx

from theorycalc.core.arithmetic.ball_context import GUARD_BITS, ball_of, parts_of, working_precision
from theorycalc.core.arithmetic.effort import remembered, work

# Balls that are narrower than this are mapped by their centres.
_NARROW = 2.0**-20
# A probability smaller than 2 to the minus so many times the precision costs too many bits.
_SMALLEST = 2
# What is left of T is a short series for such a.
_STEEP = 1.25


def bivariate_normal(h: arb, k: arb, rho: arb) -> arb | None:
    """An enclosure where |ρ| < 1, or None for other ways.

    Narrow balls widen the value at their centre by what slopes allow. It grows with every argument:
    wider ones are mapped to what is between the values at their ends.
    """
    args = h, k, rho
    if not (abs(rho) < 1 and h.is_finite() and k.is_finite()):
        return None
    if all(x.rad() < _NARROW for x in args):
        value = _at_point(*(x.mid() for x in args))
        return None if value is None else value + arb(0, _change(h, k, rho).abs_upper())
    high = _at_point(*(x.upper() for x in args))
    if high is None:
        return high
    low = _at_point(*(x.lower() for x in args))
    return high.union(arb(0) if low is None else low)


def _change(h: arb, k: arb, rho: arb) -> arb:
    """By how much balls change the value, by ∂Φ₂/∂h ≤ n(h) and ∂Φ₂/∂ρ, the density at (h, k)."""
    if all(x.is_exact() for x in (h, k, rho)):
        return arb(0)
    rest, root = (1 - rho) * (1 + rho), (2 * arb.pi()).sqrt()
    change = sum((x.rad() * (-x * x / 2).exp() for x in (h, k)), arb(0)) / root
    gap = h - rho * k
    square = gap * gap / rest + k * k
    return change + rho.rad() * (-square / 2).exp() / (2 * arb.pi() * rest.sqrt())


def _at_point(h: arb, k: arb, rho: arb) -> arb | None:
    """The value at exact numbers to the working precision."""
    if not abs(rho) < 1 or (h == 0 and k == 0):
        return None
    bits, goal = ctx.prec, ctx.prec
    while bits < (1 + _SMALLEST) * goal:
        with working_precision(bits + GUARD_BITS):
            value = _by_owen(h, k, rho)
            lost = goal - value.rel_accuracy_bits()
        if lost <= 0:
            return +value
        bits += lost if value > 0 else goal
    with working_precision(goal + GUARD_BITS):
        value = _far_out(h, k, rho)
    return +value if value is not None and value.rel_accuracy_bits() >= goal else None


def _by_owen(h: arb, k: arb, rho: arb) -> arb:
    """With the absolute digits of the working precision."""
    root = ((1 - rho) * (1 + rho)).sqrt()
    total = _normal(h) + _normal(k)
    # 0 stands for what is just above it
    quarters = 2 if (h < 0) != (k < 0) else 0
    for x, y in ((h, k), (k, h)):
        part, quarter = _owen(x, (y - rho * x) / root)
        total, quarters = total - 2 * part, quarters + quarter
    return (total - arb(quarters) / 2) / 2


def _owen(h: arb, b: arb) -> tuple[arb, int]:
    """(T(h, b/h) − s/4, s) with s = ±1 or 0."""
    if abs(b.mid()) <= abs(h):
        return (_shared(h, b / h) if h != 0 else arb(0)), 0
    root = arb(2).sqrt()
    product = (h / root).erf() * (b / root).erf()
    sign = -1 if (h < 0) != (b < 0) else 1
    return -product / 4 - (_shared(b, h / b) if h != 0 else arb(0)), sign


def _shared(h: arb, a: arb) -> arb:
    """T(h, a) for |a| ≤ 1 or little more: arguments of a pair and of its slopes come again."""
    return _series(parts_of(h), parts_of(a), ctx.prec)


@remembered(maxsize=256)
def _series(h: tuple, a: tuple, bits: int) -> arb:
    h, a = ball_of(h), ball_of(a)
    x = h * h / 2
    if x > bits:  # 0 ≤ |T| ≤ e^{−x}/8 if |a| ≤ 1, and no more for |a| ≤ 2 than twice that
        return (-x).exp() / 4 * arb(0, 1)
    size, square = float(x.abs_upper()), a * a
    count = _terms(size)
    power = (-x).exp()
    gamma, coefficients = 1 - power, []
    for j in range(count):
        coefficients.append(gamma / (2 * j + 1))
        power = power * x / (j + 1)
        gamma = gamma - power
    total = arb(0)
    for c in reversed(coefficients):
        total = c - square * total
    # the terms halve from here on
    rest = 2 * x.upper() ** (count + 1) / arb(count + 2).gamma() * square.upper() ** count
    work(4 * count, 0, 0, ctx.prec)
    return (a.atan() - a * (total + arb(0, 1) * rest)) / (2 * arb.pi())


def _far_out(h: arb, k: arb, rho: arb) -> arb | None:
    """A very small probability, or None if there are too many terms."""
    root, total = ((1 - rho) * (1 + rho)).sqrt(), arb(0)
    for x, y in ((h, k), (k, h)):
        if x == 0:
            return None
        a = (y / x - rho) / root
        if not abs(a) > _STEEP or (x < 0) != (a > 0):
            return None
        total += _rest(x, abs(a)) if x < 0 else -_rest(x, abs(a))
    return total


def _rest(h: arb, a: arb) -> arb:
    """T(h, ∞) − T(h, a)."""
    x, square = h * h / 2, a * a
    count = math.ceil(ctx.prec * math.log(2) / math.log(float(square))) + 1
    work(0, 0, count, ctx.prec)
    terms = [(x * square).expint(arb(j) + arb(1.5)) for j in range(count + 1)]
    total = terms[-1] * arb(0, 1)
    for term in reversed(terms[:-1]):
        total = term - total / square
    return total * (-x).exp() / (4 * arb.pi() * a)


def _terms(size: float) -> int:
    """How many terms leave less than the precision, where they have begun to halve."""
    count, need = math.ceil(4 * size) + 1, ctx.prec * math.log(2)
    while size > 0 and math.lgamma(count + 2) - (count + 1) * math.log(size) < need:
        count += 8
    return count


def _normal(x: arb) -> arb:
    """Φ(x)."""
    return (-x / arb(2).sqrt()).erfc() / 2
