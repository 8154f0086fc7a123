"""Shorter forms of formulas, each held against the formula that it comes from."""

import sympy

from theorycalc.core.arithmetic import Ball
from theorycalc.core.errors import DomainError, NotSupportedError, PrecisionError
from theorycalc.core.graph import postorder, substitute
from theorycalc.core.samples import points_in
from theorycalc.core.strict import StrictFunction

# What is left as it is: functions of ours, and what SymPy may take long to look at.
_WHOLE = (StrictFunction, sympy.Integral, sympy.Sum, sympy.Product, sympy.Piecewise, sympy.hyper)
# SymPy's rules take seconds on expressions with more operations.
_LONG = 150
_MOST_POINTS, _USING = 4, Ball(15)


class Simplification:
    """What else a `Formula` can be written as."""

    def simplify(self):
        """The same quantity, written shorter where SymPy's rules find something shorter.

        Intermediate quantities stay, each with a shorter expression; those that are equal become
        one. Functions of ours, integrals, sums, branches and what has more than 150 operations are
        left as they are. A change is kept if the formula keeps its values, in balls, at points of
        the domain; where there are none to compare, nothing is changed.

        Returns
        -------
        Formula
            Of the same arguments, with the same domain and error.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> x = sympy.Symbol("x", real=True)
        >>> print(tc.Formula("f", sympy.sin(x) ** 2 + sympy.cos(x) ** 2 + x).simplify().expr)
        x + 1
        """
        points = reversed(points_in(self))
        known = [(at, value) for at in points if (value := _value(self, at)) is not None]
        steps = [*self.where, (None, self.body)]
        for i, (symbol, part) in enumerate(steps):
            shorter = _shorter(part)
            if shorter != part:
                tried = [*steps[:i], (symbol, shorter), *steps[i + 1 :]]
                if known and _has(self._rewritten(*tried), known[:_MOST_POINTS]):
                    steps = tried
        return self._rewritten(*steps)


def _shorter(expr: sympy.Expr) -> sympy.Expr:
    """What SymPy makes of an expression, or the expression itself."""
    names = {
        x: sympy.Dummy(real=True, positive=x.is_extended_positive)
        for x in postorder(expr)
        if isinstance(x, _WHOLE)
    }
    short = substitute(expr, names)
    if short.count_ops() > _LONG:
        return expr
    found = sympy.simplify(short)
    better = found.count_ops() < short.count_ops()
    return substitute(found, {name: x for x, name in names.items()}) if better else expr


def _has(formula, known: list) -> bool:
    """Whether a formula has these values."""
    values = [(_value(formula, at), value) for at, value in known]
    return all(new is not None and new.overlaps(old) for new, old in values)


def _value(formula, at: dict):
    """The value in balls, or None where there is none."""
    try:
        return formula.at(using=_USING, **at)
    except (DomainError, NotSupportedError, PrecisionError):
        return None
