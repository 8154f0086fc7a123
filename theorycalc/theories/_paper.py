"""A `Paper`: numbered statements, each with the evidence for it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import sympy

from theorycalc.core.checks import Verdict
from theorycalc.core.claims import SHARPNESS, Claim
from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Record
from theorycalc.core.records import check_fields, instance, sequence
from theorycalc.core.reference import Reference
from theorycalc.theories._checked import Checked, check
from theorycalc.theories._notes import Run
from theorycalc.theories._theory import EVIDENCE, Case, Proposition, Theory
from theorycalc.validation.experiment import Experiment

KINDS = ("exact", "limit", "tight", "upper", "lower", "asymptotic", "heuristic")


class Paper:
    """One paper: its statements in the order of their numbers, and what supports them.

    Parameters
    ----------
    key : str
        Identifier with its scheme, ``"arXiv:1112.3712"`` or ``"doi:10.1007/…"``.
    authors : str
        Who wrote the paper.
    title : str
        What the file computes, in a few words: the heading of its page.
    text : str
        Setting and references in words; by custom the docstring of the file, ``__doc__``.

    Raises
    ------
    DomainError
        For anything that is no text.

    Notes
    -----
    `states` gives a `Statement`, which collects its evidence. A file with one ``PAPER`` is a
    theory: the command line checks it.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> rho = sympy.Symbol("rho", real=True)
    >>> paper = tc.Paper("arXiv:1112.3712", "Y. Cho, L. K. Saul", "Arc-cosine kernels", "ReLU.")
    >>> kernel = tc.kernels.arc_cosine(1)
    >>> one = paper.states("lower", "κ₁(ρ) ≥ ρ")
    >>> one.shows(kernel)
    >>> one.equals(kernel, "1", "E φ(Z)² = 1/2", rho=1)
    >>> one.holds(kernel.expr >= rho, "κ₁(ρ) ≥ ρ", {"rho": "0.3"}, {"rho": -1})
    >>> paper.unsupported()
    []
    """

    def __init__(self, key: str, authors: str, title: str, text: str):
        for given, what in ((authors, "authors"), (title, "a title"), (text, "a text")):
            instance(given, str, what, allowed="a string")
        # The title heads the file; the paper's own stands among the references of the text.
        self.reference = Reference(key, title=authors)
        self.title, self.text = title, text
        self.statements: list[Statement] = []

    def __repr__(self):
        return f"Paper({self.reference}: {len(self.statements)} statements)"

    def _repr_html_(self):
        return self.theory._repr_html_()

    def states(self, kind: str, text: str, where: str = "") -> "Statement":
        """The next statement, without evidence yet.

        Parameters
        ----------
        kind : str
            "exact", "limit", "tight", "upper", "lower" (bounds), "asymptotic" or "heuristic".
        text : str
            What is stated, in words and formulas.
        where : str
            The place in the paper, "Theorem 1" for instance.
        """
        if kind not in KINDS:
            raise unknown_name("kind of statement", kind, KINDS)
        instance(text, str, "a statement", allowed="a string")
        number = len(self.statements) + 1
        reference = Reference(self.reference.key, where=where, title=self.reference.title)
        self.statements.append(Statement(number, kind, text, reference))
        return self.statements[-1]

    def quotes(self, kind: str, text: str, where: str = "") -> "Statement":
        """A statement that is only quoted: it asks for no evidence."""
        statement = self.states(kind, text, where)
        statement.quoted = True
        return statement

    def check(
        self,
        *,
        digits: int | None = None,
        quick: bool = False,
        jobs: int = 1,
        fresh: bool = False,
        pictures: bool = False,
    ) -> Checked:
        """Everything that the paper states, checked; options as for `tc.theories.check`."""
        options = {"quick": quick, "jobs": jobs, "fresh": fresh, "pictures": pictures}
        return check(self, digits=digits, **options)

    def unsupported(self) -> list["Statement"]:
        """The statements without evidence that are not quotations."""
        return [s for s in self.statements if not (s.quoted or s.has_evidence)]

    @property
    def theory(self) -> Theory:
        """The same as one record."""
        together = {
            kind: tuple(item for s in self.statements for item in getattr(s, kind))
            for kind in ("formulas", *EVIDENCE)
        }
        return Theory(
            title=self.title,
            reference=self.reference,
            statement=self.text,
            statements=tuple(self.statements),
            **together,
        )


@dataclass(repr=False)
class Statement(Record):
    """A statement of a paper: `Paper.states` makes it, its methods add formulas and evidence."""

    number: int
    kind: str
    text: str
    reference: Reference
    quoted: bool = False
    formulas: list[Formula] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    claims: list[tuple[Claim, tuple]] = field(default_factory=list)
    propositions: list[Proposition] = field(default_factory=list)
    experiments: list[Experiment] = field(default_factory=list)

    def __post_init__(self):
        check_fields(self)

    @property
    def has_evidence(self) -> bool:
        """Whether anything could contradict it."""
        return any(getattr(self, kind) for kind in EVIDENCE)

    def shows(self, *formulas: Formula) -> None:
        """Formulas that belong to the statement, in print."""
        for formula in formulas:
            instance(formula, Formula, "a formula", allowed="tc.Formula(name, expression)")
        self.formulas += formulas

    def equals(self, formula: Formula, expected, source: str, /, **params) -> None:
        """A number that a formula must give, in every arithmetic.

        Parameters
        ----------
        formula : Formula
        expected : str, int, SymPy expression, Formula or Integral
            A decimal string is trusted to one unit of its last digit, integers and fractions are
            exact; anything else is an independent definition that is computed as well.
        source : str
            Where it comes from, or what makes it independent.
        **params
            Exact numbers for the arguments.

        Raises
        ------
        DomainError
            For a formula that is held against itself.
        """
        expected = str(expected) if isinstance(expected, int) else expected
        case = Case(formula=formula, params=params, expected=expected, source=source)
        if expected is formula:
            hint = "another way to the same number"
            raise DomainError(explain("a formula held against itself", got=case.label, hint=hint))
        self.cases.append(case)

    def holds(self, relation, name: str, *points, assumptions=sympy.true) -> None:
        """A relation that holds, checked in ball arithmetic at points, {name: number} each.

        Raises
        ------
        DomainError
            For a relation that SymPy has decided already, or without a point where it has symbols.
        """
        claim = self._claim(relation, name, assumptions=assumptions)
        if claim.args and not points:
            hint = f"{{{', '.join(f'{x.name!r}: …' for x in claim.args)}}}"
            raise DomainError(explain("a relation without a point", got=name, hint=hint))
        self.claims.append((claim, tuple(map(dict, points)) or ({},)))

    def proves(
        self, relation, name: str, on, *, where=sympy.true, contacts=(), substitute=None
    ) -> None:
        """A relation that holds on whole ranges, which is proved by `theorycalc.prove`.

        Parameters
        ----------
        relation, on, where
            As a `Claim` has them; ``on`` has a range for every variable.
        name : str
            What is claimed, in print.
        contacts : sequence
            Where both sides are equal: points, and equations.
        substitute : mapping, optional
            Names for parts that are variables of their own, as `theorycalc.prove` takes them.

        Raises
        ------
        DomainError
            For a relation that SymPy has decided already, or without a range for each symbol.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> paper = tc.Paper("arXiv:1112.3712", "Y. Cho, L. K. Saul", "Arc-cosine kernels", "ReLU.")
        >>> kernel, rho = tc.kernels.arc_cosine(1), sympy.Symbol("rho", real=True)
        >>> one = paper.states("tight", "κ₁(ρ) ≥ ρ, with equality at ρ = 1.")
        >>> one.proves(kernel >= rho, "κ₁(ρ) ≥ ρ", {"rho": (-1, 1)}, contacts=[{"rho": 1}])
        >>> one.refutes(kernel >= rho + 0.001, "with something to spare", {"rho": (-1, 1)})
        """
        self._proposes(relation, name, on, where, Verdict.HOLDS, contacts, substitute)

    def refutes(self, relation, name: str, on, *, where=sympy.true) -> None:
        """A relation that fails somewhere in its ranges, where a point is found; see `proves`."""
        self._proposes(relation, name, on, where, Verdict.FAILS)

    def _proposes(self, relation, name, on, where, verdict, contacts=(), substitute=None) -> None:
        claim = self._claim(relation, name, on=on, where=where)
        contacts = sequence(contacts, "contacts", allowed='[{"x": 0}, sympy.Eq(p, q)]')
        given = {"contacts": contacts, "substitute": substitute or {}}
        self.propositions.append(Proposition(claim=claim, verdict=verdict, **given))

    def _claim(self, relation, name: str, **fields) -> Claim:
        """A claim of this statement, which SymPy has not decided."""
        sharpness = self.kind if self.kind in SHARPNESS else ""
        claim = Claim(relation, self.reference, name=name, sharpness=sharpness, **fields)
        if claim.is_decided:
            hint = "sympy.Le(lhs, rhs, evaluate=False)"
            got = f"{name}: {claim.relation}"
            raise DomainError(explain("a relation that SymPy decides itself", got=got, hint=hint))
        return claim

    def experiment(self, description: str, *, quick, full, **given) -> Callable:
        """Register a function of a `Run`, by which an experiment notes what it saw.

        Parameters
        ----------
        description : str
            What is simulated or trained, and what is compared.
        quick, full : object
            How much of it, as ``run.size``: a number of replicas, or whatever the function reads.
        **given
            What the function takes besides the run, by name: formulas of the theory for a
            simulation that stands in another file.

        Examples
        --------
        >>> import numpy as np, theorycalc as tc
        >>> paper = tc.Paper("doi:10/x", "A. Author", "Coins", "Fair coins.")
        >>> fair = paper.states("exact", "Half of the throws are heads.")
        >>> @fair.experiment("throws of a coin", quick=2000, full=10_000)
        ... def throws(run):
        ...     seen = np.random.default_rng(0).integers(0, 2, run.size)
        ...     run.at(None, 0.5, seen, name="share of heads", smallest=0.25)
        ...     run.rejects("two of three", 2 / 3)
        >>> [v.passed for v in paper.theory.experiments[0].run(True).validations]
        [True, True]
        """

        def register(function: Callable) -> Callable:
            name = function.__name__.replace("_", " ")
            if any(name == known.name for known in self.experiments):
                raise DomainError(explain("two experiments of one name", got=name))

            def run(is_quick: bool):
                notes = Run(quick if is_quick else full, quick=is_quick)
                function(notes, **given)
                return notes.report(description)

            self.experiments.append(Experiment(name, description, run))
            return function

        return register
