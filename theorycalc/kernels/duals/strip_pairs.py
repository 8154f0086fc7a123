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
X, Y. For |dY| ≤ b/2 with b = min(b_f, b_g) the rule in X has v = 1 and this b. At its nodes
jh = jη/c the mean over Y is that of a polynomial through values of χ(y) = f(jη + y) g(jη − y) at
multiples of η/M (`theorycalc.kernels.duals.strip_differences`): all are values of f and g on one
lattice, and only weights depend on ρ. With h Σ n(jh) ≤ 1 + h the mean over |Y| ≤ L errs at most by
(1 + h) times the error of the polynomial with C = FG, and what it has at |Y| > L: up to √2 L, where
it is within that error of χ, it has 2 F₀G₀ Q(L) of χ, with bounds in strips of lower heights, and
beyond F₀G₀ times its bound there.

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
    ball_of,
    parts_of,
    working_precision,
)
from theorycalc.core.arithmetic.effort import remembered, work
from theorycalc.core.arithmetic.fixed_point import convolve
from theorycalc.core.arithmetic.weighted_sums import Rows
from theorycalc.kernels.duals import strip_differences, strip_smoothing
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
    across, along = (_root(context, x / 2) for x in (law.gap, 1 + law.rho))
    step = number(context, rule.step)
    h, fine = step / along, step / rule.finer
    weights = strip_differences.weights(context, across / fine, rule.across)
    error = _errors_across(context, sides, rule, across, along, weights.size)
    functions = [(f.activation, parts_of(f.scale), f.mirrored) for f in sides]
    with working_precision(context.bits + lattice_bits(rule.step)):
        rows = _products(*functions, rule.step, rule.finer, rule.count, rule.across, context.bits)
        sums = rows.sums(bells(context, h * h / 2, rule.count), context.bits)
        total = sum((w * x for w, x in zip(weights.values, sums, strict=True)), 0 * h)
        return error, total * h / context.apply("sqrt", 2 * context.number(sympy.pi))


def _errors_across(context, sides: tuple, rule: Rule, across, along, weighed):
    """The error of `_parallel`."""
    step, radius = number(context, rule.step), rule.radius
    h, fine = step / along, step / rule.finer
    b = context.apply("min", *(x / side.scale for side, x in zip(sides, rule.heights, strict=True)))
    # L is between the radius and this
    far = float((radius / along).upper())
    if not context.compare(">", b, 2**1.5 * far * across):
        return context.real(context.number(sympy.oo))
    # |cX + y| ≤ L + b/2, and a disc around it
    reach = max(rule.reach, far + 1.5 * float(b.upper()))
    inner = max(0.0, radius - float(b.upper()))
    heights = list(zip(sides, rule.heights, strict=True))
    size = math.prod(known(context, side.bound(reach, height)) for side, height in heights)
    low = math.prod(_low_bounds(context, sides, rule, reach))
    one = number(context, 1.0)
    tau, least = alias(context, b, one, h)
    slices = at_ends(context, heights, inner, reach, least, one, h)
    at_end = context.apply("exp", -(number(context, radius) ** 2) / 2)
    beyond = 2 * tail(context, number(context, radius)) + 1.5 * at_end * weighed
    interpolated = strip_differences.error(context, across / fine, rule.across, b / fine)
    return (
        _cut_off(context, sides, radius)
        + size * tau
        + 4 * slices * density(context, radius)
        + (1 + h) * (size * interpolated + low * beyond)
    )


# A table has as many numbers as its lattice has nodes for every row.
@remembered(maxsize=4)
def _products(
    one: tuple, two: tuple, step: float, finer: int, count: int, rows: int, bits: int
) -> Rows:
    """(χ(ke) + χ(−ke))/2 for k < rows at the nodes jη, where e is the finer step."""
    last = finer * count + rows - 1
    f, g = (
        Scaled(activation, ball_of(scale), mirrored).values(step / finer, last)
        for activation, scale, mirrored in (one, two)
    )
    found = []
    for k in range(rows):
        right, left = (slice(rows - 1 + i, rows + i + 2 * finer * count, finer) for i in (k, -k))
        row = [x * y for x, y in zip(f[right], g[left], strict=True)]
        if k > 0 and one != two:
            other = [x * y for x, y in zip(f[left], g[right], strict=True)]
            row = [(x + y) / 2 for x, y in zip(row, other, strict=True)]
        found.append(row)
    work(rows * len(found[0]), 0, 0, bits)
    return Rows(found)


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
