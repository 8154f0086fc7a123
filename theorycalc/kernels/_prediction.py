"""What a network is predicted to compute at its test inputs, and its picture."""

from dataclasses import dataclass

import numpy as np

from theorycalc.core import sketches
from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Look, Record
from theorycalc.core.pictures import as_axes
from theorycalc.core.records import check_fields
from theorycalc.core.value import Value


@dataclass(frozen=True, eq=False, repr=False)
class Prediction(Record):
    """The law of a trained network over its initialisations, at the test inputs.

    Attributes
    ----------
    mean : ndarray of shape (n_test,) or (n_test, k)
        Of doubles; in arithmetics with more digits all arrays are arrays of Values.
    covariance : ndarray of shape (n_test, n_test) or None
        Over initialisations, for each output; None if no NNGP kernel was given.
    hat : ndarray of shape (n_test, n_train)
        A with f_t = f_0 + A (y − f_0(X)) for one network.
    eigenvalues : ndarray of shape (n_train,)
        Of the Gram matrix of the training inputs, in ascending order; those of the NTK are the
        rates at which its eigenvectors are learned.
    log_marginal_likelihood : float, Value or None
        ln p(y) of the targets under the prior with its noise, summed over outputs; of posteriors
        only.
    noise : float, Value or None
        The variance of the noise on the targets; of posteriors only.
    """

    mean: np.ndarray
    covariance: np.ndarray | None
    hat: np.ndarray
    eigenvalues: np.ndarray
    log_marginal_likelihood: float | Value | None = None
    noise: float | Value | None = None

    def __post_init__(self):
        check_fields(self)
        for name in ("mean", "covariance", "hat", "eigenvalues"):
            if np.iscomplexobj(getattr(self, name)):
                raise DomainError(explain(f"Prediction: {name} is not real"))
        inputs = len(self.hat)
        if self.covariance is not None and self.covariance.shape != (inputs, inputs):
            got, allowed = self.covariance.shape, f"({inputs}, {inputs})"
            raise DomainError(explain("a covariance of another shape", got=got, allowed=allowed))

    def _look(self) -> Look:
        inputs, trained = self.hat.shape
        outputs = self.mean.size // inputs
        mean = self.mean.astype(float)
        rows = [
            ("test inputs", inputs),
            ("training inputs", trained),
            ("outputs", outputs),
            ("means", f"{mean.min():.6g} to {mean.max():.6g}"),
        ]
        width = np.zeros(inputs)
        if self.covariance is not None:
            width = self.deviations
            rows.append(("standard deviations", f"{width.min():.6g} to {width.max():.6g}"))
        rows.append(("condition number", float(f"{self.condition:.6g}")))
        if self.log_marginal_likelihood is not None:
            rows.append(("log marginal likelihood", _short(self.log_marginal_likelihood)))
        if self.noise is not None:
            rows.append(("noise", _short(self.noise)))
        first = mean.reshape(inputs, -1)[:, 0]
        order = np.argsort(first, kind="stable")
        picture = sketches.band(first[order].tolist(), (2 * width[order]).tolist())
        return Look(("Prediction",), (), rows, picture)

    @property
    def deviations(self) -> np.ndarray:
        """Standard deviations over initialisations at the test inputs: doubles, (n_test,)."""
        if self.covariance is None:
            raise DomainError(
                explain("a prediction without covariance", hint="an NNGP kernel of the test inputs")
            )
        # what is 0 may be negative by rounding
        return np.sqrt(np.maximum(np.diagonal(self.covariance).astype(float), 0))

    @property
    def condition(self) -> float:
        """λ_max/λ_min of the Gram matrix; digits beyond 16 − log₁₀ of it are noise at t = ∞."""
        smallest, largest = map(float, self.eigenvalues[[0, -1]])
        return float(largest / smallest) if smallest > 0 else float("inf")

    def plot(self, targets=None, ax=None):
        """Mean and mean ± 2 standard deviations, over the test inputs sorted by their mean.

        Parameters
        ----------
        targets : array_like of the shape of ``mean``, optional
            What is true at the test inputs, drawn as points.
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default new axes.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        DomainError
            For targets of another shape, or what is no axes.
        MissingExtraError
            Without matplotlib.
        """
        points = None if targets is None else self._fitting(targets)
        ax = as_axes(ax)
        places = np.arange(1, len(self.mean) + 1)
        means = self.mean.reshape(len(self.mean), -1).T.astype(float)
        for output, mean in enumerate(means, 1):
            suffix = f" of output {output}" if len(means) > 1 else ""
            order = np.argsort(mean, kind="stable")
            [line] = ax.plot(places, mean[order], label=f"mean{suffix}")
            style = {"color": line.get_color()}
            if self.covariance is not None:
                width = 2 * self.deviations
                ends = ((mean - width)[order], (mean + width)[order])
                label = f"± 2 standard deviations{suffix}"
                ax.fill_between(places, *ends, alpha=0.25, linewidth=0, label=label, **style)
            if points is not None:
                there = points.reshape(len(points), -1)[order, output - 1]
                ax.plot(places, there, "o", markersize=3, label=f"targets{suffix}", **style)
        ax.set(xlabel="test inputs, sorted by their mean", ylabel="output")
        ax.legend()
        return ax

    def _fitting(self, targets) -> np.ndarray:
        array = real_array(targets, "targets")
        if array.shape != self.mean.shape:
            allowed = f"{self.mean.shape}, the shape of the mean"
            raise DomainError(explain("targets do not fit", got=array.shape, allowed=allowed))
        return array


def _short(x: float | Value) -> float:
    return float(f"{float(x):.6g}")
