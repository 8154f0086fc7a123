"""A named SymPy expression with its arguments, its domain and its source.

One class, whose docstrings are half of the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

import sympy

from theorycalc.core import display
from theorycalc.core.algebra import Algebra, composed, within_error
from theorycalc.core.arithmetic import Ball, Float
from theorycalc.core.arithmetic.enclosures import number_or_enclosure
from theorycalc.core.binary import fraction
from theorycalc.core.derivative import total_derivative
from theorycalc.core.errors import (
    CertificationError,
    DomainError,
    PrecisionError,
    explain,
    unknown_name,
)
from theorycalc.core.evaluation import (
    Arithmetic,
    check_arithmetic,
    check_domain,
    check_supported,
    evaluate,
    read_parameters,
    vanishes,
)
from theorycalc.core.expansions import Expansions
from theorycalc.core.graph import free_symbols, substitute
from theorycalc.core.integrals import Integrals
from theorycalc.core.integration.pieces import at_numbers
from theorycalc.core.known import known_in, unknown
from theorycalc.core.looks import Shown
from theorycalc.core.lowering import lower
from theorycalc.core.names import as_definitions, matched_by_name, nameless, with_own_names
from theorycalc.core.numbers import exact_integer, expression, has_radius
from theorycalc.core.pictures import Pictures
from theorycalc.core.program import Program
from theorycalc.core.ranges import Ranges
from theorycalc.core.records import instance
from theorycalc.core.reference import Reference
from theorycalc.core.signature import as_arguments, as_condition
from theorycalc.core.simplification import Simplification
from theorycalc.core.tensors import TensorFunction, in_backend
from theorycalc.core.value import Rigor, Value
from theorycalc.core.vectorised import VectorFunction

# The size of an error needs few digits, and its terms may cancel.
_ERROR_ARITHMETIC = Ball(3)
_MOST_DERIVATIVES = 100


@dataclass(frozen=True, repr=False, init=False)
class Formula(Algebra, Expansions, Integrals, Pictures, Ranges, Simplification, Shown):
    """A quantity: an expression that prints as mathematics and evaluates to any precision.

    Parameters
    ----------
    name : str
        Name of the quantity, e.g. ``"Theta"``; it is the left-hand side in print.
    expr : sympy.Expr
        The expression.
    args : tuple of Symbol, optional
        The arguments in order; by default the free symbols by name.
    domain : condition or mapping, optional
        Where the formula is meant to be used: a SymPy condition such as
        ``(-1 <= rho) & (rho <= 1)``, or a mapping ``{symbol: SymPy set}``. Assumptions of the
        symbols (integer, positive, ...) are part of it.
    reference : Reference, optional
        The source.
    where : sequence of (Symbol, Expr)
        Intermediate quantities in order; ``expr`` and later ones may use them. A deep kernel is
        linear in size this way, and exponential when it is written out. One whose name is taken, by
        an argument or an earlier one, gets a number. Equal ones become one, and short numbers are
        written out.
    note : str
        What the reader should know, e.g. why an infinite quantity is infinite.
    error : sympy.Expr, optional
        An estimate of what an approximation leaves out, in the same symbols; its size is added to
        the error of every value. Derivatives have none.

    Attributes
    ----------
    expr : sympy.Expr
        The expression written out, complete in itself.
    body : sympy.Expr
        The expression in terms of the intermediate quantities.

    Raises
    ------
    DomainError
        If the expression has a free symbol that is neither an argument nor defined in ``where``, or
        a symbol is both.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x")
    >>> f = tc.Formula("f", sympy.sqrt(1 - x**2), domain={x: sympy.Interval(-1, 1)})
    >>> print(f.at(x="0.6"))
    0.8000000000000000 ± 9e-17
    >>> print(f.diff("x").at(x="1/3", using=tc.MP(20)))
    -0.35355339059327376220 ± 5e-22
    >>> f.lambdify()([0.0, 1.0])
    array([1., 0.])
    >>> f.at(x=2)
    Traceback (most recent call last):
    ...
    theorycalc.core.errors.DomainError: f: parameters outside ... got x = 2; allowed: x ∈ [-1, 1]
    """

    name: str
    body: sympy.Expr
    args: tuple[sympy.Symbol, ...]
    domain: sympy.Basic
    reference: Reference | None
    where: tuple[tuple[sympy.Symbol, sympy.Expr], ...]
    note: str
    error: sympy.Expr | None

    def __init__(
        self, name, expr, args=None, domain=None, reference=None, where=(), note="", error=None
    ):
        instance(name, str, "a name")
        instance(note, str, "a note")
        instance(reference, Reference | None, "a Reference")
        body = expression(expr, name or "formula")
        error = None if error is None else expression(error, "error")
        where, defined, used = as_definitions(where, name), set(), set()
        for symbol, part in where:
            used |= unknown(free_symbols(part)) - defined
            defined.add(symbol)
        for part in (body, *([] if error is None else [error])):
            used |= unknown(free_symbols(part)) - defined
        args = as_arguments(sorted(used, key=str) if args is None else args, name)
        region = as_condition(domain)
        used |= unknown(region.free_symbols)
        if not used <= set(args):
            raise DomainError(
                explain(
                    f"{name}: the expression has symbols that are not arguments",
                    got=", ".join(sorted(map(str, used - set(args)))),
                    allowed=", ".join(map(str, args)) or "none",
                )
            )
        if clashes := defined & set(args):
            raise DomainError(
                explain(
                    f"{name}: an argument is defined in where", got=", ".join(map(str, clashes))
                )
            )
        taken = [symbol.name for symbol in args]
        where, body, error = with_own_names(where, taken, body, error)
        values = (name, body, args, region, reference, tuple(where), note, error)
        for field, value in zip(fields(self), values, strict=True):
            object.__setattr__(self, field.name, value)

    @cached_property
    def expr(self) -> sympy.Expr:
        """The expression with all intermediate quantities written out."""
        written: dict = {}
        for symbol, part in self.where:
            written[symbol] = substitute(part, written)
        return substitute(self.body, written)

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
        try:
            value = evaluate(self._program_at(values), values, using)
        except CertificationError:
            if not vanishes(self.body, self.where, values):
                raise
            value = self._exactly(0, values, using)
        if value.is_absolute and vanishes(self.body, self.where, values):
            value = self._exactly(0, values, using)
        return replace(self._with_error(value, values), reference=self.reference)

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

    def subs(self, **params) -> "Formula":
        """The formula with some arguments replaced by numbers, symbols, expressions or formulas.

        A Value stays the enclosure that it is. A formula brings its intermediate quantities, its
        arguments and its domain with it; symbols of one name are one argument.
        """
        inner = any(isinstance(x, Formula) for x in params.values())
        return composed(self, params) if inner else self._put(params)

    def _put(self, params: Mapping) -> "Formula":
        """The formula at numbers, symbols and expressions."""
        return self._replaced(self._replacements(params))

    def _new(self, expr, *, references: set, name: str = "", **parts) -> "Formula":
        """A formula that was made of this one and others."""
        reference = next(iter(references)) if len(references) == 1 else None
        return Formula(name, expr, reference=reference, **parts)

    def _within(self, *conditions) -> "Formula":
        """The formula where these conditions hold as well."""
        return self._new(
            self.body,
            references={self.reference},
            name=self.name,
            args=self.args,
            where=self.where,
            domain=sympy.And(*conditions, *sympy.And.make_args(self.domain)),
        )

    def _rewritten(self, *steps: tuple) -> "Formula":
        """The same quantity by other steps, the last one of which is the body."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        *where, (_, body) = steps
        del parts["body"]
        return Formula(expr=body, **{**parts, "where": where})

    def _replaced(self, replacements: Mapping) -> "Formula":
        """The formula with symbols replaced by expressions."""
        kept = [symbol for symbol in self.args if symbol not in replacements]
        domain = self.domain.subs(replacements)
        if domain == sympy.false:
            check_domain(self.domain, replacements, self.name)
        new = {s for x in replacements.values() for s in unknown(x.free_symbols)} - set(kept)
        where, body, error = nameless(list(self.where), new, self.body, self.error)
        return Formula(
            self.name,
            substitute(body, replacements),
            args=(*kept, *sorted(new, key=str)),
            domain=domain,
            reference=self.reference,
            where=[(symbol, substitute(part, replacements)) for symbol, part in where],
            note=self.note,
            error=None if error is None else substitute(error, replacements),
        )

    def _replacements(self, params: Mapping) -> dict:
        """What some arguments are replaced by."""
        symbols = {symbol.name: symbol for symbol in self.args}
        params = {name: _with_radius(x) for name, x in params.items()}
        symbolic = {
            name: x for name, x in params.items() if isinstance(x, sympy.Expr) and x.free_symbols
        }
        numeric = {name: x for name, x in params.items() if name not in symbolic}
        replacements = read_parameters(self.args, numeric, partial=True)
        for name, x in symbolic.items():
            if name not in symbols:
                raise unknown_name("parameter", name, symbols)
            replacements[symbols[name]] = expression(x, name)
        kept = [symbol for symbol in self.args if symbol not in replacements]
        return {old: matched_by_name(x, kept) for old, x in replacements.items()}

    def diff(self, name: str | sympy.Symbol, times: int = 1) -> "Formula":
        """The derivative with respect to one argument, several times if wanted.

        Intermediate quantities get derivatives of their own, so that the size stays linear.
        """
        times = exact_integer(times, "times", 0, _MOST_DERIVATIVES)
        return self._slope(name).diff(name, times - 1) if times else self

    def _slope(self, name: str | sympy.Symbol) -> "Formula":
        symbols = {symbol.name: symbol for symbol in self.args}
        if str(name) not in symbols:
            raise unknown_name("argument", str(name), symbols)
        variable = symbols[str(name)]
        slopes: dict[sympy.Symbol, sympy.Expr] = {variable: sympy.S.One}
        where = []
        for symbol, part in self.where:
            where.append((symbol, part))
            slope = total_derivative(part, slopes)
            if slope != 0:
                slopes[symbol] = sympy.Dummy(f"{symbol.name}_{variable.name}", real=True)
                where.append((slopes[symbol], slope))
        return Formula(
            f"{self.name}_{variable.name}",
            total_derivative(self.body, slopes),
            args=self.args,
            domain=self.domain,
            reference=self.reference,
            where=where,
        )

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
            program=self._at_midpoints()._program,
            conditions=tuple(
                (sympy.pretty(c, use_unicode=True), lower(c, self.args))
                for c in sympy.And.make_args(self.domain)
            ),
        )

    def latex(self) -> str:
        """The formula in LaTeX: an equation, with a line for every named sub-expression."""
        return display.formula_latex(self)

    @cached_property
    def _known(self) -> dict:
        """The numbers with an error that stand in the formula."""
        parts = (part for _, part in self.where)
        return known_in(self.body, self.domain, self.error or sympy.S.Zero, *parts)

    @property
    def has_radii(self) -> bool:
        """Whether numbers with an error stand in it."""
        return bool(self._known)

    def _at_midpoints(self) -> "Formula":
        """The formula with exact numbers in the place of those with an error."""
        exactly = {s: sympy.Rational(fraction(x.mid)) for s, x in self._known.items()}
        return self._replaced(exactly) if exactly else self

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

    def _repr_latex_(self):
        return f"$$\n{self.latex()}\n$$"

    def __repr__(self):
        return f"Formula({display.formula_text(self)})"

    def _sympy_(self):
        """In an expression an approximation keeps its error, of which only the size is known."""
        return self.expr if self.error is None else self._whole

    @cached_property
    def _whole(self) -> sympy.Expr:
        """The formula with what it leaves out, which is the same number wherever it stands."""
        error = Formula("", self.error, args=self.args, where=self.where).expr
        return within_error(self.expr, error)


def _with_radius(x):
    """What has a radius as an expression; everything else as it is."""
    if not has_radius(x):
        return x
    value = number_or_enclosure(x)
    return value._sympy_() if isinstance(value, Value) else value
