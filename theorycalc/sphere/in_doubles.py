"""Funk–Hecke integrals in hardware doubles, for kernels that are only known in doubles."""

from functools import lru_cache

import numpy as np
import sympy

from theorycalc.core.arithmetic.polynomials import polynomial
from theorycalc.core.arithmetic.special_arrays import FUNCTION
from theorycalc.core.arithmetic.tracked_context import Tracked, TrackedContext
from theorycalc.core.integration.gauss import on_panels
from theorycalc.core.lowering import lower
from theorycalc.core.special import SpecialFunction, prefers_double
from theorycalc.sphere.measure import T, coordinate_constant
from theorycalc.sphere.zonal_kernel import ZonalKernel

# Two rules are compared; the finer one counts.
_NODES = (200, 300)
_EPS = np.finfo(float).eps
# Roundings of a weight and a product.
_ROUNDINGS = 8


def applies(kernel: ZonalKernel) -> bool:
    """Whether the kernel has a function that is computed in doubles: then so are its integrals."""
    expressions = (kernel.body, *(expr for _, expr in kernel.where))
    return any(prefers_double(f) for expr in expressions for f in expr.atoms(SpecialFunction))


@lru_cache(maxsize=32)
def doubles(kernel: ZonalKernel, d: int, order: int) -> tuple[np.ndarray, np.ndarray]:
    """(μ_0 … μ_order, error estimates); eigenvalues below 1e-14 of κ(1) have no digits."""
    (coarse, _), (fine, rounding) = (_integrals(kernel, d, order, n + order) for n in _NODES)
    return fine, np.abs(fine - coarse) + rounding


def _integrals(kernel: ZonalKernel, d: int, order: int, nodes: int) -> tuple:
    """(∫ κ P_k dτ, bound on its rounding) for all degrees."""
    ends = [0.0, *(float(sympy.acos(x)) for x in reversed(kernel.kinks)), np.pi]
    theta, weight = on_panels(np.array(ends), nodes)
    weight = weight * np.sin(theta) ** (d - 2) * float(coordinate_constant(sympy.Integer(d)))
    t = np.cos(theta)
    values, errors = _kernel(kernel, t)
    polynomials, doubts = np.array(
        [polynomial("spherical_legendre", k, d, t) for k in range(order + 1)]
    ).transpose(1, 0, 2)
    # a sine and its argument are rounded in every factor of the weight, and sums once for a node
    tilt = 2 + theta * np.abs(t) / np.sin(theta)
    errors = errors + _EPS * (_ROUNDINGS + np.sqrt(theta.size) + (d - 2) * tilt) * np.abs(values)
    rounding = np.abs(polynomials) @ (weight * errors) + doubts @ (weight * np.abs(values))
    return polynomials @ (weight * values), rounding


def _kernel(kernel: ZonalKernel, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """κ at rounded cosines, and what roundings and its own routines may have done to it."""
    program = lower(kernel.body, (T,), kernel.where)
    with np.errstate(all="ignore"):
        found = program.run(TrackedContext(), [Tracked(t, FUNCTION)])
    return tuple(np.broadcast_to(part, t.shape) for part in (found.value, found.error))
