"""Fixed points of deep networks, and the depth at which inputs are forgotten."""

import math
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import sympy

from theorycalc.activations import Activation, z
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.formula import Formula
from theorycalc.core.integration.kinks import branch_at
from theorycalc.core.reference import Reference
from theorycalc.core.value import Rigor, Value, distance, fraction
from theorycalc.kernels.duals import by_activation, families
from theorycalc.kernels.duals.mean import GaussianMean, gaussian_mean
from theorycalc.kernels.fixed_points import variance_map
from theorycalc.kernels.fixed_points.crossings import fixed_variances, root
from theorycalc.kernels.layers.types import Dense, Nonlinearity

SCHOENHOLZ = Reference(
    "arXiv:1611.01232",
    title="S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein, Deep information propagation",
)
_Q = sympy.Symbol("q", positive=True)
_C = sympy.Symbol("c", real=True)


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


class FixedPoints(list):
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


class HiddenLayer(NamedTuple):
    """The layer that a deep network repeats: φ, then weights and biases of these variances."""

    activation: Activation
    weight: sympy.Expr
    bias: sympy.Expr

    @property
    def variance_map(self) -> Formula:
        """V(q) = σ_w² E φ(√q Z)² + σ_b²."""
        moment = by_activation.second_moment(self.activation, _Q)
        return self._formula("V", self.weight * moment + self.bias, _Q)

    @property
    def chi(self) -> Formula:
        """χ₁(q) = σ_w² E φ'(√q Z)²."""
        moment = by_activation.slope_second_moment(self.activation, _Q)
        return self._formula("chi_1", self.weight * moment, _Q)

    @property
    def correlation_map(self) -> Formula:
        """C(c; q) = (σ_w² K(q, cq, q) + σ_b²)/V(q)."""
        pair = _Q, _C * _Q, _Q, sympy.acos(_C)
        covariance = by_activation.covariance(self.activation, *pair)
        ratio = (self.weight * covariance + self.bias) / self.variance_map.expr
        return self._formula("C", ratio, _C, _Q)

    @property
    def correlation_slope(self) -> Formula:
        """dC/dc = σ_w² K'(q, cq, q) q/V(q)."""
        pair = _Q, _C * _Q, _Q, sympy.acos(_C)
        if not self.activation.is_continuous:
            return self.correlation_map.diff("c")
        slope = by_activation.slope_covariance(self.activation, *pair)
        return self._formula("dC", self.weight * slope * _Q / self.variance_map.expr, _C, _Q)

    @property
    def variance_slope(self) -> Formula:
        """V'(q) = σ_w² E[φ(√q Z)² (Z² − 1)]/(2q), which needs no derivative of φ."""
        moment = by_activation.second_moment(self.activation, _Q)
        if moment.has(GaussianMean):
            square = Activation(z**2 * self.activation.expr**2, symbol=z)
            slope = (gaussian_mean(square, _Q) / _Q - moment) / (2 * _Q)
        else:
            slope = moment.diff(_Q)
        return self._formula("dV", self.weight * slope, _Q)

    @property
    def slopes_at_zero(self) -> tuple:
        """φ'(0−), φ'(0+)."""
        return tuple(_beside_zero(self.activation.derivative, side) for side in (-1, 1))

    @property
    def keeps_zero(self) -> bool:
        """Whether V(q) → 0 as q → 0."""
        values = (_beside_zero(self.activation, side) for side in (-1, 1))
        return self.bias == 0 and all(variance_map.is_zero(value) for value in values)

    @property
    def is_scale_free(self) -> bool:
        """Whether variances are multiplied by a constant and correlations do not feel them."""
        family = families.family(self.activation)
        homogeneous = isinstance(family, families.Homogeneous) and family.degree == 1
        return homogeneous and self.bias == 0

    def _formula(self, name: str, expr, *args) -> Formula:
        return Formula(name, sympy.simplify(expr) if self.is_scale_free else expr, args=args,
                       reference=SCHOENHOLZ)  # fmt: skip


def _beside_zero(activation: Activation, side: int) -> sympy.Expr:
    """The limit at 0 from one side."""
    sizes = [abs(kink) for kink in activation.kinks if kink != 0]
    near = side * min([sympy.S.One, *sizes]) / 2
    return branch_at(activation.expr, z, near).subs(z, 0)


def hidden_layer(layers: tuple) -> HiddenLayer:
    """The layer that a dense network repeats.

    Raises
    ------
    NotSupportedError
        If it is no dense network with equal hidden layers, or has symbolic parameters.
    """
    first, *rest = layers
    pairs = list(zip(rest[::2], rest[1::2], strict=False))
    regular = isinstance(first, Dense) and len(rest) == 2 * len(pairs) and len(set(pairs)) == 1
    if not regular or not isinstance(rest[0], Nonlinearity) or not isinstance(rest[1], Dense):
        raise NotSupportedError(
            explain("fixed points are those of dense networks whose hidden layers are equal")
        )
    activation, dense = rest[0].activation, rest[1]
    if dense.sigma_w.free_symbols | dense.sigma_b.free_symbols:
        raise NotSupportedError(explain("fixed points need numbers for sigma_w and sigma_b"))
    return HiddenLayer(activation, dense.sigma_w**2, dense.sigma_b**2)


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
    gap = sympy.expand(layer.variance_map.expr - _Q)
    if (number := variance_map.positive_roots(gap, _Q)) is not None:
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
    balance_of_c = Formula("C − c", at_q.expr - _C, args=(_C,))
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
