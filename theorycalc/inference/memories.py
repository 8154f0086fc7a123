"""Associative memories, replica symmetric: what is stored, and how well it is retrieved."""

from dataclasses import dataclass

import sympy
from sympy import Expr, S, erf, exp, pi, sqrt

from theorycalc.core.errors import DomainError, PrecisionError, explain, unknown_name
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_integer, exact_short
from theorycalc.core.records import instance
from theorycalc.inference.solving.crossing import crossing
from theorycalc.inference.solving.fixed_point import fixed_point
from theorycalc.inference.solving.line import gaussian_mean

_Z = sympy.Symbol("z", real=True)
_S = sympy.Symbol("s", positive=True)
_M, _Q = sympy.symbols("m q", positive=True)
_ENERGIES = ("distinct", "plain_power")
_LARGEST_ORDER = 60
# Overlaps that are none: of iterations that go to 0.
_NOTHING = 1e-3


@dataclass(frozen=True)
class Hopfield(Shown):
    """An associative memory of αN^{P−1} random patterns, replica symmetric.

    Parameters
    ----------
    P : int
        Order of the interaction, ≥ 2.
    energy : str
        ``"distinct"``: products of P distinct spins; ``"plain_power"``: (Σ ξ s)^P/P, whose noise
        has lower orders too. The same for P = 2.

    Raises
    ------
    DomainError
        For P < 2 or another energy.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.Hopfield(2).capacity().at(using=tc.Ball(15)))
    0.137905566494932 ± 3e-16
    """

    P: int = 2
    energy: str = "distinct"

    def __post_init__(self):
        object.__setattr__(self, "P", exact_integer(self.P, "P", 2, _LARGEST_ORDER))
        if instance(self.energy, str, "an energy") not in _ENERGIES:
            raise unknown_name("energy", self.energy, _ENERGIES)

    @property
    def noise(self) -> Expr:
        """g, the variance of the noise at T = 0 for α = 1: (P − 1)! or (2P − 3)!!."""
        if self.energy == "distinct":
            return sympy.factorial(self.P - 1)
        return sympy.factorial2(2 * self.P - 3)

    def _load(self) -> tuple[Expr, Expr]:
        """α g at T = 0 as a function of s, for m = erf(s), and the sign of its derivative."""
        if self.P == 2:
            edge = 2 / sqrt(pi) * exp(-(_S**2))
            root = erf(_S) / _S - edge
            return root**2 / 2, edge / _S - erf(_S) / _S**2 + 2 * _S * edge
        power = 2 * self.P - 2
        slope = power * 2 / sqrt(pi) * exp(-(_S**2)) * _S - 2 * erf(_S)
        return erf(_S) ** power / (2 * _S**2), slope

    def _critical(self) -> Expr:
        return crossing(self._load()[1], _S, S.Half, S(12))

    def capacity(self) -> Formula:
        """The largest α at which patterns are retrieved at T = 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print((2 * tc.inference.Hopfield(3).capacity()).at(using=tc.Ball(12)))
        0.252190430771 ± 4e-13
        """
        return Formula("alpha_c", substitute(self._load()[0], {_S: self._critical()}) / self.noise)

    def overlap_at_capacity(self) -> Formula:
        """The overlap with a stored pattern at the capacity, T = 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.Hopfield(2).overlap_at_capacity().at(using=tc.Ball(12)))
        0.967417115685 ± 3e-13
        """
        return Formula("m_c", erf(self._critical()))

    def overlap(self, alpha, temperature=0) -> Formula:
        """The overlap m with a stored pattern, on the branch that begins at m = 1.

        Parameters
        ----------
        alpha : number
            Patterns for each N^{P−1}, > 0 and below the capacity.
        temperature : number
            At least 0. Where the replica-symmetric solution is not stable, at low T, the
            note of the formula says so.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.Hopfield(2).overlap("1/20", "3/10").at())
        0.9911649957015 ± 5e-14
        """
        return self._at(alpha, temperature)[0]

    def q(self, alpha, temperature) -> Formula:
        """The overlap q of two states around the same pattern.

        Parameters
        ----------
        alpha : number
            Patterns for each N^{P−1}, > 0 and below the capacity.
        temperature : number
            Above 0.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.Hopfield(2).q("1/10", "1/5").at())
        0.9844170602815 ± 4e-14
        """
        return self._at(alpha, temperature)[1]

    def _at(self, alpha, temperature) -> tuple[Formula, Formula]:
        alpha, heat = exact_short(alpha, "alpha"), exact_short(temperature, "temperature")
        most = self.capacity().at()
        if not (alpha > 0 and heat >= 0):
            allowed = "alpha > 0, temperature ≥ 0"
            raise DomainError(explain("out of range", got=f"{alpha}, {heat}", allowed=allowed))
        if not float(alpha) < most.lower:
            raise DomainError(explain("nothing is retrieved", got=alpha, allowed=f"below {most}"))
        if heat == 0:
            place = crossing(self._load()[0] - alpha * self.noise, _S, self._critical(), S(10**4))
            note = "replica symmetric, which is not stable at low temperatures"
            return Formula("m", erf(place), note=note), Formula("q", S.One)
        if self.P == 2 and heat >= 1:
            allowed = "below 1"
            raise DomainError(
                explain("no pattern is retrieved", got=f"T = {heat}", allowed=allowed)
            )
        field, variance = self._noise_at(alpha, heat)
        arg = (field + sqrt(variance) * _Z) / heat
        mean, square = (gaussian_mean(sympy.tanh(arg) ** k, _Z) for k in (1, 2))
        m, q = fixed_point((_M, _Q), (mean, square), (S.One, S.One))
        self._check_retrieval(m, alpha, heat)
        note = "" if self._is_stable(alpha, heat, m, q) else "replica symmetric, not stable here"
        return Formula("m", m, note=note), Formula("q", q, note=note)

    @staticmethod
    def _check_retrieval(m: Expr, alpha: Expr, heat: Expr) -> None:
        """Refuse where the branch that begins at m = 1 ends at m = 0."""
        try:
            found = float(Formula("m", m).at())
        except PrecisionError:
            found = 0.0
        if not found > _NOTHING:
            hint = "fewer patterns or a lower temperature"
            got = f"alpha = {alpha}, T = {heat}"
            raise DomainError(explain("no pattern is retrieved", got=got, hint=hint))

    def _noise_at(self, alpha: Expr, heat: Expr) -> tuple[Expr, Expr]:
        """The field of a pattern and the variance of the others, in m and q."""
        if self.P == 2:
            return _M, alpha * _Q / (1 - (1 - _Q) / heat) ** 2
        return _M ** (self.P - 1), alpha * self._correlation()

    def _correlation(self) -> Expr:
        """E x^{P−1} y^{P−1} of normal variables of correlation q, or g q^{P−1}."""
        n = self.P - 1
        if self.energy == "distinct":
            return self.noise * _Q**n
        return sympy.Add(
            *(
                (
                    sympy.factorial(n)
                    / (sympy.factorial(k) * 2 ** ((n - k) // 2) * sympy.factorial((n - k) // 2))
                )
                ** 2
                * sympy.factorial(k)
                * _Q**k
                for k in range(n % 2, n + 1, 2)
            )
        )

    def _is_stable(self, alpha: Expr, heat: Expr, m: Expr, q: Expr) -> bool:
        """Whether the line of de Almeida and Thouless is not crossed."""
        field, variance = self._noise_at(alpha, heat)
        spread = alpha / (1 - (1 - _Q) / heat) ** 2
        if self.P > 2:
            spread = alpha * sympy.diff(self._correlation(), _Q)
        fourth = gaussian_mean(sympy.cosh((field + sqrt(variance) * _Z) / heat) ** -4, _Z)
        there = substitute(spread * fourth / heat**2, {_M: m, _Q: q})
        return bool(Formula("", there).at().mid <= 1)

    def _repr_latex_(self):
        return rf"$\text{{{self}}}$"

    def __str__(self):
        return f"Hopfield network of order {self.P}, {self.energy}"
