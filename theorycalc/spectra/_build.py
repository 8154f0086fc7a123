"""Nodes in their simplest form: scales and shifts outside, laws of known cumulants as moves."""

from sympy import Expr, S, Tuple

from theorycalc.core.errors import DomainError, explain
from theorycalc.spectra import nodes
from theorycalc.spectra.nodes import Node


def atoms(masses: dict[Expr, Expr]) -> nodes.Atoms:
    """Point masses, their places ascending."""
    return nodes.Atoms(Tuple(*masses), Tuple(*masses.values()))


POINT = atoms({S.One: S.One})
ORIGIN = atoms({S.Zero: S.One})


def affine(node: Node, a: Expr, b: Expr) -> Node:
    """The law of a·x + b."""
    if (a, b) == (1, 0):
        return node
    if isinstance(node, nodes.Affine):
        return affine(node.bases[0], a * node.a, a * node.b + b)
    if isinstance(node, nodes.Atoms):
        masses = node.masses().items()
        return atoms(
            dict(sorted(((a * x + b, w) for x, w in masses), key=lambda pair: float(pair[0])))
        )
    if a == 0:
        return atoms({b: S.One})
    return nodes.Affine(node, a, b)


def free_sum(one: Node, two: Node) -> Node:
    """A ⊞ B: a shift, a move, or two laws that meet."""
    for law, other in ((one, two), (two, one)):
        base, a, b = _split(law)
        if isinstance(base, nodes.Atoms) and len(base.places) == 1:
            return affine(other, S.One, a * base.places[0] + b)
    for law, other in ((two, one), (one, two)):
        base, a, b = _split(law)
        if isinstance(base, nodes.PlusSemicircle):
            rest = free_sum(affine(base.bases[0], a, b), other)
            return _plus_semicircle(rest, base.v * a**2)
    for law, other in ((two, one), (one, two)):
        base, a, b = _split(law)
        if isinstance(base, nodes.TimesPoisson) and base.bases[0] == POINT:
            return affine(nodes.PlusPoisson(other, base.c, a), S.One, b)
    return nodes.FreeSum(one, two)


def _plus_semicircle(node: Node, v: Expr) -> Node:
    base, a, b = _split(node)
    if isinstance(base, nodes.PlusSemicircle):
        rest = affine(base.bases[0], a, b)
        return nodes.PlusSemicircle(rest, base.v * a**2 + v)
    return nodes.PlusSemicircle(node, v)


def free_product(one: Node, two: Node) -> Node:
    """A ⊠ B: a scaling, a move, or two laws that meet."""
    for law, other in ((one, two), (two, one)):
        base, a, b = _split(law)
        if isinstance(base, nodes.Atoms) and len(base.places) == 1:
            return affine(other, a * base.places[0] + b, S.Zero)
    for law, other in ((two, one), (one, two)):
        base, a, b = _split(law)
        if b == 0 and isinstance(base, nodes.TimesPoisson):
            if base.bases[0] != POINT:
                return times_poisson(free_product(affine(base.bases[0], a, b), other), base.c)
            return affine(times_poisson(other, base.c), a, S.Zero)
    for law in (one, two):
        if not is_nonnegative(law):
            raise DomainError(
                explain(
                    "a free product of laws with mass on both sides of 0",
                    allowed="laws on [0, ∞), or any law times a Marchenko–Pastur law",
                    hint="the sum, or one positive factor",
                )
            )
    return nodes.FreeProduct(one, two)


def times_poisson(node: Node, c: Expr) -> Node:
    """The law of T^{1/2} X X' T^{1/2}/n: a point mass stays outside as a scale."""
    base, a, b = _split(node)
    if isinstance(base, nodes.Atoms) and len(base.places) == 1:
        place = a * base.places[0] + b
        return affine(nodes.TimesPoisson(POINT, c), place, S.Zero)
    if b == 0:
        return affine(nodes.TimesPoisson(base, c), a, S.Zero)
    return nodes.TimesPoisson(node, c)


def _split(node: Node) -> tuple[Node, Expr, Expr]:
    """(law, a, b) of a·x + b."""
    if isinstance(node, nodes.Affine):
        return node.bases[0], node.a, node.b
    return node, S.One, S.Zero


def is_nonnegative(node: Node) -> bool:
    """Whether the support is known to lie in [0, ∞)."""
    return _lowest(node) >= 0


def _lowest(node: Node) -> float:
    """A lower bound of the support."""
    return float(_BOUNDS.get(type(node), lambda node: -node.support_bound())(node))


_BOUNDS = {
    nodes.Atoms: lambda node: min(node.places),
    nodes.TimesPoisson: lambda node: 0 if _lowest(node.bases[0]) >= 0 else -node.support_bound(),
    nodes.InformationPlusNoise: lambda node: 0,
    nodes.FreeProduct: lambda node: 0,
    nodes.Compressed: lambda node: _lowest(node.bases[0]),
    nodes.PlusPoisson: lambda node: (
        _lowest(node.bases[0]) if nodes.is_above(node.a) else -node.support_bound()
    ),
    nodes.FreeSum: lambda node: sum(map(_lowest, node.bases)),
    nodes.Affine: lambda node: (
        node.a * _lowest(node.bases[0]) + node.b
        if nodes.is_above(node.a)
        else -node.support_bound()
    ),
}


def compressed(node: Node, t: Expr) -> Node:
    """The law of a corner of a share t: a scale and a shift stay outside."""
    base, a, b = _split(node)
    if isinstance(base, nodes.Compressed):
        base, t = base.bases[0], base.t * t
    return affine(nodes.Compressed(base, t), a, b)


def text(node: Node) -> str:
    """A law in one line."""
    if isinstance(node, nodes.Atoms):
        places = [f"{x}: {w}" for x, w in node.masses().items()]
        shown = places if len(places) < 8 else [*places[:3], f"… {len(places)} atoms"]
        return f"{{{', '.join(shown)}}}"
    rest = ", ".join(str(x) for x in node.args if not isinstance(x, Node))
    bases = ", ".join(map(text, node.bases))
    return f"{type(node).__name__}({bases}{', ' if rest else ''}{rest})"
