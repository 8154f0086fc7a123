"""Learning rate against batch size: what a random matrix for the noise of a batch says, and not.

Setting
-------
The Hessian of P parameters on all data has one eigenvalue ℓ above the others. On a batch of B
samples it is that and noise: additive, a symmetric matrix of entries of variance σ_B²/P with
σ_B² = Pv/B; or multiplicative, the sample covariance of B gradients whose population has the other
eigenvalues 1. Gradient descent is stable up to η = 2/λ of the largest eigenvalue λ, and the
exponent is d log η/d log B; P → ∞ at fixed σ_B², or at fixed c = P/B.

References
----------
D. Granziol, S. Zohren, S. Roberts, "Learning rates as a function of batch size: a random matrix
theory approach to neural network training", JMLR 23 (2022), arXiv:2006.09092.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "D. Granziol, S. Zohren, S. Roberts"
PAPER = tc.Paper("arXiv:2006.09092", AUTHORS, "Learning rate against batch size", __doc__)
ELL, SIGMA2, C = sympy.symbols("ell sigma2 c", positive=True)
ADDITIVE = tc.spectra.batch_hessian(ELL, SIGMA2)
BULKY = tc.spectra.batch_hessian(ELL, C, model="gauss_newton")
HALF = sympy.Rational(1, 2)

one = PAPER.states(
    "limit",
    "Additive noise: λ = ℓ + σ_B²/ℓ where ℓ > σ_B, else 2σ_B. The exponent σ_B²/(ℓ² + σ_B²) is "
    "below 1/2 there and 1/2 where noise is all there is: no batch makes it larger.",
)
one.shows(ADDITIVE.top, ADDITIVE.exponent)
POSITIVE = sympy.Interval.open(0, sympy.oo)
one.proves(ADDITIVE.exponent <= HALF, "at most √B", dict.fromkeys(("ell", "sigma2"), POSITIVE))
# B times another one is σ_B² through it
SLOPE = -SIGMA2 * sympy.log(ADDITIVE.max_learning_rate.expr).diff(SIGMA2)
for size in ("1/4", "9/10", 3):
    derivative = tc.Formula("d", SLOPE, args=(ELL, SIGMA2))
    one.equals(ADDITIVE.exponent, derivative, "the derivative of log η", ell=1, sigma2=size)

two = PAPER.states(
    "limit",
    "Multiplicative noise: λ = ℓ(1 + c/(ℓ − 1)) where ℓ − 1 > √c, else (1 + √c)². The exponent "
    "rises to 1 with c: the learning rate grows like B only while a batch is far smaller than P.",
)
two.shows(BULKY.top, BULKY.exponent)
BEYOND = {"ell": sympy.Interval.open(1, sympy.oo), "c": POSITIVE}
two.proves(BULKY.exponent < 1, "less than B", BEYOND)
NEARLY = sympy.Rational(99, 100)
two.holds(BULKY.exponent.expr > NEARLY, "as near as one likes", {"ell": 10, "c": 10**5})
two.holds(BULKY.exponent.expr < HALF / 2, "with large batches it is far", {"ell": 10, "c": 2})
two.equals(BULKY.exponent, HALF, "c = ℓ − 1 = 1, at the threshold", ell=2, c=1)

PAPER.quotes(
    "heuristic",
    "SGD scales linearly with the batch and Adam like its root: the rule of the paper, for noise "
    "that depends on the field. Neither model above implies it: the first has no linear regime at "
    "all, and the second has one for tiny batches only.",
    where="abstract",
)


@one.experiment("largest eigenvalues of noisy spikes, P = 300", quick=12, full=60)
def additive(run):
    """Tops over the noise; one step above 2/λ leads away, one below does not."""
    generator, p = np.random.default_rng(0), 300
    for size in (0.25, 0.64, 4.0):
        tops = []
        for _ in range(run.size):
            noise = generator.standard_normal((p, p)) * (size / (2 * p)) ** 0.5
            hessian = noise + noise.T
            hessian[0, 0] += 1
            tops.append(np.linalg.eigvalsh(hessian)[-1])
        theory = ADDITIVE.top.at(ell=1, sigma2=size)
        # an edge is off by p^{−2/3}, a spike by 1/p and more next to its threshold
        bias = float(theory) * p ** (-2 / 3)
        run.at(size, theory, tops, name=f"σ² = {size}", bias=bias, smallest=0.1)
    run.rejects("the spike alone", 1.0)
    grid = np.geomspace(0.1, 8, 60)
    run.line(grid, lambda sizes: [float(ADDITIVE.top.at(ell=1, sigma2=x)) for x in sizes])
    run.axes("variance of the noise of a batch", "largest eigenvalue", log="x")


@two.experiment("gradient descent on single batches of linear models", quick=12, full=60)
def stable(run):
    """The largest step at which descent on a batch does not diverge, by trying."""
    generator, p, ell = np.random.default_rng(1), 100, 3.0
    for batch in (20, 50, 200):
        found = []
        for _ in range(run.size):
            x = generator.standard_normal((batch, p)) / batch**0.5
            x[:, 0] *= ell**0.5
            found.append(_largest_stable(x, generator.standard_normal(p)))
        theory = BULKY.max_learning_rate.at(ell=ell, c=p / batch)
        # the top eigenvalue of few samples, and the 150 steps that it takes to see a divergence
        bias = float(theory) * (p ** (-2 / 3) + 0.02)
        run.at(batch, theory, found, name=f"B = {batch}", bias=bias, smallest=0.3)
    run.rejects("η in proportion to B", 10 * float(BULKY.max_learning_rate.at(ell=ell, c=5)))
    grid = np.geomspace(10, 400, 60)
    largest = BULKY.max_learning_rate
    run.line(grid, lambda batches: [float(largest.at(ell=ell, c=p / b)) for b in batches])
    run.axes("batch size", "largest stable learning rate", log="xy")


def _largest_stable(x, start) -> float:
    """Bisection of the step between one that shrinks |xw| and one that blows it up."""
    low, high = 0.02, 2.0
    for _ in range(10):
        step, w = (low * high) ** 0.5, start
        for _ in range(150):
            w = w - step * (x.T @ (x @ w))
        low, high = (low, step) if not np.linalg.norm(x @ w) < 1e3 else (step, high)
    return low
