"""The comparisons of the vocabulary, shared by all contexts, and the choice of a branch."""

import operator

RELATIONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def known_branch(branches, otherwise):
    """The first branch whose condition holds, where every condition before is known not to."""
    for condition, branch in branches:
        truth = condition()
        if truth is None:
            break
        if truth:
            return branch()
    return otherwise
