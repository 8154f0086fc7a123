"""All methods beside each other, and the choice of the best one."""

from collections.abc import Callable
from dataclasses import replace

from theorycalc.core.errors import TheoryCalcError
from theorycalc.core.formula import Formula
from theorycalc.relu import costs
from theorycalc.relu.routes._by_name import METHODS, options_of
from theorycalc.relu.routes._request import Request
from theorycalc.relu.routes._route import Route
from theorycalc.relu.target import check_dimension


def candidates(request: Request) -> dict[str, tuple[Route, Request] | str]:
    """Every method with its route and what was asked of it, or why it does not apply."""
    found: dict[str, tuple[Route, Request] | str] = {}
    for method, (make, _) in METHODS.items():
        mine = {k: v for k, v in request.options.items() if k in options_of(method)}
        for kind in ("exp", "relu") if method == "exponential" else (None,):
            asked = replace(request, options=mine | ({"neuron": kind} if kind else {}))
            label = f"{method}, {kind}" if kind else method
            try:
                found[label] = make(asked), asked
            except TheoryCalcError as error:
                found[label] = str(error)
    return found


def best(request: Request) -> tuple[Route, Request, str]:
    """The plain ReLU network of the least variance for the law of the request, and why."""
    plain = {
        name: candidate
        for name, candidate in candidates(request).items()
        if not isinstance(candidate, str) and _is_plain(candidate[0])
    }
    variances = {
        name: _entry(lambda route=route: costs.variance(route, request.source))[0]
        for name, (route, _) in plain.items()
    }
    ranked = sorted((v, name) for name, v in variances.items() if v is not None)
    (least, name), *others = ranked
    reason = f"V = {least:.6g} for {request.source}"
    if others:
        reason += ", against " + ", ".join(f"{v:.6g} by {other!r}" for v, other in others)
    return *plain[name], reason


def _is_plain(route: Route) -> bool:
    return route.neuron == "relu" and not route.multiplier.free_symbols


def compare(request: Request, source=None):
    """One row for each method, a `pandas.DataFrame`."""
    import pandas as pd

    source = request.source if source is None else source
    check_dimension(request.target, source)
    table = pd.DataFrame.from_dict(
        {
            name: {"remark": candidate}
            if isinstance(candidate, str)
            else _row(candidate[0], source)
            for name, candidate in candidates(replace(request, source=source)).items()
        },
        orient="index",
        columns=["V", "C", "total variation", "neuron", "multiplier", "remark"],
    )
    table.index.name = f"{request.target.polynomial.as_expr()} for {source}"
    return table


def _row(route: Route, source) -> dict:
    quantities = {
        "V": lambda: costs.variance(route, source),
        "C": lambda: costs.constant(route, source),
        "total variation": lambda: costs.norm(route, "TV"),
    }
    entries = {name: _entry(quantity) for name, quantity in quantities.items()}
    remarks = dict.fromkeys(remark for _, remark in entries.values() if remark)
    return {
        **{name: number for name, (number, _) in entries.items()},
        "neuron": route.neuron,
        "multiplier": "of ‖x‖" if route.multiplier.free_symbols else "none",
        "remark": "; ".join(remarks),
    }


def _entry(quantity: Callable[[], Formula]) -> tuple[float | None, str]:
    """(number, why it is infinite or not there)."""
    try:
        formula = quantity()
        return float(formula.at()), formula.note
    except TheoryCalcError as error:
        return None, str(error)
