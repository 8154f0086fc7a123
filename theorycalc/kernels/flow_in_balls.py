"""Kernel gradient flow and descent with more digits than doubles have: certified, or estimated.

Everything that the kernel matrix of the training inputs is known badly by, by radii of its entries
or by rounding, is one number: how far it is from a matrix with known eigenvectors. What that does
to (1 − e^{−tΘ})Θ^{−1} = ∫₀^t e^{−sΘ} ds is bounded by Duhamel's formula.
"""

import math
from dataclasses import dataclass
from functools import partial

from theorycalc.core.arithmetic.symmetric_matrices import Diagonalized, as_balls
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.joint import program_of
from theorycalc.kernels._in_many_digits import InManyDigits


@dataclass(frozen=True)
class Flow(InManyDigits):
    """The training of infinitely wide networks: kernels, targets and times as exact numbers.

    Parameters
    ----------
    kernels : dict of ndarray
        Matrices of numbers or Values: ``k_train``, ``k_test_train`` and ``y``, and for the
        covariance ``k_test``, ``nngp_train`` and ``nngp_test_train`` too.
    t : sympy.Expr or None
        Training time, or the number of steps; None for ∞.
    step : sympy.Expr or None
        The learning rate of gradient descent.
    """

    t: object
    step: object

    _hint = "a finite t; kernels with smaller radii, if they have some"
    _when = " at t = ∞"

    @property
    def _is_inverted(self) -> bool:
        return self.t is None

    def _covariance(self, hat, known: dict):
        mixed = hat * known["nngp_test_train"].transpose()
        spread = hat * known["nngp_train"] * hat.transpose()
        return known["k_test"] - mixed - mixed.transpose() + spread

    def _function(self, spectrum: Diagonalized, context) -> tuple:
        """The function of the kernel matrix, and how far it may be off as an operator."""
        if self.step is None:
            t = None if self.t is None else _ball(context, self.t)
            return spectrum.function(partial(_by_flow, t), _change_by_flow(spectrum, t))
        step, steps = _ball(context, self.step), None if self.t is None else int(self.t)
        _refuse_divergence(spectrum, step)
        learn = partial(_by_descent, steps, step)
        return spectrum.function(learn, _change_by_descent(spectrum, steps, step))


def inverse(spectrum: Diagonalized) -> tuple:
    """That of the matrix, which is flow without end, and how far it may be off as an operator."""
    return spectrum.function(partial(_by_flow, None), _change_by_flow(spectrum, None))


def _by_flow(t, rate):
    """∫₀^t e^{−sλ} ds."""
    if t is None:
        return 1 / rate
    return t if rate == 0 else -(-t * rate).expm1() / rate


def _change_by_flow(spectrum: Diagonalized, t):
    """‖∫₀^t (e^{−sA} − e^{−sB}) ds‖ ≤ ‖A − B‖ ∫₀^t s e^{−sμ} ds, for A, B ≥ μ."""
    least = spectrum.values[0] - spectrum.off
    bounds = []
    if least > 0:
        bounds.append(1 / least**2)
    if t is not None:
        bounds.append(t**2 / 2 * (t * (-least).max(0)).exp())
    return _smallest(spectrum, bounds)


def _by_descent(steps: int | None, step, rate):
    """η Σ (1 − ηλ)^j over j < k."""
    if steps is None:
        return 1 / rate
    if rate == 0:
        return steps * step
    if abs(step * rate) < 0.5:  # what is learned slowly must not cancel
        return -(steps * (-step * rate).log1p()).expm1() / rate
    return (1 - (1 - step * rate) ** steps) / rate


def _change_by_descent(spectrum: Diagonalized, steps: int | None, step):
    """‖η Σ ((1 − ηA)^j − (1 − ηB)^j)‖ ≤ η² ‖A − B‖ Σ j β^{j−1}, for ‖1 − ηA‖, ‖1 − ηB‖ ≤ β."""
    ends = spectrum.values[0] - spectrum.off, spectrum.values[-1] + spectrum.off
    kept = max(abs(1 - step * end).upper() for end in ends)
    bounds = []
    if kept < 1:
        bounds.append(1 / (1 - kept) ** 2)
    if steps is not None:
        bounds.append(kept.max(1) ** steps * steps * (steps - 1) / 2)
    return _smallest(spectrum, [step**2 * bound for bound in bounds])


def _smallest(spectrum: Diagonalized, bounds: list):
    """The change of a function of a matrix by the least of these bounds of its slope.

    Nothing is known without one: an eigenvalue may be 0, and time has no end.
    """
    return spectrum.off * min((bound.upper() for bound in bounds), default=math.nan)


def no_convergence(step, allowed: str) -> DomainError:
    """The error for a learning rate outside of its interval."""
    got = f"learning_rate={step}"
    return DomainError(explain("gradient descent does not converge", got=got, allowed=allowed))


def _refuse_divergence(spectrum: Diagonalized, step) -> None:
    if not step > 0 or step * (spectrum.values[-1] - spectrum.off) >= 2:
        end = (2 / spectrum.values[-1]).str(6, radius=False)
        raise no_convergence(step.str(6, radius=False), f"(0, {end}) = (0, 2/λ_max)")


def _ball(context, x):
    """An exact number as a ball at the precision of a context."""
    return as_balls(context, [[program_of(x).run(context, [])]])[0, 0]
