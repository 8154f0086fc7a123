"""All families, with the numbers of cases of the short run and of a batch of the long one."""

from typing import NamedTuple

from expressions import bounds, expressions, images, slopes
from gaussian import gaussians
from plane import moving, planes
from random_laws import distortions, moments, networks


class Family(NamedTuple):
    """Cases of one kind."""

    cases: object
    examples: int
    batch: int


FAMILIES = {
    "expressions": Family(expressions, 60, 400),
    "slopes": Family(slopes, 25, 100),
    "images": Family(images, 30, 100),
    "bounds": Family(bounds, 50, 200),
    "gaussians": Family(gaussians(), 2, 2),
    "moments": Family(moments(), 4, 10),
    "distortions": Family(distortions(), 1, 1),
    "networks": Family(networks, 5, 30),
    "planes": Family(planes(), 12, 40),
    "moving": Family(moving(), 12, 60),
}
