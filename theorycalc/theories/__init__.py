"""One paper, one file. A file states a ``THEORY``; it is found here by its name alone.

To add one, copy ``_template.py``: tests, documentation and the command line need no other change.
"""

import importlib
import pkgutil

from theorycalc.core.errors import unknown_name
from theorycalc.core.records import instance
from theorycalc.theories._paper import Paper, Statement
from theorycalc.theories._theory import Case, Theory

__all__ = ["Case", "Paper", "Statement", "Theory", "get", "list"]


def list() -> list[str]:  # noqa: A001 - a word of the public interface
    """Names of all theories.

    Examples
    --------
    >>> import theorycalc as tc
    >>> "neural_tangent_kernel" in tc.theories.list()
    True
    """
    names = (module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg)
    return sorted(name for name in names if not name.startswith("_"))


def get(name: str) -> Theory:
    """The theory of that name.

    Raises
    ------
    DomainError
        For an unknown name, with the close matches.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.theories.get("neural_tangent_kernel").reference.key)
    arXiv:1806.07572
    """
    if instance(name, str, "the name of a theory") not in list():
        raise unknown_name("theory", name, list())
    return _load(name)


def _load(name: str) -> Theory:
    module = importlib.import_module(f"{__name__}.{name}")
    return module.PAPER.theory if hasattr(module, "PAPER") else module.THEORY


def __dir__():
    return sorted(__all__)
