"""Cases that the long run found wrong: they are replayed ever after."""

from expressions import Bound, Expression, Slope
from plane import Moving

EXAMPLES = [
    # an imaginary part of the size of rounding noise that is none
    Expression(tree=("pow", "x", "5/3"), points=("-1e-9",), digits=15),
    # a range that runs backwards
    Bound(tree=("sum", ("add", "x", "x"), 1, -1), point="1", kept=0, moved=0, digits=3),
    # SymPy's slope of a polynomial of degree 0
    Slope(tree=("hermite", "0", "x"), points=("1/3",), digits=3),
    # slopes of integrals over a jump that moves
    Moving(
        tree=("heaviside", ("mul", "-2", ("sub", "x", ("add", "y", "-5/3")))),
        kinks=(("1", "-5/3"),),
        limits=(("1", "-5/3"), ("1", "-2")),
        points=("-1/2",),
        slope=True,
        digits=15,
    ),
    Moving(
        tree=(
            "mul",
            ("mul", "x", "y"),
            ("heaviside", ("sub", "x", ("add", ("mul", "-2", "y"), "2"))),
        ),
        kinks=(("-2", "2"),),
        limits=(("-5/4", "4/3"), ("-2", "2")),
        points=("5/3", "1/3", "-1"),
        slope=True,
        digits=3,
    ),
    # a rounded sum that vanishes, made large by its factor and hidden by another term
    Expression(
        tree=("add", ("altzeta", ("above", "x")), ("mul", "x", "x")), points=("1e-20",), digits=8
    ),
    # a true zero with a kink at its limit: given up when the work is spent
    Moving(
        tree=("max", ("sub", "x", "1"), "0"),
        kinks=(("0", "1"),),
        limits=(("0", "0"), ("1", "0")),
        points=("1",),
        slope=False,
        digits=3,
    ),
    # SymPy's slope of arsech where it is imaginary
    Slope(tree=("digamma", ("above", ("asech", "x"))), points=("-101/28",), digits=3),
    # a value that is not real by less than the first bits show
    Expression(
        tree=("expint", "-5/2", ("above", ("asin", "x"))),
        points=("1.0000000000000000000001",),
        digits=3,
    ),
    # a condition on what is undefined
    Expression(
        tree=(
            "piecewise",
            ("atan2", "x", "x"),
            "-28/11",
            ("log1p", ("small", "x")),
            ("div", "3", "-9/2"),
        ),
        points=("0",),
        digits=30,
    ),
    # an oracle that cancelled: erfc(36)
    Expression(
        tree=("erf2", ("mul", "x", "x"), ("jacobi", "4", "3/4", "8/3", "x")),
        points=("6",),
        digits=20,
    ),
    # an oracle that lost a number beside 1
    Expression(
        tree=("log", ("above", ("mul", "x", ("expint", "-1", ("above", "x"))))),
        points=("300",),
        digits=20,
    ),
    # a tie
    Bound(tree=("chebyu", "8", "-21/5"), point="-5", kept=23, moved=0, digits=15),
]
