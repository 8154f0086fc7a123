"""The search for cells that close in one form of a problem: by what rule, with what contacts."""

import math
from functools import partial
from itertools import islice

import sympy

from theorycalc.bounds import zeros
from theorycalc.bounds.branching import Branching, Cover
from theorycalc.bounds.contacts import may_vanish_at, point_contact, proposals
from theorycalc.bounds.domain import Cell, box_of
from theorycalc.bounds.enclosed import Enclosed, enclosed, run
from theorycalc.bounds.ends import expansions_at_ends
from theorycalc.bounds.manifolds import contact_along, manifold_contact, surface_contact
from theorycalc.bounds.problems import Problem, Reduction
from theorycalc.bounds.rules import rules_for
from theorycalc.bounds.sharing import ALONE, Workforce, dealt, in_processes
from theorycalc.bounds.steps import Leaves, Step
from theorycalc.core.arithmetic.ball_context import working_bits
from theorycalc.core.arithmetic.box_context import BoxContext
from theorycalc.core.arithmetic.effort import effort
from theorycalc.core.lowering import lower

# How many cells are looked at first for each variable and then, how much more each time, and by how
# many the rules are compared.
_FIRST, _SECOND, _MORE, _PROBE = 50, 300, 3, 40
_SAMPLE = 6
# What part of the work goes into a comparison.
_SHARE = 10
# With a larger budget cells are looked at in groups.
_TOGETHER = 300
# So many contacts in several variables are taken at once.
_MOST_CONTACTS = 6


class CellSearch:
    """Branch and bound that can be taken up again.

    Parameters
    ----------
    problem : Problem
    contacts : sequence
        Points, as mappings from names to numbers, and equations at which both sides are equal.
    refutes : callable
        See `Branching`.
    work : Workforce
        Who looks at the cells.
    """

    def __init__(
        self, problem: Problem, contacts=(), refutes=lambda _: False, work: Workforce = ALONE
    ):
        self.problem, self.refutes, self.work = problem, refutes, work
        self.f = enclosed(problem.goal.margin, problem.variables)
        self.left = [tuple(v.hull for v in problem.variables)]
        self.closed: list = []
        self.contacts = list(find_contacts(self.f, contacts, problem.where))
        self._branching = branching(self.problem, self.f, self.contacts, refutes)
        self._budget, self._rule = _SECOND, None

    @property
    def is_done(self) -> bool:
        """Whether every cell is closed."""
        return not self.left

    @property
    def is_stuck(self) -> bool:
        """Whether no rule applies any more."""
        return not self.left or all(self._branching.is_final(cell) for cell in self.left)

    def begin(self) -> int:
        """Look at some cells by the cheapest rules; how many they were."""
        rules, few = rules_for(self.f), _FIRST * len(self.f.variables)
        looked = self._look(next(rules), few)
        if self.left and (rule := next(rules, None)):
            looked += self._look(rule, few)
        return looked

    def compare(self) -> float:
        """Choose the rule to go on with; what part of some cells it closes for its work.

        ∞ where it closes all of them.
        """
        self._rule, gain = self._best() if self.left else (None, math.inf)
        return gain

    def go_on(self) -> int:
        """Look at more cells, more each time, by the rule that was chosen; how many they were."""
        rule, looked = self._rule, 0
        if self.left:
            looked = self._look(rule, self._budget) if rule else self._look_by_all()
        if self.left and self._propose():
            looked += self._look(rule or "range", self._budget)
        self._budget *= _MORE
        return looked

    def _look(self, rule: str, budget: int) -> int:
        cover, cells = Cover(), self.left
        try:
            if self._budget <= _TOGETHER:
                self._branching.run(cells, rule, budget, cover, self.work.told)
            else:
                self._look_together(rule, budget, cover)
        finally:
            self.closed += cover.closed
            self.left = cover.left
        return cover.looked

    def _look_together(self, rule: str, budget: int, cover: Cover) -> None:
        """Groups of cells, each with its share of the budget, in several processes."""
        groups = dealt(self.left)
        look = partial(_looked, self._branching, rule, budget // len(groups))
        try:
            for found in in_processes(look, groups[:], self.work.jobs):
                groups.pop(0)
                cover.add(found)
                self.work.told(found.looked)
                if found.fails:
                    self.refutes(found.fails)
                    break
        finally:
            cover.left += [cell for group in groups for cell in group]

    def _look_by_all(self) -> int:
        rules = list(rules_for(self.f))
        return sum(self._look(rule, self._budget // len(rules)) for rule in rules if self.left)

    def _best(self) -> tuple[str | None, float]:
        """The rule that closes most of some cells for the work that it costs, if any does.

        Where one closes all of them at first, the others, whose derivatives may take longer than
        the rest of the search, are not looked at. What the best one has closed stays closed.
        """
        ordered = sorted(self.left, key=_size)
        sample = ordered[:: max(1, len(ordered) // _SAMPLE)]
        gains, covers = {}, {}
        for rule in rules_for(self.f):
            with effort() as spent:
                cover = Cover()
                self._branching.run(sample, rule, max(_PROBE, self._budget // _SHARE), cover)
            share = sum(_size(cell) for cell, _ in cover.closed) / sum(map(_size, sample))
            gains[rule], covers[rule] = share / spent.work, cover
            if not cover.left and self._budget == _SECOND:
                break
        best = max(gains, key=gains.get)
        if not gains[best] > 0:
            return None, 0.0
        known, left = {*sample}, covers[best].left
        self.closed += covers[best].closed
        self.left = [cell for cell in self.left if cell not in known] + left
        return best, gains[best] if left else math.inf

    def _propose(self) -> bool:
        """Add contacts where cells pile up, if there are some."""
        strict, found = self.problem.goal.strict, False
        for contact in self._proposed():
            self.contacts.append(contact)
            if strict:
                self.refutes(contact.example(self.f))
            found = True
        return found

    def _proposed(self):
        """The contacts that are new: one of a single variable, or all that are found."""
        known = {str(contact.given) for contact in self.contacts}
        if len(self.problem.variables) > 1:
            places = zeros.proposals(self.f, self.left)
            new = (given for given in places if str(given) not in known)
            found = (contact_of(self.f, given, self.problem.where) for given in new)
            yield from islice(filter(None, found), _MOST_CONTACTS)
        elif self.f.has_series:
            (name,) = (symbol.name for symbol in self.f.symbols)
            points = proposals(self.left, self.problem.variables[0])
            found = (point_contact(self.f, x) for x in points if str({name: x}) not in known)
            yield from islice(filter(None, found), 1)

    def step(self, problem: Problem, reduction: Reduction, conditions=()) -> Step:
        """What was found, as a step that solves the problem by a reduction."""
        used = {reason for _, reason in self.closed}
        contacts = tuple((c.name, c.given) for c in self.contacts if c.name in used)
        leaves = Leaves(tuple(self.closed), tuple(self.left), contacts, working_bits())
        cells = Step(self.problem, "cells", leaves, done=self.is_done)
        if reduction.name == "as written":
            return Step(problem, "cells", leaves, done=self.is_done)
        return Step(problem, reduction.name, None, (cells, *conditions), self.is_done)


def _looked(branching: Branching, rule: str, budget: int, cells: list[Cell]) -> Cover:
    cover = Cover()
    branching.run(cells, rule, budget, cover)
    return cover


def branching(problem: Problem, f: Enclosed, contacts, refutes=lambda _: False) -> Branching:
    """Branch and bound for a problem."""
    return Branching(f, problem.goal.strict, _outside(problem), contacts, refutes)


def _outside(problem: Problem):
    """Whether the condition of a problem surely fails on a cell."""
    if problem.where is sympy.true:
        return lambda cell: False
    condition = lower(problem.where, [v.symbol for v in problem.variables])
    return lambda cell: run(condition, BoxContext(), box_of(cell), None) is False


def find_contacts(f: Enclosed, given, where=sympy.true):
    """The contacts at the ends, and those that are named; and what else happens at ends."""
    if len(f.variables) == 1:
        (variable,) = f.variables
        if variable.integer:
            return
        places = [x for x in (variable.low, variable.high) if x.is_finite]
        places += [
            c[variable.name] for c in given if not isinstance(c, sympy.Eq) and variable.name in c
        ]
        # derivatives are only derived where a contact may be
        found = (
            point_contact(f, place)
            for place in dict.fromkeys(places)
            if may_vanish_at(f, place) and f.has_curvatures
        )
    else:
        found = (contact_of(f, c, where) for c in given)
    yield from (contact for contact in found if contact is not None)
    yield from expansions_at_ends(f)


def contact_of(f: Enclosed, given, where=sympy.true):
    """The contact of a function of several variables on a surface, or at other places."""
    by_name = {symbol.name: symbol for symbol in f.symbols}
    if isinstance(given, sympy.Eq):
        return surface_contact(f, given, where)
    if len(given) > 1 or not {*given} <= {*by_name}:
        return manifold_contact(f, given)
    ((name, place),) = given.items()
    return contact_along(f, by_name[name], place, where)


def _size(cell: Cell) -> float:
    """The volume, relative to the ends: a decade of a long interval counts as much as another."""
    size = 1.0
    for low, high in cell:
        scale = max(abs(low), abs(high), 1)
        size *= max(float((high - low) / scale), 1e-30)
    return size
