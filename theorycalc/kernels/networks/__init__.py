"""Networks as objects: their kernels as formulas, matrices and spectra."""
