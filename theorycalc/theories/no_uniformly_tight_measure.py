"""No bound of sample and hypothesis is tight for all learners: two worlds that look the same.

The seed proves that measures which see the sample and the hypothesis cannot be uniformly tight for
overparametrised models. The version here is elementary, with a constant.

Setting
-------
M points with the uniform law, n draws S, labels ±1 without noise, B(S, h) any number that is
computed from the sample and the hypothesis h, L its true loss. The labels of the k points that were
seen are uniform; then h and f are independent and uniform among the functions that agree with S. In
world 1 the target is h, in world 2 it is f; the learner outputs h in both.

References
----------
M. Gastpar, I. Nachum, J. Shafer, T. Weinberger, "Fantastic generalization measures are nowhere to
be found", ICLR 2024, arXiv:2309.13658.
"""

import itertools

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "M. Gastpar, I. Nachum, J. Shafer, T. Weinberger"
PAPER = tc.Paper("arXiv:2309.13658", AUTHORS, "No uniformly tight measure", __doc__)
M, N = sympy.symbols("M n", integer=True, positive=True)
X = sympy.Symbol("x", real=True)
POINTS, DRAWS = 200, 100

one = PAPER.states(
    "exact",
    "(S, h) has the same law in both worlds. In the first the loss of h is 0, in the second it is "
    "Bin(M − k, ½)/M, whose mean is ½(1 − 1/M)^n.",
)
SECOND = tc.Formula("L_2", (1 - 1 / M) ** N / 2, args=(M, N))
one.shows(SECOND)
for m, n in ((3, 2), (4, 3)):
    samples = itertools.product(range(m), repeat=n)
    unseen = sum(sympy.Rational(m - len(set(s)), 2 * m) for s in samples)
    one.equals(SECOND, unseen / m**n, "all samples, counted", M=m, n=n)

two = PAPER.states(
    "lower",
    "Hence E₁|B − L| + E₂|B − L| ≥ ½(1 − 1/M)^n for every B: for some target and some learner that "
    "fits the sample, E|B − L| ≥ ¼(1 − 1/M)^n, which tends to 1/4 for M → ∞. Bounds that see the "
    "learning algorithm are not covered.",
)
GAP = tc.Formula("gap", (1 - 1 / M) ** N / 4, args=(M, N))
two.shows(GAP)
two.equals(GAP, "0.24751244606158689615", "extended precision", M=100_000, n=1000)
two.equals(GAP, SECOND.expr / 2, "half of the loss in the second world", M=7, n=3)
for n in (2, 10):
    name = f"(1 − x)^n ≥ 1 − nx at n = {n}, x = 1/M"
    two.proves((1 - X) ** n >= 1 - n * X, name, {"x": (0, 1)}, contacts=[{"x": 0}])
LIMIT = sympy.exp(-N / M)
two.holds((1 - 1 / M) ** N <= LIMIT, "≤ e^{−n/M}", {"M": 200, "n": 100}, {"M": 2, "n": 9})


@two.experiment("samples and hypotheses of the two worlds", quick=4000, full=40_000)
def worlds(run):
    """The loss in the second world, and how far three measures are off in both together."""
    generator, losses, misses = np.random.default_rng(0), [], []
    for _ in range(run.size):
        seen = np.unique(generator.integers(0, POINTS, DRAWS))
        wrong = generator.integers(0, 2, POINTS)  # where h and f differ
        wrong[seen] = 0
        loss = wrong.mean()
        # nothing, a constant, and the share of points that were not seen
        measures = np.array([0.0, 0.15, (POINTS - len(seen)) / (4 * POINTS)])
        losses.append(loss)
        misses.append(measures + np.abs(measures - loss))
    run.at(None, SECOND.at(M=POINTS, n=DRAWS), losses, name="E L in the second world")
    run.rejects("¼(1 − 1/M)^n", GAP.at(M=POINTS, n=DRAWS))
    names = ("B = 0", "B = 0.15", "B = (M − k)/(4M)")
    floor = -float(SECOND.at(M=POINTS, n=DRAWS))
    for name, column in zip(names, -np.array(misses).T, strict=True):
        run.at(None, floor, column, name=f"{name} is off by ½(1 − 1/M)^n", at_most=True)
    draws = np.arange(1, 400)
    for m in (50, 200, 1000):
        run.line(draws, GAP.subs(M=m).lambdify(), f"M = {m}")
    run.axes("sample size $n$", "no measure is tighter for all learners")
