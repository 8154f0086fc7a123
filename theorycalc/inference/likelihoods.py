"""Outputs of any likelihood P(y | z), and of any activation with Gaussian noise."""

from collections.abc import Callable
from dataclasses import dataclass, field

import sympy
from sympy import Expr, S, oo

from theorycalc.activations import as_activation
from theorycalc.core.errors import DomainError, NotSupportedError, explain, shown
from theorycalc.core.expressions import real_expression
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.integration.kinks import kinks
from theorycalc.core.numbers import exact_short
from theorycalc.core.records import instance, sequence
from theorycalc.inference.outputs import RHO, OfLikelihood, Z, in_noise
from theorycalc.inference.priors import Y
from theorycalc.inference.solving import likelihood as solved
from theorycalc.inference.solving.arrays import as_function
from theorycalc.inference.solving.likelihood import Curvature
from theorycalc.inference.solving.likelihood_in_doubles import check, mean
from theorycalc.inference.solving.line import gaussian_mean, line_integral

# F(0) of outputs that say nothing of z on the mean, up to what is rounded in its square root.
_SYMMETRIC = 1e-20


@dataclass(frozen=True)
class Likelihood(OfLikelihood):
    """y of any law P(y | z), discrete or with a density.

    Parameters
    ----------
    law : Expr or callable
        P(y | z) in symbols of the names y and z; or a function of two arrays (y, z), which is
        computed in doubles.
    values : sequence of numbers, optional
        The values of a discrete y; without them the law is a density.
    support : pair of numbers, optional
        The ends of a density, by default the line.
    kinks : sequence of numbers, optional
        Of a function: the z at which it jumps or bends. Those of expressions are read off.
    name : str, optional

    Raises
    ------
    DomainError
        For a law that is negative somewhere, of another sum than 1, without z or with other
        symbols.

    Notes
    -----
    Float and `MP` sum over all outcomes, by rules that are refined until they agree. `MP` needs a
    law that is analytic in z between kinks that do not move with y. The sum of P is looked at to
    seven digits. A jump or a kink of a density inside its support costs digits, and the error
    says so. `Ball` encloses what has listed values, for any P that is a law of them: numbers that
    are not negative and sum to 1. Densities are not enclosed.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> y, z = sympy.symbols("y z")
    >>> flipped = (9 + 8 * y * sympy.sign(z)) / 18
    >>> teacher = tc.inference.Likelihood(flipped, values=(-1, 1))
    >>> print(teacher.channel("1/2").at())
    0.6918582678894 ± 3e-14
    >>> waiting = tc.inference.Likelihood(sympy.exp(z - y * sympy.exp(z)), support=(0, sympy.oo))
    >>> print(waiting.channel("1/4").at())
    0.4853931219528 ± 2e-14
    """

    law: Expr | Callable
    values: tuple = ()
    support: tuple = (-oo, oo)
    kinks: tuple = ()
    name: str = ""
    data: sympy.Lambda = field(init=False, repr=False, compare=False)

    costly = True

    def __post_init__(self):
        values = tuple(
            exact_short(x, "a value of y") for x in sequence(self.values, "the values of y")
        )
        if len(set(values)) < len(values):
            raise DomainError(explain("two values of y are equal", got=shown(values)))
        ends = sequence(self.support, "the support of y", allowed="(low, high)")
        if len(ends) != 2:
            raise DomainError(explain("not a support", got=shown(ends), allowed="(low, high)"))
        ends = tuple(x if x is oo or x is -oo else exact_short(x, "support") for x in ends)
        if not ends[0] < ends[1]:
            raise DomainError(explain("an empty support", got=shown(ends)))
        places = tuple(exact_short(x, "a kink") for x in sequence(self.kinks, "kinks"))
        law = self._law()
        if isinstance(self.law, Expr):
            places = tuple(dict.fromkeys([*places, *kinks(law, Z)]))
        name = instance(self.name, str, "a name") or f"P(y | z) = {law}"
        data = solved.likelihood(law, Y, Z, values, ends, places)
        read = {"values": values, "support": ends, "kinks": places, "name": name, "data": data}
        for key, x in read.items():
            object.__setattr__(self, key, x)
        check(solved.compiled(data))

    def _law(self) -> Expr:
        """P in our symbols."""
        if not isinstance(self.law, Expr):
            if not callable(self.law):
                allowed = "an expression in y and z, or a function of two arrays"
                raise DomainError(explain("not a likelihood", got=shown(self.law), allowed=allowed))
            return as_function(self.law)(Y, Z)
        law = real_expression(self.law, "a likelihood")
        ours = {"y": Y, "z": Z}
        others = [symbol for symbol in law.free_symbols if symbol.name not in ours]
        if others:
            got = ", ".join(sorted(map(str, others)))
            raise DomainError(explain("a likelihood has other symbols than y and z", got=got))
        if "z" not in {symbol.name for symbol in law.free_symbols}:
            raise DomainError(explain("y says nothing of z", got=law, allowed="P(y | z) with z"))
        return substitute(law, {symbol: ours[symbol.name] for symbol in law.free_symbols})

    @property
    def discrete(self):
        """Whether values of y are given."""
        return bool(self.values)

    @property
    def symmetric(self):
        """Whether y says nothing of the sign of z, on the mean over z: F(0) = 0."""
        return float(mean(solved.compiled(self.data), 1, 1.0, 1.0)[0]) <= _SYMMETRIC

    def _fisher_information(self):
        law, values, _, places = self.data.parts
        slope = sympy.diff(law, Z)
        if slope.has(sympy.DiracDelta):
            raise DomainError(explain("an infinite Fisher information: P jumps", got=str(self)))
        if slope.has(sympy.Derivative, sympy.Subs):
            raise NotSupportedError(explain("the slope of a function of arrays", got=str(self)))
        ratio = slope**2 / law
        if values:
            total = sympy.Add(*(ratio.subs(Y, value) for value in values))
        else:
            total = line_integral(self._inside(ratio), Y, oo)
        z = sympy.sqrt(RHO) * Z
        points = [place / sympy.sqrt(RHO) for place in places if not place.free_symbols]
        return gaussian_mean(substitute(total, {Z: z}), Z, oo, S.Zero, points)

    def _inside(self, f: Expr) -> Expr:
        """0 outside of the support."""
        low, high = self.support
        if self.support == (-oo, oo):
            return f
        return sympy.Piecewise((f, sympy.And(low < Y, high > Y)), (S.Zero, True))

    def weak_recovery(self) -> Formula:
        """α above which more than chance is learnt, for a centred prior of variance 1.

        Raises
        ------
        NotSupportedError
            For outputs that are not symmetric: these teach something at every α > 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> bump = tc.activations.gaussian(1)
        >>> print(tc.inference.output(bump, noise="1/10").weak_recovery().at())
        1.3020403175310 ± ...e-14
        """
        if not self.symmetric:
            return super().weak_recovery()
        return Formula("alpha_wr", 1 / Curvature(self.data, S.One, S.One))


def noisy(activation, noise: Expr) -> Likelihood:
    """y = φ(z) + √D ξ of any activation."""
    activation = as_activation(activation)
    if not noise > 0:
        hint = "noise > 0, or one of the outputs by name"
        raise DomainError(explain("an activation without noise", got=str(activation), hint=hint))
    mean = activation.expr.subs(activation.symbol, Z)
    law = in_noise(mean, noise, ()).parts[0]
    return Likelihood(law, kinks=activation.kinks, name=f"{activation} and noise")
