"""Ridge regression on random features of any activation, by Gaussian equivalence."""

from dataclasses import dataclass
from typing import cast

import sympy
from sympy import Expr, S, oo, sqrt

from theorycalc.core.arithmetic.enclosed_midpoint import through_balls
from theorycalc.core.expressions import positive_parameter, real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.increasing_roots import increasing_root
from theorycalc.core.looks import Record
from theorycalc.core.records import check_fields
from theorycalc.core.special import SpecialFunction
from theorycalc.learning_curves import features_in_doubles
from theorycalc.learning_curves.arguments import formula
from theorycalc.spectra.families import hermite_shares

GAMMA, SEEN, SHARE = sympy.symbols("Gamma T L", positive=True)
_DIVERGES = "diverges: without a ridge as many features as samples interpolate with unbounded norm"


@dataclass(frozen=True, repr=False)
class RandomFeatures(Record):
    """Errors of ridge regression on random features, in the limit of many dimensions.

    Attributes
    ----------
    test, train : Formula
        Mean-square errors, the noise included.
    gamma : Formula
        The effective ridge Γ of the directions of the inputs.
    """

    test: Formula
    train: Formula
    gamma: Formula

    def __post_init__(self):
        check_fields(self)


class FeatureRidge(SpecialFunction):
    """Γ with Γ (ψ_n − T)(1 − T/ψ_p) = δ and T = c/(c + Γ) + s/Γ < min(ψ_n, ψ_p).

    The arguments are ψ_n, ψ_p, δ, c = c_1² and s = c_*². All three factors rise with Γ.
    """

    nargs = 5
    float_encloses = True

    @classmethod
    def eval(cls, samples, features, ridge, linear, rest):
        if ridge == 0:
            return _without_ridge(sympy.Min(samples, features), linear, rest)
        return None

    def _eval_is_extended_real(self):
        return True

    def _eval_is_extended_positive(self):
        return True

    def fdiff(self, argindex=1):
        samples, features, _, linear, rest = cast(tuple[Expr, ...], self.args)
        seen = linear / (linear + self) + rest / self
        falls = linear / (linear + self) ** 2 + rest / self**2
        left, free = samples - seen, 1 - seen / features
        both = free + left / features
        moved = (
            -self * free,
            -self * left * seen / features**2,
            S.One,
            both * self**2 / (linear + self) ** 2,
            both,
        )
        return moved[argindex - 1] / (left * free + self * falls * both)

    @staticmethod
    def double(*numbers):
        return features_in_doubles.effective_ridge(*numbers)

    @staticmethod
    def in_mp(context, *numbers):
        return through_balls(context, FeatureRidge.in_ball, *numbers)

    @staticmethod
    def in_ball(context, samples, features, ridge, linear, rest):
        one = context.number(S.One)

        def equation(x):
            seen = linear / (linear + x) + rest / x
            falls = linear / ((linear + x) * (linear + x)) + rest / (x * x)
            left, free = samples - seen, one - seen / features
            return x * left * free, left * free + x * falls * (free + left / features)

        numbers = map(context.as_float, (samples, features, ridge, linear, rest))
        middle = sympy.Rational(float(FeatureRidge.double(*numbers)[0]))
        return increasing_root(context, equation, ridge, context.real(context.number(middle)))

    def in_latex(self, printer):
        return r"\Gamma"


def _without_ridge(least: Expr, linear: Expr, rest: Expr) -> Expr:
    """The root of T = least: mΓ² + (m c − c − s)Γ − cs = 0, the positive one."""
    excess = linear + rest - least * linear
    return (excess + sqrt(excess**2 + 4 * least * linear * rest)) / (2 * least)


def random_features(
    activation,
    n_over_d,
    P_over_d,  # noqa: N803 - the letter of the mathematics
    ridge,
    linear_signal=1,
    noise=0,
) -> RandomFeatures:
    """Ridge regression on P random features φ(Wx/√d), from n samples of dimension d.

    The kernel of the n samples is FF'/P + δI with F = φ(XW'/√d), X and W of independent standard
    normal entries; the activation is centred.

    Parameters
    ----------
    activation : str, Activation or expression
    n_over_d, P_over_d : number or positive symbol
        ψ_n = n/d and ψ_P = P/d.
    ridge : number or symbol
        δ ≥ 0; 0 for the interpolation of least norm.
    linear_signal : number or symbol
        |β|² of y = x·β + noise.
    noise : number or symbol
        Variance of the noise; what is not linear in the target counts as such.

    Returns
    -------
    RandomFeatures

    Raises
    ------
    DomainError
        For ratios that are not positive, and negative ridges or powers.

    Notes
    -----
    Gaussian equivalence, in the limit n, P, d → ∞: the features are those of c_1 w·x/√d + c_*ξ with
    the Hermite coefficients of φ. With L = c_1²/(c_1² + Γ), T = L + c_*²/Γ, K = Γ(1 − T/ψ_P) and
    T + δ/K = ψ_n, the error is that of a linear model with d directions and a tail that is never
    learned. At the interpolation peak n = P finite networks lie below the limit, by about 1/d.

    References
    ----------
    S. Mei, A. Montanari, "The generalization error of random features regression: precise
    asymptotics and double descent curve", arXiv:1908.05355; F. Gerace et al., arXiv:2002.09339.

    Examples
    --------
    >>> import theorycalc as tc
    >>> fit = tc.learning_curves.random_features("relu", 2, 1, "1/10", noise="1/4")
    >>> print(fit.test.at(using=tc.Ball(15)), fit.train.at().digits(5))
    1.00890483178801 ± 2e-15 0.39902
    >>> tc.learning_curves.random_features("relu", 1, 1, 0).test.expr
    oo
    """
    samples, features = (
        positive_parameter(n_over_d, "n_over_d"),
        positive_parameter(P_over_d, "P_over_d"),
    )
    size = real_parameter(ridge, "ridge", 0)
    signal, noise = (
        real_parameter(linear_signal, "linear_signal", 0),
        real_parameter(noise, "noise", 0),
    )
    first, rest = hermite_shares(activation)
    linear = first**2
    root = cast(Expr, FeatureRidge(samples, features, size, linear, rest))
    critical = sympy.Eq(samples, features) if size.is_zero else sympy.false
    if critical is sympy.true:
        return RandomFeatures(
            formula("R", oo, note=_DIVERGES), formula("R_train", S.Zero), formula("Gamma", root)
        )
    where = [
        (GAMMA, root),
        (SHARE, linear / (linear + GAMMA)),
        (SEEN, SHARE + rest / GAMMA),
    ]
    square, domain = SHARE**2, sympy.Not(critical)
    left = features / (features - square)
    # K c_1²/(c_1² + Γ)² with K = Γ (1 − T/ψ_P)
    seen = GAMMA * (1 - SEEN / features) * SHARE**2 / linear if linear != 0 else S.Zero
    missed = signal * (GAMMA / (linear + GAMMA) - seen * left) + noise
    inflated = (square * (features - 2 * SEEN) + SEEN**2) / (samples * (features - square))
    test = missed / (1 - inflated)
    # δ/K = ψ_n − T
    train = ((samples - SEEN) / samples) ** 2 * test
    if size.is_zero:
        # what is interpolated has T = ψ_n
        train = sympy.Piecewise((S.Zero, samples <= features), (train, True))
    return RandomFeatures(
        formula("R", test, where, domain=domain),
        formula("R_train", train, where, domain=domain),
        formula("Gamma", GAMMA, where, domain=domain),
    )
