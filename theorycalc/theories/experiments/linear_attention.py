"""Prompts, and layers of linear attention that are trained on them."""

import numpy as np

import theorycalc as tc

D, EXAMPLES, NOISE = 4, 10, 0.25
LAYERS = 8


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


def trained(run, step, risk) -> None:
    """The matrix Γ of layers that were trained, and their risk on other prompts.

    The size has the prompts of a batch, all steps, and the rates one after the other.
    """
    batch, steps, rates = run.size
    network = tc.networks.linear_attention(D, EXAMPLES, sigma_w=0.5)
    sample, layers, losses = network.prompts(noise=NOISE**0.5), network.init(range(LAYERS)), []
    for i, rate in enumerate(rates):
        layers, loss = tc.networks.train(
            network,
            layers,
            one_pass=sample,
            batch_size=batch,
            steps=steps // len(rates),
            learning_rate=rate,
            optimizer="adam",
            seed=i,
        )
        losses.append(2 * loss[1:])  # it has half of the squares
    found = network.step_matrix(layers)
    run.at(None, step, np.trace(found, axis1=1, axis2=2) / D, name="mean of the diagonal of Γ")
    run.rejects("n + d", 1 / (EXAMPLES + D + NOISE))
    if not run.quick:
        run.rejects("tr ΣΛ without s²", 1 / (EXAMPLES + D + 1))
    spread = (found[:, ~np.eye(D, dtype=bool)] ** 2).mean(axis=1) ** 0.5
    run.at(None, step / 20, spread, name="its other entries", at_most=True, smallest=0.5)
    generator, excess = np.random.default_rng(1), []
    for replica in range(LAYERS):
        tokens, answers = sample(generator, 5000)
        errors = (network(layers, tokens)[replica, :, 0] - answers) ** 2
        # Γ* on the same prompts, whose mean is known
        best = float(step) * np.einsum(
            "pi,pki,pk->p", tokens[:, -1, :D], tokens[..., :D], tokens[..., D]
        )
        excess.append((errors - (best - answers) ** 2).mean())
    run.at(None, risk, float(risk) + np.array(excess), name="risk", bias=0.01 * float(risk))
    run.rejects("5 % less", 0.95 * float(risk))
    averages = np.concatenate(losses).reshape(15, -1, LAYERS).mean(axis=1)
    run.points(np.arange(0.5, 15) * steps / 15, averages, series="loss of 8 layers")
    run.line([0, steps], [float(risk)] * 2, "Γ*")
    run.axes("steps of Adam", "risk")
