"""Two-layer networks learn one giant step at a time: from n = αd^l samples, what one step sees.

The limits of the overlaps at finite α, and what the second step sees, are derived here.

Setting
-------
A neuron σ(w·x) with |w| = 1 random, x ~ N(0, I_d), n = αd^l samples of y = f*(x). One large step
makes w parallel to (1/n) Σ y_i σ'(w·x_i) x_i. l is the least degree ≥ 1 in the Hermite expansion
of f*, T_l its tensor E ∇^l f*, C_k = E[σ He_k], V = E[y²] E[σ'²].

References
----------
Y. Dandi, F. Krzakala, B. Loureiro, L. Pesce, L. Stephan, "How two-layer neural networks learn, one
(giant) step at a time", JMLR 2024, arXiv:2305.18270.
"""

import sympy

import theorycalc as tc
from theorycalc.core.errors import explain
from theorycalc.theories.experiments import giant_steps as simulations

AUTHORS = "Y. Dandi, F. Krzakala, B. Loureiro, L. Pesce, L. Stephan"
PAPER = tc.Paper("arXiv:2305.18270", AUTHORS, "One giant step at a time", __doc__)
ALPHA, B, G, CUT = sympy.symbols("alpha B g R", positive=True)
z, z1, z2 = sympy.symbols("z z1:3", real=True)
HE2, HE3 = (sympy.hermite_prob(k, z) for k in (2, 3))
exp, sqrt, HALF = sympy.exp, sympy.sqrt, sympy.Rational(1, 2)


def raw(activation, k: int) -> sympy.Expr:
    """C_k = E[σ He_k]."""
    return sqrt(sympy.factorial(k)) * tc.hermite.coefficient(activation, k).expr


def slope_squared(activation) -> sympy.Expr:
    """E σ'²."""
    return tc.kernels.dual_derivative(activation).subs(rho=1).expr


def projection(level: int, rank: int = 1) -> tc.Formula:
    """E[s/(s + B)] over s = g^{2(l−1)}, g ~ N(0, 1); for l = 2 over χ² of so many degrees."""
    if level == 1:
        mean = 1 / (1 + B)
    elif level == 2:
        mean = 1 - B / 2 * exp(B / 2) * sympy.expint(sympy.Rational(rank, 2), B / 2)
    else:
        # the variable g/B^{1/(2l−2)} has this variance
        variance, power = B ** sympy.Rational(-1, level - 1), sympy.Abs(z) ** (level - 1)
        root = power / sqrt(1 + power**2)
        mean = tc.kernels.dual_general(root).subs(q11=variance, q12=variance, q22=variance).expr
    return tc.Formula("q", mean, args=(B,))


def tensor(expansion) -> tuple[int, int, sympy.Expr]:
    """(l, r, b²) of T_l: b e^l has r = 1, and of T_2 all r eigenvalues are ±b."""
    level, count = expansion.information_exponent, len(expansion.variables)
    if level == 1:
        return 1, 1, expansion.energy(1)
    first = [(index, c) for index, c in expansion.items() if sum(index) == level]
    if level == 2:
        units = list(map(tuple, sympy.eye(count).tolist()))
        matrix = sympy.Matrix(
            count,
            count,
            lambda i, j: expansion.coefficient(
                [int(a + b) for a, b in zip(units[i], units[j], strict=True)]
            ),
        )
        size = (matrix**2).trace() / matrix.rank()
        if matrix**3 == size * matrix:
            return 2, matrix.rank(), size
    elif len(first) == 1 and max(first[0][0]) == level:
        return level, 1, first[0][1] ** 2
    hint = "z**3 - 3*z, or z1*z2"
    raise tc.DomainError(explain("no such tensor of least degree", got=expansion, hint=hint))


def overlap(activation, target) -> tuple[tc.Formula, sympy.Expr]:
    """The limit of the squared cosine between the step and the directions of T_l, and V/A."""
    expansion = tc.hermite.expand(target)
    level, rank, size = tensor(expansion)
    signal = size * (raw(activation, level) / sympy.factorial(level - 1)) ** 2
    ratio = expansion.norm_squared * slope_squared(activation) / signal
    mean = projection(level, rank).expr.subs(B, ratio / ALPHA)
    return tc.Formula("q", mean, args=(ALPHA,)), ratio


one = PAPER.states(
    "limit",
    "The squared cosine of one step with the directions of T_l tends to E[A s/(A s + V/α)], "
    "s = g^{2(l−1)}, A = (C_l b_l/(l−1)!)²; for l = 2 and T_2 = b P of rank r, s = χ²_r.",
    where="Theorem 1",
)
# the activation, the target, and a dimension for the experiment
CASES = {
    "tanh, He₃": ("tanh", HE3, 16),
    "ReLU, He₂": ("relu", HE2, 40),
    "ReLU, He₂(z₁) + He₂(z₂)": ("relu", z1**2 + z2**2 - 2, 40),
    "tanh, He₁ + He₃/6": ("tanh", z + HE3 / 6, 400),
}
LIMITS = {name: overlap(*case[:2]) for name, case in CASES.items()}
one.shows(*(limit for limit, _ in LIMITS.values()))
DENSITY = {1: sqrt(2 / sympy.pi) * exp(-(G**2) / 2), 2: G * exp(-(G**2) / 2)}
for level, rank, b in ((2, 1, 3), (2, 2, HALF), (3, 1, HALF)):
    # the length of a Gaussian vector of one or two coordinates
    s = G ** (2 * level - 2)
    tail = {sympy.oo: tc.Tail(exp(-(CUT**2) / 2), CUT)}
    mean = tc.Integral(s / (s + b) * DENSITY[rank], G, 0, sympy.oo, tails=tail)
    one.equals(projection(level, rank), mean, f"an integral, l = {level}, rank {rank}", B=b)
one.experiment(
    "one step of 30 neurons on samples",
    quick=40,
    full=80,
    cases={name: (*LIMITS[name], *case) for name, case in CASES.items()},
)(simulations.overlaps)

two = PAPER.states(
    "limit",
    "A second step with n = αd sees what is linear in new directions, given the known ones: the "
    "isotropic staircase of order 1. For z₁ + z₁z₂, cos² with e₂ → C_2²c/(C_1² + C_2²c + V/α), c "
    "that of the first step with e₁; z₁ + z₂ + z₁z₂ stays at one direction, its leap is 2.",
)
STAIRCASE, FLAT = z1 + z1 * z2, z1 + z2 + z1 * z2
ONE, TWO = raw("relu", 1) ** 2, overlap("relu", STAIRCASE)[0].expr * raw("relu", 2) ** 2
NEW = tc.Formula("q_2", TWO / (ONE + TWO + 1 / ALPHA), args=(ALPHA,))
two.shows(NEW)
two.equals(NEW, 8 / (8 + 9 * sympy.pi), "by hand", alpha=8)
for target, stages in ((STAIRCASE, 2), (FLAT, 1), (z1 / 3 + 2 * z1 * z2 / 3, 2), (z1 * z2, 0)):
    found = tc.hermite.expand(target).staircase()[-1].cols
    two.equals(tc.Formula(f"dim[{target}]", sympy.Integer(found)), stages, "by hand")
two.experiment(
    "two steps of 30 ReLU neurons on fresh samples, n = 8d",
    quick=36,
    full=80,
    cases={
        "z₁ + z₁z₂": (STAIRCASE, (0, 1), float(NEW.at(alpha=8))),
        "z₁ + z₂ + z₁z₂": (FLAT, (0.5**0.5, -(0.5**0.5)), None),
    },
)(simulations.second_steps)
