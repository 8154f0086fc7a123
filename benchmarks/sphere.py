"""Spherical harmonics against two packages: stored fundamental systems, and C++ for d = 3."""

import importlib.util
import os
import warnings

import numpy as np
from _timing import compare

import theorycalc as tc
from theorycalc.sphere.harmonics import all_harmonics

POINTS = 2000
# (dimension, highest degree)
CASES = ((3, 9), (3, 29), (3, 100), (4, 9), (5, 11), (10, 4), (20, 2), (50, 2))
# The highest degree for which spherical-harmonics-basis keeps a fundamental system.
STORED = {3: 62, 4: 19, 5: 19, 10: 5, 20: 3}
# The module of each peer, and its name on PyPI.
PEERS = {"spherical_harmonics": "spherical-harmonics-basis", "sphericart": "sphericart"}


def installed():
    """The peers that are there; the others are named."""
    found = {module for module in PEERS if importlib.util.find_spec(module)}
    for module in PEERS.keys() - found:
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
        ways = {"all_harmonics": lambda x=x, degree=degree: all_harmonics(x, degree)}
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


def main():
    harmonics()


if __name__ == "__main__":
    main()
