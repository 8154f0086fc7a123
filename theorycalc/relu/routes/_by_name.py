"""The methods by name, each with the options that it has."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from theorycalc.core.errors import unknown_name
from theorycalc.relu.routes._request import Request
from theorycalc.relu.routes._route import Route
from theorycalc.relu.routes.atomic import AtomicRoute
from theorycalc.relu.routes.cosine import CosineRoute
from theorycalc.relu.routes.exponential import ExponentialRoute
from theorycalc.relu.routes.gaussian import GaussianRoute
from theorycalc.relu.routes.interval import IntervalRoute
from theorycalc.relu.routes.polar import BallRoute, SpaceRoute
from theorycalc.relu.routes.sphere import AngularRoute


class Method(NamedTuple):
    """What makes a route of a request, everything checked, and the options that it reads."""

    make: Callable[[Request], Route]
    options: tuple[str, ...] = ()


METHODS = {
    "interval": Method(IntervalRoute.of),
    "atomic": Method(AtomicRoute.of),
    "sphere": Method(AngularRoute.of),
    "sphere_bias": Method(AngularRoute.with_bias, ("bias",)),
    "ball": Method(BallRoute.of),
    "space": Method(SpaceRoute.of),
    "gaussian": Method(GaussianRoute.of, ("scale",)),
    "exponential": Method(ExponentialRoute.of, ("neuron", "c", "b0", "scale")),
    "cosine": Method(CosineRoute.of, ("scale",)),
}


def options_of(method: str) -> tuple[str, ...]:
    """The options that a method has; "auto" and tables hand every method its own."""
    methods = METHODS.values() if method == "auto" else [METHODS[method]]
    return ("radius", *dict.fromkeys(name for _, options in methods for name in options))


def check_options(options: Mapping, method: str) -> None:
    """Refuse options that a method does not have."""
    for name in options:
        if name not in options_of(method):
            raise unknown_name(f'option of method="{method}"', name, options_of(method))
