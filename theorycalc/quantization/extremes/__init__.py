"""Maxima of many random variables: moments, norming constants, quantiles, approximations."""
