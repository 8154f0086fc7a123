"""Matrices of both kernels against those that neural-tangents computed for the same networks."""

import json

import numpy as np
import pytest
from reference import DATA

import theorycalc as tc

k = tc.kernels
FILE = json.loads((DATA / "neural_tangents.json").read_text(encoding="utf-8"))
INPUTS = {kind: np.array(x) for kind, x in FILE["inputs"].items()}


def layer(name, *numbers):
    """A layer of the file as one of ours."""
    match name:
        case "dense":
            return k.dense(*map(str, numbers))
        case "conv":
            size, padding, stride, *sigmas = numbers
            return k.conv2d(size, *map(str, sigmas), padding, stride)
        case "average_pool":
            size, padding, stride = numbers
            return k.average_pool((size, size), (stride, stride), padding)
        case "activation":
            return k.activation(*numbers)
        case "sum" if [] in numbers:
            return k.residual(*(layer(*x) for x in numbers[1]))
        case "sum":
            return k.parallel(*([layer(*x) for x in branch] for branch in numbers))
        case _:
            return getattr(k, name)()


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["name"])
def test_both_kernels(case):
    """Its own diagonals lose half of their digits (arccos at 1), its layer norm adds 1e-12."""
    network = k.serial(*(layer(*x) for x in case["layers"]))
    kernels = network.matrices(INPUTS[case["inputs"]])
    for ours, theirs in zip(kernels, (case["nngp"], case["ntk"]), strict=True):
        apart = ~np.eye(len(ours), dtype=bool)
        np.testing.assert_allclose(ours[apart], np.array(theirs)[apart], rtol=1e-11)
        np.testing.assert_allclose(np.diag(ours), np.diag(theirs), rtol=2e-9)


def images_kernel(padding, images, stride=2):
    """The tangent kernel of one layer of 3 × 3 filters."""
    conv = k.conv2d(3, "1.5", "0.5", padding, stride)
    return k.serial(conv, k.activation("relu"), k.flatten(), k.dense()).ntk_matrix(images)


@pytest.mark.parametrize("padding", [1, ((1, 1), (1, 1)), [[0, 2], [3, 1]], 0])
def test_explicit_padding(padding):
    """Zeros around the image by hand, for filters that add none."""
    pairs = ((padding, padding),) * 2 if isinstance(padding, int) else padding
    images = INPUTS["images"]
    around = np.pad(images, ((0, 0), *pairs, (0, 0)))
    np.testing.assert_allclose(
        images_kernel(padding, images), images_kernel("valid", around), rtol=1e-14
    )


@pytest.mark.parametrize(
    ("size", "stride", "pads"), [(6, 2, (0, 1)), (5, 2, (1, 1)), (6, 1, (1, 1)), (6, 4, (0, 1))]
)
def test_named_padding(size, stride, pads):
    """⌈size/stride⌉ results need so many positions more, the odd one after the image."""
    images = INPUTS["images"][:, :size, :size]
    around = np.pad(images, ((0, 0), pads, pads, (0, 0)), mode="wrap")
    by_hand = images_kernel((pads, pads), images, stride), images_kernel("valid", around, stride)
    for padding, expected in zip(("same", "circular"), by_hand, strict=True):
        np.testing.assert_allclose(images_kernel(padding, images, stride), expected, rtol=1e-14)
