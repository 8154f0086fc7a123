"""Functions that are monotone in every argument, on balls of any width."""

from collections.abc import Callable, Sequence

from flint import arb, fmpq


def between_corners(context, function: Callable, args: Sequence, signs: Sequence[int]):
    """The hull of the values at two corners of a box: a function that rises with some arguments.

    Parameters
    ----------
    function : callable
        ``function(*args)`` of numbers without a radius.
    args : sequence
        Real numbers of the context.
    signs : sequence of int
        1 for an argument with which the function does not fall, −1 where it does not rise.
    """
    low, high = ([_end(context, x, way * s) for x, s in zip(args, signs, strict=True)]
                 for way in (-1, 1))  # fmt: skip
    if all(map(context.vanishes, (y - x for x, y in zip(low, high, strict=True)))):
        return function(*low)
    return context.hull(function(*low), function(*high))


def _end(context, x, sign: int) -> arb | fmpq:
    if isinstance(x, fmpq):
        return x
    x = context.real(x)
    return x.upper() if sign > 0 else x.lower()
