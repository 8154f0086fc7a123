"""The ground floor: numbers with errors, arithmetics, formulas, quadrature, claims."""
