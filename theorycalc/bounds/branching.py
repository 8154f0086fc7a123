"""Branch and bound: cells are closed by a rule, or cut in two, until none is left."""

import heapq
from dataclasses import dataclass, field

from flint import arb, fmpq

from theorycalc.bounds.domain import Cell, halves, rational
from theorycalc.bounds.enclosed import Enclosed
from theorycalc.bounds.rules import RULES, Finding
from theorycalc.bounds.sharing import untold

# A cell that is narrower than this, relative to its ends or to one, is not cut further.
_NARROWEST = fmpq(2) ** -70
OUTSIDE = "nothing is claimed"


@dataclass
class Cover:
    """Cells that cover a domain: those that are closed, each by a rule, and those left.

    ``fails`` is a point where the claim was found to fail, if one was.
    """

    closed: list[tuple[Cell, str]] = field(default_factory=list)
    left: list[Cell] = field(default_factory=list)
    looked: int = 0
    fails: list | None = None

    def add(self, other: "Cover") -> None:
        """Take what was found of other cells."""
        self.closed += other.closed
        self.left += other.left
        self.looked += other.looked
        self.fails = self.fails or other.fails


class Branching:
    """Shows that a quantity is positive (or not negative) on cells.

    Parameters
    ----------
    f : Enclosed
    strict : bool
        Whether 0 is too little.
    outside : callable
        Whether a cell lies surely where nothing is claimed.
    contacts : sequence
        Where the quantity vanishes, to a known order.
    refutes : callable
        Given a point where the quantity seems to be negative: whether the claim certainly fails
        there, which ends the search.
    """

    def __init__(self, f: Enclosed, strict: bool, outside, contacts=(), refutes=lambda _: False):
        self.f, self.strict = f, strict
        self.outside, self.contacts, self.refutes = outside, contacts, refutes
        self._count = 0

    def run(self, cells: list[Cell], rule: str, budget: int, cover: Cover, told=untold) -> None:
        """Look at up to ``budget`` cells by one rule, the least promising first.

        What is found goes to ``cover``, which covers the cells even if this is interrupted;
        ``told`` is called after each cell.
        """
        queue = []
        for cell in cells:
            self._push(queue, arb.neg_inf(), cell)
        try:
            while queue and cover.looked < budget and not cover.fails:
                self._look(queue, rule, cover)
                told()
        finally:
            cover.left += [cell for _, _, cell in queue]

    def _look(self, queue: list, rule: str, cover: Cover) -> None:
        """Look at the first cell of a queue, which leaves it when it is known what follows."""
        _, _, cell = queue[0]
        cover.looked += 1
        closed_by, finding = self.closes(cell, rule)
        cover.fails = None if closed_by else self._fails_at(finding)
        parts = () if closed_by or cover.fails else self._cut(cell, finding)
        heapq.heappop(queue)
        if closed_by:
            cover.closed.append((cell, closed_by))
        elif not parts:
            cover.left.append(cell)
        for half in parts:
            self._push(queue, finding.bound, half)

    def closes(self, cell: Cell, rule: str) -> tuple[str, Finding | None]:
        """By what a cell is closed, if it is; and what the rule found."""
        if self.outside(cell):
            return OUTSIDE, None
        finding = RULES[rule](self.f, cell)
        if finding.bound > 0 or (finding.bound >= 0 and not self.strict):
            return rule, finding
        for contact in self.contacts:
            if contact.closes(self.f, cell, self.strict):
                return contact.name, finding
        return "", finding

    def is_final(self, cell: Cell) -> bool:
        """Whether a cell is too narrow to be cut."""
        return all(
            _is_narrow(low, high, v.integer)
            for (low, high), v in zip(cell, self.f.variables, strict=True)
        )

    def _cut(self, cell: Cell, finding: Finding) -> tuple[Cell, ...]:
        axis = self._axis(cell, finding)
        return () if axis is None else halves(cell, axis, self.f.variables[axis].integer)

    def _fails_at(self, finding: Finding) -> list | None:
        """The point, rounded to integers where it has to be, if the claim fails there."""
        whole = [
            x if not v.integer else fmpq(x.p // x.q)
            for x, v in zip(finding.point, self.f.variables, strict=True)
        ]
        known = finding.value if whole == finding.point else None
        value = self.f.at(whole) if known is None else known
        negative = value.high < 0 or (self.strict and value.high <= 0)
        found = [rational(x) for x in whole]
        return found if negative and self.refutes(found) else None

    def _push(self, queue: list, bound: arb, cell: Cell) -> None:
        self._count += 1
        heapq.heappush(queue, (float(bound), self._count, cell))

    def _axis(self, cell: Cell, found: Finding) -> int | None:
        """The variable to cut: the one that contributes most to what is not known."""
        best, most = None, arb.neg_inf()
        for i, ((low, high), weight) in enumerate(zip(cell, found.weights, strict=True)):
            if _is_narrow(low, high, self.f.variables[i].integer):
                continue
            if best is None or weight > most:
                best, most = i, weight
        return best


def _is_narrow(low: fmpq, high: fmpq, whole: bool) -> bool:
    if whole:
        return low == high
    return high - low <= _NARROWEST * max(abs(low), abs(high), fmpq(1))


def tiles(domain: Cell, cells: list[Cell], integers: tuple[bool, ...]) -> bool:
    """Whether cells cover a domain exactly: somewhere all lie on one side of a cut, and so on."""
    todo = [(domain, cells)]
    while todo:
        domain, cells = todo.pop()
        if not cells:
            return False
        if len(cells) == 1:
            if cells[0] != domain:
                return False
            continue
        parts = next(
            filter(None, (_side(domain, cells, i, integers) for i in range(len(domain)))), None
        )
        if parts is None:
            return False
        todo += parts
    return True


def _side(domain: Cell, cells: list[Cell], axis: int, integers) -> list | None:
    """The domain and its cells on both sides of a cut along an axis, if there is one."""
    ordered = sorted(cells, key=lambda cell: cell[axis])
    reached, cuts = ordered[0][axis][1], []
    step = 1 if integers[axis] else 0
    for i, cell in enumerate(ordered[1:], 1):
        if cell[axis][0] == reached + step:
            cuts.append((i, reached, cell[axis][0]))
        reached = max(reached, cell[axis][1])
    if not cuts:
        return None
    i, last, first = cuts[len(cuts) // 2]
    (low, high) = domain[axis]
    left = (*domain[:axis], (low, last), *domain[axis + 1 :])
    right = (*domain[:axis], (first, high), *domain[axis + 1 :])
    return [(left, ordered[:i]), (right, ordered[i:])]
