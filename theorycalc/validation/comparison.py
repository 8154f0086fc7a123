"""A prediction beside its measurement, before a verdict."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
import scipy

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Shown
from theorycalc.core.records import check_fields, check_range
from theorycalc.validation.statistics import joint_power, least, power, threshold


@dataclass(frozen=True, kw_only=True)
class Comparison(Shown):
    """A prediction beside its measurement, before a verdict.

    Attributes
    ----------
    name : str
    predicted, measured : str
        As printed, with their errors.
    z : float
        Deviation in standard errors, beyond an allowed bias; of a joint test, that of a normal
        variable with its p-value.
    replicas : int or None
        Independent replicas behind the standard error; None if it is as good as exact.
    resolution : float
        The standard error in units of the smallest deviation that matters; infinite if none is
        known to matter, and then nothing agrees.
    mutant : bool
        Whether the prediction is wrong on purpose: then it has to deviate.
    one_sided : bool
        Whether the prediction is an upper bound.
    joint : (int, float) or None
        Of a joint test, the number of means and the degrees of freedom of their covariance,
        infinite if it is known.
    size, smallest : str
        The deviation and the smallest one that matters, as printed.
    finite_size : (int, float, float) or None
        Where the allowed bias falls like 1/width: the width at which it was measured, the bias and
        the standard error there, in units of the smallest deviation that matters.
    applies : bool
        Whether the prediction says anything here: outside of its conditions there is no verdict.
    doubt : str
        Why no verdict can be trusted, as a `Measurement` or a drifting exponent says it.
    """

    name: str
    predicted: str
    measured: str
    z: float
    replicas: int | None = None
    resolution: float = np.inf
    mutant: bool = False
    one_sided: bool = False
    joint: tuple[int, float] | None = None
    size: str = ""
    smallest: str = ""
    finite_size: tuple[int, float, float] | None = field(default=None, repr=False)
    applies: bool = True
    doubt: str = ""

    def __post_init__(self):
        check_fields(self)
        if self.replicas is not None:
            check_range(self, 2, math.inf, "replicas")
        if math.isnan(self.z) or not self.resolution >= 0:
            raise DomainError(
                explain(
                    f"a comparison without a number: {self.name}",
                    got=f"z = {self.z}, resolution = {self.resolution}",
                    allowed="z that is a number, resolution ≥ 0",
                )
            )

    def power(self, limit: float) -> float:
        """The probability that the smallest deviation that matters gives a z beyond ``limit``."""
        shift = 1 / self.resolution if self.resolution else np.inf
        if self.joint is None:
            return power(limit, shift, self.replicas)
        return joint_power(2 * float(scipy.stats.norm.sf(limit)), shift, *self.joint)

    def detectable(self, limit: float, wanted: float) -> float:
        """The smallest deviation that gives a z beyond ``limit`` with the probability ``wanted``.

        In units of the one that matters; infinite where none is known to.
        """
        if math.isinf(self.resolution):
            return math.inf
        return least(lambda size: self._scaled(1.0, size).power(limit), wanted)

    def replicas_wanted(self, level: float, comparisons: int, wanted: float) -> float:
        """How many times as many replicas see the smallest deviation that matters.

        Standard errors fall as 1/√R; where they are estimated, the threshold falls too.
        """
        if math.isinf(self.resolution):
            return math.inf

        def seen(factor: float) -> float:
            more = self._scaled(1.0 + factor, 1.0)
            return more.power(threshold(level, comparisons, more.replicas))

        return 1.0 + least(seen, wanted)

    def width_wanted(self, limit: float, wanted: float) -> float:
        """The width at which these replicas see the smallest deviation that matters.

        Infinite where no width helps, or none is known to: only more replicas do.
        """
        if self.finite_size is None:
            return math.inf
        width, bias, error = self.finite_size
        # at what resolution the power is enough
        enough = 1 / replace(self, resolution=1.0).detectable(limit, wanted)
        room = 1 - error / enough
        return width * bias / room if room > 0 else math.inf

    def _scaled(self, replicas: float, size: float) -> "Comparison":
        """The comparison with so many times the replicas, and size of what matters."""
        joint = self.joint
        if joint is not None and math.isfinite(joint[1]):
            joint = joint[0], replicas * sum(joint) - joint[0]
        return replace(
            self,
            replicas=None if self.replicas is None else round(replicas * self.replicas),
            resolution=self.resolution / (size * replicas**0.5),
            joint=joint,
        )
