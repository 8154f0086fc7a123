"""Tangent kernels of random networks, and networks that were trained, beside the limit."""

import sympy

import theorycalc as tc
from theorycalc.validation.tangent import training_report

# of kernels at initialisation, in full and in the quick form
WIDTHS = ((16, 64, 256), (16, 64))
# Tangent kernels with two hidden layers for each width, in full and in the quick form.
DEEP_PLAN = (
    {8: 8000, 16: 8000, 32: 4000, 64: 4000, 128: 2000, 256: 1000},
    {8: 6000, 16: 6000, 32: 6000, 64: 3000, 128: 1500},
)
SIGMA = sympy.sqrt(2)


def relu_on_sphere(run) -> None:
    """One hidden layer."""
    _train(run, tc.validation.sphere_points(), 1, "relu")


def relu_on_digits(run) -> None:
    """Data that are not on a sphere by nature."""
    _train(run, tc.validation.digits(64, 16), 1, "relu")


def erf_on_sphere(run) -> None:
    """A smooth activation."""
    _train(run, tc.validation.sphere_points(), 1, "erf")


def deep_relu_on_sphere(run) -> None:
    """Two hidden layers."""
    _train(run, tc.validation.sphere_points(), 2, "relu")


def fluctuation_on_sphere(run, variance: tc.Formula) -> None:
    """Networks at initialisation, and the exponent of the variance for two hidden layers."""
    data = tc.validation.sphere_points()
    _fluctuate(run, data, variance)
    _deep_exponent(run, data.x_train[:1])


def fluctuation_on_digits(run, variance: tc.Formula) -> None:
    """The same at inputs that are data."""
    _fluctuate(run, tc.validation.digits(64, 16), variance)


def _train(run, data, depth: int, activation: str) -> None:
    """Networks trained at each width against the kernel's prediction, and against a wrong one."""
    name, sigma = _wrong(run)
    kernel, wrong = (tc.kernels.mlp(depth, activation, sigma_w=s) for s in (SIGMA, sigma))
    run.include(training_report(kernel, {name: wrong}, data, run.size))


def _wrong(run) -> tuple[str, sympy.Expr]:
    """A deviation of the weights that is wrong, by what so few networks can see, and its name."""
    percent = 20 if run.quick else 5
    return f"σ_w² + {percent} %", SIGMA * sympy.sqrt(1 + sympy.Rational(percent, 100))


def _fluctuate(run, data, variance: tc.Formula) -> None:
    """Tangent kernels at initialisation: their mean, and their variance."""
    inputs = data.x_train[:2]
    rho = float(inputs[0] @ inputs[1] / inputs.shape[1])
    name_of_wrong, sigma = _wrong(run)
    limit, wrong = (
        tc.kernels.mlp(1, "relu", sigma_w=s).ntk_matrix(inputs)[0] for s in (SIGMA, sigma)
    )
    predicted = variance.lambdify()([1.0, rho])
    widths = WIDTHS[run.quick]
    for width in widths:
        network = tc.networks.mlp(inputs.shape[1], width, 1, "relu", sigma_w=SIGMA)
        found = tc.validation.sample_kernels(network, inputs, run.size, seed=1)[:, 0]
        for j, (pair, r) in enumerate({"x, x": 1.0, "x, x'": rho}.items()):
            spread = tc.validation.Measurement.of_variance(width**0.5 * found[:, j])
            name, series = f"m Var Θ_m({pair}), m={width}", f"one hidden layer, ρ = {r:.2f}"
            run.at(width, predicted[j], spread, name=name, series=series, smallest=0.3)
        run.joint(f"E Θ_m, m={width}", found, limit)
    run.rejects(f"{name_of_wrong}: E Θ_m", wrong)
    title = f"{data.name}: kernel at initialisation"
    run.axes("width $m$", r"$m\,\mathrm{Var}\,\Theta_m$", log="xy", title=title, xticks=widths)


def _deep_exponent(run, inputs) -> None:
    """The exponent of Var Θ_m(x, x) with two hidden layers, where V depends on the width."""
    plan, variances = DEEP_PLAN[run.quick], []
    for width, replicas in plan.items():
        network = tc.networks.mlp(inputs.shape[1], width, 2, "relu", sigma_w=SIGMA)
        found = tc.validation.sample_kernels(network, inputs, replicas, seed=2)
        variances.append(tc.validation.Measurement.of_variance(found[:, 0, 0]))
    law = tc.validation.FiniteSizeLaw.fit([*plan], variances, 1.0, free=True)
    name = "L=2: exponent of Var Θ_m, corrected"
    run.exponent(name, -1, -law.power, law.power_error, smallest=0.4)
