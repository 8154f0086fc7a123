"""The public door: a polynomial, a method and its options."""

from collections.abc import Mapping

import sympy
from sympy import Expr, oo

from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.numbers import exact
from theorycalc.core.records import instance
from theorycalc.distributions import Gaussian, UniformBall
from theorycalc.relu.comparison import best
from theorycalc.relu.representation import Representation
from theorycalc.relu.routes._by_name import METHODS, check_options
from theorycalc.relu.routes._request import Request
from theorycalc.relu.target import Target, check_dimension


def represent(
    poly, *variables, method: str = "auto", domain=None, source=None, **options
) -> Representation:
    """A polynomial as an infinitely wide two-layer network, with an explicit density.

    Parameters
    ----------
    poly : Expr
        A polynomial with real numbers as coefficients.
    *variables : Symbol
        All d coordinates, in order; the polynomial need not depend on all of them. By default its
        symbols by name.
    method : str
        - "interval" (d = 1): f'' as density, on an interval around 0;
        - "atomic": powers of linear forms; the cost does not depend on d;
        - "sphere", "sphere_bias": one bias for all neurons, on a sphere (Funk and Hecke);
        - "ball": uniform directions, biases up to the radius;
        - "space": the same on R^d, neurons drawn as is best for ``source``;
        - "gaussian": Gaussian weights and biases for all polynomials, times ‖(x, τ)‖^{k−1};
        - "exponential": Gaussian weights, exponential neurons or ReLU neurons, times exp(−‖x‖²/2);
        - "cosine": Gaussian weights, cosines, times exp(‖x‖²/2);
        - "auto": the one of these that is a plain ReLU network and has the least V for ``source``.
    domain : number or pair of numbers, optional
        R for the ball ‖x‖ ≤ R; (a, b) for an interval with a ≤ 0 ≤ b. By default all of R^d if the
        law is not bounded; "interval", "ball" and the spheres then take R = 1.
    source : law of `theorycalc.distributions`, optional
        The law of x for which constants are compared and neurons are drawn ("space", "atomic"). By
        default uniform in the domain, or N(0, I).
    **options
        ``radius`` (another name for ``domain=R``), ``bias`` ("sphere_bias", by default 1/3),
        ``scale`` ("gaussian": τ; "exponential", "cosine": size of the weights; 1), ``neuron``
        ("exponential": "exp" or, with ``c`` and ``b0``, which are 1 and 0 by default, "relu").

    Returns
    -------
    Representation

    Raises
    ------
    DomainError
        For what is no polynomial, an unknown method or option, a method that cannot represent this
        polynomial there (the error names one that can), or a law on another space.

    Notes
    -----
    Affine parts are carried exactly, without sampling, except by "gaussian", "exponential" and
    "cosine", which have one law of weights for polynomials of all degrees together.

    Derived from Gaussian integration by parts, E[:P:(W) ψ(⟨W, x⟩)] = P(x) E ψ^(k)(‖x‖Z), and from
    t₊^k = k(k−1) ∫ s^{k−2} σ(t − s) ds; the subject is that of arXiv:2604.23260.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, y, z = sympy.symbols("x1:4")
    >>> network = tc.relu.represent(x * y, x, y, z, method="ball", radius=1)
    >>> network.density.expr
    30*w1*w2
    >>> network.variance(tc.distributions.UniformSphere(3)).expr
    73/30
    >>> network.width_for("0.001", tc.distributions.UniformSphere(3))
    2434
    >>> network.verify().verdict
    <Verdict.HOLDS: 'HOLDS'>
    """
    if instance(method, str, "a method") not in ("auto", *METHODS):
        raise unknown_name("method", method, ("auto", *METHODS))
    check_options(options, method)
    request = _read(poly, variables, domain, source, options)
    if method == "auto":
        return Representation(*best(request))
    return Representation(METHODS[method].make(request), request)


def _read(poly, variables, domain, source, options: Mapping) -> Request:
    target = Target.of(poly, variables)
    if source is not None:
        check_dimension(target, source)
    if domain is None:
        domain = options.get("radius")
    lower, upper = _interval(domain, source, target)
    radius = sympy.Max(-lower, upper)
    given = source is not None
    if not given:
        d = sympy.Integer(target.dimension)
        inside = sympy.Min(-lower, upper) or radius  # no symmetric law fits into (0, b)
        source = Gaussian(d) if radius is oo else UniformBall(d, inside)
    return Request(target, radius, (lower, upper), source, domain is not None, given, options)


def _interval(domain, source, target: Target) -> tuple[Expr, Expr]:
    """(−R, R), or the ends of an interval."""
    if domain is None:
        end = oo if source is None else source.support[1]
        return -end, end
    if isinstance(domain, tuple | list):
        if target.dimension > 1 or len(domain) != 2:
            allowed = "a radius R for ‖x‖ ≤ R; (a, b) for d = 1"
            raise DomainError(explain("not a domain", got=domain, allowed=allowed))
        lower, upper = (exact(x, "an end of the domain") for x in domain)
    else:
        upper = exact(domain, "radius")
        lower = -upper
    if not lower <= 0 <= upper or lower == upper:
        raise DomainError(
            explain("domain out of range", got=domain, allowed="R > 0, or a ≤ 0 ≤ b with a < b")
        )
    return lower, upper
