"""The perceptron with binary weights: a capacity, and a jump to perfect generalisation.

Setting
-------
Weights w ∈ {−1, 1}^N and αN patterns a with standard normal entries, N → ∞. Stored are random signs
y, learnt are the signs y = sign(w*·a) of a teacher with binary weights, of which a student has the
overlap m = w·w*/N. The entropies are replica symmetric.

References
----------
G. Györgyi, "First-order transition to perfect generalization in a neural network with binary
synapses", Physical Review A 41 (1990), 7097.
H. Huang, Y. Kabashima, "Origin of the computational hardness for learning with binary synapses",
Physical Review E 90 (2014), arXiv:1408.1784.
W. Krauth, M. Mézard, "Storage capacity of memory networks with binary couplings", Journal de
Physique 50 (1989), 3057.
"""

import functools
import itertools

import numpy as np
import sympy

import theorycalc as tc

PAPER = tc.Paper(
    "doi:10.1103/PhysRevA.41.7097",
    "G. Györgyi",
    "First-order transition to perfect generalization in a neural network with binary synapses",
    __doc__,
)
STUDENT = tc.inference.bayes("rademacher", "sign")
TRANSITION = STUDENT.transition()
POSTERIOR = "0.56071473709474593"  # the overlap for α = 1
CAPACITY = tc.inference.capacity(weights="binary")

one = PAPER.states(
    "heuristic",
    "For α > α_c = 1.245 the teacher is all that is left: the others' entropy is 0 at α_c.",
)
one.shows(TRANSITION)
one.equals(TRANSITION, "1.245", "the printed transition")

PAPER.quotes(
    "heuristic", "Other students stay a local optimum up to α = 1.493, where their branch ends."
)

two = PAPER.states("heuristic", "Random signs are stored for α < 0.833.")
two.shows(CAPACITY)
two.equals(CAPACITY, "0.833", "Krauth and Mézard's capacity")


@two.experiment("all binary weights of 14, counted", quick=240, full=400)
def enumeration(run):
    """log(number of weights that store N/2 patterns)/N against the entropy of storage."""
    generator, n = np.random.default_rng(0), 14
    weights = np.array(list(itertools.product((-1.0, 1.0), repeat=n))).T
    logs = []
    for _ in range(run.size):
        patterns = generator.standard_normal((n, n // 2))
        stored = np.count_nonzero((patterns.T @ weights).min(axis=0) > 0)
        logs.append(np.log(max(1, stored)) / n)
    run.at(0.5, tc.inference.storage_entropy("1/2").at(), np.array(logs), smallest=0.1)
    # each pattern halves the weights: the mean of the number, not of its logarithm
    run.rejects("annealed", tc.certify(sympy.log(2) / 2, digits=10))
    grid = (0.3, 0.5, 0.7)
    run.line(grid, lambda x: np.array([float(tc.inference.storage_entropy(a).at()) for a in x]))
    run.axes(r"patterns for each weight $\alpha$", "entropy for each weight")


three = PAPER.states(
    "heuristic",
    "Students at an overlap m with the teacher have an entropy S(m), their Franz–Parisi potential: "
    "largest at the overlap of the posterior, and negative where typically there are none.",
)
potential = functools.cache(tc.inference.franz_parisi)
three.shows(potential("1/2", 0.5))


@three.experiment(
    "all binary students of 20 weights at an overlap, counted",
    quick=(300, (5,)),
    full=(2000, (2, 5)),
)
def students(run):
    """log(students that agree on N/2 patterns)/N at overlaps; at the top the posterior's."""
    generator, n, (replicas, apart) = np.random.default_rng(0), 20, run.size
    if not run.quick:
        top = float(potential(1, POSTERIOR).at())
        run.at(None, STUDENT.entropy(1).at(), top, error=1e-9, name="of the posterior, α = 1")
    for others in apart:
        m, chosen = round(1 - 2 * others / n, 1), list(itertools.combinations(range(n), others))
        weights = np.ones((n, len(chosen)), dtype=np.float32)
        np.put_along_axis(weights, np.array(chosen).T, -1, axis=0)
        # −m log m of the limit in place of the number of all students at this overlap
        parts, logs = np.array([1 + m, 1 - m]) / 2, []
        for _ in range(replicas):
            patterns = generator.standard_normal((n, n // 2), dtype=np.float32)
            patterns *= np.sign(patterns.sum(axis=0))
            agree = max(1, np.count_nonzero((patterns.T @ weights).min(axis=0) > 0))
            logs.append(np.log(agree / len(chosen)) / n - parts @ np.log(parts))
        limit = potential("1/2", m).at()
        run.at(m, limit, np.array(logs), bias=0.002, smallest=0.1)
    run.rejects("annealed", np.log(1 - np.arccos(m) / np.pi) / 2 - parts @ np.log(parts))
    run.rejects("5 % less", 0.95 * float(limit))
    run.axes("overlap with the teacher", "entropy of students, α = ½")
