"""Spectra of trees on circles, and regression with them.

Circles are patches of s = 2 numbers; spectra for d = 1, 2 only. Errors of regression are held
against E_n with the exact spectrum and ν_T = 1/2, and exponents against the slope of E_n over the
same n. That is not yet β where d > 1 (D = 4: 0.61, 0.49 and 0.34 for d = 1, 2, 4, and β = 0.625,
0.417, 0.25): modes of smaller patches still take a share of the n, n^{−1/4} for D = 2. E_n treats
eigenfunctions as independent Gaussian variables, which they are not in few dimensions (Tomasini et
al., arXiv:2202.03348). So levels are allowed 10 % of bias, and exponents 0.05, as 10 % between
sizes of ratio 8 make. For ν_T = 3/2, of which nothing is asserted, levels were 20 to 30 % above
E_n.
"""

from dataclasses import replace
from functools import cache, partial, reduce
from typing import NamedTuple

import numpy as np
from scipy import optimize
from scipy.fft import dctn

import theorycalc as tc
from theorycalc.validation import Measurement

# Degrees of lattices, by the patches of a tree and the depth of a sector: high where they matter.
LATTICES = {
    (1, 1): (2048,),
    (2, 1): (2048, 64),
    (2, 2): (256, 256),
    (4, 1): (1024, 32, 8, 8),
    (4, 2): (128, 128, 8, 8),
    (4, 3): (32, 32, 32, 32),
}
TEST, LEVEL_BIAS, SLOPE_BIAS = 64, 0.1, 0.05  # test inputs; allowed bias
WEIGHTS = tc.kernels.mlp(1).sigma_w[-1]  # √2


class Tree(NamedTuple):
    """The kernel of a tree on the first 2^{depth−1} circles; what follows them is not seen."""

    depth: int
    kind: str = "ntk"

    @property
    def seen(self) -> int:
        """The patches on which it depends, and D."""
        return 2 ** (self.depth - 1)

    def __call__(self, *angles) -> np.ndarray:
        """Between one or two sets of angles of shape (n, patches)."""
        circles = (np.stack([np.cos(a), np.sin(a)], 2)[:, : self.seen] for a in angles)
        network = tc.kernels.hierarchical_cnn(self.depth, 2, sigma_w=WEIGHTS)
        nngp, ntk = network.matrices(*(x.reshape(len(x), -1) for x in circles))
        return ntk if self.kind == "ntk" else nngp


@cache
def sector(tree: Tree, depth: int) -> np.ndarray:
    """Λ_k on the first meta-patch of that depth, for degrees well below their first aliases."""
    tops = LATTICES[tree.seen, depth]
    axes, half = [np.linspace(0, np.pi, top + 1) for top in tops], (len(tops) + 1) // 2
    zeros = [np.zeros(1)] * len(tops)
    # differences of angles make up the lattice: the first angles in x, the others in y
    ends = axes[:half] + zeros[half:], zeros[:half] + axes[half:]
    x, y = (np.stack(np.meshgrid(*end, indexing="ij"), -1).reshape(-1, len(tops)) for end in ends)
    values = tree(x, y).reshape([top + 1 for top in tops])
    values = dctn(values, type=1) / np.prod(2 * np.array(tops))
    inside = [slice(top // 2) if i < 2 ** (depth - 1) else 0 for i, top in enumerate(tops)]
    return values[tuple(inside)]


def modes(shape: tuple[int, ...]) -> np.ndarray:
    """The number of modes with the degrees k: ±k_i each."""
    return reduce(np.multiply.outer, (np.r_[1, np.full(size - 1, 2)] for size in shape))


def decay(run, orders: dict, eigenvalues: dict, exponent: tc.Formula) -> None:
    """Along the diagonal of each sector; the error is the drift over the last three octaves."""
    for kind, nu in orders.items():
        for depth, top in run.size:
            values, d = sector(Tree(top, kind), depth), 2 ** (depth - 1)
            degrees = len(values) // 4 >> np.arange(4)[::-1]
            diagonal, predicted = values[(degrees,) * d], -float(exponent.at(nu=nu, d=d))
            slopes = np.diff(np.log2(diagonal))
            name, x = f"{kind}, d = {d}, D = {2 ** (top - 1)}", degrees * d**0.5
            run.exponent(name, predicted, slopes[-1], np.ptp(slopes), smallest=0.3)
            run.points(x, diagonal, series=name)
            run.line(x, diagonal[-1] * (degrees / degrees[-1]) ** predicted, name)
        alone, exact = sector(Tree(1, kind), 1), eigenvalues[kind].at(s=2, k=8)
        run.at(None, exact, alone[8], error=4 * alone[-2:].max(), name=f"{kind}, depth 1: μ_8")
    wrong = -float(exponent.at(nu=nu, d=1))
    run.rejects("d = 1 instead of 2", wrong, slopes[-1], error=np.ptp(slopes))
    labels = "$|k|$", r"$\Lambda_k$, and $|k|^{-2\nu-d}$"
    run.axes(*labels, log="xy", title="eigenvalues of depth > 1")


def replica_errors(student: Tree, teacher: Tree, sizes) -> np.ndarray:
    """E_n of the replica method, with what is beyond the lattice as not learned."""
    every, learned = sector(student, student.depth), sector(student, teacher.depth)
    variance, number = sector(teacher, teacher.depth), modes(every.shape)
    shares = (modes(variance.shape) * variance)[tuple(map(slice, learned.shape))]
    rest = teacher(np.zeros((1, teacher.seen))).item() - shares.sum()
    errors = []
    for n in sizes:
        total = partial(lambda n, t: np.sum(number * every / (every + np.exp(t))) - n, n)
        kappa = np.exp(optimize.brentq(total, -40, 5))
        fraction = np.sum(number * (every / (every + kappa)) ** 2) / n
        errors.append((np.sum(shares * (kappa / (learned + kappa)) ** 2) + rest) / (1 - fraction))
    return np.array(errors)


def measured_errors(student: Tree, teachers, sizes: tuple, generator) -> np.ndarray:
    """Of regression on the first n of random inputs: the mean over all targets of each teacher."""
    most = max(sizes)
    x = generator.uniform(0, 2 * np.pi, (most + TEST, student.seen))
    kernel, errors = student(x), np.empty((len(teachers), len(sizes)))
    targets = [kernel if teacher == student else teacher(x) for teacher in teachers]
    for j, n in enumerate(sizes):
        weights = np.linalg.solve(kernel[:n, :n], kernel[:n, most:])
        for i, target in enumerate(targets):
            mixed = target[:n, :n] @ weights - 2 * target[:n, most:]
            errors[i, j] = np.mean(np.diag(target)[most:] + np.sum(weights * mixed, axis=0))
    return errors


def _slope(sizes: tuple, errors: np.ndarray) -> np.ndarray:
    """Of log errors against log n, along the last axis."""
    centred = np.log(sizes) - np.mean(np.log(sizes))
    return np.log(errors) @ centred / (centred @ centred)


def learning(run, rate: tc.Formula) -> None:
    """Two patches, and in the full form four: training inputs for each depth, and draws of them."""
    for depth, (sizes, draws) in run.size.items():
        _learning_curves(run, Tree(depth), sizes, draws, rate)


def _learning_curves(run, student: Tree, sizes: tuple, draws: int, rate: tc.Formula) -> None:
    """Teachers on each kind of meta-patch."""
    teachers = [Tree(depth) for depth in range(1, student.depth + 1)]
    draw = partial(measured_errors, student, teachers, sizes, np.random.default_rng(0))
    # teachers, draws, sizes: of one draw the errors at all sizes, whose slope has less noise
    samples = np.stack([draw() for _ in range(draws)], axis=1)
    predictions = np.stack([replica_errors(student, teacher, sizes) for teacher in teachers])
    slopes, measured = _slope(sizes, predictions), _slope(sizes, samples)
    smallest = 0.5 if run.quick else 0.3
    for i, teacher in enumerate(teachers):
        name, series = f"d = {teacher.seen}, D = {student.seen}", f"teacher on d = {teacher.seen}"
        for n, value, errors in zip(sizes, predictions[i], samples[i].T, strict=True):
            allowed = {"bias": LEVEL_BIAS * value, "smallest": smallest}
            run.at(n, value, errors, name=f"{name}, n = {n}", series=f"$E_n$, {series}", **allowed)
        beta = float(rate.at(nu_T="1/2", nu_S="1/2", d=teacher.seen, D=student.seen))
        name = f"{name}: slope (−β = {-beta:.3f})"
        run.at(None, slopes[i], measured[i], name=name, bias=SLOPE_BIAS, smallest=smallest)
    # on the same inputs the slopes differ by more than each is known to
    apart = replace(Measurement.of(measured[0] - measured[-1]), bias=SLOPE_BIAS)
    run.rejects(f"d = {student.seen} as d = 1: slope", 0, apart)
    title = f"regression with the tangent kernel, D = {student.seen}"
    run.axes("training inputs $n$", "error, measured ± 2 s.e.", log="xy", title=title)
