"""Posteriors of Gaussian processes in many digits: certified, or estimated."""

from dataclasses import dataclass

from theorycalc.core.arithmetic.symmetric_matrices import Diagonalized, norms, shifted, widened
from theorycalc.kernels._in_many_digits import InManyDigits
from theorycalc.kernels.flow_in_balls import inverse


@dataclass(frozen=True)
class Posterior(InManyDigits):
    """What Bayesian networks compute: prior kernels, targets and noise as exact numbers.

    Parameters
    ----------
    kernels : dict of ndarray
        Matrices of numbers or Values: ``k_train``, ``k_test_train`` and ``y``, ``noise`` with the
        variance of independent noise on the targets, and for the covariance ``k_test`` too.
    """

    _hint = "noise > 0; kernels with smaller radii, if they have some"

    def _shapes(self) -> dict[str, tuple]:
        return {**super()._shapes(), "evidence": (), "noise": ()}

    def _gram(self, known: dict):
        return shifted(known["k_train"], known["noise"][0, 0])

    def _function(self, spectrum: Diagonalized, _context) -> tuple:
        return inverse(spectrum)

    def _covariance(self, hat, known: dict):
        return known["k_test"] - hat * known["k_test_train"].transpose()

    def _more(self, spectrum: Diagonalized, function, error, known: dict) -> dict:
        """ln p(y) = −½ Σ y'A⁻¹y − (k/2) ln det 2πA of k outputs."""
        targets = known["y"].transpose()
        # |y'Ey| ≤ ‖E‖ |y|²
        errors = [error * length**2 for length in norms(targets)]
        fit = widened(targets * function * known["y"], errors).tolist()
        misfit = sum(row[i] for i, row in enumerate(fit))
        evidence = -(misfit + len(fit) * spectrum.log_det_2_pi) / 2
        return {("evidence", ()): evidence, ("noise", ()): known["noise"][0, 0]}
