"""What every method of representing a polynomial must offer."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
import sympy
from sympy import Expr, Poly, S, Symbol

from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Shown, record_html, record_text
from theorycalc.relu.routes._request import Request
from theorycalc.relu.target import Target

BIAS = Symbol("b", real=True)


class Neurons(NamedTuple):
    """Neurons drawn at random: a_i σ(⟨w_i, x⟩ − b_i), to be averaged and not summed.

    ``weights`` has shape (m, d), ``biases`` and ``amplitudes`` have shape (m,).
    """

    weights: np.ndarray
    biases: np.ndarray
    amplitudes: np.ndarray

    __repr__, _repr_html_ = record_text, record_html


class Infinite(NamedTuple):
    """A constant that is infinite, and why."""

    reason: str

    __repr__, _repr_html_ = record_text, record_html


@dataclass(frozen=True)
class Route(Shown, ABC):
    """f(x) = A(x) + M(x) ∫ ρ(w, b) σ(⟨w, x⟩ − b) dμ(w, b), and a law to draw neurons from.

    Attributes
    ----------
    target : Target
    """

    target: Target

    method: ClassVar[str]
    # the name of the activation σ
    neuron: ClassVar[str] = "relu"
    # whether ρ depends on b
    has_biases: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def of(cls, request: Request) -> "Route":
        """The route for a request.

        Raises
        ------
        DomainError
            For what this method cannot represent there, or options out of range.
        """

    @property
    def affine(self) -> Poly:
        """A, carried exactly."""
        return self.target.affine

    @property
    def multiplier(self) -> Expr:
        """M, a fixed function of the variables."""
        return S.One

    @property
    @abstractmethod
    def measure(self) -> str:
        """μ, in LaTeX."""

    @property
    @abstractmethod
    def density(self) -> Expr:
        """ρ, in w1, …, wd and b."""

    @property
    def draws_degrees_apart(self) -> bool:
        """Whether parts of several degrees have neurons of their own."""
        return False

    @property
    def neuron_latex(self) -> str:
        """σ(⟨w, x⟩ − b) in print."""
        return r"\sigma\left(\langle w, x\rangle - b\right)"

    @property
    def density_latex(self) -> str:
        """ρ in print."""
        return sympy.latex(self.density)

    @property
    def density_domain(self) -> sympy.Basic:
        """Where ρ is meant."""
        return sympy.true

    @abstractmethod
    def second_moment(self) -> Expr:
        """S²(x) = M(x)² E a² σ(⟨w, x⟩ − b)² of the neurons that are drawn, in the variables."""

    @abstractmethod
    def mean_second_moment(self, source) -> Expr | Infinite:
        """E S²(x) for x of a law."""

    @abstractmethod
    def constant(self, source) -> Expr | Infinite:
        """C = ∫ |ρ| ‖M σ(⟨w, ·⟩ − b)‖_{L²(source)} dμ, of the best neurons for a law."""

    @abstractmethod
    def norm(self, kind: str) -> Expr | Infinite:
        """A norm of the density: "L1", "L2" or "TV"."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, width: int) -> Neurons:
        """Independent neurons."""

    @abstractmethod
    def quadrature(self, numbers, x: np.ndarray, size: int):
        """f(x) − A(x) as M(x) times the integral, by rules that know nothing of the derivation.

        ``numbers`` is one of the arithmetics of `theorycalc.relu.means.rules`, ``size`` the number
        of Gauss nodes for what is no polynomial.
        """

    def move_inside(self, point: tuple) -> tuple:
        """A rational point of [−1, 1]^d, moved to where the representation holds."""
        return point

    def check_source(self, source) -> None:
        """Refuse a law that reaches where the representation does not hold."""

    def check_point(self, point: dict) -> None:
        """Refuse a point where the representation does not hold."""


def no_norm(kind: str) -> NotSupportedError:
    """The refusal of a norm that has no closed form, or no meaning, for a method."""
    return NotSupportedError(explain("this method has no such norm in closed form", got=kind))


def inside_ball(point: tuple, radius: Expr) -> tuple:
    """A point of [−1, 1]^d moved into the ball, rational if the radius is."""
    return tuple(x * radius / math.isqrt(2 * len(point)) for x in point)


def number(expr: Expr) -> float:
    """A double."""
    return float(Formula("", expr).at())


def out_of_ball(got: str, radius: Expr, hint: str) -> DomainError:
    """The error for a law or a point where biases of at most R are not enough."""
    what = "out of the ball, where the network is wrong"
    return DomainError(explain(what, got=got, allowed=f"‖x‖ ≤ {radius}", hint=hint))


UNBOUNDED = Infinite("a polynomial of degree ≥ 2 has no finite total variation on all of R^d")
