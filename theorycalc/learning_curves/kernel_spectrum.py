"""Spectra of kernels, and what of a target lies in their eigenspaces."""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy
from sympy import Add, Expr, S

from theorycalc import sphere
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.expressions import real_parameter
from theorycalc.core.families import Values
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Record
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import check_fields, instance
from theorycalc.core.value import Value
from theorycalc.learning_curves.arguments import powers
from theorycalc.sphere.measure import T
from theorycalc.sphere.zonal_kernel import as_kernel


@dataclass(frozen=True, repr=False)
class Spectrum(Record):
    """Eigenvalues of a kernel, and what of the target lies in their eigenspaces.

    Attributes
    ----------
    eigenvalues, multiplicities, powers : tuple of Expr
    tail : Expr
        The trace of the eigenvalues that are left out.
    largest : Expr
        The largest one of these, as far as it is known.
    """

    eigenvalues: tuple[Expr, ...]
    multiplicities: tuple[Expr, ...]
    powers: tuple[Expr, ...]
    tail: Expr = S.Zero
    largest: Expr = S.Zero

    def __post_init__(self):
        check_fields(self)

    @property
    def rank(self) -> Expr:
        """How many directions there are without the tail."""
        pairs = zip(self.eigenvalues, self.multiplicities, strict=True)
        return Add(*(m for t, m in pairs if t != 0))


def spectrum(kernel, target, d, degree, using: Arithmetic) -> Spectrum:
    """The spectrum of a kernel and a target in any of their forms."""
    if isinstance(kernel, Values):
        if "d" not in kernel.fixed:
            raise DomainError(explain("not a spectrum on the sphere", got=kernel))
        return _on_sphere(list(kernel), kernel.fixed["d"], target, None)
    if isinstance(kernel, Mapping):
        counts = powers(kernel, "a multiplicity", "an eigenvalue")
        parts = powers(instance(target, Mapping, "a target"), "a power", "an eigenvalue")
        if not parts.keys() <= counts.keys():
            got = ", ".join(str(t) for t in parts.keys() - counts.keys())
            raise DomainError(
                explain("the target has eigenvalues that the kernel has not", got=got)
            )
        shares = tuple(parts.get(t, S.Zero) for t in counts)
        return Spectrum(tuple(counts), tuple(counts.values()), shares)
    if isinstance(kernel, list | tuple) or hasattr(kernel, "__array__"):
        return _by_direction(kernel, target)
    if d is None:
        raise DomainError(explain("a kernel on the sphere needs its dimension", hint="d=10"))
    zonal = as_kernel(kernel)
    found = list(sphere.spectrum(zonal, d, degree, using=using))
    trace = Formula("K", zonal.body, args=(T,), where=zonal.where).at(using, t=1)
    return _on_sphere(found, d, target, trace)


def _by_direction(kernel, target) -> Spectrum:
    if not isinstance(target, list | tuple) and not hasattr(target, "__array__"):
        allowed = "a power for every eigenvalue"
        raise DomainError(explain("not a target", got=target, allowed=allowed))
    eigenvalues = tuple(real_parameter(x, "an eigenvalue", 0) for x in kernel)
    shares = tuple(real_parameter(x, "a power", 0) for x in target)
    if len(eigenvalues) != len(shares):
        got = f"{len(eigenvalues)} eigenvalues, {len(shares)} powers"
        raise DomainError(explain("every eigenvalue has a power", got=got))
    return Spectrum(eigenvalues, (S.One,) * len(eigenvalues), shares)


def _on_sphere(found: list, d, target, trace: Value | None) -> Spectrum:
    parts = powers(instance(target, Mapping, "a target", allowed="{degree: power}"), "a power", "k")
    for k in parts:
        exact_integer(k, "a degree of the target", 0, len(found) - 1, hint="a larger degree=")
    counts = [sphere.num_harmonics(d, k) for k in range(len(found))]
    shares = tuple(parts.get(sympy.Integer(k), S.Zero) for k in range(len(found)))
    if any(x.upper < 0 for x in found):
        raise DomainError(explain("the kernel is not positive: an eigenvalue is negative"))
    # eigenvalues that are zero up to their error are left out
    kept = tuple(x._sympy_() if x.lower > 0 else S.Zero for x in found)
    tail, largest = S.Zero, S.Zero
    if trace is not None:
        missing = trace - sum(int(m) * x for m, x in zip(counts, found, strict=True))
        if missing.lower > 0:
            tail, largest = missing._sympy_(), max(found[-2:], key=float)._sympy_()
    return Spectrum(kept, tuple(counts), shares, tail, largest)
