"""Prompts, and layers of linear attention that are trained on them."""

import numpy as np

D, EXAMPLES, NOISE = 4, 10, 0.25
LAYERS, BATCH = 8, 256


def signs(run, risk, gaussian) -> None:
    """Risks at the best step for inputs ±1, over prompts."""
    generator = np.random.default_rng(0)
    x = generator.choice([-1.0, 1.0], (run.size, EXAMPLES, D))
    w = generator.standard_normal((run.size, D))
    y = (x @ w[:, :, None])[..., 0] + NOISE**0.5 * generator.standard_normal(x.shape[:2])
    signal = (y[:, None, :] @ x)[:, 0]
    best, steps = (D - float(risk)) / (D * EXAMPLES), np.linspace(0.04, 0.12, 9)
    # the mean over queries is exact
    found = {step: ((step * signal - w) ** 2).sum(axis=1) for step in (best, *steps)}
    run.at(best, risk, found[best], series="at Γ*")
    run.rejects("Gaussian inputs", gaussian)
    run.points([*found], [*found.values()], series="other steps")
    grid = np.linspace(0.04, 0.12, 50)
    run.line(grid, float(risk) + EXAMPLES * D * (grid - best) ** 2 / best, "other steps")
    run.axes("step size", "risk")


def prompts(
    generator: np.random.Generator, batch: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gram matrices of the tokens over n, query tokens, and labels, for every layer."""
    tokens = generator.standard_normal((LAYERS, batch, EXAMPLES + 1, D + 1))
    w = generator.standard_normal((LAYERS, batch, D, 1))
    noise = NOISE**0.5 * tokens[..., D]
    tokens[..., D] = (tokens[..., :D] @ w)[..., 0]
    labels = tokens[..., -1, D].copy()
    tokens[..., :-1, D] += noise[..., :-1]
    tokens[..., -1, D] = 0
    gram = np.swapaxes(tokens, -1, -2) @ tokens / EXAMPLES
    return gram, tokens[..., -1, :], labels


def trained(run, step, risk) -> None:
    """The product of value and key-query that training finds, and its risk on other prompts."""
    generator = np.random.default_rng(1)
    layers, losses = _train(generator, run.size)
    products = layers[:, :1, D:] * layers[:, 1:-1, :D] / EXAMPLES
    run.at(None, step, np.trace(products, axis1=1, axis2=2) / D, name="mean of its diagonal")
    run.rejects("n + d", 1 / (EXAMPLES + D + NOISE))
    run.rejects("tr ΣΛ without s²", 1 / (EXAMPLES + D + 1))
    others = products[:, ~np.eye(D, dtype=bool)]
    spread = (others**2).mean(axis=1) ** 0.5
    run.at(None, step / 20, spread, name="its other entries", at_most=True, smallest=0.5)
    gram, query, labels = prompts(generator, 5000)
    errors = (_forward(layers, gram, query)[0] - labels) ** 2
    # Γ* on the same prompts, whose mean is known
    best = float(step) * EXAMPLES * (gram[..., D, :D] * query[..., :D]).sum(axis=-1)
    found = float(risk) + (errors - (best - labels) ** 2).mean(axis=1)
    run.at(None, risk, found, name="risk", bias=0.01 * float(risk))
    run.rejects("5 % less", 0.95 * float(risk))
    window = run.size // 15
    averages = losses[: 15 * window].reshape(15, window, LAYERS).mean(axis=1)
    run.points(np.arange(0.5, 15) * window, averages, series="loss of 8 layers")
    run.line([0, run.size], [float(risk)] * 2, "Γ*")
    run.axes("steps of Adam", "risk")


def _train(generator: np.random.Generator, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows v and A of every layer after Adam at rates that fall, and the losses on the way."""
    layers = 0.2 * generator.standard_normal((LAYERS, D + 2, D + 1))
    mean, square, losses = np.zeros_like(layers), np.zeros_like(layers), []
    for i in range(steps):
        gram, query, labels = prompts(generator, BATCH)
        found, value, key = _forward(layers, gram, query)
        error = (found - labels)[..., None]
        losses.append((error**2).mean(axis=(1, 2)))
        of_value = (error * key).mean(axis=1, keepdims=True)
        of_matrix = np.swapaxes(error * value, 1, 2) @ query / BATCH
        gradient = 2 * np.concatenate((of_value, of_matrix), axis=1)
        mean, square = 0.9 * mean + 0.1 * gradient, 0.99 * square + 0.01 * gradient**2
        rate = 0.02 * 0.01 ** (i / steps) / (1 - 0.9 ** (i + 1))
        layers = layers - rate * mean / (square / (1 - 0.99 ** (i + 1)) + 1e-18) ** 0.5
    return layers, np.array(losses)


def _forward(layers, gram, query) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ŷ = v'(Σ e_i e_i'/n) A e_q, and what stands left of A e_q and right of v'."""
    value = (gram @ layers[:, None, 0, :, None])[..., 0]
    read = query @ np.swapaxes(layers[:, 1:], 1, 2)
    key = (gram @ read[..., None])[..., 0]
    return (value * read).sum(axis=-1), value, key
