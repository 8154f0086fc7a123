"""Ridge regression on Gaussian data of any covariance, in the limit of many dimensions."""

from dataclasses import dataclass
from typing import Any, cast

import sympy
from sympy import Expr, S, oo

from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Record
from theorycalc.core.lowering import lower
from theorycalc.core.records import check_fields
from theorycalc.learning_curves import in_doubles
from theorycalc.learning_curves.arguments import formula, positive, powers, quantity, variances
from theorycalc.learning_curves.effective_ridge import EffectiveRidge, StationaryRidge
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
    signal : number, symbol or mapping {t: B_t}
        |β|², spread evenly; or its part in the eigenspace of every t.
    noise : number or symbol
        Variance of the noise.
    H : mapping {t: w}, optional
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
    """
    gamma, noise = positive(gamma, "gamma"), quantity(noise, "noise", 0)
    law = {S.One: S.One} if H is None else variances(H)
    even = not isinstance(signal, dict)
    if even:
        square = quantity(signal, "signal", 0)
        parts = {t: square * w for t, w in law.items()}
    else:
        parts = powers(signal, "signal", "an eigenvalue of the signal")
    best = isinstance(ridge, str) and ridge == "optimal"
    if best and not any(b for t, b in parts.items() if t):
        raise DomainError(explain("no signal: the best ridge is infinite", got=f"signal={signal}"))
    if best and not even:
        size, kappa, note = _optimal(gamma, parts, noise, law)
    else:
        size = noise * gamma / square if best else quantity(ridge, "ridge")
        _check_ridge(size, gamma, law)
        kappa, note = _effective(gamma, size, law), ""
    return _errors(gamma, size, kappa, parts, noise, law, note)


def _effective(gamma: Expr, size: Expr, law: dict) -> Expr:
    spectrum = [x for t, w in law.items() for x in (t, gamma * w)]
    return cast(Expr, EffectiveRidge(S.One, size, *spectrum))


def _errors(
    gamma: Expr, size: Expr, kappa: Expr, parts: dict, noise: Expr, law: dict, note: str
) -> Ridge:
    """The errors at a κ."""
    directions = gamma * sympy.Add(*(w for t, w in law.items() if t))
    critical = sympy.Eq(directions, 1) if size.is_zero else sympy.false
    if critical is sympy.true and noise != 0:
        return _diverging(noise)
    learned = [(t / (t + KAPPA), t, w) for t, w in law.items() if t]
    second = gamma * sympy.Add(*(w * x**2 for x, _, w in learned))
    missed = KAPPA**2 * sympy.Add(*(b * t / (t + KAPPA) ** 2 for t, b in parts.items() if t))
    # 1 − df₁
    if size.is_zero:
        free = sympy.Max(0, 1 - directions)
    elif size.is_nonzero:
        free = size / KAPPA
    else:
        free = 1 - gamma * sympy.Add(*(w * x for x, _, w in learned))
    if critical is sympy.true:
        missed, second = S.Zero, S.Zero  # their limit without noise
    test = (missed + noise) / (1 - DF2)
    found = {
        "test": ("R", test),
        "train": ("R_train", free**2 * test),
        "bias": ("B", missed / (1 - DF2)),
        "variance": ("V", noise * DF2 / (1 - DF2)),
    }
    domain = sympy.Not(critical)
    where = [(KAPPA, kappa), (DF2, second)]
    errors = {field: formula(name, x, where, note, domain) for field, (name, x) in found.items()}
    given = cast(Expr, size.subs(KAPPA, kappa))
    return Ridge(
        **errors,
        kappa=formula("kappa", kappa, note=note),
        ridge=formula("lambda", given, note=note),
    )


def _diverging(noise: Expr) -> Ridge:
    errors = {"test": oo, "variance": oo, "bias": S.Zero, "train": S.Zero}
    found = {field: formula(field, x, note=_DIVERGES) for field, x in errors.items()}
    return Ridge(**found, kappa=formula("kappa", S.Zero), ridge=formula("lambda", S.Zero))


def _check_ridge(size: Expr, gamma: Expr, law: dict) -> None:
    """Refuse a ridge at which the estimator is not defined."""
    if size.is_nonnegative:
        return
    if not (size.is_number and gamma.is_number):
        raise DomainError(explain("ridge may be negative", got=size, allowed="a symbol ≥ 0"))
    lowest = sample_covariance(law, gamma).edges()[0]
    if not size > -lowest.lower:
        what = "the ridge is at or below minus the lowest edge of the spectrum"
        raise DomainError(explain(what, got=size, allowed=f"> {0 - float(lowest.mid):.6g}"))


def _optimal(gamma: Expr, parts: dict, noise: Expr, law: dict) -> tuple[Expr, Expr, str]:
    """(λ in κ, κ, a note) of the least error over λ ≥ 0, where the derivative vanishes."""
    if not all(x.is_number for x in (gamma, noise, *parts.values())):
        what = "the best ridge of an uneven signal needs numbers"
        raise DomainError(explain(what, got=f"gamma = {gamma}, noise = {noise}"))
    first = gamma * sympy.Add(*(w * t / (t + KAPPA) for t, w in law.items()))
    second = gamma * sympy.Add(*(w * t**2 / (t + KAPPA) ** 2 for t, w in law.items()))
    missed = KAPPA**2 * sympy.Add(*(b * t / (t + KAPPA) ** 2 for t, b in parts.items())) + noise
    # half of the derivative of missed/(1 − df₂), times (1 − df₂)²
    slope = (missed.diff(KAPPA) * (1 - second) + missed * second.diff(KAPPA)) / 2
    least = _effective(gamma, S.Zero, law)
    error, rate = (lower(x, (KAPPA,)) for x in (missed / (1 - second), slope))
    start = in_doubles.least(error, rate, float(least), float(max(law)))
    if start is None:
        return S.Zero, least, _BOUNDARY
    kappa = StationaryRidge(sympy.Lambda(KAPPA, slope), sympy.Rational(start))
    return KAPPA * (1 - first), cast(Expr, kappa), ""


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
