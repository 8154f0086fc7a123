"""Invariant regression in a linear structural model: what interventions cannot change.

The seed bounds how many environments teach invariance. In a linear model the invariant regression
and the price of the others are closed forms (worked out here for one parent and one child).

Setting
-------
X = BX + ε, acyclic, independent noises. The chain X₁ → Y → X₂ has Y = aX₁ + ε, Var ε = v, and
X₂ = bY + η, Var η = w; an environment changes anything but the equation of Y.

References
----------
A. Parulekar, K. Shanmugam, S. Shakkottai, "PAC generalization via invariant representations",
ICML 2023, arXiv:2205.15196.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "A. Parulekar, K. Shanmugam, S. Shakkottai"
PAPER = tc.Paper("arXiv:2205.15196", AUTHORS, "Invariant regression", __doc__)
A, B, R = sympy.symbols("a b r", real=True)
V, W, NEW, U, P, S = sympy.symbols("v w w_new u p s", positive=True)
CHAIN = {"a": "3/2", "b": "-2", "v": "1/2", "w": 3}


def regression(chosen: list[int]) -> sympy.Matrix:
    """Coefficients of Y on chosen ones of (X₁, Y, X₂), from their covariance."""
    inverse = (sympy.eye(3) - sympy.Matrix([[0, 0, 0], [A, 0, 0], [0, B, 0]])).inv()
    covariance = inverse * sympy.diag(U, V, W) * inverse.T
    return covariance.extract(chosen, chosen).inv() * covariance.extract(chosen, [1])


one = PAPER.states(
    "exact",
    "The regression of Y on its parents is its equation in every environment in which their "
    "covariance is invertible: it does not depend on that covariance.",
)
# two parents with variances p, s and covariance r; Y = a₁X₁ + a₂X₂ + ε
SIDES = P * A + R * B, R * A + S * B
PARENT = tc.Formula("beta_1", (S * SIDES[0] - R * SIDES[1]) / (P * S - R**2))
one.shows(PARENT)
for r in ("1/3", -1):
    one.equals(PARENT, A, "the equation of Y", a="3/2", b=-2, p=2, r=r, s=1)

two = PAPER.states(
    "exact",
    "On both covariates the coefficients are aw/(w + b²v) and bv/(w + b²v), the residual variance "
    "vw/(w + b²v) < v: better where it was fitted, and changed by every intervention on X₂.",
)
FIRST = tc.Formula("beta_1", A * W / (W + B**2 * V))
SECOND = tc.Formula("beta_2", B * V / (W + B**2 * V))
RESIDUAL = tc.Formula("E", V * W / (W + B**2 * V))
two.shows(FIRST, SECOND, RESIDUAL)
BOTH = regression([0, 2]).subs({A: sympy.Rational(3, 2), U: 5})
two.equals(FIRST, BOTH[0], "the normal equations", **CHAIN)
two.equals(SECOND, BOTH[1], "the normal equations", **{k: CHAIN[k] for k in "bvw"})
BOX = {"b": sympy.S.Reals, **dict.fromkeys("vw", sympy.Interval.open(0, sympy.oo))}
two.proves(RESIDUAL <= V, "never worse where it was fitted", BOX)

three = PAPER.states(
    "exact",
    "In an environment where η has the variance w' its error is (w²v + b²v²w')/(w + b²v)²: the "
    "invariant regression wins iff w' > 2w + b²v. It has the least worst case.",
)
SHIFTED = (W**2 * V + B**2 * V**2 * NEW) / (W + B**2 * V) ** 2
SHIFTED = tc.Formula("E_new", SHIFTED, args=(V, W, NEW, B))
CROSSING = tc.Formula("w_*", 2 * W + B**2 * V)
three.shows(SHIFTED, CROSSING)
NOISE = (1 - SECOND.expr * B) ** 2 * V + SECOND.expr**2 * NEW  # of (1 − β₂b)ε − β₂η
AT = {"v": "1/2", "w": 3, "b": -2, "w_new": 10}
three.equals(SHIFTED, NOISE, "what is left of Y", **AT)
three.equals(tc.Formula("E_*", SHIFTED.expr.subs(NEW, CROSSING.expr)), V, "equal at the crossing",
             v="1/2", w=3, b=-2)  # fmt: skip
MOVED, FAR = {**BOX, "w_new": BOX["w"]}, CROSSING.expr
three.proves(SHIFTED >= V, "beyond w' = 2w + b²v", MOVED, where=NEW >= FAR)
three.proves(SHIFTED <= V, "up to w' = 2w + b²v", MOVED, where=NEW <= FAR)
ONES = {V: 1, W: 1, B: 1}
three.refutes(SHIFTED.expr.subs(ONES) >= 1, "before it (v = w = b = 1)", {"w_new": (0, 3)})


@one.experiment("random graphs of six variables in three environments", quick=150, full=1500)
def graphs(run):
    """Regressions on parents and on all, from exact covariances, before and after interventions."""
    d, generator, moved, others = 6, np.random.default_rng(0), [], []
    for _ in range(run.size):
        graph = np.tril(generator.standard_normal((d, d)), -1) * (generator.random((d, d)) < 0.6)
        target = int(generator.integers(1, d - 1))
        parents = np.flatnonzero(graph[target])
        rest = np.delete(np.arange(d), target)
        found = []
        for _ in range(3):
            changed, noise = graph.copy(), generator.uniform(0.5, 2, d)
            noise[target] = 1
            changed[rest] *= generator.uniform(0.5, 1.5, (d - 1, 1))
            inverse = np.linalg.inv(np.eye(d) - changed)
            covariance = inverse * noise @ inverse.T
            found.append(
                [np.linalg.solve(covariance[np.ix_(s, s)], covariance[s, target])
                 for s in (parents, rest)]
            )  # fmt: skip
        drift = [np.ptp(x, axis=0).max(initial=0) for x in zip(*found, strict=True)]
        moved.append(drift[0])
        others.append(drift[1])
    parents, everything = (np.mean(np.array(x) < 1e-9) for x in (moved, others))
    run.at(None, 1.0, parents, error=1e-3, name="share that is invariant on parents")
    run.rejects("on all covariates", float(everything))
    grid = np.linspace(0, 10, 60)
    run.line(grid, SHIFTED.subs(v=1, w=1, b=1).lambdify(), "all covariates")
    run.line(grid, np.ones(60), "parents")
    run.axes("variance of the child's noise", "squared error", title="v = w = b = 1")
