"""Kernel density estimators in high dimension: from sums that concentrate to single points.

Derived here, by the random energy model; the subject is that of the paper below.

Setting
-------
n = e^{αd} points y_i and an independent x, all from N(0, I_d); a Gaussian kernel of bandwidth h,
ρ̂(x) = (1/n) Σ (2πh²)^{−d/2} e^{−‖x−y_i‖²/(2h²)}; d → ∞ at fixed α and h.
φ(λ) = lim (1/d) log E e^{−λ‖x−y‖²/2} for a given x with ‖x‖² = d; w_i are the shares of the points
in the sum, and γ is Euler's constant.

References
----------
G. Biroli, M. Mézard, "Kernel density estimators in large dimensions", arXiv:2408.05807.
B. Derrida, "Random-energy model: an exactly solvable model of disordered systems",
Phys. Rev. B 24 (1981), 2613-2626.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import density_estimators_high_dimension as simulations

TITLE = "Kernel density estimators in high dimension"
PAPER = tc.Paper("arXiv:2408.05807", "G. Biroli, M. Mézard", TITLE, __doc__)
ALPHA, H, LAMBDA, D = sympy.symbols("alpha h lambda d", positive=True)
X, Y = sympy.symbols("x y", real=True)
exp, log, pi, oo = sympy.exp, sympy.log, sympy.pi, sympy.oo
kde = tc.quantization.kde
FREEZING, BEST, LEAST = kde.h_G(ALPHA), kde.h_opt(ALPHA), kde.kl_per_dimension(ALPHA)
U, THETA = 1 / FREEZING.expr**2, FREEZING.expr**2 / H**2
V, POSITIVE = sympy.Symbol("u", positive=True), {"u": (0, "oo")}

one = PAPER.states(
    "limit",
    "φ(λ) = −log(1+λ)/2 − λ/(2(1+λ)). The sum freezes at the λ = u = 1/h_G² where λφ' − φ = α, "
    "which is α = (log(1+u) − u/(1+u)²)/2; its second moment freezes at h_CLT = √2 h_G. The "
    "nearest point is at ‖x − y‖² = td with t = 1/(1+u) + 1/(1+u)².",
)
PHI = tc.Formula("phi", -(log(1 + LAMBDA) + LAMBDA / (1 + LAMBDA)) / 2)
# φ by coordinates: those of x may all be 1
ONE = exp(-LAMBDA * (1 - Y) ** 2 / 2 - Y**2 / 2) / sympy.sqrt(2 * pi)
ONE = tc.Integral(ONE, Y, -oo, oo, tails={end: tc.Tail(exp(-(Y**2) / 2), Y) for end in (-oo, oo)})
# the norm and the angle of the nearest point: its law given x is N(x u/(1+u), I/(1+u))
NORM = (U / (1 + U)) ** 2 + 1 / (1 + U)
COSINE = U / ((1 + U) * sympy.sqrt(NORM))
RARE = tc.Formula("alpha", (NORM - 1 - log(NORM)) / 2 - log(1 - COSINE**2) / 2, args=(ALPHA,))
one.shows(PHI, FREEZING)
one.equals(tc.Formula("e^phi", exp(PHI.expr)), ONE, "by coordinates", **{"lambda": 3})
for alpha in ("1/100", "1/2", "3"):
    one.equals(RARE, ALPHA, "one of n points has norm and angle of the nearest", alpha=alpha)

two = PAPER.states(
    "limit",
    "KL(N(0, I)‖ρ̂)/d → (log(1+h²) + 1/(1+h²) − 1)/2 for h > h_G, the divergence from N(0, 1+h²), "
    "and → α + (log h² + t/h² − 1)/2 for h < h_G. It is least at h_opt = √t < h_G: the best "
    "estimator is one of few points. Scott's rule h = n^{−1/(d+4)} → e^{−α} < h_opt.",
)
DIVERGENCE = kde.kl_per_dimension(ALPHA, H)
# KL of N(0, 1) and N(0, 1 + h²); log(1 + h²) ≤ h²
RATIO = (log(1 + H**2) - X**2 * H**2 / (1 + H**2)) / 2 * exp(-(X**2) / 2) / sympy.sqrt(2 * pi)
WIDE = tc.Tail((1 + H**2) * (1 + X**2) * exp(-(X**2) / 2), X)
RATIO = tc.Integral(RATIO, X, -oo, oo, tails={-oo: WIDE, oo: WIDE})
NEAREST = 1 + NORM - 2 * sympy.sqrt(NORM) * COSINE
FEW = ALPHA + (log(H**2) + NEAREST / H**2 - 1) / 2
OTHERS = tuple({"alpha": a, "h": h} for a in ("1/10", "1/2") for h in ("1/2", "3/4", "3/2"))
two.shows(BEST, LEAST, DIVERGENCE)
two.equals(DIVERGENCE, RATIO, "its definition, for N(0, 1 + h²)", alpha="1/2", h=1)
two.equals(DIVERGENCE, FEW, "norm and angle of the nearest point", alpha="1/2", h="2/5")
# in u, which is any positive number: α is what `RATE` is there
RATE, SHARE = (log(1 + V) - V / (1 + V) ** 2) / 2, 1 / (1 + V) + 1 / (1 + V) ** 2
two.proves(SHARE < 1 / V, "t < h_G²", POSITIVE)
two.proves(log(SHARE) > -2 * RATE, "t > e^{−2α}", POSITIVE)
two.holds(LEAST.expr <= DIVERGENCE.expr, "no h does better than h_opt", *OTHERS)
two.experiment("density estimators, α = 1/2", quick=120, full=600)(simulations.samples)

three = PAPER.states("asymptotic", "h_G² ≤ √(3/(4α)), with equality for α → 0.")
SMALL = sympy.sqrt(3 / (4 * ALPHA))
three.holds(FREEZING.expr**2 <= SMALL, "h_G² ≤ √(3/(4α))", {"alpha": "1/1000"}, {"alpha": 10})
three.proves(RATE <= 3 * V**2 / 4, "α ≤ 3u²/4", POSITIVE)
three.proves(RATE * (1 + V) ** 2 >= 3 * V**2 / 4, "h_G² ≥ √(3/(4α)) − 1", POSITIVE)

four = PAPER.states(
    "limit",
    "For h < h_G the largest shares have the law of Poisson and Dirichlet, and "
    "E Σ w_i² → 1 − (h/h_G)²; for h > h_G it is → 0.",
)
SHARES = tc.Formula("S", 1 - 1 / THETA, args=(ALPHA, H))
four.shows(SHARES)
FEWER = "how few points make up the estimate, α = 1/2, d = 800"
four.experiment(FEWER, quick=400, full=3000, formula=SHARES)(simulations.shares)

five = PAPER.states(
    "asymptotic",
    "With θ = (h_G/h)² > 1 the divergence is that of 2 plus c_d/d + o(1/d), "
    "c_d = θ log(u √(πd(3+u)/(1+u)³)) − θ log Γ(1−1/θ) − (θ−1)γ + u/(2h²(1+u)(3+u)). The distances "
    "that count are those of a Poisson process, td + (2/u) log Γ_i + …, with Γ_i its arrivals; the "
    "prefactor is that of Bahadur and Rao; Σ Γ_i^{−θ} is stable, with a known mean of its "
    "logarithm; the last term is the curvature of t in ‖x‖²/d. So no finite d shows the limit: at "
    "α = 1/2, h = 0.4 it is 0.294, but 0.401, 0.329, 0.305 for d = 50, 200, 800.",
)
FLUCTUATION = log(U) + log(pi * D * (3 + U) / (1 + U) ** 3) / 2 - sympy.loggamma(1 - 1 / THETA)
CURVATURE = U / (2 * H**2 * (1 + U) * (3 + U))
C_D = THETA * FLUCTUATION - (THETA - 1) * sympy.EulerGamma + CURVATURE
C_D = tc.Formula("c", C_D, args=(ALPHA, H, D))
five.shows(C_D)
GROWING = "h = 0.4 < h_G in growing dimensions, α = 1/2"
five.experiment(GROWING, quick=400, full=3000, formula=C_D)(simulations.sizes)
