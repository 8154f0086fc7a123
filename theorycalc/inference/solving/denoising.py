"""The error of denoising a Wishart matrix in Gaussian noise, as a function of SymPy."""

import numpy as np

from theorycalc.core.errors import PrecisionError, explain
from theorycalc.core.special import SpecialFunction
from theorycalc.inference.solving import denoising_in_doubles

_NODES, _MOST_NODES = 64, 1 << 14
_NEWTON = 12


class DenoisingError(SpecialFunction):
    """E |S − Ŝ|²/d for S = WW'/m of size d, m = κd, seen in √D times the GOE.

    It is D (1 − (4π²/3) D ∫ ρ³) for the density ρ of what is seen: the free Fisher information.

    Examples
    --------
    >>> import sympy
    >>> from theorycalc.inference.solving.denoising import DenoisingError
    >>> print(sympy.N(DenoisingError(sympy.Rational(1, 2), sympy.Rational(3, 10)), 12))
    0.190016126025
    """

    nargs = 2

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def domain(kappa, noise):
        return (kappa > 0) & (noise > 0)

    @staticmethod
    def double(kappa, noise):
        return denoising_in_doubles.error(kappa, noise)

    @staticmethod
    def in_mp(context, kappa, noise):
        mp = context.mp
        y, noise = 1 / mp.mpf(kappa), mp.mpf(noise)
        edges = _edges(mp, y, noise)
        before, nodes = mp.inf, _NODES
        while nodes <= _MOST_NODES:
            cube = noise * mp.fsum(
                _of_cube(mp, y, noise, low, high, nodes)
                for low, high in zip(edges[::2], edges[1::2], strict=True)
            )
            # a rule of twice the nodes has the square of the error
            if abs(cube - before) <= mp.ldexp(1, -context.bits // 2 - 8):
                return noise * (1 - cube)
            before, nodes = cube, 2 * nodes
        raise PrecisionError(explain("the density next to a gap that closes", got=f"{nodes} nodes"))

    def in_latex(self, printer):
        kappa, noise = map(printer._print, self.args)
        return rf"\operatorname{{mmse}}_{{{kappa}}}\left({noise}\right)"


def _edges(mp, y, noise) -> list:
    """The edges of the spectrum: x at the real points where its derivative in g vanishes."""
    coefficients = [y * y * noise, -2 * y * noise, noise + y - y * y, 2 * y, -1]
    found = mp.polyroots(coefficients, maxsteps=200, extraprec=4 * mp.prec)
    g = [mp.re(z) for z in found if abs(mp.im(z)) <= mp.ldexp(abs(z), -mp.prec // 2)]
    return sorted(1 / z + 1 / (1 - y * z) + noise * z for z in g)


def _of_cube(mp, y, noise, low, high, nodes: int):
    """(4π²/3) ∫ ρ³ over an interval, by Newton's method from doubles."""
    centre, half = (low + high) / 2, (high - low) / 2
    angles = [mp.pi * (2 * k + 1) / (2 * nodes) for k in range(nodes)]
    places = [centre + half * mp.cos(angle) for angle in angles]
    starts = denoising_in_doubles.roots(float(y), float(noise), np.array(list(map(float, places))))
    total = mp.zero
    for angle, x, start in zip(angles, places, starts, strict=True):
        a, b, c, d = denoising_in_doubles.cubic(y, noise, x)
        g = mp.mpc(complex(start))
        for _ in range(_NEWTON):
            step = (((a * g + b) * g + c) * g + d) / ((3 * a * g + 2 * b) * g + c)
            g -= step
            if abs(step) <= mp.ldexp(abs(g), -mp.prec // 2 - 4):
                break
        total += (mp.im(g) / mp.pi) ** 3 * mp.sin(angle)
    return 4 * mp.pi**3 / 3 * half * total / nodes
