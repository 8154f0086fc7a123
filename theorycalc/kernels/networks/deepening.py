"""Kernels of networks with any number of equal layers on top."""

from dataclasses import replace

import sympy

from theorycalc.core.errors import DerivationError, NotSupportedError, explain
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.formula import Formula
from theorycalc.core.remainders import remainder_holds
from theorycalc.core.value import Value
from theorycalc.kernels.fixed_points.deep_limits import deep_limit
from theorycalc.kernels.fixed_points.layer_maps import hidden_layer
from theorycalc.kernels.symbols import RHO

DEPTH = sympy.Symbol("L", integer=True, positive=True)
# Networks with so many more layers are compared, at these correlations.
_MORE = (4, 24)
_CORRELATIONS = ("99/100", "1/3", "-3/4")


def deep_nngp(network) -> Formula:
    """Σ of a network with L hidden layers, from this one and the fixed point of its layers."""
    layer = hidden_layer(network.layers)
    variance = network.sigma_w[0] ** 2 + network.sigma_b[0] ** 2
    if variance != 1:
        what = "a deep limit needs variance 1 after the first layer"
        raise NotSupportedError(explain(what, got=f"σ_w² + σ_b² = {variance}"))
    kernel = network.nngp
    start = sympy.Symbol(kernel.name, real=True)
    limit = deep_limit(layer, start, DEPTH - network.depth)

    def formula(expr, error=None) -> Formula:
        return Formula(
            "Sigma",
            expr,
            args=(RHO, DEPTH),
            domain=(RHO > -1) & (RHO < 1) & sympy.Ge(DEPTH, network.depth),
            where=[*kernel.where, (start, kernel.body), *limit.where],
            error=error,
        )

    def exactly(using: Arithmetic, **at) -> Value:
        return _with_depth(network, int(at["L"])).nngp.at(using=using, rho=at["rho"])

    points = [{"rho": c, "L": network.depth + more} for more in _MORE for c in _CORRELATIONS]
    if not remainder_holds(exactly, formula(limit.value), formula(limit.error), points):
        what = "deeper networks are farther from the limit than its error says"
        raise DerivationError(explain(what, hint="a deeper network to start with"))
    return formula(limit.value, limit.error)


def _with_depth(network, depth: int):
    """The network with more of its last layers."""
    more = depth - network.depth
    sigma_w = (*network.sigma_w, *[network.sigma_w[-1]] * more)
    sigma_b = (*network.sigma_b, *[network.sigma_b[-1]] * more)
    return replace(network, depth=depth, sigma_w=sigma_w, sigma_b=sigma_b)
