"""The recursion of NNGP and NTK through layers: in expressions, and in arrays of pairs."""
