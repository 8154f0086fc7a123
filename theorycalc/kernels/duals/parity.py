"""Even and odd activations."""

import sympy

from theorycalc.activations import Activation, z


def parity(activation: Activation) -> int:
    """1 for an even function, −1 for an odd one, 0 for others."""
    pieces = activation.pieces
    mirrored = [(-right, -left, expr.subs(z, -z)) for left, right, expr in reversed(pieces)]
    for sign in (1, -1):
        pairs = zip(pieces, mirrored, strict=True)
        if all(p[:2] == m[:2] and sympy.simplify(p[2] - sign * m[2]) == 0 for p, m in pairs):
            return sign
    return 0


def mirrored(activation: Activation) -> tuple[int, sympy.Expr]:
    """φ(−z) as a sign and a function, which is φ(z) if φ is even or odd."""
    sign = parity(activation)
    return (sign, activation.expr) if sign else (1, activation.expr.subs(z, -z))
