"""What a family of activations with duals in closed form has to know."""

from abc import ABC, abstractmethod

from sympy import Expr, S

from theorycalc.activations import Activation
from theorycalc.core.errors import NotSupportedError, explain


class Family(ABC):
    """Activations whose Gaussian expectations are one expression in their parameters."""

    @classmethod
    @abstractmethod
    def of(cls, activation: Activation) -> "Family | None":
        """The parameters of an activation, or None if it is none of these."""

    @property
    def has_gap(self) -> bool:
        """Whether variance ± K are known without cancellation, and K is given by the angle."""
        return False

    @abstractmethod
    def mean(self, q: Expr) -> Expr:
        """E φ(√q Z)."""

    @abstractmethod
    def second_moment(self, q: Expr) -> Expr:
        """E φ(√q Z)²."""

    @abstractmethod
    def covariance(self, q11: Expr, q12: Expr, q22: Expr, theta: Expr) -> Expr:
        """K = E[φ(u)φ(v)] of the pair; θ is its angle."""

    @abstractmethod
    def slope_covariance(self, q11: Expr, q12: Expr, q22: Expr, theta: Expr) -> Expr:
        """E[φ'(u)φ'(v)]; `NotSupportedError` if φ has a jump."""

    def slope_second_moment(self, q: Expr) -> Expr:
        """E φ'(√q Z)²."""
        return self.slope_covariance(q, q, q, S.Zero)


def no_tangent_kernel() -> NotSupportedError:
    """The error for an activation with a jump."""
    return NotSupportedError(
        explain(
            "a discontinuous activation has no tangent kernel",
            hint="the nngp, or a continuous activation",
        )
    )
