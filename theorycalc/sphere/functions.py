"""Funk–Hecke eigenvalues as SymPy functions, for kernels without a closed form in d and k."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
import sympy
from sympy import S

from theorycalc.core.integration.integral import Integral
from theorycalc.core.special import SpecialFunction
from theorycalc.sphere import in_angle, in_doubles, taylor
from theorycalc.sphere.legendre_polynomials import SphericalLegendre
from theorycalc.sphere.measure import T, coordinate_density
from theorycalc.sphere.zonal_kernel import ZonalKernel


class ZonalFunction(sympy.Lambda):
    """A zonal kernel as an argument of a SymPy function: its steps become further variables."""

    @classmethod
    def of(cls, kernel: ZonalKernel) -> "ZonalFunction":
        """The function of a kernel."""
        symbols = tuple(symbol for symbol, _ in kernel.where)
        steps = (expr for _, expr in kernel.where)
        positive_definite = sympy.sympify(kernel.positive_definite)
        return cls((T, *symbols), sympy.Tuple(positive_definite, kernel.body, *steps))

    @property
    def kernel(self) -> ZonalKernel:
        """The kernel that it was made of."""
        return _kernel(self)


@lru_cache(maxsize=256)
def _kernel(function: ZonalFunction) -> ZonalKernel:
    variable, *symbols = function.variables
    positive_definite, body, *steps = function.expr.xreplace({variable: T})
    where = tuple(zip(symbols, steps, strict=True))
    return ZonalKernel(body, where, bool(positive_definite))


class FunkHecke(SpecialFunction):
    """μ_k = ∫ κ P_{d,k} dτ_d of a zonal kernel κ, given as a `ZonalFunction`."""

    nargs = 3
    functions = (ZonalFunction,)

    @staticmethod
    def domain(kappa, d, k):
        return sympy.Contains(d, S.Naturals) & sympy.Contains(k, S.Naturals0) & (d >= 2)

    @classmethod
    def eval(cls, kappa, d, k):
        return S.Zero if k.is_Integer and kappa.kernel.vanishes(int(k)) else None

    def _eval_is_extended_real(self):
        return True

    @classmethod
    def definition(cls, kappa, d, k):
        kernel = kappa.kernel
        integrand = kernel.written * SphericalLegendre(d, k, T) * coordinate_density(d).expr
        return Integral(integrand, T, -1, 1, kinks=kernel.kinks)

    @staticmethod
    def in_mp(context, kappa, d, k):
        return Entry(kappa.kernel, context.integer(d), context.integer(k)).run(context)

    in_ball = in_mp

    @staticmethod
    def double(kappa, d, k):
        kernel = kappa.kernel

        def compute(d, k):
            if kernel.vanishes(int(k)):
                return 0.0, 0.0
            return tuple(x[-1] for x in doubles(kernel, int(d), int(k))[1:])

        return np.vectorize(compute, otypes=[float, float])(d, k)

    def in_latex(self, printer):
        kappa, _, k = self.args
        names = (printer._print(x) for x in (k, kappa.kernel.written))
        return r"\mu_{{{}}}\left[{}\right]".format(*names)


@dataclass(frozen=True)
class Entry:
    """μ_k as a program; all degrees up to ``order`` share their work."""

    kernel: ZonalKernel
    d: int
    k: int
    order: int | None = None

    def run(self, context, inputs=()):
        """μ_k in the numbers of the context."""
        if self.kernel.vanishes(self.k):
            return context.number(S.Zero)
        which = self.kernel, self.d, self.top
        match self.method(context.bits, context.encloses):
            case Method.TAYLOR:
                return taylor.enclosures(*which, context.bits)[self.k]
            case Method.CERTIFIED:
                bits = context.bits + in_angle.bits_below(*which[1:])
                return in_angle.enclosures(*which, bits)[self.k]
            case Method.TANH_SINH:
                values = in_angle.estimates(*which, context.bits)
                return context.mp.convert(values[self.k])

    @property
    def top(self) -> int:
        """The highest degree that is computed along."""
        return self.k if self.order is None else self.order

    def method(self, bits: int, encloses: bool) -> "Method":
        """How an eigenvalue that does not vanish is found at this working precision."""
        if not encloses:
            return Method.TANH_SINH
        series = taylor.applies(self.kernel, self.d, self.top, bits)
        return Method.TAYLOR if series else Method.CERTIFIED


class Method(StrEnum):
    """How an eigenvalue without a closed form is computed."""

    TAYLOR = "positive Taylor series"
    GAUSS = "Gauss–Legendre in the angle"
    ROUNDED = "Gauss–Legendre in the angle, in doubles"
    CERTIFIED = "certified Gauss–Legendre in the angle"
    TANH_SINH = "tanh–sinh in the angle"


def doubles(kernel: ZonalKernel, d: int, order: int) -> tuple[Method, np.ndarray, np.ndarray]:
    """(method, μ_0 … μ_order, error estimates) in double precision."""
    if taylor.applies(kernel, d, order, taylor.DOUBLE_BITS):
        return Method.TAYLOR, *taylor.doubles(kernel, d, order)
    if in_doubles.applies(kernel):
        return Method.ROUNDED, *in_doubles.doubles(kernel, d, order)
    return Method.GAUSS, *in_angle.doubles(kernel, d, order)
