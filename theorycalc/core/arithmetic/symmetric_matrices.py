"""Functions of symmetric matrices whose entries are enclosures, through approximate eigenvectors.

No eigenvector is enclosed: there is none that an error of the matrix leaves alone where eigenvalues
are close. An orthogonal matrix with the diagonal of a matrix nearby is enough.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flint import acb_mat, arb, arb_mat

from theorycalc.core.arithmetic.ball import arb_mpf
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.box_context import BoxContext
from theorycalc.core.errors import NotSupportedError, explain

# What the search for eigenvectors costs, in products of matrices.
EIGENVECTORS = 30


@dataclass(frozen=True)
class Diagonalized:
    """A symmetric matrix A near U diag(d) Uᵀ with an orthogonal U: ‖A − U diag(d) Uᵀ‖ ≤ ``off``.

    The norm is that of operators. By Weyl's inequality no eigenvalue of A, in order, is further
    than ``off`` from the one of d.

    Attributes
    ----------
    values : tuple of arb
        d, in ascending order, without radius.
    vectors : arb_mat
        Q, without radius, with ‖Q − U‖ ≤ ``tilt``.
    off, tilt : arb
        Upper bounds.
    """

    values: tuple[arb, ...]
    vectors: arb_mat
    off: arb
    tilt: arb

    @classmethod
    def of(cls, matrix: arb_mat) -> "Diagonalized":
        """Q from the midpoints; what it misses is measured in the enclosures.

        With Q = UP, P² = QᵀQ, the distance of Q to its polar factor U is ‖P − I‖ ≤ ‖QᵀQ − I‖ = τ,
        and ‖Q diag(d) Qᵀ − U diag(d) Uᵀ‖ ≤ (2τ + τ²) max |d|.
        """
        size = matrix.nrows()
        values, vectors = _eigenvectors(matrix.mid())
        turned, unit = vectors.transpose(), _diagonal([arb(1)] * size)
        tilt = norm(turned * vectors - unit)
        rest = norm(matrix - vectors * _diagonal(values) * turned)
        largest = max((abs(d) for d in values), default=arb(0))
        off = rest + tilt * (2 + tilt) * largest
        return cls(tuple(values), vectors, off.upper(), tilt)

    @property
    def eigenvalues(self) -> list[arb]:
        """Those of A, in ascending order."""
        return [d + arb(0, self.off) for d in self.values]

    @property
    def log_det_2_pi(self) -> arb:
        """ln det 2πA."""
        return sum(((2 * arb.pi() * x).log() for x in self.eigenvalues), arb(0))

    def function(self, g: Callable[[arb], arb], change: arb) -> tuple[arb_mat, arb]:
        """Q g(d) Qᵀ, and how far it may be from g(A) in the norm of operators.

        ``change`` bounds ‖g(A) − g(U diag(d) Uᵀ)‖.
        """
        images = [g(d) for d in self.values]
        largest = max((abs(x).upper() for x in images), default=arb(0))
        found = self.vectors * _diagonal(images) * self.vectors.transpose()
        return found, (change + self.tilt * (2 + self.tilt) * largest).upper()


def shifted(matrix: arb_mat, x: arb) -> arb_mat:
    """The matrix with so much more on the diagonal."""
    return matrix + _diagonal([x] * matrix.nrows())


def widened(matrix: arb_mat, errors: Sequence[arb]) -> arb_mat:
    """The matrix with an error of so much at most in every entry of a row."""
    rows = zip(matrix.tolist(), errors, strict=True)
    return arb_mat([[x + arb(0, error) for x in row] for row, error in rows])


def norms(matrix: arb_mat) -> list[arb]:
    """Upper bounds of the Euclidean lengths of the rows."""
    return [norm(arb_mat([row])) for row in matrix.tolist()]


def norm(matrix: arb_mat) -> arb:
    """An upper bound of the Frobenius norm, which the norm of operators does not exceed."""
    return sum((abs(x).upper() ** 2 for x in matrix.entries()), arb(0)).sqrt().upper()


def as_balls(context, rows: Sequence[Sequence]) -> arb_mat:
    """Numbers of a context as a matrix of balls: enclosures, or the points that they are.

    Raises
    ------
    NotSupportedError
        For intervals by their ends.
    """
    if isinstance(context, BoxContext):
        raise NotSupportedError(explain("matrices of intervals by their ends"))
    if isinstance(context, BallContext):
        return arb_mat([[arb(context.real(x)) for x in row] for row in rows])
    return arb_mat([[_point(context.mp.mpf(x)) for x in row] for row in rows])


def from_ball(context, x: arb):
    """A ball as a number of a context."""
    return x if context.encloses else context.mp.convert(arb_mpf(x.mid()))


def _point(x) -> arb:
    sign, man, exp, _ = x._mpf_
    return arb((-int(man) if sign else int(man), exp)) if man else arb(0)


def _diagonal(entries: Sequence[arb]) -> arb_mat:
    size = len(entries)
    return arb_mat([[entries[i] if i == j else 0 for j in range(size)] for i in range(size)])


def _eigenvectors(matrix: arb_mat) -> tuple[list[arb], arb_mat]:
    """Approximate eigenvalues in ascending order, and eigenvectors as columns, made orthogonal."""
    size = matrix.nrows()
    _, right = acb_mat(matrix).eig(right=True, algorithm="approx")
    columns = [[x.real.mid() for x in column] for column in right.transpose().tolist()]
    basis: list[arb_mat] = []
    for column in columns:
        vector = arb_mat(size, 1, column)
        # twice is enough, unless the vectors depend on each other
        for _ in range(2):
            for other in basis:
                vector = (vector - other * (other.transpose() * vector)[0, 0]).mid()
            vector = (vector * (1 / norm(vector))).mid()
        basis.append(vector)
    pairs = sorted(
        (((v.transpose() * matrix * v)[0, 0].mid(), i) for i, v in enumerate(basis)),
        key=lambda pair: (arb_mpf(pair[0]), pair[1]),
    )
    rows = [basis[i].entries() for _, i in pairs]
    return [value for value, _ in pairs], arb_mat(rows).transpose()
