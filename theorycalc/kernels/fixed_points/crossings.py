"""Where the map of variances crosses or touches the diagonal."""

import itertools
from fractions import Fraction

import numpy as np
import scipy
import sympy

from theorycalc.core.arithmetic import Ball, Float
from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.binary import binary_mpf
from theorycalc.core.errors import NotSupportedError
from theorycalc.core.evaluation import Arithmetic, check_supported
from theorycalc.core.formula import Formula
from theorycalc.core.lowering import lower
from theorycalc.core.roots import find_root
from theorycalc.core.special import SpecialFunction
from theorycalc.core.value import Rigor, Value
from theorycalc.kernels.fixed_points.half_lines import range_of
from theorycalc.kernels.fixed_points.variance_map import is_zero

_EPS = np.finfo(float).eps
# Variances between which crossings are looked for, in turn.
_GRIDS = (np.geomspace(2.0**-20, 2.0**20, 81), np.geomspace(2.0**-100, 2.0**100, 401))
# A difference of doubles of this relative size has no sign.
_NOISE = 1e-10
_LARGEST_DENOMINATOR = 10_000


def fixed_variances(layer, bound: int | None, using: Arithmetic) -> tuple[list, list]:
    """(the roots of V(q) − q that were found, those among them that are double).

    The search ends when ``bound`` roots, with multiplicities, are found.
    """
    if bound == 0:
        return [], []
    [q] = layer.variance_map.args
    gap = Formula("V − q", layer.variance_map.expr - q, args=(q,))
    for grid in _GRIDS:
        brackets, exact = _crossings(gap, grid)
        doubles = [x for x in exact if _is_binary(x) and _sign_is_kept(gap, x)]
        if bound is None or len(brackets) + 2 * len(doubles) >= bound:
            break
    roots = [_within(gap, bracket, exact, using) for bracket in brackets]
    touched = [Value(mid=binary_mpf(x), rad=0, rigor=Rigor.EXACT, using=using) for x in doubles]
    return sorted(roots + touched, key=float), touched


def sign_at(formula: Formula, name: str, x: Fraction) -> int:
    """The sign of a formula of one argument, 0 where it is not decided."""
    try:
        check_supported(formula.expr, Ball())
    except NotSupportedError:
        value = formula.at(**{name: sympy.Rational(x)})
        low, high = value.lower, value.upper
    else:
        low, high = range_of(lower(formula.expr, formula.args), [lower(sympy.Rational(x))])
    return (low > 0) - (high < 0)


def root(formula: Formula, bracket: tuple, using: Arithmetic) -> Value:
    """The root of a formula of one argument between two points where its signs differ."""
    [symbol] = formula.args
    if not isinstance(using, Float):
        return find_root(formula, symbol.name, bracket, using=using)
    # doubles do not decide signs to their last digit
    function, ends = formula.lambdify(), tuple(map(float, bracket))
    x = float(scipy.optimize.brentq(function, *ends, xtol=4 * _EPS * ends[1]))
    value = formula.at(**{symbol.name: x})
    # at most half way to the ends: a map of correlations ends at 1
    step = min(1e-5 * (ends[1] - ends[0]), (ends[1] - x) / 2, (x - ends[0]) / 2)
    slope = abs(float(function(x + step) - function(x - step))) / (2 * step)
    missed = float(abs(value.mid) + value.rad) / slope
    return Value(mid=x, rad=2 * missed + _EPS * abs(x), rigor=Rigor.ESTIMATED, using=using)


def _in_doubles(formula: Formula):
    """Plain doubles for the search alone: signs are enclosed afterwards."""
    program, context = lower(formula.expr, formula.args), ArrayContext(np)
    return lambda x: program.run(context, [np.asarray(x, dtype=float)])


def _crossings(gap: Formula, grid: np.ndarray) -> tuple[list, list]:
    """(brackets with proved changes of sign, rational zeros near points without a sign)."""
    points, suspects = [], []
    function = _in_doubles(gap)
    with np.errstate(all="ignore"):
        sizes = function(grid) / grid
    for q, size in [*zip(grid, sizes, strict=True), *_extremes(function, grid, sizes)]:
        if abs(size) > _NOISE:
            points.append((Fraction(float(q)), int(np.sign(size))))
        elif not np.isnan(size):
            suspects.append(float(q))
    points.sort()
    brackets = [
        (a, b)
        for (a, sign_a), (b, sign_b) in itertools.pairwise(points)
        if sign_a != sign_b and sign_at(gap, "q", a) == sign_a and sign_at(gap, "q", b) == sign_b
    ]
    zeros = {Fraction(q).limit_denominator(_LARGEST_DENOMINATOR) for q in suspects}
    return brackets, sorted(x for x in zeros if x and _vanishes(gap, x))


def _extremes(function, grid: np.ndarray, sizes: np.ndarray) -> list:
    """(q, relative gap) where the gap is nearest to 0 between points of equal sign."""
    found = []
    for i in range(1, len(grid) - 1):
        sign, near = np.sign(sizes[i]), sizes[i - 1 : i + 2]
        if not np.isfinite(near).all() or (np.sign(near) != sign).any():
            continue
        if abs(near[1]) <= min(abs(near[0]), abs(near[2])):
            best = scipy.optimize.minimize_scalar(
                lambda q, sign=sign: sign * function(q) / q,
                bounds=(grid[i - 1], grid[i + 1]), method="bounded", options={"xatol": 1e-10},
            )  # fmt: skip
            found.append((best.x, sign * best.fun))
    return found


def _sign_is_kept(gap: Formula, x: Fraction) -> bool:
    """Whether the gap has one sign on both sides of its zero x."""
    step = x * Fraction(1, 64)
    return sign_at(gap, "q", x - step) * sign_at(gap, "q", x + step) == 1


def _within(gap: Formula, bracket: tuple, exact: list, using: Arithmetic) -> Value:
    """The root in a bracket, exactly where it is a simple rational."""
    inside = [x for x in exact if bracket[0] < x < bracket[1]]
    if inside and _is_binary(inside[0]):
        return Value(mid=binary_mpf(inside[0]), rad=0, rigor=Rigor.EXACT, using=using)
    return root(gap, bracket, using)


def _is_binary(x: Fraction) -> bool:
    return x.denominator & (x.denominator - 1) == 0


def _vanishes(gap: Formula, x: Fraction) -> bool:
    there = gap.expr.subs(gap.args[0], sympy.Rational(x))
    return there == 0 or (not there.has(SpecialFunction) and is_zero(there))
