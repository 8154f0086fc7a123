"""Which directions of a polynomial target gradient descent finds, and in how large steps."""

import itertools

import sympy


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
    dimension = _rank(expr, variables)
    if dimension == 0:
        return None
    leap = 1
    while staircase(expr, variables, leap)[-1].cols < dimension:
        leap += 1
    return leap


def staircase(expr: sympy.Expr, variables: tuple, leap: int) -> list[sympy.Matrix]:
    """Bases of the known directions, stage by stage.

    At each stage the tensors E_v[∇_v^k f](z_u), k ≤ leap, are seen, with u the known and v the
    unknown directions; the column space of their first index joins the known directions.
    """
    stages = [sympy.zeros(len(variables), 0)]
    while True:
        known = stages[-1]
        grown = _span(known.row_join(_seen(expr, variables, known, leap)))
        if grown.cols == known.cols:
            return stages
        stages.append(grown)


def _seen(expr: sympy.Expr, variables: tuple, known: sympy.Matrix, leap: int) -> sympy.Matrix:
    """Columns: first-index vectors of the tensors, one for each tail index and monomial."""
    d = len(variables)
    onto = known * (known.T * known).inv() * known.T if known.cols else sympy.zeros(d)
    unknown = sympy.eye(d) - onto
    at_known = dict(zip(variables, onto * sympy.Matrix(variables), strict=True))
    columns = []
    tails = {(): averaged(expr, variables, unknown)}
    for k in range(1, leap + 1):
        for tail in tails.values():
            gradient = [
                sympy.expand(part.subs(at_known, simultaneous=True))
                for part in _gradient(tail, variables, unknown)
            ]
            columns += _coefficient_vectors(gradient, variables)
        if k < leap:
            tails = {
                (*index, i): part
                for index, tail in tails.items()
                for i, part in enumerate(_gradient(tail, variables, unknown))
                if not index or i >= index[-1]
            }
    return sympy.Matrix.hstack(sympy.zeros(d, 0), *columns)


def _gradient(expr, variables: tuple, projector: sympy.Matrix) -> list:
    slopes = sympy.Matrix([expr.diff(x) for x in variables])
    return [sympy.expand(part) for part in projector * slopes]


def averaged(expr: sympy.Expr, variables: tuple, projector: sympy.Matrix) -> sympy.Expr:
    """A polynomial averaged over the projected directions: e^{Δ/2} with their Laplacian."""
    total, term, n = sympy.S.Zero, sympy.expand(expr), 0
    while term != 0:
        total += term
        n += 1
        laplacian = sum(
            projector[i, j] * term.diff(x, y)
            for (i, x), (j, y) in itertools.product(enumerate(variables), repeat=2)
        )
        term = sympy.expand(laplacian / (2 * n))
    return total


def _coefficient_vectors(parts: list, variables: tuple) -> list[sympy.Matrix]:
    polynomials = [sympy.Poly(part, *variables) for part in parts]
    monomials = sorted({m for p in polynomials for m in p.monoms()})
    vectors = [sympy.Matrix([p.coeff_monomial(m) for p in polynomials]) for m in monomials]
    return [vector for vector in vectors if any(vector)]


def _rank(expr, variables: tuple) -> int:
    gradient = [sympy.expand(expr.diff(x)) for x in variables]
    return _span(
        sympy.Matrix.hstack(
            sympy.zeros(len(variables), 0), *_coefficient_vectors(gradient, variables)
        )
    ).cols


def _span(matrix: sympy.Matrix) -> sympy.Matrix:
    """A basis of the column space."""
    columns = matrix.columnspace() if matrix.cols else []
    return sympy.Matrix.hstack(sympy.zeros(matrix.rows, 0), *columns)
