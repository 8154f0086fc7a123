"""Fixed points of deep networks, and the depth at which inputs are forgotten."""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
import sympy
from scipy import optimize

from theorycalc.activations import Activation
from theorycalc.core.arithmetic import Float
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.formula import Formula
from theorycalc.core.reference import Reference
from theorycalc.core.roots import find_root
from theorycalc.core.value import Rigor, Value, fraction
from theorycalc.hermite import parity
from theorycalc.kernels import expectations, symbolic
from theorycalc.kernels.layers import Dense, Nonlinearity

SCHOENHOLZ = Reference(
    "arXiv:1611.01232",
    title="S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein, Deep information propagation",
)
_Q = sympy.Symbol("q", positive=True)
_EPS = np.finfo(float).eps
_C = sympy.Symbol("c", real=True)
# Variances between which fixed points are looked for, and how finely.
_VARIANCES = np.geomspace(2.0**-20, 2.0**20, 81)


class FixedPoint(NamedTuple):
    """A fixed point of the recursion of a deep network.

    Attributes
    ----------
    q : Value or None
        The variance; None where every variance is one, or the correlations do not depend on it.
    c : Value
        The stable correlation at this variance.
    chi : Value
        χ₁, the slope of the map of correlations at 1: > 1 in the chaotic phase, where nearly equal
        inputs drift apart. At a fixed variance it is σ_w² E φ'(√q Z)².
    """

    q: Value | None
    c: Value
    chi: Value


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
        moment = expectations.second_moment(self.activation, _Q)
        return self._formula("V", self.weight * moment + self.bias, _Q)

    @property
    def chi(self) -> Formula:
        """χ₁(q) = σ_w² E φ'(√q Z)²."""
        moment = expectations.slope_second_moment(self.activation, _Q)
        return self._formula("chi_1", self.weight * moment, _Q)

    @property
    def correlation_map(self) -> Formula:
        """C(c; q) = (σ_w² K(q, cq, q) + σ_b²)/V(q)."""
        pair = _Q, _C * _Q, _Q, sympy.acos(_C)
        covariance = expectations.covariance(self.activation, *pair)
        ratio = (self.weight * covariance + self.bias) / self.variance_map.expr
        return self._formula("C", ratio, _C, _Q)

    @property
    def correlation_slope(self) -> Formula:
        """dC/dc = σ_w² K'(q, cq, q) q/V(q)."""
        pair = _Q, _C * _Q, _Q, sympy.acos(_C)
        slope = expectations.slope_covariance(self.activation, *pair)
        return self._formula("dC", self.weight * slope * _Q / self.variance_map.expr, _C, _Q)

    @property
    def is_scale_free(self) -> bool:
        """Whether variances are multiplied by a constant and correlations do not feel them."""
        family = symbolic.family(self.activation)
        homogeneous = isinstance(family, symbolic.Homogeneous) and family.degree == 1
        return homogeneous and self.bias == 0

    def _formula(self, name: str, expr, *args) -> Formula:
        return Formula(name, sympy.simplify(expr) if self.is_scale_free else expr, args=args,
                       reference=SCHOENHOLZ)  # fmt: skip


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


def fixed_points(layer: HiddenLayer, using: Arithmetic) -> list[FixedPoint]:
    """All of them, by growing variance."""
    if layer.is_scale_free:
        chi = layer.correlation_slope.at(using=using, c=1, q=1)
        return [FixedPoint(None, _exactly(1, using), chi)]
    variance_map = layer.variance_map
    gaps = variance_map.lambdify()(_VARIANCES) - _VARIANCES
    points = []
    if layer.bias == 0 and layer.activation.expr.subs(layer.activation.symbol, 0) == 0:
        slope = layer.activation.derivative.expr.subs(layer.activation.symbol, 0)
        chi = Formula("chi_1", layer.weight * slope**2, args=()).at(using=using)
        points.append(FixedPoint(_exactly(0, using), _exactly(1, using), chi))
    balance = Formula("V − q", variance_map.expr - _Q, args=(_Q,))
    for i in np.nonzero(gaps[:-1] * gaps[1:] < 0)[0]:
        bracket = tuple(Fraction(float(x)) for x in _VARIANCES[i : i + 2])
        q = _root(balance, bracket, using)
        chi = _at_root(layer.chi, using, q=q)
        points.append(FixedPoint(q, _stable_correlation(layer, q, chi, using), chi))
    return points


def depth_scales(layer: HiddenLayer, using: Arithmetic) -> DepthScales:
    """At the stable fixed point of the variance."""
    for point in fixed_points(layer, using):
        if point.q is None:
            return DepthScales(None, None)  # critical: correlations approach 1 algebraically
        if point.q.mid == 0:
            slope = point.chi
        else:
            slope = _at_root(layer.variance_map.diff("q"), using, q=point.q)
        if float(slope) >= 1:
            continue
        if point.c.mid == 1:
            contraction = point.chi
        else:
            contraction = _at_root(layer.correlation_slope, using, q=point.q, c=point.c)
        return DepthScales(_scale(slope, using), _scale(contraction, using))
    raise NotSupportedError(explain("the variance has no stable fixed point"))


def _stable_correlation(layer: HiddenLayer, q: Value, chi: Value, using: Arithmetic) -> Value:
    """1, or where χ₁ > 1 the root below: C is convex on [0, 1] with C(0) ≥ 0."""
    if float(chi) <= 1:
        return _exactly(1, using)
    if layer.bias == 0 and parity.vanishes(layer.activation, 0):
        return _exactly(0, using)
    at_q = layer.correlation_map.subs(q=fraction(q.mid))
    balance = Formula("C − c", at_q.expr - _C, args=(_C,))
    margin = Fraction(min(1e-3, (float(chi) - 1) / 100))
    return _root(balance, (Fraction(0), 1 - margin), using)


def _root(balance: Formula, bracket: tuple, using: Arithmetic) -> Value:
    """The root of a formula of one argument between two points where its signs differ."""
    [symbol] = balance.args
    if not isinstance(using, Float):
        return find_root(balance, symbol.name, bracket, using=using)
    # doubles do not decide signs to their last digit
    function = balance.lambdify()
    x = optimize.brentq(function, *map(float, bracket), xtol=4 * _EPS * float(bracket[1]))
    slope = float(balance.diff(symbol).at(**{symbol.name: x}))
    noise = 8 * _EPS * max(abs(x), 1e-3)
    return Value(
        mid=x, rad=noise + noise / abs(slope), rigor=Rigor.ESTIMATED, using=using,
        reference=SCHOENHOLZ,
    )  # fmt: skip


def _at_root(formula: Formula, using: Arithmetic, **roots: Value) -> Value:
    """A formula at numbers that are known up to their errors."""
    names = [symbol.name for symbol in formula.args]
    centre = {name: fraction(roots[name].mid) for name in names}
    value = formula.at(using=using, **centre)
    error = sum(
        abs(float(formula.at(**{**centre, name: x + fraction(roots[name].rad)}).mid - value.mid))
        for name, x in centre.items()
    )
    return Value(
        mid=value.mid, rad=value.rad + 2 * error, rigor=Rigor.ESTIMATED, using=using,
        reference=SCHOENHOLZ,
    )  # fmt: skip


def _scale(slope: Value, using: Arithmetic) -> Value | None:
    """−1/log of a slope, None where that is not below 1."""
    x = sympy.Symbol("x", positive=True)
    if not 0 < float(slope) < 1:
        return None
    return _at_root(Formula("xi", -1 / sympy.log(x), args=(x,)), using, x=slope)


def _exactly(x: int, using: Arithmetic) -> Value:
    return Value(mid=x, rad=0, rigor=Rigor.EXACT, using=using)
