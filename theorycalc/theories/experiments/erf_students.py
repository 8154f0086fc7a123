"""The erf student: its population flow is closed, for finite networks and for their mean field."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import roots_gegenbauer


@dataclass(frozen=True)
class Neurons:
    """Neurons (a, r, …, s): output weight, some coordinates of the weights, length across these.

    r is the coordinate along the teacher. ``weights`` and ``neurons`` have shapes (…, k) and
    (…, 2 + coordinates, k). ``cosines`` are those between directions across, which are independent
    of all else, with their probabilities.
    """

    weights: np.ndarray
    neurons: np.ndarray
    cosines: np.ndarray
    probabilities: np.ndarray

    @classmethod
    def mean_field(cls, d: int, count: int) -> "Neurons":
        """Gauss nodes for a = 1 and directions that are uniform on the sphere of R^d."""
        z, weights = _coordinate(d, count)
        neurons = np.stack((np.ones(count), z, np.sqrt(1 - z**2)))
        return cls(weights, neurons, *_coordinate(d - 1, count))

    @classmethod
    def beside(cls, d: int, count: int) -> "Neurons":
        """The nodes of `mean_field` by their coordinates along the teacher and one other direction.

        What is not the same in all directions across the teacher, but in those across both, has a
        flow on them.
        """
        (z, weights), (t, shares) = _coordinate(d, count), _coordinate(d - 1, count)
        across = np.sqrt(1 - z**2)[:, None]
        r, rest = np.broadcast_to(z[:, None], (count, len(t))), np.sqrt(1 - t**2)
        parts = (np.ones_like(r), r, across * t, across * rest)
        neurons = np.stack([x.ravel() for x in parts])
        others = _coordinate(d - 2, count) if d > 2 else (np.ones(1), np.ones(1))
        return cls(np.outer(weights, shares).ravel(), neurons, *others)

    @classmethod
    def network(cls, directions) -> "Neurons":
        """Finite networks with a = 1, from unit vectors of shape (…, d, m): nothing is averaged."""
        directions = np.asarray(directions)
        edge = np.ones((*directions.shape[:-2], 1, directions.shape[-1]))
        neurons = np.concatenate((edge, directions, 0 * edge), axis=-2)
        weights = np.full(edge[..., 0, :].shape, 1 / edge.shape[-1])
        return cls(weights, neurons, np.ones(1), np.ones(1))

    def at(self, times, kappa: float, tolerance: float = 1e-11):
        """The neurons at increasing times, by the flow −m ∇ of the excess risk ½ E(f − f*)²."""
        options = {"method": "DOP853", "rtol": tolerance, "atol": tolerance / 100}
        state, now = self.neurons, 0.0

        def slope(_, flat):
            return self._forces(flat.reshape(state.shape), kappa).ravel()

        for time in times:
            if time > now:
                # one step if it can be: the flow is smooth, and the method of order 8
                whole = {"first_step": time - now, **options}
                flow = solve_ivp(slope, (now, time), state.ravel(), **whole)
                state, now = flow.y[:, -1].reshape(state.shape), time
            yield replace(self, neurons=state)

    def _forces(self, neurons, kappa: float) -> np.ndarray:
        c, *others = self._with_teacher(neurons, kappa)
        a, own = neurons[..., 0, :, None], [x[..., None] for x in np.moveaxis(neurons, -2, 0)[1:]]
        others = [x[..., None, :] for x in others]
        forces = np.zeros_like(neurons)
        norm, norms = 1 + sum(x**2 for x in own), 1 + sum(x**2 for x in others)
        inside = sum(x * y for x, y in zip(own[:-1], others[:-1], strict=True))
        for cosine, share in zip(self.cosines, self.probabilities, strict=True):
            q = inside + cosine * own[-1] * others[-1]
            root = np.sqrt(norm * norms - q**2)
            pull = share * 2 / np.pi * c[..., None, :] / root
            forces[..., 0, :] -= share * (c[..., None, :] * _angle(q, root)).sum(axis=-1)
            pull, shrink = a * pull, (a * pull * q / norm).sum(axis=-1)
            for i, (x, y) in enumerate(zip(own, others, strict=True), 1):
                y = cosine * y if i == len(own) else y
                forces[..., i, :] -= (pull * y).sum(axis=-1) - shrink * x[..., 0]
        return forces

    def _with_teacher(self, neurons, kappa: float) -> tuple[np.ndarray, ...]:
        """f − f* as a network: its output weights, and its weights."""
        teacher = np.zeros((*neurons.shape[:-1], 1))
        teacher[..., 0, 0], teacher[..., 1, 0] = -1.0, kappa
        parts = np.concatenate((neurons, teacher), axis=-1)
        parts[..., 0, :-1] *= self.weights
        return tuple(np.moveaxis(parts, -2, 0))

    def risk(self, kappa: float) -> np.ndarray:
        """½ E(f − f*)²."""
        return self.squared(*self._with_teacher(self.neurons, kappa)) / 2

    def squared(self, c, *w) -> np.ndarray:
        """E f² of a network."""
        total, norm = 0.0, 1 + sum(x**2 for x in w)
        inside = sum(x[..., :, None] * x[..., None, :] for x in w[:-1])
        for cosine, share in zip(self.cosines, self.probabilities, strict=True):
            q = inside + cosine * w[-1][..., :, None] * w[-1][..., None, :]
            root = np.sqrt(norm[..., :, None] * norm[..., None, :] - q**2)
            total += share * np.einsum("...i,...ij,...j->...", c, _angle(q, root), c)
        return total

    def minus(self, other: "Neurons") -> np.ndarray:
        """E(f − g)² of two networks."""
        parts = (
            [n.weights * n.neurons[..., 0, :], *np.moveaxis(n.neurons[..., 1:, :], -2, 0)]
            for n in (self, replace(other, weights=-other.weights))
        )
        return self.squared(*(_beside(x, y) for x, y in zip(*parts, strict=True)))

    def from_limit(self, limit: "Neurons") -> np.ndarray:
        """E(f − g)² of networks in R^d and a law by coordinates along and across the teacher."""
        a, r, *across = np.moveaxis(self.neurons, -2, 0)
        s = np.sqrt(sum(x**2 for x in across))
        # the law is the same in all directions across: those of the network do not matter beside it
        alone = replace(limit, weights=self.weights, neurons=np.stack((a, r, s), axis=-2))
        within = self.squared(self.weights * a, r, *across)
        return alone.minus(limit) - alone.squared(self.weights * a, r, s) + within


def influence(kappa: float, times, count: int, d: int = 2, change: float = 1e-3) -> list[float]:
    """lim m E‖f_m − f‖² without sampling: the mean square of the influence of one neuron at 0.

    The weight of a neuron is moved up and down, for every node along the teacher; by rotations its
    other direction does not matter.
    """
    law, (z, weights) = Neurons.beside(d, count), _coordinate(d, count)
    probe = np.stack((np.ones(count), z, np.sqrt(1 - z**2), np.zeros(count)), axis=-1)
    neurons = np.concatenate(
        (np.broadcast_to(law.neurons, (count, *law.neurons.shape)), probe[..., None]), axis=-1
    )
    shape = neurons[:, 0].shape
    kept = np.broadcast_to(np.append(law.weights, 0.0), shape)
    moved = np.broadcast_to(np.append(0 * law.weights, 1.0), shape)
    flows = _both_ways(replace(law, weights=kept, neurons=neurons), moved, times, kappa, change)
    return [float(weights @ up.minus(down)) / (2 * change) ** 2 for up, down in flows]


def _both_ways(law: Neurons, probe, times, kappa: float, change: float):
    """(up, down) at each time, after so much weight went to a probe, or was taken from it."""
    weights = ((1 - move) * law.weights + move * probe for move in (change, -change))
    return zip(*(replace(law, weights=w).at(times, kappa, 1e-9) for w in weights), strict=True)


def responses(kappa: float, times, count: int, change: float = 1e-3):
    """⟨I_j, I_k⟩ of the influences of neurons at ``count`` angles in R², at increasing times.

    f_m − f is the mean of the influences of its neurons, up to second order in the fluctuation.
    """
    law = Neurons.network(circle(equal_angles(count)))
    neurons = np.broadcast_to(law.neurons, (count, *law.neurons.shape))
    law = replace(law, neurons=neurons)
    for up, down in _both_ways(law, np.eye(count), times, kappa, change):
        parts = (up.weights * up.neurons[:, 0], -down.weights * down.neurons[:, 0])
        c = np.concatenate(parts, axis=1) / (2 * change)
        w = np.concatenate((up.neurons[:, 1:], down.neurons[:, 1:]), axis=2)
        w = np.moveaxis(w, 1, 0).reshape(w.shape[1], -1)
        norm, q = 1 + (w**2).sum(axis=0), w.T @ w
        products = _angle(q, np.sqrt(np.outer(norm, norm) - q**2)) * np.outer(c, c)
        yield products.reshape(count, 2 * count, count, 2 * count).sum(axis=(1, 3))


def folded(angles, count: int) -> np.ndarray:
    """Σ_i D(θ_i − θ_k) at the ``count`` angles θ_k of `responses`: what interpolates functions."""
    x = angles[..., None] - equal_angles(count)
    waves = sum(2 * np.cos(k * x) for k in range(1, count // 2))
    return (1 + waves + np.cos(count // 2 * x)).sum(axis=-2) / count


def circle(angles) -> np.ndarray:
    """Unit vectors in R² for `Neurons.network`."""
    return np.stack((np.cos(angles), np.sin(angles)), axis=-2)


def equal_angles(count: int) -> np.ndarray:
    """Angles of the same distance from each other."""
    return 2 * np.pi * (np.arange(count) + 0.5) / count


def _beside(x, y) -> np.ndarray:
    """Two arrays one after the other along the last axis, for every network of either."""
    lead = np.broadcast_shapes(x.shape[:-1], y.shape[:-1])
    return np.concatenate([np.broadcast_to(z, (*lead, z.shape[-1])) for z in (x, y)], axis=-1)


def _angle(q, root) -> np.ndarray:
    """(2/π) arcsin of q over the square root of q² + root²."""
    return 2 / np.pi * np.arctan2(q, root)


def _coordinate(d: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes for one coordinate of the sphere of R^d, with their probabilities."""
    if d == 1:
        return np.array([-1.0, 1.0]), np.full(2, 0.5)
    z, weights = roots_gegenbauer(count, (d - 2) / 2)
    return z, weights / weights.sum()
