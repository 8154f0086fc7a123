"""Proved bounds on the growth of an activation along the real line."""

from dataclasses import dataclass
from functools import lru_cache

import sympy
from sympy import Expr, S

from theorycalc.activations import Activation
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.integration.kinks import SWITCHES

# Functions of a real argument whose modulus is bounded.
_BOUNDED = {
    sympy.tanh: S.One,
    sympy.sin: S.One,
    sympy.cos: S.One,
    sympy.erf: S.One,
    sympy.erfc: S(2),
    sympy.sign: S.One,
    sympy.Heaviside: S.One,
    sympy.atan: sympy.pi / 2,
    sympy.sech: S.One,
}


@dataclass(frozen=True)
class Growth:
    """|f(z)| ≤ constant · |z|^power · e^(rate·|z|) for all real |z| ≥ 1."""

    constant: Expr
    power: Expr = S.Zero
    rate: Expr = S.Zero

    def __add__(self, other: "Growth") -> "Growth":
        return Growth(
            self.constant + other.constant,
            sympy.Max(self.power, other.power),
            sympy.Max(self.rate, other.rate),
        )

    def __mul__(self, other: "Growth") -> "Growth":
        return Growth(
            self.constant * other.constant, self.power + other.power, self.rate + other.rate
        )

    def __pow__(self, exponent: Expr) -> "Growth":
        return Growth(self.constant**exponent, self.power * exponent, self.rate * exponent)


@lru_cache(maxsize=512)
def is_bounded(activation: Activation) -> bool:
    """Whether the rules give a bound for an activation."""
    try:
        growth(activation.expr, activation.symbol)
    except NotSupportedError:
        return False
    return True


def growth(expr: Expr, z: sympy.Symbol) -> Growth:
    """A bound on the growth of an expression, by rules on its parts.

    Raises
    ------
    NotSupportedError
        If no rule applies; the part is named.

    Examples
    --------
    >>> z = sympy.Symbol("z", real=True)
    >>> growth(z * sympy.tanh(z) + 3, z)
    Growth(constant=4, power=1, rate=0)
    >>> growth(sympy.log(1 + sympy.exp(2 * z)), z)
    Growth(constant=log(2) + 2, power=1, rate=0)
    """
    if z not in expr.free_symbols:
        return Growth(sympy.Abs(expr))
    if expr == z:
        return Growth(S.One, S.One)
    rule = next((rule for cls, rule in _RULES.items() if isinstance(expr, cls)), None)
    found = rule(expr, z) if rule else None
    if found is None:
        raise NotSupportedError(
            explain(
                "no bound on the growth is known, so the tails of the integral cannot be enclosed",
                got=expr,
                hint="using=MP() or Float()",
            )
        )
    return found


def _sum(expr, z):
    parts = [growth(arg, z) for arg in expr.args]
    return sum(parts[1:], parts[0])


def _product(expr, z):
    bound = Growth(S.One)
    for arg in expr.args:
        bound = bound * growth(arg, z)
    return bound


def _power(expr, z):
    base, exponent = expr.args
    if z in exponent.free_symbols:
        return _exponential(exponent * sympy.log(base), z) if base.is_positive else None
    if exponent.is_nonnegative:
        return growth(base, z) ** exponent
    least = least_value(base, z)
    return None if least is None else Growth(least**exponent)


def _exp(expr, z):
    return _exponential(expr.args[0], z)


def _exponential(exponent, z):
    """e^f for f with a bound on one side: linear, bounded, or −g z² + linear."""
    polynomial = sympy.expand(exponent).as_poly(z)
    if polynomial is None:
        bound = growth(exponent, z)
        return Growth(sympy.exp(bound.constant)) if bound.power == bound.rate == 0 else None
    if polynomial.degree() == 1:
        slope, offset = polynomial.all_coeffs()
        return Growth(sympy.exp(offset), S.Zero, sympy.Abs(slope))
    if polynomial.degree() == 2 and polynomial.LC().is_negative:
        a, b, c = polynomial.all_coeffs()
        return Growth(sympy.exp(c - b**2 / (4 * a)))
    return None


def _logarithm(expr, z):
    """log f for least ≤ f ≤ C|z|^p e^{α|z|}: at most |log C| + p log|z| + α|z|, log|z| ≤ |z|.

    Of products and powers, which may come near 0, it is the sum of the logarithms.
    """
    argument = expr.args[0]
    if isinstance(argument, sympy.Pow) and z not in argument.exp.free_symbols:
        return Growth(sympy.Abs(argument.exp)) * growth(sympy.log(argument.base), z)
    if isinstance(argument, sympy.Mul):
        return _sum(sympy.Add(*map(sympy.log, argument.args), evaluate=False), z)
    least = least_value(argument, z)
    if least is None:
        return None
    bound = growth(expr.args[0], z)
    above = Growth(
        sympy.Abs(sympy.log(bound.constant)) + bound.power + bound.rate,
        S.One if bound.power or bound.rate else S.Zero,
    )
    return above if least >= 1 else above + Growth(sympy.Abs(sympy.log(least)))


def _hyperbolic(expr, z):
    bound = growth(expr.args[0], z)
    linear = bound.rate == 0 and bound.power <= 1
    return _exponential(expr.args[0], z) + _exponential(-expr.args[0], z) if linear else None


def _largest(expr, z):
    """A switch takes one of the values it switches between."""
    if isinstance(expr, sympy.Piecewise):
        parts = [growth(branch, z) for branch, _ in expr.args]
    else:
        parts = [growth(arg, z) for arg in expr.args]
    return sum(parts[1:], parts[0])


_RULES = {
    sympy.Add: _sum,
    sympy.Mul: _product,
    sympy.exp: _exp,
    sympy.Pow: _power,
    sympy.log: _logarithm,
    (sympy.sinh, sympy.cosh): _hyperbolic,
    tuple(_BOUNDED): lambda expr, z: Growth(_BOUNDED[type(expr)]),
    sympy.asinh: lambda expr, z: growth(expr.args[0], z),
    tuple(set(SWITCHES) - {sympy.sign, sympy.Heaviside}): _largest,
}


def least_value(expr: Expr, z: sympy.Symbol) -> Expr | None:
    """A positive lower bound of an expression over the real line, or None."""
    if z not in expr.free_symbols:
        return expr if expr.is_positive else None
    if isinstance(expr, sympy.Add):
        positive = [arg for arg in expr.args if z not in arg.free_symbols]
        rest = [arg for arg in expr.args if z in arg.free_symbols]
        constant = sympy.Add(*positive)
        if constant.is_positive and all(_is_nonnegative(arg, z) for arg in rest):
            return constant
        return None
    if isinstance(expr, sympy.Mul):
        parts = [least_value(arg, z) for arg in expr.args]
        return None if None in parts else sympy.Mul(*parts)
    if isinstance(expr, sympy.cosh):
        return S.One
    if isinstance(expr, sympy.Pow) and expr.exp.is_positive and z not in expr.exp.free_symbols:
        least = least_value(expr.base, z)
        return None if least is None else least**expr.exp
    return None


def _is_nonnegative(expr: Expr, z: sympy.Symbol) -> bool:
    real = expr.xreplace({z: sympy.Dummy(real=True)})
    return bool(real.is_nonnegative)
