"""Means over outputs of any likelihood in doubles: products of matrices on Gauss–Legendre panels.

Of every block of ω next to each other the likelihood is a matrix over y and z, and the law of z a
matrix over z and ω. All panels are halved until two rules agree.
"""

from functools import lru_cache

import numpy as np

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.integration.gauss import normal_on_panels, on_panels, panel_ends
from theorycalc.inference.solving.arrays import on_arrays

# Of a panel: normal variables are analytic, and long panels with many nodes are the cheapest.
_NODES, _LENGTH = (20, 28), 2.0
_HALVINGS = 5
_AGREE = 2e-15
# The same where a curve is only looked at: the finer rule is off by about the square.
ROUGH = (10, 14), 1e-6
_EPS = np.finfo(float).eps
# Standard deviations to which normal variables are followed, and those of a block of ω.
_RADIUS, _BLOCK = 9.0, 18.0
# Products of matrices that a rule may cost, and terms in an array.
_WORK, _TERMS = 3e9, 4_000_000
# How many of them the law of z is worth, which every outcome has for itself where kinks move.
_MOVING = 30
# y on the line is this times sinh of t divided by it: nearly t where most of the mass is.
LINE, _NEAR = 8.0, 24.0
# How far t goes, at how many places the outcomes are looked for, and what is left out.
_FARTHEST, _FARTHEST_INSIDE, _LOOKS, _NEGLIGIBLE = 60.0, 2.9, 1921, 1e-22
# z at which the mass of a likelihood is looked at, and how far it may be from 1.
_LOOKED_AT, _MASS = np.linspace(-4, 4, 17), 1e-7


def mean(
    parts, order: int, v, rho, nodes: tuple = _NODES, agree: float = _AGREE
) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of E (Z⁽ᵏ⁾/Z)², the derivatives in ω, or of E log Z where the order k is 0.

    Element by element, by rules of so many nodes on a panel that have to agree so far.
    """
    v, rho = np.broadcast_arrays(np.asarray(v, dtype=float), np.asarray(rho, dtype=float))
    pairs = zip(v.ravel(), rho.ravel(), strict=True)
    rows = [_both(parts, max(order, 1), *pair, nodes, agree)[order == 0] for pair in pairs]
    values, errors = np.array(rows).reshape(-1, 2).T
    return values.reshape(v.shape), errors.reshape(v.shape)


@lru_cache(maxsize=4096)
def _both(parts, order: int, v: float, rho: float, nodes: tuple, agree: float) -> tuple:
    """(value, error) of the mean of squares and of the free entropy."""
    if not (0 < v <= rho < np.inf):
        return (np.nan, np.nan), (np.nan, np.nan)
    window = _window(parts, rho)
    length, found = _LENGTH, None
    for _ in range(_HALVINGS):
        if found is not None and _cost(parts, v, rho, nodes[1] / length, window) > _WORK:
            break
        coarse, fine = (_rule(parts, order, v, rho, length, size, window) for size in nodes)
        fine, rounding = fine.T
        gap = abs(fine - coarse[:, 0])
        found = tuple(zip(fine, gap + rounding, strict=True))
        if (gap <= np.maximum(agree * abs(fine), rounding)).all():
            break
        length /= 2
    return found


def _cost(parts, v: float, rho: float, size: float, window: tuple) -> float:
    """Multiplications of a rule with so many nodes in a unit of length."""
    outcomes = len(parts.values) or size * (window[1] - window[0])
    if any(np.ptp([kink.run(ArrayContext(), [y]) for y in (0.0, 1.0)]) for kink in parts.kinks):
        outcomes *= _MOVING
    return outcomes * (2 * _RADIUS * size) ** 2 * np.sqrt(rho / v)


def _rule(parts, order: int, v, rho, length: float, size: int, window: tuple) -> np.ndarray:
    """Both means, and what is rounded in them."""
    root, spread = np.sqrt(v), np.sqrt(max(rho - v, 0.0))
    outcomes, kernels = _outcomes(parts, window, length, size), _Kernels(order, root, length, size)
    if spread == 0:
        return _block(parts, outcomes, np.zeros(2), (np.zeros(1), np.ones(1)), kernels)
    # Z bends over √V in ω
    step = length * min(1.0, root / spread)
    count = int(np.ceil(2 * _RADIUS / step))
    ends = np.linspace(-_RADIUS, _RADIUS, count + 1)
    each = max(1, int(_BLOCK * root / (spread * step)))
    sums = np.zeros((2, 2))
    for start in range(0, count, each):
        part = ends[start : start + each + 1]
        normal, of_omega = normal_on_panels(part, size)
        omegas = spread * normal, of_omega
        sums += _block(parts, outcomes, spread * part[[0, -1]], omegas, kernels)
    return sums


class _Kernels:
    """The law of z = ω + √V x on panels, and its derivative in ω.

    Blocks of ω without a kink around them have the same.
    """

    def __init__(self, order: int, root: float, length: float, size: int):
        self.order, self.root, self.length, self.size = order, root, length, size
        self._known: dict = {}

    def panels(self, ends: np.ndarray) -> np.ndarray:
        """Ends of panels of z for ω between two."""
        low, high = ends[0] - _RADIUS * self.root, ends[1] + _RADIUS * self.root
        count = int(np.ceil((high - low) / (self.length * self.root) - 1e-6))
        return np.linspace(low, high, count + 1)

    def shared(self, z: np.ndarray, omega: np.ndarray) -> tuple:
        """(law, derivative, size of that) for nodes that are shifted from block to block."""
        key = z.size, omega.size
        if key not in self._known:
            self._known[key] = self.at(z, omega)
        return self._known[key]

    def at(self, z: np.ndarray, omega: np.ndarray) -> tuple:
        """(law, derivative, size of that)."""
        x = (z[:, None] - omega) / self.root
        density = np.exp(-(x**2) / 2) / (np.sqrt(2 * np.pi) * self.root)
        factor = x / self.root if self.order == 1 else (x**2 - 1) / self.root**2
        slope = density * factor
        return density, slope, abs(slope)


def _outcomes(parts, window: tuple, length: float, size: int) -> tuple:
    """y and its weights."""
    if parts.values:
        y = np.array([float(x) for x in parts.values])
        return y, np.ones(y.size)
    t, weights = on_panels(_panels(parts.support, window, length), size)
    y, slope = _placed(parts.support, t)
    return y, weights * slope


def _panels(support: tuple, window: tuple, length: float) -> np.ndarray:
    """Ends of panels of t: long ones where y is an exponential of t."""
    low, high = window
    inside = sum(np.isfinite(float(end)) for end in support)
    reach = (_NEAR, _NEAR / 4, np.inf)[inside]
    near = max(low, -reach), min(high, reach)
    pieces = (low, near[0], LINE * length), (*near, length), (near[1], high, LINE * length)
    ends = [np.linspace(a, b, int(np.ceil((b - a) / each)) + 1) for a, b, each in pieces if a < b]
    return np.unique(np.concatenate(ends))


def _placed(support: tuple, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """y and dy/dt: t for finite ends, low + e^t or high − e^−t with one end."""
    low, high = (float(end) for end in support)
    if np.isfinite(low) and np.isfinite(high):
        # close to the ends at all rates
        inner = 1 / (1 + np.exp(-np.pi * np.sinh(t)))
        slope = np.pi * np.cosh(t) * inner / (1 + np.exp(np.pi * np.sinh(t)))
        return low + (high - low) * inner, (high - low) * slope
    if np.isfinite(low):
        return low + np.exp(t), np.exp(t)
    if np.isfinite(high):
        return high - np.exp(-t), np.exp(-t)
    return LINE * np.sinh(t / LINE), np.cosh(t / LINE)


def _everywhere(support: tuple) -> np.ndarray:
    """t at which outcomes are looked for."""
    inside = [np.isfinite(float(end)) for end in support]
    farthest = _FARTHEST_INSIDE if all(inside) else _FARTHEST if any(inside) else LINE * _FARTHEST
    return np.linspace(-farthest, farthest, _LOOKS)


@lru_cache(maxsize=256)
def _window(parts, rho: float) -> tuple[float, float]:
    """Ends of t between which outcomes are not negligible."""
    if parts.values:
        return 0.0, 0.0
    t = _everywhere(parts.support)
    z = np.sqrt(rho) * np.linspace(-_RADIUS, _RADIUS, 201)
    y, slope = _placed(parts.support, t)
    weights = np.exp(-(z**2) / (2 * rho))
    density = np.nan_to_num(on_arrays(parts.law, z[None, :], y[:, None]), posinf=0.0) @ weights
    # of a heavy tail log Z counts too
    sizes = abs(density * slope * (1 + abs(t)))
    seen = np.flatnonzero(sizes > _NEGLIGIBLE * sizes.max())
    if not seen.size:
        return t[0], t[-1]
    return t[max(seen[0] - 1, 0)], t[min(seen[-1] + 1, t.size - 1)]


def _block(parts, outcomes: tuple, ends, omegas: tuple, kernels: _Kernels) -> np.ndarray:
    """Parts of both sums from ω next to each other, and the rounding of each."""
    (y, of_y), (omega, of_omega) = outcomes, omegas
    regular, sums = kernels.panels(ends), np.zeros((2, 2))
    # rows of outcomes at once
    per = max(1, _TERMS // (regular.size * kernels.size))
    for start in range(0, y.size, per):
        part = slice(start, start + per)
        zero, first, rough = _evidence(parts, y[part], regular, omega, kernels)
        seen = zero > 0
        safe = np.where(seen, zero, 1.0)
        score, logs = np.where(seen, first / safe, 0.0), np.where(seen, np.log(safe), 0.0)
        # what is rounded in Z and in its slope, with the weight that each has
        terms = zero * logs, abs(1 + logs) * zero + zero
        weighted = (score * first, 2 * abs(score) * rough + score * first), terms
        factor = of_y[part, None] * of_omega
        sums += np.array([[(factor * x).sum() for x in row] for row in weighted])
    sums[:, 1] *= _EPS * (len(parts.law.steps) + 8)
    return sums


def _evidence(parts, y, regular, omega, kernels: _Kernels) -> tuple:
    """Z(y | ω), its derivative in ω, and the size of the terms of that."""
    points = [on_arrays(kink, y) for kink in parts.kinks]
    points = [x for x in points if (x > regular[0]).any() and (x < regular[-1]).any()]
    if any(np.ptp(x) > 0 for x in points):
        rows = []
        for outcome, *places in zip(y, *points, strict=True):
            z, weights = on_panels(panel_ends(regular, np.array(places)), kernels.size)
            law = on_arrays(parts.law, z, outcome) * weights
            rows.append([law @ part for part in kernels.at(z, omega)])
        return tuple(np.stack(column) for column in zip(*rows, strict=True))
    ends = panel_ends(regular, np.array([x[0] for x in points])) if points else regular
    z, weights = on_panels(ends, kernels.size)
    law = on_arrays(parts.law, z[None, :], y[:, None]) * weights
    kernel = kernels.at(z, omega) if points else kernels.shared(z, omega)
    return tuple(law @ part for part in kernel)


def check(parts) -> None:
    """Refuse what is not the law of one y for every z.

    Raises
    ------
    DomainError
        For probabilities that are negative or no numbers, or of another sum than 1.
    """
    if parts.values:
        y, weights = _outcomes(parts, (0.0, 0.0), 1.0, 1)
        masses = on_arrays(parts.law, _LOOKED_AT, y[:, None])
        smallest, total = masses.min(axis=0), weights @ masses
    else:
        smallest, total = np.array([_mass(parts, z) for z in _LOOKED_AT]).T
    wrong = ~(smallest >= -_MASS) | ~(abs(total - 1) <= _MASS)
    if wrong.any():
        i = int(np.argmax(wrong))
        negative = not smallest[i] >= -_MASS
        what = "a likelihood that is negative or no number" if negative else "not a likelihood"
        got = f"{smallest[i]:.6g}" if negative else f"the sum {total[i]:.6g}"
        hint = "all values of y, or its support"
        raise DomainError(
            explain(
                what, got=f"{got} at z = {_LOOKED_AT[i]:g}", allowed="P ≥ 0 of sum 1", hint=hint
            )
        )


def _mass(parts, z: float) -> tuple[float, float]:
    """The smallest density over y at a z, and its integral."""
    t = _everywhere(parts.support)
    y, slope = _placed(parts.support, t)
    sizes = np.nan_to_num(abs(on_arrays(parts.law, z, y)), nan=0.0, posinf=0.0) * slope
    seen = np.flatnonzero(sizes > _NEGLIGIBLE * sizes.max())
    if not seen.size:
        return 0.0, 0.0
    ends = t[max(seen[0] - 1, 0)], t[min(seen[-1] + 1, t.size - 1)]
    before = None
    for halving in range(12):
        at, weights = on_panels(np.linspace(*ends, (8 << halving) + 1), 20)
        y, slope = _placed(parts.support, at)
        values = on_arrays(parts.law, z, y)
        with np.errstate(over="ignore", invalid="ignore"):
            total = float((values * slope) @ weights)
        if before is not None and abs(total - before) <= _MASS / 100:
            break
        before = total
    return float(values.min()), total
