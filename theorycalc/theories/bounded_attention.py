"""Softmax in numbers: its Jacobian, and the degree of a polynomial that replaces exp.

Attention with entries in [−B, B] is fast where a polynomial of low degree is near exp there. The
seed of the cubic form is "How to capture higher-order correlations?"; hardness results are only
quoted. Degrees and norms are computed here.

Setting
-------
s = softmax(x) in R^n, J = diag(s) − ss' its Jacobian. E_k(B) is the least largest deviation of a
polynomial of degree k from exp on [−B, B], absolute.

References
----------
J. Alman, Z. Song, "How to capture higher-order correlations? Generalizing matrix softmax attention
to Kronecker computation", ICLR 2024, arXiv:2310.04064.
J. Alman, Z. Song, "Fast attention requires bounded entries", NeurIPS 2023, arXiv:2302.13214.
"""

import numpy as np
import sympy

import theorycalc as tc

PAPER = tc.Paper("arXiv:2310.04064", "J. Alman, Z. Song", "Bounded entries of attention", __doc__)
P, Q, X = sympy.symbols("p q x", positive=True)
B, K, J = sympy.symbols("B k j", positive=True)
Z = sympy.Symbol("z", real=True)
Rational, exp, sqrt, log = sympy.Rational, sympy.exp, sympy.sqrt, sympy.log
BEST = {
    case: tc.optimal.polynomial(exp(Z), case[0], on=(-case[1], case[1]), digits=22)
    for case in ((5, 2), (12, 4))
}
ERROR = {case: sympy.sympify(best.error) for case, best in BEST.items()}

one = PAPER.states(
    "exact",
    "Of a softmax, ‖J‖₂ is the root of Σ s_i²/(s_i − λ) = 1 between the two largest s_i, or s_max "
    "if that is attained twice; for two entries it is 2s(1 − s). max s_i(1−s_i) ≤ ‖J‖₂ ≤ 1/2.",
)
TWO = tc.Formula("J", 2 * P * (1 - P))
# of three entries p ≥ q ≥ r the characteristic polynomial has the root 0 and two others
R = 1 - P - Q
TRACE, MINORS = 1 - P**2 - Q**2 - R**2, 3 * P * Q * R
THREE = tc.Formula("J_3", (TRACE + sqrt(TRACE**2 - 4 * MINORS)) / 2, args=(P, Q))
SECULAR = P**2 / (P - X) + Q**2 / (Q - X) + R**2 / (R - X)
one.shows(TWO, THREE)
ROOT = "0.38810249675906654394130"
one.equals(THREE, ROOT, "the root of Σ s²/(s − λ) = 1 in extended precision", p="1/2", q="3/10")
SECULAR = tc.Formula("sum", SECULAR.subs(X, THREE.expr), args=(P, Q))
one.equals(SECULAR, 1, "the equation at the root", p="3/5", q="3/10")
one.equals(THREE, "0.4", "the largest entry, attained twice", p="2/5", q="2/5")


def jacobian_norm(probabilities) -> tc.Value:
    """‖J‖₂ of any softmax, by the polynomial of that equation, which has no poles."""
    s = sorted((x for x in map(Rational, probabilities) if x), reverse=True)
    if min(s) < 0 or sum(s) != 1:
        raise tc.DomainError(f"no distribution: got sum {sum(s)}; allowed: ≥ 0 with the sum 1")
    if s[0] == 1 or s[0] == s[1]:
        return tc.certify(s[0] if s[0] < 1 else 0)
    others = [sympy.Mul(*(y - X for y in s[:i] + s[i + 1 :])) for i in range(len(s))]
    whole = sum(x**2 * y for x, y in zip(s, others, strict=True)) - sympy.Mul(*(y - X for y in s))
    return tc.find_root(tc.Formula("p", whole, args=(X,)), "x", (s[1], s[0]), using=tc.Ball(30))


FOUR = [Rational(x, 10) for x in (4, 3, 2, 1)]
SHARES = np.array(FOUR, dtype=float)
ROOTS = np.linalg.eigvalsh(np.diag(SHARES) - np.outer(SHARES, SHARES))
NORM = tc.Formula("J_4", sympy.sympify(jacobian_norm(FOUR)))
one.equals(NORM, f"{ROOTS[-1]:.12f}", "the largest eigenvalue, in doubles")
one.proves(Rational(1, 2) >= TWO, "‖J‖ ≤ 1/2", {"p": (0, 1)}, contacts=[{"p": "1/2"}])

two = PAPER.states(
    "exact",
    "E_1(1) = (cosh 1 − sinh 1 (1 − log sinh 1))/2, and E_k(B) in numbers: Remez, certified by the "
    "least deviation at k + 2 points in turn and the largest one over the interval.",
)
SINH = sympy.sinh(1)
FIRST = tc.Formula("E_1", (sympy.cosh(1) - SINH * (1 - log(SINH))) / 2)
two.shows(FIRST)
LINE = sympy.sympify(tc.optimal.polynomial(exp(Z), 1, digits=40).error)
two.equals(FIRST, LINE, "Remez, certified")
FIFTH, NUMBER = tc.Formula("E_5(2)", ERROR[5, 2]), "0.00326423282758066540557"
two.equals(FIFTH, NUMBER, "another Remez, in mpmath")

three = PAPER.states(
    "tight",
    "√(2 Σ_{j>k} I_j(B)²) ≤ E_k(B) ≤ 2 Σ_{j>k} I_j(B) with modified Bessel functions, and "
    "e^{−B} ≤ E_k 2^k (k+1)!/B^{k+1} ≤ e^B: the degree for a fixed error grows like B.",
)
TERM = sympy.besseli(J, B)
UPPER = tc.Formula("U", 2 * sum(TERM.subs(J, K + i) for i in range(1, 13)), args=(K, B))
three.shows(UPPER)
for degree, half in ((5, 2), (12, 4)):
    best, at = ERROR[degree, half], {K: degree, B: half}
    squares = 2 * sum(TERM.subs(J, degree + i).subs(B, half) ** 2 for i in range(1, 6))
    three.holds(best <= UPPER.expr.subs(at), f"E ≤ 2ΣI at k = {degree}, B = {half}")
    three.holds(best >= sqrt(squares), f"E ≥ √(2ΣI²) at k = {degree}, B = {half}")

four = PAPER.quotes(
    "asymptotic",
    "Entries o(√log n) make attention almost linear in n: features of degree k have dimension "
    "C(d + k, k), which is n^{o(1)} for d = log n and k = o(log n). At order √log n it is "
    "quadratic under the strong exponential time hypothesis; for triples the order is the cube "
    "root.",
)


@two.experiment("polynomials of degree 5 for exp on [−2, 2]", quick=400, full=4000)
def fits(run):
    """Largest deviations on grids: Taylor and Chebyshev are worse, none is better than E_5."""
    grid, best = np.linspace(-2, 2, run.size), BEST[5, 2]
    values = sympy.lambdify(Z, best.polynomial, "numpy")(grid)
    deviation = np.abs(np.exp(grid) - values).max()
    run.at(None, best.error, deviation, error=1e-5, name="the polynomial found")
    run.rejects("2I₆ alone", float(tc.certify(2 * sympy.besseli(6, 2), 10)) * 0.9)
    nodes = 2 * np.cos((np.arange(6) + 0.5) * np.pi / 6)
    chebyshev = np.polyfit(nodes, np.exp(nodes), 5)
    taylor = sum(grid**j / float(sympy.factorial(j)) for j in range(6))
    others = {"Chebyshev nodes": np.polyval(chebyshev, grid), "Taylor": taylor}
    for name, other in others.items():
        found = np.abs(np.exp(grid) - other).max()
        run.at(None, -float(best.error), -found, error=1e-5, name=f"{name} is worse", at_most=True)
    run.line(grid, np.exp(grid) - values, "best")
    run.line(grid, np.exp(grid) - np.polyval(chebyshev, grid), "Chebyshev nodes")
    run.axes("x", "exp x − p(x)")


@three.experiment("least degrees for an accuracy, found by bisection", quick=2, full=4)
def degrees(run):
    """Held against those that were found by hand, going through the errors."""
    known = ((1, "1e-4", 5), (2, "1e-4", 7), (4, "1e-4", 11), (8, "0.01", 14))
    for half, accuracy, degree in known[: run.size]:
        found = tc.optimal.minimal_degree(exp(Z), accuracy, on=(-half, half))
        run.at(half, degree, float(found), error=0.01, name=f"B = {half}, E ≤ {accuracy}")
    run.rejects("one degree less", degree - 1)
    run.axes("B", "degree")
