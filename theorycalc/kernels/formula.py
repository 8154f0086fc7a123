"""Formulas that are kernels, and the symbols that they are written in."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial

import sympy

from theorycalc.core.arithmetic import Float
from theorycalc.core.evaluation import (
    Arithmetic,
    check_arithmetic,
    check_domain,
    read_parameters,
)
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact
from theorycalc.core.value import Value
from theorycalc.core.vectorised import VectorFunction

RHO = sympy.Symbol("rho", real=True)
Q11, Q22 = sympy.symbols("q11 q22", nonnegative=True)
Q12 = sympy.Symbol("q12", real=True)
DIMENSION = sympy.Symbol("d", integer=True, positive=True)
CORRELATION = (RHO >= -1) & (RHO <= 1)
COVARIANCE = Q12**2 <= Q11 * Q22
# Why a derivative is infinite.
INFINITE = "infinite where inputs coincide or are opposite: a derivative of an activation jumps"


class DualFormula(Formula):
    """A formula in a covariance whose derivatives in it follow from Price's theorem.

    Written with duals of derivatives of the activations, a derivative is finite wherever it exists;
    the chain rule through angles would divide 0 by 0 at equal inputs.

    Parameters
    ----------
    variable : Symbol
        The covariance.
    derived : callable, returning a Formula
        Makes the derivative, ``derived()``.
    limits : mapping
        From values of the variable to infinite values of the formula there.
    ends : mapping
        From values of the variable to makers of the formula there, in the other arguments: where
        inputs coincide or are opposite, angles and differences are known beforehand.

    The others are those of `theorycalc.Formula`.
    """

    def __init__(
        self, *args, variable: sympy.Symbol, derived: Callable, limits=(), ends=(), **kwargs
    ):
        super().__init__(*args, **kwargs)
        fixed = {"variable": variable, "derived": derived}
        for name, x in {**fixed, "limits": dict(limits), "ends": dict(ends)}.items():
            object.__setattr__(self, name, x)

    def at(self, using: Arithmetic = Float(), **params) -> Value:
        """The value at exact parameters; see `theorycalc.Formula.at`."""
        values = read_parameters(self.args, params)
        point = values[self.variable]
        if point in self.limits or point not in self.ends:
            return super().at(using=using, **params)
        check_arithmetic(using)
        check_domain(self.domain, values, self.name)
        others = {symbol.name: x for symbol, x in values.items() if symbol != self.variable}
        value = self.ends[point]().at(using=using, **others)
        inputs = {symbol.name: x for symbol, x in values.items()}
        return replace(value, inputs=inputs)

    def diff(self, name: str | sympy.Symbol) -> Formula:
        """The derivative with respect to one argument."""
        if str(name) == self.variable.name:
            return self.derived()
        ends = {x: partial(_differentiated, end, name) for x, end in self.ends.items()}
        return self._like(
            super().diff(name), partial(_differentiated, self.derived, name), ends=ends
        )

    def subs(self, **params) -> Formula:
        """The formula with some arguments replaced by exact numbers, symbols or expressions."""
        if self.variable.name in params:
            point = params.pop(self.variable.name)
            fixed = None if getattr(point, "free_symbols", None) else self._at_limit(point)
            if fixed is None:
                return super().subs(**{self.variable.name: point}, **params)
            return fixed.subs(**params)
        ends = {x: partial(_substituted, end, params) for x, end in self.ends.items()}
        derived = partial(_substituted, self.derived, params)
        return self._like(super().subs(**params), derived, limits=self.limits, ends=ends)

    def _like(self, formula: Formula, derived: Callable, **kwargs) -> "DualFormula":
        """A formula in the same variable."""
        parts = {field.name: getattr(formula, field.name) for field in fields(formula)}
        body = parts.pop("body")
        return DualFormula(expr=body, **parts, variable=self.variable, derived=derived, **kwargs)

    def _at_limit(self, point) -> Formula | None:
        """The formula at a value of the variable where it is known apart, or None."""
        point = exact(point, self.variable.name)
        if point not in self.limits:
            return self.ends[point]() if point in self.ends else None
        return Formula(
            self.name,
            self.limits[point],
            args=tuple(symbol for symbol in self.args if symbol != self.variable),
            domain=self.domain.subs(self.variable, point),
            reference=self.reference,
            note=self.note,
        )

    def lambdify(self) -> VectorFunction:
        """A vectorised function of float64 arrays, infinite where the formula is."""
        limits = tuple((float(x), float(limit)) for x, limit in self.limits.items())
        ends = tuple(
            (float(x), end().lambdify()) for x, end in self.ends.items() if x not in self.limits
        )
        return replace(super().lambdify(), limits=limits, ends=ends)

    def _infinity(self, values: Mapping) -> sympy.Expr | None:
        return self.limits.get(values[self.variable], super()._infinity(values))


class KernelFormula(DualFormula):
    """The NNGP or the NTK of an architecture.

    It is a covariance, or an inner product of gradients, of inputs of any dimension: positive
    definite on every sphere.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.kernels.mlp(2).ntk.positive_definite
    True
    """

    positive_definite = True


def _differentiated(derived: Callable, name) -> Formula:
    return derived().diff(name)


def _substituted(derived: Callable, params: Mapping) -> Formula:
    return derived().subs(**params)
