"""What a file in this folder states: formulas, cases, claims, proofs and experiments of a paper."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import sympy

from theorycalc.bounds import Proof, prove
from theorycalc.core.binary import fraction
from theorycalc.core.checks import Verdict
from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.evaluation import Arithmetic
from theorycalc.core.expressions import real_expression
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral
from theorycalc.core.looks import Record, Shown
from theorycalc.core.numbers import exact
from theorycalc.core.records import check_fields, instance
from theorycalc.core.reference import Reference
from theorycalc.core.value import Value
from theorycalc.core.verbs import integrate
from theorycalc.theories import _page
from theorycalc.validation.experiment import Experiment

# The fields with what could contradict a statement.
EVIDENCE = ("cases", "claims", "propositions", "experiments")


@dataclass(frozen=True, kw_only=True, repr=False)
class Case(Record):
    """A number that a formula must give.

    Parameters
    ----------
    formula : Formula
    params : mapping
        Exact parameters, by name.
    expected : str, sympy.Expr, Formula or Integral
        A decimal string is trusted to one unit of its last digit, an integer or a fraction is
        exact; anything else is evaluated in the same arithmetic and must overlap.
    source : str
        Where the expected number comes from, or what independent definition it is.
    """

    formula: Formula
    params: Mapping = field(default_factory=dict)
    expected: str | sympy.Expr | Formula | Integral
    source: str

    def __post_init__(self):
        check_fields(self)
        for name in self.params:
            instance(name, str, "a parameter's name")
        if isinstance(self.expected, str):
            exact(self.expected, "expected")
        elif isinstance(self.expected, sympy.Expr):
            real_expression(self.expected, "expected")

    @property
    def label(self) -> str:
        """The formula at its parameters, e.g. ``Theta_4(rho=0.3)``."""
        return f"{self.formula.name}({', '.join(f'{k}={v}' for k, v in self.params.items())})"

    @property
    def digits(self) -> float:
        """How many digits were printed; infinity where what is expected is exact."""
        unit = _last_unit(self.expected) if isinstance(self.expected, str) else 0
        return len(str(abs(_exactly(self.expected)) // unit)) if unit else math.inf

    def check(self, using: Arithmetic) -> tuple[Verdict, Value, str]:
        """(verdict, computed value, expected value in print)."""
        computed = self.formula.at(using=using, **self.params)
        if isinstance(self.expected, str):
            number, unit = _exactly(self.expected), _last_unit(self.expected)
            lower, upper = fraction(computed.lower) - unit, fraction(computed.upper) + unit
            return _verdict(lower <= number <= upper), computed, self.expected
        expected = self._evaluate_expected(using)
        return _verdict(computed.overlaps(expected)), computed, str(expected)

    def _evaluate_expected(self, using: Arithmetic) -> Value:
        if isinstance(self.expected, Integral):
            names = {symbol.name for symbol in self.expected.free_symbols}
            return integrate(
                self.expected, using, **{k: v for k, v in self.params.items() if k in names}
            )
        formula = self.expected
        if not isinstance(formula, Formula):
            formula = Formula("", formula)
        names = {symbol.name for symbol in formula.args}
        return formula.at(using=using, **{k: v for k, v in self.params.items() if k in names})


def _exactly(text: str) -> Fraction:
    return Fraction(str(exact(text)))


def _last_unit(text: str) -> Fraction:
    """One unit of the last decimal place; an integer or a fraction is exact."""
    mantissa, _, exponent = text.lower().partition("e")
    places = len(mantissa.partition(".")[2])
    return Fraction(10) ** (int(exponent or 0) - places) if places else Fraction(0)


def _verdict(holds: bool) -> Verdict:
    return Verdict.HOLDS if holds else Verdict.FAILS


@dataclass(frozen=True, kw_only=True)
class Proposition(Shown):
    """A claim that is decided on the whole of its ranges.

    Parameters
    ----------
    claim : Claim
    contacts : tuple
        Where both sides are equal, as `theorycalc.prove` takes it.
    substitute : mapping
        Names for parts of the claim, likewise.
    verdict : Verdict
        HOLDS if it is to be proved, FAILS if it is to be refuted.
    """

    claim: Claim
    contacts: tuple = ()
    substitute: Mapping = field(default_factory=dict)
    verdict: Verdict = Verdict.HOLDS

    def __post_init__(self):
        check_fields(self)
        if not self.claim.ranges:
            hint = ".holds(relation, name)"
            what = "a proposition without a variable"
            raise DomainError(explain(what, got=self.claim.name, hint=hint))

    def decide(self) -> Proof:
        """The proof, or what stands in its way."""
        return prove(self.claim, contacts=self.contacts, substitute=self.substitute)


@dataclass(frozen=True, kw_only=True)
class Theory:
    """One paper: what it states, and how that is checked.

    Parameters
    ----------
    title : str
    reference : Reference
    statement : str
        Setting and statement in words; by custom the docstring of the file.
    formulas : tuple of Formula
        Shown first, in this order.
    cases : tuple of Case
        Evaluated in every arithmetic.
    claims : tuple of (Claim, tuple of parameter mappings)
        Checked in ball arithmetic at every point.
    propositions : tuple of Proposition
        Proved or refuted on the whole of their ranges.
    experiments : tuple of Experiment
    statements : tuple
        The numbered statements that all of these belong to.
    """

    title: str
    reference: Reference
    statement: str
    formulas: tuple[Formula, ...] = ()
    cases: tuple[Case, ...] = ()
    claims: tuple[tuple[Claim, tuple[Mapping, ...]], ...] = ()
    propositions: tuple[Proposition, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    statements: tuple = ()

    def __post_init__(self):
        check_fields(self)

    def parts(self) -> Iterator[tuple]:
        """Each statement with its evidence: (kind, place among all of that kind, what it is).

        Without statements the theory itself is the only part.
        """
        before = Counter()
        for part in self.statements or (self,):
            evidence = [
                (kind, before[kind] + i, item)
                for kind in EVIDENCE
                for i, item in enumerate(getattr(part, kind))
            ]
            before.update(kind for kind, *_ in evidence)
            yield part, evidence

    def _repr_html_(self):
        return _page.fragment(_page.title(self), _page.body(self, _page.mathjax))
