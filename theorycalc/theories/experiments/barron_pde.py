"""−Δu + u + a u³ = f on a torus: gradient descent in H¹, and networks of cosines for a solution.

Functions are projected to frequencies up to N, and cubes are computed without aliasing. The
projection decreases all norms and is self-adjoint, so that what is stated of the equation holds of
the projected one as well.
"""

from functools import partial

import numpy as np
from numpy.fft import fftfreq, fftn, ifftn

BAND = {1: 24, 2: 8, 3: 4}  # N, by the dimension
STEP, COUNT = 0.5, 20  # η, and how many steps are looked at
THRESHOLD = 4 / 27  # of q
ENOUGH = 300  # steps after which the slowest descent, by a factor 0.88, has converged
# relative, of norms above SMALL of fewer than 10⁴ coefficients below 1
ROUNDING, SMALL = 1e-10, 1e-4


class Torus:
    """Fourier coefficients of frequencies up to N on a grid that is fine enough for cubes."""

    def __init__(self, d: int):
        self.d, self.side = d, 4 * BAND[d] + 1
        self.k = np.stack(np.meshgrid(*d * [fftfreq(self.side, 1 / self.side)], indexing="ij"))
        self.squares = np.sum(self.k**2, axis=0)

    def barron(self, u) -> float:
        return float(np.sum((1 + np.sqrt(self.squares)) * np.abs(u)))

    def project(self, values: np.ndarray, band: int) -> np.ndarray:
        """Coefficients up to a frequency of a function given on the grid."""
        return np.where(np.max(np.abs(self.k), axis=0) <= band, fftn(values, norm="forward"), 0)

    def source(self, generator, constant: float) -> np.ndarray:
        """f of norm 1: a constant, for which the bounds are exact, and random low frequencies."""
        f = self.project(generator.standard_normal(self.d * [self.side]), 2)
        f.flat[0] = 0
        f *= (1 - constant) / self.barron(f)
        f.flat[0] = constant
        return f

    def descent(self, f, a: float) -> tuple[np.ndarray, ...]:
        """Norms of the first iterates, their distances from the solution, and the solution."""
        u = [np.zeros_like(f)]
        for _ in range(ENOUGH):
            cube = self.project(ifftn(u[-1], norm="forward").real ** 3, BAND[self.d])
            u.append((1 - STEP) * u[-1] + STEP * (f - a * cube) / (1 + self.squares))
        norms = [self.barron(x) for x in u[: COUNT + 1]]
        squares = [np.sum((1 + self.squares) * np.abs(x - u[-1]) ** 2) for x in u[: COUNT + 1]]
        return np.array(norms), np.sqrt(squares), u[-1]


def bounds(q: float) -> np.ndarray:
    """r_0, r_1, … in doubles; beyond the threshold only as far as they stay small."""
    norms = [0.0]
    for _ in range(COUNT if q <= THRESHOLD else 6):
        norms.append((1 - STEP) * norms[-1] + STEP * (1 + q * norms[-1] ** 3))
    return np.array(norms)


def descent(run, growth, rates) -> None:
    """Norms and errors of every step: a constant source, a = 0, and random sources."""
    constant_source(run, 0.14, float(growth.at(q="0.14")))
    linear_equation(run)
    found = []
    for sign, q in ((">", 0.148), ("<", 0.14), (">", 1)):
        rate = rates[sign].at(q=q, eta=STEP) if q <= THRESHOLD else None
        found.append(random_sources(run, sign, q, rate))
    draw(run, found)


def constant_source(run, q: float, growth: float) -> None:
    """f = 1 and a < 0, where the bounds are exact."""
    torus = Torus(1)
    norms, errors, _ = torus.descent(torus.project(np.ones(torus.side), 0), -q)
    # here Q = −q(u_t² + u_t u + u²), and G = u
    last = norms[-2]
    factor = 1 - STEP * (1 - q * (last**2 + last * growth + growth**2))
    for name, predicted, seen in (
        ("‖u_20‖_B/F = r_20", bounds(q)[-1], norms[-1]),
        ("‖u‖_B/F = G", growth, norms[-1] + errors[-1]),
        ("last factor", factor, errors[-1] / errors[-2]),
    ):
        run.at(None, predicted, seen, name=f"constant f, a < 0: {name}", error=ROUNDING)
    run.rejects("constant f: the cube left out", 1, norms[-1], error=ROUNDING)


def linear_equation(run) -> None:
    """a = 0: every step halves what is missing."""
    torus = Torus(1)
    f = torus.source(np.random.default_rng(7), 0.2)
    norms, errors, _ = torus.descent(f, 0.0)
    solution = np.sum((1 + np.sqrt(torus.squares)) / (1 + torus.squares) * np.abs(f))
    left = (1 - STEP) ** COUNT
    run.at(None, (1 - left) * solution, norms[-1], name="a = 0: ‖u_20‖_B", error=ROUNDING)
    relative = errors[-1] / errors[0]
    run.at(None, left, relative, name="a = 0: error of u_20, relative", error=ROUNDING)


def random_sources(run, sign: str, q: float, rate) -> tuple:
    """Norms and errors for random sources of norm 1 beside bounds and rate; what is to be drawn."""
    limits, ratios, factors, norms, errors = bounds(q), [], [], {}, {}
    for d in run.size["dimensions"]:
        torus = Torus(d)
        for seed in range(run.size["seeds"]):
            f = torus.source(np.random.default_rng(seed), 0.8)
            norms[d], away, _ = torus.descent(f, q if sign == ">" else -q)
            errors[d] = away / away[0]
            ratios.append(np.max(norms[d][1 : len(limits)] / limits[1:]))
            factors.append(np.max((away[1:] / away[:-1])[away[1:] > SMALL]))
    name, options = f"q = {q:.3g}, a {sign} 0", {"error": ROUNDING, "at_most": True}
    run.at(None, 1, max(ratios), name=f"{name}: largest ‖u_t‖_B/(r_t F)", **options)
    if rate is not None:
        run.at(None, rate, max(factors), name=f"{name}: largest factor", **options)
        rate = float(rate) ** np.arange(COUNT + 1)
    return f"bound, $q$ = {q:.3g}, $a {sign} 0$", (limits, norms), (rate, errors)


def draw(run, found) -> None:
    """Two pictures of what `random_sources` found: norms, and errors where there is a rate."""
    size, distance = r"$\|u_t\|_B/\|f\|_B$", r"$\|u_t - u\|_{H^1}/\|u\|_{H^1}$"
    norms = partial(_iterates, [(label, *norms) for label, norms, _ in found])
    errors = partial(_iterates, [(label, *away) for label, _, away in found if away[0] is not None])
    title = "Barron norms of the iterates, η = 1/2"
    run.picture(title, partial(norms, {"ylabel": size, "ylim": (0, 2.2)}))
    title = "distances from the solution, η = 1/2"
    run.picture(title, partial(errors, {"ylabel": distance, "yscale": "log"}))


def _iterates(series, settings: dict, axes) -> None:
    """Bounds as lines, and points in every dimension, step by step."""
    for i, (label, bound, found) in enumerate(series):
        axes.plot(bound, color=f"C{i}", label=label)
        for d, values in found.items():
            axes.plot(values, " ox+"[d], color=f"C{i}", markersize=4, label=f"$d$ = {d}")
    axes.set(xlabel="step $t$", xticks=range(0, COUNT + 1, 5), **settings)
    axes.legend(frameon=False, fontsize="x-small", ncols=len(series))


def networks(run, variance) -> None:
    """Networks of m cosines drawn from the solution for d = 2: mean squared errors."""
    torus, generator = Torus(2), np.random.default_rng(1)
    u = torus.descent(torus.source(generator, 0.1), 0.148)[-1].ravel()
    k = torus.k.reshape(2, -1)
    # one of k and −k
    half = (np.abs(u) > ROUNDING) & ((k[0] > 0) | ((k[0] == 0) & (k[1] >= 0)))
    k, u = k[:, half], u[half]
    c = np.where(np.any(k != 0, axis=0), 2, 1) * np.abs(u)
    points = 2 * np.pi / torus.side * np.stack(np.meshgrid(*2 * [np.arange(torus.side)]))
    units = np.cos(k.T @ points.reshape(2, -1) + np.angle(u)[:, None])
    total, target, constant = c.sum(), c @ units, c[np.all(k == 0, axis=0)].sum()
    square, widths = np.mean(target**2), np.array([4, 16, 64, 256])
    spread = variance.lambdify()(total, constant, square)
    for m in widths:
        counts = generator.multinomial(m, c / total, size=run.size)
        errors = np.mean((total / m * counts @ units - target) ** 2, axis=1)
        run.at(m, spread / m, errors, name=f"m = {m}", smallest=0.25)
    run.rejects("‖u‖² left out", (spread + square) / m)
    run.line(widths, 9 / (4 * widths), r"$(3F/2)^2/m$")
    run.axes("units $m$", "mean squared error", log="xy")
