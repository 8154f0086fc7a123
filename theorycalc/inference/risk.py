"""Empirical risk minimisation: what a convex loss with a ridge learns from n = αd samples."""

from dataclasses import dataclass
from typing import NamedTuple

import sympy
from sympy import Expr, Rational, S, acos, exp, oo, pi, sqrt

from theorycalc.core.errors import DomainError, NotSupportedError, explain, shown, unknown_name
from theorycalc.core.formula import Formula
from theorycalc.core.integration.kinks import kinks
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact
from theorycalc.core.records import instance
from theorycalc.inference.solving.crossing import extremum
from theorycalc.inference.solving.fixed_point import fixed_point
from theorycalc.inference.solving.line import gaussian_mean, normal_density, normal_law
from theorycalc.inference.solving.prox import Prox

_M, _Q, _V = sympy.symbols("m q V", positive=True)
_OMEGA = sympy.Symbol("omega", real=True)
_Z = sympy.Symbol("z", real=True)
_H = sympy.Symbol("h", real=True)
_TEACHERS = ("sign", "mixture")
_LOSSES = ("square", "logistic", "hinge")
# Places at which the convexity of a loss is looked at.
_LOOKED_AT = range(-40, 41)


class _Loss(NamedTuple):
    """−l'(h) and l''/(1 + V l'') at the prox h of ω, kinks in ω, and a bound A + B ω² of both."""

    push: Expr
    stiffness: Expr
    kinks: tuple
    bound: tuple


def _loss(law) -> _Loss:
    """A loss of the margin h, by its name or by an expression."""
    if isinstance(law, Expr):
        return _by_prox(law)
    if instance(law, str, "a loss", allowed=f"{', '.join(_LOSSES)}, an expression") not in _LOSSES:
        raise unknown_name("loss", law, _LOSSES)
    if law == "square":
        return _Loss((1 - _OMEGA) / (1 + _V), 1 / (1 + _V), (), (S(2), S(2)))
    if law == "logistic":
        found = _by_prox(sympy.log(1 + exp(-_H)))
        return found._replace(bound=(S.One, S.Zero))
    push = sympy.Min(1, sympy.Max(0, (1 - _OMEGA) / _V))
    inside = sympy.Heaviside(1 - _OMEGA, S.Half) - sympy.Heaviside(1 - _V - _OMEGA, S.Half)
    return _Loss(push, inside / _V, (1 - _V, S.One), (1 + 1 / _V, S.Zero))


def _by_prox(loss: Expr) -> _Loss:
    """Any convex loss, whose prox is computed."""
    free = sorted(loss.free_symbols, key=str)
    if len(free) != 1:
        raise DomainError(explain("a loss of the margin", got=loss, allowed="one symbol"))
    if kinks(loss, free[0]):
        hint = "a smooth loss, or hinge by its name"
        raise NotSupportedError(explain("a loss with kinks", got=loss, hint=hint))
    slope = sympy.diff(loss.subs(free[0], _H), _H)
    slope = -1 / (1 + exp(_H)) if sympy.simplify(slope + 1 / (1 + exp(_H))) == 0 else slope
    bend = sympy.diff(slope, _H)
    if not all(_is_real_and(bend.subs(_H, Rational(k, 4)), 0) for k in _LOOKED_AT):
        raise DomainError(explain("a loss that is not convex", got=loss))
    h = Prox(sympy.Lambda(_H, slope), _OMEGA, _V)
    push, bend = -slope.subs(_H, h), bend.subs(_H, h)
    return _Loss(push, bend / (1 + _V * bend), (), (oo, S.Zero))


def _is_real_and(x: Expr, least: int) -> bool:
    """Whether an expression is a real number, and at least this."""
    x = sympy.N(x)
    return bool(x.is_real and x >= least)


@dataclass(frozen=True)
class Erm(Shown):
    """min Σ l(y a·w/√d) + (λ/2)|w|² over n = αd samples.

    Attributes
    ----------
    loss : str or Expr
    alpha, ridge : Expr
    teacher : str
        ``"sign"``: y = sign(w*·a/√d), |w*|² = d; ``"mixture"``: a = yμ + noise, |μ|² = mean.
    mean : Expr
    """

    loss: object
    alpha: Expr
    ridge: Expr
    teacher: str
    mean: Expr

    def __post_init__(self):
        for name in ("alpha", "ridge", "mean"):
            object.__setattr__(self, name, exact(getattr(self, name), name))
        if instance(self.teacher, str, "a teacher") not in _TEACHERS:
            raise unknown_name("teacher", self.teacher, _TEACHERS)
        if not (self.alpha > 0 and self.ridge >= 0 and self.mean > 0):
            got = f"alpha = {self.alpha}, ridge = {self.ridge}, mean = {self.mean}"
            allowed = "alpha > 0, ridge ≥ 0, mean > 0"
            raise DomainError(explain("out of range", got=got, allowed=allowed))
        _loss(self.loss)
        if self.ridge == 0:
            self._check_minimiser()

    def _check_minimiser(self) -> None:
        """Refuse separable data without a ridge, and a square loss of too few samples."""
        if self.loss == "square":
            least = S.One
        elif self.teacher == "sign":
            least = oo
        else:
            least = separability(self.mean).at().upper
        if not self.alpha > least:
            hint = "ridge > 0"
            what = "no minimiser: without a ridge alpha has to be above separability"
            allowed = f"alpha > {shown(float(least))}"
            raise DomainError(explain(what, got=self.alpha, allowed=allowed, hint=hint))

    def _solution(self) -> tuple[Expr, Expr, Expr]:
        """m, q and V at the fixed point of the state evolution."""
        loss, alpha, signal = _loss(self.loss), self.alpha, self.mean
        omega = sqrt(_Q) * _Z
        if self.teacher == "mixture":
            omega = _M + omega
            weight, slope = S.One, S.One
        else:
            signal = S.One
            c = _M / sqrt(_Q * (_Q - _M**2))
            weight = 2 * normal_law(c * sqrt(_Q) * _Z)
            slope = 2 * normal_density(c * sqrt(_Q) * _Z) / sqrt(1 - _M**2 / _Q)
        kinks = [(kink - omega.subs(_Z, 0)) / sqrt(_Q) for kink in loss.kinks]
        constant, square = loss.bound
        bound = (2 * constant + 4 * square * (_M**2 + 1), 4 * square * (_Q + 1))

        def mean(f: Expr, factor: Expr) -> Expr:
            return gaussian_mean(factor * f.subs(_OMEGA, omega), _Z, *bound, kinks)

        pull = alpha * mean(loss.push, slope)
        noise = alpha * mean(loss.push**2, weight)
        total = self.ridge + alpha * mean(loss.stiffness, weight)
        nexts = (signal * pull / total, (signal * pull**2 + noise) / total**2, 1 / total)
        return fixed_point((_M, _Q, _V), nexts, (Rational(3, 10), S.Half, S.One))

    def m(self) -> Formula:
        """w·w*/d with a teacher, w·μ/√d in a mixture.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.erm("hinge", 2, "1/2", teacher="mixture").m().at())
        0.7209069940751 ± 5e-14
        """
        return Formula("m", self._solution()[0])

    def q(self) -> Formula:
        """|w|²/d.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.erm("square", 2, "1/2").q().at(using=tc.MP(20)))
        0.47359586173035484394 ± 1e-21
        """
        return Formula("q", self._solution()[1])

    def error(self) -> Formula:
        """The fraction of new samples that are classified wrongly.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.erm("logistic", 2, "1/10").error().at())
        0.1796623928610 ± 8e-14
        """
        m, q, _ = self._solution()
        if self.teacher == "mixture":
            return Formula("epsilon", normal_law(-m / sqrt(q)))
        return Formula("epsilon", acos(m / sqrt(q)) / pi)

    def _repr_latex_(self):
        return rf"$\text{{{self}}}$"

    def __str__(self):
        return f"{self.loss} loss, {self.teacher}, alpha = {self.alpha}, ridge = {self.ridge}"


def erm(loss, alpha, ridge, teacher: str = "sign", mean=1) -> Erm:
    """Empirical risk minimisation with a convex loss of the margin and a ridge.

    Parameters
    ----------
    loss : str or Expr
        ``"square"`` (1 − h)²/2, ``"logistic"`` log(1 + e^−h), ``"hinge"`` max(0, 1 − h), or a
        smooth convex expression in one symbol, the margin.
    alpha : number
        Samples for each unknown, > 0.
    ridge : number
        λ ≥ 0 of (λ/2)|w|²; 0 where a minimiser exists.
    teacher : str
        ``"sign"`` or ``"mixture"`` of two Gaussian laws.
    mean : number
        |μ|² of a mixture.

    Returns
    -------
    Erm

    Raises
    ------
    DomainError
        For a loss that is not convex, or separable data without a ridge.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.erm("logistic", 2, "1/10", teacher="mixture").error().at())
    0.2322060693740 ± 3e-14
    """
    return Erm(loss, alpha, ridge, teacher, mean)


def separability(mean=1) -> Formula:
    """α below which a mixture of two Gaussian laws is linearly separable.

    Parameters
    ----------
    mean : number
        |μ|² ≥ 0.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.separability(1).at())
    3.70003345568568 ± 9e-15
    """
    mean = exact(mean, "mean")
    if not mean >= 0:
        raise DomainError(explain("the square of a norm", got=mean, allowed="≥ 0"))
    if mean == 0:
        return Formula("alpha_sep", S(2))
    a = sympy.Symbol("a", positive=True)
    k = a * sqrt(mean / (1 + a**2))
    f = (1 + a**2) * ((1 + k**2) * normal_law(-k) - k * normal_density(k))
    return Formula("alpha_sep", 1 / extremum(f, a, Rational(1, 10**6), 40 + sqrt(mean), -1))
