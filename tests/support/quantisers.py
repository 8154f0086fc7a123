"""Laws by the names of the reference numbers."""

from theorycalc import distributions

LAWS = {
    "gauss": distributions.Gaussian,
    "ball": distributions.UniformBall,
    "sphere": distributions.UniformSphere,
}


def source(params):
    """The law of an entry."""
    return LAWS[params["dist"]](params["d"])
