"""Optimisers: what they make of a gradient before a step is taken along it."""

from collections.abc import Callable
from dataclasses import dataclass

from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.looks import Line
from theorycalc.core.numbers import real_double
from theorycalc.core.records import check_fields, one_of


@dataclass(frozen=True)
class Momentum(Line):
    """v ← βv + ∇, θ ← θ − ηv: the heavy ball.

    Parameters
    ----------
    beta : float
        0 ≤ β < 1; 0 is plain descent.

    References
    ----------
    B. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.networks.Momentum(beta=0.5)
    Momentum(beta=0.5)
    """

    beta: float = 0.9

    is_linear = True

    @property
    def is_plain(self) -> bool:
        """Whether steps are along the gradient itself."""
        return self.beta == 0

    def __post_init__(self):
        check_fields(self)
        real_double(self.beta, "beta", least=0, below=1)

    def directions(self) -> Callable[[list], list]:
        """A function of one gradient after another; it keeps the velocity."""
        velocity: list = []

        def direction(gradient: list) -> list:
            old = velocity or [0.0] * len(gradient)
            velocity[:] = [self.beta * v + g for v, g in zip(old, gradient, strict=True)]
            return velocity

        return direction


@dataclass(frozen=True)
class Adam(Line):
    """θ ← θ − η m̂/(√v̂ + ε) with the running means m of ∇ and v of ∇², freed of their start at 0.

    Parameters
    ----------
    beta1, beta2 : float
        0 ≤ β < 1.
    epsilon : float
        > 0.

    References
    ----------
    D. Kingma, J. Ba, "Adam: A method for stochastic optimization", arXiv:1412.6980, Algorithm 1.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.networks.Adam(beta2=0.99)
    Adam(beta1=0.9, beta2=0.99, epsilon=1e-08)
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    is_linear = is_plain = False

    def __post_init__(self):
        check_fields(self)
        for name in ("beta1", "beta2"):
            real_double(getattr(self, name), name, least=0, below=1)
        real_double(self.epsilon, "epsilon", above=0)

    def directions(self) -> Callable[[list], list]:
        """A function of one gradient after another; it keeps the running means."""
        means: list = []
        squares: list = []
        count = 0

        def direction(gradient: list) -> list:
            nonlocal count
            count += 1
            zeros = [0.0] * len(gradient)
            means[:] = _running(means or zeros, gradient, self.beta1)
            squares[:] = _running(squares or zeros, [g * g for g in gradient], self.beta2)
            first, second = 1 - self.beta1**count, 1 - self.beta2**count
            return [
                (m / first) / ((v / second) ** 0.5 + self.epsilon)
                for m, v in zip(means, squares, strict=True)
            ]

        return direction


def _running(old: list, new: list, beta: float) -> list:
    return [beta * m + (1 - beta) * x for m, x in zip(old, new, strict=True)]


OPTIMIZERS = {"sgd": Momentum(0.0), "momentum": Momentum(), "adam": Adam()}


def as_optimizer(optimizer) -> Momentum | Adam:
    """An optimiser of a name, or as it is.

    Raises
    ------
    DomainError
        For an unknown name (close matches are named), or an object of another kind.
    """
    if isinstance(optimizer, Momentum | Adam):
        return optimizer
    if not isinstance(optimizer, str):
        allowed = f"{', '.join(OPTIMIZERS)}, Momentum(beta=…), Adam(…)"
        raise DomainError(explain("not an optimizer", got=shown(optimizer), allowed=allowed))
    return OPTIMIZERS[one_of(optimizer, OPTIMIZERS, "optimizer")]
