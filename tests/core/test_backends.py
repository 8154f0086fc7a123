"""Formulas on arrays of other libraries, and our functions in code that SymPy generates."""

import functools
import sys

import array_api_strict as strict
import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import theorycalc as tc

X, Y = sp.symbols("x y", real=True)
D = sp.Symbol("d", integer=True, positive=True)
RHO = np.array([-0.9, -0.3, 0.2, 0.7])
# Both are a few hundred operations in doubles, away from the places where digits cancel.
CLOSE = 1e-11
TANH = tc.activations.tanh
STEPS = sp.Piecewise((1, X > 0), (sp.sinc(X), 2 * X < -1), (2, True))
FORMULAS = {
    "closed": (tc.kernels.mlp(3, "relu").ntk, [RHO]),
    "gelu": (tc.kernels.mlp(2, "gelu").nngp, [RHO]),
    "integrals": (tc.kernels.mlp(1, TANH).nngp, [RHO[:2]]),
    "covariances": (tc.kernels.mlp(2).ntk_general, [1 + RHO**2, RHO, np.full(4, 2.0)]),
    "recurrence": (tc.hermite.orthonormal(6), [RHO]),
    "gammas": (tc.sphere.funk_hecke("relu", D, 4), [np.array([3.0, 10.0])]),
    "series": (tc.Formula("f", sp.zeta(X) + sp.hyper([X], [Y], sp.S.Half)), [2 + RHO**2, RHO**2]),
    "branches": (tc.Formula("f", STEPS), [RHO]),
    "sums": (tc.Formula("f", sp.Sum(X**Y / (1 + Y), (Y, 0, 5)), args=(X,)), [RHO]),
    "constant": (tc.Formula("f", sp.sqrt(2), args=(X,)), [RHO]),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_namespace_of_the_standard(name):
    formula, arrays = FORMULAS[name]
    found = formula.lambdify(strict)(*map(strict.asarray, arrays))
    assert isinstance(found, type(strict.asarray(0.0)))
    np.testing.assert_allclose(np.asarray(found), formula.lambdify()(*arrays), rtol=CLOSE)


def test_where_inputs_coincide_and_outside_the_domain():
    ends = strict.asarray([1.0, -1.0, 2.0])
    for activation in ("relu", "gelu"):
        ntk = tc.kernels.mlp(3, activation).ntk
        *found, outside = np.asarray(ntk.lambdify(strict)(ends))
        np.testing.assert_allclose(found, ntk.lambdify()([1.0, -1.0]), rtol=CLOSE)
        assert np.isnan(outside)
    slope = tc.kernels.mlp(2).ntk.diff("rho").lambdify(strict)
    assert np.asarray(slope(ends))[0] == np.inf


def test_precision_and_shape_of_the_arrays():
    single = strict.asarray([0.25, 0.5], dtype=strict.float32)
    function = tc.Formula("f", sp.Heaviside(X, 1) * sp.erf(X) + Y).lambdify(strict)
    for other in (1, 0.5, strict.zeros((3, 1), dtype=strict.float32)):
        found = function(single, other)
        assert found.dtype == strict.float32
        assert found.shape == np.broadcast_shapes((2,), np.shape(other))
    assert function(0.5, 1).shape == ()
    assert function([1, 2], strict.asarray([1, 2])).shape == (2,)
    with pytest.raises(tc.DomainError, match="arguments"):
        function(single)


def test_numpy_is_the_default():
    formula = tc.kernels.mlp(2).ntk
    assert type(formula.lambdify()) is type(formula.lambdify(backend="numpy"))


@pytest.mark.parametrize("backend", ["tensorflow", None, 3, sp.Symbol, ["torch"]])
def test_no_library_of_arrays(backend):
    with pytest.raises(tc.DomainError, match="numpy"):
        tc.Formula("f", X).lambdify(backend)


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_a_library_that_is_not_installed(backend, monkeypatch):
    for module in ("array_api_compat.torch", "torch", "jax", "jax.numpy"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(tc.MissingExtraError, match=rf"theorycalc\[{backend}\]"):
        tc.Formula("f", X).lambdify(backend)


@pytest.mark.torch
@pytest.mark.parametrize("name", ["closed", "gelu", "covariances", "recurrence"])
def test_torch_differentiates(name):
    import torch

    formula, arrays = FORMULAS[name]
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in arrays]
    values = formula.lambdify("torch")(*tensors)
    np.testing.assert_allclose(values.detach(), formula.lambdify()(*arrays), rtol=CLOSE)
    slopes = torch.autograd.grad(values.sum(), tensors)
    for symbol, slope in zip(formula.args, slopes, strict=True):
        known = formula.diff(symbol.name).lambdify()(*arrays)
        np.testing.assert_allclose(slope, known, rtol=1e-9, atol=1e-9)


@pytest.mark.torch
def test_torch_has_no_slope_where_only_a_value_is_known():
    import torch

    formula = tc.kernels.mlp(2, "gelu").ntk
    rho = torch.tensor([1.0, 0.5], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(formula.lambdify("torch")(rho).sum(), rho)
    assert slope.isnan().tolist() == [True, False]


@pytest.mark.torch
def test_torch_cannot_differentiate_what_goes_through_numpy():
    import torch

    with pytest.raises(tc.NotSupportedError, match="diff"):
        tc.kernels.mlp(1, TANH).nngp.lambdify("torch")(torch.tensor([0.5], requires_grad=True))


@pytest.mark.parametrize("modules", [None, "numpy", "scipy"])
@pytest.mark.parametrize("name", ["closed", "integrals", "recurrence", "covariances"])
def test_sympy_generates_code_of_arrays(name, modules):
    formula, arrays = FORMULAS[name]
    function = sp.lambdify(formula.args, formula.expr, modules)
    np.testing.assert_allclose(function(*arrays), formula.lambdify()(*arrays), rtol=CLOSE)


@functools.cache
def closed_in(module):
    formula, _ = FORMULAS["closed"]
    return sp.lambdify(formula.args, formula.expr, module)


@given(st.floats(-0.99, 0.99))
def test_sympy_generates_code_of_numbers(rho):
    value = FORMULAS["closed"][0].at(rho=rho, using=tc.Ball(30))
    assert closed_in("math")(rho) == pytest.approx(float(value), rel=CLOSE)
    with mpmath.workdps(40):
        exactly = closed_in("mpmath")(mpmath.mpf(repr(rho)))
        assert abs(exactly - mpmath.mp.make_mpf(value.mid._mpf_)) <= 1e-29


def test_one_function_with_other_fixed_arguments_has_another_name():
    q = sp.Symbol("q", real=True)
    pairs = [tc.kernels.dual(f).expr for f in (TANH, tc.activations.sigmoid)]
    rho = sp.Symbol("rho", real=True)
    both = sp.lambdify(rho, pairs)(0.5)
    each = [float(sp.N(pair.subs(rho, sp.S.Half), 20)) for pair in pairs]
    np.testing.assert_allclose(both, each, rtol=CLOSE)
    assert sp.lambdify(q, tc.hyperu(1, q, 2), "sympy")(X) == tc.hyperu(1, X, 2)
