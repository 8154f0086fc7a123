"""Dual activations as formulas."""

import sympy
from sympy import acos, sqrt

from theorycalc.activations import as_activation
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_integer
from theorycalc.core.reference import Reference
from theorycalc.kernels.angular import angular, angular_at_zero
from theorycalc.kernels.expectations import covariance, slope_covariance
from theorycalc.kernels.formula import CORRELATION, COVARIANCE, Q11, Q12, Q22, RHO

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
    p = exact_integer(p, "p", minimum=0)
    expr = angular(p, acos(RHO)) / angular_at_zero(p)
    return Formula(f"kappa_{p}", expr, args=(RHO,), domain=CORRELATION, reference=CHO_SAUL)


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
        GELU, and sums of products of polynomials, exponentials, sines and Gaussians. For functions
        that change among polynomials, exponentials and Gaussians at thresholds (biased ReLU, ELU,
        SELU, hard tanh) `sympy.expand_func` writes the closed form out, with error functions and
        `bivariate_normal`. Otherwise a function with its own methods
        (`theorycalc.kernels.general.GaussianPair`).

    Raises
    ------
    DomainError
        For a bad activation.
    NotSupportedError
        If the kinks of the activation cannot be read off.

    Notes
    -----
    Without a closed form `Float` integrates over the plane, `Ball` encloses the Hermite series with
    its tail (slow at large variances and correlations close to ±1), and `MP`, for smooth functions,
    uses the trapezoidal rule.

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
    expr = covariance(as_activation(activation), sympy.S.One, RHO, sympy.S.One, acos(RHO))
    return Formula("phi", expr, args=(RHO,), domain=CORRELATION, reference=DANIELY)


def dual_general(activation) -> Formula:
    """K(q11, q12, q22) = E[φ(u)φ(v)] for a centred Gaussian pair with these covariances.

    Parameters, errors and reference are those of `dual`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.kernels.dual_general("relu").at(q11=4, q12=1, q22=9))
    1.218223530725389 ± 3e-16
    """
    return _general("K", covariance(as_activation(activation), Q11, Q12, Q22, _angle()))


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
    one = sympy.S.One
    expr = slope_covariance(as_activation(activation), one, RHO, one, acos(RHO))
    return Formula("dphi", expr, args=(RHO,), domain=CORRELATION, reference=DANIELY)


def dual_derivative_general(activation) -> Formula:
    """E[φ'(u)φ'(v)] = ∂K/∂q12 in (q11, q12, q22).

    Parameters, errors and reference are those of `dual_derivative`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.kernels.dual_derivative_general("relu").at(q11=1, q12=0, q22=5))
    0.2500000000000000 ± 2e-24
    """
    return _general("dK", slope_covariance(as_activation(activation), Q11, Q12, Q22, _angle()))


def _angle() -> sympy.Expr:
    return sympy.atan2(sqrt(Q11 * Q22 - Q12**2), Q12)


def _general(name: str, expr: sympy.Expr) -> Formula:
    return Formula(name, expr, args=(Q11, Q12, Q22), domain=COVARIANCE, reference=DANIELY)
