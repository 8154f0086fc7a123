"""Values as text that a machine reads, without a digit lost."""

import json

import sympy
from mpmath import libmp

from theorycalc.core.arithmetic import MP, Ball, Float
from theorycalc.core.binary import mpf
from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.numbers import Rigor, exact
from theorycalc.core.reference import Reference
from theorycalc.core.value import Value

_ARITHMETICS = {cls.__name__: cls for cls in (Float, MP, Ball)}
_INFINITIES = {"inf": float("inf"), "-inf": float("-inf")}


def written(value: Value) -> str:
    """A Value as JSON: mantissas and exponents of two, and how it looks."""
    return json.dumps(_record(value), ensure_ascii=False)


def _record(value: Value) -> dict:
    using = None
    if value.using is not None:
        digits = [] if isinstance(value.using, Float) else [value.using.digits]
        using = [type(value.using).__name__, *digits]
    return {
        "value": str(value),
        "mid": _pair(value.mid),
        "rad": _pair(value.rad),
        "rigor": value.rigor.name,
        "using": using,
        "reference": None if value.reference is None else vars(value.reference),
        "inputs": {name: _input(x) for name, x in value.inputs.items()},
    }


def _pair(x) -> list[int] | str:
    sign, man, exp, _ = x._mpf_
    if not man and exp:
        return "-inf" if x < 0 else "inf"
    return [int(-man if sign else man), int(exp)]


def _input(x):
    return _record(x) if isinstance(x, Value) else str(x)


def read(text: str) -> Value:
    """The Value that `written` wrote; its inputs are numbers where they are rational.

    Raises
    ------
    DomainError
        For any other text.
    """
    try:
        return _value(json.loads(text))
    except (TypeError, KeyError, ValueError, AttributeError, RecursionError) as error:
        allowed = "what Value.to_json wrote"
        raise DomainError(explain("not a Value", got=shown(text), allowed=allowed)) from error


def _value(record: dict) -> Value:
    using, reference = record["using"], record["reference"]
    return Value(
        mid=_number(record["mid"]),
        rad=_number(record["rad"]),
        rigor=Rigor[record["rigor"]],
        using=None if using is None else _ARITHMETICS[using[0]](*using[1:]),
        reference=None if reference is None else Reference(**reference),
        inputs={name: _read_input(x) for name, x in record["inputs"].items()},
    )


def _number(pair):
    if isinstance(pair, str):
        return _INFINITIES[pair]
    man, exp = pair
    if type(man) is not int or type(exp) is not int:
        raise TypeError(pair)
    return mpf(libmp.from_man_exp(man, exp))


def _read_input(x) -> Value | sympy.Expr | str:
    if not isinstance(x, str):
        return _value(x)
    try:
        return exact(x)
    except DomainError:
        return x
