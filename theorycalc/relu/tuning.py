"""The option of a method that makes its variance least."""

from dataclasses import fields, replace

import numpy as np
import sympy
from sympy import Expr

from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.records import instance
from theorycalc.relu.routes._route import Infinite, Route, number

_SCAN = 41
_LARGEST = sympy.Integer(10) ** 12


def best_option(route: Route, source, option: str, lower: Expr, upper: Expr) -> sympy.Rational:
    """The least of a scan over (lower, upper), refined around it; three decimals are enough."""
    from scipy.optimize import minimize_scalar

    options = [f.name for f in fields(route) if isinstance(getattr(route, f.name), Expr)]
    if instance(option, str, "an option") not in options:
        raise unknown_name(f"option of {route.method!r}", option, options)
    if not lower < upper:
        raise DomainError(explain("not an interval", got=(lower, upper), allowed="lower < upper"))
    if max(abs(lower), abs(upper)) > _LARGEST or 0 < lower < 1 / _LARGEST:
        allowed = f"within ±{_LARGEST}, 1/{_LARGEST} at least if positive"
        raise DomainError(explain("too wide", got=(lower, upper), allowed=allowed))
    forward, back = (np.log, np.exp) if lower > 0 else (float, float)
    rest = route.target.polynomial - route.affine
    signal = number(route.target.mean(rest * rest, source))

    def variance(u: float) -> float:
        value = replace(route, **{option: _rational(back(u))}).mean_second_moment(source)
        return np.inf if isinstance(value, Infinite) else number(value) - signal

    grid = np.linspace(forward(float(lower)), forward(float(upper)), _SCAN)
    values = [variance(u) for u in grid]
    i = int(np.argmin(values))
    if not np.isfinite(values[i]):
        raise DomainError(explain(f"the variance is infinite for every {option}", got=source))
    around = grid[max(i - 1, 0)], grid[min(i + 1, _SCAN - 1)]
    found = minimize_scalar(variance, bounds=around, method="bounded", options={"xatol": 1e-4})
    return _rational(back(found.x if found.fun < values[i] else grid[i]))


def _rational(x: float) -> sympy.Rational:
    """x to four significant digits, as an exact number."""
    return sympy.Rational(f"{x:.4g}")
