"""From an architecture to the formulas of its kernels and their derivatives."""

import functools

import sympy

from theorycalc.core.graph import free_symbols
from theorycalc.core.reference import Reference
from theorycalc.kernels import opposite
from theorycalc.kernels.expressions import Expressions, any_norms, equal_norms, needed, used
from theorycalc.kernels.formula import (
    CORRELATION,
    COVARIANCE,
    INFINITE,
    Q11,
    Q12,
    Q22,
    RHO,
    DualFormula,
    KernelFormula,
)
from theorycalc.kernels.jets import Jet, Jets
from theorycalc.kernels.layers import affine
from theorycalc.kernels.recursion import Recursion

JACOT = Reference(
    "arXiv:1806.07572",
    where="Theorem 1",
    title="A. Jacot, F. Gabriel, C. Hongler, Neural Tangent Kernel",
)


def kernel_formula(
    network, name: str, general: bool, layer: int | None = None, order: int = 0
) -> DualFormula:
    """Σ ("Sigma") or Θ ("Theta") of the last layer of an architecture, or a derivative."""
    tangent, variable = name == "Theta", Q12 if general else RHO
    algebra, start = _algebra(network, order, variable), any_norms() if general else equal_norms()
    if order:
        start = algebra.started(start)
    state = Recursion(algebra, tangent, layer).run(network.layers, start)
    found = state.tangent if tangent else state.q12
    body = found.parts[order] if isinstance(found, Jet) else found
    limits = {} if general or not order else _limits(network, body, algebra, order)
    body, where = used(body, algebra.where)
    inputs = (Q11, Q12, Q22) if general else (RHO,)
    symbols = free_symbols(body).union(*(free_symbols(part) for _, part in where))
    rest = sorted(symbols - {*inputs, *(symbol for symbol, _ in where)}, key=str)
    label = f"{name}_{len(affine(network.layers))}" + (f",{layer}" if layer else "")
    return (DualFormula if order else KernelFormula)(
        label + f"_{variable}" * order,
        body,
        args=(*inputs, *rest),
        domain=sympy.And(COVARIANCE if general else CORRELATION, *_symbolic_domain(network)),
        reference=JACOT,
        where=where,
        note=INFINITE if limits else "",
        variable=variable,
        derived=functools.partial(kernel_formula, network, name, general, layer, order + 1),
        limits=limits,
    )


def _limits(network, body: sympy.Expr, algebra: Jets, order: int) -> dict:
    """Infinite values of a derivative for inputs that are equal or opposite."""
    symbols = needed(body, algebra.where)
    infinite = {name: x for name, x in algebra.infinite.items() if name in symbols}
    if not infinite:
        return {}
    sign = opposite.network_parity(network.layers) * (-1) ** order
    if sign == 0 and not _symbolic_domain(network):
        sign = opposite.leading_sign(body, algebra.where, infinite)
    return opposite.infinities(sign)


def _algebra(network, order: int, variable: sympy.Symbol) -> Expressions:
    if order == 0:
        return Expressions(network.parameterization, network.width)
    return Jets(network.parameterization, network.width, order, variable)


def _symbolic_domain(network) -> list:
    """σ_w > 0 and σ_b ≥ 0 where they are symbolic."""
    layers = affine(network.layers)
    return [
        *(sympy.Gt(x.sigma_w, 0) for x in layers if x.sigma_w.free_symbols),
        *(sympy.Ge(x.sigma_b, 0) for x in layers if x.sigma_b.free_symbols),
    ]
