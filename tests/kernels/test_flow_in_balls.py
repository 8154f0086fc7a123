"""Kernel gradient flow with many digits: reference numbers, eigenvectors of mpmath, radii."""

import math
import random

import mpmath
import pytest
import sympy as sp
from reference import assert_reference, entries

import theorycalc as tc
from theorycalc.kernels.predict import gradient_flow

R = sp.Rational
PRIMES = (2, 3, 5, 7, 11, 13)
TRAINED, TESTED = range(1, 25), (25, 30, 36)
QUANTITIES = ("ntk.mean", "ntk.variance", "ntk.covariance", "ntk.lambda_min", "ntk.lambda_max")
NETWORKS = [
    ("relu", 1),
    *(
        pytest.param(*rest, marks=pytest.mark.long)
        for rest in (("relu", 2), ("erf", 1), ("erf", 2))
    ),
]


def near(x, radius) -> tc.Value:
    return tc.Value(mid=mpmath.mpf(x), rad=radius, rigor=tc.Rigor.ESTIMATED)


def kernels(activation: str, depth: int):
    """(NTK, NNGP, targets) of the deterministic data set, to forty digits."""
    network, using = tc.kernels.mlp(depth, activation, sp.sqrt(2)), tc.Ball(40)
    with mpmath.workdps(60):
        waves = [
            [mpmath.cos(2 * mpmath.pi * i * mpmath.sqrt(p)) for p in PRIMES]
            for i in (*TRAINED, *TESTED)
        ]
        x = [[c * mpmath.sqrt(6) / mpmath.norm(row) for c in row] for row in waves]
        cosines = [[near(mpmath.fdot(a, b) / 6, 1e-50) for b in x] for a in x]
        targets = [near(row[0] * row[1], 1e-50) for row in x[: len(TRAINED)]]
    both = []
    for formula in (network.ntk, network.nngp):
        both.append([[None] * len(x) for _ in x])
        for i in range(len(x)):
            for j in range(i + 1):
                value = formula.at(using, rho=1 if i == j else cosines[i][j])
                both[-1][i][j] = both[-1][j][i] = value
    return *both, targets


@pytest.mark.parametrize(("activation", "depth"), NETWORKS)
def test_reference_numbers(activation, depth):
    ntk, nngp, targets = kernels(activation, depth)
    n = len(TRAINED)
    parts = [[row[:n] for row in ntk[:n]], [row[:n] for row in ntk[n:]]]
    parts.append([row[n:] for row in nngp[n:]])
    more = {"nngp_train": [row[:n] for row in nngp[:n]]}
    more["nngp_test_train"] = [row[:n] for row in nngp[n:]]
    found = {}
    for entry in entries("trained", *QUANTITIES):
        params, quantity = entry["params"], entry["quantity"]
        if (params["activation"], params["hidden_layers"]) != (activation, depth):
            continue
        time, step = params.get("steps", params.get("t", 1)), params.get("eta")
        if (time, step) not in found:
            found[time, step] = gradient_flow(
                *parts, targets, time, learning_rate=step, using=tc.MP(25), **more
            )
        prediction = found[time, step]
        if "lambda" in quantity:
            value = prediction.eigenvalues[0 if "min" in quantity else -1]
        else:
            i, j = (
                TESTED.index(params.get(name, params["test_index"]))
                for name in ("test_index", "test_index2")
            )
            value = prediction.mean[i] if "mean" in quantity else prediction.covariance[i, j]
        assert value.rad <= 1e-25 * abs(value.mid)
        assert_reference(value, entry)


def eigenvectors(theta, cross, t, step):
    """Θ(x, X) (1 − e^{−tΘ})/Θ, or that of t steps of descent, by the eigenvectors of mpmath."""
    values, vectors = mpmath.eigsy(mpmath.matrix(theta))

    def learned(rate):
        if t is None:
            return 1 / rate
        if step is not None:
            return step * sum((1 - step * rate) ** j for j in range(int(t)))
        return t if rate == 0 else -mpmath.expm1(-t * rate) / rate

    return cross * vectors * mpmath.diag([learned(rate) for rate in values]) * vectors.T, values


@pytest.mark.parametrize("seed", range(5))
def test_beside_eigenvectors(seed):
    """Kernels of any rank, with rational entries; slow and fast directions, and none at all."""
    choose = random.Random(seed)
    n, rank = choose.randint(1, 5), choose.randint(1, 6)
    features = sp.Matrix(rank, n, lambda *_: R(choose.randint(-9, 9), choose.randint(1, 7)))
    theta = features.T * features / choose.choice([1, 10, 1000])
    cross = sp.Matrix(2, n, lambda *_: R(choose.randint(-9, 9), 3))
    root = sp.Matrix(n + 2, n + 2, lambda *_: choose.randint(-3, 3))
    nngp, y = root.T * root, sp.Matrix([choose.randint(-5, 5) for _ in range(n)])
    times = [(0, None), (R(1, 3), None), (100, None), (50, 1 / (1 + theta.trace()))]
    if theta.rank() == n:
        times.append((sp.oo, None))
    for t, step in times:
        with mpmath.workdps(80):
            numbers = [mpmath.matrix(m.evalf(80).tolist()) for m in (theta, cross, nngp, y)]
            others = [
                None if x in (None, sp.oo) else mpmath.mpf(x.p) / x.q
                for x in map(sp.sympify, (t, step))
            ]
            hat, rates = eigenvectors(*numbers[:2], *others)
            mean, prior = hat * numbers[3], numbers[2]
            mixed = hat * prior[:n, n:]
            covariance = prior[n:, n:] - mixed - mixed.T + hat * prior[:n, :n] * hat.T
        for using in (tc.Ball(15), tc.MP(20)):
            found = gradient_flow(
                theta.tolist(), cross.tolist(), nngp[n:, n:].tolist(), list(y), t,
                nngp_train=nngp[:n, :n].tolist(), nngp_test_train=nngp[n:, :n].tolist(),
                learning_rate=step, using=using,
            )  # fmt: skip
            pairs = [*zip(found.mean, mean, strict=True), *zip(found.hat.flat, hat, strict=True)]
            pairs += zip(found.covariance.flat, covariance, strict=True)
            pairs += zip(found.eigenvalues, sorted(rates), strict=True)
            for value, truth in pairs:
                with mpmath.workdps(80):
                    assert abs(value.mid - truth) <= value.rad + 1e-65 * (1 + abs(truth))


def test_half_and_a_differential_equation():
    """f' = −Θ(f − y): its Taylor solution in mpmath, for a matrix with an irrational entry."""
    theta = [[2, sp.sqrt(2)], [sp.sqrt(2), 3]]
    found = gradient_flow(theta, theta, None, [1, "-1/2"], "3/4", using=tc.Ball(25))
    with mpmath.workdps(40):
        root = mpmath.sqrt(2)

        def slope(_, f):
            off = f[0] - 1, f[1] + mpmath.mpf(1) / 2
            return [-2 * off[0] - root * off[1], -root * off[0] - 3 * off[1]]

        outputs = mpmath.odefun(slope, 0, [0, 0])(mpmath.mpf(3) / 4)
        for value, truth in zip(found.mean, outputs, strict=True):
            assert abs(value.mid - truth) < 1e-24
    assert all(value.rigor is tc.Rigor.CERTIFIED for value in found.mean)


@pytest.mark.parametrize(
    ("t", "step"), [("1/100", None), (sp.oo, None), (5, "1/4"), (200, "1/4"), (3, None)]
)
def test_a_radius_moves_the_prediction(t, step):
    """One input with Θ = 1 ± r: both ends are in the ball, which is not much wider."""
    radius = R(1, 1000)
    theta = [[tc.Value(mid=1, rad=0.001, rigor=tc.Rigor.CERTIFIED)]]
    found = gradient_flow(theta, [[1]], None, [1], t, learning_rate=step, using=tc.Ball(20))
    ends = [
        gradient_flow([[end]], [[1]], None, [1], t, learning_rate=step, using=tc.Ball(20)).mean[0]
        for end in (1 - radius, 1 + radius)
    ]
    assert all(found.mean[0].contains(end.mid) for end in ends)
    spread = abs(ends[0].mid - ends[1].mid) / 2
    assert found.mean[0].rad <= spread * (2.5 if t == 3 or step else 1.01)


def test_the_radius_of_an_entry_off_the_diagonal():
    """[[2, ±r], [±r, 2]] has 2 ± r on (1, 1), of which e^{−t(2 ± r)} was not learned."""
    entry = tc.Value(mid=0, rad=0.01, rigor=tc.Rigor.CERTIFIED)
    theta = [[2, entry], [entry, 2]]
    found = gradient_flow(theta, [[10, 10]], None, [1, 1], 1, using=tc.Ball(20))
    for sign in (-1, 1):
        rate = 2 + sign * 0.01
        assert found.mean[0].contains(20 * (1 - math.exp(-rate)) / rate)
    low, high = found.eigenvalues
    assert low.contains(1.99)
    assert high.contains(2.01)


def test_a_singular_matrix_is_told_at_the_end_of_time():
    ones = [[1, 1], [1, 1]]
    for using in (tc.Ball(15), tc.MP(15)):
        assert gradient_flow(ones, [[1, 1]], None, [1, 3], 60, using=using).mean[0].contains(2)
        with pytest.raises(tc.DomainError, match="may be singular at t = ∞"):
            gradient_flow(ones, [[1, 1]], None, [1, 3], sp.oo, using=using)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k_train": [[1, 2], [0, 1]]}, r"not symmetric: got 0 at \[1, 0\], 2 at \[0, 1\]"),
        ({"k_train": [[1, 2], [2, 1]]}, "not positive semidefinite: got λ_min = -1.00"),
        ({"k_train": [[1, 2]]}, "k_train does not fit"),
        ({"k_train": None}, "k_train does not fit"),
        ({"k_train": [[1, 2], [2]]}, "k_train does not fit"),
        ({"k_test_train": [[1]]}, "k_test_train does not fit"),
        ({"y": [1]}, "y does not fit"),
        ({"y": [1, sp.Symbol("x")]}, r"y\[1\] is not a real number"),
        ({"t": -1}, "time is out of range"),
        ({"t": "1.5", "learning_rate": "0.1"}, "number of steps is not an integer"),
        ({"learning_rate": "2/3"}, "does not converge"),
        ({"nngp_train": [[1, 0], [0, 1]]}, "all three NNGP kernels"),
        ({"using": "MP"}, "not an arithmetic"),
    ],
)
def test_bad_input(change, message):
    good = {"k_train": [[3, 1], [1, 3]], "k_test_train": [[1, 2]], "k_test": None, "y": [1, 2]}
    with pytest.raises(tc.DomainError, match=message):
        gradient_flow(**{**good, "t": 1, "using": tc.Ball(10), **change})


def test_a_look_at_values():
    unit = [[1, 0], [0, 1]]
    found = gradient_flow(
        unit, unit, unit, [[1, 0], [0, 1]], sp.log(2), nngp_train=unit, nngp_test_train=unit,
        using=tc.MP(20),
    )  # fmt: skip
    assert "means='0 to 0.5'" in repr(found)
    assert found.condition == 1
    assert found.deviations == pytest.approx([0.5, 0.5])
    assert found.plot().lines
