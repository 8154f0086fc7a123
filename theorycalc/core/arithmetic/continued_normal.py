r"""The bivariate normal distribution function of complex arguments.

.. math:: \Phi_2(h, k; \rho) = \Phi(h)\,\Phi(k) + \frac1{2\pi} \int_0^{\operatorname{artanh}\rho}
    \exp\Bigl(-\frac{(h-k)^2}{8}(1+e^{2u}) - \frac{(h+k)^2}{8}(1+e^{-2u})\Bigr)
    \frac{du}{\cosh u}

is entire in h and k, and holomorphic in ρ beside the cuts (−∞, −1] and [1, ∞). It is Plackett's
integral of the density from 0 to ρ, in which ρ = tanh u leaves no singularities at ±1.
"""

from flint import acb, arb, ctx

from theorycalc.core.arithmetic.any_ball import NAN
from theorycalc.core.arithmetic.effort import spend

# Wider enclosures of a probability say nothing.
_WIDEST = 1
# Where the density is larger the path leads towards an essential singularity at ρ = ±1.
_STEEPEST = 1000
# The integral may err by this part of what the balls add.
_FINER = 256
# And by this part of 1 − ρ², from which a deep network continues: bounds need no more.
_COARSE = 2**12


def bivariate_normal(h, k, rho) -> acb:
    """A bound on complex balls, with few digits, not finite where ρ may be on a cut.

    The integral is computed at the centres; derivatives bound how far the balls reach from there.
    """
    args = h, k, rho = acb(h), acb(k), acb(rho)
    if rho.imag.contains(0) and not abs(rho.real) < 1:
        return NAN
    centres = [x.mid() for x in args]
    steps = (slope * (x - y) for slope, x, y in zip(_slopes(*args), args, centres, strict=True))
    # the segment from the centres stays inside, so that derivatives on the balls bound what differs
    error = sum(steps, acb(0)).abs_upper()
    if not error < _WIDEST:
        return NAN
    tolerance = (error / _FINER).max(arb((1 - centres[2] ** 2).abs_lower()) / _COARSE)
    return _at_point(*centres, tolerance) + acb(arb(0, error), arb(0, error))


def _at_point(h: acb, k: acb, rho: acb, tolerance: arb) -> acb:
    plus, minus = (h + k) ** 2 / 8, (h - k) ** 2 / 8
    end = rho.atanh()

    def density(u, analytic):
        spend(1, ctx.prec)
        square = (2 * u).exp()
        return (-minus * (1 + square) - plus * (1 + 1 / square)).exp() * u.sech()

    if not density(end, False).abs_upper() < _STEEPEST:
        return NAN
    integral = acb.integral(density, 0, end, abs_tol=tolerance)
    return _normal(h) * _normal(k) + integral / (2 * arb.pi())


def _slopes(h: acb, k: acb, rho: acb) -> tuple:
    """The derivatives in h, k and ρ."""
    root = (1 - rho).sqrt() * (1 + rho).sqrt()
    exponent = -((h - k) ** 2) / (4 * (1 - rho)) - (h + k) ** 2 / (4 * (1 + rho))
    in_h, in_k = (
        _normal((other - rho * moved) / root) * (-moved * moved / 2).exp() / (2 * arb.pi()).sqrt()
        for moved, other in ((h, k), (k, h))
    )
    return in_h, in_k, exponent.exp() / (2 * arb.pi() * root)


def _normal(x: acb) -> acb:
    """Φ(x)."""
    return (-x / arb(2).sqrt()).erfc() / 2
