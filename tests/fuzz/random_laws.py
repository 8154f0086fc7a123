"""Any law × n × s: radial moments and distortions; kernels of deep networks at any ρ."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property

from case import FLOAT, arithmetic
from expressions import Remembered
from hypothesis import strategies as st
from mpmath import mp
from oracle import in_two_precisions, number

import theorycalc as tc


def _law(name: str, d: int, parameter: str):
    made = {
        "Gaussian": tc.distributions.Gaussian,
        "UniformSphere": tc.distributions.UniformSphere,
        "UniformBall": tc.distributions.UniformBall,
        "StudentT": tc.distributions.StudentT,
    }
    return made[name](d, parameter)


def _mean_power(name: str, d: int, parameter: str, p):
    """E R^p by quadrature over the density of R, in mpmath."""
    a, p = number(Fraction(parameter)), number(p)
    if name == "UniformSphere":
        return a**p
    if name == "UniformBall":
        return d * a**p / (d + p)
    if name == "Gaussian":
        weight, places = (lambda r: mp.exp(-r * r / 2)), [0, 1, 2, 4, 8, 16, 30]
        places = places if d + p >= 1 else [0, mp.mpf(1) / 100, *places[1:]]
        scale = a
    else:
        # R² = ν t/(1 − t) for a Beta variable t: over t, with both ends algebraic
        inner = mp.quad(lambda t: _student(t, d + p, a - p), [0, 0.5, 1])
        return a ** (p / 2) * inner / mp.quad(lambda t: _student(t, d, a), [0, 0.5, 1])
    top = mp.quad(lambda r: r ** (d + p - 1) * weight(r), places)
    return scale**p * top / mp.quad(lambda r: r ** (d - 1) * weight(r), places)


def _student(t, d, nu):
    return t ** (d / mp.mpf(2) - 1) * (1 - t) ** (nu / 2 - 1)


@dataclass(frozen=True)
class Moment:
    """E R^p."""

    law: str
    d: int
    parameter: str
    powers: tuple

    def evaluations(self):
        for p in self.powers:
            truth = Remembered(lambda p=p: self._truth(p))
            for name in (FLOAT, ("mp", 12), ("ball", 3), ("ball", 20)):
                yield (
                    f"E R^({p}) in {name}",
                    lambda p=p, name=name: self._moment(p).at(using=arithmetic(name)),
                    truth,
                )

    def _moment(self, p):
        return _law(self.law, self.d, self.parameter).radial_moment(p)

    def _truth(self, p):
        return in_two_precisions(
            lambda: _mean_power(self.law, self.d, self.parameter, Fraction(p)), agreed=15
        )


@dataclass(frozen=True)
class Distortion:
    """D_s at radii, for s = 2 and 4, and any s on the sphere."""

    law: str
    d: int
    parameter: str
    n: int
    s: str
    radii: tuple

    def evaluations(self):
        for r in self.radii:
            truth = Remembered(lambda r=r: self._truth(Fraction(r)))
            for name in (FLOAT, ("mp", 12), ("ball", 3), ("ball", 10)):
                yield (
                    f"at {r} in {name}",
                    lambda r=r, name=name: self._formula.at(r=r, using=arithmetic(name)),
                    truth,
                )

    @cached_property
    def _formula(self):
        return tc.quantization.distortion(
            _law(self.law, self.d, self.parameter), n=self.n, s=self.s
        )

    def _truth(self, r):
        return in_two_precisions(lambda: self._distortion(number(r)), agreed=15)

    def _distortion(self, r):
        power = lambda p: _mean_power(self.law, self.d, self.parameter, p)  # noqa: E731
        if self.law == "UniformSphere":
            radius, s = number(Fraction(self.parameter)), number(Fraction(self.s))
            distance = lambda loss: (radius - r) ** 2 + 2 * radius * r * loss  # noqa: E731
            return _over_angles(self.d, self.n, lambda loss: distance(loss) ** (s / 2))
        first, second = (_cosine_moment(self.d, self.n, k, mp.prec) for k in (1, 2))
        if self.s == "2":
            return power(2) + r**2 - 2 * r * power(1) * first
        square = power(4) + 2 * r**2 * power(2) + r**4
        return square - 4 * r * (power(3) + r**2 * power(1)) * first + 4 * r**2 * power(2) * second


def _over_angles(d: int, n: int, f):
    """E f(1 − m) of the largest of n cosines, over its angle."""
    whole = _cap(d - 2, mp.pi)

    def integrand(angle):
        above = 1 - _cap(d - 2, angle) / whole
        density = n * above ** (n - 1) * mp.sin(angle) ** (d - 2) / whole
        return f(2 * mp.sin(angle / 2) ** 2) * density

    typical = mp.mpf(n) ** (-mp.mpf(1) / (d - 1))
    places = {typical * x / 2 for x in range(1, 8)} | {typical * 5, typical * 7}
    return mp.quad(integrand, [0, *sorted(x for x in places if x < mp.pi), mp.pi])


@cache
def _cosine_moment(d: int, n: int, k: int, precision: int):
    """E m^k of the largest cosine, in the precision of the moment."""
    return _over_angles(d, n, lambda loss: (1 - loss) ** k)


def _cap(m: int, angle):
    """∫_0^angle sin^m, by parts."""
    if m == 0:
        return angle
    if m == 1:
        return 2 * mp.sin(angle / 2) ** 2
    rest = _cap(m - 2, angle)
    return ((m - 1) * rest - mp.sin(angle) ** (m - 1) * mp.cos(angle)) / m


@dataclass(frozen=True)
class Network:
    """NNGP and NTK of a deep network, by their recursion with closed forms."""

    activation: str
    depth: int
    weights: str
    biases: str
    correlations: tuple
    digits: int

    def evaluations(self):
        for rho in self.correlations:
            truth = Remembered(lambda rho=rho: self._truths(Fraction(rho)))
            for kind in ("nngp", "ntk"):
                for name in (FLOAT, ("mp", self.digits), ("ball", 3), ("ball", self.digits)):
                    yield (
                        f"{kind} at {rho} in {name}",
                        lambda rho=rho, kind=kind, name=name: getattr(self._network, kind).at(
                            rho=rho, using=arithmetic(name)
                        ),
                        lambda kind=kind, truth=truth: truth()[kind],
                    )

    @cached_property
    def _network(self):
        return tc.kernels.mlp(
            self.depth, self.activation, sigma_w=self.weights, sigma_b=self.biases
        )

    def _truths(self, rho):
        return {
            kind: in_two_precisions(lambda kind=kind: self._kernels(rho)[kind], agreed=15)
            for kind in ("nngp", "ntk")
        }

    def _kernels(self, rho):
        w, b = (number(Fraction(x)) ** 2 for x in (self.weights, self.biases))
        q, k = w + b, w * number(rho) + b
        tangent = k
        for _ in range(self.depth):
            value, slope, size = _DUALS[self.activation](q, k)
            q, k = w * size + b, w * value + b
            tangent = k + w * tangent * slope
        return {"nngp": k, "ntk": tangent}


def _relu(q, k):
    """(E φ(u)φ(v), E φ'(u)φ'(v), E φ(u)²) at variances q and covariance k."""
    cosine = min(k / q, mp.mpf(1))
    angle = mp.acos(cosine)
    value = q * (mp.sqrt(1 - cosine**2) + (mp.pi - angle) * cosine) / (2 * mp.pi)
    return value, (mp.pi - angle) / (2 * mp.pi), q / 2


def _erf(q, k):
    scale = 1 + 2 * q
    slope = 4 / mp.pi / mp.sqrt(scale**2 - 4 * k**2)
    return 2 / mp.pi * mp.asin(2 * k / scale), slope, 2 / mp.pi * mp.asin(2 * q / scale)


def _sin(q, k):
    wave, tilt = mp.exp(-q) * mp.sinh(k), mp.exp(-q) * mp.cosh(k)
    return wave, tilt, mp.exp(-q) * mp.sinh(q)


_DUALS = {"relu": _relu, "erf": _erf, "sin": _sin}

_names = st.sampled_from(["Gaussian", "UniformSphere", "UniformBall", "StudentT"])
_sizes = st.fractions("1/3", 3, max_denominator=6).map(str)
_correlations = st.one_of(
    st.fractions(-1, 1, max_denominator=50).map(str),
    st.sampled_from(["1", "-1", "0.999999", "-0.9999999999", "1e-12"]),
)


@st.composite
def moments(draw):
    law, d = draw(_names), draw(st.integers(1, 20))
    parameter = draw(
        st.fractions(7, 20, max_denominator=3).map(str) if law == "StudentT" else _sizes
    )
    powers = draw(st.lists(st.fractions(-1, 6, max_denominator=5), min_size=2, max_size=2))
    return Moment(law, d, parameter, tuple(str(p) for p in powers if p > -d))


@st.composite
def distortions(draw):
    law, d = draw(_names), draw(st.integers(2, 7))
    parameter = draw(
        st.fractions(7, 20, max_denominator=3).map(str) if law == "StudentT" else _sizes
    )
    s = draw(st.sampled_from(["1/2", "1", "3", "5/2"] if law == "UniformSphere" else ["2", "4"]))
    n = draw(st.one_of(st.integers(1, 50), st.integers(1, 6).map(lambda k: 10**k)))
    many = 2 if law == "UniformSphere" else 8
    radii = tuple(draw(st.lists(_sizes, min_size=many, max_size=many)))
    return Distortion(law, d, parameter, n, s, radii)


networks = st.builds(
    Network,
    st.sampled_from(sorted(_DUALS)),
    st.integers(1, 6),
    _sizes,
    st.sampled_from(["0", "1/2", "1/10", "2"]),
    st.lists(_correlations, min_size=6, max_size=6).map(tuple),
    st.sampled_from([8, 15, 25]),
)
