"""Integrals of waves over half-lines, on paths along which the waves decay.

With f = Σ e^{iωx} A_ω(x), each A holomorphic and small far out in a quadrant, the part of ∫ f
beyond some c is turned into the line c ± is, where e^{iωx} falls like e^{−|ω|s}: with t = e^{−|ω|s}
it is an integral of A(c ± i log(1/t)/|ω|) from 0 to 1.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable

import sympy
from sympy import S

# Half-lines from 2^4 to 2^8 on are tried; before them a panel is so many radians long.
_DEPTHS = range(4, 9)
_PANEL = 16


def turned(
    function: sympy.Expr, x: sympy.Symbol, start: sympy.Expr, falls: Callable
) -> sympy.Expr | None:
    """∫ of the function from ``start`` to ∞ as integrals between finite limits, or None.

    Parameters
    ----------
    falls : callable
        ``falls(A, x, depth, turn)`` is whether an expression is surely holomorphic and tends to 0
        for |x| ≥ 2^depth in the quadrant above the real axis (turn = 1) or below (−1); with
        turn = 0, whether it is integrable over [2^depth, ∞).

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> turned(sympy.cos(x), x, sympy.S.Zero, lambda *_: False) is None
    True
    """
    parts = _by_frequency(function, x)
    if parts is None or not start.is_number:
        return None
    for depth in _DEPTHS:
        if all(falls(part, x, depth, int(sympy.sign(w))) for w, part in parts.items()):
            return _head(function, x, start, S(2) ** depth, max(map(abs, parts))) + sympy.Add(
                *(_tail(parts, w, x, S(2) ** depth) for w in parts if w >= 0)
            )
    return None


def _by_frequency(function: sympy.Expr, x: sympy.Symbol) -> dict | None:
    """A_ω by ω, with the conjugate of each frequency; None without waves."""
    function = function.replace(sympy.sinc, lambda u: sympy.sin(u) / u)
    waves = [u for u in function.atoms(sympy.sin, sympy.cos) if _is_wave(u.args[0], x)]
    if not waves or function.free_symbols != {x}:
        return None
    written = function.xreplace({u: u.rewrite(sympy.exp) for u in waves})
    parts: dict = defaultdict(lambda: S.Zero)
    for term in sympy.Add.make_args(expanded(written, written.atoms(sympy.exp))):
        frequency, factors = S.Zero, []
        for factor in sympy.Mul.make_args(term):
            exponent = factor.args[0] if isinstance(factor, sympy.exp) else None
            if exponent is not None and _is_wave(-sympy.I * exponent, x):
                frequency += sympy.expand(-sympy.I * exponent).coeff(x, 1)
                factors.append(sympy.exp(sympy.expand(exponent).coeff(x, 0)))
            else:
                factors.append(factor)
        parts[frequency] += sympy.Mul(*factors)
    simple = {w: sympy.cancel(a) if a.is_rational_function(x) else a for w, a in parts.items()}
    simple = {w: a for w, a in simple.items() if a != 0}
    return simple if any(simple) and all(-w in simple for w in simple) else None


def expanded(f: sympy.Expr, atoms: Iterable) -> sympy.Expr:
    """The sum of products in which the atoms, exponentials say, stay out of denominators."""
    names = {atom: sympy.Dummy() for atom in atoms}
    found = sympy.expand(f.xreplace(names), power_base=False, power_exp=False, log=False)
    return found.xreplace({name: atom for atom, name in names.items()})


def _is_wave(angle: sympy.Expr, x: sympy.Symbol) -> bool:
    angle = sympy.expand(angle)
    if not angle.is_polynomial(x) or sympy.degree(angle, x) != 1:
        return False
    return all(bool(c.is_real and c.is_number) for c in sympy.Poly(angle, x).all_coeffs())


def _head(function: sympy.Expr, x, start, end, frequency) -> sympy.Expr:
    """The integral up to the turn, in panels of a few waves."""
    count = max(1, int(sympy.ceiling(abs(end - start) * frequency / _PANEL)))
    ends = [start + (end - start) * sympy.Rational(i, count) for i in range(count + 1)]
    return sympy.Add(*(sympy.Integral(function, (x, a, b)) for a, b in itertools.pairwise(ends)))


def _tail(parts: dict, frequency, x, start) -> sympy.Expr:
    """The integral of one frequency and its conjugate from the turn on."""
    t = sympy.Dummy("t", positive=True)
    if frequency == 0:
        mapped = parts[frequency].xreplace({x: 1 / t}) / t**2
        mapped = sympy.cancel(mapped) if mapped.is_rational_function(t) else mapped
        return sympy.Integral(mapped, (t, 0, 1 / start))
    total = S.Zero
    for w in (frequency, -frequency):
        place = start - sympy.I * sympy.log(t) / w
        total += sympy.I / w * sympy.exp(sympy.I * w * start) * parts[w].xreplace({x: place})
    return sympy.Integral(total, (t, 0, 1))
