"""All families, with the number of cases of the short run."""

from typing import NamedTuple

from expressions import bounds, expressions, images, slopes


class Family(NamedTuple):
    """Cases of one kind."""

    cases: object
    examples: int


FAMILIES = {
    "expressions": Family(expressions, 80),
    "slopes": Family(slopes, 30),
    "images": Family(images, 60),
    "bounds": Family(bounds, 60),
}
