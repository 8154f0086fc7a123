"""Kernel matrices, targets and times for arithmetics with many digits: every number is exact."""

from collections.abc import Mapping, Sequence

import numpy as np

from theorycalc.core.arithmetic.enclosures import number_or_enclosure
from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.numbers import exact, exact_integer

# How far entries may be from symmetric where rounding or radii make them so, in units of the
# largest.
_ROUNDING = 1e-8

_ALWAYS = ("k_train", "k_test_train", "y")
_GRAM = ("k_train", "nngp_train", "k_test")


def exact_kernels(parts: Mapping) -> dict[str, np.ndarray]:
    """Arrays of exact numbers and Values, of shapes that fit each other.

    A kernel that is None is left out.

    Raises
    ------
    DomainError
        For what is no array of numbers of its shape, or a Gram matrix that is not symmetric.
    """
    read = {name: _array(x, name) for name, x in parts.items() if x is not None or name in _ALWAYS}
    trained, tests, y = len(read["k_train"]), len(read["k_test_train"]), read["y"]
    read["y"] = y[:, None] if y.ndim == 1 else y
    shapes = {
        "k_train": (trained, trained),
        "k_test_train": (tests, trained),
        "k_test": (tests, tests),
        "nngp_train": (trained, trained),
        "nngp_test_train": (tests, trained),
        "y": (trained, *read["y"].shape[1:]),
        "noise": (1, 1),
    }
    for name, array in read.items():
        if array.shape != shapes[name] or not array.size or array.ndim != 2:
            shape = f"({trained},) or ({trained}, k)" if name == "y" else shapes[name]
            allowed = f"an array of shape {shape}, not empty"
            raise DomainError(explain(f"{name} does not fit", got=array.shape, allowed=allowed))
    return {name: _symmetric(x, name) if name in _GRAM else x for name, x in read.items()}


def exact_matrices(network, X, X_test, names: Sequence[str]) -> list[tuple]:  # noqa: N803
    """(train, test-train, test) of each kernel formula of a network, in exact expressions.

    Raises
    ------
    DomainError
        For inputs that are no exact numbers, or of different dimensions.
    NotSupportedError
        For a kernel that is no formula.
    """
    inputs = [_array(x, name) for x, name in ((X, "X"), (X_test, "X_test"))]
    if len({x.shape[1] for x in inputs}) > 1 or not all(x.size for x in inputs):
        got = " and ".join(str(x.shape) for x in inputs)
        allowed = "(n, d) and (n_test, d), not empty"
        raise DomainError(explain("X and X_test do not fit", got=got, allowed=allowed))
    trained = len(inputs[0])
    rows = np.array([[exact(x, "an input") for x in row] for row in np.vstack(inputs)])
    products = rows @ rows.T / rows.shape[1]
    found = []
    for name in names:
        formula, full = getattr(network, name), np.empty(products.shape, dtype=object)
        for i, j in zip(*np.tril_indices(len(rows)), strict=True):
            place = {"q11": products[i, i], "q12": products[i, j], "q22": products[j, j]}
            full[i, j] = full[j, i] = formula.subs(**place).expr
        parts = full[:trained, :trained], full[trained:, :trained], full[trained:, trained:]
        found.append(parts)
    return found


def exact_training(t, learning_rate) -> tuple:
    """Training time or number of steps, and learning rate: exact; None stays what it is."""
    step = None if learning_rate is None else exact(learning_rate, "the learning rate")
    if t is None:
        return None, step
    if step is not None:
        return exact(exact_integer(t, "the number of steps", 0)), step
    time = exact(t, "the training time")
    if time.is_negative:
        raise DomainError(explain("the training time is out of range", got=time, allowed="≥ 0"))
    return time, step


def _array(x, name: str) -> np.ndarray:
    try:
        array = np.array(x, dtype=object)
    except ValueError as error:
        got = shown(x)
        raise DomainError(explain(f"{name} is not an array of real numbers", got=got)) from error
    if array.ndim not in ((1, 2) if name == "y" else (2,)):
        allowed = "(n,) or (n, k)" if name == "y" else "a matrix"
        raise DomainError(explain(f"{name} does not fit", got=array.shape, allowed=allowed))
    read = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        read[place] = number_or_enclosure(array[place], f"{name}{list(place)}")
    return read


def _symmetric(matrix: np.ndarray, name: str) -> np.ndarray:
    """The matrix with the entries above the diagonal in the place of those below."""
    doubles = matrix.astype(float)
    slack = _ROUNDING * np.abs(doubles).max()
    for i, j in zip(*np.tril_indices(len(matrix), -1), strict=True):
        pair = matrix[i, j], matrix[j, i]
        # two rational numbers are equal or not; others may be written in two ways
        decided = all(getattr(x, "is_Rational", False) for x in pair)
        if pair[0] != pair[1] and (decided or abs(doubles[i, j] - doubles[j, i]) > slack):
            allowed = "a Gram matrix"
            got = f"{pair[0]} at {[int(i), int(j)]}, {pair[1]} at {[int(j), int(i)]}"
            raise DomainError(explain(f"{name} is not symmetric", got=got, allowed=allowed))
    lower = np.tril_indices(len(matrix), -1)
    symmetric = matrix.copy()
    symmetric[lower] = matrix.T[lower]
    return symmetric
