"""What real and complex balls share: integers among them, poles there, and functions with poles."""

import itertools

from flint import acb, arb, fmpq

from theorycalc.core.arithmetic.hypergeometric import surviving, terms

NAN = acb(arb.nan(), arb.nan())
# Sums and products of more terms are not written out.
LONGEST = 10_000


class NotHolomorphic(Exception):  # noqa: N818 - a signal, caught by the quadrature that asked
    """No branch of the integrand is holomorphic on the whole ball."""


def whole(x: arb):
    """The integer that a ball is known to be, or None: a ball around an integer need not be one."""
    return x.unique_fmpz() if x.is_exact() else None


def whole_real(x):
    """The integer that a real or complex ball is known to be, or None."""
    if isinstance(x, arb):
        return whole(x)
    return whole(x.real) if x.imag.is_zero() else None


def _is_pole(x) -> bool:
    """Whether a ball is one of the poles 0, −1, −2, … of Γ."""
    number = whole_real(x)
    return number is not None and number <= 0


def _hyper_flags(a: list, b: list) -> dict:
    """Which parameter differences of 2F1 are exact integers, though the parameters are rounded."""
    (a1, a2), (b1,) = a, b

    def integer(difference):
        return isinstance(difference, fmpq) and difference.q == 1

    return {
        "ab": integer(a1 - a2),
        "ac": integer(a1 - b1),
        "bc": integer(a2 - b1),
        "abc": integer(a1 + a2 - b1),
    }


def hyper(a: list, b: list, z, ball: type):
    """pFq(a; b; z) with real or complex balls."""
    # Arb bounds the terms that it leaves out by pairs of parameters in this order, and the last
    # upper one has only the 1 of n!: beside a large one it would add up hundreds of terms more
    a, b = (sorted(x, key=lambda y: ball(y).real.mid(), reverse=True) for x in (a, b))
    if any(map(_is_pole, map(ball, b))):
        return _polynomial([ball(x) for x in a], [ball(x) for x in b], ball(z))
    flags = _hyper_flags(a, b) if (len(a), len(b)) == (2, 1) else {}
    a, b, z = [ball(x) for x in a], [ball(x) for x in b], ball(z)
    match len(a), len(b):
        case 0, 1:
            return z.hypgeom_0f1(*b)
        case 1, 1:
            return z.hypgeom_1f1(*a, *b)
        case 2, 1:
            return z.hypgeom_2f1(*a, *b, **flags)
        case _:
            return z.hypgeom(a, b)


def _polynomial(a: list, b: list, z):
    """A series that ends before a lower parameter −k divides by 0; Arb may transform it."""
    ends = [-int(whole_real(x)) if _is_pole(x) else None for x in a]
    left = surviving(ends, [-int(whole_real(x)) if _is_pole(x) else None for x in b])
    if left is None:
        return NAN
    above, below = left
    last = min(ends[i] for i in above if ends[i] is not None)
    if last > LONGEST:
        return NAN
    a, b = [a[i] for i in above], [b[j] for j in below]
    one = type(z)(1)
    return sum(itertools.islice(terms(a, b, z, one), 1, last + 1), one)


def beta(a, b):
    """B(a, b) of real or complex balls."""
    return a.gamma() * b.gamma() * (a + b).rgamma()


def zeta(s, a=None):
    """ζ(s) or ζ(s, a) of real or complex balls."""
    if a is None:
        return s.zeta()
    # a pole, at which Arb tries for long, unless it is a Bernoulli polynomial
    return NAN if _is_pole(a) and not _is_pole(s) else s.zeta(a)


def polygamma(order, z):
    """ψ^(order)(z), undefined at poles."""
    return NAN if _is_pole(z) else z.polygamma(order)  # Arb does not return for some orders
