"""Priors and outputs by name."""

import sympy
from sympy import S

from theorycalc.core.errors import DomainError, explain, shown, unknown_name
from theorycalc.core.numbers import exact
from theorycalc.core.records import instance
from theorycalc.inference.densities import Density, Laplace
from theorycalc.inference.mixtures import Mixture
from theorycalc.inference.outputs import Absolute, Linear, Logistic, Output, Relu, Sign
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
    if isinstance(law, sympy.Expr):
        free = sorted(law.free_symbols, key=str)
        if variable is None and len(free) != 1:
            raise DomainError(explain("the variable of a density", got=free, hint="variable=x"))
        variable = free[0] if variable is None else variable
        return Density(law, variable, (-sympy.oo, sympy.oo) if support is None else support)
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
    rho = S.One if rho is None else exact(rho, "rho")
    if not 0 < rho <= 1:
        raise DomainError(explain("rho out of range", got=rho, allowed="0 < rho ≤ 1"))
    slab = ((rho, 0, 1),)
    return Mixture(slab if rho == 1 else (*slab, (1 - rho, 0, 0)), name=law)


def output(law, noise=0) -> Output:
    """What is observed of z = a·w/√d.

    Parameters
    ----------
    law : str or Output
        ``"linear"``, ``"sign"``, ``"probit"`` (the sign of a noisy z), ``"relu"``, ``"abs"`` or
        ``"logistic"``.
    noise : number
        Variance of Gaussian noise, for ``"linear"``, ``"probit"`` and ``"abs"``.

    Returns
    -------
    Output

    Raises
    ------
    DomainError
        For an unknown name, or noise that is negative or does not belong to it.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.output("sign").channel(0).at(using=tc.Ball(15)))
    0.636619772367581 ± 4e-16
    """
    if isinstance(law, Output):
        return law
    if instance(law, str, "an output", allowed=f"{', '.join(_OUTPUTS)}, an Output") not in _OUTPUTS:
        raise unknown_name("output", law, _OUTPUTS)
    noise = exact(noise, "noise")
    if law not in _NOISY and noise:
        allowed = f"noise for {', '.join(_NOISY)}"
        raise DomainError(explain(f"{law} has no noise", got=noise, allowed=allowed))
    return _OUTPUTS[law](noise) if law in _NOISY else _OUTPUTS[law]()
