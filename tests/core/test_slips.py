"""What is easily written wrongly: every message says what is meant instead."""

import inspect
import operator
import pickle

import numpy as np
import pytest
import sympy

import theorycalc as tc

X = sympy.Symbol("x")
F = tc.Formula("f", X**2)
TWO = tc.Formula("g", X + 2 * sympy.Symbol("y"))
OFF_LINE = tc.Formula("zeta", sympy.zeta(X + sympy.I))
DUAL = tc.kernels.dual("relu")


def of(**assumptions):
    """A formula in a symbol with assumptions."""
    n = sympy.Symbol("n", **assumptions)
    return tc.Formula("f", 1 + n**2)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        # a parameter without its name
        (lambda: F.at(0.3), "x=0.3 for a parameter"),
        (lambda: F.at("1/3"), "x='1/3' for a parameter"),
        (lambda: F.at(sympy.pi), "x=pi for a parameter"),
        (lambda: DUAL.at(0.3), "rho=0.3 for a parameter"),
        (lambda: DUAL.at(30, rho=0.3), "using=MP(30) or using=Ball(30) for digits"),
        (lambda: TWO.at(2), "x=…, y=… for a parameter"),
        # digits without their arithmetic
        (lambda: F.at(x=1, digits=30), "using=MP(30) or using=Ball(30)"),
        (lambda: DUAL.at(rho=1, dps=15), "using=MP(15) or using=Ball(15)"),
        (lambda: F.at(x=1, using=40), "using=MP(40) or using=Ball(40) for digits"),
        (lambda: tc.check(tc.Claim(X**2 >= 0), x=1, prec=12), "using=Ball(12)"),
        # an arithmetic that is not made
        (lambda: F.at(x=1, using=tc.Ball), "Try using=Ball(30)"),
        (lambda: F.at(x=1, using="ball"), "got 'ball'"),
        (lambda: F.at(x=1, using="MP"), "Try using=MP(30)"),
        (lambda: DUAL.at(rho=1, using=tc.Float), "Try using=Float()"),
        (lambda: tc.check(tc.Claim(X**2 >= 0), using=tc.MP, x=1), "Try using=MP(30)"),
        (lambda: tc.hermite.coefficients("relu", 3, using="ball"), "Try using=Ball(30)"),
        (lambda: F.at(x=1, using=None), "allowed: Float(), MP(30), Ball(30)"),
        # names
        (lambda: DUAL.at(Rho=0.3), "Try 'rho'"),
        (lambda: DUAL.at(r=0.3), "allowed: rho"),
        # names of arguments, of functions, classes and methods
        (lambda: tc.kernels.mlp(3, "relu", sigmaw=1), "unknown argument of mlp: got 'sigmaw'"),
        (lambda: tc.kernels.mlp(3, "relu", sigmaw=1), "Try 'sigma_w'"),
        (lambda: tc.kernels.mlp(3, "relu").spectrum(dim=5, degree=2), "allowed: d, degree, kernel"),
        (lambda: tc.networks.mlp(2, widht=16, sigma_w=1), "Try 'width'"),
        (lambda: tc.quantization.distortion(tc.distributions.Gaussian(3), N=10), "Try 'n'"),
        (lambda: tc.distributions.Gaussian(10, sigm=2), "of Gaussian: got 'sigm'"),
        (lambda: tc.validation.Measurement.of(sample=[1, 2]), "of Measurement.of: got 'sample'"),
        (lambda: tc.Ball(digit=30), "Try 'digits'"),
        (lambda: tc.Formula("f", X, arg=(X,)), "Try 'args'"),
        (lambda: tc.relu.represent(X**2, X, metod="space"), "Try 'method'"),
        # … beside parameters
        (lambda: F.at(x=1, usin=tc.Ball(10)), "allowed: using, x. Try 'using'"),
        (lambda: tc.certify(X, digit=3, x=1), "Try 'digits'"),
        (lambda: tc.sweep(F, job=2, x=[1]), "Try 'jobs'"),
        # arguments that are missing, or too many
        (lambda: tc.kernels.mlp(3).spectrum(5), "spectrum needs degree; allowed"),
        (lambda: tc.sphere.funk_hecke("relu"), "funk_hecke(kernel, d, k). Try d=…, k=…"),
        (lambda: tc.Ball(1, 2, 3, 4, 5), "not a call of Ball"),
        # results as they are, in the place of what is made of them
        (
            lambda: tc.validation.validate(1.0, [1, 1.1, 0.9]),
            "Try tc.validation.Measurement.of([1,",
        ),
        (lambda: tc.validation.validate(1.0, (2.5, 2)), "Measurement.of((2.5, 2))"),
        # polynomials without variables
        (lambda: tc.relu.represent(3), "Try 3, x for a constant"),
        (lambda: tc.relu.represent("x**2"), "got 'x**2'; allowed: x**2 for a symbol x"),
        # what symbols assume
        (lambda: of(positive=True).at(n=0), "allowed: n > 0"),
        (lambda: of(positive=True).at(n=-1), "allowed: n > 0"),
        (lambda: of(nonnegative=True).at(n=-1), "allowed: n ≥ 0"),
        (lambda: of(negative=True).at(n=0), "allowed: n < 0"),
        (lambda: of(nonpositive=True).at(n="0.1"), "allowed: n ≤ 0"),
        (lambda: of(integer=True, positive=True).at(n=0), "allowed: integer > 0"),
        (lambda: of(integer=True, positive=True).at(n="1/2"), "allowed: integer > 0"),
        (lambda: of(odd=True).at(n=4), "allowed: odd"),
        (lambda: of(integer=False).at(n=4), "allowed: not integer"),
        (lambda: of(nonzero=True, integer=True).at(n=0.5), "allowed: integer"),
        # a number that is not real
        (lambda: OFF_LINE.at(x=2), "Try sympy.Abs"),
        (lambda: OFF_LINE.at(x=2, using=tc.MP(20)), "Try sympy.Abs"),
        (lambda: OFF_LINE.at(x="1/3", using=tc.Ball(20)), "Try sympy.Abs"),
    ],
)
def test_the_message_says_what_is_meant(call, words):
    with pytest.raises(tc.DomainError) as refusal:
        call()
    assert words in str(refusal.value)


def test_names_of_digits_are_names_of_parameters_too():
    digits = sympy.Symbol("digits")
    assert float(tc.Formula("f", 2 * digits).at(digits=3)) == 6


def test_a_modulus_is_real():
    """|ζ(2 + i)| by its Dirichlet series: what 10^6 terms leave out is below 1e-6."""
    n = np.arange(1, 10**6 + 1)
    series = (n ** -(2 + 1j)).sum()
    found = tc.Formula("f", sympy.Abs(sympy.zeta(X + sympy.I))).at(x=2)
    assert abs(float(found) - abs(series)) < 1e-6


def test_a_wrong_call_is_a_type_error_too():
    with pytest.raises(TypeError, match="certify needs expr"):
        tc.certify()


def test_a_type_error_of_the_work_is_left_as_it_is():
    def descend(step, parameters):
        raise TypeError("of the work")

    network = tc.networks.mlp(2, 3, sigma_w=1)
    with pytest.raises(TypeError) as raised:
        tc.networks.train(
            network,
            network.init(range(2)),
            np.eye(2),
            np.ones(2),
            learning_rate=0.1,
            steps=1,
            on_step=descend,
        )
    assert type(raised.value) is TypeError


@pytest.mark.parametrize("thing", [tc.certify, tc.kernels.mlp, tc.kernels.dual, tc.sweep])
def test_functions_are_sent_to_other_processes_by_name(thing):
    assert pickle.loads(pickle.dumps(thing)) is thing
    assert len(pickle.dumps(thing)) < 100


@pytest.mark.parametrize(
    "expr", [sympy.tan(X), 1 / sympy.cos(X), sympy.cot(2 * X), X / sympy.sin(4 * X)]
)
def test_a_pole_at_a_point_that_is_rounded(expr):
    f = tc.Formula("f", expr)
    with pytest.raises(tc.TheoryCalcError, match=r"Try a point nearby"):
        f.at(x=sympy.pi / 2, using=tc.MP(20))


def test_training_that_diverges_ends_where_it_does():
    network, seen = tc.networks.mlp(2, 8, activation="identity", sigma_w=1), []
    start = network.init(range(2))
    with pytest.raises(tc.DomainError, match=r"diverged: got step \d+ .*tangent kernel"):
        tc.networks.train(
            network,
            start,
            np.eye(2),
            np.ones(2),
            learning_rate=1e3,
            steps=10**4,
            on_step=lambda step, _: seen.append(step),
        )
    assert len(seen) < 1000
    data = tc.validation.sphere_points()
    with pytest.raises(tc.DomainError, match="gradient descent does not converge"):
        tc.validation.train_ensemble(
            tc.networks.mlp(6, 8, sigma_w=1), data, 5, seed=0, learning_rate=100, steps=10**4
        )


@pytest.mark.parametrize("room", [*tc._ROOMS, "kernels.predict", "quantization.kde"])
def test_everything_public_tells_what_is_wrong_with_a_call(room):
    place = operator.attrgetter(room)(tc)
    for name in getattr(place, "__all__", ()):
        thing = getattr(place, name)
        if inspect.isfunction(thing):
            with pytest.raises(tc.DomainError, match="unknown argument"):
                thing(no_such_argument=1)
