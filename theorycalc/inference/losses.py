"""Convex losses, smooth or with kinks, and what their proximal operator does."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import sympy
from sympy import Expr, S, exp, log, oo

from theorycalc.core.errors import DomainError, explain, shown, unknown_name
from theorycalc.core.expressions import polynomial_expression, real_expression
from theorycalc.core.integration.kinks import between, branch_at, kinks
from theorycalc.core.looks import Shown
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact_short
from theorycalc.core.program import Program
from theorycalc.core.records import instance
from theorycalc.inference import losses_in_doubles
from theorycalc.inference.solving.prox import Prox

X = sympy.Symbol("x", real=True)
# The argument of the proximal operator, and its strength.
OMEGA = sympy.Symbol("omega", real=True)
V = sympy.Symbol("V", positive=True)
_R = sympy.Symbol("r", real=True)
_LOGISTIC = log(1 + exp(-X))
# Of ±1 and a prediction h, y − h and 1 − yh are the same up to the sign.
_MARGIN = {"square": (1 - X) ** 2 / 2, "logistic": _LOGISTIC, "hinge": sympy.Max(0, 1 - X)}
_PARAMETERS = {"huber": "threshold", "quantile": "level", "epsilon_insensitive": "width"}
_RESIDUAL = ("square", "absolute", *_PARAMETERS)
_NAMES = tuple(dict.fromkeys((*_MARGIN, *_RESIDUAL)))


class Piece(NamedTuple):
    """An interval on which a loss is smooth, and its slope there, in ``X``."""

    left: Expr
    right: Expr
    slope: Expr

    @property
    def affine(self) -> bool:
        """Whether the loss is a parabola or a straight line."""
        return not sympy.diff(self.slope, X).free_symbols

    def at(self, place: Expr) -> Expr:
        """The slope, at an infinite end its limit or a number of the same sign."""
        if place.is_finite:
            return self.slope.subs(X, place)
        if self.affine:
            bend = sympy.diff(self.slope, X)
            return bend * place if bend else self.slope
        sign = 1 if place == oo else -1
        return sympy.Float(losses_in_doubles.at_infinity(_program(self.slope), sign))


class Move(NamedTuple):
    """−l' and l''/(1 + V l'') at the prox of ω, kinks in ω, and a bound A + B ω² of all of them.

    Also of the square of the first. The bound is infinite where none is known.
    """

    push: Expr
    stiffness: Expr
    kinks: tuple
    bound: tuple


@dataclass(frozen=True)
class Loss(Shown):
    """A convex loss of the margin yh of labels ±1, or of the residual y − h.

    Parameters
    ----------
    expr : Expr
        In one symbol, the margin.
    residual : Expr, optional
        In one symbol, the residual; without it the loss is one of labels only.
    name : str, optional

    Raises
    ------
    DomainError
        For a loss that is not convex, jumps, is constant, or has other symbols.
    """

    expr: Expr
    residual: Expr | None = None
    name: str = ""

    def __post_init__(self):
        expr = _in_x(self.expr)
        residual = None if self.residual is None else _in_x(self.residual)
        name = instance(self.name, str, "a name") or str(expr)
        for key, x in {"expr": expr, "residual": residual, "name": name}.items():
            object.__setattr__(self, key, x)

    def of(self, teacher: str) -> Expr:
        """In ``X``, the margin, or the residual of a linear teacher."""
        if teacher != "linear":
            return self.expr
        if self.residual is None:
            hint = "a loss of the residual, such as 'square', or a teacher with labels"
            raise DomainError(explain("a loss of labels ±1", got=self.name, hint=hint))
        return self.residual

    def _repr_latex_(self):
        return rf"$\text{{{self}}}$"

    def __str__(self):
        return self.name


def _in_x(law) -> Expr:
    """A convex function in ``X``."""
    law = real_expression(polynomial_expression(law, "a loss"), "a loss")
    if len(law.free_symbols) != 1:
        raise DomainError(explain("a loss of one number", got=law, allowed="one symbol"))
    law = law.subs(next(iter(law.free_symbols)), X)
    pieces(law)
    return law


def loss(law, parameter=None) -> Loss:
    """A convex loss by its name, or any convex expression in one symbol.

    Parameters
    ----------
    law : str, Expr or Loss
        Of the margin h: ``"logistic"`` log(1 + e^−h), ``"hinge"`` max(0, 1 − h). Of the residual
        r, which of labels is 1 − h: ``"square"`` r²/2, ``"absolute"`` |r|, ``"huber"`` r²/2 for
        |r| ≤ k and k|r| − k²/2 beyond, ``"quantile"`` max(τr, (τ − 1)r), ``"epsilon_insensitive"``
        max(0, |r| − ε). Or an expression in one symbol, with any kinks: `Abs`, `Max`, `Piecewise`.
    parameter : number
        k > 0 of ``"huber"``, τ in (0, 1) of ``"quantile"``, ε ≥ 0 of ``"epsilon_insensitive"``.

    Returns
    -------
    Loss

    Raises
    ------
    DomainError
        For an unknown name, a parameter that does not belong to it, or what is not convex.

    Examples
    --------
    >>> import theorycalc as tc
    >>> huber = tc.inference.loss("huber", "1/2")
    >>> found = tc.inference.erm(huber, 3, "1/10", teacher="linear", noise=1)
    >>> print(found.error().at())
    1.4615455973750 ± 6e-14
    """
    if not isinstance(law, str):
        _no_parameter("a loss without a name", parameter)
        allowed = f"{', '.join(_NAMES)}, a Loss, an expression"
        instance(law, Expr | Loss, "a loss", allowed=allowed)
        return law if isinstance(law, Loss) else Loss(law, law)
    if law not in _NAMES:
        raise unknown_name("loss", law, _NAMES)
    if law not in _RESIDUAL:
        _no_parameter(law, parameter)
        return Loss(_MARGIN[law], None, law)
    of_residual, name = _of_residual(law, parameter)
    return Loss(of_residual.subs(_R, 1 - X), of_residual.subs(_R, X), name)


def _no_parameter(law: str, parameter) -> None:
    if parameter is not None:
        raise DomainError(explain(f"{law} has no parameter", got=shown(parameter)))


def _of_residual(law: str, parameter) -> tuple[Expr, str]:
    """In the residual, and what it is called."""
    if law not in _PARAMETERS:
        _no_parameter(law, parameter)
        return (_R**2 / 2 if law == "square" else sympy.Abs(_R)), law
    x, what = exact_short(parameter, f"the {_PARAMETERS[law]} of {law}"), _PARAMETERS[law]
    ranges = {"huber": (x > 0, "> 0"), "quantile": (0 < x < 1, "in (0, 1)")}
    inside, allowed = ranges.get(law, (x >= 0, "≥ 0"))
    if not inside:
        raise DomainError(explain(f"the {what} of {law}", got=x, allowed=allowed))
    size = sympy.Abs(_R)
    laws = {
        "huber": sympy.Piecewise((_R**2 / 2, size <= x), (x * size - x**2 / 2, True)),
        "quantile": sympy.Max(x * _R, (x - 1) * _R),
        "epsilon_insensitive": sympy.Max(0, size - x),
    }
    return laws[law], f"{law}({x})"


@lru_cache(maxsize=256)
def pieces(expr: Expr) -> tuple[Piece, ...]:
    """The smooth pieces of a convex function of ``X``, from left to right.

    Raises
    ------
    DomainError
        For a function that is not convex, not continuous, or constant.
    """
    # the slope of log(1 + e^−x) without the quotient of two large exponentials
    if expr == _LOGISTIC:
        return (Piece(-oo, oo, -1 / (1 + exp(X))),)
    found, values = [], []
    for left, inside, right in between(kinks(expr, X)):
        branch = branch_at(expr, X, inside)
        piece = Piece(left, right, sympy.diff(branch, X))
        if not _is_convex(branch, piece):
            raise DomainError(explain("a loss that is not convex", got=expr))
        found.append(piece)
        values.append(branch)
    for i, piece in enumerate(found[1:]):
        place = piece.left
        jump = (values[i + 1] - values[i]).subs(X, place)
        bend = piece.at(place) - found[i].at(place)
        if not _is_zero(jump):
            raise DomainError(explain(f"a loss that jumps at {place}", got=expr))
        if not (_is_zero(bend) or bend > 0):
            raise DomainError(explain(f"a loss that is not convex at {place}", got=expr))
    if all(piece.slope == 0 for piece in found):
        raise DomainError(explain("a loss that is constant", got=expr))
    return tuple(found)


def _is_zero(x: Expr) -> bool:
    return x == 0 or sympy.simplify(x) == 0


def _program(f: Expr) -> Program:
    return lower(f, (X,))


def _is_convex(branch: Expr, piece: Piece) -> bool:
    """Whether a piece has finite values next to 0, a second derivative ≥ 0 and finite slopes."""
    if not all(piece.at(end).is_real for end in (piece.left, piece.right) if end.is_finite):
        return False
    bend = sympy.diff(piece.slope, X)
    if piece.affine:
        return bool(bend >= 0)
    ends = (float(end) for end in (piece.left, piece.right))
    return losses_in_doubles.is_convex(_program(branch), _program(bend), *ends)


def proximal(expr: Expr) -> Move:
    """What the proximal operator of strength ``V`` does to ``OMEGA``.

    It stays at a kink while ω moves by V times what the slope jumps by.
    """
    parts = pieces(expr)
    pushes, stiffs, places = [], [], []
    for i, piece in enumerate(parts):
        push, stiff = _inside(piece)
        pushes.append(push)
        stiffs.append(stiff)
        if i + 1 == len(parts):
            break
        kink, right = piece.right, parts[i + 1]
        places.append(kink + V * piece.at(kink))
        if not _is_zero(right.at(kink) - piece.at(kink)):
            pushes.append((kink - OMEGA) / V)
            stiffs.append(1 / V)
            places.append(kink + V * right.at(kink))
    push, stiffness = (_by_places(branches, places) for branches in (pushes, stiffs))
    return Move(push, stiffness, tuple(places), _bound(expr, parts))


def _inside(piece: Piece) -> tuple[Expr, Expr]:
    """−l' and l''/(1 + V l'') at the prox of ω where it lies inside of a piece."""
    slope, bend = piece.slope, sympy.diff(piece.slope, X)
    if piece.affine:
        # x + V (a x + b) = ω
        return -slope.subs(X, OMEGA) / (1 + V * bend), bend / (1 + V * bend)
    nearest = Prox(sympy.Lambda(X, slope), OMEGA, V, piece.left, piece.right)
    slope, bend = slope.subs(X, nearest), bend.subs(X, nearest)
    return -slope, 1 / (V + 1 / bend)  # also where l'' is infinite


def _by_places(branches: list, places: list) -> Expr:
    """One branch after the other, as ω moves from place to place."""
    pairs = zip(branches[:-1], places, strict=True)
    return sympy.Piecewise(*((f, place > OMEGA) for f, place in pairs), (branches[-1], True))


def _bound(expr: Expr, parts: tuple) -> tuple:
    """A and B: the slope at the prox is below that at ω."""
    if expr == _LOGISTIC:
        return S.One, S.Zero
    if not all(piece.affine for piece in parts):
        return oo, S.Zero
    bends = [abs(sympy.diff(piece.slope, X)) for piece in parts]
    offsets = [abs(piece.slope.subs(X, 0)) for piece in parts]
    return 1 + 2 * max(offsets) ** 2 + max(bends) + 1 / V, 2 * max(bends) ** 2
