"""Gaussian expectations of real powers on half-lines: arc-cosine kernels of real order.

c_k(z_+^p) is a product of Γ functions, so that Σ c_k ρ^k is hypergeometric in ρ², once for even k
and once for odd k.
"""

import sympy
from sympy import Expr, S, hyper, sqrt

from theorycalc.activations import Activation
from theorycalc.hermite.powers import SingularPower, split


def covariance(one: Activation, two: Activation, q11: Expr, q12: Expr, q22: Expr) -> Expr | None:
    """E[φ(u)ψ(v)], or None if one of them is no sum of powers on half-lines."""
    sums = [_powers(activation) for activation in (one, two)]
    if None in sums:
        return None
    unit = sqrt(q11) * sqrt(q22)
    pairs = ((s, t) for s in sums[0] for t in sums[1])
    return sympy.Add(
        *(
            s.weight
            * t.weight
            * q11 ** (s.power / 2)
            * q22 ** (t.power / 2)
            * (
                _even(s.power, t.power, q12 / unit)
                + s.side * t.side * _odd(s.power, t.power, q12 / unit)
            )
            for s, t in pairs
        )
    )


def mean(activation: Activation, q: Expr) -> Expr | None:
    """E φ(√q Z), likewise."""
    powers = _powers(activation)
    if powers is None:
        return None
    return sympy.Add(*(q ** (power.power / 2) * power.raw(0) for power in powers))


def is_square_integrable(activation: Activation) -> bool:
    """Whether E φ(Z)² is finite, as far as powers decide."""
    return all(power.power > -S.Half for power in split(activation)[0])


def _powers(activation: Activation) -> tuple[SingularPower, ...] | None:
    powers, rest = split(activation)
    if not powers or rest.expr != 0:
        return None
    plain = all(p.threshold == p.rate == p.decay == p.logs == 0 for p in powers)
    return powers if plain else None


def _even(p: Expr, r: Expr, rho: Expr) -> Expr:
    """The part with even k for z_+^p and z_+^r."""
    weight = _raw(p, 0) * _raw(r, 0)
    return weight * hyper((-p / 2, -r / 2), (S.Half,), rho**2)


def _odd(p: Expr, r: Expr, rho: Expr) -> Expr:
    """The part with odd k."""
    weight = _raw(p, 1) * _raw(r, 1)
    return weight * rho * hyper(((1 - p) / 2, (1 - r) / 2), (S(3) / 2,), rho**2)


def _raw(p: Expr, k: int) -> Expr:
    return SingularPower(S.Zero, 1, p).raw(k)
