"""The coordinates of a polynomial on R^d, their number named or not, and its harmonic parts."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import sympy
from sympy import Expr, Poly, Symbol

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import polynomial_expression
from theorycalc.sphere.measure import as_dimension

R2 = Symbol("r2", positive=True)


@dataclass(frozen=True)
class Space:
    """R^d with names for its first coordinates; |x|² is their sum of squares, or a symbol.

    Attributes
    ----------
    variables : tuple of Symbol
    dimension : Expr
    """

    variables: tuple[Symbol, ...]
    dimension: Expr

    @classmethod
    def of(cls, variables: tuple, dimension) -> "Space":
        """The space that a user names, checked.

        Raises
        ------
        DomainError
            For bad variables, or a dimension that does not fit them.
        """
        if not variables or not all(isinstance(x, Symbol) for x in variables):
            allowed = "SymPy symbols, one argument each"
            raise DomainError(explain("not variables", got=variables, allowed=allowed))
        if len(set(variables)) < len(variables):
            raise DomainError(explain("a variable is repeated", got=variables))
        if dimension is None and len(variables) < 2:
            hint = "d=d, or all the coordinates"
            allowed = "two or more"
            raise DomainError(explain("one variable", got=variables, allowed=allowed, hint=hint))
        d = sympy.Integer(len(variables)) if dimension is None else as_dimension(dimension)
        if d.is_Integer and d < len(variables):
            allowed = f"an integer ≥ {len(variables)}, the number of variables"
            raise DomainError(explain("dimension is too small", got=d, allowed=allowed))
        space = cls(variables, d)
        space._check_names()
        return space

    def _check_names(self):
        taken = {s.name for s in self.dimension.free_symbols}
        if not self._is_named:
            taken.add(R2.name)
        clashes = [x for x in self.variables if x.name in taken]
        if clashes or R2 in self.dimension.free_symbols:
            raise DomainError(
                explain(
                    "a name with two meanings",
                    got=", ".join(map(str, clashes or [R2])),
                    allowed="variables other than the symbols of the dimension and r2 = |x|²",
                )
            )

    @property
    def _is_named(self) -> bool:
        """Whether every coordinate has a name."""
        return self.dimension == len(self.variables)

    def read(self, poly) -> Poly:
        """A user's polynomial, as one in the variables and, where |x|² is a symbol, in r2.

        Raises
        ------
        DomainError
            If it is no polynomial in the variables, its coefficients numbers or functions of a
            symbolic dimension.
        """
        poly = polynomial_expression(poly)
        names = ", ".join(map(str, self.variables))
        if foreign := poly.free_symbols - {*self.variables, *self.dimension.free_symbols}:
            got = ", ".join(sorted(map(str, foreign)))
            raise DomainError(explain("symbols that are not variables", got=got, allowed=names))
        found = poly.as_poly(*self.variables, *(() if self._is_named else (R2,)))
        if found is None or any(c.is_finite is False for c in found.coeffs()):
            allowed = f"polynomials in {names} with finite coefficients"
            raise DomainError(explain("not a polynomial", got=poly, allowed=allowed))
        return found

    def read_on_sphere(self, poly) -> Poly:
        """The same for a function on the unit sphere, where r2 is 1."""
        poly = polynomial_expression(poly)
        return self.read(poly if self._is_named else poly.subs(R2, 1))

    def write(self, polynomial: Poly) -> Expr:
        """The polynomial as an expression, coefficients in a symbolic d factored."""
        if not self.dimension.free_symbols:
            return polynomial.as_expr()
        return sympy.Add(
            *(
                sympy.factor(c) * sympy.Mul(*map(sympy.Pow, polynomial.gens, alpha))
                for alpha, c in polynomial.as_dict().items()
            )
        )

    def laplacian(self, polynomial: Poly) -> Poly:
        """Δ of a polynomial in the variables."""
        return sum((polynomial.diff((x, 2)) for x in self.variables), start=polynomial.zero)

    def laplacians(self, polynomial: Poly) -> Iterator[tuple[int, list[Poly]]]:
        """(n, [f, Δf, Δ²f, …]) for every homogeneous part f, n its degree, up to the last not 0."""
        terms = sorted(polynomial.terms(), key=lambda term: sum(term[0]))
        for n, group in itertools.groupby(terms, key=lambda term: sum(term[0])):
            part = Poly.from_dict(dict(group), *polynomial.gens, domain=polynomial.domain)
            powers = []
            while part:
                powers.append(part)
                part = self.laplacian(part)
            yield n, powers

    def harmonics(self, polynomial: Poly) -> Iterator[tuple[int, int, Poly]]:
        """(degree of h, j, h) for all |x|^{2j} h that the polynomial is the sum of; h may be 0."""
        for n, powers in self.laplacians(polynomial):
            for j in range(len(powers)):
                yield n - 2 * j, j, self.harmonic(powers, n, j)

    def harmonic(self, powers: list[Poly], n: int, j: int) -> Poly:
        """The harmonic polynomial at |x|^{2j} in f of degree n, from [f, Δf, Δ²f, …]."""
        d, m = self.dimension, n - 2 * j
        square = sum(x**2 for x in self.variables) if self._is_named else R2
        square = square.as_poly(*powers[0].gens)
        found = powers[-1]
        # Horner's rule in |x|² for the harmonic part of degree m of Δ^j f
        for i in range(len(powers) - 1 - j, 0, -1):
            found = powers[j + i - 1] - square * found * (1 / (2 * i * (d + 2 * m - 2 * i - 2)))
        return found * (1 / sympy.Mul(*(2 * i * (d + 2 * m + 2 * i - 2) for i in range(1, j + 1))))
