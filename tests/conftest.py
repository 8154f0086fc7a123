"""Settings of the whole suite."""

from hypothesis import Phase, settings

# machines differ in speed, and the first example of a test may compile or derive something
settings.register_profile("theorycalc", deadline=None)
# that a test fails is all that a mutant asks, not the smallest example
settings.register_profile("mutants", deadline=None, phases=(Phase.explicit, Phase.generate))
settings.load_profile("theorycalc")
