"""Funk–Hecke eigenvalues of zonal kernels: one as a formula, or a whole spectrum of numbers."""

from dataclasses import replace

import sympy
from sympy import S

from theorycalc.core.arithmetic import Ball, Float
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.evaluation import Arithmetic, check_arithmetic, check_supported
from theorycalc.core.families import Values
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_integer
from theorycalc.core.reference import Reference
from theorycalc.core.signature import integers_from
from theorycalc.core.value import Rigor, Value
from theorycalc.sphere import closed_form
from theorycalc.sphere.functions import Entry, FunkHecke, ZonalFunction, doubles
from theorycalc.sphere.measure import as_degree, as_dimension, parameters
from theorycalc.sphere.zonal_kernel import ZonalKernel, as_kernel

FUNK_HECKE = Reference(
    "doi:10.1007/978-3-642-25983-8",
    where="Theorem 2.22",
    title="K. Atkinson, W. Han, Spherical Harmonics and Approximations on the Unit Sphere (2012)",
)


def funk_hecke(kernel, d, k) -> Formula:
    """The eigenvalue μ_k of a zonal kernel κ(⟨x, y⟩) on harmonics of degree k.

    Parameters
    ----------
    kernel : sympy.Expr, Formula, Activation, str or architecture
        An expression in one symbol t, a formula of one argument, an activation, or an architecture
        of `theorycalc.kernels`, which stands for its ``ntk``.
    d : int or Expr
        Dimension of the space, ≥ 2; may be symbolic.
    k : int or Expr
        Degree, ≥ 0; may be symbolic.

    Returns
    -------
    Formula
        μ_k = ∫ κ P_{d,k} dτ_d, in the symbols of d and k: E_y κ(⟨x, y⟩) Y(y) = μ_k Y(x) for uniform
        y. Closed for polynomials times one of: 1, a step H(t − b), (1 ± t)^a, (1 − t²)^a,
        log(1 ± t), an exponential of t or of √(1 ± t) (the Laplace kernel), a sine, the arc-cosine
        functions; and for sums of them. All others are a function with its defining integral.

    Raises
    ------
    DomainError
        For d < 2, k < 0, a kernel with more than one variable, or one that is not integrable.
    NotSupportedError
        If the kinks of the kernel cannot be read off.

    References
    ----------
    K. Atkinson, W. Han, "Spherical Harmonics and Approximations on the Unit Sphere", Theorem 2.22;
    DLMF §18.17.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> d, k = sympy.symbols("d k")
    >>> tc.sphere.funk_hecke("relu", d, k).expr
    gamma(d/2)/(4*gamma(3/2 - k/2)*gamma(d/2 + k/2 + 1/2))
    >>> tc.sphere.funk_hecke("relu", 3, 2).expr
    1/16
    >>> deep = tc.sphere.funk_hecke(tc.kernels.mlp(3), d, k)
    >>> print(deep.at(d=100, k=20, using=tc.Ball(20)))
    4.4747311754525422881e-25 ± 2e-45
    """
    d, k, kernel = as_dimension(d), as_degree(k), as_kernel(kernel)
    expr = closed_form.eigenvalue(kernel, d, k)
    if expr is None:
        expr = FunkHecke(ZonalFunction.of(kernel), d, k)
    domain = integers_from({d: 2, k: 0})
    return Formula("mu", expr, args=parameters(d, k), domain=domain, reference=FUNK_HECKE)


# Of the eigenvalues that are computed together.
_HIGHEST_DEGREE = 20_000


def spectrum(kernel, d, degree, using: Arithmetic = Float()) -> Values:
    """The eigenvalues μ_0, …, μ_degree of a zonal kernel, computed together.

    Parameters
    ----------
    kernel : sympy.Expr, Formula, Activation, str or architecture
        As for `funk_hecke`.
    d : int
        Dimension of the space, ≥ 2.
    degree : int
        The highest degree, ≥ 0.
    using : Float, MP or Ball

    Returns
    -------
    Values
        A list with the axis k. ``stats["method"]`` of each says how it was found: "closed form",
        "parity" (an exact 0), "positive Taylor series" (`Float` and `Ball`, for the kernels of
        architectures with smooth activations, or d well above the degree), "Gauss–Legendre in the
        angle" (`Float`), "tanh–sinh in the angle" (`MP`) or "certified Gauss–Legendre in the angle"
        (`Ball`). The working precision follows the size of the eigenvalues, so that each keeps its
        relative digits; but `Float` has absolute errors of 1e-14 for kernels that are only known in
        doubles and whose Taylor series is too long (networks of tanh, large variances and high
        degrees: "Gauss–Legendre in the angle, in doubles").

    Raises
    ------
    DomainError, NotSupportedError
        As `funk_hecke`.
    PrecisionError
        If the digits are not reached; `Ball` needs a kernel that is analytic in the angle between
        its kinks, or bounded where it is not.

    Notes
    -----
    Σ N(d, k) μ_k = κ(1) for a continuous positive definite kernel: what is missing from it bounds
    the eigenvalues of higher degrees.

    Examples
    --------
    >>> import theorycalc as tc
    >>> for value in tc.sphere.spectrum(tc.kernels.mlp(1), 3, 5):
    ...     print(value)
    0.5
    0.3333333333333333 ± 4e-17
    0.078125
    0
    0.005208333333333333 ± 4e-19
    0
    >>> tc.sphere.spectrum(tc.kernels.mlp(3), 10, 20)[20].stats["method"]
    'Gauss–Legendre in the angle'
    """
    d = as_dimension(d)
    if not d.is_Integer:
        raise DomainError(
            explain("a spectrum needs a number for d", got=d, hint="funk_hecke(kernel, d, k)")
        )
    degree = exact_integer(degree, "degree", 0, _HIGHEST_DEGREE, hint="funk_hecke(kernel, d, k)")
    check_arithmetic(using)
    kernel = as_kernel(kernel)
    if closed_form.terms_of(kernel) is not None:
        formulas = (
            Formula("mu", closed_form.eigenvalue(kernel, d, S(k))) for k in range(degree + 1)
        )
        found = [_named(formula.at(using=using), "closed form") for formula in formulas]
    else:
        found = _computed(kernel, int(d), degree, using)
    return Values(found, axis="k", symbol="mu", d=int(d))


def _computed(kernel: ZonalKernel, d: int, degree: int, using: Arithmetic) -> list[Value]:
    check_supported(FunkHecke(ZonalFunction.of(kernel), S(d), sympy.Dummy("k")), using)
    if isinstance(using, Float):
        return _doubles(kernel, d, degree, using)
    entries = (Entry(kernel, d, k, degree) for k in range(degree + 1))
    return [_evaluated(entry, using) for entry in entries]


def _doubles(kernel: ZonalKernel, d: int, degree: int, using: Float) -> list[Value]:
    method, *arrays = doubles(kernel, d, degree)
    values = []
    for k, (mid, rad) in enumerate(zip(*arrays, strict=True)):
        zero = kernel.vanishes(k)
        mid, rad, rigor = (0.0, 0.0, Rigor.EXACT) if zero else (mid, rad, Rigor.ESTIMATED)
        value = Value(mid=float(mid), rad=float(rad), rigor=rigor, using=using)
        values.append(_named(value, method))
    return values


def _evaluated(entry: Entry, using: Arithmetic) -> Value:
    value = using.evaluate(entry, [])
    return _named(value, entry.method(value.stats["bits"], isinstance(using, Ball)))


def _named(value: Value, method: str) -> Value:
    if value.mid == value.rad == 0:
        method = "parity"
    return replace(value, stats={**value.stats, "method": str(method)})
