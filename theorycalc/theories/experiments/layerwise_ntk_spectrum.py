"""Layers of spectra, of random networks, and networks of which one layer is trained."""

from functools import partial

import numpy as np
from numpy.polynomial.legendre import leggauss, legvander

import theorycalc as tc

DEPTH = 3  # L of most that is checked
LAYERS = range(1, DEPTH + 2)
ROUNDING = 1e-12  # of computed shares
# at d = 10, k = 20, by quadrature with the Gegenbauer polynomial in extended precision
SHARES = (0.51313221042848, 0.31510844719817, 0.16262167248318, 0.00913766989017)


def shares(d: int, depth: int, highest: int) -> np.ndarray:
    """μ_k^{(l)}/μ_k, of shape (layers, degrees)."""
    network = tc.kernels.mlp(depth)
    spectra = [network.spectrum(d, highest, layer=i) for i in range(1, depth + 2)]
    parts = np.array([[float(value) for value in values] for values in spectra])
    return parts / parts.sum(axis=0)


def high_degrees(run, limit, scale: tc.Formula) -> None:
    """Spectra against ``limit(layer, depth)``, within ε_k = ``scale``, and the naive rule."""
    spectra = {case: shares(*case, 80) for case in run.size}
    for (d, depth), found in spectra.items():
        for k in (79, 80):
            allowed, name = float(scale.at(d=d, k=k)), f"d = {d}, L = {depth}, k = {k}"
            first, *others, readout = found[:, k]
            for i, share in enumerate((first, *others), start=1):
                note = partial(run.at, None, error=ROUNDING, bias=allowed)
                note(limit(i, depth).at(k=k), share, name=f"{name}: layer {i}")
                if i == 2:
                    run.rejects(f"L = {depth}, k = {k}: naive rule", first * (1 - 1 / depth))
            last = allowed * first
            note(last, readout, name=f"{name}: readout", bias=3 * allowed * last)
    for i, (share, value) in enumerate(zip(SHARES, shares(10, DEPTH, 20)[:, 20], strict=True)):
        run.at(None, share, value, error=ROUNDING, name=f"d = 10, k = 20: layer {i + 1}")
    (d, depth), found = next(iter(spectra.items()))
    drawn = partial(_draw_shares, found, partial(limit, depth=depth))
    run.picture(f"layers of a spectrum, d = {d}, L = {depth}", drawn)


def _draw_shares(found: np.ndarray, limit, axes) -> None:
    for i, values in enumerate(found):
        axes.plot(values, "o", markersize=3, color=f"C{i}", label=f"layer {i + 1}")
        for k, style in ((79, "--"), (80, "-")):
            axes.axhline(float(limit(i + 1).at(k=k)), ls=style, color=f"C{i}", lw=1)
    axes.set_xlabel("degree $k$ (lines: limits, solid for even $k$, dashed for odd)")
    axes.set_ylabel(r"share $\mu_k^{(l)}/\mu_k$")
    axes.legend(frameon=False, ncols=2, loc=(0.35, 0.1))


def initialisation(run) -> None:
    """Tangent kernels of finite networks layer by layer, and their eigenvalues."""
    width, replicas, highest = run.size
    nodes, weights = leggauss(16)
    angles = (nodes + 1) * np.pi / 2  # in which the kernels are analytic
    x = np.sqrt(3) * np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    pole, limit = np.sqrt(3) * np.eye(1, 3), tc.kernels.mlp(DEPTH)
    network = tc.networks.mlp(3, width, DEPTH, sigma_w=limit.sigma_w)
    starts = (network.init([(3, width, r)]) for r in range(replicas))
    tangent = partial(tc.networks.tangent_kernel, network)
    kernels = np.array([[tangent(p, pole, x, layer=i)[0, 0] for i in LAYERS] for p in starts])
    limits = np.array([limit.layer_ntk(i).lambdify()(np.cos(angles)) for i in LAYERS])
    for i, line in enumerate(limits):
        samples, series = kernels[:, i], f"layer {i + 1}"
        run.joint(f"E Θ_{i + 1}", samples[:, ::3], line[::3], smallest=1)
        run.line(angles, line, series)
        run.points(angles, samples.T, series=series)
    harmonics = legvander(np.cos(angles), highest) * (weights * np.sin(angles))[:, None]
    spectra, predicted = kernels @ harmonics, limits @ harmonics

    def left(k: int, share: np.ndarray) -> np.ndarray:
        # of each layer's part in the same network when its share is taken off
        rest = spectra[..., k] - share * spectra[..., k].sum(axis=1, keepdims=True)
        return rest[:, :-1]

    for k in range(highest + 1):
        share = predicted[:, k] / predicted[:, k].sum()
        run.joint(f"shares at k = {k}", left(k, share), smallest=1)
    equal = np.full(len(LAYERS), 1 / len(LAYERS))
    run.rejects("equal shares at k = 0", 0, left(0, equal))
    label = "angle (lines: theory, points: networks ± 2 s.e.)"
    run.axes(label, r"$\Theta_l$", title=f"kernels of the layers, width {width}")


def one_layer_trained(run) -> None:
    """Networks of which one layer is trained, against gradient flow with Θ_l."""
    width, replicas, steps = run.size
    data, kernel = tc.validation.sphere_points(), tc.kernels.mlp(2)
    network = tc.networks.mlp(6, width, 2, sigma_w=kernel.sigma_w)
    x, n, targets = np.vstack([data.x_train, data.x_test]), len(data.y_train), data.y_train
    rho, nngp = np.clip(x @ x.T / 6, -1, 1), kernel.nngp_matrix(x)
    grams = [kernel.layer_ntk(i).lambdify()(rho) for i in (1, 2, 3)]
    rate = float(1 / max(np.linalg.eigvalsh(gram[:n, :n])[-1] for gram in grams))
    prior = {"nngp_train": nngp[:n, :n], "nngp_test_train": nngp[n:, :n], "learning_rate": rate}
    flows = [
        tc.kernels.predict.gradient_flow(
            gram[:n, :n], gram[n:, :n], nngp[n:, n:], targets, steps, **prior
        )
        for gram in grams
    ]
    start = network.init([(5, width, r) for r in range(replicas)])
    initial = network(start, x)[..., 0]
    # from each network's own outputs at the start
    linear = [initial[:, n:] + (targets - initial[:, :n]) @ flow.hat.T for flow in flows]
    for i, flow in enumerate(flows):
        trained = network(_trained(network, start, data, i, rate, steps), data.x_test)[..., 0]
        run.joint(f"layer {i + 1} against Θ_{i + 1}", trained - linear[i], smallest=1.25)
        if i != 1:
            run.rejects(f"layer {i + 1} against Θ_{3 - i}", 0, trained - linear[2 - i])
        title = f"only layer {i + 1} trained, L = 2, width {width}, {steps} steps"
        outputs = {"mean": flow.mean, "deviation": flow.deviations}
        draw = partial(
            tc.validation.plots.predictions, **outputs, samples=trained, targets=data.y_test
        )
        run.picture(title, draw)


def _trained(network, start, data, layer: int, rate: float, steps: int):
    """The parameters after steps of gradient descent in one layer."""
    weights = list(start.weights)
    for _ in range(steps):
        now = tc.networks.Parameters((*weights,), start.biases)
        passed = network.propagate(now, data.x_train)
        residual = passed.outputs[-1] - data.y_train[:, None]
        gradient = network.gradient(now, passed, residual).weights[layer]
        weights[layer] = weights[layer] - rate * gradient
    return tc.networks.Parameters((*weights,), start.biases)
