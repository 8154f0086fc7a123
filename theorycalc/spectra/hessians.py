"""The top of the Hessian of a mini-batch, and the learning rates that it allows."""

from dataclasses import dataclass

from sympy import Expr, Piecewise, S, sqrt

from theorycalc.core.errors import unknown_name
from theorycalc.core.expressions import positive_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Record
from theorycalc.core.records import check_fields
from theorycalc.spectra._reading import nonzero


@dataclass(frozen=True, repr=False)
class BatchHessian(Record):
    """The largest eigenvalue of a noisy Hessian with a spike, in the limit of many parameters.

    Attributes
    ----------
    top : Formula
    max_learning_rate : Formula
        2/top, below which gradient descent is stable.
    exponent : Formula
        d log max_learning_rate/d log B, the batch size B.
    """

    top: Formula
    max_learning_rate: Formula
    exponent: Formula

    def __post_init__(self):
        check_fields(self)


def batch_hessian(spike, noise, model="wigner", bulk=1) -> BatchHessian:
    """A Hessian with one eigenvalue above the noise that a mini-batch of B samples makes.

    Parameters
    ----------
    spike : number or positive symbol
        The eigenvalue ℓ of the Hessian of all data.
    noise : number or positive symbol
        "wigner": σ_B² = Pv/B for P parameters and entries of variance v in the Hessian of one
        sample (B small beside all data). "gauss_newton": P/B.
    model : {"wigner", "gauss_newton"}
        Additive noise, or the sample covariance of B gradients.
    bulk : number or positive symbol
        For "gauss_newton": the other eigenvalues s² of the population.

    Notes
    -----
    A limit P → ∞ of these random matrices. Additive noise never gives a stable step that grows
    faster than √B; multiplicative noise comes near B where P/B is large.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> tc.spectra.batch_hessian(10, 2, model="gauss_newton").top.expr
    110/9
    >>> sigma2 = sympy.Symbol("sigma2", positive=True)
    >>> tc.spectra.batch_hessian(1, sigma2).exponent.expr
    Piecewise((sigma2/(sigma2 + 1), sigma2 < 1), (1/2, True))
    """
    spike = positive_parameter(nonzero(spike, "spike"), "spike")
    noise, bulk = positive_parameter(noise, "noise"), positive_parameter(bulk, "bulk")
    if not isinstance(model, str) or model not in _MODELS:
        raise unknown_name("model", model, _MODELS)
    return _made(*_MODELS[model](spike, noise, bulk))


def _wigner(spike: Expr, noise: Expr, bulk: Expr) -> tuple:
    share = noise / spike**2
    return noise < spike**2, spike * (1 + share), 2 * sqrt(noise), share, S.One


def _gauss_newton(spike: Expr, noise: Expr, bulk: Expr) -> tuple:
    share = noise * bulk / (spike - bulk)
    edge = bulk * (1 + sqrt(noise)) ** 2
    return spike / bulk - 1 > sqrt(noise), spike * (1 + share), edge, share, sqrt(noise)


def _made(beyond, above: Expr, edge: Expr, share: Expr, share_below: Expr) -> BatchHessian:
    """From the top above the threshold and below it, which are in proportion to 1 + share."""
    top = Piecewise((above, beyond), (edge, True))
    exponent = Piecewise((share / (1 + share), beyond), (share_below / (1 + share_below), True))
    return BatchHessian(
        _formula("lambda", top), _formula("eta", 2 / top), _formula("e", exponent.simplify())
    )


def _formula(name: str, expr: Expr) -> Formula:
    return Formula(name, expr, args=tuple(sorted(expr.free_symbols, key=str)))


_MODELS = {"wigner": _wigner, "gauss_newton": _gauss_newton}
