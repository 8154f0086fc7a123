"""Bayes-optimal learning from n = αd samples: all fixed points, and what is reached of them.

One class, whose docstrings are half of the file.
"""

from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S, acos, oo, pi, sqrt

from theorycalc.core.arithmetic import Float
from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.looks import Record
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact_short
from theorycalc.core.records import check_fields, sequence
from theorycalc.core.value import Value
from theorycalc.inference.channels import output as read_output
from theorycalc.inference.channels import prior as read_prior
from theorycalc.inference.named_outputs import Linear, Sign
from theorycalc.inference.phases import Landscape, PhaseDiagram, Row, dataset, row
from theorycalc.inference.priors import SNR
from theorycalc.inference.solving.crossing import crossing, extremum
from theorycalc.inference.state_evolution import STARTS, StateEvolution

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
class Bayes(StateEvolution):
    """Bayes-optimal learning of unknowns with a prior from outputs.

    Attributes
    ----------
    prior : Prior
    output : Output
    """

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
            stable = alpha <= self._floor
            outer = self.output.free_entropy(0, self._rho).expr
            rows.insert(0, (self._rho, alpha * outer, bool(stable)))
        if self._recovers:
            stable = bool(alpha > self._least_for_recovery)
            rows.append((S.Zero, self._potential_of_recovery(alpha), stable))
        reached = {start: self._error(alpha, start) for start in STARTS}
        points = []
        for error, potential, stable in rows:
            start = " and ".join(name for name in STARTS if reached[name] == error) or "neither"
            values = (Formula("", x).at(using=using) for x in (self._rho - error, error, potential))
            points.append(FixedPoint(*values, stable, start))
        return points

    def spinodals(self) -> list[Spinodal]:
        """The ends of branches: local extrema of α(q̂).

        `Ball` proves an extremum between two points, and encloses α there.

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

    def phase_diagram(self, alpha, *, noise=None, rho=None) -> PhaseDiagram:
        """What is reached and what is best, over samples and noise, or samples and sparsity.

        Parameters
        ----------
        alpha : sequence of numbers
            Samples for each unknown, > 0.
        noise : sequence of numbers
            Variances of the noise of the output.
        rho : sequence of numbers
            Fractions of a Gauss–Bernoulli prior that are not zero; one of both is given.

        Returns
        -------
        PhaseDiagram

        Raises
        ------
        DomainError
            For grids that are empty or out of range, or not one of both.

        Examples
        --------
        >>> import theorycalc as tc
        >>> codes = tc.inference.bayes("rademacher", "linear")
        >>> print(codes.phase_diagram(["1/2", 1], noise=["1/50", "1/2"]).data.phase.values)
        [['hard' 'easy']
         ['easy' 'easy']]
        """
        alphas = [_samples(x) for x in sequence(alpha, "alpha")]
        name, values = ("noise", noise) if rho is None else ("rho", rho)
        if (noise is None) == (rho is None) or not alphas:
            raise DomainError(explain("a phase diagram needs alpha, and one of noise and rho"))
        values = sequence(values, name)
        rows = [self._with(name, value)._row(alphas) for value in values]
        grids = {name: [float(exact_short(x)) for x in values], "alpha": [float(x) for x in alphas]}
        return PhaseDiagram(dataset(rows, grids))

    def _with(self, name: str, value) -> "Bayes":
        """The same with another noise, or another sparsity."""
        if name == "noise":
            law = "probit" if isinstance(self.output, Sign) else self.output.name
            return Bayes(self.prior, read_output(law, value))
        if self.prior.name != "gauss_bernoulli":
            got = str(self.prior)
            raise DomainError(explain("a prior without rho", got=got, allowed="gauss_bernoulli"))
        return Bayes(read_prior("gauss_bernoulli", rho=value), self.output)

    def _row(self, alphas: list) -> Row:
        """At one noise or sparsity, for many α."""
        level = sympy.Symbol("alpha", positive=True)
        potential = lower(self._potential(level), (SNR, level))
        ends = [(self._potential_of_recovery(x), x > self._least_for_recovery) for x in alphas]
        nothing = [self._of_nothing(x) if x <= self._floor else None for x in alphas]
        return row(
            Landscape(*self._programs, potential, self._curve),
            [float(x) for x in alphas],
            [float(value) if stable else None for value, stable in ends],
            nothing,
            self._known_transition(),
        )

    def _known_transition(self) -> float:
        """The first-order transition to perfect recovery; nan where it is one of two branches."""
        jumps = self._recovers and any(turn.sign == 1 for turn in self._curve.turns)
        return float(self.transition().at()) if jumps else float("nan")

    def _of_nothing(self, alpha: Expr) -> tuple[float, float, float]:
        """ρ, without an error, and the potential where q = 0."""
        outer = float(self.output.free_entropy(0, self._rho).at())
        return float(self._rho), 0.0, float(alpha) * outer

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
    alpha = exact_short(alpha, "alpha")
    if not alpha > 0:
        raise DomainError(explain("samples for each unknown", got=alpha, allowed="alpha > 0"))
    return alpha
