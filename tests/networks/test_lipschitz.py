"""Lipschitz constants beside linear programs, random points, and each other."""

import itertools
import math
import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import theorycalc as tc
from theorycalc.networks import slope_bounds
from theorycalc.networks.arrangements import Plane, cells, sign, value
from theorycalc.networks.slope_bounds import gram, largest_eigenvalue, multiplier_matrix

lipschitz = tc.networks.lipschitz
NET = (
    [[1, 2], [-2, 1], [3, -1], [1, -3], [-1, -1], [2, 2]],  # the last two are one line
    [1, -1, 2, "1/2", 1, -2],
    [1, -2, 1, 3, -1, 2],
)


@st.composite
def networks(draw, largest=5):
    """Integer networks, with parallel and equal hyperplanes among them."""
    d, m = draw(st.integers(1, 3)), draw(st.integers(1, largest))
    entry = st.integers(-2, 2)
    W = [draw(st.lists(entry, min_size=d, max_size=d)) for _ in range(m)]  # noqa: N806
    b = [draw(st.integers(-2, 2)) for _ in range(m)]
    return W, b, [draw(st.integers(-3, 3)) for _ in range(m)]


def realised(W, b, box=None):  # noqa: N803
    """The sign vectors that have room for a small ball, by a linear program each."""
    d, found = len(W[0]), set()
    limits = [(-50, 50)] * d if box is None else box
    for signs in itertools.product((1, -1), repeat=len(W)):
        rows, bounds = [], []
        for s, row, offset in zip(signs, W, b, strict=True):
            rows.append([-s * x for x in row] + [1])
            bounds.append(s * offset)
        for i, (low, high) in enumerate(limits):
            unit = [float(i == j) for j in range(d)]
            rows += [[*unit, 1], [*(-x for x in unit), 1]]
            bounds += [high, -low]
        room = linprog([0] * d + [-1], rows, bounds, bounds=[(None, None)] * d + [(None, 1)])
        if room.status == 0 and -room.fun > 1e-7:
            found.add(signs)
    return found


@given(networks())
@settings(max_examples=25)
def test_cells_beside_linear_programs(network):
    W, b, _ = network  # noqa: N806
    kept = [(row, offset) for row, offset in zip(W, b, strict=True) if any(row)]
    planes = [Plane(tuple(row), offset) for row, offset in kept]
    found = cells(planes, len(W[0]))
    if kept:
        assert set(found) == realised(*map(list, zip(*kept, strict=True)))
    for signs, point in found.items():
        assert tuple(sign(value(plane, point)) for plane in planes) == signs


@given(
    networks(), st.lists(st.tuples(st.integers(-4, 0), st.integers(1, 4)), min_size=3, max_size=3)
)
@settings(max_examples=20)
def test_cells_in_a_box(network, sides):
    W, b, a = network  # noqa: N806
    kept = [x for x in zip(W, b, a, strict=True) if any(x[0]) and x[2]]
    box = [(low / 2, high / 2) for low, high in sides[: len(W[0])]]
    found = lipschitz(W, b, a, box=box)
    if not kept:
        assert found.mid == 0
        return
    rows, offsets, shares = map(list, zip(*kept, strict=True))
    signs = realised(rows, offsets, box)
    sizes = [
        sum(c * c for c in np.array(shares) * (np.array(s) > 0) @ np.array(rows)) for s in signs
    ]
    assert found.stats["squared"] == max(sizes)
    assert found.stats["cells"] == len(signs)
    inside = zip(found.stats["point"], box, strict=True)
    assert all(low < x < high for x, (low, high) in inside)


def test_lines_in_general_position():
    draw = random.Random(0)
    for d, m in ((1, 6), (2, 7), (3, 7), (4, 6)):
        W = [[draw.randint(-99, 99) for _ in range(d)] for _ in range(m)]  # noqa: N806
        b = [draw.randint(-99, 99) for _ in range(m)]
        found = lipschitz(W, b, [1] * m)
        assert found.stats["cells"] == sum(math.comb(m, k) for k in range(d + 1))


def test_a_network_with_a_double_line():
    """Sixteen cells, not twenty-two; the constants by hand from its list of cells."""
    exact = lipschitz(*NET)
    assert exact.stats["squared"] == 242
    assert exact.stats["cells"] == 16
    assert lipschitz(*NET, norm=math.inf).mid == 22
    assert lipschitz(*NET, method="patterns").stats["squared"] == 281
    near = [("-1/5", "1/5")] * 2
    assert lipschitz(*NET, box=near).stats["squared"] == 113
    assert lipschitz(*NET, box=near, norm=math.inf).mid == 15


def test_a_thin_cell_is_not_lost():
    """Three lines that nearly meet: the triangle between them has a side of 1e-30."""
    tiny = Fraction(1, 10**30)
    W, b, a = [[1, 0], [0, 1], [-1, -1]], [0, 0, tiny], [1, 1, -5]  # noqa: N806
    found = lipschitz(W, b, a)
    assert found.stats["cells"] == 7
    triangle = cells([Plane((1, 0), 0), Plane((0, 1), 0), Plane((-(10**30),) * 2, 1)], 2)
    assert (1, 1, 1) in triangle


@given(networks(largest=6))
@settings(max_examples=30)
def test_order_of_the_bounds(network):
    names = "exact patterns certificate centred product path".split()
    found = {name: lipschitz(*network, method=name) for name in names}
    below = [("exact", "patterns"), ("centred", "product"), ("exact", "certificate")]
    below += [("patterns", name) for name in ("certificate", "centred", "path")]
    for one, two in below:
        assert found[one].lower <= found[two].upper, (one, two)
    for name in ("patterns", "centred", "path"):
        largest = lipschitz(*network, norm=math.inf, method=name)
        assert lipschitz(*network, norm=math.inf).lower <= largest.upper


@given(networks(), st.lists(st.integers(1, 40), min_size=5, max_size=5))
@settings(max_examples=25)
def test_any_multipliers_prove_a_bound(network, T):  # noqa: N803
    W, b, a = network  # noqa: N806
    T = T[: len(a)]  # noqa: N806
    if sum(Fraction(x * x, t) for x, t in zip(a, T, strict=True)) < 2:
        bound = lipschitz(W, b, a, method="certificate", multipliers=T)
        assert lipschitz(W, b, a, method="patterns").lower <= bound.upper


def test_one_neuron_is_bounded_without_loss():
    found = lipschitz([[3, 4]], [1], [2], method="certificate", multipliers=[4])
    assert found.contains(10)
    assert found.rad < 1e-28


def test_eigenvalues_are_enclosed():
    draw = random.Random(1)
    for d in (1, 2, 5, 8):
        W = [[Fraction(draw.randint(-9, 9)) for _ in range(d)] for _ in range(6)]  # noqa: N806
        matrix = gram(W, [Fraction(1)] * 6)
        below, above = largest_eigenvalue(matrix)
        exact = np.linalg.eigvalsh(np.array(matrix, dtype=float))[-1]
        assert float(below) == pytest.approx(exact, rel=1e-10)
        assert 0 <= above - below <= abs(below) * Fraction(1, 10**25) + Fraction(1, 10**25)
    ones = [Fraction(1), Fraction(2)]
    matrix = multiplier_matrix([[Fraction(1)], [Fraction(1)]], ones, [Fraction(3), Fraction(8)])
    assert matrix == [[Fraction(11, 2) + Fraction(9, 4) / (1 - Fraction(5, 12))]]


def deep(draw, widths):
    weights = [[[draw.randint(-3, 3) for _ in range(n)] for _ in range(m)]
               for n, m in itertools.pairwise(widths)]  # fmt: skip
    biases = [[draw.randint(-3, 3) for _ in range(m)] for m in widths[1:]]
    return weights, biases, [draw.randint(-3, 3) or 1 for _ in range(widths[-1])]


def slopes(network, points):
    """Gradients by the chain rule in doubles."""
    weights, biases, a = network
    h, masks = points, []
    for W, b in zip(weights, biases, strict=True):  # noqa: N806
        z = h @ np.array(W, dtype=float).T + np.array(b, dtype=float)
        masks.append(z > 0)
        h = np.maximum(z, 0)
    back = np.broadcast_to(np.array(a, dtype=float), masks[-1].shape)
    for W, mask in zip(reversed(weights), reversed(masks), strict=True):  # noqa: N806
        back = (back * mask) @ np.array(W, dtype=float)
    return back


@pytest.mark.parametrize("widths", [(2, 5), (2, 4, 3), (3, 4, 4, 2)])
def test_no_gradient_exceeds_the_intervals(widths):
    draw, box = random.Random(str(widths)), [(-1, "1/2")] * widths[0]
    points = np.random.default_rng(0).uniform(-1, 0.5, (2000, widths[0]))
    for _ in range(6):
        network = deep(draw, widths)
        seen = slopes(network, points)
        for norm, sizes in ((2, (seen**2).sum(1) ** 0.5), (math.inf, abs(seen).sum(1))):
            whole = lipschitz(*network, norm=norm, box=box, method="interval")
            parts = lipschitz(*network, norm=norm, box=box, method="branch", budget=60)
            assert sizes.max() <= float(parts) * (1 + 1e-12)
            assert parts.lower <= whole.upper
            assert parts.stats["lower"].lower <= parts.upper


def test_branches_end_at_the_exact_constant():
    """One hidden layer in general position, where the undecided neurons are tried out."""
    box = [(-1, 1)] * 2
    whole = lipschitz(*NET, box=box, method="interval")
    parts = lipschitz(*NET, box=box, method="branch")
    assert whole.stats["squared"] == 400
    assert parts.stats["squared"] == lipschitz(*NET, box=box).stats["squared"] == 242
    assert parts.stats["lower"].stats["squared"] == 242
    assert parts.stats["boxes"] < 100


def test_arrays_and_degenerate_networks():
    parts = NET[0], [1, -1, 2, 0.5, 1, -2], NET[2]
    assert lipschitz(*(np.array(part, dtype=float) for part in parts)).stats["squared"] == 242
    assert lipschitz([[0, 0]], [1], [3]).mid == 0
    assert lipschitz([[1, 1]], [1], [0], method="path").mid == 0
    assert lipschitz([[1], [-1]], [0, 0], [1, 1]).mid == 1  # |x|


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (([[1, 2]], [1, 2], [1]), {}),
        (([[1, 2], [1]], [1, 2], [1, 1]), {}),
        (([1, 2], [1], [1]), {}),
        (([[1, "x"]], [1], [1]), {}),
        (([[1, math.nan]], [1], [1]), {}),
        (([], [], []), {}),
        (NET, {"norm": 1}),
        (NET, {"norm": "2"}),
        (NET, {"method": "lp"}),
        (NET, {"box": [(0, 1)]}),
        (NET, {"box": [(1, 0), (0, 1)]}),
        (NET, {"box": 3}),
        (NET, {"method": "interval"}),
        (NET, {"method": "branch", "budget": 0, "box": [(0, 1)] * 2}),
        (NET, {"method": "certificate", "multipliers": [1] * 6}),
        (NET, {"method": "certificate", "multipliers": [-1] * 6}),
        (NET, {"method": "certificate", "multipliers": [40] * 2}),
    ],
)
def test_bad_input(arguments, options):
    with pytest.raises(tc.DomainError):
        lipschitz(*arguments, **options)


def test_what_is_too_much_is_refused():
    draw = random.Random(2)
    W = [[draw.randint(-9, 9) for _ in range(12)] for _ in range(30)]  # noqa: N806
    with pytest.raises(tc.NotSupportedError, match="too many cells: got 194129627"):
        lipschitz(W, [1] * 30, [1] * 30)
    with pytest.raises(tc.NotSupportedError, match="certificate"):
        lipschitz(W, [1] * 30, [1] * 30, method="patterns")
    with pytest.raises(tc.NotSupportedError, match="branch"):
        lipschitz([NET[0], [[1] * 6]], [NET[1], [0]], [1])
    with pytest.raises(tc.NotSupportedError, match="patterns"):
        lipschitz(*NET, norm=math.inf, method="certificate")


def test_multipliers_are_one_for_each_neuron():
    """Also for neurons that do not count."""
    net = [[1], [2]], [0, 1], [1, 0]
    assert lipschitz(*net, method="certificate", multipliers=[1, 5]).contains(1)
    for wrong in ([1], [1, 5, 1]):
        with pytest.raises(tc.DomainError, match="2 numbers"):
            lipschitz(*net, method="certificate", multipliers=wrong)


def test_an_eigenvalue_that_is_not_enclosed_is_no_bound(monkeypatch):
    monkeypatch.setattr(slope_bounds, "_is_above", lambda *_: False)
    with pytest.raises(tc.PrecisionError, match="not enclosed"):
        largest_eigenvalue([[Fraction(2)]])
