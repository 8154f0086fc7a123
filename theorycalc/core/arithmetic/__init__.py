"""The three arithmetics: the ``using=`` argument of every evaluation."""

import importlib

# Loaded when they are asked for: programs need what counts their work, and balls need programs.
_HOMES = {"Ball": "ball", "Float": "float", "MP": "mp"}

__all__ = ["MP", "Ball", "Float"]


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    return globals()[name]
