"""Python's operators for what is calculated with, written once."""

import operator
from collections.abc import Callable

import sympy


class Operators:
    """``+ − * / **`` on both sides, signs and ``abs``, by one function of the operation."""

    def _operate(self, function: Callable, *operands):
        """The function of the operands; NotImplemented for what cannot be one."""
        raise NotImplementedError

    def __add__(self, other):
        return self._operate(operator.add, self, other)

    def __radd__(self, other):
        return self._operate(operator.add, other, self)

    def __sub__(self, other):
        return self._operate(operator.sub, self, other)

    def __rsub__(self, other):
        return self._operate(operator.sub, other, self)

    def __mul__(self, other):
        return self._operate(operator.mul, self, other)

    def __rmul__(self, other):
        return self._operate(operator.mul, other, self)

    def __truediv__(self, other):
        return self._operate(operator.truediv, self, other)

    def __rtruediv__(self, other):
        return self._operate(operator.truediv, other, self)

    def __pow__(self, other):
        return self._operate(operator.pow, self, other)

    def __rpow__(self, other):
        return self._operate(operator.pow, other, self)

    def __neg__(self):
        return self._operate(operator.neg, self)

    def __pos__(self):
        return self

    def __abs__(self):
        return self._operate(sympy.Abs, self)
