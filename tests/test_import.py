"""``import theorycalc`` is light and its face is complete."""

import subprocess
import sys

import pytest

import theorycalc as tc


def test_import_loads_nothing_heavy():
    code = (
        "import sys, theorycalc\n"
        "heavy = {'numpy', 'scipy', 'sympy', 'mpmath', 'numba', 'flint', 'xarray', 'joblib',"
        " 'matplotlib', 'typer', 'rich'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_any_home_can_be_imported_first():
    """Modules that need each other come in any order: whatever a user asks for first."""
    homes = {*tc._HOMES, *(f"theorycalc.{room}" for room in tc._ROOMS)}
    code = (
        "import importlib, sys\n"
        "for home in sys.argv[1:]:\n"
        "    for name in [x for x in sys.modules if x.startswith('theorycalc')]:\n"
        "        del sys.modules[name]\n"
        "    importlib.import_module(home)\n"
    )
    subprocess.run([sys.executable, "-c", code, *sorted(homes)], check=True)


@pytest.mark.parametrize("name", tc.__all__)
def test_every_public_name_exists_and_is_documented(name):
    if name == "__version__":
        assert tc.__version__.count(".") == 2
    else:
        assert getattr(tc, name).__doc__


def test_the_contract():
    """Names that other people's notebooks rely on."""
    for room, names in {
        "hermite": "coefficient coefficients series prob orthonormal evaluate".split(),
        "kernels": "arc_cosine dual dual_general dual_derivative dual_derivative_general mlp "
        "predict".split(),
        "sphere": "num_harmonics surface_area moment legendre gegenbauer coordinate_density "
        "funk_hecke spectrum decay_exponent harmonics all_harmonics zonal_sum basis decompose "
        "project harmonic_extension inner fischer_inner".split(),
        "distributions": "Gaussian UniformSphere UniformBall StudentT Radial".split(),
        "relu": "represent Representation funk_hecke power_eigenvalue gaussian_bias_constant "
        "fischer_norm_squared wick spectral_barron".split(),
        "quantization": "distortion optimal_radius optimal_distortion mean_max_cosine "
        "mean_max_cosine_complement extreme_value_radius limit_radius limit_distortion bounds "
        "kde".split(),
        "theories": ["list", "get"],
        "activations": "relu leaky_relu abs step sign relu_power biased_relu elu selu erf probit "
        "gelu tanh sigmoid silu softplus mish sin cos exp gaussian monomial hermite "
        "identity".split(),
    }.items():
        for name in names:
            assert hasattr(getattr(tc, room), name)


def test_unknown_attribute():
    with pytest.raises(AttributeError, match="no attribute 'Floot'"):
        tc.Floot  # noqa: B018
