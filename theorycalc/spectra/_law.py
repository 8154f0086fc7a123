"""A law of a random matrix as an object: what can be asked of it, and what it can be combined with.

One class, whose docstrings are most of the file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy import Expr, Piecewise, S

from theorycalc.core.arithmetic import Ball, Float
from theorycalc.core.binary import fraction
from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.evaluation import Arithmetic, check_arithmetic
from theorycalc.core.expressions import expression, positive_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Look, Shown
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import instance
from theorycalc.core.value import Value
from theorycalc.spectra import _build, data, in_balls_edges, series
from theorycalc.spectra._reading import complex_number, number
from theorycalc.spectra.closed import Closed, X, closed_form
from theorycalc.spectra.functions import (
    LawArgument,
    LogPotential,
    SpectralDensity,
    SpectralEdge,
    SpectralMass,
    StieltjesImaginary,
    StieltjesReal,
)
from theorycalc.spectra.means import SpectralMean, SpectralQuantile
from theorycalc.spectra.nodes import Atoms, Node, is_above
from theorycalc.spectra.spikes import Spike, spiked

_MOST_MOMENTS = 200
# In which atoms, edges and levels are told apart.
_DIGITS = 40
_Y = sympy.Symbol("y", nonnegative=True)


@dataclass(frozen=True, repr=False)
class Law(Shown):
    """The limiting law of the eigenvalues of a random matrix.

    Made by the functions of `theorycalc.spectra`. ``a + b`` is the free sum: the law of A + UBU'
    for a random rotation U; ``a * b`` the free product, that of A^{1/2}UBU'A^{1/2}. With a number
    they shift and scale.

    Attributes
    ----------
    node : Node
        What it is made of.
    name : str

    Examples
    --------
    >>> import theorycalc as tc
    >>> signs = tc.spectra.discrete({-1: "1/2", 1: "1/2"})
    >>> law = signs + tc.spectra.semicircle("1/2")
    >>> law.density.at(x="0.3", using=tc.Ball(20)).digits(18)
    '0.173941358836794825'
    >>> [round(float(edge), 6) for edge in law.edges()]
    [-2.099798, -0.168375, 0.168375, 2.099798]
    """

    node: sympy.Basic
    name: str = ""

    def __post_init__(self):
        instance(self.node, Node, "a law", hint="tc.spectra.marchenko_pastur(c), …")
        instance(self.name, str, "a name")

    @cached_property
    def _closed(self) -> Closed | None:
        return closed_form(self.node)

    @cached_property
    def _argument(self) -> LawArgument:
        if self.node.free_symbols:
            got = ", ".join(sorted(map(str, self.node.free_symbols)))
            raise DomainError(explain("this needs numbers in the place of symbols", got=got))
        return LawArgument.of(self.node)

    @property
    def density(self) -> Formula:
        """The density of the part without atoms, a Formula in ``x``.

        Raises
        ------
        DomainError
            For a law that is made of atoms; when evaluated, at an atom.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.spectra.semicircle(1).density.at(x=0, using=tc.Ball(20)).digits(20)
        '0.31830988618379067154'
        """
        if isinstance(self.node, Atoms):
            hint = ".atoms, or the sum with a semicircle law"
            raise DomainError(explain("a law of atoms has no density", got=self, hint=hint))
        if self._closed is not None:
            expr = self._closed.density
            domain = self._off_the_atoms(expr)
        else:
            expr = SpectralDensity(self._argument, X)
            domain = sympy.And(*(sympy.Ne(X, place) for place in self.atoms))
        return Formula("rho", expr, args=_arguments(X, expr), domain=domain)

    def _off_the_atoms(self, expr: Expr) -> sympy.Basic:
        """Where a closed form has a density: 0 of a Marchenko–Pastur law is an atom or a pole."""
        if not hasattr(self._closed.kind, "c"):
            return sympy.true
        return sympy.Ne(X, self._closed.b)

    @property
    def cdf(self) -> Formula:
        """μ((−∞, x]), a Formula in ``x``.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.spectra.marchenko_pastur("1/4").cdf.at(x="1.5", using=tc.Ball(20)).digits(20)
        '0.80877287196491414631'
        """
        if isinstance(self.node, Atoms):
            expr = _steps(self.atoms)
        elif self._closed is not None and is_above(self._closed.a):
            expr = self._closed.mass_below
        else:
            expr = SpectralMass(self._argument, X)
            at_atoms = [(self._up_to(x), sympy.Eq(X, x)) for x in self.atoms]
            expr = Piecewise(*at_atoms, (expr, True)) if at_atoms else expr
        return Formula("F", expr, args=_arguments(X, expr))

    @cached_property
    def _closely(self) -> Arithmetic:
        """What tells places and levels apart."""
        return Ball(_DIGITS) if self.node.unknowns == 1 else Float()

    @cached_property
    def _intervals(self) -> list[tuple[Value, Value]]:
        """The ends of each interval on which there is a density."""
        ends = self.edges(self._closely)
        return list(zip(ends[::2], ends[1::2], strict=True))

    def _up_to(self, place: Expr) -> Expr:
        """The mass up to an atom, or up to the end of an interval with a gap above."""
        at_most = sum((w for x, w in self.atoms.items() if x <= place), S.Zero)
        left = [pair for pair in self._intervals if _compared(pair[0], place) < 0]
        right = [pair for pair in self._intervals if _compared(pair[1], place) > 0]
        if not left:
            return at_most
        if not right:
            return at_most + 1 - sum(self.atoms.values(), S.Zero)
        low, high = (sympy.Rational(fraction(x)) for x in (left[-1][1].upper, right[0][0].lower))
        if not low < high:
            what = "the mass up to an atom that has a density on both sides"
            raise NotSupportedError(explain(what, got=place))
        inside = [x for x in self.atoms if low < x < high]
        point = (low + min(inside, default=high)) / 2
        before = sum((w for x, w in self.atoms.items() if x < point), S.Zero)
        return at_most + SpectralMass(self._argument, point) - before

    def _order(self, u: Expr, level: Expr) -> int:
        """The sign of u − level; 0 where so many digits do not tell them apart."""
        difference = u - level
        if difference.is_Rational:
            return int(sympy.sign(difference))
        return _compared(Formula("", difference).at(self._closely), S.Zero)

    def quantile(self, u, using: Arithmetic = Float()) -> Value:
        """The least x with μ((−∞, x]) ≥ u, for 0 < u < 1.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.spectra.marchenko_pastur(1).quantile("1/2", tc.Ball(20)).digits(18)
        '0.652775941633570369'
        >>> print(tc.spectra.marchenko_pastur(3).quantile("0.6"))
        0
        """
        check_arithmetic(using)
        u = number(u, "u")
        if not 0 < u < 1:
            raise DomainError(explain("u is no level", got=u, allowed="0 < u < 1"))
        for place, mass in self.atoms.items():
            upper = self._up_to(place)
            if self._order(u, upper) <= 0 < self._order(u, upper - mass):
                return Formula("q", place).at(using)
        for i, (_, end) in enumerate(self._intervals[:-1]):
            if self._order(u, self._up_to(sympy.Rational(fraction(end.upper)))) == 0:
                return self.edges(using)[2 * i + 1]
        return Formula("q", SpectralQuantile(self._argument, u)).at(using)

    def edges(self, using: Arithmetic = Float()) -> list[Value]:
        """The ends of the intervals on which there is a density, ascending; none for atoms.

        Examples
        --------
        >>> import theorycalc as tc
        >>> [str(x) for x in tc.spectra.marchenko_pastur(1).edges()]
        ['0', '4']
        """
        check_arithmetic(using)
        if self._closed is not None:
            return [Formula("edge", x).at(using=using) for x in self._closed.edges]
        argument = self._argument
        count = in_balls_edges.count(self.node)
        return [Formula("edge", SpectralEdge(argument, i)).at(using=using) for i in range(count)]

    @cached_property
    def atoms(self) -> dict[Expr, Expr]:
        """Places and masses of the atoms, exact.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.spectra.marchenko_pastur(3).atoms
        {0: 2/3}
        >>> projections = tc.spectra.projection("3/4") * tc.spectra.projection("1/2")
        >>> projections.atoms
        {0: 1/2, 1: 1/4}
        """
        self._argument  # noqa: B018 - numbers only
        return self.node.masses()

    def moment(self, k: int) -> Formula:
        """∫ x^k dμ, exact; for k < 0 a number.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> c = sympy.Symbol("c", positive=True)
        >>> tc.spectra.marchenko_pastur(c).moment(3).expr
        c**2 + 3*c + 1
        >>> tc.spectra.marchenko_pastur("1/2").moment(-2).expr
        8
        """
        k = exact_integer(k, "k", -_MOST_MOMENTS, _MOST_MOMENTS)
        if k >= 0:
            expr = series.moments(self.node, k)[k]
            return Formula(f"m_{k}", expr, args=_arguments(None, expr))
        return self._negative_moment(-k)

    def _negative_moment(self, k: int) -> Formula:
        """∫ x^{−k} dμ."""
        closed = self._closed
        if closed is not None and hasattr(closed.kind, "c") and closed.b == 0:
            c = closed.kind.c
            if c.is_number and c >= 1:
                raise self._no_negative(k)
            before = series.moments(_build.times_poisson(_build.POINT, c), k - 1)[k - 1]
            expr = sympy.factor(before) / (1 - c) ** (2 * k - 1) / closed.a**k
            return Formula(f"m_{-k}", expr, args=_arguments(None, expr), domain=c < 1)
        if S.Zero in self.atoms or self._touches(S.Zero):
            raise self._no_negative(k)
        return self.integrate(X ** (-k))

    def _no_negative(self, k: int) -> DomainError:
        what = f"∫ x^{-k} is infinite: there is mass at 0, or next to it"
        return DomainError(explain(what, got=self, allowed="laws with 0 outside of the support"))

    def _touches(self, x: Expr) -> bool:
        """Whether a point lies in the closed support of the density."""
        ends = [float(edge) for edge in self.edges()]
        return any(a <= x <= b for a, b in zip(ends[::2], ends[1::2], strict=True))

    def free_cumulant(self, k: int) -> Formula:
        """κ_k, the coefficient of g^{k−1} in R(g); they add under free sums.

        Examples
        --------
        >>> import theorycalc as tc
        >>> (tc.spectra.marchenko_pastur(2) + tc.spectra.semicircle(3)).free_cumulant(2).expr
        5
        """
        k = exact_integer(k, "k", 1, _MOST_MOMENTS)
        expr = series.cumulants(self.node, k)[k]
        return Formula(f"kappa_{k}", expr, args=_arguments(None, expr))

    @property
    def log_moment(self) -> Formula:
        """∫ log x dμ, −∞ where there is mass at 0.

        Raises
        ------
        DomainError
            For a law with mass below 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.spectra.marchenko_pastur("1/2").log_moment.at().digits(15)
        '-0.306852819440055'
        """
        return self._log_moment(nonzero=False)

    @property
    def log_moment_nonzero(self) -> Formula:
        """∫ log x over x ≠ 0: the atom at 0 is left out."""
        return self._log_moment(nonzero=True)

    def _log_moment(self, nonzero: bool) -> Formula:
        closed = self._closed.log_moment(nonzero) if self._closed is not None else None
        if closed is None:
            closed = self._log_integral(nonzero)
        note = "an atom at 0" if closed == -sympy.oo else ""
        return Formula("ell", closed, args=_arguments(None, closed), note=note)

    def _log_integral(self, nonzero: bool) -> Expr:
        at_zero = self.atoms.get(S.Zero, S.Zero)
        lowest = [*self.atoms, *(edge.upper for edge in self.edges())]
        if min(lowest) < 0:
            raise DomainError(explain("∫ log x of a law with mass below 0", got=self))
        if at_zero and not nonzero:
            return -sympy.oo
        if at_zero:
            return self._integral_without_zero(sympy.log(X))
        return LogPotential(self._argument, S.Zero)

    def _integral_without_zero(self, expr: Expr) -> Expr:
        atoms = sum((w * expr.subs(X, t) for t, w in self.atoms.items() if t != 0), S.Zero)
        return atoms + SpectralMean(self._argument, sympy.Lambda(X, expr))

    def stieltjes(self, z, using: Arithmetic = Float(), side: str = "") -> tuple[Value, Value]:
        """(real part, imaginary part) of m(z) = ∫ μ(dx)/(x − z).

        Parameters
        ----------
        z : complex number
            Also as a string such as ``"1.3+0.2i"``. Below the axis m is the conjugate of that at
            the conjugate, which is what comes back.
        side : {"above", "below"}
            Which limit is meant for a real z in the support.

        Examples
        --------
        >>> import theorycalc as tc
        >>> real, imaginary = tc.spectra.marchenko_pastur(3).stieltjes("1.3+0.2i", tc.Ball(20))
        >>> imaginary.digits(18)
        '0.317971650983659005'
        """
        check_arithmetic(using)
        x, y = complex_number(z)
        if not isinstance(side, str) or side not in ("", "above", "below"):
            raise DomainError(explain("side", got=repr(side), allowed="'above' or 'below'"))
        if y == 0 and not side and self._touches(x):
            hint = "side='above' or side='below'"
            raise DomainError(explain("z is in the support, without a side", got=x, hint=hint))
        if y == 0 and x in self.atoms:
            raise DomainError(explain("m has a pole at an atom", got=x))
        below = y < 0 or (y == 0 and side == "below")
        real, imaginary = (
            Formula("m", function(self._argument, X, _Y), args=(X, _Y)).at(using, x=x, y=abs(y))
            for function in (StieltjesReal, StieltjesImaginary)
        )
        return real, -imaginary if below else imaginary

    def integrate(self, f: Callable | Expr | Formula) -> Formula:
        """∫ f dμ, atoms included.

        Parameters
        ----------
        f : expression in one symbol, Formula of one argument, or function of a symbol

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> x = sympy.Symbol("x")
        >>> law = tc.spectra.sample_covariance({1: "1/2", 4: "1/2"}, "1/10")
        >>> print(law.integrate(1 / x).at().digits(10))
        0.6944444444
        """
        function = _function(f)
        if isinstance(self.node, Atoms):
            expr = sum((w * function(t) for t, w in self.atoms.items()), S.Zero)
        elif self._closed is not None:
            expr = self._closed.mean(function)
        else:
            atoms = sum((w * function(t) for t, w in self.atoms.items()), S.Zero)
            expr = atoms + SpectralMean(self._argument, function)
        return Formula("mean", expr, args=_arguments(None, expr))

    def spiked(self, theta) -> Spike:
        """The outlier of A + θuu', u a unit vector in a random direction.

        Parameters
        ----------
        theta : number or symbol, not 0
            Above the support for θ > 0, below it for θ < 0.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> spike = tc.spectra.semicircle(1).spiked("3/2")
        >>> spike.eigenvalue.expr, spike.overlap.expr, spike.threshold.expr
        (13/6, 5/9, 1)
        >>> two = tc.spectra.sample_covariance({1: "1/2", 4: "1/2"}, "1/10")
        >>> two.spiked(3).eigenvalue.at().digits(10)
        '6.545642496'
        """
        return spiked(self.node, theta)

    def sample(self, size: int, seed: int = 0):
        """Independent draws from the law, an array (size,).

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.spectra.semicircle(1).sample(3, seed=0).shape
        (3,)
        """
        size = exact_integer(size, "size", minimum=0)
        self._argument  # noqa: B018 - numbers only
        return data.sample(self.node, self.atoms, size, seed)

    def compress(self, t) -> "Law":
        """The law of a corner of a share t of the rows and columns, in random directions."""
        t = positive_parameter(t, "t")
        if t.is_number and t > 1:
            raise DomainError(explain("a share is too large", got=t, allowed="0 < t ≤ 1"))
        return self if t == 1 else Law(_build.compressed(self.node, t))

    def __add__(self, other):
        if isinstance(other, Law):
            return Law(_build.free_sum(self.node, other.node))
        return Law(_build.affine(self.node, S.One, number(other, "a shift")))

    __radd__ = __add__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other if isinstance(other, Law) else -number(other, "a shift"))

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if isinstance(other, Law):
            return Law(_build.free_product(self.node, other.node))
        return Law(_build.affine(self.node, number(other, "a scale"), S.Zero))

    __rmul__ = __mul__

    def __truediv__(self, other):
        return self * (1 / positive_parameter(other, "a scale"))

    def _look(self) -> Look:
        return Look((str(self),))

    def __str__(self):
        return self.name or _build.text(self.node)

    __repr__ = __str__


def _compared(value: Value, x: Expr) -> int:
    """The sign of a difference, 0 where it is not known."""
    low, high = (sympy.Rational(fraction(end)) for end in (value.lower, value.upper))
    return bool(low > x) - bool(high < x)


def _steps(atoms: dict[Expr, Expr]) -> Expr:
    """The distribution function of atoms."""
    below, branches = S.Zero, []
    for place, mass in atoms.items():
        branches.append((below, place > X))
        below = below + mass
    return Piecewise(*branches, (S.One, True))


def _function(f) -> sympy.Lambda:
    """f as a function of X."""
    if isinstance(f, Formula):
        f, symbols = f.expr, list(f.args)
    else:
        f = f(X) if callable(f) and not isinstance(f, Expr) else f
        f = expression(f, "f")
        symbols = sorted(f.free_symbols, key=str)
    if len(symbols) > 1:
        got = ", ".join(map(str, symbols))
        raise DomainError(explain("f has several symbols", got=got, allowed="one"))
    return sympy.Lambda(X, f.subs(dict.fromkeys(symbols, X)))


def _arguments(first: sympy.Symbol | None, expr: Expr) -> tuple[sympy.Symbol, ...]:
    rest = sorted(expr.free_symbols - {first}, key=str)
    return tuple(rest) if first is None else (first, *rest)
