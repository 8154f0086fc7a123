"""Activations with algebraic and logarithmic points: w^p (log w)^m where w = ±(z − b) > 0.

Derivatives of E φ(Z + t) in t give all coefficients (DLMF §12.5 and §12.7): for p > −1

    E[(Z − b)_+^p He_k(Z)] = Γ(p + 1) n(b) He_{k−p−1}(b)

with the Hermite function He_ν of any degree ν. Logarithms are derivatives in p; exponentials and
Gaussians move and scale Z, and the addition theorem of He_k follows.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import sympy
from sympy import Expr, S, gamma, pi, sqrt

from theorycalc.activations import Activation, z
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.integration.kinks import is_whole, singular_bases
from theorycalc.hermite.closed import J


@dataclass(frozen=True)
class SingularPower:
    """weight · w^power · (log w)^logs · e^(rate·z − decay·z²) where w = side·(z − threshold) > 0.

    It is 0 elsewhere. With logarithms threshold, rate and decay are 0.
    """

    threshold: Expr
    side: int
    power: Expr
    logs: int = 0
    rate: Expr = S.Zero
    decay: Expr = S.Zero
    weight: Expr = S.One

    @property
    def expr(self) -> Expr:
        """The function where w > 0."""
        w = self.side * (z - self.threshold)
        bell = sympy.exp(self.rate * z - self.decay * z**2)
        return self.weight * w**self.power * sympy.log(w) ** self.logs * bell

    @property
    def last(self) -> int:
        """`raw_beyond` holds for degrees above."""
        return int(sympy.floor(self.power)) if self.logs else -1

    def raw(self, k: int) -> Expr:
        """E[φ(Z) He_k(Z)] for an integer k."""
        if k > self.last:
            return self.raw_beyond(S(k), k % 2)
        p = sympy.Dummy("p")
        found = _moment(p, S(k), S.Zero).diff(p, self.logs).subs(p, self.power)
        return self.side**k * self.weight * found

    def raw_beyond(self, k: Expr, parity: int) -> Expr:
        """The same for any k > last of the given parity (0 even, 1 odd)."""
        if self.logs:
            found = self._reflected(k, parity)
        elif self.rate == self.decay == 0:
            found = _moment(self.power, k, self.side * self.threshold)
        else:
            found = self._moved(k, parity)
        return self.side**parity * self.weight * found

    def _reflected(self, k: Expr, parity: int) -> Expr:
        """1/Γ(1 − x) = Γ(x) sin(πx)/π: derivatives have no poles in x = (k − p)/2 > 0."""
        p = sympy.Dummy("p")
        x = (k - p) / 2
        form = 2 ** (x - 1) * gamma(p + 1) * gamma(x) / pi
        half, angle = (k - parity) / 2, pi * (parity - self.power) / 2
        total = S.Zero
        for i in range(self.logs + 1):
            # d/dp of a sine of πx is −(π/2) times that of an angle further by π/2
            wave = (-pi / 2) ** i * sympy.sin(angle + i * pi / 2)
            rest = form.diff(p, self.logs - i).subs(p, self.power)
            total += sympy.binomial(self.logs, i) * rest * wave
        return (-1) ** half * total

    def _moved(self, k: Expr, parity: int) -> Expr:
        """The bell makes Z a variable sY + m: He_k(sY + m) is a sum over the He_j(Y)."""
        a, b, p = self.side * self.rate, self.side * self.threshold, self.power
        square = 1 / (1 + 2 * self.decay)
        s, m, r = sqrt(square), square * a, sqrt(1 - square)
        scale = s ** (p + 1) * sympy.exp(m * a / 2)
        if m == 0:
            j = k - 2 * J
            odd_free = (-1) ** J * r ** (2 * J) * sympy.factorial2(2 * J - 1)
            last = (k - parity) / 2
        else:
            j, last = k - J, k
            odd_free = r**J * sympy.hermite_prob(J, m / r) if r != 0 else m**J
        term = sympy.binomial(k, j) * s**j * _moment(p, j, (b - m) / s) * odd_free
        return scale * sympy.Sum(term, (J, 0, last))


def _moment(p: Expr, k: Expr, b: Expr) -> Expr:
    """E[(Z − b)_+^p He_k(Z)], the Hermite function by its even and odd parts in b."""
    even = _confluent((k - p) / 2, S.Half, b) / gamma((p - k) / 2 + 1)
    odd = sqrt(2) * b * _confluent((k - p + 1) / 2, S(3) / 2, b) / gamma((p - k + 1) / 2)
    scale = 2 ** ((k - p) / 2 - 1) * gamma(p + 1)
    return scale * even - scale * odd


def _confluent(a: Expr, c: Expr, b: Expr) -> Expr:
    return S.One if b == 0 else sympy.hyper((a,), (c,), -(b**2) / 2)


@lru_cache(maxsize=512)
def split(activation: Activation) -> tuple[tuple[SingularPower, ...], Activation]:
    """An activation as singular powers, whose coefficients are closed, and the rest.

    Raises
    ------
    DomainError
        If the activation is not integrable at a point.
    """
    if not singular_bases(activation.expr, z):
        return (), activation
    pieces = [_sorted(*piece) for piece in activation.pieces]
    powers = []
    for key in dict.fromkeys(key for found, _ in pieces for key in found):
        weight = _weight(key, activation, [found.get(key, S.Zero) for found, _ in pieces])
        if weight is not None:
            powers.append(replace(key, weight=weight))
    keys = {replace(power, weight=S.One) for power in powers}
    rests = [
        rest + sum(weight * key.expr for key, weight in found.items() if key not in keys)
        for found, rest in pieces
    ]
    return tuple(powers), Activation(_joined(rests, activation.kinks), symbol=z)


def _sorted(left: Expr, right: Expr, expr: Expr) -> tuple[dict[SingularPower, Expr], Expr]:
    """One piece as singular powers with their weights, and the rest of it."""
    if not singular_bases(expr, z):
        return {}, expr
    found: dict[SingularPower, Expr] = {}
    rest = S.Zero
    for product in sympy.Add.make_args(sympy.expand(expr)):
        powers = _read(product, left, right)
        if powers is None:
            rest += product
            continue
        for power in powers:
            key = replace(power, weight=S.One)
            found[key] = found.get(key, S.Zero) + power.weight
    return {key: weight for key, weight in found.items() if weight != 0}, rest


def _read(product: Expr, left: Expr, right: Expr) -> list[SingularPower] | None:
    """c z^n w^p (log w)^m e^{az − gz²} as powers of w = ±(z − b) alone, or None if it is not one.

    w is positive between ``left`` and ``right``.
    """
    weight, n, p, logs, points, exponent = S.One, 0, S.Zero, [], set(), S.Zero
    for factor in sympy.Mul.make_args(product):
        base, e = factor.as_base_exp()
        is_log = isinstance(base, sympy.log)
        line = _line(base.args[0] if is_log else base, left, right)
        if z not in factor.free_symbols:
            weight *= factor
        elif z not in base.free_symbols:
            exponent += e * sympy.log(base)
        elif base == z and is_whole(e):
            n += int(e)
        elif line is None or z in e.free_symbols or not (line.scale > 0 or e.is_integer):
            return None
        elif is_log:
            logs += [line] * int(e)
            points.add((line.point, line.side))
        else:
            weight, p = weight * line.scale**e, p + line.power * e
            points.add((line.point, line.side))
    bell = _bell(exponent)
    if len(points) != 1 or bell is None:
        return None
    ((b, side),) = points
    constant, rate, decay = bell
    if logs and not b == rate == decay == 0:
        return None
    # z^n = (b ± w)^n
    whole = [(i, sympy.binomial(n, i) * b ** (n - i) * side**i) for i in range(n + 1)]
    return [
        SingularPower(b, side, p + i, j, rate, decay, constant * weight * c * scale)
        for i, c in whole
        if c != 0
        for j, scale in _powers_of_logs(logs)
    ]


class _Line(NamedTuple):
    """scale · w^power with w = side·(z − point)."""

    scale: Expr
    power: int
    point: Expr
    side: int


def _line(base: Expr, left: Expr, right: Expr) -> _Line | None:
    """A base as a multiple of a power of w > 0 between ``left`` and ``right``."""
    polynomial = base.as_poly(z)
    degree = 0 if polynomial is None else polynomial.degree()
    if degree < 1:
        return None
    point = -polynomial.nth(degree - 1) / (degree * polynomial.LC())
    if not (polynomial - polynomial.LC() * sympy.Poly(z - point, z) ** degree).is_zero:
        return None
    side = 1 if point <= left else -1
    return _Line(polynomial.LC() * side**degree, degree, point, side)


def _bell(exponent: Expr) -> tuple[Expr, Expr, Expr] | None:
    """(e^c, a, g) of an exponent c + az − gz² with g ≥ 0, or None."""
    polynomial = sympy.expand(exponent).as_poly(z) if exponent != 0 else sympy.Poly(0, z)
    if polynomial is None or polynomial.degree() > 2:
        return None
    square, rate, constant = (polynomial.coeff_monomial(m) for m in (z**2, z, 1))
    return (sympy.exp(constant), rate, -square) if square.is_nonpositive else None


def _powers_of_logs(lines: list[_Line]) -> list[tuple[int, Expr]]:
    """(m, weight) of the powers of log w in a product of logarithms."""
    x = sympy.Dummy("x")
    product = sympy.Mul(*(line.power * x + sympy.log(line.scale) for line in lines))
    return [(m, c) for (m,), c in sympy.Poly(product, x).terms()]


def _weight(key: SingularPower, activation: Activation, weights: list) -> Expr | None:
    """Of a power in all pieces on its side of its point and in no other, its weight, or None.

    Raises
    ------
    DomainError
        If it is not integrable there.
    """
    inside = [
        weight
        for (left, right, _), weight in zip(activation.pieces, weights, strict=True)
        if (left >= key.threshold if key.side > 0 else right <= key.threshold)
    ]
    if key.threshold not in activation.kinks or len(set(inside)) != 1:
        return None
    if weights.count(S.Zero) != len(weights) - len(inside):
        return None
    if not key.power > -1:
        raise DomainError(
            explain(
                "the Gaussian expectation does not exist",
                got=f"the power {key.power} of {key.side * (z - key.threshold)}",
                allowed="powers > −1",
            )
        )
    return inside[0]


def _joined(parts: list, kinks: tuple) -> Expr:
    """The function with these pieces between the kinks."""
    if all(part == parts[0] for part in parts):
        return parts[0]
    conditions = [z < kink for kink in kinks]
    return sympy.Piecewise(*zip(parts, [*conditions, True], strict=True))
