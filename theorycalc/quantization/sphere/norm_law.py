"""The law of the norm R of a source point: where its mass is, and nodes around a radius r."""

import itertools
import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import sympy

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.distributions._base import SphericalLaw
from theorycalc.quantization.arguments import R
from theorycalc.quantization.sphere.in_doubles_loops import NEAREST

# What is left out on either side, as a natural logarithm, and the widest logarithms of R searched.
LEVEL = 46.0
_WIDEST = 350.0
_GRID = 2001
# A Gaussian tail in log |R − r| is analytic for |Im| < π/4: 19 digits.
STEP = math.pi**2 / 2 / 45
# Steps per standard deviation of a peak away from r.
_PER_DEVIATION = 0.3
_POWER = sympy.Symbol("p", positive=True)
_D = sympy.Symbol("d", positive=True, integer=True)


class NormLaw(sympy.Lambda):
    """The law of R = ‖X‖ as an argument of a SymPy function: a `RadialLaw` in R and d."""

    @classmethod
    def of(cls, source: SphericalLaw) -> "NormLaw":
        """The law of the norm of a source.

        Raises
        ------
        DomainError
            For a law with other symbols than its dimension.
        """
        low, high = source.support
        if low == high:
            density, breaks = sympy.DiracDelta(R - low), ()
        else:
            formula, breaks = source.radial_density, source.breaks
            variable = next(x for x in formula.args if x.name == "R")
            density = formula.expr.xreplace({variable: R})
        moment = source.mean_power(_POWER)
        # without a closed form it is written as infinite: it bounds nothing
        moment = sympy.Lambda(_POWER, sympy.oo if moment.has(sympy.Integral) else moment)
        parts = sympy.Tuple(density, low, high, sympy.Tuple(*breaks), moment)
        parts = parts.xreplace({source.dimension: _D} if source.d.is_Symbol else {})
        others = parts.free_symbols - {R, _D}
        if others:
            got = ", ".join(sorted(map(str, others)))
            raise DomainError(explain("the law needs numbers for its parameters", got=got))
        return cls((R, _D), parts)

    def at_dimension(self, d) -> "RadialLaw":
        """The law in d dimensions."""
        return _at_dimension(self, sympy.sympify(d))


def _logarithm(expr: sympy.Expr) -> sympy.Expr:
    """The logarithm of a product of positive factors, as a sum.

    SymPy's `expand_log` writes powers as quotients first, and with long rational exponents in them
    it does not return.
    """
    if isinstance(expr, sympy.Mul):
        return sympy.Add(*map(_logarithm, expr.args))
    if isinstance(expr, sympy.exp):
        return expr.args[0]
    if isinstance(expr, sympy.Pow):
        return expr.exp * _logarithm(expr.base)
    return sympy.log(expr)


@dataclass(frozen=True)
class RadialLaw:
    """A density of R on an interval, or a point mass where the interval is a point."""

    density: sympy.Expr
    lower: sympy.Expr
    upper: sympy.Expr
    # where the density or a derivative of it jumps, and p ↦ E R^p
    breaks: sympy.Tuple
    moment: sympy.Lambda

    @property
    def point(self) -> sympy.Expr | None:
        """The one value that R has on a sphere."""
        return self.lower if self.lower == self.upper else None

    @cached_property
    def log_density(self) -> Program:
        """log of the density as a program of R, up to a constant."""
        return lower(_logarithm(self._varying), (R,))

    @cached_property
    def varying(self) -> Program:
        """The density as a program of R, up to a constant."""
        return lower(self._varying, (R,))

    @cached_property
    def _varying(self) -> sympy.Expr:
        return self.density.as_independent(R, as_Add=False)[1]

    def log_mass(self, log_r: np.ndarray) -> np.ndarray:
        """The logarithm of the density of log R, up to a constant; −∞ outside of the support."""
        with np.errstate(all="ignore"):
            values = self.log_density.run(ArrayContext(), [np.exp(log_r)]) + log_r
        low, high = self.log_support
        inside = (log_r >= low) & (log_r <= high) & ~np.isnan(values)
        return np.where(inside, values, -np.inf)

    @cached_property
    def log_support(self) -> tuple[float, float]:
        """Logarithms of the ends of the support."""
        low, high = (float(sympy.log(x)) if x > 0 else -np.inf for x in (self.lower, self.upper))
        return low, high

    @cached_property
    def log_breaks(self) -> tuple[float, ...]:
        """Logarithms of the points where the density has a kink."""
        return tuple(float(sympy.log(x)) for x in self.breaks)


@dataclass(frozen=True)
class Window:
    """Where a law of log R has its mass, for moments up to some order."""

    left: float
    right: float
    mode: float
    height: float
    # distance from the mode at which the density has fallen by √e; infinite at an edge
    deviation: float
    # whether the density jumps to zero at the ends
    hard: tuple[bool, bool]


@lru_cache(maxsize=256)
def _at_dimension(law: NormLaw, d: sympy.Expr) -> RadialLaw:
    return RadialLaw(*law(R, d))


@lru_cache(maxsize=64)
def window(law: RadialLaw, order: float, level: float = LEVEL) -> Window:
    """The window of a law in which all but e^−level of R^order lies."""
    low, high = (float(np.clip(end, -_WIDEST, _WIDEST)) for end in law.log_support)
    mode = _argmax(law.log_mass, low, high)
    height = float(law.log_mass(np.array([mode]))[0])

    def weighted(x):
        return law.log_mass(x) + np.maximum(x - mode, 0.0) * order - height

    left, right = (_farthest(weighted, mode, end, -level, law.log_breaks) for end in (low, high))
    hard = tuple(
        bool(np.isfinite(edge) and end == edge)
        for end, edge in zip((left, right), law.log_support, strict=True)
    )
    falls = [abs(_crossing(weighted, mode, end, -0.5) - mode) for end in (left, right)]
    at_edge = mode in (left, right)
    return Window(left, right, mode, height, np.inf if at_edge else min(falls), hard)


def _argmax(function, low: float, high: float) -> float:
    """The largest value of a unimodal function on an interval, by grids."""
    while True:
        grid = np.linspace(low, high, _GRID)
        best = int(np.argmax(function(grid)))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, _GRID - 1)]
        if best in (0, _GRID - 1) and function(grid[[best]])[0] > -np.inf:
            return float(grid[best])
        if high - low <= 1e-6 * max(1.0, abs(low)) * 1e-2:
            return float(grid[best])


def _crossing(function, inside: float, end: float, level: float) -> float:
    """Between a point above a level and an end: where the function falls below, or the end."""
    for _ in range(5):
        grid = np.linspace(inside, end, 401)
        below = np.flatnonzero(function(grid) < level)
        if not below.size:
            return end
        inside, end = grid[max(below[0] - 1, 0)], grid[below[0]]
    return float(end)


def _farthest(function, inside: float, end: float, level: float, breaks: tuple) -> float:
    """The last crossing on the way to an end: between breaks a density may vanish."""
    marks = [inside, *sorted(x for x in breaks if (x - inside) * (end - x) > 0), end]
    probes = np.concatenate([np.linspace(a, b, _GRID) for a, b in itertools.pairwise(marks)])
    while True:
        edge = _crossing(function, inside, end, level)
        beyond = probes[(probes - edge) * (end - inside) > 0]
        above = beyond[function(beyond) > level]
        if not above.size:
            return edge
        inside = float(above[np.argmax(abs(above - edge))])


def nodes(law: RadialLaw, order: float, r: float) -> tuple:
    """(w, inner, outer): weights of R = r e^−w and R = r e^w, of a mass that is not yet one."""
    frame, log_r = window(law, order), float(np.log(r))
    pieces = segments(frame, log_r, law.log_breaks)
    parts = [_segment(frame, log_r, *piece) for piece in pieces]
    w, dw = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    inner, outer = (
        np.exp(law.log_mass(log_r + sign * w) - frame.height) * dw for sign in (-1.0, 1.0)
    )
    return w, inner, outer


def segments(frame: Window, log_r: float, breaks: tuple) -> list:
    """Pieces of the half-line of w between the kinks of the density on either side."""
    reach = log_r - frame.left, frame.right - log_r
    kinks = [x for x, hard in zip((frame.left, frame.right), frame.hard, strict=True) if hard]
    kinks += [x for x in breaks if frame.left < x < frame.right]
    ends = [0.0, *sorted({abs(x - log_r) for x in kinks} - {0.0}), np.inf]
    start, stop = 0.0 if min(reach) > 0 else min(map(abs, reach)), max(reach)
    pairs = itertools.pairwise(ends)
    return [(a, b, start, stop) for a, b in pairs if a < stop and b > start]


def step_near(frame: Window, log_r: float, a: float, accuracy: float = 1.0) -> float:
    """The step in v on a piece that begins at a, for a multiple of the digits of doubles."""
    distance = -np.expm1(a - abs(frame.mode - log_r))  # y/(1 + y) at the peak
    peak = np.inf
    if distance > 0 and np.isfinite(frame.deviation):
        peak = _PER_DEVIATION * min(frame.deviation, 0.5) / distance / math.sqrt(accuracy)
    return float(min(STEP / accuracy, peak))


def _segment(frame, log_r, a, b, start, stop) -> tuple:
    """(w, dw) on one piece: trapezoidal in v, with y = e^{w−a} − 1 = e^v or Y/(1 + e^−v)."""
    begin, step = max(np.expm1(start - a), 2 * NEAREST), step_near(frame, log_r, a)
    if np.isinf(b):
        v = np.arange(np.log(begin), log_expm1(stop - a) + step, step)
        y = np.exp(v)
        return a + np.log1p(y), step * y / (1 + y)
    whole = np.expm1(b - a)
    v = np.arange(np.log(begin / whole), -np.log(NEAREST), step)
    y = whole / (1 + np.exp(-v))
    return a + np.log1p(y), step * y / (1 + y) / (1 + np.exp(v))


def log_expm1(x: float) -> float:
    """log(e^x − 1)."""
    return float(x + np.log(-np.expm1(-x)))
