"""A minute of the fuzzer, the same on every machine; `make fuzz` is the long run."""

from collections import Counter

import pytest
from case import examine
from examples import EXAMPLES
from families import FAMILIES
from hypothesis import HealthCheck, Phase, given, settings


@pytest.mark.parametrize("name", FAMILIES)
def test_family(name):
    family, tally = FAMILIES[name], Counter()

    @settings(
        max_examples=family.examples,
        derandomize=True,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(family.cases)
    def run(case):
        examine(case, tally)

    run()
    # what is refused, or what no oracle knows, tests nothing
    assert tally["evaluations"] > family.examples


@pytest.mark.parametrize("case", EXAMPLES, ids=repr)
def test_example(case):
    """Cases that failed once."""
    tally = Counter()
    examine(case, tally)
    assert not tally["undecided"]
