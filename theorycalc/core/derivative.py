"""Derivatives along named intermediate quantities."""

import sympy

from theorycalc.core.graph import free_symbols


def total_derivative(expr, slopes) -> sympy.Expr:
    """Σ ∂expr/∂s · slope of s, almost everywhere: jumps contribute nothing."""
    moving = sorted(free_symbols(expr) & slopes.keys(), key=str)
    return sympy.Add(*(_real_derivative(expr, symbol) * slopes[symbol] for symbol in moving))


def _real_derivative(expr, symbol) -> sympy.Expr:
    # SymPy differentiates |x| of a symbol that may be complex into real and imaginary parts
    real = {s: sympy.Dummy(s.name, real=True) for s in free_symbols(expr) if s.is_real is None}
    slope = expr.xreplace(real).diff(real.get(symbol, symbol))
    slope = slope.replace(sympy.DiracDelta, lambda *_: sympy.S.Zero)
    return slope.xreplace({dummy: s for s, dummy in real.items()})
