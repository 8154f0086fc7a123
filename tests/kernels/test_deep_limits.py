"""Networks of any depth from the fixed point of a layer, against networks of that depth."""

import mpmath
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc

BALL = tc.Ball(40)
RELU_IN_ORDER = {
    "sigma_w": [sp.sqrt(3) / 2, *[sp.sqrt(sp.Rational(3, 2))] * 6],
    "sigma_b": sp.S.Half,
}
CASES = {
    "relu": ("relu", 6, {}),
    "abs": ("abs", 4, {}),
    "leaky_relu": (tc.activations.leaky_relu("1/10"), 8, {}),
    "ordered relu": ("relu", 6, RELU_IN_ORDER),
    "erf": ("erf", 12, {}),
    "sin": ("sin", 6, {}),
    "gelu": ("gelu", 15, {}),
    "cos": ("cos", 4, {}),
    "square": (tc.activations.relu_power(2), 4, {}),
    "tanh": ("tanh", 3, {}),
}


def network(name, depth):
    activation, _, options = CASES[name]
    more = dict(options)
    if options:
        more["sigma_w"] = [*options["sigma_w"][:2], *[options["sigma_w"][1]] * (depth - 1)]
    return tc.kernels.mlp(depth, activation, **more)


@pytest.mark.parametrize("name", CASES)
def test_deeper_networks(name):
    start = CASES[name][1]
    deep = network(name, start).deep_nngp()
    near, far = (3, 12) if name == "tanh" else (7, 150)
    for more, points in ((0, ["1/5"]), (near, ["-9/10", "1/5", "999/1000"]), (far, ["1/5"])):
        depth = start + more
        exactly = network(name, depth).nngp
        for rho in points:
            value = deep.at(rho=rho, L=depth, using=tc.Ball(30))
            assert_error_holds(value, exactly.at(rho=rho, using=BALL))


def test_far_down_relu_forgets_its_input():
    """1 − c_L ~ 9π²/(2L²), S. Hayou, A. Doucet, J. Rousseau, ICML 2019."""
    deep = tc.kernels.mlp(20).deep_nngp()
    with mpmath.workdps(30):
        for rho in ("-1/2", "1/2"):
            gap = 1 - mpmath.mpf(deep.at(rho=rho, L=10**9, using=tc.Ball(30)).mid)
            assert mpmath.almosteq(gap * 10**18, 9 * mpmath.pi**2 / 2, rel_eps=1e-6)


def test_the_limit_is_the_fixed_point():
    network = tc.kernels.mlp(15, "gelu")
    limit = network.deep_nngp().at(rho="1/3", L=10**4, using=tc.Ball(20))
    (point,) = (x for x in network.fixed_points() if x.q is not None and x.q.contains(1))
    assert limit.overlaps(point.c)


def test_a_deeper_start_has_a_smaller_error():
    errors = [
        tc.kernels.mlp(depth).deep_nngp().at(rho="1/3", L=200, using=tc.Ball(20)).rad
        for depth in (3, 10, 30)
    ]
    assert errors == sorted(errors, reverse=True)
    fixed = tc.kernels.mlp(6, "erf").deep_nngp().at(rho=0, L=50)
    assert (fixed.mid, fixed.rad) == (0, 0)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"depth": 3, "activation": "identity"}, tc.NotSupportedError),
        ({"depth": 3, "sigma_w": 1}, tc.NotSupportedError),
        ({"depth": 3, "sigma_w": [2, *[sp.sqrt(2)] * 3]}, tc.NotSupportedError),
        ({"depth": 3, "sigma_w": [1, 1, 2, 1]}, tc.NotSupportedError),
        ({"depth": 3, "activation": tc.activations.hermite(2)}, tc.NotSupportedError),
        ({"depth": 3, "activation": "step"}, tc.NotSupportedError),
        ({"depth": 0}, tc.NotSupportedError),
    ],
)
def test_no_limit_is_known(options, error):
    with pytest.raises(error):
        tc.kernels.mlp(**options).deep_nngp()


@pytest.mark.parametrize("at", [{"rho": 1}, {"rho": -1}, {"L": 3}, {"L": "9/2"}])
def test_outside_the_domain(at):
    with pytest.raises(tc.DomainError):
        tc.kernels.mlp(4).deep_nngp().at(**{"rho": "1/2", "L": 8, **at})
