"""Extreme-value approximations of the optimal radius, and its limits."""

import sympy
from sympy import Expr, S, exp, sqrt

from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.expressions import real_expression
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.records import one_of
from theorycalc.quantization.arguments import read_exponent, read_points, read_source
from theorycalc.quantization.extremes.regimes import REGIMES, Regime
from theorycalc.quantization.sphere.largest_cosine import mean_max_cosine

# Regimes with a correction that tells how good they are.
_CANDIDATES = ("n fixed", "d fixed", "extreme values")
_IN_FIXED_DIMENSION = "d fixed"
# So few that no norm concentrates.
_FEW_DIMENSIONS = 5
_MEAN, _VARIANCE = sympy.symbols("m v", nonnegative=True)


def extreme_value_radius(
    source, n=None, s=2, regime: str | None = None, order: int | None = None, *, log_n=None
) -> Formula:
    """An extreme-value approximation of the optimal radius r*, with an estimate of its error.

    Parameters
    ----------
    source : law of theorycalc.distributions
    n : int, number or decimal string, optional
        Number of points ≥ 2, of any size.
    s : number
        Power of the distance, > 0. For s ≠ 2 the first correction is added, which supposes that
        ‖X‖ concentrates: Gaussian and uniform laws in high dimension.
    regime : str, optional
        "n fixed" (d → ∞), "d fixed" (n → ∞), "extreme values" (Gumbel's law around the typical
        largest cosine), "log n = αd", "log n/d → 0". By default that of the first three (for s ≠ 2
        not "d fixed") with the smallest estimate of its error.
    order : int, optional
        1 for the leading order; by default all orders that are known.
    log_n : number, optional
        log n in the place of n.

    Returns
    -------
    Formula
        Without arguments. Its ``note`` names the regime and the order. The size of the last
        correction (of the next one for order 1), and of that for s ≠ 2, is part of the error of its
        values: an estimate.

    Raises
    ------
    DomainError
        For an unknown regime or order, n < 2, d < 2, s ≤ 0 or a bad source.
    NotSupportedError
        For s ≠ 2 in the regime "d fixed", where r* tends to a centre of the law of ‖X‖.

    Notes
    -----
    r* = E‖X‖ E M for s = 2. For s ≠ 2, with m = E M, r₂ = m E‖X‖ and D₂ = E‖X‖² − r₂²,
    r* ≈ r₂ + (s − 2)/2 · [m Cov(‖X‖, ‖X‖²) − 2 r₂ Var(‖X‖ M)]/D₂.

    Examples
    --------
    >>> import theorycalc as tc
    >>> law = tc.distributions.Gaussian(200)
    >>> estimate = tc.quantization.extreme_value_radius(law, n=10**6)
    >>> print(estimate.at(), "in", estimate.note)
    4.73 ± 0.005 in regime n fixed, order 3 of 3
    >>> tc.quantization.optimal_radius(law, n=10**6).at().digits(6)
    '4.73236'
    """
    n, s = read_points(n, log_n), read_exponent(s)
    law, scale = read_source(source, s)
    chosen = _regime(regime, *_read_size(law.dimension, n), s)
    highest = len(chosen.orders)
    order = highest if order is None else exact_integer(order, "order", minimum=1)
    if order > highest:
        allowed = f"1 … {highest} in the regime {chosen.name!r}"
        raise DomainError(explain("order out of range", got=order, allowed=allowed))
    if s != 2 and chosen.name == _IN_FIXED_DIMENSION:
        raise NotSupportedError(
            explain("r* for s ≠ 2 in a fixed dimension", got=s, hint="optimal_radius, exact")
        )
    variance = chosen.variance(law.dimension, n) if s != 2 else S.Zero
    radius = scale * _radius(law, s)

    change = sympy.Abs(radius - scale * _radius(law, S(2)), evaluate=False)
    missing = scale * law.mean_power(S.One) * chosen.error(order, law.dimension, n)
    steps = [(_MEAN, chosen.orders[order - 1](law.dimension, n)), (_VARIANCE, variance)]
    note = f"regime {chosen.name}, order {order} of {highest}"
    return Formula("r_ev", radius, args=(), where=steps, note=note, error=missing + change)


def _value(expr: Expr):
    return Formula("", expr, args=()).at()


def _read_size(d: Expr, n: Expr) -> tuple[Expr, Expr]:
    if not (d.is_number and n.is_number):
        raise DomainError(explain("no numbers", got=f"d = {d}, n = {n}", hint="distortion"))
    if d < 2 or n < 2:
        raise DomainError(
            explain("no extreme values", got=f"d = {d}, n = {n}", allowed="d ≥ 2, n ≥ 2")
        )
    return d, n


def _regime(name: str | None, d: Expr, n: Expr, s: Expr) -> Regime:
    """The one that is asked for, or that has the smallest estimate of its error."""
    if name is not None:
        return REGIMES[one_of(name, REGIMES, "regime")]
    if s != 2 and d <= _FEW_DIMENSIONS:
        return REGIMES[_IN_FIXED_DIMENSION]
    candidates = [REGIMES[name] for name in _CANDIDATES if s == 2 or name != _IN_FIXED_DIMENSION]
    return min(candidates, key=lambda regime: _estimate(regime, d, n))


def _estimate(regime: Regime, d: Expr, n: Expr) -> float:
    """The size of the error of the highest order, as what a zero leaves out."""
    error = regime.error(len(regime.orders), d, n)
    return float(Formula("", S.Zero, args=(), error=error).at().rad)


def _radius(law, s: Expr) -> Expr:
    """r* of a law of scale 1 from the mean and the variance of the largest cosine."""
    first, second, third = (law.mean_power(S(k)) for k in (1, 2, 3))
    radius = first * _MEAN
    if s == 2:
        return radius
    spread = second * (_MEAN**2 + _VARIANCE) - radius**2
    drift = _MEAN * (third - first * second) - 2 * radius * spread
    return radius + (s - 2) / 2 * drift / (second - radius**2)


def limit_radius(alpha) -> Formula:
    """lim r*/E‖X‖ = √(1 − e^{−2α}) for n = e^{αd} points and d → ∞, for every s.

    Parameters
    ----------
    alpha : number or Symbol
        (log n)/d ≥ 0.

    Notes
    -----
    For laws whose norm concentrates, ‖X‖/E‖X‖ → 1. For N(0, I_d) it is the limit of r*/√d.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.quantization.limit_radius("1/2").at())
    0.7950600976206501 ± 9e-18
    """
    alpha = _rate(alpha)
    return Formula("r_lim", sqrt(1 - exp(-2 * alpha)), domain=_nonnegative(alpha))


def limit_distortion(alpha, s=2) -> Formula:
    """lim D*/(E‖X‖)^s = e^{−sα} for n = e^{αd} points and d → ∞.

    Parameters
    ----------
    alpha : number or Symbol
        (log n)/d ≥ 0.
    s : number
        Power of the distance, > 0.

    Notes
    -----
    For N(0, I_d) and s = 2 it is the limit of D*/d, and the distortion-rate function.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.quantization.limit_distortion("1/2").expr
    exp(-1)
    """
    alpha, s = _rate(alpha), read_exponent(s)
    return Formula("D_lim", exp(-s * alpha), domain=_nonnegative(alpha))


def _rate(alpha) -> Expr:
    if isinstance(alpha, Expr) and alpha.free_symbols:
        return real_expression(alpha, "alpha", 0)
    alpha = exact(alpha, "alpha")
    if alpha < 0:
        raise DomainError(explain("alpha out of range", got=alpha, allowed="≥ 0"))
    return alpha


def _nonnegative(alpha: Expr):
    return sympy.Ge(alpha, 0) if alpha.free_symbols else None


# Of a comparison in doubles.
_LARGEST_DIMENSION = 10_000


def compare_approximations(d, n=None, *, log_n=None):
    """All approximations of the mean largest cosine beside the exact value.

    Parameters
    ----------
    d : int
        Dimension, ≥ 2.
    n : int, number or decimal string, optional
        Number of points, ≥ 2.
    log_n : number, optional

    Returns
    -------
    pandas.DataFrame
        One row for each regime and order: the approximation and its relative error; the exact
        m_n is the attribute ``attrs["exact"]``.

    Examples
    --------
    >>> import theorycalc as tc
    >>> table = tc.quantization.compare_approximations(50, 10**6)
    >>> table.relative_error.idxmin()[0]
    'extreme values'
    """
    import pandas as pd

    d, n = _read_size(S(exact_integer(d, "d", 2, _LARGEST_DIMENSION)), read_points(n, log_n))
    exactly = float(mean_max_cosine(d, n).at())
    rows = {}
    for regime in REGIMES.values():
        for order, mean in enumerate(regime.orders, start=1):
            value = float(_value(mean(d, n)))
            rows[regime.name, order] = (value, abs(value / exactly - 1))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["m", "relative_error"])
    table.index = pd.MultiIndex.from_tuples(table.index, names=["regime", "order"])
    table.attrs["exact"] = exactly
    return table
