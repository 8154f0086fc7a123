"""Which directions of a polynomial target gradient descent finds, and in how large steps."""

import itertools

import sympy
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement, sring


def coordinate_leap(indices: list[tuple[int, ...]]) -> int | None:
    """The least l such that steps of new degree ≤ l reach every multi-index."""
    if not indices:
        return None
    known: set[int] = set()
    leap = 0
    rest = list(indices)
    while rest:
        costs = {alpha: _new_degree(alpha, known) for alpha in rest}
        # taking the cheapest step first is optimal: what it teaches only makes others cheaper
        cheapest = min(costs, key=costs.get)
        leap = max(leap, costs[cheapest])
        known |= {i for i, a in enumerate(cheapest) if a}
        rest = [alpha for alpha in rest if _new_degree(alpha, known)]
    return leap


def _new_degree(alpha: tuple[int, ...], known: set[int]) -> int:
    return sum(a for i, a in enumerate(alpha) if i not in known)


def isotropic_leap(expr: sympy.Expr, variables: tuple) -> int | None:
    """The least leap whose staircase spans all directions that the polynomial depends on."""
    polynomial = _polynomial(expr, variables)
    dimension = _span(_coefficient_vectors([_gradient(polynomial)], polynomial.ring)).shape[1]
    if dimension == 0:
        return None
    leap = 1
    while _stages(polynomial, leap)[-1].shape[1] < dimension:
        leap += 1
    return leap


def staircase(expr: sympy.Expr, variables: tuple, leap: int) -> list[sympy.Matrix]:
    """Bases of the known directions, stage by stage.

    At each stage the tensors E_v[∇_v^k f](z_u), k ≤ leap, are seen, with u the known and v the
    unknown directions; the column space of their first index joins the known directions.
    """
    return [basis.to_Matrix() for basis in _stages(_polynomial(expr, variables), leap)]


def averaged(expr: sympy.Expr, variables: tuple, projector: sympy.Matrix) -> sympy.Expr:
    """A polynomial averaged over the projected directions: e^{Δ/2} with their Laplacian."""
    polynomial = _polynomial(expr, variables, *projector)
    field = polynomial.ring.domain
    across = DomainMatrix.from_Matrix(projector).convert_to(field)
    return _averaged(polynomial, across).as_expr()


def _polynomial(expr: sympy.Expr, variables: tuple, *beside: sympy.Expr) -> PolyElement:
    """In a ring over the field of its coefficients, which are compared and divided exactly."""
    _, (polynomial, *_) = sring([expr, *beside], *variables, extension=True)
    return polynomial.set_ring(polynomial.ring.clone(domain=polynomial.ring.domain.get_field()))


def _stages(polynomial: PolyElement, leap: int) -> list[DomainMatrix]:
    ring = polynomial.ring
    stages = [DomainMatrix.zeros((ring.ngens, 0), ring.domain).to_dense()]
    while True:
        known = stages[-1]
        grown = _span(known.hstack(_seen(polynomial, known, leap)))
        if grown.shape == known.shape:
            return stages
        stages.append(grown)


def _seen(polynomial: PolyElement, known: DomainMatrix, leap: int) -> DomainMatrix:
    """Columns: first-index vectors of the tensors, one for each tail index and monomial."""
    ring, d = polynomial.ring, polynomial.ring.ngens
    onto = DomainMatrix.zeros((d, d), ring.domain).to_dense()
    if known.shape[1]:
        onto = known * (known.transpose() * known).inv() * known.transpose()
    unknown = DomainMatrix.eye(d, ring.domain).to_dense() - onto
    at_known = list(zip(ring.gens, _times(onto, ring.gens), strict=True))
    tails = {(): _averaged(polynomial, unknown)}
    gradients = []
    for k in range(1, leap + 1):
        slopes = {index: _times(unknown, _gradient(tail)) for index, tail in tails.items()}
        gradients += [[part.compose(at_known) for part in parts] for parts in slopes.values()]
        if k < leap:
            tails = {
                (*index, i): part
                for index, parts in slopes.items()
                for i, part in enumerate(parts)
                if not index or i >= index[-1]
            }
    return _coefficient_vectors(gradients, ring)


def _gradient(polynomial: PolyElement) -> list[PolyElement]:
    return [polynomial.diff(x) for x in polynomial.ring.gens]


def _averaged(polynomial: PolyElement, projector: DomainMatrix) -> PolyElement:
    total, term, n = polynomial.ring.zero, polynomial, 0
    while term:
        total += term
        n += 1
        slopes = _times(projector, _gradient(term))
        laplacian = sum(
            (slope.diff(x) for x, slope in zip(polynomial.ring.gens, slopes, strict=True)),
            polynomial.ring.zero,
        )
        term = laplacian.quo_ground(polynomial.ring.domain(2 * n))
    return total


def _times(matrix: DomainMatrix, polynomials) -> list[PolyElement]:
    ring = polynomials[0].ring
    return [
        sum((p.mul_ground(c) for c, p in zip(row, polynomials, strict=True) if c), ring.zero)
        for row in matrix.to_list()
    ]


def _coefficient_vectors(tuples: list[list[PolyElement]], ring) -> DomainMatrix:
    """A column for each monomial of each tuple of polynomials, of its coefficients in them."""
    columns = [
        [polynomial.get(monomial, ring.domain.zero) for polynomial in parts]
        for parts in tuples
        for monomial in sorted(set(itertools.chain(*parts)))
    ]
    return DomainMatrix(columns, (len(columns), ring.ngens), ring.domain).transpose()


def _span(matrix: DomainMatrix) -> DomainMatrix:
    """A basis of the column space."""
    return matrix.columnspace()
