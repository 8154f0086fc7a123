"""Mass 1, atoms included, of random laws and what they are combined into."""

import numpy as np
import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.spectra import quadrature

S = tc.spectra


def number(rng):
    return sp.Rational(int(rng.integers(1, 41)), 10)


def atoms(rng, least=0):
    count = int(rng.integers(1, 5))
    places = least + rng.choice(8, count, replace=False)
    weights = rng.integers(1, 6, count)
    return S.discrete(
        {
            int(x): sp.Rational(int(w), int(weights.sum()))
            for x, w in zip(places, weights, strict=True)
        }
    )


MOVES = (
    lambda law, rng: law + S.semicircle(number(rng)),
    lambda law, rng: law + S.marchenko_pastur(number(rng)),
    lambda law, rng: S.sample_covariance(law, number(rng)),
    lambda law, rng: law.compress(sp.Rational(int(rng.integers(1, 10)), 10)),
    lambda law, rng: law * number(rng) + number(rng),
    lambda law, rng: law + atoms(rng),
    lambda law, rng: S.sample_covariance(atoms(rng, 1), number(rng)) * atoms(rng, 1),
)


def missing(seed):
    """(what is missing of the mass, its error) for a law of up to two random moves."""
    rng = np.random.default_rng(seed)
    law = atoms(rng, 1)
    for _ in range(int(rng.integers(1, 3))):
        move = MOVES[int(rng.integers(len(MOVES)))]
        law = move(law, rng)
    inside, error = quadrature.mean(law.node, np.ones_like) if law.edges() else (0.0, 0.0)
    return abs(inside + float(sum(law.atoms.values())) - 1), error


@pytest.mark.parametrize("seed", range(12))
def test_the_mass_is_one(seed):
    off, error = missing(seed)
    assert off <= error + 1e-15
    assert off <= 1e-13


@pytest.mark.long
def test_the_mass_of_five_hundred_laws_is_one():
    """Where masses of two atoms sum to 1 the density is infinite inside, and the error says so."""
    found = [missing(seed) for seed in range(500)]
    assert all(off <= error + 1e-15 for off, error in found)
    assert sum(off > 1e-13 for off, _ in found) <= 10
