"""Gaussian expectations of activations: closed forms, series and rules, for one pair or many."""
