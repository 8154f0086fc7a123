"""What a user asked for, read."""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy
from sympy import Expr, S, oo

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact
from theorycalc.relu.target import Target


@dataclass(frozen=True)
class Request(Shown):
    """What a user asked for, read.

    Attributes
    ----------
    target : Target
    radius : Expr
        ‖x‖ ≤ R is the domain; oo for all of R^d.
    interval : tuple of Expr
        The domain for d = 1.
    source : law
        The law to be good for: the user's, or the uniform one of the ball, or N(0, I).
    names_domain, names_source : bool
        Which of the two the user gave.
    options : mapping
    """

    target: Target
    radius: Expr
    interval: tuple[Expr, Expr]
    source: object
    names_domain: bool
    names_source: bool
    options: Mapping

    def option(self, name: str, default) -> Expr:
        """An exact option."""
        return exact(self.options[name], name) if name in self.options else S(default)

    def positive(self, name: str) -> Expr:
        """An exact option that is 1 by default and has to be positive."""
        value = self.option(name, 1)
        if not value > 0:
            raise DomainError(explain(f"{name} out of range", got=value, allowed="> 0"))
        return value

    @property
    def bounded_interval(self) -> tuple[Expr, Expr]:
        """The ends of the domain for d = 1, those of [−1, 1] where the user said nothing."""
        return self._bounded(self.interval)

    @property
    def bounded_radius(self) -> Expr:
        """R, or 1 where the user said nothing."""
        return self._bounded((self.radius,))[0]

    def _bounded(self, ends: tuple) -> tuple:
        if self.radius is not oo:
            return ends
        if self.names_source:
            raise DomainError(
                explain(
                    "a method for bounded domains",
                    got=f"a law on all of R^d: {self.source}",
                    hint='method="space" or "atomic", or domain=R',
                )
            )
        return tuple(sympy.sign(end) for end in ends)
