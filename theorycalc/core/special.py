"""SymPy functions that know their definition and how to compute themselves.

The class for SymPy and its call in a program stand together: neither can be read alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy

from theorycalc.core import program as ops
from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.derivative import derivative
from theorycalc.core.errors import DomainError, NotSupportedError, explain, shown
from theorycalc.core.evalf import digits_of
from theorycalc.core.graph import substitute
from theorycalc.core.integration.integral import Integral
from theorycalc.core.integration.kinks import DEFINITIONS
from theorycalc.core.lowering import handles, lower
from theorycalc.core.printed import is_fixed
from theorycalc.core.program import Program
from theorycalc.core.records import instance
from theorycalc.core.strict import StrictFunction, read

# What is kept of an argument when a symbol stands for it.
# Of these a function says whether it has them; other arithmetics refuse what they cannot compute.
ARITHMETICS = ("Float", "MP", "Ball")
_FACTS = ("real", "positive", "nonnegative", "integer")


class SpecialFunction(StrictFunction):
    """A function without an elementary closed form, or one that needs care to be computed.

    A subclass states a definition, or implementations, or both:

    - ``definition(*args)``, a class method: the closed form or the `Integral` that defines the
      function; that alone lets every arithmetic evaluate it;
    - ``in_mp(context, *args)``, ``in_ball(context, *args)``, static: a better algorithm, in mpmath
      numbers (``context.mp``) or in enclosures; ``holomorphic_in`` has the positions of arguments
      that may be complex balls: the holomorphic continuation is enclosed, as a quadrature asks;
    - ``in_series(context, *args)``, static: the truncated power series where some arguments are
      power series, by default that of the definition;
    - ``double(*arrays) -> (values, errors)``, static: float64 arrays with error estimates; used by
      `Formula.lambdify`, and by `Float` where the definition is not a closed form; with
      ``float_encloses`` `Float` takes the enclosures as long as there are any;
    - ``slope(*args)``: the derivative in the last argument, of a function with one in no other; by
      default the derivatives are those of the definition;
    - ``in_latex(printer)``: how it looks, by default its name with its arguments;
    - ``domain(*args)``, static: the condition on real arguments without which it has no value.
      Exact numbers are refused when the function is written down, others when it is computed;
    - ``reach(*args)``, static: the condition on real arguments up to which its implementations
      come, and ``double_reach`` that of ``double`` where it is another one. Beyond it nothing is
      computed;
    - ``functions``: types of the first arguments where they are functions: `sympy.Lambda`, or a
      kind of it with names for what it holds. They reach an implementation as they are.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> class Bump(tc.SpecialFunction):
    ...     "∫_0^1 exp(-x t²) dt"
    ...     @classmethod
    ...     def definition(cls, x):
    ...         t = sympy.Dummy("t")
    ...         return tc.Integral(sympy.exp(-x * t**2), t, 0, 1)
    >>> sympy.N(Bump(2), 20)
    0.59814400666130410147
    >>> print(tc.certify(Bump(2) ** 2, digits=10))
    0.3577762527 ± 5e-12
    """

    definition = None
    in_mp = None
    in_ball = None
    in_series = None
    holomorphic_in = ()
    double = None
    float_encloses = False
    domain = None
    reach = None
    double_reach = None
    functions = ()

    def __new__(cls, *args, **options):
        """The function at its arguments; DomainError for numbers at which it has no value."""
        args = tuple(read(x, cls.__name__) for x in args)
        if len(args) in cls.nargs:
            for i, kind in enumerate(cls.functions):
                instance(args[i], kind, f"a function, argument {i + 1} of {cls.__name__}")
            call = _call(cls, args)
            if cls.domain is not None and sympy.false in _conditions(call, cls.domain)[1]:
                computed = [x for x in args if not is_fixed(x)]
                raise DomainError(_refusal(call, cls.domain, computed, "has no value here"))
        return super().__new__(cls, *args, **options)

    @property
    def arithmetics(self) -> tuple[str, ...]:
        """Names of the arithmetics that can evaluate this function."""
        in_mp = self.definition is not None or self.in_mp is not None
        in_ball = _call(type(self), self.args).has_enclosure
        in_double = in_mp or in_ball or self.double is not None
        known = zip(ARITHMETICS, (in_double, in_mp, in_ball), strict=True)
        return tuple(name for name, implemented in known if implemented)

    def fdiff(self, argindex=1):
        if self.slope is not None:
            return super().fdiff(argindex)
        definition, arguments = self._defined()
        variable = next((s for s, x in arguments.items() if x is self.args[argindex - 1]), None)
        if definition is None or variable is None:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return substitute(derivative(_as_expr(definition), variable), arguments)

    def _eval_expand_func(self, **hints):
        definition, arguments = self._defined()
        closed = definition is not None and not isinstance(definition, Integral)
        return substitute(definition, arguments) if closed else self

    def _eval_rewrite_as_Integral(self, *args, **hints):  # noqa: N802 - SymPy's hook
        definition, arguments = self.func(*args)._defined()
        integral = isinstance(definition, Integral)
        return substitute(definition.to_sympy(), arguments) if integral else self

    def _defined(self) -> tuple:
        """(definition, {symbol in it: argument}), so that it cannot capture what comes in."""
        arguments = {_stand_in(x): x for x in self.args if x.free_symbols}
        symbols = {x: s for s, x in arguments.items()}
        if self.definition is None:
            return None, arguments
        return self.definition(*(symbols.get(x, x) for x in self.args)), arguments

    def _eval_evalf(self, prec):
        return digits_of(self, prec, self.arithmetics)


def _stand_in(x: sympy.Expr) -> sympy.Symbol:
    """A symbol for an argument, with what definitions ask of it."""
    facts = {fact: getattr(x, f"is_{fact}") for fact in _FACTS}
    known = {fact: truth for fact, truth in facts.items() if truth is not None}
    return sympy.Dummy(**{"real": True, **known})


def _as_expr(definition) -> sympy.Expr:
    return definition.to_sympy() if isinstance(definition, Integral) else definition


def _has_enclosure(definition) -> bool:
    """Whether a definition can be enclosed: an infinite integral needs its tails bounded."""
    if not isinstance(definition, Integral):
        return True
    return all(end in definition.tails for end in definition.points if end.is_infinite)


@dataclass(frozen=True)
class Call:
    """A special function in a program: its class, and which arguments are fixed numbers.

    ``fixed`` has an exact number, or a function given as a `sympy.Lambda`, for a fixed argument and
    None for one that the program computes.
    """

    function: type[SpecialFunction]
    fixed: tuple

    def in_mp(self, context, *args):
        """The value in mpmath numbers."""
        return self._run(self.function.in_mp, context, args)

    def in_ball(self, context, *args):
        """An enclosure."""
        return self._run(self.function.in_ball, context, args)

    def in_series(self, context, *args):
        """The power series, by the definition where there is no other way."""
        if self.function.in_series is not None:
            return self._run(self.function.in_series, context, args)
        if (definition := self.closed_form) is None:
            raise NotSupportedError(explain(f"a power series of {self.function.__name__}"))
        return definition.run(context, args)

    def in_double(self, *args):
        """(values, errors) of the double-precision routine."""
        self._check(ArrayContext(), args, self.function.double_reach or self.function.reach)
        with np.errstate(all="ignore"):  # what is no number is seen by who asked for it
            return self.function.double(*self._all(None, args))

    def on_arrays(self, context, *args):
        """float64 values on broadcast arrays."""
        if self.function.double is not None:
            return self.in_double(*args)[0]
        if self.function.definition is None:
            return context.elementwise(self, *args)
        return _definition_program(self).run(context, args)

    def _run(self, implementation, context, args):
        self._check(context, args, self.function.reach)
        if implementation is not None:
            return implementation(context, *self._all(context, args))
        if self.function.definition is None:
            raise NotSupportedError(explain(f"{self.function.__name__} in this arithmetic"))
        return _definition_program(self).run(context, args)

    def _check(self, context, args, reach: Callable | None) -> None:
        """Refuse numbers that are surely outside the domain, or beyond the reach."""
        refusals = (
            (self.function.domain, DomainError, "has no value here"),
            (reach, NotSupportedError, "is not computed so far out"),
        )
        for condition, error, what in refusals:
            if condition is not None and not all(
                context.may_hold(program, [args[i] for i in places])
                for places, program in _condition_programs(self, condition)
            ):
                raise error(_refusal(self, condition, args, what))

    def _all(self, context, args) -> list:
        computed = iter(args)
        number = float if context is None else context.number
        return [
            next(computed) if x is None else x if isinstance(x, sympy.Lambda) else number(x)
            for x in self.fixed
        ]

    def by_definition(self, context, *args):
        """The value by the closed form that defines it."""
        return _definition_program(self).run(context, args)

    @property
    def has_closed_definition(self) -> bool:
        """Whether other functions define it, without an integral."""
        if self.function.definition is None:
            return False
        return not isinstance(_definition(self)[1], Integral)

    @property
    def holomorphic(self) -> list[bool]:
        """For each computed argument, whether it may be a complex ball."""
        number = len(self.fixed)
        free = {i % number for i in self.function.holomorphic_in}
        anything = self.function.in_ball is None
        return [anything or i in free for i, x in enumerate(self.fixed) if x is None]

    @property
    def prefers_double(self) -> bool:
        """Whether `Float` should use the double-precision routine: not where a formula is known."""
        if self.function.float_encloses and self.has_enclosure:
            return False
        return self.function.double is not None and self.closed_form is None

    @property
    def closed_form(self) -> Program | None:
        """The definition, where it is no integral."""
        if self.function.definition is None or isinstance(_definition(self)[1], Integral):
            return None
        return _definition_program(self)

    @property
    def has_enclosure(self) -> bool:
        """Whether ball arithmetic can evaluate it."""
        if self.function.in_ball is not None:
            return True
        return self.function.definition is not None and _has_enclosure(_definition(self)[1])


@lru_cache(maxsize=4096)
def _definition(call: Call) -> tuple:
    """Symbols for the arguments that are not fixed, and the definition in them."""
    dummies = [sympy.Dummy(f"x{i}") if x is None else x for i, x in enumerate(call.fixed)]
    return tuple(x for x in dummies if x.is_Symbol), call.function.definition(*dummies)


@lru_cache(maxsize=4096)
def _definition_program(call: Call) -> Program:
    """The definition, compiled once for each pattern of fixed arguments."""
    inputs, definition = _definition(call)
    return lower(definition, inputs)


@lru_cache(maxsize=4096)
def _conditions(call: Call, condition: Callable) -> tuple:
    """Symbols for the arguments that are not fixed, and the conditions on them."""
    dummies = [
        sympy.Dummy(f"x{i}", real=True) if x is None else x for i, x in enumerate(call.fixed)
    ]
    holds = condition(*dummies)
    return tuple(x for x in dummies if x.is_Symbol), sympy.And.make_args(sympy.sympify(holds))


@lru_cache(maxsize=4096)
def _condition_programs(call: Call, condition: Callable) -> list[tuple[list[int], Program]]:
    """The positions of the computed arguments in each of the conditions, and its program."""
    inputs, parts = _conditions(call, condition)
    places = [[i for i, x in enumerate(inputs) if x in part.free_symbols] for part in parts]
    return [
        (used, lower(part, [inputs[i] for i in used]))
        for used, part in zip(places, parts, strict=True)
        if part is not sympy.true
    ]


def _refusal(call: Call, condition: Callable, args, what: str) -> str:
    """The message for arguments that do not meet a condition."""
    computed, count = iter(args), len(call.fixed)
    got = ", ".join(shown(next(computed) if x is None else x) for x in call.fixed)
    symbols = [sympy.Symbol(x, real=True) for x in condition.__code__.co_varnames[:count]]
    allowed = sympy.pretty(condition(*symbols), use_unicode=True)
    return explain(f"{call.function.__name__} {what}", got=got, allowed=allowed)


def _call(function: type[SpecialFunction], args: tuple) -> Call:
    return Call(function=function, fixed=tuple(x if is_fixed(x) else None for x in args))


@handles(SpecialFunction)
def _special(node):
    return (
        ops.special,
        _call(type(node), node.args),
        tuple(x for x in node.args if not is_fixed(x)),
    )


def prefers_double(node: SpecialFunction) -> bool:
    """Whether `Float` computes a function by its double-precision routine."""
    return _call(type(node), node.args).prefers_double


def _integral_of(node: SpecialFunction) -> sympy.Expr | None:
    """The integral that defines a function, which has the kinks of its integrand."""
    definition = None if node.definition is None else node.definition(*node.args)
    return definition.to_sympy() if isinstance(definition, Integral) else None


DEFINITIONS[SpecialFunction] = _integral_of
