"""Steps along outer products, in their places.

The gradient of one sample is one number times two vectors in every layer. As an array it would take
the memory of the weights again, and more time than the rest of a step.
"""

from theorycalc.core.compiled import compiled


@compiled
def subtract_outer(weights, inputs, slopes) -> None:
    """W ← W − h δᵀ of every network: (seeds, n_in, n_out), (seeds, n_in) and (seeds, n_out)."""
    for network in range(weights.shape[0]):
        matrix, slope = weights[network], slopes[network]
        for i in range(matrix.shape[0]):
            row, x = matrix[i], inputs[network, i]
            for j in range(row.shape[0]):
                row[j] -= x * slope[j]
