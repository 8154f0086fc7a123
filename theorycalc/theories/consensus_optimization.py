"""Consensus-based optimisation as relaxed gradient descent: an identity, and exact rates.

The seed shows that consensus-based optimisation behaves like a stochastic relaxation of gradient
descent. The identity with the free energy and the discrete factors are derived here.

Setting
-------
v_α(ρ) = ∫ x e^{−αf} dρ/∫ e^{−αf} dρ is the consensus of a law ρ, for an objective f with minimiser
x*. Particles follow dX = −λ(X − v) dt + g |X − v| dW in R^d.

References
----------
K. Riedl, T. Klock, C. Geldhauser, M. Fornasier, "Gradient is all you need?", 2023,
arXiv:2306.09778.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "K. Riedl, T. Klock, C. Geldhauser, M. Fornasier"
PAPER = tc.Paper("arXiv:2306.09778", AUTHORS, "Consensus-based optimisation", __doc__)
X, M, MIN = sympy.symbols("x m x_min", real=True)
S, K, ALPHA, D = sympy.symbols("s k alpha d", positive=True)
DRIFT, NOISE, STEP, N = sympy.symbols("lambda g h n", positive=True)
EXAMPLE = {"m": 1, "s": "3/2", "k": 2, "alpha": 3, "x_min": "-1/2"}
exp, log, sqrt, oo = sympy.exp, sympy.log, sympy.sqrt, sympy.oo

one = PAPER.states(
    "exact",
    "ρ = N(m, s²I), f = k‖x − x*‖²/2: v_α = (m/s² + αk x*)/(1/s² + αk), and the free energy "
    "F = −(1/α) log ∫ e^{−αf} dρ is d log(1 + αks²)/(2α) + k‖m − x*‖²/(2(1 + αks²)).",
)
PRECISION = 1 / S**2 + ALPHA * K
CONSENSUS = tc.Formula("v", (M / S**2 + ALPHA * K * MIN) / PRECISION)
RELAXED = 1 + ALPHA * K * S**2
ENERGY = D * log(RELAXED) / (2 * ALPHA) + K * (M - MIN) ** 2 / (2 * RELAXED)
ENERGY = tc.Formula("F", ENERGY)
WEIGHT = exp(-((X - M) ** 2) / (2 * S**2) - ALPHA * K * (X - MIN) ** 2 / 2)
NUMBERS = {M: 1, S: sympy.Rational(3, 2), K: 2, ALPHA: 3, MIN: -sympy.Rational(1, 2)}


def mean(expr) -> sympy.Expr:
    """∫ of an expression under the tilted law of the example, in one dimension."""
    body = (expr * WEIGHT).subs(NUMBERS)
    return tc.Integral(body, X, -12, 12).to_sympy()  # beyond it is below e^{−400}


one.shows(CONSENSUS, ENERGY)
one.equals(CONSENSUS, mean(X) / mean(sympy.S.One), "two integrals", **EXAMPLE)
MASS = mean(sympy.S.One) / sqrt(2 * sympy.pi * NUMBERS[S] ** 2)
one.equals(ENERGY, -log(MASS) / 3, "−(1/α) log of an integral", d=1, **EXAMPLE)
one.equals(ENERGY, "0.176035645695694959349", "in extended precision",
           m=1, s=sqrt(2), k=1, alpha=10, x_min=0, d=1)  # fmt: skip

two = PAPER.states(
    "exact",
    "v_α − m = −αs² ∇F(m) for every f and ρ = N(m, s²I) (Stein): to hop to the consensus is a step "
    "of gradient descent on the free energy; for quadratic f, one of αs²/(1 + αks²) on f itself.",
)
HOP = CONSENSUS.expr - M
GRADIENT = -ALPHA * S**2 * ENERGY.expr.diff(M)
two.equals(tc.Formula("v-m", HOP), GRADIENT, "the gradient of the free energy", **EXAMPLE)
ON_F = -ALPHA * S**2 / RELAXED * K * (M - MIN)
two.equals(tc.Formula("v-m", HOP), ON_F, "a step on the objective", **EXAMPLE)
FACTOR = ALPHA * K * S**2 / RELAXED
ONE = FACTOR.subs({S: 1, K: X / ALPHA})
two.proves(ONE <= 1, "the step never passes the minimiser (x = αks²)", {"x": (0, "oo")})

three = PAPER.states(
    "exact",
    "With v fixed, E‖X − v‖² is multiplied by e^{(−2λ + dg²)t}, and by (1 − λh)² + dg²h in a step "
    "of Euler's scheme: compare experiments with that. It contracts iff 2λ > dg² + λ²h.",
)
EULER = tc.Formula("q", ((1 - DRIFT * STEP) ** 2 + D * NOISE**2 * STEP) ** N)
DECAY = tc.Formula("r", exp((-2 * DRIFT + D * NOISE**2) * STEP * N))
SETTING = {"lambda": 1, "g": "3/5", "d": 5, "h": "1/50", "n": 50}
three.shows(EULER, DECAY)
three.equals(EULER, "0.83499897664608389001158", "fifty steps in extended precision", **SETTING)
SQUARED = 1 - 2 * DRIFT * STEP + DRIFT**2 * STEP**2 + D * NOISE**2 * STEP
three.equals(EULER, SQUARED**N, "E|(1 − λh)Y + g|Y|√h Z|²", **SETTING)
APART = exp(-2 * STEP) + STEP**2 >= (1 - STEP) ** 2
three.proves(APART, "a step and the flow differ by h²", {"h": (0, "oo")})


@three.experiment("particles around a fixed consensus, d = 5", quick=20_000, full=200_000)
def particles(run):
    """The mean squared distance after fifty steps of Euler's scheme."""
    generator, d, g, h = np.random.default_rng(0), 5, 0.6, 0.02
    x = np.ones((run.size, d)) / np.sqrt(d)
    for step in range(1, 51):
        length = np.linalg.norm(x, axis=1, keepdims=True)
        x = (1 - h) * x + g * np.sqrt(h) * length * generator.standard_normal(x.shape)
        if step % 10 == 0:
            name = f"after {step} steps"
            run.at(step, EULER.at(**{**SETTING, "n": step}), (x**2).sum(1), name=name, smallest=0.2)
    run.rejects("noise in one direction", EULER.at(**{**SETTING, "d": 1}))
    run.axes("steps", r"$E\|X - v\|^2$")
