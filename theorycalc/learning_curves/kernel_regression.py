"""Kernel ridge regression: test errors from the spectrum of the kernel and of the target."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import sympy
from sympy import Add, Expr, Max, Rational, S, oo

from theorycalc.core.arithmetic import Float
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.evaluation import Arithmetic, check_arithmetic
from theorycalc.core.expressions import positive_parameter, real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.known import Known
from theorycalc.core.looks import Look, Record
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import check_fields
from theorycalc.learning_curves import pictures, samples_in_doubles
from theorycalc.learning_curves.arguments import formula
from theorycalc.learning_curves.effective_ridge import EffectiveRidge
from theorycalc.learning_curves.kernel_spectrum import Spectrum, spectrum

N = sympy.Symbol("n", positive=True)
KAPPA, FACTOR = sympy.Symbol("kappa", real=True), sympy.Symbol("E_0", real=True)
_DIVERGES = "diverges: as many samples as directions, and no ridge"


@dataclass(frozen=True, repr=False)
class KernelRegression(Record):
    """Kernel ridge regression on n samples, by the deterministic equivalent.

    Attributes
    ----------
    spectrum : Spectrum
    n : Expr
        Samples: a number, or the symbol n.
    ridge : Expr
        δ in K + δI.
    noise : Expr
        Variance of the noise.
    """

    spectrum: Spectrum
    n: Expr
    ridge: Expr
    noise: Expr

    def __post_init__(self):
        check_fields(self)

    @property
    def _is_critical(self) -> bool:
        """Whether there are as many samples as directions, and no ridge."""
        return bool(self.ridge.is_zero and self.spectrum.tail == 0 and self.n == self.spectrum.rank)

    @property
    def _at_critical(self) -> Formula:
        """The limit there: what no direction learns counts as noise."""
        pairs = zip(self.spectrum.eigenvalues, self.spectrum.powers, strict=True)
        unseen = self.noise + Add(*(v for t, v in pairs if t == 0))
        return formula("R", S.Zero) if unseen == 0 else formula("R", oo, note=_DIVERGES)

    @cached_property
    def _kappa(self) -> Expr:
        """κ; the eigenvalues that are left out act as a ridge."""
        found = self.spectrum
        pairs = zip(found.eigenvalues, found.multiplicities, strict=True)
        size = self.ridge + found.tail
        return cast(Expr, EffectiveRidge(self.n, size, *(x for pair in pairs for x in pair)))

    @property
    def _where(self) -> list:
        found = self.spectrum
        pairs = zip(found.eigenvalues, found.multiplicities, strict=True)
        squares = Add(*(m * (t / (t + KAPPA)) ** 2 for t, m in pairs if t != 0))
        return [(KAPPA, self._kappa), (FACTOR, self.n / (self.n - squares))]

    @property
    def _missed(self) -> Expr:
        """What is not learned of the target, and the noise."""
        pairs = zip(self.spectrum.eigenvalues, self.spectrum.powers, strict=True)
        parts = (v * ((KAPPA / (t + KAPPA)) ** 2 if t != 0 else 1) for t, v in pairs if v != 0)
        return Add(*parts) + self.noise

    @property
    def _omitted(self) -> Expr:
        """Σ λ² of what is left out, over nκ²: what makes it other than a ridge."""
        return self.spectrum.largest * self.spectrum.tail / (self.n * KAPPA**2)

    def _errorful(self, name: str, expr: Expr, felt: Expr) -> Formula:
        error = None if self.spectrum.tail == 0 else expr * felt * self._omitted
        return formula(name, expr, self._where, error=error)

    @property
    def kappa(self) -> Formula:
        """The effective ridge."""
        error = None if self.spectrum.tail == 0 else KAPPA * FACTOR * self._omitted
        return formula("kappa", KAPPA, self._where, error=error)

    @property
    def overfitting(self) -> Formula:
        """E₀, the factor by which the error is larger than what κ leaves of target and noise."""
        return self._errorful("E_0", FACTOR, FACTOR * (2 * FACTOR + 1))

    @property
    def test(self) -> Formula:
        """The mean-square error on new samples, their noise included."""
        if self._is_critical:
            return self._at_critical
        # d log R/d log κ is at most 2E₀ in size, and E₀ has the squares as well
        return self._errorful("R", FACTOR * self._missed, FACTOR * (2 * FACTOR + 1))

    @property
    def train(self) -> Formula:
        """The mean-square error on the training samples."""
        if self.ridge.is_zero and self.spectrum.tail != 0:
            return formula("R_train", S.Zero)
        plain = self.ridge.is_zero
        share = Max(0, 1 - self.spectrum.rank / self.n) if plain else self.ridge / (self.n * KAPPA)
        return self._errorful(
            "R_train", share**2 * FACTOR * self._missed, FACTOR * (2 * FACTOR + 3)
        )

    def curve(self, n):
        """The errors at many sample sizes, in doubles.

        Parameters
        ----------
        n : array_like of positive numbers

        Returns
        -------
        xarray.Dataset
            ``test``, ``train`` and ``kappa`` over ``n``, and ``test_error``, ``train_error`` and
            ``kappa_error``, which bound what is left out and the rounding.

        Examples
        --------
        >>> import theorycalc as tc
        >>> fit = tc.learning_curves.kernel(tc.kernels.mlp(1), {1: 1}, ridge="1/10", d=8)
        >>> fit.curve([10, 100]).test.values.round(6)
        array([0.355789, 0.001372])
        """
        sizes = samples_in_doubles.sample_sizes(n)
        numbers = {"ridge": self.ridge, "noise": self.noise}
        for name, x in numbers.items():
            if not x.is_number:
                raise DomainError(explain("a curve needs numbers", got=f"{name} = {x}"))
        found = self.spectrum
        eigenvalues, shares = ([*map(_double, row)] for row in (found.eigenvalues, found.powers))
        counts = [float(m) for m in found.multiplicities]
        tail, largest = _double(found.tail), _double(found.largest)
        rest = tail, largest, _double(self.ridge), _double(self.noise)
        return samples_in_doubles.dataset(sizes, eigenvalues, shares, counts, *rest)

    def plot(self, n, ax=None, measured=None):
        """Test and training errors over the sample size, on logarithmic scales.

        Parameters
        ----------
        n : array_like of positive numbers
        ax : matplotlib.axes.Axes, optional
        measured : mapping {n: Measurement}, optional
            Test errors.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return pictures.draw(self.curve(n), ax, measured)

    def _look(self) -> Look:
        found = self.spectrum
        rows = [
            ("eigenvalues", f"{len(found.eigenvalues)}, of rank {found.rank}"),
            ("target", {t: v for t, v in enumerate(found.powers) if v != 0}),
            ("left out", found.tail),
            *((name, getattr(self, name)) for name in ("n", "ridge", "noise")),
        ]
        return Look(("KernelRegression",), (), rows)


def kernel(
    kernel, target, n=None, ridge=0, noise=0, *, d=None, degree=200, using: Arithmetic = Float()
) -> KernelRegression:
    """Learning curves of kernel ridge regression, K + δI, from a spectrum.

    Parameters
    ----------
    kernel : architecture, zonal kernel, spectrum, mapping or sequence
        An architecture of `theorycalc.kernels` (its NTK), or what else `theorycalc.sphere.spectrum`
        takes, for inputs that are uniform on the sphere x·x = d; the result of ``spectrum``;
        {eigenvalue: multiplicity}; or eigenvalues, one a direction.
    target : mapping or sequence
        On the sphere {degree: power in all harmonics of the degree}; {eigenvalue: power}; or a
        power for every eigenvalue.
    n : number or positive symbol, optional
        Samples, by default the symbol n.
    ridge : number or symbol
        δ ≥ 0, added to the Gram matrix, not to its mean.
    noise : number or symbol
        Variance of the noise.
    d : int, optional
        Dimension of the inputs, for kernels on the sphere.
    degree : int
        The highest degree that is computed; what is missing from the trace acts as a ridge.
    using : Float, MP or Ball
        The arithmetic of the eigenvalues on the sphere.

    Returns
    -------
    KernelRegression
        With the formulas test, train, kappa and overfitting, and ``curve(n)``.

    Raises
    ------
    DomainError
        For n ≤ 0, negative powers or ridges, and a target of higher degrees.

    Notes
    -----
    n = Σ g λ/(λ + κ) + δ/κ, E₀ = n/(n − Σ g λ²/(λ + κ)²), test = E₀ (Σ κ²v²/(λ + κ)² + σ²) and
    train = (δ/(nκ))² test: a deterministic equivalent, proved where the features concentrate and a
    few percent off elsewhere. Near n = Σ N(d, j), j ≤ k, measured errors have heavy tails.

    References
    ----------
    B. Bordelon, A. Canatar, C. Pehlevan, "Spectrum dependent learning curves in kernel regression
    and wide neural networks", arXiv:2002.02561; J. Simon et al., "The eigenlearning framework",
    arXiv:2110.03922.

    Examples
    --------
    >>> import theorycalc as tc
    >>> powers = {1: "0.49", 2: "0.25", 4: "0.09"}
    >>> fit = tc.learning_curves.kernel(tc.kernels.mlp(1), powers, 32, "1/1000", "1/100", d=8)
    >>> print(fit.test.at().digits(10), fit.train.at().digits(6))
    0.3238759068 1.01366e-06
    >>> walls = tc.learning_curves.kernel({1: 10, "1/100": 1000}, {1: 1}, noise="1/10")
    >>> print(walls.test.at(n=10).digits(6), walls.test.at(n=100).digits(6))
    0.565824 0.129703
    """
    check_arithmetic(using)
    degree = exact_integer(degree, "degree", 0)
    d = d if d is None else exact_integer(d, "d", 2)
    n = N if n is None else positive_parameter(n, "n")
    found = spectrum(kernel, target, d, degree, using)
    return KernelRegression(
        found, n, real_parameter(ridge, "ridge", 0), real_parameter(noise, "noise", 0)
    )


def _double(x: Expr) -> tuple[float, float]:
    """A number as a double, and its error."""
    if x.is_Rational:
        return float(x), 0.0 if Rational(float(x)) == x else abs(float(x)) * 2.0**-53
    value = x.value if isinstance(x, Known) else Formula("x", x).at()
    return float(value.mid), float(value.rad)
