"""Uniform directions and biases of every size: methods "ball" and "space".

P(x) = E_w ∫_0^∞ g_k(w) s^{k−2} σ(⟨w, x⟩ − s) ds for every homogeneous P of degree k ≥ 2 and w
uniform on the unit sphere. In a ball of radius R only s ≤ R counts, and the measure is finite.
"""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import sympy
from sympy import Expr, Poly, S, oo, sqrt

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.relu.constants import half_power_eigenvalue
from theorycalc.relu.means import directions
from theorycalc.relu.means.rules import panel, sphere_average
from theorycalc.relu.routes import _bias_law
from theorycalc.relu.routes._homogeneous import HomogeneousRoute
from theorycalc.relu.routes._request import Request
from theorycalc.relu.routes._route import BIAS, UNBOUNDED, Infinite, Neurons, no_norm, number
from theorycalc.relu.target import laplacian, spherical_mean
from theorycalc.sphere.coordinates import R2
from theorycalc.sphere.measure import rising_steps


def angular_density(part: Poly, d: int) -> Poly:
    """g_k, a polynomial in w on the unit sphere of R^d, of a homogeneous P of degree k ≥ 2.

    g_k = 2/(k−2)! Σ_j (−1)^j/(2^j j!) Δ^j P · E‖W‖^{2k−2j} for W ~ N(0, I_d).
    """
    k = part.total_degree()
    total, term, j = part.zero, part, 0
    while term:
        size = rising_steps(S(d), k - j) * sympy.Rational((-1) ** j, 2**j * math.factorial(j))
        total, term, j = total + term * size, laplacian(term), j + 1
    return total * sympy.Rational(2, math.factorial(k - 2))


@dataclass(frozen=True)
class Polar(HomogeneousRoute):
    """What both methods share: the density Σ_k g_k(w) b^{k−2} for ‖x‖ ≤ R."""

    elsewhere = 'method="space", or radius=…'

    @property
    def measure(self) -> str:
        sphere = rf"\mathrm{{Unif}}(S^{{{self.target.dimension - 1}}})"
        return rf"w \sim {sphere},\ 0 < b < {sympy.latex(self.reach)}"

    @property
    def density_domain(self) -> sympy.Basic:
        return (BIAS >= 0) & (self.reach >= BIAS)

    @cached_property
    def angular(self) -> dict[int, Poly]:
        """g_k for every degree k ≥ 2 of the target."""
        d = self.target.dimension
        return {k: angular_density(part, d) for k, part in self.target.curved.items()}

    @property
    def density(self) -> Expr:
        weights = self.target.weights
        return sympy.Add(*(g.as_expr(*weights) * BIAS ** (k - 2) for k, g in self.angular.items()))

    def mass(self, k: int) -> Expr:
        """‖g_k‖_{L¹}."""
        return self._size(self.angular[k])

    def _size(self, g: Poly) -> Expr:
        return directions.absolute_mean(g, self.target.dimension)

    def norm(self, kind: str) -> Expr | Infinite:
        """Of Σ_k g_k as a function on the sphere, the density at b = 1."""
        total = sum(self.angular.values(), start=self.target.polynomial.zero)
        if kind == "L1":
            return self._size(total)
        if kind == "L2":
            return sqrt(spherical_mean(total * total, self.target.dimension))
        if kind == "TV":
            return self.total_variation()
        raise no_norm(kind)

    def total_variation(self) -> Expr | Infinite:
        """E_w ∫_0^R |g_k(w)| s^{k−2} ds, degree by degree."""
        if self.reach is oo:
            return UNBOUNDED
        return sympy.Add(*(self.mass(k) * self.reach ** (k - 1) / (k - 1) for k in self.angular))

    def quadrature(self, numbers, x: np.ndarray, size: int):
        kink = [numbers.number(S.Zero)]
        return sum(
            sphere_average(numbers, self.target.lift(g), _profile(numbers, k), x, kink, size)
            for k, g in self.angular.items()
        )


def _profile(numbers, k: int):
    """t ↦ ∫_0^{t₊} s^{k−2} (t − s) ds, by a rule that is exact for it."""

    def integral(t: np.ndarray) -> np.ndarray:
        u, weights = panel(numbers, numbers.number(S.Zero), numbers.number(S.One), k // 2 + 1)
        t = np.where((t > 0).astype(bool), t, 0 * t)[:, None]
        return (weights * t * (t * u) ** (k - 2) * (t - t * u)).sum(axis=1)

    return integral


@dataclass(frozen=True)
class BallRoute(Polar):
    """Biases of size R U, U ~ Beta(k − 1, 1), for ‖x‖ ≤ R.

    Attributes
    ----------
    radius : Expr
        R.
    """

    radius: Expr

    method = "ball"

    @classmethod
    def of(cls, request: Request) -> "BallRoute":
        return cls(request.target, request.bounded_radius)

    @property
    def reach(self) -> Expr:
        return self.radius

    @cached_property
    def shares(self) -> dict[int, Expr]:
        """The part of the neurons that every degree gets: best for ‖x‖ = R."""
        roots = {k: sqrt(self._at_edge(k)) for k in self.angular}
        total = sympy.Add(*roots.values())
        return {k: root / total for k, root in roots.items()}

    def _at_edge(self, k: int) -> Expr:
        """E S² of the neurons of one degree for ‖x‖ = R."""
        d, g = self.target.dimension, self.angular[k]
        edge = self.radius ** (2 * k) * directions.coordinate_moment(d, k + 1)
        return edge * spherical_mean(g * g, d) / (k * (k + 1) * (k - 1) ** 2)

    def second_moment(self) -> Expr:
        return sympy.Add(*(self._pointwise(k) / share for k, share in self.shares.items()))

    def _pointwise(self, k: int) -> Expr:
        """E a² σ² of one degree: g_k² in harmonics, against eigenvalues of t₊^{k+1}."""
        target, g = self.target, self.angular[k]
        square = target.square
        total = [
            half_power_eigenvalue(k + 1, degree, target.dimension)
            * sqrt(square) ** (k + 1 - degree)
            * harmonic.as_expr().subs(R2, square)
            for degree, harmonic in target.harmonics(g * g)
        ]
        size = 2 * self.radius ** (k - 1) / (S(k - 1) ** 2 * k * (k + 1))
        return size * sympy.Add(*total)

    def mean_second_moment(self, source) -> Expr | Infinite:
        self.check_source(source)
        return sympy.Add(
            *(
                self._at_edge(k) * source.mean_power(k + 1) / self.radius ** (k + 1) / share
                for k, share in self.shares.items()
            )
        )

    def draw(self, rng: np.random.Generator, width: int) -> Neurons:
        d, reach = self.target.dimension, float(self.radius)
        weights = directions.uniform(rng, width, d)
        bias, amplitude = np.empty(width), np.empty(width)
        for k, share, chosen in _choose(rng, self.shares, width):
            bias[chosen] = _bias_law.BiasLaw(k, reach).draw(rng, len(chosen))
            factor = reach ** (k - 1) / (k - 1) / share
            mine = weights[np.ix_(chosen, self.target.places)]
            amplitude[chosen] = factor * directions.values(self.angular[k], mine)
        return Neurons(weights, bias, amplitude)


@dataclass(frozen=True)
class SpaceRoute(Polar):
    """Directions ∝ |g_k| and biases ∝ s^{k−2} ν(s): the best neurons for one law.

    Attributes
    ----------
    tuned : law
        The law.
    """

    tuned: object

    method = "space"

    @classmethod
    def of(cls, request: Request) -> "SpaceRoute":
        return cls(request.target, request.source)

    @property
    def reach(self) -> Expr:
        return self.tuned.support[1]

    def second_moment(self) -> Expr:
        raise NotSupportedError(
            explain(
                "S²(x) of neurons drawn by |g| has no closed form",
                hint=".variance(source), which has one, or .second_moment of another method",
            )
        )

    def mean_second_moment(self, source) -> Expr | Infinite:
        return self.moved_second_moment(source, self.tuned)

    def draw(self, rng: np.random.Generator, width: int) -> Neurons:
        d = self.target.dimension
        costs = _numbers(self, self.tuned)
        constant = sum(costs.values())
        shares = {k: cost / constant for k, cost in costs.items()}
        weights, bias, amplitude = np.empty((width, d)), np.empty(width), np.empty(width)
        for k, _, chosen in _choose(rng, shares, width):
            law, g = _bias_law.BiasLaw(k, tuned=self.tuned), self.angular[k]
            places = self.target.places
            weights[chosen] = directions.by_size(rng, g, len(chosen), d, places)
            bias[chosen] = law.draw(rng, len(chosen))
            sign = np.sign(directions.values(g, weights[np.ix_(chosen, places)]))
            amplitude[chosen] = sign * constant / law.root(bias[chosen])
        return Neurons(weights, bias, amplitude)


@lru_cache(maxsize=64)
def _numbers(route: SpaceRoute, source) -> dict[int, float]:
    """The constants of the single degrees in doubles."""
    return {k: number(route.mass(k)) * _bias_law.tail_number(source, k) for k in route.angular}


def _choose(rng, shares: dict[int, Expr], width: int):
    """(degree, share, indices of its neurons)."""
    degrees, parts = list(shares), np.array([float(share) for share in shares.values()])
    chosen = rng.choice(len(degrees), size=width, p=parts / parts.sum())
    for i, (k, share) in enumerate(zip(degrees, parts, strict=True)):
        yield k, share, np.nonzero(chosen == i)[0]
