"""One gradient step is a spike in the weights: where it leaves the bulk, and where it points.

Setting
-------
A network f = N^{−1/2} Σ_j a_j σ(w_j·x) with a_j = ±N^{−1/2}, columns w_j ~ N(0, I/d), and one step
η√N times the gradient on n samples of y = f*(x) + noise, x ~ N(0, I_d). f* is a function of one
direction with the first Hermite coefficient b_1 and mean 0; C_1 = E σ'. N/d and n/d are fixed.

References
----------
J. Ba, M. A. Erdogdu, T. Suzuki, Z. Wang, D. Wu, G. Yang, "High-dimensional asymptotics of feature
learning: how one gradient step improves the representation", NeurIPS 2022, arXiv:2205.01445.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import spiked_weights as simulations

AUTHORS = "J. Ba, M. A. Erdogdu, T. Suzuki, Z. Wang, D. Wu, G. Yang"
PAPER = tc.Paper("arXiv:2205.01445", AUTHORS, "One gradient step as a spike", __doc__)
ETA, N_D, S_D, THETA = sympy.symbols("eta N_over_d n_over_d theta", positive=True)
Rational, sqrt = sympy.Rational, sympy.sqrt
OUTLIER = tc.spectra.rectangular_spike(THETA, N_D)


def spike(activation, linear, power) -> tuple[tc.Formula, ...]:
    """s_1, squared overlap and θ after a step η from n samples, E y² = power, b_1 = linear."""
    size = linear**2 + power / S_D
    theta, args = ETA * tc.hermite.coefficient(activation, 1).expr * sqrt(size), (ETA, N_D, S_D)
    value, share = sqrt(OUTLIER.squared_singular_value.expr), linear**2 / size
    parts = {"s_1": value, "q": share * OUTLIER.right_overlap.expr, "theta": THETA}
    return tuple(tc.Formula(k, x.subs(THETA, theta), args=args) for k, x in parts.items())


one = PAPER.states(
    "limit",
    "The step adds a spike of size θ = ηC_1 √(b_1² + E y² d/n) to the weights. For θ⁴ > N/d one "
    "singular value s_1 leaves the bulk, s_1² = (1 + θ²)(N/d + θ²)/θ²; otherwise it is the edge.",
)
two = PAPER.states(
    "limit",
    "Its vector has the squared overlap [1 − (N/d + θ²)/(θ²(1 + θ²))] b_1²/(b_1² + E y² d/n) with "
    "the teacher: the spike is along X'y, which is the teacher and noise.",
)
POWER = Rational(7, 4)  # E y² of He₁ + He₂/2 + ε/2
VALUE, SHARE, SIZE = spike("tanh", 1, POWER)
AT, MPMATH = {"N_over_d": "3/2", "n_over_d": 3}, "the outlier with a quadrature for C_1, in mpmath"
one.shows(SIZE, OUTLIER.squared_singular_value)
two.shows(OUTLIER.right_overlap)
one.equals(VALUE, "3.45769603721477172", MPMATH, eta=4, **AT)
one.equals(VALUE, 1 + sqrt(Rational(3, 2)), "the edge, below the threshold", eta=1, **AT)
two.equals(SHARE, "0.560324827953099563", MPMATH, eta=4, **AT)
two.equals(SHARE, 0, "nothing below the threshold", eta=1, **AT)
one.experiment(
    "tanh networks in R³⁰⁰ after one step, y = He₁ + He₂/2 + ε/2",
    quick=10,
    full=60,
    formulas=(VALUE, SHARE, SIZE),
    at=AT,
)(simulations.spikes)
two.holds(
    SHARE.expr < 1, "overlap < 1", {"eta": 4, **AT}, {"eta": 100, "N_over_d": 1, "n_over_d": 1000}
)
