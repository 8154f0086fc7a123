"""Wide convolutional networks: the error falls with the dimension of the patch that matters.

Setting
-------
A deep network on patches that do not overlap (`theorycalc.kernels.hierarchical_cnn`, ReLU, no
biases, σ_w² = 2): every layer joins two neighbours, a tree. An input has p = 2^{L−1} patches of s
numbers, independent and uniform on S^{s−1}; filters of layer l see 2^{l−1} patches, a meta-patch of
effective dimension d = 2^{l−1}(s−1), up to D = p(s−1). ν = 1/2 for the tangent kernel Θ and 3/2 for
the covariance Σ. Noiseless kernel regression without a ridge; the target is a Gaussian process that
depends on one meta-patch only and has the kernel with ν_T of the tree on it; n training inputs.

Derivation of statement 4
-------------------------
The student learns the modes with Λ_k above κ, which solves n = Σ_k Λ_k/(Λ_k + κ). So
κ ~ n^{−1−2ν_S/D}, learned are the degrees up to κ^{−1/(2ν_S+d)}, and the target has K^{−2ν_T} of
its variance beyond K. With the variances T_k of the modes, E_n = Σ_k T_k κ²/(Λ_k+κ)²/(1 − γ),
γ = Σ_k Λ_k²/(Λ_k+κ)²/n. With the best ridge the paper proves such rates as upper bounds.

References
----------
F. Cagnetta, A. Favero, M. Wyart, "What can be learnt with wide convolutional neural networks?",
arXiv:2208.01003.
U. Tomasini, A. Sclocchi, M. Wyart, "Failure and success of the spectral bias prediction for kernel
ridge regression: the case of low-dimensional data", ICML 2022, arXiv:2202.03348.
"""

import sympy
from sympy import cos, gamma, pi, sin

import theorycalc as tc
from theorycalc.theories.experiments import hierarchical_convolutions as simulations

PAPER = tc.Paper("arXiv:2208.01003", "F. Cagnetta et al.", "Hierarchical convolutions", __doc__)
S, DEGREE = sympy.symbols("s k", integer=True, positive=True)
NU, STUDENT, TEACHER, LOCAL, WHOLE = sympy.symbols("nu nu_S nu_T d D", positive=True)
ANGLE = sympy.Symbol("theta", real=True)

one = PAPER.states(
    "exact",
    "The eigenfunctions are products of spherical harmonics of the patches, of degrees "
    "k = (k_1, …, k_p). For L = 1 the kernel is a mean over patches and Λ_k that of one patch, "
    "μ_k, over p (Funk and Hecke).",
)
SHALLOW = {"nngp": tc.kernels.mlp(1).nngp, "ntk": tc.kernels.mlp(1).ntk}
MU = {
    kind: tc.Formula(f"mu_{kind}", tc.sphere.funk_hecke(kernel, S, DEGREE).expr, (S, DEGREE))
    for kind, kernel in SHALLOW.items()
}
one.shows(*MU.values())
LINEAR, STEP = (sin(ANGLE) + (pi - ANGLE) * cos(ANGLE)) / pi, (pi - ANGLE) / pi
DENSITY = gamma(S / 2) / (sympy.sqrt(pi) * gamma((S - 1) / 2)) * sin(ANGLE) ** (S - 2)
HARMONIC = tc.sphere.legendre(S, DEGREE).subs(t=cos(ANGLE)).expr
SOURCE = "its definition, an integral with the Legendre polynomial of s dimensions"
for kind, profile in (("nngp", LINEAR), ("ntk", LINEAR + cos(ANGLE) * STEP)):
    integral = tc.Integral(profile * DENSITY * HARMONIC, ANGLE, 0, pi)
    for s, degree in ((2, 4), (5, 2)):
        one.equals(MU[kind], integral, SOURCE, s=s, k=degree)

two = PAPER.states("asymptotic", "μ_k ~ C k^{−2ν−(s−1)} for even k, and 0 for odd k ≥ 3.")
two.equals(MU["ntk"], 0, "parity", s=3, k=5)
LIMIT, ntk = 2 ** (S - 1) * gamma(S / 2) ** 2 / pi**2, MU["ntk"].expr
EVEN = [{"s": s, "k": k} for s, k in ((2, 2), (2, 500), (3, 20), (20, 400))]
two.holds(ntk >= LIMIT * (DEGREE + S) ** -S, "μ_k ≥ C (k+s)^{−s}, even k", *EVEN)
two.holds(ntk <= LIMIT * (DEGREE - 1) ** -S, "μ_k ≤ C (k−1)^{−s}, even k", *EVEN)
J = sympy.Symbol("j", integer=True, positive=True)
TWENTY = {"s": tc.integers(2, 10), "j": tc.integers(1, 20)}
mu, size = ntk.xreplace({DEGREE: 2 * J}), LIMIT.xreplace({DEGREE: 2 * J})
bounds = [size * (2 * J + S) ** -S <= mu, mu <= size * (2 * J - 1) ** -S]
two.proves(bounds, "C (k+s)^{−s} ≤ μ_k ≤ C (k−1)^{−s}, k = 2j", TWENTY)

three = PAPER.states(
    "asymptotic",
    "For L > 1 and k ≠ 0 on one meta-patch of effective dimension d, Λ_k falls like |k|^{−2ν−d} "
    "in a fixed direction; all eigenvalues, in order, like i^{−1−2ν/D}.",
    where="section 3",
)
DECAY = tc.Formula("a", 2 * NU + LOCAL, args=(NU, LOCAL))
three.shows(DECAY)

three.experiment(
    "eigenvalues of trees on circles, by sectors",
    quick=((1, 2), (2, 2)),
    full=((1, 3), (1, 2), (2, 2)),
    orders={"nngp": "3/2", "ntk": "1/2"},
    eigenvalues=MU,
    exponent=DECAY,
)(simulations.decay)

four = PAPER.states(
    "heuristic",
    "By the replica method, not a proof: the mean squared error falls like n^{−β} with "
    "β = 2ν_T (2ν_S + D)/(D (2ν_S + d)) for a student with ν_S, and at most 2 + 4ν_S/D. Below "
    "that β > 2ν_T/(2ν_S + d), whatever D is: the patch that matters counts. For the whole input, "
    "d = D, β = 2ν_T/D, the curse of dimensionality.",
)
RATE = 2 * TEACHER * (2 * STUDENT + WHOLE) / (WHOLE * (2 * STUDENT + LOCAL))
CAPPED = sympy.Min(RATE, 2 + 4 * STUDENT / WHOLE)
BETA = tc.Formula("beta", CAPPED, (TEACHER, STUDENT, LOCAL, WHOLE))
four.shows(BETA)
SMALL = {"nu_T": "1/2", "nu_S": "1/2", "d": 1, "D": 2}
SOURCE = "κ ~ n^{−3/2}, degrees up to κ^{−1/2}, and the rest beyond"
four.equals(BETA, "3/4", SOURCE, **SMALL)
four.equals(BETA, "1/3", "2ν_T/D for the whole input", nu_T="1/2", nu_S="3/2", d=3, D=3)
LOCALLY = 2 * TEACHER / (2 * STUDENT + LOCAL)
ORDERS = dict.fromkeys(("nu_T", "nu_S", "d", "D"), sympy.Interval.open(0, sympy.oo))
four.proves(LOCALLY < RATE, "β > 2ν_T/(2ν_S + d), any D", ORDERS)

four.experiment(
    "regression; teachers on one patch and on meta-patches",
    quick={2: ((32, 64, 128), 12)},
    full={2: ((128, 256, 512, 1024), 16), 3: ((64, 128, 256, 512), 16)},
    rate=BETA,
)(simulations.learning)
