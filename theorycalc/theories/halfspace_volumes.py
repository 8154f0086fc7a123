"""Inductive bias as a volume: how many random halfspaces generalise, and how many fit.

The seed measures inductive bias by the share of random hypotheses that generalise. For halfspaces
and Gaussian inputs the shares are closed forms (worked out here).

Setting
-------
Teacher and hypothesis are halfspaces through the origin of R^d with independent uniform normals,
at an angle θ with density ∝ sin^{d−2}θ on (0, π); Gaussian inputs, so that the error is θ/π. The
bias for an error e is −log P(error ≤ e) nats.

References
----------
A. Boopathy, W. Yue, J. Hwang, A. Iyer, I. Fiete, "Towards exact computation of inductive bias",
IJCAI 2024, arXiv:2406.15941.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "A. Boopathy, W. Yue, J. Hwang, A. Iyer, I. Fiete"
PAPER = tc.Paper("arXiv:2406.15941", AUTHORS, "Inductive bias as a volume", __doc__)
N, D = sympy.symbols("n d", integer=True, positive=True)
E, THETA = sympy.symbols("e theta", positive=True)
pi, sin, log, Rational = sympy.pi, sympy.sin, sympy.log, sympy.Rational
ANGLES = sympy.gamma(D / 2) / (sympy.sqrt(pi) * sympy.gamma((D - 1) / 2)) * sin(THETA) ** (D - 2)

one = PAPER.states(
    "exact",
    "P(error ≤ e) = ½ I_{sin²πe}((d−1)/2, ½) for e ≤ ½: the bias grows like (d−1) log(1/sin πe).",
)
HALF = Rational(1, 2)
BELOW = sympy.betainc_regularized((D - 1) / 2, HALF, 0, sin(pi * E) ** 2) / 2
BELOW = tc.Formula("P", BELOW, args=(D, E), domain=E <= HALF)
NATS = tc.Formula("bias", -log(BELOW.expr), args=(D, E), domain=E <= HALF)
one.shows(BELOW, NATS)
CAP = tc.Integral(ANGLES.subs(D, 10), THETA, 0, pi / 10).to_sympy()
one.equals(NATS, -log(CAP), "the mass of small angles", d=10, e="1/10")
one.equals(BELOW, 2 * E / 2, "uniform angles in the plane", d=2, e="1/7")
one.equals(BELOW, (1 - sympy.cos(pi * E)) / 2, "a cap of a sphere", d=3, e="1/5")
PLANE = (1 - sympy.cos(pi * E)) / 2 <= E  # three dimensions against two
ENDS = [{"e": 0}, {"e": "1/2"}]
one.proves(PLANE, "d = 3 asks for more bias than d = 2", {"e": (0, "1/2")}, contacts=ENDS)

two = PAPER.states(
    "exact",
    "P(fits n points of a teacher) = E(1 − θ/π)^n, at least 2^{−n}, and far above it: 1/(n+1) in "
    "the plane. It is an average over teachers (annealed).",
)
FITS = sympy.Integral((1 - THETA / pi) ** N * ANGLES, (THETA, 0, pi))
FITS = tc.Formula("F", FITS, args=(N, D))
two.shows(FITS)
two.equals(FITS, 1 / (N + 1), "uniform angles", n=7, d=2)
two.equals(FITS, HALF, "one point, by symmetry", n=1, d=6)
two.equals(FITS, HALF - 2 / pi**2, "by parts", n=2, d=3)
two.equals(FITS, "0.0449210", "quadrature in extended precision", n=6, d=5)
two.holds(FITS.expr >= 2**-N, "Jensen", {"n": 6, "d": 5}, {"n": 40, "d": 20})
PLANAR = sympy.S(2) ** (-N) <= 1 / (N + 1)
two.proves(PLANAR, "1/(n+1) ≥ 2^{−n}", {"n": tc.integers(1, "oo")}, contacts=[{"n": 1}])

three = PAPER.states(
    "exact",
    "A random hypothesis that fits n points errs on the next one with probability 1 − F(n+1)/F(n) "
    "over all of them together: 1/(n+2) in the plane, about (d−1)/n for many points.",
)
NEXT = tc.Formula("e_n", 1 - FITS.expr.subs(N, N + 1) / FITS.expr, args=(N, D))
three.shows(NEXT)
three.equals(NEXT, 1 / (N + 2), "Laplace's rule", n=5, d=2)
WEIGHT = (1 - THETA / pi) ** 3 * sin(THETA)
MOMENTS = [tc.Integral(f * WEIGHT, THETA, 0, pi).to_sympy() for f in (THETA / pi, sympy.S.One)]
three.equals(NEXT, MOMENTS[0] / MOMENTS[1], "the mean error of those that fit", n=3, d=3)


@two.experiment("random halfspaces on points of a teacher, d = 5", quick=20_000, full=200_000)
def halfspaces(run):
    """The share that fits 1, 2, …, 8 points, and the errors of those that fit."""
    d, most, generator = 5, 8, np.random.default_rng(0)
    teacher, student = generator.standard_normal((2, run.size, d))
    points = generator.standard_normal((run.size, most, d))
    agree = np.einsum("rnd,rd->rn", points, teacher) * np.einsum("rnd,rd->rn", points, student) > 0
    fits = np.logical_and.accumulate(agree, axis=1)
    for n in (1, 2, 4, 6, 8):
        run.at(n, FITS.at(n=n, d=d), fits[:, n - 1], smallest=0.3)
    run.rejects("2^{−n}", 2.0**-8)
    lengths = np.linalg.norm(teacher, axis=1) * np.linalg.norm(student, axis=1)
    errors = np.arccos((teacher * student).sum(axis=1) / lengths) / np.pi
    run.at(None, NEXT.at(n=4, d=d), errors[fits[:, 3]], name="error after 4 points", smallest=0.1)
    run.rejects("error after 2 points", NEXT.at(n=2, d=d))
    grid = np.arange(1, 9)
    run.line(grid, 2.0**-grid, "$2^{-n}$")
    run.axes("points", "share that fits", log="y")
