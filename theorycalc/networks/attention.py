"""One head of linear self-attention, which reads a regression out of its prompt."""

from collections.abc import Callable
from dataclasses import dataclass

import array_api_compat
import numpy as np

from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact_integer, real_double
from theorycalc.core.records import check_fields
from theorycalc.networks.arrays import check_inputs
from theorycalc.networks.fully_connected import MAX_WIDTH
from theorycalc.networks.network import Network, Parameters, Pass


@dataclass(frozen=True)
class LinearAttention(Network):
    """Linear self-attention on prompts; made by `theorycalc.networks.linear_attention`.

    Attributes
    ----------
    d : int
        Dimension of the inputs of the regression; tokens have one coordinate more, the label.
    n : int
        Examples in a prompt; the query is one token more.
    sigma_w : float
        Deviation of the outputs of both maps at initialisation, in units of that of their inputs.
    """

    d: int
    n: int
    sigma_w: float = 1.0

    outputs = 1

    def __post_init__(self):
        check_fields(self)
        exact_integer(self.d, "d", 1, MAX_WIDTH)
        exact_integer(self.n, "n", 1, MAX_WIDTH)
        real_double(self.sigma_w, "sigma_w", above=0)

    def as_inputs(self, X, name: str = "X"):  # noqa: N803 - arrays of data are capital
        """X, where it is an array of prompts, of shape (…, n + 1, d + 1)."""
        return check_inputs(X, name, (self.n + 1, self.d + 1))

    def step_matrix(self, parameters: Parameters):
        """Γ of the part x_qᵀ Γ Σ y_i x_i of the prediction: shape (seeds, d, d).

        It is the label's value times the block of keys and queries of the inputs, over n: one step
        of gradient descent on the regression of the prompt, with Γ for the learning rate.
        """
        self.check_parameters(parameters)
        attention, value = parameters.weights
        return attention[:, : self.d, : self.d] * value[:, self.d :, :] / self.n

    def prompts(self, noise=0.0, covariance=None, prior=None) -> Callable:
        """A function (generator, size) → (prompts, answers), for ``one_pass`` of `train`.

        Parameters
        ----------
        noise : float
            Standard deviation s of the labels y_i = w·x_i + s ε_i.
        covariance, prior : array_like of shape (d, d), optional
            Σ of the inputs and Λ of the weights w, both Gaussian; the identity if absent.

        Returns
        -------
        callable
            The answers are w·x_q, without noise.

        Raises
        ------
        DomainError
            For s < 0, or matrices that are not positive definite.
        """
        noise = real_double(noise, "noise", least=0)
        of_inputs, of_weights = self._root(covariance, "covariance"), self._root(prior, "prior")

        def sample(generator, size: int):
            w = generator.standard_normal((size, self.d)) @ of_weights
            x = generator.standard_normal((size, self.n + 1, self.d)) @ of_inputs
            labels = np.einsum("sid,sd->si", x, w)
            answers = labels[:, -1].copy()
            labels += noise * generator.standard_normal(labels.shape)
            labels[:, -1] = 0.0
            return np.concatenate([x, labels[..., None]], axis=-1), answers

        return sample

    def _root(self, matrix, what: str) -> np.ndarray:
        """R with RᵀR the matrix."""
        if matrix is None:
            return np.eye(self.d)
        matrix = real_array(matrix, what)
        if matrix.shape != (self.d, self.d) or not np.allclose(matrix, matrix.T):
            allowed = f"a symmetric matrix of shape ({self.d}, {self.d})"
            raise DomainError(explain(f"not a {what}", got=matrix.shape, allowed=allowed))
        try:
            return np.linalg.cholesky(matrix).T
        except np.linalg.LinAlgError:
            got = f"smallest eigenvalue {np.linalg.eigvalsh(matrix)[0]:.3g}"
            raise DomainError(explain(f"{what} is not positive definite", got=got)) from None

    def _shapes_at(self, X) -> list[tuple[int, int]]:  # noqa: N803
        return [(self.d + 1, self.d + 1), (self.d + 1, 1)]

    def _deviations(self, layer: int, shape: tuple[int, int]) -> tuple[float, float]:
        return self.sigma_w / shape[0] ** 0.5, 0.0

    def _scales(self, parameters: Parameters) -> list[tuple[float, float]]:
        return [(1.0, 0.0)] * 2

    def _propagate(self, parameters: Parameters, X) -> Pass:  # noqa: N803
        attention, value = parameters.weights
        xp = array_api_compat.array_namespace(X)
        query = X[..., -1, :]
        gram = xp.matrix_transpose(X) @ X / self.n  # the query's token is in it, with the label 0
        keys = query @ attention
        values = (gram @ keys[..., None])[..., 0]
        pulled = xp.matrix_transpose(value)[..., None, :] @ gram

        def pull(cotangent, found: dict):
            found[1] = cotangent
            found[0] = cotangent * pulled[..., 0, :]

        return Pass((query, values), (keys, values @ value), pull)


def linear_attention(d: int, n: int, *, sigma_w: float = 1.0) -> LinearAttention:
    """One head of linear self-attention on prompts of n examples and a query.

    Tokens are z_i = (x_i, y_i) and z_q = (x_q, 0), and the output is the label's entry of what the
    query reads, f = (1/n) Σ_i (v·z_i)(z_q' A z_i), the sum over all n + 1 tokens: A is the product
    of queries and keys, v the row of the values that writes the label.

    Parameters
    ----------
    d : int
        Dimension of the inputs.
    n : int
        Examples in a prompt.
    sigma_w : float
        The entries of A and v are drawn from N(0, σ_w²/(d + 1)).

    Returns
    -------
    LinearAttention
        Inputs are prompts of shape (prompts, n + 1, d + 1), the query last.

    Raises
    ------
    DomainError
        For sizes that are no positive integers, or σ_w ≤ 0.

    References
    ----------
    A. Mahankali, T. Hashimoto, T. Ma, "One step of gradient descent is provably the optimal
    in-context learner with one layer of linear self-attention", arXiv:2307.03576, section 2.

    Examples
    --------
    >>> import theorycalc as tc
    >>> network = tc.networks.linear_attention(d=2, n=5)
    >>> end, loss = tc.networks.train(network, network.init(range(3)),
    ...     one_pass=network.prompts(noise=0.5), batch_size=64, steps=400, learning_rate=0.03,
    ...     optimizer="adam")
    >>> bool((loss[-50:].mean(axis=0) < 0.75).all())  # half of the squares; 1 at first
    True
    """
    return LinearAttention(
        exact_integer(d, "d", 1, MAX_WIDTH),
        exact_integer(n, "n", 1, MAX_WIDTH),
        real_double(sigma_w, "sigma_w", above=0),
    )
