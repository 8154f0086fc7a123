"""No string is ever run as code: every parameter of everything public is given one that would."""

import contextlib
import importlib
import inspect
import pkgutil
import types

import numpy as np
import pytest
import sympy

import theorycalc as tc

x, y, t = (sympy.Symbol(name, real=True) for name in "xyt")
GAUSSIAN = tc.distributions.Gaussian(2)
NETWORK = tc.networks.mlp(2, 3, sigma_w=1)
REPRESENTATION = tc.relu.represent(x**2 + y, x, y)
MEASURED = tc.validation.Measurement.of(np.array([1.0, 1.1, 0.9, 1.05]))
ONE = tc.Formula("f", x**2 - 1)
SQUARE = np.eye(2)
LAYERS = (tc.kernels.dense(), tc.kernels.activation("relu"), tc.kernels.dense())
# How a call may end. Which of them is the matter of other tests; here nothing may be run.
ENDS = (
    *(tc.TheoryCalcError, TypeError, ValueError, AttributeError),
    *(LookupError, ArithmeticError, OSError),
)

# A value that is allowed for a parameter of this name; 2 for all others.
SAMPLES = {
    **dict.fromkeys(("X", "X1", "Y", "k_test", "k_test_train", "k_train"), SQUARE),
    "activation": "tanh",
    "alpha": (2, 0),
    "branch": LAYERS[:1],
    "branches": (LAYERS[:1], LAYERS[:1]),
    "bracket": (0, 2),
    "claim": tc.Claim(x**2 >= 0),
    "comparisons": [tc.validation.compare("c", 1, MEASURED)],
    "data": tc.validation.sphere_points(3, 2),
    "density": sympy.exp(-t),
    "expr": x**2,
    "formula": ONE,
    "integral": tc.Integral(x**2, x, 0, 1),
    "kernel": tc.kernels.mlp(1),
    "layers": LAYERS,
    "lower": 0,
    "measurement": MEASURED,
    "moments": lambda *_: sympy.S.One,
    "n": 4,
    "name": "x",
    "network": NETWORK,
    "parameters": NETWORK.init(range(2)),
    "poly": x**2 + 2 * x,
    "phi": "relu",
    "relation": x**2 >= 0,
    "request": REPRESENTATION.request,
    "route": REPRESENTATION.route,
    "samples": np.arange(16).reshape(8, 2) ** 2,
    "seeds": range(2),
    "sigma_b": 0,
    "sigma_w": 1,
    "source": GAUSSIAN,
    "steps": 1,
    "survival": sympy.exp(-x),
    "variable": x,
    "variables": (x, y),
    "x": x,
    "z": x,
}
OBJECTS = [
    ONE,
    ONE.lambdify(),
    GAUSSIAN,
    *(getattr(tc.distributions, law)(2) for law in ("UniformBall", "UniformSphere")),
    tc.distributions.StudentT(2, 5),
    tc.distributions.Radial(2, sympy.exp(-t)),
    tc.distributions.Moments(2, lambda _: sympy.S.One),
    tc.Activation(x**2),
    REPRESENTATION,
    NETWORK,
    *(tc.kernels.mlp(2), tc.kernels.cnn(1, 2)),
    tc.hermite.expand(x**2 + y, x, y),
    tc.hermite.series("tanh", 4),
    tc.certify(x, x=1),
    *(tc.validation.Measurement, tc.validation.PowerLaw, tc.validation.FiniteSizeLaw),
]


def functions(module, prefix):
    """(name, callable) of everything public in a module, and in its public modules."""
    own = [name for name in dir(module) if not name.startswith("_")]
    for name in getattr(module, "__all__", own):
        found = getattr(module, name)
        if isinstance(found, types.ModuleType):
            if found.__name__.startswith(module.__name__.split(".")[0]):
                yield from functions(found, f"{prefix}.{name}")
        elif callable(found) and getattr(found, "__module__", "").startswith("theorycalc"):
            yield f"{prefix}.{name}", found


def methods(thing):
    """(name, callable) of the public methods of an object."""
    owner = thing if isinstance(thing, type) else type(thing)
    for name in dir(thing):
        if name == "__call__" or not name.startswith("_"):
            found = getattr(owner, name, None)
            if inspect.isfunction(found) or inspect.ismethod(found):
                yield f"{owner.__name__}.{name}", getattr(thing, name)


def special_functions(cls=tc.SpecialFunction):
    """Every function of ours, in whichever module."""
    for found in cls.__subclasses__():
        yield found
        yield from special_functions(found)


for module in pkgutil.walk_packages(tc.__path__, "theorycalc."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
CALLS = dict(functions(tc, "tc"))
CALLS |= {name: call for thing in OBJECTS for name, call in methods(thing)}


@pytest.fixture
def code(tmp_path):
    """A string that writes a file when it is run, and the file."""
    path = tmp_path / "written"
    text = f"open({str(path)!r}, 'w')"
    sympy.sympify(text)
    assert path.exists(), "the string is no code"
    path.unlink()
    return text, path


def arguments(call, bad: str, text: str) -> tuple[list, dict]:
    """The arguments of a call, the one that is named ``bad`` being the string."""
    positional, named = [], {}
    for name, parameter in inspect.signature(call).parameters.items():
        sample = SAMPLES.get(name, 2)
        if parameter.kind is parameter.VAR_KEYWORD:
            named |= {"x": text, "radius": text} if name == bad else {}
        elif parameter.kind is parameter.VAR_POSITIONAL:
            values = sample if isinstance(sample, tuple) else (sample,)
            positional += [*values[:-1], text] if name == bad else values
        elif parameter.kind is parameter.KEYWORD_ONLY:
            if name == bad or _needed(parameter):
                named[name] = text if name == bad else sample
        else:
            fill = sample if _needed(parameter) and (bad, name) != ("log_n", "n") else None
            default = parameter.default if fill is None else fill
            positional.append(text if name == bad else default)
    return positional, named


def _needed(parameter) -> bool:
    return parameter.default is parameter.empty or (
        parameter.default is None and parameter.name in SAMPLES
    )


@pytest.mark.parametrize("name", CALLS)
def test_no_parameter_runs_code(name, code):
    """One case for each public callable, with the string at each parameter in turn."""
    text, written = code
    try:
        parameters = inspect.signature(CALLS[name]).parameters
    except ValueError:  # an error class of Python's
        return
    for bad in parameters:
        positional, named = arguments(CALLS[name], bad, text)
        with contextlib.suppress(ENDS):
            CALLS[name](*positional, **named)
        assert not written.exists(), f"{name} ran its {bad}"


@pytest.mark.parametrize("function", list(special_functions()), ids=lambda f: f.__name__)
def test_special_functions_read_no_strings(function, code):
    """The refusal of a string is the same for every function of ours."""
    text, written = code
    sizes = function.nargs if isinstance(function.nargs, sympy.FiniteSet) else (1, 2, 3)
    for size in map(int, sizes):
        for place in range(size):
            with pytest.raises(tc.DomainError, match="not a real number"):
                function(*(text if i == place else sympy.S.One for i in range(size)))
    assert not written.exists()


def test_a_string_of_digits_is_a_number():
    assert tc.hyperu("0.5", "1/2", "3e-1") == tc.hyperu(
        *map(sympy.Rational, ("1/2", "1/2", "3/10"))
    )
