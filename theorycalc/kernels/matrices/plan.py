"""How kernel matrices are computed: decided once, from the network and the sizes of the arrays."""

from fractions import Fraction
from functools import cache, lru_cache
from math import factorial

import numpy as np
import sympy
from numpy.typing import DTypeLike
from sympy import factorial2

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.kernels.duals import families
from theorycalc.kernels.duals.arc_cosine import angular_polynomials, c, polynomial_arrays
from theorycalc.kernels.matrices import angle_table, rows
from theorycalc.kernels.matrices import families as doubles
from theorycalc.kernels.matrices.any_network import Blocks
from theorycalc.kernels.matrices.dense import kernel_matrices
from theorycalc.kernels.matrices.row_sizes import RowSizes
from theorycalc.kernels.recursion.in_arrays import double
from theorycalc.layers import Dense, Nonlinearity, affine

_TERMS = 16
_WITH_LOOPS = families.Homogeneous, families.Erf, families.Gelu


class Plan:
    """What computes the kernels of a network between arrays of inputs; x2=None means x1.

    Parameters
    ----------
    network : Architecture
    x1, x2 : ndarray, and None for x2
    tangent : bool
        Whether the NTK is wanted.
    log_scale : bool
        Whether the kernels are e^s times the matrices, s the attribute ``log_scale``.

    Attributes
    ----------
    loops : Loops or None
        Those of a dense network with one activation of a closed family. Everything else, and what
        leaves the range of doubles there, goes through the recursion on arrays.

    Raises
    ------
    NotSupportedError
        For a logarithmic scale, if the activation is not homogeneous of degree 1: K(cq) = c K(q)
        is what is used.
    """

    def __init__(self, network, x1, x2, tangent: bool = True, log_scale: bool = False):
        self.network, self.x1, self.x2, self.tangent = network, x1, x2, tangent
        self.loops, self.log_scale = None, None
        family = _family(network)
        if log_scale and not (isinstance(family, families.Homogeneous) and family.degree == 1):
            raise NotSupportedError(
                explain(
                    "a logarithmic scale needs dense layers and one activation of the ReLU family",
                    hint="matrices(X1, X2), or the formula with using=MP()",
                )
            )
        if family is not None:
            family, layers = _family_in_doubles(family), _layers_in_doubles(network, x1.shape[1])
            if log_scale:
                layers, self.log_scale = layers.scaled(family.variance)
            pairs = len(x1) * len(x1 if x2 is None else x2)
            self.loops = doubles.Loops(family, layers, _rule(family, layers, pairs))

    def fill(self, dtype: DTypeLike = np.float64) -> tuple[np.ndarray, ...]:
        """(NNGP, NTK), or the first alone."""
        if self.loops is not None:
            *found, finite = kernel_matrices(self.loops, self.x1, self.x2, dtype)
            if finite or self.log_scale is not None:
                return tuple(found[: 1 + self.tangent])
        # here nothing is squared that need not be
        return Blocks(self.network, self.x1, self.x2, self.tangent).fill(dtype)


def row_sizes(network) -> RowSizes:
    """What the sizes of inputs mean for the kernels of a network."""
    return RowSizes(network, _family(network))


def _family(network) -> families.Family | None:
    """The family of the activation of a dense network for which there are loops, or None."""
    layers = network.layers
    alternate = all(
        isinstance(layer, Nonlinearity if i % 2 else Dense) for i, layer in enumerate(layers)
    )
    found = {layer.activation for layer in layers[1::2]} if alternate else set()
    family = families.family(*found) if len(layers) % 2 == 1 and len(found) == 1 else None
    return family if isinstance(family, _WITH_LOOPS) else None


def _rule(family, layers: doubles.Layers, pairs: int):
    """What the loops over rows do for so many pairs; None: every pair is computed by itself."""
    if not isinstance(family, doubles.Homogeneous):
        return family
    many = pairs > 2 * angle_table.table_size(layers)
    table = angle_table.tabulate(family, layers) if many else None
    if table is None and family.degree == 1:
        return rows.PiecewiseLinear(family.kink, family.smooth)
    return table


@lru_cache(maxsize=256)
def _family_in_doubles(family) -> doubles.Homogeneous | doubles.Erf | doubles.Gelu:
    if isinstance(family, families.Erf):
        return doubles.Erf(*map(double, (family.offset, family.scale, family.slope)))
    if isinstance(family, families.Gelu):
        return doubles.Gelu(*map(double, (family.linear, family.scale, family.slope)))
    p = family.degree
    b = angular_polynomials(p)[1]
    a_array, b_array = polynomial_arrays(p)
    below_a, below_b = polynomial_arrays(max(p - 1, 0))
    return doubles.Homogeneous(
        degree=p,
        kink=double(family.kink),
        smooth=double(family.smooth),
        a=a_array,
        b=b_array,
        opposite=_opposite_series(p),
        below_a=below_a,
        below_b=below_b,
        below_opposite=_opposite_series(max(p - 1, 0)),
        loss=_coefficients((b.eval(1) - b).quo(sympy.Poly(1 - c, c))),
        gain=_coefficients((b.eval(1) + b).quo(sympy.Poly(1 + c, c))),
        odd_factorial=float(factorial2(2 * p - 1)),
    )


def _layers_in_doubles(network, dimension: int) -> doubles.Layers:
    """The affine layers of a dense network on inputs of this dimension."""
    layers = affine(network.layers)
    weight = np.array([double(layer.sigma_w) ** 2 for layer in layers])
    bias = np.array([double(layer.sigma_b) ** 2 for layer in layers])
    if network.parameterization == "ntk":
        return doubles.Layers(weight, bias, forward=weight, constant=bias)
    fan_in = np.array([dimension, *[network.width] * (len(layers) - 1)], dtype=float)
    return doubles.Layers(weight, bias, forward=fan_in, constant=np.sign(bias))


@cache
def _opposite_series(p: int) -> np.ndarray:
    """J_p(π − φ)/φ^{2p+1} as a polynomial in φ², to double precision for φ ≤ 3/2.

    J_p(π − φ) is p² times the integral of J_{p−1}(π − φ) sin φ, and J_0(π − φ) = φ.
    """
    sine = [Fraction((-1) ** k, factorial(2 * k + 1)) for k in range(_TERMS)]
    series = [Fraction(1)] + [Fraction(0)] * (_TERMS - 1)
    for m in range(1, p + 1):
        products = [sum(series[i] * sine[k - i] for i in range(k + 1)) for k in range(_TERMS)]
        series = [m**2 * term / (2 * m + 1 + 2 * k) for k, term in enumerate(products)]
    return np.array(series[::-1], dtype=float)


def _coefficients(polynomial: sympy.Poly) -> np.ndarray:
    return np.array(polynomial.all_coeffs(), dtype=float)
