"""Formulas that are kernels, and the symbols that they are written in."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import NamedTuple, cast

import sympy

from theorycalc.core.arithmetic import Float
from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.evaluation import (
    Arithmetic,
    check_arithmetic,
    check_domain,
    read_parameters,
)
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.lowering import lower
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


class Meeting(NamedTuple):
    """Where inputs coincide (sign 1) or are opposite (−1)."""

    sign: int
    condition: sympy.Basic

    def subs(self, replacements: Mapping) -> "Meeting":
        """The same in other arguments."""
        return self._replace(condition=self.condition.subs(replacements))


def meeting(variable: sympy.Symbol, sign: int, at_zero: bool = False) -> Meeting:
    """Where inputs coincide or are opposite, in ρ or in covariances.

    Inputs that vanish have any angle: whether they belong to it is told by ``at_zero``.
    """
    if variable == RHO:
        return Meeting(sign, sympy.Eq(RHO, sign))
    same = sympy.Eq(Q11, Q22) & sympy.Eq(Q12, sign * Q11)
    return Meeting(sign, same if at_zero else same & (Q11 > 0))


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
    symmetric : bool
        Whether the inputs may be exchanged.
    limits : mapping
        From meetings of the inputs to infinite values of the formula there; nan where it is
        infinite, or has no formula.
    ends : mapping
        From meetings to makers of the formula there, in some of the arguments: where inputs
        coincide or are opposite, angles and differences are known beforehand.

    The others are those of `theorycalc.Formula`.
    """

    variable: sympy.Symbol
    derived: Callable[[], Formula]
    symmetric: bool
    limits: Mapping
    ends: Mapping

    def __init__(
        self,
        *args,
        variable: sympy.Symbol,
        derived: Callable,
        symmetric: bool = True,
        limits=(),
        ends=(),
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        fixed = {"variable": variable, "derived": derived, "symmetric": symmetric}
        for name, x in {**fixed, "limits": dict(limits), "ends": dict(ends)}.items():
            object.__setattr__(self, name, x)

    def at(self, using: Arithmetic = Float(), **params) -> Value:
        """The value at exact parameters; see `theorycalc.Formula.at`."""
        check_arithmetic(using, args=self.args)
        values = read_parameters(self.args, params)
        end = self._met(self.ends, values)
        if end is None or self._met(self.limits, values) is not None:
            return super().at(using=using, **params)
        check_domain(self.domain, values, self.name)
        inputs = {symbol.name: x for symbol, x in values.items()}
        end = end()
        value = end.at(using=using, **{symbol.name: inputs[symbol.name] for symbol in end.args})
        return replace(value, inputs=inputs)

    def _slope(self, name: str | sympy.Symbol) -> Formula:
        if self.variable in self.args and str(name) == self.variable.name:
            return self.derived()
        formula = super()._slope(name)
        derived = partial(_differentiated, self.derived, name)
        if str(name) in (Q11.name, Q22.name) and {Q11, Q12, Q22} <= {*self.args}:
            parts = self._variance_slopes()
            return self._like(formula, derived, symmetric=False, note=INFINITE, **parts)
        limits = {
            meeting: sympy.nan
            for meeting in {**self.limits, **self.ends}
            if meeting in self.limits or str(name) in map(str, meeting.condition.free_symbols)
        }
        ends = {
            meeting: partial(_differentiated, end, name)
            for meeting, end in self.ends.items()
            if meeting not in limits
        }
        return self._like(formula, derived, limits=limits, ends=ends)

    def _variance_slopes(self) -> dict:
        """Limits and ends of the derivative in the variance of one input.

        At equal inputs d/dq K(q, q, q) is K₁ + K₁₂ + K₂, and K₁ = K₂ by symmetry. What is infinite
        there is c (q₁₁ + q₂₂ − 2q₁₂)^{n − 1/2}: a derivative in a variance has the other sign.
        """
        try:
            derived = cast(DualFormula, self.derived())
        except NotSupportedError:
            return {"limits": dict.fromkeys({**self.limits, **self.ends}, sympy.nan)}
        limits = {meeting: -meeting.sign * x for meeting, x in derived.limits.items()}
        ends = {}
        for meeting, end in self.ends.items():
            if meeting in limits:
                continue
            if self.symmetric and meeting in derived.ends:
                ends[meeting] = partial(_variance_slope, end, derived.ends[meeting], meeting.sign)
            else:
                limits[meeting] = sympy.nan
        return {"limits": limits, "ends": ends}

    def _put(self, params: Mapping) -> Formula:
        replacements = self._replacements(params)
        limits = {meeting.subs(replacements): x for meeting, x in self.limits.items()}
        ends = {
            meeting.subs(replacements): partial(_substituted, end, params)
            for meeting, end in self.ends.items()
        }
        if (limit := self._met(self.limits, replacements)) is not None:
            return self._constant(limit, replacements)
        for meeting, end in ends.items():
            if meeting.condition == sympy.true:
                return end()
        formula = super()._put(params)
        derived = partial(_substituted, self.derived, params)
        return self._like(formula, derived, limits=limits, ends=ends)

    def _like(self, formula: Formula, derived: Callable, kind=None, **kwargs) -> "DualFormula":
        """A formula in the same variable."""
        parts = {field.name: getattr(formula, field.name) for field in fields(formula)}
        body = parts.pop("body")
        fixed = {"variable": self.variable, "derived": derived, "symmetric": self.symmetric}
        return (kind or DualFormula)(expr=body, **{**parts, **fixed, **kwargs})

    def _rewritten(self, *steps: tuple) -> Formula:
        formula, met = super()._rewritten(*steps), {"limits": self.limits, "ends": self.ends}
        return self._like(formula, self.derived, kind=type(self), **met)

    def _vectorised(self) -> VectorFunction:
        """The function of NumPy arrays, infinite where the formula is."""
        limits = tuple(
            (lower(meeting.condition, self.args), float(limit))
            for meeting, limit in self.limits.items()
        )
        ends = tuple(
            (lower(meeting.condition, self.args), end()._vectorised())
            for meeting, end in self.ends.items()
            if meeting not in self.limits
        )
        return replace(super()._vectorised(), limits=limits, ends=ends)

    def _constant(self, limit: sympy.Expr, replacements: Mapping) -> Formula:
        """An infinite value as a formula."""
        if limit is sympy.nan:
            raise self._unknown(replacements)
        return Formula(
            self.name,
            limit,
            args=[symbol for symbol in self.args if symbol not in replacements],
            domain=self.domain.subs(replacements),
            reference=self.reference,
            note=self.note,
        )

    def _infinity(self, values: Mapping) -> sympy.Expr | None:
        limit = self._met(self.limits, values)
        if limit is sympy.nan:
            raise self._unknown(values)
        return super()._infinity(values) if limit is None else limit

    def _unknown(self, values: Mapping) -> DomainError:
        return DomainError(
            explain(
                f"{self.name} is infinite where inputs coincide or are opposite, or has no "
                "formula there",
                got=", ".join(f"{symbol} = {x}" for symbol, x in values.items()),
                hint="a point nearby",
            )
        )

    def _met(self, known: Mapping, values: Mapping):
        """What is known of the first meeting whose condition holds at exact numbers, or None."""
        numbers = {symbol: x for symbol, x in values.items() if not isinstance(x, Value)}
        for meeting, x in known.items():
            if meeting.condition.subs(numbers) == sympy.true:
                return x
        return None


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
    formula = derived()
    names = {symbol.name for symbol in formula.args}
    return formula.subs(**{name: x for name, x in params.items() if name in names})


def _variance_slope(end: Callable, mixed: Callable, sign: int) -> Formula:
    """(d/dq of the formula where inputs meet, less ± the slope in their covariance)/2."""
    whole, part = end().diff(Q11.name), mixed()
    names = {symbol: sympy.Dummy(symbol.name, real=True) for symbol, _ in part.where}
    where = [(names[symbol], substitute(step, names)) for symbol, step in part.where]
    body = (whole.body - sign * substitute(part.body, names)) / 2
    return _formula_like(whole, body, [*whole.where, *where])


def _formula_like(formula: Formula, body: sympy.Expr, where, **changed) -> Formula:
    """Another expression for a formula's arguments."""
    parts = {field.name: getattr(formula, field.name) for field in fields(formula)}
    del parts["body"]
    return Formula(expr=body, **{**parts, "where": where, **changed})
