"""How many variances a layer can leave as they are: a rule of signs.

V(q) − q = E F(√q Z) with F(x) = σ_w² (φ(x)² + φ(−x)²)/2 + σ_b² − x². In s = 1/(2q) this is, up to
a positive factor, a Laplace transform of F over x², which has at most as many zeros, counted with
multiplicities, as F has changes of sign on x > 0 (G. Pólya, G. Szegő, Problems and theorems in
analysis II, part V, no. 80). The signs of F are those of an explicit function of one variable:
enclosed over intervals, by the first derivative that does not vanish at 0, and by infinite
intervals far out.
"""

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction

import sympy

from theorycalc.activations import Activation, z
from theorycalc.core.arithmetic import Ball
from theorycalc.core.binary import fraction
from theorycalc.core.evaluation import check_supported
from theorycalc.core.integration.kinks import branch_at
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program, number, operation
from theorycalc.kernels.fixed_points.half_lines import EVERYTHING, range_beyond, range_of
from theorycalc.kernels.fixed_points.tails import Decay

_X = sympy.Symbol("x", positive=True)
_WEIGHT, _BIAS = sympy.symbols("W B", nonnegative=True)
_NUMBERS = Ball(20)
_HIGHEST_DERIVATIVE = 24
# Derivatives of more operations than this decide nothing.
_LONGEST_DERIVATIVE = 100
_SCALES = 10
_MOST_CELLS = 2000
# Longer constants, such as those of SELU, are enclosed.
_LONGEST_CONSTANT = 4
# Longer expressions are not simplified to see whether they are zero.
_LONGEST_SIMPLIFIED = 60
# A kink that is no binary fraction is enclosed to so much.
_KINK_WIDTH = Fraction(1, 2**60)


def most_fixed_variances(activation: Activation, weight, bias) -> int | None:
    """A bound on the number of q > 0 with V(q) = q, with multiplicities.

    Returns
    -------
    int or None
        None if the signs could not be decided.

    Raises
    ------
    NotSupportedError
        If the weight cannot be enclosed, or an activation has no branches that can be read off.
    """
    signs: list[int] = []
    numbers = {_WEIGHT: weight, _BIAS: bias}
    for piece, left, right in _pieces(activation):
        found = _Piece.of(piece, numbers).signs(left, right)
        if found is None:
            return None
        signs += found
    return sum(a != b for a, b in itertools.pairwise(s for s in signs if s))


def positive_roots(gap: sympy.Expr, q: sympy.Symbol) -> int | None:
    """The number of positive roots of a polynomial with rational coefficients, by Sturm's theorem.

    Roots count with multiplicities; None if it is no such polynomial.
    """
    if not gap.is_polynomial(q) or not all(c.is_Rational for c in sympy.Poly(gap, q).coeffs()):
        return None
    factors = sympy.Poly(gap, q).sqf_list()[1]
    zeros = (factor.count_roots(0, None) - (factor.eval(0) == 0) for factor, _ in factors)
    return sum(count * power for count, (_, power) in zip(zeros, factors, strict=True))


def keeps_every_variance(activation: Activation, weight, bias) -> bool:
    """Whether V(q) = q for all q: F is zero."""
    return all(
        is_zero(piece.subs({_WEIGHT: weight, _BIAS: bias})) for piece, *_ in _pieces(activation)
    )


def is_zero(expr: sympy.Expr) -> bool:
    """Whether an expression is seen to be 0, without long simplifications."""
    if sympy.expand(expr) == 0:
        return True
    return expr.count_ops() <= _LONGEST_SIMPLIFIED and sympy.simplify(expr) == 0


def is_odd(activation: Activation) -> bool:
    """Whether φ(−x) = −φ(x)."""
    return all(is_zero(right + left) for right, left, *_ in _branches(activation))


def _branches(activation: Activation):
    """(φ(x), φ(−x), left, right) between the sizes of the kinks, without switches."""
    sizes = {abs(kink) for kink in activation.kinks} - {sympy.S.Zero}
    knots = [sympy.S.Zero, *sorted(sizes), sympy.oo]
    for left, right in itertools.pairwise(knots):
        inside = left + 1 if right == sympy.oo else (left + right) / 2
        both = (branch_at(activation.expr, z, sign * inside).subs(z, sign * _X) for sign in (1, -1))
        yield *both, left, right


def _pieces(activation: Activation):
    """(F, left, right) between the sizes of the kinks."""
    for one, two, left, right in _branches(activation):
        yield _WEIGHT * (one**2 + two**2) / 2 + _BIAS - _X**2, left, right


@dataclass(frozen=True)
class _Piece:
    """F where it has no kinks."""

    expr: sympy.Expr
    numbers: dict
    ranges: dict

    @classmethod
    def of(cls, expr: sympy.Expr, numbers: dict) -> "_Piece":
        """Rational parameters are put in, others and long constants enclosed once."""
        constants = {
            part: sympy.Dummy(real=True)
            for part in expr.atoms(sympy.Pow, sympy.Function, sympy.Mul, sympy.Add)
            if part.is_number and part.count_ops() > _LONGEST_CONSTANT
        }
        expr = expr.xreplace(constants)
        numbers = {**numbers, **{symbol: part for part, symbol in constants.items()}}
        rational = {symbol: x for symbol, x in numbers.items() if x.is_Rational}
        rest = {symbol: x for symbol, x in numbers.items() if symbol not in rational}
        ranges = {}
        for symbol, x in rest.items():
            check_supported(x, _NUMBERS)
            value = _NUMBERS.evaluate(lower(x), [])
            ranges[symbol] = fraction(value.lower), fraction(value.upper)
        return cls(expr.subs(rational), rest, ranges)

    def signs(self, left, right) -> list[int] | None:
        """Signs in order over (left, right); None if they could not be decided."""
        start, before = _outwards(left)[0], []
        if left == 0:
            start, sign = self._near_zero(right)
            if sign is None:
                return None
            before = [sign]
        end, after = _outwards(right)[1] if right != sympy.oo else None, []
        if end is None:
            end, sign = self._far_out(max(start, Fraction(1)))
            if sign is None:
                return None
            after = [sign]
        inner = self._between(start, end) if start < end else []
        return None if inner is None else [*before, *inner, *after]

    def _near_zero(self, right) -> tuple:
        """(ε, the sign on (0, ε)), or Nones."""
        forms = self._forms
        for step in range(_SCALES):
            end = Fraction(1, 2**step)
            if right != sympy.oo and end > _outwards(right)[0]:
                continue
            for form in forms:
                if (sign := _sign(self._over(form, 0, end))) is not None:
                    return end, sign
            sign = self._by_derivatives(Fraction(0), lambda g, end=end: self._over(g, 0, end))
            if sign is not None:
                return end, sign
        return None, None

    def _far_out(self, start: Fraction) -> tuple:
        """(X, the sign on (X, ∞)), or Nones."""
        forms, decay = self._forms, Decay(self.expr, _X)
        for step in range(_SCALES):
            cut = start * 2**step
            if (sign := _sign(decay.range(cut, self.ranges))) is not None:
                return cut, sign
            known = self.ranges | {_X: (cut, math.inf)}
            for form in forms:
                if (sign := _sign(range_beyond(form, known))) is not None:
                    return cut, sign
            sign = self._by_derivatives(cut, lambda g, known=known: range_beyond(g, known))
            if sign is not None:
                return cut, sign
        return None, None

    @property
    def _forms(self) -> tuple:
        """F and F/x² with logarithms and products written so that their sizes can be seen."""
        seen = self.expr.replace(sympy.log(1 + sympy.exp(_X)), _X + sympy.log(1 + sympy.exp(-_X)))
        return self.expr, sympy.expand(seen / _X**2), sympy.expand(self.expr / _X**2)

    def _by_derivatives(self, start: Fraction, range_over) -> int | None:
        """The sign beyond ``start``, from that of a derivative there and those of F before it."""
        derivative, found = self.expr, set()
        for _ in range(_HIGHEST_DERIVATIVE):
            sign = _sign(range_over(derivative))
            if sign is not None and found <= {sign, 0}:
                return sign
            found.add(self._at(derivative, start))
            if None in found or {1, -1} <= found:
                return None
            derivative = sympy.factor_terms(derivative.diff(_X))
            if derivative.count_ops() > _LONGEST_DERIVATIVE:
                return None
        return None

    def _at(self, expr, x: Fraction) -> int | None:
        there = expr.subs(_X, sympy.Rational(x))
        if there.has(sympy.nan, sympy.zoo, sympy.oo):
            return None
        sign = _sign(self._over(there, x, x))
        if sign is None and x == 0 and is_zero(there.subs(self.numbers)):
            return 0
        return sign

    def _over(self, expr, left: Fraction, right: Fraction) -> tuple:
        """The range over an interval."""
        if expr.has(sympy.nan, sympy.zoo):
            return EVERYTHING
        ranges = {_X: (Fraction(left), Fraction(right)), **self.ranges}
        program = lower(expr, tuple(ranges))
        return range_of(program, [_interval(*ends) for ends in ranges.values()])

    def _between(self, left: Fraction, right: Fraction) -> list[int] | None:
        """Signs over an interval, which is halved until F or its slope has a sign."""
        expr = Decay(self.expr, _X).expr
        if expr.has(sympy.nan, sympy.zoo, sympy.oo):
            expr = self.expr
        slope = expr.diff(_X)
        todo, signs = [(left, right)], []
        for _ in range(_MOST_CELLS):
            if not todo:
                return signs
            a, b = todo.pop()
            sign = _sign(self._over(expr, a, b))
            if sign is not None:
                signs.append(sign)
            elif (rising := _sign(self._over(slope, a, b))) is not None:
                ends = self._at(expr, a), self._at(expr, b)
                signs += (-rising, rising) if None in ends else ends
            else:
                todo += [((a + b) / 2, b), (a, (a + b) / 2)]
        return None


def _sign(ends: tuple) -> int | None:
    """1 or −1 for a range that is nowhere negative, or nowhere positive."""
    low, high = ends
    if low == high == 0:
        return 0
    if low >= 0:
        return 1
    return -1 if high <= 0 else None


def _interval(low: Fraction, high: Fraction) -> Program:
    mid, rad = (sympy.Rational(x) / 2 for x in (low + high, high - low))
    return Program(steps=((number, mid, ()), (number, rad, ()), (operation, "widen", (0, 1))))


def _outwards(knot: sympy.Expr) -> tuple[Fraction, Fraction]:
    """Binary fractions around a kink."""
    if knot.is_Rational:
        return (Fraction(int(knot.p), int(knot.q)),) * 2
    value = _NUMBERS.evaluate(lower(knot), [])
    return fraction(value.lower) - _KINK_WIDTH, fraction(value.upper) + _KINK_WIDTH
