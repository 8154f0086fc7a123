"""How the eigenvalues of a zonal kernel decay: its singularities at t = ±1 and at its kinks."""

import itertools
from functools import lru_cache

import sympy
from sympy import Expr, Rational, S, acos, cos, pi

from theorycalc.core.arithmetic.any_ball import NotHolomorphic
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.lowering import lower
from theorycalc.core.reference import Reference
from theorycalc.core.special import SpecialFunction
from theorycalc.sphere.closed_terms import EndPower
from theorycalc.sphere.measure import T, as_dimension, parameters
from theorycalc.sphere.zonal_kernel import ZonalKernel, as_kernel, with_acos

BIETTI_BACH = Reference(
    "arXiv:2009.14397",
    where="Theorem 1",
    title="A. Bietti, F. Bach, Deep equals shallow for ReLU networks in kernel regimes",
)
# The distance to a pole, as an angle.
_ANGLE = sympy.Symbol("epsilon", positive=True)
# Orders of expansion that are tried in turn.
_ORDERS = (2, 4, 6, 8, 12)
# A dimension that decides which of two exponents is smaller when it is symbolic.
_TYPICAL = 10


def decay_exponent(kernel, d) -> Formula:
    """α, where the eigenvalues of a zonal kernel decay like k^{−α}.

    Parameters
    ----------
    kernel : sympy.Expr, Formula, Activation, str or architecture
        As for `funk_hecke`.
    d : int or Expr
        Dimension of the space, ≥ 2; may be symbolic.

    Returns
    -------
    Formula
        2a + d − 1 for a singularity (1 ∓ t)^a at a pole, p + d/2 for a jump of the p-th derivative
        inside (−1, 1), the smaller of both; ∞ for a kernel that is analytic.

    Raises
    ------
    DomainError
        For d < 2 or a bad kernel.
    NotSupportedError
        If the expansion at a pole has a logarithm, or no singularity is found up to order 12 in
        the angle.

    Notes
    -----
    A law for k → ∞ at fixed d: k must exceed d² or so. `asymptotics` keeps what is exact in k.

    References
    ----------
    A. Bietti, F. Bach, "Deep equals shallow for ReLU networks in kernel regimes", Theorem 1.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> d = sympy.Symbol("d")
    >>> tc.sphere.decay_exponent(tc.kernels.mlp(2), d).expr
    d
    >>> tc.sphere.decay_exponent("relu", d).expr
    d/2 + 1
    """
    d, kernel = as_dimension(d), as_kernel(kernel)
    exponents = [2 * a + d - 1 for a, _ in _poles(kernel)[0].values()]
    exponents += [p + d / 2 for p in _jumps(kernel)]
    expr = min(exponents, key=lambda x: x.subs(d, _TYPICAL)) if exponents else sympy.oo
    return Formula("alpha", expr, args=parameters(d), reference=BIETTI_BACH)


def asymptotics(kernel, d) -> Formula:
    """The leading behaviour of μ_k for large k, in ``k``.

    Parameters
    ----------
    kernel, d
        As for `decay_exponent`.

    Returns
    -------
    Formula
        (A + (−1)^k B) M_k, where κ is A(1 − t)^a and B(1 + t)^a and analytic near the poles, and
        M_k is the exact eigenvalue of (1 − t)^a.

    Raises
    ------
    NotSupportedError
        If kinks inside (−1, 1) decay no faster (those oscillate), or as `decay_exponent`.
    DomainError
        If the kernel is analytic.

    References
    ----------
    A. Bietti, F. Bach, "Deep equals shallow for ReLU networks in kernel regimes", Theorem 1.

    Examples
    --------
    >>> import theorycalc as tc
    >>> ntk = tc.kernels.mlp(3)
    >>> law = tc.sphere.asymptotics(ntk, 3)
    >>> float(tc.sphere.funk_hecke(ntk, 3, 200).at()) / float(law.at(k=200))
    1.000169820359085
    """
    d, kernel = as_dimension(d), as_kernel(kernel)
    if _jumps(kernel):
        raise NotSupportedError(
            explain("kinks inside (−1, 1) oscillate", got=kernel.body, hint="decay_exponent")
        )
    poles, numbers = _poles(kernel)
    if not poles:
        raise DomainError(explain("an analytic kernel has no power law", got=kernel.body))
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    least = min(a for a, _ in poles.values())
    expr = sympy.Add(
        *(c * EndPower(side, a).eigenvalue(d, k) for side, (a, c) in poles.items() if a == least)
    )
    return Formula(
        "mu",
        expr,
        args=parameters(d, own=(k,)),
        where=tuple(numbers.items()),
        reference=BIETTI_BACH,
    )


@lru_cache(maxsize=64)
def _poles(kernel: ZonalKernel) -> tuple[dict, dict]:
    """side → (a, c) for the leading singularity c (1 − side·t)^a, and the numbers that c names."""
    numbers: dict = {}
    found = {side: _singularity(kernel, side, numbers) for side in (1, -1)}
    return {side: part for side, part in found.items() if part is not None}, numbers


def _singularity(kernel: ZonalKernel, side: int, numbers: dict) -> tuple | None:
    """(a, c) at one pole, or None for a kernel that is analytic there."""
    piece = kernel.pieces[-1 if side == 1 else 0][-1]
    if _is_analytic(piece, side):
        return None
    for order in _ORDERS:
        terms = sympy.collect(_expansion(piece, side, order, numbers), _ANGLE, evaluate=False)
        coefficients = {_exponent(power): c for power, c in terms.items()}
        for exponent in sorted(coefficients):
            if not (exponent / 2).is_integer:
                # ε² = 2 (1 ∓ t) + …
                return exponent / 2, coefficients[exponent] * 2 ** (exponent / 2)
    raise NotSupportedError(
        explain("no singularity was found", got=kernel.body, allowed=f"order {_ORDERS[-1]}")
    )


def _exponent(power: Expr) -> Expr:
    """a of ε^a."""
    return S.Zero if power == 1 else power.as_base_exp()[1]


def _is_analytic(kernel: ZonalKernel, side: int) -> bool:
    """Whether an enclosure around the pole finds no branch point."""
    context, step = BallContext(analytic=True), Rational(1, 10**4)
    around = context.hull(*(context.number(side + x) for x in (-step, step)))
    kernel_around = lower(kernel.body, (T,), kernel.where)
    try:
        return context.is_finite(kernel_around.run(context, [context.variable(around)]))
    except NotHolomorphic:
        return False


def _expansion(kernel: ZonalKernel, side: int, order: int, numbers: dict) -> Expr:
    """κ(side·cos ε) up to ε^order; what is not rational in it becomes a symbol in ``numbers``."""
    angle, known, values = _ANGLE if side == 1 else pi - _ANGLE, {}, {}
    for symbol, expr in (*kernel.where, (None, kernel.body)):
        expr = with_acos(expr).xreplace({acos(T): angle})
        expr = _written(expr).xreplace({T: side * cos(_ANGLE)}).xreplace(known)
        series = sympy.expand(sympy.series(expr, _ANGLE, 0, order).removeO())
        known[symbol] = S.Zero
        for power, c in sympy.collect(series, _ANGLE, evaluate=False).items():
            if _ANGLE in c.free_symbols:
                raise NotSupportedError(explain("a logarithm at a pole", got=kernel.body))
            if not c.is_Rational:
                value = sympy.N(c.xreplace(values))
                name = sympy.Dummy("c", real=True, positive=bool(value > 0))
                numbers[name], values[name], c = c, value, name
            known[symbol] += c * power
    return known[None]


def _written(expr: Expr) -> Expr:
    """Functions of ours by their definitions."""
    while functions := expr.atoms(SpecialFunction):
        expr = expr.xreplace({f: f.definition(*f.args) for f in functions})
    return expr.replace(sympy.atan2, lambda y, x: sympy.atan(y / x))


def _jumps(kernel: ZonalKernel) -> list[int]:
    """At every kink, the order of the first derivative that jumps."""
    orders = []
    for (_, _, before), (kink, _, after) in itertools.pairwise(kernel.pieces):
        jump, p = after.written - before.written, 0
        while sympy.simplify(jump.subs(T, kink)) == 0:
            jump, p = jump.diff(T), p + 1
        orders.append(p)
    return orders
