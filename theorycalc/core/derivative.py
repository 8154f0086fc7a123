"""Derivatives along named intermediate quantities."""

import sympy
from sympy.functions.special.polynomials import OrthogonalPolynomial

from theorycalc.core.graph import free_symbols, postorder, substitute


def total_derivative(expr, slopes) -> sympy.Expr:
    """Σ ∂expr/∂s · slope of s, almost everywhere: jumps contribute nothing."""
    moving = sorted(free_symbols(expr) & slopes.keys(), key=str)
    return sympy.Add(*(_real_derivative(expr, symbol) * slopes[symbol] for symbol in moving))


def _real_derivative(expr, symbol) -> sympy.Expr:
    # SymPy differentiates |x| of a symbol that may be complex into real and imaginary parts
    real = {s: sympy.Dummy(s.name, real=True) for s in free_symbols(expr) if s.is_real is None}
    slope = _without_constants(expr).xreplace(real).diff(real.get(symbol, symbol))
    slope = slope.replace(sympy.DiracDelta, lambda *_: sympy.S.Zero)
    return slope.xreplace({dummy: s for s, dummy in real.items()})


def _without_constants(expr) -> sympy.Expr:
    """Polynomials of degree 0 as 1: SymPy writes their slopes with polynomials of degree −1."""
    kinds = (OrthogonalPolynomial, sympy.assoc_laguerre)
    found = [node for node in postorder(expr) if isinstance(node, kinds) and node.args[0] == 0]
    return substitute(expr, dict.fromkeys(found, sympy.S.One)) if found else expr
