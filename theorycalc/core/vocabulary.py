"""The functions that can be evaluated: a new one is a line here and one in the arithmetics."""

from collections.abc import Callable

import sympy
from sympy.codegen.cfunctions import expm1, log1p

from theorycalc.core.contractions import rgamma, softplus
from theorycalc.core.error_functions import erfcx, log_erfc, log_ndtr
from theorycalc.core.scaled_functions import (
    besseli_scaled,
    besselk_scaled,
    lowergamma_regularized,
    uppergamma_regularized,
)

# Functions that every context computes itself, under the name that the contexts use.
FUNCTIONS = {
    sympy.exp: "exp",
    expm1: "expm1",
    log1p: "log1p",
    softplus: "softplus",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.sinc: "sinc",
    sympy.asin: "asin",
    sympy.acos: "acos",
    sympy.atan: "atan",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.tanh: "tanh",
    sympy.asinh: "asinh",
    sympy.acosh: "acosh",
    sympy.atanh: "atanh",
    sympy.Abs: "abs",
    sympy.sign: "sign",
    sympy.Heaviside: "heaviside",
    sympy.Max: "max",
    sympy.Min: "min",
    sympy.floor: "floor",
    sympy.ceiling: "ceiling",
    sympy.gamma: "gamma",
    rgamma: "rgamma",
    sympy.loggamma: "loggamma",
    sympy.digamma: "digamma",
    sympy.polygamma: "polygamma",
    sympy.beta: "beta",
    sympy.betainc: "betainc",
    sympy.binomial: "binomial",
    sympy.RisingFactorial: "rising",
    sympy.lowergamma: "lowergamma",
    sympy.uppergamma: "uppergamma",
    lowergamma_regularized: "lowergamma_regularized",
    uppergamma_regularized: "uppergamma_regularized",
    sympy.erf: "erf",
    sympy.erfc: "erfc",
    sympy.erfi: "erfi",
    sympy.erfinv: "erfinv",
    sympy.erfcinv: "erfcinv",
    erfcx: "erfcx",
    log_erfc: "log_erfc",
    log_ndtr: "log_ndtr",
    sympy.besselj: "besselj",
    sympy.bessely: "bessely",
    sympy.besseli: "besseli",
    sympy.besselk: "besselk",
    besseli_scaled: "besseli_scaled",
    besselk_scaled: "besselk_scaled",
    sympy.legendre: "legendre",
    sympy.gegenbauer: "gegenbauer",
    sympy.jacobi: "jacobi",
    sympy.hermite: "hermite",
    sympy.assoc_laguerre: "laguerre",
    sympy.chebyshevt: "chebyshevt",
    sympy.chebyshevu: "chebyshevu",
    sympy.polylog: "polylog",
    sympy.zeta: "zeta",
    sympy.LambertW: "lambertw",
    sympy.expint: "expint",
    sympy.Ei: "ei",
}

# Functions that are written with others first.
REWRITES: dict[type, Callable] = {
    sympy.cot: lambda x: sympy.cos(x) / sympy.sin(x),
    sympy.sec: lambda x: 1 / sympy.cos(x),
    sympy.csc: lambda x: 1 / sympy.sin(x),
    sympy.coth: lambda x: 1 / sympy.tanh(x),
    sympy.sech: lambda x: 1 / sympy.cosh(x),
    sympy.csch: lambda x: 1 / sympy.sinh(x),
    sympy.acot: lambda x: sympy.Piecewise(
        (sympy.pi / 2, sympy.Eq(x, 0)), (sympy.atan(1 / x), True)
    ),
    sympy.asec: lambda x: sympy.acos(1 / x),
    sympy.acsc: lambda x: sympy.asin(1 / x),
    sympy.acoth: lambda x: sympy.atanh(1 / x),
    sympy.asech: lambda x: sympy.acosh(1 / x),
    sympy.acsch: lambda x: sympy.asinh(1 / x),
    sympy.frac: lambda x: x - sympy.floor(x),
    sympy.Mod: lambda x, y: x - y * sympy.floor(x / y),
    sympy.factorial: lambda n: sympy.gamma(n + 1),
    sympy.factorial2: lambda n: (
        2 ** (n / 2)
        * sympy.gamma(n / 2 + 1)
        * sympy.sqrt(2 / sympy.pi) ** ((1 - sympy.cos(sympy.pi * n)) / 2)
    ),
    # SymPy writes beta(x, x + 1) with it
    sympy.catalan: lambda n: (
        4**n * sympy.gamma(n + sympy.S.Half) / (sympy.sqrt(sympy.pi) * sympy.gamma(n + 2))
    ),
    sympy.FallingFactorial: lambda x, k: sympy.RisingFactorial(x - k + 1, k),
    sympy.betainc_regularized: lambda a, b, x, y: sympy.betainc(a, b, x, y) / sympy.beta(a, b),
    sympy.erf2: lambda x, y: sympy.erf(y) - sympy.erf(x),
    # SymPy would turn it back
    sympy.laguerre: lambda n, x: sympy.assoc_laguerre(n, 0, x, evaluate=False),
    sympy.hermite_prob: lambda n, x: sympy.hermite(n, x / sympy.sqrt(2)) / 2 ** (n / 2),
    sympy.harmonic: lambda n, m=sympy.S.One: sympy.Piecewise(
        (sympy.digamma(n + 1) + sympy.EulerGamma, sympy.Eq(m, 1)),
        (sympy.zeta(m) - sympy.zeta(m, n + 1), True),
    ),
    sympy.dirichlet_eta: lambda s: (1 - 2 ** (1 - s)) * sympy.zeta(s),
}

RELATIONS = {
    sympy.Eq: "==",
    sympy.Ne: "!=",
    sympy.Lt: "<",
    sympy.Le: "<=",
    sympy.Gt: ">",
    sympy.Ge: ">=",
}
LOGIC = {sympy.And: "all", sympy.Or: "any", sympy.Not: "negate"}
