"""Multiplicative diffusion: geometric Brownian motion, its scores, and steps that keep signs.

The seed trains denoisers for multiplicative noise. The law, the score matching identity and the
excess of a reverse step are exact (the last is worked out here).

Setting
-------
dX = μX dt + σX dW with X_0 = 1, M = (μ − σ²/2)t, S = σ²t; ψ(x) = x ∂_x log p, the multiplicative
score of a density p on (0, ∞).

References
----------
N. Shetty, M. Prasath, C. S. Seelamantula, "Dale meets Langevin: a multiplicative denoising
diffusion model", 2025, arXiv:2510.02730.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "N. Shetty, M. Prasath, C. S. Seelamantula"
PAPER = tc.Paper("arXiv:2510.02730", AUTHORS, "Multiplicative diffusion", __doc__)
X, SIGMA, TIME, STEP, S = sympy.symbols("x sigma t h S", positive=True)
MU, M, A, B, Y = sympy.symbols("mu M a b y", real=True)
exp, log, sqrt, pi = sympy.exp, sympy.log, sympy.sqrt, sympy.pi
EXAMPLE = {"mu": "0.1", "sigma": "0.4", "t": 2, "x": "1.5"}

one = PAPER.states(
    "exact",
    "p(x) = e^{−(log x − M)²/(2S)}/(x√(2πS)), with the score ψ = −1 − (log x − M)/S: linear in "
    "log x, and −1 where the logarithm has its mean.",
)
CENTRE, SPREAD = (MU - SIGMA**2 / 2) * TIME, SIGMA**2 * TIME
DENSITY = exp(-((log(X) - CENTRE) ** 2) / (2 * SPREAD)) / (X * sqrt(2 * pi * SPREAD))
DENSITY = tc.Formula("p", DENSITY, args=(X, TIME, MU, SIGMA))
SCORE = tc.Formula("psi", -1 - (log(X) - CENTRE) / SPREAD, args=(X, TIME, MU, SIGMA))
one.shows(DENSITY, SCORE)
one.equals(DENSITY, "0.38160035307357918820431", "extended precision", **EXAMPLE)
one.equals(SCORE, X * DENSITY.expr.diff(X) / DENSITY.expr, "x p'/p", **EXAMPLE)
FLOW = (SIGMA**2 * X**2 * DENSITY.expr).diff(X, 2) / 2 - (MU * X * DENSITY.expr).diff(X)
CHANGE = tc.Formula("dp/dt", DENSITY.expr.diff(TIME), args=DENSITY.args)
one.equals(CHANGE, FLOW, "the Fokker–Planck equation", **EXAMPLE)

two = PAPER.states(
    "exact",
    "½E(ψ_θ − ψ)² = E[½ψ_θ² + ψ_θ + xψ_θ'] + ½Eψ² for every ψ_θ: a score is learned from samples "
    "alone. For ψ_θ = a + b log x the right side is ½((a+bM)² + b²S) + a + bM + b, least, "
    "−½(1 + 1/S), at the score itself.",
)
LOSS = tc.Formula("J", ((A + B * M) ** 2 + B**2 * S) / 2 + A + B * M + B)
two.shows(LOSS)
GAUSS = exp(-((Y - 1) ** 2) / 4) / sqrt(4 * pi)  # M = 1, S = 2


def mean(f) -> sympy.Expr:
    """E f(log X) for M = 1 and S = 2; beyond the ends it is below e^{−150}."""
    return tc.Integral(f * GAUSS, Y, -25, 27).to_sympy()


NUMBERS = {"a": "1/3", "b": "-1/5", "M": 1, "S": 2}
GUESS, TRUE = sympy.Rational(1, 3) - Y / 5, -1 - (Y - 1) / 2
DISTANCE = mean((GUESS - TRUE) ** 2) / 2
two.equals(LOSS, DISTANCE - mean(TRUE**2) / 2, "two integrals over the law", **NUMBERS)
BEST = LOSS.expr.subs({A: M / S - 1, B: -1 / S})
two.equals(tc.Formula("J", BEST), -(1 + 1 / S) / 2, "at the score", S="1/2")
LEAST = LOSS.expr.subs({M: 0, S: 1}) >= -1
ALL = dict.fromkeys("ab", sympy.S.Reals)
two.proves(LEAST, "no other is better (M = 0, S = 1)", ALL)

three = PAPER.states(
    "exact",
    "The step x ← x exp{[−(μ − σ²/2) + σ²(1 + ψ)]h + σ√h Z} backwards from t keeps signs, moves "
    "log-means exactly, and has the log-variance σ²(t − h) + σ²h²/t: too large by σ²h²/t. Without "
    "the 1, Itô's term, log-means are off by σ²h.",
)
VARIANCE = tc.Formula("v", SPREAD * (1 - STEP / TIME) ** 2 + SIGMA**2 * STEP)
three.shows(VARIANCE)
EXCESS = SIGMA**2 * (TIME - STEP) + SIGMA**2 * STEP**2 / TIME
three.equals(VARIANCE, EXCESS, "the variance at t − h, and the excess", sigma=2, t=3, h="1/10")
RELATIVE = VARIANCE.expr.subs({SIGMA: 1, TIME: 1}) / (1 - STEP) <= 1 + 3 * STEP**2
three.proves(RELATIVE, "of the order h²", {"h": (0, "1/2")}, contacts=[{"h": 0}])


@three.experiment("reverse steps to two log-normal bumps", quick=20_000, full=200_000)
def steps(run):
    """Log-data ±1 with deviation 0.2, diffused to t = 1 with σ = 1, μ = 0, and back again."""
    count, width, generator = 100, 0.04, np.random.default_rng(0)
    y = generator.choice([-1.0, 1.0], run.size) + np.sqrt(width) * generator.standard_normal(
        run.size
    )
    y += generator.standard_normal(run.size) - 0.5
    h = 1 / count
    for k in range(count, 0, -1):
        variance, centred = width + k * h, y + k * h / 2
        score = -1 + (np.tanh(centred / variance) - centred) / variance
        y += (0.5 + 1 + score) * h + np.sqrt(h) * generator.standard_normal(run.size)
    run.at(None, 1.0, y + 1, name="1 + mean of the logarithm", bias=0.01, smallest=0.1)
    run.rejects("without Itô's term", 0.0)
    run.at(None, 1 + width, y**2, name="its second moment", bias=0.02, smallest=0.1)
    run.rejects("the diffused law", 2 + width)
    run.at(
        None, 1 + 6 * width + 3 * width**2, y**4, name="its fourth moment", bias=0.05, smallest=0.2
    )
    x, t = np.linspace(0.05, 4, 120), (0.1, 0.5, 2)
    density = DENSITY.subs(mu=0, sigma=1).lambdify()
    for time in t:
        run.line(x, density(x, np.full_like(x, time)), f"t = {time}")
    run.axes("x", "density", title="μ = 0, σ = 1")
