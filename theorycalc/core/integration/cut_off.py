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


def last_place(holds: Callable, known: float, other: float, halvings: int = 60) -> float:
    """Where a condition still holds, on the way from where it does to where it does not."""
    for _ in range(halvings):
        middle = (known + other) / 2
        known, other = (middle, other) if holds(middle) else (known, middle)
    return known
