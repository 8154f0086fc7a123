"""From a relation to quantities that are to be positive, or not negative."""

from dataclasses import dataclass, replace

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
    for name, sign in (("small", 1), ("big", -1)):
        side = getattr(goal, name)
        for term in sympy.Add.make_args(side):
            factor, node = term.as_coeff_Mul()
            if branches := _branches(node, sign * factor):
                sides = (side - term + factor * branch for branch in branches)
                return [part for x in sides for part in _apart(replace(goal, **{name: x}))]
    return [goal]


def _branches(node: sympy.Expr, factor: sympy.Expr) -> tuple:
    """What all has to be small for a multiple of a node to be small."""
    if isinstance(node, sympy.Abs) and factor > 0:
        return node.args[0], -node.args[0]
    return node.args if isinstance(node, sympy.Max if factor > 0 else sympy.Min) else ()
