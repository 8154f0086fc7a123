"""Message passing on data that are drawn: what the state evolution predicts, run."""

import math
from dataclasses import dataclass
from typing import Any

from theorycalc.core.arrays import check_array, check_memory, random_stream
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Line
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact_integer, real_double
from theorycalc.core.records import check_fields, instance, one_of
from theorycalc.inference import draws, messages_in_doubles
from theorycalc.inference.learning import Bayes
from theorycalc.inference.outputs import OMEGA, V, Z
from theorycalc.inference.priors import SNR, Y
from theorycalc.inference.state_evolution import STARTS

# Mean square of a step, over ρ, at which messages have settled.
_LEAST = 1e-10
_MOST_REPLICAS, _MOST_UNKNOWNS, _MOST_STEPS = 10**5, 10**6, 10**5
_BYTES = 8


@dataclass(frozen=True, eq=False, repr=False)
class Messages(Line):
    """What message passing came to, one row a data set.

    Attributes
    ----------
    alpha : float
        Samples for each unknown, as they were.
    overlap : ndarray of shape (replicas,)
        x·x̂/d, without its sign where outputs do not tell it.
    error : ndarray of shape (replicas,)
        |x − x̂|²/d, up to the sign in the same way.
    variance : ndarray of shape (replicas,)
        The error that messages believe to have.
    settled, diverged : ndarray of shape (replicas,)
        Whether the steps became small, or left all bounds; neither where the steps were too few.
    history : ndarray of shape (steps + 1, replicas)
        The overlap after every step.
    """

    alpha: float
    overlap: Any
    error: Any
    variance: Any
    settled: Any
    diverged: Any
    history: Any

    def __post_init__(self):
        check_fields(self)
        for name in ("overlap", "error", "variance"):
            check_array(getattr(self, name), name, (None,))
        check_array(self.history, "history", (None, None))

    def __repr__(self):
        replicas, steps = len(self.overlap), len(self.history) - 1
        lost, left = int(self.diverged.sum()), int((~self.settled & ~self.diverged).sum())
        said = ", ".join(
            [f"overlap {self.overlap.mean():.4g}"]
            + [f"{lost} diverged"] * bool(lost)
            + [f"{left} not settled"] * bool(left)
        )
        return f"Messages({replicas} data sets, {steps} steps, {said})"


def message_passing(
    learning,
    alpha,
    size: int,
    *,
    replicas: int = 8,
    start: str | float = "uninformative",
    damping: float = 0.0,
    steps: int = 200,
    seed: int = 0,
) -> Messages:
    """Generalised approximate message passing on data that are drawn, for the overlaps of `Bayes`.

    Parameters
    ----------
    learning : Bayes
        Any prior and any output.
    alpha : number
        Samples for each unknown, > 0.
    size : int
        d, the unknowns. Overlaps of single data sets are off by order 1/√d, their mean by 1/d.
    replicas : int
        Independent data sets.
    start : str or float
        ``"uninformative"``, ``"informative"``, or the signal-to-noise ratio s ≥ 0 of a first look
        √s x + z at the truth, which is forgotten after the first step. Where nothing is learnt
        from nothing, an uninformative start has s = 1/√d, as much as chance gives.
    damping : float
        In [0, 1): how much of its last value a message keeps.
    steps : int
        At most.
    seed : int

    Returns
    -------
    Messages

    Raises
    ------
    DomainError
        For arguments out of range.
    NotSupportedError
        For priors and outputs of one's own without a rule how they are drawn.

    References
    ----------
    S. Rangan, "Generalized approximate message passing for estimation with random linear mixing",
    ISIT 2011, arXiv:1010.5141.

    Examples
    --------
    >>> import theorycalc as tc
    >>> perceptron = tc.inference.bayes("gaussian", "sign")
    >>> found = tc.inference.message_passing(perceptron, 1, 300, replicas=40)
    >>> measured = tc.validation.Measurement.of(found.overlap)
    >>> tc.validation.validate(perceptron.overlap(1), measured, smallest=0.1).agreement.name
    'AGREES'
    """
    learning = instance(learning, Bayes, "a problem of learning", allowed="bayes(prior, output)")
    alpha = real_double(alpha, "alpha", above=0)
    size = exact_integer(size, "size", 2, _MOST_UNKNOWNS)
    replicas = exact_integer(replicas, "replicas", 1, _MOST_REPLICAS)
    damping = real_double(damping, "damping", least=0, below=1)
    steps = exact_integer(steps, "steps", 1, _MOST_STEPS)
    samples = round(alpha * size)
    if not samples:
        raise DomainError(explain("no samples", got=f"{alpha} · {size}", hint="a larger size"))
    if learning.prior.second_moment == learning.prior.mean**2:
        raise DomainError(explain("a prior that is one point", got=str(learning.prior)))
    check_memory("features of all data sets", replicas * samples * size * _BYTES)
    snr = _first_look(learning, start, size)
    programs = _programs(learning)
    streams = random_stream(seed).spawn(replicas)
    problems = [messages_in_doubles.drawn(programs, samples, size, s) for s in streams]
    rule = steps, _LEAST
    found = messages_in_doubles.passed(programs, problems, snr, streams, damping, rule)
    truths = [problem.truth for problem in problems]
    overlap, error, history = messages_in_doubles.compared(found, truths, learning.output.symmetric)
    return Messages(
        samples / size, overlap, error, found.variances, found.settled, found.diverged, history
    )


def _first_look(learning: Bayes, start, size: int) -> float:
    """Its signal-to-noise ratio."""
    if not isinstance(start, str):
        return real_double(start, "start", least=0)
    if one_of(start, STARTS, "start") == "informative":
        return math.inf
    return size**-0.5 if learning._starts_at_zero else 0.0


def _programs(learning: Bayes) -> messages_in_doubles.Learning:
    prior, output = learning.prior, learning.output
    drawn = Z, draws.U, draws.XI
    return messages_in_doubles.Learning(
        lower(prior._denoiser(), (SNR, Y)),
        lower(output._score(), (V, Y, OMEGA)),
        lower(draws.unknown(prior), drawn),
        lower(draws.observed(output), drawn),
        float(prior.mean),
        float(prior.second_moment),
    )
