"""Mean field and propagation of chaos: networks of width m stay 1/m close, at all times.

The two networks that are solved here, and their fluctuations, are ours.

Setting
-------
f_m = (1/m) Σ φ(θ_i; x) follows the gradient flow of the excess risk L = ½ E(f − f*)², with time in
units of m, from independent θ_i; f is its limit m → ∞, and V_m(t) = E‖f_m − f‖² over starts.
First network: φ = (w·x)² − |w|² with w ~ N(0, s²I) and x ~ N(0, I_d), f* = x'M*x − tr M*, where M*
has eigenvalues μ_i ≥ 0. Second one: a erf(w·x/√2) and f* = erf(κ x_1/√2), with a = 1 and w uniform
on the sphere at time 0.

References
----------
M. Glasgow, J. Bruna, "Uniform-in-time weak propagation-of-chaos in shallow neural networks", 2026,
arXiv:2605.22010.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import mean_field as simulations

TITLE = "Mean field and propagation of chaos"
PAPER = tc.Paper("arXiv:2605.22010", "M. Glasgow, J. Bruna", TITLE, __doc__)
T, S2 = sympy.symbols("t s2", nonnegative=True)
KAPPA, CUT = sympy.symbols("kappa R", positive=True)
Z = sympy.Symbol("z", real=True)
HALF, exp = sympy.Rational(1, 2), sympy.exp
TEACHER, START = (1, HALF, 0, 0, 0, 0), sympy.Rational(1, 6)


def entry(mu) -> tuple[sympy.Expr, sympy.Expr]:
    """The eigenvalue of M(t), M(0) = s²I, beside μ of M*, and D: δM(t) = D δM(0) D."""
    spent = (1 - exp(-8 * mu * T)) / (8 * mu) if mu else T
    base = exp(-8 * mu * T) + 8 * S2 * spent
    return S2 / base, exp(-4 * mu * T) / base


def loss(teacher) -> tc.Formula:
    """The excess risk of the mean field, by the eigenvalues of M*."""
    return tc.Formula(
        "L", sum((entry(mu)[0] - mu) ** 2 for mu in map(sympy.sympify, teacher)), args=(T, S2)
    )


def clt(teacher) -> tc.Formula:
    """The limit of m V_m."""
    squares = [entry(mu)[1] ** 2 for mu in map(sympy.sympify, teacher)]
    total = 2 * S2**2 * (sum(squares) ** 2 + sum(x**2 for x in squares))
    return tc.Formula("v", total, args=(T, S2))


one = PAPER.states(
    "exact",
    "He₂: with M = (1/m) Σ w_i w_i', L = ‖M − M*‖² and M' = −4{M − M*, M} for every m, hence "
    "M(t) = E (M(0)^{−1} + 8∫₀^t E²)^{−1} E with E = e^{4tM*}. Only M(0) is random; in the mean "
    "field it is s²I.",
)
LOSS, CLT = loss(TEACHER), clt(TEACHER)
one.shows(LOSS)
AT, NUMBERS = {"t": "1/5", "s2": START}, {T: sympy.Rational(1, 5), S2: START}
for mu in map(sympy.sympify, TEACHER[:3]):
    value = entry(mu)[0]
    speed = (-8 * (value - mu) * value).subs(NUMBERS)
    one.equals(tc.Formula("M'", value.diff(T), args=(T, S2)), speed, f"the flow at μ = {mu}", **AT)
one.equals(LOSS, sympy.Rational(11, 12), "by hand at the start", t=0, s2=START)
one.experiment("twelve neurons that follow the gradient", quick=2, full=4)(simulations.particles)

two = PAPER.states(
    "limit",
    "He₂: m V_m(t) → 2s⁴[(Σ D_i²)² + Σ D_i⁴], where δM(t) = D δM(0) D is the change of M(t) with "
    "that of M(0), a Wishart matrix; for t = 0 it is 2s⁴d(d + 1) at every m.",
)
two.shows(CLT)
two.equals(CLT, 2 * START**2 * 6 * 7, "moments of Gaussian weights", t=0, s2=START)
for mu in map(sympy.sympify, TEACHER[:3]):
    slope = tc.Formula("D^2", entry(mu)[1] ** 2, args=(T, S2))
    two.equals(slope, entry(mu)[0].diff(S2).subs(NUMBERS), f"∂M/∂s² at μ = {mu}", **AT)
two.experiment("He₂ networks from random starts", quick=12_000, full=100_000, clt=CLT)(
    simulations.fluctuations
)

three = PAPER.states(
    "asymptotic",
    "He₂: a null direction of M* contributes (s²/(1 + 8s²t))² < 1/(64t²) to L: with r < d "
    "directions learned, L t² → (d − r)/64; with r = d the decay is exponential.",
)
NULL = entry(0)[0].subs(S2, START)
three.proves(sympy.Lt(64 * T**2 * NULL**2, 1), "64 t² L < 1", {"t": (0, "oo")})
LATE = tc.Formula("L t^2", T**2 * LOSS.expr, args=(T, S2))
three.equals(LATE, "0.0625", "(6 − 2)/64", t="1e9", s2=START)

four = PAPER.states(
    "exact",
    "erf: E g(w·x) g(v·x) = (2/π) arcsin(w·v/√((1+|w|²)(1+|v|²))), g(u) = erf(u/√2): the flow of a "
    "network is closed. By rotations that fix the teacher its mean field is a law on (a, r, s), "
    "and m V_m tends to the mean square of the influence of one neuron.",
)
START_LOSS = tc.Formula("L_0", sympy.asin(KAPPA**2 / (1 + KAPPA**2)) / sympy.pi)
four.shows(START_LOSS)
DENSITY = exp(-(Z**2) / 2) / sympy.sqrt(2 * sympy.pi)
TAIL = tc.Tail(exp(-(CUT**2) / 2), CUT)
SQUARED = sympy.erf(sympy.sqrt(2) * Z) ** 2 * DENSITY
SQUARE = tc.Integral(SQUARED, Z, 0, sympy.oo, tails={sympy.oo: TAIL})
four.equals(START_LOSS, SQUARE, "½ E g(2x)², an integral", kappa=2)
four.experiment("Gauss nodes, and networks", quick=8, full=600, start_loss=START_LOSS)(
    simulations.reduction
)
four.experiment("random starts in R² and R⁵", quick=160, full=1200)(simulations.erf_students)

five = PAPER.states(
    "upper",
    "If L_t ≲ t^{−c} and ∫√L_t dt = O(log d), then sup_t V_m(t) ≲ poly(d) m^{−min(1, c/6)}. A "
    "power law has such an integral for c > 2 only; here V_m is of order 1/m at all times.",
    where="abstract",
)
five.experiment("He₂ networks that learn all directions", quick=2000, full=20_000)(
    simulations.uniform_in_time
)
