"""All families, with the number of cases of the short run."""

from typing import NamedTuple

from expressions import bounds, expressions, images, slopes
from gaussian import gaussians
from plane import moving, planes
from random_laws import distortions, moments, networks


class Family(NamedTuple):
    """Cases of one kind."""

    cases: object
    examples: int


FAMILIES = {
    "expressions": Family(expressions, 60),
    "slopes": Family(slopes, 25),
    "images": Family(images, 30),
    "bounds": Family(bounds, 50),
    "gaussians": Family(gaussians(), 2),
    "moments": Family(moments(), 4),
    "distortions": Family(distortions(), 1),
    "networks": Family(networks, 5),
    "planes": Family(planes(), 12),
    "moving": Family(moving(), 12),
}
