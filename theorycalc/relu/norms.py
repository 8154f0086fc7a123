"""Norms of a polynomial that measure how hard it is for a two-layer network.

Five norms, whose docstrings are half of the file.
"""

import itertools

import sympy
from sympy import Expr, Poly, S, oo

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.gammas import read_power
from theorycalc.core.numbers import exact
from theorycalc.core.records import sequence
from theorycalc.core.reference import Reference
from theorycalc.relu.constants import as_bias, funk_hecke
from theorycalc.relu.means.modulus import modulus_mean
from theorycalc.relu.target import Target, fischer_square, spherical_mean, wick_polynomial

BARRON = Reference(
    "doi:10.1109/18.256500",
    title="A. R. Barron, Universal approximation bounds for superpositions of a sigmoidal function",
)
CONVEX = Reference(
    "arXiv:1412.8690",
    where="appendix D",
    title="F. Bach, Breaking the Curse of Dimensionality with Convex Neural Networks",
)
FUNCTION_SPACE = Reference(
    "arXiv:1902.05040",
    title="P. Savarese, I. Evron, D. Soudry, N. Srebro, How do infinite width bounded norm "
    "networks look in function space?",
)


def fischer_norm_squared(poly, *variables) -> Expr:
    """The squared Fischer norm ‖f‖_F² = Σ_α α! c_α² of f = Σ_α c_α x^α.

    It is the squared norm of f in the reproducing kernel Hilbert space of the kernel exp⟨x, y⟩, and
    E :f:(W)² for W ~ N(0, I), see `wick`.

    Parameters
    ----------
    poly : Expr
        A polynomial.
    *variables : Symbol
        All coordinates of the space; by default the symbols by name.

    Raises
    ------
    DomainError
        For bad variables, or what is no polynomial in them.

    References
    ----------
    V. Bargmann, "On a Hilbert space of analytic functions and an associated integral transform",
    Comm. Pure Appl. Math. 14 (1961).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, y = sympy.symbols("x y")
    >>> tc.relu.fischer_norm_squared(x**2 * y - 3 * y, x, y)
    11
    """
    return fischer_square(Target.of(poly, variables).polynomial)


def wick(poly, *variables) -> Expr:
    """The Wick polynomial :f: = e^{−Δ/2} f, with Π He_{α_i}(x_i) in place of every monomial x^α.

    E :f:(W) :g:(W) is the Fischer product of f and g for W ~ N(0, I).

    Parameters
    ----------
    poly : Expr
        A polynomial.
    *variables : Symbol
        All coordinates of the space; by default the symbols by name.

    Raises
    ------
    DomainError
        For bad variables, or what is no polynomial in them.

    References
    ----------
    S. Janson, "Gaussian Hilbert Spaces" (1997), chapter 3.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, y = sympy.symbols("x y")
    >>> tc.relu.wick(x**2 * y, x, y)
    x**2*y - y
    """
    return wick_polynomial(Target.of(poly, variables).polynomial).as_expr()


def spectral_barron(poly, *variables, order=1) -> Formula:
    """The spectral Barron constant of f(x) e^{−‖x‖²/2}.

    C_s = ∫ ‖w‖^s ‖F(w)‖ dw for the Fourier transform F, f(x) e^{−‖x‖²/2} = ∫ F(w) e^{i⟨w, x⟩} dw.

    Parameters
    ----------
    poly : Expr
        A polynomial f. A floating-point coefficient is the decimal that it prints.
    *variables : Symbol
        All coordinates of the space; by default the symbols by name.
    order : number
        s, rational and ≥ 0.

    Returns
    -------
    Formula
        Without arguments. Closed in one dimension for even and for odd f; in any for harmonic
        monomials, for those in two variables, and for all monomials if s is even. An integral in
        one variable where the modulus in the notes depends on ‖w‖ only, so always in one dimension.
        Other constants are known in `Float` arithmetic, for up to five variables that occur.

    Raises
    ------
    DomainError
        For bad variables, what is no polynomial in them with real coefficients, or a bad s.
    NotSupportedError
        If zeros of a polynomial are needed and its coefficients are not algebraic.

    Notes
    -----
    C_s = E[‖W‖^s ‖Σ_k (−i)^k :P_k:(W)‖] for W ~ N(0, I), with the homogeneous parts P_k of f and
    their Wick polynomials.

    References
    ----------
    A. R. Barron, "Universal approximation bounds for superpositions of a sigmoidal function", IEEE
    Trans. Inf. Theory 39 (1993).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, y = sympy.symbols("x y")
    >>> tc.relu.spectral_barron(x**2, x, order=0).expr
    2*sqrt(2)*exp(-1/2)/sqrt(pi)
    >>> tc.relu.spectral_barron(x * y, x, y).expr
    3*sqrt(2)/(2*sqrt(pi))
    >>> print(tc.relu.spectral_barron(x**2 + x, x).at(using=tc.Ball(20)))
    1.6007827873462898795 ± 3e-20
    """
    target, order = Target.of(poly, variables), read_power(order, "order")
    if not (order.is_Rational and order >= 0):
        allowed = "a rational number ≥ 0"
        raise DomainError(explain("order is outside its domain", got=order, allowed=allowed))
    if not target.polynomial:
        return Formula(f"C_{order}", S.Zero, reference=BARRON)
    waves = [Poly(0, *target.polynomial.gens)] * 2
    for k, part in target.parts.items():
        waves[k % 2] = waves[k % 2] + (-1) ** (k // 2) * wick_polynomial(_exactly(part))
    mean = modulus_mean(*waves, order, target.dimension)
    return Formula(f"C_{order}", mean, reference=BARRON)


def _exactly(polynomial: Poly) -> Poly:
    """With exact real coefficients."""
    coefficients = {alpha: exact(c, "a coefficient") for alpha, c in polynomial.as_dict().items()}
    return Poly.from_dict(coefficients, *polynomial.gens)


def f2_norm_squared(poly, *variables, bias=0) -> Formula:
    """The squared norm of f on the unit sphere in the space F₂ of ReLU networks.

    F₂ has the networks E_w h(w) max(⟨w, x⟩ − b, 0), w uniform on the sphere, with the norm of the
    smallest h in L²: it is the reproducing kernel Hilbert space of the random features.

    Parameters
    ----------
    poly : Expr
        A polynomial.
    *variables : Symbol
        All coordinates of the space, two or more; by default the symbols by name.
    bias : number or Expr
        b, in (−1, 1), the same for all neurons; may be symbolic.

    Returns
    -------
    Formula
        Σ_k ‖f_k‖²/λ_k(b)² with the harmonic parts f_k on the sphere, their norms in L², and the
        eigenvalues of `funk_hecke`. ∞ if f has a degree with λ_k(b) = 0, which neurons with this
        bias cannot see: without a bias an odd degree ≥ 3. Its ``note`` says which.

    Raises
    ------
    DomainError
        For bad variables, what is no polynomial in them, or a bias outside (−1, 1).

    References
    ----------
    F. Bach, "Breaking the curse of dimensionality with convex neural networks", J. Mach. Learn.
    Res. 18 (2017), appendix D.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x, y, z = sympy.symbols("x y z")
    >>> tc.relu.f2_norm_squared(x * y + 1, x, y, z).expr
    496/15
    >>> tc.relu.f2_norm_squared(x**3, x, y, z)
    Formula(F2() = oo (neurons of bias 0 cannot see harmonics of degree 3))
    >>> tc.relu.f2_norm_squared(x**3, x, y, z, bias="1/2").expr
    41890816/354375
    """
    target, bias = Target.of(poly, variables), as_bias(bias)
    d = target.dimension
    if d < 2:
        raise DomainError(
            explain("the sphere has no harmonics", got="one variable", allowed="two or more")
        )
    parts = target.on_sphere(target.polynomial)
    squares = {k: spherical_mean(part * part, d) for k, part in parts.items()}
    eigenvalues = {k: funk_hecke(d, k, bias) for k in squares}
    blind = [k for k, eigenvalue in eigenvalues.items() if eigenvalue.body == 0]
    note, total = "", oo
    if blind:
        degrees = ", ".join(map(str, blind))
        note = f"neurons of bias {bias} cannot see harmonics of degree {degrees}"
    else:
        total = sympy.Add(*(square / eigenvalues[k].body ** 2 for k, square in squares.items()))
    region = (bias > -1) & (bias < 1) if bias.free_symbols else None
    args = sorted(bias.free_symbols, key=str)
    return Formula("F2", total, args=args, domain=region, reference=CONVEX, note=note)


def r_norm(poly, x, domain=None) -> Formula:
    """The least Σ ‖a_i‖ ‖w_i‖ of ReLU networks Σ a_i max(w_i x − b_i, 0) + c that give f.

    Parameters
    ----------
    poly : Expr
        A polynomial f in one variable.
    x : Symbol
        The variable.
    domain : (a, b), optional
        The interval on which the network must be f; by default the whole line.

    Returns
    -------
    Formula
        A number. ∞ on the line for degrees ≥ 2, where f' is not bounded.

    Raises
    ------
    DomainError
        For what is no polynomial in x with real coefficients, or bad ends.

    Notes
    -----
    On the line the norm is max(∫ ‖f''‖, ‖f'(−∞) + f'(∞)‖). On an interval it is the least norm of a
    function on the line that is f there,

        max(V, (V + ‖f'(a) + f'(b)‖)/2)   with V = ∫_a^b ‖f''‖:

    a kink of size δ outside costs δ in the first term and may save δ in the second.

    References
    ----------
    P. Savarese, I. Evron, D. Soudry, N. Srebro, "How do infinite width bounded norm networks look
    in function space?", COLT 2019.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x")
    >>> tc.relu.r_norm(x**2, x, domain=(-1, 1)).expr
    4
    >>> tc.relu.r_norm(3 * x + 1, x).expr
    6
    >>> tc.relu.r_norm(x**2, x)
    Formula(R() = oo (f' is not bounded on the line))
    """
    slope = _exactly(Target.of(poly, (x,)).polynomial).diff()
    if domain is None:
        if slope.degree() > 0:
            note = "f' is not bounded on the line"
            return Formula("R", oo, reference=FUNCTION_SPACE, note=note)
        return Formula("R", 2 * abs(slope.as_expr()), reference=FUNCTION_SPACE)
    left, right = _ends(domain)
    curvature = slope.diff()
    turns = curvature.real_roots(multiple=False) if curvature.degree() > 0 else []
    inside = (x for x, _ in turns if left < x < right)
    slopes = [slope.eval(x) for x in (left, *inside, right)]
    variation = sympy.Add(*(abs(v - u) for u, v in itertools.pairwise(slopes)))
    whole = (variation + abs(slopes[0] + slopes[-1])) / 2
    return Formula("R", sympy.Max(variation, whole), reference=FUNCTION_SPACE)


def _ends(domain) -> tuple[Expr, Expr]:
    ends = sequence(domain, "an interval", allowed="(a, b)")
    if len(ends) != 2:
        raise DomainError(explain("not an interval", got=domain, allowed="(a, b)"))
    left, right = exact(ends[0], "a"), exact(ends[1], "b")
    if not left < right:
        raise DomainError(explain("not an interval", got=(left, right), allowed="a < b"))
    return left, right
