"""Networks of finite width beside their mean field: He₂ in closed form, and the erf student."""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.stats import wishart

import theorycalc as tc
from theorycalc.theories.experiments.erf_students import (
    Neurons,
    circle,
    equal_angles,
    folded,
    influence,
    responses,
)

TEACHER, VARIANCE = np.array([1, 0.5, 0, 0, 0, 0]), 1 / 6
KAPPA = 2.0


def matrices(start, teacher, time: float) -> np.ndarray:
    """M(t) from M(0), of shape (…, d, d), in the eigenbasis of the teacher."""
    decay = np.exp(-4 * teacher * time)
    positive = np.where(teacher > 0, teacher, 1)
    spent = np.where(teacher > 0, -np.expm1(-8 * positive * time) / (8 * positive), time)
    return np.linalg.inv(np.outer(decay, decay) * np.linalg.inv(start) + 8 * np.diag(spent))


def draws(generator, width: int, replicas: int, dimension: int) -> np.ndarray:
    """M(0) = (1/m) Σ w_i w_i' of random networks."""
    scale = VARIANCE / width * np.eye(dimension)
    return wishart(width, scale).rvs(replicas, random_state=generator)


def particles(run) -> None:
    """Twelve neurons that follow the gradient of the risk, beside the closed form."""
    w = VARIANCE**0.5 * np.random.default_rng(0).standard_normal((12, 6))

    def slope(_, flat):
        w = flat.reshape(12, 6)
        return -4 * (w @ (w.T @ w / 12 - np.diag(TEACHER))).ravel()

    times = np.linspace(0, run.size, 9)
    flow = solve_ivp(slope, (0, run.size), w.ravel(), t_eval=times, rtol=1e-11, atol=1e-13)
    for time, flat in zip(times[1:], flow.y.T[1:], strict=True):
        w_t = flat.reshape(12, 6)
        risk, closed = (
            ((m - np.diag(TEACHER)) ** 2).sum()
            for m in (w_t.T @ w_t / 12, matrices(w.T @ w / 12, TEACHER, time))
        )
        run.at(time, closed, risk, error=1e-8 * closed, series="12 neurons")
    run.rejects("5 % more", 1.05 * closed)
    run.axes("time", "excess risk", log="y")


def fluctuations(run, clt: tc.Formula) -> None:
    """m E‖f_m − f‖² of He₂ networks at two times, from random starts."""
    generator = np.random.default_rng(1)
    for time in (0.0, 0.2):
        limit = matrices(VARIANCE * np.eye(6), TEACHER, time)
        theory = float(clt.at(t=time, s2="1/6"))
        for width in (64, 256, 1024):
            m = matrices(draws(generator, width, run.size, 6), TEACHER, time)
            found = 2 * width * ((m - limit) ** 2).sum(axis=(1, 2))
            # at t = 0 the law holds at every width
            bias = 1.5 * theory / width if time else 0.0
            run.at(width, theory, found, series=f"t = {time}", bias=bias)
        run.rejects(f"5 % more at t = {time}", 1.05 * theory)
    run.axes("width $m$", r"$m\,E\|f_m - f\|^2$", log="x", xticks=(64, 256, 1024))


def uniform_in_time(run) -> None:
    """The largest of E‖f_m − f‖² over fixed times, for a teacher without null directions."""
    generator, teacher = np.random.default_rng(2), np.array([1, 0.5])
    times, widths = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0), (16, 64, 256, 1024)
    largest = []
    for width in widths:
        start = draws(generator, width, run.size, 2)
        deviations = [
            2
            * (
                (matrices(start, teacher, time) - matrices(VARIANCE * np.eye(2), teacher, time))
                ** 2
            ).sum(axis=(1, 2))
            for time in times
        ]
        largest.append(max(deviations, key=np.mean))
    found = [tc.validation.Measurement.of(values) for values in largest]
    # narrow networks fluctuate less, by a share of order 1/m
    law = tc.validation.FiniteSizeLaw.fit(widths, found, 1.0, free=True)
    name = "sup over t, exponential decay, corrected"
    run.exponent(name, -1, -law.power, law.power_error, at_most=True)
    run.rejects("a rate m^{−2}", -2)
    run.points(widths, largest, series="largest over t")
    run.line(widths, largest[0].mean() * widths[0] / np.array(widths), "1/m")
    run.axes("width $m$", r"$\sup_t E\|f_m - f\|^2$", log="xy", xticks=widths)


def erf_students(run) -> None:
    """Erf networks from random directions: m E‖f_m − f‖² beside the influence of neurons."""
    # later squares are too skew for few networks
    width, nodes, times = 32, 24, (0.5, 1.0, 2.0) if run.quick else (0.5, 1.0, 2.0, 4.0)
    angles = np.random.default_rng(3).uniform(0, 2 * np.pi, (run.size, width))
    law = Neurons.network(circle(equal_angles(nodes)))
    flows = zip(
        Neurons.network(circle(angles)).at(times, KAPPA, 1e-6),
        law.at(times, KAPPA),
        responses(KAPPA, times, nodes),
        strict=True,
    )
    sums = folded(angles, nodes)
    for time, (networks, limit, products) in zip(times, flows, strict=True):
        theory = float(np.diagonal(products).mean())
        # the same networks to first order in their fluctuation, whose mean is the theory
        control = np.einsum("ri,ij,rj->r", sums, products, sums) / width
        found = width * networks.minus(limit) - control + theory
        # what is beyond first order grows in time
        late = {"bias": 3 / width * theory, "smallest": 0.4}
        options = {"bias": 0.3 / width * theory} if time <= 1 else late
        run.at(time, theory, found, series=f"d = 2, m = {width}", **options)
        run.rejects(
            f"{'5 % less' if time <= 1 else 'half'} at {time}",
            theory * (0.95 if time <= 1 else 0.5),
        )
    w = np.random.default_rng(5).standard_normal((run.size, 5, width))
    flow = Neurons.network(w / np.linalg.norm(w, axis=1, keepdims=True)).at((0.0, 0.5), KAPPA, 1e-6)
    limits = Neurons.mean_field(5, 12).at((0.0, 0.5), KAPPA)
    start, found = (width * x.from_limit(limit) for x, limit in zip(flow, limits, strict=True))
    (theory,) = influence(KAPPA, (0.5,), 6, d=5)
    # the deviations at the start, of mean K(w, w) = 1/3, are most of what is random later
    paired = tc.validation.Measurement.paired(found, start, "1/3", coefficient=3 * theory)
    run.at(0.5, theory, paired, series=f"d = 5, m = {width}", bias=0.3 / width * theory)
    run.rejects("5 % less in R⁵", 0.95 * theory)
    run.axes("time", r"$m\,E\|f_m - f\|^2$", log="y")


def reduction(run, start_loss: tc.Formula) -> None:
    """Risks of the mean field by Gauss nodes in R⁵ and R³, beside more nodes and many neurons."""
    for d, times in ((5, (2.0, 8.0)), (3, (1.0, 2.0))):
        few, many = (
            [float(law.risk(KAPPA)) for law in Neurons.mean_field(d, count).at(times, KAPPA, 1e-9)]
            for count in (16, 20)
        )
        for time, coarse, fine in zip(times, few, many, strict=True):
            run.at(None, fine, coarse, error=1e-7 * fine, name=f"d = {d}, t = {time}, 16 nodes")
    law = Neurons.mean_field(2, 24)
    times = (0.5, 1.0)
    generator = np.random.default_rng(4)
    angles = generator.uniform(0, 2 * np.pi, (run.size, 128))
    start, *students = Neurons.network(circle(angles)).at((0.0, *times), KAPPA, 1e-6)
    # of the risk at the start, of mean L_0 + 1/(6 m), is most of what is random later
    control = start.risk(KAPPA), float(start_loss.at(kappa=KAPPA)) + 1 / (6 * 128)
    for time, limit, networks in zip(times, law.at(times, KAPPA), students, strict=True):
        theory = float(limit.risk(KAPPA))  # up to V_m/2, and a change of the mean of that order
        options = {"series": "d = 2, 128 neurons", "bias": 0.03 * theory, "smallest": 0.15}
        found = tc.validation.Measurement.paired(networks.risk(KAPPA), *control)
        run.at(time, theory, found, **options)
    run.rejects("15 % less", 0.85 * float(limit.risk(KAPPA)))
    run.axes("time", "excess risk", log="y")
