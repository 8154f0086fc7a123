"""Frozen variables and length generalisation: what the simplest interpolant does on longer inputs.

The seed asks which algorithms transformers learn for inputs that are longer than all of training.
The simplest model, functions of least degree on a cube, is solved here.

Setting
-------
f on {±1}^n is seen only where x_k = 1 for k > m: short inputs, padded. r = n − m variables are
frozen. χ_S = Π_{k∈S} x_k, ĝ(S) the coefficients of an interpolant g, b > 1 a base.

References
----------
H. Zhou, A. Bradley, E. Littwin, N. Razin, O. Saremi, J. Susskind, S. Bengio, P. Nakkiran, "What
algorithms can transformers learn? A study in length generalization", ICLR 2024, arXiv:2310.16028.
E. Abbe, S. Bengio, A. Lotfi, K. Rizk, "Generalization on the unseen, logic reasoning and degree
curriculum", ICML 2023, arXiv:2301.13105.
"""

import itertools

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = (
    "H. Zhou, A. Bradley, E. Littwin, N. Razin, O. Saremi, J. Susskind, S. Bengio, P. Nakkiran"
)
PAPER = tc.Paper("arXiv:2310.16028", AUTHORS, "Frozen variables", __doc__)
M, R, J = sympy.symbols("m r j", integer=True, nonnegative=True)
BASE, X = sympy.symbols("b x", positive=True)
Rational, binomial = sympy.Rational, sympy.binomial

one = PAPER.states(
    "exact",
    "Of all interpolants, f with the frozen variables put to 1 has the least degrees: the "
    "constraints are those of S ∩ [m], one for each subset. The AND of n bits becomes that of m, "
    "E(g − f)² = 2^{−m} − 2^{−n}; their parity that of m, E(g − f)² = 2: nothing is learned.",
)
AND = tc.Formula("E", sympy.S(2) ** -M - sympy.S(2) ** (-M - R), args=(M, R))
one.shows(AND)
CUBE = list(itertools.product((1, -1), repeat=5))
DIFFER = sum(min(x[:3]) != min(x) for x in CUBE)
one.equals(AND, Rational(DIFFER, 32), "all inputs of five bits", m=3, r=2)
PARITIES = sum((np.prod(x[:3]) - np.prod(x)) ** 2 for x in CUBE)
one.equals(tc.Formula("E", Rational(int(PARITIES), 32)), 2, "half of them differ by 2")

two = PAPER.states(
    "exact",
    "The interpolant with the least Σ b^{|S|} ĝ(S)² spreads a coefficient over its 2^r lifts: one "
    "with j frozen variables has the share b^{−j}(1 + 1/b)^{−r}. For b → ∞ it is the interpolant "
    "of least degree.",
)
SHARE = tc.Formula("w", BASE**-J * (1 + 1 / BASE) ** -R, args=(J, R, BASE))
two.shows(SHARE)
LIFTS = sympy.Sum(binomial(R, J) * SHARE.expr, (J, 0, R))
two.equals(tc.Formula("sum", LIFTS, args=(R, BASE)), 1, "the shares add up", r=5, b=3)
# the stationary point of Σ b^j x_j² under Σ x_j = 1, over the four lifts of two frozen variables
WEIGHTS = [1 / BASE**j for j in (0, 1, 1, 2)]
two.equals(SHARE, WEIGHTS[1] / sum(WEIGHTS), "Lagrange, four lifts", j=1, r=2, b=10)
for base, printed in ((100, "0.98030"), (1000, "0.99800"), (10_000, "0.99980")):
    two.equals(SHARE, printed, "a quadratic programme, solved in floats", j=0, r=2, b=base)
MANY, SMALL = sympy.symbols("r x", nonnegative=True)  # x = 1/b
BERNOULLI = (1 + SMALL) ** -MANY >= 1 - MANY * SMALL
two.proves(BERNOULLI, "1 − r/b at least", {"r": (0, "oo"), "x": (0, "oo")})

three = PAPER.states(
    "exact",
    "A function of the first m bits is then missed by E(g − f)² = 1 − 2w_0 + q, "
    "q = ((1 + b^{−2})/(1 + 1/b)²)^r, of its variance: about r(r+1)/b².",
)
LEFT = ((1 + BASE**-2) / (1 + 1 / BASE) ** 2) ** R
MISSED = tc.Formula("E", 1 - 2 * SHARE.expr.subs(J, 0) + LEFT, args=(R, BASE))
three.shows(MISSED)
PARTS = sympy.Sum(binomial(R, J) * SHARE.expr**2, (J, 1, R)) + (1 - SHARE.expr.subs(J, 0)) ** 2
three.equals(MISSED, PARTS, "coefficient by coefficient", r=4, b="5/2")
FAST = MISSED.expr.subs({R: 2, BASE: 1 / X}) <= 6 * X**2
three.proves(FAST, "at most 6/b² for r = 2", {"x": (0, 1)}, contacts=[{"x": 0}])


@three.experiment("interpolants of random functions of 3 bits on cubes of 5", quick=200, full=2000)
def interpolants(run):
    """Least penalties by linear algebra; their errors on 200 random inputs of full length."""
    n, m, base, generator = 5, 3, 4.0, np.random.default_rng(0)
    cube = np.array(list(itertools.product((1, -1), repeat=n)))
    subsets = np.array(list(itertools.product((0, 1), repeat=n)), dtype=bool)
    characters = np.array([cube[:, s].prod(axis=1) for s in subsets]).T
    seen = (cube[:, m:] == 1).all(axis=1)
    scale = base ** (-subsets.sum(axis=1) / 2)
    solve = scale[:, None] * np.linalg.pinv(characters[seen] * scale)
    errors = []
    for _ in range(run.size):
        truth = np.where(subsets[:, m:].any(axis=1), 0, generator.standard_normal(2**n))
        found = solve @ (characters[seen] @ truth)
        at = generator.integers(0, 2**n, 200)
        errors.append(((characters @ (found - truth))[at] ** 2).mean() / (truth @ truth))
    theory = MISSED.at(r=2, b=4)
    run.at(None, theory, errors, name="E(g − f)²", smallest=0.1)
    run.rejects("one frozen variable", MISSED.at(r=1, b=4))
    grid = np.geomspace(1.1, 1000, 60)
    for r in (1, 2, 8):
        run.line(grid, MISSED.subs(r=r).lambdify(), f"r = {r}")
    run.axes("base b", "share of the variance that is missed", log="xy")
