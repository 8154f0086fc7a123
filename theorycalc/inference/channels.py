"""Priors and outputs by name."""

import sympy
from sympy import Expr, S

from theorycalc.activations import Activation
from theorycalc.core.errors import DomainError, explain, shown, unknown_name
from theorycalc.core.numbers import exact_short
from theorycalc.core.records import instance
from theorycalc.inference.densities import Density, Laplace
from theorycalc.inference.likelihoods import Likelihood, noisy
from theorycalc.inference.mixtures import Mixture
from theorycalc.inference.named_outputs import Absolute, Linear, Logistic, Relu, Sign
from theorycalc.inference.outputs import Output, noise_variance
from theorycalc.inference.priors import Prior

_PRIORS = ("gaussian", "rademacher", "gauss_bernoulli", "laplace")
_OUTPUTS = {
    "linear": Linear,
    "sign": Sign,
    "probit": Sign,
    "relu": Relu,
    "abs": Absolute,
    "logistic": Logistic,
}
_NOISY = ("linear", "sign", "probit", "abs")
_NO_VALUES, _LINE = (), (-sympy.oo, sympy.oo)


def prior(law, *, rho=None, variable=None, support=None) -> Prior:
    """The law of the unknowns.

    Parameters
    ----------
    law : str, Prior or Expr
        ``"gaussian"``, ``"rademacher"``, ``"gauss_bernoulli"``, ``"laplace"``, or a density.
    rho : number
        The fraction of unknowns that are not zero, for ``"gauss_bernoulli"``, in (0, 1].
    variable : Symbol
        Of a density, by default its only one.
    support : pair of numbers
        Of a density, by default the real line.

    Returns
    -------
    Prior

    Raises
    ------
    DomainError
        For an unknown name or parameters that do not belong to it.

    Examples
    --------
    >>> import theorycalc as tc
    >>> sparse = tc.inference.prior("gauss_bernoulli", rho="1/5")
    >>> print(sparse.mmse(10).at(using=tc.MP(25)))
    0.03527718150725956524940850 ± 3e-27
    """
    if isinstance(law, Prior):
        return law
    if isinstance(law, Expr):
        free = sorted(law.free_symbols, key=str)
        if variable is None and len(free) != 1:
            raise DomainError(explain("the variable of a density", got=free, hint="variable=x"))
        variable = free[0] if variable is None else variable
        return Density(law, variable, _LINE if support is None else support)
    if (
        instance(law, str, "a prior", allowed=f"{', '.join(_PRIORS)}, a Prior, a density")
        not in _PRIORS
    ):
        raise unknown_name("prior", law, _PRIORS)
    for name, x in (("variable", variable), ("support", support)):
        if x is not None:
            raise DomainError(explain(f"{law} has no {name}", got=shown(x), hint="a density"))
    return _named(law, rho)


def _named(law: str, rho) -> Prior:
    """A prior of the list."""
    if (rho is not None) != (law == "gauss_bernoulli"):
        allowed = "rho in (0, 1] for gauss_bernoulli, none for others"
        raise DomainError(explain(f"{law}: the fraction rho", got=rho, allowed=allowed))
    if law == "laplace":
        return Laplace()
    if law == "rademacher":
        return Mixture(((S.Half, -1, 0), (S.Half, 1, 0)), name=law)
    rho = S.One if rho is None else exact_short(rho, "rho")
    if not 0 < rho <= 1:
        raise DomainError(explain("rho out of range", got=rho, allowed="0 < rho ≤ 1"))
    slab = ((rho, 0, 1),)
    return Mixture(slab if rho == 1 else (*slab, (1 - rho, 0, 0)), name=law)


def output(law, noise=0, *, values=_NO_VALUES, support=_LINE) -> Output:
    """What is observed of z = a·w/√d.

    Parameters
    ----------
    law : str, Activation, Expr, callable or Output
        ``"linear"``, ``"sign"``, ``"probit"`` (the sign of a noisy z), ``"relu"``, ``"abs"`` or
        ``"logistic"``; an activation that is seen in noise; or a likelihood P(y | z), an expression
        in y and z or a function of two arrays.
    noise : number
        Variance of Gaussian noise, of everything but logistic outputs and likelihoods.
    values, support : optional
        Of a likelihood: see `Likelihood`.

    Returns
    -------
    Output

    Raises
    ------
    DomainError
        For an unknown name, noise that is negative or does not belong to it, or what is no
        likelihood.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> print(tc.inference.output("sign").channel(0).at(using=tc.Ball(15)))
    0.636619772367581 ± 4e-16
    >>> print(tc.inference.output("tanh", noise="1/10").channel("1/2").at())
    1.2092690780117 ± 7e-14
    >>> y, z = sympy.symbols("y z")
    >>> flipped = (9 + 8 * y * sympy.sign(z)) / 18
    >>> print(tc.inference.output(flipped, values=(-1, 1)).channel("1/2").at())
    0.6918582678894 ± 3e-14
    """
    if isinstance(law, Output):
        return law
    noise = noise_variance(noise)
    if _is_likelihood(law, values):
        if noise:
            hint = "a law that has it"
            raise DomainError(explain("a likelihood has no other noise", got=noise, hint=hint))
        return Likelihood(law, values=values, support=support)
    for name, x, default in (("values", values, _NO_VALUES), ("support", support, _LINE)):
        if x is not default:
            raise DomainError(explain(f"{law} has no {name}", got=shown(x), hint="a likelihood"))
    name = law if isinstance(law, str) else ""
    if name in _NOISY:
        return _OUTPUTS[name](noise)
    if name == "logistic" and noise:
        raise DomainError(explain("logistic has no noise", got=noise, allowed="0"))
    return _OUTPUTS[name]() if name in _OUTPUTS and not noise else noisy(law, noise)


def _is_likelihood(law, values) -> bool:
    """Whether a law is one of y: no name, and no function of z alone."""
    if isinstance(law, Expr):
        return values is not _NO_VALUES or any(x.name == "y" for x in law.free_symbols)
    return not isinstance(law, str | Activation)
