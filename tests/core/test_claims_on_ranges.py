"""Claims of several relations, of formulas, and on ranges."""

import math
import operator
import pickle
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc import Verdict

X, Y, N = sp.symbols("x y n")
OO = sp.oo
KERNEL = tc.kernels.arc_cosine(1)
SMALL = st.fractions(-3, 3, max_denominator=5)


@given(SMALL, SMALL, SMALL)
def test_a_chain_holds_where_all_of_it_does(x, y, z):
    chain = [sp.Le(X, Y), sp.Lt(Y, N)]
    for claim in (tc.Claim(chain), tc.Claim(sp.And(*chain)), tc.Claim(tuple(chain))):
        check = tc.check(claim, x=x, y=y, n=z)
        assert check.verdict is (Verdict.HOLDS if x <= y < z else Verdict.FAILS)
        assert check.margin.contains(min(y - x, z - y))
        assert check.relation in claim.relations


def test_the_relation_that_decides_is_shown():
    """An equation is as far from being true as its sides are apart."""
    claim = tc.Claim([sp.Eq(X, Y), X <= 5, sp.Ne(X, Y + 3)])
    assert tc.check(claim, x=1, y=1).relation == sp.Eq(X, Y)
    failing = tc.check(claim, x=1, y=8)
    assert (failing.verdict, failing.relation) == (Verdict.FAILS, sp.Eq(X, Y))
    undecided = [X <= 5, sp.Eq(tc.hyperu(1, 2, X), 1 / X)]
    assert tc.check(tc.Claim(undecided), x=3).verdict is Verdict.UNDECIDED
    assert tc.check(tc.Claim(undecided), x=6).verdict is Verdict.FAILS


def test_formulas_are_compared():
    kernel, rho = KERNEL, sp.Symbol("rho")
    for relation in (rho <= kernel, kernel >= rho, sp.Le(rho, kernel)):
        claim = tc.Claim(relation)
        assert claim.args == kernel.args
        assert tc.check(claim, rho="0.3").verdict is Verdict.HOLDS
    assert tc.check(tc.Claim(kernel < 0.3), rho=0).verdict is Verdict.FAILS
    assert tc.check(tc.Claim(tc.kernels.arc_cosine(2) < kernel), rho=0).verdict is Verdict.HOLDS
    assert tc.check(tc.Claim(tc.certify(sp.pi) > kernel), rho=0).verdict is Verdict.HOLDS
    assert (kernel == tc.kernels.arc_cosine(1)) is True
    with pytest.raises(TypeError):
        operator.lt(kernel, "0.3")


def test_symbols_of_one_name_are_one():
    positive, whole = sp.Symbol("n", positive=True), sp.Symbol("n", integer=True)
    (n,) = tc.Claim(positive < 2 + whole**2, where=N < 10, on={N: (0, OO)}).args
    assert (n.is_positive, n.is_integer) == (True, True)
    with pytest.raises(tc.DomainError, match="n has contradicting assumptions"):
        tc.Claim(positive < 2 + sp.exp(sp.Symbol("n", negative=True)))


def test_floats_are_the_decimals_that_they_stand_for():
    """In binary 0.1 + 0.2 is more than 0.3."""
    claim = tc.Claim(0.1 * X + 0.2 * X <= 0.3 * X + 1e-40)
    assert tc.check(claim, x=1).margin.mid < 1e-39
    assert tc.check(claim, x=1).verdict is Verdict.HOLDS
    assert tc.check(tc.Claim(X > 1, where=X < 0.1), x="0.1").verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("given_range", "stored"),
    [
        ((0, 1), sp.Interval(0, 1)),
        (("0", "1e-1"), sp.Interval(0, sp.Rational(1, 10))),
        ([0.1, Fraction(1, 3)], sp.Interval(sp.Rational(1, 10), sp.Rational(1, 3))),
        ((0, "oo"), sp.Interval(0, OO)),
        ((-math.inf, mpmath.inf), sp.Interval(-OO, OO)),
        (sp.Interval.open(0.25, sp.pi), sp.Interval.open(sp.Rational(1, 4), sp.pi)),
        (sp.S.Reals, sp.Interval(-OO, OO)),
        (sp.S.Naturals, sp.Range(1, OO)),
        (range(3, 5), sp.Range(3, 5)),
        (sp.Range(5, 1, -1), sp.Range(2, 6)),
        (tc.integers(-OO, 3), sp.Range(-OO, 4)),
        (tc.integers(7, 7), sp.Range(7, 8)),
    ],
)
def test_ranges_are_read(given_range, stored):
    claim = tc.Claim(X < Y, on={"x": given_range})
    assert claim.on == {"x": stored}
    assert pickle.loads(pickle.dumps(claim)) == claim
    assert hash(tc.Claim(X < Y, on={X: stored})) == hash(claim)


@pytest.mark.parametrize(
    ("on", "message"),
    [
        ([(0, 1)], "not ranges"),
        ({"x": (1, 0)}, "nothing between"),
        ({"x": ("1/3", "1/3")}, "the number in the place"),
        ({"x": (OO, -OO)}, "nothing between"),
        ({"x": sp.S.EmptySet}, "no range"),
        ({"x": range(3, 3)}, "nothing between"),
        ({"x": sp.Range(0, 10, 2)}, "gaps"),
        ({"x": sp.Range(0, Y)}, "gaps"),
        ({"x": (0, Y)}, "not a real number"),
        ({"x": (0, math.nan)}, "not a real number"),
        ({"x": ("zero", 1)}, "not a real number"),
        ({"x": (0, sp.I)}, "not a real number"),
        ({"x": "0, 1"}, "no range"),
        ({"x": 0.5}, "no range"),
        ({"x": sp.Union(sp.Interval(0, 1), sp.Interval(2, 3))}, "no range"),
        ({"x": (0, 1), X: (0, 2)}, "one variable twice"),
        ({3: (0, 1)}, "not the name"),
        ({"xs": (0, 1)}, "Try 'x'"),
    ],
)
def test_what_is_no_range_is_refused(on, message):
    with pytest.raises(tc.DomainError, match=message):
        tc.Claim(X < Y, on=on)


def test_ends_of_integers():
    assert list(tc.integers(2, 4)) == [2, 3, 4]
    for bad in ((3, 2), (1.5, 2), ("1", 2), (OO, OO), (1, -OO), (X, 3)):
        with pytest.raises(tc.DomainError):
            tc.integers(*bad)


def test_a_range_is_where_the_symbol_is_what_it_is_assumed_to_be():
    def on(given_range, **assumptions):
        return tc.Claim(sp.exp(sp.Symbol("n", **assumptions)) < 2, on={"n": given_range}).on["n"]

    assert on((0, 1), positive=True) == sp.Interval.Lopen(0, 1)
    assert on((0, 1), nonnegative=True) == sp.Interval(0, 1)
    assert on((-1, 0), negative=True) == sp.Interval.Ropen(-1, 0)
    assert on((0, OO), positive=True, integer=True) == sp.Range(1, OO)
    assert on(sp.Interval.open(sp.Rational(1, 2), 3), integer=True) == sp.Range(1, 3)
    assert on(tc.integers(0, 5), positive=True) == sp.Range(1, 6)
    for bad in (
        {"positive": True},
        {"nonpositive": True},
        {"nonzero": True},
        {"even": True},
        {"integer": False},
        {"positive": False},
    ):
        with pytest.raises(tc.DomainError, match="its range is wider"):
            on((-1, 2), **bad)
    with pytest.raises(tc.DomainError, match="nothing between"):
        on(("1/3", "2/3"), integer=True)


@given(SMALL, SMALL)
def test_off_the_ranges_a_claim_says_nothing(x, n):
    on = {"x": sp.Interval.Ropen(-1, 2), "n": tc.integers(0, OO)}
    check = tc.check(tc.Claim(X < N + 2, on=on, where=[X < N, X > -N]), x=x, n=n)
    inside = -1 <= x < 2 and n >= 0 and n.denominator == 1 and -n < x < n
    assert check.verdict is (Verdict.HOLDS if inside else Verdict.NOT_APPLICABLE)


def test_a_radius_may_leave_a_range():
    claim = tc.Claim(X > -9, on={"x": (0, 1)})
    for ends, verdict in (
        ([0.25, 0.5], Verdict.HOLDS),
        ([0.5, 2], Verdict.UNDECIDED),
        ([1.5, 2], Verdict.NOT_APPLICABLE),
    ):
        assert tc.check(claim, x=mpmath.iv.mpf(ends)).verdict is verdict


def test_a_claim_that_is_decided_says_so():
    real = sp.Symbol("x", real=True)
    claim = tc.Claim([real**2 >= 0, sp.S.One < 2], on={"x": (0, 1)})
    assert claim.is_decided
    assert repr(tc.check(claim, x=1)) == "Check(HOLDS, True for all x in [0, 1], as SymPy decides)"
    assert tc.check(claim, x=2).verdict is Verdict.NOT_APPLICABLE
    assert tc.check(tc.Claim(sp.And(X > 1, X <= 1))).verdict is Verdict.FAILS


def test_a_claim_reads_as_a_sentence():
    claim = tc.Claim(X < Y, where=X > 0).holds_on(x=(0, 5), y=tc.integers(1, 9))
    claim = claim.holds_on(x=(0, OO))
    assert repr(claim) == "Claim(x < y for all x in [0, oo), y in {1, 2, …, 9} where x > 0)"
    assert r"\text{for all } x \in \left[0, \infty\right)" in claim._repr_latex_()
    assert claim.ranges == claim.on
    with pytest.raises(tc.DomainError, match=r"no range for y.*holds_on\(y=\(low, high\)\)"):
        print(tc.Claim(X < Y, on={"x": (0, 1)}).ranges)
    for whole, text in (
        (tc.integers(1, 3), "{1, 2, 3}"),
        (tc.integers(-OO, 0), "{…, -1, 0}"),
        (tc.integers(-OO, OO), "{…, -1, 0, 1, …}"),
    ):
        assert text in repr(tc.Claim(N < 9, on={"n": whole}))


def test_ranges_are_part_of_what_a_store_knows():
    from theorycalc.sweeps.quantities import read_quantity

    claims = (
        tc.Claim(X < Y),
        tc.Claim(X < Y, where=X > 0),
        tc.Claim(X < Y, on={"x": (0, 1)}),
        tc.Claim(X < Y, on={"x": tc.integers(0, 1)}),
    )
    assert len({read_quantity(claim, None).description for claim in claims}) == len(claims)
