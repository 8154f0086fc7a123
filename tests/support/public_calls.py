"""Everything public that is called: functions, classes, methods, and arguments that they allow."""

import importlib
import inspect
import pkgutil
import re
import types

import numpy as np
import sympy
from matplotlib.figure import Figure

import theorycalc as tc
from theorycalc.validation.experiment import Report

x, y, t, z = (sympy.Symbol(name, real=True) for name in "xytz")
GAUSSIAN = tc.distributions.Gaussian(2)
NETWORK = tc.networks.mlp(2, 3, sigma_w=1)
PARAMETERS = NETWORK.init(range(2))
REPRESENTATION = tc.relu.represent(x**2 + y, x, y)
MEASURED = tc.validation.Measurement.of(np.array([1.0, 1.1, 0.9, 1.05]))
ONE = tc.Formula("f", x**2 - 1)
SQUARE = np.eye(2)
LAYERS = (tc.kernels.dense(), tc.kernels.activation("relu"), tc.kernels.dense())
DATA = tc.validation.sphere_points(3, 2)
POWERS = {
    "sizes": (8, 16, 32),
    "samples": np.outer([1.0, 0.5, 0.25], [1.0, 1.1, 0.9]),
}

IMAGES, ARRAYS = np.ones((2, 4, 4, 1)), ("diagonal", "matrices", "nngp_matrix", "ntk_matrix")
AXES = Figure().subplots()

# A value that is allowed for a parameter of this name; 2 for all others.
SAMPLES = {
    **dict.fromkeys(("X", "X1", "Y", "k_test", "k_test_train", "k_train"), SQUARE),
    "H": {1: "1/2", 4: "1/2"},
    "activation": "tanh",
    "alpha": (2, 0),
    "arrays": ([0.5],),
    "branch": LAYERS[:1],
    "branches": (LAYERS[:1], LAYERS[:1]),
    "bracket": (0, 2),
    "claim": tc.Claim(x**3 >= -1),
    "coefficients": [1.0, 0.5],
    "comparisons": [tc.validation.compare("c", 1, MEASURED)],
    "data": DATA,
    "density": sympy.exp(-t),
    "expected": "3",
    "expr": x**2,
    "formula": ONE,
    "integral": tc.Integral(x**2, x, 0, 1),
    "integrand": x**2,
    "inputs": 2,
    "kernel": tc.kernels.mlp(1),
    "layers": LAYERS,
    "level": 0.01,
    "learning_rate": 0.1,
    "lower": 0,
    "measurement": MEASURED,
    "moments": lambda *_: sympy.S.One,
    "n": 4,
    "name": "x",
    "network": NETWORK,
    "parameters": PARAMETERS,
    "poly": x**2 + 2 * x,
    "phi": "relu",
    "relation": x**3 >= -1,
    "request": REPRESENTATION.request,
    "rigor": tc.Rigor.CERTIFIED,
    "route": REPRESENTATION.route,
    "samples": np.arange(16).reshape(8, 2) ** 2,
    "seeds": range(2),
    "sigma_b": 0,
    "sigma_w": 1,
    "source": GAUSSIAN,
    "steps": 1,
    "survival": sympy.exp(-x),
    "symbol": x,
    "value": tc.certify(x, x=1),
    "variable": x,
    "variables": (x, y),
    "x": x,
    "z": x,
}
BINARY = tc.inference.prior("rademacher")
SPIKE = dict.fromkeys(
    (
        *("eigenvalue", "overlap", "threshold", "squared_singular_value", "left_overlap"),
        *("right_overlap", "top", "max_learning_rate", "exponent"),
    ),
    ONE,
)
# Where a parameter of that name is another thing.
SAMPLES_OF = {
    "Activation.__call__": {"x": [0.5]},
    "FiniteSizeLaw.__call__": {"sizes": (8, 16)},
    "FiniteSizeLaw.fit": {"sizes": (8, 16, 32), "measurements": [MEASURED] * 3, "power": -1},
    "Formula.at": {"params": {"x": 2}},
    "Formula.subs": {"params": {"x": 2}},
    "Gaussian.exponential_moment": {"rate": "1/8"},
    "HermiteSeries.__call__": {"z": [0.5]},
    "MLP.backward": {
        "passed": NETWORK.propagate(PARAMETERS, SQUARE),
        "cotangent": np.ones((2, 2, 1)),
    },
    "MLP.gradient": {
        "passed": NETWORK.propagate(PARAMETERS, SQUARE),
        "cotangent": np.ones((2, 2, 1)),
    },
    "MLP.multipliers": {"layer": 1},
    "MLP.spectrum": {"d": 5, "degree": 2},
    "Measurement.of": {"samples": [1.0, 1.1, 0.9]},
    "Measurement.of_variance": {"samples": [1.0, 1.1, 0.9]},
    "Measurement.paired": {"samples": [1.0, 1.1, 0.9, 1.2], "control": [1.0, 1.2, 0.7, 1.1]},
    "Measurement.from_reference": {"squared": [1.0, 1.1, 0.9], "reference": 8, "nested": True},
    "PowerLaw.fit": POWERS,
    "Representation.error_bound": {"width": 100},
    "Representation.norm": {"kind": "TV"},
    "Representation.second_moment": {"point": {}},
    "Representation.tune": {"option": "radius", "source": tc.distributions.UniformBall(2, "1/100")},
    **{f"Serial.{name}": {"X": IMAGES, "X1": IMAGES} for name in ARRAYS},
    "Value.contains": {"x": 1},
    "StudentT.exponential_moment": {"rate": -1},
    "tc.Activation": {"symbol": None},
    "tc.activations.Activation": {"symbol": None},
    "tc.Integral": {"upper": 1},
    "tc.Value": {"mid": 1, "rad": 1e-10},
    "tc.Reference": {"key": "arXiv:1806.07572"},
    "tc.MeanValue": {"args": (x**2, x, 1)},
    "tc.bivariate_normal": {"args": (0, 1, "1/2")},
    **{f"tc.activations.{name}": {"x": [0.5]} for name in dir(tc.activations)},
    "tc.kernels.predict.gradient_flow": {"y": [1.0, 0.0]},
    "tc.kernels.predict.posterior": {"y": [1.0, 0.0]},
    "tc.Tail": {"bound": sympy.exp(-x)},
    "tc.certify": {"params": {"x": 2}},
    "Law.compress": {"t": "1/2"},
    "Law.stieltjes": {"z": "1+2i", "side": "above"},
    "tc.spectra.Law": {"node": tc.spectra.semicircle(1).node, "name": "SC"},
    "tc.learning_curves.ridge": {"gamma": "1/2", "H": {1: "1/2", 4: "1/2"}},
    "tc.learning_curves.kernel": {"kernel": {1: 8}, "target": {1: 1}},
    "tc.learning_curves.KernelRegression": {
        "spectrum": tc.learning_curves.Spectrum((sympy.S.One,), (sympy.S.One,), (sympy.S.One,)),
        **dict.fromkeys(("n", "ridge", "noise"), sympy.S.One),
    },
    "tc.learning_curves.Spectrum": {
        **dict.fromkeys(("eigenvalues", "multiplicities", "powers"), (sympy.S.One,)),
        **dict.fromkeys(("tail", "largest"), sympy.S.Zero),
    },
    "KernelRegression.curve": {"n": [3, 5]},
    "KernelRegression.plot": {"n": [3, 5]},
    "tc.learning_curves.GradientFlow": dict.fromkeys(("alpha", "signal", "noise"), sympy.S.One),
    "tc.learning_curves.PowerLawCurve": {
        "regime": "noisy",
        **dict.fromkeys(("kappa_exponent", "exponent", "kappa_constant", "error_constant"), ONE),
    },
    "tc.learning_curves.power_law": {"a": 2, "b": 2},
    "tc.learning_curves.RandomFeatures": dict.fromkeys(("test", "train", "gamma"), ONE),
    "tc.learning_curves.random_features": {"n_over_d": 1, "P_over_d": 2},
    "tc.learning_curves.cross_validation": {"gram": SQUARE, "ridge": 1},
    "tc.learning_curves.peak": {"curve": tc.learning_curves.kernel({1: 8}, {1: 1}, noise=1).test},
    "tc.learning_curves.Peak": dict.fromkeys(("at", "height"), tc.certify(1)),
    "tc.learning_curves.optimal_ridge_claim": {"H": {1: "1/2", 4: "1/2"}},
    "tc.learning_curves.Ridge": dict.fromkeys(
        ("test", "train", "bias", "variance", "kappa", "ridge"), ONE
    ),
    **dict.fromkeys(("tc.spectra.Spike", "tc.spectra.BatchHessian"), SPIKE),
    "tc.spectra.RectangularSpike": SPIKE,
    "tc.spectra.batch_hessian": {"model": "wigner"},
    "tc.spectra.covariance_spike": {"ell": 9},
    "tc.spectra.discrete": {"atoms": {1: 1}},
    "tc.spectra.ginibre_cumulant": {"f": x**4, "N": 4},
    "tc.spectra.empirical": {"matrix": SQUARE},
    "tc.spectra.kernel_matrix": {"f": x**2 + x},
    "Law.quantile": {"u": "1/2"},
    "tc.spectra.outliers": {"matrix": SQUARE, "law": tc.spectra.semicircle(1)},
    "tc.spectra.Outlier": {"eigenvalue": 2.5, "theta": 2.0, "overlap": 0.5},
    "tc.spectra.projection": {"p": "1/2"},
    "tc.check": {"params": {"x": 2}},
    "tc.explore": {"what": tc.Formula("f", x**2), "ranges": {"x": (0, 1)}},
    "tc.sweep": {"quantity": lambda x, seed: x + seed, "grids": {"x": [2, 3]}},
    "tc.Check": {"verdict": tc.Verdict.HOLDS},
    "tc.kernels.predict.Prediction": {
        "mean": np.ones(2),
        "covariance": None,
        "hat": SQUARE,
        "eigenvalues": np.ones(2),
    },
    "tc.validation.Ensemble": dict.fromkeys(
        ("initial_train", "initial_test", "trained_test", "own_kernel"), SQUARE
    ),
    "tc.validation.fit_exponent": POWERS,
    "tc.validation.tails": {"samples": np.arange(20) ** 2},
    "tc.validation.Tails": {"interval": (1.0, 2.0)},
    "tc.validation.Figure": {"title": "f", "draw": lambda axes: None},
    "tc.validation.FiniteSizeLaw": {"p_value": 0.5},
    "tc.validation.PowerLaw": {"interval": (0.0, 1.0), "windows": ()},
    "tc.validation.Validation": {
        "comparison": tc.validation.compare("c", 1, MEASURED),
        "agreement": tc.validation.Agreement.AGREES,
        "power": 0.99,
    },
    "tc.distributions.Moments": {"d": 2},
    "tc.distributions.Radial": {"variable": None},
    "tc.distributions.StudentT": {"nu": 5},
    "tc.find_root": {"params": {}},
    "tc.hermite.HermiteExpansion": {"coefficients": {(1, 0): sympy.S.One}},
    "tc.hermite.HermiteSeries": {
        "activation": tc.activations.tanh,
        "coefficients": tuple(tc.hermite.series("tanh", 2).coefficients),
        "norm_squared": tc.certify(x, x=1),
        "tail": tc.certify(x, x=1),
    },
    "tc.hermite.ProductExpansion": {"direction": (sympy.S.One, sympy.S.Zero)},
    "tc.hermite.evaluate": {"z": [0.5]},
    "tc.hermite.expand": {"expr": x**2 + y},
    "tc.integrate": {"params": {}},
    "tc.kernels.MLP": {
        "activation": tc.activations.tanh,
        "sigma_w": (sympy.S.One,) * 3,
        "sigma_b": (sympy.S.Zero,) * 3,
    },
    "tc.minimize": {"params": {}, "bracket": (-1, 2)},
    "tc.networks.MLP": {
        "widths": (2, 3, 1),
        "activation": tc.activations.tanh,
        "sigma_w": (1.0, 1.0),
        "sigma_b": (0.0, 0.0),
    },
    "tc.networks.Parameters": {"weights": PARAMETERS.weights, "biases": PARAMETERS.biases},
    "tc.networks.LinearAttention": {"d": 2, "n": 3},
    "tc.networks.Layered": {"layers": LAYERS, "width": 3, "outputs": 1, "inputs": (2,)},
    "tc.networks.from_kernel": {"architecture": tc.kernels.mlp(1), "width": 3, "inputs": 2},
    "tc.networks.linear_attention": {"d": 2, "n": 3},
    "tc.networks.Trained": {"loss": np.ones(1)},
    "tc.networks.lipschitz": {"W": SQUARE, "b": [0, 1], "a": [1, 1]},
    "tc.networks.train": {"y": np.array([1.0, 0.0])},
    **{
        f"tc.information.{name}": {"P": tc.information.Normal(0), "Q": tc.information.Normal(1)}
        for name in (
            "divergence",
            "total_variation",
            "chi_squared",
            "hellinger_squared",
            "wasserstein",
        )
    },
    "tc.inference.Bayes": {"prior": BINARY, "output": tc.inference.output("sign")},
    "tc.inference.Density": {"density": sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)},
    "tc.inference.Erm": {"loss": "square", "teacher": "sign", "noise": 0},
    "tc.inference.Hopfield": {"energy": "distinct"},
    "tc.inference.Likelihood": {
        "law": (1 + sympy.Symbol("y") * sympy.tanh(sympy.Symbol("z"))) / 2,
        "values": (-1, 1),
    },
    "tc.inference.Loss": {"expr": (1 - x) ** 2},
    "tc.inference.Mixture": {"components": BINARY.components},
    "tc.inference.QuadraticNetwork": {"noise": 0},
    "tc.inference.sk_ground_energy": {"ansatz": "RS"},
    "SK.free_energy": {"ansatz": "RS"},
    "tc.inference.bayes": {"prior": "rademacher", "output": "linear"},
    "tc.inference.capacity": {"weights": "spherical"},
    "tc.inference.erm": {"loss": "square", "noise": 0},
    "tc.inference.franz_parisi": {"alpha": 1, "overlap": "1/2"},
    "tc.inference.lasso": {"rho": "1/2"},
    "tc.inference.loss": {"law": "huber"},
    "tc.inference.output": {"law": "probit"},
    "tc.inference.prior": {"law": "gauss_bernoulli", "rho": "1/2", "variable": None},
    "tc.inference.sk_instability_field": {"temperature": "1/2"},
    "tc.inference.sparse_recovery": {"delta": "1/2"},
    **{
        f"Bayes.{name}": {"start": "uninformative"}
        for name in ("entropy", "mmse", "overlap", "generalisation_error")
    },
    "Hopfield.overlap": {"alpha": "1/100", "temperature": "1/5"},
    "Hopfield.q": {"alpha": "1/100", "temperature": "1/5"},
    "tc.optimal.polynomial": {"function": sympy.exp(x), "on": (-1, 1), "digits": 3},
    "tc.optimal.minimal_degree": {"function": sympy.exp(x), "accuracy": 1, "on": (-1, 1)},
    "tc.optimal.BestPolynomial": {
        "error": tc.certify(x, x=1),
        "interval": (0, 1),
        "points": (0, 1),
        "polynomial": x,
    },
    "tc.information.Categorical": {"probabilities": ("1/2", "1/2")},
    "tc.information.contraction": {"channel": [["1/2", "1/2"], ["1/4", "3/4"]]},
    "tc.information.mutual_information": {"layers": [[[1, 2]]], "noises": [1]},
    "tc.quantization.kde.phase": {"alpha": 1, "h": 1},
    "tc.quantization.kde.kl_per_dimension": {"alpha": 1, "h": None},
    "tc.quantization.kde.h_CLT": {"alpha": 1},
    "tc.quantization.kde.h_G": {"alpha": 1},
    "tc.quantization.kde.h_opt": {"alpha": 1},
    "tc.quantization.kde.stable_index": {"alpha": 1, "h": 1},
    "tc.quantization.limit_distortion": {"alpha": 1},
    "tc.quantization.limit_radius": {"alpha": 1},
    "tc.quantization.mean_max_cosine": {"d": 5},
    "tc.quantization.mean_max_cosine_complement": {"d": 5},
    "tc.quantization.compare_approximations": {"d": 5},
    "tc.relu.power_eigenvalue": {"k": 4, "l": 2, "d": 5},
    "tc.relu.r_norm": {"poly": x**2},
    "tc.relu.f2_norm_squared": {"poly": x * y},
    "tc.relu.fischer_norm_squared": {"poly": x * y},
    "tc.relu.represent": {"poly": x * y, "options": {}},
    "tc.relu.spectral_barron": {"poly": x * y},
    "tc.relu.wick": {"poly": x * y},
    "tc.sphere.asymptotics": {"d": 5},
    "tc.sphere.gegenbauer": {"d": 5},
    "tc.validation.Comparison": {"predicted": "1", "measured": "1", "z": 0.5},
    "tc.validation.plots.predictions": {
        "axes": AXES,
        "mean": np.ones(2),
        "deviation": np.ones(2),
    },
    "tc.validation.plots.profile": {
        "axes": AXES,
        "x": [1.0],
        "predicted": [1.0],
        "measurements": [MEASURED],
    },
    "tc.validation.plots.width_scaling": {
        "axes": AXES,
        "widths": [1.0],
        "series": [("s", [MEASURED], None)],
    },
    "tc.sphere.decay_exponent": {"d": 5},
    "tc.sphere.funk_hecke": {"d": 5},
    "tc.sphere.spectrum": {"d": 5},
    "tc.sphere.decompose": {"poly": x**2 + y},
    "tc.sphere.fischer_inner": {"p": x**2, "q": x * y},
    "tc.sphere.harmonic_extension": {"poly": x**2 - y**2},
    "tc.sphere.inner": {"p": x**2, "q": x * y},
    "tc.sphere.project": {"poly": x**2 - y**2},
    "tc.theories.get": {"name": "leap_complexity"},
    "tc.theories.Case": {"params": {"x": 2}, "source": "by hand"},
    "tc.theories.Statement": {
        "number": 1,
        "kind": "exact",
        "text": "S",
        "reference": tc.Reference("arXiv:1806.07572"),
        "quoted": False,
    },
    "tc.theories.Theory": {
        "title": "T",
        "reference": tc.Reference("arXiv:1806.07572"),
        "statement": "S",
    },
    "tc.validation.compare_exponent": {"prediction": 1.0, "estimate": 1.01, "error": 0.01},
    "tc.validation.Dataset": {
        field: getattr(DATA, field) for field in ("x_train", "y_train", "x_test", "y_test")
    },
    "tc.validation.Experiment": {"description": "d", "run": lambda quick: Report(())},
    "tc.validation.Report": {"validations": ()},
    "tc.validation.sample_kernels": {"inputs": SQUARE, "seed": 1, "replicas": 2},
    "tc.validation.train_ensemble": {"network": tc.networks.mlp(6, 4, sigma_w=1)},
    "tc.validation.validate": {"prediction": 1.0},
    "tc.validation.compare": {"prediction": 1.0, "name": "c"},
}
OBJECTS = [
    ONE,
    *(tc.inference.QuadraticNetwork(1), tc.inference.SK(2)),
    *(BINARY, tc.inference.Hopfield(2), tc.inference.output("sign")),
    tc.inference.bayes(BINARY, "sign"),
    ONE.lambdify(),
    GAUSSIAN,
    *(getattr(tc.distributions, law)(2) for law in ("UniformBall", "UniformSphere")),
    tc.distributions.StudentT(2, 5),
    tc.distributions.Radial(2, sympy.exp(-t)),
    tc.distributions.Moments(2, lambda _: sympy.S.One),
    tc.Activation(x**2),
    tc.spectra.sample_covariance({1: "1/2", 4: "1/2"}, "1/2"),
    tc.learning_curves.kernel({1: 8}, {1: 1}),
    tc.learning_curves.gradient_flow(2, noise=1),
    REPRESENTATION,
    NETWORK,
    *(tc.kernels.mlp(2), tc.kernels.cnn(1, 2)),
    tc.hermite.expand(x**2 + y, x, y),
    tc.hermite.series("tanh", 4),
    tc.certify(x, x=1),
    *(tc.validation.Measurement, tc.validation.PowerLaw, tc.validation.FiniteSizeLaw),
    tc.validation.FiniteSizeLaw(-1, 0, 1, 0, 1),
]


def functions(module, prefix):
    """(name, callable) of everything public in a module, and in its public modules."""
    listed = getattr(module, "__all__", None)
    for name in listed or [name for name in dir(module) if not name.startswith("_")]:
        found = getattr(module, name)
        home = getattr(found, "__module__", None) or ""
        if isinstance(found, types.ModuleType):
            if found.__name__.startswith(module.__name__.split(".")[0]):
                yield from functions(found, f"{prefix}.{name}")
        elif callable(found) and home.startswith("theorycalc" if listed else module.__name__):
            yield f"{prefix}.{name}", found


def methods(thing):
    """(name, callable) of the public methods of an object."""
    owner = thing if isinstance(thing, type) else type(thing)
    for name in dir(thing):
        if name == "__call__" or not name.startswith("_"):
            found = getattr(owner, name, None)
            if inspect.isfunction(found) or inspect.ismethod(found):
                yield f"{owner.__name__}.{name}", getattr(thing, name)


def special_functions(cls=tc.SpecialFunction):
    """Every function of ours, in whichever module."""
    for found in cls.__subclasses__():
        yield found
        yield from special_functions(found)


# Of the files of papers nothing is public, and reading them all takes longer than all else.
for module in pkgutil.walk_packages(tc.__path__, "theorycalc."):
    if not re.search(r"__main__$|\.theories\.[a-z]", module.name):
        importlib.import_module(module.name)
CALLS = dict(functions(tc, "tc"))
CALLS |= {name: call for thing in OBJECTS for name, call in methods(thing)}


def parameters_of(name: str) -> dict[str, inspect.Parameter]:
    """The parameters of something public, in order; none for what Python gives no signature."""
    try:
        return dict(inspect.signature(CALLS[name]).parameters)
    except ValueError:  # an error class of Python's
        return {}


def arguments(name: str, replaced: dict) -> tuple[list, dict]:
    """Allowed arguments of a call, with others in the place of some."""
    positional, named = [], {}
    samples = SAMPLES | SAMPLES_OF.get(name, {})
    for key, parameter in parameters_of(name).items():
        sample = samples.get(key, 2)
        if parameter.kind is parameter.VAR_KEYWORD:
            given = sample if isinstance(sample, dict) else {}
            named |= {"x": replaced[key], "radius": replaced[key]} if key in replaced else given
        elif parameter.kind is parameter.VAR_POSITIONAL:
            values = sample if isinstance(sample, tuple) else (sample,)
            positional += [*values[:-1], replaced[key]] if key in replaced else values
        elif parameter.kind is parameter.KEYWORD_ONLY:
            if key in replaced or _needed(parameter):
                named[key] = replaced.get(key, sample)
        else:
            # points are counted by n or by log_n
            fill = (
                sample if _needed(parameter) and not (key == "n" and "log_n" in replaced) else None
            )
            default = parameter.default if fill is None else fill
            positional.append(replaced.get(key, default))
    return positional, named


def _needed(parameter) -> bool:
    return parameter.default is parameter.empty or (
        parameter.default is None and parameter.name in SAMPLES
    )
