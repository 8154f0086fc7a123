"""What the numbers of an arithmetic can do: the operations that a `Program` calls, and more.

A new arithmetic is a context with the operations of `Numbers` and a class with an ``evaluate`` that
chooses the working precision. Numbers and truth values are the context's own; nothing outside looks
into them.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

import sympy


class Numbers(Protocol):
    """The operations that a `Program` calls."""

    bits: int  # of the working precision

    @abstractmethod
    def number(self, x: sympy.Expr) -> Any:
        """A SymPy rational, a named constant, I or an infinity."""

    @abstractmethod
    def add(self, *terms) -> Any:
        """The sum."""

    @abstractmethod
    def mul(self, *factors) -> Any:
        """The product."""

    @abstractmethod
    def power(self, base, exponent) -> Any:
        """The principal power."""

    @abstractmethod
    def hyper(self, a: list, b: list, z) -> Any:
        """The hypergeometric function pFq(a; b; z)."""

    @abstractmethod
    def atan2(self, y, x) -> Any:
        """The angle of (x, y)."""

    @abstractmethod
    def apply(self, name: str, *args) -> Any:
        """Any other function, by the name that `vocabulary.FUNCTIONS` gives it."""

    @abstractmethod
    def compare(self, relation: str, x, y) -> Any:
        """The truth of ``x relation y``."""

    @abstractmethod
    def may_hold(self, condition, inputs: list) -> bool:
        """Whether a program of a relation is not surely false."""

    @abstractmethod
    def all(self, truths: list) -> Any:
        """The conjunction."""

    @abstractmethod
    def any(self, truths: list) -> Any:
        """The disjunction."""

    @abstractmethod
    def negate(self, truth) -> Any:
        """The negation."""

    @abstractmethod
    def select(self, branches: list[tuple[Callable, Callable]]) -> Any:
        """The first branch whose condition holds; both are called without arguments."""

    @abstractmethod
    def integral(self, integrand, parameters: list, points: list) -> Any:
        """∫ of a program of (x, *parameters) from the first to the last point."""

    @abstractmethod
    def infinite_sum(self, series, first: int, parameters: list) -> Any:
        """Σ of a series of (index, *parameters) from the first index on."""

    @abstractmethod
    def negligible(self, x) -> bool:
        """Whether a cut-off error is below the working precision."""

    @abstractmethod
    def widen(self, x, radius) -> Any:
        """The number x with an error of at most ``radius`` added, where errors are tracked."""

    @abstractmethod
    def fixed(self, x) -> Any:
        """The number x where only real ones are allowed that do not move with a quadrature."""

    @abstractmethod
    def scalarwise(self, function: Callable, *args) -> Any:
        """Call a function that only takes scalars, once per element."""

    @abstractmethod
    def integer(self, x) -> int:
        """The Python integer that x is; `DomainError` if it is none."""

    @abstractmethod
    def special(self, call, *args) -> Any:
        """A `SpecialFunction`, through the implementation for this arithmetic."""


class WorkingPrecision(Numbers, Protocol):
    """Numbers of many digits, in which algorithms are written."""

    encloses: bool  # whether results are enclosures

    @abstractmethod
    def real(self, x) -> Any:
        """The number x where only real ones are allowed."""

    @abstractmethod
    def rational(self, x) -> sympy.Rational | None:
        """The exact value of a number, where it has one."""

    @abstractmethod
    def midpoint(self, x) -> Any:
        """The number x without its radius."""

    @abstractmethod
    def prefer(self, relation: str, x, y) -> bool:
        """A comparison that only chooses between ways that are both right."""


class MultiplePrecision(WorkingPrecision, Protocol):
    """Numbers of mpmath."""

    mp: Any  # mpmath's own context
    goal: int | None  # bits that are asked for, where they are fewer than the working precision

    @abstractmethod
    def exact(self, x) -> Any:
        """A rational number that stays exact."""

    @abstractmethod
    def decide(self, distance, truth: bool) -> bool:
        """A decision that is noted, with its distance from a tie."""

    @abstractmethod
    def tanh_sinh_level(self, level: int) -> list:
        """Nodes that the tanh–sinh rule of the step 2^−level on [−1, 1] adds, and their weights.

        They come to half of the rule of twice the step.
        """


class Enclosures(WorkingPrecision, Protocol):
    """Real and complex balls."""

    analytic: bool  # whether results have to be holomorphic

    undefined: Any  # the number of which nothing is known

    @abstractmethod
    def gauss_rule(self, size: int) -> list:
        """Nodes and weights of the Gauss–Legendre rule of this size on [−1, 1]."""

    @abstractmethod
    def convolve(self, xs: list, ys: list) -> list:
        """The product of two polynomials, by their coefficients."""

    @abstractmethod
    def hull(self, x, y) -> Any:
        """A ball that contains both."""

    @abstractmethod
    def vanishes(self, x) -> bool:
        """Whether a number is known to be zero."""

    @abstractmethod
    def is_real(self, x) -> bool:
        """Whether a number is known to be real."""

    @abstractmethod
    def is_finite(self, x) -> bool:
        """Whether an enclosure says anything."""

    @abstractmethod
    def as_float(self, x) -> float:
        """A double near a real number."""

    @abstractmethod
    def variable(self, x) -> Any:
        """A number as a variable in which an analytic context makes results holomorphic."""


class PowerSeries(Enclosures, Protocol):
    """Power series with enclosures as coefficients."""

    length: int  # how many coefficients a series has

    @abstractmethod
    def is_series(self, x) -> bool:
        """Whether x is a series and not a number."""

    @abstractmethod
    def constant_term(self, x) -> Any:
        """The coefficient of degree 0."""

    @abstractmethod
    def composed(self, coefficients: list, rest, inner) -> Any:
        """A power series of a series, whose coefficients beyond the last are at most ``rest``."""


class Intervals(Enclosures, Protocol):
    """Real intervals by their ends, of which there may be infinite ones."""

    touched: bool  # whether a logarithm or a negative power began at 0


class Elementwise(Numbers, Protocol):
    """Arrays of doubles."""

    @abstractmethod
    def elementwise(self, call, *args) -> Any:
        """A `SpecialFunction` without a routine for arrays, one element after the other."""
