"""Trained networks held against the kernel that predicts them."""

from collections.abc import Mapping
from functools import partial

import numpy as np

from theorycalc import kernels
from theorycalc.kernels.predict import Prediction, gradient_flow
from theorycalc.networks import mlp as finite_mlp
from theorycalc.validation import plots
from theorycalc.validation.compared import compare, compare_exponent, compare_means
from theorycalc.validation.comparison import Comparison
from theorycalc.validation.data import Dataset
from theorycalc.validation.ensembles import Ensemble, train_ensemble
from theorycalc.validation.experiment import Figure, Report, judge
from theorycalc.validation.measurement import Measurement
from theorycalc.validation.scaling_laws import FiniteSizeLaw, PowerLaw

__all__ = ["learning_rate", "predict", "training_report"]

# The smallest deviations that matter: of means in standard deviations of one network, of the trace
# and of the exponent relative to the prediction. A hundred networks see them.
_SMALLEST_MEAN, _SMALLEST_TRACE, _SMALLEST_EXPONENT = 1.0, 0.5, 0.4

# The covariance of finite networks is smaller by O(1/width): by 10 % at width 64.
_TRACE_BIAS = 8


def training_report(
    kernel: kernels.MLP,
    wrong: Mapping[str, kernels.MLP],
    data: Dataset,
    plan: Mapping[int, int],
    *,
    early: int = 2,
    late: int = 20,
) -> Report:
    """Train networks of several widths by gradient descent and compare them with a kernel.

    Parameters
    ----------
    kernel : theorycalc.kernels.MLP
        The infinite network.
    wrong : mapping of str to theorycalc.kernels.MLP
        By their names, networks whose kernels the same test must reject.
    data : Dataset
    plan : mapping
        Number of networks for each width, in increasing order. Exponents take three widths.
    early, late : int
        Numbers of steps of size 1/λ_max. The widest networks are compared at both, all widths at
        the later one. A wrong kernel shows early: it is mostly a wrong scale of time.
    """
    rate = learning_rate(kernel, data)
    *_, widest = plan
    before = _train(kernel, data, widest, plan[widest], rate, early)
    ensembles = {m: _train(kernel, data, m, r, rate, late) for m, r in plan.items()}
    first, theory = (predict(kernel, data, rate, steps) for steps in (early, late))
    deviations = {
        m: (e.deviation(e.linearised(theory.hat, data.y_train)), e.deviation(e.own_kernel))
        for m, e in ensembles.items()
    }
    enough = len(plan) >= 3
    comparisons = [
        *_outputs(f"{early} steps", before, first, data, widest),
        *(
            _paired(f"{error}: paired mean", before, predict(mutant, data, rate, early), data, True)
            for error, mutant in wrong.items()
        ),
        *_outputs(f"{late} steps", ensembles[widest], theory, data, widest),
        *(_exponents(deviations) if enough else ()),
    ]
    name = f"{data.name}, {kernel.activation.name}, L = {kernel.depth}"
    figures = [Figure(f"{name}: deviation from the kernel", partial(_draw_deviations, deviations))]
    outputs = Figure(
        f"{name}: held-out inputs, m = {widest}, {late} steps",
        partial(_draw_outputs, theory, ensembles[widest], data),
    )
    return Report(judge(comparisons), (*figures[: int(enough)], outputs))


def learning_rate(kernel: kernels.MLP, data: Dataset) -> float:
    """1/λ_max of the limit kernel: half of the largest rate that converges."""
    return float(1 / np.linalg.eigvalsh(kernel.ntk_matrix(data.x_train))[-1])


def predict(kernel: kernels.MLP, data: Dataset, rate: float, steps: int) -> Prediction:
    """Mean and covariance over initialisations at the test inputs."""
    n = len(data.y_train)
    nngp, ntk = kernel.matrices(np.vstack([data.x_train, data.x_test]))
    return gradient_flow(
        ntk[:n, :n],
        ntk[n:, :n],
        nngp[n:, n:],
        data.y_train,
        steps,
        nngp_train=nngp[:n, :n],
        nngp_test_train=nngp[n:, :n],
        learning_rate=rate,
    )


def _train(kernel, data: Dataset, width: int, replicas: int, rate: float, steps: int) -> Ensemble:
    network = finite_mlp(
        data.x_train.shape[1],
        width,
        kernel.depth,
        kernel.activation,
        sigma_w=kernel.sigma_w,
        sigma_b=kernel.sigma_b,
    )
    return train_ensemble(network, data, replicas, seed=steps, learning_rate=rate, steps=steps)


def _outputs(
    stage: str, ensemble: Ensemble, theory: Prediction, data: Dataset, width: int
) -> list[Comparison]:
    """Mean and covariance of the trained outputs."""
    outputs, covariance = ensemble.trained_test, theory.covariance
    trace = np.trace(covariance)
    # |f − μ|² of a Gaussian vector has variance 2 tr C²; a sample of its skew law would say less
    error = np.sqrt(2 * np.sum(covariance**2) / len(outputs))
    spread = Measurement(np.mean(np.sum((outputs - theory.mean) ** 2, axis=1)), error, None)
    return [
        compare_means(
            f"{stage}: ensemble mean", outputs, theory.mean, covariance, smallest=_SMALLEST_MEAN
        ),
        compare(
            f"{stage}: trace of covariance",
            trace,
            spread,
            bias=_TRACE_BIAS / width * trace,
            smallest=_SMALLEST_TRACE,
        ),
        _paired(f"{stage}: paired mean", ensemble, theory, data),
    ]


def _paired(name: str, ensemble: Ensemble, theory: Prediction, data: Dataset, mutant=False):
    """The prediction from each network's own f₀, which removes most of the sampling noise."""
    residual = ensemble.trained_test - ensemble.linearised(theory.hat, data.y_train)
    return compare_means(name, residual, smallest=_SMALLEST_MEAN, mutant=mutant)


def _exponents(deviations: Mapping) -> list[Comparison]:
    """−1/2 for the limit kernel, with its finite-width correction; at most that for the own one."""
    limit, own = zip(*deviations.values(), strict=True)
    widths = [*deviations]
    law = FiniteSizeLaw.fit(widths, [Measurement.of(d**2) for d in limit], 1.0, free=True)
    slope = PowerLaw.fit(widths, [d**2 for d in own])
    plain = PowerLaw.fit(widths, [d**2 for d in limit]).slope / 2
    return [
        compare_exponent(
            f"deviation: exponent, corrected (plain {plain:.3f})",
            -0.5,
            -law.power / 2,
            law.power_error / 2,
            smallest=_SMALLEST_EXPONENT,
        ),
        compare_exponent(
            "own kernel: exponent",
            -0.5,
            slope.slope / 2,
            slope.standard_error / 2,
            at_most=True,
            smallest=_SMALLEST_EXPONENT,
        ),
    ]


def _draw_outputs(theory: Prediction, ensemble: Ensemble, data: Dataset, axes) -> None:
    deviation = theory.deviations
    plots.predictions(axes, theory.mean, deviation, ensemble.trained_test, data.y_test)


def _draw_deviations(deviations: Mapping, axes) -> None:
    widths = [*deviations]
    limit, own = (
        [Measurement.of(d) for d in values] for values in zip(*deviations.values(), strict=True)
    )
    law = FiniteSizeLaw.fit(widths, limit, power=0.5)
    series = [(r"limit kernel, $c\,m^{-1/2}(1+b/m)$", limit, law), ("own kernel", own, None)]
    plots.width_scaling(axes, widths, series, "rms deviation of trained networks")


def __dir__():
    return sorted(__all__)
