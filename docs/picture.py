"""The picture of the first page and of the README: ``python docs/picture.py`` draws it again."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import numpy as np
import sympy
from matplotlib import pyplot

import theorycalc as tc

WIDTHS, REPLICAS = (8, 16, 32, 64, 128, 256), 1500
RHO, X = sympy.Symbol("rho", real=True), sympy.Symbol("x", real=True)
SERIES = X - X**3 / 3 + sympy.Rational(2, 15) * X**5 - X**7 / 20


def kernels(axes) -> None:
    """Tangent kernels of several depths, and one value with its digits."""
    grid = np.linspace(-1, 1, 400)
    for depth, color in zip((1, 3, 10, 30), pyplot.cm.viridis([0.15, 0.4, 0.65, 0.9]), strict=True):
        kernel = tc.kernels.mlp(depth, "relu").ntk
        axes.plot(
            grid,
            kernel.lambdify()(grid) / (depth + 1),
            color=color,
            label=f"{depth} layer{'s' if depth > 1 else ''}",
        )
    value = tc.kernels.mlp(3, "relu").ntk.at(rho="0.3", using=tc.Ball(30))
    axes.plot(0.3, float(value) / 4, "ko", markersize=4)
    number, error = str(value).split(" ± ")
    axes.annotate(
        f"3 layers, Θ(0.3) = {number[:16]}\n{number[16:]} ± {error}, certified",
        (0.3, float(value) / 4),
        (-0.98, 0.53),
        fontsize=7.5,
        arrowprops={"arrowstyle": "-", "color": "0.5"},
    )
    axes.set(xlabel="correlation ρ", title="tangent kernels, over their value at ρ = 1")
    axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def bound(axes) -> None:
    """The margin of a bound that fails, with the exact point that refutes it."""
    claim = tc.Claim(sympy.tanh(X) >= SERIES).holds_on(x=(0, 2))
    proof = tc.prove(claim)
    place = proof.counterexample["x"]
    grid = np.linspace(0.05, 1, 400)
    margin = tc.Formula("margin", sympy.tanh(X) - SERIES).lambdify()
    scaled = margin(grid) / grid**7
    axes.plot(grid, scaled, color="#4a6fa5")
    axes.fill_between(grid, scaled, 0, where=scaled < 0, color="C3", alpha=0.25)
    axes.axhline(0, color="0.6", linewidth=0.8)
    height = float(margin([float(place)])[0] / float(place) ** 7)
    axes.plot(float(place), height, "o", color="C3")
    axes.annotate(
        f"refuted at x = {place}",
        (float(place), height),
        (0.08, 0.004),
        fontsize=9,
        color="C3",
        arrowprops={"arrowstyle": "-", "color": "0.5"},
    )
    axes.set(xlabel="x", title="tanh x ≥ x − x³/3 + 2x⁵/15 − x⁷/20 ?   (margin over x⁷)")


def networks(axes) -> None:
    """The variance of tangent kernels of random networks beside its closed form."""
    variance = tc.theories.get("neural_tangent_kernel").statements[3].formulas[0]
    pair = np.sqrt(2) * np.array([[1, 0], [0.3, np.sqrt(0.91)]])
    means, errors = [], []
    for width in WIDTHS:
        network = tc.networks.mlp(2, width, 1, "relu", sigma_w=2**0.5)
        found = tc.validation.sample_kernels(network, pair, REPLICAS, seed=1)[:, 0, 1]
        spread = tc.validation.Measurement.of_variance(found)
        means.append(spread.mean)
        errors.append(2 * spread.standard_error)
    exact = float(variance.at(rho="0.3"))
    axes.loglog(WIDTHS, exact / np.array(WIDTHS), color="#4a6fa5", label="theory, V/m")
    axes.errorbar(
        WIDTHS, means, errors, fmt="ko", markersize=4, capsize=3, label="networks, ± 2 s.e."
    )
    axes.set(xlabel="width m", title="variance of tangent kernels of random networks")
    axes.set_xticks(WIDTHS, map(str, WIDTHS))
    axes.minorticks_off()
    axes.legend(frameon=False, fontsize=8)


def main() -> None:
    """Three panels."""
    pyplot.rcParams.update({"svg.hashsalt": "theorycalc", "font.size": 9, "axes.titlesize": 9})
    figure, panels = pyplot.subplots(1, 3, figsize=(12, 3.3), layout="constrained")
    for draw, axes in zip((kernels, bound, networks), panels, strict=True):
        draw(axes)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(Path(__file__).with_name("picture.svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
