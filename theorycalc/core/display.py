"""How formulas, claims and verdicts look: pure functions from data to strings."""

import math
import re
from fractions import Fraction

import sympy
from sympy.printing.latex import LatexPrinter

from theorycalc.core import decimals
from theorycalc.core.graph import free_symbols, shared, substitute

# Characters of a relation that are printed.
_RELATION = 80
# Operations of relations beyond which a function that stands in them more than once has a name.
_OPERATIONS = 100
# Between two members of a list in LaTeX.
_BETWEEN = r",\ "
# What stands between the symbols of a name, and letters of LaTeX that are no command.
_MARKS = re.compile(r"(\*\*\d+|[][/<>= *])")
_LETTERS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}")
# More than twelve digits behind a point: the first eight say which number is meant.
_LONG = re.compile(r"(\.\d{8})\d{5,}")
# A number with an exponent, as Python writes it.
_SCIENTIFIC = re.compile(r"(-?)([\d.]+)[eE]\+?(-?\d+)")
_TEX = {" ": r"\ ", "*": r"\,"}
# So many integers are written out.
_INTEGERS = 4
# Python writes integers of up to 4300 digits; longer ones are rounded to so many.
_WRITTEN_BITS = 14_000
_ROUNDED_DIGITS = 10
# More replicas than so many times those there are is nobody's plan.
_MANY = 1e6


def latex(expr) -> str:
    """LaTeX as theorists write it: arccos, not acos."""
    expr = _writable(expr)
    ratios = {x: rf"\left({_ratio(x.name)}\right)" for x in _symbols(expr) if _ratio(x.name)}
    if expr in ratios:
        return _ratio(expr.name)
    return _Printer({"inv_trig_style": "full", "symbol_names": ratios}).doprint(expr)


class _Printer(LatexPrinter):
    """SymPy's, with functions that have a name in programs only in the words of theorists."""

    def _print_log1p(self, expr, exp=None):
        return self._print_log(sympy.log(1 + expr.args[0], evaluate=False), exp)

    def _print_expm1(self, expr, exp=None):
        text = rf"\left({self._print(sympy.exp(expr.args[0]) - 1)}\right)"
        return text if exp is None else f"{text}^{{{exp}}}"

    def _print_polygamma(self, expr, exp=None):
        order, x = expr.args
        name = r"\psi" if order == 0 else rf"\psi^{{\left({self._print(order)}\right)}}"
        text = rf"{name}\left({self._print(x)}\right)"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


def _symbols(expr) -> set:
    return expr.atoms(sympy.Symbol) if isinstance(expr, sympy.Basic) else set()


def _ratio(name: str) -> str:
    """``N/d`` of the name ``N_over_d``, "" of others."""
    top, over, bottom = name.partition("_over_")
    return f"{top}/{bottom}" if over else ""


def _writable(expr: sympy.Basic) -> sympy.Basic:
    """The expression, rounded numbers in the place of those that Python does not write."""
    long = {
        x: sympy.Symbol(_rounded(Fraction(x.p, x.q)))
        for x in expr.atoms(sympy.Rational)
        if max(abs(x.p), x.q).bit_length() > _WRITTEN_BITS
    }
    return expr.xreplace(long) if long else expr


def _rounded(x: Fraction) -> str:
    return decimals.decimal_text(*decimals.round_to(x, _ROUNDED_DIGITS))


def formula_call(formula, params) -> str:
    """LaTeX of a formula at its parameters: ``Θ(ρ = 0.3)``."""
    name, args = _name(formula.name), point_latex(params)
    return f"{name}({args})" if args else name  # a line may break at its commas


def point_latex(params) -> str:
    """LaTeX of the parameters alone: ``ρ = 0.3``."""
    return ", ".join(f"{latex(sympy.Symbol(name))} = {_given(x)}" for name, x in params.items())


def _given(x) -> str:
    """A number as it was written, the first digits of a long one."""
    if isinstance(x, sympy.Basic):
        text = latex(x)
    elif found := _SCIENTIFIC.fullmatch(str(x)):
        sign, digits, exponent = found.groups()
        times = "" if float(digits) == 1 else rf"{digits} \cdot "
        text = f"{sign}{times}10^{{{int(exponent)}}}"
    else:
        text = str(x)
    return _LONG.sub(r"\1\\ldots", text)


def _name(name: str) -> str:
    """A name may say more than a symbol: ``chi[gelu]``, ``D_opt/d``, ``IE[z1**2 - 1]``, words."""
    return "".join(_part(x) for x in _MARKS.split(name))


def _part(text: str) -> str:
    """A symbol with its scripts, words in upright letters, or what stands between them."""
    if text.startswith("**"):
        return f"^{{{text[2:]}}}"
    if not re.match(r"\w", text):
        return _TEX.get(text, text)
    words = text.split("_")
    if len(words) > 1 and all(len(x) > 2 and latex(sympy.Symbol(x)) == x for x in words):
        text = r"\ ".join(words)
        return rf"\mathrm{{{text}}}"
    return _LETTERS.sub(r"\\mathrm{\g<0>}", latex(sympy.Symbol(text)))


def formula_equations(formula) -> list[str]:
    """LaTeX equations: ``name(args) = body`` and one for each intermediate quantity."""
    if not formula.name:
        return [latex(formula.body)]
    left, args = _name(formula.name), ", ".join(map(latex, formula.args))
    left = rf"{left}\left({args}\right)" if args else left
    equations = [(left, formula.body)]
    equations += [(latex(symbol), part) for symbol, part in _used(formula)]
    return [f"{a} = {latex(b)}" for a, b in equations]


def formula_latex(formula) -> str:
    """The equations as one display."""
    equations = formula_equations(formula)
    if len(equations) == 1:
        return equations[0]
    lines = (equation.replace(" = ", " &= ", 1) for equation in equations)
    return _aligned(lines)


def _aligned(lines) -> str:
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def formula_text(formula) -> str:
    """The same in plain text, on one line."""
    head = f"{formula.name}({', '.join(map(str, formula.args))}) = " if formula.name else ""
    steps = (f"{s} = {_writable(part)}" for s, part in _used(formula))
    note = f" ({formula.note})" if formula.note else ""
    return head + "; ".join([str(_writable(formula.body)), *steps]) + note


def formula_unicode(formula) -> str:
    """The same as a two-dimensional text for terminals."""
    name = formula.name
    left = sympy.Function(name)(*formula.args) if formula.args else sympy.Symbol(name)
    return "\n\n".join(
        sympy.pretty(sympy.Eq(a, b, evaluate=False), use_unicode=True, wrap_line=False)
        for a, b in [(left, formula.body), *_used(formula)]
    )


def _used(formula) -> list:
    """The intermediate quantities that the body needs, the last one first."""
    definitions = dict(formula.where)
    needed, todo = set(), [formula.body]
    while todo:
        for symbol in todo.pop().free_symbols & definitions.keys() - needed:
            needed.add(symbol)
            todo.append(definitions[symbol])
    return [(symbol, part) for symbol, part in reversed(formula.where) if symbol in needed]


def range_text(x) -> str:
    """An interval, or integers: ``[0, oo)``, ``{1, 2, …}``."""
    if not isinstance(x, sympy.Range):
        left, right = "(" if x.left_open else "[", ")" if x.right_open else "]"
        return f"{left}{x.start}, {x.end}{right}"
    low, high = x.inf, x.sup
    if low.is_infinite:
        return "{…, -1, 0, 1, …}" if high.is_infinite else f"{{…, {high - 1}, {high}}}"
    if high.is_infinite:
        return f"{{{low}, {low + 1}, …}}"
    few = x.size <= _INTEGERS
    return f"{{{', '.join(map(str, x))}}}" if few else f"{{{low}, {low + 1}, …, {high}}}"


def region_text(region) -> str:
    """Where variables are: ``x in [0, oo), n in {1, 2, …}``."""
    return ", ".join(f"{name} in {range_text(x)}" for name, x in region.items())


def region_latex(region) -> str:
    """The same in LaTeX."""
    members = (rf"{latex(sympy.Symbol(name))} \in {latex(x)}" for name, x in region.items())
    return _BETWEEN.join(members)


def claim_text(claim) -> str:
    """The relation, and where it is claimed; a long relation is cut."""
    relation = " and ".join(map(str, claim.relations))
    if len(relation) > _RELATION:
        relation = f"{relation[:_RELATION]} …"
    everywhere = f" for all {region_text(claim.on)}" if claim.on else ""
    given = "" if claim.condition == sympy.true else f" where {claim.condition}"
    return f"{relation}{everywhere}{given}"


def claim_latex(claim) -> str:
    """The same in LaTeX, where long relations have lines for what stands in them more than once."""
    relations, steps = _in_steps(claim.relations)
    parts = [_BETWEEN.join(map(latex, relations))]
    if claim.on:
        parts.append(rf"\text{{for all }} {region_latex(claim.on)}")
    if claim.condition != sympy.true:
        parts.append(rf"\text{{where }} {latex(claim.condition)}")
    first = r"\quad ".join(parts)
    if not steps:
        return first
    lines = [f"& {first}", *(f"& {latex(name)} = {latex(part)}" for name, part in reversed(steps))]
    return _aligned(lines)


def _in_steps(relations: tuple) -> tuple[list, list]:
    """The relations in terms of what they share, and what that is."""
    if sum(relation.count_ops() for relation in relations) <= _OPERATIONS:
        return list(relations), []
    taken = {symbol.name for relation in relations for symbol in free_symbols(relation)}
    names = sympy.numbered_symbols("u", start=1, exclude=map(sympy.Symbol, taken))
    steps, new = [], {}
    for part in shared(relations):
        steps.append((next(names), substitute(part, new)))
        new[part] = steps[-1][0]
    return [substitute(relation, new) for relation in relations], steps


def check_text(check) -> str:
    """Verdict, relation and margin on one line; a long relation is cut."""
    name = f"{check.claim.name}: " if check.claim.name else ""
    margin = "" if check.margin is None else f", margin {decimals.value_text(check.margin)}"
    decided = ", as SymPy decides" if check.claim.is_decided else ""
    return f"{check.verdict.name}, {name}{claim_text(check.claim)}{decided}{margin}"


def validation_text(validation) -> str:
    """Verdict, prediction, measurement and deviation on one line."""
    comparison = validation.comparison
    name = f"{comparison.name}: " if comparison.name else ""
    return (
        f"{validation.agreement.name}, {name}{comparison.predicted} against {comparison.measured}, "
        f"{z_text(validation)}"
    )


def _what_decides(validation) -> str:
    """What to buy, or why nothing does."""
    comparison = validation.comparison
    if comparison.doubt:
        return f": {comparison.doubt}"
    offers = []
    if 1 < (more := validation.replicas_wanted) < _MANY:
        offers.append(f"about {decimals.two_digits(more)} times the replicas")
    if math.isfinite(width := validation.width_wanted) and validation.power < validation.wanted:
        offers.append(f"width {math.ceil(width)}")
    return f": {' or '.join(offers)} would decide" if offers else ""


def z_text(validation) -> str:
    """``off by 2 %, |z| = 1.2 ≤ 3.3``: size and z of a deviation, and the largest z that agrees.

    Where the power was too small for a verdict it is added, with what would be enough.
    """
    comparison = validation.comparison
    if not comparison.applies:
        return "outside of the conditions"
    one_sided = comparison.one_sided
    z = comparison.z if one_sided else abs(comparison.z)
    sign = "≤" if z <= validation.threshold else ">"
    name = "z" if one_sided else "|z|"
    size = f"{z:.2f}" if abs(z) < 100 else ("−∞" if z < 0 else "∞")
    deviation = f"off by {comparison.size}, " if comparison.size else ""
    text = f"{deviation}{name} = {size} {sign} {validation.threshold:.2f}"
    if validation.agreement.name == "INCONCLUSIVE":
        text += f", power = {validation.power:.2f} for {comparison.smallest}"
        text += _what_decides(validation)
    return text
