"""Activation functions: one expression each, from which everything else is derived.

``tc.activations.relu`` is an `Activation`; an activation with parameters is made by a call, such as
``tc.activations.leaky_relu("0.1")``. A function of theorycalc that takes an activation takes any of
these forms: a name, an `Activation`, a SymPy expression in one symbol, or a function such as
``sympy.tanh``.

A table of all activations, the class, and the forms in which they are asked for.
"""

import inspect
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import cast

import array_api_compat
import numpy as np
import sympy
from sympy.core.function import FunctionClass

from theorycalc.core import display
from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.arithmetic.tensor_context import context_of
from theorycalc.core.arrays import is_array, real_array
from theorycalc.core.calls import tell_calls
from theorycalc.core.errors import DomainError, explain, shown, unknown_name
from theorycalc.core.expressions import function_expression
from theorycalc.core.formula import Formula
from theorycalc.core.graph import free_symbols
from theorycalc.core.integration.kinks import (
    SWITCHES,
    between,
    branch_at,
    branch_points,
    kinks,
    singular_bases,
)
from theorycalc.core.looks import Shown
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.program import given
from theorycalc.core.records import instance
from theorycalc.core.signature import as_variable, check_real

z = sympy.Symbol("z", real=True)


@dataclass(frozen=True)
class Activation(Shown):
    """A real function of one real variable.

    Parameters
    ----------
    expr : sympy.Expr
        The function, in one symbol.
    symbol : Symbol, optional
        Its variable; needed only for a constant.
    name : str, optional
        A name for tables and plots; by default the expression.

    Raises
    ------
    DomainError
        If the expression has more than one free symbol.

    Notes
    -----
    The variable is replaced by a real symbol ``z``, so that equal functions are equal objects.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x")
    >>> hard = tc.Activation(sympy.Max(-1, sympy.Min(1, x)), name="hard tanh")
    >>> hard.kinks
    (-1, 1)
    >>> hard([-3.0, 0.5, 3.0])
    array([-1. ,  0.5,  1. ])
    >>> hard.derivative([-3.0, 0.5, 3.0])
    array([0., 1., 0.])
    >>> print(tc.activations.gelu.formula.at(z=1, using=tc.Ball(20)))
    0.84134474606854294859 ± 5e-21
    """

    expr: sympy.Expr
    symbol: sympy.Symbol | None = None
    name: str | None = field(default=None, compare=False)

    def __post_init__(self):
        expr = function_expression(self.expr, "activation")
        if self.symbol is not None:
            as_variable(self.symbol, "symbol")
        instance(self.name, str | None, "a name")
        free = free_symbols(expr) if self.symbol is None else free_symbols(expr) | {self.symbol}
        if len(free) != 1:
            raise DomainError(
                explain(
                    "an activation is an expression in one symbol",
                    got=f"{expr} with {len(free)} symbols",
                    allowed="one symbol",
                    hint="numbers for the parameters, or symbol=z for a constant",
                )
            )
        symbol = free.pop()
        check_real(symbol)
        object.__setattr__(self, "expr", expr.subs(symbol, z))
        object.__setattr__(self, "symbol", z)
        object.__setattr__(self, "name", self.name or str(self.expr))

    @cached_property
    def kinks(self) -> tuple:
        """Where a branch of the expression switches, or a root or a logarithm is of 0, in order."""
        return tuple(sorted({*kinks(self.expr, z), *branch_points(self.expr, z)}))

    @cached_property
    def pieces(self) -> tuple[tuple, ...]:
        """(left, right, expression without switches) for every interval between kinks."""
        return tuple(
            (left, right, branch_at(self.expr, z, inside))
            for left, inside, right in between(self.kinks)
        )

    @cached_property
    def derivative(self) -> "Activation":
        """The derivative almost everywhere: jumps contribute nothing."""
        slope = cast(sympy.Expr, self._slope.replace(sympy.DiracDelta, lambda *_: sympy.S.Zero))
        return Activation(slope, symbol=z, name=f"{self.name}'")

    @property
    def _slope(self) -> sympy.Expr:
        slope = self.expr.diff(z)
        if not any(base.has(*SWITCHES) for base in singular_bases(slope, z)):
            return slope
        # in one expression a power of Max(z, 0), say, is infinite where the function is 0
        *parts, last = [(piece.diff(z), right) for _, right, piece in self.pieces]
        conditions = ((part, z < right) for part, right in parts)
        return sympy.Piecewise(*conditions, (last[0], True))

    @cached_property
    def is_continuous(self) -> bool:
        """Whether the function has no jump at any of its kinks."""
        jumps = (
            _limit(after - before, kink)
            for (_, kink, before), (_, _, after) in itertools.pairwise(self.pieces)
        )
        return all(sympy.simplify(jump) == 0 for jump in jumps)

    @property
    def formula(self) -> Formula:
        """The function as a Formula in z."""
        return Formula(self.name, self.expr, args=(z,))

    def __call__(self, x):
        """The function on an array of any array-API namespace; other input becomes float64."""
        if not is_array(x):
            x = real_array(x, "z", finite=False)
        xp = array_api_compat.array_namespace(x)
        if not xp.isdtype(x.dtype, "real floating"):
            x = xp.asarray(real_array(x, "z", finite=False))
        with np.errstate(all="ignore"):
            if array_api_compat.is_numpy_array(x):
                values = _on_numpy(self)(x)
            else:
                values = self._program.run(context_of(x), [x])
        # a constant function is still an array
        return xp.full_like(x, values) if isinstance(values, float) else values

    @cached_property
    def _program(self):
        return lower(self.expr, (z,))

    def __str__(self):
        return self.name

    def _repr_latex_(self):
        return f"$\\displaystyle {display.latex(self.expr)}$"


@lru_cache(maxsize=1024)
def _on_numpy(activation: Activation) -> Callable:
    """The function on NumPy arrays, its constants computed once."""
    return given(activation._program, ArrayContext(), ())


def _selu() -> sympy.Expr:
    """The fixed point (0, 1) of mean and variance determines both constants (arXiv:1706.02515)."""
    root_e = sympy.exp(sympy.Rational(1, 2))
    tail = sympy.erfc(1 / sympy.sqrt(2))
    alpha = sympy.sqrt(2 / sympy.pi) / (1 - root_e * tail)
    second = (sympy.exp(2) * sympy.erfc(sympy.sqrt(2)) - 2 * root_e * tail + 1) / 2
    scale = 1 / sympy.sqrt(sympy.Rational(1, 2) + alpha**2 * second)
    return scale * sympy.Piecewise((z, z > 0), (alpha * (sympy.exp(z) - 1), True))


# The largest degree of a polynomial that is written out.
MAX_DEGREE = 1000


def _truncated(p: sympy.Expr) -> sympy.Expr:
    """z_+^p, which is square integrable under the Gaussian for p > −1/2."""
    if not -sympy.S.Half < p <= MAX_DEGREE:
        raise DomainError(
            explain("p is out of range", got=shown(p), allowed=f"real, > −1/2, ≤ {MAX_DEGREE}")
        )
    if p.is_integer:
        return sympy.Max(z, 0) ** p if p else sympy.Heaviside(z)
    return sympy.Piecewise((z**p, z > 0), (0, True))


# One line per activation; its parameters and their defaults are those of the lambda.
_EXPRESSIONS: dict[str, Callable[..., sympy.Expr]] = {
    "identity": lambda: z,
    "relu": lambda: sympy.Max(z, 0),
    "leaky_relu": lambda slope=0.01: sympy.Max(z, 0) + slope * sympy.Min(z, 0),
    "abs": lambda: sympy.Abs(z),
    "step": lambda: sympy.Heaviside(z),
    "sign": lambda: sympy.sign(z),
    "relu_power": lambda p: _truncated(p),
    "biased_relu": lambda b: sympy.Max(z + b, 0),
    "elu": lambda alpha=1: sympy.Piecewise((z, z > 0), (alpha * (sympy.exp(z) - 1), True)),
    "selu": _selu,
    "erf": lambda s=1: sympy.erf(s * z),
    "probit": lambda: (1 + sympy.erf(z / sympy.sqrt(2))) / 2,
    "gelu": lambda: z * (1 + sympy.erf(z / sympy.sqrt(2))) / 2,
    "tanh": lambda: sympy.tanh(z),
    "hard_tanh": lambda: sympy.Max(-1, sympy.Min(1, z)),
    "sigmoid": lambda: 1 / (1 + sympy.exp(-z)),
    "silu": lambda: z / (1 + sympy.exp(-z)),
    "softplus": lambda: sympy.log(1 + sympy.exp(z)),
    "mish": lambda: z * sympy.tanh(sympy.log(1 + sympy.exp(z))),
    "sin": lambda w=1, c=0: sympy.sin(w * z + c),
    "cos": lambda w=1, c=0: sympy.cos(w * z + c),
    "exp": lambda a=1: sympy.exp(a * z),
    "gaussian": lambda g=1: sympy.exp(-g * z**2),
    "monomial": lambda p: z**p,
    "hermite": lambda p: sympy.hermite_prob(p, z),
}
# What some of them are called elsewhere.
_ALIASES = {"swish": "silu", "logistic": "sigmoid", "hardtanh": "hard_tanh"}
# Functions of NumPy that SymPy has under another name.
_SYMPY_NAMES = {"absolute": "Abs", "arctan": "atan", "arcsinh": "asinh"}


@cache
def _make(name: str, label: str, arguments: tuple) -> Activation:
    return Activation(_EXPRESSIONS[name](*arguments), symbol=z, name=label)


def _constructor(name: str) -> Callable[..., Activation]:
    """The function that makes one family of activations from exact parameters."""
    signature = inspect.signature(_EXPRESSIONS[name])
    is_degree = name in ("monomial", "hermite")

    def read(parameter: str, x) -> sympy.Expr | int:
        return exact_integer(x, parameter, 0, MAX_DEGREE) if is_degree else exact(x, parameter)

    def construct(*args, **kwargs) -> Activation:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            usage = f"tc.activations.{name}{signature}"
            raise DomainError(explain(f"{name}: {error}", allowed=usage)) from None
        given = ", ".join(str(read(key, x)) for key, x in bound.arguments.items())
        bound.apply_defaults()
        arguments = tuple(read(key, x) for key, x in bound.arguments.items())
        return _make(name, f"{name}({given})" if given else name, arguments)

    construct.__name__ = construct.__qualname__ = name
    construct.__signature__ = signature
    construct.__doc__ = f"The activation {name}{signature}."
    return construct


def _limit(expr: sympy.Expr, point: sympy.Expr) -> sympy.Expr:
    """The limit of what is analytic beside a point: its value there, if that is a number."""
    value = expr.subs(z, point)
    return value if value.is_finite else sympy.limit(expr, z, point)


def as_activation(activation) -> Activation:
    """An Activation from any of its forms.

    They are a name, an Activation, a SymPy expression, and a function of one argument: one of
    SymPy's, or a ufunc with the name of one.

    Raises
    ------
    DomainError
        For an unknown name (close matches are named), a family without its parameter, or an object
        of another kind.
    """
    if isinstance(activation, Activation):
        return activation
    if isinstance(activation, str):
        return _by_name(activation)
    if isinstance(activation, Formula) and activation.domain == sympy.true:
        return Activation(activation.expr, name=activation.name)
    if isinstance(activation, sympy.Expr):
        return Activation(activation)
    if (function := _symbolic(activation)) is not None:
        return Activation(function(z), symbol=z)
    name = getattr(activation, "__name__", "")
    hint = repr(name) if _known(name) else 'an expression in z = sympy.Symbol("z")'
    raise DomainError(
        explain(
            "not an activation",
            got=getattr(activation, "__qualname__", shown(activation)),
            allowed="a name, tc.activations.<name>, a SymPy expression in one symbol",
            hint=hint if callable(activation) else "",
        )
    )


def _symbolic(function) -> FunctionClass | None:
    """The function of SymPy, of one argument, that a function is or is named like."""
    if isinstance(function, np.ufunc):
        name = function.__name__
        function = getattr(sympy, _SYMPY_NAMES.get(name, name), None)
    if not isinstance(function, FunctionClass):
        return None
    counts = function.nargs  # all numbers, for Max and for functions that are not defined
    return function if isinstance(counts, sympy.FiniteSet) and 1 in counts else None


def _known(name: str) -> str | None:
    """The name in the table of what may be called otherwise."""
    name = _ALIASES.get(name, name)
    return name if name in _EXPRESSIONS else None


def _by_name(name: str) -> Activation:
    if not _known(name):
        raise unknown_name("activation", name, _EXPRESSIONS)
    found = __getattr__(name)
    return found if isinstance(found, Activation) else found()


def __getattr__(name: str):
    if not (known := _known(name)):
        raise AttributeError(f"module {__name__!r} has no activation {name!r}")
    if inspect.signature(_EXPRESSIONS[known]).parameters:
        return _constructor(known)
    return _make(known, known, ())


def __dir__():
    return ["Activation", "as_activation", *_EXPRESSIONS]


tell_calls(__name__, ["Activation", "as_activation"])
