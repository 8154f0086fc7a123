"""All Hermite coefficients of an activation at once, and its truncated expansion."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import sympy

from theorycalc.activations import Activation, as_activation
from theorycalc.core.arithmetic import Float
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.evaluation import Arithmetic, check_arithmetic, check_supported
from theorycalc.core.families import Family, Values
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import check_fields
from theorycalc.core.value import Rigor, Value
from theorycalc.hermite.functions import Entry, cancels, function_of, table
from theorycalc.hermite.polynomials import evaluate
from theorycalc.hermite.powers import split
from theorycalc.hermite.terms import terms_of

# As many coefficients are computed one by one, or at as many points.
_HIGHEST_ORDER = 20_000
# Enough for a look; more is asked for.
_DEFAULT_ORDER = 10


def coefficients(activation, order=_DEFAULT_ORDER, using: Arithmetic = Float()) -> Values:
    """The orthonormal Hermite coefficients c_0, …, c_order, computed together.

    Parameters
    ----------
    activation : str, Activation or sympy.Expr
    order : int
        The highest degree, ≥ 0, by default 10: the degrees are 0, …, order.
    using : Float, MP or Ball
        For sums of elementary terms (see `coefficient`) every arithmetic gives full relative
        accuracy, however small a coefficient is. For other activations (tanh, …) `Float` gives an
        absolute accuracy of about 1e-15, `MP` and `Ball` all their digits.

    Returns
    -------
    Values
        A list with the axis k.

    Raises
    ------
    DomainError
        For a bad activation or order, or an expectation that does not exist.
    NotSupportedError
        `Ball`, if the growth of the activation cannot be bounded by rules.
    PrecisionError
        If the digits are not reached.

    Notes
    -----
    A coefficient that is zero without being seen to be (the mean of SELU, say) comes out as an
    enclosure of zero with absolute digits.

    Examples
    --------
    >>> import theorycalc as tc
    >>> for value in tc.hermite.coefficients("tanh", 5, using=tc.Ball(15)):
    ...     print(value)
    0
    0.605705509602159 ± 2e-16
    0
    -0.148437190787273 ± 3e-16
    0
    0.0625475237527036 ± 7e-18
    """
    activation = as_activation(activation)
    order = exact_integer(order, "order", 0, _HIGHEST_ORDER)
    check_arithmetic(using)
    _, rest = split(activation)
    function = function_of(rest)
    degree = sympy.Dummy("k")
    check_supported(function(sympy.Lambda(rest.symbol, rest.expr), degree), using)
    if isinstance(using, Float) and terms_of(rest) is None:
        values, errors = table(activation, order)
        found = [_double(c, e, using) for c, e in zip(values, errors, strict=True)]
    else:
        found = [_value(Entry(activation, k, order), using) for k in range(order + 1)]
    return Values(found, axis="k", symbol="c")


def _value(entry: Entry, using: Arithmetic) -> Value:
    value = using.evaluate(entry, [])
    if value.is_absolute and cancels(entry.activation, entry.k):
        return _double(0.0, 0.0, using)
    return value


def _double(value: float, error: float, using: Arithmetic) -> Value:
    rigor = Rigor.ESTIMATED if error else Rigor.EXACT
    return Value(mid=float(value), rad=float(error), rigor=rigor, using=using)


@dataclass(frozen=True, kw_only=True, repr=False)
class HermiteSeries(Family):
    """A truncated expansion φ ≈ Σ_{k ≤ K} c_k h_k; callable on arrays, a sequence of the c_k.

    Attributes
    ----------
    activation : Activation
    coefficients : tuple of Value
        c_0, …, c_K.
    norm_squared : Value
        E φ(Z)².
    tail : Value
        Σ_{k > K} c_k² = E φ(Z)² − Σ_{k ≤ K} c_k² (Parseval).
    """

    activation: Activation
    coefficients: tuple[Value, ...]
    norm_squared: Value
    tail: Value

    def __post_init__(self):
        check_fields(self)

    axis: ClassVar[str] = "k"
    symbol: ClassVar[str] = "c"

    @property
    def places(self) -> range:
        """The degrees."""
        return range(len(self.coefficients))

    @property
    def fixed(self) -> dict:
        """The activation."""
        return {"activation": str(self.activation)}

    def __len__(self):
        return len(self.coefficients)

    def __iter__(self):
        return iter(self.coefficients)

    def __getitem__(self, index):
        return Values(self.coefficients, axis=self.axis, symbol=self.symbol, **self.fixed)[index]

    def _title(self) -> tuple:
        return (
            f"Hermite series of {self.activation}: E φ(Z)² = {self.norm_squared}, "
            f"beyond degree {len(self) - 1}: {self.tail}",
        )

    def __call__(self, z) -> np.ndarray:
        """Σ_{k ≤ K} c_k h_k(z) in double precision, of the shape of z."""
        c = np.array([float(value) for value in self.coefficients])
        with np.errstate(over="ignore", invalid="ignore"):
            values = np.tensordot(c, evaluate(len(c) - 1, z), axes=1)
        if np.isnan(values).any():
            raise DomainError(explain("the polynomial leaves the range of doubles at some z"))
        return values


def series(activation, order=_DEFAULT_ORDER, using: Arithmetic = Float()) -> HermiteSeries:
    """The Hermite expansion of an activation up to a degree, with what is left.

    Parameters and errors are those of `coefficients`.

    Returns
    -------
    HermiteSeries
        ``tail`` is certified if ``using`` is a Ball; it is computed with as many more digits as its
        difference cancels.

    Examples
    --------
    >>> import theorycalc as tc
    >>> relu = tc.hermite.series("relu", 20, using=tc.Ball(12))
    >>> print(relu.norm_squared, relu.tail, relu.tail.rigor.name, sep="; ")
    0.5; 0.000462286039270 ± 2e-17; CERTIFIED
    >>> float(relu(0.5).round(2))
    0.48
    """
    values = coefficients(activation, order, using)
    activation = as_activation(activation)
    square = Activation(activation.expr**2, symbol=activation.symbol)
    norm = coefficients(square, 0, using)[0]
    return HermiteSeries(
        activation=activation,
        coefficients=tuple(values),
        norm_squared=norm,
        tail=using.evaluate(_Remainder(activation, square, len(values) - 1), []),
    )


class _Remainder:
    """E φ² − Σ c_k² as a program: arithmetics raise their precision until it has its digits."""

    def __init__(self, activation: Activation, square: Activation, order: int):
        self.entries = [Entry(activation, k, order) for k in range(order + 1)]
        self.norm = Entry(square, 0, 0)

    def run(self, context, inputs=()):
        """The difference in the numbers of the context."""
        left = self.norm.run(context)
        for entry in self.entries:
            c = entry.run(context)
            left = left - c * c
        return left
