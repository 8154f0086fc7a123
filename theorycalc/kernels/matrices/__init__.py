"""Kernel matrices in double precision."""
