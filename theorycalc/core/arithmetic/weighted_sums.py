"""Sums of many rows of enclosures with the same weights."""

from flint import arb_mat

from theorycalc.core.arithmetic.effort import work


class Rows:
    """Rows of one length, kept as a matrix."""

    def __init__(self, rows: list):
        self._matrix = arb_mat(rows)

    def sums(self, weights: list, bits: int) -> list:
        """Σ_j x_j w_j for every row."""
        work(self._matrix.nrows() * len(weights), 0, 0, bits)
        return (self._matrix * arb_mat(len(weights), 1, weights)).entries()
