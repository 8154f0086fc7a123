"""The signal in the gradient of a correlation, at starts that are random."""

from math import factorial

import numpy as np

import theorycalc as tc

DIMENSIONS = np.array([4, 8, 16, 32])
HE = (lambda x: 1, lambda x: x, lambda x: x**2 - 1, lambda x: x**3 - 3 * x)


def squared_signal(leap: int, d: int, generator) -> float:
    """Of the gradient along u; halves that are independent leave the square without the noise."""
    target, other = generator.standard_normal((2, 2, 16 * d ** (leap - 1)))
    neuron = d**-0.5 * target + (1 - 1 / d) ** 0.5 * other
    slopes = HE[leap](target) * leap * HE[leap - 1](neuron) * target
    return np.prod(slopes.mean(axis=1))


def gradients(run) -> None:
    """The gradient of the correlation along u, from two times 16 d^{l−1} samples."""
    generator = np.random.default_rng(0)
    for leap in (2, 3):
        found = [[squared_signal(leap, d, generator) for _ in range(run.size)] for d in DIMENSIONS]
        run.points(DIMENSIONS, found, series=f"leap {leap}")
        stated = (leap * factorial(leap)) ** 2 * DIMENSIONS ** (1.0 - leap)
        run.line(DIMENSIONS, stated, f"leap {leap}")
        law = tc.validation.PowerLaw.fit(DIMENSIONS, found)
        run.exponent(f"leap {leap}: squared signal", 1 - leap, law)
        run.rejects(f"leap {leap}, as for leap {leap + 1}", -leap)
    run.axes("dimension $d$", "squared signal", log="xy", xticks=DIMENSIONS)
