"""Generalised cross-validation: the test error, read off the training samples."""

import numpy as np

from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import real_double


@np.errstate(over="ignore", invalid="ignore")  # told at the end
def cross_validation(gram, y, ridge) -> float:
    """The test error of kernel ridge regression that training samples predict.

    Parameters
    ----------
    gram : array_like of shape (n, n)
        K, symmetric and positive semidefinite.
    y : array_like of shape (n,)
    ridge : float
        δ > 0 in K + δI.

    Returns
    -------
    float
        The mean-square residual over (δ tr(K + δI)⁻¹/n)², the noise of new samples included.

    Notes
    -----
    In the limits of `ridge` and `kernel` it is the test error: train = (δ/(nκ))² test, and
    tr(K + δI)⁻¹ = 1/κ. It errs by about a fraction √(2/n) of it.

    References
    ----------
    G. Golub, M. Heath, G. Wahba, Technometrics 21 (1979) 215; A. Jacot et al., "Kernel alignment
    risk estimator", arXiv:2006.09796.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> tc.learning_curves.cross_validation(np.eye(2), [1, 2], 1)
    2.5
    """
    gram, y = real_array(gram, "the Gram matrix"), real_array(y, "y")
    ridge = real_double(ridge, "ridge", above=0)
    if y.ndim != 1 or not y.size or gram.shape != (y.size, y.size) or not np.allclose(gram, gram.T):
        allowed = "a symmetric (n, n) and an (n,) array, n ≥ 1"
        raise DomainError(
            explain("not a Gram matrix and targets", got=(gram.shape, y.shape), allowed=allowed)
        )
    try:
        inverse = np.linalg.inv(gram + ridge * np.eye(len(y)))
    except np.linalg.LinAlgError:
        what, hint = (
            "K + δI has no inverse in doubles",
            "a larger ridge, a K without a negative part",
        )
        raise DomainError(explain(what, got=f"ridge = {ridge}", hint=hint)) from None
    found = float(np.mean((inverse @ y) ** 2) / np.mean(np.diag(inverse)) ** 2)
    if not np.isfinite(found):
        raise DomainError(explain("the error leaves the range of doubles", got=found))
    return found
