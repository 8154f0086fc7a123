"""The mean distortion of a random quantiser against nested quadratures and Monte Carlo."""

import itertools
import math
import time
from fractions import Fraction

import mpmath
import numpy as np
import sympy
from _timing import compare, costs
from scipy import integrate, special

import theorycalc as tc
from theorycalc.quantization.arguments import Points
from theorycalc.quantization.sphere import in_doubles, in_doubles_loops

# The case of the nested quadratures: N(0, I_5), n = 10, s = 1, r = 3/2.
D, N, S, R = 5, 10, 1, 1.5
SAMPLES, CHUNK = 1_000_000, 50_000
# Nodes of mpmath's tanh–sinh rule in R, two panels at its level for 15 digits; one of them is
# timed, and the time of all of them extrapolated.
OUTER_NODES = 2 * 160
HUGE = ((200, "1e14"), (200, "1e18"), (200, "1e30"), (5, "1e18"))
CASES = (
    (2, "1e30", 1),
    (5, "10", 1),
    (200, "1e30", "0.5"),
    (1000, "1e300", 1),
    (10000, "1e300", 8),
)


def density(big):
    """The density of R for N(0, I_5)."""
    return 2 * big ** (D - 1) * math.exp(-big * big / 2) / (2 ** (D / 2) * math.gamma(D / 2))


def by_scipy():
    """Nested adaptive quadrature over R and the largest cosine, split at R = r."""
    norm, a = special.beta(0.5, (D - 1) / 2), (D - 1) / 2

    def cosine(t, big):
        tail = special.betainc(a, a, (1 - t) / 2)
        law = N * (1 - tail) ** (N - 1) * (1 - t * t) ** (a - 1) / norm
        return (big * big + R * R - 2 * big * R * t) ** (S / 2) * law

    def radius(big):
        return density(big) * integrate.quad(cosine, -1, 1, args=(big,))[0]

    return sum(integrate.quad(radius, *ends)[0] for ends in ((0, R), (R, 12)))


def one_outer_node(big=2):
    """The triple integral of the definition at one R, 15 digits."""
    m = mpmath.mp
    constant = m.gamma(m.mpf(D) / 2) / (m.sqrt(m.pi) * m.gamma(m.mpf(D - 1) / 2))

    def survival(u):
        reach = (big**2 + R * R - u * u) / (2 * big * R)
        mass = m.quad(lambda t: constant * (1 - t * t) ** (m.mpf(D - 3) / 2), [reach, 1])
        return S * u ** (S - 1) * (1 - mass) ** N

    return abs(big - R) ** S + m.quad(survival, [abs(big - R), big + R])


def by_sampling(seed=0):
    """Monte Carlo."""
    rng = np.random.default_rng(seed)
    total = 0.0
    for _ in range(SAMPLES // CHUNK):
        x = rng.standard_normal((CHUNK, D))
        z = rng.standard_normal((CHUNK, N, D))
        z *= R / np.linalg.norm(z, axis=2, keepdims=True)
        total += (np.linalg.norm(x[:, None] - z, axis=2).min(axis=1) ** S).sum()
    return total / SAMPLES


def nested():
    formula = tc.quantization.distortion(tc.distributions.Gaussian(D), N, S)
    exact, ours = formula.at(r="1.5", using=tc.Ball(15)), formula.lambdify()
    compare(
        f"N(0, I_{D}), n = {N}, s = {S}, r = {R}",
        {
            "distortion, lambdify": lambda: ours(R),
            "distortion, .at() with its error": lambda: float(formula.at(r="1.5")),
            "scipy, nested quad": by_scipy,
            f"Monte Carlo, {SAMPLES} samples": by_sampling,
        },
        lambda x: f"relative error {abs(x / float(exact) - 1):.0e}",
    )
    start = time.perf_counter()
    one_outer_node()
    once = time.perf_counter() - start
    print(f"mpmath, triple quad, 15 digits: {once:.2g} s for one R;")
    print(f"extrapolated to {OUTER_NODES} nodes: {once * OUTER_NODES:.0f} s\n")


def doubles_only():
    """Set-up, one distortion, one optimal radius."""
    for d, n, s in CASES:
        law = tc.distributions.Gaussian(d)
        formula = tc.quantization.distortion(law, n, s)
        radius = tc.quantization.optimal_radius(law, n, s)
        r, ours = math.sqrt(d) / 2, formula.lambdify()
        best = radius.at()

        points = Points(sympy.Rational(n))

        def set_up(d=d, n=points, s=float(Fraction(s))):
            q, weights, _ = in_doubles.law_of_maximum.__wrapped__(float(d), n, s / 2)
            return in_doubles_loops.table(q, weights, s)

        def find(radius=radius):
            in_doubles.optimal_radius.cache_clear()
            return radius.at()

        ways = {"distortion": lambda ours=ours, r=r: ours(r), "set-up": set_up, "r*": find}
        compare(f"N(0, I_{d}), n = {n}, s = {s}: r* = {best}", ways)


FRESH = itertools.count(10**6)


def growth():
    """The mean distortion in more and more dimensions, of numbers of points that are new."""

    def at(using):
        def prepared(d):
            law, r = tc.distributions.Gaussian(d), math.isqrt(d)
            return lambda: tc.quantization.distortion(law, next(FRESH), S).at(r=r, using=using)

        return prepared

    ways = {"Float()": at(tc.Float()), "Ball(15), certified": at(tc.Ball(15))}
    sizes = (3, 10, 30, 100, 300, 1000, 3000, 10000)
    costs("mean distortion of a million points, N(0, I_d), r = ⌊√d⌋", "d", sizes, ways)


def many_digits():
    for digits in (15, 30, 50):
        for d, n in ((5, 10), (200, "1e30")):
            law = tc.distributions.Gaussian(d)
            formulas = {
                "distortion": (tc.quantization.distortion(law, n, 1), {"r": math.isqrt(d)}),
                "optimal radius": (tc.quantization.optimal_radius(law, n, 1), {}),
                "1 − m": (tc.quantization.mean_max_cosine_complement(d, n), {}),
            }
            for name, (formula, params) in formulas.items():
                start = time.perf_counter()
                value = formula.at(using=tc.MP(digits), **params)
                seconds = time.perf_counter() - start
                print(f"MP({digits}), d = {d}, n = {n}, {name}: {seconds:.2f} s, {value}")


def silent_failure():
    """(1 − betainc)^n in doubles: 1 − F is rounded away."""
    t, w = np.polynomial.legendre.leggauss(2000)
    for d, n in HUGE:
        tail = special.betainc((d - 1) / 2, (d - 1) / 2, (1 - t) / 2)
        naive = 1 - w @ (1 - tail) ** float(n)
        true = tc.quantization.mean_max_cosine(d, n).at(using=tc.Ball(10))
        print(f"d = {d}, n = {n}: naive mean cosine {naive:.5f}, true {true}")


def main():
    nested()
    doubles_only()
    growth()
    many_digits()
    silent_failure()


if __name__ == "__main__":
    main()
