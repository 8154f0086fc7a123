"""Which Hermite coefficients vanish because of symmetry."""

from functools import lru_cache

import sympy
from sympy import Expr

from theorycalc.activations import Activation, z
from theorycalc.core.errors import NotSupportedError
from theorycalc.core.integration.kinks import SWITCHES, between, branch_at
from theorycalc.hermite.growth import is_bounded
from theorycalc.hermite.terms import terms_of

# A place that no function is made for.
_SOMEWHERE = sympy.Rational(8731, 10_000)


def vanishes(activation: Activation, k: int) -> bool:
    """Whether c_k is zero because the part of φ with the parity of k is a polynomial below it.

    Softplus, for instance, is z/2 plus an even function: c_3, c_5, … are zero. Where nothing shows
    that the expectation exists, symmetry says nothing: tan z has no coefficients.
    """
    if k < 2 and _is_seen(activation, k):
        return False
    degree = _polynomial_degree(activation, k % 2)
    if degree is None or k <= degree:
        return False
    return terms_of(activation) is not None or is_bounded(activation)


def _is_seen(activation: Activation, parity: int) -> bool:
    """Whether the even or odd part is not zero at a point, by far more than rounding.

    Below degree 2 that decides, and spares the algebra of long constants.
    """
    one, two = (sympy.N(activation.expr.subs(z, sign * _SOMEWHERE), 15) for sign in (1, -1))
    if not (one.is_Float and two.is_Float):
        return False
    return abs(one + (-1) ** parity * two) > (abs(one) + abs(two)) / 1000


@lru_cache(maxsize=512)
def _polynomial_degree(activation: Activation, parity: int) -> int | None:
    """Degree of the even (0) or odd (1) part if that is a polynomial (−1 for zero), else None."""
    try:
        branches = _mirrored_branches(activation)
    except NotSupportedError:  # of kinks that cannot be read off
        return None
    found = None
    for right, left in branches:
        reflected = left.subs(z, -z, simultaneous=True)
        part = _simplified((right + reflected) / 2 if parity == 0 else (right - reflected) / 2)
        polynomial = part.as_poly(z) if z in part.free_symbols else sympy.Poly(part, z)
        if polynomial is None or (found is not None and polynomial != found):
            return None
        if any(degree % 2 != parity for (degree,), c in polynomial.terms() if c != 0):
            return None  # such as |z|/2, the even part of max(0, z)
        found = polynomial
    return -1 if found.is_zero else int(found.degree())


def _mirrored_branches(activation: Activation) -> list[tuple[Expr, Expr]]:
    """What the function is around z and around −z, for every interval of z > 0 without kinks."""
    expr = activation.expr
    if not expr.has(*SWITCHES):
        return [(expr, expr)]
    points = sorted({sympy.S.Zero, *map(abs, activation.kinks)})
    inside = [point for _, point, _ in between(tuple(points))[1:]]
    return [tuple(branch_at(expr, z, sign * point) for sign in (1, -1)) for point in inside]


def _simplified(expr: Expr) -> Expr:
    """Rational functions and logarithms of e^z, brought to a normal form."""
    if sympy.expand(expr) == 0:
        return sympy.S.Zero
    expr = expr.rewrite((sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth), sympy.exp)
    u = sympy.Dummy("u", positive=True)
    expr = expr.replace(
        lambda e: isinstance(e, sympy.exp) and (e.args[0] / z).is_Rational,
        lambda e: u ** (e.args[0] / z),
    )
    expr = expr.replace(sympy.log, lambda x: sympy.expand_log(sympy.log(sympy.factor(x))))
    expr = sympy.expand(expr.subs(sympy.log(u), z))
    return sympy.cancel(sympy.together(expr)).subs(u, sympy.exp(z))
