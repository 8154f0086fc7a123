"""Codebooks: random points on a sphere, Sobol' points, Lloyd's algorithm, a sample of the law."""

from fractions import Fraction

import numpy as np
from scipy.stats import norm, qmc

import theorycalc as tc

laws, distortion = tc.distributions, tc.quantization.distortion


def codebooks(run):
    """Random points on spheres of several radii, 20 points X for each codebook, s = 1."""
    generator, grid = np.random.default_rng(0), np.linspace(0.02, 1.5, 150)
    for label, law, n in (
        *(("N(0, I)", laws.Gaussian(10), n) for n in (10, 100, 1000)),
        ("uniform in the ball", laws.UniformBall(10), 100),
        ("uniform on the sphere", laws.UniformSphere(10), 100),
    ):
        name, scale, theory = f"{label}, n = {n}", float(law.mean_power(1)), curve(law, n)
        radii = np.array([0.2, 0.5, 0.8, 1.1, 1.4])
        x = law.sample(20 * run.size, seed=n).reshape(run.size, 20, 10)
        found = mean_distances(x, n, scale * radii, generator) / scale
        run.joint(name, found, theory(radii), x=radii, series=name, smallest=0.75)
        run.line(grid, theory, name)
        if n == 1000:
            run.rejects("twice the points", curve(law, 2 * n)(radii))
            run.rejects("1.1 r", theory(1.1 * radii))
    run.axes(r"$r/E\,R$", r"$D_1(r)/E\,R$", ylim=(0.5, 1.5))


def curve(law, n: int):
    """D_1 as a function of the radius, both over E R."""
    scale, theory = float(law.mean_power(1)), distortion(law, n, 1).lambdify()
    return lambda radii: theory(scale * radii) / scale


def others(run):
    """Other codebooks of as many points for N(0, I), at new X: s = 2, against the dimension."""
    n, dimensions = 32, run.size["dimensions"]
    for kind, label in KINDS.items():
        for d in dimensions:
            best = least(n, d)
            replicas = (8 if kind is lloyd else 24) * run.size["repeats"]
            found, name = mean_squares(kind, n, d, replicas), f"{label}, d = {d}"
            run.points([d], [found], series=label)
            if kind is not gaussian:
                better = kind in (sobol, lloyd)
                run.at(None, best, found, name=name, smallest=0.2, at_most=better)
            elif d == dimensions[-1]:
                run.rejects(name, best, found)
    grid = np.unique(np.geomspace(2, dimensions[-1], 20).round())
    run.line(grid, lambda ds: [least(n, int(d)) for d in ds], "random")
    run.line(grid, n ** (-2 / grid), "Shannon's bound")
    run.axes("dimension $d$", "mean square error, over $d$", log="x", xticks=dimensions)


def radii(run, limit, corrected) -> None:
    """r*/√d for several s, and D_2(r*)/d, beside their limits; the largest d are extrapolated."""
    d, limit, found = np.array(run.size), float(limit.at(alpha="1/2")), {}
    rows, left_out = np.stack([d**0, np.log(d) / d, 1 / d], axis=1), (np.log(d) / d) ** 2
    gaussians = [(laws.Gaussian(k), Fraction(k, 2)) for k in run.size]
    for s in ("1/2", 1, 2, 4):
        best = [tc.quantization.optimal_radius(law, s=s, log_n=log_n) for law, log_n in gaussians]
        found[s] = [float(r.at()) for r in best] / d**0.5
        end, name = np.linalg.solve(rows[-3:], found[s][-3:])[0], f"limit of r*/√d, s = {s}"
        run.at(None, limit, end, name=name, error=left_out[-3], smallest=0.02)
        run.points(d, found[s], series=f"$s$ = {s}")
        run.line(d, found[s], f"$s$ = {s}")
    run.rejects("√(2α) instead", 1)
    for k, radius, error in zip(run.size, found[2], left_out, strict=True):
        predicted, name = corrected.at(alpha="1/2", d=k), f"D_2(r*)/d, d = {k}"
        run.at(None, predicted, 1 - radius**2, name=name, error=error)
    run.line(d, limit + 0 * d, r"$\sqrt{1-1/e}$")
    run.axes("dimension $d$", r"$r^*/\sqrt{d}$", log="x", xticks=run.size)


def directions(generator, *shape: int) -> np.ndarray:
    """Uniform points of a sphere."""
    z = generator.standard_normal(shape)
    return z / np.linalg.norm(z, axis=-1, keepdims=True)


def distances(x: np.ndarray, points: np.ndarray) -> np.ndarray:
    """From every x to the nearest of the points."""
    inner = (points @ x.T) - np.sum(points**2, axis=1)[:, None] / 2
    return np.sqrt(np.maximum(np.sum(x**2, axis=1) - 2 * np.max(inner, axis=0), 0))


def least(n: int, d: int) -> float:
    """The distortion of random points on the best sphere, for N(0, I) and s = 2, over d."""
    return float(tc.quantization.optimal_distortion(laws.Gaussian(d), n=n).at()) / d


def mean_distances(x: np.ndarray, n: int, radii: np.ndarray, generator) -> np.ndarray:
    """Of the points x (replicas, k, d) from a random codebook each, for every radius."""
    found = np.empty((len(x), len(radii)))
    for row, points in zip(found, x, strict=True):
        code = directions(generator, n, x.shape[-1])
        row[:] = [distances(points, r * code).mean() for r in radii]
    return found


def mean_square(points: np.ndarray, generator) -> float:
    """E min_i ‖X − z_i‖² at new X; ‖X‖² with its known mean takes out noise."""
    x = generator.standard_normal((1000, points.shape[1]))
    squares, norms = distances(x, points) ** 2, np.sum(x**2, axis=1)
    slope = np.cov(squares, norms)[0, 1] / (2 * points.shape[1])
    return float(np.mean(squares - slope * (norms - points.shape[1])))


def mean_squares(kind, n: int, d: int, replicas: int) -> list[float]:
    """E min_i ‖X − z_i‖²/d of independent codebooks of one kind."""
    generator = np.random.default_rng((d, replicas))
    r = float(tc.quantization.optimal_radius(laws.Gaussian(d), n=n).at())
    books = (kind(n, d, r, generator) for _ in range(replicas))
    return [mean_square(points, generator) / d for points in books]


def spherical(n: int, d: int, r: float, generator) -> np.ndarray:
    """Random points on the sphere of the best radius."""
    return r * directions(generator, n, d)


def sobol(n: int, d: int, r: float, generator) -> np.ndarray:
    """Scrambled Sobol' points, taken to the normal law and on to that sphere."""
    points = norm.ppf(qmc.Sobol(d, rng=generator).random(n))
    return r * points / np.linalg.norm(points, axis=1, keepdims=True)


def lloyd(n: int, d: int, r: float, generator) -> np.ndarray:
    """Lloyd's algorithm for a sample: every point moves to the mean of its cell."""
    sample = generator.standard_normal(((20 + 5 * d) * n, d))
    points = sample[:n]
    for _ in range(15):
        nearest = np.argmax(sample @ points.T - np.sum(points**2, axis=1) / 2, axis=1)
        cells = np.eye(n)[:, nearest]
        points = cells @ sample / np.maximum(cells.sum(axis=1, keepdims=True), 1)
    return points


def gaussian(n: int, d: int, r: float, generator) -> np.ndarray:
    """A sample of the law itself."""
    return generator.standard_normal((n, d))


KINDS = {spherical: "random", sobol: "Sobol'", lloyd: "Lloyd", gaussian: "a sample of N(0, I)"}
