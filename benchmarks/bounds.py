"""Inequalities on boxes, half-lines and integers: proofs, their checks, and what other provers say.

    python -m venv peers && peers/bin/pip install z3-solver cvc5 codac
    PEERS=peers/bin/python python benchmarks/bounds.py --keep

Times are seconds of processor time. The other provers run in an environment of their own, each for
at most 20 seconds. Of what is needed here z3 has polynomials only, cvc5 and codac exponentials too.
"""

import os
import subprocess
import time

import sympy
from _timing import keep, seconds_text
from rich.console import Console
from rich.table import Table

import theorycalc as tc
from theorycalc.theories import self_normalizing_networks as paper

PEERS = ("z3", "cvc5", "codac")
LIMIT = 20
x, y, s, k, n, p, q, flip = sympy.symbols("x y s k n p q flip")
mu, omega, nu, tau = sympy.symbols("mu omega nu tau")


def on(relation, **ranges):
    return tc.Claim(relation).holds_on(**ranges)


def selu():
    """The moment maps of a SELU layer, and the norm of their Jacobian, in four variables."""
    alpha, scale = paper.ALPHA.expr, paper.LAMBDA.expr
    bell = sympy.exp(-(p**2) / (2 * q))
    e0, e1, e2 = (bell * tc.erfcx((p + j * q) / sympy.sqrt(2 * q)) for j in range(3))
    edge = sympy.sqrt(2 * q / sympy.pi) * bell
    mean = scale / 2 * (p * (2 - e0) + edge + alpha * (e1 - e0))
    square = (p**2 + q) * (2 - e0) + p * edge + alpha**2 * (e2 - 2 * e1 + e0)
    variance = scale**2 / 2 * square - mean**2
    # d/dp E f = E f', d/dq E f = E f''/2
    slopes = [
        omega * scale / 2 * (2 - e0 + alpha * e1),
        tau * scale / 4 * (alpha * e1 - (alpha - 1) * edge / q),
        omega * scale**2 * (p * (2 - e0) + edge + alpha**2 * (e2 - e1)),
        tau * scale**2 / 2 * (2 - e0 + alpha**2 * (2 * e2 - e1)),
    ]
    a, b = slopes[:2]
    c, d = slopes[2] - 2 * mean * a, slopes[3] - 2 * mean * b
    determinant = a * slopes[3] - b * slopes[2]
    layer = {p: mu * omega, q: nu * tau}
    tenth = ("-1/10", "1/10")
    domain = {"mu": tenth, "omega": tenth, "nu": ("4/5", "3/2"), "tau": ("95/100", "11/10")}
    norm = (a**2 + b**2 + c**2 + d**2).xreplace(layer) < 1 + determinant.xreplace(layer) ** 2
    maps = [abs(mean) < sympy.Rational(1, 10), variance > sympy.Rational(4, 5)]
    maps = [relation.xreplace(layer) for relation in (*maps, variance < sympy.Rational(3, 2))]
    small = abs(determinant.xreplace(layer)) < 1
    return on(maps, **domain), on([norm, small], **domain)


def channel():
    """A binary symmetric channel contracts divergences by (1 − 2·flip)²."""
    sent, other = (x * (1 - flip) + (1 - x) * flip for x in (p, q))
    after, before = (
        a * sympy.log(a / b) + (1 - a) * sympy.log((1 - a) / (1 - b))
        for a, b in ((sent, other), (p, q))
    )
    apart = {"p": ("1/100", "2/5"), "q": ("3/5", "99/100"), "flip": ("1/20", "9/20")}
    return on(after < (1 - 2 * flip) ** 2 * before, **apart)


MAPS, NORM = selu()
CAMEL = 4 * x**2 - sympy.Rational(21, 10) * x**4 + x**6 / 3 + x * y - 4 * y**2 + 4 * y**4
MOTZKIN = x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 1
GAMMAS = sympy.gamma(x + 1) / sympy.gamma(x + s)
STIRLING = (x - sympy.Rational(1, 2)) * sympy.log(x) - x + sympy.log(2 * sympy.pi) / 2
LONG, UNIT = {"x": ("1/10", 1000)}, {"s": ("1/10", "9/10")}

# title, claim, the claim for the other provers: variables with their ends, and what has to be > 0
CLAIMS = [
    ("Mills' ratio < 1/x", on(tc.mills(x) < 1 / x, **LONG), None),
    ("Birnbaum", on(tc.mills(x) > 2 / (sympy.sqrt(4 + x**2) + x), **LONG), None),
    ("Sampford", on(tc.mills(x) < 4 / (3 * x + sympy.sqrt(8 + x**2)), **LONG), None),
    ("Wendel, s = 1/2", on(GAMMAS.subs(s, sympy.S.Half) > sympy.sqrt(x), **LONG), None),
    ("Wendel in (x, s)", on(x ** (1 - s) < GAMMAS, x=(1, 10), **UNIT), None),
    ("Stirling", on(sympy.loggamma(x) > STIRLING, **LONG), None),
    (
        "conjugate gradients",
        on((sympy.sqrt(k) - 1) / (sympy.sqrt(k) + 1) < sympy.exp(-2 / sympy.sqrt(k)), k=(1, 10**6)),
        # t = √k
        ({"t": (1, 1000)}, "exp(-2 / t) - (t - 1) / (t + 1)"),
    ),
    (
        "six-hump camel",
        on(CAMEL + sympy.Rational(10317, 10000) > 0, x=(-3, 3), y=(-2, 2)),
        (
            {"x": (-3, 3), "y": (-2, 2)},
            "4*x*x - 21*x*x*x*x/10 + x*x*x*x*x*x/3 + x*y - 4*y*y + 4*y*y*y*y + 10317/num(10000)",
        ),
    ),
    (
        "Motzkin + 1/1000",
        on(MOTZKIN + sympy.Rational(1, 1000) > 0, x=(-2, 2), y=(-2, 2)),
        (
            {"x": (-2, 2), "y": (-2, 2)},
            "x*x*x*x*y*y + x*x*y*y*y*y - 3*x*x*y*y + 1 + 1/num(1000)",
        ),
    ),
    (
        "log n/n, integers",
        on(sympy.log(n) / n <= sympy.Rational(3663, 10000), n=tc.integers(1, "oo")),
        None,
    ),
    ("binary symmetric channel", channel(), None),
    ("SELU, moment maps", MAPS, None),
    ("SELU, norm of the Jacobian", NORM, None),
]

# Run by the Python of the peers: `1/num(10)` is an exact number.
Z3 = """
import sys, z3
ranges, margin = eval(sys.argv[1])
names = {name: z3.Real(name) for name in ranges}
names["num"] = z3.RealVal
solver = z3.Solver()
for name, (low, high) in ranges.items():
    solver.add(low <= names[name], names[name] <= high)
solver.add(eval(margin, names) <= 0)
print({"unsat": "proved", "sat": "refuted"}.get(str(solver.check()), "unknown"))
"""
CVC5 = """
import sys
from cvc5.pythonic import *
ranges, margin = eval(sys.argv[1])
names = {name: Real(name) for name in ranges} | {"exp": Exponential, "num": RealVal}
solver = SolverFor("ALL")
for name, (low, high) in ranges.items():
    solver.add(low <= names[name], names[name] <= high)
solver.add(eval(margin, names) <= 0)
print({"unsat": "proved", "sat": "refuted"}.get(str(solver.check()), "unknown"))
"""
# codac has contractors and no verdicts: boxes are contracted to where the margin is ≤ 0, or cut.
CODAC = """
import sys
from codac import *
ranges, margin = eval(sys.argv[1])
point = VectorVar(len(ranges))
names = {name: point[i] for i, name in enumerate(ranges)} | {"exp": exp, "num": Interval}
fails = CtcInverse(AnalyticFunction([point], eval(margin, names)), Interval(-oo, 0))
boxes, looked = [IntervalVector([list(ends) for ends in ranges.values()])], 0
while boxes and looked < 200_000:
    box, looked = boxes.pop(), looked + 1
    fails.contract(box)
    if not box.is_empty():
        boxes += box.bisect(box.max_diam_index())
print("unknown" if boxes else "proved")
"""
PROGRAMS = {"z3": Z3, "cvc5": CVC5, "codac": CODAC}


def can_say(name: str, told) -> bool:
    """Whether another prover knows the functions of a claim."""
    return told is not None and not (name == "z3" and "exp" in told[1])


def peer(name: str, told) -> dict:
    """What another prover says, with its time."""
    command = [os.environ["PEERS"], "-c", PROGRAMS[name], repr(told)]
    start = os.times()
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
        said = found.stdout.strip() or "fails"
    except subprocess.TimeoutExpired:
        said = f"undecided after {LIMIT} s"
    end = os.times()
    used = end.children_user + end.children_system - start.children_user - start.children_system
    return {"way": name, "seconds": used, "note": said}


def ours(claim, others: str) -> list[dict]:
    """How long the proof takes and its check; what other provers cannot say it."""
    start = time.process_time()
    proof = tc.prove(claim)
    found = time.process_time()
    right = proof.verify()
    checked = time.process_time()
    verdict = proof.verdict.name if right else f"{proof.verdict.name}, not verified"
    told = f"{verdict}, {len(proof.boxes)} boxes{others}"
    return [
        {"way": "prove", "seconds": found - start, "note": told},
        {"way": "verify", "seconds": checked - found, "note": ""},
    ]


if __name__ == "__main__":
    peers = PEERS if "PEERS" in os.environ else ()
    table = Table("", "prove", "verify", "", *peers, box=None)
    for title, claim, told in CLAIMS:
        unable = [name for name in peers if not can_say(name, told)]
        others = f"; its functions are unknown to {', '.join(unable)}" if unable else ""
        rows = ours(claim, others)
        rows += [peer(name, told) for name in peers if name not in unable]
        keep({"title": title, "rows": rows})
        said = {row["way"]: f"{row['note']} {seconds_text(row['seconds'])}" for row in rows[2:]}
        times = [seconds_text(row["seconds"]) for row in rows[:2]]
        told_of_others = [said.get(name, "cannot say it") for name in peers]
        table.add_row(title, *times, rows[0]["note"].split(";")[0], *told_of_others)
    Console(width=130).print(table)
