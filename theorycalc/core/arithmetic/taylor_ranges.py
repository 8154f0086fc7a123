"""Ranges of Taylor coefficients: enclosures of f^(k)(x)/k! for all x of a ball.

Where every derivative is monotone, the coefficient of each order is the hull of those at the two
ends: nothing is lost, however wide the ball is. Other functions are expanded in the middle with
more terms, and Cauchy's estimate on a circle bounds what is left out.
"""

from collections.abc import Callable

from flint import arb, arb_poly, ctx

from theorycalc.core.arithmetic.any_ball import whole
from theorycalc.core.arithmetic.ball_functions import REAL
from theorycalc.core.arithmetic.taylor_circles import CIRCLES
from theorycalc.core.arithmetic.taylor_points import at_point

# How many more terms than twice as many the middle has.
_MORE = 4


def taylor_range(name: str, x: arb, length: int, *parameters: arb) -> list[arb]:
    """Enclosures of the coefficients at all points of a ball, not finite beyond the domain."""
    if is_narrow(x):
        return at_point(name, x, length, *parameters)
    return RULES.get(name, _nowhere)(name, x, length, *parameters)


def is_narrow(x: arb) -> bool:
    """Whether a ball is a number with its rounding error."""
    return x.rel_accuracy_bits() > ctx.prec / 2


def _nowhere(name: str, x: arb, n: int, *parameters) -> list[arb]:
    return [arb.nan()] * n


def _hull(name: str, points: list[arb], n: int, *parameters) -> list[arb]:
    first, *rest = (at_point(name, point, n, *parameters) for point in points)
    for found in rest:
        first = [a.union(b) for a, b in zip(first, found, strict=True)]
    return first


def _ends(x: arb) -> list[arb]:
    return [x.lower(), x.upper()]


def _monotone(inside: Callable) -> Callable:
    """Every derivative is monotone where a condition holds on the ball."""

    def rule(name, x, n, *parameters):
        defined = inside(x, *parameters)
        return (_hull if defined else _nowhere)(name, _ends(x) if defined else x, n, *parameters)

    return rule


def _right_of(start) -> Callable:
    return _monotone(lambda x, *parameters: x > start)


def _odd_or_even(limit: Callable, centre: int = 0) -> Callable:
    """A function whose derivatives all grow from a centre to a limit, odd or even around it."""

    def rule(name, x, n, *parameters):
        if not abs(x - centre) < limit():
            return _nowhere(name, x, n)
        between = [arb(centre)] if x.contains(centre) else []
        return _hull(name, [*_ends(x), *between], n, *parameters)

    return rule


def _by_signs(monotone: Callable) -> Callable:
    """From the last derivative down: one is monotone if known to be, or if the next has a sign.

    Otherwise it is within what the next one can change from either end.
    """

    def rule(name, x, n, *parameters):
        if not x > 0:
            return _nowhere(name, x, n)
        count = n if monotone(n - 1) else n + 1
        ends = [at_point(name, end, count, *parameters) for end in _ends(x)]
        span, found = arb(0).union(x.upper() - x.lower()), []
        for k in reversed(range(count)):
            low, high = (end[k] for end in ends)
            above = found[-1] * (k + 1) if found else None
            if monotone(k) or above >= 0 or above <= 0:
                found.append(low.union(high))
            else:
                found.append((low + above * span).intersection(high - above * span))
        return found[::-1][:n]

    return rule


def _wave(name: str, x: arb, n: int) -> list[arb]:
    """sin and cos, whose derivatives are one another."""
    cycle = [x.sin(), x.cos(), -x.sin(), -x.cos()]
    found, factorial = [], arb(1)
    for k in range(n):
        found.append(cycle[(k + (name == "cos")) % 4] / factorial)
        factorial *= k + 1
    return found


def _centred(name: str, x: arb, n: int, *parameters) -> list[arb]:
    """The coefficients in the middle, moved; the rest by |a_k| ≤ bound/ρ^k on a circle of radius ρ.

    The rest of the k-th is Σ_{i ≥ N} C(i, k) r^{i − k} bound/ρ^i, a series whose ratios fall.
    """
    centre, radius = x.mid(), arb(x.rad())
    count = 2 * n + _MORE
    circle = _best_circle(CIRCLES[name](centre, *parameters), radius, count)
    if circle is None:
        return _nowhere(name, x, n)
    size, bound = circle
    part = radius / size
    moved = arb_poly(at_point(name, centre, count, *parameters))(arb_poly([x - centre, 1]))
    found, first = [], bound * part**count
    for k in range(n):
        ratio = part * (count + 1) / (count + 1 - k)
        if ratio < 1:
            rest = (first / (1 - ratio)).abs_upper()
            found.append(moved[k] + arb(0, rest))
        elif k:
            found.append(arb(0, (bound / (size - radius) ** k).abs_upper()))
        else:
            found.append(REAL[name](*parameters, x))
        first = first * (count - k) / ((k + 1) * radius)
    return found


def _best_circle(circles, radius: arb, count: int) -> tuple[arb, arb] | None:
    """The circle around the ball on which Cauchy's estimate of a late coefficient is least."""
    usable = [(size, bound) for size, bound in circles if size > radius and bound.is_finite()]
    return min(usable, key=lambda c: float((c[1].log() - count * c[0].log()).mid()), default=None)


def _error_function(name: str, x: arb, n: int) -> list[arb]:
    """Every derivative is monotone beyond the zeros of H_{n−1}, which are below √(2n − 1)."""
    far = abs(x) > arb(2 * n + 1).sqrt()
    return _hull(name, _ends(x), n) if far else _centred(name, x, n)


def _bessel_i(name: str, x: arb, n: int, order: arb) -> list[arb]:
    """Of integer order a power series with positive coefficients."""
    if whole(order) is None:
        return _centred(name, x, n, order)
    return _odd_or_even(arb.pos_inf)(name, x, n, order)


def _scaled_bessel_i(name: str, x: arb, n: int, order: arb) -> list[arb]:
    """e^{−x} I_0(x) is the mean of e^{−x(1 − cos φ)}."""
    return (_EVERYWHERE if order.is_zero() else _centred)(name, x, n, order)


def _incomplete_gamma(name: str, x: arb, n: int, s: arb) -> list[arb]:
    """t^(s−1) e^(−t) falls with all its derivatives for s ≤ 1."""
    if s <= 1:
        return _right_of(0)(name, x, n, s)
    return _centred(name, x, n, s)


def _exponential_integral(name: str, x: arb, n: int) -> list[arb]:
    """Ei(x) = −E_1(−x) is a mean of exponentials for x < 0."""
    return _hull(name, _ends(x), n) if x < 0 else _centred(name, x, n)


def _power(name: str, x: arb, n: int, exponent) -> list[arb]:
    """x^a, beyond 0 for integers: Cₖ x^(a−k), in which an even power has no sign."""
    degree = whole(arb(exponent))
    if degree is None or (degree < 0 and x.contains(0)):
        return _right_of(0)(name, x, n, exponent)
    if degree < 0 or not x.contains(0):
        return _hull(name, _ends(x), n, exponent)
    found, binomial, degree = [], arb(1), int(degree)
    for k in range(min(n, degree + 1)):
        found.append(binomial * _natural_power(x, degree - k))
        binomial = binomial * (degree - k) / (k + 1)
    return found + [arb(0)] * (n - len(found))


def _natural_power(x: arb, degree: int) -> arb:
    if degree == 0:
        return arb(1)
    ends = (x.lower() ** degree).union(x.upper() ** degree)
    return ends if degree % 2 else ends.union(arb(0))


_EVERYWHERE = _monotone(lambda x, *parameters: True)
_POSITIVE = _right_of(0)

# Completely monotone or absolutely monotone functions, and those whose slope is one: exp and erfcx
# by their integrals; log and powers; digamma, polygamma, ζ on s > 1 and K_ν as integrals or sums of
# exponentials; 1/√((x − 1)(x + 1)); W as ∫ z/(z + t) dμ(t) over t ≥ 1/e (G. Kalugin, D. Jeffrey,
# R. Corless, 2012); power series with positive coefficients on (0, limit).
RULES: dict[str, Callable] = {
    "power": _power,
    **dict.fromkeys(("exp", "expm1", "erfcx"), _EVERYWHERE),
    **dict.fromkeys(("log", "sqrt", "digamma", "polygamma"), _POSITIVE),
    **dict.fromkeys(("besselk", "besselk_scaled"), _POSITIVE),
    "log1p": _right_of(-1),
    "acosh": _right_of(1),
    "zeta": _monotone(lambda x, s=None: x > 1 if s is None else x > 0 and s > 1),
    "lambertw": _monotone(lambda x: x > -(arb(-1).exp())),
    **dict.fromkeys(("sinh", "cosh", "erfi"), _odd_or_even(arb.pos_inf)),
    **dict.fromkeys(("asin", "acos", "atanh"), _odd_or_even(lambda: arb(1))),
    "erfinv": _odd_or_even(lambda: arb(1)),
    "erfcinv": _odd_or_even(lambda: arb(1), centre=1),
    "expint": _monotone(lambda x, s: x > 0 and s > 0),
    "ei": _exponential_integral,
    "tan": _odd_or_even(lambda: arb.pi() / 2),
    "gamma": _by_signs(lambda k: k % 2 == 1),
    "loggamma": _by_signs(lambda k: k > 0),
    **dict.fromkeys(("sin", "cos"), _wave),
    **dict.fromkeys(("erf", "erfc"), _error_function),
    "besseli": _bessel_i,
    "besseli_scaled": _scaled_bessel_i,
    **dict.fromkeys(("lowergamma", "uppergamma"), _incomplete_gamma),
    **dict.fromkeys(("lowergamma_regularized", "uppergamma_regularized"), _incomplete_gamma),
    **dict.fromkeys("tanh softplus atan asinh log_erfc log_ndtr besselj sinc".split(), _centred),
}
