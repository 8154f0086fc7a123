"""Bounds of functions on circles around a real point, for Cauchy's estimate of coefficients.

An entry gives pairs (ρ, B) with |f^(k)(c)/k!| ≤ B/ρ^k for k ≥ 1: f is holomorphic on the disc, and
B is a bound on |f|, or ρ times one on |f'|.
"""

from collections.abc import Callable, Iterator

from flint import acb, arb

from theorycalc.core.arithmetic.any_ball import whole
from theorycalc.core.arithmetic.ball_error_functions import complex_erfcx

_PARTS = (0.4, 0.6, 0.8, 0.95)
_SIZES = (0.5, 1, 2, 3, 4, 6, 10)
# Balls that cover half a circle.
_ARCS = 8


def _slopes(sizes: Callable, bound: Callable) -> Callable:
    """Pairs from a bound on the derivative, (centre, ρ, *parameters) → bound."""

    def circles(centre: arb, *parameters) -> Iterator[tuple[arb, arb]]:
        for size in sizes(centre, *parameters):
            yield size, size * bound(centre, size, *parameters)

    return circles


def _within(distance: Callable) -> Callable:
    """Radii up to the nearest singularity."""
    return lambda c, *parameters: [arb(part) * distance(c, *parameters) for part in _PARTS]


def _any_size(c: arb, *parameters) -> list[arb]:
    return [arb(size) for size in _SIZES]


def _gaussian(c: arb, size: arb) -> arb:
    """2/√π e^{y² − x²} is largest where x = c/2, or at the leftmost point."""
    c = abs(c)
    largest = size**2 - c**2 / 2 if c < 2 * size else -((c - size) ** 2)
    return 2 / arb.pi().sqrt() * largest.exp()


def _sech_squared(c: arb, size: arb) -> arb:
    """|cosh(x + iy)|² = sinh² x + cos² y."""
    x = (abs(c) - size).max(arb(0))
    return 1 / (x.sinh() ** 2 + size.cos() ** 2)


def _from_i(c: arb, size: arb) -> arb:
    """How far the disc is from ±i."""
    return (1 + c * c).sqrt() - size


def _sigmoid(c: arb, size: arb) -> arb:
    """|1 + e^{−z}| is at least 1 and |e^{−z}| in |Im z| ≤ π/2."""
    return arb(1).min((c + size).exp())


def _no_zero(c: arb) -> arb:
    """How far zeros of erfc are at least.

    There is none where Re z ≥ 0, and none where Re z = −x and |erfc(−z)| ≤ erfc(x) e^{y²} < 2; as
    erfc(x) ≤ e^{−x²}, y² < x² + log 2 is enough.
    """
    return (arb(2).log() + (c**2 if c > 0 else c**2 / 2)).sqrt()


def _reciprocal_erfcx(c: arb, size: arb) -> arb:
    """2/(√π |erfcx|) on the circle, by balls that cover its upper half."""
    width, largest = (size * arb.pi() / (2 * _ARCS)).abs_upper(), arb(0)
    for j in range(_ARCS):
        angle = arb.pi() * (2 * j + 1) / (2 * _ARCS)
        arc = acb(c + size * angle.cos() + arb(0, width), size * angle.sin() + arb(0, width))
        largest = largest.max(_reciprocal_at(arc))
    return 2 / arb.pi().sqrt() * largest


def _reciprocal_at(z: acb) -> arb:
    """A bound on 1/|erfcx|; far left erfc is nearly 2."""
    if z.real < 0:
        x, y = -z.real.upper(), z.imag.abs_upper()
        return (y**2 - x**2).exp() / (2 - x.erfc() * (y**2).exp()).nonnegative_part()
    return 1 / complex_erfcx(z).abs_lower()


def _log_ndtr(c: arb) -> Iterator[tuple[arb, arb]]:
    """log erfc(−x/√2)."""
    root = arb(2).sqrt()
    for size, bound in CIRCLES["log_erfc"](-c / root):
        yield size * root, bound


def _bessel(c: arb, order: arb, growth: Callable) -> Iterator[tuple[arb, arb]]:
    """|J_ν(z)| ≤ |z/2|^ν e^{|Im z|}/Γ(ν + 1) (DLMF 10.14.4), and I_ν with |Re z|."""
    degree = whole(order)
    order = order if degree is None else arb(abs(int(degree)))
    if order < -0.5 or (degree is None and not c > 0):
        return
    sizes = _any_size(c) if degree is not None else _within(lambda c: c)(c)
    for size in sizes:
        furthest = abs(c) + size if order >= 0 else c - size
        bound = (furthest / 2) ** order * growth(c, size).exp() * (order + 1).rgamma()
        yield size, bound.min(size.exp()) if degree is not None and growth is _turned else bound


def _turned(c: arb, size: arb) -> arb:
    """|Im z|, with which J_n grows: it is a mean of e^{i(nt − z sin t)} itself."""
    return size


def _straight(c: arb, size: arb) -> arb:
    return abs(c) + size


def _damped(c: arb, size: arb) -> arb:
    """|Re z| − Re z."""
    return 2 * (size - c).max(arb(0))


def _gamma_density(c: arb, size: arb, s: arb) -> arb:
    """|z^{s−1} e^{−z}|."""
    near, far = c - size, c + size
    return (near ** (s - 1)).max(far ** (s - 1)) * (-near).exp()


def _gamma_law(c: arb, size: arb, s: arb) -> arb:
    return _gamma_density(c, size, s) * s.rgamma()


_POINTS_RIGHT = _within(lambda c, s: c.max(arb(0)))

CIRCLES: dict[str, Callable] = {
    "erf": _slopes(_any_size, _gaussian),
    "erfc": _slopes(_any_size, _gaussian),
    "tanh": _slopes(_within(lambda c: arb.pi() / 2), _sech_squared),
    "softplus": _slopes(_within(lambda c: arb.pi() / 2), _sigmoid),
    "atan": _slopes(_within(lambda c: (1 + c * c).sqrt()), lambda c, r: 1 / _from_i(c, r) ** 2),
    "asinh": _slopes(_within(lambda c: (1 + c * c).sqrt()), lambda c, r: 1 / _from_i(c, r)),
    "log_erfc": _slopes(_within(_no_zero), _reciprocal_erfcx),
    "log_ndtr": _log_ndtr,
    "sinc": lambda c: ((size, size.exp()) for size in _any_size(c)),
    "ei": _slopes(_within(lambda c: c.max(arb(0))), lambda c, size: (c + size).exp() / (c - size)),
    "besselj": lambda c, order: _bessel(c, order, _turned),
    "besseli": lambda c, order: _bessel(c, order, _straight),
    "besseli_scaled": lambda c, order: _bessel(c, order, _damped),
    "lowergamma": _slopes(_POINTS_RIGHT, _gamma_density),
    "uppergamma": _slopes(_POINTS_RIGHT, _gamma_density),
    "lowergamma_regularized": _slopes(_POINTS_RIGHT, _gamma_law),
    "uppergamma_regularized": _slopes(_POINTS_RIGHT, _gamma_law),
}
