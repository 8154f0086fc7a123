"""Sums of functions with Hermite polynomials over symmetric lattices, all degrees at once."""

from functools import lru_cache

from flint import arb, arb_mat, ctx

from theorycalc.core.arithmetic.effort import work

# Bits that the recurrence of the polynomials loses at degree k: the radii of the nodes grow by at
# most e^{|x|√k}, and the Gaussian weight leaves e^{k/2} of it.
_LOST_PER_DEGREE = 0.75
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
    # h_k has the parity of k; the node 0 counts once
    sums = [x + y for x, y in zip(right, left, strict=True)]
    sums[0] = arb(right[0])
    differences = [x - y for x, y in zip(right, left, strict=True)]
    totals = [arb(0)] * (order + 1)
    for parity, parts in enumerate((sums, differences)):
        if parity <= order and any(part != 0 for part in parts):
            matrix = _matrix(parity, order, step, count, ctx.prec)
            totals[parity::2] = (matrix * arb_mat(len(parts), 1, parts)).entries()
    return totals


@lru_cache(maxsize=6)
def _matrix(parity: int, order: int, step: float, count: int, bits: int) -> arb_mat:
    """h h_k(jh) n(jh) for all k of one parity, one column for every j = 0, …, count."""
    with ctx.workprec(bits + _GUARD_BITS + int(_LOST_PER_DEGREE * order)):
        h, rows = arb(step), []
        nodes = [h * j for j in range(count + 1)]
        squares = [x * x for x in nodes]
        unit = h / (2 * arb.pi()).sqrt()
        bells = [unit * (-square / 2).exp() for square in squares]
        before = [arb(0)] * (count + 1)
        now = [x * y for x, y in zip(nodes, bells, strict=True)] if parity else bells
        norm = arb(1)
        for k in range(parity, order + 1, 2):
            with ctx.workprec(bits + _GUARD_BITS):
                rows.append([norm * y for y in now])
            # He_{k+2} = (x² − 2k − 1) He_k − k(k − 1) He_{k−2}
            linear, constant = 2 * k + 1, k * (k - 1)
            before, now = (
                now,
                [
                    (x - linear) * y - constant * z
                    for x, y, z in zip(squares, now, before, strict=True)
                ],
            )
            norm = norm / arb((k + 1) * (k + 2)).sqrt()
    return arb_mat(rows)
