"""What networks of infinite width compute: kernel gradient flow and descent, and posteriors.

Three functions, whose docstrings are half of the file.
"""

import math

import numpy as np
import scipy
from sympy import oo

from theorycalc.core.arithmetic import Float
from theorycalc.core.arrays import real_array
from theorycalc.core.calls import tell_calls
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.evaluation import Arithmetic, check_arithmetic
from theorycalc.core.numbers import real_double
from theorycalc.core.value import Value
from theorycalc.kernels._evidence import likeliest_noise, log_evidence
from theorycalc.kernels._exact import exact_kernels, exact_training
from theorycalc.kernels._prediction import Prediction
from theorycalc.kernels.flow_in_balls import Flow, no_convergence
from theorycalc.kernels.posterior_in_balls import Posterior

__all__ = ["Prediction", "gradient_flow", "max_learning_rate", "posterior"]

# Eigenvalues below this, relative to the largest, are rounding noise of the Gram matrix.
_RANK_TOLERANCE = 1e-13
# The noise that makes the targets most likely.
OPTIMAL = "optimal"


@np.errstate(over="ignore", invalid="ignore")  # told at the end
def gradient_flow(
    k_train,
    k_test_train,
    k_test,
    y,
    t,
    *,
    nngp_train=None,
    nngp_test_train=None,
    learning_rate=None,
    using: Arithmetic = Float(),
) -> Prediction:
    """Mean and covariance, over initialisations, of infinitely wide networks trained on MSE.

    All parameters are trained by gradient flow on ½ Σ_i (f(x_i) − y_i)² until time ``t``.

    Parameters
    ----------
    k_train : array_like of shape (n_train, n_train)
        NTK Θ(X, X).
    k_test_train : array_like of shape (n_test, n_train)
        NTK Θ(x, X).
    k_test : array_like of shape (n_test, n_test) or None
        NNGP Σ(x, x'); needed for the covariance only.
    y : array_like of shape (n_train,) or (n_train, k)
        Targets.
    t : float or int
        Training time, ``inf`` included; the number of steps if ``learning_rate`` is given.
    nngp_train, nngp_test_train : array_like, optional
        NNGP Σ(X, X) and Σ(x, X); needed for the covariance only.
    learning_rate : float, optional
        Step size η of gradient descent, which replaces the flow: exact at every η < 2/λ_max.
    using : Float, MP or Ball
        The arithmetic. In doubles all are arrays of doubles, without an error statement. With more
        digits the entries of the kernels, targets, the time and the step size are exact numbers,
        expressions of SymPy without symbols, or Values and balls with their radii; a double means
        its shortest decimal.

    Returns
    -------
    Prediction
        With more digits its arrays are arrays of Values: each entry has the digits of the
        arithmetic, or those that the radii of the kernels leave.

    Raises
    ------
    DomainError
        For arrays of the wrong shape or not finite, a negative time, a learning rate outside
        (0, 2/λ_max), or an incomplete set of NNGP kernels; with more digits also for a number of
        steps that is no integer, and for a singular ``k_train`` at t = ∞.
    PrecisionError
        If the digits asked for are not reached.

    Notes
    -----
    With A = Θ(x, X) Θ(X, X)⁻¹ (I − e^{−tΘ(X, X)}), the mean is A y and the covariance
    Σ(x, x') − A Σ(X, x') − Σ(x, X) Aᵀ + A Σ(X, X) Aᵀ. Everything is computed in the eigenbasis
    with (1 − e^{−tλ})/λ, so that a singular Gram matrix is no obstacle at finite t.
    Balls never enclose an eigenvector: with ‖Θ − B‖ ≤ r for a B whose eigenvectors are known, and
    eigenvalues of both at least μ > 0, (1 − e^{−tΘ})/Θ is within r min(t²/2, 1/μ²) of that of B.

    References
    ----------
    A. Jacot, F. Gabriel, C. Hongler, arXiv:1806.07572, section 5; J. Lee et al.,
    arXiv:1902.06720, eqs. 14-15.

    Examples
    --------
    >>> import numpy as np, sympy, theorycalc as tc
    >>> network = tc.kernels.mlp(1, "relu")
    >>> nngp, ntk = network.matrices(np.eye(2))
    >>> p = tc.kernels.predict.gradient_flow(ntk, ntk, nngp, [1.0, -1.0], t=np.inf,
    ...                                      nngp_train=nngp, nngp_test_train=nngp)
    >>> p.mean.round(12), bool(abs(p.covariance).max() < 1e-15)
    (array([ 1., -1.]), True)

    Half of the target is learned at t = ln(2)/Θ:

    >>> p = tc.kernels.predict.gradient_flow([[3]], [[3]], None, [1], sympy.log(2) / 3,
    ...                                      using=tc.Ball(20))
    >>> print(p.mean[0])
    0.50000000000000000000 ± 2e-...
    """
    check_arithmetic(using)
    given = {"k_test": k_test, "nngp_train": nngp_train, "nngp_test_train": nngp_test_train}
    if any(given[name] is not None for name in ("nngp_train", "nngp_test_train")):
        _refuse_incomplete(given)
    if not isinstance(using, Float):
        parts = {"k_train": k_train, "k_test_train": k_test_train, "y": y, **given}
        return _with_digits(parts, t, learning_rate, using)
    theta = _square(k_train, "k_train")
    cross = _matrix(k_test_train, "k_test_train", (None, len(theta)))
    targets = read_targets(y, len(theta))
    eigenvalues, vectors = scipy.linalg.eigh(theta)
    if eigenvalues[0] < -_RANK_TOLERANCE * max(eigenvalues[-1], 0):
        raise DomainError(
            explain("k_train is not positive semidefinite", got=f"λ_min = {eigenvalues[0]:.3g}")
        )
    learned = _learned(eigenvalues, t, learning_rate)
    hat = (cross @ vectors) * learned @ vectors.T
    covariance = None
    if k_test is not None:
        k_test = _matrix(k_test, "k_test", (len(cross), len(cross)))
    if nngp_train is not None:
        covariance = _covariance(
            hat,
            k_test,
            _matrix(nngp_train, "nngp_train", theta.shape),
            _matrix(nngp_test_train, "nngp_test_train", cross.shape),
        )
    return _predicted(hat @ targets, covariance, hat, eigenvalues)


@np.errstate(over="ignore", invalid="ignore")  # told at the end
def posterior(
    k_train, k_test_train, k_test, y, noise=0.0, *, using: Arithmetic = Float()
) -> Prediction:
    """The Gaussian-process posterior: infinitely wide Bayesian networks with their NNGP.

    Parameters
    ----------
    k_train : array_like of shape (n_train, n_train)
        NNGP Σ(X, X).
    k_test_train : array_like of shape (n_test, n_train)
        NNGP Σ(x, X).
    k_test : array_like of shape (n_test, n_test) or None
        NNGP Σ(x, x'); without it there is no covariance.
    y : array_like of shape (n_train,) or (n_train, k)
        Targets.
    noise : float or "optimal"
        Variance of independent noise on the targets, ≥ 0; "optimal" is the one with the largest
        log marginal likelihood, in doubles only.
    using : Float, MP or Ball
        The arithmetic, as for `gradient_flow`.

    Returns
    -------
    Prediction
        ``noise`` is the variance that was taken.
        Mean Σ(x, X) A y and covariance Σ(x, x') − Σ(x, X) A Σ(X, x'), A = (Σ(X, X) + noise)⁻¹;
        ``eigenvalues`` and ``condition`` are those of Σ(X, X) + noise, and
        ``log_marginal_likelihood`` is −½ yᵀ A y + ½ ln det A − (n/2) ln 2π, summed over outputs.

    Raises
    ------
    DomainError
        For arrays of the wrong shape or not finite, negative noise, a matrix that is singular in
        double precision (equal inputs are named), or a likelihood that grows without end as the
        noise vanishes.
    PrecisionError
        If the digits asked for are not reached.

    Notes
    -----
    Balls hold the inverse by eigenvectors of a matrix nearby: of ‖A − B‖ ≤ r and A, B ≥ μ > 0 the
    inverses differ by at most r/μ².

    References
    ----------
    J. Lee et al., "Deep Neural Networks as Gaussian Processes", arXiv:1711.00165, eqs. 8-9.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> k = tc.kernels.mlp(2).nngp_matrix(np.eye(3))
    >>> p = tc.kernels.predict.posterior(k[:2, :2], k[2:, :2], k[2:, 2:], [1.0, 1.0], noise=0.1)
    >>> p.mean.round(6), p.covariance.round(6)
    (array([0.550507]), array([[0.242732]]))
    >>> p = tc.kernels.predict.posterior(np.eye(3), np.eye(3), None, [2.0, 1.0, 3.0], "optimal")
    >>> round(p.noise, 12)
    3.666666666667
    >>> p = tc.kernels.predict.posterior([[2]], [[1]], [[2]], [3], 1, using=tc.Ball(20))
    >>> print(p.mean[0], p.covariance[0, 0])
    1.0000000000000000000 ± 2e-... 1.6666666666666666667 ± 4e-...
    """
    check_arithmetic(using)
    if not isinstance(using, Float):
        return _posterior_with_digits(k_train, k_test_train, k_test, y, noise, using)
    prior = _square(k_train, "k_train")
    cross = _matrix(k_test_train, "k_test_train", (None, len(prior)))
    targets = read_targets(y, len(prior))
    noise = read_noise(noise)
    if noise is None:
        noise = likeliest_noise(prior, targets)
    gram = prior + noise * np.eye(len(prior))
    eigenvalues = scipy.linalg.eigvalsh(gram)
    if eigenvalues[0] <= _RANK_TOLERANCE * eigenvalues[-1]:
        raise _singular(prior, eigenvalues)
    factor = scipy.linalg.cho_factor(gram)
    hat = scipy.linalg.cho_solve(factor, cross.T).T
    covariance = None
    if k_test is not None:
        covariance = _matrix(k_test, "k_test", (len(cross), len(cross))) - hat @ cross.T
    evidence = log_evidence(factor, targets)
    return _predicted(hat @ targets, covariance, hat, eigenvalues, evidence, noise)


def max_learning_rate(k_train) -> float:
    """2/λ_max of the NTK on the training inputs: gradient descent converges below it.

    Parameters
    ----------
    k_train : array (n, n)
        The NTK.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.kernels.predict.max_learning_rate([[3.0, 1.0], [1.0, 3.0]])
    0.5
    """
    largest = scipy.linalg.eigvalsh(_square(k_train, "k_train"))[-1]
    if largest <= 0:
        raise DomainError(
            explain("k_train has no positive eigenvalue", got=f"λ_max = {largest:.3g}")
        )
    return float(2 / largest)


def check_training(t, learning_rate, diagonal: np.ndarray) -> None:
    """Refuse training that makes no sense, by the diagonal of the NTK: λ_max is at least that."""
    _, step = _read_training(t, learning_rate)
    largest = float(diagonal.max())
    if step is not None and not 0 < step * largest < 2:
        raise no_convergence(step, f"(0, 2/λ_max), 2/λ_max ≤ {2 / largest:.6g}")


def read_noise(noise) -> float | None:
    """The variance of noise on targets; None for the most likely one."""
    if isinstance(noise, str) and noise == OPTIMAL:
        return None
    return real_double(noise, "noise", least=0)


def _read_training(t, learning_rate) -> tuple[float, float | None]:
    """Training time and learning rate as doubles."""
    t = math.inf if _is_endless(t) else real_double(t, "the training time", least=0)
    return t, None if learning_rate is None else real_double(learning_rate, "learning_rate")


def _is_endless(t) -> bool:
    return t is oo or (isinstance(t, float) and t == math.inf)


def _learned(eigenvalues: np.ndarray, t, learning_rate) -> np.ndarray:
    """(1 − e^{−tλ})/λ, or (1 − (1 − ηλ)^t)/λ for t steps of gradient descent."""
    t, step = _read_training(t, learning_rate)
    largest = eigenvalues[-1]
    noise = np.abs(eigenvalues) <= _RANK_TOLERANCE * largest
    rates = np.where(noise, 1.0, eigenvalues)
    if step is None:
        return np.where(noise, _unlearnable(t), -np.expm1(-t * rates) / rates)
    if not 0 < step * largest < 2:
        raise no_convergence(step, f"(0, {2 / largest:.6g}) = (0, 2/λ_max)")
    remaining = 1 - step * rates
    return np.where(noise, _unlearnable(t * step), (1 - remaining**t) / rates)


def _refuse_incomplete(given: dict) -> None:
    if any(kernel is None for kernel in given.values()):
        allowed = ", ".join(given)
        raise DomainError(explain("the covariance needs all three NNGP kernels", allowed=allowed))


def _with_digits(parts: dict, t, learning_rate, using: Arithmetic) -> Prediction:
    """The prediction in an arithmetic of many digits."""
    kernels = exact_kernels(parts)
    if "nngp_train" not in kernels:
        kernels.pop("k_test", None)
    training = exact_training(None if _is_endless(t) else t, learning_rate)
    return _of_values(Flow(kernels, *training).predicted(using), parts["y"])


def _posterior_with_digits(k_train, k_test_train, k_test, y, noise, using) -> Prediction:
    """The posterior in an arithmetic of many digits."""
    if isinstance(noise, str) and noise == OPTIMAL:
        hint = "noise=posterior(…, noise='optimal').noise"
        raise DomainError(explain("the likeliest noise is found in doubles", hint=hint))
    parts = {"k_train": k_train, "k_test_train": k_test_train, "k_test": k_test, "y": y}
    kernels = exact_kernels({**parts, "noise": [[noise]]})
    variance = kernels["noise"].item()
    if (variance.upper if isinstance(variance, Value) else variance) < 0:
        raise DomainError(explain("noise is out of range", got=variance, allowed="≥ 0"))
    return _of_values(Posterior(kernels).predicted(using), y)


def _of_values(found: dict, y) -> Prediction:
    """A prediction from its arrays of Values; the mean has the shape of the targets."""
    mean = found["mean"][:, 0] if np.ndim(y) == 1 else found["mean"]
    more = (found[name].item() if name in found else None for name in ("evidence", "noise"))
    return Prediction(mean, found.get("covariance"), found["hat"], found["eigenvalues"], *more)


def _unlearnable(t: float) -> float:
    """The limit λ → 0; at t = ∞ a null direction is never learned."""
    return t if np.isfinite(t) else 0.0


def read_targets(y, count: int) -> np.ndarray:
    """Targets of so many training inputs."""
    targets = real_array(y, "y")
    if targets.shape[:1] != (count,) or targets.ndim > 2:
        allowed = f"finite, ({count},) or ({count}, k)"
        raise DomainError(explain("y has the wrong shape", got=targets.shape, allowed=allowed))
    return targets


def _singular(gram: np.ndarray, eigenvalues: np.ndarray) -> DomainError:
    """The error for a Gram matrix without an inverse, with the inputs that are equal."""
    size = np.abs(gram).max(initial=0)
    differences = np.abs(gram[:, None] - gram[None]).max(axis=-1) <= _RANK_TOLERANCE * size
    equal = np.argwhere(np.triu(differences, 1))[:3]
    pairs = ", ".join(f"{i} and {j}" for i, j in equal)
    got = f"λ_min = {eigenvalues[0]:.3g}, λ_max = {eigenvalues[-1]:.3g}"
    hint = "noise > 0" + (f"; inputs {pairs} have equal kernels" if pairs else "")
    return DomainError(explain("k_train is singular", got=got, hint=hint))


def _predicted(mean, covariance, hat, eigenvalues, evidence=None, noise=None) -> Prediction:
    """A prediction, if doubles hold it."""
    parts = (mean, hat, eigenvalues, covariance, evidence)
    if not all(np.isfinite(x).all() for x in parts if x is not None):
        raise DomainError(explain("the prediction leaves the range of doubles"))
    return Prediction(mean, covariance, hat, eigenvalues, evidence, noise)


def _covariance(hat, nngp_test, nngp_train, nngp_test_train) -> np.ndarray:
    mixed = hat @ nngp_test_train.T
    return nngp_test - mixed - mixed.T + hat @ nngp_train @ hat.T


def _square(matrix, name: str) -> np.ndarray:
    array = _matrix(matrix, name, (None, None))
    if array.shape[0] != array.shape[1]:
        raise DomainError(explain(f"{name} does not fit", got=array.shape, allowed="(n, n)"))
    if not np.allclose(array, array.T, rtol=1e-8, atol=1e-8 * np.abs(array).max(initial=0)):
        raise DomainError(explain(f"{name} is not symmetric", allowed="a Gram matrix"))
    return array


def _matrix(matrix, name: str, shape: tuple) -> np.ndarray:
    array = real_array(matrix, name)
    fits = array.ndim == 2 and all(
        want in (None, got) for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = tuple("n" if size is None else size for size in shape)
        allowed = f"a finite array of shape {wanted}"
        raise DomainError(explain(f"{name} does not fit", got=array.shape, allowed=allowed))
    return array


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
