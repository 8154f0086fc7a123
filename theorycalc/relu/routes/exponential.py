"""Gaussian weights without homogenising, and e^{−s²‖x‖²/2} in front: method "exponential"."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy
from sympy import Expr, Poly, Rational, S, cosh, exp, pi, sqrt

from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.records import one_of
from theorycalc.distributions import Gaussian
from theorycalc.relu.means.modulus import modulus_mean
from theorycalc.relu.means.rules import Doubles, evaluate, line, normal_average
from theorycalc.relu.routes._request import Request
from theorycalc.relu.routes._route import BIAS, Infinite, Neurons, Route, no_norm
from theorycalc.relu.routes._translates import translates
from theorycalc.relu.target import (
    Target,
    rescaled,
    wick_polynomial,
)

# Gauss–Legendre panels for e^{−v} v: 24 nodes leave 1e-37 on this length.
_PANEL = 12


@dataclass(frozen=True)
class ExponentialRoute(Route):
    """f(x) = e^{−s²‖x‖²/2} E :f_s:(w/s) e^{⟨w, x⟩} with w ~ N(0, s² I) and f_s(y) = f(y/s).

    The neurons are exponentials, or ReLU functions by e^t = ∫ e^b σ(t − b) db, their biases with
    the density q(b) = (c/π) sech(c(b − b0)). One law serves all degrees, so nothing is carried
    exactly: the affine part A is 0.

    Attributes
    ----------
    neuron_kind : {"exp", "relu"}
    c, b0 : Expr
        Of the law of the biases of ReLU neurons, 0 < c < 2.
    scale : Expr
        s > 0, a number or a positive symbol.
    """

    neuron_kind: str = "relu"
    c: Expr = S.One
    b0: Expr = S.Zero
    scale: Expr = S.One

    method = "exponential"

    @classmethod
    def of(cls, request: Request) -> "ExponentialRoute":
        has_bias_law = {"c", "b0"} & request.options.keys()
        kind = request.options.get("neuron", "relu" if has_bias_law else "exp")
        one_of(kind, ("exp", "relu"), "neuron")
        c, b0 = request.option("c", 1), request.option("b0", 0)
        if not 0 < c < 2:
            raise DomainError(explain("c out of range", got=c, allowed="0 < c < 2"))
        return cls(request.target, kind, c, b0, request.positive("scale"))

    @property
    def neuron(self) -> str:
        return self.neuron_kind

    @property
    def has_biases(self) -> bool:
        """Whether neurons have biases."""
        return self.neuron_kind == "relu"

    @property
    def neuron_latex(self) -> str:
        return super().neuron_latex if self.has_biases else r"e^{\langle w, x\rangle}"

    @property
    def affine(self) -> Poly:
        """Zero: the neurons carry all of f."""
        return self.target.polynomial.zero

    @property
    def multiplier(self) -> Expr:
        return exp(-(self.scale**2) * self.target.square / 2)

    @property
    def measure(self) -> str:
        law = gaussian_law(self.target, self.scale)
        if not self.has_biases:
            return law
        c, shift = sympy.latex(self.c), sympy.latex(self.c * (BIAS - self.b0))
        return rf"{law},\ b \sim \frac{{{c}}}{{\pi}} \operatorname{{sech}}\left({shift}\right) db"

    @cached_property
    def wick(self) -> Poly:
        """:f_s:, in w/s."""
        return wick_polynomial(rescaled(self.target.polynomial, 1 / self.scale))

    @property
    def density(self) -> Expr:
        amplitude = self.wick.as_expr(*(w / self.scale for w in self.target.weights))
        if not self.has_biases:
            return amplitude
        return amplitude * exp(BIAS) * pi / self.c * cosh(self.c * (BIAS - self.b0))

    @property
    def _squared_neuron(self) -> list[tuple[Expr, Expr]]:
        """(c_l, l) with E a² σ² = Σ_l c_l E :f_s:(w/s)² e^{l⟨w, x⟩}."""
        if not self.has_biases:
            return [(S.One, S(2))]
        c, b0 = self.c, self.b0
        # 1/q = (π/2c) (e^{c(b−b0)} + e^{−c(b−b0)}) and ∫ e^{lb} σ(t − b)² db = 2 e^{lt}/l³
        return [(pi / c * exp(-sign * b0) / (2 + sign) ** 3, 2 + sign) for sign in (c, -c)]

    def second_moment(self) -> Expr:
        """Σ_l c_l e^{(l²/2 − 1) s²‖x‖²} ‖f_s(· + l s x)‖_F²."""
        square = self.scale**2 * self.target.square
        return sympy.Add(
            *(
                size
                * exp((step**2 / 2 - 1) * square)
                * translates(self.target).norm(step, self.scale)
                for size, step in self._squared_neuron
            )
        )

    def mean_second_moment(self, source) -> Expr | Infinite:
        """E S²(x), for a law that depends on ‖x‖ only."""
        total = S.Zero
        for size, step in self._squared_neuron:
            rate = (step**2 / 2 - 1) * self.scale**2
            mean = translates(self.target).mean_norm(step, self.scale, rate, source)
            if isinstance(mean, Infinite):
                return mean
            total += size * mean
        return total

    def constant(self, source) -> Expr | Infinite:
        """For exponentials and x ~ N(0, σ² I): γ^{d/2} E |:f_s:(γ W)| with γ² = 1 + 2 s² σ².

        The norm of M e^{⟨w, ·⟩} is γ^{−d/2} exp(σ²‖w‖²/γ²), which widens the law of w to γ² s² I.
        """
        if not self.target.polynomial:
            return S.Zero
        if self.has_biases or not isinstance(source, Gaussian):
            raise NotSupportedError(
                explain(
                    "optimal sampling has no closed constant",
                    got=f"{self.neuron} neurons, {source}",
                    allowed="exp neurons, a Gaussian law",
                    hint='sampling="default", or method="space" or "atomic"',
                )
            )
        widening = 1 + 2 * (self.scale * source.sigma) ** 2
        size = _absolute_mean(rescaled(self.wick, sqrt(widening)))
        return widening ** Rational(self.target.dimension, 4) * size

    def norm(self, kind: str) -> Expr | Infinite:
        if kind not in ("L1", "L2", "TV"):
            raise no_norm(kind)
        if not self.target.polynomial:
            return S.Zero
        if self.has_biases:
            return Infinite("e^b db has infinite mass on the biases, and 1/q grows like e^{c|b|}")
        if kind == "L2":
            return sqrt(translates(self.target).norm(S.Zero, self.scale))
        return _absolute_mean(self.wick)

    def draw(self, rng: np.random.Generator, width: int) -> Neurons:
        points = rng.standard_normal((width, self.target.dimension))
        weights = float(self.scale) * points
        amplitudes = evaluate(self.wick, Doubles(), points[:, self.target.places])
        if not self.has_biases:
            return Neurons(weights, np.zeros(width), amplitudes)
        c, b0 = float(self.c), float(self.b0)
        uniform = 1 - rng.random(width)  # in (0, 1]: a tangent of 0 has no logarithm
        biases = b0 + np.log(np.tan(np.pi / 2 * uniform)) / c
        inverse = np.pi / c * np.cosh(c * (biases - b0))
        return Neurons(weights, biases, amplitudes * np.exp(biases) * inverse)

    def quadrature(self, numbers, x: np.ndarray, size: int):
        point = numbers.number(self.scale) * x
        profile = _bias_integral(numbers, size) if self.has_biases else _exponential(numbers)
        wick = self.target.lift(self.wick)
        average = normal_average(numbers, wick, profile, point, size, rate=1)
        return numbers.apply("exp", -(point * point).sum() / 2) * average


def _exponential(numbers):
    return lambda t: numbers.apply("exp", t)


def _bias_integral(numbers, size: int):
    """t ↦ ∫ e^b σ(t − b) db, in v = t − b up to where e^{−v} no longer counts."""
    depth = numbers.number(sympy.Integer(math.ceil(math.log(2) * (numbers.bits + 16))))
    v, weights = line(numbers, numbers.number(S.Zero), depth, size, _PANEL)
    below = numbers.apply("exp", -v) * weights
    return lambda t: numbers.apply("exp", t) * (below * v).sum()


def gaussian_law(target: Target, scale: Expr) -> str:
    """w ~ N(0, s² I), in LaTeX."""
    size = "" if scale == 1 else f"{sympy.latex(scale**2)} "
    return rf"w \sim \mathcal{{N}}(0, {size}I_{{{target.dimension}}})"


def _absolute_mean(polynomial: Poly) -> Expr:
    """E |g(W)| for W ~ N(0, I) and an even or odd g."""
    if len({sum(alpha) % 2 for alpha in polynomial.monoms()}) > 1:
        raise NotSupportedError(
            explain(
                "E |:f:| of a polynomial with even and odd parts has no closed form",
                got=polynomial.as_expr(),
                hint='norm("L2"), or the even and the odd part by themselves',
            )
        )
    return modulus_mean(polynomial, polynomial.zero, S.Zero, len(polynomial.gens))
