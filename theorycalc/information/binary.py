"""The divergence between two coins, and its inverses: the core of bounds for losses in [0, 1]."""

import math

import sympy
from sympy import S, exp, log, sqrt
from sympy.codegen.cfunctions import expm1, log1p

from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.enclosed_midpoint import through_balls
from theorycalc.core.arithmetic.monotone import between_corners
from theorycalc.core.formula import Formula
from theorycalc.core.increasing_roots import increasing_root
from theorycalc.core.special import SpecialFunction
from theorycalc.information import binary_arrays
from theorycalc.information.arguments import with_given

Q, P = sympy.symbols("q p", nonnegative=True)
C = sympy.Symbol("c", nonnegative=True)
LOG_2 = math.log(2.0)


class BinaryDivergence(SpecialFunction):
    """kl(q‖p) = q log(q/p) + (1 − q) log((1 − q)/(1 − p))."""

    nargs = 2

    @staticmethod
    def domain(q, p):
        return (q >= 0) & (q <= 1) & (p >= 0) & (p <= 1)

    @classmethod
    def eval(cls, q, p):
        return S.Zero if q == p else None

    @classmethod
    def definition(cls, q, p):
        both = q * log(q / p) + (1 - q) * log((1 - q) / (1 - p))
        ends = ((-log1p(-p), sympy.Eq(q, 0)), (-log(p), sympy.Eq(q, 1)))
        return sympy.Piecewise(*ends, (both, True))

    def _eval_is_extended_nonnegative(self):
        return True

    def fdiff(self, argindex=1):
        q, p = self.args
        return log(q * (1 - p) / (p * (1 - q))) if argindex == 1 else (p - q) / (p * (1 - p))

    @staticmethod
    def double(q, p):
        return binary_arrays.divergence(q, p)

    def in_latex(self, printer):
        q, p = map(printer._print, self.args)
        return rf"\operatorname{{kl}}\left({q} \,\middle\|\, {p}\right)"


class _Inverse(SpecialFunction):
    """The p on one side of q with kl(q‖p) = c; it is monotone in both."""

    nargs = 2

    @staticmethod
    def domain(q, c):
        return (q >= 0) & (q <= 1) & (c >= 0)

    def _eval_is_extended_nonnegative(self):
        return True

    def fdiff(self, argindex=1):
        q, p = self.args[0], self
        slope = p * (1 - p) / (p - q)
        return slope if argindex == 2 else slope * log(p * (1 - q) / (q * (1 - p)))

    @classmethod
    def in_mp(cls, context, q, c):
        return through_balls(context, cls.in_ball, q, c)

    def in_latex(self, printer):
        q, c = map(printer._print, self.args)
        sign = "+" if isinstance(self, UpperInverse) else "-"
        return rf"\operatorname{{kl}}^{{{sign}}}\left({q}, {c}\right)"


class UpperInverse(_Inverse):
    """sup{p : kl(q‖p) ≤ c}, which rises with q and with c."""

    @classmethod
    def eval(cls, q, c):
        closed = {S.One: S.One, S.Zero: -expm1(-c), S.Half: (1 + _half_width(c)) / 2}
        return q if c == 0 else closed.get(q)

    @staticmethod
    def double(q, c):
        return binary_arrays.inverse(q, c, upper=True)

    @staticmethod
    def in_ball(context, q, c):
        def at(q, c):
            one = context.number(S.One)
            y = logarithmic_step(context, one - q, q, c)
            return q - (one - q) * context.apply("expm1", -y)

        return _monotone(context, at, q, c, (1, 1))


class LowerInverse(_Inverse):
    """inf{p : kl(q‖p) ≤ c}, which rises with q and falls with c."""

    @classmethod
    def eval(cls, q, c):
        closed = {S.One: exp(-c), S.Zero: S.Zero, S.Half: exp(-2 * c) / (2 * (1 + _half_width(c)))}
        return q if c == 0 else closed.get(q)

    @staticmethod
    def double(q, c):
        return binary_arrays.inverse(q, c, upper=False)

    @staticmethod
    def in_ball(context, q, c):
        def at(q, c):
            y = logarithmic_step(context, q, context.number(S.One) - q, c)
            return q * context.apply("exp", -y)

        return _monotone(context, at, q, c, (1, -1))


def _half_width(c):
    """p⁺ − p⁻ of a fair coin."""
    return sqrt(-expm1(-2 * c))


def _monotone(context, at, q, c, signs):
    """A value on balls; nowhere where a part of them is outside of the domain."""
    zero, one = context.number(S.Zero), context.number(S.One)
    inside = [context.compare(">=", x, zero) for x in (q, c)] + [context.compare("<=", q, one)]
    if not all(inside):
        return context.select([])
    return between_corners(context, at, (q, c), signs)


def logarithmic_step(context, a, b, c):
    """The y ≥ 0 with kl(a‖a e^{−y}) = c, for a + b = 1 and numbers without a radius.

    The square root of the divergence is concave in y: Newton's method rises from a point below.
    """
    if context.vanishes(a) or context.vanishes(c):
        return context.number(S.Zero)
    bounds = c / a, context.apply("sqrt", 2 * b * c / a)
    below = context.midpoint(context.apply("max", *bounds))
    lost = context.as_float(context.apply("log", a * below / c)) / LOG_2
    with working_precision(context.bits + 8 + 2 * max(0, int(lost))):

        def root_of_divergence(share):
            y = below * share
            gap = -a * context.apply("expm1", -y)
            value = a * y
            if not context.vanishes(b):
                value = value - b * context.apply("log1p", gap / b)
            root = context.apply("sqrt", value)
            return root, below * gap / (b + gap) / (2 * root)

        # as a multiple of what it exceeds it is never too small to be told from zero
        one = context.number(S.One)
        return below * increasing_root(context, root_of_divergence, context.apply("sqrt", c), one)


def kl(q=Q, p=P) -> Formula:
    """kl(q‖p), the divergence between coins with chances q and p of heads, in nats.

    Parameters
    ----------
    q, p : number, Symbol, expression or Formula
        Probabilities in [0, 1]; symbols by default.

    Returns
    -------
    Formula
        q log(q/p) + (1 − q) log((1 − q)/(1 − p)), with 0 log 0 = 0.

    Raises
    ------
    DomainError
        For numbers outside [0, 1], and where it is evaluated at p = 0 < q or p = 1 > q: there it is
        infinite.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.information.kl("0.3", "0.4").at())
    0.02160085414354653 ± 6e-18
    >>> tc.information.kl().lambdify()([0.0, 0.3], [0.5, 0.3])
    array([0.69314718, 0.        ])
    """
    return with_given(_KL, q=q, p=p)


def kl_upper(q=Q, c=C) -> Formula:
    """sup{p : kl(q‖p) ≤ c}, the largest risk that is compatible with a divergence c.

    Parameters
    ----------
    q : number, Symbol, expression or Formula
        A probability in [0, 1]; a symbol by default.
    c : number, Symbol, expression or Formula
        c ≥ 0; a symbol by default.

    Returns
    -------
    Formula
        1 − e^{−c} at q = 0, (1 + √(1 − e^{−2c}))/2 at q = 1/2, and a root elsewhere; with
        derivatives p(1 − p)/(p − q) in c, and that times log(p(1 − q)/(q(1 − p))) in q.

    Raises
    ------
    DomainError
        For q outside [0, 1] or c < 0.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.information.kl_upper("0.3", "0.001").at(using=tc.Ball(20)))
    0.32075102827713907447 ± 6e-22
    >>> tc.information.kl_upper(0).expr
    -expm1(-c)
    """
    return with_given(_UPPER, q=q, c=c)


def kl_lower(q=Q, c=C) -> Formula:
    """inf{p : kl(q‖p) ≤ c} = 1 − kl_upper(1 − q, c), with all digits of small values.

    Parameters and errors are those of `kl_upper`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.information.kl_lower("0.4", "0.25").at(using=tc.Ball(20)))
    0.12067898084552364120 ± 6e-23
    >>> print(tc.information.kl_lower("0.4", 1000).at(using=tc.Ball(10)))
    3.412574245e-1087 ± 2e-1097
    """
    return with_given(_LOWER, q=q, c=c)


_KL = Formula("kl", BinaryDivergence(Q, P), args=(Q, P), domain=(Q <= 1) & (P <= 1))
_UPPER = Formula("kl^+", UpperInverse(Q, C), args=(Q, C), domain=Q <= 1)
_LOWER = Formula("kl^-", LowerInverse(Q, C), args=(Q, C), domain=Q <= 1)
