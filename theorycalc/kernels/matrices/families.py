"""What the numerics know of a network: its activation's family, its layers, its variances."""

from typing import NamedTuple

import numpy as np


class Homogeneous(NamedTuple):
    """φ of degree p on both half-lines; polynomials are coefficient arrays, highest power first.

    K(θ) = kink·J_p(θ)/(2π) + smooth·b(cos θ), with J_p(θ) = a(cos θ) sin θ + b(cos θ)(π − θ).
    """

    degree: int
    kink: float
    smooth: float
    a: np.ndarray
    b: np.ndarray
    opposite: np.ndarray  # J_p(π − φ)/φ^{2p+1} as a polynomial in φ²
    below_a: np.ndarray  # the polynomials of J_{p−1}
    below_b: np.ndarray
    below_opposite: np.ndarray
    loss: np.ndarray  # (b(1) − b(c))/(1 − c)
    gain: np.ndarray  # (b(1) + b(c))/(1 + c) for odd p
    odd_factorial: float  # (2p − 1)!!

    @property
    def variance(self) -> float:
        """E φ(Z)²."""
        return self.odd_factorial * (self.kink / 2 + self.smooth)

    def second_moment(self, q: np.ndarray) -> np.ndarray:
        """E φ(√q Z)²."""
        return self.variance * q**self.degree

    def inverse(self, first: np.ndarray, q: np.ndarray) -> np.ndarray:
        """What rules multiply by: 1/√(|x|²/d), 0 for 0."""
        return np.divide(1.0, np.sqrt(first), out=np.zeros_like(first), where=first > 0)[None]


class Erf(NamedTuple):
    """φ(z) = offset + scale·erf(slope·z)."""

    offset: float
    scale: float
    slope: float

    def second_moment(self, q: np.ndarray) -> np.ndarray:
        """E φ(√q Z)²."""
        u = 2 * self.slope**2 * q
        return self.offset**2 + self.scale**2 * 2 / np.pi * np.arctan2(u, np.sqrt(1 + 2 * u))

    def inverse(self, first: np.ndarray, q: np.ndarray) -> np.ndarray:
        """What rules multiply by: 1/√(1 + 2·slope²·q) of every layer."""
        return 1.0 / np.sqrt(1.0 + 2.0 * self.slope**2 * q)


class Gelu(NamedTuple):
    """φ(z) = linear·z + scale·z·erf(slope·z)."""

    linear: float
    scale: float
    slope: float

    def second_moment(self, q: np.ndarray) -> np.ndarray:
        """E φ(√q Z)²."""
        u = 2 * self.slope**2 * q
        root = np.sqrt(1 + 2 * u)
        bent = u / (1 + u) / root + np.arctan2(u, root) / 2
        return q * (self.linear**2 + self.scale**2 * 4 / np.pi * bent)

    inverse = Erf.inverse


class Layers(NamedTuple):
    """Per affine layer: weight variance, bias variance, and what the layer adds to the NTK.

    The NTK of layer l+1 is ``forward·K + constant + weight·K'·Θ``; the first layer's own is
    ``forward·⟨x, x'⟩/d + constant``.
    """

    weight: np.ndarray
    bias: np.ndarray
    forward: np.ndarray
    constant: np.ndarray

    def scaled(self, variance: float) -> tuple["Layers", float]:
        """(layers, s): those whose kernels are e^{−s} times these, for φ of degree 1."""
        growth = self.weight * np.append(1.0, np.full(len(self.weight) - 1, variance))
        scales = np.cumsum(np.log(growth))
        # a bias of 0 stays one where the exponential is infinite
        bias, constant = (
            np.where(x == 0, 0.0, x * np.exp(-scales)) for x in (self.bias, self.constant)
        )
        layers = Layers(self.weight / growth, bias, self.forward / growth, constant)
        return layers, float(scales[-1])


class Loops(NamedTuple):
    """What loops need to know of a network, and what they do with a row of pairs.

    The rule is None where every pair is computed by itself.
    """

    family: Homogeneous | Erf | Gelu
    layers: Layers
    rule: tuple | None


class Inputs(NamedTuple):
    """Inputs, one a row, and of each, by layers: Σ(x, x), its root, and what a rule makes of it."""

    x: np.ndarray
    q: np.ndarray
    root: np.ndarray
    inverse: np.ndarray


def variances(family, layers: Layers, first: np.ndarray) -> np.ndarray:
    """Σ(x, x) of every layer for inputs with |x|²/d = first: shape (layers, inputs)."""
    rows = [layers.weight[0] * first + layers.bias[0]]
    for weight, bias in zip(layers.weight[1:], layers.bias[1:], strict=True):
        rows.append(weight * family.second_moment(rows[-1]) + bias)
    return np.array(rows)
