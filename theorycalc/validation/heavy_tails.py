"""How heavy the tails of replicas are, and whether Student's t may be used for their mean."""

import math
from dataclasses import dataclass

import numpy as np
import scipy

from theorycalc.core.arrays import within_doubles
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import real_double
from theorycalc.core.records import check_fields, check_range
from theorycalc.validation.samples import read_replicas, standard_error

# Replicas of whose tails something can be said.
FEWEST = 10
# Block means are so many standard errors of the mean away from it, in the median, by tails alone.
_FARTHEST_BLOCKS = 3.0
# A tail, or a skewness, is only told where chance alone would seldom show one.
_CHANCE = 1e-3


@dataclass(frozen=True)
class Tails(Shown):
    """What replicas say of their tails; made by `theorycalc.validation.tails`.

    Attributes
    ----------
    index : float
        α of P(|x − median| > s) ~ s^−α, by Hill's estimator; infinite if the largest are equal,
        or most are. There is a mean for α > 1, a variance for α > 2, and for α > 4 an error of the
        standard error that falls as 1/√R.
    interval : (float, float)
        Of the index, at the level that was asked for: exact where the tail is a power.
    used : int
        The largest deviations that it comes from, √R of them.
    skewness : float
    gap : float
        The mean minus the median of the means of √R blocks, in standard errors of the mean.
    replicas : int
    """

    index: float
    interval: tuple[float, float]
    used: int
    skewness: float
    gap: float
    replicas: int

    def __post_init__(self):
        check_fields(self)
        check_range(self, 0, math.inf, "index")
        check_range(self, 2, math.inf, "replicas")
        check_range(self, 1, math.inf, "used")

    def doubt(self, level: float = 0.01) -> str:
        """Why a t-interval of this level cannot be trusted; empty if nothing speaks against it.

        An index below 2, a median of block means that is 3 standard errors away from the mean, or a
        skewness γ by which one side of the interval fails three times as often as it should: by
        |γ|(2t² + 1)φ(t)/(6√R) more often, to first order in 1/√R (with few replicas, more still).
        The index and the skewness count where chance alone would show them once in a thousand
        times.

        References
        ----------
        P. Hall, "The bootstrap and Edgeworth expansion", 1992, section 2.6: Student's t.
        """
        level = real_double(level, "the error level", above=0, below=1)
        if _index_end(self.index, self.used, 1 - _CHANCE) < 2:
            return f"tail index {self.index:.2g} < 2, no variance"
        if abs(self.gap) > _FARTHEST_BLOCKS:
            return f"block means are {abs(self.gap):.1f} standard errors off, a heavy tail"
        r = self.replicas
        t = -float(scipy.special.stdtrit(r - 1, level / 2))
        # of normal replicas
        by_chance = -scipy.special.ndtri(_CHANCE / 2) * (6 * (r - 2) / ((r + 1) * (r + 3))) ** 0.5
        certain = max(abs(self.skewness) - by_chance, 0.0)
        density = math.exp(-(t**2) / 2) / (2 * math.pi) ** 0.5
        more = certain * (2 * t**2 + 1) * density / (6 * r**0.5)
        if more > level:
            failing = 100 * (level / 2 + more)
            return f"skewness {self.skewness:.2g}, one side fails in {failing:.2g} % of cases"
        return ""


@within_doubles("samples")
def tails(samples, *, level: float = 0.05) -> Tails:
    """How heavy the tails of independent replicas are.

    Parameters
    ----------
    samples : array_like of shape (replicas,)
        At least 10 replicas, not all equal.
    level : float
        The probability that the index of a power-law tail is outside of ``interval``.

    Returns
    -------
    Tails
        ``doubt(level)`` says why an interval by Student's t cannot be trusted.

    Raises
    ------
    DomainError
        For fewer replicas, or replicas that are all equal.

    Notes
    -----
    Of the √R largest deviations from the median, Hill's estimator takes the mean of log(xᵢ/x_k);
    for a power law it is Gamma distributed, which gives the interval. Tails that are no power have
    a finite index at every R, that grows with R.

    References
    ----------
    B. Hill, "A simple general approach to inference about the tail of a distribution", 1975.

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> tails(generator.standard_normal(400)).doubt()
    ''
    >>> cauchy = tails(generator.standard_cauchy(400))
    >>> cauchy.interval[0] < 1 < cauchy.interval[1], cauchy.doubt()
    (True, 'tail index 0.8... < 2, no variance')
    """
    values = read_replicas(samples)
    level = real_double(level, "level", above=0, below=1)
    count = values.size
    if count < FEWEST:
        allowed = f"at least {FEWEST}"
        raise DomainError(explain("too few replicas for their tails", got=count, allowed=allowed))
    used = math.ceil(count**0.5)
    # in units of the largest deviation: no cube leaves the range of doubles
    values = values - np.median(values)
    values = values / np.abs(values).max()
    least, *largest = np.sort(np.abs(values))[-used - 1 :]
    mean_log = float(np.mean(np.log(largest) - np.log(least))) if least > 0 else 0.0
    index = 1 / mean_log if mean_log > 0 else math.inf
    low, high = (_index_end(index, used, p) for p in (level / 2, 1 - level / 2))
    # in a random order of their sizes: that of the sample says nothing
    mixed = np.random.default_rng(0).permutation(np.sort(values))
    blocks = [block.mean() for block in np.array_split(mixed, used)]
    centred = values - values.mean()
    skewness = np.mean(centred**3) / np.mean(centred**2) ** 1.5
    gap = (values.mean() - np.median(blocks)) / standard_error(values)
    return Tails(index, (low, high), used, float(skewness), float(gap), count)


def _index_end(index: float, used: int, probability: float) -> float:
    """A quantile of α given Hill's α̂: of a power law, 2kα/α̂ is χ² with 2k degrees of freedom."""
    if math.isinf(index):
        return math.inf
    return index * float(scipy.special.gammaincinv(used, probability)) / used
