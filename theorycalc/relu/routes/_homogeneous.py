"""What methods share that represent homogeneous parts one by one, with biases ∝ s^{k−2}."""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

import sympy
from sympy import Expr, oo, sqrt

from theorycalc.relu.routes import _bias_law
from theorycalc.relu.routes._route import Infinite, Route, inside_ball, out_of_ball


class HomogeneousRoute(Route):
    """Densities along directions that are the measure s^{k−2} ds of biases, for ‖x‖ ≤ R."""

    # what to try for points out of the ball
    elsewhere: ClassVar[str]

    @property
    @abstractmethod
    def reach(self) -> Expr:
        """R, the largest bias; oo for the whole space."""

    @abstractmethod
    def mass(self, k: int) -> Expr:
        """The factor of s^{k−2} in |ρ|, added up over directions."""

    @property
    def draws_degrees_apart(self) -> bool:
        return len(self.target.curved) > 1

    def constant(self, source) -> Expr | Infinite:
        """Σ_k mass(k) ∫ s^{k−2} ν(s) ds: every degree has neurons of its own."""
        self.check_source(source)
        return self._weighted(lambda k: _bias_law.tail_moment(source, k))

    def moved_second_moment(self, source, tuned) -> Expr | Infinite:
        """E S²(x) for x of one law, of the neurons that are best for another."""
        constant = self.constant(tuned)
        moved = self._weighted(lambda k: _bias_law.moved_tail_moment(source, k, tuned))
        infinite = next((x for x in (constant, moved) if isinstance(x, Infinite)), None)
        return infinite or constant * moved

    def _weighted(self, tail: Callable[[int], Expr | Infinite]) -> Expr | Infinite:
        moments = {k: tail(k) for k in self.target.curved}
        infinite = next((x for x in moments.values() if isinstance(x, Infinite)), None)
        return infinite or sympy.Add(*(self.mass(k) * moment for k, moment in moments.items()))

    def check_source(self, source) -> None:
        if not source.support[1] <= self.reach:
            raise out_of_ball(f"‖x‖ up to {source.support[1]}", self.reach, self.elsewhere)

    def check_point(self, point: dict) -> None:
        size = sqrt(sympy.Add(*(x**2 for x in point.values())))
        if size > self.reach:
            raise out_of_ball(f"‖x‖ = {size}", self.reach, self.elsewhere)

    def move_inside(self, point: tuple) -> tuple:
        return point if self.reach is oo else inside_ball(point, self.reach)
