"""What code that SymPy generates calls: functions of ours, by the names that `printed` gave them.

The first call of one compiles it. It takes what the code is run with: floats and arrays of NumPy,
arrays of other libraries, numbers of mpmath, or expressions.
"""

from collections.abc import Callable
from functools import cache

import array_api_compat
import mpmath
import sympy

from theorycalc.core.arithmetic import MP
from theorycalc.core.arrays import is_array
from theorycalc.core.formula import Formula
from theorycalc.core.printed import PATTERNS, Pattern


def __getattr__(name: str) -> Callable:
    if name not in PATTERNS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _generated(PATTERNS[name])


@cache
def _generated(pattern: Pattern) -> Callable:
    """A function of the arguments that are not fixed."""
    symbols = [sympy.Symbol(f"x{i}", real=True) for i in range(len(pattern.fixed))]
    given = [s if x is None else x for s, x in zip(symbols, pattern.fixed, strict=True)]
    args = [s for s, x in zip(symbols, pattern.fixed, strict=True) if x is None]
    formula = Formula(pattern.function.__name__, pattern.function(*given), args)
    on_arrays = cache(formula.lambdify)

    def function(*values):
        named = dict(zip((symbol.name for symbol in args), values, strict=True))
        if any(isinstance(x, sympy.Basic) for x in values):
            return formula.subs(**named).expr
        if any(isinstance(x, mpmath.mpf) for x in values):
            value = formula.at(using=MP(mpmath.mp.dps), **named)
            return +mpmath.mp.make_mpf(value.mid._mpf_)
        return on_arrays(_backend(values))(*values)

    return function


def _backend(values):
    """What computes arrays like these."""
    others = [x for x in values if is_array(x) and not array_api_compat.is_numpy_array(x)]
    return array_api_compat.array_namespace(*others) if others else "numpy"
