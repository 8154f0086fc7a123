"""Settings of the whole suite."""

from hypothesis import settings

# machines differ in speed, and the first example of a test may compile or derive something
settings.register_profile("theorycalc", deadline=None)
settings.load_profile("theorycalc")
