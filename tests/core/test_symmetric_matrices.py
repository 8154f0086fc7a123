"""Functions of symmetric matrices of balls: what is left to chance by Q is in the errors."""

import numpy as np
import pytest
from flint import arb, arb_mat

from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.symmetric_matrices import Diagonalized, norm, norms

# Few bits, so that doubles see what rounding does.
BITS = 20


def balls(array, radius=0.0) -> arb_mat:
    return arb_mat([[arb(float(x), radius) for x in row] for row in array])


def doubles(matrix) -> np.ndarray:
    return np.array([[float(x.mid()) for x in row] for row in matrix.tolist()])


def matrices():
    generator = np.random.default_rng(0)
    square = generator.standard_normal((6, 6))
    yield square @ square.T
    yield square[:, :3] @ square[:, :3].T
    yield np.eye(4) + np.ones((4, 4))
    yield np.kron(np.eye(3), [[2, 1], [1, 2]])
    yield np.zeros((3, 3))
    yield np.diag([1, 1, 1e-30, 0])
    yield [[3.0]]


@pytest.mark.parametrize("array", [np.array(x) for x in matrices()])
def test_what_eigenvectors_miss_is_bounded(array):
    with working_precision(BITS):
        matrix = balls(array)
        near = Diagonalized.of(matrix)
        one, error = near.function(lambda _: arb(1), arb(0))
        # Q Qᵀ is no closer to 1 than Q is to orthogonal
        assert np.linalg.norm(doubles(one) - np.eye(len(array)), 2) <= float(error)
        same, error = near.function(lambda d: d, near.off)
        assert np.linalg.norm(doubles(same) - doubles(matrix), 2) <= float(error)
        exact = np.linalg.eigvalsh(doubles(matrix))
        for x, value in zip(near.eigenvalues, exact, strict=True):
            assert abs(float(x.mid()) - value) <= float(x.rad()) + 1e-13 * abs(value)
        assert float(near.off) <= 1e-4 * max(exact[-1], 1e-300)


def test_radii_move_eigenvalues():
    """The 1 in every entry of a radius: λ of (1 ± r) 1 1ᵀ is n (1 ± r)."""
    with working_precision(80):
        near = Diagonalized.of(balls(np.ones((4, 4)), 0.25))
        assert near.eigenvalues[-1].contains(5)
        assert near.eigenvalues[-1].contains(3)
        assert norm(balls(np.ones((2, 2)), 0.5)) >= 3
        assert [float(x) for x in norms(balls([[3.0, 4.0], [0.0, 1.0]]))] == pytest.approx([5, 1])
