"""Evaluation on arrays of doubles: NumPy and SciPy.

Special functions are SciPy's where those are good to the last digits; where SciPy has none, is
known to lose digits, or overflows, every element is computed by ball arithmetic and rounded, which
is slower and right.
"""

import functools
import operator

import array_api_compat
import numpy as np
import sympy

from theorycalc.core.arithmetic.context import Elementwise
from theorycalc.core.arithmetic.logic import RELATIONS
from theorycalc.core.arithmetic.mp_doubles import in_mp_twice
from theorycalc.core.arithmetic.node_integral import quadrature
from theorycalc.core.arithmetic.special_arrays import by_balls, special_with_errors
from theorycalc.core.errors import DomainError, explain

# Functions of the array API standard, under the names of the vocabulary.
_ELEMENTARY = (
    "sqrt exp log expm1 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh abs sign "
    "floor ceil"
).split()
# Of smaller integers quotients are in the range of doubles; SymPy takes long for them.
_LARGE = 2**64
_ALIASES = {"ceiling": "ceil", "max": "maximum", "min": "minimum"}


class ArrayContext(Elementwise):
    """The operations that a `Program` calls, on arrays of one namespace, which is NumPy's."""

    bits = 53

    def __init__(self, xp=np):
        self.xp, self.dtype = xp, np.float64

    def number(self, x: sympy.Expr) -> float:
        # A Python float takes the precision of the array it meets. Python rounds quotients right.
        if x.is_Rational and max(abs(x.p), x.q) < _LARGE:
            return x.p / x.q
        return float(x)

    def add(self, *terms):
        return functools.reduce(operator.add, terms)

    def mul(self, *factors):
        return functools.reduce(operator.mul, factors)

    def power(self, base, exponent):
        if isinstance(base, float) and isinstance(exponent, float):
            return float(np.float64(base) ** exponent)
        if isinstance(exponent, float) and exponent.is_integer() and abs(exponent) <= 64:
            return _integer_power(base, int(exponent))
        return base**exponent

    def hyper(self, a: list, b: list, z):
        return by_balls(
            lambda ctx, z, *p: ctx.hyper(list(p[: len(a)]), list(p[len(a) :]), z), z, *a, *b
        )

    def atan2(self, y, x):
        origin = self.compare("==", abs(x) + abs(y), 0.0)
        return self._where(origin, np.nan, self._call("atan2", y, x))

    def apply(self, name: str, *args):
        """Any other function of the vocabulary, by name."""
        name = _ALIASES.get(name, name)
        if name in _ELEMENTARY:
            return self._call(name, *args)
        if name in ("maximum", "minimum"):
            return functools.reduce(functools.partial(self._call, name), args)
        if name == "softplus":
            return self._call("logaddexp", *args, 0.0)
        if name == "heaviside":
            x, at_zero = args
            return self._heaviside(x, at_zero)
        return self._special_function(name, *args)

    def _heaviside(self, x, at_zero):
        if array_api_compat.is_numpy_array(x) and isinstance(at_zero, float):
            known = np.asarray(x > 0)  # in half the time of a sign
            step = known.astype(np.result_type(x, 0.0))
            known |= x < 0
            if not known.all():
                at = x[~known]
                step[~known] = np.where(at == 0, at_zero, at)
            return step
        step = (self._call("sign", x) + 1.0) / 2.0
        return step if at_zero == 0.5 else self._where(x == 0.0, at_zero, step)

    def _call(self, name: str, *args):
        if all(isinstance(x, float) for x in args):
            return float(getattr(np, name)(*args))
        return getattr(self.xp, name)(*(self._like(x, args) for x in args))

    def _like(self, x, others):
        """A constant among arrays as an array of their dtype and device."""
        if not isinstance(x, float):
            return x
        array = next(other for other in others if not isinstance(other, float))
        return self.xp.asarray(x, dtype=array.dtype, device=array_api_compat.device(array))

    def _special_function(self, name: str, *args):
        values, _ = special_with_errors(name, *(np.asarray(x) for x in args))
        return float(values) if all(isinstance(x, float) for x in args) else values

    def compare(self, relation: str, x, y):
        return RELATIONS[relation](x, y)

    def may_hold(self, condition, inputs: list) -> bool:
        fails = self.xp.asarray(self.negate(condition.run(self, inputs)))
        for x in inputs:
            fails = fails & ~self.xp.isnan(self.xp.asarray(x))
        return not bool(self.xp.any(fails))

    def all(self, truths: list):
        return functools.reduce(self.xp.logical_and, map(self.xp.asarray, truths))

    def any(self, truths: list):
        return functools.reduce(self.xp.logical_or, map(self.xp.asarray, truths))

    def negate(self, truth):
        return self.xp.logical_not(self.xp.asarray(truth))

    def select(self, branches):
        """Per element the first branch whose condition holds; all branches are computed."""
        result = np.nan
        for condition, branch in reversed(branches):
            result = self._where(condition(), branch(), result)
        return result

    def _where(self, condition, x, y):
        if isinstance(condition, bool | np.bool_):
            return x if condition else y
        arrays = [value for value in (x, y) if not isinstance(value, float)]
        if not arrays:
            x = self.xp.asarray(x, dtype=self.dtype, device=array_api_compat.device(condition))
            arrays = [x]
        return self.xp.where(condition, self._like(x, arrays), self._like(y, arrays))

    def integral(self, integrand, parameters: list, points: list) -> float:
        """∫ of a program of (x, *parameters) over the points, by SciPy's adaptive quadrature."""
        return quadrature(lambda x: float(integrand.run(self, [x, *parameters])), points)[0]

    def infinite_sum(self, series, first: int, parameters: list) -> float:
        """Σ of a series of (index, *parameters), whose remainder is known in balls only."""
        return by_balls(
            lambda context, *xs: context.infinite_sum(series, first, list(xs)), *parameters
        )

    def negligible(self, x) -> bool:
        """Whether a cut-off error is below double precision."""
        return abs(x) < np.finfo(float).eps

    def widen(self, x, radius):
        return x

    def fixed(self, x):
        """The number itself: no variable of a quadrature moves here."""
        return x

    def scalarwise(self, function, *args):
        """Call ``function`` once per element of the broadcast arguments."""
        if all(np.ndim(x) == 0 for x in args):
            return function(*map(float, args))
        return np.vectorize(function, otypes=[float])(*args)

    def integer(self, x) -> int:
        if not float(x).is_integer():
            raise DomainError(explain("the limit of a sum is not an integer", got=x))
        return int(x)

    def special(self, call, *args):
        return call.on_arrays(self, *args)

    def elementwise(self, call, *args):
        """A special function that has no routine for arrays, one element at a time."""
        if call.has_enclosure:
            return by_balls(lambda context, *xs: context.special(call, *xs), *args)
        return self.scalarwise(lambda *xs: in_mp_twice(call, xs)[0], *args)


def _integer_power(base, exponent: int):
    """By repeated squaring: as accurate as a library pow and exact for ±1, 2 and small integers."""
    if exponent < 0:
        return 1.0 / _integer_power(base, -exponent)
    result, square = 1.0, base
    while exponent:
        if exponent & 1:
            result = result * square
        exponent >>= 1
        if exponent:
            square = square * square
    return result
