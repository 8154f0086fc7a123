"""The lowered vocabulary as data: every function with arguments inside its real domain.

``unit`` maps any real expression into (0, 1], ``above`` into [1, ∞), ``small`` into [−1, 1].
"""

import sympy as sp

import theorycalc as tc


def unit(e):
    return 1 / (1 + e**2)


def above(e):
    return 1 + e**2


def small(e):
    return e / (1 + e**2)


HALF, THIRD = sp.Rational(1, 2), sp.Rational(1, 3)

UNARY = {
    "exp": lambda e: sp.exp(small(e)),
    "log": lambda e: sp.log(above(e) + 1),
    "sqrt": lambda e: sp.sqrt(above(e)),
    "cbrt": lambda e: sp.cbrt(above(e)),
    "power": lambda e: above(e) ** small(e),
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": lambda e: sp.tan(small(e)),
    "cot": lambda e: sp.cot(unit(e)),
    "sec": lambda e: sp.sec(unit(e)),
    "csc": lambda e: sp.csc(unit(e)),
    "sinc": lambda e: sp.sinc(e),
    "asin": lambda e: sp.asin(small(e)),
    "acos": lambda e: sp.acos(small(e)),
    "atan": sp.atan,
    "acot": lambda e: sp.acot(unit(e)),
    "asec": lambda e: sp.asec(above(e) + 1),
    "acsc": lambda e: sp.acsc(above(e) + 1),
    "atan2": lambda e: sp.atan2(unit(e), e - 1),
    "sinh": lambda e: sp.sinh(small(e)),
    "cosh": lambda e: sp.cosh(small(e)),
    "tanh": sp.tanh,
    "coth": lambda e: sp.coth(unit(e)),
    "sech": sp.sech,
    "csch": lambda e: sp.csch(unit(e)),
    "asinh": sp.asinh,
    "acosh": lambda e: sp.acosh(above(e) + 1),
    "atanh": lambda e: sp.atanh(small(e)),
    "acoth": lambda e: sp.acoth(above(e) + 1),
    "asech": lambda e: sp.asech(unit(e) / 2),
    "acsch": lambda e: sp.acsch(above(e)),
    "Abs": lambda e: sp.Abs(e) + 1,
    "sign": lambda e: sp.sign(e) + THIRD,
    "Heaviside": lambda e: sp.Heaviside(e) + THIRD,
    "Max": lambda e: sp.Max(e, HALF, 1 - e),
    "Min": lambda e: sp.Min(e, HALF) + 7,
    "floor": lambda e: sp.floor(e) + HALF,
    "ceiling": lambda e: sp.ceiling(e) + HALF,
    "Piecewise": lambda e: sp.Piecewise(
        (sp.exp(-e), e > HALF), (1 + e**2, sp.And(e > -1, e < 0)), (2, True)
    ),
    "gamma": lambda e: sp.gamma(above(e)),
    "rgamma": lambda e: 1 / sp.gamma(e),
    "loggamma": lambda e: sp.loggamma(above(e) + 2),
    "digamma": lambda e: sp.digamma(above(e) + 1),
    "polygamma": lambda e: sp.polygamma(2, above(e)),
    "factorial": lambda e: sp.factorial(unit(e)),
    "factorial2": lambda e: sp.factorial2(5) + e,
    "beta": lambda e: sp.beta(unit(e), above(e)),
    "catalan": lambda e: sp.catalan(above(e)),
    "betainc": lambda e: sp.betainc(HALF, above(e), THIRD, unit(e)) + 1,
    "betainc_regularized": lambda e: sp.betainc_regularized(HALF, THIRD, 0, unit(e) / 2),
    "binomial": lambda e: sp.binomial(above(e), unit(e)),
    "rising": lambda e: sp.RisingFactorial(above(e), 4),
    "rising_real": lambda e: sp.RisingFactorial(above(e), unit(e)),
    "falling": lambda e: sp.FallingFactorial(above(e) + 4, 3),
    "lowergamma": lambda e: sp.lowergamma(THIRD, above(e)),
    "uppergamma": lambda e: sp.uppergamma(THIRD, above(e)),
    "erf": sp.erf,
    "erfc": sp.erfc,
    "erfi": lambda e: sp.erfi(small(e)),
    "erf2": lambda e: sp.erf2(unit(e), above(e) + 1),
    "erfinv": lambda e: sp.erfinv(small(e)),
    "erfcinv": lambda e: sp.erfcinv(unit(e) / 3),
    "erfcx": lambda e: tc.erfcx(small(e)),
    "log_erfc": tc.log_erfc,
    "log_ndtr": tc.log_ndtr,
    "besselj": lambda e: sp.besselj(THIRD, above(e)),
    "bessely": lambda e: sp.bessely(1, above(e)),
    "besseli": lambda e: sp.besseli(2, small(e)) + 1,
    "besselk": lambda e: sp.besselk(HALF / 2, above(e)),
    "besseli_scaled": lambda e: tc.besseli_scaled(2, above(e)),
    "besselk_scaled": lambda e: tc.besselk_scaled(THIRD, above(e)),
    "lowergamma_regularized": lambda e: tc.lowergamma_regularized(THIRD, above(e)),
    "uppergamma_regularized": lambda e: tc.uppergamma_regularized(3, unit(e)),
    "hyp0f1": lambda e: sp.hyper([], [THIRD], small(e)),
    "hyp1f1": lambda e: sp.hyper([HALF], [THIRD], small(e)),
    "hyp2f1": lambda e: sp.hyper([HALF, THIRD], [2 * THIRD], small(e)),
    "hyp3f2": lambda e: sp.hyper([1, 1, HALF], [2, THIRD], small(e)),
    "hyperu": lambda e: tc.hyperu(HALF, THIRD, above(e)),
    "legendre": lambda e: sp.legendre(7, small(e), evaluate=False),
    "legendre_real": lambda e: sp.legendre(HALF, small(e)),
    "gegenbauer": lambda e: sp.gegenbauer(5, 3 * HALF, small(e), evaluate=False),
    "jacobi": lambda e: sp.jacobi(4, HALF, THIRD, small(e), evaluate=False),
    "hermite": lambda e: sp.hermite(6, small(e), evaluate=False),
    "hermite_prob": lambda e: sp.hermite_prob(5, small(e) + 1, evaluate=False),
    "laguerre": lambda e: sp.laguerre(5, small(e), evaluate=False),
    "assoc_laguerre": lambda e: sp.assoc_laguerre(5, THIRD, small(e), evaluate=False),
    "chebyshevt": lambda e: sp.chebyshevt(9, small(e), evaluate=False),
    "chebyshevu": lambda e: sp.chebyshevu(9, small(e), evaluate=False),
    "polylog": lambda e: sp.polylog(THIRD, small(e)) + 1,
    "zeta": lambda e: sp.zeta(above(e) + 1),
    "hurwitz": lambda e: sp.zeta(3, above(e)),
    "dirichlet_eta": lambda e: sp.dirichlet_eta(above(e) + 1),
    "lambertw": lambda e: sp.LambertW(above(e)),
    "lambertw_minus": lambda e: sp.LambertW(-unit(e) / 3, -1),
    "expint": lambda e: sp.expint(THIRD, above(e)),
    "Ei": lambda e: sp.Ei(above(e)),
    "Sum": lambda e: (
        sp.Sum(small(e) ** sp.Symbol("i") / sp.Symbol("i"), (sp.Symbol("i"), 1, 5)) + 1
    ),
    "Product": lambda e: sp.Product(1 + unit(e) / sp.Symbol("i"), (sp.Symbol("i"), 1, 5)),
    "Integral": lambda e: sp.Integral(
        sp.exp(-unit(e) * sp.Symbol("t") ** 2), (sp.Symbol("t"), 0, 1)
    ),
}
