"""Networks of three-spin couplings that are made of examples, at T = 0 and in heat baths."""

import numpy as np

import theorycalc as tc

SPINS, EXAMPLES, SWEEPS = 150, 400, 16


def retrieval(run, overlap: tc.Formula, load: tc.Formula) -> None:
    """Overlaps with an archetype at T = 0, for two qualities of the examples and two loads."""
    generator = np.random.default_rng(0)
    for rho, least, places in ((0.1, 1.15, (1.8, 2.2)), (0.3, 0.89, (1.5, 1.7))):
        series, loads = f"ρ = {rho}", load.subs(rho=rho).lambdify()
        for u in places:
            here, limit = float(loads(np.array([u]))[0]), float(overlap.at(u=u))
            found = [_overlap(generator, here, rho) for _ in range(run.size)]
            run.at(here, limit, found, series=series, bias=1 / SPINS, smallest=0.1)
        # from the capacity to no load
        grid = np.linspace(least, rho**-0.5, 40)
        run.line(loads(grid), overlap.lambdify()(grid), series)
    run.rejects("5 % less", 0.95 * limit)
    run.rejects("examples without noise", overlap.at(u=here**-0.5))
    run.axes("patterns, αg", "overlap with the archetype", title="P = 3, T = 0")


def heat_bath(run, overlap: tc.Formula, rho: float, load: float, heat: float) -> None:
    """Overlaps with an archetype at a temperature, P = 3."""
    generator = np.random.default_rng(1)
    found = [_overlap(generator, load, rho, heat) for _ in range(run.size)]
    name = f"αg = {load}, ρ = {rho}, T = {heat}"
    run.at(None, overlap.at(), found, name=name, bias=1 / SPINS, smallest=0.1)
    run.rejects("5 % less", 0.95 * float(overlap.at()))


def _overlap(generator, load: float, rho: float, heat: float = 0.0) -> float:
    """m of spins that begin at an archetype: where none turns, or the mean of a heat bath."""
    means = _means_of_examples(generator, round(load / 2 * SPINS**2), rho)
    spins, overlaps = np.ones(SPINS), []
    together = spins @ means
    squares = np.sum(means**2, axis=0)
    for _ in range(SWEEPS):
        before = spins.copy()
        for i, chance in enumerate(generator.random(SPINS)):
            rest = together - means[i] * spins[i]
            # two other spins, which are different ones
            field = means[i] @ (rest**2 - squares + means[i] ** 2) / SPINS**2
            up = field > 0 if heat == 0 else chance < 1 / (1 + np.exp(-2 * field / heat))
            spins[i] = 1.0 if up else -1.0
            together = rest + means[i] * spins[i]
        overlaps.append(spins.mean())
        if heat == 0 and (spins == before).all():
            break
    return overlaps[-1] if heat == 0 else float(np.mean(overlaps[SWEEPS // 3 :]))


def _means_of_examples(generator, count: int, rho: float) -> np.ndarray:
    """η of every spin (rows) and pattern; the first archetype is all 1."""
    r = (1 + rho * EXAMPLES) ** -0.5
    right = generator.binomial(EXAMPLES, (1 + r) / 2, (SPINS, count))
    archetypes = generator.choice([-1.0, 1.0], (SPINS, count))
    archetypes[:, 0] = 1
    return archetypes * (2 * right - EXAMPLES) / (EXAMPLES * r)
