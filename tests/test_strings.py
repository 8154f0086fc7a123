"""No string is ever run as code: every parameter of everything public is given one that would."""

import contextlib

import pytest
import sympy
from public_calls import CALLS, arguments, parameters_of, special_functions

import theorycalc as tc

# How a call may end. Which of them is the matter of other tests; here nothing may be run.
ENDS = (
    *(tc.TheoryCalcError, TypeError, ValueError, AttributeError),
    *(LookupError, ArithmeticError, OSError),
)


@pytest.fixture
def code(tmp_path):
    """A string that writes a file when it is run, and the file."""
    path = tmp_path / "written"
    text = f"open({str(path)!r}, 'w')"
    sympy.sympify(text)
    assert path.exists(), "the string is no code"
    path.unlink()
    return text, path


@pytest.mark.parametrize("name", CALLS)
def test_no_parameter_runs_code(name, code):
    """One case for each public callable, with the string at each parameter in turn."""
    text, written = code
    for bad in parameters_of(name):
        positional, named = arguments(name, {bad: text})
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
