"""Sub-expressions that lose digits or overflow in doubles as written, and ones that do not."""

import sympy
from sympy import acos, cos, cosh, erf, erfc, exp, pi, sin, tanh
from sympy.codegen.cfunctions import expm1, log1p

from theorycalc.core.error_functions import erfcx, log_erfc, log_ndtr
from theorycalc.core.strict import StrictFunction


class softplus(StrictFunction):  # noqa: N801 - named like SymPy's functions
    """log(1 + exp(x)), without overflow."""


class rgamma(StrictFunction):  # noqa: N801
    """1/Γ(x), which is 0 at the poles of Γ."""

    nargs = 1


def contract_power(node: sympy.Pow) -> sympy.Expr | None:
    """Γ(x)^(−n) → (1/Γ)(x)^n."""
    if isinstance(node.base, sympy.gamma) and node.exp.is_negative:
        return rgamma(*node.base.args) ** -node.exp
    return None


def contract_sum(node: sympy.Add, squares: bool = True) -> sympy.Expr | None:
    """Contract a constant c with one other term; with a square only where asked for.

    c·exp(u) − c → c·expm1(u), c ± c·erf(u) → c·erfc(∓u), c − c·tanh(u)² → c/cosh(u)²,
    c − c·cos(u) → 2c·sin(u/2)², c − c·u² → c(1 − u)(1 + u), c·π − c·arccos(u) → c·arccos(−u).
    """
    c, terms = node.as_coeff_add()
    if not c:
        return _supplement(terms)
    for i, term in enumerate(terms):
        factor, function = term.as_coeff_Mul()
        contracted = _with_constant(c, factor / c, function, squares)
        if contracted is not None:
            return sympy.Add(contracted, *terms[:i], *terms[i + 1 :])
    return None


def bilinear_product(node: sympy.Add) -> sympy.Expr | None:
    """a·x·y + b·x + c·y + d, written with a variable twice, as a(x + c/a)(y + b/a) + d − b·c/a.

    Each variable then occurs once, so that of intervals the range is exact.
    """
    symbols = sorted(node.free_symbols, key=str)
    written = [x for x in sympy.preorder_traversal(node) if x.is_Symbol]
    if len(symbols) != 2 or len(written) == 2 or not node.is_polynomial(*symbols):
        return None
    x, y = symbols
    coefficients = sympy.Poly(node, x, y).as_dict()
    if not coefficients.keys() <= {(1, 1), (1, 0), (0, 1), (0, 0)} or (1, 1) not in coefficients:
        return None
    a, b, c, d = (coefficients.get(key, 0) for key in ((1, 1), (1, 0), (0, 1), (0, 0)))
    return a * (x + c / a) * (y + b / a) + d - b * c / a


def _with_constant(c, ratio, function, squares) -> sympy.Expr | None:
    """c + c·ratio·function, if that contracts."""
    if isinstance(function, exp) and ratio == -1:
        return -c * expm1(function.args[0])
    if isinstance(function, cos) and ratio == -1:
        return 2 * c * sin(function.args[0] / 2) ** 2
    if isinstance(function, erf) and ratio in (1, -1):
        # unevaluated: SymPy turns erfc(−x) back into 2 − erfc(x)
        return sympy.Mul(c, erfc(-ratio * function.args[0], evaluate=False))
    if function.is_Pow and function.exp == 2 and ratio == -1:
        if isinstance(function.base, tanh):
            return c / cosh(function.base.args[0]) ** 2
        if squares:
            return c * (1 - function.base) * (1 + function.base)
    return None


def _supplement(terms) -> sympy.Expr | None:
    for i, term in enumerate(terms):
        factor, function = term.as_coeff_Mul()
        if isinstance(function, acos) and -factor * pi in terms:
            rest = (t for j, t in enumerate(terms) if j != i and t != -factor * pi)
            # unevaluated: SymPy turns acos(−x) back into π − acos(x)
            return sympy.Add(-factor * acos(-function.args[0], evaluate=False), *rest)
    return None


def contract_log(node: sympy.log) -> sympy.Expr | None:
    """log(1 + exp(u)) → softplus(u), else log(1 + u) → log1p(u); log(erfc(u)), log(erfc(u)/2)."""
    if isinstance(node.args[0], erfc):
        return log_erfc(*node.args[0].args)
    factor, function = node.args[0].as_coeff_Mul()
    if factor == sympy.S.Half and isinstance(function, erfc):
        return log_ndtr(-sympy.sqrt(2) * function.args[0])
    if not node.args[0].is_Add:
        return None
    one, rest = node.args[0].as_coeff_Add()
    if one != 1:
        return None
    return softplus(rest.args[0]) if isinstance(rest, exp) else log1p(rest)


def contract_product(node: sympy.Mul) -> sympy.Expr | None:
    """Products whose factors overflow, and they do not.

    exp(n u²)·erfc(u)^n → erfcx(u)^n,
    exp(u)·(1 + exp(u))^(−n) → (1 + exp(−u))^(−1)·(1 + exp(u))^(1−n).
    """
    return _scaled(node) or _logistic(node)


def _scaled(node: sympy.Mul) -> sympy.Expr | None:
    for tail in node.args:
        base, n = tail.as_base_exp()
        if not isinstance(base, erfc):
            continue
        square = base.args[0] ** 2
        for factor in node.args:
            if isinstance(factor, exp) and sympy.expand(factor.args[0] - n * square) == 0:
                rest = [f for f in node.args if f not in (tail, factor)]
                return sympy.Mul(erfcx(base.args[0]) ** n, *rest)
    return None


def _logistic(node: sympy.Mul) -> sympy.Expr | None:
    for factor in node.args:
        logistic = 1 + factor
        if isinstance(factor, exp):
            for power in node.args:
                base, exponent = power.as_base_exp()
                if base == logistic and exponent.is_Integer and exponent <= -1:
                    rest = [f for f in node.args if f not in (factor, power)]
                    return sympy.Mul(1 / (1 + 1 / factor), base ** (exponent + 1), *rest)
    return None
