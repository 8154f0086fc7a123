"""What a context must offer: the operations that a `Program` calls.

A new arithmetic is a context with these methods and an ``evaluate`` that chooses the working
precision. Numbers and truth values are the context's own; nothing outside looks into them.
"""

from collections.abc import Callable
from typing import Any, Protocol

import sympy


class Context(Protocol):
    """Arithmetic at one working precision.

    Contexts of many digits also have ``encloses``, whether results are enclosures, ``bits``, the
    working precision, and ``prefer``, a comparison that only chooses between right ways.
    """

    def number(self, x: sympy.Expr) -> Any:
        """A SymPy rational, a named constant, I or an infinity."""

    def add(self, *terms) -> Any:
        """The sum."""

    def mul(self, *factors) -> Any:
        """The product."""

    def power(self, base, exponent) -> Any:
        """The principal power."""

    def hyper(self, a: list, b: list, z) -> Any:
        """The hypergeometric function pFq(a; b; z)."""

    def atan2(self, y, x) -> Any:
        """The angle of (x, y)."""

    def apply(self, name: str, *args) -> Any:
        """Any other function, by the name that `lowering.FUNCTIONS` gives it."""

    def compare(self, relation: str, x, y) -> Any:
        """The truth of ``x relation y``."""

    def may_hold(self, condition, inputs: list) -> bool:
        """Whether a program of a condition on real numbers is not surely false.

        It may hold of what is not real, of power series, and of what is no number.
        """

    def all(self, truths: list) -> Any:
        """The conjunction."""

    def any(self, truths: list) -> Any:
        """The disjunction."""

    def negate(self, truth) -> Any:
        """The negation."""

    def select(self, branches: list[tuple[Callable, Callable]]) -> Any:
        """The first branch whose condition holds; both are called without arguments."""

    def integral(self, integrand, parameters: list, points: list) -> Any:
        """∫ of a program of (x, *parameters) from the first to the last point."""

    def infinite_sum(self, series, first: int, parameters: list) -> Any:
        """Σ of a series of (index, *parameters) from the first index to ∞."""

    def negligible(self, x) -> bool:
        """Whether a cut-off error is below the working precision."""

    def widen(self, x, radius) -> Any:
        """x with an error of at most ``radius`` added, where errors are tracked."""

    def fixed(self, x) -> Any:
        """x where only real numbers that do not move with a quadrature's variable are allowed."""

    def scalarwise(self, function: Callable, *args) -> Any:
        """Call a function that only takes scalars, once per element."""

    def integer(self, x) -> int:
        """The Python integer that x is; `DomainError` if it is none."""

    def special(self, call, *args) -> Any:
        """A `SpecialFunction`, through the implementation for this arithmetic."""
