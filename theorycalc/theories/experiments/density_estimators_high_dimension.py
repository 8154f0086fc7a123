"""Kernel density estimators of e^{αd} points of N(0, I_d): real ones, and a Poisson process."""

from typing import NamedTuple

import numpy as np
from scipy.special import ive

import theorycalc as tc

kde, Measurement = tc.quantization.kde, tc.validation.Measurement
NEAREST_POINTS, GRID, SIZES = 200, 600, (50, 200, 800)


def samples(run):
    """Estimators of e^{d/2} points, beside those of a Poisson process of distances."""
    d, bandwidths, generator = 14, (0.4, 0.6, 0.8, 1.0), np.random.default_rng(0)
    n, grid = round(np.exp(d / 2)), np.linspace(0.35, 1.3, 20)
    found, alpha = estimators(d, n, bandwidths, run.size, generator), np.log(n) / d
    process = distances(d, alpha, 6 * run.size, generator)
    for h, values in zip(bandwidths, found, strict=True):
        expected = Measurement.of(divergences(process, alpha, h))
        here = Measurement.of(values)
        error = np.hypot(here.standard_error, expected.standard_error)
        both = Measurement(here.mean, error, run.size)
        run.at(None, expected.mean, both, name=f"KL/d, h = {h}", smallest=0.25)
    run.rejects("the limit, h = 0.4", kde.kl_per_dimension("1/2", "0.4"), found[0])
    label = f"Poisson process, and {n} points, $d$ = {d}"

    def limit(widths) -> list[float]:
        return [float(kde.kl_per_dimension("1/2", h).at()) for h in widths]

    best = float(kde.h_G("1/2").at())
    run.points(bandwidths, found, series=label)
    run.line(grid, lambda hs: [np.mean(divergences(process, alpha, h)) for h in hs], label)
    run.line(grid, limit, r"$d\to\infty$")
    run.line([best] * 2, (*limit([best]), np.mean(found[0])), "$h_G$")
    run.axes("bandwidth $h$", "KL/$d$")


def shares(run, formula) -> None:
    """E Σ w_i² for bandwidths on both sides of h_G."""
    d, h = SIZES[-1], np.array([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    limit = np.maximum(formula.lambdify()(0.5, h), 0)
    process = distances(d, 0.5, run.size, np.random.default_rng(2))
    found = [log_sums(process, x)[1] for x in h]
    for x, predicted, values in zip(h[:4], limit[:4], found[:4], strict=True):
        run.at(x, predicted, values, name=f"h = {x}", bias=np.log(d) / d, smallest=0.25)
    wrong = 1 - (0.4 / float(kde.h_CLT("1/2").at())) ** 2
    run.rejects("h_CLT instead of h_G", wrong, found[2])
    run.points(h[4:], found[4:])
    run.line(h, limit)
    run.axes("bandwidth $h$", r"$E\,\sum_i w_i^2$")


def sizes(run, formula) -> None:
    """Divergences at h = 0.4 < h_G, beside the limit and its correction c_d/d."""
    generator, d = np.random.default_rng(1), np.array(SIZES)
    limit, correction = float(kde.kl_per_dimension("1/2", "0.4").at()), formula.lambdify()
    # what is left out is of the order (log d/d)²
    left, measured = 2 * (np.log(d) / d) ** 2, []
    for size, bias in zip(SIZES, left, strict=True):
        process = distances(size, 0.5, run.size, generator)
        found, predicted = divergences(process, 0.5, 0.4), limit + correction(0.5, 0.4, size) / size
        seen = run.at(1 / size, predicted, found, name=f"KL/d, d = {size}", bias=bias, smallest=0.1)
        measured.append(seen)
    run.rejects("the limit, d = 800", limit, found)
    # lines in 1/d without their term in log d/d
    weights = np.array([0, -d[1], d[2]]) / (d[2] - d[1])
    logs = (float(kde.h_G("1/2").at()) / 0.4) ** 2 / 2 * np.log(d) / d
    end = weights @ ([m.mean for m in measured] - logs)
    error = np.hypot(*(weights * [m.standard_error for m in measured])[1:])
    end = Measurement(end, error, run.size)
    run.at(None, limit, end, name="KL/d, extrapolated", bias=abs(weights @ left))
    inverse = np.linspace(1e-5, 1 / d[0], 200)
    run.line(inverse, limit + correction(0.5, 0.4, 1 / inverse) * inverse)
    run.line([0, inverse[-1]], [limit, limit], r"$d\to\infty$")
    run.axes("$1/d$", "KL/$d$", ylim=(limit - 0.01, None))


def estimators(d: int, n: int, bandwidths, replicas: int, generator) -> np.ndarray:
    """Estimates of KL/d from n points and 20 others, (bandwidths, replicas)."""
    found = np.empty((len(bandwidths), replicas))
    for i in range(replicas):
        x, y = generator.standard_normal((20, d)), generator.standard_normal((n, d))
        squares = np.sum(x**2, axis=1)[:, None] + np.sum(y**2, axis=1) - 2 * x @ y.T
        for j, h in enumerate(bandwidths):
            sums = np.log(np.mean(np.exp(-squares / (2 * h * h)), axis=1)) / d
            found[j, i] = np.mean(np.log(h) - sums - np.sum(x**2, axis=1) / (2 * d))
    return found


class Distances(NamedTuple):
    """‖x − y_i‖²/d from one x in every row: of the nearest points, and how many more there are.

    ``log_density`` is that of the Poisson process of all points, at the values ``t`` (per d).
    """

    d: int
    norm: np.ndarray
    nearest: np.ndarray
    t: np.ndarray
    log_density: np.ndarray


def distances(d: int, alpha: float, replicas: int, generator) -> Distances:
    """The nearest of e^{αd} points: arrivals of a Poisson process whose mean count is n F(td).

    F is the noncentral χ² law of ‖x − y‖²; its density is integrated between points of a grid as if
    it were exponential there, which it nearly is.
    """
    u = float(kde.h_G(alpha).at()) ** -2
    norm = generator.chisquare(d, replicas) / d
    frozen = 1 / (1 + u) + norm / (1 + u) ** 2
    low = np.maximum(frozen - 60 / (u * d), frozen / 1000)
    high = 1 + norm + 9 * np.sqrt((2 + 4 * norm) / d)
    t = np.linspace(low, high, GRID, axis=1)
    order, r = d / 2 - 1, norm[:, None]
    bessel = np.log(ive(order, d * np.sqrt(r * t)))
    log_density = alpha * d + np.log(d / 2) - d * (np.sqrt(t) - np.sqrt(r)) ** 2 / 2 + bessel
    log_density += order / 2 * np.log(t / r)
    log_count = np.logaddexp.accumulate(_pieces(t, log_density), axis=1)
    arrivals = np.log(np.cumsum(generator.exponential(size=(replicas, NEAREST_POINTS)), axis=1))
    rows = zip(arrivals, log_count, t[:, 1:], strict=True)
    return Distances(d, norm, np.stack([np.interp(*row) for row in rows]), t, log_density)


def _pieces(t: np.ndarray, log_values: np.ndarray) -> np.ndarray:
    """Logarithms of the integrals from each point of the grid to the next."""
    first, last = log_values[:, :-1], log_values[:, 1:]
    gap = np.maximum(np.abs(last - first), 1e-9)
    return np.maximum(first, last) + np.log(-np.expm1(-gap) / gap * np.diff(t, axis=1))


def log_sums(points: Distances, h: float) -> tuple[np.ndarray, np.ndarray]:
    """log Σ e^{−‖x−y_i‖²/(2h²)} and Σ w_i²; points that are not drawn contribute their mean."""
    rate = points.d / (2 * h * h)
    pieces = _pieces(points.t, points.log_density - rate * points.t)
    from_end = np.logaddexp.accumulate(pieces[:, ::-1], axis=1)[:, ::-1]
    ends = zip(points.nearest[:, -1], points.t[:, :-1], from_end, strict=True)
    rest = np.array([np.interp(*row) for row in ends])
    terms = -rate * points.nearest
    total = np.logaddexp(np.logaddexp.reduce(terms, axis=1), rest)
    return total, np.sum(np.exp(2 * (terms - total[:, None])), axis=1)


def divergences(points: Distances, alpha: float, h: float) -> np.ndarray:
    """Estimates of KL/d, one for every x; ‖x‖² of known mean takes out most of the noise."""
    u = float(kde.h_G(alpha).at()) ** -2
    raw = alpha + np.log(h) - 0.5 - log_sums(points, h)[0] / points.d
    return raw - (points.norm - 1) / (2 * h * h * (1 + u))
