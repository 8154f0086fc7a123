"""From data to predictions in one call: networks trained without end or for some time."""

import math
from collections.abc import Callable

import numpy as np

from theorycalc.core.arithmetic import Float
from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.evaluation import Arithmetic, check_arithmetic
from theorycalc.core.records import instance
from theorycalc.kernels import predict
from theorycalc.kernels._exact import exact_matrices
from theorycalc.kernels._prediction import Prediction

_LOSSES = ("mse",)


class Learner:
    """What networks with kernel matrices predict; the base of `Architecture`."""

    matrices: Callable[..., tuple]
    nngp_matrix: Callable[..., np.ndarray]
    diagonal: Callable[..., tuple]
    _inputs: Callable[..., np.ndarray]

    def predict(
        self,
        X,  # noqa: N803 - arrays of data are capital
        y,
        X_test,  # noqa: N803
        t=math.inf,
        loss: str = "mse",
        learning_rate=None,
        *,
        using: Arithmetic = Float(),
    ) -> Prediction:
        """What infinitely wide networks compute after training on (X, y), at the inputs X_test.

        Parameters
        ----------
        X, X_test : array_like of shape (n_train, d), (n_test, d)
            Inputs as those of `matrices`.
        y : array_like of shape (n_train,) or (n_train, k)
            Targets, of one or k outputs.
        t : float
            Training time, ∞ by default; the number of steps if ``learning_rate`` is given.
        loss : {"mse"}
            ½ Σ_i (f(x_i) − y_i)², summed over the training inputs, not averaged.
        learning_rate : float, optional
            Step size η of gradient descent; without it, gradient flow.
        using : Float, MP or Ball
            The arithmetic. With more digits than doubles have, inputs and targets are exact
            numbers, a double meaning its shortest decimal; for networks whose kernels are formulas.

        Returns
        -------
        Prediction
            Mean and covariance over initialisations; `theorycalc.kernels.predict.gradient_flow`
            has the formulas.

        Raises
        ------
        DomainError
            For arrays of the wrong shape or not finite, a negative time, another loss, or a
            learning rate outside (0, 2/λ_max); one of at least 2/max Θ(x, x), which must diverge,
            before the matrices are computed.
        NotSupportedError
            For an activation with a jump: then there is no tangent kernel; in many digits, for
            networks on images.
        PrecisionError
            If the digits asked for are not reached.

        Examples
        --------
        >>> import numpy as np, theorycalc as tc
        >>> network = tc.kernels.mlp(1, "erf")
        >>> p = network.predict(np.eye(3)[:2], [1.0, -1.0], np.eye(3), t=np.inf)
        >>> p.mean.round(12) + 0.0
        array([ 1., -1.,  0.])
        >>> p = tc.kernels.mlp(1).predict([[1, 0], [0, 1]], [1, 0], [[1, 1]], using=tc.Ball(20))
        >>> print(p.mean[0])
        0.78432564042460324279 ± 4e-...
        """
        check_arithmetic(using)
        if instance(loss, str, "a loss") not in _LOSSES:
            raise unknown_name("loss", loss, _LOSSES)
        if not isinstance(using, Float):
            found = exact_matrices(self, X, X_test, ("nngp_general", "ntk_general"))
            (nngp, nngp_mixed, nngp_test), (ntk, ntk_mixed, _) = found
            more = {"nngp_train": nngp, "nngp_test_train": nngp_mixed}
            options = {"learning_rate": learning_rate, "using": using, **more}
            return predict.gradient_flow(ntk, ntk_mixed, nngp_test, y, t, **options)
        x, targets, x_test = self._data(X, y, X_test)
        predict.check_training(t, learning_rate, self.diagonal(x)[1])
        nngp, ntk = self.matrices(x)
        nngp_mixed, ntk_mixed = self.matrices(x_test, x)
        return predict.gradient_flow(
            ntk,
            ntk_mixed,
            self.nngp_matrix(x_test),
            targets,
            t,
            nngp_train=nngp,
            nngp_test_train=nngp_mixed,
            learning_rate=learning_rate,
        )

    def posterior(self, X, y, X_test, noise=0.0, *, using: Arithmetic = Float()) -> Prediction:  # noqa: N803
        """The posterior of infinitely wide Bayesian networks given (X, y), at the inputs X_test.

        Parameters
        ----------
        X, X_test : array_like of shape (n_train, d), (n_test, d)
            Inputs as those of `matrices`.
        y : array_like of shape (n_train,) or (n_train, k)
            Targets, of one or k outputs.
        noise : float or "optimal"
            Variance of independent noise on the targets, ≥ 0; "optimal" is the one with the largest
            log marginal likelihood, in doubles only.
        using : Float, MP or Ball
            The arithmetic, as for `predict`.

        Returns
        -------
        Prediction
            Mean and covariance of the outputs, without noise on them, and
            ``log_marginal_likelihood`` of the targets; ``noise`` is the variance that was taken.

        Raises
        ------
        DomainError
            As `theorycalc.kernels.predict.posterior`.

        Examples
        --------
        >>> import numpy as np, theorycalc as tc
        >>> x = np.eye(3)
        >>> p = tc.kernels.mlp(2).posterior(x[:2], [1.0, 1.0], x[2:], noise=0.1)
        >>> p.mean.round(6), p.covariance.round(6), round(p.log_marginal_likelihood, 6)
        (array([0.550507]), array([[0.242732]]), -2.596236)
        """
        check_arithmetic(using)
        if not isinstance(using, Float):
            ((prior, mixed, test),) = exact_matrices(self, X, X_test, ("nngp_general",))
            return predict.posterior(prior, mixed, test, y, noise, using=using)
        x, targets, x_test = self._data(X, y, X_test)
        predict.read_noise(noise)
        prior, mixed = self.nngp_matrix(x), self.nngp_matrix(x_test, x)
        return predict.posterior(prior, mixed, self.nngp_matrix(x_test), targets, noise)

    def _data(self, X, y, X_test) -> tuple:  # noqa: N803
        """Training inputs, targets and test inputs that fit each other."""
        x, x_test = self._inputs(X, "X"), self._inputs(X_test, "X_test")
        if x.shape[1:] != x_test.shape[1:]:
            got = " and ".join(str(inputs.shape) for inputs in (x, x_test))
            raise DomainError(explain("X and X_test have different dimensions", got=got))
        return x, predict.read_targets(y, len(x)), x_test
