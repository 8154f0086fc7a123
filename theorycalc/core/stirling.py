"""Products of Gamma functions and powers at large arguments, by Stirling's series."""

import sympy

from theorycalc.core.coefficients import tidy
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.graph import postorder

# Γ in the place of functions that are quotients of Γ.
_AS_GAMMAS = (sympy.factorial, sympy.binomial, sympy.beta, sympy.RisingFactorial)


def asymptotic_product(expr: sympy.Expr, x: sympy.Symbol, order: int) -> tuple:
    """(prefactor, [c_0, …, c_order]) of a product ~ prefactor · Σ c_k x^-k, with c_0 = 1.

    Every factor is a constant, a power or an exponential of x, a rational function of it, or Γ of
    a linear one. The logarithms of all are added: what is left of x log x cancels or stays.

    Raises
    ------
    NotSupportedError
        For another factor.
    """
    logarithm, others = _Logarithm(order), sympy.S.One
    for base, exponent in _factors(expr, x):
        if base.has(x):
            logarithm.add(base, exponent, x)
        elif exponent.has(x):
            slope, shift = _linear(exponent, x)
            logarithm.linear += slope * sympy.log(base)
            others *= base**shift
        else:
            others *= base**exponent
    return sympy.powsimp(others * logarithm.leading(x)), _exponential(logarithm.tail, order)


def has_factors(expr: sympy.Expr, x: sympy.Symbol) -> bool:
    """Whether x stands in a Gamma function or an exponent: then it may have no powers."""
    return any(
        (isinstance(node, (sympy.gamma, sympy.exp, *_AS_GAMMAS)) and x in node.free_symbols)
        or (node.is_Pow and x in node.exp.free_symbols)
        for node in postorder(expr, leaves=(sympy.Sum,))
    )


class _Logarithm:
    """a x log x + b x + c log x + e + Σ t_k x^-k."""

    def __init__(self, order: int):
        self.x_log_x = self.linear = self.power = self.constant = sympy.S.Zero
        self.tail: dict = dict.fromkeys(range(1, order + 1), sympy.S.Zero)

    def add(self, base: sympy.Expr, exponent: sympy.Expr, x: sympy.Symbol) -> None:
        """Another factor: a power of Γ(a x + b) or of a x + b."""
        is_gamma = isinstance(base, sympy.gamma)
        a, b = _linear(base.args[0] if is_gamma else base, x)
        if exponent.has(x) or not a.is_positive:
            raise NotSupportedError(explain("the asymptotics of a factor", got=base**exponent))
        power = b - sympy.Rational(1, 2) if is_gamma else sympy.S.One
        if is_gamma:
            self.x_log_x += exponent * a
            self.linear += exponent * a * (sympy.log(a) - 1)
            self.constant += exponent * sympy.log(2 * sympy.pi) / 2
        self.power += exponent * power
        self.constant += exponent * power * sympy.log(a)
        term = _log_gamma if is_gamma else _log_linear
        for k in self.tail:
            self.tail[k] += exponent * term(a, b, k)

    def leading(self, x: sympy.Symbol) -> sympy.Expr:
        """The exponential of what does not vanish."""
        growth = sympy.expand(self.x_log_x) * x * sympy.log(x) + sympy.expand(self.linear) * x
        return (
            sympy.exp(sympy.expand(self.constant))
            * x ** sympy.expand(self.power)
            * sympy.exp(growth)
        )


def _factors(expr: sympy.Expr, x: sympy.Symbol) -> list[tuple]:
    """(base, exponent) of every factor, polynomials written as products."""
    expr = expr.replace(lambda e: isinstance(e, _AS_GAMMAS), lambda e: e.rewrite(sympy.gamma))
    expr = sympy.powsimp(sympy.expand_power_base(expr), deep=False)
    factored = sympy.factor(sympy.gammasimp(expr)) if expr.is_Add else expr
    found = []
    whole = sympy.Mul(*(sympy.together(f) for f in sympy.Mul.make_args(factored)))
    for factor in sympy.Mul.make_args(sympy.expand_power_base(whole, force=True)):
        base, exponent = factor.as_base_exp()
        parts = [(base, sympy.S.One)]
        if base.has(x) and base.is_polynomial(x):
            lead, roots = sympy.factor_list(base, x)
            parts = [(lead, sympy.S.One), *roots]
        found += [(part, times * exponent) for part, times in parts]
    return found


def _linear(expr: sympy.Expr, x: sympy.Symbol) -> tuple:
    """(a, b) of a x + b."""
    a = expr.diff(x)
    if a.has(x):
        raise NotSupportedError(
            explain("the asymptotics of a factor", got=expr, allowed="Γ of what is linear")
        )
    return a, sympy.expand(expr - a * x)


def _log_gamma(a: sympy.Expr, b: sympy.Expr, k: int) -> sympy.Expr:
    """What Stirling's series of log Γ(a x + b) has at x^-k."""
    return (-1) ** (k + 1) * sympy.bernoulli(k + 1, b) / (k * (k + 1) * a**k)


def _log_linear(a: sympy.Expr, b: sympy.Expr, k: int) -> sympy.Expr:
    """What log(a x + b) has at x^-k."""
    return -((-b / a) ** k) / k


def _exponential(tail: dict, order: int) -> list[sympy.Expr]:
    """The coefficients of exp Σ e_k h^k: n c_n = Σ k e_k c_{n−k}."""
    found = [sympy.S.One]
    for n in range(1, order + 1):
        total = sum(k * tail.get(k, 0) * found[n - k] for k in range(1, n + 1))
        found.append(tidy(sympy.expand(total / n)))
    return found
