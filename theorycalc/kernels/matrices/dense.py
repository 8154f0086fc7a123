"""Kernel matrices in double precision: blocks of rows on all cores, each by its family's rule."""

from functools import partial
from typing import NamedTuple

import numpy as np

from theorycalc.core.compiled import compiled
from theorycalc.core.threads import in_threads
from theorycalc.kernels.matrices import angle_table, rows
from theorycalc.kernels.matrices.families import Erf, Gelu, Homogeneous, Inputs, Loops, variances
from theorycalc.kernels.matrices.pairs_homogeneous import homogeneous_entries
from theorycalc.kernels.matrices.pairs_smooth import erf_entries, gelu_entries

_BLOCK_ROWS = 64  # a task of a thread
# BLAS leaves products of so many multiplications, and blocks of so many terms, to the thread that
# asks for them.
_PIECE, _TERMS = 2**19 - 1, 128
_CHUNK = 256  # columns that stay in the cache
_TILE = 64
_PAIRS = 2**13  # pairs that are computed one by one, at a time
_RULES = {
    angle_table.Table: angle_table.table_row,
    rows.PiecewiseLinear: rows.piecewise_linear_row,
    Erf: rows.erf_row,
    Gelu: rows.gelu_row,
}
_ENTRIES = {Homogeneous: homogeneous_entries, Erf: erf_entries, Gelu: gelu_entries}


def _row(rule, layers, left, i, right, start, nngp, ntk, work):
    """The loop of a rule; resolved when it is compiled."""


def _chosen_row(rule, layers, left, i, right, start, nngp, ntk, work):
    return _RULES[rule.instance_class]


@partial(compiled, choices={_row: _chosen_row})
def _fill(rule, layers, left, right, first, stop, symmetric, nngp, ntk, refused, work):
    """Rows of both kernels up to column ``stop``, from the one of the input ``first`` on.

    The symmetric case stops at the diagonal. What the rule refuses keeps in ``nngp`` what it came
    with: the number of these, which are left in ``refused`` as row·columns + column.
    """
    count = 0
    for row in range(nngp.shape[0]):
        last = first + row + 1 if symmetric else stop
        for start in range(0, last, _CHUNK):
            end = start + _CHUNK if start + _CHUNK < last else last
            sigma, theta, inner = nngp[row, start:end], ntk[row, start:end], work[0, : end - start]
            for j in range(inner.size):
                inner[j] = sigma[j]
            if _row(rule, layers, left, first + row, right, start, sigma, theta, work) == 0:
                continue
            for j in range(inner.size):
                if theta[j] != theta[j]:
                    sigma[j] = inner[j]
                    refused[count] = row * nngp.shape[1] + start + j
                    count += 1
    return count


def _mirror(kernel, first: int, last: int) -> None:
    """The rows [first, last) left of the diagonal, copied above it, tile by tile."""
    for start in range(0, first, _TILE):
        columns = slice(start, min(start + _TILE, first))
        kernel[columns, first:last] = kernel[first:last, columns].T
    own = kernel[first:last, first:last]
    np.copyto(own, own.T, where=~np.tri(last - first, dtype=bool))


def _inputs(loops: Loops, x: np.ndarray) -> Inputs:
    """What every pair of an input shares."""
    first = np.einsum("ij,ij->i", x, x) / x.shape[1]
    with np.errstate(over="ignore"):  # the caller looks at the result
        q = variances(loops.family, loops.layers, first)
    return Inputs(x, q, np.sqrt(q), loops.family.inverse(first, q))


def _multiply(x1, columns, out) -> None:
    """⟨x, x'⟩ of rows with columns, in pieces for one thread.

    Larger ones would go to the threads of BLAS, which wait for each other and for more, busily.
    """
    terms = min(len(columns), _TERMS)
    width = max(1, _PIECE // (len(x1) * terms))
    for start in range(0, out.shape[1], width):
        piece, part = columns[:, start : start + width], out[:, start : start + width]
        np.matmul(x1[:, :terms], piece[:terms], out=part)
        for low in range(terms, len(columns), terms):
            part += x1[:, low : low + terms] @ piece[low : low + terms]


class _Matrices(NamedTuple):
    """Both kernels; in the symmetric case, what is left of the diagonal is copied.

    ``columns`` are the right inputs: BLAS is faster where they stand in columns.
    """

    loops: Loops
    left: Inputs
    right: Inputs
    columns: np.ndarray
    symmetric: bool
    kernels: tuple

    @np.errstate(all="ignore")  # the caller looks at the result
    def fill(self, first: int) -> tuple:
        """A block of rows, but for the pairs (i, j, ⟨x, x'⟩) that are returned."""
        last, stop = self._ends(first)
        size, double = (last - first, len(self.right.x)), self.kernels[0].dtype == np.float64
        blocks = [x[first:last] if double else np.empty(size) for x in self.kernels]
        pairs = self._fill_doubles(first, stop, *blocks)
        for kernel, block in zip(self.kernels, blocks, strict=True):
            if not double:
                kernel[first:last, :stop] = block[:, :stop]  # beyond are mirrors of later rows
            if self.symmetric:
                _mirror(kernel, first, last)
        if len(pairs[0]) < _PAIRS:
            return pairs
        for start in range(0, len(pairs[0]), _PAIRS):
            self.fill_pairs(*(x[start : start + _PAIRS] for x in pairs))
        return tuple(x[:0] for x in pairs)

    def _fill_doubles(self, first: int, stop: int, nngp, ntk) -> tuple:
        inputs = self.left, self.right
        _multiply(self.left.x[first : first + len(nngp)], self.columns[:, :stop], nngp[:, :stop])
        if self.loops.rule is None:
            row, column = np.nonzero(np.tri(*nngp.shape, first if self.symmetric else stop))
        else:
            refused = np.empty(nngp.size, dtype=np.int64)
            ends = first, stop, self.symmetric
            arrays = nngp, ntk, refused, np.empty((rows.BUFFERS, _CHUNK))
            count = _fill(self.loops.rule, self.loops.layers, *inputs, *ends, *arrays)
            row, column = np.divmod(refused[:count], nngp.shape[1])
        return first + row, column, nngp[row, column]

    @np.errstate(all="ignore")
    def fill_pairs(self, i, j, products) -> None:
        """Pairs with these inner products, each by itself."""
        family, layers, _ = self.loops
        inner = products / self.left.x.shape[1]
        values = _ENTRIES[type(family)](family, layers, self.left, self.right, i, j, inner)
        for kernel, value in zip(self.kernels, values, strict=True):
            kernel[i, j] = value
            if self.symmetric:
                kernel[j, i] = value

    def is_finite(self, first: int) -> bool:
        """Whether that is all of a block."""
        last, stop = self._ends(first)
        return all(np.isfinite(kernel[first:last, :stop]).all() for kernel in self.kernels)

    def _ends(self, first: int) -> tuple[int, int]:
        """Behind the last row and the last column of a block."""
        last = min(first + _BLOCK_ROWS, len(self.left.x))
        return last, last if self.symmetric else len(self.right.x)


def kernel_matrices(loops: Loops, x1, x2, dtype=np.float64) -> tuple:
    """(NNGP, NTK, whether they are finite), of shape (n1, n2); x2=None is the symmetric case.

    Entries are computed in double precision, whatever the dtype of the matrices.
    """
    symmetric = x2 is None
    left = _inputs(loops, x1)
    right = left if symmetric else _inputs(loops, x2)
    kernels = tuple(np.empty((len(x1), len(right.x)), dtype) for _ in range(2))
    columns = np.ascontiguousarray(right.x.T)
    matrices = _Matrices(loops, left, right, columns, symmetric, kernels)
    starts = range(0, len(x1), _BLOCK_ROWS)
    # single pairs of many blocks are computed together
    pairs = [np.concatenate(x) for x in zip(*in_threads(matrices.fill, starts), strict=True)]
    parts = range(0, len(pairs[0]), _PAIRS)
    in_threads(lambda n: matrices.fill_pairs(*(x[n : n + _PAIRS] for x in pairs)), parts)
    return *kernels, all(in_threads(matrices.is_finite, starts))
