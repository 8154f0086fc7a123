"""Harmonic functions that continue a polynomial: into the ball, into more dimensions."""

import itertools
import math

from sympy import Expr, Poly, Symbol

from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.records import instance
from theorycalc.sphere.coordinates import Space


def harmonic_extension(poly, *variables, into="d+1", symbols=None) -> Expr:
    """A harmonic polynomial that agrees with a given one on a smaller set.

    Parameters
    ----------
    poly : Expr
        A polynomial f in the variables.
    *variables : Symbol
        The coordinates x, in order, two or more.
    into : {"d+1", "complex", "ball"}
        ``"d+1"``: h(x, t) = Σ_j (−1)^j t^{2j} Δ^j f/(2j)! in one more variable, with h(x, 0) = f.
        ``"complex"``: Re f(x + iy) in twice as many variables, which is f for y = 0.
        ``"ball"``: the solution of the Dirichlet problem, equal to f where ‖x‖ = 1.
    symbols : Symbol or sequence of Symbol, optional
        The new variables: by default ``Symbol("t", real=True)`` for ``"d+1"``, real ``y1``, ``y2``,
        … for ``"complex"``. There are none for ``"ball"``.

    Returns
    -------
    Expr
        Harmonic in the old and new variables together.

    Raises
    ------
    DomainError
        If ``poly`` is no polynomial in the variables or contains other symbols; if variables are
        missing or repeated; for another ``into``; if the new variables are too few or too many, or
        have the name of an old one.

    Notes
    -----
    In ``"d+1"``, −∂²/∂t² moves each term of the sum to Δ of the one before. In ``"ball"``, the sum
    of the harmonic parts of `decompose`. For coefficients that are not real, ``"complex"`` is
    (f(x + iy) + f(x − iy))/2.

    References
    ----------
    S. Axler, P. Bourdon, W. Ramey, "Harmonic Function Theory", 2nd ed. (2001), chapter 5 on the
    ball.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, y = sympy.symbols("x y")
    >>> tc.sphere.harmonic_extension(x**2 * y, x, y)
    -t**2*y + x**2*y
    >>> tc.sphere.harmonic_extension(x * y, x, y, into="complex")
    x*y - y1*y2
    >>> tc.sphere.harmonic_extension(x**2, x, y, into="ball")
    x**2/2 - y**2/2 + 1/2
    """
    space = Space.of(variables, None)
    defaults = {
        "d+1": ("t",),
        "complex": tuple(f"y{i}" for i in range(1, len(variables) + 1)),
        "ball": (),
    }
    if instance(into, str, "an extension") not in defaults:
        raise unknown_name("extension", into, defaults)
    new = _new_variables(symbols, defaults[into], variables)
    polynomial = space.read(poly)
    if into == "d+1":
        return _with_time(space, polynomial, *new).as_expr()
    if into == "complex":
        return _real_part(polynomial, new).as_expr()
    parts = (harmonic for *_, harmonic in space.harmonics(polynomial))
    return sum(parts, start=polynomial.zero).as_expr()


def _new_variables(symbols, defaults: tuple[str, ...], variables: tuple) -> tuple[Symbol, ...]:
    if symbols is None:
        new = tuple(Symbol(name, real=True) for name in defaults)
    else:
        new = tuple(symbols) if isinstance(symbols, tuple | list) else (symbols,)
    names = {x.name for x in new if isinstance(x, Symbol)}
    if len(new) != len(defaults) or len(names) != len(new):
        allowed = f"{len(defaults)} different symbols"
        raise DomainError(explain("not the new variables", got=symbols, allowed=allowed))
    if clashes := sorted(names & {x.name for x in variables}):
        hint = "symbols= with other names for the new variables"
        raise DomainError(
            explain("a new variable has the name of an old one", got=", ".join(clashes), hint=hint)
        )
    return new


def _with_time(space: Space, polynomial: Poly, t: Symbol) -> Poly:
    """Σ_j (−1)^j t^{2j} Δ^j f/(2j)!."""
    total, power, j = polynomial, polynomial, 0
    while power := space.laplacian(power):
        j += 1
        total += power * Poly((-1) ** j * t ** (2 * j) / math.factorial(2 * j), t)
    return total


def _real_part(polynomial: Poly, y: tuple[Symbol, ...]) -> Poly:
    """The part of f(x + iy) that is even in y, by the binomial theorem."""
    terms = {}
    for alpha, c in polynomial.as_dict().items():
        for beta in itertools.product(*(range(a + 1) for a in alpha)):
            if sum(beta) % 2 == 0:
                rest = (a - b for a, b in zip(alpha, beta, strict=True))
                sign = (-1) ** (sum(beta) // 2)
                terms[(*rest, *beta)] = sign * math.prod(map(math.comb, alpha, beta)) * c
    return Poly.from_dict(terms, *polynomial.gens, *y)
