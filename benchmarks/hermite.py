"""Hermite coefficients: closed forms and sweeps against quadrature rules and SymPy's integrate."""

import multiprocessing
import time

import mpmath
import numpy as np
import sympy
from _timing import compare
from scipy import integrate

import theorycalc as tc
from theorycalc.hermite import enclosure, functions

ORDER = 100
Z = sympy.Symbol("z", real=True)


def density(z):
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


def by_quad(activation):
    """One adaptive integral for each degree."""
    return [
        integrate.quad(
            lambda z, k=k: float(activation(z)) * tc.hermite.evaluate(k, z)[k] * density(z),
            -12, 12, points=[0.0], limit=200, full_output=1,
        )[0]
        for k in range(ORDER + 1)
    ]  # fmt: skip


def by_gauss_hermite(activation, nodes=100):
    z, w = np.polynomial.hermite_e.hermegauss(nodes)
    return tc.hermite.evaluate(ORDER, z) @ (w * activation(z)) / np.sqrt(2 * np.pi)


def afresh(function):
    """A call that finds nothing kept from an earlier one."""

    def call():
        functions._elementary.cache_clear()
        enclosure.enclosures.cache_clear()
        return function()

    return call


def by_mpmath(activation, k):
    """One coefficient at 30 digits."""
    f = sympy.lambdify(activation.symbol, activation.expr, "mpmath")
    with mpmath.workdps(30):
        m = mpmath.mp
        norm = m.sqrt(2**k * m.factorial(k))
        return m.quad(
            lambda t: f(t) * m.hermite(k, t / m.sqrt(2)) / norm * m.npdf(t), range(-14, 15)
        )


def sweep(name):
    activation = tc.activations.as_activation(name)
    exact = np.array([float(c) for c in tc.hermite.coefficients(name, ORDER, using=tc.Ball(20))])

    def worst(values):
        error = np.abs(np.array([float(v) for v in values]) - exact)
        seen = exact != 0
        return f"absolute {error.max():.0e}, relative {(error[seen] / abs(exact[seen])).max():.0e}"

    compare(
        f"{name}: 101 coefficients",
        {
            "coefficients(Float)": afresh(lambda: tc.hermite.coefficients(name, ORDER)),
            "coefficients(Ball(30))": afresh(
                lambda: tc.hermite.coefficients(name, ORDER, using=tc.Ball(30))
            ),
            "Gauss–Hermite, 100 nodes": lambda: by_gauss_hermite(activation),
            "scipy.integrate.quad": lambda: by_quad(activation),
        },
        worst,
    )


def single(name, k):
    activation = tc.activations.as_activation(name)
    formula = tc.hermite.coefficient(name, k)
    exact = formula.at(using=tc.Ball(40))

    def digits(value):
        mid = value.mid if isinstance(value, tc.Value) else value
        with mpmath.workdps(50):
            error = abs(mid - exact.mid) / abs(exact.mid)
            return f"{float(-mpmath.log10(error)):.0f} digits" if error else "all digits"

    compare(
        f"{name}: one coefficient, k = {k}, 30 digits",
        {
            "coefficient.at(Ball(30))": afresh(lambda: formula.at(using=tc.Ball(30))),
            "mpmath.quad": lambda: by_mpmath(activation, k),
        },
        digits,
    )


def _integrate(expr, k):
    sympy.integrate(
        expr * sympy.hermite_prob(k, Z) * sympy.exp(-(Z**2) / 2), (Z, -sympy.oo, sympy.oo)
    )


def sympy_integrate(limit=20):
    """SymPy's integrate is given so many seconds."""
    for name, expr in (("relu", sympy.Max(Z, 0)), ("erf", sympy.erf(Z))):
        process = multiprocessing.get_context("fork").Process(target=_integrate, args=(expr, 10))
        begun = time.perf_counter()
        process.start()
        process.join(limit)
        seconds = time.perf_counter() - begun
        process.kill()
        ended = f"{seconds:.1f} s" if process.exitcode == 0 else f"no result in {limit} s"
        print(f"sympy.integrate, {name}, k = 10: {ended}")


if __name__ == "__main__":
    for name in ("relu", "gelu", "tanh"):
        sweep(name)
    single("gelu", 10)
    single("tanh", 11)
    sympy_integrate()
