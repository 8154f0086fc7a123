"""One kernel at one point and at many, against SymPy and hand-written mpmath and NumPy."""

import mpmath
import numpy as np
import sympy
from _timing import compare, costs

import theorycalc as tc

NTK = tc.kernels.mlp(3, "relu").ntk
RHO = NTK.args[0]
DIGITS = 30
TRUTH = NTK.at(rho="0.3", using=tc.Ball(60))


def textbook(rho, acos, cos, sqrt, pi):
    """The recursion as papers print it."""
    sigma, theta = rho, rho
    for _ in range(3):
        angle = acos(sigma)
        sigma = (sqrt(1 - sigma * sigma) + sigma * (pi - angle)) / pi
        theta = sigma + theta * (pi - angle) / pi
    return theta


WRITTEN_OUT = textbook(RHO, sympy.acos, sympy.cos, sympy.sqrt, sympy.pi)


def with_mpmath(digits=DIGITS):
    with mpmath.workdps(digits + 5):
        m = mpmath.mp
        return textbook(m.mpf(3) / 10, m.acos, m.cos, m.sqrt, m.pi)


def with_numpy(rho):
    return textbook(rho, np.arccos, np.cos, np.sqrt, np.pi)


def digits_right(value):
    """Correct digits of one number."""
    mid = sympy.Float(mpmath.nstr(value.mid if isinstance(value, tc.Value) else value, 45), 45)
    exact = sympy.Float(mpmath.nstr(TRUTH.mid, 60), 60)
    error = abs(mid - exact) / exact
    proved = isinstance(value, tc.Value) and value.rigor is tc.Rigor.CERTIFIED
    count = "all" if error == 0 else f"{float(-sympy.log(error, 10)):.0f}"
    return f"{count} digits{', certified' if proved else ''}"


def point():
    compare(
        f"tangent kernel of a depth-3 ReLU network at ρ = 0.3, {DIGITS} digits",
        {
            "Formula.at(Ball)": lambda: NTK.at(rho="0.3", using=tc.Ball(DIGITS)),
            "Formula.at(MP)": lambda: NTK.at(rho="0.3", using=tc.MP(DIGITS)),
            "sympy.N of the textbook form": lambda: sympy.N(
                WRITTEN_OUT.subs(RHO, sympy.Rational(3, 10)), DIGITS
            ),
            "mpmath, written by hand": with_mpmath,
        },
        digits_right,
    )


def array():
    gaps = np.geomspace(1e-15, 1, 200_000)
    rho = 1 - gaps
    ours = NTK.lambdify()
    theirs = sympy.lambdify(RHO, WRITTEN_OUT, "numpy", cse=True)
    sample = np.linspace(0, len(rho) - 1, 60).astype(int)
    exact = [NTK.at(rho=sympy.Rational(float(rho[i])), using=tc.Ball(20)) for i in sample]

    def worst(values):
        # the loss is in Θ(1) − Θ(ρ), which learning curves depend on
        errors = [
            abs(values[i] - float(e)) / abs(float(e)) for i, e in zip(sample, exact, strict=True)
        ]
        return f"largest relative error {max(errors):.1e}"

    compare(
        "the same on 200 000 values of ρ in [0, 1 − 1e-15], doubles",
        {
            "Formula.lambdify": lambda: ours(rho),
            "sympy.lambdify": lambda: theirs(rho),
            "NumPy, written by hand": lambda: with_numpy(rho),
        },
        worst,
    )


def integral():
    z = sympy.Symbol("z", real=True)
    integrand = sympy.exp(-(z**2)) * sympy.Abs(sympy.sin(3 * z))
    first, second = sympy.pi / 3, 2 * sympy.pi / 3
    data = tc.Integral(integrand, z, 0, 3, kinks=(first, second))

    def with_quad():
        with mpmath.workdps(DIGITS):
            m = mpmath.mp
            kinks = [0, m.pi / 3, 2 * m.pi / 3, 3]
            return m.quad(lambda t: m.exp(-t * t) * abs(m.sin(3 * t)), kinks)

    compare(
        f"an integral with two kinks, {DIGITS} digits",
        {
            "integrate(Ball), certified": lambda: tc.integrate(data, tc.Ball(DIGITS)),
            "integrate(MP)": lambda: tc.integrate(data, tc.MP(DIGITS)),
            "mpmath.quad, one precision": with_quad,
        },
    )


def growth():
    def at(using):
        return lambda digits: lambda: NTK.at(rho="0.3", using=using(digits))

    ways = {
        "Formula.at(Ball), certified": at(tc.Ball),
        "Formula.at(MP)": at(tc.MP),
        "mpmath, written by hand": lambda digits: lambda: with_mpmath(digits),
    }
    costs("the same kernel at ρ = 0.3", "digits", (10, 30, 100, 300, 1000, 3000), ways)

    def of_depth(using):
        def prepared(depth):
            kernel = tc.kernels.mlp(depth, "relu").ntk
            return lambda: kernel.at(rho="0.3", using=using)

        return prepared

    ways = {name: of_depth(u) for name, u in (("Float()", tc.Float()), ("Ball(30)", tc.Ball(30)))}
    costs("tangent kernel of deep ReLU networks at ρ = 0.3", "layers", (1, 3, 10, 30, 100), ways)


if __name__ == "__main__":
    point()
    array()
    integral()
    growth()
