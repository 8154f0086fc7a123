"""Networks of three-spin couplings that are made of examples, at T = 0 and in heat baths."""

import numpy as np
from scipy import stats

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
    run.rejects("10 % less", 0.9 * limit)
    run.rejects("examples without noise", overlap.at(u=here**-0.5))
    run.axes("patterns, αg", "overlap with the archetype", title="P = 3, T = 0")


def heat_bath(run, overlap: tc.Formula, rho: float, load: float, heat: float) -> None:
    """Overlaps with an archetype at a temperature, P = 3."""
    generator = np.random.default_rng(1)
    found = [_overlap(generator, load, rho, heat) for _ in range(run.size)]
    name = f"αg = {load}, ρ = {rho}, T = {heat}"
    run.at(None, overlap.at(), found, name=name, bias=1 / SPINS, smallest=0.1)
    run.rejects("10 % less", 0.9 * float(overlap.at()))


def _overlap(generator, load: float, rho: float, heat: float = 0.0) -> float:
    """m of spins that begin at an archetype: where none turns, or the mean of a heat bath."""
    means = _means_of_examples(generator, round(load / 2 * SPINS**2), rho)
    spins, overlaps = np.ones(SPINS), []
    squares = means**2
    # with t = Σ s_j η_j, the field on i is of two other spins, which are different ones:
    # Σ η_i [(t − s_i η_i)² − Σ_{j≠i} η_j²] = η_i·t² − 2 s_i η_i²·t + 2 Σ η_i³ − η_i·Σ_j η_j²
    together = means.sum(axis=0)
    alone = 2 * np.sum(squares * means, axis=1) - means @ squares.sum(axis=0)
    squared = together**2
    for _ in range(SWEEPS):
        before = spins.copy()
        for i, chance in enumerate(generator.random(SPINS)):
            field = means[i] @ squared - 2 * spins[i] * (squares[i] @ together) + alone[i]
            field /= SPINS**2
            up = field > 0 if heat == 0 else chance < 1 / (1 + np.exp(-2 * field / heat))
            if up != (spins[i] > 0):
                spins[i] *= -1
                together += 2 * spins[i] * means[i]
                squared = together**2
        overlaps.append(spins.mean())
        if heat == 0 and (spins == before).all():
            break
    return overlaps[-1] if heat == 0 else float(np.mean(overlaps[SWEEPS // 3 :]))


def _means_of_examples(generator, count: int, rho: float) -> np.ndarray:
    """η of every spin (rows) and pattern; the first archetype is all 1."""
    r = (1 + rho * EXAMPLES) ** -0.5
    # one of 2^16 quantiles, much faster than a binomial variable and as good
    chances = (np.arange(1 << 16) + 0.5) / (1 << 16)
    law = stats.binom(EXAMPLES, (1 + r) / 2)
    right = np.searchsorted(law.cdf(np.arange(EXAMPLES)), chances)
    means = (2 * right - EXAMPLES) / (EXAMPLES * r)
    found = means[generator.integers(1 << 16, size=(SPINS, count), dtype=np.uint16)]
    # archetypes ±1
    found[:, 1:] *= 2.0 * generator.integers(0, 2, (SPINS, count - 1), dtype=np.int8) - 1
    return found
