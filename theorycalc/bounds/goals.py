"""From a relation to quantities that are to be positive, or not negative."""

from dataclasses import dataclass

import sympy

from theorycalc.core.graph import substitute


@dataclass(frozen=True)
class Goal:
    """small < big, or small ≤ big."""

    big: sympy.Expr
    small: sympy.Expr
    strict: bool

    @property
    def margin(self) -> sympy.Expr:
        """What is to be positive."""
        return self.big - self.small

    def replaced(self, mapping: dict) -> "Goal":
        """The goal with symbols replaced."""
        return Goal(substitute(self.big, mapping), substitute(self.small, mapping), self.strict)

    def __str__(self):
        return f"{self.small} {'<' if self.strict else '≤'} {self.big}"


def goals_of(relation) -> list[Goal] | None:
    """The goals that together are a relation; an equation is two, None for what denies one."""
    if isinstance(relation, sympy.Eq):
        lhs, rhs = relation.args
        return [Goal(lhs, rhs, strict=False), Goal(rhs, lhs, strict=False)]
    if isinstance(relation, (sympy.Gt, sympy.Ge)):
        big, small = relation.args
    elif isinstance(relation, (sympy.Lt, sympy.Le)):
        small, big = relation.args
    else:
        return None
    strict = isinstance(relation, (sympy.Gt, sympy.Lt))
    return _apart(Goal(big, small, strict))


def _apart(goal: Goal) -> list[Goal]:
    """|u| ≤ c as u ≤ c and −u ≤ c; likewise max below and min above."""
    for side, other, kinds in (
        (goal.small, goal.big, sympy.Max),
        (goal.big, goal.small, sympy.Min),
    ):
        sign = 1 if kinds is sympy.Max else -1
        for term in sympy.Add.make_args(side):
            factor, node = term.as_coeff_Mul()
            branches = _branches(node, sign * factor, kinds)
            if branches:
                rest = side - term
                parts = [_with(goal, sign, rest + factor * branch, other) for branch in branches]
                return [g for part in parts for g in _apart(part)]
    return [goal]


def _branches(node: sympy.Expr, factor: sympy.Expr, kind: type) -> tuple:
    """The branches that all have to hold, where a node is on the side of its extreme."""
    if isinstance(node, sympy.Abs):
        return (node.args[0], -node.args[0]) if factor > 0 else ()
    if isinstance(node, kind) and factor * (1 if kind is sympy.Max else -1) > 0:
        return node.args
    other = sympy.Min if kind is sympy.Max else sympy.Max
    if isinstance(node, other) and factor * (1 if kind is sympy.Max else -1) < 0:
        return node.args
    return ()


def _with(goal: Goal, sign: int, side: sympy.Expr, other: sympy.Expr) -> Goal:
    return Goal(other, side, goal.strict) if sign > 0 else Goal(side, other, goal.strict)
