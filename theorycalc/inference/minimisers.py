"""Where a loss without a ridge has one minimiser: beyond what its flat parts can take."""

import sympy
from sympy import Expr, Rational, S, oo, sqrt

from theorycalc.core.errors import DomainError, NotSupportedError, explain, shown
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_short
from theorycalc.inference.losses import Piece, pieces
from theorycalc.inference.losses_in_doubles import interpolation
from theorycalc.inference.solving.crossing import extremum
from theorycalc.inference.solving.line import normal_density, normal_law


def separability(mean=1) -> Formula:
    """α below which a mixture of two Gaussian laws is linearly separable.

    Parameters
    ----------
    mean : number
        |μ|² ≥ 0.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.separability(1).at())
    3.70003345568568 ± 9e-15
    """
    mean = exact_short(mean, "mean")
    if not mean >= 0:
        raise DomainError(explain("the square of a norm", got=mean, allowed="≥ 0"))
    if mean == 0:
        return Formula("alpha_sep", S(2))
    a = sympy.Symbol("a", positive=True)
    k = a * sqrt(mean / (1 + a**2))
    f = (1 + a**2) * ((1 + k**2) * normal_law(-k) - k * normal_density(k))
    return Formula("alpha_sep", 1 / extremum(f, a, Rational(1, 10**6), 40 + sqrt(mean), -1))


def check_one_minimiser(law: Expr, alpha: Expr, teacher: str, mean: Expr, noise: tuple) -> None:
    """Refuse fewer samples than a loss without a ridge needs for one minimiser.

    The noise of a linear teacher is given by its (weight, mean, variance).

    Raises
    ------
    DomainError
        For separable labels, interpolated numbers, and a loss that w = 0 minimises.
    NotSupportedError
        For labels and a loss that is flat on an interval: what is needed is not known.
    """
    least = _least(pieces(law), teacher, mean, noise)
    if not float(alpha) > least:
        hint, allowed = "ridge > 0", f"alpha > {shown(least)}"
        reason = "separable" if teacher != "linear" and least != 1 else "interpolated"
        what = f"no single minimiser: {reason} data without a ridge"
        raise DomainError(explain(what, got=f"alpha = {alpha}", allowed=allowed, hint=hint))


def check_labels(law: Expr) -> None:
    """Refuse a loss of labels that w = 0 minimises, with a ridge or without.

    Raises
    ------
    DomainError
        Where 0 is a minimum of the loss.
    """
    parts = pieces(law)
    below = next(piece.at(S.Zero) for piece in parts if piece.right >= 0)
    above = next(piece.at(S.Zero) for piece in reversed(parts) if piece.left <= 0)
    if below <= 0 <= above:
        hint = "a loss that falls at 0"
        raise DomainError(explain("w = 0 minimises this loss", got=law, hint=hint))


def _least(parts: tuple[Piece, ...], teacher: str, mean: Expr, noise: tuple) -> float:
    """α above which there is one minimiser."""
    coercive = parts[0].at(-oo) < 0 < parts[-1].at(oo)
    level = next(((piece.left, piece.right) for piece in parts if piece.slope == 0), None)
    if coercive and level is None:
        return 1.0  # as many equations as unknowns
    if teacher == "linear":
        # half of the residuals have the sign for which the loss falls for ever
        if level is None:
            return 2.0
        rows = [tuple(map(float, row)) for row in noise]
        return interpolation(*map(float, level), rows)
    if coercive:
        hint = "ridge > 0"
        raise NotSupportedError(explain("labels on a flat part of a loss", got=level, hint=hint))
    return float(oo) if teacher == "sign" else float(separability(mean).at().upper)
