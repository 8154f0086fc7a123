"""One and two large steps of neurons and networks on random data."""

import numpy as np
import sympy
from scipy import stats

import theorycalc as tc

NEURONS = 30
SLOPES = {"tanh": lambda u: 1 - np.tanh(u) ** 2, "relu": lambda u: (u > 0).astype(float)}


def labels(target, variables):
    """The target as a function of the first coordinates of samples."""
    values = sympy.lambdify(variables, target, "numpy")
    return lambda x: values(*x.T[: len(variables)])


def step(generator, w, values, count: int, activation: str) -> np.ndarray:
    """(1/n) Σ y_i σ'(w·x_i) x_i of every neuron for n new samples, in columns of length 1.

    Labels and slopes see x along two coordinates and the neurons only. What Σ c_i x_i is across
    them is drawn at once: normal with the covariance Σ c_i c_i' of the neurons.
    """
    basis = np.linalg.qr(np.hstack((np.eye(len(w), 2), w)))[0]
    x = generator.standard_normal((count, basis.shape[1]))
    pulls = values(x @ basis[:2].T)[:, None] * SLOPES[activation](x @ (basis.T @ w))
    spread = np.linalg.cholesky(pulls.T @ pulls)
    across = generator.standard_normal(w.shape) @ spread.T
    found = across + basis @ (x.T @ pulls - basis.T @ across)
    return found / np.linalg.norm(found, axis=0)


def starts(generator, d: int) -> np.ndarray:
    """Random directions, in columns."""
    w = generator.standard_normal((d, NEURONS))
    return w / np.linalg.norm(w, axis=0)


def overlaps(run, cases: dict) -> None:
    """Squared cosines after one step, beside the limit and what is known of finite d."""
    generator = np.random.default_rng(0)
    for name, (limit, ratio, activation, target, d) in cases.items():
        expansion = tc.hermite.expand(target)
        level, rank = expansion.information_exponent, len(expansion.variables)
        values = labels(target, expansion.variables)
        alpha, found = 2.0, []
        for _ in range(run.size):
            steps = step(
                generator, starts(generator, d), values, round(alpha * d**level), activation
            )
            found.append((steps[:rank] ** 2).sum(axis=0).mean())
        curve = limit.lambdify()
        value, eighth = curve(np.array([alpha, alpha / 8])).tolist()
        # the noise has a part in the directions as well: finite d is above the limit
        noise = float(tc.Formula("B", ratio).at()) / alpha
        extra = _with_noise(expansion, noise, level, rank, d) - value
        options = {"bias": extra / 2, "smallest": 0.15 + extra / value}
        run.at(None, value + extra / 2, found, name=f"{name}, d = {d}", **options)
        run.rejects(f"{name}: an eighth of the samples", eighth + extra / 2)
        run.points([alpha], [found], series=name)
        run.line(np.geomspace(0.5, 8, 7), curve, name)
    # where d is largest
    run.rejects("5 % less", 0.95 * value)
    run.axes(r"$\alpha = n/d^l$", r"$\cos^2$", log="x", xticks=[0.5, 1, 2, 4, 8])


def _with_noise(expansion, b: float, level: int, rank: int, d: int) -> float:
    """E[(s + rBv/d)/(s + B(1 − r/d) + rBv/d)], v = E[y²z²]/E y²."""
    y, z = expansion.to_expr(), expansion.variables[0]
    moments = [
        tc.hermite.expand(sympy.expand(f)).coefficient([0] * rank) for f in (y**2 * z**2, y**2)
    ]
    inside = rank * b * float(moments[0] / moments[1]) / d
    s = stats.chi2(rank).ppf((np.arange(4000) + 0.5) / 4000) ** (level - 1)
    return float(np.mean((s + inside) / (s + b * (1 - rank / d) + inside)))


def second_steps(run, cases: dict) -> None:
    """Squared cosines of the second step with the directions that the first one cannot see."""
    generator, sizes = np.random.default_rng(2), (150, 300)
    for name, (target, hidden, limit) in cases.items():
        values = labels(target, sympy.symbols("z1:3", real=True))
        for d in sizes:
            found = []
            for _ in range(run.size):
                w = starts(generator, d)
                for _ in range(2):
                    w = step(generator, w, values, 8 * d, "relu")
                found.append(((np.array(hidden) @ w[:2]) ** 2).mean())
            if limit:
                run.at(d, limit, found, series=name, bias=2 * limit / d, smallest=0.2)
                run.rejects(f"{name}: not learned", 3 / d)
            else:
                run.at(d, 3 / d, found, series=name, at_most=True, smallest=0.5)
    run.axes("dimension", r"$\cos^2$ with the other direction", log="xy", xticks=sizes)
