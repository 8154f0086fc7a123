"""Wide convolutional networks: the error falls with the dimension of the patch that matters.

Setting
-------
A deep network on patches that do not overlap (`theorycalc.kernels.hierarchical_cnn`, ReLU, no
biases, σ_w² = 2): every layer joins two neighbours, a tree. An input has p = 2^{L−1} patches of s
numbers, independent and uniform on S^{s−1}; filters of layer l see 2^{l−1} patches, a meta-patch of
effective dimension d = 2^{l−1}(s−1), up to D = p(s−1). ν = 1/2 for the tangent kernel Θ and 3/2 for
the covariance Σ. Noiseless kernel regression without a ridge; the target is a Gaussian process that
depends on one meta-patch only and has the kernel with ν_T of the tree on it; n training inputs.

Statement
---------
1. *Exact.* The eigenfunctions are products of spherical harmonics of the patches, of degrees
   k = (k_1, …, k_p). For L = 1 the kernel is a mean over patches and Λ_k that of one patch, μ_k,
   over p (Funk and Hecke). *Asymptotic:* μ_k ~ C k^{−2ν−(s−1)} for even k, and 0 for odd k ≥ 3.
2. *Asymptotic.* For L > 1 and k ≠ 0 on one meta-patch of effective dimension d, Λ_k falls like
   |k|^{−2ν−d} in a fixed direction (section 3); all eigenvalues, in order, like i^{−1−2ν/D}.
3. *Asymptotic; by the replica method, not a proof.* The mean squared error falls like n^{−β} with
   β = 2ν_T (2ν_S + D)/(D (2ν_S + d)) for a student with ν_S, and at most 2 + 4ν_S/D. Below that
   β > 2ν_T/(2ν_S + d), whatever D is: the patch that matters counts. For the whole input, d = D,
   β = 2ν_T/D, the curse of dimensionality.

Derivation of 3: the student learns the modes with Λ_k above κ, which solves n = Σ_k Λ_k/(Λ_k + κ).
So κ ~ n^{−1−2ν_S/D}, learned are the degrees up to κ^{−1/(2ν_S+d)}, and the target has K^{−2ν_T} of
its variance beyond K. With the variances T_k of the modes, E_n = Σ_k T_k κ²/(Λ_k+κ)²/(1 − γ),
γ = Σ_k Λ_k²/(Λ_k+κ)²/n. With the best ridge the paper proves such rates as upper bounds.

What is checked. Circles, s = 2; 2 for d = 1, 2 only; regression against E_n with the exact spectrum
and ν_T = 1/2, and exponents against the slope of E_n over the same n. That is not yet β where d > 1
(D = 4: 0.61, 0.49 and 0.34 for d = 1, 2, 4, and β = 0.625, 0.417, 0.25): modes of smaller patches
still take a share of the n, n^{−1/4} for D = 2. E_n treats eigenfunctions as independent Gaussian
variables, which they are not in few dimensions (Tomasini et al.). So levels are allowed 10 % of
bias, and exponents 0.05, as 10 % between sizes of ratio 8 make. For ν_T = 3/2, of which nothing is
asserted, levels were 20 to 30 % above E_n.

References
----------
F. Cagnetta, A. Favero, M. Wyart, "What can be learnt with wide convolutional neural networks?",
arXiv:2208.01003.
U. Tomasini, A. Sclocchi, M. Wyart, "Failure and success of the spectral bias prediction for kernel
ridge regression: the case of low-dimensional data", ICML 2022, arXiv:2202.03348.
"""

from functools import cache, partial, reduce
from itertools import chain
from typing import NamedTuple

import numpy as np
import sympy
from scipy import optimize
from scipy.fft import dctn
from sympy import Rational, cos, gamma, pi, sin, sqrt

from theorycalc import sphere
from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral
from theorycalc.core.reference import Reference
from theorycalc.kernels import hierarchical_cnn, mlp
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Experiment,
    Figure,
    Measurement,
    PowerLaw,
    Report,
    compare,
    compare_exponent,
    judge,
)

CAGNETTA = Reference("arXiv:2208.01003", title="F. Cagnetta et al., Wide convolutional networks")

# --- formulas -------------------------------------------------------------------------------

S, DEGREE = sympy.symbols("s k", integer=True, positive=True)
NU, STUDENT, TEACHER, LOCAL, WHOLE = sympy.symbols("nu nu_S nu_T d D", positive=True)

NUS = {"nngp": Rational(3, 2), "ntk": Rational(1, 2)}
MU = {
    kind: Formula(f"mu_{kind}", sphere.funk_hecke(kernel, S, DEGREE).expr, (S, DEGREE))
    for kind, kernel in (("nngp", mlp(1).nngp), ("ntk", mlp(1).ntk))
}
DECAY = Formula("a", 2 * NU + LOCAL, args=(NU, LOCAL), reference=CAGNETTA)
RATE = 2 * TEACHER * (2 * STUDENT + WHOLE) / (WHOLE * (2 * STUDENT + LOCAL))
CAP = 2 + 4 * STUDENT / WHOLE
BETA = Formula("beta", sympy.Min(RATE, CAP), (TEACHER, STUDENT, LOCAL, WHOLE), reference=CAGNETTA)

# --- independent definitions, and relations: name, sharpness, points --------------------------

ANGLE = sympy.Symbol("theta", real=True)
LINEAR, STEP = (sin(ANGLE) + (pi - ANGLE) * cos(ANGLE)) / pi, (pi - ANGLE) / pi
PROFILES = {"nngp": LINEAR, "ntk": LINEAR + cos(ANGLE) * STEP}


def coefficient(profile: sympy.Expr) -> Integral:
    """Funk and Hecke's integral over the angle."""
    density = gamma(S / 2) / (sqrt(pi) * gamma((S - 1) / 2)) * sin(ANGLE) ** (S - 2)
    polynomial = sphere.legendre(S, DEGREE).subs(t=cos(ANGLE)).expr
    return Integral(profile * density * polynomial, ANGLE, 0, pi)


LIMIT, NTK = 2 ** (S - 1) * gamma(S / 2) ** 2 / pi**2, MU["ntk"].expr
EVEN = tuple({"s": s, "k": k} for s, k in ((2, 2), (2, 500), (3, 20), (20, 400)))
SIZES = (
    {"nu_T": "1/2", "nu_S": "1/2", "d": 1, "D": 2},
    {"nu_T": "3/2", "nu_S": "3/2", "d": 3, "D": 10**6},
)
RELATIONS = (
    (NTK >= LIMIT * (DEGREE + S) ** -S, "μ_k ≥ C (k+s)^{−s}, even k", "asymptotic", EVEN),
    (NTK <= LIMIT * (DEGREE - 1) ** -S, "μ_k ≤ C (k−1)^{−s}, even k", "asymptotic", EVEN),
    (RATE > 2 * TEACHER / (2 * STUDENT + LOCAL), "β > 2ν_T/(2ν_S + d), any D", "tight", SIZES),
)

# --- experiments ------------------------------------------------------------------------------

# Degrees of lattices, by the patches of a tree and the depth of a sector: high where they matter.
LATTICES = {
    (1, 1): (2048,),
    (2, 1): (2048, 64),
    (2, 2): (256, 256),
    (4, 1): (1024, 32, 8, 8),
    (4, 2): (128, 128, 8, 8),
    (4, 3): (32, 32, 32, 32),
}
TEST, LEVEL_BIAS, SLOPE_BIAS = 100, 0.1, 0.05  # test inputs; allowed bias, see the statement
# By depth: training inputs, and draws of them.
FULL = {2: ((128, 256, 512, 1024), 16), 3: ((64, 128, 256, 512), 16)}
PLANS = (FULL, {2: ((64, 128, 256), 12)})


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
        network = hierarchical_cnn(self.depth, 2, sigma_w=sqrt(2))
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


def draw(curves, xlabel: str, ylabel: str, axes) -> None:
    """Theory as lines, what was computed or measured as points."""
    for i, (label, x, line, points, bars) in enumerate(curves):
        axes.loglog(x, line, color=f"C{i}", label=label)
        axes.errorbar(x, points, bars, fmt="o", color=f"C{i}", markersize=4, capsize=3)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.legend(frameon=False)


def decay(quick: bool) -> Report:
    """Along the diagonal of each sector; the error is the drift over the last three octaves."""
    comparisons, curves = [], []
    for kind, nu in NUS.items():
        for depth, top in ((1, 2), (2, 2)) if quick else ((1, 3), (1, 2), (2, 2)):
            values, d = sector(Tree(top, kind), depth), 2 ** (depth - 1)
            degrees = len(values) // 4 >> np.arange(4)[::-1]
            diagonal, predicted = values[(degrees,) * d], -float(DECAY.at(nu=nu, d=d))
            slopes = np.diff(np.log2(diagonal))
            name = f"{kind}, d = {d}, D = {2 ** (top - 1)}"
            comparisons.append(compare_exponent(name, predicted, slopes[-1], np.ptp(slopes)))
            line = diagonal[-1] * (degrees / degrees[-1]) ** predicted
            curves.append((name, degrees * d**0.5, line, diagonal, 0 * diagonal))
        alone = sector(Tree(1, kind), 1)
        lattice = Measurement(alone[8], 4 * alone[-2:].max(), None)
        comparisons.append(compare(f"{kind}, depth 1: μ_8", MU[kind].at(s=2, k=8), lattice))
    last, wrong = Measurement(slopes[-1], np.ptp(slopes), None), -float(DECAY.at(nu=nu, d=1))
    comparisons.append(compare("d = 1 instead of 2", wrong, last, mutant=True))
    picture = partial(draw, curves, "$|k|$", r"$\Lambda_k$, and $|k|^{-2\nu-d}$")
    return Report(judge(comparisons), (Figure("eigenvalues of depth > 1", picture),))


def replica_errors(student: Tree, teacher: Tree, sizes) -> np.ndarray:
    """E_n of statement 3, with what is beyond the lattice as not learned."""
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


def measured_errors(student: Tree, teachers, n: int, generator) -> list[float]:
    """Of regression on n random inputs: the mean over all targets of each teacher."""
    x = generator.uniform(0, 2 * np.pi, (n + TEST, student.seen))
    kernel, errors = student(x), []
    weights = np.linalg.solve(kernel[:n, :n], kernel[:n, n:])
    for teacher in teachers:
        target = kernel if teacher == student else teacher(x)
        mixed = target[:n, :n] @ weights - 2 * target[:n, n:]
        errors.append(float(np.mean(np.diag(target)[n:] + np.sum(weights * mixed, axis=0))))
    return errors


def learning_curves(student: Tree, sizes: tuple[int, ...], draws: int) -> tuple:
    """Comparisons, and a picture, for teachers on each kind of meta-patch."""
    teachers = [Tree(depth) for depth in range(1, student.depth + 1)]
    generator, comparisons, slopes, curves = np.random.default_rng(0), [], [], []
    run = partial(measured_errors, student, teachers, generator=generator)
    samples = np.array([[run(n) for _ in range(draws)] for n in sizes])
    for errors, teacher in zip(np.moveaxis(samples, -1, 0), teachers, strict=True):
        name = f"d = {teacher.seen}, D = {student.seen}"
        predicted = replica_errors(student, teacher, sizes)
        means = list(map(Measurement.of, errors))
        for n, value, mean in zip(sizes, predicted, means, strict=True):
            allowed = {"bias": LEVEL_BIAS * value, "smallest": 0.25}
            comparisons.append(compare(f"{name}, n = {n}", value, mean, **allowed))
        beta = BETA.at(nu_T="1/2", nu_S="1/2", d=teacher.seen, D=student.seen)
        fit = PowerLaw.fit(sizes, errors)
        measured = Measurement(fit.slope, fit.standard_error, draws)
        # the curve with the relative errors of the samples has the same weights in its fit
        slope = PowerLaw.fit(sizes, errors * (predicted / errors.mean(axis=1))[:, None]).slope
        name = f"{name}: slope (−β = {-float(beta):.3f})"
        comparisons.append(compare(name, slope, measured, bias=SLOPE_BIAS, smallest=0.25))
        slopes.append(measured)
        levels, bars = zip(*((mean.mean, 2 * mean.standard_error) for mean in means), strict=True)
        curves.append((f"$E_n$, teacher on d = {teacher.seen}", sizes, predicted, levels, bars))
    name = f"d = {student.seen} instead of 1: slope"
    comparisons.append(compare(name, slope, slopes[0], bias=SLOPE_BIAS, mutant=True))

    picture = partial(draw, curves, "training inputs $n$", "error, measured ± 2 s.e.")
    return comparisons, Figure(f"regression with the tangent kernel, D = {student.seen}", picture)


def learning(quick: bool) -> Report:
    """Two patches, and in the full form four."""
    parts = [learning_curves(Tree(depth), *plan) for depth, plan in PLANS[quick].items()]
    comparisons, figures = zip(*parts, strict=True)
    return Report(judge(chain(*comparisons)), figures)


THEORY = Theory(
    title="Hierarchical convolutions",
    reference=CAGNETTA,
    statement=__doc__,
    formulas=(*MU.values(), DECAY, BETA),
    cases=(
        *(
            Case(
                formula=MU[kind],
                params={"s": s, "k": degree},
                expected=coefficient(profile),
                source="its definition, an integral with the Legendre polynomial of s dimensions",
            )
            for kind, profile in PROFILES.items()
            for s, degree in ((2, 4), (5, 2))
        ),
        Case(formula=MU["ntk"], params={"s": 3, "k": 5}, expected="0", source="parity"),
        Case(
            formula=BETA,
            params=SIZES[0],
            expected="3/4",
            source="κ ~ n^{−3/2}, degrees up to κ^{−1/2}, and the rest beyond",
        ),
    ),
    claims=tuple(
        (Claim(relation, name=name, reference=CAGNETTA, sharpness=sharpness), points)
        for relation, name, sharpness, points in RELATIONS
    ),
    experiments=(
        Experiment("decay", "eigenvalues of trees on circles, by sectors", decay),
        Experiment("learning", "regression; teachers on one patch and on meta-patches", learning),
    ),
)
