"""Spikes: a rank-one perturbation, the eigenvalue that it makes, and its eigenvector.

Three models of one thing, whose docstrings are a third of the file.
"""

from dataclasses import dataclass

import sympy
from sympy import Expr, Piecewise, S, sqrt

from theorycalc.core.arithmetic.enclosed_midpoint import midpoint
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import positive_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Record
from theorycalc.core.records import check_fields
from theorycalc.core.special import SpecialFunction
from theorycalc.spectra import _build, in_balls_edges, in_balls_spikes, in_doubles_spikes
from theorycalc.spectra._reading import masses, nonzero
from theorycalc.spectra.closed import MarchenkoPastur, closed_form
from theorycalc.spectra.functions import LawArgument, SpectralEdge
from theorycalc.spectra.nodes import Node

_NAMES = {"eigenvalue": "lambda", "overlap": "q", "threshold": "theta_c"}


@dataclass(frozen=True, repr=False)
class Spike(Record):
    """An eigenvalue that a spike makes, in the limit of large matrices.

    Attributes
    ----------
    eigenvalue : Formula
        The end of the support where the spike is below its threshold.
    overlap : Formula
        The squared cosine between the eigenvector and the direction of the spike, 0 there.
    threshold : Formula
        The size at which an eigenvalue leaves the others.
    """

    eigenvalue: Formula
    overlap: Formula
    threshold: Formula

    def __post_init__(self):
        check_fields(self)


@dataclass(frozen=True, repr=False)
class RectangularSpike(Record):
    """A singular value that a spike makes, in the limit of large matrices.

    Attributes
    ----------
    squared_singular_value : Formula
    left_overlap, right_overlap : Formula
        Squared cosines, 0 below the threshold.
    threshold : Formula
    """

    squared_singular_value: Formula
    left_overlap: Formula
    right_overlap: Formula
    threshold: Formula

    def __post_init__(self):
        check_fields(self)


class _OfSpike(SpecialFunction):
    """A function of a law and a spike θ > 0; subclasses name it in every arithmetic."""

    nargs = 2
    functions = (LawArgument,)
    float_encloses = True

    @property
    def arithmetics(self) -> tuple[str, ...]:
        """Laws of several unknowns have their outliers in doubles."""
        return ("Float", "MP", "Ball") if self.args[0].expr.unknowns == 1 else ("Float",)

    def _eval_is_extended_real(self):
        return True

    @classmethod
    def in_ball(cls, context, law, *x):
        if law.expr.unknowns > 1:
            return context.undefined
        found = cls.enclosure(law.expr, *map(context.real, x))
        return context.undefined if found is None else found

    @classmethod
    def in_mp(cls, context, law, *x):
        numbers = [context.rational(t) for t in x]
        return midpoint(lambda *t: cls.enclosure(law.expr, *t), numbers, context)

    @classmethod
    def double(cls, law, *x):
        return cls.doubles(law.expr, *map(float, x))


class SpikeEigenvalue(_OfSpike):
    """The top eigenvalue of a law with a spike θ > 0."""

    enclosure = staticmethod(in_balls_spikes.eigenvalue)
    doubles = staticmethod(in_doubles_spikes.eigenvalue)


class SpikeOverlap(_OfSpike):
    """The squared cosine of its eigenvector with the spike."""

    enclosure = staticmethod(in_balls_spikes.overlap)
    doubles = staticmethod(in_doubles_spikes.overlap)


class SpikeThreshold(_OfSpike):
    """The least spike that makes an outlier above the support."""

    nargs = 1
    enclosure = staticmethod(in_balls_spikes.threshold)
    doubles = staticmethod(in_doubles_spikes.threshold)


def spiked(node: Node, theta) -> Spike:
    """The additive spike θ on a law: above its support for θ > 0, below it for θ < 0."""
    theta = nonzero(theta, "theta")
    closed = closed_form(node)
    if closed is not None and (theta.is_positive or theta.is_negative):
        found = _closed_spike(closed, theta)
        if found is not None:
            return found
    if not theta.is_number or node.free_symbols:
        raise DomainError(
            explain("a spike of this law needs numbers", got=f"{theta} on {_build.text(node)}")
        )
    if theta < 0:
        argument, sign = LawArgument.of(_build.affine(node, S.NegativeOne, S.Zero)), -1
    else:
        argument, sign = LawArgument.of(node), 1
    return _spike(
        sign * SpikeEigenvalue(argument, abs(theta)),
        SpikeOverlap(argument, abs(theta)),
        sign * SpikeThreshold(argument),
    )


def _closed_spike(closed, theta: Expr) -> Spike | None:
    """The spike on a·Y + b: that of θ/a on Y."""
    small = theta / closed.a
    kind = closed.kind
    if isinstance(kind, MarchenkoPastur):
        c = kind.c
        if not (small.is_positive or (c.is_number and c <= 1)):
            return None  # an atom lies below the density
        side = 1 if small.is_positive else -1
        least, end = c + side * sqrt(c), (1 + side * sqrt(c)) ** 2
        location, share = small + small / (small - c), 1 - c / (small - c) ** 2
    else:
        v = kind.v
        side = 1 if small.is_positive else -1
        least, end = side * sqrt(v), 2 * side * sqrt(v)
        location, share = small + v / small, 1 - v / small**2
    beyond = side * small > side * least
    return _spike(
        closed.a * Piecewise((location, beyond), (end, True)) + closed.b,
        Piecewise((share, beyond), (0, True)),
        closed.a * least,
    )


def _spike(eigenvalue: Expr, overlap: Expr, threshold: Expr) -> Spike:
    given = {"eigenvalue": eigenvalue, "overlap": overlap, "threshold": threshold}
    return Spike(**{name: _formula(_NAMES[name], x) for name, x in given.items()})


def _formula(name: str, expr: Expr) -> Formula:
    return Formula(name, expr, args=tuple(sorted(expr.free_symbols, key=str)))


def covariance_spike(ell, c, H=None) -> Spike:  # noqa: N803 - the letter of the mathematics
    """An eigenvalue ℓ of the population among others of law H, in a sample covariance.

    Parameters
    ----------
    ell : number or positive symbol
        The population eigenvalue, outside of the support of H.
    c : number or positive symbol
        Dimension over sample size.
    H : mapping {t: w}, optional
        The law of the others, by default all are 1.

    Raises
    ------
    DomainError
        For ℓ in the support of H, or between atoms of H whose sample eigenvalues have no gap.

    Notes
    -----
    ψ(ℓ) = ℓ + cℓ ∫ t/(ℓ − t) H(dt) where ψ'(ℓ) > 0, with the squared overlap ℓψ'(ℓ)/ψ(ℓ); elsewhere
    the end of the support next to it, and 0.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> c = sympy.Symbol("c", positive=True)
    >>> tc.spectra.covariance_spike(4, 2).eigenvalue.expr
    20/3
    >>> spike = tc.spectra.covariance_spike(9, "1/2", {1: "1/2", 4: "1/2"})
    >>> spike.eigenvalue.expr, spike.overlap.at().digits(10)
    (1773/160, '0.6790609137')
    """
    ell, c = positive_parameter(ell, "ell"), positive_parameter(c, "c")
    base = _build.POINT if H is None else _build.atoms(masses(H, "H"))
    if len(base.places) == 1:
        return _isotropic_spike(ell, c, *base.places)
    if not (ell.is_number and c.is_number):
        raise DomainError(explain("numbers are needed with H", got=f"ell = {ell}, c = {c}"))
    if ell in base.places:
        raise DomainError(explain("the spike is an atom of H", got=ell, allowed="another number"))
    t = sympy.Dummy("ell")
    pairs = zip(base.places, base.weights, strict=True)
    psi = t + c * t * sum((w * x / (t - x) for x, w in pairs), S.Zero)
    slope = psi.diff(t).subs(t, ell)
    law = _build.times_poisson(base, c)
    i = _facing_edge(law, base, ell)
    edge = SpectralEdge(LawArgument.of(law), i)
    least = EdgeUnknown(LawArgument.of(law), i)
    if slope > 0:
        location = psi.subs(t, ell)
        return _spike(location, ell * slope / location, least)
    return _spike(edge, S.Zero, least)


def _isotropic_spike(ell: Expr, c: Expr, t: Expr) -> Spike:
    """H = δ_t."""
    if ell == t:
        raise DomainError(explain("the spike is an atom of H", got=ell, allowed="another number"))
    up, stretch = ell > t, 1 + c * t / (ell - t)
    beyond = abs(ell - t) > t * sqrt(c)
    end = Piecewise(((1 + sqrt(c)) ** 2, up), ((1 - sqrt(c)) ** 2, True))
    return _spike(
        Piecewise((ell * stretch, beyond), (t * end, True)),
        Piecewise(((1 - c * t**2 / (ell - t) ** 2) / stretch, beyond), (0, True)),
        Piecewise((t + t * sqrt(c), up), (t - t * sqrt(c), True)),
    )


def rectangular_spike(theta, c) -> RectangularSpike:
    """The singular value of θuw' + Z, Z of p × n entries of variance 1/n, c = p/n.

    Parameters
    ----------
    theta, c : number or positive symbol

    Examples
    --------
    >>> import theorycalc as tc
    >>> spike = tc.spectra.rectangular_spike("3/2", "1/2")
    >>> spike.squared_singular_value.expr, spike.right_overlap.expr
    (143/36, 73/117)
    """
    theta, c = positive_parameter(nonzero(theta, "theta"), "theta"), positive_parameter(c, "c")
    square = theta**2
    beyond = square**2 > c
    parts = {
        "squared_singular_value": ((1 + square) * (c + square) / square, (1 + sqrt(c)) ** 2),
        "left_overlap": (1 - c * (1 + square) / (square * (square + c)), S.Zero),
        "right_overlap": (1 - (c + square) / (square * (square + 1)), S.Zero),
    }
    found = {name: Piecewise((x, beyond), (y, True)) for name, (x, y) in parts.items()}
    return RectangularSpike(
        **{name: _formula(name, x) for name, x in found.items()},
        threshold=_formula("theta_c", c ** sympy.Rational(1, 4)),
    )


class EdgeUnknown(SpecialFunction):
    """The population eigenvalue that an edge belongs to."""

    nargs = 2
    functions = (LawArgument,)

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def in_ball(context, law, i):
        found = in_balls_edges.edge(law.expr, context.integer(i))
        return context.undefined if found is None else found[0]

    @staticmethod
    def in_mp(context, law, i):
        index = context.integer(i)
        return midpoint(lambda: in_balls_edges.required(law.expr, index)[0], [], context)


def _facing_edge(law: Node, base: Node, ell: Expr) -> int:
    """The number of the edge next to a spike."""
    lower = max((float(x) for x in base.places if x < ell), default=-sympy.oo)
    upper = min((float(x) for x in base.places if x > ell), default=sympy.oo)
    found = [(i, s) for i, s in enumerate(in_balls_edges.unknowns(law)) if lower < s < upper]
    if not found:
        what = "no outlier: between these atoms of H the sample eigenvalues have no gap"
        raise DomainError(explain(what, got=f"ell = {ell}", hint="a smaller c, or ell outside"))
    return min(found, key=lambda pair: abs(pair[1] - float(ell)))[0]
