"""Enclosures of eigenvalues at targets of a few bits, where bounds bind."""

import pytest
import sympy as sp
from reference import assert_low_targets_hold

import theorycalc as tc
from theorycalc.sphere import in_angle, taylor
from theorycalc.sphere.measure import T
from theorycalc.sphere.zonal_kernel import as_kernel

KERNELS = [sp.cos(40 * T), sp.exp(T / 2), 1 / (sp.Rational(101, 100) - T), sp.Max(T, 0)]


@pytest.mark.parametrize(("d", "order"), [(2, 40), (3, 30), (10, 5)])
@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_eigenvalues_by_quadrature(kernel, d, order):
    kernel = as_kernel(kernel)
    assert_low_targets_hold(lambda bits: tuple(in_angle.enclosures(kernel, d, order, bits)))


@pytest.mark.parametrize("kernel", [tc.kernels.mlp(1), tc.kernels.mlp(2)], ids=str)
def test_eigenvalues_by_taylor_series(kernel):
    """The rest of the series is used up to a hundredth."""
    kernel = as_kernel(kernel)
    assert taylor.applies(kernel, 100, 6, 100)
    assert_low_targets_hold(lambda bits: tuple(taylor.enclosures(kernel, 100, 6, bits)), high=100)
