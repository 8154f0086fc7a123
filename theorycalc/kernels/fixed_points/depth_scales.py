"""Fixed points of deep networks, and the depth at which inputs are forgotten."""

import math
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import sympy

from theorycalc.core.binary import distance, fraction
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Look, Record, record_html, record_text
from theorycalc.core.value import Rigor, Value
from theorycalc.kernels.duals import families
from theorycalc.kernels.fixed_points import variance_map
from theorycalc.kernels.fixed_points.crossings import fixed_variances, root
from theorycalc.kernels.fixed_points.layer_maps import SCHOENHOLZ, C, HiddenLayer, Q


class FixedPoint(NamedTuple):
    """A fixed point of the recursion of a deep network.

    Attributes
    ----------
    q : Value or None
        The variance; None where the correlations do not depend on it. At 0 the limit q → 0 is
        meant.
    c : Value or None
        The stable correlation at this variance; None where the map of correlations is the identity
        (linear activations, and smooth ones at q = 0): inputs then keep a correlation of their own.
    chi : Value
        χ₁, the slope of the map of correlations at 1: > 1 in the chaotic phase, where nearly equal
        inputs drift apart. At a fixed variance it is σ_w² E φ'(√q Z)²; ∞ for a jump.
    slope : Value
        V'(q): the variance is stable where its size is less than 1.
    unstable : tuple of Value
        The other fixed correlations; together with ``c`` these are all in [−1, 1], because the map
        is a power series with coefficients ≥ 0.
    """

    q: Value | None
    c: Value | None
    chi: Value
    slope: Value
    unstable: tuple[Value, ...] = ()

    __repr__, _repr_html_ = record_text, record_html


class FixedPoints(Record, list[FixedPoint]):
    """Fixed points by growing variance, and whether these are proved to be all.

    Attributes
    ----------
    complete : bool
        Whether it is proved that there are no others.
    note : str
        Why not, or what is special: a double root, variances that are all fixed.
    """

    def __init__(self, points=(), *, complete: bool, note: str = ""):
        super().__init__(points)
        self.complete, self.note = complete, note

    def _look(self) -> Look:
        proved = "these are all" if self.complete else "there may be others"
        note = f"; {self.note}" if self.note else ""
        rows = [tuple("" if x is None else x for x in point) for point in self]
        columns = ("q", "c", "χ₁", "V'(q)", "unstable c")
        return Look((f"Fixed points, {proved}{note}",), columns, rows)


class DepthScales(NamedTuple):
    """Layers after which the distance from the fixed point has fallen by e.

    Attributes
    ----------
    xi_q : Value or None
        Of variances: −1/log V'(q*); None where the approach is not exponential.
    xi_c : Value or None
        Of correlations: −1/log of the slope of their map at c*; None at criticality.
    """

    xi_q: Value | None
    xi_c: Value | None

    __repr__, _repr_html_ = record_text, record_html


def fixed_points(layer: HiddenLayer, using: Arithmetic) -> FixedPoints:
    """All of them, by growing variance."""
    if layer.is_scale_free:
        return _scale_free(layer, using)
    points = [_at_zero(layer, using)] if layer.keeps_zero else []
    bound, reason = _bound(layer)
    roots, doubles = fixed_variances(layer, bound, using)
    points += [_point(layer, q, using) for q in roots]
    multiplicity = len(roots) + len(doubles)
    notes = [f"V touches the diagonal at q = {float(q):.6g}, a double root" for q in doubles]
    if bound is None:
        notes.append(reason)
    elif multiplicity != bound:
        notes.append(f"up to {bound} positive fixed variances are possible, {multiplicity} found")
    return FixedPoints(points, complete=multiplicity == bound, note="; ".join(notes))


def depth_scales(layer: HiddenLayer, using: Arithmetic) -> DepthScales:
    """At the stable fixed point of the variance; the smallest one, if there are several."""
    points = fixed_points(layer, using)
    for point in points:
        if point.q is None:
            return DepthScales(None, None)  # critical: correlations approach 1 algebraically
        if abs(float(point.slope)) >= 1:
            continue
        if point.c is None or point.q.mid == 0:
            return DepthScales(_scale(point.slope, using), None)
        if point.c.mid == 1:
            contraction = point.chi
        else:
            contraction = _at_root(layer.correlation_slope, using, q=point.q, c=point.c)
        return DepthScales(_scale(point.slope, using), _scale(contraction, using))
    found = ", ".join(str(point.q) for point in points) or "none"
    raise NotSupportedError(
        explain(
            "no stable fixed point of the variance was found",
            got=f"fixed variances: {found}",
            hint="fixed_points(), which says whether these are all",
        )
    )


def _bound(layer: HiddenLayer) -> tuple[int | None, str]:
    """(a bound on the positive fixed variances, why there is none)."""
    gap = sympy.expand(layer.variance_map.expr - Q)
    if (number := variance_map.positive_roots(gap, Q)) is not None:
        return number, ""
    try:
        bound = variance_map.most_fixed_variances(layer.activation, layer.weight, layer.bias)
    except NotSupportedError as error:
        return None, f"completeness is not proved: {error}"
    return bound, "completeness is not proved: signs of the activation were not decided"


def _scale_free(layer: HiddenLayer, using: Arithmetic) -> FixedPoints:
    """Bias-free networks of the ReLU family: V(q) is a multiple of q."""
    slope = layer.variance_map.diff("q").at(using=using, q=1)
    chi = layer.correlation_slope.at(using=using, c=1, q=1)
    linear = families.family(layer.activation).is_monomial
    point = FixedPoint(None, None if linear else _exactly(1, using), chi, slope)
    if variance_map.keeps_every_variance(layer.activation, layer.weight, layer.bias):
        note = "every variance is fixed: V(q) = q"
    else:
        note = "V(q) is a multiple of q: no variance but 0 is fixed"
    return FixedPoints([point], complete=True, note=note)


def _at_zero(layer: HiddenLayer, using: Arithmetic) -> FixedPoint:
    """The limit q → 0, where φ is as good as its slopes on both sides of 0."""
    slopes = layer.slopes_at_zero
    slope = Formula("chi_1", layer.weight * sum(s**2 for s in slopes) / 2, args=()).at(using=using)
    keeps = variance_map.is_zero(slopes[0] - slopes[1])
    return FixedPoint(
        _exactly(0, using), None if keeps else _exactly(1, using), slope, slope
    )  # fmt: skip


def _point(layer: HiddenLayer, q: Value, using: Arithmetic) -> FixedPoint:
    chi = _exactly(math.inf, using)
    if layer.activation.is_continuous:
        chi = _at_root(layer.chi, using, q=q)
    slope = _at_root(layer.variance_slope, using, q=q)
    stable, unstable = _correlations(layer, q, chi, using)
    return FixedPoint(q, stable, chi, slope, unstable)


def _correlations(layer: HiddenLayer, q: Value, chi: Value, using: Arithmetic) -> tuple:
    """(the stable fixed correlation, the others).

    C(c) = Σ a_k c^k with a_k ≥ 0 and C(1) = 1 is convex on [0, 1]: 1 is fixed, and where χ₁ > 1 one
    more number in [0, 1). A fixed −r < 0 needs O(r) = r + E(r) for the odd and the even part, while
    O(r) ≤ r O(1) = r (1 − E(1)): only −1, and only if E = 0.
    """
    one = _exactly(1, using)
    if float(chi) <= 1:
        return one, ()
    if layer.bias == 0 and variance_map.is_odd(layer.activation):
        return _exactly(0, using), (_exactly(-1, using), one)
    at_q = layer.correlation_map.subs(q=fraction(q.mid))
    balance_of_c = Formula("C − c", at_q.expr - C, args=(C,))
    end = _below_one(balance_of_c)
    if end is None:
        return one, ()
    # C(−r) + r > 0: a root at 0 is inside
    return root(balance_of_c, (Fraction(-1, 64), end), using), (one,)


def _below_one(balance_of_c: Formula) -> Fraction | None:
    """A point next to 1 where C(c) < c; None if χ₁ is too close to 1 to find one."""
    for step in range(4, 40):
        c = 1 - Fraction(1, 2**step)
        if balance_of_c.at(c=sympy.Rational(c)).upper < 0:
            return c
    return None


def _at_root(formula: Formula, using: Arithmetic, **roots: Value) -> Value:
    """A formula at numbers that are known up to their errors."""
    names = [symbol.name for symbol in formula.args]
    centre = {name: fraction(roots[name].mid) for name in names}
    value = formula.at(using=using, **centre)
    moves = []
    for name, x in centre.items():
        if roots[name].rad:
            moved = formula.at(using=using, **{**centre, name: x + fraction(roots[name].rad)})
            # a move of less than the roundings is not seen in the midpoints
            moves.append(distance(moved.mid, value.mid, moved.rad, value.rad))
    error = sum(moves)
    if not error and all(roots[name].rad == 0 for name in names):
        return value
    return Value(
        mid=value.mid, rad=value.rad + 2 * error, rigor=Rigor.ESTIMATED, using=using,
        reference=SCHOENHOLZ,
    )  # fmt: skip


def _scale(slope: Value, using: Arithmetic) -> Value | None:
    """−1/log of the size of a slope, None where that is not below 1."""
    x = sympy.Symbol("x", positive=True)
    size = abs(float(slope))
    if size == 0:
        return _exactly(0, using)
    if size >= 1:
        return None
    positive = replace(slope, mid=abs(slope.mid))
    return _at_root(Formula("xi", -1 / sympy.log(x), args=(x,)), using, x=positive)


def _exactly(x: float, using: Arithmetic) -> Value:
    return Value(mid=x, rad=0, rigor=Rigor.EXACT, using=using)
