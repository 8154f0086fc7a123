"""Densities of laws against a plain fixed-point iteration and sampled matrices, near edges too."""

import importlib.util

import numpy as np
from _timing import compare

import theorycalc as tc

POINTS = 2000
S = tc.spectra
PLACES, WEIGHTS, C = np.array([1.0, 4.0]), np.array([0.5, 0.5]), 0.1
LAW = S.sample_covariance({1: "1/2", 4: "1/2"}, "1/10")
# Distances from the lowest edge.
DISTANCES = (1e-1, 1e-3, 1e-6, 1e-9)


def iterated(x, height=1e-6, steps=2000):
    """The usual loop: Silverstein's equation a little above the axis, until it looks converged."""
    z = x + 1j * height
    v = np.full(len(x), 1j)
    for _ in range(steps):
        moved = 1 / (-z + C * (WEIGHTS * PLACES / (1 + PLACES * v[:, None])).sum(axis=1))
        if np.abs(moved - v).max() < 1e-12:
            break
        v = moved
    return np.maximum(v.imag, 0) / (np.pi * C)


def sampled(x, p=1000, runs=4):
    """A histogram of eigenvalues, at the points."""
    rng = np.random.default_rng(0)
    root = np.sqrt(np.repeat(PLACES, p // 2))
    n = int(p / C)
    found = []
    for _ in range(runs):
        y = root[:, None] * rng.standard_normal((p, n))
        found.append(np.linalg.eigvalsh(y @ y.T / n))
    heights, bins = np.histogram(np.concatenate(found), bins=60, density=True)
    return heights[np.clip(np.searchsorted(bins, x) - 1, 0, len(heights) - 1)]


def digits(values, exact):
    error = np.abs(values - exact) / np.abs(exact)
    return f"{-np.log10(max(error.max(), 1e-17)):.1f} digits"


def densities():
    x = np.linspace(0.6, 1.35, POINTS)
    ours = LAW.density.lambdify()
    exact = ours(x)
    ways = {
        "theorycalc": lambda: ours(x),
        "fixed point, 1e-6 above the axis": lambda: iterated(x),
        "4 matrices of 1000 × 10000": lambda: sampled(x),
    }
    compare("the density at 2000 points", ways, accuracy=lambda found: digits(found, exact))


def edges():
    edge = LAW.edges(tc.Ball(30))[0]
    print("next to the lowest edge: digits of the density")
    for distance in DISTANCES:
        x = float(edge.mid) + distance
        exact = float(LAW.density.at(x=x, using=tc.Ball(20)))
        ours = LAW.density.lambdify()(np.array([x]))
        print(f"  {distance:g}: {digits(ours, exact)}, {digits(iterated(np.array([x])), exact)}")


def single():
    """What one certified number of each kind costs, in CPU time."""
    five = S.sample_covariance(dict.fromkeys(range(1, 6), "1/5"), "1/50")
    features = S.features("relu", "1/2", "1/2")
    two = S.discrete({-1: "1/2", 1: "1/2"}) + S.discrete({0: "1/3", 1: "2/3"})
    curve = tc.learning_curves.kernel(
        tc.kernels.mlp(3), {1: "0.49", 2: "0.25"}, ridge="1/1000", noise="1/100", d=10
    )
    grid = np.linspace(0.02, 1.3, POINTS)
    jobs = {
        "edges of five atoms, Ball(30)": lambda: five.edges(tc.Ball(30)),
        "density of five atoms, Ball(30)": lambda: five.density.at(x=2, using=tc.Ball(30)),
        "density of two sets of atoms, Ball(30)": lambda: two.density.at(
            x="0.3", using=tc.Ball(30)
        ),
        "200 sizes of a depth-3 NTK": lambda: curve.curve(np.geomspace(10, 1e4, 200)),
        "features law on 2000 points": lambda: features.density.lambdify()(grid),
        "density of two sets of atoms on 2000 points": lambda: two.density.lambdify()(
            np.linspace(-0.9, 1.9, POINTS)
        ),
    }
    compare("one number or array of each kind", jobs)


def peers():
    """freealg, where it is installed."""
    if importlib.util.find_spec("freealg") is None:
        print("freealg is not installed: skipped")
        return
    import freealg

    x = np.linspace(0.3, 2.2, POINTS)
    closed = S.marchenko_pastur("1/4").density.lambdify()
    table = freealg.distributions.MarchenkoPastur(1 / 4)
    ways = {"theorycalc": lambda: closed(x), "freealg": lambda: table.density(x)}
    compare("Marchenko–Pastur at 2000 points", ways, accuracy=lambda y: digits(y, closed(x)))
    # what it is for: a density from one matrix of 1000 eigenvalues
    rng = np.random.default_rng(0)
    y = np.sqrt(np.repeat(PLACES, 500))[:, None] * rng.standard_normal((1000, 10_000))
    eigenvalues = np.linalg.eigvalsh(y @ y.T / 10_000)
    x = np.linspace(0.6, 1.35, POINTS)
    ours = LAW.density.lambdify()
    ways = {
        "theorycalc, from the population": lambda: ours(x),
        "freealg, from 1000 eigenvalues": lambda: _fitted(freealg, eigenvalues, x),
    }
    compare("a density in two intervals at 2000 points", ways, lambda y: digits(y, ours(x)))


def _fitted(freealg, eigenvalues, x):
    """Its density of a matrix, over one interval, as it is."""
    form = freealg.FreeForm(eigenvalues, support=(eigenvalues[0], eigenvalues[-1]))
    form.fit()
    return form.density(x)


if __name__ == "__main__":
    densities()
    edges()
    single()
    peers()
