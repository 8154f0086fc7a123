"""A law of which only moments are known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sympy import Expr, S

from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.expressions import expression, real_parameter
from theorycalc.core.looks import Record
from theorycalc.core.signature import exponents
from theorycalc.distributions._base import SphericalLaw
from theorycalc.distributions._reading import dimension


@dataclass(frozen=True, repr=False)
class Moments(Record):
    """A law on R^d of which only mixed moments E X^α are known.

    Parameters
    ----------
    d : int or Expr
        Dimension, ≥ 1.
    moments : mapping or callable
        ``{α: E X^α}`` for tuples α of exponents (trailing zeros may be left out), or α ↦ E X^α.

    Raises
    ------
    DomainError
        For exponents or moments that are none.

    Examples
    --------
    >>> import theorycalc as tc
    >>> law = tc.distributions.Moments(2, {(2,): 1, (0, 2): 3, (1, 1): "1/2"})
    >>> law.moment((1, 1)), law.moment((0, 2))
    (1/2, 3)
    >>> law.sample(10)
    Traceback (most recent call last):
    ...
    theorycalc.core.errors.NotSupportedError: a law given by moments has no sample...
    """

    d: Expr
    moments: tuple | Callable

    def __post_init__(self):
        object.__setattr__(self, "d", dimension(self.d))
        if isinstance(self.moments, Mapping):
            table = {
                self._key(a): real_parameter(x, f"moment {a}") for a, x in self.moments.items()
            }
            object.__setattr__(self, "moments", tuple(sorted(table.items())))
        elif not callable(self.moments):
            allowed = "a mapping {α: number} or a function of α"
            raise DomainError(explain("not moments", got=repr(self.moments), allowed=allowed))

    @property
    def dimension(self) -> Expr:
        """d, a number or an expression."""
        return self.d

    def moment(self, alpha) -> Expr:
        """E X^α = E X_1^{α_1} X_2^{α_2} ⋯.

        Parameters
        ----------
        alpha : sequence of int
            Exponents ≥ 0 of the first coordinates; those that are left out are 0.

        Raises
        ------
        DomainError
            For exponents that are none, or a moment that is not known.

        Examples
        --------
        >>> import theorycalc as tc
        >>> law = tc.distributions.Moments(2, lambda alpha: sum(alpha))
        >>> law.moment((1, 3))
        4
        """
        key = self._key(alpha)
        if not key:
            return S.One
        if callable(self.moments):
            return expression(self.moments(key), "a moment")
        known = dict(self.moments)
        if key not in known:
            allowed = ", ".join(map(str, known))
            raise DomainError(explain("this moment is not known", got=key, allowed=allowed))
        return known[key]

    def _key(self, alpha) -> tuple[int, ...]:
        """The exponents without trailing zeros."""
        alpha = exponents(alpha, self.d)
        return alpha[: max((i + 1 for i, a in enumerate(alpha) if a), default=0)]

    def __getattr__(self, name):
        if not name.startswith("_") and hasattr(SphericalLaw, name):
            hint = "Gaussian, UniformSphere, UniformBall, StudentT or Radial"
            raise NotSupportedError(
                explain(f"a law given by moments has no {name}", allowed="moment(α)", hint=hint)
            )
        raise AttributeError(f"Moments has no attribute {name!r}")
