"""Any expression of the vocabulary: values, derivatives, images of balls, verdicts."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import flint
import sympy
from case import FLOAT, arithmetic
from hypothesis import strategies as st
from mpmath import iv, mp
from oracle import Truth, UndecidedError, in_two_precisions, number
from trees import SYMBOLS, evaluate, expression

import theorycalc as tc

X = SYMBOLS["x"]


@dataclass(frozen=True)
class Expression:
    """An expression in x at points, in all arithmetics."""

    tree: tuple
    points: tuple
    digits: int

    def evaluations(self):
        using = (FLOAT, ("mp", self.digits), ("ball", self.digits))
        for point in self.points:
            truth = Remembered(lambda p=point: truth_at(self.tree, p))
            for name in using:
                yield (
                    f"at {point} in {name}",
                    lambda p=point, name=name: self._formula.at(x=p, using=arithmetic(name)),
                    truth,
                )

    @cached_property
    def _formula(self):
        return tc.Formula("f", expression(self.tree), args=(X,))


@dataclass(frozen=True)
class Slope(Expression):
    """Its derivative, away from kinks."""

    def evaluations(self):
        for point in self.points:
            truth = Remembered(lambda p=point: slope_at(self.tree, p))
            for name in (FLOAT, ("ball", self.digits)):
                yield (
                    f"at {point} in {name}",
                    lambda p=point, name=name: self._slope.at(x=p, using=arithmetic(name)),
                    truth,
                )

    @cached_property
    def _slope(self):
        return self._formula.diff("x")


@dataclass(frozen=True)
class Image:
    """An expression of something with a radius: it encloses what it takes inside."""

    tree: tuple
    centre: str
    radius: str
    kind: str
    digits: int

    def evaluations(self):
        for name in (FLOAT, ("ball", self.digits)):
            yield (
                f"in {name}",
                lambda name=name: self._formula.at(x=self._enclosure, using=arithmetic(name)),
                self._truths,
            )

    @cached_property
    def _formula(self):
        return tc.Formula("f", expression(self.tree), args=(X,))

    @cached_property
    def _enclosure(self):
        centre, radius = (mp.mpf(float(Fraction(x))) for x in (self.centre, self.radius))
        if self.kind == "arb":
            return flint.arb(float(centre), float(radius))
        if self.kind == "iv":
            return iv.mpf([centre - radius, centre + radius])
        return tc.Value(mid=centre, rad=radius, rigor=tc.Rigor.CERTIFIED)

    def _truths(self):
        inside = [Fraction(j, 8) for j in range(-7, 8)]
        centre, radius = (Fraction(float(Fraction(x))) for x in (self.centre, self.radius))
        truths = (truth_at(self.tree, str(centre + radius * share)) for share in inside)
        return tuple(truth for truth in truths if truth.mid is not None)


@dataclass(frozen=True)
class Bound:
    """A claim that an expression is below its own value, cut after some digits and moved."""

    tree: tuple
    point: str
    kept: int
    moved: int
    digits: int

    def evaluations(self):
        truth = Remembered(lambda: truth_at(self.tree, self.point))
        for name in (("mp", self.digits), ("ball", self.digits)):
            yield (
                f"in {name}",
                lambda name=name: self._verdict(truth(), arithmetic(name)),
                lambda: Verdict(truth(), self._limit(truth())),
            )

    def _limit(self, truth) -> Fraction:
        if truth.mid is None or not truth.mid:
            raise UndecidedError
        with mp.workdps(80):
            unit = self.kept - int(mp.floor(mp.log10(abs(truth.mid))))
            return Fraction(int(mp.nint(truth.mid * mp.mpf(10) ** unit)) + self.moved) / (
                Fraction(10) ** unit
            )

    def _verdict(self, truth, using):
        limit = sympy.Rational(self._limit(truth))
        claim = tc.Claim(sympy.Le(expression(self.tree), limit, evaluate=False))
        point = {"x": self.point} if X in claim.relation.free_symbols else {}
        return tc.check(claim, using=using, **point).verdict


class Verdict(Truth):
    """What a check of truth ≤ limit may say."""

    def allows(self, found) -> bool:
        with mp.workdps(80):
            over = self.mid.mid - number(self.error)
            if abs(over) <= self.mid.error:
                return True  # a tie, as far as the oracle knows
        return found is not (tc.Verdict.HOLDS if over > 0 else tc.Verdict.FAILS)

    def __str__(self):
        return f"{self.mid} ≤ {self.error}"


class Remembered:
    """A computation that is done once."""

    def __init__(self, compute):
        self._compute = compute

    def __call__(self):
        return self._result

    @cached_property
    def _result(self):
        return self._compute()


def truth_at(tree, point: str) -> Truth:
    """The number of the tree."""
    return in_two_precisions(lambda: evaluate(tree, {"x": Fraction(point)}))


def slope_at(tree, point: str) -> Truth:
    """The derivative in mpmath, where both sides have the same."""

    def slope(direction):
        x = mp.mpf(Fraction(point).numerator) / Fraction(point).denominator
        return mp.diff(lambda t: evaluate(tree, {"x": t}), x, direction=direction)

    left, right = (in_two_precisions(lambda d=d: slope(d), agreed=15) for d in (-1, 1))
    truth, value = in_two_precisions(lambda: slope(0), agreed=15), truth_at(tree, point)
    if None in (left.mid, right.mid, truth.mid, value.mid):
        raise UndecidedError
    if abs(left.mid - right.mid) > (1 + abs(truth.mid)) * mp.mpf(10) ** -12:
        raise UndecidedError
    # a difference of values has their rounding
    return Truth(truth.mid, truth.error + abs(value.mid) * mp.mpf(10) ** -30)


rationals = st.fractions(-5, 5, max_denominator=12).map(str)
positives = st.fractions("1/6", 5, max_denominator=6).map(str)
halves = st.integers(1, 9).map(lambda n: str(Fraction(n, 2)))
degrees = st.integers(0, 12).map(str)
points = st.one_of(
    st.fractions(-4, 4, max_denominator=30).map(str),
    st.integers(-6, 6).map(str),
    st.integers(-4000, 4000).map(lambda n: str(Fraction(n, 1024))),
    st.sampled_from(["1e-20", "-1e-9", "1.0000000000000000000001", "0.4999999999", "37.5", "300"]),
)


def _guarded(guard):
    """Mostly inside the real domain of a function."""
    return lambda e: st.one_of(e.map(lambda t: (guard, t)), e.map(lambda t: (guard, t)), e)


_any = lambda e: e  # noqa: E731
_unit, _above, _small = map(_guarded, ("unit", "above", "small"))
_inside = lambda e: e.map(lambda t: ("small", t))  # noqa: E731
_positive = lambda e: e.map(lambda t: ("above", t))  # noqa: E731
_fixed = lambda strategy: lambda e: strategy  # noqa: E731

# Functions and where their arguments come from.
SHAPES = {
    **dict.fromkeys("sin cos tanh atan asinh abs sign heaviside floor ceiling".split(), (_any,)),
    **dict.fromkeys("sech sinc erf erfc log_erfc log_ndtr".split(), (_any,)),
    **dict.fromkeys("log sqrt cbrt acosh acoth asec acsc".split(), (_above,)),
    **dict.fromkeys("exp expm1 tan sinh cosh asin acos atanh erfi erfinv erfcx".split(), (_small,)),
    **dict.fromkeys("cot sec csc coth csch asech erfcinv".split(), (_unit,)),
    **dict.fromkeys("gamma loggamma digamma ei lambertw acsch".split(), (_above,)),
    **dict.fromkeys("zeta altzeta".split(), (_positive,)),
    "log1p": (_inside,),
    "factorial": (_unit,),
    "lambertw_minus": (lambda e: e.map(lambda t: ("div", ("unit", t), "-3")),),
    "add": (_any, _any),
    "sub": (_any, _any),
    "mul": (_any, _any),
    "div": (_any, _any),
    "mod": (_any, _fixed(positives)),
    "max": (_any, _any),
    "min": (_any, _any),
    "atan2": (_any, _any),
    "pow": (_above, _fixed(rationals)),
    "piecewise": (_any, _fixed(rationals), _any, _any),
    "beta": (_positive, _fixed(positives)),
    "betainc": (_fixed(positives), _fixed(positives), _fixed(st.just("0")), _unit),
    "binomial": (_any, _fixed(st.one_of(rationals, st.integers(-3, 9).map(str)))),
    "rising": (_any, _fixed(degrees)),
    "falling": (_any, _fixed(degrees)),
    "lowergamma": (_fixed(positives), _positive),
    "uppergamma": (_fixed(rationals), _positive),
    "lowergamma_regularized": (_fixed(positives), _positive),
    "uppergamma_regularized": (_fixed(positives), _positive),
    "erf2": (_any, _any),
    "polygamma": (_fixed(st.integers(0, 5).map(str)), _positive),
    **dict.fromkeys(
        "besselj bessely besseli besselk besseli_scaled besselk_scaled".split(),
        (_fixed(halves), _positive),
    ),
    "hyp0f1": (_fixed(positives), _any),
    "hyp1f1": (_fixed(rationals), _fixed(positives), _any),
    "hyp2f1": (_fixed(rationals), _fixed(rationals), _fixed(positives), _inside),
    "hyperu": (_fixed(rationals), _fixed(rationals), _positive),
    **dict.fromkeys("legendre hermite hermite_prob chebyt chebyu".split(), (_fixed(degrees), _any)),
    "gegenbauer": (_fixed(degrees), _fixed(positives), _any),
    "laguerre": (_fixed(degrees), _fixed(positives), _any),
    "jacobi": (_fixed(degrees), _fixed(positives), _fixed(positives), _any),
    "polylog": (_fixed(rationals), _inside),
    "expint": (_fixed(rationals), _positive),
}
_leaves = st.one_of(st.just("x"), st.just("x"), rationals)


def _node(name, inner):
    return st.tuples(st.just(name), *(argument(inner) for argument in SHAPES[name]))


def trees(depth: int, leaves=_leaves):
    """Trees of functions of functions, ``depth`` of them."""
    if not depth:
        return leaves
    inner = trees(depth - 1, leaves)
    plain = ("add", "mul", "sub", "div", "pow")
    return st.one_of(
        leaves if depth > 1 else st.nothing(),
        st.sampled_from(plain).flatmap(lambda name: _node(name, inner)),
        st.sampled_from(sorted(SHAPES)).flatmap(lambda name: _node(name, inner)),
    )


_terms = trees(1, st.sampled_from(["x", "i", "1/3", "2"]))
_repeated = st.tuples(
    st.sampled_from(["sum", "product"]), _terms, st.integers(1, 4), st.integers(-3, 9)
)
any_tree = st.one_of(trees(1), trees(2), trees(2), trees(3), _repeated)
_digits = st.sampled_from([3, 8, 15, 20, 30])
_several = st.lists(points, min_size=5, max_size=5, unique=True).map(tuple)

expressions = st.builds(Expression, any_tree, _several, _digits)
slopes = st.builds(Slope, st.one_of(trees(1), trees(2)), _several, _digits)
images = st.builds(
    Image,
    any_tree,
    points,
    st.sampled_from(["1/1048576", "1/1024", "1/8", "1", "3"]),
    st.sampled_from(["arb", "iv", "value"]),
    _digits,
)
bounds = st.builds(Bound, any_tree, points, st.integers(0, 24), st.integers(-1, 1), _digits)
