"""Closed forms in the degree k of the raw Hermite coefficients of a term.

A term zⁿφ needs those of φ at k − n, k − n + 2, …, k + n; the forms hold for k > n.
"""

from collections.abc import Callable

import sympy
from sympy import Expr, S, erfc, exp, factorial2, hermite_prob, pi, sqrt

from theorycalc.hermite.terms import Term

J = sympy.Symbol("j", integer=True, nonnegative=True)


def beyond(term: Term, k: Expr, parity: int) -> Expr | None:
    """C_k of a term for k > power of a given parity (0 even, 1 odd), or None.

    Of two conjugate terms the one with Im(rate) > 0 stands for both.
    """
    if term.is_polynomial or sympy.im(term.rate) < 0:
        return S.Zero
    shifts = _shifts(term.power, k)
    for family in (_double_factorials, _powers, _single):
        found = family(term, shifts, k, parity)
        if found is not None:
            return found
    return None


def _shifts(n: int, k: Expr) -> dict[int, Expr]:
    """C_k(zⁿφ) = Σ_j p_j C_{k+j}(φ), from C_k(zφ) = C_{k+1}(φ) + k C_{k−1}(φ)."""
    shifts = {0: S.One}
    degree = sympy.Dummy("k")
    for _ in range(n):
        following: dict[int, Expr] = {}
        for j, p in shifts.items():
            above, below = p.subs(degree, degree + 1), degree * p.subs(degree, degree - 1)
            following[j + 1] = following.get(j + 1, S.Zero) + above
            following[j - 1] = following.get(j - 1, S.Zero) + below
        shifts = following
    return {j: sympy.expand(p).subs(degree, k) for j, p in shifts.items()}


def normal_density(b: Expr) -> Expr:
    """Density of N(0, 1)."""
    return exp(-(b**2) / 2) / sqrt(2 * pi)


def _double_factorials(term: Term, shifts: dict, k: Expr, parity: int) -> Expr | None:
    """Terms with C_{2m+δ} = c x^m (2m − 1)!! and no others: even or odd ones."""
    n, sigma = term.power, term.slope
    if term.rate != 0:
        return None
    if term.threshold is None and sigma is None:
        square = 1 / (1 + 2 * term.decay)
        constant, x, delta = sqrt(square), square - 1, 0
    elif term.threshold is None and term.offset == term.decay == 0:
        square = 1 + 2 * sigma**2
        constant, x, delta = 2 * sigma / sqrt(pi * square), -2 * sigma**2 / square, 1
    elif term.threshold == term.decay == 0 and sigma is None:
        constant, x, delta = 1 / sqrt(2 * pi), S.NegativeOne, 1
    else:
        return None
    if (parity - n - delta) % 2:
        return S.Zero
    start = k - n - delta
    factor = sum(
        p * x ** ((j + n) // 2) * sympy.Mul(*(start + 1 + 2 * i for i in range((j + n) // 2)))
        for j, p in shifts.items()
    )
    common = constant * x ** (start / 2) * factorial2(start - 1)
    return term.coefficient * common * sympy.factor(factor)


def _powers(term: Term, shifts: dict, k: Expr, parity: int) -> Expr | None:
    """Exponentials and trigonometric functions: C_k = a^k e^{a²/2}."""
    if term.decay != 0 or term.threshold is not None or term.slope is not None:
        return None
    n, a = term.power, term.rate
    real, imaginary = a.as_real_imag()
    if imaginary == 0:
        factor = sympy.factor(sum(p * a ** (j + n) for j, p in shifts.items()))
        return term.coefficient * exp(a**2 / 2) * a ** (k - n) * factor
    if real == 0:
        w = imaginary
        factor = sympy.factor(sum(p * (-(w**2)) ** ((j + n) // 2) for j, p in shifts.items()))
        weight = _turn(term.coefficient * sympy.I ** (-n), k, parity)
        return weight * exp(-(w**2) / 2) * w ** (k - n) * factor
    return _spiral(term, shifts, k)


def _spiral(term: Term, shifts: dict, k: Expr) -> Expr:
    """2 Re(coefficient e^{a²/2} a^{k−n} Σ p_j a^{n+j}) for complex a."""
    n, a, degree = term.power, term.rate, sympy.Dummy("k", real=True)
    factor = sum(p.subs(k, degree) * a ** (j + n) for j, p in shifts.items())
    weight = sympy.expand(term.coefficient * exp(a**2 / 2) * factor, complex=True)
    real, imaginary = weight.as_real_imag()
    angle = sympy.arg(a) * (degree - n)
    wave = sympy.cos(angle) * real - sympy.sin(angle) * imaginary
    return 2 * sympy.Abs(a) ** (k - n) * wave.subs(degree, k)


def _turn(coefficient: Expr, k: Expr, parity: int) -> Expr:
    """2 Re(coefficient · i^k)."""
    half = (k - parity) / 2
    return (-1) ** half * 2 * sympy.re(coefficient * sympy.I**parity)


def _single(term: Term, shifts: dict, k: Expr, parity: int) -> Expr | None:
    """Terms whose C_k is one Hermite polynomial, or one finite sum, in k."""
    form = _turned_bell(term) or _form(term)
    if form is None:
        return None
    return sum(p * form(k + j, (parity + j) % 2) for j, p in shifts.items())


def _turned_bell(term: Term) -> Callable | None:
    """e^{iwz − gz²}: s e^{−s²w²/2} r^k He_k(iy), y = s²w/r, i^{−k} He_k(iy) a positive sum."""
    real, w = term.rate.as_real_imag()
    if w == 0 or real != 0 or not term.decay.is_positive:
        return None
    if term.threshold is not None or term.slope is not None:
        return None
    square = 1 / (1 + 2 * term.decay)
    r = sqrt(1 - square)
    y = square * w / r
    weight = sqrt(square) * exp(-square * w**2 / 2)

    def form(k, parity):
        falling = sympy.factorial(k) / (2**J * sympy.factorial(J) * sympy.factorial(k - 2 * J))
        positive = sympy.Sum(falling * y ** (k - 2 * J), (J, 0, (k - parity) / 2))
        return _turn(term.coefficient, k, parity) * weight * r**k * positive

    return form


def _form(term: Term) -> Callable | None:
    """k ↦ C_k/coefficient of the term without its power, for k ≥ 1; for real rates."""
    a, g, b, sigma = term.rate, term.decay, term.threshold, term.slope
    c = term.coefficient
    if a.as_real_imag()[1] != 0:
        return None
    if b is None and sigma is not None and a == g == 0:
        root = sqrt(1 + 2 * sigma**2)
        q, beta = sqrt(2) * sigma / root, sqrt(2) * term.offset / root
        return lambda k, parity: (
            -2 * c * (-q) ** k * hermite_prob(k - 1, beta) * normal_density(beta)
        )
    if b is None and sigma is None and g.is_positive:
        square = 1 / (1 + 2 * g)
        r = sqrt(1 - square)
        weight = sqrt(square) * exp(square * a**2 / 2)
        return lambda k, parity: c * weight * r**k * hermite_prob(k, square * a / r)
    if b is not None and sigma is None and a == g == 0:
        return lambda k, parity: c * hermite_prob(k - 1, b) * normal_density(b)
    if b is not None and sigma is None and g == 0:
        first = exp(a**2 / 2) * erfc((b - a) / sqrt(2)) / 2
        jump = exp(a * b) * normal_density(b)
        return lambda k, parity: c * (a**k * first + jump * _hermite_sum(a, b, k, parity))
    return None


def _hermite_sum(a: Expr, b: Expr, k: Expr, parity: int) -> Expr:
    """Σ_{i<k} a^{k−1−i} He_i(b)."""
    if b != 0:
        return sympy.Sum(a ** (k - 1 - J) * hermite_prob(J, b), (J, 0, k - 1))
    # SymPy 1.14 has hermite_prob(n, 0) wrong for symbolic n; odd ones are zero
    value = (-1) ** J * factorial2(2 * J - 1)
    return sympy.Sum(a ** (k - 1 - 2 * J) * value, (J, 0, (k - 2 + parity) / 2))
