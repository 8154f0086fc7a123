"""Fully-connected networks of infinite width: their NNGP and NTK, as formulas and as matrices."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy
from sympy import sqrt

from theorycalc.activations import Activation, as_activation
from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.reference import Reference
from theorycalc.kernels import symbolic
from theorycalc.kernels.bridge import numeric_family, numeric_layers
from theorycalc.kernels.duals import CORRELATION, COVARIANCE, Q11, Q12, Q22, RHO
from theorycalc.kernels.formula import KernelFormula
from theorycalc.kernels.recursion import Recursion, any_norms, equal_norms

JACOT = Reference(
    "arXiv:1806.07572",
    where="Theorem 1",
    title="A. Jacot, F. Gabriel, C. Hongler, Neural Tangent Kernel",
)
PARAMETERIZATIONS = ("ntk", "standard")
# Names of arguments and of intermediate quantities.
RESERVED = re.compile(r"rho|q11|q12|q22|d|(q|r|Sigma|Theta|theta)_\d+")


@dataclass(frozen=True)
class MLP:
    """A fully-connected network with ``depth`` hidden layers in the limit of infinite width.

    Made by `theorycalc.kernels.mlp`, where the conventions are stated. ``sigma_w`` and ``sigma_b``
    hold one exact number, or symbol, for each of the ``depth + 1`` affine layers.
    """

    depth: int
    activation: Activation
    sigma_w: tuple[sympy.Expr, ...]
    sigma_b: tuple[sympy.Expr, ...]
    parameterization: str = "ntk"
    width: int | None = None

    @cached_property
    def nngp(self) -> Formula:
        """Σ^(depth+1) for inputs with x·x/d = 1, as a function of rho = x·x'/d."""
        return self._formula("Sigma", general=False)

    @cached_property
    def ntk(self) -> Formula:
        """Θ^(depth+1) for inputs with x·x/d = 1, as a function of rho = x·x'/d."""
        return self._formula("Theta", general=False)

    @cached_property
    def nngp_general(self) -> Formula:
        """Σ^(depth+1) as a function of q11, q12, q22 = x·x/d, x·x'/d, x'·x'/d."""
        return self._formula("Sigma", general=True)

    @cached_property
    def ntk_general(self) -> Formula:
        """Θ^(depth+1) as a function of q11, q12, q22 = x·x/d, x·x'/d, x'·x'/d."""
        return self._formula("Theta", general=True)

    def nngp_matrix(self, X1, X2=None) -> np.ndarray:  # noqa: N803 - arrays of data are capital
        """Σ^(depth+1) between the rows of X1 (n1, d) and X2 (n2, d); X2=None means X1.

        Double precision; see `matrices`.
        """
        return self._matrices(X1, X2)[0]

    def ntk_matrix(self, X1, X2=None) -> np.ndarray:  # noqa: N803
        """Θ^(depth+1) between the rows of X1 (n1, d) and X2 (n2, d); X2=None means X1.

        Double precision; see `matrices`.
        """
        return self.matrices(X1, X2)[1]

    def matrices(self, X1, X2=None) -> tuple[np.ndarray, np.ndarray]:  # noqa: N803
        """(NNGP, NTK) between the rows of X1 (n1, d) and X2 (n2, d); X2=None means X1.

        Parameters
        ----------
        X1, X2 : array_like of shape (n1, d), (n2, d)
            Inputs, one a row; x·x'/d enters the kernels.

        Returns
        -------
        tuple of ndarray of shape (n1, n2)
            float64, symmetric with exact diagonals where X2 is None.

        Raises
        ------
        DomainError
            For arrays that are not of rank 2, not finite, or of different d; for symbolic
            parameters.
        NotSupportedError
            If the activation has no closed-form dual, or a jump: then there is no tangent kernel.

        Notes
        -----
        Relative errors are a few 1e-15, also for nearly equal and nearly opposite inputs. Kernels
        of bias-free networks at a zero vector are 0, by continuity.
        """
        self._refuse_jumps()
        return self._matrices(X1, X2)

    def _matrices(self, X1, X2) -> tuple[np.ndarray, np.ndarray]:  # noqa: N803
        from theorycalc.kernels.numeric import kernel_matrices

        x1 = _as_inputs(X1, "X1")
        x2 = None if X2 is None else _as_inputs(X2, "X2")
        if x2 is not None and x1.shape[1] != x2.shape[1]:
            got = f"{x1.shape[1]} and {x2.shape[1]}"
            raise DomainError(explain("X1 and X2 have different dimensions", got=got))
        layers = numeric_layers(self, x1.shape[1])
        nngp, ntk = kernel_matrices(numeric_family(self.family), layers, x1, x2)
        if not np.isfinite(nngp).all():
            largest = f"largest |x|: {np.abs(x1).max():.3g}"
            raise DomainError(explain("the kernel leaves the range of doubles", got=largest))
        return nngp, ntk

    @cached_property
    def family(self):
        """The closed-form family of the activation's dual."""
        return symbolic.family_of(self.activation)

    def _formula(self, name: str, general: bool) -> Formula:
        """The NNGP ("Sigma") or the NTK ("Theta") of the readout."""
        tangent = name == "Theta"
        if tangent:
            self._refuse_jumps()
        recursion = Recursion(self, tangent)
        body = recursion.run(any_norms if general else equal_norms)
        inputs = (Q11, Q12, Q22) if general else (RHO,)
        return KernelFormula(
            f"{name}_{self.depth + 1}",
            body,
            args=(*inputs, *recursion.parameters(body, inputs)),
            domain=sympy.And(COVARIANCE if general else CORRELATION, *self._symbolic_domain()),
            reference=JACOT,
            where=recursion.where,
        )

    def _symbolic_domain(self):
        """σ_w > 0 and σ_b ≥ 0 where they are symbolic."""
        return [
            *(sympy.Gt(s, 0) for s in self.sigma_w if s.free_symbols),
            *(sympy.Ge(s, 0) for s in self.sigma_b if s.free_symbols),
        ]

    def _refuse_jumps(self) -> None:
        """Raise NotSupportedError, before any work, for an activation without tangent kernel."""
        if isinstance(self.family, symbolic.Homogeneous) and self.depth:
            _ = self.family.derivative


def mlp(
    depth: int,
    activation="relu",
    sigma_w=None,
    sigma_b=0,
    parameterization: str = "ntk",
    width: int | None = None,
) -> MLP:
    """A fully-connected network with ``depth`` hidden layers, of infinite width.

    Layer l+1 is z = σ_w W φ(z)/√n + σ_b b with all entries of W and b standard normal (the NTK
    parameterisation); the first layer acts on x/√d. There are depth + 1 affine layers, the last of
    which is the readout.

    Parameters
    ----------
    depth : int
        Number of hidden layers, ≥ 0.
    activation : str, Activation or sympy.Expr
    sigma_w, sigma_b : number, Symbol, or sequence of depth + 1 of them
        Weight and bias standard deviations, exact. ``sigma_w=None`` is the normalised network: 1 on
        the first layer and 1/√(E φ(Z)²) after it (for ReLU: 1, √2, …, √2, so that without biases
        the NNGP is 1 and the NTK depth + 1 at rho = 1).
    parameterization : {"ntk", "standard"}
        With "standard", W has variance σ_w²/n, gradients are plain, the NTK grows with the width
        ``width`` of the hidden layers, and its formula has the input dimension d as an argument.
    width : int, optional
        Width of the hidden layers; used by the standard parameterisation only.

    Returns
    -------
    MLP
        With ``nngp``, ``ntk``, ``nngp_general``, ``ntk_general`` (Formulas) and ``nngp_matrix``,
        ``ntk_matrix``, ``matrices`` (arrays).

    Raises
    ------
    DomainError
        For a negative depth or width, σ_w ≤ 0, σ_b < 0, or sequences of the wrong length.
    NotSupportedError
        If the activation has no closed-form dual.

    References
    ----------
    A. Jacot, F. Gabriel, C. Hongler, "Neural Tangent Kernel: Convergence and Generalization in
    Neural Networks", NeurIPS 2018, arXiv:1806.07572, Theorem 1.

    Examples
    --------
    >>> import theorycalc as tc
    >>> network = tc.kernels.mlp(3, "relu")
    >>> print(network.ntk.at(rho="0.3", using=tc.Ball(30)))
    1.40403372656695010886421919322 ± 1e-30
    >>> network.ntk.at(rho=1).mid
    mpf('4.0')
    >>> tc.kernels.mlp(1, "relu").ntk_matrix([[1.0, 0.0], [0.0, 1.0]])
    array([[1.        , 0.15915494],
           [0.15915494, 1.        ]])
    """
    depth = exact_integer(depth, "depth", minimum=0)
    activation = as_activation(activation)
    if parameterization not in PARAMETERIZATIONS:
        allowed = ", ".join(PARAMETERIZATIONS)
        raise DomainError(
            explain("unknown parameterization", got=repr(parameterization), allowed=allowed)
        )
    if width is not None:
        width = exact_integer(width, "width", minimum=1)
    elif parameterization == "standard" and depth:
        raise DomainError(
            explain("the standard parameterisation needs a width", allowed="width=n, n ≥ 1")
        )
    if sigma_w is None:
        hidden = 1 / sqrt(symbolic.family_of(activation).second_moment(sympy.S.One))
        sigma_w = (sympy.S.One, *[hidden] * depth)
    return MLP(
        depth=depth,
        activation=activation,
        sigma_w=_deviations(sigma_w, depth + 1, "sigma_w", positive=True),
        sigma_b=_deviations(sigma_b, depth + 1, "sigma_b", positive=False),
        parameterization=parameterization,
        width=width,
    )


def _deviations(sigma, count: int, what: str, *, positive: bool) -> tuple[sympy.Expr, ...]:
    """One exact standard deviation for every affine layer."""
    if isinstance(sigma, Sequence | np.ndarray) and not isinstance(sigma, str):
        if len(sigma) != count:
            allowed = f"one number, or {count} of them (depth + 1)"
            raise DomainError(explain(f"{what}: wrong length", got=len(sigma), allowed=allowed))
        return tuple(_deviation(s, what, positive) for s in sigma)
    return (_deviation(sigma, what, positive),) * count


def _deviation(sigma, what: str, positive: bool) -> sympy.Expr:
    if isinstance(sigma, sympy.Expr) and sigma.free_symbols:
        reserved = sorted(s.name for s in sigma.free_symbols if RESERVED.fullmatch(s.name))
        if reserved:
            raise DomainError(
                explain(f"{what} uses a symbol of the kernels", got=", ".join(reserved))
            )
        return sigma
    number = exact(sigma, what)
    if number < 0 or (positive and number == 0):
        allowed = f"{what} > 0" if positive else f"{what} ≥ 0"
        raise DomainError(explain(f"{what} out of range", got=number, allowed=allowed))
    return number


def _as_inputs(x, name: str) -> np.ndarray:
    """A finite float64 array of shape (n, d) with n, d ≥ 1."""
    array = real_array(x, name)
    if array.ndim != 2 or 0 in array.shape:
        raise DomainError(
            explain(f"{name} has the wrong shape", got=array.shape, allowed="(n, d), n, d ≥ 1")
        )
    return np.ascontiguousarray(array)
