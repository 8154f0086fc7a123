"""Bayes-optimal learning from n = αd samples: all fixed points, and what is reached of them.

With q̂ the signal-to-noise ratio of the scalar channel and V = mmse(q̂), the fixed points are the
level sets of α(q̂) = q̂/F(V): rising parts are stable, falling parts are not.
"""

from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy import Expr, Rational, S, acos, oo, pi, sqrt

from theorycalc.core.arithmetic import Float
from theorycalc.core.errors import DomainError, NotSupportedError, explain, unknown_name
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.looks import Record, Shown
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact
from theorycalc.core.records import check_fields
from theorycalc.core.value import Value
from theorycalc.inference import curve_in_doubles
from theorycalc.inference.channels import output as read_output
from theorycalc.inference.channels import prior as read_prior
from theorycalc.inference.outputs import RHO, Linear, Output, Sign, V
from theorycalc.inference.priors import SNR, Prior
from theorycalc.inference.solving.crossing import crossing, extremum

_STARTS = ("uninformative", "informative")
# How far inside two spinodals the first-order transition between them is sought.
_INSIDE = Rational(1, 1000)


@dataclass(frozen=True)
class FixedPoint(Record):
    """A fixed point of the state evolution.

    Attributes
    ----------
    overlap, mmse, potential : Value
    stable : bool
    start : str
        The start from which message passing comes to it: ``"uninformative"``, ``"informative"``,
        both, or neither.
    """

    overlap: Value
    mmse: Value
    potential: Value
    stable: bool
    start: str

    def __post_init__(self):
        check_fields(self)


@dataclass(frozen=True)
class Spinodal(Record):
    """An end of a branch of fixed points.

    Attributes
    ----------
    kind : str
        ``"algorithmic"``: the uninformative branch ends; ``"informative"``: another one appears.
    alpha : Formula
    """

    kind: str
    alpha: Formula

    def __post_init__(self):
        check_fields(self)


@dataclass(frozen=True)
class Bayes(Shown):
    """Bayes-optimal learning of unknowns with a prior from outputs.

    Attributes
    ----------
    prior : Prior
    output : Output
    """

    prior: Prior
    output: Output

    def __post_init__(self):
        check_fields(self)

    @cached_property
    def _mmse(self) -> Expr:
        return self.prior._mmse()

    @cached_property
    def _rho(self) -> Expr:
        return self.prior.second_moment

    @cached_property
    def _channel(self) -> Expr:
        """F in V."""
        return substitute(self.output._information(), {RHO: self._rho})

    @cached_property
    def _alpha(self) -> Expr:
        """α(q̂)."""
        return SNR / substitute(self._channel, {V: self._mmse})

    def _potential(self, alpha: Expr) -> Expr:
        """ψ(q̂) + αΨ(V) − q q̂/2."""
        outer = substitute(self.output._free_entropy(), {RHO: self._rho})
        outer = substitute(outer, {V: self._mmse})
        return self.prior._free_entropy() + alpha * outer - SNR * (self._rho - self._mmse) / 2

    @cached_property
    def _programs(self) -> tuple:
        return lower(self._mmse, (SNR,)), lower(self._channel, (V,))

    @cached_property
    def _curve(self) -> curve_in_doubles.Curve:
        mmse, channel = self._programs
        if self.output.costly:
            channel = curve_in_doubles.Interpolated(channel, float(self._rho))
        return curve_in_doubles.trace(mmse, channel)

    @property
    def _starts_at_zero(self) -> bool:
        """Whether nothing is learnt at the fixed point q = 0."""
        return self.output.symmetric and self.prior.mean == 0

    @property
    def _recovers(self) -> bool:
        """Whether perfect recovery is a fixed point."""
        return self.output.noiseless

    @property
    def _least_for_recovery(self) -> Expr:
        """α above which perfect recovery is a stable fixed point: the limit of the curve."""
        if not self._recovers:
            return oo
        if self.prior.entropy != oo:
            return S.Zero
        rate = self.output.divergence
        return self.prior.dimension / rate if rate else oo

    def _roots(self, alpha: Expr) -> list[tuple[Expr, bool]]:
        """q̂ of the fixed points between those at the ends, and whether they are stable."""
        found = self._curve.brackets(float(alpha))
        return [(self._root(alpha, low, high), rising) for low, high, rising in found]

    def _root(self, alpha: Expr, low: float, high: float) -> Expr:
        return crossing(self._alpha - alpha, SNR, Rational(low), Rational(high))

    def _reached(self, alpha: Expr, start: str) -> Expr | None:
        """q̂ that message passing comes to; None where it recovers everything, 0 for nothing."""
        if start not in _STARTS:
            raise unknown_name("start", start, _STARTS)
        brackets = self._curve.brackets(float(alpha))
        rising = [bracket for bracket in brackets if bracket[2]]
        perfect = alpha > self._least_for_recovery
        if start == "informative" and perfect:
            return None
        nothing = self._starts_at_zero and alpha <= self.output.weak_recovery().expr
        if start == "uninformative" and nothing:
            return S.Zero
        if not rising:
            return S.Zero if nothing else None
        low, high, _ = rising[0 if start == "uninformative" else -1]
        return self._root(alpha, low, high)

    def overlap(self, alpha, start: str = "uninformative") -> Formula:
        """The overlap q of estimate and truth that message passing reaches.

        Parameters
        ----------
        alpha : number
            Samples for each unknown, > 0.
        start : str
            ``"uninformative"``: from nothing; ``"informative"``: from the truth.

        Examples
        --------
        >>> import theorycalc as tc
        >>> perceptron = tc.inference.bayes("gaussian", "sign")
        >>> print(perceptron.overlap(3).at(using=tc.Ball(18)))
        0.842605876457694743 ± 7e-20
        """
        alpha = _samples(alpha)
        error = self._error(alpha, start)
        note = "perfect recovery: noiseless" if error == 0 else ""
        return Formula("q", self._rho - error, note=note)

    def mmse(self, alpha, start: str = "uninformative") -> Formula:
        """ρ − q, the mean-square error.

        Parameters
        ----------
        alpha : number
            Samples for each unknown, > 0.
        start : str
            ``"uninformative"`` or ``"informative"``.

        Examples
        --------
        >>> import theorycalc as tc
        >>> codes = tc.inference.bayes("rademacher", "linear", noise="1/200")
        >>> print(codes.mmse("1/10").at(), codes.mmse("1/10", "informative").at())
        0.8999312641922 ± 3e-14 0.000012350582516491 ± 5e-19
        """
        error = self._error(_samples(alpha), start)
        return Formula("mmse", error, note="perfect recovery: noiseless" if error == 0 else "")

    def _error(self, alpha: Expr, start: str) -> Expr:
        snr = self._reached(alpha, start)
        if snr is None:
            return S.Zero
        return self._rho if snr == 0 else substitute(self._mmse, {SNR: snr})

    def generalisation_error(self, alpha, start: str = "uninformative") -> Formula:
        """The error on a new sample: of the sign, arccos(√(q/ρ))/π for the best classifier without
        noise; of a linear output, ρ − q + D.

        Parameters
        ----------
        alpha : number
            Samples for each unknown, > 0.
        start : str
            ``"uninformative"`` or ``"informative"``.

        Examples
        --------
        >>> import theorycalc as tc
        >>> perceptron = tc.inference.bayes("gaussian", "sign")
        >>> print(perceptron.generalisation_error(1).at(using=tc.MP(25)))
        0.2543729703393751880142324 ± 2e-26
        """
        error = self._error(_samples(alpha), start)
        if isinstance(self.output, Linear):
            return Formula("epsilon", error + self.output.noise)
        if isinstance(self.output, Sign):
            q = self._rho - error
            return Formula("epsilon", acos(sqrt(q / (self._rho + self.output.noise))) / pi)
        hint = "overlap, from which it follows"
        raise NotSupportedError(explain("the error on new samples", got=self.output, hint=hint))

    def entropy(self, alpha, start: str = "uninformative") -> Formula:
        """The entropy of the posterior per unknown, for a discrete prior and a noiseless sign.

        Parameters
        ----------
        alpha : number
            Samples for each unknown, > 0.
        start : str
            ``"uninformative"`` or ``"informative"``.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.bayes("rademacher", "sign").entropy(1).at())
        0.1061082677749 ± 6e-14
        """
        alpha = _samples(alpha)
        if self.prior.entropy == oo or not (self.output.discrete and self.output.noiseless):
            allowed = "a discrete prior and noiseless discrete outputs"
            raise NotSupportedError(explain("no entropy", got=str(self), allowed=allowed))
        snr = self._reached(alpha, start)
        if snr is None:
            return Formula("S", S.Zero, note="perfect recovery: noiseless")
        return Formula("S", self.prior.entropy + substitute(self._potential(alpha), {SNR: snr}))

    def fixed_points(self, alpha, using=Float()) -> list[FixedPoint]:
        """All of them, from small overlaps to large ones, with their potentials.

        Parameters
        ----------
        alpha : number
            Samples for each unknown, > 0.
        using : Float, MP or Ball

        Examples
        --------
        >>> import theorycalc as tc
        >>> codes = tc.inference.bayes("rademacher", "linear", noise="1/200")
        >>> [point.stable for point in codes.fixed_points("1/10")]
        [True, False, True]
        """
        alpha = _samples(alpha)
        rows = [
            (substitute(self._mmse, {SNR: x}), self._at(alpha, x), up)
            for x, up in self._roots(alpha)
        ]
        if self._starts_at_zero:
            stable = alpha <= self.output.weak_recovery().expr
            outer = self.output.free_entropy(0, self._rho).expr
            rows.insert(0, (self._rho, alpha * outer, bool(stable)))
        if self._recovers:
            stable = bool(alpha > self._least_for_recovery)
            rows.append((S.Zero, self._potential_of_recovery(alpha), stable))
        reached = {start: self._error(alpha, start) for start in _STARTS}
        points = []
        for error, potential, stable in rows:
            start = " and ".join(name for name in _STARTS if reached[name] == error) or "neither"
            values = (Formula("", x).at(using=using) for x in (self._rho - error, error, potential))
            points.append(FixedPoint(*values, stable, start))
        return points

    def _at(self, alpha: Expr, snr: Expr) -> Expr:
        return substitute(self._potential(alpha), {SNR: snr})

    def _potential_of_recovery(self, alpha: Expr) -> Expr:
        """The potential at q = ρ."""
        if self.prior.entropy != oo:
            return -self.prior.entropy if self.output.discrete else oo
        return oo if alpha > self._least_for_recovery else -oo

    def spinodals(self) -> list[Spinodal]:
        """The ends of branches: local extrema of α(q̂). Not enclosed: ESTIMATED.

        Examples
        --------
        >>> import theorycalc as tc
        >>> [end] = tc.inference.bayes("rademacher", "sign").spinodals()
        >>> print(end.kind, end.alpha.at())
        algorithmic 1.4926318182304 ± 7e-14
        """
        ends = []
        for turn in self._curve.turns:
            value = extremum(self._alpha, SNR, Rational(turn.left), Rational(turn.right), turn.sign)
            kind = "algorithmic" if turn.sign == 1 else "informative"
            ends.append(Spinodal(kind, Formula("alpha_s", value)))
        return ends

    def transition(self) -> Formula:
        """The first-order transition: α where two stable fixed points have equal potentials.

        Raises
        ------
        DomainError
            Where there is none.

        Examples
        --------
        >>> import theorycalc as tc
        >>> print(tc.inference.bayes("rademacher", "sign").transition().at(using=tc.Ball(15)))
        1.24468398985069 ± 3e-16
        """
        peaks = [turn for turn in self._curve.turns if turn.sign == 1]
        if not peaks:
            got = f"{self.prior}, {self.output}"
            raise DomainError(explain("no first-order transition: one branch only", got=got))
        peak = peaks[0]
        if self._recovers:
            return self._transition_to_recovery(peak)
        valley = next(t for t in self._curve.turns if t.sign == -1 and t.left > peak.left)
        low, high = Rational(valley.level), Rational(peak.level)
        alpha = sympy.Symbol("alpha", positive=True)
        first, last = (Rational(float(x)) for x in self._curve.snr[[0, -1]])
        ends = ((first, Rational(peak.place)), (Rational(valley.place), last))
        poor, rich = (
            substitute(self._potential(alpha), {SNR: crossing(self._alpha - alpha, SNR, *pair)})
            for pair in ends
        )
        inside = low + (high - low) * _INSIDE, high - (high - low) * _INSIDE
        return Formula("alpha_c", crossing(rich - poor, alpha, *inside))

    def _transition_to_recovery(self, peak) -> Formula:
        """Where the potential on the first branch is that of perfect recovery."""
        end = self._potential_of_recovery(oo)
        if end == oo:
            return Formula("alpha_c", self._least_for_recovery)
        gap = self._potential(self._alpha) - end
        first = Rational(float(self._curve.snr[0]))
        snr = crossing(gap, SNR, first, Rational(peak.place))
        return Formula("alpha_c", substitute(self._alpha, {SNR: snr}))

    def weak_recovery(self) -> Formula:
        """α above which more than chance is learnt, of a centred prior and a symmetric output.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.inference.bayes("gaussian", "abs").weak_recovery().expr
        1/2
        """
        if not self._starts_at_zero:
            got = f"{self.prior}, {self.output}"
            raise NotSupportedError(explain("every α > 0 teaches something", got=got))
        return self.output.weak_recovery()

    def _repr_latex_(self):
        return rf"$\text{{{self}}}$"

    def __str__(self):
        return f"Bayes-optimal learning, {self.prior}, {self.output}"


def bayes(prior, output, noise=0) -> Bayes:
    """Bayes-optimal learning of unknowns with a prior from n = αd outputs.

    Parameters
    ----------
    prior : str, Prior or Expr
        What `prior` takes.
    output : str or Output
        What `output` takes.
    noise : number
        Variance of the noise.

    Returns
    -------
    Bayes

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.bayes("gaussian", "linear", noise="1/2").mmse(2).at())
    0.280776406404415 ± 4e-16
    """
    return Bayes(read_prior(prior), read_output(output, noise))


def _samples(alpha) -> Expr:
    alpha = exact(alpha, "alpha")
    if not alpha > 0:
        raise DomainError(explain("samples for each unknown", got=alpha, allowed="alpha > 0"))
    return alpha
