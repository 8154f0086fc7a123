"""Some of the bad calls of `make fuzz`, the same ones every time."""

import random

from nonsense import FINE, BadCall, bad_calls, endings, pairs

# Of work, not of a clock; generous, as the first of some calls compiles its loops.
_SECONDS = 20

# What was wrong once.
_FOUND = [
    ("MLP.init", {"symmetric": "array"}),
    ("MLP.as_inputs", {"name": "slice"}),
    ("MLP.check_parameters", {"X": "set"}),
    ("Bayes.generalisation_error", {"start": "array of 2", "alpha": "half"}),
    ("Mixture.denoiser", {"y": "huge power"}),
    ("tc.inference.prior", {"law": "expression", "variable": "symbol", "support": "cube"}),
    ("tc.inference.prior", {"law": "irrational", "variable": "complex array"}),
    ("tc.optimal.BestPolynomial", {"points": "tuple of None"}),
    ("tc.sphere.num_harmonics", {"k": "expression", "d": "million"}),
]


def test_what_was_found_is_refused():
    calls = [BadCall(name, tuple(replaced.items())) for name, replaced in _FOUND]
    bad = [(call, found) for call, found in endings(calls, _SECONDS) if found.kind not in FINE]
    assert not bad


def test_nonsense_is_refused():
    draw = random.Random(15)
    calls = [*draw.sample(bad_calls(), 700), *pairs(100, seed=15)]
    bad = [(call, found) for call, found in endings(calls, _SECONDS) if found.kind not in FINE]
    assert not bad
