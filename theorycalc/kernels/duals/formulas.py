"""Dual activations as formulas."""

from functools import partial

import sympy
from sympy import acos, factorial2, sqrt

from theorycalc.activations import Activation, as_activation, relu_power
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_integer
from theorycalc.core.reference import Reference
from theorycalc.kernels.duals.angles import PairAngle
from theorycalc.kernels.duals.covariance_derivatives import is_finite, slope_of_order
from theorycalc.kernels.duals.families import needs_angle, no_tangent_kernel
from theorycalc.kernels.duals.opposite_inputs import dual_sign, infinities
from theorycalc.kernels.symbols import (
    CORRELATION,
    COVARIANCE,
    INFINITE,
    Q11,
    Q12,
    Q22,
    RHO,
    DualFormula,
    meeting,
)

# Orders of the arc-cosine kernel, whose polynomials are written out.
_LARGEST_ORDER = 100
CHO_SAUL = Reference(
    "doi:10.5555/2984093.2984132",
    where="eq. 4",
    title="Y. Cho, L. K. Saul, Kernel methods for deep learning (NeurIPS 2009)",
)
DANIELY = Reference(
    "arXiv:1602.05897",
    where="Definition 4",
    title="A. Daniely, R. Frostig, Y. Singer, Toward deeper understanding of neural networks",
)


def arc_cosine(p: int) -> Formula:
    """The arc-cosine kernel κ_p of order p, normalised to 1 at rho = 1.

    Parameters
    ----------
    p : int
        Order, ≥ 0: the dual of z_+^p up to its normalisation.

    Returns
    -------
    Formula
        κ_p(ρ) = J_p(arccos ρ)/(π (2p−1)!!).

    Raises
    ------
    DomainError
        If ``p`` is not an integer ≥ 0.

    References
    ----------
    Y. Cho, L. K. Saul, "Kernel methods for deep learning", NeurIPS 2009, eq. 4.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.kernels.arc_cosine(1).expr
    (rho*(pi - acos(rho)) + sqrt(1 - rho**2))/pi
    >>> print(tc.kernels.arc_cosine(1).at(rho="1/2", using=tc.MP(20)))
    0.60899778104422935809 ± 2e-21
    """
    p = exact_integer(p, "p", 0, _LARGEST_ORDER)
    scale = sympy.Integer(2) / factorial2(2 * p - 1)
    return _dual(f"kappa_{p}", relu_power(p), CHO_SAUL, 0, scale)


def dual(activation) -> Formula:
    """The dual activation φ̂(ρ) = E[φ(U)φ(V)] for standard normal U, V with correlation ρ.

    Parameters
    ----------
    activation : str, Activation or sympy.Expr

    Returns
    -------
    Formula
        In ``rho``; φ̂(ρ) = Σ c_k² ρ^k with the orthonormal Hermite coefficients c_k. In closed form
        for functions that are homogeneous on both half-lines (the ReLU family), error functions,
        GELU, sums of products of polynomials, exponentials, sines and Gaussians, and sums of these
        with error functions and with steps at 0 times polynomials. For functions
        that change among polynomials, exponentials and Gaussians at thresholds (biased ReLU, ELU,
        SELU, hard tanh) `sympy.expand_func` writes the closed form out, with error functions and
        `bivariate_normal`. Otherwise a function with its own methods
        (`theorycalc.kernels.duals.pair.GaussianPair`).

    Raises
    ------
    DomainError
        For a bad activation.
    NotSupportedError
        If the kinks of the activation cannot be read off.

    Notes
    -----
    Without a closed form `Float` integrates over the plane. For functions that are analytic around
    the real line `Ball` and `MP` use trapezoidal rules with proved errors
    (`theorycalc.kernels.duals.strip_pairs`): 30 digits take less than a second at variances up to
    1000 and at any correlation. Correlations share what depends on the activation and the variances
    alone: ten below 0.99 take less than twice as long as one
    (`theorycalc.kernels.duals.strip_smoothing`). For others `Ball` encloses the Hermite series with
    its tail (slow at large variances and correlations close to ±1).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> tc.kernels.dual("step").expr
    (pi - acos(rho))/(2*pi)
    >>> print(tc.kernels.dual("tanh").at(rho="0.3", using=tc.Ball(20)))
    0.11066838554744633328 ± 5e-22
    >>> slope = tc.kernels.dual_derivative(tc.activations.biased_relu("-1/2")).expr
    >>> sympy.expand_func(slope)
    bivariate_normal(-1/2, -1/2, rho)
    """
    return _dual("phi", as_activation(activation), DANIELY, 0)


def dual_general(activation) -> Formula:
    """K(q11, q12, q22) = E[φ(u)φ(v)] for a centred Gaussian pair with these covariances.

    Parameters, errors and reference are those of `dual`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.kernels.dual_general("relu").at(q11=4, q12=1, q22=9))
    1.218223530725389 ± 3e-16
    """
    return _general("K", as_activation(activation), 0)


def dual_derivative(activation) -> Formula:
    """The dual of the derivative, E[φ'(U)φ'(V)] = φ̂'(ρ) (Price's theorem), in ``rho``.

    Parameters and reference are those of `dual`; an activation with a jump raises
    `NotSupportedError`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.kernels.dual_derivative("relu").expr
    (pi - acos(rho))/(2*pi)
    """
    return _dual("dphi", _continuous(activation), DANIELY, 1)


def dual_derivative_general(activation) -> Formula:
    """E[φ'(u)φ'(v)] = ∂K/∂q12 in (q11, q12, q22).

    Parameters, errors and reference are those of `dual_derivative`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.kernels.dual_derivative_general("relu").at(q11=1, q12=0, q22=5))
    0.2500000000000000 ± 2e-24
    """
    return _general("dK", _continuous(activation), 1)


def _continuous(activation) -> Activation:
    activation = as_activation(activation)
    if not activation.is_continuous:
        raise no_tangent_kernel()
    return activation


def _dual(
    name: str, activation: Activation, reference: Reference, order: int, scale=sympy.S.One
) -> DualFormula:
    """A multiple of a dual or of one of its derivatives, in ρ."""
    one, limits = sympy.S.One, {}
    slope = slope_of_order(activation, order, one, RHO, one, acos(RHO))
    if slope != 0 and not is_finite(activation, order):
        limits = infinities(dual_sign(activation, order))
    return DualFormula(
        name,
        scale * slope,
        args=(RHO,),
        domain=CORRELATION,
        reference=reference,
        note=INFINITE if limits else "",
        variable=RHO,
        derived=partial(_dual, f"{name}_rho", activation, reference, order + 1, scale),
        limits={meeting(RHO, sign): limit for sign, limit in limits.items()},
    )


def _general(name: str, activation: Activation, order: int) -> DualFormula:
    """A dual or one of its derivatives, in the covariances."""
    slope, limits, ends = _of_covariances(activation, order), {}, ()
    if slope != 0 and not is_finite(activation, order):
        limits = {-1: sympy.nan, **infinities(dual_sign(activation, order))}
    elif needs_angle(activation):
        ends = (1, -1)
    return DualFormula(
        name,
        slope,
        args=(Q11, Q12, Q22),
        domain=COVARIANCE,
        reference=DANIELY,
        note=INFINITE if limits else "",
        variable=Q12,
        derived=partial(_general, f"{name}_q12", activation, order + 1),
        limits={meeting(Q12, sign): limit for sign, limit in limits.items()},
        ends={meeting(Q12, sign): partial(_met, name, activation, order, sign) for sign in ends},
    )


def _met(name: str, activation: Activation, order: int, sign: int) -> Formula:
    """The same for two inputs of one variance that coincide or are opposite."""
    body = slope_of_order(activation, order, Q11, sign * Q11, Q11, acos(sympy.Integer(sign)))
    return Formula(name, body, args=(Q11,), reference=DANIELY)


def _of_covariances(activation: Activation, order: int) -> sympy.Expr:
    """The dual or a derivative without the quotients that the cosine of the angle is."""
    rest, unit = sympy.Dummy("rest"), sqrt(Q11) * sqrt(Q22)
    slope = slope_of_order(activation, order, Q11, Q12, Q22, sympy.pi - rest)
    if rest not in slope.free_symbols:
        return slope
    determinant = Q11 * Q22 - Q12**2
    parts = {sympy.sin(rest): sqrt(determinant) / unit, sympy.cos(rest): -Q12 / unit}
    angle = PairAngle(determinant, Q12)
    return sympy.expand(slope).subs(parts).subs(rest, sympy.pi - angle)
