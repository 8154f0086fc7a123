"""The mean distortion of random points on a sphere as a quantiser, and its optimal radius."""

from typing import NamedTuple

import sympy
from sympy import Expr, S

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.formula import Formula
from theorycalc.distributions import Gaussian
from theorycalc.quantization.arguments import Points, read_exponent, read_points, read_source
from theorycalc.quantization.sphere import closed
from theorycalc.quantization.sphere.functions import (
    CosineDeficit,
    OptimalSphereRadius,
    SphereDistortion,
)
from theorycalc.quantization.sphere.norm_law import NormLaw

RADIUS = sympy.Symbol("r", nonnegative=True)
# Numbers of points for which a hypergeometric function is faster than the general way.
_MOST_IN_SERIES = 1000
# Even orders up to which the distortion is expanded.
_LARGEST_CLOSED = 60


def distortion(source, n=None, s=2, *, log_n=None) -> Formula:
    """D_s(r) = E min_i ‖X − Z_i‖^s, with Z_1, …, Z_n independent, uniform on a sphere of radius r.

    Parameters
    ----------
    source : law of theorycalc.distributions
        The law of X, spherically symmetric: Gaussian(d), UniformBall(d), UniformSphere(d),
        StudentT(d, nu) or Radial(d, density). The dimension may be a Symbol.
    n : int, number, decimal string or Symbol, optional
        Number of points, an integer of any size; real n ≥ 1 interpolate.
    s : number
        Power of the distance, > 0. There is no root and no division by d.
    log_n : number, optional
        log n in the place of n.

    Returns
    -------
    Formula
        In ``r`` ≥ 0 and the symbols of d and n. For even s a polynomial in r, the moments of ‖X‖
        and of the largest cosine; otherwise a function whose ``rewrite(sympy.Integral)`` shows the
        integral.

    Raises
    ------
    DomainError
        For n < 1, s ≤ 0, a source that is no such law, or an infinite E ‖X‖^s.

    Notes
    -----
    With R = ‖X‖ and the density f of one cosine

    .. math:: D_s = E_R\\Bigl[|R-r|^s + \\int_{|R-r|}^{R+r} s u^{s-1} \\Bigl(1 -
        \\int_{(R^2+r^2-u^2)/(2Rr)}^1 f(t)\\,dt\\Bigr)^n du\\Bigr].

    Examples
    --------
    >>> import theorycalc as tc
    >>> law = tc.distributions.Gaussian(3)
    >>> print(tc.quantization.distortion(law, n=10, s=1).at(r="1.25"))
    1.018593685640 ± 2e-13
    >>> print(tc.quantization.distortion(law, n=10, s=1).at(r="1.25", using=tc.MP(25)))
    1.018593685639916727193457 ± 5e-25
    >>> tc.quantization.distortion(tc.distributions.UniformBall(3), n=10).expr
    r**2 - 27*r/22 + 3/5
    """
    task = _read(source, n, s, log_n)
    expr = task.scale**task.s * _unit_distortion(task, RADIUS / task.scale)
    return _formula("D", task, expr, sympy.Ge(RADIUS, 0, evaluate=False))


def optimal_radius(source, n=None, s=2, *, log_n=None) -> Formula:
    """The radius r* that minimises the distortion.

    Parameters and errors are those of `distortion`.

    Returns
    -------
    Formula
        Without arguments for numbers; E‖X‖ m_n for s = 2, and 0 for one point in d ≥ 2.

    Notes
    -----
    r* is where the slope of the distortion changes its sign, from negative at r = 0. In all cases
    that were scanned there is one such radius; that is no theorem.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.quantization.optimal_radius(tc.distributions.UniformBall(3), n=10).expr
    27/44
    >>> print(tc.quantization.optimal_radius(tc.distributions.Gaussian(3), n=10, s=1).at())
    1.213592018953 ± 2e-13
    """
    task = _read(source, n, s, log_n)
    return _formula("r_opt", task, task.scale * _unit_radius(task))


def optimal_distortion(source, n=None, s=2, *, log_n=None) -> Formula:
    """D_s(r*), the least mean distortion.

    Parameters and errors are those of `distortion`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.quantization.optimal_distortion(tc.distributions.UniformBall(3), n=10).expr
    2163/9680
    >>> print(tc.quantization.optimal_distortion(tc.distributions.Gaussian(3), n=10, s=1).at())
    1.018034351409 ± 4e-13
    """
    task = _read(source, n, s, log_n)
    return _formula("D_opt", task, task.scale**task.s * _unit_optimum(task))


class _Task(NamedTuple):
    """What is asked for; the source is in units of its scale."""

    source: object
    scale: Expr
    d: Expr
    n: Expr
    s: Expr

    @property
    def domain(self) -> dict:
        """Conditions by symbols."""
        whole = sympy.Contains(self.d, S.Naturals, evaluate=False)
        return {self.d: whole, self.n: sympy.Ge(self.n, 1, evaluate=False)}


def _read(source, n, s, log_n) -> _Task:
    n, s = read_points(n, log_n), read_exponent(s)
    source, scale = read_source(source, s, symbolic=True)
    return _Task(source, scale, source.dimension, n, s)


def _formula(name, task, expr, allowed=sympy.true) -> Formula:
    """With moments of the largest cosine, and the optimal radius, as quantities of their own.

    SymPy would compute their digits to decide whether a derivative is zero.
    """
    functions = {x: f"c_{x.args[2]}" for x in sorted(expr.atoms(CosineDeficit), key=str)}
    if expr.is_Add:
        functions |= dict.fromkeys(expr.atoms(OptimalSphereRadius), "r_opt")
    symbols = sorted(expr.free_symbols - {RADIUS}, key=str)
    region = sympy.And(*(task.domain[x] for x in symbols if x in task.domain))
    where = [(sympy.Symbol(short, positive=True), x) for x, short in functions.items()]
    body = expr.xreplace({function: symbol for symbol, function in where})
    args = [RADIUS, *symbols] if RADIUS in allowed.free_symbols else symbols
    return Formula(name, body, args=args, domain=sympy.And(allowed, region), where=where)


def _unit_distortion(task: _Task, r) -> Expr:
    source, _, d, n, s = task
    low, high = source.support
    if s.is_Integer and s % 2 == 0 and s <= _LARGEST_CLOSED:
        deficits = lambda k: CosineDeficit(d, n, S(k)) if k else S.One  # noqa: E731
        powers = None if low == high else source.mean_power
        return closed.even_distortion(int(s) // 2, powers, deficits, r)
    if low == high and n.is_Integer and n <= _MOST_IN_SERIES:
        found = closed.sphere_distortion(d, n, s, r)
        if found is not None:
            return found
    if n == 1 and isinstance(source, Gaussian):
        return closed.gaussian_distortion(d, s, r)
    return SphereDistortion(NormLaw.of(source), d, Points.argument(n), s, r)


def _unit_optimum(task: _Task) -> Expr:
    source, _, _, _, s = task
    low, high = source.support
    radius = _unit_radius(task)
    if s == 2 and radius != 0 and low != high:
        return source.mean_power(S(2)) - radius**2
    return _unit_distortion(task, radius)


def _unit_radius(task: _Task) -> Expr:
    source, _, d, n, s = task
    if n == 1 and (s >= 1 or (d - 1).is_positive):
        return S.Zero  # ‖x‖^s is subharmonic
    low, high = source.support
    if low == high and d == 1 and closed.is_short(n):
        return closed.line_radius(n, s)
    if n == 1:
        raise NotSupportedError(
            explain("the best pair ±r for one point on the line", got=f"s = {s} < 1")
        )
    if s == 2:
        return source.mean_power(S.One) * (1 - CosineDeficit(d, n, S.One))
    return OptimalSphereRadius(NormLaw.of(source), d, Points.argument(n), s)
