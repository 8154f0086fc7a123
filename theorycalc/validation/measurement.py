"""What independent replicas say of a quantity: its mean, or its variance, with a standard error."""

from dataclasses import dataclass, field, replace

import numpy as np

from theorycalc.core.arrays import within_doubles
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_integer, real_double
from theorycalc.core.records import LARGEST, check_fields, check_range, instance
from theorycalc.validation.heavy_tails import FEWEST, tails
from theorycalc.validation.samples import read_replicas, read_samples, refuse_equal, standard_error


@dataclass(frozen=True)
class Measurement(Shown):
    """A sample mean and its standard error.

    One replica is one independent observation: one trained network, one data set. Averages over
    test points or steps inside a replica come before. ``replicas`` is None where the standard error
    is known rather than estimated from them.

    Attributes
    ----------
    mean, standard_error : float
    replicas : int or None
    bias : float
        How far the mean may be off on average, by the way it was made; `paired` has one.
    doubt : str
        Why Student's t cannot be trusted for it; `theorycalc.validation.tails` looks for reasons.
    squares : bool
        Whether it is a mean of squares, as `of_variance` makes it: comparisons take cube roots.
    """

    mean: float
    standard_error: float
    replicas: int | None
    bias: float = field(default=0.0, repr=False)
    doubt: str = field(default="", repr=False)
    squares: bool = field(default=False, repr=False)

    def __post_init__(self):
        check_fields(self)
        check_range(self, -LARGEST, LARGEST, "mean")
        check_range(self, 0, LARGEST, "standard_error", "bias")
        if self.replicas is not None:
            check_range(self, 2, np.inf, "replicas")
            if self.standard_error == 0:
                hint = "replicas=None for a number that is known exactly"
                what = "replicas without spread have no standard error"
                raise DomainError(explain(what, got=f"{self.replicas} of them", hint=hint))

    @classmethod
    @within_doubles("samples")
    def of(cls, samples) -> "Measurement":
        """The mean of independent replicas, with standard error sd/√R.

        Replicas that are all equal are refused: nothing is learned of their spread.

        Examples
        --------
        >>> Measurement.of([1.0, 2.0, 3.0])
        Measurement(mean=2.0, standard_error=0.577..., replicas=3)
        """
        samples = read_replicas(samples)
        doubt = tails(samples).doubt() if len(samples) >= FEWEST else ""
        return cls(float(samples.mean()), standard_error(samples), samples.size, doubt=doubt)

    @classmethod
    @within_doubles("samples")
    def of_variance(cls, samples) -> "Measurement":
        """The variance s² of independent replicas; its error uses their fourth moment.

        Squares are skew, their cube roots are not: with e the relative error of s²,
        z = 3((s²/σ²)^{1/3} − 1 + e²/9)/e has to first order the skewness γ − 2v, by that of the
        squares and their coefficient of variation; it is 0 for normal replicas. Student's t for it
        is conservative for few: at the level 1 % one side of the interval fails in 0.3 % of cases
        for 8 normal replicas, 0.8 % for 20; of Laplace's law, in 1 % and 2.5 %.

        References
        ----------
        E. Wilson, M. Hilferty, "The distribution of chi-square", 1931; P. Hall, "The bootstrap and
        Edgeworth expansion", 1992, section 2.6.

        Examples
        --------
        >>> sample = np.random.default_rng(0).normal(3, 2, size=40)
        >>> Measurement.of_variance(sample)
        Measurement(mean=2.5..., standard_error=0.6..., replicas=40)
        """
        samples = read_replicas(samples)
        n, squares = samples.size, (samples - samples.mean()) ** 2
        variance = squares.sum() / (n - 1)
        # Var(s²)/σ⁴ = (κ − (n−3)/(n−1))/n, of which κ has too little in few replicas
        kurtosis = np.mean(squares**2) / np.mean(squares) ** 2
        error = variance * np.sqrt((kurtosis - (n - 3) / n) / (n - 1))
        doubt = ""
        if n >= FEWEST and np.ptp(squares) > 0:
            found, variation = tails(squares), squares.std() / squares.mean()
            skewness, index = found.skewness - 2 * variation, tails(samples).index / 2
            doubt = replace(found, skewness=float(skewness), index=index).doubt()
        return cls(float(variance), float(error), n, doubt=doubt, squares=True)

    @classmethod
    @within_doubles("samples")
    def paired(cls, samples, control, expected, *, coefficient=None) -> "Measurement":
        """The mean of replicas with common random numbers: what a control saw by chance is removed.

        Parameters
        ----------
        samples, control : array_like of shape (replicas,)
            Of the same networks or data sets, in the same order.
        expected : float
            The mean of the control, which is known.
        coefficient : float, optional
            β of samples − β (control − expected), said beforehand, 1 for a difference: then
            nothing is biased. By default it is fitted.

        Returns
        -------
        Measurement
            A fitted β costs one replica, and makes a ``bias`` of order 1/R unless samples and
            control are jointly normal: it is estimated by the jackknife, and comparisons allow it.

        References
        ----------
        S. Lavenberg, P. Welch, "A perspective on the use of control variables to increase the
        efficiency of Monte Carlo simulations", 1981.

        Examples
        --------
        >>> generator = np.random.default_rng(0)
        >>> control = generator.standard_normal(100)
        >>> samples = 3 + 2 * control + 0.1 * generator.standard_normal(100)
        >>> alone, pair = Measurement.of(samples), Measurement.paired(samples, control, 0)
        >>> alone.standard_error > 10 * pair.standard_error, pair.bias < 0.1 * pair.standard_error
        (True, True)
        """
        samples, control = read_replicas(samples), read_samples(control, dimensions=1)
        expected, count = real_double(expected, "expected"), samples.size
        if control.size != count:
            what = "samples and control are no pairs"
            raise DomainError(explain(what, got=control.size, allowed=count))
        control = control - expected
        if coefficient is not None:
            return cls.of(samples - real_double(coefficient, "coefficient") * control)
        if count < 4 or np.ptp(control) == 0:
            allowed = "at least 4 pairs, controls that are not all equal"
            raise DomainError(explain("too little for a coefficient", got=count, allowed=allowed))
        x, y = control - control.mean(), samples - samples.mean()
        slope = x @ y / (x @ x)
        rest = y - slope * x
        refuse_equal(rest, count * float(np.abs(y).max()))
        error = (rest @ rest / (count - 2) * (1 / count + control.mean() ** 2 / (x @ x))) ** 0.5
        mean = samples.mean() - slope * control.mean()
        # what the mean loses with each pair that is left out
        kept = 1 - 1 / count - x**2 / (x @ x)
        lost = (1 / count - control.mean() * x / (x @ x)) * rest / np.where(kept > 0, kept, np.inf)
        bias, doubt = abs((count - 1) * lost.mean()), cls.of(rest).doubt
        return cls(float(mean), float(error), count - 1, bias=float(bias), doubt=doubt)

    @classmethod
    def from_reference(cls, squared, width: int, reference: int, *, nested: bool) -> "Measurement":
        """The limit of m E‖f_m − f‖² from distances to a reference of finite width M.

        Parameters
        ----------
        squared : array_like of shape (replicas,)
            ‖f_m − f_M‖², one of each replica.
        width, reference : int
            m and M, m < M.
        nested : bool
            Whether the m neurons are m of the M, common random numbers, or others.

        Notes
        -----
        To leading order E‖f_m − f_M‖² = V (1/m − 1/M) for nested draws and V (1/m + 1/M) for
        independent ones: m times the mean would be off by the share m/M, downwards or upwards. It
        is divided out here.

        Examples
        --------
        >>> Measurement.from_reference([0.5, 0.25, 0.75], 2, 4, nested=True).mean
        2.0
        """
        width = exact_integer(width, "width", 1)
        reference = exact_integer(reference, "reference", width + 1)
        instance(nested, bool, "nested", allowed="True or False")
        share = 1 / width + (-1 if nested else 1) / reference
        return cls.of(read_samples(squared, dimensions=1) / share)
