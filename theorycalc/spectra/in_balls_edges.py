"""Edges of laws of one unknown in balls: real roots of polynomials, isolated."""

from functools import cmp_to_key, lru_cache
from itertools import pairwise

from flint import acb_poly, arb, arb_poly, fmpq, fmpq_poly

from theorycalc.core.arithmetic.ball_context import BallContext, working_bits, working_precision
from theorycalc.core.errors import CertificationError, explain
from theorycalc.core.lowering import lower
from theorycalc.spectra import in_doubles_edges
from theorycalc.spectra.nodes import Node
from theorycalc.spectra.rational import curve

_CONTEXT = BallContext()
_PRECISIONS = (128, 512, 2048)


def edges(node: Node) -> list[tuple[arb, arb]]:
    """Enclosures of (s, z) at the ends of the support, ascending in z.

    Raises
    ------
    CertificationError
        If roots are not told apart at the working precision.
    """
    law = curve(node)
    z, slopes = _quotient(law.z), [_quotient(x) for x in law.slopes]
    roots = [root for p in law.cuts for root in _real(_polynomial(p))]
    cuts = _sorted(roots, distinct=law.is_rational)
    rising = [_rises(slopes, s) for s in _between(cuts)]
    found = []
    for s, (left, right) in zip(cuts, pairwise(rising), strict=True):
        under = _at(z[1], s)
        if left != right and not _vanishes(z[1], s):
            found.append((s, _at(z[0], s) / under))
    return sorted(found, key=cmp_to_key(_in_order))


def _in_order(one: tuple[arb, arb], two: tuple[arb, arb]) -> int:
    """Which of two edges is the lower one."""
    if one[1].overlaps(two[1]):
        raise CertificationError(explain("edges are not told apart", got=one[1].str(10)))
    return 1 if one[1] > two[1] else -1


def _quotient(parts: tuple) -> tuple:
    return tuple(map(_polynomial, parts))


def _polynomial(coefficients: tuple):
    values = [lower(x).run(_CONTEXT, []) for x in coefficients]
    if all(isinstance(x, fmpq) for x in values):
        return fmpq_poly(values)
    return arb_poly([arb(x) for x in values])


def _at(polynomial, s: arb) -> arb:
    if isinstance(polynomial, fmpq_poly):
        polynomial = arb_poly(polynomial)
    return arb(polynomial(s))


def _real(polynomial) -> list[arb]:
    """The real roots, each once."""
    if polynomial.degree() < 1:
        return []
    if isinstance(polynomial, fmpq_poly):
        whole = polynomial.numer()
        return [r.real for r, _ in whole.complex_roots() if r.imag.is_zero()]
    try:
        roots = acb_poly(polynomial).roots()
    except ValueError as error:
        raise CertificationError(explain("roots are not told apart", got=error)) from error
    # a root of a real polynomial that is alone in a disc around a real point is real
    return [_refined(polynomial, r.real) for r in roots if r.imag.contains(0)]


def _refined(polynomial: arb_poly, root: arb) -> arb:
    """An isolated root to the working precision, by Newton's method on intervals."""
    slope = polynomial.derivative()
    for _ in range(working_bits().bit_length() + 4):
        step = polynomial(root.mid()) / slope(root)
        if not step.is_finite():
            return root
        root = root.intersection(root.mid() - step)
    return root


def _sorted(roots: list[arb], distinct: bool) -> list[arb]:
    """Ascending, and one of those that may be the same."""
    kept: list[arb] = []
    for root in sorted(roots, key=cmp_to_key(lambda r, s: 1 if r.mid() > s.mid() else -1)):
        if kept and kept[-1].overlaps(root):
            if distinct:
                raise CertificationError(explain("roots are not told apart", got=root.str(10)))
            kept[-1] = kept[-1] if kept[-1].rad() <= root.rad() else root
        else:
            kept.append(root)
    return kept


def _between(cuts: list[arb]) -> list[arb]:
    """A point of every interval that the cuts leave."""
    if not cuts:
        return [arb(0)]
    inner = [((a.upper() + b.lower()) / 2).mid() for a, b in pairwise(cuts)]
    return [(cuts[0].lower() - 1).mid(), *inner, (cuts[-1].upper() + 1).mid()]


def _rises(slopes: list, s: arb) -> bool:
    """Whether z and every z inside rise together at s."""
    signs = []
    for over, under in slopes:
        x = _at(over, s) * _at(under, s)
        if x.contains(0):
            raise CertificationError(explain("the sign of a slope is not told", got=s.str(10)))
        signs.append(x > 0)
    return len(set(signs)) == 1


def _vanishes(polynomial, s: arb) -> bool:
    return bool(_at(polynomial, s).contains(0))


def edge(node: Node, i: int) -> tuple[arb, arb] | None:
    """(s, z) at one of the edges, None where the precision does not tell them apart."""
    try:
        return edges(node)[i]
    except CertificationError:
        return None


def required(node: Node, i: int) -> tuple[arb, arb]:
    """The same at as high a precision as it takes."""
    bits = working_bits()
    while (found := edge(node, i)) is None and bits < _PRECISIONS[-1]:
        bits = 2 * bits
        with working_precision(bits):
            found = edge(node, i)
        if found is not None:
            return found
    return edges(node)[i] if found is None else found


def count(node: Node) -> int:
    """How many edges there are."""
    return len(in_doubles(node))


def in_doubles(node: Node) -> tuple[float, ...]:
    """The edges as doubles."""
    if node.unknowns > 1:
        return tuple(x for x, _ in in_doubles_edges.edges(node))
    return tuple(z for _, z in _pairs(node))


def error_in_doubles(node: Node) -> float:
    """What they may be off beyond their rounding."""
    if node.unknowns == 1:
        return 0.0
    return max((error for _, error in in_doubles_edges.edges(node)), default=0.0)


def unknowns(node: Node) -> tuple[float, ...]:
    """The unknowns at the edges as doubles."""
    return tuple(s for s, _ in _pairs(node))


@lru_cache(maxsize=256)
def _pairs(node: Node) -> tuple[tuple[float, float], ...]:
    """(s, z) at the edges."""
    for bits in _PRECISIONS[:-1]:
        with working_precision(bits):
            try:
                return _rounded(edges(node))
            except CertificationError:
                continue
    with working_precision(_PRECISIONS[-1]):
        return _rounded(edges(node))


def _rounded(pairs: list[tuple[arb, arb]]) -> tuple[tuple[float, float], ...]:
    return tuple((float(s.mid()), float(z.mid())) for s, z in pairs)
