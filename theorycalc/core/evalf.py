"""SymPy's ``evalf`` for functions of ours: by the arithmetics."""

from functools import lru_cache

import sympy

from theorycalc.core.errors import PrecisionError

_DOUBLE_BITS = 53


# SymPy asks again and again, to put terms in order when it prints
@lru_cache(maxsize=256)
def digits_of(node: sympy.Expr, bits: int, arithmetics: tuple = ("MP",)) -> sympy.Float | None:
    """The value of an expression without symbols, by the best arithmetic that can have it.

    An enclosure is one evaluation where MP takes two precisions.
    """
    if node.free_symbols:
        return None
    from theorycalc.core.arithmetic import MP, Ball, Float
    from theorycalc.core.lowering import lower

    digits = max(1, int(bits * 0.30103) + 1)
    best = [using for using in (Ball(digits), MP(digits)) if type(using).__name__ in arithmetics]
    if not best and "Float" in arithmetics and bits <= _DOUBLE_BITS:
        best = [Float()]  # no more digits are to be had
    for using in best:
        try:
            return sympy.Float(using.evaluate(lower(node), []).mid, precision=bits)
        except PrecisionError:
            continue
    return None  # SymPy asks for signs, too, where there may be none
