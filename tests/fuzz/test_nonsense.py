"""Some of the bad calls of `make fuzz`, the same ones every time."""

import random

from nonsense import FINE, bad_calls, endings, pairs

# Of work, not of a clock; generous, as the first of some calls compiles its loops.
_SECONDS = 20


def test_nonsense_is_refused():
    draw = random.Random(15)
    calls = [*draw.sample(bad_calls(), 700), *pairs(100, seed=15)]
    bad = [(call, found) for call, found in endings(calls, _SECONDS) if found.kind not in FINE]
    assert not bad
