"""Quadratic networks of extensive width: what the posterior learns of them from αd² samples.

Setting
-------
A teacher y = Tr SΦ + √Δ ξ with S = WW'/m, Φ = (aa' − I)/√d, normal a and W, d inputs and m = κd
hidden units; n = αd² samples. To learn S is as hard as to denoise S + √D GOE, whose semicircle has
the radius 2√D, with D = (Δ + 2E)/(4α), E = E|S − Ŝ|²/d. The labels of new samples err by 2E.

References
----------
A. Maillard, E. Troiani, S. Martin, F. Krzakala, L. Zdeborová, "Bayes-optimal learning of an
extensive-width neural network from quadratically many samples", NeurIPS 2024, arXiv:2408.03733.
J. Bun, R. Allez, J.-P. Bouchaud, M. Potters, "Rotational invariant estimator for general noisy
matrices", IEEE Transactions on Information Theory 62 (2016), arXiv:1502.06736.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import quadratic_networks as simulations

AUTHORS = "A. Maillard, E. Troiani, S. Martin, F. Krzakala, L. Zdeborová"
PAPER = tc.Paper("arXiv:2408.03733", AUTHORS, "Quadratic networks of extensive width", __doc__)
KAPPA, ALPHA, DELTA = sympy.symbols("kappa alpha Delta", positive=True)
M, D = sympy.symbols("m d", integer=True, positive=True)
Rational = sympy.Rational
WIDTH, NOISE = Rational(1, 2), Rational(3, 10)
LEARNER = tc.inference.QuadraticNetwork(WIDTH, 1)

one = PAPER.states(
    "limit",
    "The best estimate keeps the eigenvectors λ of Y = S + √D GOE and moves the eigenvalues to "
    "λ − 2D P∫ρ(x)/(λ − x)dx. It errs by D(1 − (4π²/3) D∫ρ³), ρ the density of the free sum.",
)
DENOISED = LEARNER.denoising_mmse(NOISE)
SUM = tc.spectra.marchenko_pastur(1 / WIDTH) + tc.spectra.semicircle(NOISE)
CUBE = SUM.integrate(SUM.density**2).expr
FREE = tc.Formula("E", NOISE * (1 - 4 * sympy.pi**2 / 3 * NOISE * CUBE))
one.shows(DENOISED, FREE)
one.experiment(
    "matrices of size 150 in noise", quick=24, full=60, error=DENOISED, free=FREE, noise=NOISE
)(simulations.denoising)

two = PAPER.states(
    "upper",
    "E is at most the error E_L of ridge regression on the entries of S, which knows only their "
    "mean and variance: E_L = σ²D/(σ² + D) with σ² = 1/κ.",
)
SLOPE = 4 * ALPHA / KAPPA + DELTA - 2 / KAPPA
LINEAR = (sympy.sqrt(SLOPE**2 + 8 * DELTA / KAPPA) - SLOPE) / 4
LINEAR = tc.Formula("E_L", LINEAR, args=(KAPPA, ALPHA, DELTA))
two.shows(LINEAR)
EFFECTIVE = (DELTA + 2 * LINEAR.expr) / (4 * ALPHA)
SHRUNK = tc.Formula("E_L", EFFECTIVE / (1 + KAPPA * EFFECTIVE), args=(KAPPA, ALPHA, DELTA))
two.equals(LINEAR, SHRUNK, "σ²D/(σ² + D)", kappa="1/2", alpha=1, Delta=1)
two.equals(
    LINEAR, "0.3507810593582", "the root of E²/2 + 5E/4 = 1/2", kappa="1/2", alpha=1, Delta=1
)
two.proves(
    LINEAR.expr.subs({ALPHA: 1, DELTA: 1}) <= 1 / KAPPA,
    "no more than is known without samples, α = Δ = 1",
    {"kappa": (0, "oo")},
)
two.experiment(
    "ridge regression and message passing, d up to 80",
    quick={"ridge regression": ((12, 24), 20), "message passing": ((32,), 16)},
    full={"ridge regression": ((16, 32), 60), "message passing": ((40, 80), 100)},
    linear=LINEAR.subs(kappa=WIDTH, alpha=1, Delta=1),
    error=LEARNER.mmse(1),
)(simulations.learning)

three = PAPER.states(
    "limit",
    "Without noise S is recovered for α ≥ κ − κ²/2, at most ½: there are as many numbers in it, "
    "md − m(m − 1)/2, as samples.",
)
THRESHOLD = tc.inference.QuadraticNetwork(WIDTH).recovery_threshold()
COUNT = tc.Formula("n", (M * D - M * (M - 1) / 2) / D**2, args=(M, D))
three.shows(COUNT)
three.equals(COUNT.subs(m=D / 2), THRESHOLD.expr + 1 / (4 * D), "half as many hidden units", d=100)
