"""Functions of ours are refused where they have no value, written down or computed."""

import numpy as np
import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.quantization.concentration import Concentration, ResultantDeficit
from theorycalc.quantization.inverse import BetaQuantile, GammaQuantile, GammaSeries
from theorycalc.quantization.kde import FreezingPoint
from theorycalc.quantization.regimes import ElementaryCosine, GammaQuotient
from theorycalc.relu.bias_integral import GaussianBiasConstant
from theorycalc.relu.biases import MovedTail

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
        with pytest.raises(tc.DomainError, match=r"allowed: x >= 0"):
            bad()
