"""One way to represent a polynomial a file; a new one is a file here and a line in `_by_name`."""
