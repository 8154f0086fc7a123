"""Every public formula with typical arguments and the region where it is used.

A case is (name of what returns the formula, label, formula, {argument: (low, high)}); an argument
that is an integer symbol gets whole numbers.
"""

import contextlib
import functools

import sympy as sp
from zoo import ZOO

import theorycalc as tc

X, Y, B, Z = sp.symbols("x y b z", real=True)
D, K = sp.symbols("d k", integer=True, positive=True)
GAMMA = sp.Symbol("gamma", positive=True)
# Activations with a closed form of every dual.
CLOSED = ("relu", "leaky_relu", "relu_power", "erf", "gelu", "sin", "cos", "gaussian", "exp")
WAVE = tc.activations.sin(1, 0)
UNIT, ANGLES, RADII = {"rho": (-1, 1)}, {"t": (-1, 1)}, {"r": (0.5, 3)}
PAIR = {"q11": (1, 4), "q12": (-1, 1), "q22": (1, 4)}
FAR = dict.fromkeys(("q11", "q22"), (1000, 2000)) | {"q12": (-1000, 1000)}


def _kernels():
    for name in CLOSED:
        network = tc.kernels.mlp(2, ZOO[name], sigma_w=1, sigma_b="1/10")
        yield "nngp", name, network.nngp, UNIT
        yield "ntk", name, network.ntk, UNIT
        yield "dual", name, tc.kernels.dual(ZOO[name]), UNIT
        yield "dual_derivative", name, tc.kernels.dual_derivative(ZOO[name]), UNIT
        yield "dual_general", name, tc.kernels.dual_general(ZOO[name]), PAIR
        derivative = tc.kernels.dual_derivative_general(ZOO[name])
        yield "dual_derivative_general", name, derivative, PAIR
    deep = tc.kernels.mlp(8, WAVE)
    for low, high in ((-1, 1), (-1e-6, 1e-6)):
        yield "nngp", "deep sin", deep.nngp, {"rho": (low, high)}
        yield "ntk", "deep sin", deep.ntk, {"rho": (low, high)}
    yield "nngp_general", "sin", tc.kernels.mlp(1, WAVE, sigma_w=1).nngp_general, FAR
    yield "ntk_general", "sin", tc.kernels.mlp(1, WAVE, sigma_w=1).ntk_general, FAR
    yield "nngp_general", "relu", tc.kernels.mlp(2).nngp_general, PAIR
    yield "ntk_general", "relu", tc.kernels.mlp(2).ntk_general, PAIR
    yield "deep_nngp", "relu", tc.kernels.mlp(10).deep_nngp(), {**UNIT, "L": (10, 1000)}
    yield "layer_ntk", "relu", tc.kernels.mlp(2).layer_ntk(1), UNIT
    yield "arc_cosine", "3", tc.kernels.arc_cosine(3), UNIT


def _polynomials():
    yield "coefficient", "relu", tc.hermite.coefficient("relu", 6), {}
    for k in (4, 100, 400):
        yield "orthonormal", k, tc.hermite.orthonormal(k), {"z": (-10, 10)}
    for k in (4, 60):
        yield "prob", k, tc.hermite.prob(k), {"z": (-10, 10)}
    for k in (5, 60, 300):
        yield "legendre", k, tc.sphere.legendre(7, k), ANGLES
        yield "gegenbauer", k, tc.sphere.gegenbauer(60, k), ANGLES
    yield "legendre", "d", tc.sphere.legendre(D, 6), {"d": (2, 40), **ANGLES}


def _spheres():
    yield "coordinate_density", 7, tc.sphere.coordinate_density(7), ANGLES
    yield "coordinate_density", "d", tc.sphere.coordinate_density(D), {"d": (3, 900), **ANGLES}
    yield "sphere.funk_hecke", "relu", tc.sphere.funk_hecke("relu", D, 4), {"d": (3, 900)}
    yield "decay_exponent", "relu", tc.sphere.decay_exponent("relu", D), {"d": (3, 900)}
    yield "asymptotics", "ntk", tc.sphere.asymptotics(tc.kernels.mlp(2), 3), {"k": (10, 1000)}


def _relu():
    yield "relu.funk_hecke", "d", tc.relu.funk_hecke(D, 5, bias=B), {"d": (3, 60), "b": (-0.9, 0.9)}
    yield "power_eigenvalue", "d", tc.relu.power_eigenvalue(4, 2, D), {"d": (3, 900)}
    yield "gaussian_bias_constant", "2", tc.relu.gaussian_bias_constant(2), {}
    yield "f2_norm_squared", "xy", tc.relu.f2_norm_squared(X * Y + 1, X, Y), {}
    yield "r_norm", "x²", tc.relu.r_norm(X**2, X, domain=(-1, 1)), {}
    yield "spectral_barron", "xy", tc.relu.spectral_barron(X * Y, X, Y), {}
    network = tc.relu.represent(X * Y, X, Y, method="ball", radius=1)
    law = tc.distributions.UniformSphere(2)
    formulas = {
        "density": network.density,
        "norm": network.norm("TV"),
        "constant": network.constant(law),
        "second_moment": network.second_moment(),
        "variance": network.variance(law),
        "error_bound": network.error_bound(100, law),
    }
    for name, formula in formulas.items():
        box = {symbol.name: (-0.5, 0.5) for symbol in formula.args}
        yield name, "xy", formula, box | ({"b": (0, 1)} if "b" in box else {})


def _quantisers():
    q, law = tc.quantization, tc.distributions.Gaussian(3)
    yield "distortion", "s=2", q.distortion(law, n=10), RADII
    yield "optimal_radius", "", q.optimal_radius(law, n=10), {}
    yield "optimal_distortion", "", q.optimal_distortion(law, n=10), {}
    yield "limit_radius", "", q.limit_radius(B), {"b": (0.1, 3)}
    yield "limit_distortion", "", q.limit_distortion(B), {"b": (0.1, 3)}
    yield "mean_max_cosine", "", q.mean_max_cosine(10, K), {"k": (2, 1000)}
    yield "mean_max_cosine_complement", "", q.mean_max_cosine_complement(10, K), {"k": (2, 1000)}
    yield "expected_maximum", "", q.expected_maximum(K), {"k": (2, 1000)}
    yield "extreme_value_radius", "", q.extreme_value_radius(law, n=10**6), {}


def _learning_curves():
    for size in ("1/10", "optimal"):
        found = tc.learning_curves.ridge(GAMMA, size, noise="1/4", H={1: "1/2", 4: "1/2"})
        for name in ("test", "train", "bias", "variance", "kappa"):
            yield f"learning_curves.ridge.{name}", size, getattr(found, name), {"gamma": (0.1, 4)}
    law = tc.spectra.marchenko_pastur("1/2")
    for name in ("test", "train", "kappa"):
        fit = tc.learning_curves.ridge(GAMMA, "1/10", noise="1/4", H=law)
        yield f"learning_curves.ridge.{name}", "a law", getattr(fit, name), {"gamma": (0.1, 4)}
    room = tc.learning_curves
    fit = room.kernel({1: 8, "1/10": 35}, {1: 1}, ridge="1/10", noise="1/10")
    features = room.random_features("relu", 2, GAMMA, "1/10", noise="1/4")
    flow, law = room.gradient_flow(2, noise="1/4"), room.power_law(2, "5/2")
    for name in ("test", "train", "kappa", "overfitting"):
        yield f"learning_curves.kernel.{name}", "", getattr(fit, name), {"n": (1, 100)}
    for name in ("test", "train", "gamma"):
        box = {"gamma": (0.1, 4)}
        yield f"learning_curves.random_features.{name}", "relu", getattr(features, name), box
    for name in ("test", "train"):
        yield f"learning_curves.gradient_flow.{name}", "", getattr(flow, name), {"t": (0, 20)}
    yield "learning_curves.power_law", "", law.error_constant, {}


def _information():
    info = tc.information
    chances, noise = {"q": (0.01, 0.99), "p": (0.01, 0.99)}, {"t": (0.1, 5)}
    yield "kl", "", info.kl(), chances
    yield "kl_upper", "", info.kl_upper(), {"q": (0.01, 0.99), "c": (0.01, 1)}
    yield "kl_lower", "", info.kl_lower(), {"q": (0.01, 0.99), "c": (0.01, 1)}
    yield "binomial_tail", "", info.binomial_tail(7, 20), {"p": (0.01, 0.99)}
    yield "binomial_upper", "", info.binomial_upper(7, 20), {"delta": (0.01, 0.99)}
    yield "binomial_lower", "", info.binomial_lower(7, 20), {"delta": (0.01, 0.99)}
    yield "xi", "", info.xi(), {"n": (1, 1000)}
    yield "contraction", "", info.contraction([[1 - Z, 0, Z], [0, 1 - Z, Z]]), {"z": (0.1, 0.9)}
    yield "gaussian_contraction", "kl", info.gaussian_contraction(), noise
    yield "gaussian_contraction", "tv", info.gaussian_contraction(divergence="tv"), noise
    yield "privacy_contraction", "", info.privacy_contraction(), {"epsilon": (0, 5)}
    yield "dropout_contraction", "", info.dropout_contraction(n=3), {"delta": (0, 1)}
    yield "layer_information", "", info.layer_information(5, 9), {}
    yield "mutual_information", "", info.mutual_information([[[1, 2]]], ["1/2"]), {}
    pair = info.Normal(0), info.Normal(B, 2)
    for name in ("divergence", "total_variation", "chi_squared", "hellinger_squared"):
        yield name, "Normal", getattr(info, name)(*pair), {"b": (-2, 2)}
    yield "wasserstein", "Normal", info.wasserstein(*pair), {"b": (-2, 2)}


def _inference():
    room = tc.inference
    perceptron, snr = room.bayes("rademacher", "sign"), {"z": (0.1, 5)}
    sparse = room.prior("gauss_bernoulli", rho="1/5")
    for name in ("mmse", "overlap", "free_entropy"):
        yield name, "sparse", getattr(sparse, name)(sp.Symbol("z", positive=True)), snr
    yield "denoiser", "", sparse.denoiser(2), {"y": (-3, 3)}
    for name in ("channel", "free_entropy"):
        yield name, "sign", getattr(room.output("sign"), name)(Z), {"z": (0.1, 0.9)}
    yield "overlap", "sign", perceptron.overlap(1), {}
    yield "generalisation_error", "sign", perceptron.generalisation_error(1), {}
    yield "entropy", "sign", perceptron.entropy(1), {}
    yield "transition", "sign", perceptron.transition(), {}
    yield "capacity", "1", room.capacity(1), {}
    yield "franz_parisi", "", room.franz_parisi(1, "1/2"), {}
    yield "storage_entropy", "", room.storage_entropy("1/2"), {}
    yield "capacity", "Hopfield", room.Hopfield(3).capacity(), {}
    yield "overlap_at_capacity", "", room.Hopfield(2).overlap_at_capacity(), {}
    yield "q", "Hopfield", room.Hopfield(2).q("1/10", "1/5"), {}
    for name in ("q", "free_energy", "stability"):
        yield name, "SK", getattr(room.SK("1/2"), name)(), {}
    yield "sk_instability_field", "", room.sk_instability_field("1/2"), {}
    yield "sk_ground_energy", "", room.sk_ground_energy(), {}
    network = room.QuadraticNetwork("1/2")
    yield "denoising_mmse", "", network.denoising_mmse("3/10"), {}
    for name in ("mmse", "test_error"):
        yield name, "quadratic", getattr(network, name)("1/5"), {}
    yield "recovery_threshold", "", network.recovery_threshold(), {}
    yield "rem_critical_beta", "", room.rem_critical_beta(), {}
    state = room.lasso("1/10", "1/2", "1/100", "3/2")
    for name in ("tau", "mse", "active_fraction", "penalty"):
        yield name, "lasso", getattr(state, name)(), {}
    yield "sparse_recovery", "", room.sparse_recovery("1/2"), {}
    yield "separability", "", room.separability(1), {}
    for name in ("m", "q", "error"):
        yield name, "erm", getattr(room.erm("square", 2, "1/2"), name)(), {}
    yield "error", "kinks", room.erm("absolute", 3, 0, teacher="linear", noise=1).error(), {}
    yield "weak_recovery", "abs", room.output("abs").weak_recovery(), {}
    yield "fisher_information", "sparse", sparse.fisher_information(2), {}
    yield "fisher_information", "logistic", room.output("logistic").fisher_information(), {}


def most_exactly(formula, **point):
    """The value in the strongest arithmetic that the formula has."""
    for using in (tc.Ball(20), tc.MP(20)):
        with contextlib.suppress(tc.NotSupportedError):
            return formula.at(using=using, **point)
    return formula.at(using=tc.Float(), **point)


ROOMS = {
    "kernels": _kernels,
    "polynomials": _polynomials,
    "spheres": _spheres,
    "relu": _relu,
    "quantisers": _quantisers,
    "information": _information,
    "inference": _inference,
    "learning_curves": _learning_curves,
}


@functools.cache
def cases(room):
    """Those of one room. They take seconds, so that a test has the room as its parameter."""
    return tuple(ROOMS[room]())
