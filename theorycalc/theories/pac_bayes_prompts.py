"""PAC-Bayes for prompts: a language model as a prior, and bounds whose constants are evaluated.

The seed bounds the error of prompts by their likelihood under a language model. The inequalities
are those of Maurer, McAllester, Catoni and Occam; their comparison in numbers is made here.

Setting
-------
n independent losses in [0, 1], a prior P that has seen nothing of the sample, not even its inputs,
and any posterior, of which R is the empirical risk, r the true one, K the divergence from P. A
prompt of prior probability π is a posterior with K = log 1/π: token negative log-likelihoods, the
end token included, of the untempered model.

References
----------
V. Akinwande, Y. Jiang, D. Sam, J. Z. Kolter, "Understanding prompt engineering may not require
rethinking generalization", ICLR 2024, arXiv:2310.03957.
A. Maurer, "A note on the PAC Bayesian theorem", 2004, arXiv:cs/0411099.
O. Catoni, "PAC-Bayesian supervised classification: the thermodynamics of statistical learning",
2007, arXiv:0712.0248.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "V. Akinwande, Y. Jiang, D. Sam, J. Z. Kolter"
PAPER = tc.Paper("arXiv:2310.03957", AUTHORS, "PAC-Bayes bounds for prompts", __doc__)
R, K = sympy.symbols("R K", nonnegative=True)
N, DELTA, C, Q, P = sympy.symbols("n delta C q p", positive=True)
log, exp, sqrt = sympy.log, sympy.exp, sympy.sqrt
kl_upper = tc.information.kl_upper
FIXED = sympy.And(R <= 1, DELTA < 1)
SETTING = {"R": "0.05", "K": 10, "n": 1000, "delta": "0.05"}

one = PAPER.states(
    "exact",
    "E e^{n kl(k/n‖p)} = ξ(n) = Σ_k C(n, k)(k/n)^k(1−k/n)^{n−k} for the number k of heads of n "
    "coins, whatever p, and √n ≤ ξ(n) ≤ 2√n: for losses in [0, 1] it is an upper bound (Maurer).",
)
one.shows(tc.information.xi())
for n in (5, 12):
    shares = [sympy.Rational(k, n) for k in range(n + 1)]
    mean = sum(sympy.binomial(n, k) * p**k * (1 - p) ** (n - k) for k, p in enumerate(shares))
    one.equals(tc.information.xi(n), mean, "the sum over the number of heads")
XI = tc.information.xi().expr
for n in (2, 50, 10**6):
    one.holds(sympy.And(sqrt(N) <= XI, 2 * sqrt(N) >= XI), f"√n ≤ ξ ≤ 2√n at {n}", {"n": n})

two = PAPER.states(
    "upper",
    "With probability 1 − δ for all posteriors, r ≤ kl⁺(R, (K + log(ξ(n)/δ))/n) (Maurer), with "
    "kl⁺(q, c) = sup{p : kl(q‖p) ≤ c}; McAllester's R + √((K + log(2√n/δ))/(2n)) is weaker, "
    "because kl(q‖p) ≥ 2(p − q)² and ξ(n) ≤ 2√n.",
)
LEVEL = (K + log(XI / DELTA)) / N
MAURER = tc.Formula("B", kl_upper(R, LEVEL).expr, domain=FIXED)
MCALLESTER = R + sqrt((K + log(2 * sqrt(N) / DELTA)) / (2 * N))
MCALLESTER = tc.Formula("M", MCALLESTER, domain=FIXED)
two.shows(MAURER, MCALLESTER)
BACK = tc.information.kl(R, MAURER)
two.equals(BACK, LEVEL, "the divergence at the bound", **SETTING)
two.holds(MAURER.expr <= MCALLESTER.expr, "Maurer ≤ McAllester", SETTING)
DIVERGENCE = Q * log(Q / P) + (1 - Q) * log((1 - Q) / (1 - P))
SQUARE = dict.fromkeys("pq", sympy.Interval.open(0, 1))
two.proves(DIVERGENCE >= 2 * (P - Q) ** 2, "kl(q‖p) ≥ 2(p − q)²", SQUARE)

three = PAPER.states(
    "upper",
    "For a C that is fixed beforehand, r ≤ (1 − exp(−CR − (K + log 1/δ)/n))/(1 − e^{−C}) "
    "(Catoni); a grid of C shares δ. The minimum over C is p = kl⁺(R, (K + log 1/δ)/n), at "
    "C = log(p(1−R)/(R(1−p))): no bound, because that C has seen the data, but what no grid can "
    "beat.",
)
CATONI = (1 - exp(-C * R - (K + log(1 / DELTA)) / N)) / (1 - exp(-C))
CATONI = tc.Formula("B_C", CATONI, domain=FIXED)
BEST = kl_upper(R, (K + log(1 / DELTA)) / N)
BEST_C = log(BEST.expr * (1 - R) / (R * (1 - BEST.expr)))
three.shows(CATONI)
three.equals(tc.Formula("B", CATONI.expr.subs(C, BEST_C)), BEST, "the inverse of kl", **SETTING)
for c in ("1/4", "2/3", 2):
    three.holds(CATONI.expr >= BEST.expr, f"the envelope at C = {c}", {**SETTING, "C": c})


def catoni_grid(constants, weights) -> tc.Formula:
    """The least of the bounds for some constants, with a share of δ for each."""
    weights = [sympy.Rational(w) for w in weights]
    if min(weights) <= 0 or sum(weights) > 1:
        raise tc.DomainError(f"weights of a prior: got sum {sum(weights)}; allowed: > 0, sum ≤ 1")
    if any(getattr(c, "free_symbols", ()) for c in constants):
        raise tc.DomainError("a constant that depends on the data is none: C has to be a number")
    pairs = zip(map(sympy.Rational, constants), weights, strict=True)
    bounds = [CATONI.expr.subs({C: c, DELTA: w * DELTA}) for c, w in pairs]
    smallest = sympy.Min(*bounds, evaluate=False)  # or SymPy compares all pairs
    return tc.Formula("B_grid", smallest, args=(R, K, N, DELTA), domain=FIXED)


GRID = catoni_grid([sympy.S(2) ** (j - 8) for j in range(16)], ["1/16"] * 16)
three.equals(GRID, "0.1006963", "extended precision", **SETTING)
BEATEN = sympy.Ge(GRID.expr, BEST.expr, evaluate=False)
three.holds(BEATEN, "no grid beats it", SETTING)

four = PAPER.states(
    "upper",
    "A prompt chosen after the data with k errors of n has r ≤ sup{p : P(Bin(n, p) ≤ k) ≥ δπ} "
    "for 0/1 losses, at most kl⁺(k/n, log(1/(δπ))/n), and equal to it for k = 0.",
)
PRICE = exp(-60) / 100  # a prompt of 60 nats, δ = 1/100
TAIL = tc.information.binomial_upper(15_000, 50_000, PRICE)
RELAXED = kl_upper("3/10", -log(PRICE) / 50_000)
four.equals(TAIL, "0.323012296172364590461", "bisection of the tail in extended precision")
four.holds(sympy.Le(TAIL.expr, RELAXED.expr, evaluate=False), "tail ≤ kl")
NONE = tc.information.binomial_upper(0, 100, DELTA)
four.equals(NONE, kl_upper(0, log(1 / DELTA) / 100), "no error", delta="1/50")
COUNT, DRAWS, TRUST = 200, 60, 0.05


@four.experiment("200 hypotheses whose errors are just above a bound", quick=10_000, full=100_000)
def violations(run):
    """How often any of the hypotheses exceeds its bound, for n = 60 and δ = 1/20."""
    bounds = [tc.information.binomial_upper(k, DRAWS, TRUST / COUNT) for k in range(8)]
    values = np.array([float(bound.at()) for bound in bounds])
    risks = values[np.arange(COUNT) % 8] + 1e-9
    errors = np.random.default_rng(0).binomial(DRAWS, risks, (run.size, COUNT))
    low = errors < 8  # with more errors the bounds are above all of these risks
    broken = (low & (values[np.minimum(errors, 7)] < risks)).any(axis=1)
    run.at(None, TRUST, broken, name="at most δ", at_most=True, smallest=0.3)
    run.at(None, 1 - (1 - TRUST / COUNT) ** COUNT, broken, name="independent ones", smallest=0.3)
    run.rejects("δ without π", 1 - (1 - TRUST) ** COUNT)
    share = np.linspace(0, 0.5, 60)
    level = np.full(60, (10 + np.log(20 * 40.303)) / 1000)
    run.line(share, kl_upper().lambdify()(share, level), "Maurer")
    run.line(share, share + np.sqrt(level / 2), "McAllester")
    run.axes("empirical risk", "bound on the risk", title="K = 10, n = 1000, δ = 1/20")
