"""Special functions in doubles by mpmath."""

from theorycalc.core.arithmetic.mp_context import MPContext


def in_mp_twice(call, args) -> tuple[float, float]:
    """(value, error) of a special function at mpmath numbers, from two precisions."""
    coarse, fine = (
        float(call.in_mp(context, *map(context.mp.mpf, args)))
        for context in (MPContext(80), MPContext(160))
    )
    return fine, abs(fine - coarse) + abs(fine) * 2.0**-53  # and the rounding to double
