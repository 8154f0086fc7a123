"""Averages over spheres and Gaussian laws by quadrature, in doubles or to many digits.

They serve `Representation.verify`: nodes and weights, no algebra of the representations.
"""

import itertools
import math
from collections.abc import Callable

import numpy as np
import sympy
from sympy import Poly

from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.integration.gauss import gauss_legendre
from theorycalc.core.integration.hermite_rule import hermite_rule
from theorycalc.core.integration.recurrences import hermite
from theorycalc.core.lowering import lower

# Gauss–Legendre panels on the line: entire functions of exponential type, on pieces of this length.
_PANEL = 3
# Rules for doubles are computed to so many times their bits.
_SPARE = 3


class Doubles:
    """Arrays of float64."""

    bits = 53

    def number(self, x: sympy.Expr) -> float:
        """An exact number."""
        return float(x)

    def rule(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Nodes and weights of Gauss and Legendre on [−1, 1]."""
        return gauss_legendre(size)

    def normal_rule(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Nodes and weights of Gauss and Hermite for the standard normal law."""
        with working_precision(_SPARE * self.bits):
            nodes, weights = np.array(hermite_rule(size), dtype=float).T
        return nodes, weights

    def apply(self, name: str, x):
        """An elementary function of every element."""
        return getattr(np, name)(x)


class Balls:
    """Arrays of real balls, at the working precision of the caller."""

    def __init__(self):
        self.context = BallContext()
        self._one = self.context.apply("exp", self.context.number(sympy.S.Zero))

    @property
    def bits(self) -> int:
        """The working precision."""
        return self.context.bits

    def number(self, x: sympy.Expr):
        """An exact number, rounded to a ball."""
        return self._one * lower(x).run(self.context, [])

    def rule(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Nodes and weights of Gauss and Legendre on [−1, 1]."""
        nodes, weights = zip(*self.context.gauss_rule(size), strict=True)
        return np.array(nodes, dtype=object), np.array(weights, dtype=object)

    def normal_rule(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Nodes and weights of Gauss and Hermite for the standard normal law."""
        nodes, weights = zip(*hermite_rule(size), strict=True)
        return np.array(nodes, dtype=object), np.array(weights, dtype=object)

    def apply(self, name: str, x):
        """An elementary function of every element."""
        if not isinstance(x, np.ndarray):
            return self.context.apply(name, x)
        values = [self.context.apply(name, value) for value in x.ravel()]
        return np.array(values, dtype=object).reshape(x.shape)


def panel(numbers, left, right, size: int) -> tuple[np.ndarray, np.ndarray]:
    """A Gauss–Legendre rule on [left, right]."""
    nodes, weights = numbers.rule(size)
    half, centre = (right - left) / 2, (right + left) / 2
    return centre + half * nodes, half * weights


def line(numbers, left, right, size: int, length: float = _PANEL) -> tuple[np.ndarray, np.ndarray]:
    """The same on panels of bounded length."""
    count = max(1, math.ceil((float(right) - float(left)) / length))
    edges = [left + (right - left) * i / count for i in range(count + 1)]
    rules = [panel(numbers, a, b, size) for a, b in itertools.pairwise(edges)]
    return tuple(np.concatenate(part) for part in zip(*rules, strict=True))


def evaluate(polynomial: Poly, numbers, points: np.ndarray):
    """Values of a polynomial at points of shape (n, variables)."""
    one = numbers.number(sympy.S.One)
    powers = [[np.full(len(points), one, dtype=points.dtype)] for _ in polynomial.gens]
    for i, column in enumerate(points.T):
        for _ in range(max(0, polynomial.degree(polynomial.gens[i]))):  # −∞ for the polynomial 0
            powers[i].append(powers[i][-1] * column)
    total = np.zeros(len(points)).astype(points.dtype)
    for alpha, c in polynomial.as_dict().items():
        term = numbers.number(c)
        for i, a in enumerate(alpha):
            if a:
                term = term * powers[i][a]
        total = total + term
    return total


def sphere_rule(numbers, d: int, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, d) and weights on the unit sphere of R^d: exact for polynomials of the degree.

    In the angle θ from the last axis the integrand is a trigonometric polynomial times sin^{d−2} θ,
    which the midpoint rule (even d) or Gauss and Legendre in cos θ (odd d) integrate exactly.
    """
    one = numbers.number(sympy.S.One)
    if d == 1:
        return np.array([[one], [-one]]), np.array([one, one]) / 2
    if d % 2:
        t, weights = numbers.rule((degree + d - 3) // 2 + 1)
        sines = numbers.apply("sqrt", 1 - t * t)
        weights = weights * (1 - t * t) ** ((d - 3) // 2)
    else:
        size = (degree + d - 2) // 2 + 1
        angles = numbers.number(sympy.pi) * (2 * np.arange(size) + 1) * (one / (2 * size))
        t, sines = (numbers.apply(name, angles) for name in ("cos", "sin"))
        weights = sines ** (d - 2)
    inner, masses = sphere_rule(numbers, d - 1, degree)
    points = np.concatenate(
        [
            (sines[:, None, None] * inner[None]).reshape(-1, d - 1),
            np.repeat(t, len(inner))[:, None],
        ],
        axis=1,
    )
    weights = np.multiply.outer(weights / weights.sum(), masses).ravel()
    return points, weights


def normal_rule(numbers, n: int, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Points (·, n) and weights of N(0, I_n), exact for polynomials of the degree."""
    one = numbers.number(sympy.S.One)
    if n == 0:
        return np.array([[]]).reshape(1, 0), np.array([one])
    nodes, weights = numbers.normal_rule(degree // 2 + 1)
    points = np.array([*itertools.product(nodes, repeat=n)])
    return points, np.array([math.prod(w) for w in itertools.product(weights, repeat=n)])


def _frame(numbers, x: np.ndarray) -> tuple:
    """(‖x‖, orthogonal matrix whose first column is x/‖x‖)."""
    radius = numbers.apply("sqrt", sum(t * t for t in x))
    one = numbers.number(sympy.S.One)
    identity = np.array([[one * int(i == j) for j in range(len(x))] for i in range(len(x))])
    sign = -1 if float(x[0]) > 0 else 1
    v = x / radius * -sign
    v[0] = v[0] + one
    # the reflection maps e₁ to −sign(x₁)·… x/‖x‖ without cancellation
    reflection = identity - np.multiply.outer(v, v) / v[0]
    reflection[:, 0] = reflection[:, 0] * sign
    return radius, reflection


def sphere_average(
    numbers, polynomial: Poly, profile: Callable, x: np.ndarray, breaks: list, size: int
):
    """E p(w) Ψ(⟨w, x⟩) for uniform w, Ψ smooth between the ``breaks`` (values of cos θ)."""
    d = len(x)
    radius, frame = _frame(numbers, x)
    degree = polynomial.total_degree()
    one = numbers.number(sympy.S.One)
    if d == 1:
        points = np.array([[one], [-one]])
        return (evaluate(polynomial, numbers, points) * profile(points[:, 0] * x[0])).sum() / 2
    inner, masses = sphere_rule(numbers, d - 1, degree)
    kinks = sorted((numbers.apply("acos", b) for b in breaks), key=float)
    ends = [numbers.number(sympy.S.Zero), *kinks, numbers.number(sympy.pi)]
    rules = [panel(numbers, a, b, size) for a, b in itertools.pairwise(ends)]
    angles, weights = (np.concatenate(part) for part in zip(*rules, strict=True))
    t, sines = (numbers.apply(name, angles) for name in ("cos", "sin"))
    weights = weights * sines ** (d - 2)
    local = np.concatenate(
        [
            np.repeat(t, len(inner))[:, None],
            (sines[:, None, None] * inner[None]).reshape(-1, d - 1),
        ],
        axis=1,
    )
    values = evaluate(polynomial, numbers, local @ frame.T).reshape(len(t), len(inner)) @ masses
    return (weights * values * profile(radius * t)).sum() / weights.sum()


def normal_average(
    numbers, polynomial: Poly, profile: Callable, x: np.ndarray, size: int, breaks=(), rate=0
):
    """E p(W) Ψ(⟨W, x⟩) for W ~ N(0, I), Ψ smooth between the ``breaks`` (values of ⟨W, x⟩/‖x‖).

    ``rate`` is the exponential type of Ψ: 1 for exp and cos, 0 for what grows like a power.
    """
    zero = numbers.number(sympy.S.Zero)
    if not polynomial:
        return zero
    degree = polynomial.total_degree()
    if all(t == 0 for t in x):
        points, weights = normal_rule(numbers, len(x), degree)
        return (weights * evaluate(polynomial, numbers, points)).sum() * profile(x[:1])[0]
    radius, frame = _frame(numbers, x)
    waves = _hermite_part(numbers, polynomial, frame, degree)
    fastest = rate * float(radius)
    reach = numbers.number(sympy.Integer(math.ceil(fastest + normal_reach(numbers, degree + 1))))
    ends = [zero - reach, *breaks, reach]
    length = _PANEL / max(1, fastest)
    rules = [line(numbers, a, b, size, length) for a, b in itertools.pairwise(ends)]
    z, weights = (np.concatenate(part) for part in zip(*rules, strict=True))
    root = numbers.apply("sqrt", 2 * numbers.number(sympy.pi))
    weights = weights * numbers.apply("exp", -z * z / 2) / root
    values = sum(c * h for c, h in zip(waves, hermite(z, 0 * z + 1), strict=False))
    return (weights * values * profile(radius * z)).sum()


def normal_reach(numbers, power: int) -> float:
    """z from where on z^power e^{−z²/2} is below the accuracy of the numbers."""
    z = math.sqrt(2 * math.log(2) * (numbers.bits + 8))
    for _ in range(5):  # a contraction: five steps leave nothing that counts
        z = math.sqrt(2 * math.log(2) * (numbers.bits + 8) + 2 * power * math.log(z))
    return z


def _hermite_part(numbers, polynomial: Poly, frame: np.ndarray, degree: int) -> list:
    """c_j with Σ_j c_j He_j(z) = E p(z e + W⊥), e the first column of the frame, W⊥ ⟂ e normal.

    The mean is a polynomial in z, so that a few nodes tell it on the whole line.
    """
    z, weights = normal_rule(numbers, 1, 2 * degree)
    inner, masses = normal_rule(numbers, len(frame) - 1, degree)
    local = np.concatenate([np.repeat(z, len(inner), axis=0), np.tile(inner, (len(z), 1))], axis=1)
    values = evaluate(polynomial, numbers, local @ frame.T).reshape(len(z), len(inner)) @ masses
    return [
        (weights * values * h).sum() / math.factorial(j)
        for j, h in zip(range(degree + 1), hermite(z[:, 0], 0 * z[:, 0] + 1), strict=False)
    ]
