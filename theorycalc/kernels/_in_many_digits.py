"""What kernel matrices predict in many digits: one computation, Values for each name."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from theorycalc.core.arithmetic.symmetric_matrices import (
    EIGENVECTORS,
    Diagonalized,
    as_balls,
    norms,
    widened,
)
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.joint import Joint, program_of
from theorycalc.core.value import Value


@dataclass(frozen=True)
class InManyDigits:
    """A prediction from kernels and targets that are exact numbers; a subclass has its formulas.

    Parameters
    ----------
    kernels : dict of ndarray
        Matrices of numbers or Values: ``k_train``, ``k_test_train`` and ``y``, and for the
        covariance others too.
    """

    kernels: dict[str, np.ndarray]

    # what a singular matrix allows instead
    _hint = ""
    _when = ""

    def predicted(self, using) -> dict[str, np.ndarray]:
        """All results, by their names: arrays of Values, eigenvalues first."""
        numbers = [x for matrix in self.kernels.values() for x in matrix.flat]
        inputs = tuple(x for x in numbers if isinstance(x, Value))
        tests, trained = self.kernels["k_test_train"].shape
        cost = EIGENVECTORS * trained**3 + trained * (tests + trained) ** 2
        joint = Joint(self._computed, cost, inputs)
        eigenvalues = _array(joint, "eigenvalues", (trained,), using)
        if self._is_inverted and not eigenvalues[0].lower > 0:
            got, hint = f"λ_min = {eigenvalues[0]}", self._hint
            raise DomainError(explain(f"k_train may be singular{self._when}", got=got, hint=hint))
        found = {name: _array(joint, name, shape, using) for name, shape in self._shapes().items()}
        return {**found, "eigenvalues": eigenvalues}

    @property
    def _is_inverted(self) -> bool:
        return True

    def _shapes(self) -> dict[str, tuple]:
        tests, trained = self.kernels["k_test_train"].shape
        shapes = {"mean": (tests, self.kernels["y"].shape[1]), "hat": (tests, trained)}
        if "k_test" in self.kernels:
            shapes["covariance"] = (tests, tests)
        return shapes

    @cached_property
    def _programs(self) -> dict:
        """What computes the kernels and the targets."""
        return {
            name: [[program_of(x) for x in row] for row in matrix]
            for name, matrix in self.kernels.items()
        }

    def _computed(self, context) -> dict:
        """All results at the precision of a context, by their names and places."""
        known = {
            name: as_balls(context, [[x.run(context, []) for x in row] for row in rows])
            for name, rows in self._programs.items()
        }
        spectrum = Diagonalized.of(self._gram(known))
        _refuse_negative(spectrum)
        function, error = self._function(spectrum, context)
        cross = known["k_test_train"]
        hat = widened(cross * function, [length * error for length in norms(cross)])
        found = {"mean": hat * known["y"], "hat": hat}
        if "k_test" in known:
            found["covariance"] = self._covariance(hat, known)
        results = {
            (name, (i, j)): x
            for name, matrix in found.items()
            for i, row in enumerate(matrix.tolist())
            for j, x in enumerate(row)
        }
        eigenvalues = {("eigenvalues", (i,)): x for i, x in enumerate(spectrum.eigenvalues)}
        return results | eigenvalues | self._more(spectrum, function, error, known)

    def _gram(self, known: dict):
        """The matrix a function of which is taken."""
        return known["k_train"]

    def _function(self, spectrum: Diagonalized, context) -> tuple:
        """The function of the matrix, and how far it may be off as an operator."""
        raise NotImplementedError

    def _covariance(self, hat, known: dict):
        raise NotImplementedError

    def _more(self, _spectrum, _function, _error, _known) -> dict:
        """Results that are no matrices of the test inputs."""
        return {}


def _array(joint: Joint, name: str, shape: tuple, using) -> np.ndarray:
    """The results of one name, as an array of Values."""
    array = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        array[place] = joint.at((name, place), using)
    return array


def _refuse_negative(spectrum: Diagonalized) -> None:
    if spectrum.values[0] + spectrum.off < 0:
        got = f"λ_min = {spectrum.values[0].str(3, radius=False)}"
        raise DomainError(explain("k_train is not positive semidefinite", got=got))
