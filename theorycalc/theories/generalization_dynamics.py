"""High-dimensional dynamics of generalisation: when to stop, and what overtraining costs.

Setting
-------
A linear network in N dimensions learns from P = αN samples x with entries N(0, 1/N) and outputs
y = w̄·x + noise of variance σ², by gradient flow of ½ Σ (w·x − y)². S is the variance of the weights
of the teacher plus that of the student's initial weights; N → ∞.

References
----------
M. S. Advani, A. M. Saxe, H. Sompolinsky, "High-dimensional dynamics of generalization error in
neural networks", Neural Networks 132 (2020), arXiv:1710.03667.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "M. S. Advani, A. M. Saxe, H. Sompolinsky"
PAPER = tc.Paper("arXiv:1710.03667", AUTHORS, "Dynamics of generalisation", __doc__)
X = sympy.Symbol("x", positive=True)
QUARTER = sympy.Rational(1, 4)
FLOWS = {a: tc.learning_curves.gradient_flow(a, 1, QUARTER) for a in ("1/2", "1", "2")}

one = PAPER.states(
    "limit",
    "E_g(t) = ∫ρ(λ)[S e^{−2λt} + σ²(1 − e^{−λt})²/λ] + (1 − α)₊S + σ², ρ the Marchenko–Pastur "
    "density of X'X; the training error is (1/α)∫ρ(λ)(λS + σ²)e^{−2λt} + (1 − 1/α)₊σ².",
    where="section 2",
)
one.shows(FLOWS["2"].test, FLOWS["2"].train)
DECAY = sympy.exp(-2 * X * 2)
# X'X is α times a Marchenko–Pastur matrix of ratio 1/α
INSIDE = DECAY**2 + QUARTER * (1 - DECAY) ** 2 / (2 * X)
SPECTRUM = tc.spectra.marchenko_pastur("1/2").integrate(INSIDE).expr
one.equals(FLOWS["2"].test, SPECTRUM + QUARTER, "the spectral law", t=2)
END = tc.learning_curves.ridge("1/2", 0, 1, QUARTER).test.expr
one.equals(FLOWS["2"].test, END, "least squares, up to e^{−343}", t=2000)
MPMATH = "the integral in the angle, in mpmath"
one.equals(FLOWS["1"].test, "0.78055605312085243955", MPMATH, t=10)


@one.experiment("exact flows on random samples, N = 60 and 240", quick=60, full=400)
def trained(run):
    """Test errors at four times, the mean over teacher and noise taken exactly."""
    generator, times = np.random.default_rng(0), (0.5, 2.0, 10.0)
    for alpha, flow in (("1/2", FLOWS["1/2"]), ("2", FLOWS["2"])):
        for size in (60, 240):
            rows = []
            for _ in range(max(12, run.size * 15 // size)):
                x = generator.standard_normal((round(float(sympy.Rational(alpha)) * size), size))
                rates = np.linalg.eigvalsh(x.T @ x / size)[:, None].clip(1e-12)
                decay = np.exp(-rates * times)
                rows.append((decay**2 + 0.25 * (1 - decay) ** 2 / rates).mean(axis=0) + 0.25)
            name = f"α = {alpha}, N = {size}"
            theory = [float(flow.test.at(t=t)) for t in times]
            for t, limit, column in zip(times, theory, np.array(rows).T, strict=True):
                options = {"name": f"{name}, t = {t:g}", "series": f"α = {alpha}", "smallest": 0.2}
                run.at(t, limit, column, bias=2 / size, **options)
    run.rejects("the exponent without its 2", float(FLOWS["2"].test.at(t=5)))
    grid = np.geomspace(0.1, 30, 60)
    for alpha in ("1/2", "2"):
        run.line(grid, FLOWS[alpha].test.lambdify(), f"α = {alpha}")
    run.axes("time", "test error", log="x")


two = PAPER.states(
    "limit",
    "As many samples as dimensions: the noise that is fitted grows like √t for ever. Stopping in "
    "time, at t = 2 say, costs at most 2 % over the best ridge at σ² = S/4.",
    where="section 2.3",
)
(TIME,) = FLOWS["1"].test.args
GROWTH = tc.Formula("g", (FLOWS["1"].test.expr - QUARTER) / sympy.sqrt(TIME))
RATE = QUARTER * (4 - 2 * sympy.sqrt(2)) / sympy.sqrt(sympy.pi)
two.shows(GROWTH)
PERCENT = sympy.Rational(1, 100)
two.holds(GROWTH.expr < RATE * (1 + PERCENT), "not faster", {"t": 10**5}, {"t": 10**7})
two.holds(GROWTH.expr > RATE * (1 - PERCENT), "not slower", {"t": 10**5}, {"t": 10**7})
for alpha, flow in FLOWS.items():
    best = flow.best_ridge.expr
    two.holds(
        flow.test.expr > best, f"a ridge is better, α = {alpha}", {"t": 1}, {"t": 2}, {"t": 4}
    )
    two.holds(flow.test.expr < best * (1 + 2 * PERCENT), f"by 2 %, α = {alpha}", {"t": 2})
