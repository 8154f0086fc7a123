"""Tangent kernels of random networks, and networks that were trained, beside the limit."""

import numpy as np

import theorycalc as tc
from theorycalc.validation.tangent import training_report

WRONG = "σ_w² + 5 %"
WIDTHS = (16, 64, 256)
# Tangent kernels with two hidden layers for each width, in full and in the quick form.
DEEP_PLAN = (
    {8: 8000, 16: 8000, 32: 4000, 64: 4000, 128: 2000, 256: 1000},
    {8: 6000, 16: 6000, 32: 6000, 64: 3000, 128: 1500},
)


def fluctuation(run, data, kernels, variance: tc.Formula) -> None:
    """Tangent kernels at initialisation: their mean, their variance, and its law in the width."""
    inputs = data.x_train[:2]
    rho = float(inputs[0] @ inputs[1] / inputs.shape[1])
    sigma_w = kernels[0].sigma_w[0]
    limit, wrong = (kernel.ntk_matrix(inputs)[0] for kernel in kernels)
    predicted = variance.lambdify()(np.array([1.0, rho]))
    for width in WIDTHS:
        network = tc.networks.mlp(inputs.shape[1], width, 1, "relu", sigma_w=sigma_w)
        found = tc.validation.sample_kernels(network, inputs, run.size, seed=1)[:, 0]
        for j, (pair, r) in enumerate({"x, x": 1.0, "x, x'": rho}.items()):
            spread = tc.validation.Measurement.of_variance(width**0.5 * found[:, j])
            name, series = f"m Var Θ_m({pair}), m={width}", f"one hidden layer, ρ = {r:.2f}"
            run.at(width, predicted[j], spread, name=name, series=series, smallest=0.25)
        run.joint(f"E Θ_m, m={width}", found, limit)
    run.rejects(f"{WRONG}: E Θ_m", wrong)
    _deep_exponent(run, inputs[:1], sigma_w)
    title = f"{data.name}: kernel at initialisation"
    run.axes("width $m$", r"$m\,\mathrm{Var}\,\Theta_m$", log="xy", title=title, xticks=WIDTHS)


def _deep_exponent(run, inputs: np.ndarray, sigma_w) -> None:
    """The exponent of Var Θ_m(x, x) with two hidden layers, where V depends on the width."""
    plan, variances = DEEP_PLAN[run.quick], []
    for width, replicas in plan.items():
        network = tc.networks.mlp(inputs.shape[1], width, 2, "relu", sigma_w=sigma_w)
        found = tc.validation.sample_kernels(network, inputs, replicas, seed=2)
        variances.append(tc.validation.Measurement.of_variance(found[:, 0, 0]))
    law = tc.validation.FiniteSizeLaw.fit([*plan], variances, 1.0, free=True)
    name = "L=2: exponent of Var Θ_m, corrected"
    run.exponent(name, -1, -law.power, law.power_error, smallest=0.4)


def training(run, data, kernels) -> None:
    """Networks trained at each width against the kernel's prediction, and against a wrong one."""
    kernel, wrong = kernels
    run.include(training_report(kernel, {WRONG: wrong}, data, run.size))
