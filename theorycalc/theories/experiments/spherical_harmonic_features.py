"""Kernels and random networks on the sphere, projected on harmonics."""

import numpy as np
from numpy.polynomial.legendre import legval, legvander
from scipy.stats import ortho_group

import theorycalc as tc

HIGHEST, POINTS = 8, 200
SUPPORTED = np.array([0, 1, 2, 4, 6, 8])
COUNTS = 2 * np.arange(HIGHEST + 1) + 1  # N(3, l)
ROUNDING = 1e-13  # of a sum of terms below 1


def reconstruction(run, kernel: tc.Formula, eigenvalue: tc.Formula, rest: tc.Formula) -> None:
    """The kernel from its first harmonics: the largest error, beside what the others hold."""
    d, degrees = 10, run.size
    t = np.linspace(-1, 1, 401)
    points = np.zeros((t.size, d))
    points[:, 0], points[:, 1] = t, np.sqrt(1 - t**2)
    exact, values = kernel.lambdify()(t), eigenvalue.lambdify()(d, np.arange(degrees[-1] + 1))
    for k in degrees:
        series = tc.sphere.zonal_sum(np.eye(1, d), points, values[: k + 1])[0]
        largest, name = np.max(np.abs(series - exact)), f"largest error, L = {k}"
        run.at(k, float(rest.at(d=d, J=k // 2)), largest, error=ROUNDING, name=name)
    run.rejects("two degrees more", rest.at(d=d, J=degrees[-1] // 2 + 1))
    title = f"κ₁ up to degree L, d = {d}"
    run.axes("degree $L$", "largest error", log="xy", title=title, xticks=degrees)


def directions(generator, *shape: int) -> np.ndarray:
    """Uniform points of the sphere in R³."""
    x = generator.standard_normal((*shape, 3))
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def lattices(generator, replicas: int) -> np.ndarray:
    """Fibonacci lattices turned at random: each point is uniform, so averages have no bias."""
    i = np.arange(POINTS)
    height, turn = 1 - (2 * i + 1) / POINTS, np.pi * (3 - np.sqrt(5)) * i
    radius = np.sqrt(1 - height**2)
    lattice = np.stack([radius * np.cos(turn), radius * np.sin(turn), height], axis=1)
    return lattice @ ortho_group.rvs(3, size=replicas, random_state=generator)


def spectrum(run, eigenvalue: tc.Formula) -> None:
    """The empirical kernel of random networks, projected on one harmonic of each degree."""
    replicas, width = run.size, 32
    generator = np.random.default_rng(0)
    weights, projected = directions(generator, replicas, width), []
    for x in (lattices(generator, replicas), lattices(generator, replicas)):
        features = np.maximum(weights @ x.swapaxes(1, 2), 0)
        harmonics = legvander(x[..., 2], HIGHEST) * np.sqrt(COUNTS)
        projected.append(features @ harmonics / POINTS)
    # k = 2d E φφ; lattices that are independent leave the product without bias
    estimates = 6 * np.mean(projected[0] * projected[1], axis=1)
    predicted, wrong = (eigenvalue.lambdify()(d, np.arange(HIGHEST + 1)) for d in (3, 4))
    for k in SUPPORTED:
        run.at(k, predicted[k], estimates[:, k], name=f"λ_{k}", smallest=0.2)
    run.rejects("λ_4 of four dimensions", wrong[4], estimates[:, 4])
    run.joint("λ_3, λ_5, λ_7", estimates[:, 3::2])
    title = f"random ReLU networks of width {width}, d = 3"
    run.axes("degree $l$", r"$\lambda_l$", log="y", title=title)


def inducing(run, coefficient: tc.Formula) -> None:
    """Covariances of random networks with their RKHS products with ReLU features up to L = 4."""
    replicas, width, degrees = run.size, 8, np.array([0, 1, 2, 4])
    generator = np.random.default_rng(1)
    weights = directions(generator, replicas, width)
    outer = np.sqrt(6 / width) * generator.standard_normal((replicas, 1, width))

    def network(x):
        return (outer @ np.maximum(weights @ x.swapaxes(-1, -2), 0))[:, 0]

    # P_l has the coefficients N σ_l in the unit, N σ_l/λ_l = N/(6σ_l) in the product with it
    unit, dual, gram = np.zeros((3, 5))
    sigma = coefficient.lambdify()(3, degrees)
    unit[degrees], dual[degrees] = COUNTS[degrees] * sigma, COUNTS[degrees] / (6 * sigma)
    gram[degrees] = COUNTS[degrees] / 6
    angles = np.linspace(0, np.pi, 7)
    t = np.cos(angles)
    around = np.stack([np.sin(angles), 0 * t, t], axis=1)
    x, y = lattices(generator, replicas), lattices(generator, replicas)
    first = np.mean(network(x) * legval(x[..., 2], dual), axis=1)[:, None]
    others = np.mean(network(y)[..., None] * legval(y @ around.T, dual), axis=1)
    run.joint("cov(f(x), u_w)", network(around) * first, legval(t, unit), x=angles)
    run.rejects("the ReLU, not truncated", np.maximum(t, 0))
    run.line(angles, np.maximum(t, 0), "ReLU, not truncated")
    run.joint("cov(u_w, u_v)", others * first, legval(t, gram))
    title = "inter-domain covariance, ReLU up to degree 4, d = 3"
    run.axes("angle", "cov$(f(x), u_w)$", title=title)
