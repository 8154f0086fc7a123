"""Networks of several widths that are trained with the same learning rate."""

import numpy as np

import theorycalc as tc

PARAMETERIZATIONS = {
    "ntk": "ntk",
    "standard, η/n": ((0, 0, 0), (0, 0.5, 0.5), 1),
    "mup": "mup",
}


def features(run, powers: dict[str, float]) -> None:
    """How far the last hidden features move at test points, root mean square, per coordinate."""
    data = tc.validation.sphere_points(16, 8)
    widths = [*run.size]
    for name, power in powers.items():
        moved, rate = [], None
        for width, replicas in run.size.items():
            network = tc.networks.mlp(
                6, width, 2, "tanh", sigma_w=1.5, parameterization=PARAMETERIZATIONS[name]
            )
            start = network.init([(1, width, seed) for seed in range(replicas)])
            rate = rate or _stable_rate(network, start, data.x_train)
            moved.append(_moved(network, start, data, rate))
        means = np.array([x.mean() for x in moved])
        if power:
            law = tc.validation.PowerLaw.fit(widths, moved)
            run.exponent(f"{name}: power of the width", -power, law, smallest=0.5)
            run.rejects(f"{name}: features that move", 0.01)
        else:
            run.at(
                None,
                means[0],
                moved[-1],
                name=f"{name}: widest as narrowest",
                bias=0.1 * means[0],
                smallest=0.3,
            )
            factor = (widths[0] / widths[-1]) ** 0.5
            run.rejects(f"{name}: a kernel, n^(−1/2)", means[0] * factor)
        run.points(widths, moved, series=name)
        run.line(widths, means[-1] * (np.array(widths) / widths[-1]) ** -power, name)
    run.axes("width $n$", "features move by", log="xy", xticks=widths)


def kernel_regime(run, power: float) -> None:
    """Features of two-layer networks whose outputs are 0 at the start, whatever the seed."""
    data, widths, moved, rate = tc.validation.sphere_points(16, 8), [*run.size], [], None
    for width, replicas in run.size.items():
        network = tc.networks.mlp(6, width, 1, "tanh", sigma_w=1.5)
        start = network.init([(3, width, seed) for seed in range(replicas)], symmetric=True)
        rate = rate or _stable_rate(network, start, data.x_train)
        # the mean square has the smaller correction of order 1/n
        moved.append(_moved(network, start, data, rate) ** 2)
    law = tc.validation.PowerLaw.fit(widths, moved)
    run.exponent("power of the width, of squares", -2 * power, law, smallest=0.1)
    run.rejects("5 % steeper", -2.1 * power)
    run.points(widths, moved, series="squares")
    line = moved[-1].mean() * (np.array(widths) / widths[-1]) ** (-2 * power)
    run.line(widths, line, "squares")
    run.axes("width $n$", "features move by, squared", log="xy", xticks=widths)


def _moved(network, start, data, rate: float) -> np.ndarray:
    """How far the last hidden features move in 20 steps, root mean square, network by network."""
    end = tc.networks.train(
        network, start, data.x_train, data.y_train, learning_rate=rate, steps=20
    ).parameters
    before, after = (
        np.tanh(network.forward(parameters, data.x_test).outputs[-2]) for parameters in (start, end)
    )
    return ((after - before) ** 2).mean(axis=(1, 2)) ** 0.5


def _stable_rate(network, parameters, inputs) -> float:
    """A quarter of the largest stable rate, in units of n^−c."""
    kernels = tc.networks.tangent_kernel(network, parameters, inputs)
    return 0.5 / float(np.linalg.eigvalsh(kernels)[:, -1].mean() * network.rate_factor)


def transfer(run) -> None:
    """The rate with the least loss, network by network; what diverges is worst."""
    data, widths = tc.validation.sphere_points(16, 1), (32, 128) if run.quick else (32, 128, 512)
    rates = 0.04 * 2 ** (np.arange(14) / 2)
    for name, power in (("mup", 0), ("standard", 1)):
        best = []
        for width in widths:
            network = tc.networks.mlp(6, width, 1, "tanh", sigma_w=1.5, parameterization=name)
            start = network.init([(2, width, seed) for seed in range(run.size)])
            tried = rates / width**power
            losses = [_loss(network, start, data, rate) for rate in tried]
            best.append(tried[np.argmin(losses, axis=0)])
        # the mean exponent; between two rates lies a factor √2
        found = np.log(best[0]).mean() - np.log(best[-1]).mean()
        steps = np.log(widths[-1] / widths[0])
        text = f"{name}: n · best rate" if power else f"{name}: best rate"
        grid = {"error": 0.1, "smallest": 0.6}
        run.at(None, 1, np.exp(power * steps - found), name=f"{text}, {widths[-1]} over 32", **grid)
        run.rejects(f"{name}: the other law", np.exp((2 * power - 1) * steps))
        run.points(widths, best, series=name)
        run.line(widths, best[0].mean() * (widths[0] / np.array(widths)) ** power, name)
    run.axes("width $n$", "best learning rate", log="xy", xticks=widths)


def _loss(network, start, data, rate: float) -> np.ndarray:
    """The losses after training; of a rate at which one network diverges, infinite."""
    try:
        trained = tc.networks.train(
            network, start, data.x_train, data.y_train, learning_rate=rate, steps=15
        )
    except tc.DomainError:
        return np.full(len(start.weights[0]), np.inf)
    return trained.loss[-1]
