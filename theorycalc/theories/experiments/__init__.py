"""Long simulations, one file for each theory that has them."""
