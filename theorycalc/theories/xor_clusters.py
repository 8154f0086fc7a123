"""XOR clusters: one step memorises at chance, later ones generalise, and noise does no harm.

The constants of the conditions are not known; they are taken to be 1 here.

Setting
-------
Labels 1 on the clusters ±μ_1 + N(0, I_p) and −1 on ±μ_2 + N(0, I_p), μ_1 · μ_2 = 0, |μ_1| = |μ_2|;
n samples, some of whose labels are flipped. A network Σ_j a_j φ(w_j·x) with m ReLUs, small w_j and
a_j = ±m^{−1/2}, trained by gradient descent on the mean logistic loss with steps α ≤ 1/(√n p).

References
----------
Z. Xu, Y. Wang, S. Frei, G. Vardi, W. Hu, "Benign overfitting and grokking in ReLU networks for XOR
cluster data", ICLR 2024, arXiv:2310.02541.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import xor_clusters as simulations

AUTHORS = "Z. Xu, Y. Wang, S. Frei, G. Vardi, W. Hu"
PAPER = tc.Paper("arXiv:2310.02541", AUTHORS, "Grokking on XOR clusters", __doc__)
MU, N, P, CUT = sympy.symbols("mu n p R", positive=True)
S, T, Z = sympy.symbols("s t z", real=True)
erf, erfc, exp, sqrt = sympy.erf, sympy.erfc, sympy.exp, sympy.sqrt

one = PAPER.states(
    "exact",
    "Every linear classifier without a bias is right on half of all inputs: with s and t the "
    "margins of μ_1 and μ_2 in standard deviations, Φ(s) + Φ(−s) + Φ(−t) + Φ(t) = 2.",
)
RIGHT = sum(erfc(-x / sqrt(2)) for x in (S, -S, T, -T)) / 8
LINEAR = tc.Formula("accuracy", RIGHT, args=(S, T))
one.shows(LINEAR)
for s, t in (("3", "1/2"), ("-2", "7")):
    one.equals(LINEAR, "1/2", "half of each pair of clusters", s=s, t=t)

two = PAPER.states(
    "tight",
    "The least error is that of |μ_1·x| > |μ_2·x|: 2Q(1 − Q) ≤ e^{−|μ|²/4}, Q = Φ(−|μ|/√2).",
)
Q = erfc(MU / 2) / 2
LEAST = tc.Formula("error", 2 * Q * (1 - Q))
two.shows(LEAST)
OTHER = exp(-((Z - MU) ** 2) / 2) / sqrt(2 * sympy.pi) * erfc(sympy.Abs(Z) / sqrt(2))
# the bound of a Gaussian tail at R − 1, for μ = 1
TAILS = {end: tc.Tail(exp(-((CUT - 1) ** 2) / 2), CUT) for end in (-sympy.oo, sympy.oo)}
BEYOND = tc.Integral(OTHER.subs(MU, 1), Z, -sympy.oo, sympy.oo, kinks=(0,), tails=TAILS)
two.equals(LEAST, BEYOND, "P(|z_1| < |z_2|), an integral", mu=1)
two.proves(exp(-(MU**2) / 4) >= LEAST, "least error ≤ e^{−μ²/4}", {"mu": (0, "oo")})

three = PAPER.states(
    "asymptotic",
    "For |μ|² ≳ n^{0.51} √p and p ≳ n²|μ|²: after one step all labels are fitted, flipped ones as "
    "well, and new points are classified at chance; from a few steps on until √n the test error is "
    "exp(−Ω(n^{0.99}|μ|⁴/p)), while all labels stay fitted.",
    where="Theorem 3.1",
)
CONDITIONS = sympy.And(N ** sympy.Rational(51, 100) * sqrt(P) <= MU**2, P >= N**2 * MU**2)
SIGNAL = tc.Formula("snr", N ** sympy.Rational(99, 100) * MU**4 / P, args=(N, P, MU))
three.shows(SIGNAL)
SETTING = {"n": 196, "p": 10**14, "mu": 35_000}
three.holds(
    SIGNAL.expr >= N**2,
    "the exponent is at least n²",
    SETTING,
    {"n": 200, "p": 40_000, "mu": 60},  # nothing is claimed there
    assumptions=CONDITIONS,
)

three.experiment(
    "100 ReLUs on 196 points in dimension 10¹⁴, 5 % of the labels flipped",
    quick=24,
    full=60,
    setting=SETTING,
)(simulations.grokking)
