"""All methods beside each other, and the choice of the best one."""

from collections.abc import Callable
from dataclasses import replace

from theorycalc.core.errors import TheoryCalcError
from theorycalc.core.formula import Formula
from theorycalc.relu.representation import Representation
from theorycalc.relu.routes._by_name import METHODS, Request, options_of
from theorycalc.relu.target import check_dimension


def candidates(request: Request) -> dict[str, Representation | str]:
    """Every method with what it makes of the request, or why it does not apply."""
    found: dict[str, Representation | str] = {}
    for method, make in METHODS.items():
        mine = {k: v for k, v in request.options.items() if k in options_of(method)}
        for kind in ("exp", "relu") if method == "exponential" else (None,):
            asked = replace(request, options=mine | ({"neuron": kind} if kind else {}))
            label = f"{method}, {kind}" if kind else method
            try:
                found[label] = Representation(make(asked), asked)
            except TheoryCalcError as error:
                found[label] = str(error)
    return found


def best(request: Request) -> Representation:
    """The plain ReLU network of the least variance for the law of the request."""
    plain = {
        name: candidate
        for name, candidate in candidates(request).items()
        if isinstance(candidate, Representation) and _is_plain(candidate)
    }
    variances = {
        name: _entry(lambda c=candidate: c.variance(request.source))[0]
        for name, candidate in plain.items()
    }
    ranked = sorted((v, name) for name, v in variances.items() if v is not None)
    (least, name), *others = ranked
    reason = f"V = {least:.6g} for {request.source}"
    if others:
        reason += ", against " + ", ".join(f"{v:.6g} by {other!r}" for v, other in others)
    return replace(plain[name], reason=reason)


def _is_plain(candidate: Representation) -> bool:
    return candidate.neuron == "relu" and not candidate.multiplier.free_symbols


def compare(request: Request, source=None):
    """One row for each method, a `pandas.DataFrame`."""
    import pandas as pd

    source = request.source if source is None else source
    check_dimension(request.target, source)
    table = pd.DataFrame.from_dict(
        {
            name: {"remark": candidate} if isinstance(candidate, str) else _row(candidate, source)
            for name, candidate in candidates(replace(request, source=source)).items()
        },
        orient="index",
        columns=["V", "C", "total variation", "neuron", "multiplier", "remark"],
    )
    table.index.name = f"{request.target.polynomial.as_expr()} for {source}"
    return table


def _row(candidate: Representation, source) -> dict:
    quantities = {
        "V": lambda: candidate.variance(source),
        "C": lambda: candidate.constant(source),
        "total variation": lambda: candidate.norm("TV"),
    }
    entries = {name: _entry(quantity) for name, quantity in quantities.items()}
    remarks = dict.fromkeys(remark for _, remark in entries.values() if remark)
    return {
        **{name: number for name, (number, _) in entries.items()},
        "neuron": candidate.neuron,
        "multiplier": "of ‖x‖" if candidate.multiplier.free_symbols else "none",
        "remark": "; ".join(remarks),
    }


def _entry(quantity: Callable[[], Formula]) -> tuple[float | None, str]:
    """(number, why it is infinite or not there)."""
    try:
        formula = quantity()
        return float(formula.at()), formula.note
    except TheoryCalcError as error:
        return None, str(error)
