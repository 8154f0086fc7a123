"""Integrals and infinite sums as data, their pieces, and the rules that compute them."""
