"""Laws of every family, and the law of their norm."""

import sympy as sp

from theorycalc.distributions import Gaussian, StudentT, UniformBall, UniformSphere


def families(d):
    """One law of each family."""
    return (
        Gaussian(d, "3/2"),
        UniformSphere(d, 2),
        UniformBall(d, "4/3"),
        StudentT(d, "19/2"),
    )


def share_below(law, p, r):
    """E[R^p; R < r]/E R^p: the tilted law of R is of the same family."""
    d = law.dimension + p
    if isinstance(law, Gaussian):
        return sp.lowergamma(d / 2, r**2 / (2 * law.sigma**2)) / sp.gamma(d / 2)
    if isinstance(law, UniformBall):
        return (r / law.radius) ** d
    nu = law.nu
    return sp.betainc_regularized(d / 2, (nu - p) / 2, 0, r**2 / (nu + r**2))
