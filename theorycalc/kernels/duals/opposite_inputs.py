"""Infinite derivatives at opposite inputs, and their sign.

Coefficients of a kernel as a power series in ρ are not negative, so that what is infinite at ρ = 1
is +∞. At ρ = −1 the sign is known from symmetry, or from the one factor that is infinite there.
"""

from collections.abc import Mapping

import sympy

from theorycalc.activations import Activation
from theorycalc.core.arithmetic import Ball
from theorycalc.core.derivative import total_derivative
from theorycalc.core.errors import DomainError, PrecisionError
from theorycalc.core.formula import Formula
from theorycalc.core.value import Value
from theorycalc.kernels.duals import families
from theorycalc.kernels.duals.parity import parity
from theorycalc.kernels.symbols import RHO
from theorycalc.layers import Dense, Nonlinearity, Sum

# Signs need few digits.
_SIGN_ARITHMETIC = Ball(3)


def dual_sign(activation: Activation, order: int) -> int:
    """The sign of the n-th derivative of a dual at ρ = −1 if it is infinite at 1; 0: not known.

    For the ReLU family it is that of (d/dρ)^m (1 − ρ²)^{−1/2}.
    """
    family = families.family(activation)
    if isinstance(family, families.Homogeneous):
        return (-1) ** (order - family.degree - 1)
    return parity(activation) * (-1) ** order


def infinities(sign: int) -> dict[int, sympy.Expr]:
    """Infinite values at ρ = 1, and at −1 where their sign is known."""
    return {1: sympy.oo, **({-1: sign * sympy.oo} if sign else {})}


def network_parity(layers: tuple, found: int = -1) -> int:
    """1 if the kernels after the layers are even in ρ, −1 if odd, 0 if neither is known."""
    for layer in layers:
        match layer:
            case Dense() if found == -1 and layer.sigma_b != 0:
                return 0
            case Nonlinearity() if found == -1:
                found = parity(layer.activation)
            case Sum():
                ways = {network_parity(branch, found) for branch in layer.branches}
                found = ways.pop() if len(ways) == 1 else 0
        if found == 0:
            return 0
    return found


def leading_sign(body: sympy.Expr, where: list, infinite: Mapping) -> int:
    """The sign at ρ = −1 by the factor of the highest order that is infinite there; 0: not known.

    ``infinite`` maps names of factors to (activation, order, whether its inputs are opposite). All
    other terms have smaller powers of 1/(1 + ρ) if these are factors of one layer alone.
    """
    opposite = {name: entry for name, entry in infinite.items() if entry[2]}
    if not opposite or len({entry[1] for entry in opposite.values()}) < len(opposite):
        return 0
    lead = max(opposite, key=lambda name: opposite[name][1])
    slopes: dict = {lead: sympy.S.One}
    steps = []
    for symbol, part in where:
        steps.append((symbol, part))
        slope = total_derivative(part, slopes)
        if slope != 0:
            slopes[symbol] = sympy.Dummy(real=True)
            steps.append((slopes[symbol], slope))
    # a finite value of their sum is one of each: an infinite one is +∞
    others = infinite.keys() - opposite.keys()
    if others and _at_opposite_inputs(sympy.Add(*others), steps) is None:
        return 0
    value = _at_opposite_inputs(total_derivative(body, slopes), steps)
    if value is None:
        return 0
    activation, order, _ = opposite[lead]
    return (int(value.lower > 0) - int(value.upper < 0)) * dual_sign(activation, order)


def _at_opposite_inputs(expr: sympy.Expr, where: list) -> Value | None:
    """The value at ρ = −1, if one is proved."""
    try:
        return Formula("", expr, args=(RHO,), where=where).at(rho=-1, using=_SIGN_ARITHMETIC)
    except (DomainError, PrecisionError):
        return None
