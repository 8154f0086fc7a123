r"""Sums of functions with Hermite polynomials over symmetric lattices, all degrees at once.

The recurrence runs in integers, because it magnifies rounding little, and radii much. An error in
h_j(x) reaches h_k(x) as :math:`\sqrt j\,(h_k q_{j-1} - q_k h_{j-1})` times, with the second
solution

.. math:: q_k(x) = \mathrm{PV}\!\int \frac{h_k(t)\,n(t)}{x - t}\,dt, \qquad
    |q_k(x)| \le \int_0^\infty \frac{s^k e^{-s^2/2}}{\sqrt{k!}}\,ds \le \sqrt{\pi/2},

the Hilbert transform in frequencies s. Since |h_k(x)| ≤ e^{x²/4} (Cramér), that is at most
√(2πj) e^{x²/4}, and x²/(4 log 2) more bits at x are enough at every degree.
"""

import itertools
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from flint import arb, ctx, fmpz

from theorycalc.core.arithmetic.effort import work

_GUARD_BITS = 16


def lattice_sums(order: int, step: float, right: list, left: list) -> list:
    """h Σ_j f(jh) h_k(jh) n(jh) over j = −N, …, N for k = 0, …, order, h_k orthonormal.

    Parameters
    ----------
    order : int
    step : float
        h.
    right, left : list of arb
        f(jh) and f(−jh) for j = 0, …, N.

    Notes
    -----
    |h_k(x)| n(x) ≤ e^{−x²/4}/√(2π): radii of f enter as they are.
    """
    count = len(right) - 1
    work(order * count, 0, 0, ctx.prec)
    functions = _functions(order, step, count, ctx.prec)
    # h_k has the parity of k; the node 0 counts once
    sums = [x + y for x, y in zip(right, left, strict=True)]
    sums[0] = arb(right[0])
    differences = [x - y for x, y in zip(right, left, strict=True)]
    totals = [arb(0)] * (order + 1)
    for parity, parts in enumerate((sums, differences)):
        totals[parity::2] = functions.sums(parity, parts)
    return totals


class _Functions(NamedTuple):
    """Integers near 2^{bits + extra} h_k(jh) e^{−(jh)²/4}/size_k, a row for k, a column for j.

    ``slack`` bounds the errors of h_k(jh) e^{−(jh)²/4}.
    """

    step: float
    bits: int
    values: np.ndarray
    extra: list
    sizes: list
    slack: arb

    def sums(self, parity: int, parts: list) -> list:
        """h Σ_j f_j h_k(jh) n(jh) for all k of one parity."""
        unit, most = arb(self.step) / (2 * arb.pi()).sqrt(), self.bits + self.extra[-1]
        factors, rounding, total = [], arb(0), arb(0)
        with ctx.workprec(most + _GUARD_BITS):
            for j, (part, extra) in enumerate(zip(parts, self.extra, strict=True)):
                factor = unit * part * (-((self.step * arb(j)) ** 2) / 4).exp()
                factors.append(_near(factor, most - extra))
                rounding += abs(factor - arb(factors[-1]) * _power_of_2(extra - most)).upper()
                total += abs(factor).upper()
        # no |h_k(x)| e^{−x²/4} is above 1
        error = rounding * (1 + self.slack) + self.slack * total
        found, scale = self.values[parity::2] @ factors, _power_of_2(-self.bits - most)
        sizes = self.sizes[parity::2]
        errors = [arb(0, error)] * len(sizes)
        return [
            arb(fmpz(x)) * scale * size + e for x, size, e in zip(found, sizes, errors, strict=True)
        ]


@lru_cache(maxsize=6)
def _functions(order: int, step: float, count: int, bits: int) -> _Functions:
    """Those of the degrees up to this order, with errors of about 2^−bits."""
    # all errors are below 2^−bits slack
    slack = math.ceil(2 + 2 * math.sqrt(2 * math.pi) * 2 / 3 * (order + 1) ** 1.5)
    bits += _GUARD_BITS + slack.bit_length()
    extra = [math.ceil((step * j) ** 2 / (4 * math.log(2)) + 0.01) for j in range(count + 1)]
    with ctx.workprec(bits + extra[-1] + _GUARD_BITS):
        now = [_near((-((step * arb(j)) ** 2) / 4).exp(), bits + e) for j, e in enumerate(extra)]
    values = np.array(list(_rows(order, step, now)), dtype=object)
    with ctx.workprec(bits):
        sizes = [_power_of_2(e) / arb.fac_ui(k).sqrt() for k, e in enumerate(_exponents(order))]
    return _Functions(step, bits, values, extra, sizes, slack * _power_of_2(-bits))


def _rows(order: int, step: float, now: list):
    """He_k(jh) now_j/2^e, rounded in every step, for k = 0, …, order and their exponents e."""
    exponents = _exponents(order + 1)
    growths = [after - e for e, after in itertools.pairwise(exponents)]
    numerator, denominator = step.as_integer_ratio()
    shift = max(denominator.bit_length() - 1, *growths)
    unit = (numerator << shift) // denominator
    nodes = [unit * j for j in range(len(now))]
    before, last = [0] * len(now), 0
    for k, growth in enumerate(growths):
        yield now
        # He_{k+1} = x He_k − k He_{k−1}
        lower = k << (shift - last)
        following = [
            (x * y - lower * z) >> (shift + growth)
            for x, y, z in zip(nodes, now, before, strict=True)
        ]
        before, now, last = now, following, growth


def _exponents(order: int) -> list:
    """The least e with 2^e ≥ √k!, for k = 0, …, order."""
    factorials = itertools.accumulate(range(1, order + 1), int.__mul__, initial=1)
    return [((k - 1).bit_length() + 1) // 2 for k in factorials]


def _near(x: arb, bits: int) -> int:
    """An integer near 2^bits x."""
    return int((x.mid() * _power_of_2(bits)).floor().unique_fmpz())


def _power_of_2(exponent: int) -> arb:
    return arb(2) ** exponent
