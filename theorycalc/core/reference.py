"""Where a formula, a claim or a number comes from."""

from dataclasses import dataclass

from theorycalc.core.looks import Line
from theorycalc.core.records import check_fields

_RESOLVERS = {
    "arxiv": "https://arxiv.org/abs/{}",
    "doi": "https://doi.org/{}",
    "dlmf": "https://dlmf.nist.gov/{}",
}


@dataclass(frozen=True)
class Reference(Line):
    """A source in the literature.

    Parameters
    ----------
    key : str
        Identifier with its scheme: ``"arXiv:1806.07572"``, ``"doi:10.1007/..."``, ``"DLMF:13.2"``.
    where : str
        Place in the source, e.g. ``"Theorem 1"``.
    title : str
        Title of the source, with its authors if wanted.
    url : str
        Address; derived from ``key`` when its scheme is arXiv, doi or DLMF.

    Raises
    ------
    DomainError
        For a field that is no string.

    Examples
    --------
    >>> import theorycalc as tc
    >>> r = tc.Reference(key="arXiv:1806.07572", where="Theorem 1")
    >>> print(r)
    arXiv:1806.07572, Theorem 1
    >>> r.url
    'https://arxiv.org/abs/1806.07572'
    """

    key: str
    where: str = ""
    title: str = ""
    url: str = ""

    def __post_init__(self):
        check_fields(self)
        scheme, _, identifier = self.key.partition(":")
        template = _RESOLVERS.get(scheme.lower())
        if not self.url and template:
            object.__setattr__(self, "url", template.format(identifier))

    def __str__(self):
        return ", ".join(part for part in (self.title, self.key, self.where) if part)
