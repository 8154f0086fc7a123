"""The methods by name: from a request to a route, everything checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import sympy
from sympy import Expr, S, oo

from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.numbers import exact
from theorycalc.relu.routes._route import Route
from theorycalc.relu.routes.atomic import AtomicRoute
from theorycalc.relu.routes.cosine import CosineRoute
from theorycalc.relu.routes.exponential import ExponentialRoute
from theorycalc.relu.routes.gaussian import GaussianRoute
from theorycalc.relu.routes.interval import IntervalRoute
from theorycalc.relu.routes.polar import BallRoute, SpaceRoute
from theorycalc.relu.routes.sphere import AngularRoute
from theorycalc.relu.target import Target

_USUAL_BIAS = sympy.Rational(1, 3)


@dataclass(frozen=True)
class Request:
    """What a user asked for, read.

    Attributes
    ----------
    target : Target
    radius : Expr
        ‖x‖ ≤ R is the domain; oo for all of R^d.
    interval : tuple of Expr
        The domain for d = 1.
    source : law
        The law to be good for: the user's, or the uniform one of the ball, or N(0, I).
    names_domain, names_source : bool
        Which of the two the user gave.
    options : mapping
    """

    target: Target
    radius: Expr
    interval: tuple[Expr, Expr]
    source: object
    names_domain: bool
    names_source: bool
    options: Mapping

    def option(self, name: str, default) -> Expr:
        """An exact option."""
        return exact(self.options[name], name) if name in self.options else S(default)


def _interval_route(request: Request) -> Route:
    if request.target.dimension > 1:
        d = request.target.dimension
        raise DomainError(
            explain(
                "intervals are for one variable",
                got=f"{d} variables",
                hint='method="atomic" or "ball"',
            )
        )
    return IntervalRoute(request.target, *_bounded(request, request.interval))


def _bounded(request: Request, ends: tuple) -> tuple:
    """The ends of the domain, those of the unit ball where the user said nothing."""
    if request.radius is not oo:
        return ends
    if request.names_source:
        raise DomainError(
            explain(
                "a method for bounded domains",
                got=f"a law on all of R^d: {request.source}",
                hint='method="space" or "atomic", or domain=R',
            )
        )
    return tuple(sympy.sign(end) for end in ends)


def _atomic_route(request: Request) -> Route:
    tuned = None if request.names_domain else request.source
    return AtomicRoute(request.target, request.radius, tuned)


def _ball_route(request: Request) -> Route:
    return BallRoute(request.target, *_bounded(request, (request.radius,)))


def _space_route(request: Request) -> Route:
    return SpaceRoute(request.target, request.source)


def _sphere_route(request: Request) -> Route:
    route = _angular_route(request, S.Zero)
    route.check()
    return route


def _angular_route(request: Request, bias: Expr) -> AngularRoute:
    if request.target.dimension == 1:
        raise DomainError(
            explain("the sphere of R^1 is two points", got="one variable", hint='method="interval"')
        )
    return AngularRoute(request.target, *_bounded(request, (request.radius,)), bias)


def _sphere_bias_route(request: Request) -> Route:
    bias = request.option("bias", _USUAL_BIAS)
    if not -1 < bias < 1 or bias == 0:
        allowed = "−1 < bias < 1, ≠ 0, in units of the radius"
        raise DomainError(explain("bias out of range", got=bias, allowed=allowed))
    route = _angular_route(request, bias)
    if "bias" not in request.options and route.blind:
        return replace(route, bias=route.better_bias)
    route.check()
    return route


def _gaussian_route(request: Request) -> Route:
    return GaussianRoute(request.target, _positive(request, "scale"))


def _exponential_route(request: Request) -> Route:
    has_bias_law = {"c", "b0"} & request.options.keys()
    kind = request.options.get("neuron", "relu" if has_bias_law else "exp")
    if kind not in ("exp", "relu"):
        raise DomainError(explain("unknown neuron", got=repr(kind), allowed="exp, relu"))
    c, b0 = request.option("c", 1), request.option("b0", 0)
    if not 0 < c < 2:
        raise DomainError(explain("c out of range", got=c, allowed="0 < c < 2"))
    return ExponentialRoute(request.target, kind, c, b0, _positive(request, "scale"))


def _cosine_route(request: Request) -> Route:
    return CosineRoute(request.target, _positive(request, "scale"))


def _positive(request: Request, name: str) -> Expr:
    value = request.option(name, 1)
    if not value > 0:
        raise DomainError(explain(f"{name} out of range", got=value, allowed="> 0"))
    return value


METHODS: dict[str, Callable[[Request], Route]] = {
    "interval": _interval_route,
    "atomic": _atomic_route,
    "sphere": _sphere_route,
    "sphere_bias": _sphere_bias_route,
    "ball": _ball_route,
    "space": _space_route,
    "gaussian": _gaussian_route,
    "exponential": _exponential_route,
    "cosine": _cosine_route,
}
_OPTIONS = {
    "sphere_bias": ("bias",),
    "gaussian": ("scale",),
    "exponential": ("neuron", "c", "b0", "scale"),
    "cosine": ("scale",),
}


def options_of(method: str) -> tuple[str, ...]:
    """The options that a method has; "auto" and tables hand every method its own."""
    if method == "auto":
        return ("radius", *dict.fromkeys(name for names in _OPTIONS.values() for name in names))
    return ("radius", *_OPTIONS.get(method, ()))


def check_options(options: Mapping, method: str) -> None:
    """Refuse options that a method does not have."""
    for name in options:
        if name not in options_of(method):
            raise unknown_name(f'option of method="{method}"', name, options_of(method))
