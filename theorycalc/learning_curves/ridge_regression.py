"""Ridge regression on Gaussian data of any covariance, in the limit of many dimensions."""

from dataclasses import dataclass
from typing import Any, cast

import sympy
from sympy import Expr, S, oo

from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.expressions import positive_parameter, real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Record
from theorycalc.core.lowering import lower
from theorycalc.core.records import check_fields
from theorycalc.learning_curves import in_doubles
from theorycalc.learning_curves.arguments import formula, variances
from theorycalc.learning_curves.effective_ridge import StationaryRidge
from theorycalc.learning_curves.populations import Atoms, Population, population
from theorycalc.spectra import sample_covariance

KAPPA, DF2 = (sympy.Symbol(x, real=True) for x in ("kappa", "df_2"))
_DIVERGES = "diverges: without a ridge there is one solution at γ = 1, of unbounded norm"
_BOUNDARY = "the least error over ridges ≥ 0 is that without a ridge"


@dataclass(frozen=True, repr=False)
class Ridge(Record):
    """Errors of ridge regression, in the limit of many dimensions.

    Attributes
    ----------
    test : Formula
        Mean-square error on new samples, their noise included: bias + variance + noise.
    train : Formula
        That on the training samples.
    bias, variance : Formula
    kappa : Formula
        The effective ridge.
    ridge : Formula
        The ridge.
    """

    test: Formula
    train: Formula
    bias: Formula
    variance: Formula
    kappa: Formula
    ridge: Formula

    def __post_init__(self):
        check_fields(self)


def ridge(gamma, ridge, signal: Any = 1, noise: Any = 0, H=None) -> Ridge:  # noqa: N803 - the letter of the law
    """Ridge regression of y = x·β + noise, from n samples of dimension p = γn.

    The estimator minimises |y − Xb|²/n + λ|b|² for rows Σ^{1/2}z of X, z of independent entries of
    variance 1, where the spectrum of Σ has the law H.

    Parameters
    ----------
    gamma : number or positive symbol
        Dimension over sample size, γ = p/n.
    ridge : number, symbol or "optimal"
        λ; 0 for the solution of least norm. Negative down to minus the lowest edge of the spectrum
        of X'X/n off 0. "optimal": the λ ≥ 0 of the least test error.
    signal : number, symbol, mapping {t: B_t} or function
        |β|², spread evenly; or its part in the eigenspace of every t; or the b of b(t)H(dt).
    noise : number or symbol
        Variance of the noise.
    H : mapping {t: w} or Law, optional
        The law of the spectrum of Σ, by default all are 1.

    Returns
    -------
    Ridge
        With the fields test, train, bias, variance, kappa and ridge.

    Raises
    ------
    DomainError
        For γ ≤ 0, a ridge at or below minus the lowest edge, negative powers.

    Notes
    -----
    With κ(1 − df₁) = λ, df₁ = γ ∫ t/(t + κ) and df₂ = γ ∫ t²/(t + κ)²,
    test = (κ² Σ B_t t/(t + κ)² + σ²)/(1 − df₂) and train = (1 − df₁)² test: generalised
    cross-validation is exact in the limit. The ridge of least error of a signal that is spread
    evenly is σ²γ/|β|², and with it there is no double descent: `optimal_ridge_claim`.

    References
    ----------
    T. Hastie, A. Montanari, S. Rosset, R. Tibshirani, "Surprises in high-dimensional ridgeless
    least squares interpolation", arXiv:1903.08560; E. Dobriban, S. Wager, "High-dimensional
    asymptotics of prediction: ridge regression and classification", arXiv:1507.03003.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> tc.learning_curves.ridge("1/2", 0, noise="1/4").test.expr
    1/2
    >>> two = {1: "1/2", 4: "1/2"}
    >>> fit = tc.learning_curves.ridge("3/2", "1/10", {1: "1/4", 4: "3/4"}, "1/10", H=two)
    >>> print(fit.train.at(using=tc.Ball(20)))
    0.0057496937327742120087 ± 3e-23
    >>> gamma = sympy.Symbol("gamma", positive=True)
    >>> best = tc.learning_curves.ridge(gamma, "optimal", noise="1/4")
    >>> print(best.ridge.expr, best.test.at(gamma=2))
    gamma/4 0.8903882032022076 ± 4e-17
    >>> law = tc.spectra.marchenko_pastur("1/2")
    >>> print(tc.learning_curves.ridge(2, "1/10", noise="1/4", H=law).test.at(using=tc.Ball(15)))
    0.855206110433533 ± 6e-17
    """
    gamma, noise = positive_parameter(gamma, "gamma"), real_parameter(noise, "noise", 0)
    found, square = population(H, signal)
    if isinstance(ridge, str) and ridge == "optimal":
        return _best(gamma, found, square, noise)
    size = real_parameter(ridge, "ridge")
    _check_ridge(size, gamma, found)
    return _errors(gamma, size, found.effective(gamma, size), found, noise, "")


def _best(gamma: Expr, found: Population, square: Expr | None, noise: Expr) -> Ridge:
    """With the λ ≥ 0 of the least error: in closed form for a signal that is spread evenly."""
    if square is None:
        return _errors(gamma, *_optimal(gamma, found, noise))
    if square == 0:
        raise DomainError(explain("no signal: the best ridge is infinite", got="signal = 0"))
    size = noise * gamma / square
    return _errors(gamma, size, found.effective(gamma, size), found, noise, "")


def _errors(
    gamma: Expr, size: Expr, kappa: Expr, found: Population, noise: Expr, note: str
) -> Ridge:
    """The errors at a κ."""
    directions = gamma * found.share
    critical = sympy.Eq(directions, 1) if size.is_zero else sympy.false
    if critical is sympy.true and noise != 0:
        return _diverging(noise)
    # 1 − df₁
    if size.is_zero:
        free = sympy.Max(0, 1 - directions)
    elif size.is_nonzero:
        free = size / KAPPA
    else:
        free = 1 - gamma * found.learned(KAPPA)
    # their limits at equality, without noise
    second, missed = S.Zero, S.Zero
    if critical is not sympy.true:
        second, missed = gamma * found.twice(KAPPA), found.missed(KAPPA)
    test = (missed + noise) / (1 - DF2)
    errors = {
        "test": ("R", test),
        "train": ("R_train", free**2 * test),
        "bias": ("B", missed / (1 - DF2)),
        "variance": ("V", noise * DF2 / (1 - DF2)),
    }
    domain = sympy.true if critical is sympy.true else sympy.Not(critical)
    where = [(KAPPA, kappa), (DF2, second)]
    given = cast(Expr, size.subs(KAPPA, kappa))
    return Ridge(
        **{field: formula(name, x, where, note, domain) for field, (name, x) in errors.items()},
        kappa=formula("kappa", kappa, note=note),
        ridge=formula("lambda", given, note=note),
    )


def _diverging(noise: Expr) -> Ridge:
    errors = {"test": oo, "variance": oo, "bias": S.Zero, "train": S.Zero}
    found = {field: formula(field, x, note=_DIVERGES) for field, x in errors.items()}
    return Ridge(**found, kappa=formula("kappa", S.Zero), ridge=formula("lambda", S.Zero))


def _check_ridge(size: Expr, gamma: Expr, found: Population) -> None:
    """Refuse a ridge at which the estimator is not defined."""
    if size.is_nonnegative:
        return
    if not (size.is_number and gamma.is_number):
        raise DomainError(explain("ridge may be negative", got=size, allowed="a symbol ≥ 0"))
    lowest = sample_covariance(found.law, gamma).edges()[0]
    if not size > -lowest.lower:
        what = "the ridge is at or below minus the lowest edge of the spectrum"
        raise DomainError(explain(what, got=size, allowed=f"> {0 - float(lowest.mid):.6g}"))


def _optimal(
    gamma: Expr, found: Population, noise: Expr
) -> tuple[Expr, Expr, Population, Expr, str]:
    """(λ in κ, κ, …, a note) of the least error over λ ≥ 0, where the derivative vanishes."""
    if not isinstance(found, Atoms):
        what, hint = "the best ridge of an uneven signal along a law", "H={t: w}, or a number"
        raise NotSupportedError(explain(what, got=found.law, hint=hint))
    if not any(b for t, b in found.signal.items() if t):
        raise DomainError(explain("no signal: the best ridge is infinite", got="signal = 0"))
    if not all(x.is_number for x in (gamma, noise, *found.signal.values())):
        what = "the best ridge of an uneven signal needs numbers"
        raise DomainError(explain(what, got=f"gamma = {gamma}, noise = {noise}"))
    second, missed = gamma * found.twice(KAPPA), found.missed(KAPPA) + noise
    # half of the derivative of missed/(1 − df₂), times (1 − df₂)²
    slope = (missed.diff(KAPPA) * (1 - second) + missed * second.diff(KAPPA)) / 2
    least = found.effective(gamma, S.Zero)
    error, rate = (lower(x, (KAPPA,)) for x in (missed / (1 - second), slope))
    start = in_doubles.least(error, rate, float(least), float(max(found.law)))
    if start is None:
        return S.Zero, least, found, noise, _BOUNDARY
    kappa = StationaryRidge(sympy.Lambda(KAPPA, slope), sympy.Rational(start))
    return KAPPA * (1 - gamma * found.learned(KAPPA)), cast(Expr, kappa), found, noise, ""


def optimal_ridge_claim(H=None) -> Claim:  # noqa: N803
    """With the best ridge, more samples never hurt: no double descent.

    For a signal that is spread evenly and λ = σ²γ/|β|² the test error over |β|² is
    u + ∫ tκ/(t + κ) H(dt) at 1/γ = u/κ + ∫ t/(t + κ) H(dt), with u = σ²/|β|². The first rises with
    κ and the second falls: the error rises with γ, that is, falls with the sample size.

    Parameters
    ----------
    H : mapping {t: w}, optional

    Returns
    -------
    Claim
        That the derivatives have these signs, for all κ > 0 and u > 0.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.prove(tc.learning_curves.optimal_ridge_claim({1: "1/2", 4: "1/2"})).verdict
    <Verdict.HOLDS: 'HOLDS'>
    """
    law = {S.One: S.One} if H is None else variances(H)
    # not declared positive: SymPy would not leave anything to prove
    kappa, u = sympy.symbols("kappa u", real=True)
    error = [u, *(w * t * kappa / (t + kappa) for t, w in law.items())]
    samples = [u / kappa, *(w * t / (t + kappa) for t, w in law.items())]
    relations = (_slope(error, kappa) > 0, _slope(samples, kappa) < 0)
    on = dict.fromkeys(("kappa", "u"), sympy.Interval.open(0, oo))
    return Claim(relations, name="the best ridge has no double descent", on=on)


def _slope(terms: list, kappa: sympy.Symbol) -> Expr:
    """The derivative of a sum, every term over its own denominator."""
    return sympy.Add(*(term.diff(kappa).factor() for term in terms))
