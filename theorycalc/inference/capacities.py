"""How much can be stored: perceptrons, spherical and binary, and associative memories."""

from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S, erf, exp, log, pi, sqrt

from theorycalc.core.error_functions import log_ndtr
from theorycalc.core.errors import (
    DomainError,
    NotSupportedError,
    PrecisionError,
    explain,
    unknown_name,
)
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.records import instance
from theorycalc.inference.solving.crossing import crossing
from theorycalc.inference.solving.fixed_point import fixed_point
from theorycalc.inference.solving.line import gaussian_mean, normal_density, normal_law

_Z = sympy.Symbol("z", real=True)
_S = sympy.Symbol("s", positive=True)
_M, _Q = sympy.symbols("m q", positive=True)
_WEIGHTS = ("spherical", "binary")
_ENERGIES = ("distinct", "plain_power")
# Between these the signal-to-noise ratios of stored patterns are sought.
_LEAST, _MOST = Rational(1, 10**6), S(60)
_LARGEST_LOAD = Rational(59, 50)
_LARGEST_ORDER = 60
# Overlaps that are none: of iterations that go to 0.
_NOTHING = 1e-3
_LARGEST_MARGIN = 10**100


def capacity(kappa=0, weights: str = "spherical") -> Formula:
    """Patterns for each weight that a perceptron can store, in the limit of many weights.

    Parameters
    ----------
    kappa : number
        The margin, ≥ 0.
    weights : str
        ``"spherical"``: Gardner's 1/E max(t + κ, 0)²; ``"binary"``: where the replica-symmetric
        entropy vanishes, for κ = 0.

    Raises
    ------
    NotSupportedError
        For κ < 0, where the formula is an upper bound only, and for binary weights with a margin.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.capacity(1).at(using=tc.Ball(20)))
    0.51957222960493796949 ± 3e-21
    >>> print(tc.inference.capacity(weights="binary").at(using=tc.Ball(15)))
    0.833078599739579 ± 3e-16
    """
    kappa = exact(kappa, "kappa")
    if instance(weights, str, "weights") not in _WEIGHTS:
        raise unknown_name("weights", weights, _WEIGHTS)
    if kappa < 0:
        hint = "kappa ≥ 0: for negative margins the formula bounds the capacity from above only"
        raise NotSupportedError(explain("a negative margin", got=kappa, hint=hint))
    if kappa > _LARGEST_MARGIN:
        allowed = f"at most {_LARGEST_MARGIN}"
        raise NotSupportedError(explain("a margin so large", got=kappa, allowed=allowed))
    if weights == "spherical":
        mean = (1 + kappa**2) * normal_law(kappa) + kappa * normal_density(kappa)
        return Formula("alpha_c", 1 / mean)
    if kappa:
        raise NotSupportedError(explain("binary weights with a margin", got=kappa, allowed="0"))
    load, entropy = _binary_storage()
    return Formula("alpha_c", substitute(load, {_S: crossing(entropy, _S, _LEAST, _MOST)}))


def storage_entropy(alpha) -> Formula:
    """The entropy for each binary weight of the perceptrons that store αN random patterns.

    Replica symmetric; it vanishes at the capacity and is negative, without a meaning, beyond it.

    Parameters
    ----------
    alpha : number
        Patterns for each weight, > 0.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.storage_entropy("1/2").at(using=tc.Ball(10)))
    0.3143900669 ± 5e-11
    """
    alpha = exact(alpha, "alpha")
    if not alpha > 0:
        raise DomainError(explain("patterns for each weight", got=alpha, allowed="alpha > 0"))
    if alpha > _LARGEST_LOAD:
        allowed = f"alpha ≤ {_LARGEST_LOAD}: there is no solution from 4/π on"
        raise DomainError(explain("too many patterns", got=alpha, allowed=allowed))
    load, entropy = _binary_storage()
    # α ~ (π/2) s for few patterns
    snr = crossing(load - alpha, _S, min(_LEAST, alpha / 10), _MOST)
    beyond = capacity(weights="binary").at().upper < float(alpha)
    note = "beyond the capacity: negative" if beyond else ""
    return Formula("S", substitute(entropy, {_S: snr}), note=note)


def _binary_storage() -> tuple[Expr, Expr]:
    """α and the entropy at an effective signal-to-noise ratio."""
    left = sympy.Symbol("V", positive=True)
    v = gaussian_mean(1 / sympy.cosh(sqrt(_S) * _Z) ** 2, _Z)
    u = sqrt((1 - left) / left) * _Z
    t2 = (1 - left) / left
    # (φ/Φ)² ≤ (1 + |u|)², and |log Φ| ≤ log 2 + |u| + u²/2
    rate = gaussian_mean(exp(-(u**2) - 2 * log_ndtr(u)) / (2 * pi), _Z, 2, 2 * t2)
    volume = gaussian_mean(log_ndtr(u), _Z, 2, t2)
    load = substitute(_S * left / rate, {left: v})
    spins = log(2) + gaussian_mean(log(sympy.cosh(sqrt(_S) * _Z)), _Z, 1, _S)
    return load, spins - _S * v / 2 + load * substitute(volume, {left: v})


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
        0.9911649957015 ± 4e-14
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
        alpha, heat = exact(alpha, "alpha"), exact(temperature, "temperature")
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


@dataclass(frozen=True)
class SK(Shown):
    """The Sherrington–Kirkpatrick model at a temperature T in a field h, replica symmetric.

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
            object.__setattr__(self, name, exact(getattr(self, name), name))
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

    def free_energy(self) -> Formula:
        """−(T/N) E log Z per spin. Where it is not stable, the note says so: a lower bound then.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.inference.SK("1/2").free_energy().note
        'replica symmetric, not stable here'
        """
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
        stable = Formula("", self._stability()).at().mid <= 1
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
    heat = exact(temperature, "temperature")
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


def rem_critical_beta() -> Formula:
    """The inverse temperature at which the random energy model of variance N freezes, √(2 log 2).

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.rem_critical_beta().at(using=tc.Ball(20)))
    1.1774100225154746910 ± 2e-20
    """
    return Formula("beta_c", sqrt(2 * log(2)))
