"""Bad input at the ground floor: one clear error, and never a wrong number."""

import numpy as np
import pytest
import sympy as sp

import theorycalc as tc

X, Y, K = sp.Symbol("x"), sp.Symbol("y"), sp.Symbol("k")
BELOW, WHOLE = sp.Symbol("m", negative=True), sp.Symbol("m", integer=True)
LONG = sp.Pow(10, 10**9, evaluate=False)
LINE = tc.Formula("f", X)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tc.certify("pi"), "not an expression: got 'pi'"),
        (lambda: tc.certify(None), "not an expression"),
        (lambda: tc.certify(np.array([1.0])), "not an expression"),
        (lambda: tc.certify(sp.nan), "not an expression: got nan.* Try a limit"),
        (lambda: tc.information.kl(0, 1).at(), "not a number: got zoo. Try a limit"),
        (lambda: tc.certify(sp.pi > 3), "not an expression"),
        (lambda: tc.Formula("f", sp.Matrix([1, 2])), "not an expression"),
        (lambda: tc.Formula("f", X, domain="x > 1"), "not a domain"),
        (lambda: tc.Formula("f", X, domain={"x": sp.Interval(0, 1)}), "not a domain"),
        (lambda: tc.Formula("f", X, domain=Y > 0), "symbols that are not arguments: got y"),
        (lambda: tc.Formula("f", X, args=(X, X)), "different names"),
        (lambda: tc.Activation("x"), "not an expression"),
        (lambda: tc.Activation(X > 0), "not an expression"),
        (lambda: tc.Activation(sp.I * X), "no real function"),
        (lambda: tc.activations.relu("a"), "not an array of real numbers"),
        (lambda: tc.activations.relu(1j), "not an array of real numbers"),
        (lambda: tc.Claim(X < 1, assumptions="x > 0"), "not a condition"),
        (lambda: tc.Claim(X < 1, assumptions=X), "not a condition"),
        (lambda: tc.check("x < 1"), "not a Claim"),
        (lambda: tc.check(tc.Claim(X < 1), x="a"), "x is not a real number"),
        (lambda: bool(tc.check(tc.Claim(X < 1), x=0)), "not a truth value"),
        (lambda: tc.Integral("x", X, 0, 1), "integrand: not an expression"),
        (lambda: tc.Integral(X, X, 0, 1, kinks=1), "not kinks"),
        (lambda: tc.Integral(X, X, 0, 1, tails={sp.oo: 3}), "not a Tail"),
        (lambda: tc.Integral(sp.I * X, X, 0, 1), "integrand is not real"),
        (lambda: tc.Tail(sp.I, X), "bound is not real"),
        (lambda: tc.Tail(-sp.exp(BELOW), BELOW), "bound is too small"),
        (lambda: tc.Tail(sp.exp(-X), X, start=sp.I * Y), "start is not real"),
        (lambda: tc.bivariate_normal(sp.I, 0, 0), "bivariate_normal is not real"),
        (lambda: tc.hyperu(1, sp.I * X, 2), "hyperu is not real"),
        (lambda: tc.Value(mid=1, rad=0, rigor=tc.Rigor.EXACT, using=tc.MP), "not an arithmetic"),
        (lambda: tc.theories.Case(formula=LINE, expected=sp.nan, source=""), "expected"),
        (lambda: tc.theories.Case(formula=LINE, expected=sp.I, source=""), "expected is not real"),
        (lambda: tc.Activation(sp.Abs(BELOW)), "not any real number: got m: .*negative"),
        (lambda: tc.Activation(sp.cos(sp.pi * WHOLE)), "not any real number"),
        (lambda: tc.Activation(sp.Max(WHOLE, 0)), "not any real number"),
        (lambda: tc.sphere.funk_hecke(LONG, 3, 1), "too long to be written out"),
        (lambda: tc.quantization.norming_constants(sp.exp(-X), X, LONG), "too long"),
        (lambda: tc.hermite.expand(sp.oo, X), "not finite"),
        (lambda: tc.hermite.HermiteExpansion((X,), {X: sp.S.One}), "alpha"),
        (lambda: tc.hermite.HermiteExpansion((X,), {(1, 2): sp.S.One}), "alpha"),
        (lambda: tc.hermite.HermiteExpansion((X,), {(1,): "1"}), "not an expression"),
        (lambda: tc.hermite.ProductExpansion(sp.exp(X), (X, Y), (sp.S.One,)), "not a direction"),
        (lambda: tc.sphere.num_harmonics(BELOW, 2), "d is too small"),
        (lambda: tc.sphere.legendre(3, BELOW), "k is too small"),
        (lambda: tc.kernels.dense(sigma_w=BELOW), "sigma_w is too small"),
        (lambda: tc.quantization.kde.h_G(BELOW), "alpha is too small"),
        (lambda: tc.quantization.mean_max_cosine(sp.I * X, 10), "d is not real"),
        (lambda: tc.relu.gaussian_bias_constant(sp.I * X), "k is not real"),
        (lambda: tc.relu.r_norm(X, X, domain={0, 1}), "not an interval"),
        (lambda: tc.networks.to_numpy(np.datetime64("2020-01-01")), "not an array of real"),
        (lambda: tc.distributions.Gaussian(2).sample(3, seed=True), "not a seed"),
        (lambda: tc.distributions.Gaussian(2).sample(3, seed=[[1, 2], [3]]), "not a seed"),
        (lambda: tc.find_root(LINE, "x", 3), "not a bracket"),
        (lambda: tc.find_root(X, "x", (0, 1)), "not a Formula"),
        (lambda: tc.minimize(X, "x", (0, 1)), "not a Formula"),
        (lambda: LINE.lambdify()("0.3"), "not an array of real numbers"),
        (lambda: LINE.lambdify()(None), "not an array of real numbers"),
        (lambda: tc.Formula("f", X + Y).lambdify()([1, 2], [1, 2, 3]), "do not broadcast"),
        (lambda: tc.Formula("f", sp.Sum(Y, (Y, 1, X))).at(x=10**9), "too long"),
        (lambda: tc.Value(mid="1", rad=0, rigor=tc.Rigor.EXACT), "not a binary number"),
        (lambda: LINE.at(x=1).overlaps(1.4), "not a Value"),
        (lambda: LINE.at(x=1).digits(0), "n is too small"),
        (lambda: LINE.at(x=1).digits(2.5), "n is not an integer"),
    ],
)
def test_one_clear_error(call, message):
    with pytest.raises(tc.DomainError, match=message):
        call()


def test_strings_are_never_run(tmp_path):
    target = tmp_path / "written"
    code = f'open({str(target)!r}, "w")'
    for call in (
        lambda: tc.Integral(X, X, 0, 1, kinks=(code,)),
        lambda: tc.Integral(X, X, code, 1),
        lambda: LINE.at(x=code),
        lambda: tc.certify(code),
    ):
        with pytest.raises(tc.DomainError):
            call()
    assert not target.exists()


@pytest.mark.parametrize(
    ("integrand", "lower", "upper"),
    [
        (X**-2, 0, 1),
        (X ** sp.Rational(-3, 2), 0, 1),
        (1 / X, 0, 1),
        (1 / X, 1, sp.oo),
        (sp.sin(X), 0, sp.oo),
    ],
)
def test_divergent_integrals_have_no_double(integrand, lower, upper):
    with pytest.raises(tc.PrecisionError, match="diverges"):
        tc.integrate(tc.Integral(integrand, X, lower, upper))


def test_a_singular_end_is_given_up_soon():
    with pytest.raises(tc.DomainError, match="no finite enclosure"):
        tc.integrate(tc.Integral(sp.besselk(0, X), X, 0, 1), tc.Ball(20))


def test_reversed_limits_keep_their_kinks():
    for using in (tc.Float(), tc.MP(20), tc.Ball(20)):
        value = tc.integrate(tc.Integral(sp.Abs(X), X, 1, -2, kinks=(0,)), using)
        assert value.contains("-2.5")


def test_derivatives_treat_symbols_as_real():
    for using in (tc.Float(), tc.Ball(20)):
        assert tc.Formula("f", sp.Abs(X)).diff("x").at(x=-2, using=using).mid == -1
        assert tc.Formula("f", sp.sign(X) * X).diff("x").at(x=2, using=using).mid == 1
    third = tc.minimize(tc.Formula("f", sp.Abs(X - sp.Rational(1, 3))), "x", (0, 3))
    assert third.contains("1/3")


def test_factorials_beyond_doubles_in_arrays():
    """c_k of ReLU at k = 200 has 200! in its closed form."""
    c = tc.hermite.coefficient("relu", K)
    values = c.lambdify()([4.0, 172.0, 200.0, 304.0, 1000.0, 1001.0])
    for k, value in zip((4, 172, 200, 304, 1000, 1001), values, strict=True):
        assert value == pytest.approx(float(c.at(k=k)), rel=1e-13)


@pytest.mark.parametrize("expr", [sp.exp(X), sp.exp(-X), sp.gamma(X + 1)])
def test_numbers_of_any_size_print(expr):
    value = tc.certify(expr, x=10**15, digits=20)
    mantissa, _, rest = str(value).partition("e")
    assert len(mantissa) == 21
    assert "±" in rest


def test_a_double_routine_vouches_for_53_bits():
    class Doubled(tc.SpecialFunction):
        """2x, known in doubles only."""

        @staticmethod
        def double(x):
            return 2 * x, 0 * x

    third = Doubled(sp.Rational(1, 3))
    assert sp.N(third) == pytest.approx(2 / 3)
    assert sp.N(third, 30) == third


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(20), tc.Ball(20)])
def test_zero_among_gamma_functions_of_large_numbers(using):
    """SymPy, asked whether it is one, would write (10^50 − 1)! out."""
    x = sp.Symbol("x", positive=True)
    zero = sp.loggamma(x + 1) - sp.loggamma(x) - sp.log(x)
    value = tc.Formula("zero", zero).at(x="1e50", using=using)
    assert value.contains(0)
    assert value.rad < 1e-15


@pytest.mark.parametrize("bound", [sp.S.One, 1 / sp.log(X + 2), sp.oo])
@pytest.mark.parametrize("using", [tc.Float(), tc.MP(20), tc.Ball(20)])
def test_a_tail_whose_bound_does_not_fall_is_refused(using, bound):
    gauss = tc.Integral(sp.exp(-(Y**2)), Y, 0, sp.oo, tails={sp.oo: tc.Tail(bound, X)})
    with pytest.raises(tc.NotSupportedError, match="hardly falls"):
        tc.integrate(gauss, using)
