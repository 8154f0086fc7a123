"""Problems solved, or reduced to others, with every step recorded."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

import sympy

from theorycalc.bounds.cells import CellSearch
from theorycalc.bounds.exact import decided_exactly
from theorycalc.bounds.half_lines import on_half_line
from theorycalc.bounds.named import NAME, Names, proposed, with_names
from theorycalc.bounds.problems import Problem, Reduction
from theorycalc.bounds.reductions import forms, reduce
from theorycalc.bounds.refuting import Refutation
from theorycalc.bounds.sharing import ALONE, Interruption, Workforce, in_processes
from theorycalc.bounds.steps import Step
from theorycalc.core.progress import progress

# Integers that are looked at one by one before anything else is tried, and at all.
_FEW = 300
MOST_POINTS = 200_000
# Reductions whose parts are looked at by themselves, and by how much of the work is divided.
_BY_PARTS = {
    "the variables that occur": 4,
    "branch by branch": 4,
    "ratios as variables": 4,
    "a function of each variable": 4,
    "on both sides of a kink": 4,
    "from a contact": 4,
    "a condition as a range": 40,
}
# With a smaller budget a problem is only looked at as it is.
_SMALL = 200


class Prover:
    """Solves problems, as long as the claim is not refuted.

    Parameters
    ----------
    refutation : Refutation
        Of the claim: where the solution of a problem comes on a counterexample, it is kept there.
    contacts : sequence
        Points and equations at which both sides are said to be equal.
    budget : int
        How many cells are looked at for each goal.
    work : Workforce
        Who looks at them.
    interruption : Interruption, optional
        Whether the user has had enough.
    names : sequence
        Names of parts that are variables of their own where they occur.
    """

    def __init__(
        self,
        refutation: Refutation,
        contacts=(),
        budget: int = 20_000,
        work: Workforce = ALONE,
        interruption: Interruption | None = None,
        names: Names = (),
    ):
        self.refutation, self.contacts, self.budget = refutation, tuple(contacts), budget
        self.names = names
        self.work, self.interruption = work, interruption or Interruption()
        self._searches: list = []

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be solved."""
        return self.refutation.is_over or self.interruption.happened

    def solve(self, problem: Problem, refutes: Callable | None = None) -> Step:
        """A step that shows the problem, or one that says how far it came."""
        step = None
        with self.interruption:
            step = self._solved(problem, refutes or self.refutation)
        searches, self._searches = self._searches, []
        return step or _as_far(problem, searches)

    def _solved(self, problem: Problem, refutes: Callable) -> Step:
        if step := _exactly(problem):
            return step
        count = number_of_points(problem.variables)
        if count is not None and count <= _FEW:
            return self._one_by_one(problem, refutes)
        for name in ("cut at zero", "mirrored", "cut at the kinks"):
            for reduction in reduce(problem, name):
                return self._reduced(problem, reduction, refutes)
        if step := self._from_others(problem):
            return step
        if not all(v.is_finite for v in problem.variables):
            return self._unbounded(problem, refutes)
        step = self._cells(problem, refutes)
        few = count is not None and count <= MOST_POINTS
        if not step.done and few and not self.is_over:
            return self._one_by_one(problem, refutes)
        return step

    def _one_by_one(self, problem: Problem, refutes: Callable) -> Step:
        check = Refutation.of(problem)
        for point in points(problem.variables):
            if not check.holds(point):
                if check.fails(point):
                    refutes(point)
                return Step(problem, "one by one", point, done=False)
        return Step(problem, "one by one")

    def _reduced(self, problem: Problem, reduction: Reduction, refutes: Callable) -> Step:
        moved = moved_back(refutes, problem, reduction)
        parts = []
        for part in reduction.problems:
            parts.append(self.solve(part, moved))
            if self.is_over:
                break
        done = len(parts) == len(reduction.problems) and all(part.done for part in parts)
        return Step(problem, reduction.name, None, tuple(parts), done)

    def _unbounded(self, problem: Problem, refutes: Callable) -> Step:
        step = on_half_line(problem, lambda part: self.solve(part, refutes))
        if step is not None and (step.done or self.is_over):
            return step
        for reduction in reduce(problem, "x = a + t/(1 − t)"):
            reduced = self._reduced(problem, reduction, refutes)
            if reduced.done or self.is_over or step is None:
                return reduced
        if step is None:
            self._first_integers(problem, refutes)
        return step or Step(problem, "half-line", done=False)

    def _first_integers(self, problem: Problem, refutes: Callable) -> None:
        """Look for a counterexample where a range of integers begins."""
        if all(v.integer and v.low.is_finite for v in problem.variables):
            each = int(_FEW ** (1 / len(problem.variables)))
            ranges = tuple(
                replace(v, high=min(v.high, v.low + each - 1)) for v in problem.variables
            )
            self._one_by_one(replace(problem, variables=ranges), refutes)

    def _cells(self, problem: Problem, refutes: Callable) -> Step:
        """By the first form for which cells close, all of which get more and more work."""
        self._searches = searches = []
        looks, spent = self._begun(problem, refutes, searches), 0
        while spent < self.budget and not self.is_over:
            for (reduction, search, conditions), looked in looks:
                spent += looked
                if self.is_over:
                    return _as_far(problem, searches)
                if search.is_done:
                    shown = tuple(self._condition(condition) for condition in conditions)
                    if all(condition.done for condition in shown):
                        return search.step(problem, reduction, shown)
            if all(search.is_stuck for _, search, _ in searches):
                break
            looks = _continued(searches)
        return _as_far(problem, searches)

    def _begun(self, problem: Problem, refutes: Callable, searches: list) -> Iterator[tuple]:
        """A search in every form, each when it is its turn; they are kept in a list."""
        for reduction in forms(problem):
            main, *conditions = reduction.problems
            moved = moved_back(refutes, problem, reduction)
            given = self.contacts if not reduction.back else ()
            search = CellSearch(main, given, moved, self.work)
            searches.append((reduction, search, conditions))
            yield searches[-1], search.begin()

    def _from_others(self, problem: Problem) -> Step | None:
        """A step from problems that are looked at by themselves, if they are shown."""
        if self.budget < _SMALL:
            return None
        for names, budget in self._names_for(problem):
            for reduction in with_names(problem, names):
                part = self._condition(reduction.problems[0], budget)
                if part.done:
                    return Step(problem, NAME, names, (part,))
        for form in forms(problem):
            as_written = form.name == "as written"
            main, *conditions = (problem,) if as_written else form.problems
            exact = None if as_written else _exactly(main)
            if (step := exact or self._part_by_part(main)) is None:
                continue
            if as_written:
                return step
            shown = (step, *map(self._condition, conditions))
            if all(part.done for part in shown):
                return Step(problem, form.name, None, shown)
        return None

    def _part_by_part(self, problem: Problem) -> Step | None:
        """A step by a reduction, for which every part is shown by itself."""
        for name, share in _BY_PARTS.items():
            for reduction in reduce(problem, name):
                parts = self._all_shown(reduction.problems, self.budget // share)
                if parts is not None:
                    return Step(problem, name, None, parts)
        return None

    def _all_shown(self, problems: Sequence[Problem], budget: int) -> tuple[Step, ...] | None:
        """Steps for all problems, or nothing as soon as one is not shown."""
        parts = []
        for problem in problems:
            parts.append(self._condition(problem, budget))
            if not parts[-1].done:
                return None
        return tuple(parts)

    def _names_for(self, problem: Problem) -> Iterator[tuple[Names, int]]:
        """The names that were given, else others, and how much work they are worth."""
        if self.names:
            yield self.names, self.budget
        else:
            yield from ((names, self.budget // 10) for names in proposed(problem))

    def _condition(self, problem: Problem, budget: int | None = None) -> Step:
        """What another problem follows from, unless it is refuted, with a tenth of the work."""
        alone, less = Refutation.of(problem), self.budget // 10 if budget is None else budget
        return Prover(alone, (), less, self.work, self.interruption).solve(problem)


def solved(prover: Prover, problems: Sequence[Problem]) -> Iterator[Step]:
    """Steps for problems, in order, until the claim is refuted or the user has had enough.

    Several problems are shared between processes, or else the cells of the only one.
    """
    jobs = prover.work.jobs
    apart = jobs != 1 and len(problems) > 1
    with progress(None, None, "boxes") as bar:
        prover.work = ALONE if apart else Workforce(jobs, bar.update)
        solve = partial(_solved, prover)
        for step, point in in_processes(solve, problems, jobs if apart else 1):
            prover.refutation.point = point
            yield step
            if prover.is_over:
                break


def _solved(prover: Prover, problem: Problem) -> tuple[Step, dict | None]:
    return prover.solve(problem), prover.refutation.point


def _continued(searches: list) -> Iterator[tuple]:
    """The searches that are taken up again: one at once if a rule closes all that it is tried on.

    The others follow, the most promising first.
    """
    later = []
    for item in searches:
        _, search, _ = item
        gain = search.compare()
        if gain == math.inf:
            yield item, search.go_on()
        else:
            later.append((gain, item))
    for _, item in sorted(later, key=lambda found: -found[0]):
        yield item, item[1].go_on()


def _exactly(problem: Problem) -> Step | None:
    reason = decided_exactly(problem.goal, problem.variables)
    return Step(problem, "exact", reason) if reason else None


def _as_far(problem: Problem, searches: list) -> Step:
    """What was closed of a problem that is not solved, in the form that came farthest."""
    if not searches:
        return Step(problem, "interrupted", done=False)
    reduction, search, _ = min(searches, key=lambda item: len(item[1].left) or 10**9)
    return replace(search.step(problem, reduction), done=False)


def moved_back(refutes: Callable, problem: Problem, reduction: Reduction) -> Callable:
    """Refutation at points that are given in the variables of a reduction."""
    if not reduction.back:
        return refutes
    back = dict(reduction.back)
    symbols = [v.symbol for v in reduction.problems[0].variables]

    def moved(point: list) -> bool:
        values = dict(zip(symbols, point, strict=True))
        places = [back.get(v.symbol, v.symbol).xreplace(values) for v in problem.variables]
        near = [x if x.is_Rational else sympy.Rational(str(sympy.N(x, 25))) for x in places]
        return refutes(near) or (near != places and refutes(places))

    return moved


def points(variables):
    """All points of ranges of integers."""
    ranges = [range(int(v.low), int(v.high) + 1) for v in variables]
    return ([sympy.Integer(x) for x in point] for point in product(*ranges))


def number_of_points(variables) -> int | None:
    """How many points there are, where there are only finitely many."""
    if not all(v.integer and v.is_finite for v in variables):
        return None
    return int(sympy.prod([v.high - v.low + 1 for v in variables]))
