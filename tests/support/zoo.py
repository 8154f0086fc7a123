"""Every activation by its name, families at a typical parameter."""

import theorycalc as tc
from theorycalc.activations import _EXPRESSIONS

_PARAMETERS = {"relu_power": (3,), "biased_relu": ("1/2",), "monomial": (4,), "hermite": (3,)}


def _make(name):
    made = getattr(tc.activations, name)
    return made if isinstance(made, tc.Activation) else made(*_PARAMETERS.get(name, ()))


ZOO = {name: _make(name) for name in _EXPRESSIONS}
