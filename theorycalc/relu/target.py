"""A polynomial, split as the representations need it: affine part and homogeneous parts."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy import Expr, Poly, S, Symbol

from theorycalc.core.errors import DomainError, NotSupportedError, explain, shown
from theorycalc.core.looks import Shown
from theorycalc.core.records import instance
from theorycalc.distributions import Moments
from theorycalc.distributions._base import SphericalLaw
from theorycalc.sphere.coordinates import R2, Space
from theorycalc.sphere.fischer import fischer_sum
from theorycalc.sphere.measure import rising_steps

# Quadrature over all directions of more coordinates than this has too many nodes.
_MANY = 8


@dataclass(frozen=True)
class Target(Shown):
    """A polynomial on R^d.

    Attributes
    ----------
    polynomial : Poly
        In those of the coordinates that occur, the active ones: d may be in the thousands.
    variables : tuple of Symbol
        All d coordinates.
    """

    polynomial: Poly
    variables: tuple[Symbol, ...]

    @classmethod
    def of(cls, poly, variables: tuple) -> "Target":
        """A user's polynomial in all the coordinates, by default its symbols by name, checked.

        Raises
        ------
        DomainError
            For bad variables, or what is no polynomial in them with real numbers as coefficients.
        """
        foreign = poly.free_symbols if isinstance(poly, Expr) else set()
        if not variables and not foreign:
            what, allowed = "a polynomial without variables", "x**2 for a symbol x"
            hint = "" if isinstance(poly, str) else f"{shown(poly)}, x for a constant"
            raise DomainError(explain(what, got=shown(poly), allowed=allowed, hint=hint))
        variables = variables or tuple(sorted(foreign, key=str))
        # the sphere of R^1 has no harmonics, but it has points
        if not (len(variables) == 1 and isinstance(variables[0], Symbol)):
            Space.of(variables, None)
        active = tuple(x for x in variables if x in foreign) or variables[:1]
        polynomial = Space(active, S(len(active))).read(poly)
        if not all(map(_is_real, polynomial.coeffs())):
            raise DomainError(explain("a network is real", got=poly, allowed="real coefficients"))
        return cls(polynomial, variables)

    @property
    def dimension(self) -> int:
        """The number of variables d."""
        return len(self.variables)

    @property
    def active(self) -> tuple[Symbol, ...]:
        """The coordinates that the polynomial is written in."""
        return self.polynomial.gens

    @cached_property
    def places(self) -> list[int]:
        """Their places among all coordinates."""
        return [self.variables.index(x) for x in self.active]

    @property
    def square(self) -> Expr:
        """‖x‖²."""
        return sympy.Add(*(x**2 for x in self.variables))

    @property
    def weights(self) -> tuple[Symbol, ...]:
        """The weights of the active coordinates."""
        names = weight_symbols(self.dimension)
        return tuple(names[i] for i in self.places)

    def harmonics(self, polynomial: Poly) -> Iterator[tuple[int, Poly]]:
        """(degree, harmonic part) of a polynomial in the active coordinates and maybe r2 = ‖x‖²."""
        space = Space(self.active, S(self.dimension))
        if len(self.active) < self.dimension:
            polynomial = Poly.from_dict(
                {(*alpha, 0): c for alpha, c in polynomial.as_dict().items()}, *self.active, R2
            )
        for degree, _, harmonic in space.harmonics(polynomial):
            if harmonic:
                yield degree, harmonic

    def on_sphere(self, polynomial: Poly) -> dict[int, Poly]:
        """The harmonic parts of a polynomial as functions on the unit sphere, by degree."""
        parts: dict[int, Poly] = {}
        for degree, harmonic in self.harmonics(polynomial):
            found = harmonic.eval(R2, 1) if R2 in harmonic.gens else harmonic
            parts[degree] = parts.get(degree, found.zero) + found
        return {k: part for k, part in sorted(parts.items()) if part}

    def lift(self, polynomial: Poly) -> Poly:
        """A polynomial in active coordinates, their weights or more, as one in all of them.

        Raises
        ------
        NotSupportedError
            For more coordinates than a quadrature over all directions can do.
        """
        if self.dimension > _MANY:
            raise NotSupportedError(
                explain(
                    "quadrature over all directions", got=f"d = {self.dimension}", allowed=_MANY
                )
            )
        others = polynomial.gens[len(self.active) :]
        terms = {}
        for alpha, c in polynomial.as_dict().items():
            full = [0] * self.dimension
            for i, a in zip(self.places, alpha, strict=False):
                full[i] = a
            terms[*full, *alpha[len(self.active) :]] = c
        return Poly.from_dict(terms, *self.variables, *others)

    def mean(self, polynomial: Poly, source) -> Expr:
        """E p(x) of a polynomial in the active coordinates, x of a law."""
        return sympy.Add(
            *(c * source.moment(self._spread(alpha)) for alpha, c in polynomial.as_dict().items())
        )

    def mean_with_norm(self, polynomial: Poly, source) -> Expr:
        """The same for a polynomial in the active coordinates and, last, ‖x‖²."""
        return sympy.Add(
            *(
                c * _moment(self._spread(alpha), j, source)
                for (*alpha, j), c in polynomial.as_dict().items()
            )
        )

    def _spread(self, alpha) -> tuple[int, ...]:
        """Exponents of all coordinates."""
        full = [0] * self.dimension
        for i, a in zip(self.places, alpha, strict=True):
            full[i] = a
        return tuple(full)

    @cached_property
    def degree(self) -> int:
        """The total degree, 0 for the zero polynomial."""
        return max(self.parts, default=0)

    @cached_property
    def parts(self) -> dict[int, Poly]:
        """The homogeneous parts that are not zero, by degree."""
        return homogeneous_parts(self.polynomial)

    @property
    def curved(self) -> dict[int, Poly]:
        """The homogeneous parts of degree ≥ 2."""
        return {k: part for k, part in self.parts.items() if k >= 2}

    @cached_property
    def affine(self) -> Poly:
        """The part of degree ≤ 1."""
        return sum((self.parts.get(k, 0) for k in (0, 1)), start=self.polynomial.zero)


def _is_real(c: Expr) -> bool:
    return c.is_real if c.is_real is not None else sympy.im(c).equals(0) is True


def weight_symbols(d: int) -> tuple[Symbol, ...]:
    """w1, …, wd."""
    return tuple(Symbol(f"w{i}", real=True) for i in range(1, d + 1))


def _moment(alpha: tuple[int, ...], j: int, source) -> Expr:
    """E ‖x‖^{2j} x^α."""
    if j == 0:
        return source.moment(alpha)
    if isinstance(source, Moments):
        raised = (tuple(a + 2 * (i == n) for i, a in enumerate(alpha)) for n in range(len(alpha)))
        return sympy.Add(*(_moment(a, j - 1, source) for a in raised))
    direction = source.moment(alpha)
    n = sum(alpha)
    return direction * source.mean_power(n + 2 * j) / source.mean_power(n) if direction else S.Zero


def homogeneous_parts(polynomial: Poly) -> dict[int, Poly]:
    """The parts of each total degree."""
    terms = defaultdict(dict)
    for powers, c in polynomial.as_dict(native=True).items():
        terms[sum(powers)][powers] = c
    domain = polynomial.domain
    return {
        k: Poly.from_dict(terms[k], *polynomial.gens, domain=domain)
        for k in sorted(terms)
        if any(terms[k].values())
    }


def rescaled(polynomial: Poly, factor: Expr) -> Poly:
    """y ↦ f(factor · y)."""
    terms = {alpha: c * factor ** sum(alpha) for alpha, c in polynomial.as_dict().items()}
    return Poly.from_dict(terms, *polynomial.gens)


def wick_polynomial(polynomial: Poly) -> Poly:
    """:f: = e^{−Δ/2} f: every x^a becomes Π He_{a_i}(x_i)."""
    total, term, j = polynomial, polynomial, 0
    while term:
        j += 1
        term = laplacian(term) * sympy.Rational(-1, 2 * j)
        total = total + term
    return total


def laplacian(polynomial: Poly) -> Poly:
    """Δ in all the variables."""
    return sum((polynomial.diff((x, 2)) for x in polynomial.gens), start=polynomial.zero)


def real_roots(polynomial: Poly) -> list[Expr]:
    """The real zeros of a polynomial in one variable, exact and in order, each once.

    Raises
    ------
    NotSupportedError
        If its coefficients are not algebraic multiples of one number.
    """
    if polynomial.degree() < 1:
        return []
    lead = polynomial.LC()
    terms = {alpha: sympy.simplify(c / lead) for alpha, c in polynomial.as_dict().items()}
    monic = Poly.from_dict(terms, polynomial.gen, extension=True)
    try:
        return list(dict.fromkeys(monic.real_roots()))
    except NotImplementedError as error:
        raise NotSupportedError(
            explain(
                "zeros of a polynomial whose coefficients are not algebraic",
                got=polynomial.as_expr(),
                hint="rational coefficients",
            )
        ) from error


def fischer_square(polynomial: Poly) -> Expr:
    """‖f‖_F² = Σ α! c_α²."""
    terms = polynomial.as_dict()
    return fischer_sum(terms, terms)


def spherical_mean(polynomial: Poly, d: int) -> Expr:
    """E f(w) for w uniform on the unit sphere of R^d, d ≥ 1."""
    sums = defaultdict(lambda: polynomial.domain.zero)
    for alpha, c in polynomial.as_dict(native=True).items():
        if not any(a % 2 for a in alpha):
            odd = math.prod(math.prod(range(a - 1, 0, -2)) for a in alpha)
            sums[sum(alpha) // 2] += odd * c
    to_sympy = polynomial.domain.to_sympy
    d = sympy.Integer(d)
    return sympy.Add(*(to_sympy(c) / rising_steps(d, n) for n, c in sums.items()))


def check_dimension(target: Target, source) -> None:
    """Refuse what is no law, and one on another space."""
    allowed = "a law of theorycalc.distributions, Gaussian(3) for instance"
    instance(source, SphericalLaw | Moments, "a law", allowed=allowed)
    if source.dimension != target.dimension:
        raise DomainError(
            explain(
                "the source lives in another dimension",
                got=f"d = {source.dimension}",
                allowed=f"d = {target.dimension}, the number of variables",
            )
        )
