"""Priors that are mixtures of points and Gaussian laws."""

from dataclasses import dataclass, field
from itertools import combinations

import sympy
from sympy import Expr, S, exp, log, sqrt

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_short
from theorycalc.core.records import instance, sequence
from theorycalc.inference.priors import SNR, Prior, Y
from theorycalc.inference.solving.line import gaussian_mean

_Z = sympy.Symbol("z", real=True)


@dataclass(frozen=True)
class Component(Shown):
    """A part of a mixture: a point where the variance is 0, a Gaussian law elsewhere."""

    weight: Expr
    mean: Expr
    variance: Expr

    def log_likelihood(self, y: Expr) -> Expr:
        """log of weight·E exp(√s x y − s x²/2) over this part."""
        s, m, v = SNR, self.mean, self.variance
        tilt = (2 * sqrt(s) * y * m - s * m**2 + v * s * y**2) / (2 * (1 + s * v))
        return log(self.weight) - log(1 + s * v) / 2 + tilt

    def posterior_mean(self, y: Expr) -> Expr:
        """E[x | y] if x is of this part."""
        return (self.mean + self.variance * sqrt(SNR) * y) / (1 + SNR * self.variance)

    @property
    def posterior_variance(self) -> Expr:
        """Var(x | y) if x is of this part."""
        return self.variance / (1 + SNR * self.variance)

    def observed(self, z: Expr) -> Expr:
        """y for a standard normal z."""
        return sqrt(SNR) * self.mean + sqrt(1 + SNR * self.variance) * z


@dataclass(frozen=True)
class Mixture(Prior):
    """A mixture of points and Gaussian laws.

    Parameters
    ----------
    components : tuple of (weight, mean, variance)
        Weights are positive and sum to 1; a variance of 0 is a point.
    name : str

    Raises
    ------
    DomainError
        For weights that are not positive or do not sum to 1, variances that are negative, or
        parts that are equal.

    Notes
    -----
    Nothing cancels: E[w_j w_k f(y)] over y is p_j E[w_k f(y)] over the y of part j, so that the
    mmse is Σ p_j v_j/(1 + s v_j) + Σ_{j<k} p_j E[w_k (m_j − m_k)²] over the y of the part j that is
    narrower.

    Examples
    --------
    >>> import theorycalc as tc
    >>> three = tc.inference.Mixture([("1/4", -1, 0), ("1/2", 0, 0), ("1/4", 1, 0)])
    >>> print(three.mmse(2).at())
    0.24613955175763 ± 6e-15
    """

    components: tuple
    name: str = "mixture"
    parts: tuple[Component, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        instance(self.name, str, "a name")
        rows = [sequence(row, "a component") for row in sequence(self.components, "components")]
        if any(len(row) != 3 for row in rows):
            raise DomainError(
                explain("not components", got=rows, allowed="(weight, mean, variance)")
            )
        rows = tuple(tuple(exact_short(x, "a component") for x in row) for row in rows)
        if not all(w > 0 and v >= 0 for w, _, v in rows) or sympy.simplify(
            sum(w for w, _, _ in rows) - 1
        ):
            got = ", ".join(f"(weight {w}, variance {v})" for w, _, v in rows)
            allowed = "weights > 0 of sum 1, variances ≥ 0"
            raise DomainError(explain("not a mixture", got=got, allowed=allowed))
        if len({row[1:] for row in rows}) < len(rows):
            raise DomainError(explain("two components are equal", got=rows))
        object.__setattr__(self, "components", rows)
        object.__setattr__(self, "parts", tuple(Component(*row) for row in rows))

    @property
    def mean(self):
        return sympy.Add(*(c.weight * c.mean for c in self.parts))

    @property
    def second_moment(self):
        return sympy.Add(*(c.weight * (c.mean**2 + c.variance) for c in self.parts))

    @property
    def dimension(self):
        return sympy.Add(*(c.weight for c in self.parts if c.variance))

    @property
    def entropy(self):
        if any(c.variance for c in self.parts):
            return sympy.oo
        return -sympy.Add(*(c.weight * log(c.weight) for c in self.parts))

    def _mmse(self):
        total = sympy.Add(*(c.weight * c.posterior_variance for c in self.parts))
        for pair in combinations(self.parts, 2):
            j, k = sorted(pair, key=lambda c: c.variance)
            total += j.weight * self._confusion(j, k)
        return total

    def _confusion(self, j: Component, k: Component) -> Expr:
        """E[w_k (m_j − m_k)²] over the y of part j."""
        y = j.observed(_Z)
        gap = j.posterior_mean(y) - k.posterior_mean(y)
        # (a + b z)² ≤ 2 a² + 2 b² z²
        constant, slope = (sympy.expand(gap).coeff(_Z, i) for i in (0, 1))
        f = self._weight(k, y) * gap**2
        return gaussian_mean(f, _Z, 2 * constant**2, 2 * slope**2)

    def _weight(self, k: Component, y: Expr) -> Expr:
        """The posterior probability of part k, without the overflow of large exponentials."""
        own = k.log_likelihood(y)
        odds = (exp(_collected(c.log_likelihood(y) - own)) for c in self.parts if c is not k)
        return 1 / (1 + sympy.Add(*odds))

    def _free_entropy(self):
        total = S.Zero
        for j in self.parts:
            y = j.observed(_Z)
            own = _collected(j.log_likelihood(y))
            others = [_collected(c.log_likelihood(y) - own) for c in self.parts if c is not j]
            mean = sympy.Add(*(own.coeff(_Z, i) * m for i, m in ((0, 1), (2, 1))))
            total += j.weight * mean
            if others:
                # log(1 + Σ e^t) ≤ log(number of terms) + Σ |t|
                most = [sympy.expand(t) for t in others]
                constant = log(len(others) + 1) + sympy.Add(
                    *(abs(t.coeff(_Z, 0)) + abs(t.coeff(_Z, 1)) / 2 for t in most)
                )
                square = sympy.Add(*(abs(t.coeff(_Z, 2)) + abs(t.coeff(_Z, 1)) / 2 for t in most))
                f = log(1 + sympy.Add(*map(exp, others)))
                total += j.weight * gaussian_mean(f, _Z, constant, square)
        return total

    def _denoiser(self):
        if all(c.variance == 0 for c in self.parts) and len(self.parts) == 2:
            low, high = sorted(self.parts, key=lambda c: c.mean)
            half = _collected(high.log_likelihood(Y) - low.log_likelihood(Y)) / 2
            centre, radius = (low.mean + high.mean) / 2, (high.mean - low.mean) / 2
            return centre + radius * sympy.tanh(half)
        return sympy.Add(*(self._weight(c, Y) * c.posterior_mean(Y) for c in self.parts))


def _collected(expr: Expr) -> Expr:
    return sympy.collect(sympy.expand(sympy.expand_log(expr, force=True)), _Z)
