"""Claims: three answers and a half, none of them a truth value."""

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc import Verdict
from theorycalc.core import display
from theorycalc.core.graph import substitute

X, Y = sp.symbols("x y", real=True)
ARITHMETICS = (tc.Float(), tc.MP(20), tc.Ball(20))


@given(st.fractions(-3, 3, max_denominator=40), st.fractions(-3, 3, max_denominator=40))
def test_verdicts_follow_the_numbers(x, y):
    for relation, holds in (
        (sp.Lt(X, Y), x < y),
        (sp.Le(X, Y), x <= y),
        (sp.Gt(X, Y), x > y),
        (sp.Ge(X, Y), x >= y),
        (sp.Ne(X, Y), x != y),
        (sp.Eq(X, Y), x == y),
    ):
        check = tc.check(tc.Claim(relation), x=x, y=y)
        assert check.verdict is (Verdict.HOLDS if holds else Verdict.FAILS)


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
def test_margins(using):
    """1 + x ≤ eˣ, tight at 0, with the margin eˣ − 1 − x."""
    claim = tc.Claim(sp.exp(X) >= 1 + X, name="tangent", sharpness="tight")
    for x in ("1e-20", "-3", "1/2"):
        check = tc.check(claim, using=using, x=x)
        assert check.verdict is Verdict.HOLDS
        assert check.margin.overlaps(tc.certify(sp.exp(X) - 1 - X, x=x, digits=15))
    assert tc.check(claim, using=using, x=0).verdict is Verdict.HOLDS
    assert tc.check(tc.Claim(sp.exp(X) <= 1 + X), using=using, x="1e-20").verdict is Verdict.FAILS


def test_equal_irrational_numbers():
    """Balls cannot tell; SymPy can where it proves it."""
    provable = tc.Claim(sp.Eq(sp.sin(2 * X), 2 * sp.sin(X) * sp.cos(X)))
    assert tc.check(provable, x=1).verdict is Verdict.HOLDS
    strict = tc.Claim(sp.Lt(sp.sin(2 * X), 2 * sp.sin(X) * sp.cos(X)))
    assert tc.check(strict, x=1).verdict is Verdict.FAILS
    wrong = tc.Claim(sp.Eq(sp.sin(2 * X), 2 * sp.sin(X) * sp.cos(X) + sp.exp(-60)))
    assert tc.check(wrong, x=1).verdict is Verdict.FAILS
    # U(1, 2, x) = 1/x (DLMF 13.6.4), which SymPy does not know
    hidden = tc.Claim(sp.Eq(tc.hyperu(1, 2, X), 1 / X))
    assert tc.check(hidden, x=3).verdict is Verdict.UNDECIDED


def test_assumptions():
    claim = tc.Claim(sp.log(X) < X, assumptions=X > 0)
    assert tc.check(claim, x=1).verdict is Verdict.HOLDS
    outside = tc.check(claim, x=-1)
    assert (outside.verdict, outside.margin) == (Verdict.NOT_APPLICABLE, None)


def test_a_verdict_is_no_truth_value():
    for verdict in Verdict:
        with pytest.raises(tc.DomainError, match="not a truth value"):
            bool(verdict)
        with pytest.raises(ValueError, match="HOLDS, FAILS"):
            assert verdict


def test_bad_claims():
    for bad in (X + 1, "x < 1", None, sp.Or(X > 0, X < 1), (), [X < 1, "x > 0"]):
        with pytest.raises(tc.DomainError, match="not a relation"):
            tc.Claim(bad)
    with pytest.raises(tc.DomainError, match="missing"):
        tc.check(tc.Claim(X < Y), x=1)
    assert tc.check(tc.Claim(sp.S.One < 2)).verdict is Verdict.HOLDS


def test_print():
    check = tc.check(tc.Claim(X < Y, name="order"), x=1, y=3)
    assert repr(check) == "Check(HOLDS, order: x < y, margin 2)"
    long = tc.check(tc.Claim(sum(sp.sin(k * X) for k in range(1, 40)) < 40), x=1)
    assert len(repr(long)) < 200
    assert " …" in repr(long)
    assert "<" in tc.Claim(X < Y)._repr_latex_()


def test_a_long_claim_names_what_it_has_more_than_once():
    """The steps, put into each other and into the relation, give it back."""
    kernel, u = tc.kernels.mlp(4, "relu").ntk.expr, sp.Symbol("u1", real=True)
    claim = tc.Claim(kernel <= u + 1)
    (relation,), steps = display._in_steps(claim.relations)
    assert relation != claim.relations[0]
    assert u not in dict(steps)
    for name, part in reversed(steps):
        relation = substitute(relation, {name: part})
    assert relation == claim.relations[0]
    assert claim._repr_latex_().count(r"\\") == len(steps)
    assert len(claim._repr_latex_()) < 3000 < len(display.latex(claim.relations[0]))


@pytest.mark.parametrize(
    "relation",
    [
        sp.Or(X > 0, X < -1),
        sp.Implies(X > 0, X < 2),
        ~(sp.Eq(X, 0) & (X < 1)),
        "x < 1",
        X,
        1,
        None,
        sp.Eq(sp.Matrix([X]), sp.Matrix([1])),
        X < sp.I * X,
        [X < 1, X],
    ],
)
def test_a_claim_is_of_relations(relation):
    with pytest.raises(tc.DomainError):
        tc.Claim(relation)


@pytest.mark.parametrize(
    "fields",
    [
        {"reference": X <= 1},
        {"reference": "arXiv:1806.07572"},
        {"assumptions": "x > 0"},
        {"assumptions": X},
        {"name": 3},
        {"name": X},
        {"sharpness": "sharp"},
        {"sharpness": X > 0},
        {"sharpness": ["tight"]},
    ],
)
def test_the_fields_of_a_claim_are_read(fields):
    with pytest.raises(tc.DomainError):
        tc.Claim(X**2 >= 0, **fields)


def test_a_second_relation_is_not_a_reference():
    with pytest.raises(tc.DomainError, match=r"Reference.*tuple of relations"):
        tc.Claim(X**2 >= 0, X <= 1)
