"""Where an integral may be cut off."""

from collections.abc import Callable, Iterable


def cut_off(context, bound: Callable, places: Iterable, most=None) -> tuple | None:
    """(the first place beyond which an integral is surely small, the bound on it there), or None.

    Parameters
    ----------
    bound : callable
        ``bound(place)`` is at least the modulus of the integral beyond a place.
    places : iterable
        Numbers of the context, outwards.
    most : number of the context, optional
        What the bound has to be below; without it, the working precision.
    """
    for place in places:
        lost = bound(place)
        if context.negligible(lost) if most is None else context.compare("<", lost, most):
            return place, lost
    return None
