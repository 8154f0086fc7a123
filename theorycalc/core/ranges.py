"""Enclosures of all values of a formula over a box."""

from itertools import pairwise, product

import mpmath
import sympy

from theorycalc.core.arithmetic import Ball
from theorycalc.core.binary import between
from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.evaluation import check_arithmetic, evaluate
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact
from theorycalc.core.value import Rigor, Value

# A box is cut into so many pieces altogether, or a few more.
_PIECES = 64


class Ranges:
    """What values a `Formula` takes."""

    def range(self, using=Ball(10), **boxes) -> Value:
        """An enclosure of all values over a box: intervals of arguments, numbers for the others.

        The box is cut into pieces, each of which is a parameter with a radius. The result holds all
        values, and as a rule a little more.

        Parameters
        ----------
        using : Float, MP or Ball
            The arithmetic.
        **boxes
            A pair (low, high) of exact numbers for an argument, or a number.

        Returns
        -------
        Value
            Its ``lower`` and ``upper`` enclose the values.

        Raises
        ------
        DomainError
            For an empty interval, or parameters that `at` refuses.
        PrecisionError
            If there is no finite enclosure.

        Examples
        --------
        >>> import theorycalc as tc
        >>> values = tc.kernels.arc_cosine(1).range(rho=("-1/2", "1/2"))
        >>> print(values.contains("0.11"), values.contains("0.6"), values.contains("0.65"))
        True True False
        """
        check_arithmetic(using)
        wide = [name for name, box in boxes.items() if isinstance(box, tuple | list)]
        each = round(_PIECES ** (1 / max(1, len(wide))))
        parts = [_pieces(name, boxes[name], each) for name in wide]
        fixed = {name: box for name, box in boxes.items() if name not in wide}
        values = [
            self.at(using=using, **fixed, **dict(zip(wide, piece, strict=True)))
            for piece in product(*parts)
        ]
        if not wide:
            return values[0]
        mid, rad = between(min(v.lower for v in values), max(v.upper for v in values))
        rigor = min(Rigor.CERTIFIED, *(v.rigor for v in values))
        return Value(mid=mid, rad=rad, rigor=rigor, using=using, reference=self.reference)


def _pieces(name: str, box: tuple, count: int) -> list:
    """Intervals that cover a box."""
    if len(box) != 2:
        raise DomainError(explain(f"{name} is no interval", got=shown(box), allowed="(low, high)"))
    low, high = (exact(end, name) for end in box)
    if not low < high:
        raise DomainError(explain(f"{name}: an empty interval", got=shown(box)))
    ends = [_interval(low + (high - low) * sympy.Rational(k, count)) for k in range(count + 1)]
    return [mpmath.iv.mpf([left.a, right.b]) for left, right in pairwise(ends)]


def _interval(x: sympy.Expr):
    """An interval around a number."""
    value = evaluate(lower(x, ()), {}, Ball(17))
    return mpmath.iv.mpf([value.lower, value.upper])
