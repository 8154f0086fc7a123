"""Laws at many points at once in doubles: densities, masses, potentials and transforms."""

import numpy as np

from theorycalc.spectra.in_doubles_roots import Doubles, Solution, jets, rates, solve, system
from theorycalc.spectra.jets import Jet
from theorycalc.spectra.nodes import Node, Point

# Arrays of so many elements are computed from balls, and as many of the others that lose more than
# this share of them to rounding.
_FEW, _MOST_ENCLOSED = 4, 12
_SPOILT = 1e-10
_EPS = np.finfo(float).eps


def density(node: Node, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of the density."""
    at = solve(node, x)
    error = np.where(at.outside, 0.0, at.error / np.pi)
    return np.maximum(-at.g.imag, 0) / np.pi, _known(at, error)


def mass_below(node: Node, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of μ((−∞, x]), x no atom."""
    at, potential, error = _potential(node, x)
    return 1 - potential.imag / np.pi, _known(at, error / np.pi)


def log_potential(node: Node, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of ∫ log|x − t| μ(dt)."""
    at, potential, error = _potential(node, x)
    return potential.real, _known(at, error)


def stieltjes_real(node: Node, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of Re ∫ μ(dt)/(t − x − iy)."""
    at = solve(node, x + 1j * y)
    return -at.g.real, _known(at, at.error)


def stieltjes_imaginary(node: Node, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of Im ∫ μ(dt)/(t − x − iy)."""
    at = solve(node, x + 1j * y)
    return -at.g.imag, _known(at, at.error)


def learned_share(node: Node, kappa: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of ∫ t/(t + κ) μ(dt), which is all but the mass at 0 without a ridge."""
    return learned(node, kappa)[0]


def learned_rate(node: Node, kappa: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of ∫ tκ/(t + κ)² μ(dt), which moves by no more than itself with log κ."""
    return learned(node, kappa)[1]


def learned(node: Node, kappa: np.ndarray) -> tuple[tuple, tuple]:
    """The two together, which are found at one point of the law."""
    at, slope = _sloped(node, -kappa)
    zero = kappa == 0
    share = np.where(zero, 1 - float(node.masses().get(0, 0)), -at.point.t.real)
    off = np.where(zero, 0.0, np.abs(slope) * at.noise) + 4 * _EPS * np.abs(share)
    with np.errstate(all="ignore"):
        rate = np.where(zero, 0.0, -kappa * slope)
        error = np.abs(rate) * (2 * at.noise / np.abs(kappa) + 8 * _EPS)
    shares = share, np.where(zero, off, _known(at, off))
    return shares, (rate, np.where(zero, 0.0, _known(at, error)))


def _sloped(node: Node, x: np.ndarray) -> tuple[Solution, np.ndarray]:
    """The law at real points outside of the support, and the slope of ∫ t/(x − t) μ(dt)."""
    at = solve(node, x)
    with np.errstate(all="ignore"):
        point = jets(node, at.unknowns)
        return at, _along(point, x, point.t)


def _along(point: Point, x, quantity: Jet) -> np.ndarray:
    """The derivative in z of a quantity of the point at x."""
    rate = rates(*system(point, x))
    return sum(a * b for a, b in zip(quantity.slopes, rate, strict=True)).real


def each(doubles, enclosed, node: Node, *x) -> tuple:
    """(values, errors) at arrays: few elements, and the worst of many, from balls."""
    x = np.broadcast_arrays(*(np.asarray(t, float) for t in x))
    flat = [t.ravel() for t in x]
    values, errors = (np.full(flat[0].size, t) for t in (np.nan, np.inf))
    if len(values) > _FEW:
        values, errors = doubles(node, *flat)
    spoilt = np.flatnonzero(~(errors <= _SPOILT * np.abs(values)) & (values != 0))
    spoilt = spoilt[np.argsort(-errors[spoilt], kind="stable")][:_MOST_ENCLOSED]
    for i in spoilt:
        values[i], errors[i] = enclosed(node, *(float(t[i]) for t in flat))
    shape = x[0].shape
    return (values.reshape(shape), errors.reshape(shape)) if shape else (values[0], errors[0])


def slope_of(node: Node, x: float) -> tuple[float, float]:
    """(G, G') at a real point outside of the support."""
    at = solve(node, np.array([x]))
    point = jets(node, at.unknowns)
    return float(at.g.real[0]), float(_along(point, x, point.g)[0])


def _potential(node: Node, x: np.ndarray) -> tuple[Solution, np.ndarray, np.ndarray]:
    at = solve(node, x)
    with np.errstate(all="ignore"):
        potential = node.potential(Doubles(), at.point)
        error = np.abs(at.g) * at.noise + 8 * _EPS * (np.abs(potential) + 1)
    return at, potential, error


def _known(at: Solution, error: np.ndarray) -> np.ndarray:
    """The error, infinite where the branch is not seen to be right."""
    return np.where(at.found & np.isfinite(error), error, np.inf)
