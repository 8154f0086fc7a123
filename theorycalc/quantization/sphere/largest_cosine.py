"""The largest cosine between a fixed direction and n uniform points on the sphere."""

import sympy
from sympy import S

from theorycalc.core.formula import Formula
from theorycalc.distributions._reading import dimension
from theorycalc.quantization.arguments import read_points
from theorycalc.quantization.sphere.functions import CosineDeficit


def mean_max_cosine(d, n=None, *, log_n=None) -> Formula:
    """m_n = E max_i ⟨x, Z_i⟩ for a unit vector x and n independent uniform unit vectors Z_i in R^d.

    Parameters
    ----------
    d : int or Symbol
        Dimension, ≥ 1.
    n : int, number, decimal string or Symbol, optional
        Number of points, an integer of any size; real n ≥ 1 interpolate P(max ≤ t) = F(t)^n.
    log_n : number, optional
        log n in its place.

    Returns
    -------
    Formula
        In the symbols among d and n: 1 minus `mean_max_cosine_complement`. Closed for n ≤ 3, in
        dimensions 2 and 3, and in odd dimensions for a moderate n.

    Raises
    ------
    DomainError
        For a dimension that is no integer ≥ 1, n < 1, or numbers that are none.

    Notes
    -----
    m_n → 1 as n grows: the complement keeps its digits. Beyond 1e308 n has to be a number given
    here: a symbol takes doubles.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.quantization.mean_max_cosine(5, 4).expr
    333/715
    >>> print(tc.quantization.mean_max_cosine(10, 1000).at(using=tc.Ball(30)))
    0.835939730035178934563625448143 ± 2e-31
    """
    complement = mean_max_cosine_complement(d, n, log_n=log_n)
    return Formula("m", 1 - complement.expr, args=complement.args, domain=complement.domain)


def mean_max_cosine_complement(d, n=None, *, log_n=None) -> Formula:
    """1 − m_n = ∫_{−1}^1 F(t)^n dt, without cancellation.

    Parameters, errors and closed forms are those of `mean_max_cosine`.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.quantization.mean_max_cosine_complement(200, "1e30").at(using=tc.MP(20)))
    0.30208753590812444941 ± 4e-21
    >>> print(tc.quantization.mean_max_cosine_complement(1000, log_n=500).at())
    0.20636605926817 ± 4e-15
    """
    d, n = dimension(d), read_points(n, log_n)
    domain = sympy.And(
        *(sympy.Contains(x, S.Naturals, evaluate=False) for x in [d] if x.free_symbols),
        *(sympy.Ge(x, 1) for x in [n] if x.free_symbols),
    )
    args = sorted(d.free_symbols, key=str) + sorted(n.free_symbols - d.free_symbols, key=str)
    return Formula("1 - m", CosineDeficit(d, n, S.One), args=args, domain=domain)
