"""Biases along one direction: the measure s^{k−2} ds on (0, ∞), its integrals and its samples.

t₊^k/(k(k−1)) = ∫ s^{k−2} σ(t − s) ds, so this measure carries every power of a linear form.
"""

import math
from functools import cached_property, lru_cache

import numpy as np
import sympy
from sympy import Expr, Integral, Rational, S, erfc, exp, oo, pi, sqrt

from theorycalc.core.formula import Formula
from theorycalc.core.functions import hyperu
from theorycalc.core.integration.integral import Integral as CoreIntegral
from theorycalc.core.special import SpecialFunction
from theorycalc.distributions import Gaussian, StudentT
from theorycalc.relu.constants import GaussianBiasConstant
from theorycalc.relu.routes._route import Infinite, number

_S = sympy.Symbol("s", positive=True)
# Cells of the envelope under which biases are drawn.
_CELLS = 2048


def tail_moment(source, k: int) -> Expr | Infinite:
    """∫_0^∞ s^{k−2} ν(s) ds with ν(s)² = E σ(⟨x, u⟩ − s)², ‖u‖ = 1."""
    if isinstance(source, Gaussian):
        return source.sigma**k * GaussianBiasConstant(k)
    if isinstance(source, StudentT) and source.nu <= 2 * k:
        return Infinite(f"∫ s^{k - 2} ν(s) ds diverges: ν > {2 * k} is needed, got {source.nu}")
    return Integral(_S ** (k - 2) * sqrt(source.coordinate_tail_square(_S)), (_S, 0, _end(source)))


@lru_cache(maxsize=256)
def tail_number(source, k: int) -> float:
    """The same as a double."""
    return number(tail_moment(source, k))


def moved_tail_moment(source, k: int, tuned) -> Expr | Infinite:
    """∫_0^∞ s^{k−2} ν(s)²/ν₀(s) ds, ν₀ that of the law for which the biases are drawn."""
    if source == tuned:
        return tail_moment(source, k)
    if _end(source) > _end(tuned):
        return Infinite("the neurons are drawn for a law of smaller support")
    square, root = (law.coordinate_tail_square(_S) for law in (source, tuned))
    if isinstance(tuned, Gaussian):
        return _moved_gaussian(source, k, tuned)
    return Integral(_S ** (k - 2) * square / sqrt(root), (_S, 0, _end(source)))


def _moved_gaussian(source, k: int, tuned: Gaussian) -> Expr | Infinite:
    """The same for neurons drawn for a Gaussian law, another Gaussian or a bounded source."""
    if isinstance(source, Gaussian) and source.sigma**2 < 2 * tuned.sigma**2:
        ratio = source.sigma / tuned.sigma
        inner = (_S, 0, 1)
        near = Integral(_S ** (k - 2) * _square(ratio) / sqrt(_square(S.One)), inner)
        return tuned.sigma**k * (near + MovedTail(k, ratio))
    if _end(source) is oo:
        return Infinite("the law has heavier tails than √2 times the one the neurons are drawn for")
    square, root = (law.coordinate_tail_square(_S) for law in (source, tuned))
    return Integral(_S ** (k - 2) * square / sqrt(root), (_S, 0, _end(source)))


def _square(sigma: Expr) -> Expr:
    """ν² of N(0, σ²)."""
    z = _S / sigma
    density = exp(-(z**2) / 2) / sqrt(2 * pi)
    return sigma**2 * ((1 + z**2) * erfc(z / sqrt(2)) / 2 - z * density)


class MovedTail(SpecialFunction):
    """∫_1^∞ s^{k−2} ν_q(s)²/ν_1(s) ds for Gaussian laws of deviation q < √2 and 1.

    ν_q(s)² = q² φ(s/q) U(3/2, 1/2, s²/2q²)/√2: the exponentials are put together, so that nothing
    is 0/0. There is no enclosure: those of U are too wide for a certified quadrature.
    """

    nargs = 2

    @staticmethod
    def domain(k, q):
        return (q > 0) & (q**2 < 2)

    @classmethod
    def definition(cls, k, q):
        rate = 1 / (2 * q**2) - Rational(1, 4)
        u, u0 = (hyperu(Rational(3, 2), S.Half, _S**2 / (2 * x**2)) for x in (q, S.One))
        size = q**2 / (4 * pi) ** Rational(1, 4)
        return CoreIntegral(size * _S ** (k - 2) * exp(-rate * _S**2) * u / sqrt(u0), _S, 1, oo)


def _end(source) -> Expr:
    return source.support[1]


def pointwise(k: int, t: Expr, tuned) -> Expr:
    """∫_0^{t₊} s^{k−2} (t − s)²/ν₀(s) ds."""
    body = _S ** (k - 2) * (t - _S) ** 2 / sqrt(tuned.coordinate_tail_square(_S))
    return Integral(body, (_S, 0, sympy.Max(t, 0)))


@lru_cache(maxsize=64)
class BiasLaw:
    """The law ∝ s^{k−2} on (0, reach), or ∝ s^{k−2} ν₀(s) for a source with this ν₀."""

    def __init__(self, k: int, reach: float = math.inf, tuned=None):
        self.k, self.reach = k, reach
        self._tail = None
        if tuned is not None:
            self._tail = Formula("nu2", tuned.coordinate_tail_square(_S), (_S,)).lambdify()
            end = _end(tuned)
            self.reach = math.inf if end is oo else float(end)
            self._scale = float(sqrt(tuned.mean_power(2) / tuned.dimension))

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Independent biases."""
        if self._tail is None:
            return self.reach * rng.random(count) ** (1 / (self.k - 1))
        drawn = np.empty(0)
        while len(drawn) < count:
            u, height = self._under_envelope(rng, 2 * count + 16)
            keep = rng.random(len(u)) * height < self._density(u)
            drawn = np.concatenate([drawn, self._bias(u[keep])])
        return drawn[:count]

    def root(self, s: np.ndarray) -> np.ndarray:
        """ν₀(s)."""
        return np.sqrt(self._tail(s))

    def _bias(self, u):
        """The bias at u in (0, 1)."""
        return self._scale * u / (1 - u) if self.reach == math.inf else self.reach * u

    def _density(self, u):
        """The density of u, up to a factor."""
        s = self._bias(u)
        stretch = 1 / (1 - u) ** 2 if self.reach == math.inf else 1.0
        return s ** (self.k - 2) * self.root(s) * stretch

    @cached_property
    def _heights(self) -> np.ndarray:
        """An envelope: twice the larger end of every cell bounds the density inside."""
        edges = np.linspace(0, 1, _CELLS + 1)
        values = self._density(np.clip(edges, 0.5 / _CELLS, 1 - 1e-6))
        return 2 * np.maximum(values[1:], values[:-1])

    def _under_envelope(self, rng, count: int) -> tuple[np.ndarray, np.ndarray]:
        """(u, envelope at u)."""
        cells = rng.choice(_CELLS, size=count, p=self._heights / self._heights.sum())
        u = (cells + rng.random(count)) / _CELLS
        return u, self._heights[cells]
