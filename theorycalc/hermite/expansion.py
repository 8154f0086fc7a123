"""Hermite expansions of polynomials in several variables, exactly."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import sympy

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import polynomial_expression
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import check_fields
from theorycalc.core.renamed import renamed
from theorycalc.hermite.leap import coordinate_leap, isotropic_leap, staircase


@dataclass(frozen=True)
class HermiteExpansion(Shown):
    """f = Σ_α C_α He_α/α! with exact coefficients C_α = E[f(Z) He_α(Z)], Z ~ N(0, I).

    Made by `theorycalc.hermite.expand`. He_α is the product of the probabilists' He_{α_i}(z_i).

    Attributes
    ----------
    variables : tuple of Symbol
    coefficients : mapping of multi-index to Expr
        The C_α that are not zero.
    """

    variables: tuple[sympy.Symbol, ...]
    coefficients: Mapping

    def __post_init__(self):
        check_fields(self)
        count = len(self.variables)
        coefficients = {
            multi_index(alpha, count): polynomial_expression(c, "a coefficient")
            for alpha, c in self.coefficients.items()
        }
        object.__setattr__(self, "coefficients", coefficients)

    def coefficient(self, alpha) -> sympy.Expr:
        """C_α = E[f He_α] = E[∂^α f]; divide by √α! for the orthonormal coefficient.

        Raises
        ------
        DomainError
            If ``alpha`` is not a multi-index of the right length.
        """
        index = multi_index(alpha, len(self.variables))
        return self.coefficients.get(index, sympy.S.Zero)

    def items(self) -> Iterator[tuple[tuple[int, ...], sympy.Expr]]:
        """(α, C_α) for all C_α ≠ 0, by degree."""
        return iter(sorted(self.coefficients.items(), key=lambda item: (sum(item[0]), item[0])))

    def __iter__(self):
        return self.items()

    def __len__(self):
        return len(self.coefficients)

    @cached_property
    def norm_squared(self) -> sympy.Expr:
        """E f(Z)² = Σ C_α²/α!."""
        return sympy.Add(*(c**2 / _factorial(alpha) for alpha, c in self.items()))

    def energy(self, degree: int) -> sympy.Expr:
        """Σ C_α²/α! over the multi-indices of one degree: its part of E f²."""
        degree = exact_integer(degree, "degree", minimum=0)
        parts = (c**2 / _factorial(alpha) for alpha, c in self.items() if sum(alpha) == degree)
        return sympy.Add(*parts)

    def to_expr(self) -> sympy.Expr:
        """The polynomial in the variables, expanded."""
        return sympy.expand(
            sympy.Add(
                *(
                    c
                    / _factorial(alpha)
                    * sympy.Mul(
                        *(
                            sympy.hermite_prob(a, x)
                            for a, x in zip(alpha, self.variables, strict=True)
                        )
                    )
                    for alpha, c in self.items()
                )
            )
        )

    def truncate(self, degree) -> "HermiteExpansion":
        """The part up to a total degree."""
        degree = exact_integer(degree, "degree", minimum=0)
        kept = {alpha: c for alpha, c in self.coefficients.items() if sum(alpha) <= degree}
        return HermiteExpansion(self.variables, kept)

    @property
    def information_exponent(self) -> int | None:
        """The least degree ≥ 1 with a C_α ≠ 0; None for a constant."""
        degrees = [sum(alpha) for alpha in self.coefficients if any(alpha)]
        return min(degrees, default=None)

    @cached_property
    def leap(self) -> int | None:
        """The coordinate leap: the most new coordinates' degree that one step must take.

        It depends on the basis; see `isotropic_leap`. None for a constant.

        References
        ----------
        E. Abbe, E. Boix-Adsera, T. Misiakiewicz, "SGD learning on neural networks: leap complexity
        and saddle-to-saddle dynamics", arXiv:2302.11055, definition 1.
        """
        return coordinate_leap([alpha for alpha in self.coefficients if any(alpha)])

    @cached_property
    def isotropic_leap(self) -> int | None:
        """The rotation-invariant leap: the least one whose staircase learns every direction.

        None for a constant.
        """
        return isotropic_leap(self.to_expr(), self.variables)

    @renamed(order="leap")
    def staircase(self, leap=1) -> list[sympy.Matrix]:
        """The directions that are known after each step, as bases in columns.

        Parameters
        ----------
        leap : int
            Degree in unknown directions that one step can see: with n = O(d^leap) samples.

        Returns
        -------
        list of Matrix of shape (variables, dimension)
            Nothing is known at stage 0; the last one does not grow any more.
        """
        leap = exact_integer(leap, "leap", minimum=1)
        leap = min(leap, max(map(sum, self.coefficients), default=1) or 1)  # it has no more
        return staircase(self.to_expr(), self.variables, leap)

    def _repr_latex_(self):
        terms = []
        for alpha, c in self.items():
            factors = "".join(
                rf"\mathrm{{He}}_{{{a}}}({sympy.latex(x)})"
                for a, x in zip(alpha, self.variables, strict=True)
                if a
            )
            weight = c / _factorial(alpha)
            text = sympy.latex(weight) if not factors or abs(weight) != 1 else ""
            terms.append((text or ("-" if weight == -1 else "")) + factors)
        return "$\\displaystyle " + (" + ".join(terms).replace("+ -", "- ") or "0") + "$"


def multi_index(alpha, length: int) -> tuple[int, ...]:
    """A multi-index of a length, checked; a single integer is one of length 1."""
    alpha = tuple(alpha) if isinstance(alpha, tuple | list) else (alpha,)
    if len(alpha) != length:
        raise DomainError(explain("alpha has the wrong length", got=alpha, allowed=f"{length}"))
    return tuple(exact_integer(a, "alpha", minimum=0) for a in alpha)


def _factorial(alpha) -> int:
    return math.prod(map(math.factorial, alpha))
