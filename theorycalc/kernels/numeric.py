"""Kernel matrices in double precision: blocks of rows on all cores, each by its family's rule."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numba
import numpy as np

from theorycalc.core.compiled import compiled
from theorycalc.kernels import numeric_rows as rows
from theorycalc.kernels import tables
from theorycalc.kernels.numeric_families import (
    Erf,
    Gelu,
    Homogeneous,
    Inputs,
    Layers,
    variances,
)
from theorycalc.kernels.numeric_pairs import angular_losses, angular_nodes

__all__ = [
    "Erf",
    "Gelu",
    "Homogeneous",
    "Layers",
    "angular_losses",
    "angular_nodes",
    "kernel_matrices",
]

_SLAB_ROWS = 1024  # a product of matrices
_BLOCK_ROWS = 64  # a task of a thread
_TILE = 32
_RULES = {
    Homogeneous: tables.homogeneous_row,
    tables.Table: tables.table_row,
    rows.PiecewiseLinear: rows.piecewise_linear_row,
    Erf: rows.erf_row,
    Gelu: rows.gelu_row,
}


def _row(plan, layers, left, i, right, start, nngp, ntk, work):
    """The row rule of the plan; resolved when it is compiled."""


@numba.extending.overload(_row)
def _overload_row(plan, layers, left, i, right, start, nngp, ntk, work):
    return _RULES[plan.instance_class]


@compiled
def _fill(plan, layers, left, right, first, last, symmetric, top, nngp, ntk):
    """The rows [first, last) of both kernels, which the arrays hold from row ``top`` on.

    ``nngp`` comes with the inner products; the symmetric case stops at the diagonal.
    """
    work = np.empty((rows.BUFFERS, rows.CHUNK))
    for i in range(first, last):
        stop = i + 1 if symmetric else right.x.shape[0]
        for start in range(0, stop, rows.CHUNK):
            end = min(start + rows.CHUNK, stop)
            sigma, theta = nngp[i - top, start:end], ntk[i - top, start:end]
            for j in range(sigma.size):
                sigma[j] /= right.x.shape[1]
            _row(plan, layers, left, i, right, start, sigma, theta, work)


@compiled
def _mirror(kernel, first, last):
    """The rows [first, last) left of the diagonal, copied above it, tile by tile."""
    for start in range(0, last, _TILE):
        for j in range(start, min(start + _TILE, last)):
            for i in range(max(first, j + 1), last):
                kernel[j, i] = kernel[i, j]


def _plan(family, layers: Layers, pairs: int):
    """How to compute this many entries: the family itself, or its table or fast rule."""
    if not isinstance(family, Homogeneous):
        return family
    table = tables.tabulate(family, layers) if pairs > 2 * tables.table_size(layers) else None
    if table is not None:
        return table
    if family.degree == 1:
        return rows.PiecewiseLinear(family.kink, family.smooth)
    return family


def _inputs(family, layers: Layers, x: np.ndarray) -> Inputs:
    """What every pair of an input shares."""
    first = np.einsum("ij,ij->i", x, x) / x.shape[1]
    with np.errstate(over="ignore"):  # the caller looks at the result
        q = variances(family, layers, first)
    if isinstance(family, Homogeneous):
        inverse = np.zeros((1, len(x)))
        np.divide(1.0, np.sqrt(first), out=inverse[0], where=first > 0)
    else:
        inverse = 1.0 / np.sqrt(1.0 + 2.0 * family.slope**2 * q)
    return Inputs(x, q, np.sqrt(q), inverse)


class _Slab(NamedTuple):
    """Some rows of both kernels, in double precision, with the inner products in the first."""

    top: int
    end: int
    parts: tuple


def _slab(x1, x2, top: int, symmetric: bool, kernels: tuple) -> _Slab:
    """The products by the threads of BLAS, while ours rest; the caller looks at what overflows."""
    end = min(top + _SLAB_ROWS, len(x1))
    stop = end if symmetric else len(x2)
    if kernels[0].dtype == np.float64:
        parts = tuple(kernel[top:end] for kernel in kernels)
    else:
        parts = tuple(np.empty((end - top, len(x2))) for _ in kernels)
    with np.errstate(over="ignore", invalid="ignore"):
        np.matmul(x1[top:end], x2[:stop].T, out=parts[0][:, :stop])
    return _Slab(top, end, parts)


def _hand_over(kernel, slab: _Slab, part, first: int, last: int, symmetric: bool) -> None:
    """Rows of a slab into the kernel, where they are not there already, and their mirror image."""
    if kernel.dtype != np.float64:
        # not beyond the diagonal: that is for the mirrors of later rows
        columns = slice(last if symmetric else None)
        kernel[first:last, columns] = part[first - slab.top : last - slab.top, columns]
    if symmetric:
        _mirror(kernel, first, last)


def kernel_matrices(family, layers: Layers, x1, x2, dtype=np.float64) -> tuple:
    """(NNGP, NTK) of shape (n1, n2); x2=None is the symmetric case.

    Entries are computed in double precision, whatever the dtype of the matrices.
    """
    symmetric = x2 is None
    x2 = x1 if symmetric else x2
    plan = _plan(family, layers, len(x1) * len(x2))
    left = _inputs(family, layers, x1)
    right = left if symmetric else _inputs(family, layers, x2)
    kernels = tuple(np.empty((len(x1), len(x2)), dtype) for _ in range(2))

    def fill(first: int, slab: _Slab) -> None:
        last = min(first + _BLOCK_ROWS, slab.end)
        _fill(plan, layers, left, right, first, last, symmetric, slab.top, *slab.parts)
        for kernel, part in zip(kernels, slab.parts, strict=True):
            _hand_over(kernel, slab, part, first, last, symmetric)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for top in range(0, len(x1), _SLAB_ROWS):
            slab = _slab(x1, x2, top, symmetric, kernels)
            # list: an exception in a block must surface
            list(pool.map(partial(fill, slab=slab), range(top, slab.end, _BLOCK_ROWS)))
    return kernels
