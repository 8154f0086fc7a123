"""The erf student: its population flow is closed, for finite networks and for their mean field."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import roots_gegenbauer


@dataclass(frozen=True)
class Neurons:
    """Neurons (a, r, s): output weight, weight along the teacher, and length across it.

    ``weights`` and ``neurons`` have shapes (…, k) and (…, 3, k). ``cosines`` are those between
    directions across, which are independent of all else, with their probabilities.
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
    def plane(cls, angles) -> "Neurons":
        """Finite networks in R², angles of shape (…, m): s has a sign, and nothing is averaged."""
        neurons = np.stack((np.ones_like(angles), np.cos(angles), np.sin(angles)), axis=-2)
        weights = np.full(angles.shape, 1 / angles.shape[-1])
        return cls(weights, neurons, np.ones(1), np.ones(1))

    def at(self, times, kappa: float, tolerance: float = 1e-11):
        """The neurons at increasing times, by the flow −m ∇ of the excess risk ½ E(f − f*)²."""
        options = {"method": "DOP853", "rtol": tolerance, "atol": tolerance / 100}
        state, now = self.neurons, 0.0

        def slope(_, flat):
            return self._forces(flat.reshape(state.shape), kappa).ravel()

        for time in times:
            if time > now:
                flow = solve_ivp(slope, (now, time), state.ravel(), **options)
                state, now = flow.y[:, -1].reshape(state.shape), time
            yield replace(self, neurons=state)

    def _forces(self, neurons, kappa: float) -> np.ndarray:
        c, r, s = self._with_teacher(neurons, kappa)
        a, x, y = (neurons[..., i, :, None] for i in range(3))
        forces = np.zeros_like(neurons)
        norm, norms = 1 + x**2 + y**2, 1 + (r**2 + s**2)[..., None, :]
        for cosine, share in zip(self.cosines, self.probabilities, strict=True):
            q = x * r[..., None, :] + cosine * y * s[..., None, :]
            root = np.sqrt(norm * norms - q**2)
            pull = share * 2 / np.pi * c[..., None, :] / root
            forces[..., 0, :] -= share * (c[..., None, :] * _angle(q, root)).sum(axis=-1)
            along, across = r[..., None, :] - q / norm * x, cosine * s[..., None, :] - q / norm * y
            forces[..., 1, :] -= (a * pull * along).sum(axis=-1)
            forces[..., 2, :] -= (a * pull * across).sum(axis=-1)
        return forces

    def _with_teacher(self, neurons, kappa: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """f − f* as a network: its output weights, and weights along and across."""
        parts = self.weights * neurons[..., 0, :], neurons[..., 1, :], neurons[..., 2, :]
        last = np.ones((*neurons.shape[:-2], 1))
        teacher = zip(parts, (-1.0, kappa, 0.0), strict=True)
        return tuple(np.concatenate((part, x * last), axis=-1) for part, x in teacher)

    def risk(self, kappa: float) -> np.ndarray:
        """½ E(f − f*)²."""
        return self.squared(*self._with_teacher(self.neurons, kappa)) / 2

    def squared(self, c, r, s) -> np.ndarray:
        """E f² of a network."""
        total, norm = 0.0, 1 + r**2 + s**2
        for cosine, share in zip(self.cosines, self.probabilities, strict=True):
            q = r[..., :, None] * r[..., None, :] + cosine * s[..., :, None] * s[..., None, :]
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


def influence(kappa: float, times, count: int, change: float = 1e-3) -> list[float]:
    """lim m E‖f_m − f‖² in R², without sampling: mean squared influence of one neuron at 0.

    The weight of each of ``count`` neurons is moved up and down; by the reflection across the
    teacher half of them are enough.
    """
    angles = 2 * np.pi * (np.arange(count) + 0.5) / count
    probe = np.eye(count)[: count // 2]
    flows = []
    for move in (change, -change):
        law = Neurons.plane(angles)
        moved = (1 - move) * law.weights + move * probe
        neurons = np.broadcast_to(law.neurons, (len(probe), *law.neurons.shape))
        flows.append(replace(law, weights=moved, neurons=neurons).at(times, kappa))
    return [
        float(up.minus(down).mean()) / (2 * change) ** 2 for up, down in zip(*flows, strict=True)
    ]


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
