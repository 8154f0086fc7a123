"""The density of a source point: its differential entropy and its norms."""

import sympy
from sympy import Expr, Integral, exp, gamma, log, loggamma, pi

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.distributions import Gaussian, Radial, StudentT, UniformBall
from theorycalc.quantization.arguments import R

# Dimensions up to which Gamma functions are written out as numbers.
_MOST_WRITTEN = 60
_DENSITY = "a law with a density: Gaussian, UniformBall, StudentT, Radial"


def log_gamma(x: Expr) -> Expr:
    """log Γ(x); large integers would be written as the logarithm of a factorial."""
    return log(gamma(x)) if x <= _MOST_WRITTEN else loggamma(x, evaluate=False)


def log_ball(d: Expr) -> Expr:
    """log of the volume of the unit ball."""
    return d / 2 * log(pi) - log_gamma(1 + d / 2)


def entropy(source) -> Expr:
    """The differential entropy of X."""
    d = source.dimension
    match source:
        case Gaussian():
            return d / 2 * (log(2 * pi) + 1)
        case UniformBall():
            return log_ball(d)
        case StudentT(nu=nu):
            total = (d + nu) / 2
            constant = d / 2 * log(nu * pi) + log_gamma(nu / 2) - log_gamma(total)
            slope = sympy.digamma(total) - sympy.digamma(nu / 2)
            return constant + total * slope
        case Radial():
            return _mean(source, source.density * log(_at_point(source)), -1)
    raise no_density(source)


def log_norm(source, s: Expr) -> Expr:
    """log ‖f‖_p with p = d/(d + s), (∫ f^p)^{1/p} of the density of X."""
    d = source.dimension
    p = d / (d + s)
    match source:
        case Gaussian():
            return s / 2 * log(2 * pi) + (d + s) / 2 * log(1 + s / d)
        case UniformBall():
            return s / d * log_ball(d)
        case StudentT(nu=nu):
            total = (d + nu) / 2
            one = log_gamma(total) - log_gamma(nu / 2) - d / 2 * log(nu * pi)
            power = p * total
            rest = d / 2 * log(nu * pi) + log_gamma(power - d / 2) - log_gamma(power)
            return one + rest / p
        case Radial():
            area = exp(log(d) + log_ball(d)) * R ** (d - 1)
            return log(_mean(source, area * _at_point(source) ** p, 1)) / p
    raise no_density(source)


def _at_point(source: Radial) -> Expr:
    """The density of X at a distance R of the origin."""
    d = source.dimension
    return source.density / (exp(log(d) + log_ball(d)) * R ** (d - 1))


def _mean(source: Radial, body: Expr, sign: int) -> Expr:
    return sign * Integral(body, (R, *source.support))


def no_density(source) -> NotSupportedError:
    """The refusal of a law without a density."""
    hint = "bounds.rate_distortion"
    return NotSupportedError(explain("no density", got=source, allowed=_DENSITY, hint=hint))
