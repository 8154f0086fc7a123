"""SymPy's ``evalf`` for functions of ours: by the arithmetics."""

from functools import lru_cache

import sympy

from theorycalc.core.errors import PrecisionError

_DOUBLE_BITS = 53


# SymPy asks again and again, to put terms in order when it prints
@lru_cache(maxsize=256)
def digits_of(node: sympy.Expr, bits: int, arithmetics: tuple = ("MP",)) -> sympy.Float | None:
    """The value of an expression without symbols, by one of the arithmetics that can have it."""
    if node.free_symbols:
        return None
    from theorycalc.core.arithmetic import MP, Ball, Float
    from theorycalc.core.lowering import lower

    digits = max(1, int(bits * 0.30103) + 1)
    using = {"MP": MP(digits), "Ball": Ball(digits), "Float": Float()}
    best = next((name for name in using if name in arithmetics), None)
    if best is None:
        return None
    if best == "Float" and bits > _DOUBLE_BITS:
        return None  # these digits are not to be had
    try:
        return sympy.Float(using[best].evaluate(lower(node), []).mid, precision=bits)
    except PrecisionError:
        return None  # SymPy asks for signs, too, where there may be none
