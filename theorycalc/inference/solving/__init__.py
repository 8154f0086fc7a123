"""Integrals, roots, extrema and fixed points as functions that compute themselves."""
