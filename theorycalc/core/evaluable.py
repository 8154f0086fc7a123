"""Formulas at numbers: values with an error in every arithmetic, and functions of arrays."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import sympy

from theorycalc.core.arithmetic import Ball, Float
from theorycalc.core.binary import fraction
from theorycalc.core.errors import CertificationError, PrecisionError
from theorycalc.core.evaluation import (
    Arithmetic,
    check_arithmetic,
    check_domain,
    check_supported,
    evaluate,
    read_parameters,
    vanishes,
)
from theorycalc.core.graph import substitute
from theorycalc.core.integration.pieces import at_numbers
from theorycalc.core.known import known_in
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.reference import Reference
from theorycalc.core.tensors import TensorFunction, in_backend
from theorycalc.core.value import Rigor, Value
from theorycalc.core.vectorised import VectorFunction

# The size of an error needs few digits, and its terms may cancel.
_ERROR_ARITHMETIC = Ball(3)


class Evaluable:
    """What a `Formula` is at numbers."""

    name: str
    body: sympy.Expr
    args: tuple[sympy.Symbol, ...]
    domain: sympy.Basic
    reference: Reference | None
    where: tuple[tuple[sympy.Symbol, sympy.Expr], ...]
    note: str
    error: sympy.Expr | None

    def at(self, using: Arithmetic = Float(), **params) -> Value:
        """The value at exact parameters.

        Parameters
        ----------
        using : Float, MP or Ball
            The arithmetic.
        **params
            One number per argument: int, Fraction, SymPy number, decimal string, or a float, which
            is read by its shortest repr (0.3 means 3/10). What has a radius (a Value, an ``arb``,
            an interval of mpmath) is an enclosure; the result then encloses the image.

        Raises
        ------
        DomainError
            For a parameter that is unknown, missing, no number, or outside the domain.
        NotSupportedError
            If a function in the formula cannot be computed in this arithmetic.
        PrecisionError
            If the digits asked for are not reached.
        """
        check_arithmetic(using, args=self.args)
        values = {**read_parameters(self.args, params), **self._known}
        check_domain(self.domain, values, self.name)
        if (infinity := self._infinity(values)) is not None:
            value = self._exactly(float(infinity), values, using)
            return replace(value, reference=self.reference)
        self._check_supported(using, values)
        value = self._with_error(self._computed(values, using), values)
        return replace(value, reference=self.reference)

    def _computed(self, values: Mapping, using: Arithmetic) -> Value:
        """What the program gives; a zero, which has no relative digits, where SymPy sees one."""
        try:
            found = evaluate(self._program_at(values), values, using)
        except CertificationError as error:
            found = error
        is_far = isinstance(found, CertificationError) or found.is_absolute
        if is_far and vanishes(self.body, self.where, values):
            return self._exactly(0, values, using)
        if isinstance(found, CertificationError):
            raise found
        return found

    def _infinity(self, values: Mapping) -> sympy.Expr | None:
        """±∞ where that is the value."""
        return self.body if self.body in (sympy.oo, -sympy.oo) else None

    def _with_error(self, value: Value, values: Mapping) -> Value:
        """The value with what the formula leaves out in its error."""
        if self.error is None:
            return value
        program = lower(self.error, tuple(values), self.where)
        try:
            left_out = evaluate(program, values, _ERROR_ARITHMETIC)
        except PrecisionError as error:
            left_out = error.value  # it cancels to next to nothing
        rad = value.rad + abs(left_out.mid) + left_out.rad
        return replace(value, rad=rad, rigor=min(value.rigor, Rigor.ESTIMATED))

    def _exactly(self, mid: float, values: Mapping, using: Arithmetic) -> Value:
        inputs = {s.name: x for s, x in values.items() if s not in self._known}
        stats = {"reason": self.note} if self.note and mid else {}
        return Value(mid=mid, rad=0, rigor=Rigor.EXACT, using=using, inputs=inputs, stats=stats)

    def lambdify(self, backend="numpy") -> VectorFunction | TensorFunction:
        """A vectorised function of arrays, the arguments in the order of ``args``.

        Parameters
        ----------
        backend : {"numpy", "torch", "jax"} or module
            The library of the arrays; as a module, a namespace of the array API standard.

        Returns
        -------
        callable
            It broadcasts its arguments. With NumPy it computes in hardware doubles without an error
            statement, and raises `DomainError` if an element lies outside the domain. Inside it an
            element at a pole, or where the value is not real, is inf or nan, as in NumPy, and the
            others keep their values. Elements that rounding may have changed by more than 1e-12 of
            them, and by more than 1e-12 of the arguments would, and those that leave the range of
            doubles on the way are computed in balls, one by one. What double-precision routines of
            special functions state as their error counts too; where there are no balls these, and
            integrals, are as good as they are.

            With another library it is written in the operations of the library, in the precision
            and on the device of the arrays, so that it can be differentiated and compiled there.
            Nothing is repaired: a kernel loses half of the digits near ρ = ±1. Elements outside the
            domain are nan. Integrals and special functions that the library lacks go through NumPy,
            and then there is no derivative.

        Raises
        ------
        MissingExtraError
            If the library is not installed.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> x = sympy.Symbol("x")
        >>> tc.Formula("f", sympy.sqrt(x)).lambdify()([0.0, 4.0])
        array([0., 2.])
        """
        return in_backend(self._vectorised(), backend)

    def _vectorised(self) -> VectorFunction:
        """The function of NumPy arrays."""
        self._check_supported(Float())
        return VectorFunction(
            name=self.name,
            args=tuple(symbol.name for symbol in self.args),
            program=self._program_at_midpoints(),
            conditions=tuple(
                (sympy.pretty(c, use_unicode=True), lower(c, self.args))
                for c in sympy.And.make_args(self.domain)
            ),
        )

    @cached_property
    def _known(self) -> dict:
        """The numbers with an error that stand in the formula."""
        parts = (part for _, part in self.where)
        return known_in(self.body, self.domain, self.error or sympy.S.Zero, *parts)

    @property
    def has_radii(self) -> bool:
        """Whether numbers with an error stand in it."""
        return bool(self._known)

    def _program_at_midpoints(self) -> Program:
        """The program with exact numbers in the place of those with an error."""
        exactly = {s: sympy.Rational(fraction(x.mid)) for s, x in self._known.items()}
        if not exactly:
            return self._program
        where = [(symbol, substitute(part, exactly)) for symbol, part in self.where]
        return lower(substitute(self.body, exactly), self.args, where)

    @cached_property
    def _program(self) -> Program:
        return lower(self.body, (*self.args, *self._known), self.where)

    def _program_at(self, values: Mapping) -> Program:
        """The program, cut where integrals switch at the exact numbers among the parameters."""
        exactly = {s: x for s, x in values.items() if not isinstance(x, Value)}
        body = at_numbers(self.body, exactly)
        return self._program if body == self.body else lower(body, tuple(values), self.where)

    def _check_supported(self, using, values: Mapping | None = None) -> None:
        for part in (self.body, *(part for _, part in self.where)):
            check_supported(part, using, values)
