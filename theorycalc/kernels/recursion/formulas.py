"""From an architecture to the formulas of its kernels and their derivatives."""

import functools

import sympy

from theorycalc.core.formula import Formula
from theorycalc.core.graph import free_symbols
from theorycalc.core.reference import Reference
from theorycalc.kernels.duals import opposite_inputs
from theorycalc.kernels.recursion.derivatives import Jet, Jets
from theorycalc.kernels.recursion.in_expressions import (
    Expressions,
    any_norms,
    equal_norms,
    meeting_inputs,
    needed,
    used,
)
from theorycalc.kernels.recursion.recursion import Recursion, State
from theorycalc.kernels.symbols import (
    CORRELATION,
    COVARIANCE,
    INFINITE,
    Q11,
    Q12,
    Q22,
    RHO,
    DualFormula,
    KernelFormula,
    meeting,
)
from theorycalc.layers import Dense, affine

JACOT = Reference(
    "arXiv:1806.07572",
    where="Theorem 1",
    title="A. Jacot, F. Gabriel, C. Hongler, Neural Tangent Kernel",
)


def kernel_formula(
    network, name: str, general: bool, layer: int | None = None, order: int = 0
) -> DualFormula:
    """Σ ("Sigma") or Θ ("Theta") of the last layer of an architecture, or a derivative."""
    variable = Q12 if general else RHO
    start = any_norms() if general else equal_norms()
    body, algebra = _kernel(network, name, layer, order, variable, start)
    limits, ends = _meetings(network, body, algebra, order)
    body, where = used(body, algebra.where)
    inputs = (Q11, Q12, Q22) if general else (RHO,)
    symbols = free_symbols(body).union(*(free_symbols(part) for _, part in where))
    rest = sorted(symbols - {*inputs, *(symbol for symbol, _ in where)}, key=str)
    label = f"{name}_{len(affine(network.layers))}" + (f",{layer}" if layer else "")
    label += f"_{variable}" * order
    at_end = functools.partial(_at_end, network, name, layer, order, label, inputs, tuple(rest))
    at_zero = _has_first_bias(network)
    met = {sign: meeting(variable, sign, at_zero) for sign in (1, -1)}
    return (DualFormula if order else KernelFormula)(
        label,
        body,
        args=(*inputs, *rest),
        domain=sympy.And(COVARIANCE if general else CORRELATION, *_symbolic_domain(network)),
        reference=JACOT,
        where=where,
        note=INFINITE if limits else "",
        variable=variable,
        derived=functools.partial(kernel_formula, network, name, general, layer, order + 1),
        limits={met[sign]: limit for sign, limit in limits.items()},
        ends={met[sign]: functools.partial(at_end, sign) for sign in ends},
    )


def _kernel(network, name: str, layer: int | None, order: int, variable, start: State) -> tuple:
    """(Σ or Θ or a derivative, the algebra that has its intermediate quantities)."""
    tangent, algebra = name == "Theta", _algebra(network, order, variable)
    if order:
        start = algebra.started(start)
    state = Recursion(algebra, tangent, layer).run(network.layers, start)
    found = state.tangent if tangent else state.q12
    return found.parts[order] if isinstance(found, Jet) else found, algebra


def _at_end(
    network, name: str, layer: int | None, order: int, label: str, inputs: tuple, args: tuple,
    sign: int,
) -> Formula:  # fmt: skip
    """The kernel where inputs coincide or are opposite: in ρ, or in the variance of both."""
    variance, variable, left = (sympy.S.One, RHO, ()) if inputs == (RHO,) else (Q11, Q12, (Q11,))
    start = meeting_inputs(variance, sign)
    body, algebra = _kernel(network, name, layer, order, variable, start)
    body, where = used(body, algebra.where)
    domain = sympy.And(*_symbolic_domain(network))
    return Formula(label, body, args=(*left, *args), domain=domain, reference=JACOT, where=where)


def _meetings(network, body: sympy.Expr, algebra: Expressions, order: int) -> tuple[dict, tuple]:
    """(infinite values where inputs coincide or are opposite, by sign; signs of finite ends)."""
    if not order:
        return {}, (1, -1)
    symbols = needed(body, algebra.where)
    infinite = {name: x for name, x in algebra.infinite.items() if name in symbols}
    if not infinite:
        return {}, (1, -1)
    sign = opposite_inputs.network_parity(network.layers) * (-1) ** order
    general = algebra.variable == Q12
    if sign == 0 and not general and not _symbolic_domain(network):
        sign = opposite_inputs.leading_sign(body, algebra.where, infinite)
    limits = opposite_inputs.infinities(sign)
    if sign == 0 and general and not _has_first_bias(network):
        limits[-1] = sympy.nan
    return limits, ()


def _has_first_bias(network) -> bool:
    """Whether opposite inputs are apart, and inputs that vanish coincide, after the first layer."""
    first = network.layers[0]
    return isinstance(first, Dense) and first.sigma_b != 0


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
