"""Integrals as data, the pieces they are cut into, and certified rules on panels."""
