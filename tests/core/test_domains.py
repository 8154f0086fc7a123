"""Functions of ours are refused where they have no value, written down or computed."""

import numpy as np
import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.quantization.bounds.von_mises_fisher import Concentration, ResultantDeficit
from theorycalc.quantization.extremes.gamma_quantiles import GammaQuantile, GammaSeries
from theorycalc.quantization.extremes.normal_maximum import MaximumMoment
from theorycalc.quantization.extremes.quantiles import BetaQuantile
from theorycalc.quantization.extremes.regimes import ElementaryCosine, GammaQuotient
from theorycalc.quantization.freezing_point import FreezingPoint
from theorycalc.quantization.sphere.functions import CosineDeficit
from theorycalc.relu.means.bias_integral import GaussianBiasConstant
from theorycalc.relu.routes._bias_law import MovedTail

R = sp.Rational
ARITHMETICS = (tc.Float(), tc.MP(15), tc.Ball(15))
OUTSIDE = [
    (BetaQuantile, (1, 2, -1)),
    (BetaQuantile, (-3, 2, 1)),
    (BetaQuantile, (R(1, 2), 0, 1)),
    (GammaSeries, (-2, 1)),
    (GammaSeries, (1, -5)),
    (GammaQuantile, (1, 0)),
    (GammaQuantile, (-R(17, 20), 10**6)),
    (Concentration, (1, 2)),
    (Concentration, (3, -2)),
    (ResultantDeficit, (0, 1)),
    (GammaQuotient, (-30, 1)),
    (ElementaryCosine, (3, -1)),
    (FreezingPoint, (-30,)),
    (GaussianBiasConstant, (1,)),  # ∫ ν(s)/s diverges at 0
    (MovedTail, (-30, -R(17, 20))),
    (MovedTail, (3, R(3, 2))),
]


FAR = [
    (BetaQuantile, (3, 10**300, 1)),
    (GammaQuantile, (10**300, 1)),
    (GammaSeries, (10**300, 10**300)),
    (FreezingPoint, (10**400,)),
    (MaximumMoment, (10**300, 5)),
    (CosineDeficit, (10**300, 7, 2)),
    (CosineDeficit, (5, 7, 10**300)),
]


@pytest.mark.parametrize(("function", "args"), FAR)
def test_numbers_beyond_the_reach_of_what_is_implemented(function, args):
    symbols = sp.symbols("u v w")[: len(args)]
    names = {symbol.name: value for symbol, value in zip(symbols, args, strict=True)}
    formulas = (tc.Formula("f", function(*args)), {}), (tc.Formula("f", function(*symbols)), names)
    for using in ARITHMETICS:
        for formula, given in formulas:
            with pytest.raises(
                tc.NotSupportedError, match=r"not computed so far out|beyond the range of doubles"
            ):
                formula.at(using=using, **given)


@pytest.mark.parametrize(
    ("function", "args"),
    [(CosineDeficit, (5, 7, R(5, 2))), (MaximumMoment, (0, 3)), (MaximumMoment, (2, R(1, 2)))],
)
def test_orders_that_are_no_integers(function, args):
    with pytest.raises(tc.DomainError, match="has no value here"):
        function(*args)


def test_functions_of_functions_take_nothing_else():
    x = sp.Symbol("x")
    for bad in (3, x, sp.pi):
        with pytest.raises(tc.DomainError, match="not a function, argument 1"):
            tc.MeanValue(bad, sp.Lambda(x, 1), 2)


def test_a_bound_that_rounding_passes():
    x, y = sp.symbols("x y")
    one = sp.sqrt(x) * sp.sqrt(y) / sp.sqrt(x * y)
    formula = tc.Formula("f", tc.bivariate_normal(0, 0, one))
    for using in ARITHMETICS:
        assert formula.at(x=7, y=11, using=using).contains(R(1, 2))
        with pytest.raises(tc.DomainError, match="has no value here"):
            tc.Formula("f", tc.bivariate_normal(0, 0, 2 * one)).at(x=7, y=11, using=using)


@pytest.mark.parametrize(("function", "args"), OUTSIDE)
def test_numbers_outside(function, args):
    with pytest.raises(tc.DomainError, match=f"{function.__name__} has no value here"):
        function(*args)
    symbols = sp.symbols("u v w")[: len(args)]
    formula = tc.Formula("f", function(*symbols))
    names = {symbol.name: value for symbol, value in zip(symbols, args, strict=True)}
    for using in ARITHMETICS:
        with pytest.raises(tc.TheoryCalcError, match=r"has no value here|cannot be computed"):
            formula.at(using=using, **names)


def test_numbers_that_are_none_in_arrays():
    values = tc.Formula("f", FreezingPoint(sp.Symbol("u"))).lambdify()(np.array([1.0, np.nan]))
    assert np.isfinite(values[0])
    assert np.isnan(values[1])


def test_a_domain_of_a_function_of_a_user():
    class Root(tc.SpecialFunction):
        nargs = 1

        @staticmethod
        def domain(x):
            return x >= 0

        @classmethod
        def definition(cls, x):
            return sp.sqrt(x)

    x = sp.Symbol("x")
    assert tc.Formula("f", Root(x)).at(x=4, using=tc.Ball(10)).mid == 2
    for bad in (
        lambda: Root(-1),
        lambda: tc.certify(Root(x), x=-1),
        lambda: tc.certify(Root(-sp.pi)),
    ):
        with pytest.raises(tc.DomainError, match=r"allowed: x ≥ 0"):
            bad()
