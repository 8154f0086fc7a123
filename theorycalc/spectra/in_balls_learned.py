"""What a ridge κ learns of a law of variances, in balls: its Cauchy transform at −κ.

Both are None where no box is proved to hold the solution.
"""

from flint import arb
from sympy import S

from theorycalc.spectra import in_balls
from theorycalc.spectra.nodes import Node


def share(node: Node, kappa: arb) -> arb | None:
    """∫ t/(t + κ) μ(dt), which is all but the mass at 0 without a ridge."""
    if kappa.is_zero():
        return 1 - in_balls.Balls().number(node.masses().get(0, S.Zero)).real
    at = in_balls.solve(node, -kappa, arb(0))
    return None if at is None else -at.t.real


def rate(node: Node, kappa: arb) -> arb | None:
    """∫ tκ/(t + κ)² μ(dt), by which the share falls with log κ."""
    if kappa.is_zero():
        return arb(0)
    unknowns = in_balls.unknowns(node, -kappa, arb(0))
    if unknowns is None:
        return None
    slope = in_balls.slope(node, unknowns, lambda point: point.t)
    return None if slope is None else -kappa * slope.real
