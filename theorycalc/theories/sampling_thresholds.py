"""Sampling spin glasses by denoising: temperatures below which flows and autoregression are stuck.

Setting
-------
x has the law e^{−H(x)/T}/Z on {−1, 1}^N (Ising) or on |x|² = N (spherical), where H is Gaussian and
E H(x)H(y) = (N/2)(x·y/N)^p with p ≥ 3. A flow or a diffusion denoises sx + √s z while s grows from
0; an autoregression learns one spin after the other. For T > T_K the sample that appears is as
good as planted, so that denoising is learning by the posterior. Q(λ) is what a channel of
signal-to-noise ratio λ shows of a coordinate: E tanh²(λ + √λ z), or λ/(1 + λ) on the sphere.

References
----------
D. Ghio, Y. Dandi, F. Krzakala, L. Zdeborová, "Sampling with flows, diffusion, and autoregressive
neural networks from a spin-glass perspective", PNAS 121 (2024), arXiv:2308.14085.
A. Montanari, F. Ricci-Tersenghi, "On the nature of the low-temperature phase in discontinuous
mean-field spin glasses", European Physical Journal B 33 (2003), doi:10.1140/epjb/e2003-00166-9.
A. Crisanti, H.-J. Sommers, "The spherical p-spin interaction spin glass model: the statics",
Zeitschrift für Physik B 87 (1992), doi:10.1007/BF01309287.
"""

import sympy

import theorycalc as tc
from theorycalc.core.graph import substitute
from theorycalc.inference.solving.crossing import crossing
from theorycalc.inference.solving.line import gaussian_mean
from theorycalc.theories.experiments import sampling_thresholds as simulations

AUTHORS = "D. Ghio, Y. Dandi, F. Krzakala, L. Zdeborová"
PAPER = tc.Paper("arXiv:2308.14085", AUTHORS, "Sampling by denoising", __doc__)
L, P, T = sympy.symbols("lambda p T", positive=True)
Z = sympy.Symbol("z", real=True)
FIELD = L + sympy.sqrt(L) * Z
Rational, sqrt = sympy.Rational, sympy.sqrt


def sech(power: int) -> sympy.Expr:
    """1/cosh(λ + √λ z) to a power."""
    return sympy.cosh(FIELD) ** -power


# of spins: Q, Q' and Q'', and the free entropy
Q = gaussian_mean(sympy.tanh(FIELD) ** 2, Z)
SLOPE = gaussian_mean(sech(4), Z)
BEND = gaussian_mean(4 * sech(4) - 6 * sech(6), Z, 2)
ENTROPY = gaussian_mean(sympy.log(sympy.cosh(FIELD)), Z, L, L) - L / 2


def temperature(square: sympy.Expr, vanishes: sympy.Expr, p: int, least="1/100") -> tc.Formula:
    """√square at the order p and the λ where the other expression changes its sign."""
    here = crossing(vanishes.subs(P, p), L, Rational(least), sympy.S(9))
    return tc.Formula("T", sqrt(substitute(square.subs(P, p), {L: here})))


def diffusion(p: int) -> tc.Formula:
    """The largest T at which the curve s(λ) of spins has a flat point."""
    square = P * (P - 1) / 2 * Q ** (P - 2) * SLOPE
    return temperature(square, (P - 2) * SLOPE**2 + Q * BEND, p)


def autoregression(p: int) -> tc.Formula:
    """The same for θ = 1 − (1 − q)/(1 − Q(λ)), the fraction of spins that are known."""
    odds = (P - 1) * L * SLOPE / (1 - Q)  # q/(1 − q) where θ is flat
    growth = 1 + L * BEND / SLOPE + L * SLOPE / (1 - Q)  # λ times the slope of log odds
    square = P / (2 * L) * (odds / (1 + odds)) ** (P - 1)
    return temperature(square, (P - 1) * growth - 1 - odds, p)


def dynamic(p: int) -> tc.Formula:
    """The largest T with an overlap at s = 0."""
    return temperature(P * Q ** (P - 1) / (2 * L), (P - 1) * L * SLOPE - Q, p)


def static(p: int) -> tc.Formula:
    """T_K, where this overlap has the free entropy of none."""
    gap = ENTROPY - L * Q * (P - 1) / (2 * P)
    return temperature(P * Q ** (P - 1) / (2 * L), gap, p, "1")


one = PAPER.states(
    "limit",
    "From s x + √s z message passing learns the overlap Q(λ) where s = λ − pQ^{p−1}/(2T²), from a "
    "fraction θ of the spins q = θ + (1 − θ)Q(λ), where λ = pq^{p−1}/(2T²).",
)
OVERLAP = tc.Formula("Q", Q)
CURVE = tc.Formula("s", L - P * Q ** (P - 1) / (2 * T**2), args=(L, P, T))
one.shows(CURVE)
one.equals(
    OVERLAP, tc.inference.prior("rademacher").overlap("3/2"), "1 − mmse", **{"lambda": "3/2"}
)
one.experiment(
    "message passing on 3-tensors of 60 spins, and samples that it draws",
    quick=64,
    full=1000,
    overlap=OVERLAP,
    curve=CURVE,
)(simulations.denoising)

two = PAPER.states(
    "limit",
    "The curve of a diffusion falls somewhere for T < T_tri, T_tri² = max ½p(p−1)Q^{p−2}Q': it "
    "meets a jump and is stuck. On the sphere T_tri² = 2(p−1)(p−2)^{p−2}/p^{p−1}, 2/3 for p = 3; "
    "for spins T_tri = 0.7410.",
)
SPHERE = L / (1 + L)
SQUARE = P * (P - 1) / 2 * SPHERE ** (P - 2) * sympy.diff(SPHERE, L)
TRI = tc.Formula("T_tri", sqrt(2 * (P - 1) * (P - 2) ** (P - 2) / P ** (P - 1)))
two.shows(TRI, tc.Formula("T_tri", diffusion(3).expr))
two.equals(TRI, sqrt(SQUARE.subs({L: Rational(1, 2), P: 3})), "the largest, at λ = (p − 2)/2", p=3)
for p in (3, 4):
    flat = {"lambda": Rational(p - 2, 2)}
    largest = SQUARE.subs(P, p) <= TRI.expr.subs(P, p) ** 2
    two.proves(
        largest, f"no flat point above T_tri, p = {p}", {"lambda": (0, "oo")}, contacts=[flat]
    )
two.equals(diffusion(3), "0.74099624003870", "a search for the maximum in extended precision")

three = PAPER.states(
    "limit",
    "Monte Carlo is trapped only below T_d² = max pQ^{p−1}/(2λ): on the sphere T_d² = "
    "p(p−2)^{p−2}/(2(p−1)^{p−1}), and T_tri²/T_d² = 4(1 − 1/p)^p: between them diffusions fail "
    "where Monte Carlo does not. For spins and p = 3, T_K = 0.6514 < T_d = 0.6816 < T_tri.",
)
TRAPPED = tc.Formula("T_d", sqrt(P * (P - 2) ** (P - 2) / (2 * (P - 1) ** (P - 1))))
three.shows(TRAPPED)
three.equals(TRAPPED, sqrt(Rational(3, 8)), "Crisanti and Sommers, p = 3", p=3)
three.equals(tc.Formula("T_d", dynamic(3).expr), "0.682", "Montanari and Ricci-Tersenghi")
three.equals(tc.Formula("T_K", static(3).expr), "0.651", "the same")
WIDER = Rational(32, 27) <= 4 * (1 - 1 / P) ** P
three.proves(WIDER, "T_tri ≥ 1.088 T_d on the sphere", {"p": (3, "oo")}, contacts=[{"p": 3}])

four = PAPER.states(
    "limit", "Autoregression fails below 0.7587 for p = 3, and so before diffusions do."
)
four.shows(tc.Formula("T", autoregression(3).expr))
four.equals(autoregression(3), "0.75874199494836", "a search for the maximum in extended precision")
