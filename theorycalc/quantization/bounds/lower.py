"""What any quantiser of n points can reach: lower bounds, and what the best one tends to."""

import sympy
from sympy import Expr, exp, log

from theorycalc.core.claims import Claim
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.gammas import gamma
from theorycalc.distributions import Gaussian, Radial, UniformBall, UniformSphere
from theorycalc.quantization.arguments import read_exponent, read_points, read_source
from theorycalc.quantization.bounds.densities import (
    entropy,
    log_ball,
    log_gamma,
    log_norm,
    no_density,
)
from theorycalc.quantization.bounds.von_mises_fisher import Concentration, ResultantDeficit
from theorycalc.quantization.extremes.gamma_quantiles import GammaQuantile, GammaSeries
from theorycalc.quantization.extremes.quantiles import BetaQuantile
from theorycalc.quantization.sphere.distortion import RADIUS, distortion

_X = sympy.Symbol("x_n", real=True)
_KAPPA = sympy.Symbol("kappa", positive=True)


def shannon(source, n=None, s=2, *, log_n=None) -> Formula:
    """Shannon's lower bound: no quantiser of n points has a smaller E min ‖X − z_i‖^s.

    Parameters
    ----------
    source : law of theorycalc.distributions
        The law of X; it needs a density.
    n : int, number, decimal string or Symbol, optional
        Number of points, ≥ 1, of any size.
    s : number
        Power of the distance, > 0.
    log_n : number, optional
        log n in the place of n.

    Returns
    -------
    Formula
        d/(s e) · (e^h/(n V_d Γ(1 + d/s)))^{s/d} with the differential entropy h of X and the volume
        V_d of the unit ball. For N(0, I_d) and s = 2 it is d n^{−2/d}.

    Raises
    ------
    NotSupportedError
        For a law without a density.
    DomainError
        For n < 1, s ≤ 0, or a source that is no spherically symmetric law with finite E ‖X‖^s.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.quantization.bounds.shannon(tc.distributions.Gaussian(4), n=16).expr
    1
    >>> law = tc.distributions.UniformBall(50)
    >>> print(tc.quantization.bounds.shannon(law, n="1e6", s=1).at())
    0.7161665375193385 ± 6e-17
    """
    source, scale, level, s = _read(source, n, s, log_n)
    d = source.dimension
    rest = entropy(source) - log_ball(d) - log_gamma(1 + d / s)
    return _formula("D_Shannon", scale**s * d / (s * sympy.E) * exp(s / d * (rest - level)))


def ball(source, n=None, s=2, *, log_n=None) -> Formula:
    """n balls of mass 1/n: a lower bound for laws whose density falls with ‖x‖.

    Parameters and errors are those of `shannon`; the density must not rise with ‖x‖.

    Returns
    -------
    Formula
        n E[R^s; R ≤ u] with P(R ≤ u) = 1/n: of all cells of mass 1/n, the ball around the maximum
        of the density is nearest to its centre.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.quantization.bounds.ball(tc.distributions.UniformBall(4), n=16).expr
    1/6
    >>> print(tc.quantization.bounds.ball(tc.distributions.Gaussian(50), n="1e6").at())
    15.01430844406382 ± 3e-15
    """
    source, scale, level, s = _read(source, n, s, log_n)
    d = source.dimension
    _needs_falling_density(source)
    if level == 0:
        return _formula("D_ball", scale**s * source.mean_power(s))
    share = scale**s * d / (d + s)
    if isinstance(source, UniformBall):
        return _formula("D_ball", share * exp(-s * level / d))
    a, b = d / 2, (d + s) / 2
    if isinstance(source, Gaussian):
        x = exp(_X)
        body = share * (2 * x) ** (s / 2) * GammaSeries(b, x) / GammaSeries(a, x)
        return _formula("D_ball", body, [(_X, GammaQuantile(a, level))])
    half = source.nu / 2
    w = 1 / (1 + exp(-_X))
    series = (sympy.hyper([a + half, 1], [c + 1], w) for c in (b, a))
    body = share * (source.nu * exp(_X)) ** (s / 2) * next(series) / next(series)
    return _formula("D_ball", body, [(_X, BetaQuantile(a, half, level))])


def zador_lower(source, n=None, s=2, *, log_n=None) -> Formula:
    """n^{−s/d} ‖f‖_{d/(d+s)} d/(d+s) V_d^{−s/d}, below Zador's limit of the best distortion.

    The best of all n points has n^{s/d} D → J ‖f‖_{d/(d+s)} for n → ∞, f the density; here Zador's
    constant J is replaced by its lower bound. It is an asymptotic: at finite n the best distortion,
    and that of random points on a sphere, may be smaller. Parameters and errors are those of
    `shannon`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.quantization.bounds.zador_lower(tc.distributions.Gaussian(50), n="1e6").at())
    31.22405514520203 ± 5e-15
    """
    return _zador("Z_lower", source, n, s, log_n, lambda d, s: log(d / (d + s)))


def zador_upper(source, n=None, s=2, *, log_n=None) -> Formula:
    """n^{−s/d} ‖f‖_{d/(d+s)} Γ(1 + s/d) V_d^{−s/d}, above Zador's limit of the best distortion.

    The best n points are asymptotically at least so good; see `zador_lower`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.quantization.bounds.zador_upper(tc.distributions.Gaussian(50), n="1e6").at())
    31.77284067517938 ± 6e-15
    """
    return _zador("Z_upper", source, n, s, log_n, lambda d, s: log(gamma(1 + s / d)))


def _zador(name, source, n, s, log_n, log_constant) -> Formula:
    source, scale, level, s = _read(source, n, s, log_n)
    d = source.dimension
    exponent = log_constant(d, s) - s / d * (level + log_ball(d)) + log_norm(source, s)
    # apart: SymPy would write the exponential of a multiple of a logarithm out as a power
    return _formula(name, scale**s * exp(_X), [(_X, exponent)])


def rate_distortion(source, n=None, s=2, *, log_n=None) -> Formula:
    """The distortion–rate function at log n nats, where it is known: no n points do better.

    Parameters and errors are those of `shannon`; it is known for s = 2 and Gaussian(d, σ), where it
    equals `shannon`, and UniformSphere(d, r), which has no density.

    Returns
    -------
    Formula
        d σ² n^{−2/d}; and r² (1 − A(κ)²) with the mean resultant length A of the von Mises–Fisher
        law of concentration κ whose relative entropy to the uniform law is log n.

    Notes
    -----
    On the sphere, reproductions uniform on the sphere of radius A(κ) with the law exp(κ⟨x, y⟩/A)
    of x given y satisfy the conditions of optimality: E_x exp(−λ‖x − y‖²) has one maximum in ‖y‖.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.quantization.bounds.rate_distortion(tc.distributions.Gaussian(4), n=16).expr
    1
    >>> law = tc.distributions.UniformSphere(50)
    >>> print(tc.quantization.bounds.rate_distortion(law, n="1e6").at())
    0.5731548351709362 ± 5e-17
    """
    if isinstance(source, Gaussian) and read_exponent(s) == 2:
        bound = shannon(source, n, s, log_n=log_n)
        return _formula("D_rate", bound.body)
    source, scale, level, s = _read(source, n, s, log_n)
    if s != 2 or not isinstance(source, UniformSphere):
        raise NotSupportedError(
            explain(
                "the distortion–rate function is not known in closed form",
                got=f"{source}, s = {s}",
                allowed="s = 2 and Gaussian or UniformSphere",
                hint="bounds.shannon",
            )
        )
    d = source.dimension
    if d == 1:
        raise NotSupportedError(explain("two points, which are reproduced exactly", got=source))
    if level == 0:
        return _formula("D_rate", scale**2)
    missing = ResultantDeficit(d, _KAPPA)
    body = scale**2 * missing * (2 - missing)
    return _formula("D_rate", body, [(_KAPPA, Concentration(d, level))])


def claims(source, n=None, s=2, *, log_n=None) -> tuple[Claim, ...]:
    """The bounds that hold for this source, as claims on random points on a sphere of radius r.

    Parameters and errors are those of `shannon`.

    Returns
    -------
    tuple of Claim
        `distortion` ≥ bound, in ``r`` > 0 and the symbols of n.

    Examples
    --------
    >>> import theorycalc as tc
    >>> for claim in tc.quantization.bounds.claims(tc.distributions.Gaussian(3), n=10):
    ...     print(claim.name, tc.check(claim, r="1.3").verdict)
    shannon Verdict.HOLDS
    ball Verdict.HOLDS
    rate_distortion Verdict.HOLDS
    """
    reached = distortion(source, n, s, log_n=log_n).expr
    found = []
    for bound in (shannon, ball, rate_distortion):
        try:
            formula = bound(source, n, s, log_n=log_n)
        except NotSupportedError:
            continue
        relation = sympy.Ge(reached, formula.expr, evaluate=False)
        name = bound.__name__
        found.append(Claim(relation, assumptions=RADIUS > 0, name=name, sharpness="lower"))
    return tuple(found)


def _read(source, n, s, log_n) -> tuple:
    """(source in units of its scale, scale, log n, s)."""
    n, s = read_points(n, log_n), read_exponent(s)
    source, scale = read_source(source, s)
    return source, scale, log(n), s


def _formula(name: str, expr: Expr, where=()) -> Formula:
    """A formula in the symbols of n ≥ 1, the moments and bounds in its body."""
    defined = {symbol for symbol, _ in where}
    free = set().union(expr.free_symbols, *(part.free_symbols for _, part in where)) - defined
    args = sorted(free, key=str)
    return Formula(name, expr, args=args, domain=sympy.And(*(x >= 1 for x in args)), where=where)


def _needs_falling_density(source) -> None:
    if isinstance(source, UniformSphere):
        raise no_density(source)
    if isinstance(source, Radial):
        raise NotSupportedError(
            explain(
                "the ball of mass 1/n of a law given by the density of R",
                got=source,
                allowed="Gaussian, UniformBall, StudentT",
                hint="bounds.shannon",
            )
        )
