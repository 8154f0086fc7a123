"""The empirical tangent kernel of any module or function of PyTorch, by its own derivatives."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from theorycalc.core.errors import DomainError, explain, missing_extra, shown
from theorycalc.core.records import one_of, sequence

# Jacobians of so many numbers are held at a time.
_MOST = 2**26


def kernel_of_function(function: Callable, parameters, X1, X2=None):  # noqa: N803
    """Θ(x, x') of a module or a function: `theorycalc.networks.tangent_kernel` says of what.

    Inputs are taken in blocks whose Jacobians fit into memory.
    """
    try:
        torch: Any = import_module("torch")
    except ImportError as error:
        raise missing_extra("torch", "torch", "the tangent kernel of a function") from error
    x1 = _inputs(torch, X1, "X1")
    x2 = None if X2 is None else _inputs(torch, X2, "X2")
    outputs_of_one, chosen = _as_function(torch, function, parameters)
    numbers = sum(p.numel() for p in chosen.values())
    try:
        outputs = outputs_of_one(chosen, x1[0]).numel()
        size = max(1, _MOST // (2 * outputs * numbers))
        slopes = torch.func.vmap(torch.func.jacrev(outputs_of_one), in_dims=(None, 0))

        def jacobians(x):
            found = slopes(chosen, x)
            return torch.cat([found[name].reshape(len(x), outputs, -1) for name in chosen], dim=-1)

        rows = x1.split(size)
        columns = []
        for two in rows if x2 is None else x2.split(size):
            right = jacobians(two)
            lefts = (right if one is two else jacobians(one) for one in rows)
            columns.append(torch.cat([torch.einsum("iap,jbp->ijab", j, right) for j in lefts]))
    except (RuntimeError, TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        what = "no outputs, or derivatives, one input at a time"
        got, hint = str(error).partition("\n")[0], "module.eval(), inputs of another shape"
        raise DomainError(explain(what, got=got, hint=hint)) from error
    kernel = torch.cat(columns, dim=1).detach()
    if not bool(torch.isfinite(kernel).all()):
        raise DomainError(explain("the kernel is not finite", hint="smaller inputs"))
    return kernel[..., 0, 0] if outputs == 1 else kernel


def _inputs(torch, x, what: str):
    """A tensor of inputs along the first axis."""
    if not isinstance(x, torch.Tensor) or x.ndim < 1 or not len(x):
        got = tuple(x.shape) if isinstance(x, torch.Tensor) else type(x).__name__
        raise DomainError(explain(f"{what} is no tensor of inputs", got=got, allowed="(n, …)"))
    return x


def _as_function(torch, function: Callable, parameters) -> tuple[Callable, dict[str, Any]]:
    """A function of (parameters, one input), and the parameters by their names."""
    if isinstance(function, torch.nn.Module):
        return _of_module(torch, function, parameters)
    if not isinstance(parameters, Mapping):
        allowed = "a dictionary of tensors, the first argument of the function"
        raise DomainError(explain("parameters", got=shown(parameters), allowed=allowed))
    return function, _differentiable(torch, parameters)


def _of_module(torch, module, parameters) -> tuple[Callable, dict[str, Any]]:
    own = dict(module.named_parameters())
    if parameters is None:
        given = {name: p for name, p in own.items() if p.requires_grad}
    elif isinstance(parameters, Mapping):
        given = {one_of(name, own, "parameter of the module"): p for name, p in parameters.items()}
    else:
        names = sequence(parameters, "names of parameters", allowed=", ".join(own))
        given = {name: own[one_of(name, own, "parameter of the module")] for name in names}
    buffers = dict(module.named_buffers())

    def outputs_of_one(chosen, x):
        return torch.func.functional_call(module, (chosen, buffers), (x[None],))[0]

    return outputs_of_one, _differentiable(torch, given)


def _differentiable(torch, parameters: Mapping) -> dict[str, Any]:
    allowed = "tensors of floats by their names, not none"
    if not parameters:
        raise DomainError(explain("no parameters", allowed=allowed))
    for name, p in parameters.items():
        if not isinstance(p, torch.Tensor) or not p.is_floating_point():
            got = getattr(p, "dtype", type(p).__name__)
            raise DomainError(explain(f"parameter {name!r}", got=got, allowed=allowed))
    return {name: p.detach() for name, p in parameters.items()}
