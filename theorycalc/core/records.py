"""Frozen records: every field holds what its annotation says."""

import itertools
import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import cache

import numpy as np
import sympy

from theorycalc.core.errors import DomainError, explain, shown, unknown_name

# Numbers and truth values are not told from each other by Python.
_KINDS = {
    bool: (bool, np.bool_),
    int: (int, np.integer),
    float: (int, float, np.integer, np.floating),
}
# What a range without an end is written with: all finite numbers.
LARGEST = sys.float_info.max
# Members of a range or an iterator that are written out.
_MOST_MEMBERS = 100_000
# Bits of integers that no double holds.
_LONGEST = 1024


def check_fields(record) -> None:
    """Refuse a record with a field that is not of its declared type.

    Raises
    ------
    DomainError
        With the name of the field.
    """
    for name, annotation, holds in _tests(type(record)):
        if not holds(found := getattr(record, name)):
            raise DomainError(
                explain(
                    f"{type(record).__name__}: {name} is of another type",
                    got=shown(found),
                    allowed=annotation,
                )
            )


def check_range(record, least: float, most: float, *names: str) -> None:
    """Refuse a record with numbers outside of a range, or NaN among them.

    Raises
    ------
    DomainError
        With the name of the field.
    """
    for name in names:
        if not least <= float(found := getattr(record, name)) <= most:
            limits = [f"≥ {least:g}"] * (least > -LARGEST) + [f"≤ {most:g}"] * (most < LARGEST)
            what = f"{type(record).__name__}: {name} is out of range"
            allowed = " and ".join(limits) or "a finite number"
            raise DomainError(explain(what, got=found, allowed=allowed))


def instance(x, kind: type | types.UnionType, what: str, *, allowed: str = "", hint: str = ""):
    """An argument that has to be of some type.

    Raises
    ------
    DomainError
        For anything else.
    """
    if not _test(kind)(x):
        allowed = allowed or _shown(kind)
        raise DomainError(explain(f"not {what}", got=shown(x), allowed=allowed, hint=hint))
    return x


def one_of(x, names: Iterable[str], what: str) -> str:
    """An argument that has to be one of a few names.

    Raises
    ------
    DomainError
        For anything else.
    """
    if instance(x, str, f"a {what}") not in names:
        raise unknown_name(what, x, names)
    return x


def sequence(x, what: str, *, allowed: str = "a tuple or a list") -> tuple:
    """The members of a tuple, a list, a range or an iterator.

    Raises
    ------
    DomainError
        For anything else: strings, sets and mappings, which have no order, and numbers. For ranges
        and iterators that do not end soon.
    """
    instance(x, tuple | list | range | sympy.Tuple | Iterator, what, allowed=allowed)
    if isinstance(x, tuple | list | sympy.Tuple):
        return tuple(x)
    members = tuple(itertools.islice(x, _MOST_MEMBERS + 1))
    if len(members) > _MOST_MEMBERS:
        allowed = f"at most {_MOST_MEMBERS} from a range or an iterator"
        raise DomainError(explain(f"{what}: too many members", got=shown(x), allowed=allowed))
    return members


@cache
def _tests(record: type) -> list[tuple[str, str, Callable]]:
    hints = typing.get_type_hints(record)
    return [(f.name, _shown(hints[f.name]), _test(hints[f.name])) for f in fields(record)]


@cache
def _test(annotation) -> Callable[[object], bool]:
    """Whether an object is what an annotation says."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in (typing.Any, object):
        return lambda x: True
    if origin in (types.UnionType, typing.Union):
        tests = [_test(part) for part in parts]
        return lambda x: any(test(x) for test in tests)
    if origin is tuple:
        return _tuple_test(parts)
    if origin is Callable or annotation is Callable:
        return callable
    if annotation is int:
        return lambda x: isinstance(x, _KINDS[int]) and not isinstance(x, bool)
    if annotation is float:
        return _is_double
    if origin is list:
        test = _test(parts[0])
        return lambda x: isinstance(x, list) and all(map(test, x))
    if origin is dict:
        keys, values = map(_test, parts)
        return lambda x: isinstance(x, dict) and all(map(keys, x)) and all(map(values, x.values()))
    kind = _KINDS.get(annotation, origin or annotation)
    return lambda x: isinstance(x, kind)


def _is_double(x) -> bool:
    """Whether it is a number that a double holds."""
    if isinstance(x, bool) or not isinstance(x, _KINDS[float]):
        return False
    return not isinstance(x, int) or x.bit_length() < _LONGEST


def _tuple_test(parts: tuple) -> Callable[[object], bool]:
    if parts[-1] is Ellipsis:
        test = _test(parts[0])
        return lambda x: isinstance(x, tuple) and all(map(test, x))
    tests = [_test(part) for part in parts]
    return lambda x: (
        isinstance(x, tuple)
        and len(x) == len(tests)
        and all(test(y) for test, y in zip(tests, x, strict=True))
    )


def _shown(annotation) -> str:
    return getattr(annotation, "__name__", "") if isinstance(annotation, type) else str(annotation)
