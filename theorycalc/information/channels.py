"""Strong data processing: how much of a divergence survives a channel."""

import sympy
from sympy import Abs, Expr, S, erf, exp, oo, pi, sqrt, tanh

from theorycalc.core.arithmetic.enclosed_midpoint import through_balls
from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.evalf import digits_of
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral, Tail
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import instance, sequence
from theorycalc.core.special import SpecialFunction
from theorycalc.information.arguments import distribution, with_given

T = sympy.Symbol("t", positive=True)
EPSILON = sympy.Symbol("epsilon", nonnegative=True)
RATE = sympy.Symbol("delta", nonnegative=True)
DIVERGENCES = ("kl", "tv")
_STEPS = 200
_MOST_ENTRIES = 10_000


class Overlap(SpecialFunction):
    """min_λ Σ_i a_i b_i/(λ a_i + (1 − λ) b_i) over λ in [0, 1], which is convex in λ.

    The arguments are a_1 … a_m, b_1 … b_m, all positive.
    """

    def _eval_is_extended_positive(self):
        return True

    @classmethod
    def in_mp(cls, context, *rows):
        return through_balls(context, cls.in_ball, *rows)

    @staticmethod
    def in_ball(context, *rows):
        half = len(rows) // 2
        pairs = [*zip(rows[:half], rows[half:], strict=True)]
        zero, one = context.number(S.Zero), context.number(S.One)
        if not all(context.compare(">", x, zero) for x in rows):
            return context.select([])
        place = _lowest(context, [tuple(map(context.midpoint, pair)) for pair in pairs])
        value, slope, _ = _sums(pairs, place)
        # a convex function lies above its tangent, which is lowest at an end of [0, 1]
        below = context.apply("max", slope * place, -slope * (one - place), zero)
        return context.hull(value - below, value)

    def in_latex(self, printer):
        half = len(self.args) // 2
        rows = [
            ", ".join(map(printer._print, part)) for part in (self.args[:half], self.args[half:])
        ]
        return rf"\rho\left({rows[0]}; {rows[1]}\right)"


class MeanSecant(SpecialFunction):
    """E sech(tZ/2) for a standard normal Z."""

    nargs = 1

    @classmethod
    def definition(cls, t):
        """Over w = (1 + t/2)Z, of which the integrand is about 1 wide at every t.

        Beyond R, sech x ≤ 2e^{−|x|} and the Gaussian leaves half of e^{−R²/2(1 + t/2)²}.
        """
        w = sympy.Dummy("w", real=True)
        cut = sympy.Dummy("R", positive=True)
        scale = 1 + t / 2
        tail = Tail(exp(-cut * t / (2 * scale) - (cut / scale) ** 2 / 2), cut)
        density = exp(-((w / scale) ** 2) / 2) / sqrt(2 * pi) / scale
        integrand = density / sympy.cosh(t * w / (2 * scale))
        return Integral(integrand, w, -oo, oo, tails={oo: tail, -oo: tail})

    def _eval_evalf(self, prec):
        # an enclosure takes a tenth of the time of two precisions
        return digits_of(self, prec, ("Ball",))

    def _eval_is_extended_positive(self):
        return True

    def in_latex(self, printer):
        t = printer._print(self.args[0])
        return rf"\mathbb{{E}}\,\operatorname{{sech}}\left(\tfrac12 {t} Z\right)"


def _sums(pairs: list, place) -> tuple:
    """The function of λ, its slope and its curvature."""
    value = slope = curvature = 0
    for a, b in pairs:
        mixed = b + place * (a - b)
        share, rate = a * b / mixed, (b - a) / mixed
        value, slope, curvature = (
            value + share,
            slope + share * rate,
            curvature + 2 * share * rate * rate,
        )
    return value, slope, curvature


def _lowest(context, pairs: list):
    """A point near the minimum: Newton's method inside a bracket."""
    low, high = context.number(S.Zero), context.number(S.One)
    place = context.number(S.Half)
    for _ in range(_STEPS):
        _, slope, curvature = (context.midpoint(context.real(x)) for x in _sums(pairs, place))
        if context.prefer("==", slope, context.number(S.Zero)):
            return place
        low, high = (low, place) if context.prefer(">", slope, context.number(S.Zero)) else (
            place, high)  # fmt: skip
        moved = context.midpoint(context.real(place - slope / curvature))
        inside = context.prefer("<", low, moved) and context.prefer("<", moved, high)
        moved = moved if inside else context.midpoint((low + high) / 2)
        if context.negligible(moved - place):
            return moved
        place = moved
    return place


def contraction(channel, divergence="kl") -> Formula:
    """The strong data-processing coefficient of a channel with finitely many inputs and outputs.

    Parameters
    ----------
    channel : sequence of sequences, shape (inputs, outputs)
        Row x is the law of the output at input x: numbers, or expressions that add up to 1.
    divergence : {"kl", "tv"}
        "kl": D(PK‖QK) ≤ η D(P‖Q) for the Kullback–Leibler divergence, and the same η for χ² and
        for mutual information. "tv": the same for total variation, Dobrushin's coefficient.

    Returns
    -------
    Formula
        η in [0, 1], attained on two inputs: max TV of two rows for "tv". For "kl" it is the largest
        1 − min_λ Σ_y a_y b_y/(λ a_y + (1 − λ) b_y) of two rows, 1 − (Σ √(ab))² for two outputs.

    Raises
    ------
    DomainError
        For rows with negative entries or a sum that is not 1, rows of different lengths, or fewer
        than two.

    Notes
    -----
    Two inputs are enough: O. Ordentlich, Y. Polyanskiy, "Strong data processing constant is
    achieved by binary inputs", 2020, arXiv:2010.01987. For two inputs η is that of χ²:
    Y. Polyanskiy, Y. Wu, "Strong data-processing inequalities for channels and Bayesian networks",
    2017, arXiv:1508.06025. With H² = 2 − 2 Σ √(ab), Hellinger's distance squared,
    H²/2 ≤ η ≤ 1 − (1 − H²/2)² for two rows, by Cauchy's inequality.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> tc.information.contraction([["0.9", "0.1"], ["0.1", "0.9"]]).expr
    16/25
    >>> tc.information.contraction([["0.9", "0.1"], ["0.1", "0.9"]], "tv").expr
    4/5
    >>> channel = [["1/2", "1/4", "1/4"], ["1/4", "1/4", "1/2"]]
    >>> print(tc.information.contraction(channel).at(using=tc.Ball(20)))
    0.083333333333333333333 ± 4e-22
    """
    rows = _read_channel(channel)
    _read_divergence(divergence)
    of_pair = _kl_of_pair if divergence == "kl" else _tv_of_pair
    pairs = [of_pair(a, b) for i, a in enumerate(rows) for b in rows[:i]]
    known = [x for x in pairs if x.is_Rational]
    others = [x for x in dict.fromkeys(pairs) if not x.is_Rational]
    # SymPy would compare the others by digits
    largest = sympy.Max(*known, *others, evaluate=not others or len(pairs) == 1)
    return Formula(f"eta_{divergence}", largest)


def gaussian_contraction(t=T, divergence="kl") -> Formula:
    """The coefficient of adding N(0, σ² I) to inputs from a set of diameter D, with t = D/σ.

    Parameters
    ----------
    t : number, Symbol, expression or Formula
        D/σ > 0; a symbol by default. The diameter has to be known beforehand, by clipping or by a
        bounded activation: for unbounded inputs the coefficient is 1.
    divergence : {"kl", "tv"}
        As for `contraction`.

    Returns
    -------
    Formula
        erf(t/(2√2)) for "tv"; 1 − e^{−t²/8} E sech(tZ/2) for "kl", about t²/4 for small t.

    Raises
    ------
    DomainError
        For t ≤ 0.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.information.gaussian_contraction(1).at(using=tc.Ball(20)))
    0.20405426563350031256 ± 3e-21
    >>> print(tc.information.gaussian_contraction(1, "tv").at(using=tc.Ball(20)))
    0.38292492254802620728 ± 5e-21
    """
    _read_divergence(divergence)
    return with_given(_GAUSSIAN_KL if divergence == "kl" else _GAUSSIAN_TV, t=t)


def privacy_contraction(epsilon=EPSILON, divergence="kl") -> Formula:
    """The largest coefficient of a channel with pure ε-local privacy: rows differ by e^ε at most.

    It is that of randomised response. For n users, each channel of whom may depend on earlier
    outputs, the divergence of the transcripts is at most n tanh²(ε/2) D(P‖Q).

    Parameters
    ----------
    epsilon : number, Symbol, expression or Formula
        ε ≥ 0; a symbol by default.
    divergence : {"kl", "tv"}
        As for `contraction`.

    Returns
    -------
    Formula
        tanh²(ε/2) for "kl", tanh(ε/2) for "tv".

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.information.privacy_contraction(1).at(using=tc.Ball(20)))
    0.21355226703407258985 ± 4e-22
    """
    _read_divergence(divergence)
    power = 2 if divergence == "kl" else 1
    name = f"eta_{divergence}"
    return with_given(Formula(name, tanh(EPSILON / 2) ** power), epsilon=epsilon)


def dropout_contraction(rate=RATE, n=1) -> Formula:
    """The coefficient of erasing each of n coordinates with probability δ, seen by the receiver.

    It is 1 − δⁿ, for the Kullback–Leibler divergence and for total variation.

    Parameters
    ----------
    rate : number, Symbol, expression or Formula
        δ in [0, 1]; a symbol by default.
    n : int
        Number of coordinates, ≥ 1.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.information.dropout_contraction("1/2", 3).expr
    7/8
    """
    n = exact_integer(n, "n", 1, _MOST_ENTRIES)
    formula = Formula("eta", 1 - RATE**n, args=(RATE,), domain=RATE <= 1)
    return with_given(formula, delta=rate)


_GAUSSIAN_KL = Formula("eta_kl", 1 - exp(-(T**2) / 8) * MeanSecant(T), args=(T,))
_GAUSSIAN_TV = Formula("eta_tv", erf(T / (2 * sqrt(2))), args=(T,))


def _read_divergence(divergence) -> None:
    instance(divergence, str, "the name of a divergence", allowed=", ".join(DIVERGENCES))
    if divergence not in DIVERGENCES:
        raise unknown_name("divergence", divergence, DIVERGENCES)


def _tv_of_pair(a: list, b: list) -> Expr:
    return sympy.Add(*(Abs(x - y) for x, y in zip(a, b, strict=True))) / 2


def _kl_of_pair(a: list, b: list) -> Expr:
    if len(a) == 2:
        return 1 - sympy.Add(*(sqrt(x * y) for x, y in zip(a, b, strict=True))) ** 2
    both = [(x, y) for x, y in zip(a, b, strict=True) if x != 0 and y != 0]
    if not both:
        return S.One
    if a == b:
        return S.Zero
    return 1 - Overlap(*(x for x, _ in both), *(y for _, y in both))


def _read_channel(channel) -> list[list[Expr]]:
    allowed = 'rows of probabilities, [["0.9", "0.1"], ["0.1", "0.9"]]'
    rows = [
        sequence(row, "a row of a channel", allowed=allowed)
        for row in sequence(channel, "a channel", allowed=allowed)
    ]
    if len(rows) < 2 or len({len(row) for row in rows}) != 1:
        got = ", ".join(str(len(row)) for row in rows) or "no rows"
        raise DomainError(explain("not a channel", got=f"rows of {got}", allowed=allowed))
    if len(rows) * len(rows[0]) > _MOST_ENTRIES:
        got = f"{len(rows)} × {len(rows[0])}"
        raise DomainError(
            explain("too large a channel", got=got, allowed=f"{_MOST_ENTRIES} entries")
        )
    return [distribution(row, f"row {i} of the channel") for i, row in enumerate(rows)]
