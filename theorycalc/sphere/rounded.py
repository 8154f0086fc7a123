"""Funk–Hecke integrals in hardware doubles, for kernels that are only known in doubles."""

import itertools
from functools import lru_cache

import numpy as np
import sympy

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.lowering import lower
from theorycalc.core.special import SpecialFunction, prefers_double
from theorycalc.sphere.kernel import ZonalKernel
from theorycalc.sphere.legendre import recurrence
from theorycalc.sphere.measure import T, coordinate_constant

# Two rules are compared; the finer one counts.
_NODES = (200, 300)
# What the values of the kernel may be off, relative to the largest of them.
_ROUNDING = 2e-14


def applies(kernel: ZonalKernel) -> bool:
    """Whether the kernel has a function that is computed in doubles: then so are its integrals."""
    expressions = (kernel.body, *(expr for _, expr in kernel.where))
    return any(prefers_double(f) for expr in expressions for f in expr.atoms(SpecialFunction))


@lru_cache(maxsize=32)
def doubles(kernel: ZonalKernel, d: int, order: int) -> tuple[np.ndarray, np.ndarray]:
    """(μ_0 … μ_order, error estimates); eigenvalues below 1e-14 of κ(1) have no digits."""
    (coarse, _), (fine, size) = (_integrals(kernel, d, order, n + order) for n in _NODES)
    return fine, np.abs(fine - coarse) + _ROUNDING * size


def _integrals(kernel: ZonalKernel, d: int, order: int, nodes: int) -> tuple:
    """(∫ κ P_k dτ, max |κ| ∫ |P_k| dτ) for all degrees."""
    ends = [0.0, *(float(sympy.acos(x)) for x in reversed(kernel.kinks)), np.pi]
    x, w = np.polynomial.legendre.leggauss(nodes)
    halves, centres = np.diff(ends) / 2, (np.array(ends[1:]) + ends[:-1]) / 2
    theta = (centres[:, None] + halves[:, None] * x).ravel()
    weight = (halves[:, None] * w).ravel() * np.sin(theta) ** (d - 2)
    weight *= float(coordinate_constant(sympy.Integer(d)))
    t = np.cos(theta)
    program = lower(kernel.body, (T,), kernel.where)
    with np.errstate(all="ignore"):
        values = np.broadcast_to(program.run(ArrayContext(), [t]), t.shape)
    polynomials = np.array([*itertools.islice(recurrence(d, t, np.ones_like(t)), order + 1)])
    return polynomials @ (weight * values), np.abs(polynomials) @ weight * np.abs(values).max()
