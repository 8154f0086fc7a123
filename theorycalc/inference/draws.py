"""How unknowns and outputs are drawn: expressions in a uniform variable and a normal one.

A law of one's own has its rule by ``unknown.register`` or ``observed.register``.
"""

from functools import singledispatch

import sympy
from sympy import Expr, S, sqrt

from theorycalc.core.errors import NotSupportedError, explain, shown
from theorycalc.core.graph import substitute
from theorycalc.core.special import SpecialFunction
from theorycalc.inference import draws_in_doubles
from theorycalc.inference.densities import Density, Laplace
from theorycalc.inference.likelihoods import Likelihood
from theorycalc.inference.mixtures import Mixture
from theorycalc.inference.named_outputs import Absolute, Linear, Logistic, Relu, Sign
from theorycalc.inference.outputs import Output, Z
from theorycalc.inference.priors import Prior, Y
from theorycalc.inference.solving.likelihood import Law, compiled, likelihood

# Uniform on [0, 1], and standard normal.
U = sympy.Symbol("u", positive=True)
XI = sympy.Symbol("xi", real=True)


class Quantile(SpecialFunction):
    """The y below which a density P(y | z) has the mass u, of (P, z, u)."""

    nargs = 3
    functions = (Law,)

    @staticmethod
    def double(law, z, u):
        return draws_in_doubles.quantiles(compiled(law), z, u)


@singledispatch
def unknown(prior: Prior) -> Expr:
    """x of a prior."""
    raise NotSupportedError(explain("draws of this prior", got=shown(prior), hint="a Mixture"))


@unknown.register
def _(prior: Mixture) -> Expr:
    parts = [(c.mean + sqrt(c.variance) * XI, c.weight) for c in prior.parts]
    return _one_of(parts)


@unknown.register
def _(prior: Laplace) -> Expr:
    side = U - S.Half
    return -sympy.sign(side) * sympy.log(1 - 2 * sympy.Abs(side))


@unknown.register
def _(prior: Density) -> Expr:
    density = substitute(prior.density, dict.fromkeys(prior.density.free_symbols, Y))
    return Quantile(likelihood(density, Y, Z, support=prior.support), S.Zero, U)


@singledispatch
def observed(output: Output) -> Expr:
    """y of an output, given ``Z``."""
    hint = "an output by name, or a likelihood"
    raise NotSupportedError(explain("draws of this output", got=shown(output), hint=hint))


@observed.register
def _(output: Linear) -> Expr:
    return Z + sqrt(output.noise) * XI


@observed.register
def _(output: Sign) -> Expr:
    return sympy.sign(Z + sqrt(output.noise) * XI)


@observed.register
def _(output: Relu) -> Expr:
    return sympy.Max(0, Z)


@observed.register
def _(output: Absolute) -> Expr:
    return sympy.Abs(Z) + sqrt(output.noise) * XI


@observed.register
def _(output: Logistic) -> Expr:
    return sympy.sign((1 + sympy.tanh(Z / 2)) / 2 - U)


@observed.register
def _(output: Likelihood) -> Expr:
    law, values, *_ = output.data.parts
    if not values:
        return Quantile(output.data, Z, U)
    return _one_of([(value, law.subs(Y, value)) for value in values])


def _one_of(parts: list) -> Expr:
    """One of several, each with its probability."""
    *first, (last, _) = parts
    sums = [sympy.Add(*(chance for _, chance in parts[: i + 1])) for i in range(len(first))]
    cases = [(value, total > U) for (value, _), total in zip(first, sums, strict=True)]
    return sympy.Piecewise(*cases, (last, True))
