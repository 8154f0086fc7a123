"""Random directions, and the mean of |g| over them for a polynomial g."""

import itertools
import math
from functools import lru_cache

import numpy as np
import sympy
from sympy import Expr, Poly, S, betainc_regularized, cos, pi, sin, sqrt

from theorycalc.core.gammas import gamma
from theorycalc.core.special import SpecialFunction
from theorycalc.relu.means.rules import Doubles, evaluate, sphere_rule
from theorycalc.relu.target import real_roots, rescaled, spherical_mean

_ANGLE = sympy.Symbol("theta", real=True)
# Sizes of the two rules for the mean of |g| that are compared.
_COARSE, _FINE = 24, 36


def uniform(rng: np.random.Generator, count: int, d: int) -> np.ndarray:
    """Uniform points of the unit sphere, (count, d)."""
    points = rng.standard_normal((count, d))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def values(polynomial: Poly, points: np.ndarray) -> np.ndarray:
    """Values at points (n, d)."""
    return evaluate(polynomial, Doubles(), points)


def by_size(
    rng: np.random.Generator, polynomial: Poly, count: int, d: int, places: list[int]
) -> np.ndarray:
    """Points of the unit sphere with density ∝ |g|, g a polynomial in some coordinates."""
    most = _bound(polynomial)
    drawn = np.empty((0, d))
    while len(drawn) < count:
        points = uniform(rng, 4 * count + 64, d)
        keep = rng.random(len(points)) * most < np.abs(values(polynomial, points[:, places]))
        drawn = np.concatenate([drawn, points[keep]])
    return drawn[:count]


def _bound(polynomial: Poly) -> float:
    """A bound on |g| over the sphere: |w^α| ≤ Π (α_i/|α|)^{α_i/2}."""
    return sum(
        abs(float(c)) * math.prod((a / sum(alpha)) ** (a / 2) for a in alpha if a)
        for alpha, c in polynomial.as_dict().items()
    )


@lru_cache(maxsize=256)
def absolute_mean(polynomial: Poly, d: int) -> Expr:
    """E |g(w)| for w uniform on the unit sphere of R^d, g a polynomial in d coordinates or less.

    Closed for monomials, polynomials without change of sign that shows, in one variable, and on the
    circle; otherwise a function that is known in doubles.
    """
    reduced = _on_sphere(polynomial) if len(polynomial.gens) == d else polynomial
    terms = reduced.as_dict()
    is_even = not any(a % 2 for alpha in terms for a in alpha)
    if is_even and len({c > 0 for c in terms.values()}) <= 1:
        return abs(spherical_mean(reduced, d))
    for candidate in (polynomial, reduced):
        if len(candidate.as_dict()) == 1:
            return _monomial(candidate, d)
    if d == 1:
        return sum(abs(reduced.eval({reduced.gen: sign})) for sign in (-1, 1)) / 2
    for candidate in (polynomial, reduced):
        used = [x for x in candidate.gens if candidate.degree(x) > 0]
        if len(used) == 1:
            return _zonal(Poly(candidate.as_expr(), used[0]), d)
    if d == 2:
        return _on_circle(polynomial)
    return AbsoluteMean(sympy.Lambda(reduced.gens, reduced.as_expr()), d)


def _on_sphere(polynomial: Poly) -> Poly:
    """The same function on ‖w‖ = 1, of degree ≤ 1 in the last variable."""
    square = Poly(1 - sympy.Add(*(x**2 for x in polynomial.gens[:-1])), *polynomial.gens)
    total = polynomial.zero
    for (*alpha, a), c in polynomial.as_dict().items():
        rest = Poly.from_dict({(*alpha, a % 2): c}, *polynomial.gens)
        total = total + rest * square ** (a // 2)
    return total


def coordinate_moment(d: int, q) -> Expr:
    """E |w_1|^q on the unit sphere of R^d."""
    d = S(d)
    return gamma(d / 2) * gamma((q + S.One) / 2) / (sqrt(pi) * gamma((d + q) / 2))


def _monomial(polynomial: Poly, d: int) -> Expr:
    ((alpha, c),) = polynomial.as_dict().items()
    d, k = S(d), sum(alpha)
    factors = (gamma(S(a + 1) / 2) / sqrt(pi) for a in alpha)
    return abs(c) * gamma(d / 2) / gamma((d + k) / 2) * sympy.Mul(*factors)


def _zonal(polynomial: Poly, d: int) -> Expr:
    """∫ |g| dτ_d from root to root."""
    inside = [x for x in real_roots(polynomial) if -1 < x < 1]
    total = S.Zero
    for a, b in itertools.pairwise([-S.One, *inside, S.One]):
        sign = sympy.sign(polynomial.eval((a + b).evalf() / 2))
        for (j,), c in polynomial.as_dict().items():
            total += sign * c * (_moment_to(b, j, d) - _moment_to(a, j, d))
    return total


def _moment_to(end: Expr, j: int, d: int) -> Expr:
    """∫_0^end t^j dτ_d: t² has the Beta law of 1/2 and (d − 1)/2."""
    part = betainc_regularized(S(j + 1) / 2, S(d - 1) / 2, 0, end**2)
    return sympy.sign(end) ** (j + 1) * coordinate_moment(d, j) * part / 2


def _on_circle(polynomial: Poly) -> Expr:
    """The same for d = 2: zeros on the circle are roots in tan(φ/2)."""
    u = sympy.Symbol("u")
    x, y = polynomial.gens
    k = polynomial.total_degree()
    point = {x: (1 - u**2) / (1 + u**2), y: 2 * u / (1 + u**2)}
    numerator = sympy.cancel(polynomial.as_expr().subs(point, simultaneous=True) * (1 + u**2) ** k)
    ends = [-pi, *(2 * sympy.atan(r) for r in real_roots(Poly(numerator, u))), pi]
    body = polynomial.as_expr().subs({x: cos(_ANGLE), y: sin(_ANGLE)}, simultaneous=True)
    primitive, total = _primitive(body), S.Zero
    for a, b in itertools.pairwise(ends):
        middle = (a + b).evalf() / 2
        total += sympy.sign(body.subs(_ANGLE, middle)) * primitive(a, b)
    return total / (2 * pi)


def _primitive(body: Expr):
    """(a, b) ↦ ∫_a^b of a trigonometric polynomial, term by term in its Fourier series."""
    z = sympy.Symbol("z")
    exponentials = {cos(_ANGLE): (z + 1 / z) / 2, sin(_ANGLE): (z - 1 / z) / (2 * sympy.I)}
    series = sympy.expand(body.subs(exponentials, simultaneous=True))
    waves: dict[int, Expr] = {}
    for term in sympy.Add.make_args(series):
        c, power = term.as_coeff_exponent(z)
        waves[int(power)] = waves.get(int(power), S.Zero) + c

    def integral(a: Expr, b: Expr) -> Expr:
        total = waves.get(0, S.Zero) * (b - a)
        for n, c in waves.items():
            if n > 0:  # c z^n and its conjugate
                real, imaginary = 2 * sympy.re(c), -2 * sympy.im(c)
                total += real * (sin(n * b) - sin(n * a)) / n
                total -= imaginary * (cos(n * b) - cos(n * a)) / n
        return total

    return integral


class AbsoluteMean(SpecialFunction):
    """E |g(w)| for w uniform on the unit sphere in R^d, d ≥ 3, g a Lambda of d variables or less.

    The two last coordinates lie on a circle, on which the zeros of g are found and |g| is
    integrated exactly; the others are uniform in the ball of R^{d−2}, where two rules are compared.
    """

    nargs = 2
    functions = (sympy.Lambda,)

    @staticmethod
    def domain(g, d):
        return sympy.Contains(d, sympy.S.Naturals) & (d >= 3)

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def double(g, d):
        polynomial = Poly(g.expr, *g.variables)
        coarse, fine = (_mean(polynomial, int(d), size) for size in (_COARSE, _FINE))
        return np.float64(fine), np.float64(abs(fine - coarse) + _rounding(polynomial))

    def in_latex(self, printer):
        return rf"\mathbb{{E}}\left|{printer._print(self.args[0].expr)}\right|"


def _rounding(polynomial: Poly) -> float:
    """What roundings do to a mean of |g|, all terms without their signs.

    Those of values on a circle and of their Fourier coefficients, and of the arcs between at most
    2k + 2 cuts, each with the primitives of 2k + 1 waves. A moved root changes no arc to first
    order.
    """
    k, terms = polynomial.total_degree(), len(polynomial.as_dict())
    values = k + terms + 2 * math.log2(2 * k + 2) + 8
    arcs = 4 * (2 * k + 2) * (2 * k + 1) / np.pi
    return (values * (2 * k + 1) + arcs) * np.finfo(float).eps * _bound(polynomial)


def _mean(polynomial: Poly, d: int, size: int) -> float:
    """E |g| over the sphere of R^d: that of the n coordinates of g, over their norm."""
    n = len(polynomial.gens)
    if n == d:
        return _ball_mean(polynomial, size)
    from scipy.special import roots_sh_jacobi

    # the square of the norm of n coordinates has the Beta law of n/2 and (d − n)/2
    squares, weights = roots_sh_jacobi(size, d / 2 - 1, n / 2)
    means = [_ball_mean(rescaled(polynomial, float(q) ** 0.5), size) for q in squares]
    return float(weights @ means / weights.sum())


def _ball_mean(polynomial: Poly, size: int) -> float:
    """The mean over the ball of R^{d−2} of the mean over the circles."""
    d = len(polynomial.gens)
    if d == 2:
        return float(_circle_means(polynomial, np.zeros((1, 0)))[0])
    numbers = Doubles()
    t, weights = numbers.rule(size)
    radii, weights = (1 + t) / 2, weights / 2
    # a radius of the uniform ball has density (d − 2) r^{d−3}
    weights = weights * (d - 2) * radii ** (d - 3)
    inner, masses = sphere_rule(numbers, d - 2, min(size, 24 if d > 4 else size))
    points = (radii[:, None, None] * inner[None]).reshape(-1, d - 2)
    means = _circle_means(polynomial, points)
    return float(weights @ (means.reshape(size, -1) @ masses))


def _circle_means(polynomial: Poly, points: np.ndarray) -> np.ndarray:
    """Means of |g(y, ρ cos φ, ρ sin φ)| over φ, ρ² = 1 − ‖y‖², for every y."""
    k = polynomial.total_degree()
    angles = 2 * np.pi * np.arange(2 * k + 2) / (2 * k + 2)
    radius = np.sqrt(np.maximum(1 - (points**2).sum(axis=1), 0))
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    full = np.concatenate(
        [
            np.repeat(points[:, None], len(angles), axis=1),
            radius[:, None, None] * circle[None],
        ],
        axis=2,
    )
    samples = values(polynomial, full.reshape(-1, points.shape[1] + 2)).reshape(len(points), -1)
    waves = np.fft.fft(samples, axis=1) / len(angles)
    return np.array([_mean_of_modulus(wave, k) for wave in waves])


def _mean_of_modulus(wave: np.ndarray, k: int) -> float:
    """(1/2π) ∫ |Σ_n c_n e^{inφ}| dφ of a real trigonometric polynomial of degree k."""
    n = np.arange(-k, k + 1)
    c = np.concatenate([wave[-k:], wave[: k + 1]]) if k else wave[:1]
    roots = np.roots(np.trim_zeros(c[::-1], "f"))
    # a root off the circle splits an arc where nothing changes sign: that does no harm
    near = roots[np.abs(np.abs(roots) - 1) < 1e-2]
    cuts = np.sort(np.concatenate([[-np.pi, np.pi], np.angle(near)]))
    oscillating = n != 0
    steps = np.exp(1j * np.outer(cuts, n[oscillating])) @ (c[oscillating] / (1j * n[oscillating]))
    pieces = np.diff(steps.real) + np.diff(cuts) * c[~oscillating].real
    return float(np.abs(pieces).sum() / (2 * np.pi))
