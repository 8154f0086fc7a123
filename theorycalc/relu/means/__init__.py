"""Means over directions and Gaussian weights: what the constants and norms are made of."""
