"""Find theories by the words of their statements."""

import re
from dataclasses import dataclass

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Shown
from theorycalc.core.records import check_fields, instance
from theorycalc.theories._sources import load, names


@dataclass(frozen=True)
class Found(Shown):
    """A place where words were found: a theory, the number of a statement (0: its text) and it."""

    theory: str
    statement: int
    text: str

    def __post_init__(self):
        check_fields(self)


def search(words: str) -> list[Found]:
    """Statements of the package's theories with all of these words, those with them together first.

    Parameters
    ----------
    words : str
        Upper and lower case are the same; a word is found inside a longer one too.

    Raises
    ------
    DomainError
        For no words.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.theories.search("edge of chaos")[0].theory
    'signal_propagation'
    """
    wanted = re.findall(r"\w+", instance(words, str, "words", allowed="a string").lower())
    if not wanted:
        raise DomainError(explain("no words to look for", got=repr(words)))
    found = []
    for name in names():
        theory = load(name)
        places = [(0, f"{theory.title}\n{theory.statement}")]
        places += [(s.number, f"{theory.title}: {s.text}") for s in theory.statements]
        for number, text in places:
            if all(word in text.lower() for word in wanted):
                apart = " ".join(wanted) not in " ".join(text.lower().split())
                found.append((apart, number == 0, Found(name, number, text)))
    return [place for *_, place in sorted(found, key=lambda entry: entry[:2])]
