"""What arithmetics have to offer, and that rooms ask for nothing else."""

import ast
import inspect
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.core.arithmetic import context as protocols
from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.context import Numbers, WorkingPrecision
from theorycalc.core.arithmetic.mp_context import MPContext
from theorycalc.core.arithmetic.series_context import SeriesContext
from theorycalc.core.arithmetic.tracked_context import TrackedContext
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.lowering import lower
from theorycalc.core.value import Rigor, Value

X = sp.Symbol("x")
HOUSE = Path(tc.__file__).parent


def named(protocol) -> set[str]:
    """Everything that a protocol and those below it name."""
    return {
        name
        for one in inspect.getmro(protocol)
        for name in (*vars(one), *getattr(one, "__annotations__", ()))
        if not name.startswith("_")
    }


ALL = set().union(
    *(named(one) for one in vars(protocols).values() if isinstance(one, type(Numbers)))
)


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (ArrayContext, Numbers),
        (TrackedContext, Numbers),
        (BallContext, WorkingPrecision),
        (SeriesContext, WorkingPrecision),
        (MPContext, WorkingPrecision),
    ],
)
def test_contexts_offer_what_they_promise(kind, promise):
    assert promise in kind.__mro__
    assert not kind.__abstractmethods__


def asked(path: Path):
    """(line, name) of every attribute of a context that a file asks for."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            owner = node.value
            is_context = isinstance(owner, ast.Name) and owner.id == "context"
            is_own = isinstance(owner, ast.Attribute) and owner.attr == "context"
            if is_context or is_own:
                yield node.lineno, node.attr


ROOMS = [path for path in sorted(HOUSE.rglob("*.py")) if "core/arithmetic" not in str(path)]


def test_rooms_ask_contexts_for_what_is_promised():
    unknown = [
        f"{path.relative_to(HOUSE)}:{line}: {name}"
        for path in ROOMS
        for line, name in asked(path)
        if name not in ALL
    ]
    assert not unknown


class Rationals(Numbers):
    """Exact rational numbers: whatever leaves them is refused."""

    bits = 64

    def number(self, x):
        return Fraction(int(x.p), int(x.q)) if x.is_Rational else self._refuse(x)

    def add(self, *terms):
        return sum(terms, Fraction(0))

    def mul(self, *factors):
        product = Fraction(1)
        for factor in factors:
            product *= factor
        return product

    def power(self, base, exponent):
        power = base**exponent
        return power if isinstance(power, Fraction) else self._refuse("a root")

    def compare(self, relation, x, y):
        return {"<": x < y, "<=": x <= y, "==": x == y}[relation]

    def may_hold(self, condition, inputs):
        return condition.run(self, inputs)

    def all(self, truths):
        return all(truths)

    def any(self, truths):
        return any(truths)

    def negate(self, truth):
        return not truth

    def select(self, branches):
        return next(value() for condition, value in branches if condition())

    def integer(self, x):
        return int(x)

    def scalarwise(self, function, *args):
        return function(*args)

    def negligible(self, x):
        return x == 0

    def widen(self, x, radius):
        return x if radius == 0 else self._refuse("an error")

    def fixed(self, x):
        return x

    def apply(self, name, *args):
        return abs(*args) if name == "abs" else self._refuse(name)

    def hyper(self, a, b, z):
        self._refuse("pFq")

    def atan2(self, y, x):
        self._refuse("atan2")

    def integral(self, integrand, parameters, points):
        self._refuse("an integral")

    def infinite_sum(self, *_):
        self._refuse("an infinite sum")

    def special(self, call, *args):
        return call.by_definition(self, *args)

    def _refuse(self, what):
        raise NotSupportedError(explain("rational numbers only", got=what))


@dataclass(frozen=True)
class Exactly:
    """The arithmetic of `Rationals`: all that a new one takes."""

    def evaluate(self, program, inputs):
        context = Rationals()
        x = program.run(context, [number.run(context, []) for number in inputs])
        with mpmath.workprec(200):
            mid = mpmath.mpf(x.numerator) / x.denominator
        return Value(mid=mid, rad=0, rigor=Rigor.EXACT, using=self)


def test_a_new_arithmetic_is_one_context():
    formula = tc.Formula("P", sp.Piecewise((sp.legendre(7, X), X < 1), (abs(X) ** -3, True)))
    for x in ("1/4", "-1/2", "2"):
        value = formula.at(x=x, using=Exactly())
        assert value.rigor is Rigor.EXACT
        assert value.mid == formula.at(x=x, using=tc.Ball(30)).mid
    with pytest.raises(NotSupportedError, match="rational numbers only"):
        tc.Formula("e", sp.exp(X)).at(x=1, using=Exactly())


def test_functions_with_a_definition_have_every_arithmetic():
    class Cube(tc.SpecialFunction):
        """x³"""

        @classmethod
        def definition(cls, x):
            return x**3

    formula = tc.Formula("C", Cube(X) + X)
    assert formula.at(x="1/2", using=Exactly()).mid == sp.Rational(5, 8)


def test_repeated_operations_in_rationals():
    k = sp.Symbol("k", integer=True)
    program = lower(sp.Sum(1 / k**2, (k, 1, 6)))
    assert program.run(Rationals(), []) == sum(Fraction(1, i * i) for i in range(1, 7))
