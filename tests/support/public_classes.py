"""Every public class: those of the rooms, and of what their functions, methods and fields give."""

import dataclasses
import functools
import inspect
import typing

import theorycalc as tc


def public_classes() -> set[type]:
    """Classes with a name in a room, and what one comes to from there by type hints."""
    found, todo = set(), []
    for room in _rooms(tc, {}).values():
        for thing in (getattr(room, name) for name in dir(room) if not name.startswith("_")):
            todo += [thing] if inspect.isclass(thing) else _returned(thing)
    while todo:
        cls = todo.pop()
        if cls not in found and _is_public(cls):
            found.add(cls)
            todo += _offered(cls)
    return found


def _rooms(room, seen: dict) -> dict:
    if room.__name__.startswith("theorycalc") and room.__name__ not in seen:
        seen[room.__name__] = room
        for name in dir(room):
            if inspect.ismodule(inside := getattr(room, name)):
                _rooms(inside, seen)
    return seen


def _is_public(cls: type) -> bool:
    return cls.__module__.startswith("theorycalc.") and not cls.__name__.startswith("_")


def _offered(cls: type) -> list[type]:
    """What the fields, properties and methods of a class give."""
    parts = [x for base in getattr(cls, "__orig_bases__", ()) for x in typing.get_args(base)]
    found = [c for part in parts for c in _classes_in(part)]
    if dataclasses.is_dataclass(cls) or hasattr(cls, "_fields"):
        hints = typing.get_type_hints(cls)
        found += [c for name in hints if name[0] != "_" for c in _classes_in(hints[name])]
    for name, member in inspect.getmembers_static(cls):
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            member = member.fget
        elif isinstance(member, functools.cached_property):
            member = member.func
        found += _returned(getattr(member, "__func__", member))
    return found


def _returned(thing) -> list[type]:
    """What a function of ours gives."""
    if not inspect.isfunction(thing) or not thing.__module__.startswith("theorycalc"):
        return []
    return list(_classes_in(typing.get_type_hints(thing).get("return")))


def _classes_in(annotation):
    if inspect.isclass(annotation) and typing.get_origin(annotation) is None:
        yield annotation
    for part in typing.get_args(annotation):
        yield from _classes_in(part)
