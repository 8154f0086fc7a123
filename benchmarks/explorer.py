"""From a slider to the picture, and to everything below it, in milliseconds of CPU."""

import time

import sympy

import theorycalc as tc

X, N = sympy.symbols("x n")
MOVES = 20


def subjects():
    claim = tc.Claim(sympy.log(1 + X) <= X - X**2 / 2 + X**3 / 3).holds_on(x=(0, 4))
    known = tc.Value(mid=1, rad=0.05, rigor=tc.Rigor.CERTIFIED)
    ntk = tc.kernels.mlp(3, "relu").ntk
    yield "mlp(3, relu).ntk", ntk, "rho", (-0.9, 0.9)
    yield "mlp(2, relu).ntk_general", tc.kernels.mlp(2).ntk_general, "q11", (1, 5)
    yield "a claim", claim, "x", (0.5, 3.5)
    yield "with a band of Values", known * ntk, "rho", (-0.9, 0.9)


def measure(what, name: str, low: float, high: float) -> tuple[float, float]:
    """(ms until the picture, ms until all is there), means over moves of a slider."""
    panel, pictures, wholes = tc.explore(what), [], []
    panel.picture.observe(lambda change: pictures.append(time.process_time() - begun), "value")
    for i in range(MOVES):
        begun = time.process_time()
        panel.sliders[name].value = low + (high - low) * (i + 0.5) / MOVES
        wholes.append(time.process_time() - begun)
    return tuple(1000 * sum(times) / MOVES for times in (pictures, wholes))


def main() -> None:
    print(f"{'':28}{'picture':>10}{'all':>10}   ms of CPU")
    for label, what, name, ends in subjects():
        picture, whole = measure(what, name, *ends)
        print(f"{label:28}{picture:10.0f}{whole:10.0f}")


if __name__ == "__main__":
    main()
