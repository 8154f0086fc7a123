"""A polynomial as an infinitely wide two-layer network, and what finite ones cost."""

from dataclasses import dataclass, replace

import numpy as np
import sympy
from sympy import Expr, S

from theorycalc.core.arithmetic import Float
from theorycalc.core.arrays import check_memory, random_stream
from theorycalc.core.binary import fraction
from theorycalc.core.checks import Check
from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.expressions import integer_expression
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.records import check_fields, sequence
from theorycalc.relu import costs
from theorycalc.relu.comparison import compare
from theorycalc.relu.finite import FiniteNetwork, finite_networks
from theorycalc.relu.routes._request import Request
from theorycalc.relu.routes._route import BIAS, Neurons, Route
from theorycalc.relu.target import check_dimension, weight_symbols
from theorycalc.relu.tuning import best_option
from theorycalc.relu.verify import verify


@dataclass(frozen=True, repr=False)
class Representation(Shown):
    """f(x) = A(x) + M(x) ∫ ρ(w, b) σ(⟨w, x⟩ − b) dμ(w, b); made by `represent`.

    A finite network draws neurons and averages them:
    f_m(x) = A(x) + M(x) (1/m) Σ a_i σ(⟨w_i, x⟩ − b_i). It is right on average at every x, and for
    every law of x and every width E‖f − f_m‖² = V/m holds exactly.

    Attributes
    ----------
    route : Route
        The method with its options.
    request : Request
        What was asked for.
    reason : str
        Why ``method="auto"`` took this one.
    """

    route: Route
    request: Request
    reason: str = ""

    def __post_init__(self):
        check_fields(self)

    @property
    def method(self) -> str:
        """The name of the method."""
        return self.route.method

    @property
    def neuron(self) -> str:
        """σ: "relu", "exp" or "cos"."""
        return self.route.neuron

    @property
    def polynomial(self) -> Expr:
        """f."""
        return self.route.target.polynomial.as_expr()

    @property
    def variables(self) -> tuple[sympy.Symbol, ...]:
        """The coordinates of x."""
        return self.route.target.variables

    @property
    def affine(self) -> Expr:
        """A, carried exactly."""
        return self.route.affine.as_expr()

    @property
    def multiplier(self) -> Expr:
        """M; where it is not 1 the network is no plain network, but one times this function."""
        return self.route.multiplier

    @property
    def measure(self) -> str:
        """The measure of weights and biases that ρ is a density of, in LaTeX."""
        return self.route.measure

    @property
    def density(self) -> Formula:
        """ρ in w1, …, wd and, unless all biases are equal or absent, b."""
        weights = weight_symbols(len(self.variables))
        expr = self.route.density
        args = (*weights, BIAS) if self.route.has_biases else weights
        return Formula("rho", expr, args=args, domain=self.route.density_domain)

    def norm(self, kind: str) -> Formula:
        """A norm of the density, or of the polynomial.

        Parameters
        ----------
        kind : {"L1", "L2", "TV", "fischer"}
            "L1", "L2": of ρ under μ; for the methods "ball" and "space", whose μ is uniform in w,
            of ρ at b = 1 as a function of w. "TV": the total mass of the neurons, that is the total
            variation of ρ μ, or more where degrees are counted apart (the ``note`` says so).
            "fischer": the square root of Σ α! c_α².

        Raises
        ------
        NotSupportedError
            For an unknown name, or a norm that has no closed form for this method.
        """
        return costs.norm(self.route, kind)

    def second_moment(self, **point) -> Formula:
        """S²(x) = M(x)² E a² σ(⟨w, x⟩ − b)² of one neuron, in the variables or at a point.

        Raises
        ------
        DomainError
            For a point where the representation does not hold.
        NotSupportedError
            If it has no closed form.
        """
        formula = Formula("S^2", self.route.second_moment(), args=self.variables)
        if not point:
            return formula
        formula = formula.subs(**point)
        if not formula.args:
            self.route.check_point({x: exact(point[x.name], x.name) for x in self.variables})
        return formula

    def variance(self, source, sampling: str = "default") -> Formula:
        """V, so that E‖f − f_m‖² = V/m for x of a law and neurons drawn independently.

        Parameters
        ----------
        source : law of `theorycalc.distributions`
            On R^d, d the number of variables.
        sampling : {"default", "optimal"}
            The neurons that `network` draws, or those that are best for this law: V = C² − ‖f − A‖²
            with the C of `constant`.

        Raises
        ------
        DomainError
            For a law on another space, or one that reaches where the representation is wrong.
        """
        return costs.variance(self.route, source, sampling)

    def constant(self, source) -> Formula:
        """C, the constant of the best random neurons: ‖M σ(⟨w, ·⟩ − b)‖_{L²} against abs(ρ) μ.

        No m neurons are worse than C/√m (Maurey's lemma). Several degrees are drawn apart.
        """
        return costs.constant(self.route, source)

    def error_bound(self, width, source, sampling: str = "default") -> Formula:
        """E‖f − f_m‖² = V/m for a width m, a number or a symbol."""
        variance = self.variance(source, sampling)
        if isinstance(width, Expr) and width.free_symbols:
            m = integer_expression(width, "width", 1)
        else:
            m = S(exact_integer(width, "width", minimum=1))
        return Formula("E‖f − f_m‖²", variance.body / m, note=variance.note)

    def width_for(self, error, source, sampling: str = "default") -> int:
        """The least m with E‖f − f_m‖² ≤ error.

        Raises
        ------
        DomainError
            For an error ≤ 0, or an infinite variance.
        """
        error = exact(error, "error")
        if error <= 0:
            raise DomainError(explain("error out of range", got=error, allowed="> 0"))
        variance = self.variance(source, sampling)
        value = variance.at(using=Float())
        if value.is_infinite:
            raise DomainError(
                explain("no width is enough: the variance is infinite", got=variance.note)
            )
        return max(1, int(sympy.ceiling(sympy.Rational(fraction(value.mid)) / error)))

    def sample(self, width, seed) -> Neurons:
        """Independent neurons (weights, biases, amplitudes)."""
        width = exact_integer(width, "width", minimum=1)
        check_memory(f"{width} neurons", 64 * width * len(self.variables))
        if self.route.target.polynomial == self.route.affine:
            return Neurons(np.zeros((width, len(self.variables))), *np.zeros((2, width)))
        return self.route.draw(random_stream(seed), width)

    def network(self, width, seed=None, *, seeds=None) -> FiniteNetwork:
        """The network f_m of so many neurons, those of the affine part not counted.

        Parameters
        ----------
        width : int
        seed : int or tuple of int
            Of one network.
        seeds : sequence of seeds
            In the place of one: an ensemble, evaluated at once.

        Raises
        ------
        DomainError
            For neither or both, or no seeds.

        Examples
        --------
        >>> import numpy as np, sympy, theorycalc as tc
        >>> x, y = sympy.symbols("x y")
        >>> ensemble = tc.relu.represent(x * y, x, y).network(100, seeds=range(60))
        >>> ensemble(np.eye(2)).shape
        (60, 2)
        """
        if (seed is None) == (seeds is None):
            got = f"seed={shown(seed)}, seeds={shown(seeds)}"
            raise DomainError(explain("a network has a seed, an ensemble seeds", got=got))
        if seeds is None:
            return finite_networks(self.route, [self.sample(width, seed)], is_ensemble=False)
        seeds = sequence(seeds, "a sequence of seeds", allowed="range(60)")
        if not seeds:
            raise DomainError(explain("no seeds", allowed="range(60)"))
        return finite_networks(self.route, [self.sample(width, one) for one in seeds])

    def verify(self, using: Arithmetic = Float(), points: int = 3, seed: int = 0) -> Check:
        """Check the identity at random rational points, by quadrature over weights and biases.

        The rules know nothing of the derivation: they are exact for polynomials in w, and two sizes
        are compared for the rest.

        Parameters
        ----------
        using : Float or MP
            Held to 1e-12, or to all digits, relative to the sizes of the terms of f, added up.
        points : int
            How many; the worst one is returned.
        seed : int
        """
        return verify(self.route, using, points, seed)

    def tune(self, source, option: str, lower="1/20", upper=20) -> "Representation":
        """The same method with the option, a number, that makes the variance least.

        Parameters
        ----------
        source : law
        option : str
            "scale" (τ of "gaussian"; the size of the weights of "exponential" and "cosine"), "c" or
            "b0" of "exponential", "bias" of "sphere_bias", "radius".
        lower, upper : number
            Where to look, on a logarithmic scale if lower > 0.
        """
        check_dimension(self.route.target, source)
        ends = exact(lower, "lower"), exact(upper, "upper")
        found = best_option(self.route, source, option, *ends)
        return replace(self, route=replace(self.route, **{option: found}), reason="")

    def compare(self, source=None):
        """All methods for this polynomial, as a table.

        Parameters
        ----------
        source : law, optional
            By default the one given to `represent`.

        Returns
        -------
        pandas.DataFrame
            One row for each method: the variance V of the neurons that it draws, the constant C of
            the best ones, the total variation, the neuron, whether a multiplier is needed; or why
            the method does not apply.
        """
        return compare(self.request, source)

    def latex(self) -> str:
        """The identity in LaTeX."""
        factor = "" if self.multiplier == 1 else sympy.latex(self.multiplier) + r"\,"
        affine = "" if self.affine == 0 else sympy.latex(self.affine) + " + "
        lines = (
            rf"{sympy.latex(self.polynomial)} &= {affine}{factor}\int \rho(w, b)\,"
            rf"{self.route.neuron_latex}\,\mathrm{{d}}\mu(w, b)",
            rf"\rho(w, b) &= {self.route.density_latex}",
            rf"\mu &:\quad {self.measure}",
        )
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def _repr_latex_(self):
        return f"$$\n{self.latex()}\n$$"

    def __repr__(self):
        because = f", {self.reason}" if self.reason else ""
        return f"Representation({self.polynomial} by {self.method!r}{because})"
