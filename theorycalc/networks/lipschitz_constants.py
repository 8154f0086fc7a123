"""Lipschitz constants of ReLU networks, exact or bounded, with rational certificates."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import sympy

from theorycalc.core.apply import apply
from theorycalc.core.arithmetic import Ball
from theorycalc.core.binary import between
from theorycalc.core.errors import DomainError, NotSupportedError, explain, unknown_name
from theorycalc.core.numbers import exact_integer
from theorycalc.core.value import Rigor, Value
from theorycalc.networks import slope_bounds as bounds
from theorycalc.networks.arrangements import Plane, cells
from theorycalc.networks.interval_jacobians import Network, branch_and_bound, on_box
from theorycalc.networks.multipliers import good_multipliers
from theorycalc.networks.rational_networks import (
    read_box,
    read_multipliers,
    read_network,
    read_norm,
)
from theorycalc.networks.slope_bounds import gradient, over_patterns, squared, sum_of_sizes

METHODS = ("exact", "patterns", "certificate", "centred", "product", "path", "interval", "branch")
_MOST_CELLS = 200_000
_MOST_PATTERNS = 20
_USING = Ball(30)


def lipschitz(
    W,  # noqa: N803 - matrices are capital
    b,
    a,
    norm=2,
    method: str = "exact",
    box=None,
    *,
    multipliers=None,
    budget: int = 1_000,
) -> Value:
    """The Lipschitz constant of x ↦ a · relu(Wx + b), or a bound on it.

    Parameters
    ----------
    W : matrix, shape (m, d); or a sequence of matrices
        Rational numbers: integers, fractions, decimal strings, floats by their shortest repr. With
        several matrices, the network x ↦ a · relu(W_L(… relu(W_1 x + b_1) …) + b_L).
    b : vector of length m, or a sequence of vectors
    a : vector
        The weights of the output.
    norm : 2 or inf
        In which the inputs are measured: the constant is the largest Euclidean norm of a gradient,
        or the largest sum of its sizes.
    method : str
        "exact": the maximum over the cells on which the network is linear, every one of which is
        realised by a rational point; "patterns": over all patterns of active neurons;
        "certificate": the bound of semidefinite programming with diagonal multipliers T,
        λ_max(W'TW/2 + W'aa'W/(4(1 − q/2))) with q = Σ a_i²/T_i < 2 for the square;
        "centred": (‖W'a‖ + ‖W‖‖a‖)/2; "product": ‖W‖‖a‖; "path": Σ |a_i|‖w_i‖; "interval": the
        interval Jacobian of a box, for any depth; "branch": the same with branch and bound, where
        the undecided neurons of one hidden layer are tried out.
    box : sequence of pairs (low, high), optional
        Inputs; cells count that meet its interior. "exact", "interval" and "branch" see it, and
        the others are bounds on the whole space.
    multipliers : vector, optional
        The T > 0 of "certificate"; without it a good one is searched for. Any T proves its bound.
    budget : int
        Boxes of "branch".

    Returns
    -------
    Value
        EXACT if rational, CERTIFIED otherwise. ``stats`` has, by method, ``squared`` (the exact
        square), ``cells``, ``point`` and ``gradient`` where it is attained, ``multipliers``,
        ``lower`` (a slope that is reached, for "branch") and ``boxes``.

    Raises
    ------
    DomainError
        For numbers that are not rational, shapes that do not fit, an empty box, q ≥ 2.
    NotSupportedError
        For too many cells or patterns, with how many they are, and methods that a depth or a norm
        has not.

    Notes
    -----
    The cells are listed by deletion and restriction in integers: nothing is missed, and thin cells
    are not lost. exact ≤ patterns ≤ certificate, centred, path, and centred ≤ product.

    Examples
    --------
    >>> import theorycalc as tc
    >>> W, b, a = [[1, 2], [-2, 1], [3, -1]], [1, -1, 2], [1, -2, 1]
    >>> found = tc.networks.lipschitz(W, b, a)
    >>> print(found, found.stats["squared"], found.stats["cells"])
    8.06225774829854965236661323030 ± 4e-30 65 7
    >>> print(tc.networks.lipschitz(W, b, a, method="product"))
    9.48683298050513799599668063330 ± 2e-30
    >>> print(tc.networks.lipschitz(W, b, a, box=[("-1/5", "1/5")] * 2).stats["squared"])
    17
    """
    network = read_network(W, b, a)
    if not isinstance(method, str) or method not in METHODS:
        raise unknown_name("method", method, METHODS)
    size, box = read_norm(norm), read_box(box, len(network.weights[0][0]))
    budget = exact_integer(budget, "budget", 1)
    if multipliers is not None and method != "certificate":
        raise DomainError(explain("multipliers are for method='certificate'", got=method))
    if method in ("interval", "branch"):
        return _on_box(network, box, size, budget if method == "branch" else None)
    (rows, *deeper), (biases, *_), shares = network
    if deeper:
        got = f"{1 + len(deeper)} hidden layers, method={method!r}"
        hint = 'method="branch" with a box'
        raise NotSupportedError(explain("one hidden layer only", got=got, hint=hint))
    counts = map(lambda row, share: bool(share) and any(row), rows, shares)
    kept = [i for i, counted in enumerate(counts) if counted]
    if not kept:
        return _root(Fraction(0), squared, cells=1)
    rows, biases, shares = ([part[i] for i in kept] for part in (rows, biases, shares))
    if method == "exact":
        return _over_cells(rows, biases, shares, size, box)
    if method == "certificate":
        multipliers = read_multipliers(multipliers, len(network.readout), shares, kept)
        return _certificate(rows, shares, size, multipliers)
    return (
        _over_patterns(rows, shares, size)
        if method == "patterns"
        else _by_norms(rows, shares, size, method)
    )


def _on_box(network: Network, box, size: Callable, budget: int | None) -> Value:
    """A bound on a box, or on parts of it."""
    if box is None:
        raise DomainError(explain("interval Jacobians need a box", hint="box=[(low, high), …]"))
    if budget is None:
        return _root(on_box(network, box, size), size)
    found = branch_and_bound(network, box, size, budget)
    return _root(found.upper, size, lower=_root(found.lower, size), boxes=found.boxes)


def _over_patterns(rows, shares, size: Callable) -> Value:
    if len(rows) > _MOST_PATTERNS:
        raise _too_many("patterns", 2 ** len(rows))
    return _root(over_patterns(rows, shares, size), size)


def _over_cells(rows, biases, shares, size: Callable, box) -> Value:
    """The maximum over the cells, with the point and the gradient where it is attained."""
    d = len(rows[0])
    if (count := sum(math.comb(len(rows), k) for k in range(d + 1))) > _MOST_CELLS:
        raise _too_many("cells", count)
    walls = [] if box is None else _walls(box)
    planes = [*walls, *(_plane(row, offset) for row, offset in zip(rows, biases, strict=True))]
    found = cells(planes, d)
    slopes = {
        signs: gradient(rows, shares, [s > 0 for s in signs[len(walls) :]]) for signs in found
    }
    best = max(slopes, key=lambda signs: size(slopes[signs]))
    place = found[best]
    stats = {
        "cells": len(found),
        "point": tuple(Fraction(x, place.denominator) for x in place.numerators),
        "gradient": tuple(slopes[best]),
    }
    return _root(Fraction(size(slopes[best])), size, **stats)


def _plane(row: Sequence[Fraction], offset: Fraction, side: int = 0) -> Plane:
    scale = math.lcm(offset.denominator, *(x.denominator for x in row))
    return Plane(tuple(int(x * scale) for x in row), int(offset * scale), side)


def _walls(box) -> list[Plane]:
    """The half-spaces whose common inside is that of a box."""
    d, walls = len(box), []
    for i, (low, high) in enumerate(box):
        unit = [Fraction(int(i == j)) for j in range(d)]
        walls += [_plane(unit, -low, 1), _plane(unit, -high, -1)]
    return walls


def _certificate(rows, shares, size: Callable, multipliers) -> Value:
    if size is not squared:
        raise NotSupportedError(explain("the certificate is for norm=2", hint='"patterns"'))
    if multipliers is None:
        multipliers = good_multipliers(rows, shares)
    matrix = bounds.multiplier_matrix(rows, shares, multipliers)
    below, above = bounds.largest_eigenvalue(matrix)
    return _between(below, above, multipliers=tuple(multipliers))


def _by_norms(rows, shares, size: Callable, method: str) -> Value:
    """Bounds by norms of the two layers."""
    whole = gradient(rows, shares, [True] * len(shares))
    if size is sum_of_sizes:
        sizes = [sum_of_sizes(row) for row in rows]
        path = sum(abs(share) * x for share, x in zip(shares, sizes, strict=True))
        product = sum_of_sizes(shares) * max(sizes)
        found = {"path": path, "product": product, "centred": (sum_of_sizes(whole) + product) / 2}
        return _root(Fraction(found[method]), size)
    if method == "path":
        norms = (_root(squared(row), squared) for row in rows)
        first, *rest = (abs(share) * x for share, x in zip(shares, norms, strict=True))
        return sum(rest, first)
    below, above = bounds.largest_eigenvalue(bounds.gram(rows, [Fraction(1)] * len(rows)))
    product = _between(below * squared(shares), above * squared(shares))
    return product if method == "product" else (_root(squared(whole), squared) + product) / 2


def _root(x: Fraction, size: Callable, **stats) -> Value:
    """The Value of a constant that is known, or whose square is; both are rational in its stats."""
    value = apply(sympy.sqrt if size is squared else sympy.Add, x)
    known = {"squared": x if size is squared else x * x}
    return replace(value, stats={**known, **stats})


def _between(below: Fraction, above: Fraction, **stats) -> Value:
    """The root of a number between two."""
    ends = [apply(sympy.Add, x) for x in (below, above)]
    mid, rad = between(ends[0].lower, ends[1].upper)
    square = Value(mid=mid, rad=rad, rigor=Rigor.CERTIFIED, using=_USING)
    return replace(apply(sympy.sqrt, square), stats=stats)


def _too_many(what: str, count: int) -> NotSupportedError:
    hint = 'method="certificate", a bound that needs none of them'
    return NotSupportedError(explain(f"too many {what}", got=count, hint=hint))
