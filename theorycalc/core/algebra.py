"""Formulas as expressions: sums, products, powers and compositions, arguments matched by name."""

from collections.abc import Callable, Iterable, Mapping

import sympy

from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.graph import free_symbols, substitute
from theorycalc.core.known import unknown
from theorycalc.core.names import nameless
from theorycalc.core.numbers import Rigor
from theorycalc.core.operators import Operators
from theorycalc.core.value import Value


class Algebra(Operators):
    """What a `Formula` can do with others.

    The result has the arguments of all, one for each name, where all are meant to be used. An
    argument has what its name is assumed to be anywhere: ``n`` positive and ``n`` an integer are
    one positive integer. ``<``, ``<=``, ``>`` and ``>=`` give the relation of SymPy that a `Claim`
    takes.
    """

    def _operate(self, function: Callable, *operands):
        return _combined(function, *operands)

    def _relate(self, relation: type, other):
        """The relation of the two expressions, for a `Claim`."""
        sides = self, other if isinstance(other, Algebra) else _operand(other)
        if NotImplemented in sides:
            return NotImplemented
        names = common_symbols(*map(_symbols, sides))
        return relation(*(substitute(sympy.sympify(side), names) for side in sides))

    def __lt__(self, other):
        return self._relate(sympy.Lt, other)

    def __le__(self, other):
        return self._relate(sympy.Le, other)

    def __gt__(self, other):
        return self._relate(sympy.Gt, other)

    def __ge__(self, other):
        return self._relate(sympy.Ge, other)

    def __call__(self, *values, **params):
        """The formula at numbers, symbols, expressions or formulas, in the order of its arguments.

        Returns
        -------
        Value or Formula
            A Value where all arguments are numbers, by `at` in double precision.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> x = sympy.Symbol("x")
        >>> f, g = tc.Formula("f", x**2), tc.Formula("g", sympy.sin(x))
        >>> print(f("0.5"), f(g).expr, f(x=2 * x).expr, (2 * f - g).expr)
        0.25 sin(x)**2 4*x**2 2*x**2 - sin(x)
        """
        if len(values) > len(self.args):
            raise DomainError(
                explain(
                    f"{self.name} has not so many arguments",
                    got=len(values),
                    allowed=", ".join(map(str, self.args)) or "none",
                )
            )
        given = {x.name: value for x, value in zip(self.args, values, strict=False)}
        if twice := given.keys() & params.keys():
            raise DomainError(explain("an argument is given twice", got=", ".join(sorted(twice))))
        given.update(params)
        symbolic = any(
            isinstance(x, Algebra) or (isinstance(x, sympy.Expr) and x.free_symbols)
            for x in given.values()
        )
        if symbolic or len(given) < len(self.args):
            return self.subs(**given)
        return self.at(**given)


def _combined(function: Callable, *operands):
    """The formula of a function of formulas and numbers; NotImplemented for what is neither."""
    read = [x if isinstance(x, Algebra) else _operand(x) for x in operands]
    if any(x is NotImplemented for x in read):
        return NotImplemented
    formulas = [x for x in read if isinstance(x, Algebra)]
    names = common_symbols(*map(_symbols, read))
    parts = [_Part(x, names) for x in read]
    return formulas[0]._new(
        function(*_joined(parts)),
        where=[pair for part in parts for pair in part.where],
        args=_together(part.args for part in parts),
        domain=sympy.And(*(part.domain for part in parts)),
        references={x.reference for x in formulas},
        error=_error(function, parts),
    )


def composed(outer: Algebra, params: Mapping):
    """A formula with formulas, expressions and numbers in the place of some arguments.

    What an argument was becomes an intermediate quantity, so that a composition is as large as its
    parts together. A domain is kept where it can be said of what comes in: a formula with
    intermediate quantities would have to be written out.

    Raises
    ------
    DomainError
        For an unknown argument, or what can be no argument.
    """
    inner = {name: x for name, x in params.items() if isinstance(x, Algebra)}
    outer = outer.subs(**{name: x for name, x in params.items() if name not in inner})
    arguments = {x.name: x for x in outer.args}
    for name in inner:
        if name not in arguments:
            raise unknown_name("parameter", name, arguments)
    replaced = {arguments[name]: x for name, x in inner.items()}
    names = common_symbols(*map(_symbols, inner.values()), set(outer.args) - replaced.keys())
    # an argument that comes in may have the name of one that goes
    hidden = {x: sympy.Dummy(x.name, **x._assumptions_orig) for x in replaced}
    parts = [*(_Part(x, names) for x in inner.values()), _Part(outer, {**names, **hidden})]
    *insides, body = _joined(parts)
    *within, last = parts
    defined = list(zip(hidden.values(), insides, strict=True))
    steps = {symbol for part in within for symbol, _ in part.where}
    short = {symbol: x for symbol, x in defined if not free_symbols(x) & steps}
    conditions = [
        substitute(condition, short)
        for condition in sympy.And.make_args(last.domain)
        if not free_symbols(condition) & (set(hidden.values()) - short.keys())
    ]
    shifted = {**names, **hidden}
    for x, part in zip(replaced, within, strict=True):
        if part.error is not None:
            shifted[x] = within_error(hidden[x], part.error)
    errors = [
        sympy.Abs(substitute(outer.diff(x).expr, shifted) * part.error)
        for x, part in zip(replaced, within, strict=True)
        if part.error is not None
    ]
    if last.error is not None:
        errors.append(substitute(last.error, {hidden[x]: shifted[x] for x in hidden}))
    return outer._new(
        body,
        where=[*(pair for part in within for pair in part.where), *defined, *last.where],
        args=[x for x in _together(part.args for part in parts) if x not in hidden.values()],
        domain=sympy.And(*(part.domain for part in within), *conditions),
        references={outer.reference, *(x.reference for x in inner.values())},
        error=sympy.Add(*errors) if errors else None,
        name=outer.name,
    )


class _Part:
    """A formula or an expression on its way into a formula, written in common symbols."""

    def __init__(self, x, names: Mapping):
        def renamed(expr):
            return substitute(expr, names) if names and expr is not None else expr

        self.where, self.error, self.domain = [], None, sympy.true
        self.args = [names.get(symbol, symbol) for symbol in _symbols(x)]
        self.body = renamed(getattr(x, "body", x))
        if isinstance(x, Algebra):
            self.where = [(symbol, renamed(part)) for symbol, part in x.where]
            self.error, self.domain = renamed(x.error), renamed(x.domain)


def _operand(x):
    """A number, an expression or a Value as an expression."""
    if isinstance(x, str | bool):
        return NotImplemented
    try:
        expr = sympy.sympify(x, strict=True)
    except (sympy.SympifyError, TypeError):
        return NotImplemented
    return expr if isinstance(expr, sympy.Expr) and not expr.is_Matrix else NotImplemented


def _symbols(x) -> list[sympy.Symbol]:
    """The arguments of a formula in their order, those of an expression by name."""
    return [*x.args] if isinstance(x, Algebra) else sorted(unknown(x.free_symbols), key=str)


def _together(groups: Iterable) -> list:
    return list(dict.fromkeys(x for group in groups for x in group))


def _joined(parts: list[_Part]) -> list[sympy.Expr]:
    """The bodies, after intermediate quantities of one name and other content were told apart.

    Those of the same formula once more are shared.
    """
    known: dict = {}
    for part in parts:
        if all(known.get(symbol) == expr for symbol, expr in part.where):
            part.where = []
        else:
            clashing = {symbol for symbol, _ in part.where if symbol in known}
            part.where, part.body, part.error = nameless(
                part.where, clashing, part.body, part.error
            )
            known.update(part.where)
    return [part.body for part in parts]


def within_error(body: sympy.Expr, error: sympy.Expr) -> sympy.Expr:
    """What an approximation stands for: a number of which it is known how far it may be away."""
    return body + error * Value(mid=0, rad=1, rigor=Rigor.ESTIMATED)._sympy_()


def _error(function: Callable, parts: list[_Part]) -> sympy.Expr | None:
    """What is left out of the result: slopes over all that its parts may be, times their errors."""
    if all(part.error is None for part in parts):
        return None
    at = {sympy.Dummy(real=True): part for part in parts}
    whole = function(*at)
    anywhere = {
        x: part.body if part.error is None else within_error(part.body, part.error)
        for x, part in at.items()
    }
    return sympy.Add(
        *(
            sympy.Abs(substitute(whole.diff(x), anywhere) * part.error)
            for x, part in at.items()
            if part.error is not None
        )
    )


def common_symbols(*groups: Iterable[sympy.Symbol]) -> dict[sympy.Symbol, sympy.Symbol]:
    """What symbols of one name are replaced by: one that has all of their assumptions.

    Raises
    ------
    DomainError
        If these contradict each other.
    """
    named: dict[str, list] = {}
    for symbol in _together(groups):
        named.setdefault(symbol.name, []).append(symbol)
    return {
        symbol: common
        for name, symbols in named.items()
        if len(symbols) > 1
        for common in [_common(name, symbols)]
        for symbol in symbols
        if symbol != common
    }


def _common(name: str, symbols: list[sympy.Symbol]) -> sympy.Symbol:
    facts: dict = {}
    for symbol in symbols:
        facts |= symbol._assumptions_orig
    try:
        common = sympy.Symbol(name, **facts)
        agree = all(
            symbol.assumptions0.items() <= common.assumptions0.items() for symbol in symbols
        )
    except sympy.core.facts.InconsistentAssumptions:
        agree = False
    if not agree:
        got = "; ".join(str(symbol._assumptions_orig) for symbol in symbols)
        hint = "one symbol for both, or another name for one of them"
        raise DomainError(explain(f"{name} has contradicting assumptions", got=got, hint=hint))
    return common
