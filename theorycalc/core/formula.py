"""A named SymPy expression with its arguments, its domain and its source."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import sympy

from theorycalc.core import display
from theorycalc.core.algebra import Algebra, composed, within_error
from theorycalc.core.arithmetic.enclosures import number_or_enclosure
from theorycalc.core.derivative import total_derivative
from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.evaluable import Evaluable
from theorycalc.core.evaluation import check_domain, read_parameters
from theorycalc.core.expansions import Expansions
from theorycalc.core.expressions import expression
from theorycalc.core.graph import free_symbols, substitute
from theorycalc.core.integrals import Integrals
from theorycalc.core.known import unknown
from theorycalc.core.looks import Shown
from theorycalc.core.names import as_definitions, matched_by_name, nameless, with_own_names
from theorycalc.core.numbers import exact_integer, has_radius
from theorycalc.core.pictures import Pictures
from theorycalc.core.ranges import Ranges
from theorycalc.core.records import instance
from theorycalc.core.reference import Reference
from theorycalc.core.signature import argument, as_arguments, as_condition
from theorycalc.core.simplification import Simplification
from theorycalc.core.value import Value

_MOST_DERIVATIVES = 100


@dataclass(frozen=True, repr=False, init=False)
class Formula(Evaluable, Algebra, Expansions, Integrals, Pictures, Ranges, Simplification, Shown):
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
        variable = argument(self.args, name)
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

    def latex(self) -> str:
        """The formula in LaTeX: an equation, with a line for every named sub-expression."""
        return display.formula_latex(self)

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
