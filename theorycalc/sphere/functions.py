"""Funk–Hecke eigenvalues as SymPy functions, for kernels without a closed form in d and k."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy
from sympy import S

from theorycalc.core.quadrature import Integral
from theorycalc.core.special import SpecialFunction
from theorycalc.sphere import quadrature
from theorycalc.sphere.kernel import ZonalKernel
from theorycalc.sphere.legendre import SphericalLegendre
from theorycalc.sphere.measure import T, coordinate_density


class FunkHecke(SpecialFunction):
    """μ_k = ∫ κ P_{d,k} dτ_d of a zonal kernel κ, given as a Lambda by `as_lambda`."""

    nargs = 3

    @classmethod
    def eval(cls, kappa, d, k):
        return S.Zero if k.is_Integer and vanishes(kernel_of(kappa), int(k)) else None

    def _eval_is_extended_real(self):
        return True

    @classmethod
    def definition(cls, kappa, d, k):
        kernel = kernel_of(kappa)
        integrand = kernel.written * SphericalLegendre(d, k, T) * coordinate_density(d).expr
        return Integral(integrand, T, -1, 1, kinks=kernel.kinks)

    @staticmethod
    def in_mp(context, kappa, d, k):
        return Entry(kernel_of(kappa), context.integer(d), context.integer(k)).run(context)

    in_ball = in_mp

    @staticmethod
    def double(kappa, d, k):
        kernel = kernel_of(kappa)

        def compute(d, k):
            if vanishes(kernel, int(k)):
                return 0.0, 0.0
            return tuple(x[-1] for x in quadrature.doubles(kernel, int(d), int(k)))

        return np.vectorize(compute, otypes=[float, float])(d, k)

    def _latex(self, printer):
        kappa, _, k = self.args
        names = (printer._print(x) for x in (k, kernel_of(kappa).written))
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
        if vanishes(self.kernel, self.k):
            return context.number(S.Zero)
        order = self.k if self.order is None else self.order
        if context.encloses:
            bits = context.bits + quadrature.bits_below(self.d, order)
            return quadrature.enclosures(self.kernel, self.d, order, bits)[self.k]
        values = quadrature.estimates(self.kernel, self.d, order, context.bits)
        return context.mp.convert(values[self.k])


def vanishes(kernel: ZonalKernel, k: int) -> bool:
    """Whether the part of the kernel with the parity of k is a polynomial of a lower degree."""
    degree = kernel.polynomial_degrees[-1 if k % 2 else 1]
    return degree is not None and degree < k


def as_lambda(kernel: ZonalKernel) -> sympy.Lambda:
    """The kernel as an argument of a SymPy function: its steps become further variables."""
    symbols = tuple(symbol for symbol, _ in kernel.where)
    steps = (expr for _, expr in kernel.where)
    return sympy.Lambda((T, *symbols), sympy.Tuple(kernel.body, *steps))


@lru_cache(maxsize=256)
def kernel_of(kappa: sympy.Lambda) -> ZonalKernel:
    """The kernel that `as_lambda` wrote down."""
    body, *steps = kappa.expr.xreplace(dict(zip(kappa.variables[:1], (T,), strict=True)))
    return ZonalKernel(body, tuple(zip(kappa.variables[1:], steps, strict=True)))
