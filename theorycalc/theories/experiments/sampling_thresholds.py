"""Message passing on tensors of spins with a planted sample, and samples that it draws."""

from statistics import NormalDist

import numpy as np

import theorycalc as tc

SPINS, STEPS = 60, 10
# T above all thresholds
HEAT = 1


def denoising(run, overlap: tc.Formula, curve: tc.Formula) -> None:
    """Overlaps with planted spins at three strengths of a side channel; energies of samples."""
    generator = np.random.default_rng(0)
    tensors = [_tensor(generator) for _ in range(run.size)]
    quantiles = (np.arange(SPINS) + 0.5) / SPINS
    noise = np.array([NormalDist().inv_cdf(p) for p in quantiles])

    def theory(place: float) -> tuple[float, float]:
        at = {"lambda": place}
        return float(curve.at(p=3, T=HEAT, **at)), float(overlap.at(**at))

    for place in (1.2, 1.8, 2.5):
        s, limit = theory(place)
        found = [_planted(w, s + s**0.5 * generator.permutation(noise)) for w in tensors]
        run.at(s, limit, found, series="spins", bias=1 / SPINS, smallest=0.12)
    run.rejects("5 % less", 0.95 * limit)
    run.rejects("the side channel alone", overlap.at(**{"lambda": s}))
    energies = [_energy(w, _drawn(w, generator)) for w in tensors]
    run.at(None, -1 / (2 * HEAT), energies, name="energy of samples", bias=2 / SPINS, smallest=0.25)
    run.rejects("two fifths less", -0.6 / (2 * HEAT))
    signals, overlaps = (formula.lambdify() for formula in (curve.subs(p=3, T=HEAT), overlap))
    places = np.linspace(0.02, 3, 20)
    run.line(signals(places), lambda _: overlaps(places), "spins")
    run.axes("signal-to-noise ratio s", "overlap", title=f"p = 3, T = {HEAT}")


def _tensor(generator) -> np.ndarray:
    """W for H = −Σ W_ijk x_i x_j x_k; at the planted spins 1 it is what it is on average, 0.

    Only its symmetric part is in H, and is what is returned.
    """
    w = generator.standard_normal((SPINS,) * 3, dtype=np.float32) / np.float32(2**0.5 * SPINS)
    w = (w + w.transpose(0, 2, 1)) / 2
    return (w + w.transpose(1, 0, 2) + w.transpose(2, 1, 0)) / 3 - w.mean()


def _force(w: np.ndarray, m: np.ndarray) -> np.ndarray:
    """The gradient of Σ W m m m."""
    m = m.astype(np.float32)
    return 3 * (w.reshape(-1, SPINS) @ m).reshape(SPINS, SPINS) @ m


def _energy(w: np.ndarray, x: np.ndarray) -> float:
    return -float(_force(w, x) @ x) / 3 / SPINS


def _passed(w: np.ndarray, m: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Fields of the couplings, without what the spins said themselves one step before."""
    reaction = 3 * (m @ before / SPINS) * (1 - m @ m / SPINS) / HEAT**2
    return _force(w, m) / HEAT - reaction * before


def _planted(w: np.ndarray, field: np.ndarray) -> float:
    """The overlap with the planted spins, which are all 1."""
    m = before = np.zeros(SPINS)
    for _ in range(STEPS):
        planted = 1.5 * (m.mean() / HEAT) ** 2
        m, before = np.tanh(field + planted + _passed(w, m, before)), m
    return m.mean()


def _drawn(w: np.ndarray, generator) -> np.ndarray:
    """Spins, one after the other, from what message passing expects of each."""
    m = before = np.zeros(SPINS)
    for known, chance in enumerate(generator.random(SPINS)):
        for _ in range(STEPS // 2):
            m, before = np.append(m[:known], np.tanh(_passed(w, m, before)[known:])), m
        m[known] = 1.0 if chance < (1 + m[known]) / 2 else -1.0
    return m
