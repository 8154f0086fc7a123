"""Harmonics against two packages; spectra of a deep kernel against the usual quadratures."""

import importlib.util
import os
import time
import warnings

import mpmath
import numpy as np
from _timing import PEERS, compare
from scipy import integrate, special

import theorycalc as tc
from theorycalc.sphere import in_angle

POINTS = 2000
# (dimension, highest degree)
CASES = ((3, 9), (3, 29), (3, 100), (4, 9), (5, 11), (10, 4), (20, 2), (50, 2))
# The highest degree for which spherical-harmonics-basis keeps a fundamental system.
STORED = {3: 62, 4: 19, 5: 19, 10: 5, 20: 3}
# (dimension, degree) of the eigenvalues that are compared.
SPECTRA = ((3, 10), (3, 200), (10, 20), (10, 200), (100, 10), (100, 20), (100, 200))
# Dimensions of certified eigenvalues of a deep network.
DEEP = (2, 10, 100, 300, 1000)


def installed():
    """The peers that are there; the others are named."""
    modules = {"spherical_harmonics", "sphericart"}
    found = {module for module in modules if importlib.util.find_spec(module)}
    for module in modules - found:
        print(f"{PEERS[module]} is not installed: skipped")
    return found


def by_fundamental_systems(x, degree):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for optional packages of its own
        from spherical_harmonics import SphericalHarmonics

    basis = SphericalHarmonics(x.shape[1], degree + 1)
    return lambda: np.asarray(basis(x))


def by_sphericart(x, degree):
    """Orthonormal in the surface measure: the last column of the table allows for it."""
    import sphericart

    calculator = sphericart.SphericalHarmonics(degree)
    return lambda: calculator.compute(x)


def points(d):
    """Random points, the two poles and an axis."""
    x = np.random.default_rng(0).standard_normal((POINTS, d))
    x[:3] = 0
    x[0, -1], x[1, -1], x[2, 0] = 1, -1, 1
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def defect(values, d, degree):
    """The largest | Σ_m Y_{k,m}(x)² / N(d, k) − 1 | over the points and the degrees ≤ K."""
    if d == 3 and np.isclose(values[0, 0] ** 2, 1 / (4 * np.pi)):
        values = values * np.sqrt(4 * np.pi)
    counts = [int(tc.sphere.num_harmonics(d, k)) for k in range(degree + 1)]
    first = np.cumsum([0, *counts[:-1]])
    errors = np.abs(np.add.reduceat(values**2, first, axis=1) / counts - 1)
    return f"addition theorem {errors.max():.0e}"


def harmonics():
    found = installed()
    threads = os.getenv("OMP_NUM_THREADS", "not set")
    print(f"{POINTS} points, {os.cpu_count()} cores, OMP_NUM_THREADS {threads}")
    for d, degree in CASES:
        x = points(d)
        ways = {"all_harmonics": lambda x=x, degree=degree: tc.sphere.all_harmonics(x, degree)}
        if "spherical_harmonics" in found and degree <= STORED.get(d, -1):
            ways["spherical-harmonics-basis"] = by_fundamental_systems(x, degree)
        if "sphericart" in found and d == 3:
            ways["sphericart"] = by_sphericart(x, degree)
        functions = tc.sphere.num_harmonics(d + 1, degree)
        compare(
            f"d = {d}, degrees ≤ {degree}: {functions} functions",
            ways,
            lambda values, d=d, degree=degree: defect(values, d, degree),
        )


def gegenbauer_ratio(d, k, t):
    """P_{d,k} by SciPy: C_k(t)/C_k(1)."""
    order = d / 2 - 1
    return special.eval_gegenbauer(k, order, t) / special.eval_gegenbauer(k, order, 1.0)


def by_quad(kernel, d, k):
    """One eigenvalue by adaptive quadrature in t."""
    density = tc.sphere.coordinate_density(d).lambdify()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", integrate.IntegrationWarning)
        return integrate.quad(
            lambda t: float(kernel(t) * density(t)) * gegenbauer_ratio(d, k, t), -1, 1, limit=200
        )[0]


def by_gauss_gegenbauer(kernel, d, degree, nodes=500):
    """All eigenvalues by the rule whose weight is the law of one coordinate."""
    t, w = special.roots_gegenbauer(nodes, d / 2 - 1)
    weighted = w / w.sum() * kernel(t)
    return [float(weighted @ gegenbauer_ratio(d, k, t)) for k in range(degree + 1)]


def by_mpmath(depth, d, k, digits=30):
    """One eigenvalue by tanh–sinh quadrature in t at a fixed precision."""
    with mpmath.workdps(digits):
        m = mpmath.mp
        order = m.mpf(d) / 2 - 1
        top = m.gegenbauer(k, order, 1)

        def integrand(t):
            sigma = theta = t
            for _ in range(depth):
                angle = m.acos(max(min(sigma, 1), -1))
                slope = (m.pi - angle) / m.pi
                sigma = sigma * slope + m.sqrt(1 - sigma**2 if abs(sigma) < 1 else 0) / m.pi
                theta = sigma + slope * theta
            zonal = m.gegenbauer(k, order, t, zeroprec=1000) / top
            return theta * zonal * (1 - t * t) ** (order - m.mpf(1) / 2)

        constant = m.gamma(order + 1) / m.sqrt(m.pi) / m.gamma(order + m.mpf(1) / 2)
        return constant * m.quad(integrand, [-1, 0, 1])


def afresh(kernel, d, degree):
    """Our spectrum with nothing kept from an earlier call."""

    def call():
        in_angle.doubles.cache_clear()
        return tc.sphere.spectrum(kernel, d, degree)

    return call


def spectra(depth=3):
    network = tc.kernels.mlp(depth)
    kernel = network.ntk.lambdify()
    for d, k in SPECTRA:
        exact = float(tc.sphere.funk_hecke(network, d, k).at(using=tc.Ball(20)))
        ways = {
            f"spectrum, degrees 0 … {k}": afresh(network, d, k),
            "scipy quad, one degree": lambda d=d, k=k: by_quad(kernel, d, k),
            f"Gauss–Gegenbauer(500), 0 … {k}": lambda d=d, k=k: by_gauss_gegenbauer(kernel, d, k),
        }
        if k <= 20:  # beyond, it takes minutes
            ways["mpmath quad(30), one degree"] = lambda d=d, k=k: by_mpmath(depth, d, k)
        compare(
            f"NTK of depth {depth}, d = {d}, degree {k}: eigenvalue {exact:.2e}",
            ways,
            lambda found, exact=exact: last_error(found, exact),
        )


def in_balls(depth=10, k=200):
    """One certified eigenvalue of a deep network over one of a single dimension, at every d."""
    first = None
    for d in DEEP:
        mu = tc.sphere.funk_hecke(tc.kernels.mlp(depth), d, k)
        in_angle.enclosures.cache_clear()
        start = time.process_time()
        value = mu.at(using=tc.Ball(20))
        seconds = time.process_time() - start
        first = first or seconds
        print(
            f"degree {k} of {depth} ReLU layers, d = {d}: {value}, "
            f"{seconds:.2f} s of the processor, {seconds / first:.1f} times d = {DEEP[0]}"
        )


def in_angle_by_activation(d=100, degree=200):
    """Whole spectra in Float of networks with one hidden layer, over ReLU's with three."""
    networks = {"relu": tc.kernels.mlp(3)}
    networks.update((name, tc.kernels.mlp(1, activation=name)) for name in ("elu", "selu"))
    first = None
    for name, network in networks.items():
        start = time.process_time()
        found = tc.sphere.spectrum(network, d, degree)
        seconds = time.process_time() - start
        first = first or seconds
        print(
            f"degrees ≤ {degree}, d = {d}, {name}: last {found[-1]}, "
            f"{seconds:.2f} s of the processor, {seconds / first:.1f} times three ReLU layers"
        )


def last_error(found, exact):
    last = float(found[-1]) if isinstance(found, list) else float(found)
    return f"relative error {abs(last / exact - 1):.0e}"


def main():
    harmonics()
    spectra()
    in_balls()
    in_angle_by_activation()


if __name__ == "__main__":
    main()
