"""The laws that a user begins with."""

from dataclasses import dataclass

import sympy
from sympy import Expr, S

from theorycalc import hermite
from theorycalc.activations import Activation, as_activation, z
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import positive_parameter
from theorycalc.core.looks import Record
from theorycalc.core.records import check_fields, instance
from theorycalc.spectra import _build, nodes
from theorycalc.spectra._law import Law
from theorycalc.spectra._reading import masses, number
from theorycalc.spectra.data import beyond, eigenvalues


@dataclass(frozen=True, repr=False)
class Outlier(Record):
    """An eigenvalue outside of a law.

    Attributes
    ----------
    eigenvalue : float
    theta : float
        The additive spike that would make it, 1/G.
    overlap : float
        The squared cosine of its eigenvector with that spike.
    """

    eigenvalue: float
    theta: float
    overlap: float

    def __post_init__(self):
        check_fields(self)


def marchenko_pastur(c) -> Law:
    """The law of XX'/n for X of p × n independent entries of variance 1, c = p/n.

    Parameters
    ----------
    c : number or positive symbol

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> c = sympy.Symbol("c", positive=True)
    >>> tc.spectra.marchenko_pastur(c).density.expr
    sqrt(Max(0, (-x + (sqrt(c) + 1)**2)*(x - (1 - sqrt(c))**2)))/(2*pi*c*x)
    >>> tc.spectra.marchenko_pastur(1).density.at(x=1, using=tc.Ball(20)).digits(20)
    '0.27566444771089602476'
    """
    c = positive_parameter(c, "c")
    return Law(_build.times_poisson(_build.POINT, c), f"MP({c})")


def semicircle(v) -> Law:
    """The law of symmetric p × p matrices with entries of variance v/p, on ±2√v.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.spectra.semicircle(2).moment(4).expr
    8
    """
    v = positive_parameter(v, "v")
    return Law(nodes.PlusSemicircle(_build.ORIGIN, v), f"SC({v})")


def discrete(atoms) -> Law:
    """Point masses.

    Parameters
    ----------
    atoms : mapping {t: w}
        Places and masses; the masses sum to 1 exactly.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.spectra.discrete({1: "1/3", 4: "2/3"}).moment(2).expr
    11
    """
    return Law(_build.atoms(masses(atoms, "a discrete law")))


def projection(p) -> Law:
    """The law of a projection of normalised trace p: {0: 1 − p, 1: p}.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.spectra.projection("1/3").atoms
    {0: 2/3, 1: 1/3}
    """
    p = number(p, "p")
    if not 0 <= p <= 1:
        raise DomainError(explain("no trace of a projection", got=p, allowed="0 ≤ p ≤ 1"))
    return discrete({S.Zero: 1 - p, S.One: p})


def sample_covariance(H, c) -> Law:  # noqa: N803 - the letter of the mathematics
    """The law of T^{1/2}XX'T^{1/2}/n where the spectrum of T has the law H, c = p/n.

    Parameters
    ----------
    H : mapping {t: w} or Law
    c : number

    Examples
    --------
    >>> import theorycalc as tc
    >>> law = tc.spectra.sample_covariance({1: "1/2", 4: "1/2"}, c=2)
    >>> law.edges(using=tc.Ball(20))[-1].digits(20)
    '17.142441266316007959'
    """
    return Law(_build.times_poisson(_law(H).node, positive_parameter(c, "c")))


def information_plus_noise(H, c, v) -> Law:  # noqa: N803
    """The law of (A + √v X)(A + √v X)'/n where AA'/n has the law H, X is p × n and c = p/n.

    Examples
    --------
    >>> import theorycalc as tc
    >>> law = tc.spectra.information_plus_noise({0: "1/2", 5: "1/2"}, c="1/2", v=1)
    >>> law.stieltjes("2+0.5i", tc.Ball(20))[0].digits(18)
    '-0.209775433044602566'
    """
    base = _law(H).node
    c, v = positive_parameter(c, "c"), positive_parameter(v, "v")
    if not _build.is_nonnegative(base):
        raise DomainError(explain("H has mass below 0", got=H, allowed="a law on [0, ∞)"))
    if sympy.Lt(base.masses().get(S.Zero, S.Zero), 1 - 1 / c) is sympy.true:
        what = "AA' has at most n eigenvalues that are not 0"
        allowed = f"c ≤ 1, or a mass of at least {1 - 1 / c} at 0"
        raise DomainError(explain(what, got=f"c = {c}", allowed=allowed))
    return Law(nodes.InformationPlusNoise(base, c, v))


def features(activation, N_over_n, N_over_d) -> Law:  # noqa: N803
    """The law of FF'/n for random features F = φ(WX/√d), N × n, of the centred activation.

    Gaussian equivalence, in the limit N, n, d → ∞: FF'/n is a sample covariance of c_*² + c_1² Y
    where Y is Marchenko–Pastur of ratio N/d, and c_k are the Hermite coefficients of φ.

    Examples
    --------
    >>> import theorycalc as tc
    >>> law = tc.spectra.features("relu", N_over_n="1/2", N_over_d="1/2")
    >>> law.stieltjes("0.3+0.1i", tc.Ball(20))[0].digits(18)
    '-0.992454510426746831'
    """
    linear, rest = hermite_shares(activation)
    n, d = positive_parameter(N_over_n, "N_over_n"), positive_parameter(N_over_d, "N_over_d")
    inner = _build.times_poisson(_build.POINT, d)
    return Law(_build.times_poisson(_build.affine(inner, linear**2, rest), n))


def kernel_matrix(f, n_over_d) -> Law:
    """The law of f(x_i·x_j/√d)/√n, i ≠ j, for n points on the sphere of radius √d, f centred.

    In the limit n, d → ∞: c_1 y^{-1/2} (Y − 1) for Y Marchenko–Pastur of ratio y = n/d, and a free
    semicircle of variance c_*².

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> z = sympy.Symbol("z")
    >>> law = tc.spectra.kernel_matrix(z + (z**3 - 3 * z) / 6, n_over_d=1)
    >>> law.density.at(x="0.5", using=tc.Ball(20)).digits(18)
    '0.213497689186285157'
    """
    linear, rest = hermite_shares(f)
    y = positive_parameter(n_over_d, "n_over_d")
    scale = linear / sympy.sqrt(y)
    base = _build.affine(_build.times_poisson(_build.POINT, y), scale, -scale)
    return Law(_build.free_sum(base, nodes.PlusSemicircle(_build.ORIGIN, rest)) if rest else base)


def empirical(matrix) -> Law:
    """The law of the eigenvalues of a symmetric matrix, all of the same mass.

    Parameters
    ----------
    matrix : array_like of shape (n, n)

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> tc.spectra.empirical(np.diag([1.0, 1.0, 3.0])).atoms
    {1: 2/3, 3: 1/3}
    """
    return Law(_build.atoms(masses(eigenvalues(matrix), "a matrix")))


def outliers(matrix, law) -> list[Outlier]:
    """The eigenvalues of a symmetric matrix that lie outside of a law, and the spikes they mean.

    Parameters
    ----------
    matrix : array_like of shape (n, n)
    law : Law
        The law of the other eigenvalues.

    Returns
    -------
    list of Outlier
        Beyond the support by more than an edge of that many eigenvalues moves (with probability
        0.99), ascending.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> x = np.random.default_rng(0).standard_normal((300, 300))
    >>> noise = (x + x.T) / np.sqrt(600)
    >>> noise[0, 0] += 3
    >>> [found] = tc.spectra.outliers(noise, tc.spectra.semicircle(1))
    >>> abs(found.eigenvalue - (3 + 1 / 3)) < 0.2, abs(found.overlap - 8 / 9) < 0.05
    (True, True)
    """
    instance(law, Law, "a law")
    if isinstance(law.node, nodes.Atoms):
        raise DomainError(explain("a law of atoms has no bulk", got=law))
    return [Outlier(*found) for found in beyond(matrix, law.node)]


def hermite_shares(activation) -> tuple[Expr, Expr]:
    """c_1, and c_*² = E φ² − c_0² − c_1²."""
    activation = as_activation(activation)
    square = Activation(activation.expr**2, symbol=z)
    zeroth, linear = (hermite.coefficient(activation, k).expr for k in (0, 1))
    rest = sympy.expand(hermite.coefficient(square, 0).expr - zeroth**2 - linear**2)
    if linear == 0 and rest == 0:
        raise DomainError(explain("the activation is constant", got=activation))
    return linear, rest


def _law(H) -> Law:  # noqa: N803
    return H if isinstance(H, Law) else discrete(H)
