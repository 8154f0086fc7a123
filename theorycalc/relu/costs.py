"""What finite networks of a route cost: variances, constants, norms."""

import sympy
from sympy import Expr, oo

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.records import instance, one_of
from theorycalc.relu.routes._route import Infinite, Route
from theorycalc.relu.target import check_dimension, fischer_square

_APART = "several degrees, each with neurons of its own"
_SAMPLINGS = ("default", "optimal")
_NORMS = ("L1", "L2", "TV", "fischer")


def variance(route: Route, source, sampling: str = "default") -> Formula:
    """V, so that E‖f − f_m‖² = V/m; see `Representation.variance`."""
    check_dimension(route.target, source)
    route.check_source(source)
    if one_of(sampling, _SAMPLINGS, "sampling") == "optimal":
        best = route.constant(source)
        first = best if isinstance(best, Infinite) else best**2
    else:
        first = route.mean_second_moment(source)
    if isinstance(first, Infinite):
        return _formula("V", first)
    rest = route.target.polynomial - route.affine
    return Formula("V", first - route.target.mean(rest * rest, source))


def constant(route: Route, source) -> Formula:
    """C, the constant of the best random neurons; see `Representation.constant`."""
    check_dimension(route.target, source)
    return _formula("C", route.constant(source), _apart(route))


def norm(route: Route, kind: str) -> Formula:
    """A norm of the density, or of the polynomial; see `Representation.norm`."""
    if instance(kind, str, "a norm") not in _NORMS:
        raise NotSupportedError(explain("unknown norm", got=kind, allowed=", ".join(_NORMS)))
    if kind == "fischer":
        return Formula("‖f‖_F", sympy.sqrt(fischer_square(route.target.polynomial)))
    return _formula(f"‖rho‖_{kind}", route.norm(kind), _apart(route) if kind == "TV" else "")


def _apart(route: Route) -> str:
    return _APART if route.draws_degrees_apart else ""


def _formula(name: str, quantity: Expr | Infinite, note: str = "") -> Formula:
    if isinstance(quantity, Infinite):
        return Formula(name, oo, note=quantity.reason)
    return Formula(name, quantity, note=note)
