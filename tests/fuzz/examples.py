"""Cases that the long run found wrong: they are replayed ever after."""

from expressions import Bound, Expression, Slope

EXAMPLES = [
    # an imaginary part of the size of rounding noise that is none
    Expression(tree=("pow", "x", "5/3"), points=("-1e-9",), digits=15),
    # a range that runs backwards
    Bound(tree=("sum", ("add", "x", "x"), 1, -1), point="1", kept=0, moved=0, digits=3),
    # SymPy's slope of a polynomial of degree 0
    Slope(tree=("hermite", "0", "x"), points=("1/3",), digits=3),
]
