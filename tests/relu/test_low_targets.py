"""Enclosures at targets of a few bits, where the errors of rules and cut-offs bind."""

import pytest
import sympy as sp
from reference import assert_low_targets_hold

from theorycalc.relu.means import bias_integral, modulus_radial

U = modulus_radial.U


@pytest.mark.parametrize("k", [2, 3, 7, 20])
def test_bias_constants(k):
    assert_low_targets_hold(lambda bits: bias_integral.enclosure(k, bits))


@pytest.mark.parametrize(
    ("q", "n", "m", "order"),
    [(1 + U, 2, 0, 1), (1 + U, 3, 2, 1), ((U - 2) ** 2 * (U + 1), 2, 1, 3), (U**2, 1, 1, 1)],
)
def test_radial_means(q, n, m, order):
    numbers = map(sp.S, (n, m, order))
    mean = modulus_radial._enclosure
    n, m, order = numbers
    assert_low_targets_hold(lambda bits: mean(sp.Lambda(U, q), n, m, order, bits))
