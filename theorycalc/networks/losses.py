"""Losses: their values, slopes and curvature, and the labels that fit them."""

from collections.abc import Callable
from dataclasses import dataclass

import array_api_compat
import numpy as np

from theorycalc.core.arrays import check_array, is_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Line
from theorycalc.networks.arrays import to_numpy


@dataclass(frozen=True)
class Loss(Line):
    """A loss of outputs f and targets y, summed over both.

    Attributes
    ----------
    name : str
    value, slope : callable
        Of arrays f and y of shape (seeds, n, outputs): the terms of the loss, (seeds, n, 1 or
        outputs), and its derivative by f.
    labels : {"numbers", "signs", "classes"}
        What y holds: real numbers, −1 and 1, or the classes 0, …, outputs − 1.
    curvature : float or None
        The largest second derivative by f, if there is one.
    """

    name: str
    value: Callable
    slope: Callable
    labels: str
    curvature: float | None

    def targets(self, y, n: int, outputs: int):
        """Labels as an array of shape (n, outputs): classes are rows of an identity matrix.

        Raises
        ------
        DomainError
            For labels that do not fit the loss.
        """
        if self.labels == "classes":
            return self._one_hot(y, n, outputs)
        y = y[:, None] if is_array(y) and y.ndim == 1 else y
        check_array(y, "y", (n, outputs))
        xp = array_api_compat.array_namespace(y)
        if self.labels == "signs" and not bool(xp.all(xp.abs(y) == 1)):
            raise _misfit(self.name, y, "−1 and 1")
        return y

    def _one_hot(self, y, n: int, outputs: int):
        if outputs < 2:
            what = "classes are told by two or more outputs"
            hint = 'outputs=2, or loss="logistic" with labels −1 and 1'
            raise DomainError(explain(what, got=f"{outputs} output", hint=hint))
        check_array(y, "y", (n,))
        labels = to_numpy(y)
        if not (np.isin(labels, np.arange(outputs))).all():
            raise _misfit(self.name, y, f"the classes 0, …, {outputs - 1}")
        xp, device = array_api_compat.array_namespace(y), array_api_compat.device(y)
        return xp.asarray(np.eye(outputs)[labels.astype(int)], device=device)


def _misfit(name: str, y, allowed: str) -> DomainError:
    """The error for labels that are not those of the loss."""
    values = np.unique(to_numpy(y))
    few = ", ".join(f"{value:g}" for value in values[:3])
    got = few if len(values) <= 3 else f"{few}, … ({len(values)} values)"
    hint = ""
    if set(values) <= {0, 1} and allowed.startswith("−1"):
        hint = "2*y - 1"
    elif set(values) <= {-1, 1} and not allowed.startswith("−1"):
        hint = "(y + 1)/2"
    return DomainError(
        explain(f"labels that do not fit the {name} loss", got=got, allowed=allowed, hint=hint)
    )


def _squared(f, y):
    return 0.5 * (f - y) ** 2


def _error(f, y):
    return f - y


def _logistic(f, y):
    """log(1 + e^−u), u = y f, without overflow."""
    xp = array_api_compat.array_namespace(f)
    u = y * f
    return xp.log1p(xp.exp(-xp.abs(u))) - xp.minimum(u, xp.zeros_like(u))


def _logistic_slope(f, y):
    xp = array_api_compat.array_namespace(f)
    return -y / (1 + xp.exp(y * f))


def _softmax(f, y):
    xp = array_api_compat.array_namespace(f)
    top = xp.max(f, axis=-1, keepdims=True)
    total = xp.log(xp.sum(xp.exp(f - top), axis=-1, keepdims=True))
    return total + top - xp.sum(y * f, axis=-1, keepdims=True)


def _softmax_slope(f, y):
    xp = array_api_compat.array_namespace(f)
    e = xp.exp(f - xp.max(f, axis=-1, keepdims=True))
    return e / xp.sum(e, axis=-1, keepdims=True) - y


def _hinge(f, y):
    xp = array_api_compat.array_namespace(f)
    u = 1 - y * f
    return xp.maximum(u, xp.zeros_like(u))


def _hinge_slope(f, y):
    xp = array_api_compat.array_namespace(f)
    return xp.where(y * f < 1, -y + xp.zeros_like(f), xp.zeros_like(f))


LOSSES = {
    "squared": Loss("squared", _squared, _error, "numbers", 1.0),
    "logistic": Loss("logistic", _logistic, _logistic_slope, "signs", 0.25),
    "softmax": Loss("softmax", _softmax, _softmax_slope, "classes", 0.5),
    "hinge": Loss("hinge", _hinge, _hinge_slope, "signs", None),
}
