r"""E[f(U) g(V)] of functions analytic in strips, by trapezoidal rules with proved errors.

U, V are standard normal with correlation ρ ≥ 0, v = 1 − ρ². Write n for the density of one normal,
p for that of both, Q for the upper tail, F and G for bounds of |f|, |g| in the rectangles used.

**One variable.** Let φ be analytic for |Re z| ≤ L = (N + ½)h, |Im z| ≤ b. Residues of
(π/h) cot(πz/h) write h Σ_{|j|≤N} φ(jh) − ∫_{−L}^L φ as integrals of φ/(e^{∓2πiz/h} − 1) along the
upper and the lower three sides of the rectangle. On the long sides the denominator is at least
e^{2πb/h} − 1; on the short ones e^{∓2πiz/h} is −e^{2π|y|/h}. Let |φ(x + iy)| be at most
Φ(x) |f(x + iy)| e^{y²/(2v)}, F ≥ |f| in the rectangle, F_L(y) ≥ |f(±L + iη)| for |η| ≤ y. Then the
error is at most

.. math:: F\,\tau \int_{-L}^{L} \Phi + 2\,(\Phi(L) + \Phi(-L))\,S, \qquad
    \tau = \frac{2 e^{b^2/(2v)}}{e^{2\pi b/h} - 1}, \quad
    S = \int_0^b F_L(y)\, e^{y^2/(2v) - 2\pi y/h}\,dy.

b ≤ 2πv/h, so that the exponential falls and S is bounded by a sum over slices of [0, b].

**Both on one lattice.** |p(x, y + iη)| = p(x, y) e^{η²/(2v)}, and likewise in the first variable.
The rule in V at every node of U, then the rule in U of ∫ g p dV: one variable is always real. With
h Σ n(jh) ≤ 1 + h n(0) and h Σ p(jh, L) ≤ n(L)(1 + h/√(2πv)) the error is at most the sum of

.. math:: G_0 \bigl(F \tau (1 + h) + 4 S\, n(L) (1 + h/\sqrt v)\bigr)

and the same with f and g exchanged, where G₀ is for real arguments of g.

In p = e^{−(U² + V²)/(2(1+ρ))} e^{−ρ(U − V)²/(2v)} the second factor depends on the difference of
the nodes: the double sum is a convolution, and the values of f and g serve every ρ.

**Nearly parallel.** U = cX + dY, V = cX − dY with c² = (1 + ρ)/2, d² = (1 − ρ)/2 and independent
X, Y. In X the rule above has v = 1 and b = min(b_f, b_g). In Y it is Gauss–Hermite with m nodes:
for real X the function χ(y) = f g has |χ^{(2m)}| ≤ (2m)! F G/β^{2m}, β = b/d, by Cauchy, so that it
differs from its Taylor polynomial T of degree 2m − 1 by at most F G (y/β)^{2m}. The rule integrates
T; it and the normal law make at most (2m−1)!! F G/β^{2m} of the rest, each. The coefficients of T
are at most F₀G₀/α^k, with bounds in strips of lower heights and α = b₀/d, and E[|Y|^k; |Y| > L] is
at most 4 L^{k−1} n(L) if 2k ≤ L². So the error in Y is at most

.. math:: 2\,(2m - 1)!!\,F G\,\beta^{-2m} + 8m\,F_0 G_0 \max(1, L/\alpha)^{2m}\,n(L)/L.

**What is cut off.** |f(U)| ≤ B_f e^{κ_f|U|} and likewise g; tilted by e^{±κ_f U ± κ_g V} any
standard normal coordinate moves by κ = κ_f + κ_g at most. So two coordinates that leave [−L, L] are
worth at most 16 B_f B_g e^{κ²/2} Q(L − κ).
"""

import math
from dataclasses import replace

import sympy

from theorycalc.activations import Activation
from theorycalc.core.arithmetic.ball_context import (
    GUARD_BITS,
    BallContext,
    parts_of,
    working_precision,
)
from theorycalc.core.arithmetic.effort import work
from theorycalc.core.arithmetic.fixed_point import convolve
from theorycalc.core.integration.hermite_rule import hermite_rule
from theorycalc.kernels.duals import strip_smoothing
from theorycalc.kernels.duals.strip_bounds import Scaled
from theorycalc.kernels.duals.strip_rules import Law, Rule, best_rule
from theorycalc.kernels.duals.strip_terms import (
    alias,
    at_ends,
    bells,
    density,
    known,
    lattice_bits,
    number,
    tail,
)

# The errors of rules may be so many bits above the rounding.
_SPARE_BITS = 16
_FEWEST_BITS = 4
_LOG_2 = math.log(2)


def expectation(one: Activation, two: Activation, q11, q12, q22):
    """An enclosure of E[φ(u)ψ(v)] for enclosures of covariances, the variances positive.

    Returns
    -------
    enclosure or None
        None if a function is not analytic around the real line.

    Raises
    ------
    NotSupportedError
        If the growth of a function is not known.
    """
    bits = BallContext().bits
    with working_precision(bits + GUARD_BITS):
        context = BallContext()
        f, g = (
            Scaled(phi, context.real(context.apply("sqrt", q)))
            for phi, q in ((one, q11), (two, q22))
        )
        rho = context.real(q12) / (f.scale * g.scale)
        if context.as_float(rho) < 0:
            rho, g = -rho, replace(g, mirrored=True)
        rest = context.real((q11 * q22 - q12 * q12) / (q11 * q22))
        law = Law(rho, context.apply("max", rest, context.number(sympy.S.Zero)))
        need = max(bits - _SPARE_BITS, _FEWEST_BITS) * _LOG_2
        if not all(0 < float(side.scale) < math.inf for side in (f, g)):
            return None
        # far from parallel, smoothed functions have coarser lattices
        if (shared := strip_smoothing.smoothed((f, g), law, need)) is not None:
            error, total = _on_a_lattice(context, *shared)
            return context.widen(total, error)
        if (rule := best_rule((f, g), law, need)) is None:
            return None
        error, total = (_parallel if rule.across else _on_a_lattice)(context, (f, g), law, rule)
        return context.widen(total, error)


def _on_a_lattice(context, sides: tuple, law: Law, rule: Rule) -> tuple:
    """(error, sum over the lattice)."""
    h, radius, rho, rest = number(context, rule.step), rule.radius, law.rho, law.rest
    root, error = context.apply("sqrt", rest), _cut_off(context, sides, radius)
    low = _low_bounds(context, sides, rule, radius)
    for side, height, other in zip(sides, rule.heights, reversed(low), strict=True):
        tau, b = alias(context, height / side.scale, rest, h)
        strip = known(context, side.bound(max(radius, rule.reach), height))
        slices = at_ends(context, [(side, height)], radius, radius, b, rest, h)
        ends = 4 * slices * density(context, radius) * (1 + h / root)
        error = error + other * (strip * tau * (1 + h) + ends)
    unit = rho * h * h / (2 * rest)
    if rule.band < 2 * rule.count:
        beyond = context.apply("exp", -unit * (rule.band + 1) ** 2)
        error = error + low[0] * low[1] * beyond * 2 * (1 + h) ** 2 / root
    with working_precision(context.bits + lattice_bits(rule.step)):
        weights = bells(context, h * h / (2 * (1 + rho)), rule.count)
        first, second = (
            [x * w for x, w in zip(side.values(rule.step, rule.count), weights, strict=True)]
            for side in sides
        )
        smoothed = convolve(bells(context, unit, rule.band), second)
        shifted = smoothed[rule.band : rule.band + len(first)]
        total = sum((x * y for x, y in zip(first, shifted, strict=True)), context.real(0 * h))
        work(10 * len(first), 0, 0, context.bits)
        return error, total * h * h / (2 * context.number(sympy.pi) * root)


def _parallel(context, sides: tuple, law: Law, rule: Rule) -> tuple:
    """(error, sum over a lattice along the diagonal and a few nodes across)."""
    h, radius, m = number(context, rule.step), rule.radius, rule.across
    b, lower = (
        context.apply("min", *(x / side.scale for side, x in zip(sides, heights, strict=True)))
        for heights in (rule.heights, rule.lower)
    )
    across, along = (_root(context, x / 2) for x in (law.gap, 1 + law.rho))
    # |cX + dY| ≤ √2 L, and a disc around it
    reach = max(rule.reach, 1.5 * radius + float(b.upper()))
    inner = max(0.0, float((along - across).lower()) * radius)
    heights = list(zip(sides, rule.heights, strict=True))
    size = math.prod(known(context, side.bound(reach, height)) for side, height in heights)
    one = number(context, 1.0)
    tau, least = alias(context, b, one, h)
    slices = at_ends(context, heights, inner, 1.5 * radius, least, one, h)
    ratio = across / b
    at_end = density(context, radius)
    far = context.apply("max", radius * across / lower, one) ** (2 * m)
    error = (
        _cut_off(context, sides, radius)
        + size * tau
        + 4 * slices * at_end
        + 2 * context.number(sympy.factorial2(2 * m - 1)) * size * ratio ** (2 * m)
        + 8 * m * math.prod(_low_bounds(context, sides, rule, reach)) * far * at_end / radius
    )
    rule_across = hermite_rule(m)
    offsets = [across * y for y, _ in rule_across]
    tables = _tables(
        context, sides, [along * (j * h) for j in range(-rule.count, rule.count + 1)], offsets
    )
    weights = bells(context, h * h / 2, rule.count)
    total = context.real(0 * h)
    for (_, weight), first, second in zip(rule_across, *tables, strict=True):
        products = zip(weights, first, second, strict=True)
        total = total + weight * sum((w * x * y for w, x, y in products), context.real(0 * h))
    return error, total * h / context.apply("sqrt", 2 * context.number(sympy.pi))


def _tables(context, sides: tuple, points: list, offsets: list) -> tuple:
    """(f(x + y), g(x − y)) at all points x of a symmetric lattice, one row for every offset y."""
    f, g = sides
    first = [f.at(context, [x + y for x in points]) for y in offsets]
    if f.activation == g.activation and parts_of(f.scale) == parts_of(g.scale):
        # offsets are symmetric as well
        return first, [row[::-1] for row in first] if g.mirrored else first[::-1]
    return first, [g.at(context, [x - y for x in points]) for y in offsets]


def _low_bounds(context, sides: tuple, rule: Rule, reach: float) -> list:
    """Bounds in lower strips, for what is nearly real."""
    reach = max(reach, rule.reach)
    heights = zip(sides, rule.lower, strict=True)
    return [known(context, side.bound(reach, height)) for side, height in heights]


def _root(context, x):
    """√x of a number that is not negative, though its enclosure may reach below 0."""
    zero = context.real(context.number(sympy.S.Zero))
    if context.compare(">", x, zero) or context.compare("==", x, zero):
        return context.apply("sqrt", x)
    return context.hull(zero, context.apply("sqrt", context.real(abs(x).upper())))


def _cut_off(context, sides: tuple, radius: float):
    """What coordinates beyond the radius are worth."""
    radius = number(context, radius)
    (b_f, k_f), (b_g, k_g) = (side.envelope(context, radius) for side in sides)
    kappa = k_f + k_g
    distance = radius - kappa
    return 16 * b_f * b_g * context.apply("exp", kappa * kappa / 2) * tail(context, distance)
