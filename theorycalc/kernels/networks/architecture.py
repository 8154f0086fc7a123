"""Architectures: their NNGP and NTK as formulas, as matrices, and as spectra on the sphere."""

from functools import cached_property
from typing import cast

import numpy as np

from theorycalc import sphere
from theorycalc.core.arithmetic import Float
from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.families import Values
from theorycalc.core.looks import Line
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import instance, one_of
from theorycalc.kernels.duals import families
from theorycalc.kernels.fixed_points import depth_scales
from theorycalc.kernels.fixed_points.layer_maps import hidden_layer
from theorycalc.kernels.matrices.any_network import diagonal
from theorycalc.kernels.matrices.plan import Plan, row_sizes
from theorycalc.kernels.networks.learning import Learner
from theorycalc.kernels.recursion.formulas import kernel_formula
from theorycalc.kernels.symbols import KernelFormula
from theorycalc.layers import Design, activations, affine, image_dimension, output_shape


class Architecture(Learner, Design, Line):
    """A network in the limit of infinite width.

    A subclass has ``layers``, ``parameterization`` and ``width``. The kernels are those of the
    last layer: Σ is the covariance of its coordinates over initialisations, Θ the tangent kernel.
    """

    @cached_property
    def nngp(self) -> KernelFormula:
        """Σ for inputs with x·x/d = 1, as a function of rho = x·x'/d."""
        return self._formula("Sigma", general=False)

    @cached_property
    def ntk(self) -> KernelFormula:
        """Θ for inputs with x·x/d = 1, as a function of rho = x·x'/d."""
        return self._formula("Theta", general=False)

    @cached_property
    def nngp_general(self) -> KernelFormula:
        """Σ as a function of q11, q12, q22 = x·x/d, x·x'/d, x'·x'/d."""
        return self._formula("Sigma", general=True)

    @cached_property
    def ntk_general(self) -> KernelFormula:
        """Θ as a function of q11, q12, q22 = x·x/d, x·x'/d, x'·x'/d."""
        return self._formula("Theta", general=True)

    def layer_ntk(self, layer: int) -> KernelFormula:
        """The part of Θ that comes from the parameters of one affine layer, in rho.

        Parameters
        ----------
        layer : int
            1, …, the number of affine layers; the readout is the last. The sum is the ``ntk``.
            Layers of residual branches count in the order in which they are written.

        Raises
        ------
        DomainError
            If there is no such layer.

        Examples
        --------
        >>> import theorycalc as tc
        >>> network = tc.kernels.mlp(1)
        >>> network.layer_ntk(2).expr == network.nngp.expr
        True
        """
        count = len(affine(self.layers))
        layer = exact_integer(layer, "layer", minimum=1)
        if layer > count:
            raise DomainError(explain("no such layer", got=layer, allowed=f"1, …, {count}"))
        return self._formula("Theta", general=False, layer=layer)

    def matrices(self, X1, X2=None, *, log_scale: bool = False) -> tuple:  # noqa: N803
        """(NNGP, NTK) between the inputs X1 and X2; X2=None means X1.

        Parameters
        ----------
        X1, X2 : array_like of shape (n1, d), (n2, d)
            Inputs, one a row; x·x'/d enters the kernels. For networks on images, arrays of shape
            (n, positions), (n, positions, channels) or (n, height, width[, channels]).
        log_scale : bool
            Return (NNGP, NTK, s) with kernels that are e^s times the matrices: for deep networks
            whose kernels leave the range of doubles. Dense networks of the ReLU family only.

        Returns
        -------
        tuple of ndarray of shape (n1, n2)
            Symmetric with exact diagonals where X2 is None; float32 if all inputs are, computed in
            double precision.

        Raises
        ------
        DomainError
            For arrays of another shape, not finite, or of different d; for symbolic parameters; for
            filters larger than the images.
        NotSupportedError
            For an activation with a jump: then there is no tangent kernel.

        Notes
        -----
        Relative errors are a few 1e-15 for the ReLU family and error functions, also for nearly
        equal and nearly opposite inputs. Kernels of bias-free networks at a zero vector are 0, by
        continuity, and entries below the range of doubles are 0 or have fewer digits, as doubles
        there do.
        """
        self._refuse_jumps()
        return self._matrices(X1, X2, tangent=True, log_scale=log_scale)

    def nngp_matrix(self, X1, X2=None) -> np.ndarray:  # noqa: N803 - arrays of data are capital
        """Σ between the inputs X1 and X2; X2=None means X1. See `matrices`."""
        return self._matrices(X1, X2, tangent=False)[0]

    def ntk_matrix(self, X1, X2=None) -> np.ndarray:  # noqa: N803
        """Θ between the inputs X1 and X2; X2=None means X1. See `matrices`."""
        return self.matrices(X1, X2)[1]

    @np.errstate(over="ignore", invalid="ignore")  # told at the end
    def diagonal(self, X) -> tuple[np.ndarray, np.ndarray]:  # noqa: N803
        """(Σ(x, x), Θ(x, x)) for every input, without the matrices: two arrays of shape (n,)."""
        self._refuse_jumps()
        sizes = row_sizes(self)
        x, exponents = sizes.scaled(self._inputs(X, "X"), "X")
        found = sizes.restored(diagonal(self, x), exponents, exponents)
        if not all(np.isfinite(entries).all() for entries in found):
            hint = "smaller inputs"
            raise DomainError(explain("the kernel leaves the range of doubles", hint=hint))
        return found

    def spectrum(
        self, d, degree, kernel: str = "ntk", layer: int | None = None, using: Arithmetic = Float()
    ) -> Values:
        """Eigenvalues on the sphere x·x = d, for the degrees 0, …, degree.

        Parameters
        ----------
        d : int
            Dimension of the inputs, ≥ 2.
        degree : int
        kernel : {"ntk", "nngp"}
        layer : int, optional
            Only the part of the NTK that comes from this affine layer.
        using : Float, MP or Ball

        Raises
        ------
        DomainError, NotSupportedError, PrecisionError
            As `theorycalc.sphere.spectrum`.

        Examples
        --------
        >>> import theorycalc as tc
        >>> network = tc.kernels.mlp(2)
        >>> parts = [network.spectrum(5, 3, layer=i)[3] for i in (1, 2, 3)]
        >>> abs(sum(map(float, parts)) - float(network.spectrum(5, 3)[3])) < 1e-16
        True
        """
        one_of(kernel, ("ntk", "nngp"), "kernel")
        if layer is not None and kernel == "nngp":
            raise DomainError(explain("the NNGP has no parts by layers", got=f"layer={layer}"))
        formula = getattr(self, kernel) if layer is None else self.layer_ntk(layer)
        return sphere.spectrum(formula, d, degree, using=using)

    def fixed_points(self, using: Arithmetic = Float()) -> depth_scales.FixedPoints:
        """Fixed points (q*, c*) of the covariances of a deep dense network, with χ₁.

        Parameters
        ----------
        using : Float, MP or Ball
            The arithmetic of the roots.

        Returns
        -------
        FixedPoints
            A list of FixedPoint by growing variance, all of them if ``complete`` is true; ``note``
            says why that is not proved, and names double roots. ``q`` is None for bias-free
            networks of the ReLU family, whose correlations do not depend on the variance.

        Raises
        ------
        NotSupportedError
            If the hidden layers differ, are no dense layers, or have symbolic parameters.

        References
        ----------
        S. Schoenholz et al., "Deep information propagation", arXiv:1611.01232, section 3.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> sigma_w, sigma_b = sympy.sqrt(sympy.Rational("1.3")), sympy.sqrt(sympy.Rational("0.05"))
        >>> network = tc.kernels.mlp(2, "tanh", sigma_w, sigma_b)
        >>> [point] = network.fixed_points()
        >>> print(point.q, point.c, point.chi, sep=", ")
        0.3153164774853 ± 2e-14, 1, 0.8801635098832 ± 5e-14
        """
        return depth_scales.fixed_points(hidden_layer(self.layers), using)

    def depth_scales(self, using: Arithmetic = Float()) -> depth_scales.DepthScales:
        """(ξ_q, ξ_c): layers after which distances from the fixed point have fallen by e.

        Parameters, errors and reference are those of `fixed_points`.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> sigma_w, sigma_b = sympy.sqrt(sympy.Rational("1.3")), sympy.sqrt(sympy.Rational("0.05"))
        >>> print(*tc.kernels.mlp(2, "tanh", sigma_w, sigma_b).depth_scales(), sep=", ")
        1.78523663154 ± 4e-12, 7.83406926846 ± 5e-12
        """
        return depth_scales.depth_scales(hidden_layer(self.layers), using)

    def _formula(self, name: str, general: bool, layer: int | None = None) -> KernelFormula:
        """Σ ("Sigma") or Θ ("Theta") of the last layer."""
        if name == "Theta":
            self._refuse_jumps()
        return cast(KernelFormula, kernel_formula(self, name, general, layer))

    def _refuse_jumps(self) -> None:
        """Raise NotSupportedError, before any work, for an activation without tangent kernel."""
        if not all(activation.is_continuous for activation in activations(self.layers)):
            raise families.no_tangent_kernel()

    @np.errstate(over="ignore", invalid="ignore")  # told at the end
    def _matrices(self, X1, X2, tangent: bool, log_scale: bool = False) -> tuple:  # noqa: N803
        instance(log_scale, bool, "log_scale", allowed="True or False")
        x1 = self._inputs(X1, "X1")
        x2 = None if X2 is None else self._inputs(X2, "X2")
        if x2 is not None and x1.shape[1:] != x2.shape[1:]:
            got = " and ".join("×".join(map(str, x.shape[1:])) for x in (x1, x2))
            raise DomainError(explain("X1 and X2 have different dimensions", got=got))
        single = all(getattr(x, "dtype", None) == np.float32 for x in (X1, X2) if x is not None)
        dtype = np.float32 if single else np.float64
        sizes = row_sizes(self)
        x1, one = sizes.scaled(x1, "X1")
        x2, two = (None, one) if x2 is None else sizes.scaled(x2, "X2")
        plan = Plan(self, x1, x2, tangent, log_scale)
        found = sizes.restored(plan.fill(dtype), one[:, None], two)
        # entries are at most the root of the product of their diagonal entries
        decisive = map(np.diagonal, found) if x2 is None else found
        if not all(np.isfinite(entries).all() for entries in decisive):
            largest = f"largest |x|: {np.abs(X1).max():.3g}"
            hint = f"log_scale={not log_scale}"
            raise DomainError(
                explain("the kernel leaves the range of doubles", got=largest, hint=hint)
            )
        return (*found, plan.log_scale) if log_scale else found

    def _inputs(self, x, name: str) -> np.ndarray:
        """A finite array of shape (n, d), or (n, positions…, channels) for images."""
        array = real_array(x, name)
        axes = image_dimension(self.layers)
        allowed = (axes + 1, axes + 2) if axes else (2,)
        if array.ndim not in allowed or 0 in array.shape:
            shapes = "(n, positions…[, channels])" if axes else "(n, d)"
            raise DomainError(
                explain(
                    f"{name} has the wrong shape", got=array.shape, allowed=f"{shapes}, all ≥ 1"
                )
            )
        if axes:
            output_shape(self.layers, array.shape[1 : axes + 1])
        if array.ndim == axes + 1 and axes:
            array = array[..., None]
        return np.ascontiguousarray(array)
