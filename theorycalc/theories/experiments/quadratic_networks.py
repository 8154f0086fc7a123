"""Quadratic teachers of extensive width: their matrices denoised, and learnt from samples."""

import numpy as np

import theorycalc as tc
from theorycalc.inference.solving.denoising_in_doubles import roots

WIDTH, SAMPLES, NOISE = 0.5, 1.0, 1.0
STEPS = 16
# How far above the real line the spectrum is looked at, where eigenvalues are single.
ABOVE = 0.05


def denoising(run, error: tc.Formula, free: tc.Formula, noise) -> None:
    """The errors of the best estimate with the eigenvectors of what is seen, and of the formula."""
    generator, d, known, shrunk = np.random.default_rng(0), 150, [], []
    for _ in range(run.size):
        s, g = _teacher(generator, d), generator.standard_normal((d, d))
        values, vectors = np.linalg.eigh(s + (float(noise) / 2 / d) ** 0.5 * (g + g.T))
        kept = np.einsum("ij,jk,ki->i", vectors.T, s, vectors)
        known.append((np.sum(s**2) - np.sum(kept**2)) / d)
        shrunk.append(known[-1] + np.sum((kept - _moved(values, float(noise))) ** 2) / d)
    limit = error.at()
    if not run.quick:
        run.at(None, free.at(), float(limit), error=1e-12, name="by a free sum")
    run.at(None, limit, known, name="by an oracle of the eigenvalues", bias=1 / d**1.5)
    run.rejects("5 % more", 1.05 * float(limit))
    # what the formula loses to the oracle, beside the limit
    lost = np.subtract(shrunk, known) + float(limit)
    run.at(None, limit, lost, name="by the formula for eigenvalues", bias=1 / d)


def learning(run, linear: tc.Formula, error: tc.Formula) -> None:
    """Errors of ridge regression and of message passing, those of two sizes d, 2d without 1/d.

    Message passing diverges at sizes that take no time. Where it is run at one size, all that is
    asserted of it is that it is no worse than ridge regression in the limit.
    """
    generator = np.random.default_rng(0)
    learners = {"ridge regression": (_ridge, linear), "message passing": (_passed, error)}
    for name, (learner, theory) in learners.items():
        sizes, count = run.size[name]
        first, *double = (np.array([learner(generator, d) for _ in range(count)]) for d in sizes)
        if double:
            run.at(None, theory.at(), 2 * double[0] - first, name=name, bias=0.01, smallest=0.2)
        else:
            text = f"{name}, d = {sizes[0]}: as good as ridge regression"
            run.at(None, linear.at(), first, name=text, at_most=True, smallest=0.2)
    if double:
        run.rejects("as good as ridge regression", linear.at())
    else:
        run.rejects("half of its limit", float(error.at()) / 2)


def _teacher(generator, d: int) -> np.ndarray:
    w = generator.standard_normal((d, round(WIDTH * d)))
    return w @ w.T / w.shape[1]


def _moved(values: np.ndarray, noise: float) -> np.ndarray:
    """Eigenvalues of what is seen, moved to where the best estimate has them."""
    return values - 2 * noise * roots(1 / WIDTH, noise, values - 1j * ABOVE).real


def _labels(s: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Tr SΦ for all samples."""
    return (np.einsum("ij,ij->i", a @ s, a) - np.trace(s)) / len(s) ** 0.5


def _ridge(generator, d: int) -> float:
    """The error of the best linear estimate for random inputs: its mean over teachers and noise."""
    a = generator.standard_normal((round(SAMPLES * d * d), d))
    # orthonormal coordinates of symmetric matrices; in the prior all have the variance 2/(κd)
    i, j = np.triu_indices(d)
    scale = np.where(i == j, 1, 2**0.5)
    features = scale * (a[:, i] * a[:, j] - (i == j)) / d**0.5
    # there are fewer of them than samples
    gram = features.T @ features
    gram[np.diag_indices_from(gram)] += NOISE * WIDTH * d / 2
    return NOISE * np.trace(np.linalg.inv(gram)) / d


def _passed(generator, d: int) -> float:
    """The error of message passing that denoises a matrix in each step.

    Samples with a larger |Φ|² are less certain before they are seen. Without that message passing
    diverges at these sizes.
    """
    s, a = _teacher(generator, d), generator.standard_normal((round(SAMPLES * d * d), d))
    y = _labels(s, a) + NOISE**0.5 * generator.standard_normal(len(a))
    norms = np.sum(a**2, axis=1)
    sizes = (norms**2 - 2 * norms + d) / (d * (d + 1))
    guess, error, residual = np.eye(d), 1 / WIDTH, np.zeros(len(a))
    for _ in range(STEPS):
        variance = 2 * error * sizes
        residual = (y - _labels(guess, a) + variance * residual) / (NOISE + variance)
        noise = 1 / (4 * SAMPLES * np.mean(sizes / (NOISE + variance)))
        pull = (a.T * residual) @ a - residual.sum() * np.eye(d)
        values, vectors = np.linalg.eigh(guess + 2 * noise / d**1.5 * pull)
        moved = _moved(values, noise)
        guess = (vectors * moved) @ vectors.T
        gaps = np.subtract.outer(values, values) + np.eye(d)
        slopes = np.subtract.outer(moved, moved) / gaps
        np.fill_diagonal(slopes, np.gradient(moved, values))
        error = noise * np.sum(slopes + np.diag(np.diag(slopes))) / (d * (d + 1))
    return np.sum((s - guess) ** 2) / d
