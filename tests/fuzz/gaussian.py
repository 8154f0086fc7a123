"""Any activation × any variance: Hermite coefficients and duals from their definitions.

The oracle is a Gauss–Legendre rule between the kinks, in mpmath. A dual is Σ c_k(q11) c_k(q22) ρ^k;
what the sum leaves out is at most |ρ|^K times the rest of the second moments.
"""

import itertools
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property

from case import FLOAT, arithmetic
from hypothesis import strategies as st
from mpmath import mp
from oracle import Truth, number
from trees import evaluate, expression

import theorycalc as tc

_DIGITS = 35
# e^{−R²/2} is below all digits, also times an exponential.
_REACH = 14
_TERMS = 64
_RULES = 16, 20


@cache
def _rule(count: int) -> list[tuple]:
    """(node, weight) of Gauss–Legendre on [0, 1]."""
    found = []
    with mp.workdps(_DIGITS + 10):
        for i in range(count):
            t = mp.cos(mp.pi * (i + mp.mpf(3) / 4) / (count + mp.mpf(1) / 2))
            for _ in range(8):  # Newton's method from close by
                value, slope = _legendre(count, t)
                t -= value / slope
            found.append(((1 + t) / 2, 1 / ((1 - t * t) * _legendre(count, t)[1] ** 2)))
    return found


def _legendre(n: int, t) -> tuple:
    """P_n(t) and its slope."""
    before, value = mp.mpf(1), t
    for k in range(1, n):
        before, value = value, ((2 * k + 1) * t * value - k * before) / (k + 1)
    return value, n * (before - t * value) / (1 - t * t)


@dataclass(frozen=True)
class Expansion:
    """The first coefficients of φ(√q z), its second moment, and E φ(√q z) φ(−√q z)."""

    coefficients: list
    square: object
    mirrored: object


@cache
def _expansion(terms: tuple, q: str, count: int) -> Expansion:
    with mp.workdps(_DIGITS):
        root = mp.sqrt(number(Fraction(q)))
        kinks = {sign * number(Fraction(x)) / root for x in _kinks(terms) for sign in (-1, 1)}
        ends = sorted({mp.mpf(j) for j in range(-_REACH, _REACH + 1)} | kinks)
        tree = _tree(terms)
        sums = [mp.mpf(0)] * _TERMS
        square = mirrored = mp.mpf(0)
        for a, b in itertools.pairwise(ends):
            for node, weight in _rule(count):
                z = a + (b - a) * node
                value, other = (number(evaluate(tree, {"x": s * root * z})) for s in (1, -1))
                mass = weight * (b - a) * mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)
                square, mirrored = square + mass * value**2, mirrored + mass * value * other
                before, current, part = mp.mpf(0), mp.mpf(1), mass * value
                for k in range(_TERMS):
                    sums[k] += part * current
                    after = (z * current - mp.sqrt(k) * before) / mp.sqrt(k + 1)
                    before, current = current, after
        return Expansion(sums, square, mirrored)


def _tree(terms):
    return ("add", *(_term(*term) for term in terms))


def _term(factor, kind, scale, shift):
    """factor · kind(scale·x + shift)."""
    inner = ("add", ("mul", scale, "x"), shift)
    made = {
        "relu": ("max", inner, "0"),
        "swish": ("div", inner, ("add", "1", ("exp", ("mul", "-1", inner)))),
        "gaussian": ("exp", ("mul", "-1", ("pow", inner, "2"))),
        "gelu": ("mul", inner, ("erf", inner)),
        "square": ("pow", inner, "2"),
        "cube": ("pow", inner, "3"),
        "softsign": ("piecewise", inner, "0", inner, ("mul", inner, "1/3")),
    }
    return ("mul", factor, made.get(kind, (kind, inner)))


_KINKED = {"relu", "abs", "sign", "heaviside", "softsign"}


def _kinks(terms) -> list[Fraction]:
    return [-Fraction(b) / Fraction(a) for _, kind, a, b in terms if kind in _KINKED]


@dataclass(frozen=True)
class Gaussian:
    """An activation Σ factor · kind(scale·z + shift) with what is asked of it."""

    terms: tuple
    degrees: tuple
    correlations: tuple
    variances: tuple
    digits: int

    def evaluations(self):
        names = (FLOAT, ("ball", self.digits))
        for name in names:
            using = arithmetic(name)
            for k in self.degrees:
                yield (
                    f"c_{k} in {name}",
                    lambda k=k, using=using: tc.hermite.coefficient(self._phi, k).at(using=using),
                    lambda k=k: self._coefficient(k),
                )
            for rho in self.correlations:
                yield (
                    f"dual at {rho} in {name}",
                    lambda rho=rho, using=using: self._dual.at(rho=rho, using=using),
                    lambda rho=rho: self._sum("1", "1", Fraction(rho)),
                )
        q11, q12, q22 = self.variances
        yield (
            "general dual",
            lambda: self._general.at(q11=q11, q12=q12, q22=q22),
            lambda: self._sum(q11, q22, Fraction(q12)),
        )

    @cached_property
    def _phi(self):
        return tc.Activation(expression(_tree(self.terms)))

    @cached_property
    def _dual(self):
        return tc.kernels.dual(self._phi)

    @cached_property
    def _general(self):
        return tc.kernels.dual_general(self._phi)

    def _coefficient(self, k):
        rough, fine = (_expansion(self.terms, "1", n).coefficients[k] for n in _RULES)
        return _truth(rough, fine, mp.sqrt(_expansion(self.terms, "1", _RULES[1]).square))

    def _sum(self, q11, q22, q12):
        rough, fine = (self._dual_of(q11, q22, q12, n) for n in _RULES)
        return _truth(rough[0], fine[0], fine[2], fine[1])

    def _dual_of(self, q11, q22, q12, count):
        """(the sum, a bound on the rest of it, the size of the terms)."""
        first, second = (_expansion(self.terms, q, count) for q in (q11, q22))
        with mp.workdps(_DIGITS):
            size = mp.sqrt(first.square * second.square)
            rho = number(q12) / mp.sqrt(number(Fraction(q11) * Fraction(q22)))
            if abs(rho) == 1 and q11 == q22:
                return (first.square if rho > 0 else first.mirrored), mp.mpf(0), size
            pairs = zip(first.coefficients, second.coefficients, strict=True)
            total = sum(a * b * rho**k for k, (a, b) in enumerate(pairs))
            return total, size * abs(rho) ** _TERMS, size


def _truth(rough, fine, size, left_out=0):
    with mp.workdps(_DIGITS):
        return Truth(fine, 4 * abs(fine - rough) + left_out + size * mp.mpf(10) ** (12 - _DIGITS))


_numbers = st.fractions(-2, 2, max_denominator=4).map(str)
_scales = st.fractions("1/3", 2, max_denominator=4).map(str)
_terms = st.tuples(
    _numbers.filter(lambda x: x != "0"),
    st.sampled_from(
        "relu abs sign heaviside softsign swish gaussian gelu square cube erf tanh sin cos".split()
    ),
    _scales,
    st.one_of(st.just("0"), _numbers),
)


@st.composite
def gaussians(draw):
    terms = draw(st.lists(_terms, min_size=1, max_size=2))
    degrees = draw(st.lists(st.integers(0, 24), min_size=6, max_size=6, unique=True))
    correlations = draw(
        st.lists(st.fractions("-1/2", "1/2", max_denominator=40), min_size=4, max_size=4)
    )
    q11, q22 = draw(st.tuples(*[st.fractions("1/4", 3, max_denominator=4)] * 2))
    q12 = draw(st.fractions(-1, 1, max_denominator=40)) * min(q11, q22) / 2
    return Gaussian(
        tuple(terms),
        tuple(degrees),
        (*map(str, correlations), draw(st.sampled_from(["1", "-1"]))),
        (str(q11), str(q12), str(q22)),
        draw(st.sampled_from([3, 8, 15])),
    )
