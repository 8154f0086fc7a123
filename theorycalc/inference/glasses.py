"""Spin glasses: the model of Sherrington and Kirkpatrick, and random energies."""

from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S, exp, log, sqrt

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_short
from theorycalc.core.records import one_of
from theorycalc.inference.solving.broken import BrokenFreeEnergy, BrokenGroundEnergy
from theorycalc.inference.solving.crossing import crossing
from theorycalc.inference.solving.line import gaussian_mean

_Z = sympy.Symbol("z", real=True)
_Q = sympy.Symbol("q", positive=True)
_ANSATZES = ("RS", "1RSB")


@dataclass(frozen=True)
class SK(Shown):
    """The Sherrington–Kirkpatrick model at a temperature T in a field h.

    Parameters
    ----------
    T : number
        The temperature, > 0.
    h : number
        The field, ≥ 0.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.SK("1/2").free_energy().at(using=tc.Ball(15)))
    -0.792392945134698 ± 6e-17
    """

    T: Expr
    h: Expr = S.Zero

    def __post_init__(self):
        for name in ("T", "h"):
            object.__setattr__(self, name, exact_short(getattr(self, name), name))
        if not (self.T > 0 and self.h >= 0):
            got = f"T = {self.T}, h = {self.h}"
            raise DomainError(
                explain("not a temperature and a field", got=got, allowed="T > 0, h ≥ 0")
            )

    def _field(self, q: Expr) -> Expr:
        return (sqrt(q) * _Z + self.h) / self.T

    def _overlap(self) -> Expr:
        if self.h == 0 and self.T >= 1:
            return S.Zero
        f = _Q - gaussian_mean(sympy.tanh(self._field(_Q)) ** 2, _Z)
        least = min((1 - self.T) / 100, Rational(1, 100)) if self.h == 0 else Rational(1, 10**15)
        return crossing(f, _Q, least, S(2))

    def q(self) -> Formula:
        """The overlap of two states; the root that is not 0 for h = 0 and T < 1.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.SK("1/2").q().at(using=tc.Ball(15)))
        0.530368392050795 ± 4e-16
        """
        return Formula("q", self._overlap(), note=self._note())

    def free_energy(self, ansatz: str = "RS") -> Formula:
        """−(T/N) E log Z per spin. Where the ansatz is not stable, the note says so: a lower bound.

        Parameters
        ----------
        ansatz : str
            ``"RS"``: replica symmetric; ``"1RSB"``: one step of breaking, in doubles, for T ≥ 1/50.

        Examples
        --------
        >>> import theorycalc as tc
        >>> model = tc.inference.SK("1/2")
        >>> model.free_energy().note
        'replica symmetric, not stable here'
        >>> print(model.free_energy().at(), model.free_energy("1RSB").at())
        -0.7923929451347 ± 9e-15 -0.7912088423792 ± 3e-14
        """
        if one_of(ansatz, _ANSATZES, "ansatz") == "1RSB" and self._note():
            note = "one step of replica symmetry breaking: a lower bound"
            return Formula("f", BrokenFreeEnergy(self.T, self.h), note=note)
        b, arg = 1 / self.T, self._field(_Q)
        # log 2 cosh x = x + log(1 + e^−2x), and log(1 + e^−2x) ≤ log 2 + 2|x|
        rest = gaussian_mean(log(1 + exp(-2 * arg)), _Z, 1 + 2 * abs(self.h) * b + b, b)
        f = -b / 4 * (1 - _Q) ** 2 - self.h - rest * self.T
        return Formula("f", substitute(f, {_Q: self._overlap()}), note=self._note())

    def stability(self) -> Formula:
        """β² E sech⁴, which is at most 1 where replica symmetry is stable.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.SK("1/2").stability().at(using=tc.Ball(8)))
        1.3626733 ± 4e-08
        """
        return Formula("lambda", self._stability())

    def _stability(self) -> Expr:
        fourth = gaussian_mean(sympy.cosh(self._field(_Q)) ** -4, _Z) / self.T**2
        return substitute(fourth, {_Q: self._overlap()})

    def _note(self) -> str:
        stable = Formula("", self._stability()).at().lower <= 1  # at T = 1, h = 0 it is 1
        return "" if stable else "replica symmetric, not stable here"

    def _repr_latex_(self):
        return rf"$\text{{{self}}}$"

    def __str__(self):
        return f"SK model, T = {self.T}, h = {self.h}"


def sk_instability_field(temperature) -> Formula:
    """The field h below which the SK model is not replica symmetric (de Almeida–Thouless line).

    Parameters
    ----------
    temperature : number
        In (0, 1).

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.sk_instability_field("1/2").at())
    0.5699338303103 ± 2e-14
    """
    heat = exact_short(temperature, "temperature")
    if not 0 < heat < 1:
        raise DomainError(explain("a temperature", got=heat, allowed="between 0 and 1"))
    h = sympy.Symbol("h", positive=True)
    arg = (sqrt(_Q) * _Z + h) / heat
    q = crossing(_Q - gaussian_mean(sympy.tanh(arg) ** 2, _Z), _Q, Rational(1, 10**15), S(2))
    fourth = gaussian_mean(sympy.cosh(arg) ** -4, _Z) / heat**2
    gap = substitute(fourth, {_Q: q}) - 1
    # h² ~ (4/3)(1 − T)³ for T → 1, and e^{−h²/2} ~ (3/4) √(2π) T for T → 0
    least, most = sqrt((1 - heat) ** 3) / 10, sqrt(2 * log(1 / heat)) + 2
    return Formula("h_AT", crossing(gap, h, least, most))


def sk_ground_energy(ansatz: str = "1RSB") -> Formula:
    """The energy per spin of the ground state of the SK model without a field.

    Parameters
    ----------
    ansatz : str
        ``"RS"``: −√(2/π); ``"1RSB"``: one step of breaking, a lower bound, in doubles.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.sk_ground_energy().at())
    -0.7652594346737 ± 3e-14
    """
    if one_of(ansatz, _ANSATZES, "ansatz") == "RS":
        return Formula("e", -sqrt(2 / sympy.pi), note="replica symmetric, not stable here")
    note = "one step of replica symmetry breaking: a lower bound"
    return Formula("e", BrokenGroundEnergy(), note=note)


def rem_critical_beta() -> Formula:
    """The inverse temperature at which the random energy model of variance N freezes, √(2 log 2).

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.rem_critical_beta().at(using=tc.Ball(20)))
    1.1774100225154746910 ± 2e-20
    """
    return Formula("beta_c", sqrt(2 * log(2)))
