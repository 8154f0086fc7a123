"""Scaled error functions in mpmath numbers."""

# What the difference 1 − erf of a complex number may lose beyond the rounding of its square.
_GUARD_BITS = 20


def erfcx(context, x):
    """exp(x²) erfc(x), without the two factors where they are very large and small."""
    mp = context.mp
    if mp.re(x) >= 0 and abs(x) ** 2 > mp.prec:
        return _far_out(mp, x)
    with mp.workprec(mp.prec + _more_bits(mp, x)):
        return mp.exp(x * x) * mp.erfc(x)


def log_erfc(context, x):
    """log erfc(x)."""
    mp = context.mp
    with mp.workprec(mp.prec + _more_bits(mp, x)):
        if mp.re(x) >= 0 and abs(x) > 0.5:
            return mp.log(erfcx(context, x)) - x * x
        return mp.log1p(-mp.erf(x))


def log_ndtr(context, x):
    """log Φ(x)."""
    mp = context.mp
    with mp.workprec(mp.prec + _more_bits(mp, x)):
        u = x / mp.sqrt(2)
        if mp.re(x) > 0:
            return mp.log1p(-mp.erfc(u) / 2)
        return mp.log(erfcx(context, -u) / 2) - x * x / 2


def _more_bits(mp, x) -> int:
    """What the square in an exponential loses."""
    return _GUARD_BITS + max(0, 2 * mp.mag(x)) if x else 0


def _far_out(mp, x):
    """Σ (−1)^k (1/2)_k x^(−2k) / (x √π) (DLMF 7.12.1): the least term is below the precision."""
    total = term = mp.one
    k, step = 0, -1 / (mp.mpf(2) * x * x)
    while abs(term) > mp.eps:
        term = term * (2 * k + 1) * step
        total, k = total + term, k + 1
    return total / (x * mp.sqrt(mp.pi))
