"""Infinite sums, cut into sums from an integer to ∞ whose terms grow like z^k times powers of k."""

from collections import defaultdict
from typing import NamedTuple

import sympy
from sympy import S

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.graph import postorder
from theorycalc.core.integration.corner_singularities import drawn_out
from theorycalc.core.integration.waves import expanded

# Quotients of gamma functions: the arguments of those above and of those below.
_GAMMAS = {
    sympy.gamma: lambda x: ([x], []),
    sympy.factorial: lambda n: ([n + 1], []),
    sympy.binomial: lambda n, m: ([n + 1], [m + 1, n - m + 1]),
    sympy.catalan: lambda n: ([2 * n + 1], [n + 1, n + 2]),
    sympy.RisingFactorial: lambda x, n: ([x + n], [x]),
    sympy.FallingFactorial: lambda x, n: ([x + 1], [x - n + 1]),
    sympy.beta: lambda x, y: ([x, y], [x + y]),
}
# Γ(s·k) has a ratio of |s| factors; and powers of sums are not expanded beyond this exponent.
_STEEPEST = 16
_LOOPS = (sympy.Sum, sympy.Product, sympy.Integral, sympy.Piecewise)


class Terms(NamedTuple):
    """Terms f(k) = H(k)·A(k) of a sum from an integer on.

    ``ratio`` is H(k + 1)/H(k), and ``phase`` a φ with H(k + 1) = e^{iφ} H(k), or None. A has no
    factors that are powers or factorials of k. ``mapped`` is A(1/t)/t², whose integral from 0 to
    1/N is that of A from N on.
    """

    k: sympy.Symbol
    t: sympy.Symbol
    term: sympy.Expr
    geometric: sympy.Expr
    ratio: sympy.Expr
    phase: sympy.Expr | None
    algebraic: sympy.Expr
    mapped: sympy.Expr


def one_sided(node: sympy.Sum) -> sympy.Expr | None:
    """The infinite sum as sums from an integer to ∞ of terms in one growth; None where it is one.

    Raises
    ------
    NotSupportedError
        If it runs from ∞ or to −∞.
    """
    index, first, last = node.limits[-1]
    if first == S.Infinity or last == S.NegativeInfinity:
        raise NotSupportedError(
            explain("an infinite sum from ∞ or to −∞", got=node, allowed="(k, a, oo), (k, -oo, b)")
        )
    body = _body(node)
    if first == S.NegativeInfinity:
        turned = body.subs(index, -index)
        if last != S.Infinity:
            return sympy.Sum(turned, (index, -last, S.Infinity))
        right = sympy.Sum(body, (index, 0, S.Infinity))
        return right + sympy.Sum(turned, (index, 1, S.Infinity))
    groups = _by_growth(body, index)
    if len(groups) == 1:
        constant, rest = body.as_independent(index, as_Add=False)
        return None if constant == 1 else constant * sympy.Sum(rest, (index, first, last))
    return sympy.Add(*(sympy.Sum(part, (index, first, last)) for part in groups))


def _body(node: sympy.Sum) -> sympy.Expr:
    """The summand of the outermost sum, a product with the sums inside."""
    function = _without_gammas(sympy.expand_power_exp(node.function))
    if len(node.limits) == 1:
        return function
    *inner, _ = node.limits
    inside = [limit[0] for limit in inner]
    constant, rest = function.as_independent(*inside, as_Add=False)
    return constant * sympy.Sum(rest, *inner)


def _without_gammas(f: sympy.Expr) -> sympy.Expr:
    """The function without gamma functions where they cancel, as in k!/(k + 2)!."""
    if len(f.atoms(*_GAMMAS)) < 2:
        return f
    simpler = sympy.gammasimp(sympy.combsimp(f))
    return f if simpler.has(*_GAMMAS) else simpler


def terms(node: sympy.Sum) -> Terms:
    """The terms of an infinite sum by their growth."""
    index, first, _ = node.limits[-1]
    k = sympy.Dummy("k", integer=True, positive=first.is_positive or None)
    function = _body(node).xreplace({index: k})
    (part,) = _by_growth(function, k)
    geometric, algebraic = _split(part, k)
    factors = [_Factor.of(x, k) for x in sympy.Mul.make_args(geometric)]
    phases = [x.phase for x in factors]
    t = sympy.Dummy("t", positive=True)
    mapped = algebraic.xreplace({k: 1 / t}) / t**2
    if mapped.is_rational_function(t):
        mapped = sympy.cancel(mapped)
    else:
        mapped = drawn_out(mapped, {t: (0, 1)})
    return Terms(
        k=k,
        t=t,
        term=function,
        geometric=geometric,
        ratio=sympy.Mul(*(x.ratio for x in factors)),
        phase=None if None in phases else sympy.Add(*phases),
        algebraic=algebraic,
        mapped=mapped,
    )


class _Factor(NamedTuple):
    """A factor of H: its ratio, and its phase if its modulus is constant."""

    ratio: sympy.Expr
    phase: sympy.Expr | None

    @classmethod
    def of(cls, factor: sympy.Expr, k: sympy.Symbol) -> "_Factor":
        base, exponent = factor.as_base_exp()
        if k in base.free_symbols:
            return cls(_gamma_ratio(base, k) ** exponent, None)
        step = sympy.expand(exponent.subs(k, k + 1) - exponent)
        if base == S.Exp1:
            angle = sympy.expand(-sympy.I * step)
            turns = not angle.has(sympy.I) and k not in angle.free_symbols
            return cls(sympy.exp(step), angle if turns else None)
        turns = base == -1 and step.is_integer
        return cls(base**step, sympy.pi * step if turns else None)


def _by_growth(function: sympy.Expr, k: sympy.Symbol) -> list[sympy.Expr]:
    """Summands with different powers and factorials in k."""
    waves = [x for x in function.atoms(sympy.sin, sympy.cos) if _is_linear(x.args[0], k)]
    written = function.xreplace({x: x.rewrite(sympy.exp) for x in waves})
    rest = _split(written, k)[1]
    fast = any(_grows(x, k) for x in postorder(rest, leaves=_LOOPS) if isinstance(x, sympy.Expr))
    if not fast or any(x.exp.is_Integer and x.exp > _STEEPEST for x in rest.atoms(sympy.Pow)):
        return [written]
    atoms = {x for x in written.atoms(sympy.Pow, sympy.exp) if _grows(x, k)}
    groups: dict = defaultdict(list)
    for part in sympy.Add.make_args(expanded(written, atoms)):
        groups[_split(part, k)[0]].append(part)
    return [sympy.Add(*parts) for parts in groups.values()]


def _split(function: sympy.Expr, k: sympy.Symbol) -> tuple[sympy.Expr, sympy.Expr]:
    """(H, A) with H·A the function and all factors in H that grow or fall faster than powers."""
    if function.is_Add:
        parts = [_split(x, k) for x in function.args]
        if len({geometric for geometric, _ in parts}) > 1:
            return S.One, function
        return parts[0][0], _simple(sympy.Add(*(rest for _, rest in parts)), k)
    fast = [x for x in sympy.Mul.make_args(function) if _grows(x, k)]
    rest = [x for x in sympy.Mul.make_args(function) if not _grows(x, k)]
    return sympy.Mul(*fast), _simple(sympy.Mul(*rest), k)


def _simple(algebraic: sympy.Expr, k: sympy.Symbol) -> sympy.Expr:
    """A rational function as one quotient: 1/k − 1/(k + 1) falls like k^−2."""
    return sympy.cancel(algebraic) if algebraic.is_rational_function(k) else algebraic


def _grows(factor: sympy.Expr, k: sympy.Symbol) -> bool:
    """Whether a factor is an exponential of a polynomial of k, or a power of factorials of k."""
    base, exponent = factor.as_base_exp()
    if k not in base.free_symbols:
        return k in exponent.free_symbols and exponent.is_polynomial(k)
    return k not in exponent.free_symbols and _gamma_ratio(base, k) is not None


def _is_linear(x: sympy.Expr, k: sympy.Symbol) -> bool:
    return x.is_polynomial(k) and sympy.degree(x, k) == 1


def _gamma_ratio(factor: sympy.Expr, k: sympy.Symbol) -> sympy.Expr | None:
    """The ratio of neighbours of a quotient of gamma functions, if it is rational in k."""
    if type(factor) not in _GAMMAS:
        return None
    above, below = _GAMMAS[type(factor)](*factor.args)
    ratio = S.One
    for arguments, sign in ((above, 1), (below, -1)):
        for x in arguments:
            slope = sympy.expand(x.subs(k, k + 1) - x)
            if not slope.is_Integer or abs(slope) > _STEEPEST:
                return None
            steps = [x + i for i in range(slope)] or [1 / (x - i) for i in range(1, 1 - slope)]
            ratio *= sympy.Mul(*steps) ** sign
    return ratio
