"""The state evolution of Bayes-optimal learning: its curve of fixed points, and its potential.

With q̂ the signal-to-noise ratio of the scalar channel and V = mmse(q̂), the fixed points are the
level sets of α(q̂) = q̂/F(V): rising parts are stable, falling parts are not.
"""

from dataclasses import dataclass
from functools import cached_property

from sympy import Expr, Rational, S, oo

from theorycalc.core.graph import substitute
from theorycalc.core.looks import Shown
from theorycalc.core.lowering import lower
from theorycalc.core.records import check_fields, one_of
from theorycalc.inference import curve_in_doubles
from theorycalc.inference.outputs import RHO, Output, V
from theorycalc.inference.priors import SNR, Prior
from theorycalc.inference.solving.crossing import crossing
from theorycalc.inference.solving.likelihood import Information

STARTS = ("uninformative", "informative")


@dataclass(frozen=True)
class StateEvolution(Shown):
    """What `Bayes` is computed from.

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
            law, _, rho = self._channel.args
            channel = curve_in_doubles.Interpolated(
                lambda v: Information.roughly(law, v, float(rho))[0],
                float(rho),
                self.output.symmetric,
            )
        return curve_in_doubles.trace(mmse, channel)

    @property
    def _starts_at_zero(self) -> bool:
        """Whether nothing is learnt at the fixed point q = 0."""
        return self.output.symmetric and self.prior.mean == 0

    @cached_property
    def _floor(self) -> Expr:
        """α up to which nothing is learnt."""
        if not self._starts_at_zero:
            return S.Zero
        threshold = self.output.weak_recovery()
        return threshold.expr if threshold.expr.is_Rational else Rational(float(threshold.at()))

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
        one_of(start, STARTS, "start")
        brackets = self._curve.brackets(float(alpha))
        rising = [bracket for bracket in brackets if bracket[2]]
        perfect = alpha > self._least_for_recovery
        if start == "informative" and perfect:
            return None
        nothing = alpha <= self._floor
        if start == "uninformative" and nothing:
            return S.Zero
        if not rising:
            return S.Zero if nothing else None
        low, high, _ = rising[0 if start == "uninformative" else -1]
        return self._root(alpha, low, high)

    def _error(self, alpha: Expr, start: str) -> Expr:
        snr = self._reached(alpha, start)
        if snr is None:
            return S.Zero
        return self._rho if snr == 0 else substitute(self._mmse, {SNR: snr})

    def _at(self, alpha: Expr, snr: Expr) -> Expr:
        return substitute(self._potential(alpha), {SNR: snr})

    def _potential_of_recovery(self, alpha: Expr) -> Expr:
        """The potential at q = ρ."""
        if self.prior.entropy != oo:
            return -self.prior.entropy if self.output.discrete else oo
        return oo if alpha > self._least_for_recovery else -oo
