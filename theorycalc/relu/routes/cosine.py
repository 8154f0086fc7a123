"""Cosines with Gaussian weights, and e^{s²‖x‖²/2} in front: method "cosine"."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy
from sympy import Expr, Poly, S, exp, sqrt

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.relu.means.rules import Doubles, evaluate, normal_average
from theorycalc.relu.norms import spectral_barron
from theorycalc.relu.routes._request import Request
from theorycalc.relu.routes._route import Infinite, Neurons, Route, no_norm
from theorycalc.relu.routes._translates import translates
from theorycalc.relu.routes.exponential import gaussian_law
from theorycalc.relu.target import homogeneous_parts, rescaled, wick_polynomial


@dataclass(frozen=True)
class CosineRoute(Route):
    """f(x) = e^{s²‖x‖²/2} E Σ_k :P_k:(w/s) cos(⟨w, x⟩ − kπ/2), w ~ N(0, s² I), P_k of f(·/s).

    The sum is r cos(⟨w, x⟩ − b) with r e^{ib} = A + iB = Σ_k i^k :P_k:(w/s): one neuron for every
    weight. So e^{−s²‖x‖²/2} f is written by its Fourier transform. One law serves all degrees, so
    nothing is carried exactly: the affine part is 0.

    Attributes
    ----------
    scale : Expr
        s > 0, a number or a positive symbol.
    """

    scale: Expr = S.One

    method = "cosine"
    neuron = "cos"
    has_biases = False  # they are given by the weights

    @classmethod
    def of(cls, request: Request) -> "CosineRoute":
        return cls(request.target, request.positive("scale"))

    @property
    def neuron_latex(self) -> str:
        return r"\cos\left(\langle w, x\rangle - b(w)\right)"

    @property
    def affine(self) -> Poly:
        """Zero: the neurons carry all of f."""
        return self.target.polynomial.zero

    @property
    def multiplier(self) -> Expr:
        return exp(self.scale**2 * self.target.square / 2)

    @property
    def measure(self) -> str:
        weight = sympy.latex(sympy.Symbol("w") / self.scale)
        phase = rf"b = \arg \sum_k i^k {{:}}P_k{{:}}\left({weight}\right)"
        return rf"{gaussian_law(self.target, self.scale)},\ {phase}"

    @cached_property
    def waves(self) -> tuple[Poly, Poly]:
        """A and B, in w/s: the Wick polynomials in front of the cosine and of the sine."""
        scaled = rescaled(self.target.polynomial, 1 / self.scale)
        found = [scaled.zero, scaled.zero]
        for k, part in homogeneous_parts(scaled).items():
            found[k % 2] = found[k % 2] + (-1) ** (k // 2) * wick_polynomial(part)
        return tuple(found)

    @property
    def density(self) -> Expr:
        weights = [w / self.scale for w in self.target.weights]
        even, odd = (wave.as_expr(*weights) for wave in self.waves)
        if even != 0 and odd != 0:
            return sqrt(even**2 + odd**2)
        return abs(even + odd)

    def second_moment(self) -> Expr:
        """½ e^{s²‖x‖²} ‖f_s‖_F² + ½ e^{−s²‖x‖²} Σ_α (−1)^{|α|} (∂^α f_s(2 s x))²/α!."""
        square = self.scale**2 * self.target.square
        steady = translates(self.target).norm(S.Zero, self.scale)
        beating = translates(self.target).norm(S(2), self.scale, sign=-1)
        return (exp(square) * steady + exp(-square) * beating) / 2

    def mean_second_moment(self, source) -> Expr | Infinite:
        """E S²(x), for a law that depends on ‖x‖ only."""
        rate = self.scale**2
        steady = translates(self.target).mean_norm(S.Zero, self.scale, rate, source)
        if isinstance(steady, Infinite):
            return steady
        # e^{−s²‖x‖²} times a polynomial is bounded
        return (
            steady + translates(self.target).mean_norm(S(2), self.scale, -rate, source, sign=-1)
        ) / 2

    def constant(self, source) -> Expr | Infinite:
        """Infinite with E e^{s²‖x‖²}, otherwise not known in closed form."""
        if not self.target.polynomial:
            return S.Zero
        size = translates(self.target).mean_norm(S.Zero, self.scale, self.scale**2, source)
        if isinstance(size, Infinite):
            return size
        raise NotSupportedError(
            explain(
                "the norm of a cosine with Gaussian weight has no closed mean",
                got='method="cosine", optimal sampling',
                hint='sampling="default", or method="space" or "atomic"',
            )
        )

    def norm(self, kind: str) -> Expr | Infinite:
        """ "L1" and "TV" are the spectral Barron constant of order 0 of e^{−s²‖x‖²/2} f."""
        if kind == "L2":
            return sqrt(translates(self.target).norm(S.Zero, self.scale))
        if kind not in ("L1", "TV"):
            raise no_norm(kind)
        scaled = rescaled(self.target.polynomial, 1 / self.scale)
        return spectral_barron(scaled.as_expr(), *self.target.active, order=0).body

    def draw(self, rng: np.random.Generator, width: int) -> Neurons:
        points = rng.standard_normal((width, self.target.dimension))
        mine = points[:, self.target.places]
        even, odd = (evaluate(wave, Doubles(), mine) for wave in self.waves)
        return Neurons(float(self.scale) * points, np.arctan2(odd, even), np.hypot(even, odd))

    def quadrature(self, numbers, x: np.ndarray, size: int):
        point = numbers.number(self.scale) * x
        average = sum(
            normal_average(
                numbers,
                self.target.lift(wave),
                lambda t, name=name: numbers.apply(name, t),
                point,
                size,
                rate=1,
            )
            for wave, name in zip(self.waves, ("cos", "sin"), strict=True)
        )
        return numbers.apply("exp", (point * point).sum() / 2) * average
