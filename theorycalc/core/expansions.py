"""Expansions of formulas around a point, each checked against the formula itself."""

import sympy

from theorycalc.core.bernstein import binomial_sum
from theorycalc.core.errors import (
    DerivationError,
    DomainError,
    NotSupportedError,
    explain,
)
from theorycalc.core.evaluation import decide
from theorycalc.core.expressions import expression
from theorycalc.core.kept_terms import first_terms, moving_sums
from theorycalc.core.known import known_in
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.power_series import PowerSeries
from theorycalc.core.remainders import approximation
from theorycalc.core.samples import points_with
from theorycalc.core.signature import argument
from theorycalc.core.stirling import asymptotic_product, has_factors

_MOST_TERMS = 30
# The remainder is measured at these distances, where it should be its first term.
_DISTANCES = [sympy.Rational(1, 10**k) for k in (8, 9, 10)]
# What is large, and how many vanishing corrections there may be.
_LARGE = [sympy.Integer(n) for n in (1000, 4000, 16000)]
# What is large for a sum of as many terms.
_LARGE_SUMS = [sympy.Integer(n) for n in (250, 1000, 4000)]
_FARTHEST = 4


class Expansions:
    """What a `Formula` is near a point."""

    def series(self, name: str, point=0, order: int = 3):
        """The expansion in powers of the distance from a point, with exact coefficients.

        It goes through the intermediate quantities one by one. At an end of the domain it has the
        powers that belong there: a kernel with a kink is a series in √(1 − ρ) at ρ = 1.

        Parameters
        ----------
        name : str
            The argument that is near the point.
        point : exact number
            The point.
        order : int
            The largest power of the distance that is kept.

        Returns
        -------
        Formula
            Its ``error`` is twice the first term that is left out, which dominates the others near
            the point. Coefficients that are no short numbers have a name in ``where``.

        Raises
        ------
        NotSupportedError
            Where there is no expansion in powers, or its two sides differ.
        DerivationError
            If the remainder, measured in balls at three distances, does not fall with the power.

        Examples
        --------
        >>> import theorycalc as tc
        >>> near = tc.kernels.arc_cosine(1).series("rho", 1, order=2)
        >>> print(near.expr)
        rho + 2*sqrt(2)*(1 - rho)**(3/2)/(3*pi)
        >>> print(near.at(rho="0.999", using=tc.Ball(12)))
        0.99900949 ± 2e-09
        """
        variable = _argument(self, name)
        order = exact_integer(order, "order", 0, _MOST_TERMS)
        point = exact(point, "point")
        if known_in(self.body, *(part for _, part in self.where)):
            raise NotSupportedError(explain("the expansion of numbers with an error"))
        sides = _sides(self, variable, point)
        inside = PowerSeries({sympy.S.Zero: point, sympy.S.One: sympy.Integer(sides[0])}, sympy.oo)
        kept, left_out = first_terms(self, variable, inside, order)
        distance = sides[0] * (variable - point)
        body = sympy.Add(*(c * distance**e for e, c in kept.items()))
        error = sympy.S.Zero
        if left_out is not None:
            power, coefficient = left_out
            error = 2 * sympy.Abs(coefficient) * sympy.Abs(distance) ** power
        for side in sides:
            points = points_with(self, name, [point + side * h for h in _DISTANCES])
            found = approximation(self, body, error, points)
            if found is None:
                raise _refusal(self, error, side == sides[0])
        return found

    def asymptotics(self, name: str, order: int = 1):
        """The behaviour at large values of one argument, with exact coefficients.

        For products of Gamma functions, factorials, binomials, powers and exponentials: Stirling's
        series of their logarithms is added up, so that it does not matter how large each one is.
        Anything else is expanded in powers of 1/x; means over a binomial law, as a Bernstein
        polynomial Σ_k C(n, k) x^k (1 − x)^(n − k) f(k/n), are part of it where f is smooth at x.

        Parameters
        ----------
        name : str
            The argument that is large.
        order : int
            How many corrections by powers of 1/x there are beside the leading term.

        Returns
        -------
        Formula
            Its ``error`` is twice the first correction that is left out. Its domain says where
            probabilities are between 0 and 1.

        Raises
        ------
        NotSupportedError
            For what is no such product, and has no powers.
        DerivationError
            If the remainder, measured in balls at three large values, is larger than that.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> d = sympy.Symbol("d", integer=True, positive=True)
        >>> mu = tc.sphere.funk_hecke("relu", d, 2)
        >>> print(mu.asymptotics("d", order=1).expr)
        sqrt(2)*(1 - 3/(4*d))/(2*sqrt(pi)*d**(3/2))
        >>> n, k = sympy.symbols("n k", integer=True, positive=True)
        >>> x = sympy.Symbol("x", positive=True)
        >>> weight = sympy.binomial(n, k) * x**k * (1 - x) ** (n - k)
        >>> mean = tc.Formula("B", sympy.Sum(weight * sympy.exp(k / n), (k, 0, n)), args=(n, x))
        >>> print(mean.asymptotics("n", order=1).expr)
        exp(x) - x*(x - 1)*exp(x)/(2*n)
        """
        variable = _argument(self, name)
        order = exact_integer(order, "order", 0, _MOST_TERMS)
        large = _LARGE_SUMS if moving_sums(self.expr, variable) else _LARGE
        _check_inside(self, variable, large)
        formula, body, error = self._asymptotic(variable, order)
        found = approximation(formula, body, error, points_with(formula, name, large))
        if found is None:
            raise _refusal(self, error, True)
        return found

    def _asymptotic(self, variable: sympy.Symbol, order: int) -> tuple:
        """(the formula where it holds, its first terms, the error)."""
        if not has_factors(self.expr, variable):
            return _in_powers(self, variable, order)
        try:
            prefactor, terms = asymptotic_product(self.expr, variable, order + _FARTHEST)
        except NotSupportedError:
            return _in_powers(self, variable, order)
        body = prefactor * sympy.Add(*(c / variable**k for k, c in enumerate(terms[: order + 1])))
        rest = [(k, c) for k, c in enumerate(terms) if k > order and c != 0]
        error = sympy.S.Zero
        if rest:
            k, c = rest[0]
            error = 2 * sympy.Abs(prefactor * c) / variable**k
        return self, body, error

    def limit(self, name: str, point):
        """The limit where one argument goes to a point, or to infinity.

        It is read off the leading term of `series`, or of `asymptotics`.

        Parameters
        ----------
        name : str
            The argument.
        point : exact number, sympy.oo or -sympy.oo
            Where it goes to, inside the domain.

        Returns
        -------
        Formula
            Of the other arguments, without an error; ±∞ where there is no bound.

        Raises
        ------
        NotSupportedError
            Where no leading term is found, or the two sides of the point differ.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> x = sympy.Symbol("x", positive=True)
        >>> half = sympy.Rational(1, 2)
        >>> f = tc.Formula("f", sympy.gamma(x + half) / (sympy.sqrt(x) * sympy.gamma(x)))
        >>> print(f.limit("x", sympy.oo).expr)
        1
        >>> x = sympy.Symbol("x", real=True)
        >>> print(tc.Formula("g", sympy.sin(3 * x) / x).limit("x", 0).expr)
        3
        """
        variable, point = _argument(self, name), expression(point, "point")
        if point == -sympy.oo:
            return _mirrored(self, variable).limit(name, sympy.oo)
        if point == sympy.oo:
            leading, near, sides = self.asymptotics(name, order=0), sympy.oo, [-1]
        else:
            leading, near = self.series(name, point, order=0), exact(point, "point")
            sides = _sides(self, variable, near)
        limits = {sympy.limit(leading.body, variable, near, "+" if s > 0 else "-") for s in sides}
        if len(limits) > 1:
            what = f"{self.name}: the two sides of the point have different limits"
            raise NotSupportedError(explain(what, got=sorted(limits, key=str)))
        (limit,) = limits
        others = [symbol for symbol in self.args if symbol != variable]
        return self._new(
            limit,
            references={self.reference},
            name=self.name,
            args=others,
            where=leading.where,
        )


def _argument(formula, name: str) -> sympy.Symbol:
    variable = argument(formula.args, name)
    if formula.error is not None:
        raise NotSupportedError(explain("the expansion of an approximation", got=formula.name))
    return variable


def _mirrored(formula, variable: sympy.Symbol):
    """The formula of −x."""
    _check_inside(formula, variable, [-x for x in _LARGE])
    return formula.subs(**{variable.name: -sympy.Symbol(variable.name, positive=True)})


def _in_powers(formula, variable: sympy.Symbol, order: int) -> tuple:
    """The same as a series in 1/x, where probabilities of binomial laws are no ends."""
    parts = (formula.body, *(part for _, part in formula.where))
    sums = [node for part in parts for node in moving_sums(part, variable)]
    conditions = [binomial_sum(node, variable).condition for node in sums]
    large = PowerSeries({-sympy.S.One: sympy.S.One}, sympy.oo)
    kept, left_out = first_terms(formula, variable, large, order)
    body = sympy.Add(*(_factored(c) * variable**-e for e, c in kept.items()))
    power, coefficient = left_out or (0, sympy.S.Zero)
    error = 2 * sympy.Abs(_factored(coefficient)) * variable**-power
    return formula._within(*conditions) if conditions else formula, body, error


def _factored(c: sympy.Expr) -> sympy.Expr:
    return sympy.factor(c) if c.free_symbols else c


def _check_inside(formula, variable: sympy.Symbol, large: list) -> None:
    """DomainError where such values of an argument are not meant."""
    signs = sympy.Ge(variable, 0, evaluate=False) if variable.is_nonnegative else sympy.true
    for condition in (signs, *sympy.And.make_args(formula.domain)):
        if condition.free_symbols == {variable} and any(
            decide(condition, {variable: x}) is False for x in large
        ):
            allowed = sympy.pretty(condition, use_unicode=True)
            got = f"{variable} = {large[0]}, …"
            raise DomainError(explain("the point is outside the domain", got=got, allowed=allowed))


def _sides(formula, variable: sympy.Symbol, point: sympy.Expr) -> list[int]:
    """The signs of the small distances at which the formula is meant to be used."""
    conditions = [c for c in sympy.And.make_args(formula.domain) if c.free_symbols == {variable}]
    sides = [
        side
        for side in (1, -1)
        if all(
            decide(c, {variable: point + side * h}) is not False
            for c in conditions
            for h in _DISTANCES
        )
    ]
    if not sides:
        allowed = sympy.pretty(formula.domain, use_unicode=True)
        raise DomainError(explain("the point is outside the domain", got=point, allowed=allowed))
    return sides


def _refusal(formula, error: sympy.Expr, first_side: bool) -> Exception:
    if not first_side:
        what = f"{formula.name}: the two sides of the point have different expansions"
        return NotSupportedError(explain(what, hint="a domain that ends at the point"))
    if error == 0:
        what = f"{formula.name}: what the expansion leaves out is smaller than every power"
        return NotSupportedError(explain(what))
    what = f"{formula.name}: the remainder of the expansion is larger than its next term"
    return DerivationError(explain(what))
