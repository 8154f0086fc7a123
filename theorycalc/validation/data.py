"""Data sets for experiments: inputs with |x|² = d and real targets, no download."""

from dataclasses import dataclass

import numpy as np

from theorycalc.core.arrays import check_array
from theorycalc.core.errors import DomainError, explain, missing_extra
from theorycalc.core.looks import Record
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import check_fields, sequence

_MOST_POINTS = 10_000_000
_PRIMES = (2, 3, 5, 7, 11, 13)


@dataclass(frozen=True, eq=False, repr=False)
class Dataset(Record):
    """Training and test inputs of shape (n, d) with |x|² = d, and targets of shape (n,)."""

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    def __post_init__(self):
        check_fields(self)
        for part in ("train", "test"):
            x = check_array(getattr(self, f"x_{part}"), f"x_{part}", (None, None))
            check_array(getattr(self, f"y_{part}"), f"y_{part}", (len(x),))


def sphere_points(train: int = 24, test: int = 12) -> Dataset:
    """Deterministic points on the sphere of radius √6 in R⁶ with the target x₁x₂.

    The first ``train`` points are for training, the next ``test`` for testing; input i is
    proportional to cos(2πi√p) over the first six primes p.

    Examples
    --------
    >>> data = sphere_points()
    >>> data.x_train.shape, float((data.x_test[0] ** 2).sum().round(12))
    ((24, 6), 6.0)
    """
    train, test = (exact_integer(n, "points", 1, _MOST_POINTS) for n in (train, test))
    i = np.arange(1, train + test + 1)[:, None]
    x = _on_sphere(np.cos(2 * np.pi * i * np.sqrt(_PRIMES)))
    y = x[:, 0] * x[:, 1]
    return Dataset("sphere", x[:train], y[:train], x[train:], y[train:])


def digits(train: int = 32, test: int = 16, classes: tuple[int, int] = (3, 8)) -> Dataset:
    """Two classes of scikit-learn's handwritten digits, 8×8 pixels, with targets ±1.

    The mean training image is subtracted, then every image is scaled to the norm 8. Classes
    alternate, in the order of the data set.

    Parameters
    ----------
    train, test : int
        Numbers of images, of both classes together.
    classes : (int, int)
        Digits with the targets +1 and −1.

    Raises
    ------
    DomainError
        If there are not enough images.
    MissingExtraError
        If scikit-learn is not installed.

    Examples
    --------
    >>> data = digits()
    >>> data.x_train.shape, data.y_train[:4]
    ((32, 64), array([ 1., -1.,  1., -1.]))
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise missing_extra("scikit-learn", "experiments", "the digits data set") from error
    classes = tuple(exact_integer(c, "class", 0, 9) for c in sequence(classes, "classes"))
    if len(set(classes)) != 2:
        raise DomainError(explain("not two classes", got=classes, allowed="two different digits"))
    images, labels = load_digits(return_X_y=True)
    per_class = [images[labels == c] for c in classes]
    available = 2 * min(map(len, per_class))
    train = exact_integer(train, "train", 1, available - 1)
    test = exact_integer(test, "test", 1, available - train)
    pairs = (train + test + 1) // 2
    x = np.stack([group[:pairs] for group in per_class], axis=1).reshape(2 * pairs, -1)
    y = np.tile([1.0, -1.0], pairs)
    x, y = x[: train + test], y[: train + test]
    x = _on_sphere(x - x[:train].mean(axis=0))
    name = f"digits {classes[0]}/{classes[1]}"
    return Dataset(name, x[:train], y[:train], x[train:], y[train:])


def _on_sphere(x: np.ndarray) -> np.ndarray:
    """Rows scaled to |x|² = d."""
    return x * (x.shape[1] ** 0.5 / np.linalg.norm(x, axis=1, keepdims=True))
