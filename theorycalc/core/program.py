"""A formula compiled to a list of operations that any arithmetic can run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import sympy

from theorycalc.core.arithmetic.effort import work
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Record

# Terms of a sum or a product; computing one costs some microseconds.
_MOST_TERMS = 1_000_000
# What a hypergeometric function costs, in other special functions, and those that are none.
_HYPER = 5
_ELEMENTARY = frozenset(
    "exp expm1 log log1p sqrt softplus sin cos tan sinc asin acos atan sinh cosh tanh asinh acosh "
    "atanh abs sign heaviside max min floor ceiling erf erfc erfcx log_erfc "
    "log_ndtr".split()
)


@dataclass(frozen=True, repr=False)
class Program(Record):
    """Operations in order; each takes earlier results and appends one.

    Parameters
    ----------
    steps : tuple of (method, payload, slots)
        ``method`` is a function of this module; ``slots`` are the positions of its arguments among
        the results so far. The inputs are the first results.
    """

    steps: tuple

    def run(self, context, inputs: Sequence):
        """The last result, computed with the context's operations."""
        work(len(self.steps), *self._functions, context.bits)
        results = list(inputs)
        for method, payload, arguments in self._tape:
            results.append(method(context, payload, *arguments(results)))
        return results[-1]

    @cached_property
    def _tape(self) -> list[tuple]:
        """The steps, with what takes their arguments from the results."""
        return [(method, payload, _taking(slots)) for method, payload, slots in self.steps]

    @cached_property
    def _functions(self) -> tuple[int, int]:
        """How many elementary and special functions the steps are worth."""
        names = [payload for method, payload, _ in self.steps if method is function]
        powers = sum(payload == "power" for _, payload, _ in self.steps)
        series = sum(method is hyper for method, _, _ in self.steps)
        elementary = sum(name in _ELEMENTARY for name in names)
        return elementary + powers, len(names) - elementary + _HYPER * series


def _taking(slots: tuple[int, ...]) -> itemgetter:
    """What takes the entries of these slots out of a list."""
    if len(slots) > 1:
        return itemgetter(*slots)
    return itemgetter(slice(slots[0], slots[0] + 1) if slots else slice(0))


def given(program, context, parameters: Sequence) -> Callable:
    """A program of (x, *parameters) as a function of x.

    What does not depend on x is computed here, once and at the precision of now: the constants of
    an integrand cost as much as all else. The function counts as much work as `run` does. Of a
    program of another kind, of which only ``run`` is known, nothing is computed beforehand.
    """
    if not isinstance(program, Program):
        return lambda x: program.run(context, [x, *parameters])
    results, moving = [None, *parameters], []
    moves = [True, *(False for _ in parameters)]
    for step, (method, payload, arguments) in zip(program.steps, program._tape, strict=True):
        moves.append(any(moves[i] for i in step[-1]))
        if moves[-1]:
            moving.append((len(results), method, payload, arguments))
            results.append(None)
        else:
            results.append(method(context, payload, *arguments(results)))
    cost = len(program.steps), *program._functions, context.bits

    def function(x):
        work(*cost)
        values = [x, *results[1:]]
        for place, method, payload, arguments in moving:
            values[place] = method(context, payload, *arguments(values))
        return values[-1]

    return function


def number(context, x: sympy.Expr):
    """A constant."""
    return context.number(x)


def same(context, _, x):
    """The argument itself: a program that consists of one input."""
    return x


def together(_, __, *args):
    """Several results of one program, which share what they have in common."""
    return args


def operation(context, name: str, *args):
    """An operation that is a method of the context of its own."""
    return getattr(context, name)(*args)


def function(context, name: str, *args):
    """A function of the vocabulary."""
    return context.apply(name, *args)


def hyper(context, sizes: tuple, *args):
    """pFq; the sizes say how the arguments split into upper and lower parameters."""
    p, q = sizes
    return context.hyper(list(args[:p]), list(args[p : p + q]), args[-1])


def special(context, call, *args):
    """A SpecialFunction, at the arguments that are not fixed in the call."""
    return context.special(call, *args)


def compare(context, relation: str, x, y):
    """A relation between two numbers, as a truth value of the context."""
    return context.compare(relation, x, y)


def truth(context, value: bool):
    """A constant truth value."""
    return value


def logic(context, name: str, *truths):
    """all, any or negate."""
    return context.negate(*truths) if name == "negate" else getattr(context, name)(list(truths))


def select(context, branches, *args):
    """Piecewise; each branch is a pair of programs over the arguments."""
    return context.select(
        [
            (lambda c=condition: c.run(context, args), lambda b=branch: b.run(context, args))
            for condition, branch in branches
        ]
    )


def repeated(context, payload, *args):
    """Sum or product over an integer range: the body's inputs are (index, *args).

    With the last index below the first the range counts backwards, as SymPy and M. Karr ("Summation
    in finite terms", 1981) have it: Σ from m to n is −Σ from n + 1 to m − 1, a product its inverse.
    """
    name, body, lower, upper = payload

    def evaluate(*args):
        first, last = (context.integer(end.run(context, args)) for end in (lower, upper))
        forward = last >= first - 1
        indices = range(first, last + 1) if forward else range(last + 1, first)
        if (terms := abs(last - first + 1)) > _MOST_TERMS:
            raise DomainError(
                explain("a sum is too long", got=terms, allowed=f"{_MOST_TERMS} terms")
            )
        terms = [body.run(context, [context.number(sympy.Integer(i)), *args]) for i in indices]
        neutral = context.number(sympy.Integer(0 if name == "add" else 1))
        total = getattr(context, name)(neutral, *terms)
        return total if forward else _inverse(context, name, total)

    return context.scalarwise(evaluate, *args)


def infinite_sum(context, payload, *args):
    """A sum from an integer to ∞, of a series of (index, *args)."""
    series, lower = payload

    def evaluate(*args):
        first = context.integer(lower.run(context, args))
        return context.infinite_sum(series, first, list(args))

    return context.scalarwise(evaluate, *args)


def _inverse(context, name: str, x):
    """−x of a sum, 1/x of a product."""
    minus = context.number(sympy.S.NegativeOne)
    return context.mul(minus, x) if name == "add" else context.power(x, minus)
