"""Functions of ours in code that SymPy generates: they are called by names that stand for them."""

from typing import NamedTuple

import sympy

# Where the generated code imports them from.
_MODULE = "theorycalc.core.generated"


class Pattern(NamedTuple):
    """A function, its fixed arguments, and None in the place of those that are computed."""

    function: type[sympy.Function]
    fixed: tuple


# The functions that have been printed, by their names.
PATTERNS: dict[str, Pattern] = {}
_NAMES: dict[Pattern, str] = {}


def is_fixed(x) -> bool:
    """Whether an argument is a part of the function and not a number that is computed."""
    return bool(x.is_Rational) or isinstance(x, sympy.Lambda)


def call(node: sympy.Function, printer) -> str:
    """The code of a function of ours at its arguments."""
    fixed = tuple(x if is_fixed(x) else None for x in node.args)
    name = _name(Pattern(type(node), fixed))
    computed = (printer._print(x) for x in node.args if not is_fixed(x))
    return f"{printer._module_format(f'{_MODULE}.{name}')}({', '.join(computed)})"


def _name(pattern: Pattern) -> str:
    if pattern not in _NAMES:
        name = f"{pattern.function.__name__}_{len(_NAMES)}"
        _NAMES[pattern], PATTERNS[name] = name, pattern
    return _NAMES[pattern]
