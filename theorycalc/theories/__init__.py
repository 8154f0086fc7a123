"""One paper, one file. A file states a ``PAPER``; it is found here by its name alone.

``theorycalc new NAME`` writes one: tests, documentation and the command line need no other change.
"""

from theorycalc.core.calls import tell_calls
from theorycalc.theories._checked import Checked, check
from theorycalc.theories._paper import Paper, Statement
from theorycalc.theories._search import Found, search
from theorycalc.theories._sources import Named, names
from theorycalc.theories._theory import Case, Proposition, Theory

__all__ = [
    "Case",
    "Checked",
    "Found",
    "Paper",
    "Proposition",
    "Statement",
    "Theory",
    "check",
    "get",
    "list",
    "search",
]


def list() -> list[str]:  # noqa: A001 - a word of the public interface
    """Names of all theories.

    Examples
    --------
    >>> import theorycalc as tc
    >>> "neural_tangent_kernel" in tc.theories.list()
    True
    """
    return names()


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
    return Named(name).theory


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
