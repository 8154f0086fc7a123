"""Settings of the whole suite."""

import pytest
from hypothesis import Phase, settings

# machines differ in speed, and the first example of a test may compile or derive something
settings.register_profile("theorycalc", deadline=None, max_examples=30)
# pytest --hypothesis-profile=thorough
settings.register_profile("thorough", deadline=None, max_examples=500)
# that a test fails is all that a mutant asks, not the smallest example
settings.register_profile("mutants", deadline=None, phases=(Phase.explicit, Phase.generate))
settings.load_profile("theorycalc")


def pytest_collection_modifyitems(items):
    """Refuse names of tests with addresses: workers have to collect the same names."""
    named = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if named:
        raise pytest.UsageError(f"a name of a test has an address: {named[0]}; give it an id")
