"""Bad calls: nonsense in every argument of everything public.

`python tests/fuzz/nonsense.py` makes them all, each under a limit of work, and prints what is
neither a typed refusal nor an allowed answer.
"""

import argparse
import multiprocessing
import os
import random
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

import numpy as np
import sympy
from public_calls import (
    CALLS,
    GAUSSIAN,
    MEASURED,
    NETWORK,
    ONE,
    REPRESENTATION,
    arguments,
    parameters_of,
    x,
)

import theorycalc as tc

_FAR = tc.Value(mid=1, rad=0.5, rigor=tc.Rigor.CERTIFIED)
_MATRIX = sympy.Matrix([[1, x], [x, 1]])

# What no parameter of anything means, or hardly any: each is made anew for every call.
NONSENSE = {
    "None": lambda: None,
    "True": lambda: True,
    "object": object,
    "class": lambda: tc.MP,
    "function": lambda: lambda *_: 1,
    "generator": lambda: (n for n in (1, 2)),
    "bytes": lambda: b"1",
    "set": lambda: {1, 2},
    "dict": lambda: {"x": 1},
    "dict of symbols": lambda: {x: 1},
    "empty dict": dict,
    "list": lambda: [1, 2],
    "empty list": list,
    "nested list": lambda: [[1, 2], [3]],
    "tuple of None": lambda: (None, None),
    "tuple of strings": lambda: ("a", "b"),
    "range": lambda: range(3),
    "slice": lambda: slice(2),
    "complex": lambda: 1 + 2j,
    "nan": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "-inf": lambda: float("-inf"),
    "zero": lambda: 0,
    "minus one": lambda: -1,
    "half": lambda: 1.5,
    "minus half": lambda: "-1/2",
    "million": lambda: 10**6,
    "huge": lambda: 10**40,
    "minus huge": lambda: -(10**40),
    "large float": lambda: 1e308,
    "small": lambda: sympy.Rational(1, 10**400),
    "subnormal": lambda: 5e-324,
    "empty string": lambda: "",
    "word": lambda: "abc",
    "1e400": lambda: "1e400",
    "1e-400": lambda: "1e-400",
    "1/0": lambda: "1/0",
    "nan string": lambda: "nan",
    "long string": lambda: "9" * 5000,
    "symbol": lambda: sympy.Symbol("u"),
    "integer symbol": lambda: sympy.Symbol("m", integer=True, positive=True),
    "negative symbol": lambda: sympy.Symbol("m", negative=True),
    "dummy": lambda: sympy.Dummy(),
    "expression": lambda: sympy.Symbol("u") * sympy.Symbol("v") + 1,
    "complex expression": lambda: sympy.I * x,
    "applied function": lambda: sympy.Function("f")(x),
    "undefined function": lambda: sympy.Function("f"),
    "relation": lambda: x > 0,
    "true": lambda: sympy.true,
    "set of SymPy": lambda: sympy.Interval(0, 1),
    "zoo": lambda: sympy.zoo,
    "nan of SymPy": lambda: sympy.nan,
    "oo": lambda: sympy.oo,
    "-oo": lambda: -sympy.oo,
    "I": lambda: sympy.I,
    "matrix": lambda: _MATRIX,
    "matrix symbol": lambda: sympy.MatrixSymbol("A", 2, 2),
    "unevaluated": lambda: sympy.Integral(x**2, x),
    "derivative": lambda: sympy.Derivative(sympy.Function("f")(x), x),
    "huge power": lambda: sympy.Pow(10, 10**9, evaluate=False),
    "irrational": lambda: sympy.sqrt(2),
    "array": lambda: np.ones(3),
    "array of 2": lambda: np.arange(4.0).reshape(2, 2),
    "cube": lambda: np.ones((2, 2, 2)),
    "empty array": lambda: np.ones((0, 3)),
    "scalar array": lambda: np.array(2.0),
    "array of objects": lambda: np.array([object(), None]),
    "array of strings": lambda: np.array(["a", "b"]),
    "array of nan": lambda: np.full((2, 2), np.nan),
    "array of inf": lambda: np.full((2, 2), np.inf),
    "complex array": lambda: np.ones((2, 2)) * 1j,
    "array of bools": lambda: np.ones((2, 2), bool),
    "large array": lambda: np.full((2, 2), 1e308),
    "float32": lambda: np.float32(1.5),
    "datetime": lambda: np.datetime64("2020-01-01"),
    "value": lambda: _FAR,
    "ball": lambda: tc.Ball(10),
    "formula": lambda: ONE,
    "formula of two": lambda: tc.Formula("g", x * sympy.Symbol("v")),
    "law": lambda: GAUSSIAN,
    "activation": lambda: tc.activations.tanh,
    "family": lambda: tc.activations.leaky_relu,
    "claim": lambda: tc.Claim(x**3 >= -1),
    "integral": lambda: tc.Integral(x**2, x, 0, 1),
    "reference": lambda: tc.Reference("arXiv:1806.07572"),
    "measurement": lambda: MEASURED,
    "network": lambda: NETWORK,
    "architecture": lambda: tc.kernels.mlp(1),
    "representation": lambda: REPRESENTATION,
    "module": lambda: np,
}


# What a user's own function raises passes through, and what a Paper makes is as it made it.
# The process that makes the calls may not start processes.
OWN = {
    *(("tc.networks.train", "on_step"), ("tc.networks.train", "one_pass")),
    ("tc.theories.Theory", "statements"),
    ("tc.sweep", "jobs"),
}
# Work that is asked for is done, however long it takes.
WORK = {
    *(("million", key) for key in ("n", "steps", "replicas", "train", "test")),
    ("million", "width"),
}


# Kinds that no argument means, but for those of containers that are read where they are used.
NEVER = {
    *("object", "bytes", "slice", "set", "datetime", "module"),
    *("tuple of None", "dict of symbols"),
}
# Some may mean something: a module is a namespace of arrays.
ALLOWED = {("Formula.lambdify", "module")}
CONTAINERS = {"tc.networks.Parameters", "tc.networks.Trained"}
# How a call may end.
FINE = {"refused", "accepted"}


class BadCall(NamedTuple):
    """A call of something public with nonsense in the place of some arguments."""

    name: str
    replaced: tuple[tuple[str, str], ...]

    def __repr__(self):
        return f"{self.name}({', '.join(f'{key}={kind}' for key, kind in self.replaced)})"


def bad_calls() -> list[BadCall]:
    """Every kind of nonsense in every argument of everything public."""
    return [
        BadCall(name, ((key, kind),))
        for name, call in CALLS.items()
        if not (isinstance(call, type) and issubclass(call, Enum | BaseException))
        for key in parameters_of(name)
        if key != "self" and (name, key) not in OWN
        for kind in NONSENSE
        if (kind, key) not in WORK
    ]


def pairs(number: int, seed: int) -> list[BadCall]:
    """Random calls with nonsense in two arguments."""
    draw = random.Random(seed)
    keys: dict[str, dict] = {}
    for call in bad_calls():
        keys.setdefault(call.name, {})[call.replaced[0][0]] = None
    names = [name for name, found in keys.items() if len(found) > 1]
    kinds = list(NONSENSE)
    return [
        BadCall(name, tuple((key, draw.choice(kinds)) for key in draw.sample(list(keys[name]), 2)))
        for name in draw.choices(names, k=number)
    ]


class SlowError(BaseException):
    """The limit of work of a call is spent."""


class Outcome(NamedTuple):
    """How a call ended: refused, accepted, absurd, slow, hung, crashed, or the name of an error."""

    kind: str
    detail: str = ""


def outcome(call: BadCall, seconds: float) -> Outcome:
    """What a bad call does within so many seconds of work."""
    positional, named = arguments(call.name, {key: NONSENSE[kind]() for key, kind in call.replaced})
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        found = CALLS[call.name](*positional, **named)
        # what is shown is part of what is promised
        absurd = call.name not in CONTAINERS and any(
            kind in NEVER and (call.name, kind) not in ALLOWED for _, kind in call.replaced
        )
        ours = type(found).__module__.startswith("theorycalc")
        return Outcome(
            "absurd" if absurd else "accepted", repr(found)[:200] if ours else type(found).__name__
        )
    except tc.TheoryCalcError as error:
        return Outcome("refused", str(error)[:200])
    except SlowError as error:
        return Outcome("slow", _place(error))
    except Exception as error:
        if isinstance(error, TypeError) and error.__traceback__.tb_next is None:
            return Outcome("refused", "by Python: " + str(error))  # not the call's syntax
        return Outcome(type(error).__name__, f"{str(error)[:150]} | {_place(error)}")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _stop(*_):
    raise SlowError


def _place(error: BaseException) -> str:
    """The innermost line of ours, and the innermost of all."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "/theorycalc/" in f.filename and "site-packages" not in f.filename]
    return " < ".join(
        f"{f.filename.split('/theorycalc/')[-1]}:{f.lineno} {f.name}" for f in ours[:-4:-1]
    )


def _serve(pipe, seconds: float, memory: int):
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(tempfile.mkdtemp())
    warnings.simplefilter("error")
    while True:
        call = pipe.recv()
        pipe.send(outcome(call, seconds))


class Caller:
    """A process that makes bad calls, and another one when it dies or does not come back."""

    def __init__(self, seconds: float, memory: int = 12 << 30):
        self.seconds, self.memory = seconds, memory
        self._process = None

    def __call__(self, call: BadCall) -> Outcome:
        """What the call does."""
        if self._process is None:
            self._start()
        self._pipe.send(call)
        try:
            if self._pipe.poll(10 * self.seconds + 20):
                return self._pipe.recv()
            found = Outcome("hung")
        except EOFError:
            self._process.join()
            found = Outcome("crashed", f"exit code {self._process.exitcode}")
        self.stop()
        return found

    def _start(self):
        context = multiprocessing.get_context("fork")
        self._pipe, other = context.Pipe()
        arguments = (other, self.seconds, self.memory)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        other.close()

    def stop(self):
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None


def endings(calls: list[BadCall], seconds: float) -> Iterator[tuple[BadCall, Outcome]]:
    """How each of the calls ended."""
    caller = Caller(seconds)
    for call in calls:
        yield call, caller(call)
    caller.stop()


def main() -> int:
    """All bad calls, and as many pairs as asked for; the number of those that ended badly."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--part", default="0/1", help="1/8: the second of eight parts")
    parser.add_argument("--accepted", action="store_true", help="print what is accepted too")
    parser.add_argument("names", nargs="*", help="beginnings of the names that are called")
    options = parser.parse_args()
    calls = [*bad_calls(), *pairs(options.pairs, options.seed)]
    if options.names:
        calls = [call for call in calls if call.name.startswith(tuple(options.names))]
    part, parts = map(int, options.part.split("/"))
    tally, bad = Counter(), 0
    for call, found in endings(calls[part::parts], options.seconds):
        tally[found.kind] += 1
        bad += found.kind not in FINE
        if found.kind not in FINE or (options.accepted and found.kind == "accepted"):
            print(f"{found.kind}\t{call}\t{found.detail}", flush=True)
    print(sum(tally.values()), "calls:", dict(tally))
    return min(bad, 100)


if __name__ == "__main__":
    sys.exit(main())
