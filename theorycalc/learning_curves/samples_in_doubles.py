"""Learning curves over many sample sizes at once, in doubles, with their errors."""

import numpy as np

from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.learning_curves.in_doubles import effective_ridge

_EPS = np.finfo(float).eps


def sample_sizes(n) -> np.ndarray:
    """A list of positive numbers.

    Raises
    ------
    DomainError
        For anything else.
    """
    sizes = real_array(n, "n")
    if sizes.ndim != 1 or not sizes.size or not (sizes > 0).all():
        raise DomainError(explain("not sample sizes", got=n, allowed="a list of numbers > 0"))
    return sizes


def dataset(n: np.ndarray, eigenvalues, powers, counts, tail, largest, ridge, noise):
    """Errors over sample sizes; all but the counts are (value, error).

    Returns
    -------
    xarray.Dataset
    """
    import xarray as xr

    rows = _curve(n, eigenvalues, powers, counts, tail, largest, ridge, noise)
    return xr.Dataset({name: ("n", row) for name, row in rows.items()}, {"n": n})


@np.errstate(divide="ignore", invalid="ignore")
def _curve(n, eigenvalues, powers, counts, tail, largest, ridge, noise) -> dict:
    t, t_error = np.array(eigenvalues).T[:, :, None]
    v = np.array(powers)[:, :1]
    m = np.array(counts)[:, None]
    kappa, kappa_error = effective_ridge(n, ridge[0] + tail[0], t, m)
    learned = np.where(t == 0, 0.0, t / (t + kappa))
    squares = (m * learned**2).sum(axis=0)
    factor = n / (n - squares)
    test = factor * ((v * (1 - learned) ** 2).sum(axis=0) + noise[0])
    steepest = 2 * factor  # bounds of the derivatives of log R and log E₀ in log κ
    # relative errors of κ: its own, those of the eigenvalues, and of what is left out
    relative = np.where(kappa == 0, 0.0, kappa_error / kappa)
    scale = np.where(t == 0, 0.0, t_error / t).max()
    ridge_error = (tail[1] + largest[0] * tail[0] / kappa) / (n * kappa)
    moved = np.where(kappa == 0, 0.0, relative + factor * (scale + ridge_error))
    omitted = np.where(kappa == 0, 0.0, factor * largest[0] * tail[0] / (n * kappa**2))
    rounding = 8 * _EPS * (1 + factor * (1 + squares / n)) * np.sqrt(len(t))
    doubt = steepest * moved + 2 * factor * scale + omitted + rounding
    # the share of the residuals that is left
    plain = np.maximum(0.0, 1 - (m * (t > 0)).sum() / n) if tail[0] == 0 else 0 * n
    share = ridge[0] / (n * kappa) if ridge[0] else plain
    return {
        "test": test,
        "train": share**2 * test,
        "kappa": kappa,
        "test_error": test * doubt,
        "train_error": share**2 * test * (doubt + 2 * moved),
        "kappa_error": kappa * moved,
    }
