"""What Python refuses of a call is told as everything else is: what, got, allowed, try."""

import functools
import inspect
import sys
from collections.abc import Callable, Iterable
from enum import Enum
from inspect import Parameter

import sympy

from theorycalc.core.errors import DomainError, UnknownNameError, close_names, explain, unknown_name

# Methods that users call without their names.
_CALLED = ("__init__", "__call__")
_BY_NAME = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
# Classes whose calls are not those of an `__init__` of ours.
_OTHERS = (sympy.Basic, BaseException, Enum, tuple)


class CallError(DomainError, TypeError):
    """A call that does not fit the signature of the function; a TypeError, as in Python."""


def tell_calls(module: str, names: Iterable[str]) -> None:
    """Let the public functions and classes of a module tell what is wrong with a call of theirs."""
    room = sys.modules[module]
    for name in names:
        thing = getattr(room, name)
        if inspect.isfunction(thing):
            told, home = _telling(thing), sys.modules[thing.__module__]
            # at home too: there it is looked up by name when it is sent to another process
            for place in (room, home):
                if vars(place).get(thing.__name__) is thing:
                    setattr(place, thing.__name__, told)
        elif inspect.isclass(thing) and not issubclass(thing, _OTHERS):
            for part in thing.__mro__:
                if part.__module__.startswith("theorycalc."):
                    _tell_methods(part)


def _tell_methods(cls: type) -> None:
    for name, method in [*vars(cls).items()]:
        if name.startswith("_") and name not in _CALLED:
            continue
        if inspect.isfunction(method):
            setattr(cls, name, _telling(method))
        elif isinstance(method, classmethod | staticmethod):
            setattr(cls, name, type(method)(_telling(method.__func__)))


def _telling(function: Callable) -> Callable:
    """The function, with `CallError` in the place of Python's TypeError for its call."""
    if getattr(function, "tells_calls", False):
        return function

    @functools.wraps(function)
    def told(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except TypeError:
            if (misfit := _misfit(function, args, kwargs)) is None:  # the function was entered
                raise
            raise misfit from None
        except UnknownNameError as error:
            # meant for a parameter of a formula, and perhaps an argument beside those
            own = _names(function)
            if error.name not in kwargs or not close_names(error.name, own):
                raise
            raise unknown_name(error.kind, error.name, {*error.known, *own}) from None

    told.tells_calls = True
    return told


def _misfit(function: Callable, args: tuple, kwargs: dict) -> CallError | None:
    """What is wrong with a call that the signature does not allow; None if it allows it."""
    signature = inspect.signature(function)
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        reason = str(error)
    else:
        return None
    name = function.__qualname__.removesuffix(".__init__").removesuffix(".__call__")
    known = _names(function)
    for got in kwargs:
        if got not in known:
            return CallError(str(unknown_name(f"argument of {name}", got, known)))
    plain = [parameter.replace(annotation=Parameter.empty) for parameter in _parameters(function)]
    shape = f"{name}{inspect.Signature(plain)}"
    try:
        given = signature.bind_partial(*args, **kwargs).arguments
    except TypeError:  # too many, or one twice
        return CallError(explain(f"not a call of {name}", got=reason, allowed=shape))
    needed = (p for p in _parameters(function) if p.kind in _BY_NAME and p.default is p.empty)
    missing = [parameter.name for parameter in needed if parameter.name not in given]
    hint = ", ".join(f"{key}=…" for key in missing)
    return CallError(explain(f"{name} needs {', '.join(missing)}", allowed=shape, hint=hint))


def _parameters(function: Callable) -> list[Parameter]:
    """Those that a caller writes."""
    parameters = [*inspect.signature(function).parameters.values()]
    return parameters[parameters[0].name in ("self", "cls") :] if parameters else []


def _names(function: Callable) -> list[str]:
    return [parameter.name for parameter in _parameters(function) if parameter.kind in _BY_NAME]
