"""Formulas that are kernels, and the symbols that they are written in."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial

import sympy

from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact
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

    The others are those of `theorycalc.Formula`.
    """

    def __init__(self, *args, variable: sympy.Symbol, derived: Callable, limits=(), **kwargs):
        super().__init__(*args, **kwargs)
        for name, x in (("variable", variable), ("derived", derived), ("limits", dict(limits))):
            object.__setattr__(self, name, x)

    def diff(self, name: str | sympy.Symbol) -> Formula:
        """The derivative with respect to one argument."""
        return self.derived() if str(name) == self.variable.name else super().diff(name)

    def subs(self, **params) -> Formula:
        """The formula with some arguments replaced by exact numbers, symbols or expressions."""
        if self.variable.name in params:
            point = params.pop(self.variable.name)
            fixed = None if getattr(point, "free_symbols", None) else self._at_limit(point)
            if fixed is None:
                return super().subs(**{self.variable.name: point}, **params)
            return fixed.subs(**params)
        formula = super().subs(**params)
        parts = {field.name: getattr(formula, field.name) for field in fields(formula)}
        return DualFormula(
            expr=parts.pop("body"),
            **parts,
            variable=self.variable,
            derived=partial(_substituted, self.derived, params),
            limits=self.limits,
        )

    def _at_limit(self, point) -> Formula | None:
        """The infinite formula at a value of the variable, or None."""
        point = exact(point, self.variable.name)
        if point not in self.limits:
            return None
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
        return replace(super().lambdify(), limits=limits)

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


def _substituted(derived: Callable, params: Mapping) -> Formula:
    return derived().subs(**params)
