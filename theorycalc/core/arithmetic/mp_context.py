"""Evaluation with mpmath numbers of a private context: any precision, no enclosure."""

import functools
import itertools
import math
import operator

import mpmath
import sympy
from mpmath import libmp
from mpmath.calculus.quadrature import TanhSinh

from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.arithmetic.logic import RELATIONS
from theorycalc.core.errors import DomainError, explain

_CONSTANTS = {
    sympy.pi: "pi",
    sympy.E: "e",
    sympy.EulerGamma: "euler",
    sympy.Catalan: "catalan",
    sympy.GoldenRatio: "phi",
    sympy.I: "j",
    sympy.oo: "inf",
    sympy.S.NegativeInfinity: "ninf",
}

# Names and argument orders of SymPy → those of mpmath, where they differ.
_NAMES = {
    "ceiling": "ceil",
    "digamma": "digamma",
    "polygamma": "psi",
    "chebyshevt": "chebyt",
    "chebyshevu": "chebyu",
    "abs": "fabs",
}
_SPECIAL_ORDER = {
    "heaviside": lambda mp, x, at_zero: at_zero if x == 0 else mp.mpf(x > 0),
    "softplus": lambda mp, x: mp.log1p(mp.exp(x)),
    "max": lambda mp, *xs: max(xs),
    "min": lambda mp, *xs: min(xs),
    "lowergamma": lambda mp, s, x: mp.gammainc(s, 0, x),
    "uppergamma": lambda mp, s, x: mp.gammainc(s, x),
    "erfcinv": lambda mp, x: _erfcinv(mp, x),
    "beta": lambda mp, a, b: _with_sum(mp, mp.beta, a, b),
    "rising": lambda mp, x, n: _with_sum(mp, mp.rf, x, n),
    "hermite": lambda mp, n, x: mp.hermite(n, x),
    "betainc": lambda mp, a, b, x, y: mp.betainc(a, b, x, y),
    "lambertw": lambda mp, x, k=0: mp.lambertw(x, int(k)),
}


def _erfcinv(mp, x):
    """erfinv(1 − x), with as many guard digits as the difference loses."""
    with mp.workprec(mp.prec + max(0, -mp.mag(x))):
        return +mp.erfinv(1 - x)


def _with_sum(mp, function, x, y):
    """A quotient of Γ functions of x, y and x + y, which must not be rounded to x or y."""
    with mp.workprec(mp.prec + max(0, mp.mag(x), mp.mag(y))):
        return +function(x, y)


class MPContext:
    """The operations that a `Program` calls, on numbers of one private mpmath context."""

    encloses = False

    def __init__(self, bits: int, goal: int | None = None):
        self.mp = mpmath.mp.clone()
        self.mp.prec = bits
        # the bits of relative accuracy that are asked for, where they are known: an expensive
        # quadrature need not exhaust the working precision
        self.goal = goal
        # the largest relative error that a quadrature reported: two precisions that use the same
        # nodes would agree on a wrong number
        self.doubt = self.mp.zero

    @property
    def bits(self) -> int:
        """The working precision."""
        return self.mp.prec

    def number(self, x: sympy.Expr):
        if x.is_Rational:
            return self.mp.mpf(int(x.p)) / int(x.q)
        if isinstance(x, sympy.CRootOf):
            return self.number(x.eval_rational(n=self.mp.dps + 3))
        return +getattr(self.mp, _CONSTANTS[x])

    def add(self, *terms):
        return self.mp.fsum(terms)

    def mul(self, *factors):
        return functools.reduce(operator.mul, factors)

    def power(self, base, exponent):
        return self.mp.power(base, exponent)

    def hyper(self, a: list, b: list, z):
        return self.mp.hyper(a, b, z)

    def atan2(self, y, x):
        if isinstance(x, self.mp.mpf) and isinstance(y, self.mp.mpf):
            return self.mp.atan2(y, x)
        # a root of rounding noise may be imaginary: the analytic continuation
        return -self.mp.j * self.mp.log((x + self.mp.j * y) / self.mp.sqrt(x * x + y * y))

    def apply(self, name: str, *args):
        """Any other function of the vocabulary, by name."""
        if name in _SPECIAL_ORDER:
            return _SPECIAL_ORDER[name](self.mp, *args)
        return getattr(self.mp, _NAMES.get(name, name))(*args)

    def compare(self, relation: str, x, y) -> bool:
        return bool(RELATIONS[relation](self.mp.re(x), self.mp.re(y)))

    def all(self, truths: list) -> bool:
        return all(truths)

    def any(self, truths: list) -> bool:
        return any(truths)

    def negate(self, truth: bool) -> bool:
        return not truth

    def select(self, branches):
        """The first branch whose condition holds."""
        for condition, branch in branches:
            if condition():
                return branch()
        return self.mp.nan

    def integral(self, integrand, parameters: list, points: list):
        """∫ of a program of (x, *parameters), by tanh–sinh quadrature between the points."""

        def function(x):
            spend(1, self.bits)
            return integrand.run(self, [x, *parameters])

        total = error = self.mp.zero
        for panel in itertools.pairwise(points):
            value, estimate = self.mp.quad(function, panel, error=True)
            total, error = total + value, error + estimate
        if total:
            self.doubt = max(self.doubt, abs(error / total))
        return total

    def rule(self, size: int) -> list:
        """Nodes and weights of a tanh–sinh rule of about this size on [−1, 1]."""
        level = max(2, math.ceil(math.log2(size / 4)))
        # mpmath gives the nodes that a level adds: by themselves a rule of twice the step 2^−level
        nodes = TanhSinh(self.mp).get_nodes(-1, 1, level, self.mp.prec)
        spend(len(nodes), self.bits)
        return [(x, self.mp.ldexp(w, 1 - level)) for x, w in nodes]

    def midpoint(self, x):
        """The number itself."""
        return x

    def rational(self, x) -> sympy.Rational:
        """The exact value of a number."""
        return sympy.Rational(*libmp.to_rational(x._mpf_))

    def negligible(self, x) -> bool:
        """Whether a cut-off error is below the working precision."""
        return abs(x) < self.mp.eps

    def widen(self, x, radius):
        # The cut-off of a tail is covered by comparing two precisions: it depends on them.
        return x

    def scalarwise(self, function, *args):
        return function(*args)

    def integer(self, x) -> int:
        if not self.mp.isint(x):
            raise DomainError(explain("the limit of a sum is not an integer", got=x))
        return int(x)

    def special(self, call, *args):
        return call.in_mp(self, *args)
